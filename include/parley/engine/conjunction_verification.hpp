// SPDX-License-Identifier: Apache-2.0
// All conjunctions of three parties since the last check, verified together before anything is opened.
// [BBCGI19] Boneh, Boyle, Corrigan-Gibbs, Gilboa, Ishai: Zero-knowledge proofs on secret-shared data via fully linear
// PCPs, CRYPTO 2019. [BGIN19] Boyle, Gilboa, Ishai, Nof: Practical fully secure three-party computation via sublinear
// distributed zero-knowledge proofs, CCS 2019. [CDI05] Share conversion.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "parley/core/bit_transpose.hpp"
#include "parley/core/buffer.hpp"
#include "parley/engine/bit_planes.hpp"
#include "parley/engine/inner_product_check.hpp"
#include "parley/engine/public_coins.hpp"
#include "parley/engine/row_products.hpp"
#include "parley/engine/shamir_domain.hpp"
#include "parley/engine/verified_opening.hpp"
#include "parley/field/vector.hpp"
#include "parley/field/wide_binary.hpp"
#include "parley/net/link.hpp"
#include "parley/net/network.hpp"
#include "parley/poly/lagrange.hpp"

namespace parley::detail {

/// Records conjunctions of ReplicatedBits, and verifies them.
///
/// Component k of a result is computed by party k and sent to party k + 1. If party k deviates, what party k + 1 has
/// received is the component, as no other honest party holds it: so results are consistent always, and off by an error
/// that the deviating party chose at most.
///
/// The check is over G = GF(2^64), of which a bit is the element 0 or 1. A component that parties k and k + 1 know is a
/// line through it at 0 and through 0 at the third party's point, so that shares of bits become Shamir's of degree 1 by
/// local weights [CDI05]. Three steps make one inner product of m conjunctions x y = z:
///
/// 1. 64 of them lie in a word, and are weighted by the powers X^0, ..., X^63 of the field's generating element. Errors
///    of a word's results add up to the element whose polynomial has them as coefficients, which is 0 only without any:
///    nothing is lost. Word w counts from 0 and is weighted by a coin's power beta^(w + 1): a sum of errors that are not
///    all 0 is 0 for at most as many coins as there are words.
/// 2. RowProducts: a row's part of a product is the weighted sum of conjunctions of words. As the coins that combine rows
///    are public, the combinations are exclusive ors of words and a transpose of 64 x 64 bits, in constant time.
/// 3. InnerProductCheck verifies that claim.
///
/// Security: one of three parties may deviate. Nothing is revealed: see InnerProductCheck; products of step 2 are dealt
/// with fresh randomness. A wrong result passes with a probability of at most 2^-security_bits.
template <class Stream>
class ConjunctionVerification {
 public:
  ConjunctionVerification(Network& network, PairwiseStreams<Stream>& streams, unsigned security_bits, const Link& link)
      : domain_(network, streams, 1, link),
        opening_(network, 1),
        coins_(domain_, opening_),
        check_(domain_, opening_, coins_),
        security_bits_(security_bits),
        link_(link) {
    const std::size_t self = network.self();
    for (std::size_t which = 0; which < 2;
         ++which) {  // component self, which the party before the own one lacks, first
      const std::size_t missing = (self + 2 - which) % 3;
      weights_[which] =
          lagrange_coefficients<G>(std::vector<G>{G::embed(0), G::embed(missing + 1)}, G::embed(self + 1))[0];
    }
  }

  /// Bit i of `results` is that of conjunction i.
  void record(std::span<const Conjunction> batch, const BitPlanes& results) {
    for (std::size_t plane = 0; plane < batch.size(); ++plane) {
      const Conjunction& conjunction = batch[plane];
      for (unsigned which = 0; which < 2; ++which) {
        append(0 + which, conjunction.x.component(which));
        append(2 + which, conjunction.y.component(which));
        if (conjunction.z) add_to_last(2 + which, conjunction.z.component(which));
        append(4 + which, results.component(plane, which));
        if (conjunction.plus) add_to_last(4 + which, conjunction.plus.component(which));
      }
    }
  }

  /// Elements of eight bytes that the record and its check take.
  std::size_t size() const { return words_[0].size() * (6 + 2 * 64 / rows); }
  /// An upper bound of the probability that any of the checks so far has let something wrong pass.
  double error() const { return error_; }

  /// Returns if all that is recorded is right, and forgets it.
  /// Cost: three rounds and those of the plan for 8 conjunctions to an entry; 63 + plan.products() products.
  void verify() {
    if (words_[0].empty()) return;
    std::array<Buffer<std::uint64_t>, 6> words;
    std::swap(words, words_);
    const std::size_t columns = RowProducts::columns(words[0].size());
    for (auto& component : words) component.resize(rows * columns, 0);  // 0 times 0 is 0
    const FoldingPlan plan = check_.plan(64 * columns, link_);
    const double order = std::ldexp(1.0, 64);
    const std::size_t repetitions = repetitions_for(RowProducts::error(columns, order) + plan.error(order));
    coins_.deal(repetitions * (1 + RowProducts::coins + plan.coins() + 2));

    std::vector<Buffer<G>> weights;
    Buffer<G> claimed, local;
    for (const G& base : coins_.toss(repetitions)) {
      const Buffer<G>& of_columns = weights.emplace_back(RowProducts::weights(base, columns));
      append_row_products(local, words, of_columns);
      G sum{}, weight = G::one();
      for (std::size_t row = 0; row < rows; ++row) {
        sum += weight * weighted(words, row, of_columns);
        weight *= of_columns.back();
      }
      claimed.push_back(sum);
    }
    const Buffer<G> computed = domain_.reduce(local);
    const Buffer<G> combination = coins_.toss(repetitions * 2 * rows);
    std::vector<InnerProductClaim<G>> claims;
    const std::size_t padded = check_.padded(64 * columns, plan.folds.empty() ? 1 : plan.folds.front());
    for (std::size_t k = 0; k < repetitions; ++k) {
      const auto of_x = std::span<const G>(combination).subspan(2 * rows * k, rows);
      const auto of_y = std::span<const G>(combination).subspan(2 * rows * k + rows, rows);
      InnerProductClaim<G> claim{{}, {}, G::zero()};
      claim.c = RowProducts::combined<G>(
          std::span<const G>(computed).subspan(k * RowProducts::computed, RowProducts::computed), claimed[k],
          weights[k].back(), of_x, of_y);
      claim.a = combined_rows(words[0], words[1], of_x, columns, padded);
      claim.b = combined_rows(words[2], words[3], of_y, columns, padded);
      for (std::size_t column = 0; column < columns; ++column) {
        const auto entries = std::span<G>(claim.a).subspan(64 * column, 64);
        vector::multiply<G>(entries, entries, of_bits_);
        vector::scale<G>(entries, entries, weights[k][column]);
      }
      claims.push_back(std::move(claim));
    }
    check_.verify(std::move(claims), plan);
  }

 private:
  using G = GF2To64;
  static constexpr std::size_t rows = RowProducts::rows;

  void append(std::size_t which, std::span<const std::uint64_t> words) {
    words_[which].insert(words_[which].end(), words.begin(), words.end());
  }
  void add_to_last(std::size_t which, std::span<const std::uint64_t> words) {
    const auto last = std::span(words_[which]).last(words.size());
    for (std::size_t i = 0; i < words.size(); ++i) last[i] ^= words[i];
  }

  // This party's share of the weighted sum of one row of results.
  G weighted(const std::array<Buffer<std::uint64_t>, 6>& words, std::size_t row, const Buffer<G>& powers) const {
    G sum{};
    std::array<G, chunk> memory;
    for (std::size_t which = 0; which < 2; ++which) {
      G part{};
      for (std::size_t first = 0; first < powers.size(); first += chunk) {
        const std::size_t length = std::min(chunk, powers.size() - first);
        for (std::size_t i = 0; i < length; ++i)
          memory[i] = G::from_value(words[4 + which][row * powers.size() + first + i]);
        part += vector::inner_product<G>(std::span<const G>(memory).first(length),
                                         std::span<const G>(powers).subspan(first, length));
      }
      sum += weights_[which] * part;
    }
    return sum;
  }

  // This party's products M[p][q] but for the last, row by row.
  void append_row_products(Buffer<G>& products, const std::array<Buffer<std::uint64_t>, 6>& words,
                           const Buffer<G>& powers) const {
    const G both = weights_[0] * weights_[1];
    const std::array<G, 3> factors{weights_[0] * weights_[0], both, weights_[1] * weights_[1]};
    const std::size_t columns = powers.size(), start = products.size();
    products.resize(start + RowProducts::computed);
    std::array<std::array<G, chunk>, 3> memory;
    for (std::size_t first = 0; first < columns; first += chunk) {
      const std::size_t length = std::min(chunk, columns - first);
      const auto weights = std::span<const G>(powers).subspan(first, length);
      for (std::size_t number = 0; number < RowProducts::computed; ++number) {
        const std::size_t of_x = number / rows * columns + first, of_y = number % rows * columns + first;
        const std::uint64_t *x0 = words[0].data() + of_x, *x1 = words[1].data() + of_x;
        const std::uint64_t *y0 = words[2].data() + of_y, *y1 = words[3].data() + of_y;
        for (std::size_t i = 0; i < length; ++i) {
          memory[0][i] = G::from_value(x0[i] & y0[i]);
          memory[1][i] = G::from_value((x0[i] & y1[i]) ^ (x1[i] & y0[i]));
          memory[2][i] = G::from_value(x1[i] & y1[i]);
        }
        for (std::size_t k = 0; k < 3; ++k)
          products[start + number] +=
              factors[k] * vector::inner_product<G>(std::span<const G>(memory[k]).first(length), weights);
      }
    }
  }

  // Entry 64 column + j is this party's share of the sum of coefficients[p] times bit j of the column's word in row p.
  // Bit k of the entries is a word: the exclusive or of those words whose weight, public, has that bit.
  Buffer<G> combined_rows(const Buffer<std::uint64_t>& own, const Buffer<std::uint64_t>& previous,
                          std::span<const G> coefficients, std::size_t columns, std::size_t padded) const {
    constexpr std::size_t groups = 2 * rows / 4;
    std::array<std::array<std::uint8_t, groups>, 64> chosen{};  // which of four words, in each group, for each bit
    for (std::size_t source = 0; source < 2 * rows; ++source) {
      const std::uint64_t weight = (coefficients[source / 2] * weights_[source % 2]).value();
      for (std::size_t bit = 0; bit < 64; ++bit)
        chosen[bit][source / 4] =
            static_cast<std::uint8_t>(chosen[bit][source / 4] | (weight >> bit & 1) << (source % 4));
    }
    Buffer<G> entries(padded);
    std::array<std::array<std::uint64_t, 16>, groups> sums;
    BitMatrix block;
    for (std::size_t column = 0; column < columns; ++column) {
      for (std::size_t group = 0; group < groups; ++group) {
        sums[group][0] = 0;
        for (std::size_t k = 0; k < 4; ++k) {
          const std::size_t source = 4 * group + k, half = std::size_t{1} << k;
          const std::uint64_t word = (source % 2 == 0 ? own : previous)[source / 2 * columns + column];
          for (std::size_t i = 0; i < half; ++i) sums[group][half + i] = sums[group][i] ^ word;
        }
      }
      for (std::size_t bit = 0; bit < 64; ++bit) {
        std::uint64_t word = 0;
        for (std::size_t group = 0; group < groups; ++group) word ^= sums[group][chosen[bit][group]];
        block[bit] = word;
      }
      transpose(block);
      for (std::size_t j = 0; j < 64; ++j) entries[64 * column + j] = G::from_value(block[j]);
    }
    return entries;
  }

  // How many independent checks leave less than the error asked for, if each leaves at most `error`.
  std::size_t repetitions_for(double error) {
    const auto repetitions =
        static_cast<std::size_t>(std::ceil(static_cast<double>(security_bits_) / -std::log2(error)));
    error_ += std::pow(error, static_cast<double>(repetitions));
    return repetitions;
  }

  static constexpr std::size_t chunk = 256;  // three times 2 KiB stay in the innermost cache
  static std::array<G, 64> powers_of_x() {
    std::array<G, 64> powers;
    for (std::size_t bit = 0; bit < 64; ++bit) powers[bit] = G::from_value(std::uint64_t{1} << bit);
    return powers;
  }

  ShamirDomain<G, Stream> domain_;
  VerifiedOpening<G> opening_;
  PublicCoins<G, Stream> coins_;
  InnerProductCheck<G, Stream> check_;
  unsigned security_bits_;
  Link link_;
  std::array<G, 2> weights_;  // of this party's components in its shares over G
  std::array<G, 64> of_bits_ = powers_of_x();
  std::array<Buffer<std::uint64_t>, 6> words_{};  // both components of the factors and of the results
  double error_ = 0;
};

}  // namespace parley::detail
