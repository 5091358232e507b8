// SPDX-License-Identifier: Apache-2.0
// Inputs, products, openings and random values on Shamir's shares, for few and many parties and every kind of threshold,
// at the documented costs.
#include "parley/engine/shamir_domain.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "engine/prices.hpp"
#include "engine/statistics.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/engine/pairwise_streams.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/uniform.hpp"
#include "parley/net/link.hpp"
#include "parley/net/network.hpp"

namespace {

using namespace parley;
using namespace parley::test;
template <class G>
using Domain = detail::ShamirDomain<G, RandomStream>;

struct Setting {
  std::size_t n, t;
};
const std::vector<Setting> settings = {{3, 1}, {4, 1}, {5, 1}, {5, 2},  {6, 1},
                                       {7, 1}, {7, 2}, {7, 3}, {16, 1}, {16, 7}};

/// program(network, random, domain) at each party.
template <class G, class Program>
auto in_domain(const Setting& setting, const Program& program, const Link& link = slow_rounds) {
  return with_streams(setting.n, 1, [&](Network& network, TestRandom& random, auto& streams) {
    Domain<G> domain(network, streams, setting.t, link);
    return program(network, random, domain);
  });
}

/// What one call costs a party.
template <class Call>
Cost cost_of(Network& network, Call call) {
  const Cost before = network.cost();
  call();
  return network.cost() - before;
}

template <class G>
std::vector<G> random_elements(std::size_t size, TestRandom& random) {
  std::vector<G> elements(size);
  fill_uniform(random, std::span<G>(elements));
  return elements;
}

/// This party's shares of `values` on polynomials that are a function of `seed`, the same at all parties.
template <class G>
std::vector<G> share_of(const std::vector<G>& values, std::size_t degree, std::size_t party, std::uint64_t seed) {
  TestRandom random(seed);
  std::vector<G> shares(values.size());
  const G point = G::embed(party + 1);
  for (std::size_t k = 0; k < values.size(); ++k) {
    for (std::size_t j = 0; j < degree; ++j) shares[k] = (shares[k] + uniform<G>(random)) * point;
    shares[k] += values[k];
  }
  return shares;
}

template <class G, class Ends, class Part>
std::vector<std::vector<G>> parts_of(const Ends& ends, Part part) {
  std::vector<std::vector<G>> parts;
  for (const auto& end : ends) parts.push_back(end.*part);
  return parts;
}

}  // namespace

TEMPLATE_TEST_CASE("every party shares a vector of its own length", "", Mersenne61, GF256) {
  using G = TestType;
  for (const Setting& setting : settings) {
    const auto [n, t] = setting;
    std::vector<std::size_t> lengths;
    for (std::size_t party = 0; party < n; ++party) lengths.push_back(party % 3 == 1 ? 0 : 5 + party);
    struct End {
      std::vector<G> mine;
      std::vector<std::vector<G>> shares;
      Cost cost, silent;
    };
    const auto ends = in_domain<G>(setting, [&](Network& network, TestRandom& random, Domain<G>& domain) {
      End end{random_elements<G>(lengths[network.self()], random), {}, {}, {}};
      end.cost = cost_of(network, [&] {
        for (const auto& shares : domain.input(lengths, end.mine)) end.shares.push_back(listed(shares));
      });
      end.silent = cost_of(network, [&] { domain.input(std::vector<std::size_t>(network.parties()), {}); });
      return end;
    });
    for (std::size_t owner = 0; owner < n; ++owner) {
      std::vector<std::vector<G>> shares;
      for (const End& end : ends) shares.push_back(end.shares[owner]);
      REQUIRE(values_of<G>(shares, t) == ends[owner].mine);
      CHECK(ends[owner].cost.rounds == 1);
      CHECK(ends[owner].cost.bytes_sent == (n - 1 - t) * lengths[owner] * G::encoded_size);
      CHECK(ends[owner].silent == Cost{});
    }
  }
}

TEMPLATE_TEST_CASE("products are shared anew with degree t, from values on any polynomial of degree 2t", "", Mersenne61,
                   GF256) {
  using G = TestType;
  const auto check = [](const Setting& setting, std::size_t size, const Link& link, const auto& price) {
    const auto [n, t] = setting;
    TestRandom common(size);
    const auto x = random_elements<G>(size, common), y = random_elements<G>(size, common);
    std::vector<G> products;
    for (std::size_t k = 0; k < size; ++k) products.push_back(x[k] * y[k]);
    struct End {
      std::vector<G> of_factors, of_products;
      Cost cost;
    };
    const auto ends = in_domain<G>(
        setting,
        [&, t = t](Network& network, TestRandom&, Domain<G>& domain) {
          End end;
          const auto x_share = share_of(x, t, network.self(), 10), y_share = share_of(y, t, network.self(), 11);
          end.cost = cost_of(network, [&] { end.of_factors = listed(domain.multiply(x_share, y_share)); });
          const auto z_share = share_of(products, 2 * t, network.self(), 12);
          end.of_products = listed(domain.reduce(size, [&](std::size_t first, std::span<G> values) {
            for (std::size_t k = 0; k < values.size(); ++k) values[k] = z_share[first + k];
          }));
          return end;
        },
        link);
    CAPTURE(n, t, size);
    for (const auto part : {&End::of_factors, &End::of_products})
      REQUIRE(values_of<G>(parts_of<G>(ends, part), t) == products);
    if (size > 1 && G::encoded_size > 1) CHECK(ends[0].of_factors != ends[0].of_products);  // shared anew each time
    for (std::size_t party = 0; party < n; ++party) {
      const Price expected =
          price(ShamirPrices<G>{n, t, party, link.seconds_per_round == slow_rounds.seconds_per_round});
      CHECK(ends[party].cost.rounds == expected.rounds);
      CHECK(ends[party].cost.bytes_sent == expected.bytes_sent);
    }
  };
  SECTION("in one round") {
    for (const Setting& setting : settings)
      // the longest are worked on in several pieces
      for (const std::size_t size :
           {std::size_t{0}, std::size_t{1}, std::size_t{65}, std::size_t{setting.n == 4 ? 9001U : 2U}})
        check(setting, size, slow_rounds, [&](const ShamirPrices<G>& prices) {
          const std::size_t dealt = (prices.n - 1 - prices.t) * size * G::encoded_size;
          return Price{size == 0 ? 0U : 1U, prices.self <= 2 * prices.t ? dealt : 0};
        });
  }
  SECTION("through kings") {
    const auto price = [](std::size_t size) {
      return [size](const ShamirPrices<G>& prices) {
        const Price paid = prices.mul(size);
        REQUIRE(paid.rounds == 2);
        return paid;
      };
    };
    for (std::size_t n = 4; n <= 16; ++n)
      for (std::size_t t = 1; 2 * t < n; ++t)
        for (const std::size_t size : {n * (t + 1), 2 * n * (t + 1) - 1, 2 * n * (t + 1) + t + 2})
          check({n, t}, size, slow_bytes, price(size));
    check({4, 1}, 35000, slow_bytes, price(35000));  // in several pieces
    check({10, 4}, 20001, slow_bytes, price(20001));
    check({3, 1}, 6000, slow_bytes, [](const auto&) { return Price{1, 6000 * G::encoded_size}; });  // never pays
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}})
      check({5, 2}, size, slow_bytes, [&](const ShamirPrices<G>& prices) {
        return Price{size, 2 * size * G::encoded_size * (prices.self <= 4 ? 1 : 0)};
      });
  }
}

TEST_CASE("products go through kings from the documented lengths of batches on") {
  const auto rounds = [](const Setting& setting, const Link& link, std::size_t count) {
    return in_domain<Mersenne61>(
               setting,
               [&](Network& network, TestRandom&, Domain<Mersenne61>& domain) {
                 const std::vector<Mersenne61> x(count);
                 return cost_of(network, [&] { domain.multiply(x, x); }).rounds;
               },
               link)
        .front();
  };
  CHECK(rounds({7, 3}, Link::local(), 100'000) == 1);
  CHECK(rounds({10, 4}, Link::local(), 24'000) == 1);
  CHECK(rounds({10, 4}, Link::local(), 26'000) == 2);
  CHECK(rounds({5, 2}, Link::local(), 100'000) == 1);
  CHECK(rounds({5, 2}, Link::lan(), 4'500) == 1);
  CHECK(rounds({5, 2}, Link::lan(), 5'000) == 2);
  CHECK(rounds({7, 3}, Link::lan(), 1'700) == 1);
  CHECK(rounds({7, 3}, Link::lan(), 1'800) == 2);
}

TEMPLATE_TEST_CASE("shared values are opened to all, or to one", "", Mersenne61, GF256) {
  using G = TestType;
  for (const Setting& setting : settings) {
    const auto [n, t] = setting;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{65}, std::size_t{n == 4 ? 9001U : 2U}}) {
      TestRandom common(size);
      const auto x = random_elements<G>(size, common);
      struct End {
        std::vector<G> opened;
        std::vector<std::vector<G>> opened_to;
        Cost cost;
        std::vector<Cost> cost_to;
      };
      const auto ends = in_domain<G>(setting, [&, t = t](Network& network, TestRandom&, Domain<G>& domain) {
        const auto share = share_of(x, t, network.self(), 10);
        End end;
        end.cost = cost_of(network, [&] { end.opened = listed(domain.open(share)); });
        for (std::size_t receiver = 0; receiver < network.parties(); ++receiver)
          end.cost_to.push_back(
              cost_of(network, [&] { end.opened_to.push_back(listed(domain.open_to(receiver, share))); }));
        return end;
      });
      for (std::size_t party = 0; party < n; ++party) {
        REQUIRE(ends[party].opened == x);
        CHECK(ends[party].cost.rounds == (size == 0 ? 0 : 1));
        CHECK(ends[party].cost.bytes_sent == t * size * G::encoded_size);
        for (std::size_t receiver = 0; receiver < n; ++receiver) {
          REQUIRE(ends[party].opened_to[receiver] == (receiver == party ? x : std::vector<G>{}));
          const Cost& cost = ends[party].cost_to[receiver];
          CHECK(cost.rounds == (size == 0 ? 0 : 1));
          const std::size_t distance = (party + n - receiver) % n;
          CHECK(cost.bytes_sent == (distance >= 1 && distance <= t ? size * G::encoded_size : 0));
          CHECK(cost.bytes_received == (receiver == party ? t * size * G::encoded_size : 0));
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("random values are shared with degree t, for as many as are asked", "", Mersenne61, GF256) {
  using G = TestType;
  for (const Setting& setting : settings) {
    const auto [n, t] = setting;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, n - t - 1, n - t, n - t + 1, std::size_t{100}}) {
      struct End {
        std::vector<G> shares;
        Cost cost;
      };
      const auto ends = in_domain<G>(setting, [&](Network& network, TestRandom&, Domain<G>& domain) {
        End end;
        end.cost = cost_of(network, [&] { end.shares = listed(domain.random(size)); });
        return end;
      });
      const auto values = values_of<G>(parts_of<G>(ends, &End::shares), t);
      REQUIRE(values);
      REQUIRE(values->size() == size);
      const std::size_t dealt = (size + n - t - 1) / (n - t);
      for (const End& end : ends) {
        CHECK(end.cost.rounds == (n == 3 || size == 0 ? 0 : 1));
        CHECK(end.cost.bytes_sent == (n - 2 - t) * dealt * G::encoded_size);
      }
    }
  }
}

TEST_CASE("random values, and pairs of them from one batch, are uniform") {
  // Each test of uniformity is wrong about uniform values with probability 1e-9.
  using G = SmallPrime<11>;
  constexpr std::size_t size = 6000, order = 11;
  for (const Setting& setting : std::vector<Setting>{{3, 1}, {4, 1}, {5, 2}, {7, 2}}) {
    const auto shares =
        in_domain<G>(setting, [&](Network&, TestRandom&, Domain<G>& domain) { return listed(domain.random(size)); });
    const auto values = values_of<G>(shares, setting.t);
    REQUIRE(values);
    std::vector<std::size_t> single(order);
    for (const G& value : *values) ++single[value.to_integer()];
    CHECK(looks_uniform(single));
    // value i of every row of a batch stems from the same dealt values
    const std::size_t rows = setting.n - setting.t, batch = size / rows;
    for (std::size_t row = 0; row + 1 < rows; ++row) {
      std::vector<std::size_t> pairs(order * order);
      for (std::size_t k = 0; k < batch; ++k)
        ++pairs[(*values)[row * batch + k].to_integer() * order + (*values)[(row + 1) * batch + k].to_integer()];
      CHECK(looks_uniform(pairs));
    }
  }
}

TEST_CASE("a field without a point for every party is refused") {
  const auto refused = [](auto element, std::size_t n) {
    using G = decltype(element);
    return with_streams(n, 1, [](Network& network, TestRandom&, auto& streams) -> std::string {
      try {
        const Domain<G> domain(network, streams, 1, slow_rounds);
      } catch (const Error& error) {
        return error.code() == ErrorCode::invalid_argument ? error.what() : "another Error";
      }
      return "";
    })[0];
  };
  CHECK(refused(SmallPrime<5>{}, 4) == "");
  CHECK(refused(SmallPrime<5>{}, 5) == "SmallPrime<5> has too few elements for the evaluation points of 5 parties");
  CHECK(refused(SmallPrime<3>{}, 3) == "SmallPrime<3> has too few elements for the evaluation points of 3 parties");
}

TEST_CASE("what is not an element is its sender's fault, in every kind of round") {
  using G = Mersenne61;
  /// Spoils the last byte of whatever it sends.
  class SpoilingNetwork final : public Network {
   public:
    explicit SpoilingNetwork(Network& network) : Network(network.self(), network.parties()), network_(network) {}

   private:
    std::vector<Bytes> do_exchange(std::uint64_t, std::vector<Bytes> outgoing,
                                   std::span<const std::size_t> expected_sizes) override {
      for (Bytes& message : outgoing)
        if (!message.empty()) message.back() = std::byte{0xFF};
      return network_.exchange(std::move(outgoing), expected_sizes);
    }
    void do_give_up(std::string_view reason) noexcept override { network_.give_up(reason); }

    Network& network_;
  };
  constexpr std::size_t n = 4, t = 1, spoiler = 2;
  // a round, and who receives elements from party 2 in it
  const std::vector<std::pair<std::function<void(Domain<G>&, const std::vector<G>&)>, std::vector<std::size_t>>>
      rounds = {{[](Domain<G>& domain, const std::vector<G>& shares) {
                   domain.input(std::vector<std::size_t>(n, 9), shares);
                 },
                 {0, 1}},
                {[](Domain<G>& domain, const std::vector<G>& shares) { domain.multiply(shares, shares); }, {0, 1}},
                {[](Domain<G>& domain, const std::vector<G>& shares) { domain.open(shares); }, {1}},
                {[](Domain<G>& domain, const std::vector<G>& shares) { domain.open_to(1, shares); }, {1}},
                {[](Domain<G>& domain, const std::vector<G>&) { domain.random(9); }, {1}}};
  for (const auto& [round, receivers] : rounds) {
    const auto errors = with_streams(n, 1, [&, &round = round](Network& network, TestRandom&, auto& streams) {
      SpoilingNetwork spoiling(network);
      Domain<G> domain(network.self() == spoiler ? spoiling : network, streams, t, slow_rounds);
      std::optional<Error> error;
      try {
        round(domain, std::vector<G>(9, G{5}));
      } catch (const Error& thrown) {
        error = thrown;
      }
      return error;
    });
    for (std::size_t party = 0; party < n; ++party) {
      const bool receives = std::ranges::count(receivers, party) != 0;
      REQUIRE(errors[party].has_value() == receives);
      if (!receives) continue;
      CHECK(errors[party]->code() == ErrorCode::malformed_message);
      CHECK(errors[party]->party() == spoiler);
    }
  }
}
