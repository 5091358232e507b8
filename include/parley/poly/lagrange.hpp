// SPDX-License-Identifier: Apache-2.0
// Lagrange interpolation: the value at one point of the polynomial through given points, as a linear function of the
// given values. [BT04] Berrut, Trefethen: Barycentric Lagrange Interpolation, SIAM Review 46(3), 2004.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"

namespace parley {

/// The points of an interpolation, with all that is worth keeping from one target to the next. Points and targets are
/// public, values may be secret. For n points: O(n^2) multiplications to make it, O(n) for the coefficients of each
/// target.
template <Field F>
class LagrangeInterpolator {
 public:
  /// Throws Error(invalid_argument) if there is no point or two of them are equal.
  explicit LagrangeInterpolator(std::vector<F> points) : points_(std::move(points)), weights_(points_.size()) {
    if (points_.empty()) throw Error(ErrorCode::invalid_argument, "interpolation needs at least one point");
    for (std::size_t i = 0; i < points_.size(); ++i) {
      F product = F::one();
      for (std::size_t j = 0; j < points_.size(); ++j) {
        const F difference = points_[i] - points_[j];
        if (j == i) continue;
        if (difference == F::zero()) {
          throw Error(ErrorCode::invalid_argument, "interpolation points " + std::to_string(std::min(i, j)) + " and " +
                                                       std::to_string(std::max(i, j)) + " are equal");
        }
        product *= difference;
      }
      weights_[i] = product;
    }
    vector::invert(std::span<F>(weights_));
  }

  [[nodiscard]] std::span<const F> points() const noexcept { return points_; }

  /// The barycentric weights, 1 / ((points[i] - points[0]) ... (points[i] - points[n-1])) without the factor zero
  /// [BT04, eq. 3.2].
  [[nodiscard]] std::span<const F> weights() const noexcept { return weights_; }

  /// c such that f(at) = c[0] f(points[0]) + ... + c[n-1] f(points[n-1]) for every polynomial f of degree below n. A
  /// target that is one of the points is as good as any.
  [[nodiscard]] std::vector<F> coefficients(F at) const {
    // c[i] is weights[i] times the product of all at - points[j] but the i-th: of those before it and of those after
    // it, with no division, which a target among the points would not survive.
    std::vector<F> result(points_.size());
    F before = F::one();
    for (std::size_t i = 0; i < points_.size(); ++i) {
      result[i] = weights_[i] * before;
      before *= at - points_[i];
    }
    F after = F::one();
    for (std::size_t i = points_.size(); i-- > 0;) {
      result[i] *= after;
      after *= at - points_[i];
    }
    return result;
  }

  /// f(at) for the polynomial f of degree below n with f(points[i]) = values[i]. Throws Error(invalid_argument) unless
  /// there is a value for each point.
  [[nodiscard]] F evaluate(std::span<const F> values, F at) const {
    require_values(values.size());
    return vector::inner_product<F>(values, coefficients(at));
  }

  /// Throws Error(invalid_argument) unless `count` is the number of points.
  void require_values(std::size_t count) const {
    if (count != points_.size()) {
      throw Error(ErrorCode::invalid_argument,
                  std::to_string(count) + " values for " + std::to_string(points_.size()) + " interpolation points");
    }
  }

 private:
  std::vector<F> points_;
  std::vector<F> weights_;
};

/// c such that f(at) = c[0] f(points[0]) + ... + c[n-1] f(points[n-1]) for every polynomial f of degree below n: the
/// coefficients for a single target; see LagrangeInterpolator for several. Throws Error(invalid_argument) if there is
/// no point or two of them are equal. Cost: O(n^2) multiplications and one inversion.
template <Field F>
[[nodiscard]] std::vector<F> lagrange_coefficients(std::type_identity_t<std::span<const F>> points, F at) {
  return LagrangeInterpolator<F>(std::vector<F>(points.begin(), points.end())).coefficients(at);
}

}  // namespace parley
