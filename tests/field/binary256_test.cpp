// SPDX-License-Identifier: Apache-2.0
// The fields of 256 elements and of 16: the laws of a field, products of polynomials, published examples.
#include "parley/field/binary256.hpp"

#include <array>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "catch.hpp"
#include "core/backends.hpp"
#include "field/field_conformance.hpp"
#include "parley/field/power.hpp"
#include "parley/field/vector.hpp"

namespace {

using parley::GF16;
using parley::GF256;
using parley::GF256ReedSolomon;

static_assert(!std::is_same_v<GF256, GF256ReedSolomon>);
static_assert(sizeof(GF256) == 1 && GF256::encoded_size == 1);

// The example of [FIPS197, section 4.2], at compile time.
static_assert(GF256{0x57} * GF256{0x83} == GF256{0xC1});
static_assert(GF256{0x57} * GF256{0x13} == GF256{0xFE});

}  // namespace

TEST_CASE("GF(2^8) with the polynomial of AES") {
  parley::testing::check_field<GF256>();
  parley::testing::check_small_binary_field<GF256>(0x11B);
  REQUIRE(std::string(GF256::name) == "GF(2^8)/0x11B");
}

TEST_CASE("GF(2^8) with the polynomial of Reed-Solomon codes") {
  parley::testing::check_field<GF256ReedSolomon>();
  parley::testing::check_small_binary_field<GF256ReedSolomon>(0x11D);
  REQUIRE(std::string(GF256ReedSolomon::name) == "GF(2^8)/0x11D");
}

TEMPLATE_TEST_CASE("all products and inverses of GF(2^8) are the same on every machine", "", GF256, GF256ReedSolomon,
                   (parley::SmallBinary<8, 0x12B>)) {
  std::vector<TestType> all(256);
  for (unsigned k = 0; k < 256; ++k) all[k] = TestType::embed(k);
  parley::test::under_each_kind_of_machine([&] {
    for (const TestType factor : all) {
      std::vector<TestType> scaled(256), multiplied(256), combined(256);
      parley::vector::scale<TestType>(scaled, all, factor);
      parley::vector::multiply<TestType>(multiplied, all, std::vector<TestType>(256, factor));
      const std::array<TestType, 1> coefficients = {factor};
      const std::array<std::span<const TestType>, 1> rows = {all};
      parley::vector::linear_combination<TestType>(combined, coefficients, rows);
      bool right = true;
      for (const TestType x : all) right &= scaled[x.value()] == x * factor;
      REQUIRE(right);
      REQUIRE((multiplied == scaled && combined == scaled));
    }
    std::vector<TestType> inverses = all;
    parley::vector::invert<TestType>(inverses);
    bool right = true;
    for (const TestType x : all) right &= inverses[x.value()] == x.inverse();
    REQUIRE(right);
  });
}

TEST_CASE("GF(2^4)") {
  parley::testing::check_field<GF16>();
  parley::testing::check_small_binary_field<GF16>(0x13);
  REQUIRE(std::string(GF16::name) == "GF(2^4)/0x13");
}

TEST_CASE("x generates the multiplicative group modulo 0x11D, and does not modulo 0x11B") {
  const auto generates = [](auto x) {
    using F = decltype(x);
    return power(x, 255U) == F::one() && !(power(x, 85U) == F::one()) && !(power(x, 51U) == F::one()) &&
           !(power(x, 15U) == F::one());
  };
  REQUIRE(generates(GF256ReedSolomon{2}));
  REQUIRE_FALSE(generates(GF256{2}));
  REQUIRE(generates(GF256{3}));
}
