// SPDX-License-Identifier: Apache-2.0
// Constant-time decisions: exhaustive on 8 bits, and at the edges of every wider type.
#include "parley/core/constant_time.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "catch.hpp"
#include "parley/core/bytes.hpp"

namespace ct = parley::constant_time;
using ct::Choice;
using parley::uint128;

namespace {

static_assert(!std::is_convertible_v<Choice, bool> && !std::is_constructible_v<bool, Choice>);
static_assert(!std::is_default_constructible_v<Choice> && !std::is_constructible_v<Choice, std::uint64_t>);

// All of it works at compile time, where the barrier is no instruction.
static_assert(ct::select(ct::less<std::uint64_t>(3, 4), std::uint64_t{7}, 9) == 7);
static_assert(ct::equal(uint128{1} << 100, uint128{1} << 100).declassify());

template <class U>
bool agrees_with_operators(U a, U b) {
  bool good = ct::equal<U>(a, b).declassify() == (a == b) && ct::less<U>(a, b).declassify() == (a < b) &&
              ct::less_or_equal<U>(a, b).declassify() == (a <= b) && ct::is_zero<U>(a).declassify() == (a == 0);
  for (const Choice choice : {Choice::no(), Choice::yes()}) {
    U x = a, y = b;
    ct::swap_if(choice, x, y);
    const bool yes = choice.declassify();
    good = good && ct::select<U>(choice, a, b) == (yes ? a : b) && x == (yes ? b : a) && y == (yes ? a : b);
  }
  return good;
}

}  // namespace

TEST_CASE("comparisons and selections agree with the operators on all pairs of 8-bit numbers") {
  std::size_t wrong = 0;
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      wrong += !agrees_with_operators(static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b));
    }
  }
  CHECK(wrong == 0);
}

TEMPLATE_TEST_CASE("comparisons and selections agree with the operators at the edges", "", std::uint16_t, std::uint32_t,
                   std::uint64_t, uint128) {
  using U = TestType;
  std::vector<U> edges;
  for (unsigned bit = 0; bit < 8 * sizeof(U); ++bit) {
    const U power = static_cast<U>(U{1} << bit);
    for (const U value : {static_cast<U>(power - 1), power, static_cast<U>(power + 1)}) {
      edges.push_back(value);
      edges.push_back(static_cast<U>(~value));
    }
  }
  std::size_t wrong = 0;
  for (const U a : edges) {
    for (const U b : edges) wrong += !agrees_with_operators(a, b);
  }
  CHECK(edges.size() == 6 * 8 * sizeof(U));
  CHECK(wrong == 0);
}

TEST_CASE("choices are combined like truth values") {
  for (unsigned a = 0; a < 2; ++a) {
    const Choice x = Choice::from_bit(a);
    CHECK(x.bit() == a);
    CHECK(x.declassify() == (a == 1));
    CHECK((!x).bit() == 1 - a);
    CHECK(x.mask() == (a == 1 ? ~std::uint64_t{0} : 0));
    CHECK(x.mask<std::uint8_t>() == (a == 1 ? 0xff : 0));
    CHECK((x.mask<uint128>() == (a == 1 ? ~uint128{0} : 0)));
    for (unsigned b = 0; b < 2; ++b) {
      const Choice y = Choice::from_bit(b);
      CHECK((x & y).bit() == (a & b));
      CHECK((x | y).bit() == (a | b));
      CHECK((x ^ y).bit() == (a ^ b));
    }
  }
  CHECK(Choice::from_bit(2).bit() == 0);  // one bit counts
  CHECK(Choice::from_bit(3).bit() == 1);
}

TEST_CASE("byte strings are equal where every bit is") {
  const parley::Bytes zeros(17);
  CHECK(ct::equal(zeros, zeros).declassify());
  for (std::size_t bit = 0; bit < 8 * zeros.size(); ++bit) {
    parley::Bytes other = zeros;
    other[bit / 8] = static_cast<std::byte>(1u << bit % 8);
    if (ct::equal(zeros, other).declassify()) FAIL("bit " << bit << " does not count");
  }
  CHECK(ct::equal(parley::Bytes{}, parley::Bytes{}).declassify());
  CHECK_THROWS_AS(ct::equal(zeros, parley::Bytes(16)), parley::Error);
}
