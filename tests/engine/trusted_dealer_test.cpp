// SPDX-License-Identifier: Apache-2.0
// What a trusted dealer deals has the relations and the MACs that it should have, for every kind, however it is taken;
// and says what has run out.
#include "parley/engine/trusted_dealer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/statistics.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/permutation_network.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/wide_binary.hpp"
#include "refusal.hpp"

namespace {

using namespace parley;
using namespace parley::test;
using F = Mersenne61;
using Store = DealtRandomness<F>;
using Shares = Buffer<AuthenticatedShare<F>>;
using Span = std::span<AuthenticatedShare<F>>;

constexpr std::size_t parties = 3;

std::vector<Store> dealt(const Correlations& counts, std::uint64_t seed = 1) {
  return TrustedDealer<F, TestRandom>(TestRandom(seed)).deal(counts, parties);
}

/// The values that are shared; a failure where a MAC is wrong.
Buffer<F> values_of(const std::vector<Store>& stores, const std::vector<Shares>& shares) {
  F key{};
  for (const Store& store : stores) key += store.keys().field;
  Buffer<F> values(shares[0].size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    F mac{};
    for (const Shares& of_party : shares) {
      values[i] += of_party[i].share;
      mac += of_party[i].mac;
    }
    CHECK(mac == key * values[i]);
  }
  return values;
}
/// The same for bits.
PublicBits bits_of(const std::vector<Store>& stores, const std::vector<BitPlanes>& shares) {
  std::uint64_t key = 0;
  for (const Store& store : stores) key ^= store.keys().bits.value();
  PublicBits bits(shares[0].width(), shares[0].size());
  for (std::size_t plane = 0; plane < bits.width(); ++plane)
    for (std::size_t row = 0; row < bits.size(); ++row) {
      std::uint64_t bit = 0, mac = 0;
      for (const BitPlanes& of_party : shares) {
        bit ^= of_party.bit(plane, row);
        for (unsigned k = 0; k < 64; ++k) mac ^= std::uint64_t{of_party.bit(plane, row, 1 + k)} << k;
      }
      CHECK(mac == (bit != 0 ? key : 0));
      bits.planes().component(plane, 0)[row / 64] |= bit << (row % 64);
    }
  return bits;
}

std::vector<Shares> room(std::size_t count) { return std::vector<Shares>(parties, Shares(count)); }
std::vector<BitPlanes> room_for_bits(const std::vector<Store>& stores, std::size_t width, std::size_t size) {
  std::vector<BitPlanes> all;
  for (const Store& store : stores)
    all.emplace_back(detail::authenticated_layout(store.self(), store.keys().bits), width, size);
  return all;
}

}  // namespace

TEST_CASE("dealt values have their relations and MACs, however they are taken") {
  auto stores = dealt({.triples = 20, .random_values = 4, .input_masks = {3, 3, 3}});
  for (const std::size_t count : {3u, 17u}) {
    auto a = room(count), b = room(count), products = room(count);
    for (std::size_t party = 0; party < parties; ++party)
      stores[party].triples(Span(a[party]), Span(b[party]), Span(products[party]));
    const auto left = values_of(stores, a), right = values_of(stores, b), product = values_of(stores, products);
    for (std::size_t i = 0; i < count; ++i) CHECK(product[i] == left[i] * right[i]);
    CHECK(left != right);
  }
  for (std::size_t owner = 0; owner < parties; ++owner) {
    auto masks = room(3);
    Buffer<F> known(3);
    for (std::size_t party = 0; party < parties; ++party)
      stores[party].input_masks(owner, Span(masks[party]), party == owner ? std::span<F>(known) : std::span<F>());
    CHECK(values_of(stores, masks) == known);
  }
  auto values = room(4);
  for (std::size_t party = 0; party < parties; ++party) stores[party].random_values(Span(values[party]));
  values_of(stores, values);
}

TEST_CASE("dealt bits have their relations and MACs, in both domains") {
  auto stores = dealt({.bit_triples = 4, .random_bits = 2, .input_bit_masks = {2, 2, 2}, .edabits = 2, .dabits = 4});
  auto a = room_for_bits(stores, 2, 70), b = a, products = a;
  for (std::size_t party = 0; party < parties; ++party) stores[party].bit_triples(a[party], b[party], products[party]);
  const auto left = bits_of(stores, a), right = bits_of(stores, b), both = bits_of(stores, products);
  for (std::size_t i = 0; i < both.planes().words().size(); ++i)
    CHECK(both.planes().words()[i] == (left.planes().words()[i] & right.planes().words()[i]));

  for (std::size_t owner = 0; owner < parties; ++owner) {
    auto masks = room_for_bits(stores, 1, 70);
    PublicBits known(1, 70);
    for (std::size_t party = 0; party < parties; ++party)
      stores[party].input_bit_masks(owner, masks[party], party == owner ? &known : nullptr);
    CHECK(bits_of(stores, masks).to_integers() == known.to_integers());
  }

  auto numbers = room(70);
  auto number_bits = room_for_bits(stores, 61, 70);
  for (std::size_t party = 0; party < parties; ++party) stores[party].edabits(Span(numbers[party]), number_bits[party]);
  CHECK(bits_of(stores, number_bits).to_field<F>() == values_of(stores, numbers));

  auto as_values = room(140);
  auto as_bits = room_for_bits(stores, 2, 70);
  for (std::size_t party = 0; party < parties; ++party) stores[party].dabits(Span(as_values[party]), as_bits[party]);
  const auto values = values_of(stores, as_values);
  const auto bits = bits_of(stores, as_bits);
  for (std::size_t plane = 0; plane < 2; ++plane)
    for (std::size_t row = 0; row < 70; ++row) CHECK(values[plane * 70 + row] == F(bits.bit(plane, row) ? 1 : 0));
}

TEST_CASE("dealt permutations are uniform") {
  constexpr std::size_t draws = 3000;
  auto stores = dealt({.shuffles = {{3, draws}}});
  const detail::PermutationNetwork network(3);
  std::map<std::array<int, 3>, std::size_t> seen;
  F key{};
  for (const Store& store : stores) key += store.keys().field;
  for (std::size_t draw = 0; draw < draws; ++draw) {
    std::vector<AuthenticatedShare<F>> sums(3);
    for (Store& store : stores) {
      Shares controls(3);
      store.shuffle(3, Span(controls));
      for (std::size_t i = 0; i < 3; ++i) sums[i] += controls[i];
    }
    std::array<int, 3> order = {0, 1, 2};
    std::size_t next = 0;
    for (std::size_t l = 0; l < network.depth(); ++l)
      for (const auto& exchange : network.layer(l))
        if (sums[next++].share == F(1)) std::swap(order[exchange.first], order[exchange.second]);
    REQUIRE(next == 3);
    for (const auto& sum : sums) REQUIRE((sum.mac == key * sum.share && (sum.share == F{} || sum.share == F(1))));
    ++seen[order];
  }
  std::vector<std::size_t> counts;
  for (const auto& [order, count] : seen) counts.push_back(count);
  REQUIRE(counts.size() == 6);
  CHECK(looks_uniform(counts));
}

TEST_CASE("a commitment opens to one value") {
  auto stores = dealt({.checks = 2});
  for (int check = 0; check < 2; ++check) {
    std::vector<CommittedValues> values;
    for (Store& store : stores) values.push_back(store.commitments(6));
    for (std::size_t i = 0; i < parties; ++i)
      for (std::size_t j = 0; j < parties; ++j)
        for (std::size_t k = 0; i != j && k < 6; ++k)
          CHECK(values[i].tags[j][k] == stores[j].commitment_key(i) * values[i].mine[k] + values[j].offsets[i][k]);
    CHECK(values[0].mine != values[1].mine);
  }
  check_refusal("invalid_state: the preprocessing has run out of checks", [&] { return stores[0].commitments(1); });
}

TEST_CASE("what has run out is said, before anything is given") {
  auto stores = dealt({.triples = 2, .shuffles = {{5, 1}}});
  Store& store = stores[1];
  Shares x(3), y(3), z(3);
  const auto bits = [&] { return room_for_bits(stores, 1, 65).front(); };
  const std::vector<std::pair<std::string, std::function<int()>>> requests = {
      {"triples for products: 3 are needed, and 2 are left",
       [&] { return store.triples(Span(x), Span(y), Span(z)), 0; }},
      {"random values: 3", [&] { return store.random_values(Span(x)), 0; }},
      {"masks for inputs of party 2: 3", [&] { return store.input_masks(2, Span(x), {}), 0; }},
      {"words of triples for conjunctions: 2",
       [&] {
         auto a = bits(), b = bits(), c = bits();
         return store.bit_triples(a, b, c), 0;
       }},
      {"words of random bits: 2",
       [&] {
         auto a = bits();
         return store.random_bits(a), 0;
       }},
      {"words of masks for bits of party 0: 2",
       [&] {
         auto a = bits();
         return store.input_bit_masks(0, a, nullptr), 0;
       }},
      {"words of edaBits: 1",
       [&] {
         auto a = room_for_bits(stores, 61, 3).front();
         return store.edabits(Span(x), a), 0;
       }},
      {"words of daBits: 1",
       [&] {
         auto a = room_for_bits(stores, 1, 3).front();
         return store.dabits(Span(x), a), 0;
       }},
      {"permutations of 4 rows", [&] { return store.shuffle(4, Span(x)), 0; }}};
  for (const auto& [what, request] : requests)
    check_refusal("invalid_state: the preprocessing has run out of " + what, request);
  Shares two(2), more(2), products(2);
  store.triples(Span(two), Span(more), Span(products));  // they are still there
}
