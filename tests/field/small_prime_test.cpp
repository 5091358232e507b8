// SPDX-License-Identifier: Apache-2.0
// Small prime fields: all pairs against integers, the laws of a field at every width of word and encoding.
#include "parley/field/small_prime.hpp"

#include <cstdint>
#include <string>

#include "catch.hpp"
#include "field/field_conformance.hpp"
#include "field/law.hpp"

namespace {

using parley::SmallPrime;

static_assert(parley::PrimeField<SmallPrime<5>> && !parley::MersenneField<SmallPrime<5>>);
static_assert(parley::MersenneField<SmallPrime<3>> && parley::MersenneField<SmallPrime<7>>);
static_assert(parley::MersenneField<SmallPrime<31>> && parley::MersenneField<SmallPrime<2147483647>>);
static_assert(!parley::BinaryField<SmallPrime<7>>);

static_assert(sizeof(SmallPrime<251>) == 1 && SmallPrime<251>::encoded_size == 1);
static_assert(sizeof(SmallPrime<257>) == 2 && SmallPrime<257>::encoded_size == 2);
static_assert(sizeof(SmallPrime<65537>) == 4 && SmallPrime<65537>::encoded_size == 3);
static_assert(sizeof(SmallPrime<4294967291>) == 4 && SmallPrime<4294967291>::encoded_size == 4);

static_assert(SmallPrime<7>{5} * SmallPrime<7>{3} == SmallPrime<7>{1});
static_assert(SmallPrime<7>{5}.inverse() == SmallPrime<7>{3});
static_assert(-SmallPrime<31>{1} + SmallPrime<31>{32} == SmallPrime<31>{});
static_assert(SmallPrime<31>::embed(30).to_integer() == 30);

static_assert(parley::detail::is_prime(2) && parley::detail::is_prime(4294967291) && parley::detail::is_prime(65521));
static_assert(!parley::detail::is_prime(0) && !parley::detail::is_prime(1) && !parley::detail::is_prime(9));
static_assert(!parley::detail::is_prime(65521U * 65519U));

template <class F>
void check_against_integers() {
  parley::testing::Law law("arithmetic agrees with that of integers");
  constexpr std::uint64_t p = F::modulus;
  for (std::uint64_t a = 0; a < p; ++a) {
    for (std::uint64_t b = 0; b < p; ++b) {
      law.check((F(a) + F(b)).to_integer() == (a + b) % p && (F(a) - F(b)).to_integer() == (a + p - b) % p &&
                    (F(a) * F(b)).to_integer() == a * b % p,
                a, b);
    }
  }
  law.conclude();
}

}  // namespace

TEST_CASE("small prime fields agree with integers on all pairs") {
  check_against_integers<SmallPrime<3>>();
  check_against_integers<SmallPrime<7>>();
  check_against_integers<SmallPrime<31>>();
  check_against_integers<SmallPrime<251>>();
}

TEST_CASE("small prime fields keep the laws of a field") {
  parley::testing::check_field<SmallPrime<3>>();
  parley::testing::check_field<SmallPrime<7>>();
  parley::testing::check_field<SmallPrime<31>>();
  parley::testing::check_field<SmallPrime<251>>();  // a byte with no bit to spare
}

TEST_CASE("larger small prime fields keep the laws of a field") {
  parley::testing::check_field<SmallPrime<257>>();         // two bytes
  parley::testing::check_field<SmallPrime<65537>>();       // three bytes in a word of four
  parley::testing::check_field<SmallPrime<2147483647>>();  // a bit to spare
  parley::testing::check_field<SmallPrime<4294967291>>();  // none
}

TEST_CASE("small prime fields are named after their moduli") {
  REQUIRE(std::string(SmallPrime<7>::name) == "SmallPrime<7>");
  REQUIRE(std::string(SmallPrime<4294967291>::name) == "SmallPrime<4294967291>");
}
