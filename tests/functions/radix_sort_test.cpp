// SPDX-License-Identifier: Apache-2.0
// Sorting by the bits of keys, and permuting by a shared permutation: the order, what is opened, and what it costs.
#include "parley/functions/radix_sort.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/statistics.hpp"
#include "functions/observed.hpp"
#include "functions/on_engines.hpp"
#include "functions/prices.hpp"

namespace {

using namespace parley;
using namespace parley::test;

/// Keys below 2^bits.
struct Keys {
  Numbers keys;
  std::size_t bits;
};

/// The sorted keys and the positions that they had.
std::vector<Numbers> reference(const Keys& rows) {
  Numbers positions = numbers_below(rows.keys.size());
  Numbers sorted;
  std::ranges::stable_sort(positions, {}, [&](std::uint64_t position) { return rows.keys[position]; });
  for (const std::uint64_t position : positions) sorted.push_back(rows.keys[position]);
  return {sorted, positions};
}

void check_sorts(std::span<const Setting> settings, const std::vector<Keys>& all) {
  std::vector<std::vector<Numbers>> right;
  for (const Keys& rows : all) right.push_back(reference(rows));
  check_on_engines<F61>(
      settings,
      [&](auto& engine) {
        std::vector<std::vector<Numbers>> found;
        for (const auto& [keys, bits] : all) {
          Numbers positions = numbers_below(keys.size());
          std::vector columns = {shared(engine, keys), shared(engine, positions, 1)};
          std::vector<Numbers>& opened_columns = found.emplace_back();
          for (const auto& column : radix_sort(engine, std::move(columns), bits))
            opened_columns.push_back(opened(engine, column));
        }
        return found;
      },
      right);
}

}  // namespace

TEST_CASE("rows are sorted by keys of every number of bits, and equal keys keep their order") {
  std::vector<Keys> all;
  for (std::size_t bits = 1; bits <= 9; ++bits)
    for (const std::size_t size : {0u, 1u, 2u, 3u, 30u, 200u})
      all.push_back({random_numbers(size, std::uint64_t{1} << bits, bits + size), bits});
  for (const std::size_t bits : {57u, 58u, 59u, 60u, 61u})
    all.push_back({random_numbers(20, F61::modulus >> (61 - bits)), bits});
  check_sorts(three_parties, all);
}

TEST_CASE("extreme keys are sorted by their digits on all engines") {
  std::vector<Keys> all;
  for (const Numbers& keys : extreme_vectors(7, 15)) all.push_back({keys, 4});
  check_sorts(few_parties, all);
  check_sorts(std::span(&sixteen_parties, 1), {{{1, 0, 1}, 1}});
}

TEST_CASE("a vector is sorted by itself, by keys of few bits") {
  const Numbers keys = random_numbers(50, 8);
  Numbers right = keys;
  std::ranges::sort(right);
  check_on_engines<F61>(
      std::span(few_parties).first(2),
      [&](auto& engine) { return opened(engine, radix_sort(engine, shared(engine, keys), 3)); }, right);
}

TEST_CASE("rows go where a shared permutation says") {
  const Numbers destinations = {3, 0, 4, 1, 2}, values = {30, 0, 40, 10, 20}, right = {0, 10, 20, 30, 40};
  check_on_engines<F61>(
      all_settings,
      [&](auto& engine) {
        const auto x = shared(engine, values, 1);
        const auto moved = apply_permutation(engine, shared(engine, destinations), {x, 2 * x});
        const auto none = shared(engine, {}), one = shared(engine, {0});
        return std::vector{opened(engine, moved[0]), opened(engine, moved[1] - 2 * moved[0]),
                           opened(engine, apply_permutation(engine, none, {none}).front()),
                           opened(engine, apply_permutation(engine, one, {one + 7}).front())};
      },
      std::vector<Numbers>{right, Numbers(5, 0), {}, {7}});
}

TEST_CASE("what is no permutation, and rows that cannot be sorted, are refused") {
  for (const Numbers& destinations :
       {Numbers{0, 0, 1}, Numbers{0, 1, 3}, Numbers{1, 2, 3}, Numbers{F61::modulus - 1, 0, 1}})
    for (const auto& code : on_shamir<F61>({3, 1}, [&](auto& engine) {
           const auto x = shared(engine, destinations);
           return code_of([&] { apply_permutation(engine, x, {x}); });
         }))
      CHECK(code == ErrorCode::invalid_argument);
  const auto refused = [](const std::vector<std::size_t>& lengths, std::size_t bits) {
    check_refused<F61>(ErrorCode::invalid_argument, [&](auto& engine) {
      std::vector<decltype(constant(engine, F61(1)))> columns;
      for (const std::size_t length : lengths) columns.push_back(constant(engine, std::vector<F61>(length, F61(0))));
      radix_sort(engine, std::move(columns), bits);
    });
  };
  refused({}, 3);
  refused({2, 1}, 3);
  refused({2, 2}, 0);
  refused({2, 2}, 62);
  check_refused<F61>(ErrorCode::invalid_argument, [](auto& engine) {
    apply_permutation(engine, constant(engine, elements<F61>({0, 1})), {constant(engine, F61(0))});
  });
}

TEST_CASE("the permutations that are opened are uniform, whatever the keys") {
  for (const Numbers& keys : {Numbers{5, 1, 3}, Numbers{2, 2, 2}, Numbers{0, 1, 2}}) {
    const auto seen = on_shamir<F61>(
        {3, 1},
        [&](auto& engine) {
          const auto x = shared(engine, keys);
          for (int run = 0; run < 300; ++run) radix_sort(engine, x, 4);  // two digits
          return engine.observations().elements;
        },
        keys[0]);
    // a pair of openings for every run
    std::map<std::pair<Numbers, Numbers>, std::size_t> counts;
    REQUIRE(seen.front().size() == 600);
    for (std::size_t run = 0; run < 600; run += 2) ++counts[{seen.front()[run], seen.front()[run + 1]}];
    std::vector<std::size_t> histogram;
    for (const auto& [pair, count] : counts) histogram.push_back(count);
    CHECK(histogram.size() == 36);
    CHECK(looks_uniform(histogram));
  }
}

TEST_CASE("sorting by bits and permuting cost what they say") {
  for (const Setting& setting : {Setting{3, 1, slow_rounds}, Setting{3, 1, slow_bytes}, Setting{5, 2, slow_rounds}})
    for (const std::size_t rows : {std::size_t{1}, std::size_t{13}, std::size_t{80}}) {
      if (setting.parties > 3 && rows > 13) continue;
      CAPTURE(rows);
      for (const std::size_t bits : {1u, 2u, 3u, 7u}) {
        CAPTURE(bits);
        check_price(
            setting,
            [&](auto& engine) {
              const auto x = shared(engine, Numbers(rows, 3));
              return cost_of(engine, [&] { radix_sort(engine, std::vector{x, x}, bits); });
            },
            [&](const FunctionPrices& prices) { return prices.radix_sort(rows, 2, bits); });
      }
      check_price(
          setting,
          [&](auto& engine) {
            Numbers destinations(rows);
            std::iota(destinations.rbegin(), destinations.rend(), std::uint64_t{0});
            const auto x = shared(engine, destinations);
            return cost_of(engine, [&] { apply_permutation(engine, x, {x, x}); });
          },
          [&](const FunctionPrices& prices) { return prices.apply_permutation(rows, 2, true); });
    }
}
