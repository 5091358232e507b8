// SPDX-License-Identifier: Apache-2.0
// All functions on the engines for parties that cheat: what they give in the clear.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "functions/any_engine.hpp"
#include "functions/any_engine_of.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/shamir_active.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/engine/spdz.hpp"
#include "parley/engine/trusted_dealer.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/functions/bits.hpp"
#include "parley/functions/compare.hpp"
#include "parley/functions/group_by.hpp"
#include "parley/functions/joint.hpp"
#include "parley/functions/median.hpp"
#include "parley/functions/minimum.hpp"
#include "parley/functions/radix_sort.hpp"
#include "parley/functions/select.hpp"
#include "parley/functions/shuffle.hpp"
#include "parley/functions/sort.hpp"
#include "parley/functions/sum.hpp"
#include "parley/functions/top_k.hpp"

namespace {

using namespace parley;
using F = Mersenne61;
using Numbers = std::vector<std::uint64_t>;

const Numbers values = {9, 3, 700, 3, 0, 41, 12, 5, 700, 1, 8};

/// Results of all functions that have one to compare, opened.
struct Results {
  std::vector<Numbers> all;

  void keep(Numbers numbers) { all.push_back(std::move(numbers)); }
  void keep(const std::vector<F>& opened) {
    Numbers numbers;
    for (const F& value : opened) numbers.push_back(static_cast<std::uint64_t>(value.to_integer()));
    keep(std::move(numbers));
  }
};

template <class E>
SharedOf<E> shared(E& engine, const Numbers& numbers, std::size_t owner) {
  std::vector<F> elements;
  for (const std::uint64_t number : numbers) elements.push_back(F(number));
  return input(engine, owner, elements, numbers.size());
}

using Spdz = SpdzEngine<F, DealtRandomness<F>>;
using Active = test::AnyEngineOf<ShamirActiveEngine<F, TestRandom>>;
using AnyActive = test::AnyEngine<F>;

/// What one party gets of functions.
template <class E>
using Program = std::vector<Numbers> (*)(E& engine);

/// Requires that each party gets `right`.
void check(std::size_t parties, Program<AnyActive> program, const std::vector<Numbers>& right) {
  const auto results = simulate(parties, [&](Network& network) {
    Active engine(network, ShamirActiveOptions{}, TestRandom(network.self() + 1));
    return program(engine);
  });
  for (const std::vector<Numbers>& of_party : results) CHECK(of_party == right);
}
/// The same from preprocessing that is plenty.
void check(std::size_t parties, Program<Spdz> program, const std::vector<Numbers>& right) {
  const std::vector<std::size_t> masks(parties, 200);
  auto stores = TrustedDealer<F, TestRandom>(TestRandom(3))
                    .deal({.triples = 6'000,
                           .input_masks = masks,
                           .bit_triples = 3'000,
                           .input_bit_masks = masks,
                           .edabits = 60,
                           .dabits = 250,
                           .shuffles = {{values.size(), 20}},
                           .checks = 200},
                          parties);
  const auto results = simulate(parties, [&](Network& network) {
    auto engine = spdz<F>(network, std::move(stores[network.self()]));
    return program(engine);
  });
  for (const std::vector<Numbers>& of_party : results) CHECK(of_party == right);
}

template <class Number>
Numbers each(Number number) {
  Numbers numbers;
  for (const std::uint64_t value : values) numbers.push_back(static_cast<std::uint64_t>(number(value)));
  return numbers;
}
Numbers sorted() {
  Numbers numbers = values;
  std::ranges::sort(numbers);
  return numbers;
}

template <class E>
std::vector<Numbers> comparisons(E& engine) {
  Results results;
  const auto x = shared(engine, values, 0), y = shared(engine, Numbers(values.size(), 9), 1);
  for (const std::size_t bits : {std::size_t{0}, std::size_t{17}}) {
    results.keep(open(engine, less_than(engine, x, y, {.bits = bits})));
    results.keep(open(engine, equal(engine, x, F(700), {.bits = bits})));
    results.keep(open(engine, between(engine, x, F(3), F(41), {.bits = bits})));
  }
  const auto bits = to_bits(engine, x, {.bits = 12});
  results.keep(open(engine, bits));
  results.keep(open(engine, from_bits(engine, bits)));
  results.keep(open(engine, select(engine, less_than(engine, x, y), x, y)));
  results.keep(open(engine, sum(engine, x) + F(1)));
  return results.all;
}
template <class E>
std::vector<Numbers> extrema(E& engine) {
  Results results;
  const auto x = shared(engine, values, 1);
  const auto least = minimum(engine, x, {.bits = 10});
  results.keep(open(engine, concat(least.value, least.position)));
  results.keep(open(engine, maximum(engine, x).value));
  results.keep(open(engine, one_hot_argmax(engine, x, {.bits = 10})));
  return results.all;
}
template <class E>
std::vector<Numbers> orders(E& engine) {
  Results results;
  const auto x = shared(engine, values, 0);
  results.keep(open(engine, sort(engine, shuffle(engine, x), {.bits = 10})));
  results.keep(open(engine, median(engine, x, {.bits = 10})));
  results.keep(open(engine, radix_sort(engine, x, 10)));
  results.keep(open(engine, top_k(engine, x, 3, {.bits = 10})));
  results.keep(Numbers{joint_median(engine, engine.self() == 0 ? Numbers{4, 900} : Numbers{100}, {.bits = 10})});
  return results.all;
}
template <class E>
std::vector<Numbers> groups(E& engine) {
  Results results;
  const auto found = group_by(engine, shared(engine, {1, 2, 1, 2, 3, 3, 3, 1, 1, 2, 2}, 1), shared(engine, values, 0),
                              {.key_bits = 2, .value_bits = 10, .most_groups = 4});
  for (const auto& column : {found.key, found.valid, found.count, found.sum, found.least, found.greatest})
    results.keep(open(engine, column));
  return results.all;
}

/// Runs all of them among these numbers of parties.
template <class E>
void check_functions(const std::vector<std::size_t>& parties) {
  const Numbers less = each([](auto value) { return value < 9; }), same = each([](auto value) { return value == 700; }),
                inside = each([](auto value) { return value >= 3 && value < 41; });
  const Numbers order = sorted();
  for (const std::size_t n : parties) {
    CAPTURE(n);
    check(n, comparisons<E>,
          {less,
           same,
           inside,
           less,
           same,
           inside,
           values,
           values,
           each([](auto value) { return value < 9 ? value : 9; }),
           {1483}});
    check(n, extrema<E>, {{0, 4}, {700}, {0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}});
    check(n, orders<E>, {order, {order[5]}, order, {700, 700, 41}, {100}});
    check(n, groups<E>, {{1, 2, 3, 0}, {1, 1, 1, 0}, {4, 4, 3, 0}, {1414, 15, 53, 0}, {5, 1, 0, 0}, {700, 8, 41, 0}});
  }
}

}  // namespace

TEST_CASE("functions on the engine for a dishonest majority") { check_functions<Spdz>({2, 3}); }

TEST_CASE("functions on the active Shamir engine") { check_functions<AnyActive>({3, 4, 5}); }
