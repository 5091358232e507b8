// SPDX-License-Identifier: Apache-2.0
// Pseudorandom secret sharing: sharings of random values, and of zero, that the parties expand from common keys without
// a word between them.
// [CDI05] Cramer, Damgard, Ishai: Share Conversion, Pseudorandom Secret-Sharing and Applications to Secure Computation,
// TCC 2005. [GI99] Gilboa, Ishai: Compressing Cryptographic Resources, CRYPTO 1999.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/keystream.hpp"
#include "parley/core/random.hpp"
#include "parley/core/secret.hpp"
#include "parley/core/wipe.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "parley/sharing/batch.hpp"
#include "parley/sharing/subsets.hpp"

namespace parley {

/// One party's keys: for each set of t parties that it is outside of the key that exactly those outside have, the sets
/// in lexicographic order; that is how Replicated orders the parts of a share. Good for any number of streams with
/// different labels; see PseudorandomSharing.
struct PseudorandomKeys {
  ReplicatedParameters parameters;
  std::size_t party = 0;
  Cipher cipher = Cipher::chacha20;  ///< the same at all parties; every machine has chacha20
  Secret<std::vector<Seed>> keys;
};

namespace detail {

/// How many sets two parties are outside of, both: binomial(n - 2, t).
inline std::size_t common_sets(const Subsets& subsets) {
  const std::size_t n = subsets.parties(), t = subsets.privacy_threshold();
  return subsets.count_without_party() * (n - 1 - t) / (n - 1);
}

}  // namespace detail

/// Keys for all parties from a dealer, whom all trust: result[party] is for that party alone.
/// Error(invalid_argument) as for Replicated.
template <RandomSource Random>
[[nodiscard]] std::vector<PseudorandomKeys> deal_pseudorandom_keys(ReplicatedParameters parameters, Cipher cipher,
                                                                   Random& random) {
  const detail::Subsets subsets(parameters);
  std::vector<PseudorandomKeys> dealt;
  for (std::size_t party = 0; party < parameters.parties; ++party) {
    std::vector<Seed> room;
    room.reserve(subsets.count_without_party());  // so that no key is left behind by growing
    dealt.push_back({parameters, party, cipher, Secret(std::move(room))});
  }
  for (std::size_t set = 0; set < subsets.count(); ++set) {
    Seed key = draw_seed(random);
    for (std::size_t party = 0; party < parameters.parties; ++party)
      if (!subsets.contains(set, party)) dealt[party].keys.expose().push_back(key);
    wipe(key);
  }
  return dealt;
}

/// What party `self` contributes to keys that nobody deals: result[p] is to be sent to party p in private, binomial(n -
/// 2, t) seeds, one for each set that both are outside of; result[self], binomial(n - 1, t) seeds, is kept. The caller
/// wipes them. Error(invalid_argument) as for Replicated, and for a party that does not exist.
template <RandomSource Random>
[[nodiscard]] std::vector<std::vector<Seed>> contribute_pseudorandom_keys(ReplicatedParameters parameters,
                                                                          std::size_t self, Random& random) {
  const detail::Subsets subsets(parameters);
  detail::require_distinct_parties(std::span(&self, 1), parameters.parties);
  std::vector<std::vector<Seed>> messages(parameters.parties);
  for (std::size_t party = 0; party < parameters.parties; ++party)
    messages[party].reserve(party == self ? subsets.count_without_party() : detail::common_sets(subsets));
  for (std::size_t set = 0; set < subsets.count(); ++set) {
    if (subsets.contains(set, self)) continue;
    Seed contribution = draw_seed(random);
    for (std::size_t party = 0; party < parameters.parties; ++party)
      if (!subsets.contains(set, party)) messages[party].push_back(contribution);
    wipe(contribution);
  }
  return messages;
}

/// The keys of party `self` from what all contributed: received[p] is what party p has for it, received[self] what it
/// kept. A key is the exclusive or of the contributions of all who have it.
///
/// Security: a key is unknown to every party that does not have it as soon as one of those who have it drew its
/// contribution uniformly. That all who have a key were sent the same contributions is not checked: a party that sends
/// different ones makes the sharings of its keys wrong, unnoticed until shares are compared.
/// Error(invalid_argument) for contributions of another number than contribute_pseudorandom_keys() makes.
[[nodiscard]] inline PseudorandomKeys combine_pseudorandom_keys(ReplicatedParameters parameters, std::size_t self,
                                                                Cipher cipher,
                                                                std::span<const std::vector<Seed>> received) {
  const detail::Subsets subsets(parameters);
  detail::require_distinct_parties(std::span(&self, 1), parameters.parties);
  if (received.size() != parameters.parties)
    throw Error(ErrorCode::invalid_argument, "contributions of " + std::to_string(received.size()) +
                                                 " parties were given, there are " +
                                                 std::to_string(parameters.parties));
  for (std::size_t party = 0; party < parameters.parties; ++party) {
    const std::size_t expected = party == self ? subsets.count_without_party() : detail::common_sets(subsets);
    if (received[party].size() != expected)
      throw Error(ErrorCode::invalid_argument, "party " + std::to_string(party) + " contributed to " +
                                                   std::to_string(received[party].size()) + " keys of party " +
                                                   std::to_string(self) + ", they have " + std::to_string(expected) +
                                                   " in common");
  }
  std::vector<Seed> keys(subsets.count_without_party(), Seed{});
  std::vector<std::size_t> taken(parameters.parties);
  std::size_t number = 0;
  for (std::size_t set = 0; set < subsets.count(); ++set) {
    if (subsets.contains(set, self)) continue;
    for (std::size_t party = 0; party < parameters.parties; ++party) {
      if (subsets.contains(set, party)) continue;
      const Seed& contribution = received[party][taken[party]++];
      for (std::size_t i = 0; i < contribution.size(); ++i) keys[number][i] ^= contribution[i];
    }
    ++number;
  }
  return {parameters, self, cipher, Secret(std::move(keys))};
}

/// One party's source of sharings that cost no communication. Every call gives this party's shares of common values,
/// which fit those of the other parties as long as all make the same calls with the same lengths in the same order.
///
/// Security: against a computationally bounded adversary who has the keys of up to t parties and can break neither
/// AES-128 nor ChaCha20. The values of random() and replicated() look uniform to him, and the shares of the other
/// parties are to him as of a sharing by a uniform polynomial of degree at most t with his shares [CDI05];
/// those of zeros() as of one by a uniform polynomial of degree at most 2t with his shares and the value 0 at 0. That
/// all parties hold the keys they should is not checked.
///
/// For a value each party computes binomial(n - 1, t) elements, t times as many for zeros(): meant for few parties.
/// Time depends on the shapes alone.
template <Ring R, class Stream = RandomStream>
class PseudorandomSharing {
 public:
  /// The streams of `keys` with this label; two sources with equal keys and labels give equal sharings.
  /// Error(invalid_argument) for keys that are not as many as their parameters say, and on a machine that does not have
  /// their cipher.
  explicit PseudorandomSharing(const PseudorandomKeys& keys, std::string_view label = "pseudorandom sharing")
      : parameters_(keys.parameters) {
    const detail::Subsets subsets(parameters_);
    detail::require_distinct_parties(std::span(&keys.party, 1), parameters_.parties);
    if (keys.keys.expose().size() != subsets.count_without_party())
      throw Error(ErrorCode::invalid_argument, std::to_string(keys.keys.expose().size()) +
                                                   " keys were given for a party that has " +
                                                   std::to_string(subsets.count_without_party()));
    streams_.reserve(subsets.count_without_party());
    for (const Seed& key : keys.keys.expose()) streams_.push_back(Stream(key, keys.cipher).child(label));
    if constexpr (Field<R>) {
      if (!R::order_exceeds(parameters_.parties)) return;  // replicated sharings need no points
      at_own_point_ = subsets.polynomial_values<R>(keys.party);
      R power = R::one();
      for (std::size_t i = 0; i < parameters_.privacy_threshold; ++i)
        powers_.push_back(power *= R::embed(keys.party + 1));
    }
  }

  [[nodiscard]] std::size_t parties() const noexcept { return parameters_.parties; }
  [[nodiscard]] std::size_t privacy_threshold() const noexcept { return parameters_.privacy_threshold; }

  /// This party's share of a Replicated sharing of `count` random values.
  [[nodiscard]] std::vector<R> replicated(std::size_t count) {
    std::vector<R> share(detail::product_of_lengths(streams_.size(), count));
    for (std::size_t part = 0; part < streams_.size(); ++part)
      fill_uniform(streams_[part], std::span(share).subspan(part * count, count));
    return share;
  }

  /// This party's Shamir shares, of degree t, of `count` random values: those that Replicated::to_shamir() makes of
  /// replicated(). Error(invalid_argument) where the field has too few points. [CDI05]
  [[nodiscard]] std::vector<R> random(std::size_t count) requires Field<R> {
    detail::require_points<R>(parties());
    return combined(count, 1, [](std::size_t) { return R::one(); });
  }

  /// This party's shares of `count` sharings of 0 by random polynomials of degree at most 2t, as they mask products of
  /// Shamir shares. Error(invalid_argument) unless n > 2t, without which such shares share nothing, and where the field
  /// has too few points. [CDI05]
  [[nodiscard]] std::vector<R> zeros(std::size_t count) requires Field<R> {
    detail::require_points<R>(parties());
    if (parties() <= 2 * privacy_threshold())
      throw Error(ErrorCode::invalid_argument, "the shares of " + std::to_string(parties()) +
                                                   " parties do not determine a polynomial of degree " +
                                                   std::to_string(2 * privacy_threshold()));
    return combined(count, privacy_threshold(), [&](std::size_t i) { return powers_[i]; });
  }

 private:
  // The sum, over the keys and i < draws, of what is drawn times factor(i) times the value at the own point of the
  // key's polynomial.
  template <class Factor>
  std::vector<R> combined(std::size_t count, std::size_t draws, Factor factor) {
    std::vector<R> shares(count);
    const std::size_t chunk = std::min(count, detail::chunk_length<R>(2));
    std::vector<R> drawn(chunk);
    detail::for_each_chunk(count, chunk, [&](std::size_t first, std::size_t length) {
      const std::span<R> sum = std::span(shares).subspan(first, length), part = std::span(drawn).first(length);
      for (std::size_t key = 0; key < streams_.size(); ++key)
        for (std::size_t i = 0; i < draws; ++i) {
          fill_uniform(streams_[key], part);
          vector::multiply_add<R>(sum, part, at_own_point_[key] * factor(i));
        }
    });
    wipe(drawn);
    return shares;
  }

  ReplicatedParameters parameters_;
  std::vector<Stream> streams_;
  std::vector<R> at_own_point_, powers_;  // powers_[i] = x^(i+1) for the own point x
};

}  // namespace parley
