// SPDX-License-Identifier: Apache-2.0
// Groups of rows with the same key: their sums, counts and extremes, what is hidden, and what they cost.
#include "parley/functions/group_by.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "functions/on_engines.hpp"
#include "functions/prices.hpp"

namespace {

using namespace parley;
using namespace parley::test;

struct Table {
  Numbers keys, values;
  GroupOptions options;
};

/// The columns key, valid, count, sum, least, greatest.
std::vector<Numbers> reference(const Table& table) {
  std::map<std::uint64_t, Numbers> groups;
  for (std::size_t i = 0; i < table.keys.size(); ++i) groups[table.keys[i]].push_back(table.values[i]);
  std::vector<Numbers> columns(6);
  for (const auto& [key, values] : groups) {
    F61 sum;
    for (const std::uint64_t value : values) sum += F61(value);
    const Numbers row = {key, 1, values.size(), sum.to_integer(), std::ranges::min(values), std::ranges::max(values)};
    for (std::size_t c = 0; c < 6; ++c) columns[c].push_back(row[c]);
  }
  const std::size_t most = table.options.most_groups;
  for (Numbers& column : columns) column.resize(most == 0 ? table.keys.size() : std::min(most, table.keys.size()));
  return columns;
}

void check_tables(std::span<const Setting> settings, const std::vector<Table>& tables) {
  std::vector<std::vector<Numbers>> right;
  for (const Table& table : tables) right.push_back(reference(table));
  check_on_engines<F61>(
      settings,
      [&](auto& engine) {
        std::vector<std::vector<Numbers>> found;
        for (const auto& [keys, values, options] : tables) {
          const auto groups = group_by(engine, shared(engine, keys), shared(engine, values, 1), options);
          std::vector<Numbers>& columns = found.emplace_back();
          for (const auto* column :
               {&groups.key, &groups.valid, &groups.count, &groups.sum, &groups.least, &groups.greatest})
            columns.push_back(opened(engine, *column));
        }
        return found;
      },
      right);
}

}  // namespace

TEST_CASE("groups have their sums, counts, least and greatest values, in one sort and in two") {
  std::vector<Table> tables;
  for (const std::size_t size : {0u, 1u, 2u, 3u, 10u, 100u})
    for (const std::size_t bits : {0u, 8u})
      for (const std::size_t most : {0u, 1u, 4u, 1000u})
        tables.push_back({random_numbers(size, 7, size),
                          random_numbers(size, 200, size + 1),
                          {.key_bits = bits, .value_bits = bits, .most_groups = most}});
  // key and value in one number, at its longest, and one bit more
  for (const std::size_t value_bits : {27u, 28u}) {
    const std::uint64_t key = (std::uint64_t{1} << 32) - 1, value = (std::uint64_t{1} << value_bits) - 1;
    tables.push_back(
        {{key, 0, key, 1, 0}, {value, value, value - 1, 0, 0}, {.key_bits = 32, .value_bits = value_bits}});
  }
  check_tables(std::span(few_parties).first(1), tables);
}

TEST_CASE("groups of extreme keys and values agree on all engines") {
  std::vector<Table> tables;
  for (const Numbers& keys : extreme_vectors(5)) tables.push_back({keys, {greatest, 0, greatest, 1, greatest}, {}});
  check_tables(few_parties, tables);
  check_tables(std::span(&sixteen_parties, 1), {{{1, 0}, {1, 1}, {.key_bits = 1, .value_bits = 1}}});
}

TEST_CASE("what cannot be grouped is refused") {
  const auto refused = [](std::size_t keys, const GroupOptions& options) {
    check_refused<F61>(ErrorCode::invalid_argument, [&](auto& engine) {
      group_by(engine, constant(engine, std::vector<F61>(keys, F61(1))), constant(engine, elements<F61>({1, 2})),
               options);
    });
  };
  refused(1, {});
  refused(3, {});
  refused(2, {.key_bits = 60});
  refused(2, {.value_bits = 60});
}

TEST_CASE("groups cost what they say") {
  for (const Setting& setting : {Setting{3, 1, slow_rounds}, Setting{3, 1, slow_bytes}, Setting{5, 2, slow_rounds}})
    for (const std::size_t rows : {std::size_t{2}, std::size_t{13}, std::size_t{40}}) {
      if (setting.parties > 3 && rows > 13) continue;
      for (const bool two_sorts : {false, true})
        check_price(
            setting,
            [&](auto& engine) {
              const auto x = shared(engine, Numbers(rows, 3));
              const GroupOptions options{
                  .key_bits = two_sorts ? 32u : 8u, .value_bits = two_sorts ? 28u : 8u, .most_groups = 5};
              return cost_of(engine, [&] { group_by(engine, x, x, options); });
            },
            [&](const FunctionPrices& prices) {
              const std::size_t pairs = rows * (rows - 1) / 2;
              const Price sorts = two_sorts ? prices.shuffle(rows, 3, true) + prices.phase(pairs, rows, 28) +
                                                  prices.shuffle(rows, 3, false) + prices.phase(pairs, rows, 32)
                                            : prices.shuffle(rows, 4, true) + prices.phase(pairs, rows, 16);
              return sorts + prices.equal(rows - 1, two_sorts ? 32 : 8) + prices.to_field(rows - 1) +
                     prices.sort_by_bits(rows, 6, 1, false) + prices.mul(5 * std::min<std::size_t>(rows, 5));
            });
    }
}
