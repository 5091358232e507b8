// SPDX-License-Identifier: Apache-2.0
// The passive Shamir engine over other fields than 2^61 - 1.
#include <cstddef>
#include <vector>

#include "catch.hpp"
#include "engine/engine_conformance.hpp"
#include "engine/parties.hpp"
#include "engine/prices.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/shamir_passive.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/small_prime.hpp"

namespace {

using namespace parley;
using namespace parley::test;

template <class F>
void check_shamir(std::size_t n, std::size_t t, const std::vector<std::size_t>& sizes) {
  check_engine(
      n,
      [&](Network& network) {
        return shamir_passive<F>(network, {.privacy_threshold = t, .link = slow_rounds}, random_of(network.self(), 1));
      },
      [&](std::size_t self) {
        return ShamirPrices<F>{n, t, self};
      },
      sizes);
}

}  // namespace

TEST_CASE("over 2^127 - 1") {
  check_shamir<Mersenne127>(3, 1, {0, 1, 65, 1000});
  check_shamir<Mersenne127>(5, 2, {1, 10});
}

TEST_CASE("over small Mersenne primes") {
  check_shamir<SmallPrime<31>>(3, 1, {0, 1, 65, 1000});
  check_shamir<SmallPrime<31>>(4, 1, {1, 64});
  check_shamir<SmallPrime<31>>(16, 7, {1, 5});
  check_shamir<SmallPrime<31>>(7, 3, {1, 10});
}

TEST_CASE("over a field that is not prime") {
  check_shamir<GF256>(3, 1, {0, 1, 65});
  check_shamir<GF256>(7, 2, {1, 10});
}
