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
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/integer.hpp"
#include "parley/engine/inner_product_check.hpp"
#include "parley/engine/product_verification.hpp"
#include "parley/engine/public_coins.hpp"
#include "parley/engine/row_products.hpp"
#include "parley/engine/shamir_domain.hpp"
#include "parley/engine/verified_opening.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/link.hpp"
#include "parley/net/network.hpp"

namespace parley::detail {

/// Records integers u, v by their bits, each bit shared with a public weight at each party, and shared sums; and verifies
/// that sum over j of 2^(j+1) u_j v_j is the sum, for each of them.
///
/// A coin's powers weight these claims, and make one inner product of all the bits. RowProducts makes it shorter: its
/// products are sums of the integers u & v, which only the party that knows both has to compute, as the others' shares
/// of one of them are 0. F has a Mersenne prime as its order. The rows' combinations are sums of public numbers where
/// bits are set. InnerProductCheck verifies what is left. Security: as for ProductVerification, in whose error() it is
/// counted.
template <Field F, class Stream>
class SplitVerification {
 public:
  /// Integers of F::modulus_bits bits.
  using Bits = std::conditional_t<(F::modulus_bits > 64), uint128, std::uint64_t>;

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

  void record(std::span<const Bits> u, std::span<const Bits> v, std::span<const F> sums) {
    u_.insert(u_.end(), u.begin(), u.end());
    v_.insert(v_.end(), v.begin(), v.end());
    sums_.insert(sums_.end(), sums.begin(), sums.end());
  }
  /// Elements that the record and its check take.
  std::size_t size() const {
    const std::size_t count = sums_.size();
    return count * (3 + 2 * width / RowProducts::rows_for(count));
  }

  /// Returns if all that is recorded is right, and forgets it.
  /// Cost: three rounds and those of the plan for as many entries as r values have bits, r = 8, 16 or 32, of more values
  /// the more.
  void verify() {
    if (sums_.empty()) return;
    Buffer<Bits> u, v;
    Buffer<F> sums;
    std::swap(u, u_), std::swap(v, v_), std::swap(sums, sums_);
    const RowProducts products(sums.size());
    const std::size_t rows = products.rows(), columns = products.columns();
    u.resize(rows * columns, Bits{0});
    v.resize(rows * columns, Bits{0});
    sums.resize(rows * columns, F{});
    const FoldingPlan plan = check_.plan(width * columns, link_);
    const double order = products_.order();
    const std::size_t repetitions = products_.repetitions_for(products.error(order) + plan.error(order));
    coins_.deal(repetitions * (1 + products.coins() + plan.coins() + 2));

    std::vector<Buffer<F>> weights;
    Buffer<F> claimed, local;
    for (const F& base : coins_.toss(repetitions)) {
      const Buffer<F>& of_columns = weights.emplace_back(products.weights(base));
      append_row_products(local, products, u, v, of_columns);
      F sum{}, weight = F::one();
      for (std::size_t row = 0; row < rows; ++row) {
        sum += weight * vector::inner_product<F>(std::span<const F>(sums).subspan(row * columns, columns), of_columns);
        weight *= of_columns.back();
      }
      claimed.push_back(sum);
    }
    const Buffer<F> computed = domain_.reduce(local);
    const Buffer<F> combination = coins_.toss(repetitions * products.coins());
    std::vector<InnerProductClaim<F>> claims;
    for (std::size_t k = 0; k < repetitions; ++k) {
      const auto of_u = std::span<const F>(combination).subspan(products.coins() * k, rows);
      const auto of_v = std::span<const F>(combination).subspan(products.coins() * k + rows, rows);
      InnerProductClaim<F> claim{{}, {}, F{}};
      claim.c = products.template combined<F>(
          std::span<const F>(computed).subspan(k * products.computed(), products.computed()), claimed[k],
          weights[k].back(), of_u, of_v);
      const std::size_t padded = check_.padded(width * columns, plan.folds.empty() ? 1 : plan.folds.front());
      claim.a.resize(padded);
      claim.b.resize(padded);
      F power = of_u_ + of_u_;
      for (std::size_t bit = 0; bit < width; ++bit, power += power) {
        const auto a = std::span<F>(claim.a).subspan(bit * columns, columns);
        const auto b = std::span<F>(claim.b).subspan(bit * columns, columns);
        combine_rows(a, u, bit, of_u);
        vector::multiply<F>(a, a, weights[k]);
        vector::scale<F>(a, a, power);
        combine_rows(b, v, bit, of_v);
        vector::scale<F>(b, b, of_v_);
      }
      claims.push_back(std::move(claim));
    }
    check_.verify(std::move(claims), plan);
  }

 private:
  static constexpr std::size_t width = F::modulus_bits;
  static constexpr std::size_t chunk = 512;

  static F element(const Bits& integer) {
    if constexpr (sizeof(Bits) == 8)
      return F(integer);
    else
      return F::from_integer(integer);
  }

  void append_row_products(Buffer<F>& local, const RowProducts& products, const Buffer<Bits>& u, const Buffer<Bits>& v,
                           const Buffer<F>& weights) const {
    const std::size_t rows = products.rows(), columns = products.columns(), start = local.size();
    const F factor = (of_u_ + of_u_) * of_v_;
    local.resize(start + products.computed());
    if (factor == F{}) return;
    std::array<F, chunk> memory;
    for (std::size_t first = 0; first < columns; first += chunk) {
      const std::size_t length = std::min(chunk, columns - first);
      for (std::size_t number = 0; number < products.computed(); ++number) {
        const Bits* const x = u.data() + number / rows * columns + first;
        const Bits* const y = v.data() + number % rows * columns + first;
        for (std::size_t i = 0; i < length; ++i) memory[i] = element(x[i] & y[i]);
        local[start + number] += factor * vector::inner_product<F>(std::span<const F>(memory).first(length),
                                                                   std::span<const F>(weights).subspan(first, length));
      }
    }
  }

  // The sum over rows of coefficients[row], where the rows' integers have the bit.
  static void combine_rows(std::span<F> sums, const Buffer<Bits>& integers, std::size_t bit,
                           std::span<const F> coefficients) {
    const std::size_t columns = sums.size();
    const auto mask = [&](const Bits& integer) { return static_cast<Bits>(Bits{0} - (integer >> bit & 1)); };
    if constexpr (width <= 61) {
      constexpr std::size_t most = 7;  // so many numbers below 2^61, and a residue, add up to less than 2^64
      std::array<std::uint64_t, chunk> memory;
      for (std::size_t first = 0; first < columns; first += chunk) {
        const std::size_t length = std::min(chunk, columns - first);
        for (std::size_t done = 0; done < coefficients.size(); done += most) {
          for (std::size_t i = 0; i < length; ++i) memory[i] = done == 0 ? 0 : sums[first + i].to_integer();
          for (std::size_t row = done; row < std::min(done + most, coefficients.size()); ++row) {
            const std::uint64_t coefficient = coefficients[row].to_integer();
            const Bits* const of_row = integers.data() + row * columns + first;
            for (std::size_t i = 0; i < length; ++i) memory[i] += coefficient & mask(of_row[i]);
          }
          for (std::size_t i = 0; i < length; ++i) sums[first + i] = F(memory[i]);
        }
      }
    } else {
      for (std::size_t row = 0; row < coefficients.size(); ++row) {
        const Bits coefficient = coefficients[row].to_integer();
        for (std::size_t i = 0; i < columns; ++i)
          sums[i] += F::from_integer(coefficient & mask(integers[row * columns + i]));
      }
    }
  }

  ProductVerification<F, Stream>& products_;
  ShamirDomain<F, Stream>& domain_;
  VerifiedOpening<F> opening_;
  PublicCoins<F, Stream> coins_;
  InnerProductCheck<F, Stream> check_;
  Link link_;
  F of_u_, of_v_;
  Buffer<Bits> u_, v_;
  Buffer<F> sums_;
};

}  // namespace parley::detail
