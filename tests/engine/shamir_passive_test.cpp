// SPDX-License-Identifier: Apache-2.0
// The passive Shamir engine is an engine, for every number of parties and threshold; and parties that do not fit
// together are refused.
#include "parley/engine/shamir_passive.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/engine_conformance.hpp"
#include "engine/parties.hpp"
#include "engine/prices.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"

namespace {

using namespace parley;
using namespace parley::test;
using F = Mersenne61;

static_assert(ComparingEngine<ShamirPassiveEngine<F, SystemRandom>>);
static_assert(Engine<ShamirPassiveEngine<SmallPrime<11>, TestRandom>> &&
              !ComparingEngine<ShamirPassiveEngine<SmallPrime<11>, TestRandom>>);
static_assert(!std::is_copy_constructible_v<ShamirPassiveEngine<F, TestRandom>> &&
              !std::is_move_constructible_v<ShamirPassiveEngine<F, TestRandom>>);

void check_shamir(std::size_t n, std::optional<std::size_t> t, const std::vector<std::size_t>& sizes) {
  check_engine(
      n,
      [&](Network& network) {
        return shamir_passive<F>(network, {.privacy_threshold = t, .link = slow_rounds}, random_of(network.self(), 1));
      },
      [&](std::size_t self) {
        return ShamirPrices<F>{n, t.value_or((n - 1) / 2), self};
      },
      sizes);
}

/// The Error at each party, where make(network) is to give an engine, and how many rounds it took.
template <class Make>
std::vector<std::pair<std::optional<Error>, std::size_t>> refusals(std::size_t n, const Make& make) {
  return simulate(n, [&](Network& network) -> std::pair<std::optional<Error>, std::size_t> {
    try {
      make(network);
    } catch (const Error& error) {
      return {error, network.cost().rounds};
    }
    return {std::nullopt, network.cost().rounds};
  });
}

}  // namespace

TEST_CASE("the passive Shamir engine computes, with the largest threshold") {
  check_shamir(3, std::nullopt, {0, 1, 63, 64, 65, 1000});
  check_shamir(4, std::nullopt, {0, 1, 63, 64, 65, 1000});
  check_shamir(5, std::nullopt, {0, 1, 65, 1000});
  check_shamir(7, std::nullopt, {0, 1, 64});
  check_shamir(16, std::nullopt, {0, 1, 4});
}

TEST_CASE("the passive Shamir engine computes, with smaller thresholds than possible") {
  check_shamir(5, 1, {0, 1, 63});
  check_shamir(7, 2, {0, 1, 20});
  check_shamir(16, 1, {1, 4});
}

TEST_CASE("an engine knows its place, and what it has spent") {
  const auto ends = simulate(5, [](Network& network) {
    auto engine = shamir_passive<F>(network, {}, random_of(network.self(), 1));
    return std::tuple(engine.self(), engine.parties(), engine.privacy_threshold(), engine.cost() == network.cost());
  });
  for (std::size_t party = 0; party < 5; ++party)
    CHECK(ends[party] == std::tuple(party, std::size_t{5}, std::size_t{2}, true));
}

TEST_CASE("making an engine costs one round, 160 bytes upwards and 128 downwards in each pair") {
  const auto costs = simulate(4, [](Network& network) {
    shamir_passive<F>(network, {}, random_of(network.self(), 1));
    return network.cost();
  });
  for (std::size_t party = 0; party < 4; ++party) {
    CHECK(costs[party].rounds == 1);
    CHECK(costs[party].bytes_sent == 160 * (3 - party) + 128 * party);
  }
}

TEST_CASE("thresholds and fields that do not fit are refused before anything is sent") {
  const auto check = [](std::size_t n, const auto& make, const std::string& what) {
    for (const auto& [error, rounds] : refusals(n, make)) {
      REQUIRE(error);
      CHECK(error->code() == ErrorCode::invalid_argument);
      CHECK(std::string(error->what()) == what);
      CHECK(rounds == 0);
    }
  };
  const auto with_threshold = [](std::optional<std::size_t> t) {
    return [t](Network& network) { shamir_passive<F>(network, {.privacy_threshold = t}, TestRandom(1)); };
  };
  for (const std::size_t n : {1U, 2U})
    check(n, with_threshold(std::nullopt),
          "Shamir's scheme multiplies among at least 3 parties, and there are " + std::to_string(n));
  check(3, with_threshold(0), "a privacy threshold of 0 gives every party every secret; it is at least 1");
  check(3, with_threshold(2), "a privacy threshold of 2 needs at least 5 parties, and there are 3");
  check(4, with_threshold(2), "a privacy threshold of 2 needs at least 5 parties, and there are 4");
  check(6, with_threshold(3), "a privacy threshold of 3 needs at least 7 parties, and there are 6");
  check(
      7, [](Network& network) { shamir_passive<SmallPrime<7>>(network, {}, TestRandom(1)); },
      "SmallPrime<7> has too few elements for the evaluation points of 7 parties");
}

TEST_CASE("every party refuses one that runs another field, threshold or link, by its number") {
  const auto make = [](Network& network, std::size_t odd, int difference) {
    const bool differs = network.self() == odd;
    ShamirOptions options{.privacy_threshold = differs && difference == 1 ? 1 : 2};
    if (differs && difference == 2) options.link = Link::world();
    if (differs && difference == 0)
      shamir_passive<SmallPrime<7>>(network, options, TestRandom(1));
    else
      shamir_passive<F>(network, options, TestRandom(1));
  };
  const std::vector<std::string> parts = {"SmallPrime<7>, 5 parties, privacy threshold 2",
                                          "5 parties, privacy threshold 1", "link 0.08 s 5000000 B/s"};
  for (int difference = 0; difference < 3; ++difference)
    for (std::size_t odd = 0; odd < 5; odd += 2) {
      const auto errors = refusals(5, [&](Network& network) { make(network, odd, difference); });
      for (std::size_t party = 0; party < 5; ++party) {
        const auto& [error, rounds] = errors[party];
        REQUIRE(error);
        CHECK(error->code() == ErrorCode::configuration_mismatch);
        CHECK(error->party() == (party != odd ? odd : odd == 0 ? 1 : 0));
        CHECK(rounds == 1);
        CHECK_THAT(error->what(), Catch::Matchers::ContainsSubstring(parts[static_cast<std::size_t>(difference)]));
      }
    }
}

TEST_CASE("two engines on one network do not disturb each other, and draw different values") {
  const auto ends = simulate(3, [](Network& network) {
    auto first = shamir_passive<F>(network, {}, random_of(network.self(), 1));
    auto second = shamir_passive<F>(network, {}, random_of(network.self(), 2));
    const auto x = random(first, 2);
    const auto y = random(second, 2);
    return std::pair(open(first, mul(first, x, x)), open(second, mul(second, y, y)));
  });
  CHECK(ends[0].first != ends[0].second);
  for (const auto& end : ends) CHECK(end == ends[0]);
}
