// SPDX-License-Identifier: Apache-2.0
// 128-bit integers.
#include "parley/core/integer.hpp"

#include <cstdint>

#include "catch.hpp"

using parley::int128;
using parley::uint128;
using parley::UnsignedInteger;

namespace {

template <class... T>
constexpr bool all_unsigned = (UnsignedInteger<T> && ...);
template <class... T>
constexpr bool none_unsigned = (!UnsignedInteger<T> && ...);

static_assert(all_unsigned<std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, unsigned long long, uint128>);
static_assert(none_unsigned<int, std::int64_t, int128, bool, char, char8_t, char32_t, double, const std::uint64_t>);
static_assert(sizeof(uint128) == 16 && sizeof(int128) == 16);

}  // namespace

TEST_CASE("a 128-bit product of 64-bit factors is exact") {
  const std::uint64_t largest = ~std::uint64_t{0};
  const uint128 product = uint128{largest} * largest;  // (2^64 - 1)^2 = (2^64 - 2) 2^64 + 1
  CHECK(static_cast<std::uint64_t>(product >> 64) == largest - 1);
  CHECK(static_cast<std::uint64_t>(product) == 1);
  CHECK(int128{-1} < int128{0});
}
