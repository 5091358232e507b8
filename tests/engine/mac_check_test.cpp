// SPDX-License-Identifier: Apache-2.0
// A check of MACs passes what was opened rightly, and fails at all parties whatever is wrong; on a small field as often
// as the formula says.
#include "parley/engine/mac_check.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "catch.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/engine/trusted_dealer.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/net/tampering.hpp"
#include "refusal.hpp"

namespace {

using namespace parley;
using namespace parley::test;

template <Field F>
using Check = detail::MacCheck<F, DealtRandomness<F>>;
template <Field F>
using Shares = Buffer<AuthenticatedShare<F>>;

template <Field F>
std::vector<DealtRandomness<F>> dealt(std::size_t parties, const Correlations& counts, std::uint64_t seed) {
  return TrustedDealer<F, TestRandom>(TestRandom(seed)).deal(counts, parties);
}

/// A batch of random values and one of random bits, and what they are.
template <Field F>
struct Batch {
  std::vector<Shares<F>> shares;  // by party
  std::vector<BitPlanes> bits;
  Buffer<F> values;
  PublicBits opened;
};
template <Field F>
Batch<F> batch_of(std::vector<DealtRandomness<F>>& stores, std::size_t size) {
  Batch<F> batch{{}, {}, Buffer<F>(size), PublicBits(1, size)};
  for (std::size_t party = 0; party < stores.size(); ++party) {
    auto& shares = batch.shares.emplace_back(size);
    stores[party].random_values(std::span<AuthenticatedShare<F>>(shares));
    for (std::size_t i = 0; i < size; ++i) batch.values[i] += shares[i].share;
    BitPlanes& bits = batch.bits.emplace_back(detail::authenticated_layout(party, stores[party].keys().bits), 1, size);
    stores[party].random_bits(bits);
    for (std::size_t i = 0; i < bits.words_per_component(); ++i)
      batch.opened.planes().component(0, 0)[i] ^= bits.component(0, 0)[i];
  }
  return batch;
}

/// How the check of a batch ends at each party, after change(party, shares, values, bits, opened bits).
template <Field F, class Change>
std::vector<std::optional<ErrorCode>> ends(std::size_t parties, std::uint64_t seed, const Change& change) {
  constexpr std::size_t size = 70;
  auto stores = dealt<F>(parties, {.random_values = size, .random_bits = 2, .checks = 1}, seed);
  auto batch = batch_of(stores, size);
  return simulate(parties, [&](Network& network) {
    const std::size_t self = network.self();
    Buffer<F> values = batch.values;
    PublicBits opened = batch.opened;
    change(self, batch.shares[self], values, batch.bits[self], opened.planes());
    Check<F> check(network, stores[self]);
    check.record(batch.shares[self], values);
    check.record(batch.bits[self], opened.planes());
    return code_of([&] { check.check(); });
  });
}

using F = Mersenne61;
using Codes = std::vector<std::optional<ErrorCode>>;

}  // namespace

TEST_CASE("a check of MACs passes what is right, and nothing else") {
  const auto nothing = [](auto&&...) {};
  for (const std::size_t n : {std::size_t{2}, std::size_t{4}}) {
    CHECK(ends<F>(n, 1, nothing) == Codes(n, std::nullopt));
    CHECK(ends<SmallPrime<31>>(n, 1, nothing) == Codes(n, std::nullopt));
  }
  const Codes failed(3, ErrorCode::verification_failed);
  for (const std::size_t at : {0u, 1u, 63u, 64u, 69u}) {
    CAPTURE(at);
    // a wrong value or bit, for all or for one party; a wrong MAC of either
    for (const bool for_all : {true, false}) {
      CHECK(ends<F>(3, at, [&](std::size_t self, auto&, auto& values, auto&, auto&) {
              if (for_all || self == at % 3) values[at] += F(1);
            }) == failed);
      CHECK(ends<F>(3, at, [&](std::size_t self, auto&, auto&, auto&, auto& opened) {
              if (for_all || self == at % 3) opened.component(0, 0)[at / 64] ^= std::uint64_t{1} << at % 64;
            }) == failed);
    }
    CHECK(ends<F>(3, at, [&](std::size_t self, auto& shares, auto&, auto&, auto&) {
            if (self == at % 3) shares[at].mac += F(1);
          }) == failed);
    CHECK(ends<F>(3, at, [&](std::size_t self, auto&, auto&, auto& bits, auto&) {
            if (self == at % 3) bits.component(0, 1 + static_cast<unsigned>(at % 64))[at / 64] ^= 1;
          }) == failed);
  }
  // errors of which the sum is right
  CHECK(ends<F>(3, 9, [](std::size_t, auto&, auto& values, auto&, auto&) {
          values[2] += F(1);
          values[3] -= F(1);
        }) == failed);
}

TEST_CASE("what a party opens in a check is what it was committed to") {
  // its coins, its commitment, the opening of that: each changed on the way to party 2
  for (const std::uint64_t round : {1u, 2u, 3u})
    for (const std::size_t bit : {0u, 70u, 130u, 300u}) {
      CAPTURE(round, bit);
      auto stores = dealt<F>(3, {.random_values = 70, .random_bits = 2, .checks = 1}, round);
      auto batch = batch_of(stores, 70);
      const auto errors = simulate(3, [&](Network& network) {
        const std::size_t self = network.self();
        TamperingNetwork tampering(network, {{.round = self == 1 ? round : 9, .receiver = 2, .position = bit}});
        Check<F> check(tampering, stores[self]);
        check.record(batch.shares[self], batch.values);
        check.record(batch.bits[self], batch.opened.planes());
        try {
          check.check();
        } catch (const Error& error) {
          return std::optional<Error>(error);
        }
        return std::optional<Error>();
      });
      REQUIRE(errors[2].has_value());
      CHECK(errors[2]->code() == ErrorCode::verification_failed);
      // a commitment says nothing of who is wrong; what is opened later does not fit its own tags
      CHECK(errors[2]->party() == (round == 2 ? std::nullopt : std::optional<std::size_t>(1)));
    }
}

TEST_CASE("a wrong value passes a check as often as a guess of the key, or a factor of 0, is right") {
  using Small = SmallPrime<31>;
  constexpr std::size_t runs = 4000;
  auto stores = dealt<Small>(2, {.random_values = runs, .checks = runs}, 5);
  const auto passed = simulate(2, [&](Network& network) {
    DealtRandomness<Small>& store = stores[network.self()];
    std::size_t count = 0;
    for (std::size_t run = 0; run < runs; ++run) {
      Shares<Small> shares(1);
      store.random_values(std::span<AuthenticatedShare<Small>>(shares));
      // the true value is not needed: party 1 adds 1 to it, and its guess of the key to the MAC
      const Small guess(run % 31);
      Buffer<Small> value = {Small{}};
      if (network.self() == 0) shares[0].mac = store.keys().field;          // of the value 1 in all
      if (network.self() == 1) shares[0].mac = store.keys().field - guess;  // opened as 0
      Check<Small> check(network, store);
      check.record(shares, value);
      if (!code_of([&] { check.check(); })) ++count;
    }
    return count;
  });
  CHECK(passed[0] == passed[1]);
  // the key is one of 31 numbers that are guessed in turn, and the factor is 0 once in 31 times: 61/961 of 4000 are 254,
  // of a deviation of less than 16
  CHECK(passed[0] > 254 - 80);
  CHECK(passed[0] < 254 + 80);
}
