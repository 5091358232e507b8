// SPDX-License-Identifier: Apache-2.0
// Field elements to bits and back, and comparisons of numbers given by their bits.
#include "parley/functions/bits.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "functions/masked.hpp"
#include "functions/on_engines.hpp"
#include "functions/prices.hpp"
#include "parley/core/integer.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/net/local_network.hpp"

namespace {

using namespace parley;
using namespace parley::test;

/// The bits of all of `values`, from the lowest planes up to 64 at a time, and the values made of the bits again.
template <Field F>
auto there_and_back(const std::vector<F>& values) {
  return [&values](auto& engine) {
    const auto bits = to_bits(engine, input(engine, 0, values, values.size()));
    std::vector<Numbers> planes;
    for (std::size_t low = 0; low < bits.width(); low += 64)
      planes.push_back(open(engine, bits.bits(low, std::min<std::size_t>(64, bits.width() - low))));
    return std::pair{planes, open(engine, from_bits(engine, bits))};
  };
}

template <Field F>
std::pair<std::vector<Numbers>, std::vector<F>> reference(const std::vector<F>& values) {
  std::vector<Numbers> planes;
  for (std::size_t low = 0; low < F::modulus_bits; low += 64) {
    planes.emplace_back();
    for (const F& value : values) planes.back().push_back(static_cast<std::uint64_t>(value.to_integer() >> low));
  }
  return {planes, values};
}

/// All pairs of `values`, as the bits of two vectors.
template <class E>
auto all_pairs(E& engine, const Numbers& values, std::size_t width) {
  Numbers first, second;
  for (const std::uint64_t x : values)
    for (const std::uint64_t y : values) {
      first.push_back(x);
      second.push_back(y);
    }
  return std::pair{input_bits(engine, 0, PublicBits::from_integers(first, width)),
                   input_bits(engine, 1, PublicBits::from_integers(second, width))};
}

Numbers outcomes(const Numbers& values, bool (*outcome)(std::uint64_t, std::uint64_t)) {
  Numbers all;
  for (const std::uint64_t x : values)
    for (const std::uint64_t y : values) all.push_back(outcome(x, y) ? 1 : 0);
  return all;
}

bool is_less(std::uint64_t x, std::uint64_t y) { return x < y; }
bool is_equal(std::uint64_t x, std::uint64_t y) { return x == y; }

}  // namespace

TEST_CASE("the bits of a field element are those of its canonical integer, at every boundary") {
  constexpr std::uint64_t p = F61::modulus;
  const Numbers ends = {0, 1, 2, greatest, greatest + 1, (p - 1) / 2, (p + 1) / 2, p - 2, p - 1};
  Numbers all = random_numbers(60, p);
  all.insert(all.begin(), ends.begin(), ends.end());
  const std::vector<F61> values = elements<F61>(all), few = elements<F61>(ends);
  check_on_engines<F61>(few_parties, there_and_back(values), reference(values));
  check_on_engines<F61>(std::span(&sixteen_parties, 1), there_and_back(few), reference(few));
}

TEST_CASE("the bits of a field element are those of its canonical integer, for every mask of a tiny field") {
  // Each value meets each of the 7 differences to the mask, as often as chance has it: 1 - (6/7)^200 is 1 - 4e-14.
  using F7 = SmallPrime<7>;
  std::vector<F7> values;
  for (std::uint64_t i = 0; i < 1400; ++i) values.push_back(F7(i));
  for (const Setting setting :
       {Setting{3, 1, slow_rounds}, Setting{3, 1, slow_bytes}, Setting{4, 1, slow_rounds}, Setting{5, 2, slow_bytes}})
    for (const auto& result : on_shamir<F7>(setting, there_and_back(values))) REQUIRE(result == reference(values));
}

namespace {

/// The bits of all values below 2^bits, masked by all sums of `terms` numbers below the field's order.
template <Field F>
void check_short_bits(std::size_t terms, std::size_t bits, std::size_t width) {
  CAPTURE(F::name, terms, bits);
  const std::uint64_t masks = terms * (F::modulus - 1) + 1;
  Numbers values;
  for (std::uint64_t value = 0; value >> bits == 0; ++value) values.insert(values.end(), masks, value);
  const auto networks = LocalNetwork::create(1);
  Masked<F> engine(*networks.front());
  engine.terms = terms;
  engine.masks = numbers_below(masks);
  const auto found = to_bits(engine, constant(engine, elements<F>(values)), {.bits = bits});
  REQUIRE(found.width() == bits);
  REQUIRE(open(engine, found) == values);
  REQUIRE(engine.widths == std::vector{width});
}

}  // namespace

TEST_CASE("short values have their bits with all masks of tiny fields") {
  check_short_bits<SmallPrime<31>>(1, 1, 2);
  check_short_bits<SmallPrime<31>>(1, 3, 4);
  check_short_bits<SmallPrime<31>>(2, 2, 4);
  check_short_bits<SmallPrime<31>>(3, 2, 4);
  check_short_bits<SmallPrime<31>>(4, 1, 4);
  check_short_bits<SmallPrime<127>>(1, 5, 6);
  check_short_bits<SmallPrime<127>>(7, 3, 6);
  check_short_bits<SmallPrime<127>>(8, 2, 6);
}

TEST_CASE("short values have their bits on all engines, in both forms of the circuits") {
  const std::array<Setting, 5> settings = {
      {{3, 1, slow_rounds}, {3, 1, slow_bytes}, {5, 2, slow_rounds}, {4, 1, slow_bytes}, {7, 3}}};
  for (const std::size_t bits : {1U, 2U, 32U, 58U, 59U}) {
    const std::uint64_t most = (std::uint64_t{1} << bits) - 1;
    Numbers values = random_numbers(20, most);
    values.insert(values.end(), {0, 1, most / 2, most / 2 + 1, most - 1, most});
    check_on_engines<F61>(
        settings, [&](auto& engine) { return open(engine, to_bits(engine, shared(engine, values), {.bits = bits})); },
        values);
  }
}

TEST_CASE("more bits than the field can compare are not split") {
  check_refused<F61>(ErrorCode::invalid_argument,
                     [](auto& engine) { to_bits(engine, constant(engine, F61(1)), {.bits = 60}); });
}

TEST_CASE("elements of more than 64 bits have their bits too") {
  using F = Mersenne127;
  std::vector<F> values;
  for (const uint128 value : {uint128{0}, uint128{1}, F::modulus - 1, static_cast<uint128>(1) << 126,
                              (static_cast<uint128>(1) << 64) + 5, (static_cast<uint128>(1) << 64) - 1})
    values.push_back(F::from_integer(value));
  for (const Setting setting : {Setting{3, 1}, Setting{4, 1}})
    for (const auto& result : on_shamir<F>(setting, there_and_back(values))) REQUIRE(result == reference(values));
}

TEST_CASE("numbers given by more bits than the field has are taken modulo its order") {
  const Numbers values = {0, F61::modulus, F61::modulus + 1, ~std::uint64_t{0}};
  check_on_engines<F61>(
      std::span(few_parties).first(2),
      [&](auto& engine) {
        return opened(engine, from_bits(engine, input_bits(engine, 0, PublicBits::from_integers(values, 64))));
      },
      Numbers{0, 0, 1, 7});
}

TEST_CASE("numbers without bits are zero, and no numbers are none") {
  check_on_engines<F61>(
      std::span(few_parties).first(2),
      [](auto& engine) {
        const auto zeros = opened(engine, from_bits(engine, constant_bits(engine, PublicBits(0, 3))));
        const auto none = opened(engine, from_bits(engine, to_bits(engine, shared(engine, {}))));
        return std::pair{zeros, none};
      },
      std::pair{Numbers{0, 0, 0}, Numbers{}});
}

TEST_CASE("numbers given by their bits are compared as unsigned integers, for every pair of few bits") {
  for (std::size_t width = 1; width <= 5; ++width) {
    Numbers values;
    for (std::uint64_t value = 0; value >> width == 0; ++value) values.push_back(value);
    check_on_engines<F61>(
        std::array{Setting{3, 1, slow_rounds}, Setting{3, 1, slow_bytes}, Setting{4, 1, slow_bytes}},
        [&](auto& engine) {
          const auto [x, y] = all_pairs(engine, values, width);
          return std::pair{open(engine, less_than(engine, x, y)), open(engine, equal(engine, x, y))};
        },
        std::pair{outcomes(values, is_less), outcomes(values, is_equal)});
  }
}

TEST_CASE("numbers given by their bits are compared as unsigned integers, up to 64 bits") {
  for (const std::size_t width : {6u, 7u, 8u, 33u, 61u, 64u}) {
    const std::uint64_t most = ~std::uint64_t{0} >> (64 - width);
    const Numbers values = {0, 1, most / 2, most / 2 + 1, most - 1, most};
    check_on_engines<F61>(
        width == 64 ? std::span(all_settings) : std::span(all_settings).first(2),
        [&](auto& engine) {
          const auto [x, y] = all_pairs(engine, values, width);
          return std::pair{open(engine, less_than(engine, x, y)), open(engine, equal(engine, x, y))};
        },
        std::pair{outcomes(values, is_less), outcomes(values, is_equal)});
  }
}

TEST_CASE("numbers of different shapes or without bits are not compared") {
  const auto refused = [](std::size_t width, std::size_t size, std::size_t other_width, std::size_t other_size) {
    check_refused<F61>(ErrorCode::invalid_argument, [&](auto& engine) {
      less_than(engine, constant_bits(engine, PublicBits(width, size)),
                constant_bits(engine, PublicBits(other_width, other_size)));
    });
    check_refused<F61>(ErrorCode::invalid_argument, [&](auto& engine) {
      equal(engine, constant_bits(engine, PublicBits(width, size)),
            constant_bits(engine, PublicBits(other_width, other_size)));
    });
  };
  refused(3, 5, 4, 5);
  refused(3, 5, 3, 6);
  refused(0, 5, 0, 5);
}

TEST_CASE("bits and their comparisons cost what they say") {
  for (const Setting& setting : priced_settings)
    for (const std::size_t size : priced_sizes) {
      CAPTURE(size);
      for (const std::size_t bits : {0u, 2u, 32u, 59u}) {
        CAPTURE(bits);
        check_price(
            setting,
            [&](auto& engine) {
              const auto x = shared(engine, Numbers(size, 3));
              return cost_of(engine, [&] { to_bits(engine, x, {.bits = bits}); });
            },
            [&](const FunctionPrices& prices) { return prices.to_bits(size, bits); });
      }
      for (const std::size_t width : {1u, 6u, 13u}) {
        CAPTURE(width);
        const auto priced = [&](const auto& function) {
          return [&](auto& engine) {
            const auto x = constant_bits(engine, PublicBits(width, size));
            return cost_of(engine, [&] { function(engine, x); });
          };
        };
        check_price(setting, priced([](auto& engine, const auto& x) { from_bits(engine, x); }),
                    [&](const FunctionPrices& prices) { return prices.from_bits(width, size); });
        check_price(setting, priced([](auto& engine, const auto& x) { less_than(engine, x, x); }),
                    [&](const FunctionPrices& prices) { return prices.less_than_of_bits(width, size); });
        check_price(setting, priced([](auto& engine, const auto& x) { equal(engine, x, x); }),
                    [&](const FunctionPrices& prices) { return prices.equal_of_bits(width, size); });
      }
    }
}
