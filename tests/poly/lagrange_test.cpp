// SPDX-License-Identifier: Apache-2.0
// Lagrange interpolation: exhaustive on small fields, random on large ones, and what it refuses.
#include "parley/poly/lagrange.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "field/law.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/uniform.hpp"

namespace {

using parley::Error;
using parley::ErrorCode;
using parley::LagrangeInterpolator;
using parley::testing::Law;

template <class F>
F value_at(const std::vector<F>& coefficients, F x) {
  F value = F::zero(), power_of_x = F::one();
  for (const F coefficient : coefficients) {
    value += coefficient * power_of_x;
    power_of_x *= x;
  }
  return value;
}

/// The textbook's formula, factor by factor.
template <class F>
F coefficient(const std::vector<F>& points, std::size_t i, F at) {
  F result = F::one();
  for (std::size_t j = 0; j < points.size(); ++j) {
    if (j != i) result *= (at - points[j]) * (points[i] - points[j]).inverse();
  }
  return result;
}

/// Every set of points, in the order that the bits of a number give, and every target.
template <class F>
void check_all_sets(std::uint64_t order) {
  Law formula("coefficients are those of the formula"), monomials("they give f(at) for every power f of x"),
      one("the interpolator and the function agree");
  for (std::uint64_t set = 1; set < (std::uint64_t{1} << order); ++set) {
    std::vector<F> points;
    for (std::uint64_t k = order; k-- > 0;) {
      if (((set >> k) & 1) != 0) points.push_back(F::embed(k));
    }
    const LagrangeInterpolator<F> interpolator(points);
    for (std::uint64_t k = 0; k < order; ++k) {
      const F at = F::embed(k);
      const std::vector<F> coefficients = interpolator.coefficients(at);
      one.check(coefficients == parley::lagrange_coefficients<F>(points, at), set, at);
      for (std::size_t i = 0; i < points.size(); ++i)
        formula.check(coefficients[i] == coefficient(points, i, at), set, i, at);
      for (std::size_t degree = 0; degree < points.size(); ++degree) {
        std::vector<F> values;
        for (const F x : points) values.push_back(power(x, degree));
        monomials.check(interpolator.evaluate(values, at) == power(at, degree), set, degree, at);
      }
    }
  }
  formula.conclude();
  monomials.conclude();
  one.conclude();
}

template <class F>
void check_random() {
  INFO(F::name);
  parley::TestRandom random(7);
  Law law("the values of a polynomial give its value anywhere");
  for (const std::size_t count : {1U, 2U, 3U, 10U, 40U}) {
    std::vector<F> coefficients(count), points, values;
    parley::fill_uniform<F>(random, coefficients);
    for (std::size_t i = 0; i < count; ++i) {
      points.push_back(F::embed(3 * i + 1));
      values.push_back(value_at(coefficients, points.back()));
    }
    const LagrangeInterpolator<F> interpolator(points);
    for (const F at : {F::zero(), F::one(), -F::one(), points.back(), parley::uniform<F>(random)}) {
      law.check(interpolator.evaluate(values, at) == value_at(coefficients, at), count, at);
    }
  }
  law.conclude();
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

TEST_CASE("Lagrange coefficients on all sets of points of small fields") {
  check_all_sets<parley::SmallPrime<7>>(7);
  check_all_sets<parley::SmallBinary<3, 0xB>>(8);
}

TEST_CASE("Lagrange interpolation of random polynomials in large fields") {
  check_random<parley::Mersenne61>();
  check_random<parley::Mersenne127>();
  check_random<parley::GF256>();
}

TEST_CASE("Lagrange coefficients of three parties at zero") {
  using F = parley::Mersenne61;
  const std::vector<F> points = {F{1}, F{2}, F{3}};
  REQUIRE(parley::lagrange_coefficients(points, F{0}) == std::vector<F>{F{3}, -F{3}, F{1}});
}

TEST_CASE("Lagrange interpolation refuses points that are equal, whichever they are") {
  using F = parley::SmallPrime<31>;
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t j = i + 1; j < 5; ++j) {
      std::vector<F> points = {F{4}, F{0}, F{30}, F{11}, F{2}};
      points[j] = points[i] + F{31};  // equal modulo p
      REQUIRE(refusal([&] { static_cast<void>(parley::lagrange_coefficients<F>(points, F{1})); }) ==
              "interpolation points " + std::to_string(i) + " and " + std::to_string(j) + " are equal");
    }
  }
}

TEST_CASE("Lagrange interpolation refuses no points and the wrong number of values") {
  using F = parley::Mersenne61;
  REQUIRE(refusal([] { LagrangeInterpolator<F>({}); }) == "interpolation needs at least one point");
  const LagrangeInterpolator<F> interpolator({F{1}, F{2}});
  REQUIRE(refusal([&] { static_cast<void>(interpolator.evaluate(std::vector<F>(1), F{0})); }) ==
          "1 values for 2 interpolation points");
  REQUIRE(refusal([&] { static_cast<void>(interpolator.evaluate(std::vector<F>(3), F{0})); }) ==
          "3 values for 2 interpolation points");
}
