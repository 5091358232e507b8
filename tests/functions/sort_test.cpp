// SPDX-License-Identifier: Apache-2.0
// Sorting of shared rows: the order, its stability, and what it costs.
#include "parley/functions/sort.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "functions/observed.hpp"
#include "functions/on_engines.hpp"
#include "functions/prices.hpp"

namespace {

using namespace parley;
using namespace parley::test;

template <class E>
using EngineOf = std::remove_cvref_t<E>;

/// The columns key, position, and key squared modulo p, sorted in the clear.
std::vector<Numbers> sorted_rows(const Numbers& keys) {
  Numbers positions = numbers_below(keys.size());
  std::ranges::stable_sort(positions, {}, [&](std::uint64_t position) { return keys[position]; });
  std::vector<Numbers> columns(3);
  for (const std::uint64_t position : positions) {
    columns[0].push_back(keys[position]);
    columns[1].push_back(position);
    columns[2].push_back((F61(keys[position]) * F61(keys[position])).to_integer());
  }
  return columns;
}

/// The same rows, sorted by an engine.
template <class E>
std::vector<Numbers> sorted_rows_by(E& engine, const Numbers& keys, std::size_t bits) {
  Numbers positions = numbers_below(keys.size());
  Numbers squares;
  for (const std::uint64_t key : keys) squares.push_back((F61(key) * F61(key)).to_integer());
  std::vector<SharedOf<E>> columns = {shared(engine, keys), shared(engine, positions, 1), shared(engine, squares, 2)};
  std::vector<Numbers> found;
  for (const auto& column : sort(engine, std::move(columns), {.bits = bits})) found.push_back(opened(engine, column));
  return found;
}

void check_sorts(std::span<const Setting> settings, const std::vector<Numbers>& keys, std::size_t bits) {
  std::vector<std::vector<Numbers>> right;
  for (const Numbers& column : keys) right.push_back(sorted_rows(column));
  check_on_engines<F61>(
      settings,
      [&](auto& engine) {
        std::vector<std::vector<Numbers>> found;
        for (const Numbers& column : keys) found.push_back(sorted_rows_by(engine, column, bits));
        return found;
      },
      right);
}

}  // namespace

TEST_CASE("rows of every number are sorted, and equal keys keep their order, in both forms of keys") {
  std::vector<Numbers> keys;
  for (std::size_t size = 0; size <= 40; ++size) keys.push_back(random_numbers(size, 12, size));
  keys.push_back(random_numbers(300, 200));
  check_sorts(three_parties, keys, 8);
  check_sorts(three_parties, keys, widest);
}

TEST_CASE("extreme rows are sorted on all engines") {
  for (const std::size_t size : {0u, 1u, 2u, 6u}) check_sorts(few_parties, extreme_vectors(size), widest);
  check_sorts(few_parties, extreme_vectors(9, 1), 1);
  check_sorts(three_parties, extreme_vectors(100), widest);
  check_sorts(three_parties, extreme_vectors(100, (std::uint64_t{1} << 53) - 1), 53);
  check_sorts(std::span(&sixteen_parties, 1), {{}, {greatest}, {greatest, 0}, {greatest, 0, greatest, 1}}, widest);
}

TEST_CASE("a vector is sorted by itself") {
  std::vector<Numbers> vectors = extreme_vectors(20), right = vectors;
  for (Numbers& vector : right) std::ranges::sort(vector);
  check_on_engines<F61>(
      std::span(few_parties).first(2),
      [&](auto& engine) {
        std::vector<Numbers> found;
        for (const Numbers& vector : vectors) found.push_back(opened(engine, sort(engine, shared(engine, vector))));
        return found;
      },
      right);
}

TEST_CASE("what cannot be sorted is refused") {
  check_refused<F61>(ErrorCode::invalid_argument,
                     [](auto& engine) { sort(engine, std::vector<SharedOf<EngineOf<decltype(engine)>>>{}); });
  check_refused<F61>(ErrorCode::invalid_argument, [](auto& engine) {
    sort(engine, std::vector{constant(engine, elements<F61>({1, 2})), constant(engine, elements<F61>({1}))});
  });
  check_refused<F61>(ErrorCode::invalid_argument, [](auto& engine) {
    sort(engine, constant(engine, elements<F61>({1, 2})), {.bits = 60});
  });
}

TEST_CASE("a sort of few rows costs one phase that compares all pairs") {
  for (const Setting& setting : {Setting{3, 1, slow_rounds}, Setting{3, 1, slow_bytes}, Setting{5, 2, slow_rounds}})
    for (const std::size_t rows : {0u, 1u, 3u, 17u, 64u})
      for (const bool wide : {false, true}) {
        if (setting.parties > 3 && rows > 17) continue;
        CAPTURE(rows, wide);
        check_price(
            setting,
            [&](auto& engine) {
              const auto x = shared(engine, Numbers(rows, 3));
              return cost_of(engine, [&] { sort(engine, x, {.bits = wide ? widest : 8}); });
            },
            [&](const FunctionPrices& prices) { return prices.ranking_of_few(rows, wide ? 0 : 8); });
      }
}

TEST_CASE("a sort of many rows costs its shuffle and its phases, within the bounds that are documented") {
  for (const bool wide : {false, true}) {
    const auto counted = on_shamir<F61>({3, 1}, [&](auto& engine) {
      const auto x = shared(engine, random_numbers(1000, 1 << 20));
      const Cost cost = cost_of(engine, [&] { sort(engine, x, {.bits = wide ? widest : 20}); });
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
      CHECK(pairs <= 13'000);
      CHECK(compared.size() <= 27);
    }
  }
}
