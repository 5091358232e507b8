// SPDX-License-Identifier: Apache-2.0
// RTSS, the robust threshold scheme of draft-mcgrew-tss, which Botan has: Shamir's scheme over the field of AES for
// each byte of a secret and of its hash.
// [MPH10] McGrew, Patnala, Hoenes: Threshold Secret Sharing, draft-mcgrew-tss-03, 2010.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/constant_time.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/core/secret.hpp"
#include "parley/field/binary256.hpp"
#include "parley/formats/bytewise.hpp"
#include "parley/formats/rtss_share.hpp"
#include "parley/sodium/sha256.hpp"

namespace parley::rtss {

struct SplitOptions {
  std::size_t shares = 0;                    ///< up to 255; Botan makes up to 254
  std::size_t reconstruction_threshold = 0;  ///< how many shares recover the secret; at least 2
  Hash hash = Hash::sha256;
  /// Of the set, to be used for no other one; drawn at random where there is none.
  std::optional<Identifier> identifier = {};
};

/// The shares 1, ..., n of a secret.
///
/// Security: any fewer than the threshold learn nothing, as in Shamir's scheme. The hash makes a wrong share noticed,
/// and is no more than that: the holder of a wrong share who knows the secret, or guesses it, can have another one
/// recovered in its place with the right hash, since he can compute by what both change.
/// @throws Error(invalid_argument) for a threshold below 2 or above the number of shares, more than 255 shares, and a
/// secret that with its hash is longer than 65533 bytes.
template <RandomSource Random>
[[nodiscard]] std::vector<Share> split(std::span<const std::byte> secret, const SplitOptions& options, Random& random) {
  if (secret.size() > longest_value - size_of(options.hash))
    throw Error(ErrorCode::invalid_argument, "a secret of " + std::to_string(secret.size()) +
                                                 " bytes; RTSS has at most " +
                                                 std::to_string(longest_value - size_of(options.hash)));
  Secret<Bytes> robust(Bytes(secret.size() + size_of(options.hash)));
  const auto after = std::ranges::copy(secret, robust.expose().begin()).out;
  if (options.hash == Hash::sha256) std::ranges::copy(sodium::sha256(secret), after);
  Identifier identifier = options.identifier.value_or(Identifier{});
  if (!options.identifier) random.fill(identifier);
  const auto values =
      parley::detail::split_bytewise<GF256>(robust.expose(), options.shares, options.reconstruction_threshold, random);
  std::vector<Share> shares;
  for (std::size_t i = 0; i < values.size(); ++i)
    shares.push_back({identifier, options.hash, static_cast<std::uint8_t>(options.reconstruction_threshold),
                      static_cast<std::uint8_t>(i + 1), values[i]});
  return shares;
}

/// The secret of at least as many shares as their threshold says, all of which are checked. Without a hash (Hash::none)
/// a wrong share among exactly as many as it takes is not noticed. Messages call shares by their places, from 1.
/// @throws Error(configuration_mismatch) for shares of different sets; Error(invalid_argument) for too few shares and
/// indices that are 0 or given twice; Error(inconsistent_shares) where shares do not lie on polynomials of the
/// threshold's degree, with the wrong ones where that is certain, and where the hash is not that of the secret.
[[nodiscard]] inline Secret<Bytes> combine(std::span<const Share> shares) {
  if (shares.empty()) throw Error(ErrorCode::invalid_argument, "no shares were given");
  const Share& first = shares.front();
  std::vector<parley::detail::BytesAtPoint> values;
  for (const Share& share : shares) {
    const auto refuse = [&](const std::string& what) {
      throw Error(ErrorCode::configuration_mismatch, "share " + std::to_string(values.size() + 1) +
                                                         " is of another set than share 1: it has another " + what);
    };
    if (share.identifier != first.identifier) refuse("identifier");
    if (share.hash != first.hash) refuse("hash");
    if (share.threshold != first.threshold) refuse("threshold");
    values.push_back({share.index, share.value});
  }
  if (first.threshold == 0 || first.value.size() < size_of(first.hash))
    throw Error(ErrorCode::invalid_argument, "share 1 " + detail::fault_of(first));
  const Secret<Bytes> robust = parley::detail::combine_bytewise<GF256>(values, first.threshold);
  const std::size_t size = first.value.size() - size_of(first.hash);
  const auto all = std::span(robust.expose());
  if (first.hash == Hash::sha256 &&
      !constant_time::equal(sodium::sha256(all.first(size)), all.subspan(size)).declassify())
    throw Error(ErrorCode::inconsistent_shares,
                "what the shares recover has not the hash that they recover: at least one of them is wrong");
  return Secret<Bytes>(Bytes(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(size)));
}

}  // namespace parley::rtss
