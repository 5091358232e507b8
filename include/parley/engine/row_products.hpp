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
struct RowProducts {
  static constexpr std::size_t rows = 8;
  /// How many of the M[p][q] are computed.
  static constexpr std::size_t computed = rows * rows - 1;
  /// Coins for r and s.
  static constexpr std::size_t coins = 2 * rows;

  static std::size_t columns(std::size_t count) { return (count + rows - 1) / rows; }
  /// beta, ..., beta^columns: the weights of columns, of which the last is that from row to row.
  template <Field G>
  static Buffer<G> weights(const G& beta, std::size_t columns) {
    Buffer<G> powers(columns);
    G power = beta;
    for (G& weight : powers) {
      weight = power;
      power *= beta;
    }
    return powers;
  }
  /// A bound of the probability that the step makes a right claim of a wrong one.
  static double error(std::size_t columns, double order) { return (static_cast<double>(rows * columns) + 2) / order; }
  /// The right side of the claim for r and s, from shares of M, but for its last entry, and of c.
  template <Field G>
  static G combined(std::span<const G> products, G c, const G& row_weight, std::span<const G> r, std::span<const G> s) {
    G sum = G::zero(), weight = G::one();
    for (std::size_t row = 0; row + 1 < rows; ++row) {
      c -= weight * products[row * rows + row];
      weight *= row_weight;
    }
    for (std::size_t number = 0; number < computed; ++number)
      sum += r[number / rows] * s[number % rows] * products[number];
    return sum + r[rows - 1] * s[rows - 1] * c * weight.inverse();
  }
};

}  // namespace parley::detail
