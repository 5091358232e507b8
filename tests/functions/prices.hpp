// SPDX-License-Identifier: Apache-2.0
// What the functions of the passive Shamir engine cost according to their documentation, for comparison with the
// counters.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/prices.hpp"
#include "functions/on_engines.hpp"
#include "parley/functions/minimum.hpp"

namespace parley::test {

inline Price operator+(Price left, const Price& right) {
  left.rounds += right.rounds;
  left.bytes_sent += right.bytes_sent;
  return left;
}
inline Price operator*(std::size_t times, Price price) {
  price.rounds *= times;
  price.bytes_sent *= times;
  return price;
}

/// The prices of the functions, of at least one value unless they say otherwise, for the party `self`.
struct FunctionPrices : ShamirPrices<F61> {
  static constexpr std::size_t b = F61::modulus_bits;

  FunctionPrices(const Setting& setting, std::size_t party)
      : ShamirPrices{setting.parties, setting.privacy_threshold, party,
                     setting.link.seconds_per_round == slow_rounds.seconds_per_round,
                     setting.link.seconds_per_round == slow_bytes.seconds_per_round} {}

  /// Of values below 2^bits, or any where that is 0.
  Price to_bits(std::size_t count, std::size_t bits = 0) const {
    const std::size_t width = bits + guard();
    return bits != 0 && width < b ? split(count, width) + short_sum(2, width, count, n != 3)
                                  : split(count) + additions(count, n != 3);
  }
  Price from_bits(std::size_t width, std::size_t count) const { return to_field(width * count); }
  /// Of values below 2^bits, or any where that is 0.
  Price less_than(std::size_t count, std::size_t bits = 0) const {
    const std::size_t width = width_of_sign(bits);
    return split(count, width) + comparison(width < b ? width - 1 : b, count, n != 3, false);
  }
  Price between(std::size_t count, std::size_t bits = 0) const {
    const std::size_t width = width_of_sign(bits);
    return split(count, width) + comparison(width < b ? width - 1 : b, 2 * count, n != 3, false);
  }
  Price between_shared(std::size_t count, std::size_t bits = 0) const {
    return less_than(2 * count, bits) + and_(count);
  }
  Price equal(std::size_t count, std::size_t bits = 0) const {
    const std::size_t width = bits == 0 ? b : bits + guard();
    return width < b ? split(count, width) + conjunction_of_all(width, mask_terms() * count)
                     : split(count) + conjunction_of_all(b, count);
  }
  Price less_than_of_bits(std::size_t width, std::size_t count) const { return comparison(width, count, false, false); }
  Price equal_of_bits(std::size_t width, std::size_t count) const { return conjunction_of_all(width, count); }
  /// Of values below 2^bits by these levels, with the least value and its position where they are wanted.
  Price tournament(const std::vector<detail::TournamentLevel>& levels, std::size_t bits, bool with_value,
                   bool with_position) const {
    Price price;
    for (const detail::TournamentLevel& level : levels) {
      const std::size_t left = level.values() - level.groups;
      price = price + less_than(level.pairs(), bits) + conjunction_of_all(level.size - 1, left) + to_field(left);
      const std::size_t columns = (with_value || level.groups > 1) + (with_position && &level != &levels.front());
      if (columns > 0) price = price + mul(columns * level.contested());
    }
    return price;
  }
  Price one_hot(const std::vector<detail::TournamentLevel>& levels) const {
    Price price;
    for (const detail::TournamentLevel& level : levels)
      if (level.groups > 1) price = price + mul(level.values() - level.groups);
    return price;
  }

  /// For n = 2t + 1, where each set of t + 1 parties is a group; whether it is the engine's first shuffle by groups.
  Price shuffle(std::size_t rows, std::size_t columns, bool first) const {
    if (rows < 2) return {};
    const std::size_t depth = 2 * ceil_log2(rows) - 1, groups = choose(n, t);
    if (1 + (t + 1) * depth < groups) {
      const std::size_t exchanges = rows * ceil_log2(rows) - (std::size_t{1} << ceil_log2(rows)) + 1;
      const Price products = mul(exchanges * columns);  // exact for one layer, or where all are one round
      return Price{1, self <= t ? dealt(exchanges * element) : 0} +
             Price{(t + 1) * depth * products.rounds, (t + 1) * products.bytes_sent};
    }
    // the members of a group re-share; its first member draws a seed for the others
    const Price seeds{1, choose(n - 1 - self, t) * t * 32};
    const Price passes{groups, choose(n - 1, t) * dealt(rows * columns * element)};
    return first ? seeds + passes : passes;
  }

  Price apply_permutation(std::size_t rows, std::size_t columns, bool first) const {
    return shuffle(rows, columns + 1, first) + open(rows);
  }
  /// From the bits of the keys on.
  Price sort_by_bits(std::size_t rows, std::size_t columns, std::size_t bits, bool first) const {
    Price price;
    for (std::size_t digits = (bits + 2) / 3; digits > 0; --digits) {
      const std::size_t length = bits / digits;
      bits -= length;
      if (length >= 2) price = price + mul((length == 2 ? 1 : 3) * rows);
      if (length == 3) price = price + mul(rows);
      price = price + mul(rows) + apply_permutation(rows, columns + bits, first);
      first = false;
    }
    return price;
  }
  /// The first sort of an engine.
  Price radix_sort(std::size_t rows, std::size_t columns, std::size_t bits) const {
    return rows < 2 ? Price{} : to_bits(rows, bits) + to_field(bits * rows) + sort_by_bits(rows, columns, bits, true);
  }

  /// One phase of a sort or selection among `rows` by keys of so many bits, 0 for any: comparisons of pairs of rows,
  /// whose keys with their indices are one number or two, and an opening.
  Price phase(std::size_t pairs, std::size_t rows, std::size_t bits) const {
    if (bits != 0) return less_than(pairs, bits + ceil_log2(rows)) + open_bits(pairs);
    return split(2 * pairs) + comparison(b, 2 * pairs, n != 3, true) + and_(pairs) + open_bits(pairs);
  }
  /// A sort or selection among at most 64 rows of one column.
  Price ranking_of_few(std::size_t rows, std::size_t bits) const {
    return rows < 2 ? Price{} : shuffle(rows, 2, true) + phase(rows * (rows - 1) / 2, rows, bits);
  }

  /// One step of a joint search.
  Price step(std::size_t values) const { return input_all(values) + less_than(values) + open_bits(values); }

 private:
  std::size_t guard() const {  // the least g with 2^g > mask_terms()
    std::size_t bits = 0;
    while (std::size_t{1} << bits <= mask_terms()) ++bits;
    return bits;
  }
  std::size_t width_of_sign(std::size_t bits) const { return bits == 0 ? b : std::min(b, bits + guard() + 1); }
  static std::size_t choose(std::size_t from, std::size_t number) {
    if (from < number) return 0;
    std::size_t ways = 1;
    for (std::size_t k = 0; k < number; ++k) ways = ways * (from - k) / (k + 1);
    return ways;
  }
  Price conjunction_of_all(std::size_t width, std::size_t count) const {
    std::vector<std::size_t> planes;
    for (; width > 1; width = width / 2 + width % 2) planes.push_back(width / 2);
    return conjunctions(planes, count);
  }
  Price comparison(std::size_t width, std::size_t count, bool one_is_public, bool with_equality) const {
    std::vector<std::size_t> planes;
    if (!one_is_public) planes.push_back(in_tree ? width : 1);
    if (!in_tree) {
      planes.insert(planes.end(), width - 1, 1);
      const Price less = conjunctions(planes, count);
      return with_equality ? less + conjunction_of_all(width, count) : less;
    }
    for (std::size_t nodes = width; nodes > 1; nodes = nodes / 2 + nodes % 2)
      planes.push_back(2 * (nodes / 2) - (with_equality ? 0 : 1));
    return conjunctions(planes, count);
  }
};

/// Requires that program(engine), which returns a Cost, cost every party documented(prices), a Price.
template <class Program, class Documented>
void check_price(const Setting& setting, const Program& program, const Documented& documented) {
  const std::vector<Cost> costs = on_shamir<F61>(setting, program);
  for (std::size_t party = 0; party < costs.size(); ++party) {
    const Price price = documented(FunctionPrices(setting, party));
    CAPTURE(setting.parties, setting.privacy_threshold, setting.link.seconds_per_round, party);
    REQUIRE(costs[party].rounds == price.rounds);
    REQUIRE(costs[party].bytes_sent == price.bytes_sent);
  }
}

/// What `action()` costs a party.
template <class E, class Action>
Cost cost_of(const E& engine, const Action& action) {
  const Cost before = engine.cost();
  action();
  return engine.cost() - before;
}

/// The settings and sizes at which documented costs are compared with the counters.
inline constexpr std::array<Setting, 5> priced_settings = {
    {{3, 1, slow_rounds}, {3, 1, slow_bytes}, {5, 2, slow_rounds}, {5, 2, slow_bytes}, {5, 1, slow_rounds}}};
inline constexpr std::array<std::size_t, 3> priced_sizes = {1, 13, 80};

}  // namespace parley::test
