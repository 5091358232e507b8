// SPDX-License-Identifier: Apache-2.0
// What the functions of the passive Shamir engine cost according to their documentation, for comparison with the
// counters.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "functions/on_engines.hpp"

namespace parley::test {

/// Rounds, which are everybody's, and the bits that each party sends.
struct Price {
  std::uint64_t rounds = 0;
  std::vector<std::uint64_t> bits;

  friend bool operator==(const Price&, const Price&) = default;
  friend Price operator+(Price left, const Price& right) {
    left.rounds += right.rounds;
    for (std::size_t party = 0; party < left.bits.size(); ++party) left.bits[party] += right.bits[party];
    return left;
  }
  friend Price operator*(std::uint64_t times, Price price) {
    price.rounds *= times;
    for (std::uint64_t& bits : price.bits) bits *= times;
    return price;
  }
};

/// Whether `counted` is `documented` but for the filling of messages of bits up to whole bytes. Three parties only have
/// such messages, and none is filled where the number of values is a multiple of 8.
inline bool is_filled_up(const Price& counted, const Price& documented) {
  bool filled = counted.rounds == documented.rounds;
  for (std::size_t party = 0; party < counted.bits.size(); ++party)
    filled = filled && counted.bits[party] >= documented.bits[party] &&
             counted.bits[party] - documented.bits[party] <= 7 * documented.rounds;
  return filled;
}

inline std::size_t ceil_log2(std::size_t number) { return static_cast<std::size_t>(std::bit_width(number - 1)); }

/// The documented prices of engine/operations.hpp and of what is made of it, for p = 2^b - 1 with b = 61.
class Prices {
 public:
  explicit Prices(Setting setting) : n(setting.parties), t(setting.privacy_threshold), link(setting.link) {}

  Price nothing() const { return {0, std::vector<std::uint64_t>(n)}; }
  /// Each party sends `bits` in one round.
  Price round(std::uint64_t bits) const { return {1, std::vector<std::uint64_t>(n, bits)}; }
  /// Each of the first `senders` parties does.
  Price round_of_first(std::size_t senders, std::uint64_t bits) const {
    Price price = round(bits);
    for (std::size_t party = senders; party < n; ++party) price.bits[party] = 0;
    return price;
  }

  Price input_all(std::uint64_t values) const { return round((n - 1 - t) * element * values); }
  Price mul(std::uint64_t values) const { return round_of_first(2 * t + 1, (n - 1 - t) * element * values); }
  Price open(std::uint64_t values) const { return round(t * element * values); }
  Price open_bits(std::uint64_t bits) const { return round(n == 3 ? bits : t * byte * bits); }

  /// Conjunctions in `rounds` rounds.
  Price conjunctions(std::uint64_t rounds, std::uint64_t bits) const {
    Price price = n == 3 ? round(bits) : round_of_first(2 * t + 1, (n - 1 - t) * byte * bits);
    price.rounds = rounds;
    return price;
  }
  /// Sums modulo p of numbers given by their bits, of which one may be public.
  Price additions(std::uint64_t values, bool one_is_public) const {
    if (rippling())
      return conjunctions(one_is_public ? 2 * b - 2 : 2 * b - 1, values * (2 * b - (one_is_public ? 2 : 1)));
    std::uint64_t ones = 0;  // in the binary notation of 0, ..., b - 1
    for (std::size_t i = 0; i < b; ++i) ones += static_cast<std::uint64_t>(std::popcount(i));
    return conjunctions(one_is_public ? 1 + ceil_log2(b) : 2 + ceil_log2(b),
                        values * (2 * ones + 2 * b - 1 - (one_is_public ? b : 0)));
  }
  Price edabits(std::uint64_t values) const {
    if (n == 3) {
      Price bits = round(0);
      bits.bits[2] = values * b;
      return bits + additions(values, false);
    }
    Price price = round_of_first(t + 1, (n - 1 - t) * (element + byte * b) * values);
    Price sums = additions(t * values, false);
    sums.rounds *= ceil_log2(t + 1);
    return price + sums;
  }
  Price to_field(std::uint64_t bits) const {
    if (n == 3) {
      Price dealt = round(0);
      dealt.bits[1] = element * bits;
      return dealt + mul(bits);
    }
    Price products = mul(t * bits);
    products.rounds = ceil_log2(t + 1);
    return round_of_first(t + 1, (n - 1 - t) * (element + byte) * bits) + products + open_bits(bits);
  }
  /// How field elements come apart into two numbers of bits, before those are compared or added.
  Price split(std::uint64_t values) const {
    if (n != 3) return edabits(values) + open(values);
    Price price = round_of_first(2, element * values);
    price.bits[2] = values * b;
    return price;
  }
  Price to_bits(std::uint64_t values) const { return split(values) + additions(values, n != 3); }
  Price less_than(std::uint64_t values) const { return split(values) + comparison(values, false); }
  Price equal(std::uint64_t values) const { return split(values) + conjunctions(ceil_log2(b), values * (b - 1)); }
  /// Of values with an index that does not fit in one number with them: two comparisons a pair, and a round more.
  Price less_than_of_rows(std::uint64_t pairs, bool wide) const {
    return wide ? split(2 * pairs) + comparison(2 * pairs, true) + conjunctions(1, pairs) : less_than(pairs);
  }

  /// For n = 2t + 1, where each set of t + 1 parties is a group; `first` shuffle by groups of this engine or not.
  Price shuffle(std::uint64_t rows, std::uint64_t columns, bool first) const {
    if (rows < 2) return nothing();
    const std::uint64_t depth = 2 * ceil_log2(rows) - 1;
    if (1 + (t + 1) * depth < choose(n, t)) {
      const std::uint64_t exchanges = rows * ceil_log2(rows) - (std::uint64_t{1} << ceil_log2(rows)) + 1;
      Price products = (t + 1) * mul(exchanges * columns);
      products.rounds = (t + 1) * depth;
      return round_of_first(t + 1, (n - 1 - t) * element * exchanges) + products;
    }
    Price passes = choose(n - 1, t) * round((n - 1 - t) * element * rows * columns);
    passes.rounds = choose(n, t);
    if (!first) return passes;
    Price seeds = round(0);
    for (std::size_t party = 0; party < n; ++party) seeds.bits[party] = choose(n - 1 - party, t) * t * 32 * byte;
    return seeds + passes;
  }

  static constexpr std::size_t b = F61::modulus_bits, byte = 8, element = F61::encoded_size * byte;
  const std::size_t n, t;
  const Link link;

 private:
  static std::uint64_t choose(std::uint64_t from, std::uint64_t number) {
    std::uint64_t ways = from < number ? 0 : 1;
    for (std::uint64_t k = 0; k < number && ways != 0; ++k) ways = ways * (from - k) / (k + 1);
    return ways;
  }
  bool rippling() const { return link.seconds_per_round == 0; }
  // After the first round.
  Price comparison(std::uint64_t values, bool with_equality) const {
    if (rippling()) {
      const Price less = n == 3 ? conjunctions(b, values * b) : conjunctions(b - 1, values * (b - 1));
      return with_equality ? less + conjunctions(ceil_log2(b), values * (b - 1)) : less;
    }
    const std::uint64_t all = 3 * b - 2 - (with_equality ? 0 : ceil_log2(b));
    return n == 3 ? conjunctions(1 + ceil_log2(b), values * all) : conjunctions(ceil_log2(b), values * (all - b));
  }
};

/// What `program(engine)`, which returns a Cost, did cost every party. Rounds have to be the same for all.
template <Field F, class Program>
Price spent(Setting setting, const Program& program) {
  const std::vector<Cost> costs = on_shamir<F>(setting, program);
  Price price{costs.front().rounds, {}};
  for (const Cost& cost : costs) {
    REQUIRE(cost.rounds == price.rounds);
    price.bits.push_back(8 * cost.bytes_sent);
  }
  return price;
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
    {{3, 1, few_rounds}, {3, 1, few_bytes}, {5, 2, few_rounds}, {5, 2, few_bytes}, {5, 1, few_rounds}}};
inline constexpr std::array<std::size_t, 3> priced_sizes = {8, 24, 80};

}  // namespace parley::test
