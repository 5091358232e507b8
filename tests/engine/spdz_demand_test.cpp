// SPDX-License-Identifier: Apache-2.0
// A dry run counts what a program takes, of every kind, and a store of as much is used up to the end.
#include "parley/engine/spdz_demand.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/engine/trusted_dealer.hpp"
#include "parley/field/mersenne61.hpp"
#include "refusal.hpp"

namespace {

using namespace parley;
using namespace parley::test;
using F = Mersenne61;

/// Something of every kind.
constexpr auto program = [](auto& engine) {
  const auto x = input(engine, 1, std::vector<F>(3, F(4)), 3);                              // 3 masks
  auto columns = std::vector{dot(engine, x, x, 1) + random(engine, 3)};                     // 3 triples
  engine.shuffle(columns);                                                                  // 3 triples
  const auto bits = input_bits(engine, 0, PublicBits(2, 70)) ^ random_bits(engine, 2, 70);  // 2 * 2 words each
  const auto both = and_(engine, bits.bits(0, 1), bits.bits(1, 1));                         // 2 words
  edabits(engine, 65);                                                                      // 2 words
  to_field(engine, both);                                                                   // 2 words
  open_to(engine, 2, columns[0]);                                                           // 3 masks, 2 checks
  return open(engine, x);                                                                   // 1 check
};

Correlations expected() {
  return {.triples = 6,
          .random_values = 3,
          .input_masks = {0, 3, 3},
          .bit_triples = 2,
          .random_bits = 4,
          .input_bit_masks = {4, 0, 0},
          .edabits = 2,
          .dabits = 2,
          .shuffles = {{3, 1}},
          .checks = 3};
}

}  // namespace

TEST_CASE("a dry run counts what a program takes, exactly") {
  CHECK(demand<F>(3, program) == expected());
  const auto run = [](const Correlations& counts) {
    auto stores = TrustedDealer<F, TestRandom>(TestRandom(4)).deal(counts, 3);
    return simulate(3, [&](Network& network) {
      auto engine = spdz<F>(network, std::move(stores[network.self()]));
      return code_of([&] { program(engine); });
    });
  };
  const std::vector<std::optional<ErrorCode>> well(3, std::nullopt), dry(3, ErrorCode::invalid_state);
  CHECK(run(expected()) == well);
  for (auto Correlations::*kind :
       {&Correlations::triples, &Correlations::random_values, &Correlations::bit_triples, &Correlations::random_bits,
        &Correlations::edabits, &Correlations::dabits, &Correlations::checks}) {
    Correlations less = expected();
    --(less.*kind);
    CHECK(run(less) == dry);
  }
}

TEST_CASE("counts of preprocessing are added and multiplied") {
  const Correlations sum = expected() + Correlations{.triples = 1, .input_masks = {1}, .shuffles = {{3, 1}, {8, 2}}};
  CHECK(sum.triples == 7);
  CHECK(sum.input_masks == std::vector<std::size_t>{1, 3, 3});
  CHECK(sum.shuffles == std::map<std::size_t, std::size_t>{{3, 2}, {8, 2}});
  CHECK(sum.checks == 3);
  CHECK(2 * expected() == expected() + expected());
}
