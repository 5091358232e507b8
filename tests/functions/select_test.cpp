// SPDX-License-Identifier: Apache-2.0
// Choices by a secret condition.
#include "parley/functions/select.hpp"

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
  }
}
