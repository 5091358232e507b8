// SPDX-License-Identifier: Apache-2.0
// Openings that no t parties can change: every wrong share of every party is noticed by every honest one.
#include "parley/engine/verified_opening.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/uniform.hpp"
#include "parley/net/tampering.hpp"

namespace {

using namespace parley;
using namespace parley::test;

/// shares[party][k] of random polynomials of degree t, and their values.
template <class F>
std::pair<std::vector<std::vector<F>>, std::vector<F>> random_sharings(std::size_t n, std::size_t t,
                                                                       std::size_t count) {
  TestRandom random(n * 100 + t);
  std::vector<std::vector<F>> shares(n, std::vector<F>(count));
  std::vector<F> values(count);
  for (std::size_t k = 0; k < count; ++k) {
    std::vector<F> coefficients(t + 1);
    fill_uniform(random, std::span<F>(coefficients));
    values[k] = coefficients[0];
    for (std::size_t party = 0; party < n; ++party) {
      F sum{};
      for (std::size_t i = t + 1; i-- > 0;) sum = sum * F::embed(party + 1) + coefficients[i];
      shares[party][k] = sum;
    }
  }
  return {shares, values};
}

struct End {
  std::optional<ErrorCode> code;
  std::optional<std::size_t> party;
  bool right = false;
};

/// What becomes of an opening, at each party, where `liar` adds `offset` to its share of the last value; to `receiver`
/// alone where there is one.
template <class F>
std::vector<End> ends_with_lie(std::size_t n, std::size_t t, std::size_t liar, F offset,
                               std::optional<std::size_t> receiver = {}, bool dealers_checked = true) {
  const auto [shares, values] = random_sharings<F>(n, t, 5);
  return simulate(n, [&, shares = shares, values = values](Network& network) -> End {
    detail::VerifiedOpening<F> opening(network, t);
    std::vector<F> mine = shares[network.self()];
    if (network.self() == liar) mine.back() += offset;
    try {
      const auto opened =
          receiver ? opening.open_to(*receiver, mine, dealers_checked) : opening.open(mine, dealers_checked);
      return {{}, {}, listed(opened) == (receiver && *receiver != network.self() ? std::vector<F>() : values)};
    } catch (const Error& error) {
      return {error.code(), error.party(), false};
    }
  });
}

constexpr std::pair<std::size_t, std::size_t> sizes[] = {{3, 1}, {4, 1}, {5, 1}, {5, 2}, {7, 2}, {7, 3}};

}  // namespace

TEST_CASE("an opening gives the values, for n - 1 elements in one round") {
  using F = Mersenne61;
  for (const auto& [parties, threshold] : sizes) {
    const std::size_t n = parties, t = threshold;
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{3000}}) {
      const auto [shares, values] = random_sharings<F>(n, t, count);
      const auto ends = simulate(n, [&, shares = shares](Network& network) {
        detail::VerifiedOpening<F> opening(network, t);
        auto opened = listed(opening.open(shares[network.self()], true));
        const Cost all = network.cost();
        const auto alone = listed(opening.open_to(n - 1, shares[network.self()], true));
        return std::tuple(opened, alone, all, network.cost() - all);
      });
      for (std::size_t party = 0; party < n; ++party) {
        const auto& [opened, alone, all, one] = ends[party];
        CHECK(opened == values);
        CHECK(alone == (party == n - 1 ? values : std::vector<F>()));
        CHECK(all.rounds == (count == 0 ? 0 : 1));
        CHECK(all.bytes_sent == (n - 1) * count * 8);
        CHECK(one.bytes_sent == (party == n - 1 ? 0 : count * 8));
      }
    }
  }
}

TEST_CASE("every wrong share of every party is noticed, and its owner named where n >= 3t + 1") {
  using F = SmallPrime<11>;
  for (const auto& [n, t] : sizes)
    for (std::size_t liar = 0; liar < n; ++liar)
      for (std::uint64_t offset = 1; offset < (n > 5 ? 3 : 11); ++offset) {
        const auto ends = ends_with_lie<F>(n, t, liar, F(offset));
        const auto unchecked = ends_with_lie<F>(n, t, liar, F(offset), {}, false);
        for (std::size_t party = 0; party < n; ++party) {
          if (party == liar) continue;
          CHECK(ends[party].code == ErrorCode::inconsistent_shares);
          CHECK(ends[party].party == (n >= 3 * t + 1 ? std::optional(liar) : std::nullopt));
          CHECK(unchecked[party].code == ErrorCode::inconsistent_shares);
          CHECK(!unchecked[party].party);  // it might be the dealer
        }
      }
}

TEST_CASE("a single receiver notices every wrong share too") {
  using F = SmallPrime<11>;
  for (const auto& [n, t] : sizes)
    for (std::size_t liar = 1; liar < n; ++liar) {
      const auto ends = ends_with_lie<F>(n, t, liar, F(3), 0);
      CHECK(ends[0].code == ErrorCode::inconsistent_shares);
      for (std::size_t party = 1; party < n; ++party) CHECK(ends[party].right);
    }
}

TEST_CASE("t wrong shares on another polynomial through one honest share are noticed") {
  // Two liars of five, whose shares fit one honest party's, and no two.
  using F = Mersenne61;
  const auto [shares, values] = random_sharings<F>(5, 2, 1);
  const auto ends = simulate(5, [&, shares = shares](Network& network) {
    const F x = F::embed(network.self() + 1);
    std::vector<F> mine = shares[network.self()];
    if (network.self() < 2) mine[0] += (x - F(3)) * (x - F(4));  // 0 at parties 2 and 3, not at 4
    try {
      detail::VerifiedOpening<F>(network, 2).open(mine, true);
      return false;
    } catch (const Error&) {
      return true;
    }
  });
  CHECK(ends == std::vector<bool>(5, true));
}

TEST_CASE("a confirmation is one byte to each in one round, and no other byte will do") {
  for (const bool lies : {false, true}) {
    const auto ends = simulate(4, [&](Network& network) -> std::pair<std::optional<std::size_t>, Cost> {
      TamperingNetwork tampering(network, [&](std::uint64_t, std::vector<Bytes>& messages) {
        if (lies && network.self() == 2) messages[1][0] = std::byte{0};
      });
      try {
        detail::VerifiedOpening<Mersenne61>(tampering, 1).confirm();
      } catch (const Error& error) {
        return {error.party(), network.cost()};
      }
      return {std::nullopt, network.cost()};
    });
    for (std::size_t party = 0; party < 4; ++party) {
      CHECK(ends[party].first == (lies && party == 1 ? std::optional<std::size_t>(2) : std::nullopt));
      CHECK(ends[party].second.rounds == 1);
      CHECK(ends[party].second.bytes_sent == 3);
    }
  }
}
