// SPDX-License-Identifier: Apache-2.0
// Mersenne127: the laws of a field, GMP as the oracle, arithmetic at compile time.
#include "parley/field/mersenne127.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "catch.hpp"
#include "field/field_conformance.hpp"
#include "field/gmp_oracle.hpp"
#include "parley/core/integer.hpp"

namespace {

using F = parley::Mersenne127;

static_assert(parley::MersenneField<F> && !parley::BinaryField<F>);
static_assert(sizeof(F) == 16 && F::encoded_size == 16 && F::modulus == (parley::uint128{1} << 127) - 1);

// All of the arithmetic, at compile time.
static_assert(F{92} + F{67} - F{103} == F{56});
static_assert(F::from_integer(F::modulus) == F::zero() && F::from_integer(~parley::uint128{0}) == F::one());
static_assert(F::from_integer(parley::uint128{1} << 126) * F::from_integer(parley::uint128{1} << 126) ==
              F::from_integer(parley::uint128{1} << 125));
static_assert(-F{1} * -F{1} == F::one() && (-F{1}).to_integer() == F::modulus - 1);
static_assert(F{92} * F{92}.inverse() == F::one() && F::zero().inverse() == F::zero());
static_assert(F::embed(3) == F{3} && F::order_exceeds(~std::uint64_t{0}));

constexpr bool encodes_at_compile_time() {
  std::array<std::byte, 16> bytes{};
  (F{0x0123456789abcdef} * F{1ULL << 32}).encode(bytes);
  return bytes[4] == std::byte{0xef} && bytes[11] == std::byte{0x01} && bytes[12] == std::byte{0} &&
         F::decode(bytes)->to_integer() == parley::uint128{0x0123456789abcdef} << 32;
}
static_assert(encodes_at_compile_time());

}  // namespace

TEST_CASE("Mersenne127 keeps the laws of a field") { parley::testing::check_field<F>(); }

TEST_CASE("Mersenne127 agrees with GMP") { parley::testing::check_against_gmp<F>(); }

TEST_CASE("Mersenne127 is named and printed") {
  REQUIRE(std::string(F::name) == "Mersenne127");
  REQUIRE(to_string(-F{1}) == "170141183460469231731687303715884105726");
}
