// SPDX-License-Identifier: Apache-2.0
// Sums of shared values.
#include "parley/functions/sum.hpp"

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include "catch.hpp"
#include "functions/on_engines.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/shamir_active.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/net/network.hpp"

using namespace parley;
using namespace parley::test;

TEST_CASE("sums agree on all engines, for no value, for one and for many") {
  const std::vector<Numbers> vectors = {
      {}, {5}, {0, 0}, {F61::modulus - 1, 1}, Numbers(40, greatest), random_numbers(300, F61::modulus)};
  Numbers sums;
  for (const Numbers& vector : vectors) {
    F61 total;
    for (const std::uint64_t value : vector) total += F61(value);
    sums.push_back(total.to_integer());
  }
  check_on_engines<F61>(
      all_settings,
      [&](auto& engine) {
        Numbers found;
        for (const Numbers& vector : vectors) {
          const auto total = sum(engine, shared(engine, vector));
          found.push_back(total.size() == 1 ? opened(engine, total).front() : ~std::uint64_t{0});
        }
        return found;
      },
      sums);
}

TEST_CASE("the sum of what every party has is the same at every party") {
  check_on_engines<Mersenne127>(
      all_settings,
      [](auto& engine) {
        return open(engine, sum(engine, input_all(engine, Mersenne127(~std::uint64_t{0} - engine.self()))));
      },
      [](std::size_t parties) {
        Mersenne127 total;
        for (std::size_t party = 0; party < parties; ++party) total += Mersenne127(~std::uint64_t{0} - party);
        return std::vector{total};
      });
}

TEST_CASE("a sum costs nothing") {
  for (const Setting setting : few_parties) {
    const auto costs = on_shamir<F61>(setting, [](auto& engine) {
      const auto x = shared(engine, Numbers(100, 1));
      const Cost before = engine.cost();
      sum(engine, x);
      return engine.cost() - before;
    });
    for (const Cost& cost : costs) CHECK(cost == Cost{});
  }
}

TEST_CASE("sums need no bits of an engine: they run on the active one") {
  const auto ends = simulate(3, [](Network& network) {
    auto engine = shamir_active<F61>(network, {}, TestRandom(network.self()));
    const std::vector<F61> mine(4, F61(network.self() + 1));
    return open(engine, sum(engine, input_all(engine, mine)));
  });
  for (const auto& values : ends) CHECK(values == std::vector<F61>{F61(24)});
}
