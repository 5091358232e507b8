// SPDX-License-Identifier: Apache-2.0
// The laws of a field for Montgomery moduli of every fit, against GMP, and which moduli are refused.
#include "parley/field/montgomery.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

#include "catch.hpp"
#include "field/field_conformance.hpp"
#include "field/gmp_oracle.hpp"
#include "parley/field/small_prime.hpp"

namespace {

using parley::Montgomery;

// One bit to spare in the highest word, none, and almost all.
using Wide = Montgomery<"0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed">;
using Full = Montgomery<"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff43">;
using Three = Montgomery<"0x1'0000'0000'0000'0000'0000'0000'0000'0033">;
using Tiny = Montgomery<"0x7">;

static_assert(parley::PrimeField<Wide> && !parley::MersenneField<Wide> && !parley::BinaryField<Wide>);
static_assert(parley::MersenneField<Tiny>);
static_assert(sizeof(Wide) == 32 && Wide::encoded_size == 32 && Wide::modulus_bits == 255);
static_assert(sizeof(Three) == 24 && Three::encoded_size == 17 && Three::modulus_bits == 129);
static_assert(sizeof(Tiny) == 8 && Tiny::encoded_size == 1 && Tiny::modulus == 7);

// However a number is written.
static_assert(std::is_same_v<Montgomery<"0x0001'0000'000F">, Montgomery<"0x10000000f">>);
static_assert(!std::is_same_v<Montgomery<"0x5">, Tiny>);

// All of the arithmetic, at compile time.
static_assert(Wide{92} + Wide{67} - Wide{103} == Wide{56});
static_assert(-Full{1} * -Full{1} == Full::one() && (-Full{1}).to_integer() == Full::modulus - 1);
static_assert(Full{92} * Full{92}.inverse() == Full::one() && Full::zero().inverse() == Full::zero());
static_assert(Wide::from_integer(Wide::modulus) == Wide::zero() && Wide::from_integer(Wide::modulus + 5) == Wide{5});
static_assert(Wide::embed(3) == Wide{3} && Wide::order_exceeds(~std::uint64_t{0}) && !Tiny::order_exceeds(7));

constexpr bool encodes_at_compile_time() {
  std::array<std::byte, 32> bytes{};
  (Wide{0x0123456789abcdef} * Wide{1ULL << 32}).encode(bytes);
  return bytes[4] == std::byte{0xef} && bytes[11] == std::byte{0x01} && bytes[12] == std::byte{0} &&
         *Wide::decode(bytes) == Wide{0x0123456789abcdef} * Wide{1ULL << 32};
}
static_assert(encodes_at_compile_time());

// Rabin's test: a square, a product of primes, a Carmichael number (561), 2^64 - 1, Fermat's 2^64 + 1 and the Mersenne
// number 2^67 - 1. 0x79 = 11^2 is the smallest that passes.
template <parley::detail::HexadecimalLiteral literal>
constexpr bool passes =
    parley::detail::MontgomeryArithmetic<parley::detail::words_of_literal<literal>()>::passes_for_prime();
static_assert(!passes<"0x9"> && !passes<"0xf"> && !passes<"0x231"> && !passes<"0xffffffffffffffff">);
static_assert(!passes<"0x10000000000000001"> && !passes<"0x7ffffffffffffffff"> && passes<"0x79">);
static_assert(passes<"0x3"> && passes<"0x5"> && passes<"0x7fffffffffffffffffffffffffffffff">);

template <class F>
bool modulus_is_prime() {
  return parley::testing::BigInteger(F::modulus).is_prime();
}

}  // namespace

TEST_CASE("a full 256-bit prime keeps the laws of a field") {
  REQUIRE(modulus_is_prime<Full>());
  parley::testing::check_field<Full>();
}

TEST_CASE("Montgomery multiplication modulo primes of every fit agrees with GMP") {
  REQUIRE((modulus_is_prime<Wide>() && modulus_is_prime<Three>()));
  parley::testing::check_against_gmp<Wide>();
  parley::testing::check_against_gmp<Full>();
  parley::testing::check_against_gmp<Three>();
}

TEST_CASE("Montgomery multiplication modulo a tiny prime is that of SmallPrime") {
  parley::testing::check_field<Tiny>();
  for (std::uint64_t a = 0; a < 7; ++a) {
    for (std::uint64_t b = 0; b < 7; ++b) {
      REQUIRE((Tiny(a) * Tiny(b)).to_integer() == (parley::SmallPrime<7>(a) * parley::SmallPrime<7>(b)).to_integer());
    }
  }
}

TEST_CASE("the portable rounds and those of this machine give the same words") {
  using Arithmetic = parley::detail::MontgomeryArithmetic<
      parley::detail::words_of_literal<"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff43">()>;
  parley::TestRandom random(5);
  parley::testing::Law law("multiply is multiply_portably, for a below R and b below p");
  const parley::WideInteger<4> ends[] = {0, 1, Arithmetic::p - 1, Arithmetic::p, ~parley::WideInteger<4>()};
  const auto check = [&](const parley::WideInteger<4>& a, const parley::WideInteger<4>& b) {
    law.check(Arithmetic::multiply(a, b) == Arithmetic::multiply_portably(a, b), a, b);
  };
  for (const auto& a : ends) {
    for (const auto& b : ends) {
      if (b < Arithmetic::p) check(a, b);
    }
  }
  for (int i = 0; i < 10000; ++i) {
    parley::WideInteger<4> a, b;
    random.fill(std::as_writable_bytes(std::span(&a, 1)));
    random.fill(std::as_writable_bytes(std::span(&b, 1)));
    check(a, b % Arithmetic::p);
  }
  law.conclude();
}

TEST_CASE("Montgomery fields are named by their modulus and printed") {
  REQUIRE(std::string(Tiny::name) == "Montgomery<0x7>");
  REQUIRE(std::string(Three::name) == "Montgomery<0x100000000000000000000000000000033>");
  REQUIRE(to_string(-Three{1}) == "340282366920938463463374607431768211506");
}
