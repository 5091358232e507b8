// SPDX-License-Identifier: Apache-2.0
// Public and shared bits: numbers into planes and back, and the operators, on every way of holding a bit.
#include "parley/engine/shared_bits.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "catch.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/uniform.hpp"
#include "refusal.hpp"

namespace {

using namespace parley;
using test::code_of;

struct Scheme {};
struct OtherScheme {};
using Bits = SharedBits<Scheme>;

std::vector<std::uint64_t> random_numbers(std::size_t size, std::size_t width, TestRandom& random) {
  std::vector<std::uint64_t> numbers(size);
  random.fill(std::as_writable_bytes(std::span(numbers)));
  for (std::uint64_t& number : numbers)
    if (width < 64) number &= (std::uint64_t{1} << width) - 1;
  return numbers;
}

/// The layouts of the parties that together hold a bit: its value is the exclusive or of their first components.
const std::vector<std::vector<BitLayout>> schemes = {{BitLayout{}},
                                                     {{.lane_bits = 1, .components = 2, .one = {true, false}},
                                                      {.lane_bits = 1, .components = 2, .one = {false, true}},
                                                      {.lane_bits = 1, .components = 2, .one = {false, false}}},
                                                     {{.lane_bits = 8, .components = 1, .one = {true, false}}}};

/// Shares of numbers: random lanes at all parties but one; replicated components agree.
std::vector<Bits> share(const std::vector<BitLayout>& layouts, const std::vector<std::uint64_t>& numbers,
                        std::size_t width, TestRandom& random) {
  const std::size_t size = numbers.size();
  std::vector<Bits> shares;
  for (const BitLayout& layout : layouts) shares.emplace_back(BitPlanes(layout, width, size));
  const std::size_t parties = layouts.size();
  for (std::size_t plane = 0; plane < width; ++plane)
    for (std::size_t row = 0; row < size; ++row) {
      unsigned rest = numbers[row] >> plane & 1;
      for (std::size_t party = 0; party < parties; ++party) {
        const unsigned lane_bits = layouts[party].lane_bits;
        unsigned lane = static_cast<unsigned>(uniform_below(random, 2));
        if (party + 1 == parties) lane = rest;
        rest ^= lane;
        const std::size_t position = row * lane_bits;
        shares[party].planes().component(plane, 0)[position / 64] |= std::uint64_t{lane} << (position % 64);
        if (layouts[party].components == 2)
          shares[(party + 1) % parties].planes().component(plane, 1)[position / 64] |= std::uint64_t{lane}
                                                                                       << (position % 64);
      }
    }
  return shares;
}

std::vector<std::uint64_t> numbers_of(const std::vector<Bits>& shares) {
  std::vector<std::uint64_t> numbers(shares[0].size());
  for (std::size_t party = 0; party < shares.size(); ++party) {
    const BitPlanes& planes = shares[party].planes();
    const unsigned lane_bits = planes.layout().lane_bits;
    for (std::size_t plane = 0; plane < planes.width(); ++plane) {
      for (std::size_t row = 0; row < numbers.size(); ++row) {
        const std::size_t position = row * lane_bits;
        const std::uint64_t lane =
            planes.component(plane, 0)[position / 64] >> (position % 64) & (lane_bits == 1 ? 1 : 0xFF);
        if (lane > 1) throw std::logic_error("a lane is not a bit");
        numbers[row] ^= lane << plane;
      }
      if (planes.layout().components == 2) {
        const auto there = shares[(party + 1) % shares.size()].planes().component(plane, 1);
        if (!std::ranges::equal(planes.component(plane, 0), there)) throw std::logic_error("components differ");
      }
    }
  }
  return numbers;
}

template <class T, class U>
concept Comparable = requires(const T& x, const U& y) {
  x == y;
}
|| requires(const T& x, const U& y) { x < y; }
|| requires(const T& x, const U& y) { x >= y; }
|| requires(const T& x, const U& y) { x != y; };
template <class T>
concept Printable = requires(std::ostream& out, const T& x) {
  out << x;
};
template <class T, class U>
concept Conjoinable = requires(const T& x, const U& y) {
  x& y;
};
template <class T, class U>
concept Addable = requires(const T& x, const U& y) {
  x ^ y;
};

static_assert(!std::is_constructible_v<bool, Bits> && !std::is_convertible_v<Bits, bool>);
static_assert(!Comparable<Bits, Bits> && !Printable<Bits> && !Conjoinable<Bits, Bits>);
static_assert(Addable<Bits, Bits> && Addable<Bits, PublicBits> && Addable<PublicBits, Bits>);
static_assert(Conjoinable<Bits, PublicBits> && Conjoinable<PublicBits, Bits>);
static_assert(!Addable<Bits, SharedBits<OtherScheme>> && !Conjoinable<Bits, SharedBits<OtherScheme>>);

}  // namespace

TEST_CASE("numbers go into planes and come back") {
  TestRandom random(1);
  for (const std::size_t width : {0U, 1U, 5U, 31U, 32U, 33U, 61U, 63U, 64U, 70U})
    for (const std::size_t size : {0U, 1U, 2U, 63U, 64U, 65U, 130U}) {
      const auto numbers = random_numbers(size, width, random);
      const auto bits = PublicBits::from_integers(numbers, width);
      REQUIRE(bits.width() == width);
      REQUIRE(bits.size() == size);
      for (std::size_t plane = 0; plane < width; ++plane)
        for (std::size_t row = 0; row < size; ++row)
          REQUIRE(bits.bit(plane, row) == (plane < 64 && (numbers[row] >> plane & 1) != 0));
      if (width <= 64)
        REQUIRE(bits.to_integers() == numbers);
      else
        REQUIRE(code_of([&] { bits.to_integers(); }) == ErrorCode::invalid_argument);
    }
  CHECK(code_of([] { PublicBits::from_integers(std::vector<std::uint64_t>{7, 8}, 3); }) == ErrorCode::out_of_range);
  CHECK(code_of([] { PublicBits(BitPlanes({.lane_bits = 8}, 1, 1)); }) == ErrorCode::invalid_argument);
}

TEMPLATE_TEST_CASE("the planes of field elements are those of their canonical integers", "", Mersenne61, Mersenne127,
                   SmallPrime<7>, SmallPrime<131071>) {
  using F = TestType;
  TestRandom random(2);
  std::vector<F> values(130);
  fill_uniform(random, std::span<F>(values));
  values[0] = F{};
  values[1] = -F{1};
  const auto bits = PublicBits::from_field<F>(values);
  REQUIRE(bits.width() == F::modulus_bits);
  for (std::size_t plane = 0; plane < bits.width(); ++plane)
    for (std::size_t row = 0; row < values.size(); ++row)
      REQUIRE(bits.bit(plane, row) == ((values[row].to_integer() >> plane & 1) != 0));
}

TEMPLATE_TEST_CASE("public numbers are shifted modulo the order, and of fewer bits modulo a power of two", "",
                   Mersenne61, Mersenne127, SmallPrime<7>, SmallPrime<131071>) {
  using F = TestType;
  std::vector<F> values = {F{}, F(1), F(2), -F(1), -F(2)};
  const F half = F(2).inverse();  // (p + 1)/2, which stands for -(p - 1)/2
  for (const F& shift : {F{}, F(1), -F(1), -F(3), half, half - F(1)}) {
    std::vector<F> sums = values;
    for (F& sum : sums) sum += shift;
    const std::span<const F> before(values), after(sums);
    const auto whole = PublicBits::from_field<F>(before).shifted(shift);
    REQUIRE(whole.template to_field<F>() == Buffer<F>(sums.begin(), sums.end()));
    for (const std::size_t width : {std::size_t{1}, std::size_t{F::modulus_bits - 1}}) {
      const auto low = PublicBits::from_field<F>(before, width);
      REQUIRE(low.width() == width);
      // as in two's complement: p = -1 modulo 2^width, so that a number above (p - 1)/2 stands for one less than it is
      const auto residue = shift.to_integer();
      const auto addend = residue > (F::modulus - 1) / 2 ? residue + 1 : residue;
      const auto shifted = low.shifted(shift);
      REQUIRE(shifted.width() == width);
      for (std::size_t row = 0; row < values.size(); ++row)
        for (std::size_t plane = 0; plane < width; ++plane)
          REQUIRE(shifted.bit(plane, row) == (((values[row].to_integer() + addend) >> plane & 1) != 0));
    }
  }
}

TEST_CASE("operators act on every number, at every party's share alike") {
  TestRandom random(3);
  constexpr std::size_t width = 5;
  const auto all = [](std::uint64_t x) { return x & 31; };
  for (const auto& layouts : schemes)
    for (const std::size_t size : {0U, 1U, 7U, 8U, 63U, 64U, 65U, 130U}) {
      const auto a = random_numbers(size, width, random), b = random_numbers(size, width, random);
      const auto x = share(layouts, a, width, random), y = share(layouts, b, width, random);
      const auto c = PublicBits::from_integers(b, width);
      const auto check = [&](auto of_shares, auto of_numbers) {
        std::vector<Bits> result;
        for (std::size_t party = 0; party < layouts.size(); ++party) result.push_back(of_shares(x[party], y[party]));
        std::vector<std::uint64_t> expected;
        for (std::size_t row = 0; row < size; ++row) expected.push_back(of_numbers(a[row], b[row]));
        REQUIRE(numbers_of(result) == expected);
      };
      check([](const Bits& p, const Bits& q) { return p ^ q; }, [](auto p, auto q) { return p ^ q; });
      check([&](const Bits& p, const Bits&) { return p ^ c; }, [](auto p, auto q) { return p ^ q; });
      check([&](const Bits& p, const Bits&) { return c ^ p; }, [](auto p, auto q) { return p ^ q; });
      check([&](const Bits& p, const Bits&) { return p & c; }, [](auto p, auto q) { return p & q; });
      check([&](const Bits& p, const Bits&) { return c & p; }, [](auto p, auto q) { return p & q; });
      check([](const Bits& p, const Bits&) { return ~p; }, [&](auto p, auto) { return all(~p); });
      check([](const Bits& p, const Bits&) { return p.bits(1, 3); }, [](auto p, auto) { return p >> 1 & 7; });
      check([](const Bits& p, const Bits& q) { return stack(p.bits(0, 2), q); },
            [](auto p, auto q) { return (p & 3) | q << 2; });
      if (size < 2) continue;
      std::vector<Bits> joined;
      for (std::size_t party = 0; party < layouts.size(); ++party)
        joined.push_back(concat(x[party].slice(1, size - 1), y[party]));
      std::vector<std::uint64_t> expected(a.begin() + 1, a.end());
      expected.insert(expected.end(), b.begin(), b.end());
      REQUIRE(numbers_of(joined) == expected);
    }
}

TEST_CASE("public bits have exclusive or, negation and parts") {
  TestRandom random(4);
  const auto a = random_numbers(70, 9, random), b = random_numbers(70, 9, random);
  const auto x = PublicBits::from_integers(a, 9), y = PublicBits::from_integers(b, 9);
  for (std::size_t row = 0; row < 70; ++row) {
    CHECK((x ^ y).to_integers()[row] == (a[row] ^ b[row]));
    CHECK((~x).to_integers()[row] == (~a[row] & 511));
    CHECK(x.bits(2, 4).to_integers()[row] == (a[row] >> 2 & 15));
  }
}

TEST_CASE("bits of other shapes, and bits and numbers that are not there, are refused") {
  const Bits x(BitPlanes(BitLayout{}, 3, 10)), longer(BitPlanes(BitLayout{}, 3, 11)),
      wider(BitPlanes(BitLayout{}, 4, 10)), other(BitPlanes({.lane_bits = 1, .components = 2}, 3, 10));
  for (const Bits* y : {&longer, &wider, &other}) CHECK(code_of([&] { x ^ *y; }) == ErrorCode::invalid_argument);
  for (const PublicBits& y : {PublicBits(3, 11), PublicBits(4, 10)}) {
    CHECK(code_of([&] { x ^ y; }) == ErrorCode::invalid_argument);
    CHECK(code_of([&] { x& y; }) == ErrorCode::invalid_argument);
    CHECK(code_of([&] { PublicBits(3, 10) ^ y; }) == ErrorCode::invalid_argument);
  }
  CHECK(code_of([&] { stack(x, longer); }) == ErrorCode::invalid_argument);
  CHECK(code_of([&] { concat(x, wider); }) == ErrorCode::invalid_argument);
  CHECK(code_of([&] { x.bits(2, 2); }) == ErrorCode::out_of_range);
  CHECK(code_of([&] { x.slice(10, 1); }) == ErrorCode::out_of_range);
  CHECK(x.slice(10, 0).size() == 0);
}
