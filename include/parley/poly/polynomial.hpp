// SPDX-License-Identifier: Apache-2.0
// Polynomials over a field, by their coefficients.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/poly/lagrange.hpp"

namespace parley {

/// A polynomial c[0] + c[1] x + ... + c[n-1] x^(n-1). The number n of coefficients, which bounds the degree, is public;
/// leading ones may be zero. The time of every operation depends on such numbers and not on coefficients, except where
/// the name says `vartime`.
template <Field F>
class Polynomial {
 public:
  /// The zero polynomial, with no coefficient.
  Polynomial() = default;

  /// coefficients[i] belongs to x^i.
  explicit Polynomial(std::vector<F> coefficients) noexcept : coefficients_(std::move(coefficients)) {}

  /// The one polynomial of degree below n = points.size() with f(points[i]) = values[i]. Throws Error(invalid_argument)
  /// unless points are distinct and as many as values, and at least one. Cost: O(n^2) multiplications and one
  /// inversion.
  [[nodiscard]] static Polynomial interpolate(std::span<const F> points, std::span<const F> values) {
    return interpolate(LagrangeInterpolator<F>(std::vector<F>(points.begin(), points.end())), values);
  }

  /// The same, with points that serve for several polynomials.
  [[nodiscard]] static Polynomial interpolate(const LagrangeInterpolator<F>& points, std::span<const F> values) {
    points.require_values(values.size());
    const std::size_t n = values.size();
    std::vector<F> scaled(n);
    vector::multiply<F>(scaled, values, points.weights());
    // f is the sum of scaled[i] V / (x - points[i]), where V is the product of all x - points[j]; n = degree of V.
    const Polynomial vanishing = with_roots(points.points());
    std::vector<F> result(n);
    std::vector<F> quotient(n);
    for (std::size_t i = 0; i < n; ++i) {
      F carry = F::zero();  // synthetic division by x - points[i], which leaves no remainder
      for (std::size_t k = n; k-- > 0;)
        quotient[k] = carry = carry * points.points()[i] + vanishing.coefficients_[k + 1];
      vector::multiply_add<F>(result, quotient, scaled[i]);
    }
    return Polynomial(std::move(result));
  }

  /// (x - roots[0]) ... (x - roots[n-1])
  [[nodiscard]] static Polynomial with_roots(std::span<const F> roots) {
    std::vector<F> product(roots.size() + 1);
    product[0] = F::one();
    for (std::size_t degree = 0; degree < roots.size(); ++degree) {
      for (std::size_t k = degree + 1; k > 0; --k) product[k] = product[k - 1] - roots[degree] * product[k];
      product[0] *= -roots[degree];
    }
    return Polynomial(std::move(product));
  }

  /// coefficients()[i] belongs to x^i.
  [[nodiscard]] std::span<const F> coefficients() const noexcept { return coefficients_; }

  /// The coefficient of x^power, zero beyond the last.
  [[nodiscard]] F coefficient(std::size_t power) const noexcept {
    return power < coefficients_.size() ? coefficients_[power] : F::zero();
  }

  /// The value at x, by Horner's rule.
  [[nodiscard]] F operator()(F x) const noexcept {
    F value = F::zero();
    for (std::size_t i = coefficients_.size(); i-- > 0;) value = value * x + coefficients_[i];
    return value;
  }

  /// The degree, nothing for the zero polynomial.
  [[nodiscard]] std::optional<std::size_t> degree_vartime() const noexcept {
    for (std::size_t i = coefficients_.size(); i-- > 0;) {
      if (!(coefficients_[i] == F::zero())) return i;
    }
    return std::nullopt;
  }

  /// Drops leading zeros, so that the last coefficient is the leading one.
  void trim_vartime() {
    const auto degree = degree_vartime();
    coefficients_.resize(degree ? *degree + 1 : 0);
  }

  Polynomial& operator+=(const Polynomial& other) {
    if (coefficients_.size() < other.coefficients_.size()) coefficients_.resize(other.coefficients_.size());
    const auto common = std::span<F>(coefficients_).first(other.coefficients_.size());
    vector::add<F>(common, common, other.coefficients_);
    return *this;
  }
  Polynomial& operator-=(const Polynomial& other) {
    if (coefficients_.size() < other.coefficients_.size()) coefficients_.resize(other.coefficients_.size());
    const auto common = std::span<F>(coefficients_).first(other.coefficients_.size());
    vector::subtract<F>(common, common, other.coefficients_);
    return *this;
  }
  Polynomial& operator*=(F factor) {
    vector::scale<F>(coefficients_, coefficients_, factor);
    return *this;
  }
  friend Polynomial operator+(Polynomial a, const Polynomial& b) { return std::move(a += b); }
  friend Polynomial operator-(Polynomial a, const Polynomial& b) { return std::move(a -= b); }
  friend Polynomial operator*(Polynomial a, F factor) { return std::move(a *= factor); }
  friend Polynomial operator*(F factor, Polynomial a) { return std::move(a *= factor); }

  /// The product, by the schoolbook method.
  friend Polynomial operator*(const Polynomial& a, const Polynomial& b) {
    if (a.coefficients_.empty() || b.coefficients_.empty()) return Polynomial();
    std::vector<F> product(a.coefficients_.size() + b.coefficients_.size() - 1);
    for (std::size_t i = 0; i < a.coefficients_.size(); ++i) {
      vector::multiply_add<F>(std::span<F>(product).subspan(i, b.coefficients_.size()), b.coefficients_,
                              a.coefficients_[i]);
    }
    return Polynomial(std::move(product));
  }

  /// Equality as polynomials: leading zeros do not count.
  friend bool operator==(const Polynomial& a, const Polynomial& b) noexcept {
    bool equal = true;
    for (std::size_t i = 0; i < std::max(a.coefficients_.size(), b.coefficients_.size()); ++i) {
      equal &= a.coefficient(i) == b.coefficient(i);
    }
    return equal;
  }

 private:
  std::vector<F> coefficients_;
};

template <Field F>
struct PolynomialDivision {
  Polynomial<F> quotient;
  Polynomial<F> remainder;
};

/// dividend = quotient * divisor + remainder, where the remainder's degree is below the divisor's. Both are without
/// leading zeros. Throws Error(invalid_argument) if the divisor is zero.
template <Field F>
[[nodiscard]] PolynomialDivision<F> divide_vartime(const Polynomial<F>& dividend, const Polynomial<F>& divisor) {
  const std::optional<std::size_t> divisor_degree = divisor.degree_vartime();
  if (!divisor_degree) throw Error(ErrorCode::invalid_argument, "division by the zero polynomial");
  const F inverse_of_leading = divisor.coefficient(*divisor_degree).inverse();
  const std::span<const F> below_leading = divisor.coefficients().first(*divisor_degree);

  std::vector<F> rest(dividend.coefficients().begin(), dividend.coefficients().end());
  std::vector<F> quotient(rest.size() > *divisor_degree ? rest.size() - *divisor_degree : 0);
  for (std::size_t i = quotient.size(); i-- > 0;) {
    quotient[i] = rest[i + *divisor_degree] * inverse_of_leading;
    vector::multiply_add<F>(std::span<F>(rest).subspan(i, *divisor_degree), below_leading, -quotient[i]);
  }
  rest.resize(std::min(rest.size(), *divisor_degree));  // the coefficients above have been cancelled

  PolynomialDivision<F> result{Polynomial<F>(std::move(quotient)), Polynomial<F>(std::move(rest))};
  result.quotient.trim_vartime();
  result.remainder.trim_vartime();
  return result;
}

}  // namespace parley
