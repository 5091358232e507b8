// SPDX-License-Identifier: Apache-2.0
// The clear engine is an engine.
#include "parley/engine/clear.hpp"

#include <cstddef>
#include <vector>

#include "catch.hpp"
#include "engine/engine_conformance.hpp"
#include "engine/prices.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"

namespace {

using namespace parley;
using namespace parley::test;

template <class F>
void check_clear(std::size_t n, const std::vector<std::size_t>& sizes) {
  check_engine(
      n, [](Network& network) { return clear<F>(network); },
      [n](std::size_t self) {
        return ClearPrices<F>{n, self};
      },
      sizes);
}

static_assert(ComparingEngine<ClearEngine<Mersenne61>> && ComparingEngine<ClearEngine<SmallPrime<31>>>);

}  // namespace

TEST_CASE("the clear engine computes") {
  for (const std::size_t n : {1U, 2U, 3U, 5U}) check_clear<Mersenne61>(n, {0, 1, 63, 64, 65, 1000});
  check_clear<SmallPrime<31>>(16, {0, 1, 63, 64, 65});
}

TEST_CASE("rows are permuted in one order in all columns, the same at all parties") {
  using F = Mersenne61;
  const auto ends = simulate(3, [](Network& network) {
    auto engine = clear<F>(network);
    std::vector<SharedOf<decltype(engine)>> columns(2);
    for (std::size_t c = 0; c < 2; ++c) {
      std::vector<F> values;
      for (std::size_t r = 0; r < 20; ++r) values.push_back(F(100 * c + r));
      columns[c] = constant(engine, std::span<const F>(values));
    }
    engine.shuffle(columns);
    return std::pair(open(engine, columns[0]), open(engine, columns[1]));
  });
  std::vector<F> sorted, rows = ends[0].first;
  for (std::size_t r = 0; r < 20; ++r) {
    sorted.push_back(F(r));
    CHECK(ends[0].second[r] == rows[r] + F(100));
  }
  CHECK(rows != sorted);
  CHECK(std::ranges::is_permutation(rows, sorted));
  for (const auto& end : ends) CHECK(end == ends[0]);
}
