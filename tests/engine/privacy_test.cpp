// SPDX-License-Identifier: Apache-2.0
// What any t parties see of the passive engine's protocols does not depend on what they are not to know: exactly, over
// all random choices on tiny fields, and by statistics where there are too many.
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/view.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/shamir_passive.hpp"
#include "parley/field/small_prime.hpp"

namespace {

using namespace parley;
using namespace parley::test;

using F5 = SmallPrime<5>;
using F7 = SmallPrime<7>;

/// The secrets are pairs: x = secret % p of party 0, y = secret / p of party 1.
template <class F, class Engine>
auto input_pair(Engine& engine, const Lanes& lanes) {
  constexpr std::size_t p = F::modulus;
  return std::pair(input(engine, 0, lanes.values([](std::size_t secret) { return F(secret % p); }), lanes.size()),
                   input(engine, 1, lanes.values([](std::size_t secret) { return F(secret / p); }), lanes.size()));
}

/// Numbers of `width` bits, a function of the secret.
template <class Value>
PublicBits bits_of(const Lanes& lanes, std::size_t width, Value value) {
  return PublicBits::from_integers(lanes.values([&](std::size_t secret) { return std::uint64_t{value(secret)}; }),
                                   width);
}

template <std::size_t p>
std::size_t knows_pair(std::size_t party, std::size_t secret) {
  return party == 0 ? secret % p : party == 1 ? secret / p : 0;
}

template <class F>
Views views_of_product(std::size_t n, std::size_t t, bool opened) {
  return enumerate_views(n, F::modulus * F::modulus, [=](Network& network, LaneTape tape, const Lanes& lanes) {
    auto engine = shamir_passive<F>(network, {.privacy_threshold = t}, std::move(tape));
    const auto [x, y] = input_pair<F>(engine, lanes);
    const auto product = mul(engine, x, y);
    if (opened) open(engine, product);
  });
}

}  // namespace

TEST_CASE("a product tells a party nothing, over all random choices") {
  CHECK(leak(views_of_product<F7>(3, 1, false), 1, knows_pair<7>) == "");
  CHECK(leak(views_of_product<F5>(4, 1, false), 1, knows_pair<5>) == "");
}
