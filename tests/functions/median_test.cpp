// SPDX-License-Identifier: Apache-2.0
// Order statistics of shared values: all inputs of three small numbers, extremes, the documented ranks, and what they
// cost.
#include "parley/functions/median.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "functions/observed.hpp"
#include "functions/on_engines.hpp"
#include "functions/prices.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/small_prime.hpp"

namespace {

using namespace parley;
using namespace parley::test;

std::uint64_t kth_of(Numbers values, std::size_t k) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(k - 1));
  return values[k - 1];
}

/// Median, least, greatest and quartiles of each vector.
auto statistics_program(const std::vector<Numbers>& vectors, std::size_t bits) {
  return [&vectors, bits](auto& engine) {
    std::vector<Numbers> found;
    for (const Numbers& vector : vectors) {
      const auto x = shared(engine, vector);
      Numbers& all = found.emplace_back();
      all = opened(engine,
                   concat(median(engine, x, {.bits = bits}), kth(engine, x, 1, {.bits = bits}),
                          kth(engine, x, vector.size(), {.bits = bits}), quantiles(engine, x, 4, {.bits = bits})));
    }
    return found;
  };
}

std::vector<Numbers> statistics_reference(const std::vector<Numbers>& vectors) {
  std::vector<Numbers> right;
  for (const Numbers& vector : vectors) {
    const std::size_t n = vector.size();
    right.push_back({kth_of(vector, (n + 1) / 2), kth_of(vector, 1), kth_of(vector, n), kth_of(vector, (n + 3) / 4),
                     kth_of(vector, (2 * n + 3) / 4), kth_of(vector, (3 * n + 3) / 4)});
  }
  return right;
}

void check_statistics(std::span<const Setting> settings, const std::vector<Numbers>& vectors, std::size_t bits = 0) {
  check_on_engines<F61>(settings, statistics_program(vectors, bits), statistics_reference(vectors));
}

/// The median of every three numbers of three bits.
template <class E>
Numbers medians_of_three(E& engine) {
  Numbers medians;
  for (std::uint64_t code = 0; code < 512; ++code) {
    const auto x = shared(engine, {code / 64, code / 8 % 8, code % 8});
    medians.push_back(opened(engine, median(engine, x)).front());
  }
  return medians;
}

}  // namespace

TEST_CASE("the median is right for all inputs of three 3-bit numbers") {
  Numbers right;
  for (std::uint64_t code = 0; code < 512; ++code) right.push_back(kth_of({code / 64, code / 8 % 8, code % 8}, 2));
  check_on_engines<F61>(
      std::array<Setting, 2>{{{3, 1}, {4, 1}}}, [](auto& engine) { return medians_of_three(engine); }, right);
}

TEST_CASE("every party's number counts, as many parties as there are") {
  // Of sixteen numbers five are compared, the last one with them.
  const auto chosen = [](std::size_t parties) {
    return parties == 16 ? std::vector<std::size_t>{0, 4, 15, 8, 11} : numbers_below<std::size_t>(parties);
  };
  const auto number = [](std::size_t party) { return std::uint64_t{7 * party % 5}; };
  check_on_engines<F61>(
      all_settings,
      [&](auto& engine) {
        const auto x = input_all(engine, F61(number(engine.self())));
        return opened(engine, median(engine, x.gather(chosen(engine.parties())), {.bits = 3}));
      },
      [&](std::size_t parties) {
        Numbers values;
        for (const std::size_t party : chosen(parties)) values.push_back(number(party));
        return Numbers{kth_of(values, (values.size() + 1) / 2)};
      });
}

TEST_CASE("order statistics are right on all engines, for extreme vectors") {
  for (const std::size_t size : {1u, 2u, 5u}) check_statistics(few_parties, extreme_vectors(size));
  check_statistics(std::span(few_parties).first(4), extreme_vectors(8, 255), 8);
  check_statistics(three_parties, extreme_vectors(100));
  check_statistics(three_parties, extreme_vectors(1000, 255), 8);
  const std::vector<Numbers> few = {{greatest}, {0, greatest}, {greatest, 0, greatest - 1}};
  check_on_engines<F61>(
      std::span(&sixteen_parties, 1),
      [&](auto& engine) {
        Numbers medians;
        for (const Numbers& vector : few) medians.push_back(opened(engine, median(engine, shared(engine, vector)))[0]);
        return medians;
      },
      Numbers{greatest, 0, greatest - 1});
}

TEST_CASE("the median of an even number of values is the lower one of the two in the middle") {
  check_on_engines<F61>(
      three_parties,
      [](auto& engine) {
        return opened(engine,
                      concat(median(engine, shared(engine, {4, 1, 3, 2})), median(engine, shared(engine, {9, 5}))));
      },
      Numbers{2, 5});
}

TEST_CASE("every rank is found, alone and together with others, in any order and more than once") {
  for (const auto& [setting, size] : {std::pair{Setting{3, 1}, std::size_t{40}}, {Setting{4, 1}, std::size_t{9}}}) {
    const Numbers values = random_numbers(size, 30);
    const std::vector<std::size_t> ranks = {size, 1, size / 2, size / 2, 3, size};
    Numbers right, together;
    for (std::size_t rank = 1; rank <= size; ++rank) right.push_back(kth_of(values, rank));
    for (const std::size_t rank : ranks) together.push_back(kth_of(values, rank));
    check_on_engines<F61>(
        std::span(&setting, 1),
        [&](auto& engine) {
          const auto x = shared(engine, values);
          Numbers found;
          for (std::size_t rank = 1; rank <= values.size(); ++rank)
            found.push_back(opened(engine, kth(engine, x, rank, {.bits = 5})).front());
          return std::pair{found, opened(engine, kth(engine, x, ranks, {.bits = 5}))};
        },
        std::pair{right, together});
  }
}

TEST_CASE("quantiles have the documented ranks, also where there are fewer values than parts") {
  Numbers values;
  for (std::uint64_t i = 0; i < 23; ++i) values.push_back(5 * i % 23);  // a permutation: each value is its rank less 1
  check_on_engines<F61>(
      three_parties,
      [&](auto& engine) {
        std::vector<Numbers> found;
        for (const std::size_t size : {std::size_t{1}, std::size_t{3}, std::size_t{10}, values.size()})
          for (const std::size_t parts : {2u, 3u, 4u, 10u, 100u}) {
            Numbers some(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(size));
            found.push_back(opened(engine, quantiles(engine, shared(engine, some), parts, {.bits = 5})));
          }
        return found;
      },
      [&](std::size_t) {
        std::vector<Numbers> right;
        for (const std::size_t size : {std::size_t{1}, std::size_t{3}, std::size_t{10}, values.size()})
          for (const std::size_t parts : {2u, 3u, 4u, 10u, 100u}) {
            const Numbers some(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(size));
            Numbers& quantile = right.emplace_back();
            for (std::size_t j = 1; j < parts; ++j) quantile.push_back(kth_of(some, (j * size + parts - 1) / parts));
          }
        return right;
      });
}

TEST_CASE("order statistics work in larger and in tiny fields") {
  using F127 = Mersenne127;
  const F127 large = F127::from_integer((F127::modulus - 1) / 4);
  for (const auto& result : on_clear<F127>(1, [&](auto& engine) {
         const auto x = input(engine, 0, std::vector{large, F127(5), large - F127(1)}, 3);
         return open(engine, median(engine, x));
       }))
    CHECK(result == std::vector{large - F127(1)});
  using F31 = SmallPrime<31>;  // values and indices of 3 bits, compared as two numbers
  for (const auto& result : on_clear<F31>(1, [&](auto& engine) {
         return open(engine, median(engine, shared(engine, {7, 0, 7, 3, 7, 0, 2, 1})));
       }))
    CHECK(result == std::vector{F31(2)});
}

TEST_CASE("ranks that do not exist, no values and less than two parts are refused") {
  const auto none = [](auto& engine) { return constant(engine, std::vector<F61>{}); };
  const auto two = [](auto& engine) { return constant(engine, elements<F61>({1, 2})); };
  check_refused<F61>(ErrorCode::invalid_argument, [&](auto& engine) { median(engine, none(engine)); });
  check_refused<F61>(ErrorCode::invalid_argument, [&](auto& engine) { kth(engine, none(engine), 1); });
  check_refused<F61>(ErrorCode::invalid_argument, [&](auto& engine) { quantiles(engine, none(engine), 4); });
  check_refused<F61>(ErrorCode::out_of_range, [&](auto& engine) { kth(engine, two(engine), 0); });
  check_refused<F61>(ErrorCode::out_of_range, [&](auto& engine) { kth(engine, two(engine), 3); });
  check_refused<F61>(ErrorCode::out_of_range, [&](auto& engine) {
    kth(engine, two(engine), std::vector<std::size_t>{1, 3});
  });
  check_refused<F61>(ErrorCode::invalid_argument, [&](auto& engine) { quantiles(engine, two(engine), 1); });
  check_refused<F61>(ErrorCode::invalid_argument, [&](auto& engine) { quantiles(engine, two(engine), 0); });
  check_refused<F61>(ErrorCode::invalid_argument, [&](auto& engine) { median(engine, two(engine), {.bits = 60}); });
}

TEST_CASE("order statistics of few values cost one phase that compares all pairs") {
  for (const Setting& setting : {Setting{3, 1, slow_rounds}, Setting{3, 1, slow_bytes}, Setting{5, 2, slow_rounds}})
    for (const std::size_t size : {1u, 3u, 17u, 64u})
      for (const bool wide : {false, true}) {
        if (setting.parties > 3 && size > 17) continue;
        CAPTURE(size, wide);
        const auto priced = [&](const auto& function) {
          return [&, function](auto& engine) {
            const auto x = shared(engine, Numbers(size, 3));
            return cost_of(engine, [&] { function(engine, x, OrderOptions{.bits = wide ? std::size_t{0} : 8}); });
          };
        };
        const auto documented = [&](const FunctionPrices& prices) { return prices.ranking_of_few(size, wide ? 0 : 8); };
        check_price(setting,
                    priced([](auto& engine, const auto& x, const auto& options) { median(engine, x, options); }),
                    documented);
        check_price(setting,
                    priced([](auto& engine, const auto& x, const auto& options) { quantiles(engine, x, 10, options); }),
                    documented);
      }
}

TEST_CASE("a selection among many values costs its shuffle and its phases, within the bounds that are documented") {
  for (const bool wide : {false, true}) {
    const auto counted = on_shamir<F61>({3, 1}, [&](auto& engine) {
      const auto x = shared(engine, random_numbers(1000, 1 << 20));
      const Cost cost = cost_of(engine, [&] { median(engine, x, {.bits = wide ? std::size_t{0} : 20}); });
      return std::pair{engine.observations().compared, cost};
    });
    for (std::size_t party = 0; party < 3; ++party) {
      const auto& [compared, cost] = counted[party];
      CHECK(compared == counted.front().first);
      const FunctionPrices prices({3, 1, slow_rounds}, party);
      Price documented = prices.shuffle(1000, 2, true);
      std::size_t pairs = 0;
      for (const std::size_t comparisons : compared) {
        documented = documented + prices.phase(comparisons / (wide ? 2 : 1), 1000, wide ? 0 : 20);
        pairs += comparisons / (wide ? 2 : 1);
      }
      CHECK(cost.rounds == documented.rounds);
      CHECK(cost.bytes_sent == documented.bytes_sent);
      CHECK(pairs <= 11'000);
      CHECK(compared.size() <= 13);
    }
  }
}
