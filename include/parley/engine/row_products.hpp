// SPDX-License-Identifier: Apache-2.0
// The first fold of long claims about shared bits: all products of a few rows, from which one claim of a row's length
// is made.
// [BBCGI19] Boneh, Boyle, Corrigan-Gibbs, Gilboa, Ishai: Zero-knowledge proofs on secret-shared data via fully linear
// PCPs, CRYPTO 2019.
#pragma once

#include <cstddef>
#include <span>

#include "parley/core/buffer.hpp"
#include "parley/field/concepts.hpp"

namespace parley::detail {

/// A claim about shared vectors x and y, cut into `rows` rows of `columns` columns: that the sum over rows p of
/// beta^(columns p) <x_p, y_p> is c, where the inner products have the weight beta^(k + 1) in column k. For a coin beta
/// the sum of errors of claims for single columns, not all of them 0, is 0 for at most rows * columns of the coins.
///
/// The parties compute M[p][q] = <x_p, y_q> for all pairs of rows but the last by passive products; the last is what is
/// left of c. If the claim is wrong, so is one of them. For coins r, s tossed afterwards, the sum of r_p s_q M[p][q] is
/// the inner product of the sums of r_p x_p and of s_q y_q: wrong as well but for 2 / |G| of the coins, as errors are
/// coefficients of a polynomial of degree 2 in them. Compared with InnerProductCheck, whose folds evaluate polynomials,
/// rows are not multiplied before they are products: of bits, these are conjunctions of words.
///
/// More rows are more products, and leave a shorter claim.
class RowProducts {
 public:
  static constexpr std::size_t most_rows = 32;

  /// For a claim about `count` products of words of bits.
  explicit RowProducts(std::size_t count) : rows_(rows_for(count)), columns_((count + rows_ - 1) / rows_) {}

  static constexpr std::size_t rows_for(std::size_t count) {
    return count < std::size_t{1} << 12 ? 8 : count < std::size_t{1} << 14 ? 16 : most_rows;
  }
  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  /// How many of the M[p][q] are computed.
  std::size_t computed() const { return rows_ * rows_ - 1; }
  /// Coins for r and s.
  std::size_t coins() const { return 2 * rows_; }

  /// beta, ..., beta^columns: the weights of columns, of which the last is that from row to row.
  template <Field G>
  Buffer<G> weights(const G& beta) const {
    Buffer<G> powers(columns_);
    G power = beta;
    for (G& weight : powers) {
      weight = power;
      power *= beta;
    }
    return powers;
  }
  /// A bound of the probability that the step makes a right claim of a wrong one.
  double error(double order) const { return (static_cast<double>(rows_ * columns_) + 2) / order; }
  /// The right side of the claim for r and s, from shares of M, but for its last entry, and of c.
  template <Field G>
  G combined(std::span<const G> products, G c, const G& row_weight, std::span<const G> r, std::span<const G> s) const {
    G sum = G::zero(), weight = G::one();
    for (std::size_t row = 0; row + 1 < rows_; ++row) {
      c -= weight * products[row * rows_ + row];
      weight *= row_weight;
    }
    for (std::size_t number = 0; number < computed(); ++number)
      sum += r[number / rows_] * s[number % rows_] * products[number];
    return sum + r.back() * s.back() * c * weight.inverse();
  }

 private:
  std::size_t rows_, columns_;
};

}  // namespace parley::detail
