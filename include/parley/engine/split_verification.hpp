// SPDX-License-Identifier: Apache-2.0
// Whether field elements are what their bits say, for three parties each of which lacks some of the bits.
// [BBCGI19] Boneh, Boyle, Corrigan-Gibbs, Gilboa, Ishai: Zero-knowledge proofs on secret-shared data via fully linear
// PCPs, CRYPTO 2019.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/engine/inner_product_check.hpp"
#include "parley/engine/product_verification.hpp"
#include "parley/engine/public_coins.hpp"
#include "parley/engine/row_products.hpp"
#include "parley/engine/shamir_domain.hpp"
#include "parley/engine/verified_opening.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/integer_rows.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/link.hpp"
#include "parley/net/network.hpp"
#include "parley/sharing/batch.hpp"

namespace parley::detail {

/// Records integers u, v by their bits, each bit shared with a public weight at each party, and shared sums; and verifies
/// that sum over j of 2^(j+1) u_j v_j is the sum, for each of them.
///
/// A coin's powers weight these claims, and make one inner product of all the bits. RowProducts makes it shorter: its
/// products are made of sums of the integers u & v, which only the party that knows both has to compute, as the others' shares
/// of one of them are 0. F has a Mersenne prime as its order. The rows' combinations are sums of public numbers where
/// bits are set, 0 for a party that does not know them. InnerProductCheck verifies what is left. Security: as for ProductVerification, in whose error() it is
/// counted.
template <Field F, class Stream>
class SplitVerification {
 public:
  /// This party's shares of a bit of u are the bit times `of_u`, and likewise of v.
  SplitVerification(Network& network, ShamirDomain<F, Stream>& domain, ProductVerification<F, Stream>& products,
                    const Link& link, const F& of_u, const F& of_v)
      : products_(products),
        domain_(domain),
        opening_(network, 1),
        coins_(domain, opening_),
        check_(domain, opening_, coins_),
        link_(link),
        of_u_(of_u),
        of_v_(of_v) {}

  /// `count` claims, asked for in parts, of which `first`, where they begin, is a multiple of 64: numbers(k, first, out)
  /// writes u for k = 0 and v for k = 1, unless this party has neither, and sums(first, out) its shares of
  /// the sum over j of 2^(j+1) u_j v_j - 2^j u_j - 2^j v_j.
  template <class Numbers, class Sums>
  void record(std::size_t count, Numbers numbers, Sums sums) {
    const std::array<F, 2> weights{of_u_, of_v_};
    make_room(sums_, count);
    for (std::size_t k = 0; k < 2; ++k)
      if (!(weights[k] == F{})) make_room(numbers_[k], count);
    for_each_chunk(count, chunk, [&](std::size_t first, std::size_t length) {
      const auto of_sums = more(sums_, length);
      sums(first, of_sums);
      std::array<F, chunk> elements;
      for (std::size_t k = 0; k < 2; ++k) {
        if (weights[k] == F{}) continue;
        const auto integers = more(numbers_[k], length);
        numbers(k, first, integers);
        for (std::size_t i = 0; i < length; ++i) elements[i] = element_of_bits<F>(integers[i]);
        vector::multiply_add<F>(of_sums, std::span<const F>(elements).first(length), weights[k]);
      }
    });
  }
  /// Elements that the record and its check take.
  std::size_t size() const {
    const std::size_t count = sums_.size();
    return count * (3 + 2 * width / RowProducts::rows_for(count, most_rows));
  }

  /// Returns if all that is recorded is right, and forgets it.
  /// Cost: three rounds and those of the plan for as many entries as r values have bits, r = 2^k = 8, 16 or 32, of more
  /// values the more; 3^k - 1 + plan.products() products.
  void verify() {
    if (sums_.empty()) return;
    std::array<Buffer<BitsOf<F>>, 2> numbers;
    Buffer<F> sums;
    std::swap(numbers, numbers_), std::swap(sums, sums_);
    const RowProducts rows(sums.size(), most_rows);
    const std::size_t columns = rows.columns();
    for (auto& integers : numbers)
      if (!integers.empty()) integers.resize(rows.rows() * columns, 0);
    sums.resize(rows.rows() * columns, F{});
    const FoldingPlan plan = check_.plan(width * columns, link_);
    const double order = products_.order();
    const std::size_t repetitions = products_.repetitions_for(rows.error(order) + plan.error(order));
    coins_.deal(repetitions * (1 + rows.coins() + plan.coins() + 2));

    std::vector<Buffer<F>> weights;
    Buffer<F> claimed, local;
    for (const F& base : coins_.toss(repetitions)) {
      const Buffer<F>& of_columns = weights.emplace_back(rows.weights(base));
      append_row_products(local, rows, numbers, of_columns);
      F sum{}, weight = F::one();
      for (std::size_t row = 0; row < rows.rows(); ++row) {
        sum += weight * vector::inner_product<F>(std::span<const F>(sums).subspan(row * columns, columns), of_columns);
        weight *= of_columns.back();
      }
      claimed.push_back(sum);
    }
    const Buffer<F> computed = domain_.reduce(local);
    const Buffer<F> combination = coins_.toss(repetitions * rows.coins());
    const std::size_t padded = check_.padded(width * columns, plan.folds.empty() ? 1 : plan.folds.front());
    std::vector<InnerProductClaim<F>> claims;
    for (std::size_t k = 0; k < repetitions; ++k) {
      const auto coins = std::span<const F>(combination).subspan(rows.coins() * k, rows.coins());
      const std::vector<F> coefficients = rows.template coefficients<F>(coins);
      InnerProductClaim<F> claim{{}, {}, F{}};
      claim.c = rows.template combined<F>(std::span<const F>(computed).subspan(k * rows.computed(), rows.computed()),
                                          claimed[k], weights[k].back(), coins);
      claim.a = combined(numbers[0], rows, for_each_bit(coefficients, of_u_ + of_u_, F(2)), padded, weights[k]);
      claim.b = combined(numbers[1], rows, for_each_bit(coefficients, of_v_, F::one()), padded, {});
      claims.push_back(std::move(claim));
    }
    check_.verify(std::move(claims), plan);
  }

 private:
  using Bits = BitsOf<F>;
  static constexpr std::size_t width = F::modulus_bits, most_rows = 32;
  static constexpr std::size_t chunk = 512;
  static constexpr std::size_t columns_at_once = 64;  // whose entries, 32 KiB of eight bytes each, stay in a cache

  template <class T>
  static void make_room(Buffer<T>& all, std::size_t count) {
    if (all.capacity() - all.size() < count) all.reserve(std::max(all.size() + count, 2 * all.capacity()));
  }
  // `length` elements more.
  template <class T>
  static std::span<T> more(Buffer<T>& all, std::size_t length) {
    all.resize(all.size() + length);
    return std::span<T>(all).last(length);
  }

  void append_row_products(Buffer<F>& products, const RowProducts& rows, const std::array<Buffer<Bits>, 2>& numbers,
                           const Buffer<F>& weights) const {
    Buffer<F> sums(rows.rows() * rows.rows());
    if (!numbers[0].empty() && !numbers[1].empty()) {
      add_integer_conjunctions<F>(sums, rows.rows(), {numbers[0].data(), rows.columns()},
                                  {numbers[1].data(), rows.columns()}, weights);
      vector::scale<F>(sums, sums, (of_u_ + of_u_) * of_v_);
    }
    rows.template append_computed<F>(products, rows.template values_of<F>(sums));
  }

  // ratio^bit factor coefficients[row], bit by bit.
  static Buffer<F> for_each_bit(std::span<const F> coefficients, F factor, const F& ratio) {
    Buffer<F> products(width * coefficients.size());
    for (std::size_t bit = 0; bit < width; ++bit, factor *= ratio)
      vector::scale<F>(std::span<F>(products).subspan(bit * coefficients.size(), coefficients.size()), coefficients,
                       factor);
    return products;
  }
  // The rows of integers combined, bit by bit for some columns at a time; with the columns' weights, if there are any. Of
  // no integers, nothing.
  static Buffer<F> combined(const Buffer<Bits>& integers, const RowProducts& rows, const Buffer<F>& coefficients,
                            std::size_t padded, std::span<const F> weights) {
    Buffer<F> entries;
    if (integers.empty()) return entries;
    entries.reserve(padded);
    Buffer<F> memory(width * std::min(columns_at_once, rows.columns()));
    for_each_chunk(rows.columns(), columns_at_once, [&](std::size_t first, std::size_t length) {
      const auto part = std::span<F>(memory).first(width * length);
      combine_integers<F>(part, rows.rows(), {integers.data() + first, rows.columns()}, coefficients);
      for (std::size_t bit = 0; bit < width && !weights.empty(); ++bit) {
        const auto of_bit = part.subspan(bit * length, length);
        vector::multiply<F>(of_bit, of_bit, weights.subspan(first, length));
      }
      entries.insert(entries.end(), part.begin(), part.end());
    });
    entries.resize(padded);
    return entries;
  }

  ProductVerification<F, Stream>& products_;
  ShamirDomain<F, Stream>& domain_;
  VerifiedOpening<F> opening_;
  PublicCoins<F, Stream> coins_;
  InnerProductCheck<F, Stream> check_;
  Link link_;
  F of_u_, of_v_;
  std::array<Buffer<BitsOf<F>>, 2> numbers_;  // u and v, or nothing where this party's shares are 0
  Buffer<F> sums_;
};

}  // namespace parley::detail
