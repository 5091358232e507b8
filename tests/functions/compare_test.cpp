// SPDX-License-Identifier: Apache-2.0
// Order and equality of shared values: all pairs of tiny fields, the boundaries of large ones, what it costs, and that
// nobody learns anything.
#include "parley/functions/compare.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "functions/masked.hpp"
#include "functions/on_engines.hpp"
#include "functions/prices.hpp"
#include "parley/core/integer.hpp"
#include "parley/engine/preparation.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/net/local_network.hpp"

namespace {

using namespace parley;
using namespace parley::test;

/// Less and equal, for vectors and for a public bound on either side.
struct Outcomes {
  Numbers less, equal, less_than_bound, bound_is_less, equals_bound;
  friend bool operator==(const Outcomes&, const Outcomes&) = default;
};

template <Field F>
Outcomes reference(const std::vector<F>& x, const std::vector<F>& y, const F& bound) {
  const auto less = [](const F& a, const F& b) {
    return (a - b).to_integer() > (F::modulus - 1) / 2 ? std::uint64_t{1} : 0;
  };
  const auto same = [](const F& a, const F& b) { return a == b ? std::uint64_t{1} : 0; };
  Outcomes outcomes;
  for (std::size_t i = 0; i < x.size(); ++i) {
    outcomes.less.push_back(less(x[i], y[i]));
    outcomes.equal.push_back(same(x[i], y[i]));
    outcomes.less_than_bound.push_back(less(x[i], bound));
    outcomes.bound_is_less.push_back(less(bound, x[i]));
    outcomes.equals_bound.push_back(same(x[i], bound));
  }
  return outcomes;
}

template <Field F>
auto comparisons(const std::vector<F>& x, const std::vector<F>& y, const F& bound) {
  return [&x, &y, &bound](auto& engine) {
    const auto a = input(engine, 0, x, x.size()), b = input(engine, 1, y, y.size());
    return Outcomes{open(engine, less_than(engine, a, b)), open(engine, equal(engine, a, b)),
                    open(engine, less_than(engine, a, bound)), open(engine, less_than(engine, bound, a)),
                    open(engine, equal(engine, a, bound))};
  };
}

template <Field F>
void check_all_pairs() {
  std::vector<F> x, y;
  for (std::uint64_t i = 0; i < F::modulus; ++i)
    for (std::uint64_t j = 0; j < F::modulus; ++j) {
      x.push_back(F(i));
      y.push_back(F(j));
    }
  const F bound((F::modulus - 1) / 2);
  const Outcomes right = reference(x, y, bound);
  for (const Setting setting : {Setting{3, 1}, Setting{4, 1}, Setting{5, 2}})
    for (const Outcomes& outcomes : on_shamir<F>(setting, comparisons(x, y, bound))) REQUIRE(outcomes == right);
}

}  // namespace

TEST_CASE("less_than and equal are right for all pairs of elements of tiny fields") {
  check_all_pairs<SmallPrime<7>>();
  check_all_pairs<SmallPrime<31>>();
  check_all_pairs<SmallPrime<127>>();
}

TEST_CASE("the reference of these tests is the order of the integers where they are below 2^59") {
  const Numbers values = {0, 1, 2, greatest / 2, greatest - 1, greatest};
  for (const std::uint64_t x : values)
    for (const std::uint64_t y : values) {
      const Outcomes outcomes = reference<F61>({F61(x)}, {F61(y)}, F61(y));
      REQUIRE(outcomes.less.front() == (x < y ? 1 : 0));
      REQUIRE(outcomes.bound_is_less.front() == (y < x ? 1 : 0));
    }
}

TEST_CASE("less_than and equal agree on all engines, on random values and at every boundary") {
  constexpr std::uint64_t half = (F61::modulus - 1) / 2;
  std::vector<F61> x, y;
  const auto pair = [&](std::uint64_t first, std::uint64_t second) {
    x.push_back(F61(first));
    y.push_back(F61(second));
  };
  for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{1}, greatest - 1, greatest})
    for (const std::uint64_t second : {std::uint64_t{0}, std::uint64_t{1}, greatest - 1, greatest}) pair(first, second);
  // differences of (p-1)/2 and (p+1)/2 = -(p-1)/2, and next to them
  for (const std::uint64_t difference : {half - 1, half, half + 1, half + 2}) {
    pair(difference, 0);
    pair(0, difference);
    pair(difference + greatest, greatest);
  }
  const std::size_t few = x.size();
  const Numbers random = random_numbers(200, greatest + 1);
  for (std::size_t i = 0; i < 40; ++i) {
    pair(random[2 * i], random[2 * i + 1]);
    pair(random[i], random[i] + 1);
    pair(random[i] + 1, random[i]);
    pair(random[i], random[i]);
  }
  check_on_engines<F61>(few_parties, comparisons(x, y, F61(1)), reference(x, y, F61(1)));
  x.resize(few);
  y.resize(few);
  check_on_engines<F61>(
      std::span(&sixteen_parties, 1),
      [&](auto& engine) {
        return open(engine, less_than(engine, input(engine, 0, x, few), input(engine, 15, y, few)));
      },
      reference(x, y, F61(1)).less);
  x.resize(4);
  y.resize(4);
  check_on_engines<F61>(
      std::span(&sixteen_parties, 1),
      [&](auto& engine) { return open(engine, equal(engine, input(engine, 0, x, 4), input(engine, 15, y, 4))); },
      reference(x, y, F61(1)).equal);
}

TEST_CASE("less_than and equal take the values of larger fields") {
  using F = Mersenne127;
  constexpr uint128 half = (F::modulus - 1) / 2;
  std::vector<F> x, y;
  for (const uint128 value : {uint128{0}, uint128{1}, half - 1, half, half + 1, F::modulus - 1,
                              static_cast<uint128>(1) << 64, (static_cast<uint128>(1) << 64) - 1})
    for (const uint128 other : {uint128{0}, uint128{1}, half, static_cast<uint128>(1) << 64}) {
      x.push_back(F::from_integer(value));
      y.push_back(F::from_integer(other));
    }
  for (const Setting setting : {Setting{3, 1}, Setting{4, 1}})
    for (const Outcomes& outcomes : on_shamir<F>(setting, comparisons(x, y, F(1))))
      REQUIRE(outcomes == reference(x, y, F(1)));
}

namespace {

/// In how many places: vectors too long to be printed.
std::size_t differences(const Numbers& found, const Numbers& right) {
  REQUIRE(found.size() == right.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < found.size(); ++i) count += found[i] == right[i] ? 0 : 1;
  return count;
}

/// All comparisons of values below 2^bits, masked by all sums of as many numbers below the order: whether they are
/// right, and all of them of `width` bits, or one less for equality.
template <Field F>
void check_short_comparisons(std::size_t terms, std::size_t bits, std::size_t width) {
  CAPTURE(F::name, terms, bits);
  const std::uint64_t end = std::uint64_t{1} << bits, masks = terms * (F::modulus - 1) + 1;
  Numbers x, y, less, same;
  for (std::uint64_t first = 0; first < end; ++first)
    for (std::uint64_t second = 0; second < end; ++second)
      for (std::uint64_t mask = 0; mask < masks; ++mask) {
        x.push_back(first);
        y.push_back(second);
        less.push_back(first < second ? 1 : 0);
        same.push_back(first == second ? 1 : 0);
      }
  const auto networks = LocalNetwork::create(1);
  Masked<F> engine(*networks.front());
  engine.terms = terms;
  engine.masks = numbers_below(masks);  // as many in turn as there are pairs of one x and y
  const OrderOptions options{.bits = bits};
  const auto a = constant(engine, elements<F>(x)), b = constant(engine, elements<F>(y));
  REQUIRE(differences(open(engine, less_than(engine, a, b, options)), less) == 0);
  REQUIRE(engine.widths == std::vector{width});
  REQUIRE(differences(open(engine, equal(engine, a, b, options)), same) == 0);
  REQUIRE(engine.widths.back() == width - 1);
  for (std::uint64_t low = 0; low <= end + 1; ++low) {
    if (low < end) {
      Numbers below, above, at;
      for (const std::uint64_t value : x) {
        below.push_back(value < low ? 1 : 0);
        above.push_back(low < value ? 1 : 0);
        at.push_back(low == value ? 1 : 0);
      }
      REQUIRE(differences(open(engine, less_than(engine, a, F(low), options)), below) == 0);
      REQUIRE(differences(open(engine, less_than(engine, F(low), a, options)), above) == 0);
      REQUIRE(differences(open(engine, equal(engine, a, F(low), options)), at) == 0);
    }
    for (const std::uint64_t high : {low, low + 1, end - 1, end, end + 1, F::modulus - 1}) {
      if (high < low) continue;
      Numbers in;
      for (const std::uint64_t value : x) in.push_back(low <= value && value < high ? 1 : 0);
      engine.widths.clear();
      REQUIRE(differences(open(engine, between(engine, a, F(low), F(high), options)), in) == 0);
      REQUIRE(engine.widths == std::vector{width});
    }
  }
}

}  // namespace

TEST_CASE("short values are compared right with all masks in tiny fields") {
  // as many bits as fit: one more than they are, and as many as hold what the masks' terms wrap around
  check_short_comparisons<SmallPrime<31>>(1, 1, 3);
  check_short_comparisons<SmallPrime<31>>(1, 2, 4);
  check_short_comparisons<SmallPrime<31>>(2, 1, 4);
  check_short_comparisons<SmallPrime<31>>(3, 1, 4);
  for (const std::size_t bits : {1U, 2U, 3U, 4U}) check_short_comparisons<SmallPrime<127>>(1, bits, bits + 2);
  for (const std::size_t bits : {1U, 2U, 3U})
    for (const std::size_t terms : {2U, 3U}) check_short_comparisons<SmallPrime<127>>(terms, bits, bits + 3);
  for (const std::size_t terms : {4U, 7U}) check_short_comparisons<SmallPrime<127>>(terms, 2, 6);
  check_short_comparisons<SmallPrime<127>>(8, 1, 6);
}

TEST_CASE(
    "short values of tiny fields are compared right by all engines, and those that are not short enough for fewer "
    "bits") {
  using F = SmallPrime<127>;
  for (const std::size_t bits : {1U, 2U, 3U, 4U, 5U}) {
    const std::uint64_t end = std::uint64_t{1} << bits;
    std::vector<F> x, y;
    Numbers right;
    for (std::uint64_t first = 0; first < end; ++first)
      for (std::uint64_t second = 0; second < end; ++second) {
        x.push_back(F(first));
        y.push_back(F(second));
        right.push_back(4 * (first < second) + 2 * (first == second) + (first >= 1 && first < second));
      }
    const std::array<Setting, 5> settings = {{{3, 1}, {3, 1, slow_bytes}, {4, 1}, {5, 2, slow_bytes}, {7, 3}}};
    check_on_engines<F>(
        settings,
        [&](auto& engine) {
          const OrderOptions options{.bits = bits};
          const auto a = input(engine, 0, x, x.size()), b = input(engine, 1, y, y.size());
          const auto one = constant(engine, std::vector<F>(x.size(), F(1)));
          const Numbers less = open(engine, less_than(engine, a, b, options)),
                        same = open(engine, equal(engine, a, b, options)),
                        in = open(engine, between(engine, a, one, b, options));
          Numbers found;
          for (std::size_t i = 0; i < less.size(); ++i) found.push_back(4 * less[i] + 2 * same[i] + in[i]);
          return found;
        },
        right);
  }
}

namespace {

/// Pairs of values below 2^bits: all of the boundaries, neighbours, equal ones, and random ones.
std::pair<Numbers, Numbers> short_pairs(std::size_t bits, std::size_t count) {
  const std::uint64_t most = (std::uint64_t{1} << bits) - 1;
  Numbers x, y;
  for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{1}, most / 2, most / 2 + 1, most - 1, most})
    for (const std::uint64_t second : {std::uint64_t{0}, std::uint64_t{1}, most / 2, most - 1, most}) {
      x.push_back(first);
      y.push_back(second);
    }
  for (const std::uint64_t value : random_numbers(count, most, bits)) {
    x.insert(x.end(), {value, value, value + 1, value});
    y.insert(y.end(), {value, value + 1, value, most - value});
  }
  return {x, y};
}

}  // namespace

TEST_CASE("short values are compared right on all engines, in both forms of the circuits") {
  const std::array<Setting, 6> settings = {
      {{3, 1, slow_rounds}, {3, 1, slow_bytes}, {4, 1, slow_rounds}, {5, 2, slow_bytes}, {5, 2, slow_rounds}, {7, 3}}};
  for (const std::size_t bits : {1U, 32U, 57U, 58U}) {
    const auto [x, y] = short_pairs(bits, 5);
    const std::uint64_t bound = std::uint64_t{1} << (bits - 1), most = 2 * bound - 1;
    std::vector<Numbers> right(7);
    for (std::size_t i = 0; i < x.size(); ++i) {
      right[0].push_back(x[i] < y[i] ? 1 : 0);
      right[1].push_back(x[i] == y[i] ? 1 : 0);
      right[2].push_back(x[i] < bound ? 1 : 0);
      right[3].push_back(bound < x[i] ? 1 : 0);
      right[4].push_back(x[i] == bound ? 1 : 0);
      right[5].push_back(1 <= x[i] && x[i] < most ? 1 : 0);
      right[6].push_back(1 <= x[i] && x[i] < y[i] ? 1 : 0);
    }
    check_on_engines<F61>(
        settings,
        [&, &x = x, &y = y](auto& engine) {
          const OrderOptions options{.bits = bits};
          const auto a = shared(engine, x), b = shared(engine, y, 1), one = shared(engine, Numbers(x.size(), 1));
          return std::vector<Numbers>{open(engine, less_than(engine, a, b, options)),
                                      open(engine, equal(engine, a, b, options)),
                                      open(engine, less_than(engine, a, F61(bound), options)),
                                      open(engine, less_than(engine, F61(bound), a, options)),
                                      open(engine, equal(engine, a, F61(bound), options)),
                                      open(engine, between(engine, a, F61(1), F61(most), options)),
                                      open(engine, between(engine, a, one, b, options))};
        },
        right);
  }
}

TEST_CASE("short values of larger fields are compared right, with a store and with less in it than they take") {
  using F = Mersenne127;
  const auto [x, y] = short_pairs(63, 10);
  Numbers less, same;
  for (std::size_t i = 0; i < x.size(); ++i) {
    less.push_back(x[i] < y[i] ? 1 : 0);
    same.push_back(x[i] == y[i] ? 1 : 0);
  }
  for (const Setting setting : {Setting{3, 1}, Setting{4, 1}, Setting{5, 2}})
    for (const std::size_t stored : {std::size_t{0}, x.size() / 2, 2 * x.size()}) {
      const auto ends = on_shamir<F>(setting, [&, &x = x, &y = y](auto& engine) {
        if (stored > 0) prepare(engine, {.edabits = stored});
        const auto a = shared(engine, x), b = shared(engine, y, 1);
        const bool right = open(engine, less_than(engine, a, b, {.bits = 63})) == less &&
                           open(engine, equal(engine, a, b, {.bits = 63})) == same;
        return std::pair{right, engine.cost_report().missing.edabits};
      });
      for (const auto& [right, missing] : ends) {
        CHECK(right);
        CHECK(missing == (setting.parties == 3 ? 0 : 2 * x.size() - stored));
      }
    }
}

namespace {

/// One of the comparisons of two vectors, by its number: one instance of it all compiles faster than seven.
constexpr std::size_t kinds = 7;
template <class E>
SharedBitsOf<E> compared(E& engine, std::size_t kind, const SharedOf<E>& x, const SharedOf<E>& y,
                         const OrderOptions& options) {
  switch (kind) {
    case 0:
      return less_than(engine, x, y, options);
    case 1:
      return less_than(engine, x, F61(5), options);
    case 2:
      return less_than(engine, F61(5), x, options);
    case 3:
      return equal(engine, x, y, options);
    case 4:
      return equal(engine, x, F61(5), options);
    case 5:
      return between(engine, x, F61(5), F61(9), options);
    default:
      return between(engine, x, y, y, options);
  }
}

}  // namespace

TEST_CASE("more bits than the field can compare are refused") {
  for (std::size_t kind = 0; kind < kinds; ++kind)
    check_refused<F61>(ErrorCode::invalid_argument, [&](auto& engine) {
      const auto x = constant(engine, elements<F61>({1, 2}));
      compared(engine, kind, x, x, {.bits = 60});
    });
}

namespace {

/// Whether low <= x < high, for each x.
template <Field F>
Numbers inside(const std::vector<F>& x, const F& low, const F& high) {
  Numbers bits;
  for (const F& value : x)
    bits.push_back(low.to_integer() <= value.to_integer() && value.to_integer() < high.to_integer() ? 1 : 0);
  return bits;
}

/// Every x with every interval whose ends are among `bounds`.
template <Field F>
void check_intervals(std::span<const Setting> settings, const std::vector<F>& x, const std::vector<F>& bounds) {
  std::vector<std::pair<F, F>> intervals;
  for (const F& low : bounds)
    for (const F& high : bounds)
      if (low.to_integer() <= high.to_integer()) intervals.emplace_back(low, high);
  std::vector<Numbers> right;
  for (const auto& [low, high] : intervals) right.push_back(inside(x, low, high));
  check_on_engines<F>(
      settings,
      [&](auto& engine) {
        const auto values = input(engine, 1, x, x.size());
        std::vector<Numbers> found;
        for (const auto& [low, high] : intervals) found.push_back(open(engine, between(engine, values, low, high)));
        return found;
      },
      right);
}

}  // namespace

TEST_CASE("between is right for all elements and all intervals of tiny fields") {
  std::vector<SmallPrime<7>> all;
  for (std::uint64_t i = 0; i < 7; ++i) all.push_back(SmallPrime<7>(i));
  check_intervals<SmallPrime<7>>(std::array{Setting{3, 1}, Setting{3, 1, slow_bytes}, Setting{4, 1}, Setting{5, 2}},
                                 all, all);
  std::vector<SmallPrime<31>> most;
  for (std::uint64_t i = 0; i < 31; ++i) most.push_back(SmallPrime<31>(i));
  check_intervals<SmallPrime<31>>(std::array{Setting{3, 1}}, most, most);
}

TEST_CASE("between agrees on all engines, at every boundary of any elements") {
  constexpr std::uint64_t last = F61::modulus - 1;
  std::vector<F61> x = elements<F61>({0, 1, 2, greatest, greatest + 1, last / 2, last / 2 + 1, last - 1, last});
  const std::vector<F61> bounds = elements<F61>({0, 1, greatest, last / 2 + 1, last});
  check_intervals<F61>(std::array{Setting{3, 1}, Setting{4, 1}}, x, bounds);
  const std::vector<F61> ends = elements<F61>({5, greatest});
  for (const F61& value : elements<F61>(random_numbers(100, last))) x.push_back(value);
  for (const std::uint64_t value : {4u, 5u, 6u}) x.push_back(F61(value));
  check_intervals<F61>(few_parties, x, ends);
  check_intervals<F61>(std::span(&sixteen_parties, 1), elements<F61>({4, 5}), elements<F61>({5, 9}));
}

TEST_CASE("between takes the values of larger fields") {
  using F = Mersenne127;
  std::vector<F> x;
  for (const uint128 value : {uint128{0}, uint128{1}, static_cast<uint128>(1) << 64,
                              (static_cast<uint128>(1) << 64) - 1, F::modulus / 2, F::modulus - 1})
    x.push_back(F::from_integer(value));
  check_intervals<F>(std::array{Setting{3, 1}, Setting{4, 1}}, x, x);
}

TEST_CASE("between takes shared bounds, and nothing is in an interval that ends before it begins") {
  Numbers x, low, high, right;
  const Numbers ends = {0, 1, 7, greatest - 1, greatest};
  for (const std::uint64_t value : ends)
    for (const std::uint64_t first : ends)
      for (const std::uint64_t last : ends) {
        x.push_back(value);
        low.push_back(first);
        high.push_back(last);
        right.push_back(first <= value && value < last ? 1 : 0);
      }
  check_on_engines<F61>(
      few_parties,
      [&](auto& engine) {
        return open(engine, between(engine, shared(engine, x), shared(engine, low, 1), shared(engine, high, 2)));
      },
      right);
}

TEST_CASE("long batches of intervals go in parts and come out in order") {
  constexpr std::size_t count = 30001;  // parts of 2^13 on this link
  const Numbers values = random_numbers(count, 1000);
  const Numbers right = inside<F61>(elements<F61>(values), F61(100), F61(700));
  for (const auto& [found, rounds] : on_shamir<F61>({3, 1, slow_bytes}, [&](auto& engine) {
         const auto x = constant(engine, elements<F61>(values));
         const Cost before = engine.cost();
         const auto inside = between(engine, x, F61(100), F61(700));
         const std::size_t rounds = (engine.cost() - before).rounds;
         return std::pair{open(engine, inside), rounds};
       })) {
    REQUIRE(found == right);
    REQUIRE(rounds == 4 * 62);
  }
}

TEST_CASE("ten million comparisons are right, in both forms of comparison") {
  constexpr std::size_t count = 1'000'000;
  const Numbers ends = {0, 1, 2, greatest / 2, greatest - 1, greatest};
  TestRandom random(12);
  const auto any = [&] { return uniform_below(random, greatest + 1); };
  for (std::size_t batch = 0; batch < 10; ++batch) {
    std::vector<F61> x, y;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t value = any(), end = ends[any() % ends.size()];
      const std::pair<std::uint64_t, std::uint64_t> pairs[] = {{value, any()},
                                                               {value, value},
                                                               {value, std::min(value + 1, greatest)},
                                                               {value, value ^ std::uint64_t{1} << any() % 59},
                                                               {value, end},
                                                               {end, ends[any() % ends.size()]}};
      const auto& [first, second] = pairs[i % std::size(pairs)];
      x.push_back(F61(first));
      y.push_back(F61(second));
    }
    const auto wrong = on_shamir<F61>({3, 1, batch % 2 == 0 ? slow_rounds : slow_bytes}, [&](auto& engine) {
      const auto a = input(engine, 0, x, count), b = input(engine, 1, y, count);
      const PublicBits less = engine.open(less_than(engine, a, b)), same = engine.open(equal(engine, a, b));
      std::size_t differences = 0;
      for (std::size_t i = 0; i < count; ++i)
        if (less.bit(0, i) != (x[i].to_integer() < y[i].to_integer()) || same.bit(0, i) != (x[i] == y[i]))
          ++differences;
      return differences;
    });
    for (const std::size_t differences : wrong) CHECK(differences == 0);
  }
}

TEST_CASE("comparing nothing gives nothing, and costs nothing") {
  for (const Setting setting : {Setting{3, 1}, Setting{5, 2}}) {
    const auto results = on_shamir<F61>(setting, [](auto& engine) {
      const auto none = shared(engine, {});
      const Cost before = engine.cost();
      const bool empty = open(engine, less_than(engine, none, none)).empty() && equal(engine, none, none).size() == 0 &&
                         less_than(engine, F61(1), none).size() == 0 &&
                         between(engine, none, F61(1), F61(2)).size() == 0 &&
                         between(engine, none, none, none).size() == 0;
      return empty && engine.cost() == before;
    });
    for (const bool result : results) CHECK(result);
  }
}

TEST_CASE("intervals that end before they begin, and vectors of different lengths, are refused") {
  check_refused<F61>(ErrorCode::invalid_argument, [](auto& engine) {
    between(engine, constant(engine, elements<F61>({1, 2})), F61(3), F61(2));
  });
  for (const bool low_is_short : {true, false})
    check_refused<F61>(ErrorCode::invalid_argument, [&](auto& engine) {
      const auto one = constant(engine, F61(1)), two = constant(engine, elements<F61>({1, 2}));
      between(engine, two, low_is_short ? one : two, low_is_short ? two : one);
    });
}

TEST_CASE("vectors of different lengths are not compared") {
  check_refused<F61>(ErrorCode::invalid_argument, [](auto& engine) {
    less_than(engine, constant(engine, elements<F61>({1, 2})), constant(engine, F61(1)));
  });
  check_refused<F61>(ErrorCode::invalid_argument, [](auto& engine) {
    equal(engine, constant(engine, F61(1)), constant(engine, elements<F61>({1, 2})));
  });
}

TEST_CASE("comparisons are right on links where bytes matter more than rounds") {
  const Numbers ends = {0, 1, greatest - 1, greatest};
  std::vector<F61> x, y;
  for (const std::uint64_t first : ends)
    for (const std::uint64_t second : ends) {
      x.push_back(F61(first));
      y.push_back(F61(second));
    }
  for (const Setting setting : {Setting{3, 1, slow_bytes}, Setting{4, 1, slow_bytes}})
    for (const Outcomes& outcomes : on_shamir<F61>(setting, comparisons(x, y, F61(1))))
      REQUIRE(outcomes == reference(x, y, F61(1)));
}

TEST_CASE("large batches go in parts, each with its rounds, and come out in order") {
  // parts of 2^14 comparisons on this link, so four of 15001 rounded up to whole words
  constexpr std::size_t count = 60001;
  TestRandom random(11);
  Numbers first, second, less, same;
  for (std::size_t i = 0; i < count; ++i) {
    first.push_back(uniform_below(random, 1000));
    second.push_back(uniform_below(random, 1000));
    less.push_back(first[i] < second[i] ? 1 : 0);
    same.push_back(first[i] == second[i] ? 1 : 0);
  }
  struct End {
    Numbers less, same;
    Cost cost;
  };
  for (const End& end : on_shamir<F61>({3, 1, slow_bytes}, [&](auto& engine) {
         const auto x = constant(engine, elements<F61>(first)), y = constant(engine, elements<F61>(second));
         const Cost before = engine.cost();
         const auto outcome = less_than(engine, x, y);
         const Cost cost = engine.cost() - before;
         return End{open(engine, outcome), open(engine, equal(engine, x, y)), cost};
       })) {
    CHECK(end.less == less);
    CHECK(end.same == same);
    CHECK(end.cost.rounds == 4 * 62);
    CHECK(end.cost.bytes_sent <= count * 16);
  }
}

TEST_CASE("comparisons cost what they say") {
  for (const Setting& setting : priced_settings)
    for (const std::size_t size : priced_sizes)
      for (const std::size_t bits : {0U, 2U, 32U, 59U})
        for (std::size_t kind = 0; kind < kinds; ++kind) {
          if (bits != 0 && bits != 32 && kind != 0 && kind != 3) continue;
          CAPTURE(size, bits, kind);
          check_price(
              setting,
              [&](auto& engine) {
                const auto x = shared(engine, Numbers(size, 3)), y = shared(engine, Numbers(size, 2));
                return cost_of(engine, [&] { compared(engine, kind, x, y, {.bits = bits}); });
              },
              [&](const FunctionPrices& prices) {
                if (kind <= 2) return prices.less_than(size, bits);
                if (kind <= 4) return prices.equal(size, bits);
                return kind == 5 ? prices.between(size, bits) : prices.between_shared(size, bits);
              });
        }
}
