// SPDX-License-Identifier: Apache-2.0
// Shuffled rows are a permutation of the rows, any one as likely as any other, by groups and through networks, at the
// documented costs; and every set of t parties misses a group.
#include "parley/engine/shamir_shuffle.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "engine/prices.hpp"
#include "engine/statistics.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/pairwise_streams.hpp"
#include "parley/engine/permutation_network.hpp"
#include "parley/engine/shamir_domain.hpp"
#include "parley/field/mersenne61.hpp"
#include "sharing/enumeration.hpp"

namespace {

using namespace parley;
using namespace parley::test;
using F = Mersenne61;
using Shuffle = detail::ShamirShuffle<F, TestRandom>;
using Columns = Shuffle::Columns;

struct Setting {
  std::size_t n, t;
};

/// program(network, domain, shuffle) at each party.
template <class Program>
auto with_shuffle(const Setting& setting, std::uint64_t seed, const Program& program) {
  return with_streams(setting.n, seed, [&](Network& network, TestRandom& random, auto& streams) {
    detail::ShamirDomain<F, RandomStream> domain(network, streams, setting.t, slow_rounds);
    Shuffle shuffle(network, random, streams, domain, setting.t);
    return program(network, domain, shuffle);
  });
}

/// Column c of row r is 1000 c + r, shared by polynomials of degree 0.
Columns numbered_rows(std::size_t rows, std::size_t columns) {
  Columns all(columns);
  for (std::size_t c = 0; c < columns; ++c)
    for (std::size_t r = 0; r < rows; ++r) all[c].push_back(F(1000 * c + r));
  return all;
}

struct Price {
  std::size_t first_rounds, rounds;             // of the first and of later shuffles
  std::vector<std::size_t> first_bytes, bytes;  // of each party
};

/// The documented costs.
Price price_of(const Setting& setting, std::size_t rows, std::size_t columns) {
  const auto [n, t] = setting;
  const std::size_t sent = (n - 1 - t) * F::encoded_size;
  Price price{0, 0, std::vector<std::size_t>(n), std::vector<std::size_t>(n)};
  const auto groups = detail::shuffling_groups(n, t);
  const std::size_t network_rounds = 1 + (t + 1) * (2 * ceil_log2(rows) - 1);
  if (!groups.empty() && groups.size() <= network_rounds) {
    for (const auto& group : groups)
      for (const std::size_t party : group) price.bytes[party] += sent * rows * columns;
    price.rounds = groups.size();
    price.first_rounds = price.rounds + 1;
    price.first_bytes = price.bytes;
    for (const auto& group : groups) price.first_bytes[group[0]] += t * sizeof(Seed);
    return price;
  }
  std::size_t exchanges = 0;
  const detail::PermutationNetwork network(rows);
  for (std::size_t l = 0; l < network.depth(); ++l) exchanges += network.layer(l).size();
  price.rounds = network_rounds;
  for (std::size_t party = 0; party < n; ++party)
    price.bytes[party] =
        (party <= t ? sent * exchanges : 0) + (party <= 2 * t ? sent * (t + 1) * exchanges * columns : 0);
  price.first_rounds = price.rounds;
  price.first_bytes = price.bytes;
  return price;
}

void check_shuffles(const Setting& setting, std::size_t rows, std::size_t columns) {
  const auto [n, t] = setting;
  constexpr std::size_t repetitions = 3;
  struct End {
    std::array<std::vector<std::vector<F>>, repetitions> columns;
    std::array<Cost, repetitions> costs;
  };
  const auto ends = with_shuffle(setting, rows, [&](Network& network, auto&, Shuffle& shuffle) {
    End end;
    Columns all = numbered_rows(rows, columns);
    for (std::size_t i = 0; i < repetitions; ++i) {
      const Cost before = network.cost();
      shuffle.shuffle(all);
      end.costs[i] = network.cost() - before;
      for (const auto& column : all) end.columns[i].push_back(listed(column));
    }
    return end;
  });
  const Price price = price_of(setting, rows, columns);
  for (std::size_t i = 0; i < repetitions; ++i) {
    std::vector<std::vector<F>> opened;
    for (std::size_t c = 0; c < columns; ++c) {
      std::vector<std::vector<F>> shares;
      for (const End& end : ends) shares.push_back(end.columns[i][c]);
      const auto values = values_of<F>(shares, t);
      REQUIRE(values);
      opened.push_back(*values);
    }
    std::vector<std::uint64_t> order;
    for (const F& value : opened[0]) order.push_back(value.to_integer());
    for (std::size_t c = 0; c < columns; ++c)
      for (std::size_t r = 0; r < rows; ++r) REQUIRE(opened[c][r] == F(1000 * c + order[r]));
    std::ranges::sort(order);
    for (std::size_t r = 0; r < rows; ++r) REQUIRE(order[r] == r);
    for (std::size_t party = 0; party < n; ++party) {
      CHECK(ends[party].costs[i].rounds == (i == 0 ? price.first_rounds : price.rounds));
      CHECK(ends[party].costs[i].bytes_sent == (i == 0 ? price.first_bytes : price.bytes)[party]);
    }
  }
}

}  // namespace

TEST_CASE("every set of t parties misses a whole group of t + 1") {
  for (std::size_t n = 3; n <= 10; ++n)
    for (std::size_t t = 1; 2 * t + 1 <= n; ++t) {
      const auto groups = detail::shuffling_groups(n, t);
      for (const auto& group : groups) {
        REQUIRE(group.size() == t + 1);
        REQUIRE(std::set<std::size_t>(group.begin(), group.end()).size() == t + 1);
        REQUIRE(std::ranges::is_sorted(group));
        REQUIRE(group.back() < n);
      }
      for_each_subset(n, t, [&](const std::vector<std::size_t>& set) {
        REQUIRE(std::ranges::any_of(groups, [&](const auto& group) {
          return std::ranges::none_of(group, [&](std::size_t party) { return std::ranges::count(set, party) != 0; });
        }));
      });
    }
  CHECK(detail::shuffling_groups(3, 1).size() == 3);
  CHECK(detail::shuffling_groups(16, 7).empty());  // 11440 sets
}

TEST_CASE("shuffled rows are the rows, in one order in all columns, at the documented cost") {
  for (const Setting& setting : std::vector<Setting>{{3, 1}, {4, 1}, {5, 1}, {5, 2}, {7, 3}})
    for (const std::size_t rows : {2U, 3U, 4U, 5U, 8U, 31U}) check_shuffles(setting, rows, 1 + rows % 3);
  check_shuffles({16, 7}, 5, 2);
  check_shuffles({7, 1}, 100, 2);
}

TEST_CASE("both ways of shuffling are taken") {
  const auto by_groups = [](const Setting& setting, std::size_t rows) {
    return price_of(setting, rows, 1).first_rounds != price_of(setting, rows, 1).rounds;
  };
  CHECK(by_groups({3, 1}, 2));
  CHECK(by_groups({4, 1}, 3));
  CHECK_FALSE(by_groups({5, 2}, 2));
  CHECK_FALSE(by_groups({7, 3}, 3));
  CHECK(by_groups({5, 2}, 100));
  CHECK_FALSE(by_groups({16, 7}, 1000));
}

TEST_CASE("all orders of three rows are equally likely, whatever the one before was") {
  // By groups at n = 3 and 4, through networks at n = 7; each test is wrong about a uniform order with probability 1e-9.
  for (const Setting& setting : std::vector<Setting>{{3, 1}, {4, 1}, {7, 3}}) {
    constexpr std::size_t shuffles = 400;
    const auto ends = with_shuffle(setting, 5, [&](Network&, auto& domain, Shuffle& shuffle) {
      Buffer<F> all;
      for (std::size_t i = 0; i < shuffles; ++i) {
        Columns rows = numbered_rows(3, 1);
        shuffle.shuffle(rows);
        all.insert(all.end(), rows[0].begin(), rows[0].end());
      }
      return listed(domain.open(all));
    });
    std::vector<std::size_t> orders(6), moves(9);
    std::optional<std::size_t> last;
    for (std::size_t i = 0; i < shuffles; ++i) {
      std::array<std::uint64_t, 3> order;
      for (std::size_t r = 0; r < 3; ++r) order[r] = ends[0][3 * i + r].to_integer();
      ++orders[2 * order[0] + (order[1] > order[2] ? 1 : 0)];
      if (last) ++moves[3 * *last + order[0]];
      last = order[0];
    }
    CHECK(looks_uniform(orders));
    CHECK(looks_uniform(moves));
  }
}
