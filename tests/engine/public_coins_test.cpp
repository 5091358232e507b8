// SPDX-License-Identifier: Apache-2.0
// Coins are the same at all parties, uniform, and end the run where somebody tries to change them.
#include "parley/engine/public_coins.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "parley/core/error.hpp"
#include "parley/engine/cheating_party.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/net/link.hpp"
#include "parley/net/tampering.hpp"

namespace {

using namespace parley;
using namespace parley::test;

/// What use(coins, network) gives at each party.
template <class F, class Use>
auto with_coins(std::size_t n, std::size_t t, std::uint64_t seed, const Use& use) {
  return with_streams(n, seed, [&](Network& network, TestRandom&, detail::PairwiseStreams<RandomStream>& streams) {
    detail::ShamirDomain<F, RandomStream> domain(network, streams, t, Link::local());
    detail::VerifiedOpening<F> opening(network, t);
    detail::PublicCoins<F, RandomStream> coins(domain, opening);
    return use(coins, network);
  });
}

}  // namespace

TEST_CASE("coins are common, new each time, and cost an opening each") {
  using F = Mersenne61;
  for (const std::size_t n : {std::size_t{3}, std::size_t{4}, std::size_t{5}, std::size_t{7}}) {
    const std::size_t t = (n - 1) / 2;
    const auto ends = with_coins<F>(n, t, 1, [](auto& coins, Network& network) {
      coins.deal(7);
      const Cost before = network.cost();
      std::vector<F> tossed = listed(coins.toss(3));
      const Cost cost = network.cost() - before;
      for (const F& coin : coins.toss(4)) tossed.push_back(coin);
      for (const F& coin : coins.toss(5)) tossed.push_back(coin);  // more than were dealt
      return std::tuple(tossed, cost);
    });
    for (const auto& [tossed, cost] : ends) {
      CHECK(tossed == std::get<0>(ends[0]));
      CHECK(cost.rounds == 1);
      CHECK(cost.bytes_sent == 3 * (n - 1) * 8);
    }
    auto different = std::get<0>(ends[0]);
    std::ranges::sort(different, {}, [](const F& coin) { return coin.to_integer(); });
    CHECK(std::ranges::adjacent_find(different) == different.end());
  }
}

TEST_CASE("coins are uniform") {
  // Each element comes up 100 times on average, with a deviation of 10.
  using F = SmallPrime<31>;
  const auto ends = with_coins<F>(5, 2, 2, [](auto& coins, Network&) {
    std::vector<std::size_t> seen(31);
    for (const F& coin : coins.toss(3100)) ++seen[coin.to_integer()];
    return seen;
  });
  for (const std::size_t times : ends[0]) {
    CHECK(times > 50);
    CHECK(times < 150);
  }
}

TEST_CASE("a coin cannot be changed, only refused") {
  using F = SmallPrime<31>;
  for (const auto cheat : {Cheat::wrong_share, Cheat::biased_coin, Cheat::wrong_degree})
    for (const std::size_t n : {std::size_t{3}, std::size_t{5}})
      for (std::uint64_t offset = 1; offset < 31; offset += 7) {
        const auto run = [&](bool cheats) {
          return simulate(n, [&](Network& network) -> std::optional<F> {
            TestRandom random = random_of(network.self(), offset);
            const std::size_t t = (n - 1) / 2;
            CheatingAct<F> act{.what = cheat, .round = n == 3 ? 2u : 3u, .receiver = 1, .offset = F(offset)};
            std::vector<CheatingAct<F>> acts;
            if (cheats && network.self() == 0) acts.push_back(act);
            TamperingNetwork tampering(network, cheating_party<F>(network, t, acts));
            try {
              detail::PairwiseStreams<RandomStream> streams(tampering, random, "a test");
              detail::ShamirDomain<F, RandomStream> domain(tampering, streams, t, Link::local());
              detail::VerifiedOpening<F> opening(tampering, t);
              return detail::PublicCoins<F, RandomStream>(domain, opening).toss(1)[0];
            } catch (const Error&) {
              return std::nullopt;
            }
          });
        };
        const auto honest = run(false), cheated = run(true);
        CHECK(!cheated[1]);
        for (std::size_t party = 1; party < n; ++party) {
          CHECK(honest[party].has_value());
          CHECK((!cheated[party] || cheated[party] == honest[party]));
        }
      }
}
