// SPDX-License-Identifier: Apache-2.0
// Choices by a secret condition, and the least and greatest values with their positions.
#include "parley/functions/select.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "functions/on_engines.hpp"
#include "functions/prices.hpp"

namespace {

using namespace parley;
using namespace parley::test;

/// Value and position of the minimum, then of the maximum.
Numbers extremes_of(const Numbers& x) {
  const auto least = std::ranges::min_element(x), most = std::ranges::max_element(x);  // the first of equal ones
  return {*least, static_cast<std::uint64_t>(least - x.begin()), *most, static_cast<std::uint64_t>(most - x.begin())};
}

auto extremes_program(const std::vector<Numbers>& vectors) {
  return [&vectors](auto& engine) {
    std::vector<Numbers> found;
    for (const Numbers& vector : vectors) {
      const auto x = shared(engine, vector);
      const auto least = minimum(engine, x), most = maximum(engine, x);
      found.push_back(opened(engine, concat(least.value, least.position, most.value, most.position)));
    }
    return found;
  };
}

std::vector<Numbers> extremes_reference(const std::vector<Numbers>& vectors) {
  std::vector<Numbers> right;
  for (const Numbers& vector : vectors) right.push_back(extremes_of(vector));
  return right;
}

}  // namespace

TEST_CASE("select takes the first where the condition is one and the second where it is zero") {
  const Numbers conditions = {1, 0, 0, 1, 1, 0}, x = {0, 1, greatest, F61::modulus - 1, 5, 5},
                y = {greatest, F61::modulus - 1, 0, 1, 5, 6}, right = {0, F61::modulus - 1, 0, F61::modulus - 1, 5, 6};
  check_on_engines<F61>(
      all_settings,
      [&](auto& engine) {
        const auto a = shared(engine, x, 0), b = shared(engine, y, 1);
        const auto bits = input_bits(engine, 2, PublicBits::from_integers(conditions, 1));
        return std::pair{opened(engine, select(engine, shared(engine, conditions), a, b)),
                         opened(engine, select(engine, bits, a, b))};
      },
      std::pair{right, right});
}

TEST_CASE("one condition chooses between whole vectors of any length") {
  const auto program = [](auto& engine) {
    std::vector<Numbers> found;
    for (const std::size_t size : {0u, 1u, 2u, 5u})
      for (const std::uint64_t condition : {0u, 1u}) {
        const auto x = shared(engine, Numbers(size, 3)), y = shared(engine, Numbers(size, greatest));
        const auto bit = input_bits(engine, 1, PublicBits::from_integers(std::span(&condition, 1), 1));
        found.push_back(opened(engine, select(engine, shared(engine, {condition}), x, y)));
        found.push_back(opened(engine, select(engine, bit, x, y)));
      }
    return found;
  };
  std::vector<Numbers> right;
  for (const std::size_t size : {0u, 1u, 2u, 5u})
    for (const std::uint64_t chosen : {greatest, std::uint64_t{3}}) right.insert(right.end(), 2, Numbers(size, chosen));
  check_on_engines<F61>(few_parties, program, right);
}

TEST_CASE("select refuses vectors of different lengths, and conditions of several bits") {
  const auto refused = [](std::size_t conditions, std::size_t x, std::size_t y) {
    check_refused<F61>(ErrorCode::invalid_argument, [&](auto& engine) {
      const auto vector = [&](std::size_t size) { return constant(engine, std::vector<F61>(size, F61(1))); };
      select(engine, vector(conditions), vector(x), vector(y));
    });
    check_refused<F61>(ErrorCode::invalid_argument, [&](auto& engine) {
      const auto vector = [&](std::size_t size) { return constant(engine, std::vector<F61>(size, F61(1))); };
      select(engine, constant_bits(engine, PublicBits(1, conditions)), vector(x), vector(y));
    });
  };
  refused(2, 2, 3);
  refused(1, 2, 3);
  refused(2, 3, 3);
  refused(0, 1, 1);
  check_refused<F61>(ErrorCode::invalid_argument, [](auto& engine) {
    const auto x = constant(engine, F61(1));
    select(engine, constant_bits(engine, PublicBits(2, 1)), x, x);
  });
  check_refused<F61>(ErrorCode::invalid_argument, [](auto& engine) {
    const auto x = constant(engine, F61(1));
    select(engine, constant_bits(engine, PublicBits(0, 1)), x, x);
  });
}

TEST_CASE(
    "minimum and maximum find the first of the least and of the greatest, for all vectors of four small numbers") {
  std::vector<Numbers> vectors;
  for (std::uint64_t code = 0; code < 81; ++code) vectors.push_back({code / 27, code / 9 % 3, code / 3 % 3, code % 3});
  check_on_engines<F61>(std::span(few_parties).first(1), extremes_program(vectors), extremes_reference(vectors));
}

TEST_CASE("minimum and maximum agree on all engines, on random and extreme vectors") {
  std::vector<Numbers> vectors;
  for (const std::size_t size : {1u, 2u, 3u, 5u, 6u, 7u, 9u, 20u})
    for (const Numbers& vector : extreme_vectors(size)) vectors.push_back(vector);
  check_on_engines<F61>(std::span(few_parties).first(2), extremes_program(vectors), extremes_reference(vectors));
  const std::vector<Numbers> of_five = extreme_vectors(5);
  check_on_engines<F61>(few_parties, extremes_program(of_five), extremes_reference(of_five));
  const std::vector<Numbers> few = {{greatest}, {greatest, 0, greatest}};
  check_on_engines<F61>(std::span(&sixteen_parties, 1), extremes_program(few), extremes_reference(few));
}

TEST_CASE("an empty vector has no minimum and no maximum") {
  check_refused<F61>(ErrorCode::invalid_argument,
                     [](auto& engine) { minimum(engine, constant(engine, std::vector<F61>{})); });
  check_refused<F61>(ErrorCode::invalid_argument,
                     [](auto& engine) { maximum(engine, constant(engine, std::vector<F61>{})); });
}

TEST_CASE("choices cost what they say") {
  for (const Setting& setting : priced_settings) {
    for (const std::size_t size : priced_sizes) {
      CAPTURE(size);
      const auto priced = [&](std::size_t conditions, const auto& function) {
        return [size, conditions, function](auto& engine) {
          const auto x = shared(engine, Numbers(size, 3)), condition = shared(engine, Numbers(conditions, 1));
          const auto bits = constant_bits(engine, PublicBits(1, conditions));
          return cost_of(engine, [&] { function(engine, condition, bits, x); });
        };
      };
      const auto by_number = [](auto& engine, const auto& condition, const auto&, const auto& x) {
        select(engine, condition, x, x);
      };
      const auto by_bit = [](auto& engine, const auto&, const auto& bits, const auto& x) {
        select(engine, bits, x, x);
      };
      const auto product = [&](const FunctionPrices& prices) { return prices.mul(size); };
      check_price(setting, priced(size, by_number), product);
      check_price(setting, priced(1, by_number), product);
      check_price(setting, priced(size, by_bit),
                  [&](const FunctionPrices& prices) { return prices.to_field(size) + prices.mul(size); });
    }
    for (const std::size_t size : {1u, 7u, 24u}) {
      CAPTURE(size);
      for (const std::size_t bits : {0U, 20U}) {
        const auto priced = [&](const auto& function) {
          return [&](auto& engine) {
            const auto x = shared(engine, Numbers(size, 3));
            return cost_of(engine, [&] { function(engine, x, OrderOptions{.bits = bits}); });
          };
        };
        const auto documented = [&](const FunctionPrices& prices) {
          const Price level = prices.less_than(1, bits) + prices.to_field(1) + prices.mul(1);
          if (prices.n == 3 || !prices.bytes_alone_count)  // products of one round, whatever their number
            REQUIRE(prices.extremum(size, bits).rounds == ceil_log2(size) * level.rounds);
          return prices.extremum(size, bits);
        };
        check_price(setting, priced([](auto& e, const auto& x, const auto& o) { minimum(e, x, o); }), documented);
        check_price(setting, priced([](auto& e, const auto& x, const auto& o) { maximum(e, x, o); }), documented);
      }
    }
  }
}
