// SPDX-License-Identifier: Apache-2.0
// Binary fields of other degrees, and the irreducibility of their polynomials.
#include "parley/field/small_binary.hpp"

#include "catch.hpp"
#include "field/field_conformance.hpp"

namespace {

using GF4 = parley::SmallBinary<2, 0x7>;
using GF128 = parley::SmallBinary<7, 0x83>;

static_assert(parley::BinaryField<GF4> && !parley::PrimeField<GF4>);
static_assert(GF4{2} * GF4{2} == GF4{3} && GF4{2}.inverse() == GF4{3} && GF4{4} == GF4{3});
static_assert(-GF128{5} == GF128{5} && GF128{0x80} == GF128{3} && GF128::embed(127).value() == 127);

// x^4 + x^2 + 1 is a square, x^8 + 1 a power; 0x11B, 0x11D and 0x163 are irreducible.
static_assert(!parley::detail::is_irreducible_over_gf2(0x15) && !parley::detail::is_irreducible_over_gf2(0x101));
static_assert(!parley::detail::is_irreducible_over_gf2(0) && !parley::detail::is_irreducible_over_gf2(1));
static_assert(parley::detail::is_irreducible_over_gf2(0x11B) && parley::detail::is_irreducible_over_gf2(0x163));

}  // namespace

TEST_CASE("the number of irreducible polynomials of each degree is that of the necklace formula") {
  const unsigned expected[] = {0, 2, 1, 2, 3, 6, 9, 18, 30};
  for (unsigned degree = 1; degree <= 8; ++degree) {
    unsigned count = 0;
    for (std::uint64_t polynomial = 1ULL << degree; polynomial < 2ULL << degree; ++polynomial) {
      count += parley::detail::is_irreducible_over_gf2(polynomial) ? 1 : 0;
    }
    REQUIRE(count == expected[degree]);
  }
}

TEST_CASE("the smallest and an odd degree keep the laws of a field") {
  parley::testing::check_field<GF4>();
  parley::testing::check_small_binary_field<GF4>(0x7);
  parley::testing::check_field<GF128>();
  parley::testing::check_small_binary_field<GF128>(0x83);
}
