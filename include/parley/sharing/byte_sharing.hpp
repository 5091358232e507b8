// SPDX-License-Identifier: Apache-2.0
// Secrets of bytes, of any length: split into shares in the form of share_file.hpp, and combined again, in one call or in
// constant memory.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/protected_memory.hpp"
#include "parley/core/random.hpp"
#include "parley/core/secret.hpp"
#include "parley/field/binary256.hpp"
#include "parley/sharing/share_file.hpp"
#include "parley/sharing/tagged_sharing.hpp"

namespace parley {

namespace detail {

static_assert(sizeof(GF256) == 1 && alignof(GF256) == 1);
inline std::span<GF256> as_elements(std::span<std::byte> bytes) noexcept {
  return {reinterpret_cast<GF256*>(bytes.data()), bytes.size()};
}
inline std::span<const GF256> as_elements(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const GF256*>(bytes.data()), bytes.size()};
}

/// The scheme of byte secrets. Error(invalid_argument) for more than 255 shares and as Shamir.
inline Shamir<GF256> byte_scheme(ShamirParameters parameters) {
  require_share_count(parameters);
  return Shamir<GF256>(parameters);
}

}  // namespace detail

/// Splits a secret that comes in pieces of any length: any `privacy_threshold` of the shares tell nothing but its
/// length, any one more restore it. The memory it takes does not depend on how long the secret is: some 64 KiB for each
/// share.
///
/// Security: as TaggedSplitter, with a `random` for secrets. Each share is for one party alone, and as secret as the
/// channel to it.
template <RandomSource Random>
class ByteSplitter {
 public:
  /// Writes the headers, with a set that is drawn. shares[i] gets the share number i + 1; `random` outlives this.
  /// Error(invalid_argument) unless there is one sink for each of 2 to 255 parties, and 1 <= privacy_threshold < parties.
  ByteSplitter(ShamirParameters parameters, Random& random, std::vector<ByteSink> shares)
      : scheme_(detail::byte_scheme(parameters)), random_(random), splitter_(scheme_, random) {
    if (shares.size() != parameters.parties)
      throw Error(ErrorCode::invalid_argument, std::to_string(shares.size()) + " places were given for " +
                                                   std::to_string(parameters.parties) + " shares");
    ShareHeader header{parameters, 0, {}, {}, ShareContent::bytes};
    random_.fill(header.set);
    writers_.reserve(shares.size());
    rows_.resize(shares.size());
    for (; header.party < shares.size(); ++header.party) {
      header.key_share = splitter_.key_shares()[header.party];
      writers_.emplace_back(header, std::move(shares[header.party]));
    }
    wipe(header.key_share);
  }
  ByteSplitter(const ByteSplitter&) = delete;
  ByteSplitter& operator=(const ByteSplitter&) = delete;

  void update(std::span<const std::byte> secret) {
    while (!secret.empty()) {
      if (pending_size_ == 0 && secret.size() >= share_chunk) {
        split(secret.first(share_chunk));
        secret = secret.subspan(share_chunk);
        continue;
      }
      if (pending_.bytes().empty()) pending_ = ProtectedBytes(share_chunk);
      const std::size_t taken = std::min(secret.size(), share_chunk - pending_size_);
      std::copy_n(secret.begin(), taken, pending_.bytes().begin() + static_cast<std::ptrdiff_t>(pending_size_));
      secret = secret.subspan(taken);
      pending_size_ += taken;
      if (pending_size_ < share_chunk) return;
      split(pending_.bytes());
      pending_size_ = 0;
    }
  }

  /// The last piece of the secret, and the ends of the shares. Called once.
  void finish(std::span<const std::byte> secret = {}) {
    if (pending_size_ == 0 && secret.size() < share_chunk) {
      split(secret);
    } else {
      update(secret);
      split(pending_.bytes().first(pending_size_));
    }
    std::vector<GF2To128> tag_shares = splitter_.finish(random_);
    for (std::size_t i = 0; i < writers_.size(); ++i) writers_[i].finish(splitter_.length(), tag_shares[i]);
    wipe(tag_shares);
  }

 private:
  void split(std::span<const std::byte> chunk) {
    for (std::size_t i = 0; i < writers_.size(); ++i) rows_[i] = detail::as_elements(writers_[i].room(chunk.size()));
    splitter_.split(detail::as_elements(chunk), random_, rows_);
    for (ShareWriter& writer : writers_) writer.write(chunk.size());
  }

  Shamir<GF256> scheme_;
  Random& random_;
  TaggedSplitter<GF256> splitter_;
  std::vector<ShareWriter> writers_;
  std::vector<std::span<GF256>> rows_;
  ProtectedBytes pending_;
  std::size_t pending_size_ = 0;
};

namespace detail {

/// What ByteSplitter makes of a secret of less than a chunk, each share at the place where it is to be.
template <RandomSource Random>
std::vector<Bytes> split_in_place(std::span<const std::byte> secret, ShamirParameters parameters, Random& random) {
  const Shamir<GF256> scheme = byte_scheme(parameters);
  TaggedSplitter<GF256> splitter(scheme, random);
  ShareHeader header{parameters, 0, {}, {}, ShareContent::bytes};
  random.fill(header.set);
  const auto size = static_cast<std::size_t>(share_file_size(secret.size()));
  const std::size_t frame = secret.size() + ShareEncoder::before_content + ShareEncoder::behind_content;
  std::vector<Bytes> shares(parameters.parties);
  std::vector<ShareEncoder> encoders;
  std::vector<std::span<GF256>> rows;
  encoders.reserve(shares.size());
  rows.reserve(shares.size());
  for (; header.party < shares.size(); ++header.party) {
    Bytes& share = shares[header.party];
    share.resize(size);
    header.key_share = splitter.key_shares()[header.party];
    encoders.emplace_back(header, std::span<std::byte>(share).first<share_header_size>());
    rows.push_back(
        as_elements(std::span(share).subspan(share_header_size + ShareEncoder::before_content, secret.size())));
  }
  wipe(header.key_share);
  splitter.split(as_elements(secret), random, rows);
  std::vector<GF2To128> tag_shares = splitter.finish(random);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    encoders[i].finish_chunk(std::span(shares[i]).subspan(share_header_size, frame));
    encoders[i].finish(secret.size(), tag_shares[i], std::span<std::byte>(shares[i]).last<share_trailer_size>());
  }
  wipe(tag_shares);
  return shares;
}

}  // namespace detail

/// The shares of a secret, in memory: ByteSplitter in one call.
template <RandomSource Random>
[[nodiscard]] std::vector<Bytes> split_bytes(std::span<const std::byte> secret, ShamirParameters parameters,
                                             Random& random) {
  if (secret.size() < share_chunk) return detail::split_in_place(secret, parameters, random);
  static_cast<void>(detail::byte_scheme(parameters));  // before anything is allocated for so many
  std::vector<Bytes> shares(parameters.parties);
  std::vector<ByteSink> sinks;
  sinks.reserve(shares.size());
  for (Bytes& share : shares) {
    share.reserve(static_cast<std::size_t>(detail::share_file_size(secret.size())));
    sinks.emplace_back(
        [&share](std::span<const std::byte> bytes) { share.insert(share.end(), bytes.begin(), bytes.end()); });
  }
  ByteSplitter<Random> splitter(parameters, random, std::move(sinks));
  const std::size_t whole = secret.size() / share_chunk * share_chunk;
  splitter.update(secret.first(whole));
  splitter.finish(secret.subspan(whole));
  return shares;
}

/// What combining has found.
struct CombinedBytes {
  std::uint64_t length = 0;
  /// The positions of the shares that are wrong, ascending; they were corrected.
  std::vector<std::size_t> wrong;
};

namespace detail {

/// combine_bytes() in the given memory, which is divided into a row for each share and one for the secret.
inline CombinedBytes combine_bytes_in(std::span<ShareReader> shares, const ByteSink& secret,
                                      std::span<std::byte> memory) {
  std::vector<std::size_t> who;
  std::vector<GF2To128> key_shares, tag_shares;
  who.reserve(shares.size());
  key_shares.reserve(shares.size());
  tag_shares.reserve(shares.size());
  for (const ShareReader& share : shares) {
    who.push_back(share.header().party);
    key_shares.push_back(share.header().key_share);
  }
  TaggedCombiner<GF256> combiner(shares[0].header().parameters, who, key_shares);
  wipe(key_shares);
  const std::size_t row_size = memory.size() / (shares.size() + 1), room = std::min(row_size, share_chunk);
  const auto row = [&](std::size_t i) { return memory.subspan(i * row_size, room); };
  std::vector<std::span<const GF256>> rows(shares.size());
  for (std::size_t length = share_chunk; length == share_chunk;) {
    for (std::size_t i = 0; i < shares.size(); ++i) {
      const std::size_t own = shares[i].read_chunk(row(i));
      if (i == 0) length = own;
      if (own != length)
        throw Error(ErrorCode::inconsistent_shares, "the secrets of " + shares[0].name() + " and " + shares[i].name() +
                                                        " have different lengths, so one of these shares is wrong");
      rows[i] = as_elements(std::span<const std::byte>(row(i).first(length)));
    }
    const std::span<std::byte> out = row(shares.size()).first(length);
    combiner.combine(rows, as_elements(out));
    if (secret && length > 0) secret(out);
  }
  for (ShareReader& share : shares) tag_shares.push_back(share.finish());
  combiner.finish(tag_shares);
  CombinedBytes result{combiner.length(), {}};
  for (std::size_t i = 0; i < who.size(); ++i)
    if (std::ranges::binary_search(combiner.wrong(), who[i])) result.wrong.push_back(i);
  return result;
}

}  // namespace detail

/// Combines shares that were read up to their headers: all are used, and those beyond the privacy_threshold + 1 that are
/// needed serve to find and correct wrong ones. Writes the secret in pieces. **What was written is not to be used unless
/// this returns**, for the shares are known to be right only at the end; with an empty `secret` it does no more than that.
///
/// Never another secret than was split as long as at most privacy_threshold parties have falsified theirs together, but
/// for the probability that ManipulationTag names (2^-97 for 10 GB). Error(configuration_mismatch) and
/// Error(invalid_argument) as require_one_set;
/// Error(malformed_message) as ShareReader; Error(inconsistent_shares) or Error(too_many_wrong_shares) where shares are
/// wrong that are well-formed.
inline CombinedBytes combine_bytes(std::span<ShareReader> shares, const ByteSink& secret) {
  require_one_set(shares, ShareContent::bytes);
  // Rows begin at different distances from a page, lest they compete for the same places of the cache.
  constexpr std::size_t stagger = 4096 + 64;
  ProtectedBytes memory((shares.size() + 1) * (share_chunk + stagger));
  return detail::combine_bytes_in(shares, secret, memory.bytes());
}

/// A secret and the positions of the shares that were wrong.
struct CombinedSecret {
  Secret<std::vector<std::byte>> secret;
  std::vector<std::size_t> wrong;
};

/// The secret of shares in memory, in any order, which is known to be right; messages name them "share at position 0" and
/// so on. Errors as of the function above.
[[nodiscard]] inline CombinedSecret combine_bytes(std::span<const Bytes> shares) {
  std::vector<ShareReader> readers;
  readers.reserve(shares.size());
  std::size_t longest = 0;
  for (const Bytes& share : shares) {
    readers.emplace_back(readers.size(), source_of(share));
    longest = std::max(longest, share.size());
  }
  const std::size_t most = longest - std::min<std::size_t>(longest, detail::share_file_size(0));
  Secret<std::vector<std::byte>> secret{std::vector<std::byte>{}};
  secret.expose().reserve(most);  // and so it never grows elsewhere
  const auto append = [&](std::span<const std::byte> piece) {
    secret.expose().insert(secret.expose().end(), piece.begin(), piece.end());
  };
  // Memory that the operating system protects takes it longer than all else that a key needs. Short shares do without:
  // they are in this memory, as the secret will be.
  constexpr std::size_t short_share = 1024;
  CombinedBytes found;
  if (longest > short_share) {
    found = combine_bytes(readers, append);
  } else {
    require_one_set(readers, ShareContent::bytes);
    Secret<std::vector<std::byte>> memory{std::vector<std::byte>((readers.size() + 1) * most)};
    found = detail::combine_bytes_in(readers, append, memory.expose());
  }
  return {std::move(secret), std::move(found.wrong)};
}

/// Shares that can be combined, and why each of the others cannot.
struct UsableShares {
  struct LeftOut {
    std::size_t position;
    std::string reason;  ///< a sentence that names the share
  };
  std::vector<std::size_t> kept;
  std::vector<LeftOut> left_out;
};

/// Reads all of `count` shares, and leaves out those that are damaged, cut off or no shares, and those that have the
/// number of one that is kept before them. `open(i)` begins to read share i anew, for itself alone: what is
/// Error(malformed_message) is the fault of that share. What is kept is of one set and enough, else the errors of
/// require_one_set.
[[nodiscard]] inline UsableShares usable_shares(std::size_t count,
                                                const std::function<ShareReader(std::size_t)>& open) {
  UsableShares result;
  std::vector<ShareReader> readers;
  ProtectedBytes room(share_chunk);
  for (std::size_t i = 0; i < count; ++i) {
    try {
      ShareReader share = open(i);
      while (share.read_chunk(room.bytes()) == share_chunk) continue;
      static_cast<void>(share.finish());
      const auto same = std::ranges::find_if(readers, [&](const ShareReader& other) {
        return other.header().set == share.header().set && other.header().party == share.header().party;
      });
      if (same != readers.end()) {
        result.left_out.push_back({i, share.name() + ": it is the share number " +
                                          std::to_string(share.header().number()) + ", as " + same->name() + " is"});
        continue;
      }
      result.kept.push_back(i);
      readers.push_back(std::move(share));
    } catch (const Error& error) {
      if (error.code() != ErrorCode::malformed_message) throw;
      result.left_out.push_back({i, error.what()});
    }
  }
  require_one_set(readers, ShareContent::bytes);
  return result;
}

/// Which of `count` well-formed shares of a set are wrong, where combine_bytes() says that some are and corrects nothing:
/// leaves out one, then two, and so on, until those that are left have the right tag. `open(i)` begins to read share i
/// anew. Nothing where no such shares are found, or not in `most_attempts`.
[[nodiscard]] inline std::optional<std::vector<std::size_t>> find_wrong_shares(
    std::size_t count, const std::function<ShareReader(std::size_t)>& open, std::size_t most_attempts = 1000) {
  const std::size_t needed = open(0).header().parameters.privacy_threshold + 1;
  std::size_t attempts = 0;
  for (std::size_t left_out = 1; left_out + needed <= count; ++left_out) {
    std::vector<bool> is_left_out(count);
    std::fill_n(is_left_out.begin(), left_out, true);
    do {
      if (attempts++ == most_attempts) return std::nullopt;
      std::vector<std::size_t> wrong, kept;
      std::vector<ShareReader> readers;
      for (std::size_t i = 0; i < count; ++i) (is_left_out[i] ? wrong : kept).push_back(i);
      try {
        for (const std::size_t i : kept) readers.push_back(open(i));
        for (const std::size_t position : combine_bytes(readers, nullptr).wrong) wrong.push_back(kept[position]);
        std::ranges::sort(wrong);
        return wrong;
      } catch (const Error& error) {
        if (error.code() != ErrorCode::inconsistent_shares && error.code() != ErrorCode::too_many_wrong_shares) throw;
      }
    } while (std::prev_permutation(is_left_out.begin(), is_left_out.end()));
  }
  return std::nullopt;
}

}  // namespace parley
