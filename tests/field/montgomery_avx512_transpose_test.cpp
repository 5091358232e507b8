// SPDX-License-Identifier: Apache-2.0
// The kernels by AVX-512 IFMA for residues of other numbers of words, which are moved to and from lanes differently. One
// and nine words are tested with the named fields, four with those of montgomery_test.cpp.
#include "parley/field/montgomery_avx512_transpose.hpp"

#include <cstddef>

#include "catch.hpp"
#include "field/gmp_oracle.hpp"
#include "field/kernel_conformance.hpp"
#include "parley/field/montgomery.hpp"
#include "parley/field/named_primes.hpp"

namespace {

// 2^104 - 17 and 2^512 - 569: two limbs and eight full words.
using TwoLimbs = parley::Montgomery<"0xffffffffffffffffffffffffef">;
using ThreeWords = parley::Montgomery<"0x1'0000'0000'0000'0000'0000'0000'0000'0033">;
using EightWords = parley::Montgomery<
    "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
    "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc7">;

}  // namespace

TEMPLATE_TEST_CASE("kernels for residues of two, three and seven words", "", TwoLimbs, ThreeWords,
                   parley::Curve448Scalar) {
  REQUIRE(parley::testing::BigInteger(TestType::modulus).is_prime());
  parley::testing::check_kernels<TestType>();
}

// The words of these are moved by the code of those of seven words.
TEMPLATE_TEST_CASE("products of residues of six and of eight words", "", parley::P384Scalar, EightWords) {
  REQUIRE(parley::testing::BigInteger(TestType::modulus).is_prime());
  parley::TestRandom random(8);
  parley::testing::Law law("products in lanes are those of single elements");
  for (std::size_t count = 0; count < 20; ++count) {
    const auto a = parley::testing::lanes<TestType>(count, random), b = parley::testing::lanes<TestType>(count, random);
    parley::testing::Guarded<TestType> out(a, 1);
    parley::vector::multiply<TestType>(out.span(), a, b);
    bool right = out.is_guarded();
    for (std::size_t i = 0; i < count; ++i) right &= out.span()[i] == a[i] * b[i];
    law.check(right, count);
  }
  law.conclude();
}
