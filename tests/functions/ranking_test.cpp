// SPDX-License-Identifier: Apache-2.0
// Ranking after a shuffle: the ranks are right, and what is opened on the way depends on the shuffle alone.
#include "parley/functions/ranking.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/statistics.hpp"
#include "functions/observed.hpp"
#include "functions/on_engines.hpp"
#include "parley/core/permutation.hpp"
#include "parley/field/small_prime.hpp"

namespace {

using namespace parley;
using namespace parley::test;

using Positions = std::vector<std::size_t>;

/// What a search for `ranks` compares and opens, and the rows that it finds.
struct Run {
  std::vector<std::size_t> compared;
  std::vector<Numbers> outcomes;
  Positions found;
  friend bool operator==(const Run&, const Run&) = default;

  std::size_t comparisons() const { return std::accumulate(compared.begin(), compared.end(), std::size_t{0}); }
};

/// Values whose rows a shuffle brings into `order`, searched for `ranks` in the clear.
Run search(Network& network, const Numbers& values, const Positions& order, const Positions& ranks, std::size_t bits) {
  const auto any = any_clear<F61>(network);
  auto& engine = *any;
  Observations& observed = engine.observations();
  observed.order = order;
  detail::ShuffledRows<AnyEngine<F61>> rows(engine, {constant(engine, elements<F61>(values))}, {.bits = bits});
  Positions found = detail::RankSearch<AnyEngine<F61>>(rows, ranks).run();
  return {std::move(observed.compared), std::move(observed.outcomes), std::move(found)};
}

/// The rank of each row where equal values are told apart by their positions.
Positions ranks_of(const Numbers& values) {
  Positions rows = numbers_below<std::size_t>(values.size()), ranks(values.size());
  std::ranges::stable_sort(rows, {}, [&](std::size_t row) { return values[row]; });
  for (std::size_t rank = 0; rank < rows.size(); ++rank) ranks[rows[rank]] = rank;
  return ranks;
}

Positions random_order(TestRandom& random, std::size_t size) {
  const auto order = random_permutation_vartime(random, size);
  return Positions(order.begin(), order.end());
}

/// Runs `body(network)` where nobody else is.
template <class Body>
void alone(const Body& body) {
  run_parties(1, body);
}

/// Requires that a search on `values` in this order is, to whoever sees the outcomes, the search on the distinct values
/// 0, 1, 2, ... in the order in which the ranks of `values` are.
void check_depends_on_order_only(Network& network, const Numbers& values, const Positions& order,
                                 const Positions& ranks, std::size_t bits) {
  const Positions rank = ranks_of(values);
  Numbers distinct = numbers_below(values.size());
  Positions arranged;
  for (const std::size_t row : order) arranged.push_back(rank[row]);
  const Run run = search(network, values, order, ranks, bits);
  REQUIRE(run == search(network, distinct, arranged, ranks, bits));
  for (std::size_t i = 0; i < ranks.size(); ++i) REQUIRE(arranged[run.found[i]] == ranks[i]);
}

constexpr std::size_t narrow = 20, wide = 59;

}  // namespace

TEST_CASE(
    "the ranks found are right, and the outcomes follow from the shuffle alone, for all inputs and shuffles of few") {
  alone([](Network& network) {
    for (std::size_t size = 1; size <= 4; ++size) {
      std::size_t inputs = 1;
      for (std::size_t i = 0; i < size; ++i) inputs *= size;
      Positions order = numbers_below<std::size_t>(size);
      do {
        for (std::size_t input = 0; input < inputs; ++input) {
          Numbers values;
          for (std::size_t i = 0, rest = input; i < size; ++i, rest /= size) values.push_back(rest % size);
          for (const std::size_t bits : {narrow, wide}) {
            check_depends_on_order_only(network, values, order, {(size - 1) / 2}, bits);
            check_depends_on_order_only(network, values, order, numbers_below<std::size_t>(size), bits);
          }
        }
      } while (std::ranges::next_permutation(order).found);
    }
  });
}

TEST_CASE("the ranks found are right, and the outcomes follow from the shuffle alone, for many rows") {
  alone([](Network& network) {
    TestRandom random(100);
    for (const std::size_t size : {9u, 65u, 100u, 300u, 2000u}) {
      for (const Numbers& values : extreme_vectors(size, (std::uint64_t{1} << narrow) - 1)) {
        const Positions order = random_order(random, size);
        for (const std::size_t bits : {narrow, wide}) {
          check_depends_on_order_only(network, values, order, {(size - 1) / 2}, bits);
          check_depends_on_order_only(network, values, order, {0, 1, size / 3, size - 1}, bits);
          if (size <= 300) check_depends_on_order_only(network, values, order, numbers_below<std::size_t>(size), bits);
        }
      }
      // an unlucky shuffle, which every sample misleads
      check_depends_on_order_only(network, Numbers(size, 7), numbers_below<std::size_t>(size), {(size - 1) / 2},
                                  narrow);
    }
  });
}

TEST_CASE("every set of ranks is found") {
  alone([](Network& network) {
    TestRandom random(100);
    for (std::size_t set = 0; set < 64; ++set) {
      Positions ranks;
      for (std::size_t rank = 0; rank < 6; ++rank)
        if ((set >> rank & 1) != 0) ranks.push_back(rank);
      check_depends_on_order_only(network, {5, 3, 3, 9, 0, 3}, random_order(random, 6), ranks, narrow);
    }
    for (std::size_t rank = 0; rank < 100; ++rank)
      check_depends_on_order_only(network, random_numbers(100, 30), random_order(random, 100), {rank}, narrow);
  });
}

TEST_CASE("no rank and no row need no comparison") {
  alone([](Network& network) {
    CHECK(search(network, {3, 1, 2}, {2, 0, 1}, {}, narrow) == Run{});
    CHECK(search(network, {}, {}, {}, narrow) == Run{});
    CHECK(search(network, {5}, {0}, {0}, narrow) == Run{{}, {}, {0}});
  });
}

TEST_CASE("values and indices are compared as one number where they fit below 2^60, else as two") {
  alone([](Network& network) {
    for (const std::size_t rows : {2u, 3u, 4u, 5u, 8u, 9u, 64u}) {
      const auto index_bits = static_cast<std::size_t>(std::bit_width(rows - 1));
      const std::size_t pairs = rows * (rows - 1) / 2;
      for (const std::size_t bits : {index_bits, 60 - index_bits, std::min<std::size_t>(59, 61 - index_bits)}) {
        Numbers values(rows, (std::uint64_t{1} << bits) - 1);
        values[0] = values[rows / 2] = 0;
        CAPTURE(rows, bits);
        check_depends_on_order_only(network, values, numbers_below<std::size_t>(rows), numbers_below<std::size_t>(rows),
                                    bits);
        CHECK(search(network, values, numbers_below<std::size_t>(rows), numbers_below<std::size_t>(rows), bits)
                  .comparisons() == (bits + index_bits <= 60 ? pairs : 2 * pairs));
      }
    }
  });
}

TEST_CASE("values that are longer than the options say, so that comparisons go round in a circle, end in an error") {
  alone([](Network& network) {
    // with an index of 2 bits the keys are 0, 13, 26, and their differences are seen modulo 32: each comes before the next
    const Numbers circle = {0, 3, 6};
    CHECK(code_of([&] { search(network, circle, {0, 1, 2}, {0, 1, 2}, 2); }) == ErrorCode::out_of_range);
  });
}

TEST_CASE("the outcomes are uniform, and alike for distinct, tied and sorted values, among the parties themselves") {
  // Errs with probability 1e-9 for each of these comparisons.
  for (const auto& [setting, runs] : {std::pair{Setting{3, 1}, 500}, {Setting{5, 2}, 100}})
    for (const std::size_t bits : {narrow, wide}) {
      std::vector<std::vector<std::size_t>> histograms;
      for (const Numbers& values : {Numbers{30, 10, 20}, Numbers{7, 7, 7}, Numbers{1, 2, 3}, Numbers{5, 6, 5}}) {
        const auto seen = on_shamir<F61>(
            setting,
            [&, &runs = runs](auto& engine) {
              const auto x = shared(engine, values);
              for (int run = 0; run < runs; ++run) {
                detail::ShuffledRows<AnyEngine<F61>> rows(engine, {x}, {.bits = bits});
                detail::RankSearch<AnyEngine<F61>>(rows, {1}).run();
              }
              return engine.observations().outcomes;
            },
            histograms.size());
        std::map<Numbers, std::size_t> counts;
        for (const Numbers& outcome : seen.front()) ++counts[outcome];
        CHECK(counts.size() == 6);  // of the 8 outcomes of three comparisons
        std::vector<std::size_t>& histogram = histograms.emplace_back(8);
        for (const auto& [outcome, count] : counts)
          histogram[outcome.at(0) + 2 * outcome.at(1) + 4 * outcome.at(2)] = count;
        CHECK(look_alike(histograms.front(), histogram));
        std::vector<std::size_t> possible;
        std::ranges::copy_if(histogram, std::back_inserter(possible), [](std::size_t count) { return count != 0; });
        CHECK(looks_uniform(possible));
      }
    }
}

TEST_CASE("a selection takes few comparisons and phases, and a sort not many more") {
  alone([](Network& network) {
    TestRandom random(100);
    for (int run = 0; run < 5; ++run) {
      const Numbers values = random_numbers(1000, std::uint64_t{1} << narrow);
      const Run median = search(network, values, random_order(random, 1000), {499}, narrow);
      CHECK(median.comparisons() <= 11'000);
      CHECK(median.compared.size() <= 13);
      CHECK(median.outcomes.size() == median.compared.size());
      const Run sorted = search(network, values, random_order(random, 1000), numbers_below<std::size_t>(1000), narrow);
      CHECK(sorted.comparisons() <= 13'000);
      CHECK(sorted.compared.size() <= 27);
      CHECK(search(network, values, random_order(random, 1000), {499}, wide).comparisons() <= 22'000);
    }
    const Numbers many = random_numbers(100'000, std::uint64_t{1} << narrow);
    const Run median = search(network, many, random_order(random, many.size()), {many.size() / 2}, narrow);
    CHECK(median.comparisons() <= 280'000);
    CHECK(median.compared.size() <= 16);
  });
}

TEST_CASE("values too wide to be compared, and rows too many to be numbered, are refused") {
  check_refused<F61>(ErrorCode::invalid_argument, [](auto& engine) {
    detail::ShuffledRows<std::remove_cvref_t<decltype(engine)>>(engine, {constant(engine, elements<F61>({1, 2}))},
                                                                {.bits = 60});
  });
  using F31 = SmallPrime<31>;  // three bits: eight rows
  const auto rank = [](auto& engine, std::size_t rows, std::size_t bits) {
    detail::ShuffledRows<std::remove_cvref_t<decltype(engine)>> shuffled(
        engine, {constant(engine, std::vector<F31>(rows, F31(7)))}, {.bits = bits});
    return detail::RankSearch<std::remove_cvref_t<decltype(engine)>>(shuffled, {rows - 1}).run().size();
  };
  for (const std::size_t found : on_clear<F31>(1, [&](auto& engine) { return rank(engine, 8, 3); })) CHECK(found == 1);
  const auto refusal = [&](std::size_t rows, std::size_t bits) {
    return on_clear<F31>(1, [&](auto& engine) { return code_of([&] { rank(engine, rows, bits); }); }).front();
  };
  CHECK(refusal(9, 3) == ErrorCode::invalid_argument);
  CHECK(refusal(8, 4) == ErrorCode::invalid_argument);
}
