// SPDX-License-Identifier: Apache-2.0
// Carry-less products by integer multiplication and by instruction, against shifting and adding.
#include "parley/field/carryless.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "catch.hpp"
#include "field/law.hpp"
#include "parley/core/cpu.hpp"
#include "parley/core/random.hpp"

namespace {

using parley::uint128;
using parley::detail::multiply_carryless;

uint128 shift_and_add(std::uint64_t a, std::uint64_t b) {
  uint128 product = 0;
  for (unsigned bit = 0; bit < 64; ++bit)
    if (((b >> bit) & 1) != 0) product ^= uint128{a} << bit;
  return product;
}

// Single bits, runs of ones from either end, every second, third, fourth bit: what makes most bits meet in one place.
std::vector<std::uint64_t> words() {
  std::vector<std::uint64_t> result;
  for (unsigned bit = 0; bit < 64; ++bit) {
    result.push_back(std::uint64_t{1} << bit);
    result.push_back(~std::uint64_t{0} << bit);
    result.push_back(~std::uint64_t{0} >> bit);
  }
  for (const unsigned step : {2U, 3U, 4U, 5U, 8U})
    for (unsigned first = 0; first < step; ++first) {
      std::uint64_t word = 0;
      for (unsigned bit = first; bit < 64; bit += step) word |= std::uint64_t{1} << bit;
      result.push_back(word);
      result.push_back(~word);
    }
  parley::TestRandom random(1);
  result.resize(result.size() + 60);
  random.fill(std::as_writable_bytes(std::span(result).last(60)));
  return result;
}

static_assert(multiply_carryless(0xc8cc74e98a7329a2, 2) == uint128{0xc8cc74e98a7329a2} << 1);
static_assert(multiply_carryless(0xf, 0xf) == 0x55 && multiply_carryless(~0ULL, ~0ULL) >> 64 == 0x5555555555555555);

}  // namespace

TEST_CASE("a carry-less product is the sum of the shifted factors") {
  parley::testing::Law law("the integers with holes do not overflow");
  for (const std::uint64_t a : words())
    for (const std::uint64_t b : words()) law.check(multiply_carryless(a, b) == shift_and_add(a, b), a, b);
  law.conclude();
}

#if defined(__x86_64__)
TEST_CASE("the instruction multiplies the words that it is told to") {
  using parley::detail::multiply_carryless_pclmulqdq;
  using parley::detail::WordPair;
  if (!parley::machine_features().pclmulqdq) {
    WARN("this machine has no PCLMULQDQ");
    return;
  }
  parley::testing::Law law("the product of word i and word j");
  const std::vector<std::uint64_t> all = words();
  for (std::size_t k = 0; k + 3 < all.size(); ++k) {
    const WordPair a = {all[k], all[k + 1]}, b = {all[k + 2], all[k + 3]};
    const auto is = [](WordPair product, uint128 expected) {
      return product[0] == static_cast<std::uint64_t>(expected) &&
             product[1] == static_cast<std::uint64_t>(expected >> 64);
    };
    law.check(is(multiply_carryless_pclmulqdq<0, 0>(a, b), shift_and_add(a[0], b[0])), "0 0", k);
    law.check(is(multiply_carryless_pclmulqdq<0, 1>(a, b), shift_and_add(a[0], b[1])), "0 1", k);
    law.check(is(multiply_carryless_pclmulqdq<1, 0>(a, b), shift_and_add(a[1], b[0])), "1 0", k);
    law.check(is(multiply_carryless_pclmulqdq<1, 1>(a, b), shift_and_add(a[1], b[1])), "1 1", k);
  }
  law.conclude();
}
#endif
