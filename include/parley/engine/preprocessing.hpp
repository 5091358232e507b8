// SPDX-License-Identifier: Apache-2.0
// The correlated randomness that SpdzEngine uses up: how much of which kind, and what one who provides it has to offer.
// [Beaver91] Efficient multiparty protocols using circuit randomization. [Rivest99] Unconditionally secure commitment
// and oblivious transfer schemes using private channels and a trusted initializer. [EGKRS20] Improved primitives for
// MPC over mixed arithmetic-binary circuits.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <map>
#include <span>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/engine/authenticated_shares.hpp"
#include "parley/engine/bit_planes.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/wide_binary.hpp"

namespace parley {

/// How much correlated randomness. Bits come in words of 64: what needs a bit for each of `size` values takes (size +
/// 63) / 64 words.
struct Correlations {
  std::size_t triples = 0;                        ///< of field elements, one for a product [Beaver91]
  std::size_t random_values = 0;                  ///< random shared field elements
  std::vector<std::size_t> input_masks{};         ///< the same known to a party, by party
  std::size_t bit_triples = 0;                    ///< words, a bit of one for a conjunction
  std::size_t random_bits = 0;                    ///< words
  std::vector<std::size_t> input_bit_masks{};     ///< words known to a party, by party
  std::size_t edabits = 0;                        ///< words: 64 random elements with all their bits each [EGKRS20]
  std::size_t dabits = 0;                         ///< words: 64 random bits each in both domains
  std::map<std::size_t, std::size_t> shuffles{};  ///< by number of rows: how many random permutations of them
  std::size_t checks = 0;                         ///< checks of MACs: one before and one after an opening, in general

  Correlations& operator+=(const Correlations& other) {
    const auto add = [](std::vector<std::size_t>& sum, const std::vector<std::size_t>& summand) {
      sum.resize(std::max(sum.size(), summand.size()));
      for (std::size_t i = 0; i < summand.size(); ++i) sum[i] += summand[i];
    };
    triples += other.triples;
    random_values += other.random_values;
    add(input_masks, other.input_masks);
    bit_triples += other.bit_triples;
    random_bits += other.random_bits;
    add(input_bit_masks, other.input_bit_masks);
    edabits += other.edabits;
    dabits += other.dabits;
    for (const auto& [rows, count] : other.shuffles) shuffles[rows] += count;
    checks += other.checks;
    return *this;
  }
  friend Correlations operator+(Correlations x, const Correlations& y) { return x += y; }
  friend Correlations operator*(std::size_t factor, Correlations x) {
    for (std::size_t* count :
         {&x.triples, &x.random_values, &x.bit_triples, &x.random_bits, &x.edabits, &x.dabits, &x.checks})
      *count *= factor;
    for (std::size_t& count : x.input_masks) count *= factor;
    for (std::size_t& count : x.input_bit_masks) count *= factor;
    for (auto& [rows, count] : x.shuffles) count *= factor;
    return x;
  }
  friend bool operator==(const Correlations&, const Correlations&) = default;
};

/// Random elements of GF(2^64) to which this party is committed towards every other one, and what it needs to verify
/// theirs: an element m of party i has for party j the tag key * m + offset, of which i holds m and the tag, and j the
/// key, one for all, and the offset. A tag tells i nothing of the key, and another m has its tag with probability
/// 2^-64. [Rivest99, section 3]
struct CommittedValues {
  Buffer<GF2To64> mine;
  std::vector<Buffer<GF2To64>> tags;     ///< for each other party, of all of `mine`
  std::vector<Buffer<GF2To64>> offsets;  ///< of each other party's elements
};

/// What provides a party with correlated randomness over F. All parties ask for the same, in the same order. What a
/// call asks for it gets, or an Error before anything has been given.
///
/// A trusted dealer is one, see trusted_dealer.hpp; parties that make it themselves, by oblivious transfer, would be
/// another: its members may communicate.
template <class P, class F>
concept Preprocessing = Field<F> &&
    requires(P& source, const P& constant_source, std::size_t index, std::span<AuthenticatedShare<F>> shares,
             std::span<F> values, BitPlanes& bits, PublicBits* known_bits) {
  { constant_source.self() } -> std::same_as<std::size_t>;
  { constant_source.parties() } -> std::same_as<std::size_t>;
  { constant_source.keys() } -> std::convertible_to<MacKeys<F>>;
  source.triples(shares, shares, shares);  // of one length: a, b and the product of both
  source.random_values(shares);
  source.input_masks(index, shares, values);  // of party `index`, who alone passes room for the values
  source.bit_triples(bits, bits, bits);       // of one shape
  source.random_bits(bits);
  source.input_bit_masks(index, bits, known_bits);  // of party `index`, who alone passes bits, the others nullptr
  source.edabits(shares, bits);                     // as many rows as shares, and as many planes as the order has bits
  source.dabits(shares, bits);                      // an element for each bit, plane by plane
  source.shuffle(index, shares);                    // a control for each exchange of a PermutationNetwork
  { source.commitments(index) } -> std::same_as<CommittedValues>;
  { constant_source.commitment_key(index) } -> std::convertible_to<GF2To64>;  // for party `index`
};

namespace detail {

/// Elements of GF(2^64) that a check of MACs opens as coins: a seed of 256 bits.
inline constexpr std::size_t check_coins = 4;
/// Those that hide what a party commits to in a check: a combination over F, and one over GF(2^64).
template <Field F>
inline constexpr std::size_t check_masks = (F::encoded_size + 7) / 8 + 1;

}  // namespace detail

}  // namespace parley
