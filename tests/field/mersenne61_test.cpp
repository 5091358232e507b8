// SPDX-License-Identifier: Apache-2.0
// Mersenne61: the laws of a field, GMP as the oracle, arithmetic at compile time.
#include "parley/field/mersenne61.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "core/backends.hpp"
#include "field/field_conformance.hpp"
#include "field/gmp_oracle.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/caches.hpp"
#include "parley/core/integer.hpp"
#include "parley/core/random.hpp"
#include "parley/field/uniform.hpp"
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
  // 2^122 - 1 = (p - 1)^2 + 4 (p - 1) + 3 has two parts of 61 ones. Taken k times, with k - 1 added, it is k 2^122 - 1, which has the same
  // two parts and k - 1 for a third: 2p + k - 1 in all, more than one reduction takes away.
  using parley::uint128;
  REQUIRE(uint128{F::modulus - 1} * (F::modulus - 1) + 4 * uint128{F::modulus - 1} + 3 == (uint128{1} << 122) - 1);
  for (std::uint64_t k = 1; k <= 10; ++k) {
    F::ProductSum sum;
    for (std::uint64_t i = 0; i < k; ++i) {
      sum.add_product(-F{1}, -F{1});
      sum.add_product(-F{1}, F{4});
      sum.add_product(F{3}, F{1});
    }
    sum.add_product(F{k - 1}, F{1});
    REQUIRE(sum.reduce() == F{k - 1});
  }
}

TEST_CASE("Mersenne61 refuses every kind of word that is no residue, in every lane of a vector") {
  parley::test::under_each_backend([] {
    for (std::size_t place = 0; place < 21; ++place)
      for (const std::uint64_t word : {F::modulus - 1, F::modulus, F::modulus + 1, F::modulus + 2,
                                       std::uint64_t{1} << 62, std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
        std::array<std::byte, 8 * 21> bytes{};
        parley::store_little_endian<std::uint64_t>(std::span<std::byte, 8>(bytes.data() + 8 * place, 8), word);
        std::array<F, 21> out;
        REQUIRE(parley::vector::decode<F>(out, bytes) == (word < F::modulus));
        REQUIRE(out[place] == (word < F::modulus ? F{word} : F{}));
        // The same word as a sample counts by its lowest 61 bits alone.
        std::memcpy(out.data(), bytes.data(), bytes.size());
        REQUIRE(parley::detail::Kernels<F>::mask_samples(out.data(), out.size()) ==
                ((word & F::modulus) != F::modulus));
      }
  });
}

TEST_CASE("Mersenne61 is named and printed") {
  REQUIRE(std::string(F::name) == "Mersenne61");
  REQUIRE(to_string(-F{1}) == "2305843009213693950");
}

TEST_CASE("vectors that are too long for the caches have the same products, wherever they begin") {
  constexpr std::size_t count = parley::detail::past_caches_from / sizeof(F) + 13, piece = 1000;
  std::vector<F> a(count + 8), b(count + 8), out(count + 10), expected(piece);
  parley::TestRandom random(4);
  parley::fill_uniform<F>(random, a);
  parley::fill_uniform<F>(random, b);
  for (std::size_t offset = 1; offset < 9; offset += 3) {  // out of step with the inputs, too
    std::ranges::fill(out, F(5));
    const auto x = std::span<const F>(a).first(count), y = std::span<const F>(b).last(count);
    const auto product = std::span(out).subspan(offset, count);
    parley::vector::multiply<F>(product, x, y);
    bool right = true;
    for (std::size_t first = 0; first < count; first += piece) {
      const std::size_t length = std::min(piece, count - first);
      parley::vector::multiply<F>(std::span(expected).first(length), x.subspan(first, length),
                                  y.subspan(first, length));
      right &= std::equal(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(length),
                          product.begin() + static_cast<std::ptrdiff_t>(first));
    }
    CHECK(right);
    CHECK(out[offset - 1] == F(5));
    CHECK(out[offset + count] == F(5));
  }
}
