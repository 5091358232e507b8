// SPDX-License-Identifier: Apache-2.0
// What the schemes have in common: who gives how many shares, batches as rows of spans, and the pieces in which long
// batches are worked on.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "parley/core/caches.hpp"
#include "parley/core/error.hpp"
#include "parley/core/wipe.hpp"

namespace parley {

/// More parties than anyone has: a mistaken unit or an overflow, which every scheme refuses.
inline constexpr std::size_t max_sharing_parties = std::size_t{1} << 20;

namespace detail {

/// How many entries to work on at a time where `rows` vectors of them are in use at once: few enough for half of the
/// first-level cache, of which 32 KiB are common, and so that what is written past the caches drains while the next
/// piece is computed; yet enough to make the cost of a call to a kernel negligible. A multiple of 64, so that all pieces
/// of an aligned row are aligned. A function of the shape alone, so that the same random stream gives the same shares on
/// every machine.
template <class T>
constexpr std::size_t chunk_length(std::size_t rows) noexcept {
  return std::clamp<std::size_t>(16384 / (rows * sizeof(T)) / 64 * 64, 64, 4096);
}

/// Calls work(first, length) for consecutive pieces of `size` entries, of at most `chunk` entries each.
template <class Work>
void for_each_chunk(std::size_t size, std::size_t chunk, Work work) {
  for (std::size_t first = 0; first < size; first += chunk) work(first, std::min(chunk, size - first));
}

/// Whether rows are to be written past the caches: there is more than fits in them, and the rows begin on cache lines.
template <class T>
bool go_past_caches(std::span<const std::span<T>> rows) noexcept {
  std::size_t bytes = 0;
  for (const std::span<T> row : rows) {
    bytes += row.size_bytes();
    if (reinterpret_cast<std::uintptr_t>(row.data()) % cache_line != 0) return false;
  }
  return bytes >= past_caches_from;
}

/// Runs `work`, which writes `rows`; where it throws, no part of its work stays behind.
template <class T, class Work>
void write_all_or_nothing(std::span<const std::span<T>> rows, Work work) {
  try {
    work();
  } catch (...) {
    for (const std::span<T> row : rows) wipe(row);
    throw;
  }
}

template <class T>
std::vector<std::span<T>> writable_rows(std::vector<std::vector<T>>& rows) {
  return {rows.begin(), rows.end()};
}

template <class T>
std::vector<std::span<const T>> readable_rows(std::span<const std::vector<T>> rows) {
  return {rows.begin(), rows.end()};
}

inline void require_party_count(std::size_t parties) {
  if (parties < 2 || parties > max_sharing_parties)
    throw Error(ErrorCode::invalid_argument, "sharing among " + std::to_string(parties) + " parties: 2 to " +
                                                 std::to_string(max_sharing_parties) + " are possible");
}

/// Refuses party numbers that no party has, or that appear twice: a repeated point would make every interpolation
/// meaningless.
inline void require_distinct_parties(std::span<const std::size_t> who, std::size_t parties) {
  for (const std::size_t party : who)
    if (party >= parties)
      throw Error(ErrorCode::invalid_argument, "there is no party " + std::to_string(party) + " among " +
                                                   std::to_string(parties) + " (numbered from 0)");
  std::vector<std::size_t> sorted(who.begin(), who.end());
  std::ranges::sort(sorted);
  if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
    throw Error(ErrorCode::invalid_argument, "party " + std::to_string(*twice) + " is given twice");
}

/// Refuses all but one row for each party of `who`, all of one length. Returns that length.
template <class T>
std::size_t require_rows(std::span<const std::size_t> who, std::span<const std::span<T>> rows) {
  if (rows.size() != who.size())
    throw Error(ErrorCode::invalid_argument, std::to_string(rows.size()) + " vectors of shares were given for " +
                                                 std::to_string(who.size()) + " parties");
  for (std::size_t i = 1; i < rows.size(); ++i)
    if (rows[i].size() != rows[0].size())
      throw Error(ErrorCode::invalid_argument, "party " + std::to_string(who[i]) + " has " +
                                                   std::to_string(rows[i].size()) + " shares where party " +
                                                   std::to_string(who[0]) + " has " + std::to_string(rows[0].size()));
  return rows.empty() ? 0 : rows[0].size();
}

/// Refuses output that is not one row of `size` entries for each of `parties` parties.
template <class T>
void require_output(std::span<const std::span<T>> rows, std::size_t parties, std::size_t size) {
  if (rows.size() != parties)
    throw Error(ErrorCode::invalid_argument, "room for the shares of " + std::to_string(rows.size()) +
                                                 " parties was given, there are " + std::to_string(parties));
  for (std::size_t party = 0; party < parties; ++party)
    if (rows[party].size() != size)
      throw Error(ErrorCode::invalid_argument, "room for " + std::to_string(rows[party].size()) + " shares of party " +
                                                   std::to_string(party) + " was given, there are " +
                                                   std::to_string(size) + " secrets");
}

/// Refuses room for the secrets that is not as long as the share vectors.
inline void require_output_size(std::size_t room, std::size_t size) {
  if (room != size)
    throw Error(ErrorCode::invalid_argument, "room for " + std::to_string(room) +
                                                 " secrets was given, the share vectors have " + std::to_string(size) +
                                                 " entries");
}

inline void require_enough(std::size_t given, std::size_t needed) {
  if (given < needed)
    throw Error(ErrorCode::invalid_argument,
                std::to_string(given) + " shares were given, " + std::to_string(needed) + " are needed to reconstruct");
}

}  // namespace detail
}  // namespace parley
