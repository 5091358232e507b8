// SPDX-License-Identifier: Apache-2.0
// Preprocessing: with a store an engine gives the same results at the online part of the costs, for all numbers of
// parties; nothing is used twice; what a program draws is known before it runs.
#include "parley/engine/preparation.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/engine_conformance.hpp"
#include "engine/parties.hpp"
#include "engine/prices.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/shamir_passive.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/functions/compare.hpp"
#include "parley/functions/median.hpp"
#include "parley/functions/select.hpp"

namespace {

using namespace parley;
using namespace parley::test;
using F = Mersenne61;
using TestEngine = ShamirPassiveEngine<F, TestRandom>;

static_assert(PreparingEngine<TestEngine> && !PreparingEngine<ClearEngine<F>>);
static_assert(ComparingEngine<detail::CountingEngine<TestEngine>>);

struct Setting {
  std::size_t n, t;
};
const std::vector<Setting> settings = {{3, 1}, {4, 1}, {5, 1}, {5, 2}, {7, 3}};

/// What is left of the costs where the store suffices.
struct OnlinePrices : ShamirPrices<F> {
  Price random(std::size_t) const { return {}; }
  Price edabits(std::size_t) const { return {}; }  // whole ones and, from their lowest bits, short ones
  Price dabits(std::size_t) const { return {}; }
  Price to_field(std::size_t bits) const { return n == 3 ? ShamirPrices<F>::to_field(bits) : open_bits(bits); }
  Price split(std::size_t count, std::size_t width = F::modulus_bits) const {
    return n == 3 ? ShamirPrices<F>::split(count, width) : open(count);
  }
};

/// program(engine) at each party.
template <class Program>
auto at_parties(const Setting& setting, const Program& program) {
  return simulate(setting.n, [&](Network& network) {
    auto engine =
        shamir_passive<F>(network, {.privacy_threshold = setting.t, .link = slow_rounds}, random_of(network.self(), 3));
    return program(engine);
  });
}

void check(const Cost& cost, const Price& price) {
  CHECK(cost.rounds == price.rounds);
  CHECK(cost.bytes_sent == price.bytes_sent);
}
Price sum(const std::vector<Price>& prices) {
  Price total;
  for (const Price& price : prices) total = {total.rounds + price.rounds, total.bytes_sent + price.bytes_sent};
  return total;
}

/// The smaller of two numbers each, and its double where a random bit says so.
struct SmallerNumbers {
  std::size_t count = 0;
  template <class E>
  std::vector<std::uint64_t> operator()(E& engine) const {
    TestRandom random_numbers(9 + engine.self());
    std::vector<F> mine;
    for (std::size_t k = 0; k < count; ++k) mine.push_back(F(uniform_below(random_numbers, 100)));
    const auto x = input(engine, 0, mine, count), y = input(engine, 1, mine, count);
    const auto smaller = select(engine, less_than(engine, x, y), x, y);
    const auto masked = smaller + random(engine, count);
    static_cast<void>(open(engine, masked));
    std::vector<std::uint64_t> numbers;
    for (const F& value : open(engine, smaller)) numbers.push_back(value.to_integer());
    return numbers;
  }
};

}  // namespace

TEST_CASE("an engine with a store is an engine, whose costs are the online part of one without") {
  for (const Setting& setting : settings) {
    check_engine(
        setting.n,
        [&](Network& network) {
          struct Prepared : TestEngine {
            Prepared(Network& net, const ShamirOptions& options) : TestEngine(net, options, random_of(net.self(), 1)) {
              TestEngine::prepare({.edabits = 400, .dabits = 2000, .random_values = 1000});
            }
          };
          return Prepared(network, {.privacy_threshold = setting.t, .link = slow_rounds});
        },
        [&](std::size_t self) {
          return OnlinePrices{{setting.n, setting.t, self}};
        },
        {0, 1, 63, 65});
  }
}

TEST_CASE("results are the same with a store that suffices, that runs dry, and without") {
  constexpr std::size_t count = 40;
  for (const Setting& setting : settings) {
    const auto ends = at_parties(setting, [](auto& engine) {
      const SmallerNumbers program{count};
      std::vector<std::vector<std::uint64_t>> results = {program(engine)};
      prepare(engine, program);
      results.push_back(program(engine));
      prepare(engine, {.edabits = 7, .dabits = 13, .random_values = 1});
      results.push_back(program(engine));
      return results;
    });
    std::vector<std::uint64_t> expected;
    TestRandom first(9), second(10);
    for (std::size_t k = 0; k < count; ++k)
      expected.push_back(std::min(uniform_below(first, 100), uniform_below(second, 100)));
    for (const auto& results : ends) CHECK(results == std::vector(3, expected));
  }
}

TEST_CASE("the report separates preparation, shortfall and the rest, each at its price") {
  constexpr std::size_t count = 20, stored = 6;
  for (const Setting& setting : settings) {
    struct End {
      CostReport after_preparation, dry, all;
      Cost engine_made, total;
    };
    const auto ends = at_parties(setting, [](auto& engine) {
      End end;
      end.engine_made = engine.cost();
      prepare(engine, {.edabits = stored, .dabits = stored, .random_values = stored});
      end.after_preparation = engine.cost_report();
      edabits(engine, count);
      dabits(engine, count);
      random(engine, count);
      end.dry = engine.cost_report();
      to_field(engine, random_bits(engine, 1, count));
      engine.split(constant(engine, F{5}), F::modulus_bits);
      end.all = engine.cost_report();
      end.total = engine.cost();
      return end;
    });
    for (std::size_t self = 0; self < setting.n; ++self) {
      const End& end = ends[self];
      const ShamirPrices<F> prices{setting.n, setting.t, self};
      const OnlinePrices online{prices};
      check(end.after_preparation.preparation,
            sum({prices.edabits(stored), prices.dabits(stored), prices.random(stored)}));
      CHECK(end.after_preparation.shortfall == Cost{});
      CHECK(end.after_preparation.online == end.engine_made);
      CHECK(end.after_preparation.left == Preparation{stored, stored, stored});

      constexpr std::size_t missing = count - stored;
      CHECK(end.dry.preparation == end.after_preparation.preparation);
      check(end.dry.shortfall, sum({prices.edabits(missing), prices.dabits(missing), prices.random(missing)}));
      CHECK(end.dry.online == end.engine_made);
      CHECK(end.dry.drawn == Preparation{stored, stored, stored});
      CHECK(end.dry.missing == Preparation{missing, missing, missing});
      CHECK(end.dry.left == Preparation{});

      check(end.all.online - end.engine_made,
            sum({prices.random_bits(count), online.to_field(count), online.split(1)}));
      if (setting.n > 3) {
        check(end.all.shortfall - end.dry.shortfall, sum({prices.dabits(count), prices.edabits(1)}));
        CHECK(end.all.missing == Preparation{missing + 1, missing + count, missing});
      } else {
        CHECK(end.all.shortfall == end.dry.shortfall);
        CHECK(end.all.missing == end.dry.missing);
      }
      CHECK(end.all.preparation + end.all.shortfall + end.all.online == end.total);
    }
  }
}

TEST_CASE("what was drawn once is not drawn again, whatever is drawn in between") {
  // Two of these uniform elements are equal with probability below 2^-45.
  for (const Setting& setting : settings) {
    const auto ends = at_parties(setting, [](auto& engine) {
      prepare(engine, {.edabits = 50, .random_values = 50});
      std::vector<std::uint64_t> values;
      const auto note = [&](const SharedOf<TestEngine>& drawn) {
        for (const F& value : open(engine, drawn)) values.push_back(value.to_integer());
      };
      for (const std::size_t count : {1U, 20U, 3U, 30U, 5U}) {  // runs dry in the fourth
        note(edabits(engine, count).value);
        note(random(engine, count));
        engine.split(constant(engine, F{1}), F::modulus_bits);
        if (count == 3) prepare(engine, {.edabits = 2, .random_values = 2});
      }
      return values;
    });
    auto values = ends[0];
    CHECK(values.size() == 2 * 59);
    for (const auto& end : ends) CHECK(end == ends[0]);
    std::ranges::sort(values);
    CHECK(std::ranges::adjacent_find(values) == values.end());
  }
}

TEST_CASE("a dry run tells what a program draws, without a message, and then nothing is missing or left") {
  constexpr std::size_t count = 33;
  for (const Setting& setting : settings) {
    const auto ends = at_parties(setting, [](auto& engine) {
      const SmallerNumbers program{count};
      const Cost before = engine.cost();
      const Preparation counts = demand(engine, program);
      const bool is_free = engine.cost() == before && engine.cost_report().left == Preparation{};
      const bool prepared_that = prepare(engine, program) == counts;
      program(engine);
      return std::tuple(counts, is_free && prepared_that, engine.cost_report());
    });
    const std::size_t of_conversions = setting.n == 3 ? 0 : count;
    for (const auto& [counts, holds, report] : ends) {
      CHECK(counts == Preparation{of_conversions, of_conversions, count});
      CHECK(holds);
      CHECK(report.drawn == counts);
      CHECK(report.missing == Preparation{});
      CHECK(report.left == Preparation{});
      CHECK(report.shortfall == Cost{});
    }
  }
}

TEST_CASE("a dry run counts direct calls, and what both domains hold at this party's place") {
  const auto ends = at_parties({5, 2}, [](auto& engine) {
    return demand(engine, [](auto& counting) {
      edabits(counting, 2);
      dabits(counting, counting.parties());
      random(counting, counting.privacy_threshold());
      const auto numbers = input_all(counting, F{counting.self()});
      if (open(counting, numbers) == std::vector<F>(5)) random(counting, 100);  // inputs are zero
      to_field(counting, input_bits(counting, 4, PublicBits(3, 4)));
      for (std::size_t party = 0; party < 5; ++party)
        if (open_to(counting, party, numbers).empty() != (party != counting.self())) random(counting, 1);
      if (counting.cost() != Cost{}) random(counting, 1);
    });
  });
  for (const Preparation& counts : ends) CHECK(counts == Preparation{2, 5 + 12, 2 + 100});
}

TEST_CASE("where lengths follow from opened values, the parties agree on an estimate and the result is right") {
  const auto ends = at_parties({5, 2}, [](auto& engine) {
    const F mine(10 * engine.self() + 5);
    const auto program = [&](auto& any) { return open(any, median(any, input_all(any, std::vector<F>(5, mine)))); };
    const Preparation counts = prepare(engine, program);
    const auto result = program(engine);
    return std::tuple(counts, result, engine.cost_report());
  });
  for (const auto& [counts, result, report] : ends) {
    CHECK(counts == std::get<0>(ends[0]));
    CHECK(counts.edabits > 0);
    CHECK(result == std::vector<F>{F(25)});
    CHECK(report.drawn + report.left == counts);
  }
}

TEST_CASE("edaBits are prepared for fields of a Mersenne prime's order only, the rest for any field") {
  const auto ends = simulate(5, [](Network& network) {
    using Small = SmallPrime<11>;
    auto engine = shamir_passive<Small>(network, {}, random_of(network.self(), 1));
    const Cost before = engine.cost();
    bool refused = false;
    try {
      prepare(engine, {.edabits = 1, .dabits = 1});
    } catch (const Error& error) {
      refused = error.code() == ErrorCode::invalid_argument && engine.cost() == before;
    }
    prepare(engine, {.dabits = 6, .random_values = 3});
    const Cost prepared = engine.cost();
    const auto bits = dabits(engine, 6);
    const bool is_free = engine.cost() == prepared;
    const auto opened = open(engine, bits.bits);
    std::vector<Small> elements;
    for (const std::uint64_t bit : opened) elements.push_back(Small(bit));
    return refused && is_free && open(engine, bits.value) == elements && engine.cost_report().left.random_values == 3;
  });
  CHECK(std::ranges::count(ends, true) == 5);
}
