// SPDX-License-Identifier: Apache-2.0
// Re-sharing, refreshing and enrolling over a network and in engines: the secrets stay, the costs are as stated, and
// nobody learns anything.
#include "parley/engine/resharing.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "engine/view.hpp"
#include "parley/engine/clear.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/shamir_passive.hpp"
#include "parley/engine/shared.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_binary.hpp"
#include "parley/net/local_network.hpp"
#include "sharing/scheme_conformance.hpp"

namespace {

using namespace parley;
using namespace parley::test;

using F = Mersenne61;
using GF4 = SmallBinary<2, 0x7>;

template <class G>
struct Outcome {
  std::vector<G> shares;
  Cost cost;
};

template <class G>
std::vector<std::vector<G>> shares_of(const std::vector<Outcome<G>>& outcomes) {
  std::vector<std::vector<G>> shares;
  for (const auto& outcome : outcomes) shares.push_back(outcome.shares);
  return shares;
}

// The most that a party sent, in elements for each of `size` values.
template <class G>
double elements_sent(const std::vector<Outcome<G>>& outcomes, std::size_t size) {
  std::uint64_t most = 0;
  for (const auto& outcome : outcomes) most = std::max(most, outcome.cost.bytes_sent);
  return static_cast<double>(most) / static_cast<double>(size * G::encoded_size);
}

const std::size_t size = 60;

std::vector<std::vector<F>> shared(const Shamir<F>& scheme, std::vector<F>& secrets) {
  TestRandom random(11);
  secrets = random_elements<F>(size, random);
  return scheme.share(secrets, random);
}

}  // namespace

TEST_CASE("a sharing goes to other parties of a network in one round") {
  const Shamir<F> from({.parties = 4, .privacy_threshold = 2}), to({.parties = 5, .privacy_threshold = 1});
  std::vector<F> secrets;
  const auto shares = shared(from, secrets);
  const Resharing<F> resharing(from, {3, 0, 2}, to);
  const std::vector<std::size_t> recipients = {6, 2, 4, 3, 5};  // two of the old parties among them
  const auto outcomes = simulate(7, [&](Network& network) {
    TestRandom random = random_of(network.self(), 1);
    const std::size_t self = network.self();
    auto fresh = reshare(network, resharing, recipients, size, self < 4 ? shares[self] : std::vector<F>(), random);
    return Outcome<F>{std::move(fresh), network.cost()};
  });
  std::vector<std::vector<F>> fresh;
  for (const std::size_t recipient : recipients) fresh.push_back(outcomes[recipient].shares);
  CHECK(values_of<F>(fresh, 1) == secrets);
  CHECK(outcomes[0].shares.empty());
  CHECK(outcomes[1].shares.empty());
  for (const auto& outcome : outcomes) CHECK(outcome.cost.rounds == 1);
  CHECK(elements_sent(outcomes, size) == 5);
  CHECK(outcomes[1].cost.bytes_sent == 0);
  CHECK(outcomes[3].cost.bytes_sent == 4 * size * 8);
}

TEST_CASE("the parties of a network refresh their shares in one round") {
  const Shamir<F> scheme({.parties = 4, .privacy_threshold = 2});
  std::vector<F> secrets;
  const auto shares = shared(scheme, secrets);
  const auto outcomes = simulate(4, [&](Network& network) {
    TestRandom random = random_of(network.self(), 2);
    auto fresh = refresh(network, scheme, shares[network.self()], random);
    return Outcome<F>{std::move(fresh), network.cost()};
  });
  CHECK(values_of<F>(shares_of(outcomes), 2) == secrets);
  for (std::size_t party = 0; party < 4; ++party) {
    CHECK(outcomes[party].cost.rounds == 1);
    CHECK(outcomes[party].shares != shares[party]);
  }
  CHECK(elements_sent(outcomes, size) == 3);
}

TEST_CASE("a network enrols a new party, and gives a party back what it lost") {
  const Shamir<F> scheme({.parties = 4, .privacy_threshold = 2}), wider({.parties = 5, .privacy_threshold = 2});
  std::vector<F> secrets;
  const auto shares = shared(wider, secrets);
  for (const auto& [newcomer, helpers] :
       std::vector<std::pair<std::size_t, std::vector<std::size_t>>>{{4, {0, 3, 1}}, {1, {0, 2, 3}}, {0, {3, 2, 1}}}) {
    const Enrolment<F> enrolment(scheme, helpers, newcomer);
    const std::size_t who = newcomer;
    const auto outcomes = simulate(5, [&](Network& network) {
      TestRandom random = random_of(network.self(), 3);
      const auto own = network.self() == who ? std::vector<F>() : shares[network.self()];
      auto share = enrol(network, enrolment, size, own, random);
      return Outcome<F>{std::move(share), network.cost()};
    });
    for (std::size_t party = 0; party < 5; ++party) {
      CHECK(outcomes[party].shares == (party == newcomer ? shares[party] : std::vector<F>()));
      CHECK(outcomes[party].cost.rounds == 2);
    }
    CHECK(elements_sent(outcomes, size) == 3);
  }
}

TEST_CASE("what does not fit a network is refused before anything is sent") {
  const Shamir<F> scheme({.parties = 4, .privacy_threshold = 1}), to({.parties = 2, .privacy_threshold = 1});
  const Resharing<F> resharing(scheme, {0, 3}, to), within(scheme, {0, 1}, to);
  const Enrolment<F> enrolment(scheme, {0, 1}, 4);
  auto networks = LocalNetwork::create(3);
  Network& network = *networks[0];
  TestRandom random(1);
  const std::vector<F> own(2);
  const std::vector<std::size_t> two = {0, 1}, three = {0, 1, 2}, same = {1, 1}, outside = {0, 3};
  require_refusal("there is no party 3", [&] { (void)reshare(network, resharing, two, 2, own, random); });
  require_refusal("there is no party 3", [&] { (void)reshare(network, within, outside, 2, own, random); });
  require_refusal("party 1 is given twice", [&] { (void)reshare(network, within, same, 2, own, random); });
  require_refusal("3 recipients for a sharing among 2 parties",
                  [&] { (void)reshare(network, within, three, 2, own, random); });
  require_refusal("this party has 2 shares of 5 secrets", [&] { (void)reshare(network, within, two, 5, own, random); });
  require_refusal("a network of 3 parties for a sharing among 4", [&] { (void)refresh(network, scheme, own, random); });
  require_refusal("there is no party 4", [&] { (void)enrol(network, enrolment, 2, own, random); });
  const Enrolment<F> third(scheme, {0, 1}, 2);
  require_refusal("this party has 2 shares of 1 secrets", [&] { (void)enrol(network, third, 1, own, random); });
  CHECK(network.cost().rounds == 0);
  CHECK(network.failure() == nullptr);
}

TEST_CASE("an engine refreshes shared values, and re-shares them for another threshold") {
  for (const auto& [parties, t, new_t] :
       std::vector<std::array<std::size_t, 3>>{{3, 1, 1}, {5, 2, 1}, {5, 1, 2}, {6, 2, 2}, {7, 1, 3}}) {
    const std::size_t n = parties, before = t, after = new_t;
    std::vector<std::vector<F>> old(n), fresh(n), elsewhere(n);
    std::vector<Cost> of_refresh(n), of_reshare(n);
    simulate(n, [&](Network& network) {
      const std::size_t self = network.self();
      auto engine = shamir_passive<F>(network, {.privacy_threshold = before}, random_of(self, 4));
      auto other = shamir_passive<F>(network, {.privacy_threshold = after}, random_of(self, 5));
      std::vector<F> values;
      for (std::size_t i = 0; i < 210; ++i) values.push_back(F{i * i});
      const auto x = input(engine, 1, values, 210);
      const Cost start = network.cost();
      const auto y = refresh(engine, x);
      const Cost refreshed = network.cost();
      const auto z = reshare(engine, y, other);
      of_refresh[self] = refreshed - start;
      of_reshare[self] = network.cost() - refreshed;
      old[self] = listed(x.shares());
      fresh[self] = listed(y.shares());
      elsewhere[self] = listed(z.shares());
      if (z.size() != 210 || !refresh(engine, x.slice(0, 0)).empty()) throw std::logic_error("another length");
      // a batch shorter than there are parties
      if (open(other, reshare(engine, x.slice(0, 2), other)) != std::vector<F>{F{0}, F{1}})
        throw std::logic_error("another value");
    });
    std::vector<F> values;
    for (std::size_t i = 0; i < 210; ++i) values.push_back(F{i * i});
    CHECK(values_of<F>(old, before) == values);
    CHECK(values_of<F>(fresh, before) == values);
    CHECK(values_of<F>(elsewhere, after) == values);
    for (std::size_t party = 0; party < n; ++party) {
      std::size_t same = 0;
      for (std::size_t i = 0; i < 210; ++i) same += old[party][i] == fresh[party][i] ? 1 : 0;
      CHECK(same == 0);
      CHECK(of_refresh[party].rounds == 1);
      CHECK(of_reshare[party].rounds == 1);
      CHECK(of_refresh[party].bytes_sent == (before + 1) * (n - 1 - before) * 210 * 8 / n);
      CHECK(of_reshare[party].bytes_sent == (before + 1) * (n - 1 - after) * 210 * 8 / n);
    }
  }
}

TEST_CASE("an engine's values go to an engine of other parties") {
  struct Move {
    EngineParties from, to;
    std::size_t everyone;
  };
  const std::vector<Move> moves = {{{{3, 0, 5, 1}, 1}, {{6, 2, 4, 3, 5}, 2}, 8},  // two in both, and one in neither
                                   {{{4, 2, 0, 1, 3}, 2}, {{5, 6, 7}, 1}, 8},
                                   {{{0, 1, 2}, 1}, {{0, 1, 2, 3}, 1}, 4}};
  for (const Move& move : moves) {
    const std::size_t n = move.from.numbers.size(), new_n = move.to.numbers.size(), count = 10 * n;
    std::vector<F> values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(F{i * i});
    auto old_networks = LocalNetwork::create(n), new_networks = LocalNetwork::create(new_n);
    std::vector<std::vector<F>> fresh(new_n);
    const auto outcomes = simulate(move.everyone, [&](Network& network) {
      const std::size_t self = network.self();
      TestRandom random = random_of(self, 6);
      Shared<F, ShamirSharing> x, short_x;
      if (const auto number = parley::detail::position_of(move.from.numbers, self)) {
        const auto own_network = std::move(old_networks[*number]);
        auto engine =
            shamir_passive<F>(*own_network, {.privacy_threshold = move.from.privacy_threshold}, random_of(*number, 7));
        x = input(engine, 1, *number == 1 ? values : std::vector<F>(), count);
        short_x = x.slice(2, 1);
      }
      const auto y = reshare<F>(network, move.from, x, move.to, count, random);
      const Cost cost = network.cost();
      const auto short_y = reshare<F>(network, move.from, short_x, move.to, 1, random);
      const auto none = reshare<F>(network, move.from, x.slice(0, 0), move.to, 0, random);
      if (!none.empty() || network.cost().rounds != 2) throw std::logic_error("something was sent of nothing");
      if (const auto number = parley::detail::position_of(move.to.numbers, self)) {
        const auto own_network = std::move(new_networks[*number]);
        auto engine =
            shamir_passive<F>(*own_network, {.privacy_threshold = move.to.privacy_threshold}, random_of(*number, 8));
        if (open(engine, mul(engine, short_y, short_y)) != std::vector<F>{F{16}})
          throw std::logic_error("another value");
        fresh[*number] = listed(y.shares());
      }
      return Outcome<F>{listed(y.shares()), cost};
    });
    CHECK(values_of<F>(fresh, move.to.privacy_threshold) == values);
    for (std::size_t party = 0; party < move.everyone; ++party) {
      const bool old = parley::detail::position_of(move.from.numbers, party).has_value(),
                 is_new = parley::detail::position_of(move.to.numbers, party).has_value();
      CHECK(outcomes[party].shares.size() == (is_new ? count : 0));
      CHECK(outcomes[party].cost.rounds == 1);
      CHECK(outcomes[party].cost.bytes_sent ==
            (old ? (move.from.privacy_threshold + 1) * (new_n - (is_new ? 1 : 0)) * (count / n) * 8 : 0));
    }
  }
}

TEST_CASE("an engine gives a party its shares back, and a new one its first") {
  for (const auto& [parties, t] : std::vector<std::array<std::size_t, 2>>{{3, 1}, {4, 1}, {5, 2}, {7, 2}}) {
    const std::size_t n = parties, threshold = t, count = 6 * 5 * 4 * 2;  // of each n - 1 a multiple
    std::vector<F> values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(F{i * i});
    for (const std::size_t newcomer : {std::size_t{0}, std::size_t{1}, n - 1}) {
      const bool is_new = newcomer == n - 1 && n > 2 * t + 1;  // the others have had an engine of their own
      auto earlier = LocalNetwork::create(n - 1);
      std::vector<std::vector<F>> old(n), fresh(n);
      const auto costs = simulate(n, [&](Network& network) {
        const std::size_t self = network.self();
        auto engine = shamir_passive<F>(network, {.privacy_threshold = threshold}, random_of(self, 9));
        Shared<F, ShamirSharing> x;
        if (is_new && self != newcomer) {
          const auto own_network = std::move(earlier[self]);
          auto before = shamir_passive<F>(*own_network, {.privacy_threshold = threshold}, random_of(self, 10));
          x = input(before, 0, self == 0 ? values : std::vector<F>(), count);
        } else if (!is_new) {
          x = input(engine, 1, self == 1 ? values : std::vector<F>(), count);
        }
        const Cost start = network.cost();
        const auto y = enrol(engine, self == newcomer ? Shared<F, ShamirSharing>() : x, count, newcomer);
        const Cost cost = network.cost() - start;
        old[self] = listed(x.shares());
        fresh[self] = listed(y.shares());
        if (open(engine, mul(engine, y, y))[3] != F{81}) throw std::logic_error("another value");
        return cost;
      });
      CHECK(values_of<F>(fresh, t) == values);
      for (std::size_t party = 0; party < n; ++party) {
        CHECK(fresh[party] != old[party]);
        CHECK(costs[party].rounds == 1);
        CHECK(costs[party].bytes_sent == (party == newcomer ? 0 : (t + 1) * (n - 1 - t) * 8 * count / (n - 1)));
      }
    }
  }
}

TEST_CASE("engine functions that move sharings refuse what does not fit, before anything is sent") {
  auto networks = LocalNetwork::create(4);
  Network& network = *networks[0];
  TestRandom random(1);
  const Shared<F, ShamirSharing> x(Buffer<F>(2));
  const EngineParties three{{0, 1, 2}, 1};
  const auto refused = [&](const std::string& why, const EngineParties& from, const EngineParties& to,
                           std::size_t count = 2) {
    require_refusal(why, [&] { (void)reshare<F>(network, from, x, to, count, random); });
  };
  refused("there is no party 4", {{0, 1, 4}, 1}, three);
  refused("there is no party 4", three, {{0, 1, 4}, 1});
  refused("party 1 is given twice", three, {{1, 1, 3}, 1});
  refused("a privacy_threshold of 0", {{0, 1, 2}, 0}, three);
  refused("a privacy_threshold of 3", three, {{0, 1, 2}, 3});
  refused("this party has 2 shares of 5 secrets", three, three, 5);
  CHECK(network.cost().rounds == 0);
  const auto reasons = simulate(3, [](Network& of_engine) {
    auto engine = shamir_passive<F>(of_engine, {}, random_of(of_engine.self(), 11));
    const Shared<F, ShamirSharing> two(Buffer<F>(2));
    const Cost before = of_engine.cost();
    std::string reason;
    const auto try_to_enrol = [&](std::size_t count, std::size_t newcomer) {
      try {
        (void)enrol(engine, two, count, newcomer);
      } catch (const Error& error) {
        reason += std::string(error.what()) + "; ";
      }
    };
    try_to_enrol(2, 3);
    try_to_enrol(1, (of_engine.self() + 1) % 3);
    return of_engine.cost() == before ? reason : "something was sent";
  });
  for (const std::string& reason : reasons)
    CHECK(reason == "there is no party 3 among 3 (numbered from 0); this party has 2 shares of 1 secrets; ");
}

TEST_CASE("the clear engine refreshes to the same values") {
  const auto values = simulate(3, [](Network& network) {
    auto engine = clear<F>(network);
    const std::vector<F> mine = {F{4}, F{5}};
    return open(engine, refresh(engine, input(engine, 0, mine, 2)));
  });
  CHECK(values[2] == std::vector<F>{F{4}, F{5}});
}

// New sharings of one value, a lane in each stretch of a batch, as make(engine, x) gives them: over all random choices
// they tell a party nothing, and each of them is equally often with each old one.
template <class Make>
void check_new_sharings(std::size_t stretches, Make make) {
  std::vector<std::vector<GF4>> old(3), fresh(3);
  const Views views = enumerate_views(3, 4, [&](Network& network, LaneTape tape, const Lanes& lanes) {
    auto engine = shamir_passive<GF4>(network, {}, std::move(tape));
    const auto x = input(
        engine, 1, lanes.values([](std::size_t secret) { return GF4::from_value(static_cast<GF4::Value>(secret)); }),
        lanes.size());
    const auto y = make(engine, x);
    old[network.self()] = listed(x.shares());
    fresh[network.self()] = listed(y.shares());
  });
  const auto owner_knows = [](std::size_t party, std::size_t secret) { return party == 1 ? secret : 0; };
  CHECK(leak(views, 1, owner_knows) == "");
  CHECK(leak(views, 2, owner_knows) != "");
  for (std::size_t stretch = 0; stretch < stretches; ++stretch) {
    std::map<std::string, std::size_t> counts;
    for (std::size_t lane = 0; lane < views.lanes; ++lane) {
      std::vector<GF4> both;
      for (std::size_t party = 0; party < 3; ++party) {
        both.push_back(old[party][lane]);
        both.push_back(fresh[party][stretch * views.lanes + lane]);
      }
      ++counts[key_of<GF4>(both)];
    }
    CHECK(counts.size() == 64);  // value, old and new polynomial
    for (const auto& [sharings, count] : counts) REQUIRE(count == views.lanes / 64);
  }
}

TEST_CASE("a refresh tells a party nothing and gives each sharing equally often, over all random choices") {
  check_new_sharings(3, [](auto& engine, const auto& x) { return refresh(engine, concat(x, x, x)); });
}

TEST_CASE("an enrolment in an engine tells a party nothing but its share, over all random choices") {
  check_new_sharings(2, [](auto& engine, const auto& x) { return enrol(engine, concat(x, x), 2 * x.size(), 2); });
}
