// SPDX-License-Identifier: Apache-2.0
#include "parley/field/mersenne61.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "catch.hpp"
#include "field/field_conformance.hpp"
#include "field/gmp_oracle.hpp"
#include "parley/core/integer.hpp"
#include "parley/field/vector.hpp"

namespace {

using F = parley::Mersenne61;

static_assert(parley::MersenneField<F> && !parley::BinaryField<F>);
static_assert(sizeof(F) == 8 && F::encoded_size == 8 && F::modulus == (std::uint64_t{1} << 61) - 1);

// All of the arithmetic, at compile time.
static_assert(F{92} + F{67} - F{103} == F{56});
static_assert(F{F::modulus} == F::zero() && F{F::modulus + 1} == F::one() && F{~std::uint64_t{0}} == F{7});
static_assert(F{std::uint64_t{1} << 60} * F{std::uint64_t{1} << 60} == F{std::uint64_t{1} << 59});
static_assert(-F{1} * -F{1} == F::one() && (-F{1}).to_integer() == F::modulus - 1);
static_assert(F{92} * F{92}.inverse() == F::one() && F::zero().inverse() == F::zero());
static_assert(F::embed(3) == F{3} && F::order_exceeds(F::modulus - 1) && !F::order_exceeds(F::modulus));

constexpr bool encodes_at_compile_time() {
  std::array<std::byte, 8> bytes{};
  F{0x0123456789abcdef}.encode(bytes);
  return bytes[0] == std::byte{0xef} && bytes[7] == std::byte{0x01} && *F::decode(bytes) == F{0x0123456789abcdef};
}
static_assert(encodes_at_compile_time());

}  // namespace

TEST_CASE("Mersenne61 keeps the laws of a field") { parley::testing::check_field<F>(); }

TEST_CASE("Mersenne61 agrees with GMP") { parley::testing::check_against_gmp<F>(); }

TEST_CASE("Mersenne61 reduces the sums whose parts are largest") {
  // 2^122 - 1 = (p - 1)^2 + 4 (p - 1) + 3 has two parts of 61 ones: their sum, 2p, is zero after two reductions.
  std::vector<F> a(6, F{1}), b = {-F{1}, -F{1}, -F{1}, -F{1}, -F{1}, F{3}};
  a[0] = -F{1};
  REQUIRE(parley::uint128{F::modulus - 1} * (F::modulus - 1) + 4 * parley::uint128{F::modulus - 1} + 3 ==
          (parley::uint128{1} << 122) - 1);
  REQUIRE(parley::vector::inner_product<F>(a, b) == F::zero());
  for (std::uint64_t more = 1; more < 100; ++more) {  // past 2^122, and up to 2p + 1 in the parts
    a.push_back(F{1});
    b.push_back(F{1});
    REQUIRE(parley::vector::inner_product<F>(a, b) == F{more});
  }
}

TEST_CASE("Mersenne61 is named and printed") {
  REQUIRE(std::string(F::name) == "Mersenne61");
  REQUIRE(to_string(-F{1}) == "2305843009213693950");
}
