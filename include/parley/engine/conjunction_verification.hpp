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

#include "parley/core/buffer.hpp"
#include "parley/core/words.hpp"
#include "parley/engine/bit_planes.hpp"
#include "parley/engine/cheating_probability.hpp"
#include "parley/engine/inner_product_check.hpp"
#include "parley/engine/public_coins.hpp"
#include "parley/engine/row_products.hpp"
#include "parley/engine/shamir_domain.hpp"
#include "parley/engine/verified_opening.hpp"
#include "parley/field/binary_rows.hpp"
#include "parley/field/binary_rows_avx512.hpp"
#include "parley/field/vector.hpp"
#include "parley/field/wide_binary.hpp"
#include "parley/net/link.hpp"
#include "parley/net/network.hpp"
#include "parley/poly/lagrange.hpp"
#include "parley/sharing/batch.hpp"

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
/// 2. RowProducts: parties' parts of a product are weighted sums of their parts of conjunctions of words, three of which
///    add up to a conjunction; rows' differences are exclusive ors. As the coins that combine rows are public, the combinations are products of matrices of
///    bits, in constant time.
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
        error_(security_bits),
        link_(link) {
    const std::size_t self = network.self();
    for (std::size_t which = 0; which < 2;
         ++which) {  // component self, which the party before the own one lacks, first
      const std::size_t missing = (self + 2 - which) % 3;
      weights_[which] =
          lagrange_coefficients<G>(std::vector<G>{G::embed(0), G::embed(missing + 1)}, G::embed(self + 1))[0];
    }
    of_part_ =
        lagrange_coefficients<G>(std::vector<G>{G::embed(1), G::embed(2), G::embed(3)}, G::embed(0))[self].inverse();
  }

  /// Bit i of `results` is that of conjunction i.
  void record(std::span<const Conjunction> batch, const BitPlanes& results) {
    for (std::size_t plane = 0; plane < batch.size(); ++plane) {
      const std::size_t length = results.words_per_component();
      for (std::size_t first = 0; first < length;) {
        Block& block = block_with_space(length - first);
        const std::size_t count = std::min(block.capacity - block.size, length - first);
        for (unsigned which = 0; which < 2; ++which) {
          const auto copy = [&](std::size_t target, const auto& wire, const auto& added) {
            std::uint64_t* const words = block.component(target + which) + block.size;
            const std::uint64_t* const from = wire.component(which).data() + first;
            if (added)
              exclusive_or(count, words, from, added.component(which).data() + first);
            else
              std::copy_n(from, count, words);
          };
          copy(0, batch[plane].x, Wire{});
          copy(2, batch[plane].y, batch[plane].z);
          copy(4, Wire{&results, plane}, batch[plane].plus);
        }
        block.size += count;
        first += count;
      }
    }
  }

  /// Elements of eight bytes that the record and its check take.
  std::size_t size() const {
    const std::size_t count = recorded();
    return count * (6 + 2 * 64 / RowProducts::rows_for(count));
  }
  /// An upper bound of the probability that any of the checks so far has let something wrong pass.
  double error() const { return error_.value(); }

  /// Returns if all that is recorded is right, and forgets it.
  /// Cost: three rounds and those of the plan for 64/r entries for each word of 64 conjunctions, where r = 2^k = 8, ...,
  /// 64, of more words the more; 3^k - 1 + plan.products() products.
  void verify() {
    const RowProducts rows(recorded());
    if (rows.columns() == 0) return;
    std::vector<Block> blocks;
    std::swap(blocks, blocks_);
    Block& last = blocks.back();                     // the others have no row that is not full
    for (std::size_t which = 0; which < 6; ++which)  // 0 times 0 is 0
      std::fill(last.component(which) + last.size, last.component(which) + last.columns(rows) * rows.rows(), 0);
    const FoldingPlan plan = check_.plan(64 * rows.columns(), link_);
    const double order = std::ldexp(1.0, 64);
    const std::size_t repetitions = error_.repetitions_for(rows.error(order) + plan.error(order));
    coins_.deal(repetitions * (1 + rows.coins() + plan.coins() + 2));

    std::vector<Buffer<G>> weights;
    Buffer<G> claimed, local;
    for (const G& base : coins_.toss(repetitions)) {
      weights.push_back(rows.weights(base));
      append_row_products(local, blocks, rows, weights.back());
      claimed.push_back(weighted_results(blocks, rows, weights.back()));
    }
    const Buffer<G> computed = domain_.reduce(local);
    const Buffer<G> all_coins = coins_.toss(repetitions * rows.coins());
    std::vector<InnerProductClaim<G>> claims;
    const std::size_t padded = check_.padded(64 * rows.columns(), plan.folds.empty() ? 1 : plan.folds.front());
    for (std::size_t k = 0; k < repetitions; ++k) {
      const auto coins = std::span<const G>(all_coins).subspan(rows.coins() * k, rows.coins());
      InnerProductClaim<G> claim{{}, {}, G::zero()};
      claim.c = rows.combined<G>(std::span<const G>(computed).subspan(k * rows.computed(), rows.computed()), claimed[k],
                                 weights[k].back(), coins);
      const RowCombination combination(of_components(rows.coefficients<G>(coins)));
      claim.a.reserve(padded);
      claim.b.reserve(padded);
      auto of_columns = std::span<const G>(weights[k]);
      for (Block& block : blocks) {
        append_combined(claim.a, block, 0, rows, combination, of_columns);
        append_combined(claim.b, block, 2, rows, combination, {});
        of_columns = of_columns.subspan(block.columns(rows));
        if (k + 1 == repetitions) block.words = Words();
      }
      claim.a.resize(padded);
      claim.b.resize(padded);
      claims.push_back(std::move(claim));
    }
    blocks.clear();
    check_.verify(std::move(claims), plan);
  }

 private:
  using G = GF2To64;

  // Both components of the factors and of the results, of up to `capacity` words each.
  struct Block {
    // A component is 36 KiB. Rows of 72 words, or twice as many and so on, begin in different sets of a cache.
    static constexpr std::size_t most = 64 * 72;

    Words words;
    std::size_t capacity = 0, size = 0;

    explicit Block(std::size_t length) : words(6 * length), capacity(length) {}
    std::uint64_t* component(std::size_t which) { return words.data() + which * capacity; }
    const std::uint64_t* component(std::size_t which) const { return words.data() + which * capacity; }
    std::size_t columns(const RowProducts& products) const { return (size + products.rows() - 1) / products.rows(); }
    ReplicatedRows rows(std::size_t which, std::size_t columns) const {
      return {component(which), component(which + 1), columns};
    }
  };
  static_assert(Block::most % RowProducts::most_rows == 0);

  std::size_t recorded() const {
    return blocks_.empty() ? 0 : (blocks_.size() - 1) * Block::most + blocks_.back().size;
  }
  // The last block, with space for `count` words or all that a block can have; capacities are multiples of most_rows.
  Block& block_with_space(std::size_t count) {
    if (!blocks_.empty() && blocks_.back().size < Block::most) {
      Block& last = blocks_.back();
      const std::size_t wanted = std::min(last.size + count, Block::most);
      if (wanted <= last.capacity || last.size < last.capacity) return last;
      Block larger(std::min(std::max(2 * last.capacity, rounded(wanted)), Block::most));
      for (std::size_t which = 0; which < 6; ++which)
        std::copy_n(last.component(which), last.size, larger.component(which));
      larger.size = last.size;
      last = std::move(larger);
      return last;
    }
    return blocks_.emplace_back(blocks_.empty() ? std::min(rounded(count), Block::most) : Block::most);
  }
  static constexpr std::size_t rounded(std::size_t count) {
    return (count + RowProducts::most_rows - 1) / RowProducts::most_rows * RowProducts::most_rows;
  }

  // This party's share of the weighted sum of the results.
  G weighted_results(const std::vector<Block>& blocks, const RowProducts& rows, const Buffer<G>& powers) const {
    G sum{}, row_weight = G::one();
    std::array<G, chunk> memory;
    for (std::size_t row = 0; row < rows.rows(); ++row, row_weight *= powers.back())
      for (unsigned which = 0; which < 2; ++which) {
        G part{};
        std::size_t column = 0;
        for (const Block& block : blocks) {
          const std::size_t columns = block.columns(rows);
          const std::uint64_t* const words = block.component(4 + which) + row * columns;
          for (std::size_t first = 0; first < columns; first += chunk) {
            const std::size_t length = std::min(chunk, columns - first);
            for (std::size_t i = 0; i < length; ++i) memory[i] = G::from_value(words[first + i]);
            part += vector::inner_product<G>(std::span<const G>(memory).first(length),
                                             std::span<const G>(powers).subspan(column + first, length));
          }
          column += columns;
        }
        sum += row_weight * weights_[which] * part;
      }
    return sum;
  }

  // The values of RowProducts that are computed, as parts whose sum over the parties they are, with the weight that makes
  // values at this party's point of them.
  void append_row_products(Buffer<G>& products, const std::vector<Block>& blocks, const RowProducts& rows,
                           const Buffer<G>& powers) const {
    RowConjunctions conjunctions(rows.points());
    std::size_t column = 0;
    for (const Block& block : blocks) {
      const std::size_t columns = block.columns(rows);
      conjunctions.add(block.rows(0, columns), block.rows(2, columns),
                       std::span<const G>(powers).subspan(column, columns));
      column += columns;
    }
    Buffer<G> parts = conjunctions.sums();
    vector::scale<G>(parts, parts, of_part_);
    rows.append_computed<G>(products, parts);
  }

  // The rows of a factor combined, 64 entries for each column; with the weights of bits and columns, if there are any.
  void append_combined(Buffer<G>& entries, const Block& block, std::size_t factor, const RowProducts& rows,
                       const RowCombination& combination, std::span<const G> weights) const {
    const std::size_t columns = block.columns(rows);
    std::array<G, 64 * columns_at_once> memory;
    for_each_chunk(columns, columns_at_once, [&](std::size_t first, std::size_t length) {
      const auto part = std::span<G>(memory).first(64 * length);
      combination.combine(part, block.rows(factor, columns).from(0, first));
      for (std::size_t i = 0; i < length && !weights.empty(); ++i) {
        const auto of_column = part.subspan(64 * i, 64);
        vector::multiply<G>(of_column, of_column, of_bits_);
        vector::scale<G>(of_column, of_column, weights[first + i]);
      }
      entries.insert(entries.end(), part.begin(), part.end());
    });
  }

  // For the own component and the previous one, of each row.
  std::vector<G> of_components(std::span<const G> coefficients) const {
    std::vector<G> result;
    for (const G& coefficient : coefficients)
      for (const G& weight : weights_) result.push_back(coefficient * weight);
    return result;
  }

  static constexpr std::size_t columns_at_once = 24;  // whose entries, 12 KiB, stay in the innermost cache
  static constexpr std::size_t chunk = 256;           // two times 2 KiB stay in the innermost cache
  static std::array<G, 64> powers_of_x() {
    std::array<G, 64> powers;
    for (std::size_t bit = 0; bit < 64; ++bit) powers[bit] = G::from_value(std::uint64_t{1} << bit);
    return powers;
  }

  ShamirDomain<G, Stream> domain_;
  VerifiedOpening<G> opening_;
  PublicCoins<G, Stream> coins_;
  InnerProductCheck<G, Stream> check_;
  CheatingProbability error_;
  Link link_;
  std::array<G, 2> weights_;  // of this party's components in its shares over G
  std::array<G, 64> of_bits_ = powers_of_x();
  G of_part_;                  // one part of a sum as the value at this party's point that adds the part to that at 0
  std::vector<Block> blocks_;  // all but the last one full
};

}  // namespace parley::detail
