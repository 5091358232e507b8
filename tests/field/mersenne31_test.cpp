// SPDX-License-Identifier: Apache-2.0
// Mersenne31: the laws of a field, GMP as the oracle, arithmetic at compile time.
#include "parley/field/mersenne31.hpp"

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
#include "parley/field/vector.hpp"

namespace {

using F = parley::Mersenne31;

static_assert(parley::MersenneField<F> && !parley::BinaryField<F>);
static_assert(sizeof(F) == 4 && F::encoded_size == 4 && F::modulus == (std::uint32_t{1} << 31) - 1);

// All of the arithmetic, at compile time.
static_assert(F{92} + F{67} - F{103} == F{56});
static_assert(F{F::modulus} == F::zero() && F{F::modulus + 1} == F::one());
static_assert(F{std::uint64_t{1} << 30} * F{std::uint64_t{1} << 30} == F{std::uint64_t{1} << 29});
static_assert(-F{1} * -F{1} == F::one() && (-F{1}).to_integer() == F::modulus - 1);
static_assert(F{92} * F{92}.inverse() == F::one() && F::zero().inverse() == F::zero());
static_assert(F::embed(3) == F{3} && F::order_exceeds(F::modulus - 1) && !F::order_exceeds(F::modulus));

constexpr bool encodes_at_compile_time() {
  std::array<std::byte, 4> bytes{};
  F{0x01234567}.encode(bytes);
  return bytes[0] == std::byte{0x67} && bytes[3] == std::byte{0x01} && *F::decode(bytes) == F{0x01234567};
}
static_assert(encodes_at_compile_time());

}  // namespace

TEST_CASE("Mersenne31 keeps the laws of a field") { parley::testing::check_field<F>(); }

TEST_CASE("Mersenne31 agrees with GMP") { parley::testing::check_against_gmp<F>(); }

TEST_CASE("Mersenne31 reduces all of a 64-bit integer") {
  parley::testing::Law law("the constructor takes an integer of 64 bits modulo p");
  const auto check = [&](std::uint64_t k) { law.check(F{k}.to_integer() == k % F::modulus, k); };
  constexpr std::uint64_t p = F::modulus;
  for (const std::uint64_t multiple : {std::uint64_t{0}, p, p * p, p * (p + 2), ~std::uint64_t{0} / p * p}) {
    for (std::uint64_t distance = 0; distance < 8; ++distance) {
      check(multiple + distance);
      check(multiple - distance);
    }
  }
  for (unsigned bit = 31; bit < 64; ++bit) {
    check(std::uint64_t{1} << bit);
    check(~std::uint64_t{0} << bit);
  }
  parley::TestRandom random(6);
  for (int i = 0; i < 10000; ++i) {
    std::uint64_t k;
    random.fill(std::as_writable_bytes(std::span(&k, 1)));
    check(k);
  }
  law.conclude();
}

TEST_CASE("Mersenne31 adds up products without overflow, however they fall into the lanes") {
  // Four of the largest products and the largest folded sum in one lane leave 2^35 - 2^34 to the top of a word.
  parley::test::under_each_backend([] {
    for (const std::size_t count : {16U, 64U, 68U, 4096U, 100000U}) {
      const std::vector<F> a(count, -F{1}), b(count, -F{1});
      REQUIRE(parley::vector::inner_product<F>(a, b) == F{count});
    }
    parley::testing::Law law("an inner product is the sum of the products");
    for (std::uint64_t k = 0; k < 300; ++k) {
      const std::vector<F> a(5, -F{k}), b = {-F{1}, -F{2}, -F{3}, -F{4}, -F{5}};
      law.check(parley::vector::inner_product<F>(a, b) == F{15 * k}, k);
    }
    law.conclude();
  });
}

TEST_CASE("Mersenne31 refuses every kind of word that is no residue, in every lane of a vector") {
  parley::test::under_each_backend([] {
    for (std::size_t place = 0; place < 41; ++place)
      for (const std::uint32_t word : {F::modulus - 1, F::modulus, F::modulus + 1, F::modulus + 2, ~std::uint32_t{0}}) {
        std::array<std::byte, 4 * 41> bytes{};
        parley::store_little_endian<std::uint32_t>(std::span<std::byte, 4>(bytes.data() + 4 * place, 4), word);
        std::array<F, 41> out;
        REQUIRE(parley::vector::decode<F>(out, bytes) == (word < F::modulus));
        REQUIRE(out[place] == (word < F::modulus ? F{word} : F{}));
        // The same word as a sample counts by its lowest 31 bits alone.
        std::memcpy(out.data(), bytes.data(), bytes.size());
        REQUIRE(parley::detail::Kernels<F>::mask_samples(out.data(), out.size()) ==
                ((word & F::modulus) != F::modulus));
      }
  });
}

TEST_CASE("Mersenne31 is named and printed") {
  REQUIRE(std::string(F::name) == "Mersenne31");
  REQUIRE(to_string(-F{1}) == "2147483646");
}
