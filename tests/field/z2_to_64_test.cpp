// SPDX-License-Identifier: Apache-2.0
// The ring Z/2^64: the laws of a ring, the machine's words as the oracle, and that it is no field.
#include "parley/field/z2_to_64.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "catch.hpp"
#include "field/field_conformance.hpp"
#include "parley/core/random.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"

namespace {

using R = parley::Z2To64;

static_assert(parley::Ring<R> && !parley::Field<R>);
static_assert(sizeof(R) == 8 && R::encoded_size == 8);

// All of the arithmetic, at compile time.
static_assert(R{92} + R{67} - R{103} == R{56} && -R{1} == R{~std::uint64_t{0}});
static_assert(R{std::uint64_t{1} << 63} * R{2} == R::zero() && -R{1} * -R{1} == R::one());
static_assert((R{3} - R{5}).to_integer() == ~std::uint64_t{0} - 1);

constexpr bool encodes_at_compile_time() {
  std::array<std::byte, 8> bytes{};
  R{0x0123456789abcdef}.encode(bytes);
  return bytes[0] == std::byte{0xef} && bytes[7] == std::byte{0x01} && *R::decode(bytes) == R{0x0123456789abcdef};
}
static_assert(encodes_at_compile_time());

}  // namespace

TEST_CASE("Z/2^64 keeps the laws of a ring") { parley::testing::check_ring<R>(); }

TEST_CASE("Z/2^64 computes as machine words do") {
  parley::TestRandom random(1);
  std::vector<R> drawn(500);
  parley::fill_uniform<R>(random, drawn);
  std::vector<std::uint64_t> words;
  for (const R x : drawn) words.push_back(x.to_integer());
  for (const std::uint64_t word : {0ULL, 1ULL, 2ULL, ~0ULL, 1ULL << 63, 1ULL << 32, 0xffffffffULL})
    words.push_back(word);
  std::uint64_t inner = 0;
  std::vector<R> a, b;
  parley::testing::Law law("+, - and * are those of words");
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint64_t x = words[i], y = words[words.size() - 1 - i];
    a.push_back(R{x});
    b.push_back(R{y});
    inner += x * y;
    law.check((a[i] + b[i]).to_integer() == x + y && (a[i] - b[i]).to_integer() == x - y &&
                  (a[i] * b[i]).to_integer() == x * y && (-a[i]).to_integer() == 0 - x,
              x, y);
  }
  law.conclude();
  REQUIRE(parley::vector::inner_product<R>(a, b).to_integer() == inner);
}

TEST_CASE("Z/2^64 is named and printed") {
  REQUIRE(std::string(R::name) == "Z/2^64");
  REQUIRE(to_string(-R{1}) == "18446744073709551615");
}
