// SPDX-License-Identifier: Apache-2.0
// Polynomials: all of small degree, random ones, and what has no result.
#include "parley/poly/polynomial.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "field/law.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/uniform.hpp"

namespace {

using parley::Error;
using parley::ErrorCode;
using parley::Polynomial;
using parley::testing::Law;

/// All polynomials with `size` coefficients, leading zeros included.
template <class F>
std::vector<Polynomial<F>> all_polynomials(std::size_t size, std::uint64_t order) {
  std::vector<Polynomial<F>> result = {Polynomial<F>(std::vector<F>(size))};
  for (std::size_t power = 0; power < size; ++power) {
    const std::size_t so_far = result.size();
    for (std::uint64_t k = 1; k < order; ++k) {
      for (std::size_t i = 0; i < so_far; ++i) {
        std::vector<F> coefficients(result[i].coefficients().begin(), result[i].coefficients().end());
        coefficients[power] = F::embed(k);
        result.push_back(Polynomial<F>(coefficients));
      }
    }
  }
  return result;
}

template <class F>
std::string describe(const Polynomial<F>& polynomial) {
  std::string text = "[";
  for (const F coefficient : polynomial.coefficients()) text += to_string(coefficient) + ' ';
  return text + ']';
}

/// The degree, with -1 for zero.
template <class F>
int degree(const Polynomial<F>& polynomial) {
  const std::optional<std::size_t> found = polynomial.degree_vartime();
  return found ? static_cast<int>(*found) : -1;
}

template <class F>
bool is_trimmed(const Polynomial<F>& polynomial) {
  return static_cast<int>(polynomial.coefficients().size()) == degree(polynomial) + 1;
}

template <class F>
void check_arithmetic(const std::vector<Polynomial<F>>& some, const std::vector<Polynomial<F>>& others) {
  Law homomorphism("+, -, * of polynomials are those of their values"),
      identity("dividend = quotient * divisor + remainder"), remainder("the remainder's degree is below the divisor's"),
      trimmed("quotient and remainder have no leading zeros");
  for (const auto& a : some) {
    for (const auto& b : others) {
      const auto sum = a + b, difference = a - b, product = a * b;
      for (std::uint64_t k = 0; k < 7; ++k) {
        const F x = F::embed(k);
        homomorphism.check(sum(x) == a(x) + b(x) && difference(x) == a(x) - b(x) && product(x) == a(x) * b(x) &&
                               (a * x)(x) == a(x) * x && (x * a)(x) == a(x) * x,
                           describe(a), describe(b), x);
      }
      if (degree(b) < 0) continue;
      const auto [quotient, rest] = parley::divide_vartime(a, b);
      identity.check(quotient * b + rest == a, describe(a), describe(b));
      remainder.check(degree(rest) < degree(b), describe(a), describe(b));
      trimmed.check(is_trimmed(quotient) && is_trimmed(rest), describe(a), describe(b));
    }
  }
  homomorphism.conclude();
  identity.conclude();
  remainder.conclude();
  trimmed.conclude();
}

template <class F>
std::vector<Polynomial<F>> random_polynomials() {
  parley::TestRandom random(8);
  std::vector<Polynomial<F>> result = {Polynomial<F>()};
  for (const std::size_t size : {1U, 2U, 7U, 20U, 33U}) {
    std::vector<F> coefficients(size);
    parley::fill_uniform<F>(random, coefficients);
    result.push_back(Polynomial<F>(coefficients));
    coefficients.back() = F::zero();
    coefficients.resize(size + 2);
    result.push_back(Polynomial<F>(coefficients));
  }
  return result;
}

template <class Call>
std::string refusal(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    REQUIRE(error.code() == ErrorCode::invalid_argument);
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("arithmetic of all small polynomials") {
  using F = parley::SmallPrime<3>;
  std::vector<Polynomial<F>> divisors = all_polynomials<F>(3, 3);
  divisors.push_back(Polynomial<F>());
  // Three points only, but a polynomial over GF(3) of degree below 6 has six coefficients: values alone would not tell all of them.
  Law products("coefficients of a product"), sums("coefficients of a sum");
  for (const auto& a : all_polynomials<F>(4, 3)) {
    for (const auto& b : divisors) {
      for (std::size_t k = 0; k < 8; ++k) {
        F expected = F::zero();
        for (std::size_t i = 0; i <= k; ++i) expected += a.coefficient(i) * b.coefficient(k - i);
        products.check((a * b).coefficient(k) == expected, describe(a), describe(b), k);
        sums.check((a + b).coefficient(k) == a.coefficient(k) + b.coefficient(k), describe(a), describe(b), k);
      }
      if (degree(b) < 0) continue;
      const auto [quotient, rest] = parley::divide_vartime(a, b);
      products.check(quotient * b + rest == a && degree(rest) < degree(b) && is_trimmed(quotient) && is_trimmed(rest),
                     describe(a), describe(b));
    }
  }
  products.conclude();
  sums.conclude();
}

TEST_CASE("arithmetic of random polynomials") {
  check_arithmetic(random_polynomials<parley::Mersenne61>(), random_polynomials<parley::Mersenne61>());
  check_arithmetic(random_polynomials<parley::GF256>(), random_polynomials<parley::GF256>());
}

TEST_CASE("interpolation finds every polynomial of degree below the number of points") {
  using F = parley::SmallPrime<7>;
  Law law("interpolation undoes evaluation");
  for (const std::vector<std::uint64_t>& where : {std::vector<std::uint64_t>{5}, {0, 6}, {3, 0, 1}, {6, 2, 4, 1}}) {
    std::vector<F> points;
    for (const std::uint64_t k : where) points.push_back(F::embed(k));
    for (const auto& polynomial : all_polynomials<F>(points.size(), 7)) {
      std::vector<F> values;
      for (const F x : points) values.push_back(polynomial(x));
      const auto found = Polynomial<F>::interpolate(points, values);
      law.check(found == polynomial && found.coefficients().size() == points.size(), describe(polynomial));
    }
  }
  law.conclude();
}

TEST_CASE("interpolation in large fields, points shared by several polynomials") {
  using F = parley::Mersenne61;
  parley::TestRandom random(9);
  std::vector<F> points(25), coefficients(25), values(25);
  parley::fill_uniform<F>(random, points);
  const parley::LagrangeInterpolator<F> interpolator(points);
  for (int i = 0; i < 3; ++i) {
    parley::fill_uniform<F>(random, coefficients);
    const Polynomial<F> polynomial(coefficients);
    for (std::size_t k = 0; k < points.size(); ++k) values[k] = polynomial(points[k]);
    REQUIRE(Polynomial<F>::interpolate(interpolator, values) == polynomial);
    REQUIRE(Polynomial<F>::interpolate(points, values) == polynomial);
  }
}

TEST_CASE("a polynomial with given roots has these and no others") {
  using F = parley::SmallPrime<31>;
  for (std::size_t count = 0; count <= 6; ++count) {
    std::vector<F> roots;
    for (std::size_t i = 0; i < count; ++i) roots.push_back(F::embed(5 * i));
    const auto polynomial = Polynomial<F>::with_roots(roots);
    REQUIRE(degree(polynomial) == static_cast<int>(count));
    REQUIRE(polynomial.coefficient(count) == F::one());
    for (std::uint64_t k = 0; k < 31; ++k)
      REQUIRE((polynomial(F::embed(k)) == F::zero()) == (k % 5 == 0 && k / 5 < count));
  }
  REQUIRE(Polynomial<F>::with_roots(std::vector<F>{F{2}, F{2}}) == Polynomial<F>({F{4}, -F{4}, F{1}}));
}

TEST_CASE("leading zeros do not count") {
  using F = parley::Mersenne61;
  const Polynomial<F> zero, zeros({F{0}, F{0}}), line({F{1}, F{2}}), longer({F{1}, F{2}, F{0}}),
      other({F{1}, F{2}, F{3}});
  REQUIRE(zero == zeros);
  REQUIRE(line == longer);
  REQUIRE(longer == line);
  REQUIRE_FALSE(line == other);
  REQUIRE_FALSE(other == line);
  REQUIRE_FALSE(zero == line);
  REQUIRE(degree(zeros) == -1);
  REQUIRE(degree(longer) == 1);
  Polynomial<F> trimmed = longer;
  trimmed.trim_vartime();
  REQUIRE(trimmed.coefficients().size() == 2);
  trimmed = zeros;
  trimmed.trim_vartime();
  REQUIRE(trimmed.coefficients().empty());
  REQUIRE(line.coefficient(1) == F{2});
  REQUIRE(line.coefficient(2) == F{0});
  REQUIRE(zero(F{5}) == F{0});
}

TEST_CASE("polynomials refuse what has no result") {
  using F = parley::Mersenne61;
  const Polynomial<F> zeros({F{0}, F{0}}), line({F{1}, F{2}});
  REQUIRE(refusal([&] { static_cast<void>(parley::divide_vartime(line, zeros)); }) ==
          "division by the zero polynomial");
  const std::vector<F> points = {F{1}, F{2}}, equal = {F{1}, F{1}}, one = {F{1}}, none;
  REQUIRE(refusal([&] { static_cast<void>(Polynomial<F>::interpolate(points, one)); }) ==
          "1 values for 2 interpolation points");
  REQUIRE(refusal([&] { static_cast<void>(Polynomial<F>::interpolate(equal, points)); }) ==
          "interpolation points 0 and 1 are equal");
  REQUIRE(refusal([&] { static_cast<void>(Polynomial<F>::interpolate(none, none)); }) ==
          "interpolation needs at least one point");
}
