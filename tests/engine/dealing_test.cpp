// SPDX-License-Identifier: Apache-2.0
// Dealt shares lie on a polynomial of degree at most t through the value, each polynomial as often as any other.
#include "parley/engine/dealing.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/lane_tape.hpp"
#include "engine/parties.hpp"
#include "parley/engine/pairwise_streams.hpp"
#include "parley/engine/round.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/uniform.hpp"

namespace {

using namespace parley;
using namespace parley::test;
using detail::Dealing;
using detail::Round;

/// shares[party][lane] of a dealer's values, secret = lane modulo the order, over all random choices; and what the
/// dealer got back from deal_random.
template <class G>
struct Enumerated {
  std::vector<std::vector<G>> shares;
  std::vector<G> values;
};

template <class G>
Enumerated<G> enumerate_dealing(std::size_t n, std::size_t t, std::size_t dealer, bool with_value) {
  constexpr std::size_t order = G::modulus;
  Tapes tapes(n, with_value ? order : 1);
  const auto run = [&] {
    Enumerated<G> result;
    result.shares = simulate(n, [&](Network& network) {
      LaneTape tape(tapes, network.self());
      detail::PairwiseStreams<LaneStream> streams(network, tape, "a test");
      const Dealing<G> dealing(n, t, network.self());
      std::vector<G> shares(tapes.lanes()), values;
      Round round(network);
      if (network.self() == dealer && with_value) {
        for (std::size_t lane = 0; lane < tapes.lanes(); ++lane) values.push_back(G(lane % order));
        dealing.deal(round, streams, std::span<const G>(values), std::span<G>(shares));
      } else if (network.self() == dealer) {
        result.values = listed(dealing.deal_random(round, streams, std::span<G>(shares)));
      } else if (with_value) {
        dealing.expect(round, dealer, shares.size());
      } else {
        dealing.expect_random(round, dealer, shares.size());
      }
      round.exchange();
      if (network.self() == dealer) return shares;
      if (with_value)
        dealing.receive(round, streams, dealer, std::span<G>(shares));
      else
        dealing.receive_random(round, streams, dealer, std::span<G>(shares));
      return shares;
    });
    return result;
  };
  run();
  tapes.enumerate();
  return run();
}

std::size_t power(std::size_t base, std::size_t exponent) {
  std::size_t result = 1;
  for (; exponent > 0; --exponent) result *= base;
  return result;
}

template <class G>
std::vector<std::uint64_t> sharing_of_lane(const std::vector<std::vector<G>>& shares, std::size_t lane) {
  std::vector<std::uint64_t> sharing;
  for (const auto& row : shares) sharing.push_back(row[lane].to_integer());
  return sharing;
}

}  // namespace

TEST_CASE("over all random choices, a value's sharings are all its polynomials, each of them once") {
  const auto check = [](auto element, std::size_t n, std::size_t t) {
    using G = decltype(element);
    constexpr std::size_t order = G::modulus;
    for (std::size_t dealer = 0; dealer < n; ++dealer) {
      const auto shares = enumerate_dealing<G>(n, t, dealer, true).shares;
      REQUIRE(shares[0].size() == order * power(order, t));
      const auto values = values_of<G>(shares, t);
      REQUIRE(values);
      std::map<std::vector<std::uint64_t>, std::size_t> uses;
      for (std::size_t lane = 0; lane < values->size(); ++lane) {
        REQUIRE((*values)[lane] == G(lane % order));
        ++uses[sharing_of_lane<G>(shares, lane)];
      }
      // as many different sharings of each value as there are polynomials of degree at most t through it
      REQUIRE(uses.size() == order * power(order, t));
    }
  };
  check(SmallPrime<5>{}, 3, 1);
  check(SmallPrime<5>{}, 4, 1);
  check(SmallPrime<7>{}, 5, 2);
  check(SmallPrime<7>{}, 6, 1);
  check(SmallPrime<11>{}, 7, 3);
}

TEST_CASE(
    "over all random choices, the sharings of random values are all polynomials, and the dealer knows the value") {
  const auto check = [](auto element, std::size_t n, std::size_t t) {
    using G = decltype(element);
    constexpr std::size_t order = G::modulus;
    for (std::size_t dealer = 0; dealer < n; ++dealer) {
      const auto dealt = enumerate_dealing<G>(n, t, dealer, false);
      REQUIRE(dealt.shares[0].size() == power(order, t + 1));
      REQUIRE(values_of<G>(dealt.shares, t) == dealt.values);
      std::map<std::vector<std::uint64_t>, std::size_t> uses;
      for (std::size_t lane = 0; lane < dealt.values.size(); ++lane) ++uses[sharing_of_lane<G>(dealt.shares, lane)];
      REQUIRE(uses.size() == power(order, t + 1));
    }
  };
  check(SmallPrime<5>{}, 3, 1);
  check(SmallPrime<5>{}, 4, 1);
  check(SmallPrime<7>{}, 5, 2);
  check(SmallPrime<7>{}, 6, 1);
}

TEMPLATE_TEST_CASE("everyone deals at once, of any length, at the documented cost", "", Mersenne61, GF256) {
  using G = TestType;
  for (const auto& [n, t] : std::vector<std::pair<std::size_t, std::size_t>>{
           {3, 1}, {4, 1}, {5, 1}, {5, 2}, {7, 1}, {7, 3}, {16, 1}, {16, 7}}) {
    // some so long that they are worked on in several pieces, of different lengths at different parties
    const auto length = [](std::size_t dealer) { return dealer == 0 ? 9001 : dealer == 1 ? 0 : 3 * dealer + 1; };
    const auto random_length = [](std::size_t dealer) { return dealer == 2 ? 0 : dealer == 3 ? 9001 : dealer + 2; };
    struct End {
      std::vector<G> values, random_values;
      std::vector<std::vector<G>> shares, random_shares;
      Cost cost;
    };
    const auto ends = with_streams(n, 7, [&, n = n, t = t](Network& network, TestRandom& random, auto& streams) {
      const Dealing<G> dealing(n, t, network.self());
      const Cost before = network.cost();
      End end{std::vector<G>(length(network.self())), {}, {}, {}, {}};
      fill_uniform(random, std::span<G>(end.values));
      for (std::size_t dealer = 0; dealer < n; ++dealer) {
        end.shares.emplace_back(length(dealer));
        end.random_shares.emplace_back(random_length(dealer));
      }
      Round round(network);
      for (std::size_t dealer = 0; dealer < n; ++dealer) {
        if (dealer == network.self()) {
          dealing.deal(round, streams, std::span<const G>(end.values), std::span<G>(end.shares[dealer]));
          end.random_values = listed(dealing.deal_random(round, streams, std::span<G>(end.random_shares[dealer])));
        } else {
          dealing.expect(round, dealer, length(dealer));
          dealing.expect_random(round, dealer, random_length(dealer));
        }
      }
      round.exchange();
      for (std::size_t dealer = 0; dealer < n; ++dealer) {
        if (dealer == network.self()) continue;
        dealing.receive(round, streams, dealer, std::span<G>(end.shares[dealer]));
        dealing.receive_random(round, streams, dealer, std::span<G>(end.random_shares[dealer]));
      }
      end.cost = network.cost() - before;
      return end;
    });
    for (std::size_t dealer = 0; dealer < n; ++dealer) {
      std::vector<std::vector<G>> shares, random_shares;
      for (const End& end : ends) {
        shares.push_back(end.shares[dealer]);
        random_shares.push_back(end.random_shares[dealer]);
      }
      REQUIRE(values_of<G>(shares, t) == ends[dealer].values);
      REQUIRE(values_of<G>(random_shares, t) == ends[dealer].random_values);
      CHECK(ends[dealer].cost.rounds == 1);
      CHECK(ends[dealer].cost.bytes_sent ==
            ((n - 1 - t) * length(dealer) + (n - 2 - t) * random_length(dealer)) * G::encoded_size);
    }
  }
}
