// SPDX-License-Identifier: Apache-2.0
// What the schemes have in common: who gives how many shares, batches as rows of spans, and the pieces in which long
// batches are worked on.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "parley/core/caches.hpp"
#include "parley/core/error.hpp"
#include "parley/core/wipe.hpp"
#include "parley/field/portable.hpp"

namespace parley {

/// More parties than anyone has: a mistaken unit or an overflow, which every scheme refuses.
inline constexpr std::size_t max_sharing_parties = std::size_t{1} << 20;

/// Secrets that survived error correction, and the parties (ascending) with a wrong share of any of them.
template <class F>
struct Corrected {
  std::vector<F> secrets;
  std::vector<std::size_t> wrong;
};

namespace detail {

/// How many entries to work on at a time where `rows` vectors of them are in use at once: few enough for half of the
/// first-level cache, of which 32 KiB are common, and so that what is written past the caches drains while the next
/// piece is computed; yet enough to make the cost of a call to a kernel negligible. A multiple of 64, so that all
/// pieces of an aligned row are aligned. A function of the shape alone, so that the same random stream gives the same
/// shares on every machine.
template <class T>
constexpr std::size_t chunk_length(std::size_t rows) noexcept {
  return std::clamp<std::size_t>(16384 / (rows * sizeof(T)) / 64 * 64, 64, 4096);
}

/// Calls work(first, length) for consecutive pieces of `size` entries, of at most `chunk` entries each.
template <class Work>
void for_each_chunk(std::size_t size, std::size_t chunk, Work work) {
  for (std::size_t first = 0; first < size; first += chunk) work(first, std::min(chunk, size - first));
}

/// Sets inconsistent[i] where expected[i] and given[i] differ. Returns whether any do.
template <class T>
bool mark_differences(std::span<const T> expected, std::span<const T> given, std::vector<bool>& inconsistent) {
  bool differs = false;
  if constexpr (MemoryIsEncoding<T>) {  // canonical, so equal elements are equal bytes
    differs = !expected.empty() && std::memcmp(expected.data(), given.data(), expected.size_bytes()) != 0;
  } else {
    for (std::size_t i = 0; i < expected.size(); ++i) differs |= !(expected[i] == given[i]);
  }
  if (!differs) return false;
  for (std::size_t i = 0; i < expected.size(); ++i)
    if (!(expected[i] == given[i])) inconsistent[i] = true;
  return true;
}

/// The first entry that is marked; there is one.
inline std::size_t first_marked(const std::vector<bool>& inconsistent) {
  return static_cast<std::size_t>(std::find(inconsistent.begin(), inconsistent.end(), true) - inconsistent.begin());
}

/// The course of a correcting reconstruction of `size` entries, in pieces of `chunk` at most. check(first, length,
/// inconsistent) reconstructs `length` entries as far as shares agree, sets inconsistent[i] where those of entry first
/// + i do not, and returns whether there is such an entry. correct(entry) corrects one of these and returns whether
/// fewer parties are trusted from now on, so that the entries that follow are to be checked again.
template <class Check, class Correct>
void correct_batch(std::size_t size, std::size_t chunk, Check check, Correct correct) {
  std::vector<bool> inconsistent(std::min(size, chunk));
  for_each_chunk(size, chunk, [&](std::size_t first, std::size_t length) {
    std::size_t done = 0;
    while (done < length) {
      const std::size_t start = done;
      inconsistent.assign(inconsistent.size(), false);
      if (!check(first + start, length - start, inconsistent)) return;
      for (bool fewer_trusted = false; done < length && !fewer_trusted; ++done)
        if (inconsistent[done - start]) fewer_trusted = correct(first + done);
    }
  });
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

/// Refuses thresholds with which every party would have the secret, or no number of parties reconstruct it.
inline void require_privacy_threshold(std::size_t parties, std::size_t privacy_threshold) {
  if (privacy_threshold == 0)
    throw Error(ErrorCode::invalid_argument,
                "a privacy_threshold of 0 would give every party the secret itself; 1 is the least");
  if (privacy_threshold >= parties)
    throw Error(ErrorCode::invalid_argument, "a privacy_threshold of " + std::to_string(privacy_threshold) + " among " +
                                                 std::to_string(parties) + " parties; at most " +
                                                 std::to_string(parties - 1) + " leaves enough to reconstruct");
}

/// Refuses fields without a point other than 0 for each party.
template <class F>
void require_points(std::size_t parties) {
  if (!F::order_exceeds(parties))
    throw Error(ErrorCode::invalid_argument, std::string(F::name) +
                                                 " has fewer points other than 0 than there are parties (" +
                                                 std::to_string(parties) + ")");
}

/// Refuses party numbers that no party has, or that appear twice: a repeated point would make every interpolation
/// meaningless.
inline void require_distinct_parties(std::span<const std::size_t> who, std::size_t parties) {
  for (const std::size_t party : who)
    if (party >= parties)
      throw Error(ErrorCode::invalid_argument, "there is no party " + std::to_string(party) + " among " +
                                                   std::to_string(parties) + " (numbered from 0)");
  constexpr std::size_t few = 16;  // of which it is faster to compare all pairs
  if (who.size() <= few) {
    bool distinct = true;
    for (std::size_t i = 0; i < who.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) distinct = distinct && who[i] != who[j];
    if (distinct) return;
  }
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
                                                   std::to_string(size));
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
