// SPDX-License-Identifier: Apache-2.0
// Oblivious shuffling: rows stay together, and every order is as likely as any other.
#include "parley/functions/shuffle.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/statistics.hpp"
#include "functions/on_engines.hpp"
#include "functions/prices.hpp"

namespace {

using namespace parley;
using namespace parley::test;

/// Rows of three columns, of which the second is twice the first and the third is constant.
std::vector<Numbers> table(std::size_t rows) {
  std::vector<Numbers> columns(3);
  for (std::uint64_t i = 0; i < rows; ++i) {
    columns[0].push_back(i);
    columns[1].push_back(2 * i);
    columns[2].push_back(greatest);
  }
  return columns;
}

auto shuffled_tables(std::span<const std::size_t> sizes) {
  return [sizes](auto& engine) {
    std::vector<std::vector<Numbers>> tables;
    for (const std::size_t rows : sizes) {
      std::vector<SharedOf<std::remove_cvref_t<decltype(engine)>>> columns;
      for (const Numbers& column : table(rows)) columns.push_back(shared(engine, column));
      std::vector<Numbers>& opened_columns = tables.emplace_back();
      for (const auto& column : shuffle(engine, columns)) opened_columns.push_back(opened(engine, column));
    }
    return tables;
  };
}

void check_tables(const std::vector<std::vector<std::vector<Numbers>>>& of_parties,
                  std::span<const std::size_t> sizes) {
  for (const auto& tables : of_parties) {
    REQUIRE(tables == of_parties.front());
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      const auto right = table(sizes[i]);
      for (std::size_t row = 0; row < sizes[i]; ++row) REQUIRE(tables[i][1][row] == 2 * tables[i][0][row]);
      Numbers sorted = tables[i][0];
      std::ranges::sort(sorted);
      REQUIRE(sorted == right[0]);
      REQUIRE(tables[i][2] == right[2]);
    }
  }
}

/// How often each order of `rows` rows came out of `runs` shuffles.
std::vector<std::size_t> orders(Setting setting, std::size_t rows, std::size_t runs) {
  const auto found = on_shamir<F61>(setting, [&](auto& engine) {
    const auto x = shared(engine, table(rows)[0]);
    std::vector<Numbers> all;
    for (std::size_t run = 0; run < runs; ++run) all.push_back(opened(engine, shuffle(engine, x)));
    return all;
  });
  std::map<Numbers, std::size_t> counts;
  Numbers order = table(rows)[0];
  do counts[order] = 0;
  while (std::ranges::next_permutation(order).found);
  for (const Numbers& result : found.front()) ++counts.at(result);
  std::vector<std::size_t> as_list;
  for (const auto& [result, count] : counts) as_list.push_back(count);
  return as_list;
}

}  // namespace

TEST_CASE("a shuffle keeps rows together and loses none, for any number of rows") {
  const std::vector<std::size_t> sizes = {0, 1, 2, 3, 4, 5, 8, 13, 100, 1000}, few = {0, 1, 2, 3, 7};
  check_tables(on_clear<F61>(3, shuffled_tables(sizes)), sizes);
  for (const Setting setting : few_parties) check_tables(on_shamir<F61>(setting, shuffled_tables(sizes)), sizes);
  check_tables(on_shamir<F61>(sixteen_parties, shuffled_tables(few)), few);
}

TEST_CASE("every order is as likely as any other") {  // wrong with probability 1e-9 for each check
  CHECK(looks_uniform(orders({3, 1}, 3, 1200)));
  CHECK(looks_uniform(orders({3, 1}, 4, 1200)));
  CHECK(looks_uniform(orders({4, 1}, 3, 600)));
  CHECK(looks_uniform(orders({5, 2}, 2, 400)));  // through permutation networks
  CHECK(looks_uniform(orders({5, 2}, 4, 600)));
  CHECK(looks_uniform(orders({7, 3}, 3, 300)));  // through permutation networks
}

TEST_CASE("a shuffle of no columns is none, and columns of different lengths are refused") {
  for (const auto& count : on_shamir<F61>({3, 1}, [](auto& engine) {
         return shuffle(engine, std::vector<SharedOf<std::remove_cvref_t<decltype(engine)>>>{}).size();
       }))
    CHECK(count == 0);
  check_refused<F61>(ErrorCode::invalid_argument, [](auto& engine) {
    shuffle(engine, std::vector{constant(engine, elements<F61>({1, 2})), constant(engine, elements<F61>({1}))});
  });
}

TEST_CASE("a shuffle costs what it says, by groups and through networks") {
  for (const Setting& setting : {Setting{3, 1}, Setting{5, 2}, Setting{7, 3}})
    for (const std::size_t rows : {0u, 1u, 2u, 3u, 5u, 16u, 17u, 100u})
      for (const std::size_t columns : {1u, 3u})
        for (const bool first : {true, false}) {
          CAPTURE(rows, columns, first);
          check_price(
              setting,
              [&](auto& engine) {
                const std::vector table(columns, shared(engine, Numbers(rows, 3)));
                if (!first) shuffle(engine, shared(engine, Numbers(100, 3)));
                return cost_of(engine, [&] { shuffle(engine, table); });
              },
              [&](const FunctionPrices& prices) { return prices.shuffle(rows, columns, first); });
        }
}

TEST_CASE("where fewer than half of the parties could be corrupt, fewer groups shuffle") {
  for (const Setting& setting : {Setting{4, 1}, Setting{5, 1}, Setting{7, 1}}) {
    CAPTURE(setting.parties);
    constexpr std::size_t groups = 2, rows = 100;
    const auto costs = on_shamir<F61>(setting, [](auto& engine) {
      const auto x = shared(engine, Numbers(rows, 3));
      shuffle(engine, x);
      return cost_of(engine, [&] { shuffle(engine, x); });
    });
    std::size_t bytes = 0;
    for (const Cost& cost : costs) {
      CHECK(cost.rounds == groups);
      bytes += cost.bytes_sent;
    }
    CHECK(bytes == groups * 2 * (setting.parties - 2) * rows * F61::encoded_size);  // by the two members of each
  }
}
