// SPDX-License-Identifier: Apache-2.0
// The kernels by AVX-512 IFMA for moduli that leave no bit of their limbs free. (Other numbers of words are in
// montgomery_avx512_transpose_test.cpp.)
#include "parley/field/montgomery_avx512.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "catch.hpp"
#include "field/gmp_oracle.hpp"
#include "field/kernel_conformance.hpp"
#include "parley/field/montgomery.hpp"
#include "parley/field/named_primes.hpp"
#include "parley/field/power.hpp"

namespace {

// 2^260 - 149: five limbs without a bit to spare.
using FiveLimbs = parley::Montgomery<"0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff6b">;

}  // namespace

TEST_CASE("kernels for full limbs") {
  REQUIRE(parley::testing::BigInteger(FiveLimbs::modulus).is_prime());
  parley::testing::check_kernels<FiveLimbs>();
}

// The integers that stand for these elements are p - 1: 2^(64 words) x for an element x itself, and 2^(52 steps) x for a
// coefficient of a linear combination, which has as many steps as a residue has limbs, or one more.
TEMPLATE_TEST_CASE("sums of products of the largest integers", "", parley::Secp256k1Scalar, FiveLimbs) {
  using F = TestType;
  const auto largest = [](unsigned bits) { return -parley::power(F(2), bits).inverse(); };
  constexpr unsigned limbs = (F::modulus_bits + 51) / 52;
  const F a = largest(8 * sizeof(F));
  parley::testing::Law law("the sum is that of single elements");
  for (const F& coefficient : {largest(52 * limbs), largest(52 * limbs + 52), a}) {
    for (const std::size_t terms : {1U, 15U, 16U, 17U, 31U, 32U, 33U, 63U, 64U, 65U, 200U}) {
      const std::vector<F> row(9, a), coefficients(terms, coefficient);
      std::vector<F> out(9);
      parley::vector::linear_combination<F>(out, coefficients, std::vector<std::span<const F>>(terms, row));
      const F expected = F(terms) * a * coefficient;
      law.check(std::count(out.begin(), out.end(), expected) == 9, "linear_combination", terms);
    }
  }
  for (const std::size_t count : {8U, 511U, 512U, 513U, 20000U}) {
    const std::vector<F> all(count, a);
    law.check(parley::vector::inner_product<F>(all, all) == F(count) * a * a, "inner_product", count);
  }
  law.conclude();
}

TEST_CASE("samples are drawn by lanes as one by one, whatever the length of the modulus") {
  parley::test::under_each_backend([] {
    parley::TestRandom random(7);
    std::vector<std::byte> bytes(19 * parley::Curve448Scalar::sample_size);
    random.fill(bytes);
    std::fill_n(bytes.begin() + 3 * parley::Curve448Scalar::sample_size, parley::Curve448Scalar::sample_size,
                std::byte{0xff});
    std::vector<parley::Curve448Scalar> drawn(19), expected(19);
    const std::size_t accepted =
        parley::detail::Kernels<parley::Curve448Scalar>::from_samples(drawn.data(), bytes.data(), drawn.size());
    REQUIRE(accepted == parley::detail::PortableKernels<parley::Curve448Scalar>::from_samples(
                            expected.data(), bytes.data(), expected.size()));
    REQUIRE(accepted < 19);
    REQUIRE(drawn == expected);
  });
}
