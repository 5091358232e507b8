// SPDX-License-Identifier: Apache-2.0
// GF(2^64) and GF(2^128): the laws of a field, products of polynomials, published examples.
// [Rab80] Rabin: Probabilistic Algorithms in Finite Fields, SIAM Journal on Computing 9, 1980. [MV04] McGrew, Viega: The
// Galois/Counter Mode of Operation, 2004, appendix B. [RFC4493] The AES-CMAC Algorithm, 2006, section 4. [SP800-38B]
// NIST Special Publication 800-38B, appendix D.4.
#include "parley/field/wide_binary.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "core/backends.hpp"
#include "field/field_conformance.hpp"
#include "parley/core/integer.hpp"
#include "parley/core/random.hpp"
#include "parley/field/power.hpp"
#include "parley/field/uniform.hpp"

namespace {

using parley::GF2To128;
using parley::GF2To64;
using parley::uint128;

static_assert(parley::BinaryField<GF2To64> && parley::BinaryField<GF2To128>);
static_assert(!parley::PrimeField<GF2To64> && !parley::PrimeField<GF2To128>);
static_assert(sizeof(GF2To64) == 8 && GF2To64::encoded_size == 8 && GF2To64::degree == 64);
static_assert(sizeof(GF2To128) == 16 && GF2To128::encoded_size == 16 && GF2To128::degree == 128);

// All of the arithmetic, at compile time.
static_assert(GF2To64{5} + GF2To64{3} == GF2To64{6} && -GF2To64{5} == GF2To64{5} &&
              GF2To64{5} * GF2To64{3} == GF2To64{15});
static_assert(GF2To64{1ULL << 63} * GF2To64{2} == GF2To64{0x1B} && GF2To64::embed(~0ULL).value() == ~0ULL);
static_assert(GF2To64{92} * GF2To64{92}.inverse() == GF2To64::one() && GF2To64::zero().inverse() == GF2To64::zero());
static_assert(GF2To128::from_value(uint128{1} << 127) * GF2To128{2} == GF2To128{0x87});
static_assert(GF2To128{92} * GF2To128{92}.inverse() == GF2To128::one() && GF2To128::order_exceeds(~0ULL));

constexpr bool encodes_at_compile_time() {
  std::array<std::byte, 16> bytes{};
  GF2To128::from_value(uint128{0x0123456789abcdef} << 32).encode(bytes);
  return bytes[4] == std::byte{0xef} && bytes[11] == std::byte{0x01} && bytes[12] == std::byte{0} &&
         GF2To128::decode(bytes)->value() == uint128{0x0123456789abcdef} << 32;
}
static_assert(encodes_at_compile_time());

/// By Horner's rule, a bit at a time.
template <class F>
F shift_and_add(F a, F b) {
  using Value = typename F::Value;
  Value product = 0;
  for (unsigned bit = F::degree; bit-- > 0;) {
    const bool overflow = (product >> (F::degree - 1)) != 0;
    product = static_cast<Value>(product << 1);
    if (overflow) product ^= F::low_terms;
    if (((b.value() >> bit) & 1) != 0) product ^= a.value();
  }
  return F::from_value(product);
}

/// Ones from either end, which make the largest numbers of bits meet and the longest reductions.
template <class F>
std::vector<F> factors() {
  using Value = typename F::Value;
  std::vector<F> result = parley::testing::extremes<F>();
  for (unsigned shift = 0; shift < F::degree; shift += 3) {
    result.push_back(F::from_value(static_cast<Value>(~Value{0} << shift)));
    result.push_back(F::from_value(static_cast<Value>(~Value{0} >> shift)));
    result.push_back(F::from_value(static_cast<Value>(Value{1} << shift)));
  }
  return result;
}

uint128 of_words(std::uint64_t high, std::uint64_t low) { return uint128{high} << 64 | low; }

/// An element as GHASH writes it: the first bit of the first byte is the coefficient of 1.
GF2To128 of_ghash(std::uint64_t first, std::uint64_t second) {
  uint128 value = 0;
  const uint128 string = of_words(first, second);
  for (unsigned i = 0; i < 128; ++i) value |= (string >> (127 - i) & 1) << i;
  return GF2To128::from_value(value);
}

}  // namespace

TEMPLATE_TEST_CASE("wide binary fields keep the laws of a field", "", GF2To64, GF2To128) {
  parley::testing::check_field<TestType>();
}

TEMPLATE_TEST_CASE("products of wide binary fields are products of polynomials", "", GF2To64, GF2To128) {
  const std::vector<TestType> all = factors<TestType>();
  parley::test::under_each_kind_of_machine([&] {
    parley::testing::Law scalar("* is the product of polynomials"), sums("so are the terms of an inner product"),
        addition("+ is exclusive or");
    for (const TestType a : all) {
      const std::vector<TestType> left(all.size(), a);
      std::vector<TestType> products(all.size());
      parley::vector::multiply<TestType>(products, left, all);
      TestType expected_sum;
      for (std::size_t i = 0; i < all.size(); ++i) {
        const TestType expected = shift_and_add(a, all[i]);
        scalar.check(
            a * all[i] == expected && TestType::multiply_portably(a, all[i]) == expected && products[i] == expected, a,
            all[i]);
        addition.check((a + all[i]).value() == (a.value() ^ all[i].value()) && a - all[i] == a + all[i], a, all[i]);
        expected_sum += expected;
      }
      sums.check(parley::vector::inner_product<TestType>(left, all) == expected_sum, a);
    }
    for (const parley::testing::Law* law : {&scalar, &sums, &addition}) law->conclude();
  });
}

TEMPLATE_TEST_CASE("sums of few products are sums of products", "", GF2To64, GF2To128) {
  parley::test::under_each_backend([] {
    parley::TestRandom random(5);
    for (std::size_t count = 0; count < 10; ++count) {
      std::vector<TestType> a(count), b(count);
      parley::fill_uniform(random, std::span<TestType>(a));
      parley::fill_uniform(random, std::span<TestType>(b));
      TestType sum{};
      for (std::size_t i = 0; i < count; ++i) sum += TestType::multiply_portably(a[i], b[i]);
      CHECK(TestType::sum_of_few_products(
                count, [&](std::size_t i) { return a[i]; }, [&](std::size_t i) { return b[i]; }) == sum);
    }
  });
}

TEMPLATE_TEST_CASE("the polynomials of wide binary fields are irreducible", "", GF2To64, GF2To128) {
  // [Rab80] for a degree that is a power of two: x^(2^degree) = x, and x^(2^(degree/2)) - x is prime to the polynomial.
  constexpr unsigned half_degree = TestType::degree / 2;
  const auto square = [](TestType element, unsigned times) {
    for (unsigned i = 0; i < times; ++i) element = shift_and_add(element, element);
    return element;
  };
  const TestType x{2}, half = square(x, half_degree), gap = half - x;
  REQUIRE(square(half, half_degree) == x);
  // Then every element of the ring modulo the polynomial has the inverse x^(2^degree - 2), if it has any.
  TestType inverse = TestType::one(), power = gap;
  for (unsigned i = 1; i < TestType::degree; ++i) {
    power = square(power, 1);
    inverse = shift_and_add(inverse, power);
  }
  REQUIRE(shift_and_add(gap, inverse) == TestType::one());
}

TEST_CASE("the subkeys of CMAC are doubled in GF(2^64) and GF(2^128)") {
  // Three-key TDEA [SP800-38B, D.4], AES-128 [RFC4493]
  REQUIRE(GF2To64{0xc8cc74e98a7329a2} * GF2To64{2} == GF2To64{0x9198e9d314e6535f});
  REQUIRE(GF2To64{0xc8cc74e98a7329a2} * GF2To64{4} == GF2To64{0x2331d3a629cca6a5});
  const auto key = GF2To128::from_value(of_words(0x7df76b0c1ab899b3, 0x3e42f047b91b546f));
  REQUIRE((key * GF2To128{2}).value() == of_words(0xfbeed61835713366, 0x7c85e08f7236a8de));
  REQUIRE((key * GF2To128{4}).value() == of_words(0xf7ddac306ae266cc, 0xf90bc11ee46d513b));
}

TEST_CASE("GHASH is a polynomial over GF(2^128), with the bits of each byte reversed") {
  // [MV04] test case 2: one block of ciphertext, then the lengths.
  const GF2To128 h = of_ghash(0x66e94bd4ef8a2c3b, 0x884cfa59ca342b2e);
  const GF2To128 block = of_ghash(0x0388dace60b6a392, 0xf328c2b971b2fe78), lengths = of_ghash(0, 128);
  parley::test::under_each_kind_of_machine([&] {
    REQUIRE(block * h == of_ghash(0x5e2ec74691706288, 0x2c85b0685353deb7));
    REQUIRE((block * h + lengths) * h == of_ghash(0xf38cbb1ad69223dc, 0xc3457ae5b6b0f885));
  });
}

TEST_CASE("wide binary fields are named and printed") {
  REQUIRE(std::string(GF2To64::name) == "GF(2^64)/0x1000000000000001B");
  REQUIRE(std::string(GF2To128::name) == "GF(2^128)/0x100000000000000000000000000000087");
  REQUIRE(to_string(GF2To64{~0ULL}) == "18446744073709551615");
  REQUIRE(to_string(GF2To128::from_value(~uint128{0})) == "340282366920938463463374607431768211455");
}
