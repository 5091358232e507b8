// SPDX-License-Identifier: Apache-2.0
// The least and greatest values with their positions: for all trees, on ties, and what they cost on which link.
#include "parley/functions/minimum.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "functions/on_engines.hpp"
#include "functions/prices.hpp"

namespace {

using namespace parley;
using namespace parley::test;
using Levels = std::vector<detail::TournamentLevel>;

/// What there is to know of the least value, or of the greatest: the value, its position twice, and where it is.
using Found = std::vector<Numbers>;

Found reference(const Numbers& x, bool greatest_wanted) {
  const auto best =
      greatest_wanted ? std::ranges::max_element(x) : std::ranges::min_element(x);  // the first of equal ones
  const auto position = static_cast<std::uint64_t>(best - x.begin());
  Numbers one_hot(x.size());
  one_hot[position] = 1;
  return {{*best, position, position}, one_hot};
}

/// The minimum of each vector, then the maximum of each.
auto found_by_functions(const std::vector<Numbers>& vectors, std::size_t bits = widest) {
  return [&vectors, bits](auto& engine) {
    const OrderOptions options{.bits = bits};
    std::vector<Found> found;
    for (const bool greatest_wanted : {false, true})
      for (const Numbers& vector : vectors) {
        const auto x = shared(engine, vector);
        const auto best = greatest_wanted ? maximum(engine, x, options) : minimum(engine, x, options);
        const auto position = greatest_wanted ? argmax(engine, x, options) : argmin(engine, x, options);
        const auto marks = greatest_wanted ? one_hot_argmax(engine, x, options) : one_hot_argmin(engine, x, options);
        found.push_back({opened(engine, concat(best.value, best.position, position)), opened(engine, marks)});
      }
    return found;
  };
}
std::vector<Found> references(const std::vector<Numbers>& vectors) {
  std::vector<Found> right;
  for (const bool greatest_wanted : {false, true})
    for (const Numbers& vector : vectors) right.push_back(reference(vector, greatest_wanted));
  return right;
}

/// A tree whose levels have these fan-ins one after another, the last of them as often as it takes.
Levels levels_of(std::size_t values, const std::vector<std::size_t>& fan_ins) {
  Levels levels;
  for (std::size_t left = values; left > 1; left = levels.back().groups)
    levels.push_back(detail::TournamentLevel::of(left, fan_ins[std::min(levels.size(), fan_ins.size() - 1)]));
  return levels;
}
const std::vector<std::vector<std::size_t>> trees = {{2}, {3}, {4}, {2, 3}, {5, 2}, {9}, {100}};

template <class E>
Found found_by_tree(E& engine, const Numbers& vector, const std::vector<std::size_t>& fan_ins) {
  const auto x = shared(engine, vector);
  const auto all = detail::tournament(engine, x, {.bits = 8}, levels_of(vector.size(), fan_ins), true, true);
  const auto position =
      detail::tournament(engine, x, {.bits = 8}, levels_of(vector.size(), fan_ins), false, true).least.position;
  return {opened(engine, concat(all.least.value, all.least.position, position)),
          opened(engine, detail::one_hot(engine, all))};
}

}  // namespace

TEST_CASE("groups are as few and as equal as can be, and cover the values") {
  for (std::size_t values = 2; values < 40; ++values)
    for (std::size_t fan_in = 2; fan_in < 45; ++fan_in) {
      const auto level = detail::TournamentLevel::of(values, fan_in);
      REQUIRE(level.groups == (values - 1) / fan_in + 1);
      REQUIRE((level.size <= fan_in && level.full >= 1 && level.full <= level.groups));
      std::size_t next = 0, pairs = 0, contested = 0;
      for (std::size_t group = 0; group < level.groups; ++group) {
        const std::size_t members = level.size - (group < level.full ? 0 : 1);
        REQUIRE(members >= 1);
        for (std::size_t member = 0; member < members; ++member) {
          REQUIRE(level.position(group, member) == next++);
          REQUIRE(group < level.with(member));
        }
        pairs += members * (members - 1) / 2;
        contested += members > 1 ? 1 : 0;
      }
      REQUIRE((next == values && values == level.values()));
      REQUIRE((pairs == level.pairs() && contested == level.contested()));
    }
}

TEST_CASE("all trees find the first of the least of all vectors of small numbers") {
  std::vector<Numbers> vectors;
  for (std::uint64_t code = 0; code < 81; ++code) vectors.push_back({code / 27, code / 9 % 3, code / 3 % 3, code % 3});
  for (std::size_t size = 1; size <= 24; ++size) vectors.push_back(random_numbers(size, 3, size));
  for (const auto& fan_ins : trees) {
    CAPTURE(fan_ins);
    for (const auto& found : on_clear<F61>(1, [&](auto& engine) {
           std::vector<Found> all;
           for (const Numbers& vector : vectors) all.push_back(found_by_tree(engine, vector, fan_ins));
           return all;
         }))
      for (std::size_t i = 0; i < vectors.size(); ++i) REQUIRE(found[i] == reference(vectors[i], false));
  }
}

TEST_CASE("all trees find the least on the engines") {
  const std::vector<Numbers> vectors = extreme_vectors(11, 255);
  std::vector<Found> right;
  for (std::size_t i = 0; i < vectors.size(); ++i)
    for (std::size_t tree = 0; tree < trees.size(); ++tree) right.push_back(reference(vectors[i], false));
  for (const Setting& setting : {Setting{3, 1}, Setting{5, 2, slow_rounds}}) {
    const std::size_t count = setting.parties == 3 ? vectors.size() : 2;
    const auto all = on_shamir<F61>(setting, [&](auto& engine) {
      std::vector<Found> found;
      for (std::size_t i = 0; i < count; ++i)
        for (const auto& fan_ins : trees) found.push_back(found_by_tree(engine, vectors[i], fan_ins));
      return found;
    });
    for (const auto& found : all) REQUIRE(std::ranges::equal(found, std::span(right).first(found.size())));
  }
}

TEST_CASE("the least and the greatest are found on all engines, in random and extreme vectors") {
  std::vector<Numbers> vectors;
  for (const std::size_t size : {1u, 2u, 20u})
    for (const Numbers& vector : extreme_vectors(size)) vectors.push_back(vector);
  check_on_engines<F61>(three_parties, found_by_functions(vectors), references(vectors));
  const std::vector<Numbers> of_five = {extreme_vectors(5)[0], extreme_vectors(5)[3]};
  check_on_engines<F61>(few_parties, found_by_functions(of_five), references(of_five));
  const std::vector<Numbers> few = {{greatest, 0, greatest}};
  check_on_engines<F61>(std::span(&sixteen_parties, 1), found_by_functions(few), references(few));
}

TEST_CASE("the least of many values are found, which go through several levels") {
  const std::vector<Numbers> vectors = {random_numbers(3000, 1000), random_numbers(700, 65536)};
  for (const Link& link : {slow_bytes, Link::world()})
    for (const auto& found : on_shamir<F61>({3, 1, link}, found_by_functions(vectors, 16)))
      REQUIRE(found == references(vectors));
}

TEST_CASE("an empty vector has no least value, and more bits than the field can compare are refused") {
  for (const bool empty : {true, false})
    check_refused<F61>(ErrorCode::invalid_argument, [&](auto& engine) {
      maximum(engine, constant(engine, std::vector<F61>(empty ? 0 : 2)), {.bits = empty ? widest : 60});
    });
}

TEST_CASE("the least and where it is cost what they say") {
  for (const Setting& setting : priced_settings)
    for (const std::size_t size : {1u, 7u, 24u})
      for (const std::size_t bits : {0u, 20u}) {
        if (setting.parties == 5 && size > 7 && bits == 0) continue;
        CAPTURE(size, bits);
        Levels levels;
        const auto cost = [&](int kind) {
          return [&, kind](auto& engine) {
            const auto x = shared(engine, Numbers(size, 3));
            const OrderOptions options{.bits = bits};
            const Levels fastest = detail::fastest_tree(
                size, detail::TournamentSeconds<std::remove_cvref_t<decltype(engine)>>(engine, options));
            if (engine.self() == 0) levels = fastest;
            return cost_of(engine, [&] {
              if (kind == 0) minimum(engine, x, options);
              if (kind == 1) argmax(engine, x, options);
              if (kind == 2) one_hot_argmin(engine, x, options);
            });
          };
        };
        check_price(setting, cost(0),
                    [&](const FunctionPrices& prices) { return prices.tournament(levels, bits, true, true); });
        check_price(setting, cost(1),
                    [&](const FunctionPrices& prices) { return prices.tournament(levels, bits, false, true); });
        check_price(setting, cost(2), [&](const FunctionPrices& prices) {
          return prices.tournament(levels, bits, false, false) + prices.one_hot(levels);
        });
        if (size > 1 && setting.link.seconds_per_round == slow_rounds.seconds_per_round) CHECK(levels.size() == 1);
      }
}

TEST_CASE("trees are those of the documentation") {
  const auto sizes_on = [](const Link& link, std::size_t values) {
    return on_shamir<F61>({3, 1, link},
                          [&](auto& engine) {
                            std::vector<std::size_t> sizes;
                            using E = std::remove_cvref_t<decltype(engine)>;
                            for (const auto& level :
                                 detail::fastest_tree(values, detail::TournamentSeconds<E>(engine, {.bits = 32})))
                              sizes.push_back(level.size);
                            return sizes;
                          })
        .front();
  };
  for (const Link& link : {Link::local(), Link::lan()})
    CHECK(sizes_on(link, 1000) == std::vector<std::size_t>{5, 9, 23});
  for (const Link& link : {Link::metro(), Link::world()})
    CHECK(sizes_on(link, 1000) == std::vector<std::size_t>{17, 59});
  for (const Link& link : {Link::local(), Link::world()}) CHECK(sizes_on(link, 8) == std::vector<std::size_t>{8});
}

TEST_CASE("the tree that is taken is about the fastest on each link, by what is counted") {
  for (const std::size_t parties : {3u, 5u})
    for (const Link& link : {Link::local(), Link::lan(), Link::metro(), Link::world(), slow_bytes})
      for (const std::size_t size : {3u, 12u, 40u, 300u}) {
        if (parties == 5 && size > 12) continue;
        CAPTURE(parties, link.seconds_per_round, size);
        // Seconds of the tree that is taken, then of others, at the party that takes longest.
        const auto times = on_shamir<F61>({parties, (parties - 1) / 2, link}, [&](auto& engine) {
          const OrderOptions options{.bits = 8};
          const auto x = shared(engine, Numbers(size, 3));
          const auto seconds = [&](const auto& action) {
            const Cost cost = cost_of(engine, action);
            return link.seconds(static_cast<double>(cost.rounds), static_cast<double>(cost.bytes_sent));
          };
          std::vector<double> all = {seconds([&] { minimum(engine, x, options); })};
          for (const std::vector<std::size_t>& fan_ins :
               {std::vector<std::size_t>{2}, {3}, {5}, {9}, {2, 5}, {3, 17}, {size}})
            all.push_back(
                seconds([&] { detail::tournament(engine, x, options, levels_of(size, fan_ins), true, true); }));
          return all;
        });
        std::vector<double> longest(times.front().size());
        for (const auto& of_party : times)
          for (std::size_t i = 0; i < longest.size(); ++i) longest[i] = std::max(longest[i], of_party[i]);
        CHECK(longest.front() <= 1.1 * *std::ranges::min_element(longest));
      }
}
