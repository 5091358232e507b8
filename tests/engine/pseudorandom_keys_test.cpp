// SPDX-License-Identifier: Apache-2.0
// Agreement on the keys of pseudorandom sharing over a network: one round, and sharings that fit together.
#include "parley/engine/pseudorandom_keys.hpp"

#include <cstddef>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/mersenne61.hpp"

TEST_CASE("the parties of a network agree on keys in one round and share without another") {
  using F = parley::Mersenne61;
  for (std::size_t n = 2; n <= 5; ++n)
    for (std::size_t t = 1; t < n; ++t) {
      std::size_t common = 1;  // binomial(n - 2, t)
      for (std::size_t i = 0; i < t; ++i) common = common * (n - 2 - i) / (i + 1);
      std::vector<parley::Cost> costs(n);
      const auto shares = parley::simulate(n, [&](parley::Network& network) {
        auto random = parley::test::random_of(network.self(), 7);
        const auto keys = agree_pseudorandom_keys(network, t, random);
        parley::PseudorandomSharing<F> source(keys);
        auto own = source.random(50);
        costs[network.self()] = network.cost();
        return own;
      });
      for (const parley::Cost& cost : costs) {
        CHECK(cost.rounds == 1);
        CHECK(cost.bytes_sent == (n - 1) * (1 + 32 * common));
      }
      const auto values = parley::test::values_of<F>(shares, t);
      REQUIRE(values);
      CHECK((*values)[0] != (*values)[1]);
    }
}

TEST_CASE("a threshold without sense is refused before anything is sent") {
  const auto refused = parley::simulate(3, [](parley::Network& network) {
    auto random = parley::test::random_of(network.self(), 8);
    try {
      (void)agree_pseudorandom_keys(network, 3, random);
    } catch (const parley::Error& error) {
      return error.code() == parley::ErrorCode::invalid_argument && network.cost().rounds == 0;
    }
    return false;
  });
  CHECK(refused == std::vector<bool>(3, true));
}
