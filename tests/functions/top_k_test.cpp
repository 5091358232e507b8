// SPDX-License-Identifier: Apache-2.0
// The k greatest and least of shared values: which rows, their order on ties, and what they cost.
#include "parley/functions/top_k.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "functions/observed.hpp"
#include "functions/on_engines.hpp"
#include "functions/prices.hpp"

namespace {

using namespace parley;
using namespace parley::test;

/// A search: for the `k` greatest and the `k` least of `values`.
struct Search {
  Numbers values;
  std::size_t k, bits;
};

/// Values and positions of the greatest, then of the least.
using Found = std::vector<Numbers>;

Found reference(const Search& search) {
  Numbers positions = numbers_below(search.values.size());
  const auto value = [&](std::uint64_t position) { return search.values[position]; };
  Found found;
  for (const bool greatest_first : {true, false}) {
    Numbers ordered = positions, values;
    if (greatest_first)
      std::ranges::stable_sort(ordered, std::ranges::greater{}, value);
    else
      std::ranges::stable_sort(ordered, std::ranges::less{}, value);
    ordered.resize(search.k);
    for (const std::uint64_t position : ordered) values.push_back(value(position));
    found.push_back(std::move(values));
    found.push_back(std::move(ordered));
  }
  return found;
}

template <class E>
Found found_by(E& engine, const Search& search) {
  Numbers positions = numbers_below(search.values.size());
  const std::vector<SharedOf<E>> columns = {shared(engine, search.values), constant(engine, elements<F61>(positions))};
  Found found;
  const OrderOptions options{.bits = search.bits};
  for (const auto& column : top_k(engine, columns, search.k, options)) found.push_back(opened(engine, column));
  for (const auto& column : bottom_k(engine, columns, search.k, options)) found.push_back(opened(engine, column));
  return found;
}

void check_searches(std::span<const Setting> settings, const std::vector<Search>& searches) {
  std::vector<Found> right;
  for (const Search& search : searches) right.push_back(reference(search));
  check_on_engines<F61>(
      settings,
      [&](auto& engine) {
        std::vector<Found> found;
        for (const Search& search : searches) found.push_back(found_by(engine, search));
        return found;
      },
      right);
}

}  // namespace

TEST_CASE("the greatest and the least are found with their positions, the first of equal ones first") {
  std::vector<Search> searches;
  for (std::size_t size = 0; size <= 12; ++size)
    for (std::size_t k = 0; k <= size; ++k) searches.push_back({random_numbers(size, 6, size), k, 3});
  for (const std::size_t k : {1u, 7u, 60u, 299u, 300u}) searches.push_back({random_numbers(300, 200), k, 8});
  check_searches(std::span(few_parties).first(1), searches);
}

TEST_CASE("the greatest and the least of extreme values are found on all engines") {
  std::vector<Search> searches, longer;
  for (const Numbers& values : extreme_vectors(6)) searches.push_back({values, 3, widest});
  for (const Numbers& values : extreme_vectors(100)) longer.push_back({values, 5, widest});
  for (const Numbers& values : extreme_vectors(100, (std::uint64_t{1} << 53) - 1)) longer.push_back({values, 50, 53});
  check_searches(few_parties, searches);
  check_searches(std::span(few_parties).first(1), longer);
  check_searches(std::span(&sixteen_parties, 1), {{{greatest, 0, greatest, 1}, 2, widest}});
}

TEST_CASE("a vector's greatest and least are found by themselves") {
  const Numbers values = random_numbers(30, greatest);
  Numbers ascending = values;
  std::ranges::sort(ascending);
  const Numbers descending(ascending.rbegin(), ascending.rbegin() + 4);
  ascending.resize(4);
  check_on_engines<F61>(
      std::span(few_parties).first(2),
      [&](auto& engine) {
        const auto x = shared(engine, values);
        return std::pair{opened(engine, top_k(engine, x, 4)), opened(engine, bottom_k(engine, x, 4))};
      },
      std::pair{descending, ascending});
}

TEST_CASE("what has no k greatest is refused") {
  const auto refused = [](ErrorCode code, const std::vector<std::size_t>& lengths, std::size_t k, std::size_t bits) {
    check_refused<F61>(code, [&](auto& engine) {
      std::vector<decltype(constant(engine, F61(1)))> columns;
      for (const std::size_t length : lengths) columns.push_back(constant(engine, std::vector<F61>(length, F61(1))));
      top_k(engine, std::move(columns), k, {.bits = bits});
    });
  };
  refused(ErrorCode::invalid_argument, {}, 0, widest);
  refused(ErrorCode::invalid_argument, {2, 1}, 1, widest);
  refused(ErrorCode::invalid_argument, {2, 1}, 0, widest);
  refused(ErrorCode::invalid_argument, {2, 2}, 1, 60);
  refused(ErrorCode::invalid_argument, {2, 2}, 1, ~std::size_t{0});
  refused(ErrorCode::out_of_range, {2, 2}, 3, widest);
  refused(ErrorCode::out_of_range, {0}, 1, widest);
}

TEST_CASE("the greatest of few rows cost one phase that compares all pairs") {
  for (const Setting& setting : {Setting{3, 1, slow_rounds}, Setting{3, 1, slow_bytes}, Setting{5, 2, slow_rounds}})
    for (const std::size_t rows : {1u, 13u, 64u})
      for (const std::size_t k : {std::size_t{0}, std::size_t{1}, rows}) {
        if (setting.parties > 3 && rows > 13) continue;
        for (const bool wide : {false, true}) {
          CAPTURE(rows, k, wide);
          const auto cost = [&](auto search) {
            return [&, search](auto& engine) {
              const auto x = shared(engine, Numbers(rows, 3));
              return cost_of(engine, [&] { search(engine, x, OrderOptions{.bits = wide ? widest : 8}); });
            };
          };
          const auto documented = [&](const FunctionPrices& prices) {
            return k == 0 ? Price{} : prices.ranking_of_few(rows, wide ? 0 : 8);
          };
          check_price(setting, cost([k](auto& e, const auto& x, const auto& o) { top_k(e, x, k, o); }), documented);
          check_price(setting, cost([k](auto& e, const auto& x, const auto& o) { bottom_k(e, x, k, o); }), documented);
        }
      }
}

TEST_CASE("the greatest of many rows cost a shuffle and phases, within the bounds that are documented") {
  for (const std::size_t k : {10u, 100u}) {
    const auto counted = on_shamir<F61>({3, 1}, [&](auto& engine) {
      const auto x = shared(engine, random_numbers(1000, 1 << 20));
      const Cost cost = cost_of(engine, [&] { top_k(engine, x, k, {.bits = 20}); });
      return std::pair{engine.observations().compared, cost};
    });
    for (std::size_t party = 0; party < 3; ++party) {
      const auto& [compared, cost] = counted[party];
      CHECK(compared == counted.front().first);
      const FunctionPrices prices({3, 1, slow_rounds}, party);
      Price documented = prices.shuffle(1000, 2, true);
      for (const std::size_t pairs : compared) documented = documented + prices.phase(pairs, 1000, 20);
      CHECK(cost.rounds == documented.rounds);
      CHECK(cost.bytes_sent == documented.bytes_sent);
      CHECK(std::accumulate(compared.begin(), compared.end(), std::size_t{0}) <= 9000);
      CHECK(compared.size() <= 20);
    }
  }
}
