// SPDX-License-Identifier: Apache-2.0
// The first fold of long claims about shared bits: products of sums of a few rows, from which one claim of a row's length
// is made.
// [BBCGI19] Boneh, Boyle, Corrigan-Gibbs, Gilboa, Ishai: Zero-knowledge proofs on secret-shared data via fully linear
// PCPs, CRYPTO 2019. [KO63] Karatsuba, Ofman: Multiplication of multidigit numbers on automata, 1963: three
// products of halves, one of them of their differences.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"

namespace parley::detail {

/// A claim about shared vectors x and y, cut into R = 2^k rows of `columns` columns: that the sum over rows p of
/// beta^(columns p) <x_p, y_p> is c, where the inner products have the weight beta^(j + 1) in column j. For a coin beta
/// the sum of errors of claims for single columns, not all of them 0, is 0 for at most R * columns of the coins.
///
/// The rows are the values of a polynomial x(t_1, ..., t_k), linear in each variable, at the points of {0, 1}^k, where
/// t_i is bit i - 1 of p. h = <x, y> is of degree 2 in each, so that its values at {0, 1, infinity}^k determine it, where
/// that at infinity is the leading coefficient: the product of differences of rows. The parties compute them by passive
/// products, but for the one at (1, ..., 1), which is what is left of c. If the claim is wrong, so is one of them, and
/// for coins r_1, ..., r_k tossed afterwards the claim <x(r), y(r)> = h(r) is wrong as well but for 2k / |G| of the coins.
/// Compared with InnerProductCheck, which has parts of longer vectors as values of polynomials at many points, nothing is
/// multiplied before rows are: differences of rows of bits are bits where 1 + 1 = 0, and products conjunctions of words.
///
/// More rows are more products, and leave a shorter claim.
class RowProducts {
 public:
  static constexpr std::size_t most_rows = 64;

  /// For a claim about `count` products of words of bits.
  explicit RowProducts(std::size_t count, std::size_t most = most_rows)
      : rows_(rows_for(count, most)), columns_((count + rows_ - 1) / rows_) {
    for (std::size_t rows = rows_; rows > 1; rows /= 2, ++variables_) points_ *= 3;
  }

  /// So many that what is computed for them is, from 2^11 products on, less than a twentieth of the words.
  static constexpr std::size_t rows_for(std::size_t count, std::size_t most = most_rows) {
    const std::size_t rows = count < std::size_t{1} << 11   ? 8
                             : count < std::size_t{1} << 13 ? 16
                             : count < std::size_t{1} << 15 ? 32
                                                            : 64;
    return std::min(rows, most);
  }
  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  /// Values of h: number sum over i of d_i 3^(i - 1) is that at t_i = d_i, with 2 for infinity.
  std::size_t points() const { return points_; }
  /// How many of them are computed.
  std::size_t computed() const { return points_ - 1; }
  std::size_t coins() const { return variables_; }

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
  double error(double order) const {
    return (static_cast<double>(rows_ * columns_) + 2 * static_cast<double>(variables_)) / order;
  }

  /// Appends all values but the one at (1, ..., 1).
  template <Field G>
  void append_computed(Buffer<G>& products, std::span<const G> values) const {
    for (std::size_t point = 0; point < points_; ++point)
      if (point != last_point()) products.push_back(values[point]);
  }
  /// The values of h from those of <x_p, y_q>, row by row.
  template <Field G>
  Buffer<G> values_of(std::span<const G> matrix) const {
    Buffer<G> values(points_);
    append_values<G>(values, 0, points_ / 3, Buffer<G>(matrix.begin(), matrix.end()), rows_);
    return values;
  }

  /// What the rows' sum x(r) has as coefficients.
  template <Field G>
  std::vector<G> coefficients(std::span<const G> r) const {
    std::vector<G> all{G::one()};
    for (const G& coin : r) {
      const std::size_t half = all.size();
      for (std::size_t i = 0; i < half; ++i) {
        all.push_back(all[i] * coin);
        all[i] -= all[half + i];
      }
    }
    return all;
  }
  /// h(r) from shares of what is computed, and of c.
  template <Field G>
  G combined(std::span<const G> computed, const G& c, const G& row_weight, std::span<const G> r) const {
    std::vector<G> values(computed.begin(), computed.end());
    values.insert(values.begin() + static_cast<std::ptrdiff_t>(last_point()), c);
    G weight = G::one();
    for (std::size_t row = 0; row + 1 < rows_; ++row, weight *= row_weight)
      values[last_point()] -= weight * values[point_of(row)];
    values[last_point()] *= weight.inverse();
    for (const G& coin : r) {  // h(t) = (1 - t) h(0) + t h(1) + t (t - 1) h(infinity)
      const std::size_t third = values.size() / 3;
      for (std::size_t i = 0; i < third; ++i)
        values[i] = values[3 * i] + coin * (values[3 * i + 1] - values[3 * i] + (coin - G::one()) * values[3 * i + 2]);
      values.resize(third);
    }
    return values[0];
  }

 private:
  // The point of {0, 1}^k.
  static constexpr std::size_t point_of(std::size_t row) {
    std::size_t point = 0;
    for (std::size_t power = 1; row != 0; row /= 2, power *= 3) point += row % 2 * power;
    return point;
  }
  std::size_t last_point() const { return (points_ - 1) / 2; }

  // `third` is how many values there are for each value of the variable that is the highest bit of a row's number.
  template <Field G>
  static void append_values(Buffer<G>& values, std::size_t first, std::size_t third, const Buffer<G>& matrix,
                            std::size_t rows) {
    if (rows == 1) {
      values[first] = matrix[0];
      return;
    }
    const std::size_t half = rows / 2;
    const auto quarter = [&](std::size_t p, std::size_t q) {
      Buffer<G> block;
      for (std::size_t row = 0; row < half; ++row) {
        const auto begin = matrix.begin() + static_cast<std::ptrdiff_t>((p * half + row) * rows + q * half);
        block.insert(block.end(), begin, begin + static_cast<std::ptrdiff_t>(half));
      }
      return block;
    };
    const Buffer<G> low = quarter(0, 0), high = quarter(1, 1);
    Buffer<G> both(low);
    vector::add<G>(both, both, high);
    vector::subtract<G>(both, both, quarter(0, 1));
    vector::subtract<G>(both, both, quarter(1, 0));
    append_values<G>(values, first, third / 3, low, half);
    append_values<G>(values, first + third, third / 3, high, half);
    append_values<G>(values, first + 2 * third, third / 3, both, half);
  }

  std::size_t rows_, columns_, points_ = 1, variables_ = 0;
};

}  // namespace parley::detail
