// SPDX-License-Identifier: Apache-2.0
// Powers with public exponents, and the addition chain of inverses.
#include "parley/field/power.hpp"

#include <cstdint>
#include <utility>

#include "catch.hpp"
#include "field/law.hpp"
#include "parley/core/integer.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/small_prime.hpp"

namespace {

using F = parley::SmallPrime<8191>;

static_assert(parley::power(F{3}, 0U) == F::one() && parley::power(F{0}, 0U) == F::one());

/// The exponent of a power of x: what remains of x when products become sums.
struct Exponent {
  parley::uint128 value;
  friend constexpr Exponent operator*(Exponent a, Exponent b) { return {a.value + b.value}; }
  constexpr Exponent& operator*=(Exponent other) { return *this = *this * other; }
};

template <unsigned length>
constexpr bool is_all_ones() {
  return parley::detail::power_of_all_ones<length>(Exponent{1}).value == (parley::uint128{1} << length) - 1;
}

}  // namespace

TEST_CASE("power multiplies as often as the exponent says") {
  parley::testing::Law law("x^k is k factors x");
  for (const F x : {F{0}, F{1}, F{2}, F{17}, -F{1}}) {
    F product = F::one();
    for (std::uint64_t k = 0; k < 300; ++k) {
      law.check(parley::power(x, k) == product, x, k);
      product *= x;
    }
  }
  law.conclude();
}

TEST_CASE("exponents of 128 bits") {
  using G = parley::Mersenne127;
  REQUIRE(parley::power(G{5}, G::modulus - 1) == G::one());
  REQUIRE(parley::power(G{5}, G::modulus - 2) == G{5}.inverse());
}

TEST_CASE("the addition chain for 2^length - 1 arrives there for every length") {
  REQUIRE([]<unsigned... length>(std::integer_sequence<unsigned, length...>) {
    return (is_all_ones<length + 1>() && ...);
  }(std::make_integer_sequence<unsigned, 127>()));
}
