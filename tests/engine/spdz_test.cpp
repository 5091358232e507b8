// SPDX-License-Identifier: Apache-2.0
// The engine for a dishonest majority computes what every engine does, at the documented cost; its checks come before
// and after openings.
#include "parley/engine/spdz.hpp"

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/engine_conformance.hpp"
#include "engine/prices.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/engine/trusted_dealer.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/net/local_network.hpp"
#include "refusal.hpp"

namespace {

using namespace parley;
using namespace parley::test;
using F = Mersenne61;
using Spdz = SpdzEngine<F, DealtRandomness<F>>;

static_assert(Preprocessing<DealtRandomness<F>, F> && !Preprocessing<DealtRandomness<F>, SmallPrime<7>>);
static_assert(ComparingEngine<Spdz>);
static_assert(!std::is_copy_constructible_v<Spdz> && !std::is_move_constructible_v<Spdz>);

/// The engine that checks what is left to check before each opening at no cost, so that the opening itself has a price.
class CheckedBefore : public Spdz {
  template <class Open>
  auto checked(Open open_now) {
    const Cost before = Spdz::cost();
    verify();
    checks_ = checks_ + (Spdz::cost() - before);
    return open_now();
  }

 public:
  CheckedBefore(Network& network, DealtRandomness<F> store) : Spdz(network, std::move(store), {}) {}

  Cost cost() const { return Spdz::cost() - checks_; }
  Buffer<F> open(const Vector& x) {
    return checked([&] { return Spdz::open(x); });
  }
  PublicBits open(const Bits& x) {
    return checked([&] { return Spdz::open(x); });
  }
  Buffer<F> open_to(std::size_t receiver, const Vector& x) {
    return checked([&] { return Spdz::open_to(receiver, x); });
  }

 private:
  Cost checks_;
};

/// A check of MACs: coins and tags, a commitment, its opening; of two elements of GF(2^64).
constexpr Price check{3, 8 * (4 * 2 + 2 + 2 * 2)};

struct SpdzPrices {
  std::size_t n, self;

  static constexpr std::size_t element = F::encoded_size;

  Price input(std::size_t owner, std::size_t count) const { return {1, self == owner ? sent(count * element) : 0}; }
  Price input_all(std::size_t count) const { return {1, sent(count * element)}; }
  Price mul(std::size_t count) const { return {1, sent(2 * count * element)}; }
  Price dot(std::size_t count, std::size_t length) const { return mul(count * length); }
  Price open(std::size_t count) const { return {1 + check.rounds, sent(count * element + check.bytes_sent)}; }
  Price open_to(std::size_t, std::size_t count) const { return open(count); }
  Price random(std::size_t) const { return {}; }
  Price input_bits(std::size_t owner, std::size_t bits) const { return {1, self == owner ? sent(packed(bits)) : 0}; }
  Price and_(std::size_t bits) const { return {1, sent(packed(2 * bits))}; }
  Price open_bits(std::size_t bits) const { return {1 + check.rounds, sent(packed(bits) + check.bytes_sent)}; }
  Price random_bits(std::size_t) const { return {}; }
  Price to_field(std::size_t bits) const { return {1, sent(packed(bits))}; }
  Price dabits(std::size_t) const { return {}; }
  Price edabits(std::size_t) const { return {}; }
  Price split(std::size_t count, std::size_t = 0) const { return {1, sent(count * element)}; }

 private:
  static std::size_t packed(std::size_t bits) { return (bits + 7) / 8; }
  std::size_t sent(std::size_t bytes) const { return (n - 1) * bytes; }
};

/// Plenty for a program on few values.
Correlations plenty(std::size_t parties) {
  return {.triples = 60'000,
          .random_values = 5'000,
          .input_masks = std::vector<std::size_t>(parties, 12'000),
          .bit_triples = 500,
          .random_bits = 200,
          .input_bit_masks = std::vector<std::size_t>(parties, 400),
          .edabits = 50,
          .dabits = 200,
          .checks = 4'000};
}

std::vector<DealtRandomness<F>> dealt(const Correlations& counts, std::size_t parties) {
  return TrustedDealer<F, TestRandom>(TestRandom(parties)).deal(counts, parties);
}

}  // namespace

TEST_CASE("the engine for a dishonest majority computes") {
  for (const std::size_t n : {std::size_t{2}, std::size_t{3}}) {
    auto stores = dealt(plenty(n), n);
    check_engine(
        n, [&](Network& network) { return CheckedBefore(network, std::move(stores[network.self()])); },
        [n](std::size_t self) {
          return SpdzPrices{n, self};
        },
        {0, 1, 65, 1000});
  }
}

TEST_CASE("what waits for a check is bounded, and nothing is opened before it") {
  auto stores = dealt(plenty(2), 2);
  const auto rounds = simulate(2, [&](Network& network) {
    auto engine = spdz<F>(network, std::move(stores[network.self()]), {.most_unchecked = 30});
    const auto x = input(engine, 0, std::vector<F>(20, F(2)), 20);
    std::vector<std::size_t> spent;
    const auto record = [&](const auto& call) {
      const Cost before = engine.cost();
      call();
      spent.push_back((engine.cost() - before).rounds);
    };
    for (int k = 0; k < 3; ++k) record([&] { mul(engine, x, x); });
    for (int k = 0; k < 2; ++k) record([&] { open(engine, x); });
    const auto few = x.slice(0, 3);
    record([&] { mul(engine, few, few); });
    record([&] { open(engine, few); });
    return spent;
  });
  // 40 differences wait after a product, 6 after the last; an opening checks what waits, opens, and checks that
  for (const auto& spent : rounds) CHECK(spent == std::vector<std::size_t>{1, 4, 4, 7, 4, 1, 7});
}

TEST_CASE("long batches of products go in parts, where rounds are cheap") {
  constexpr std::size_t count = 40'000;
  for (const auto& [link, rounds] : {std::pair{Link::local(), 2}, std::pair{Link::world(), 1}}) {
    auto stores = dealt({.triples = count, .input_masks = {count, count}, .checks = 4}, 2);
    const auto ends = simulate(2, [&, of_rounds = link](Network& network) {
      auto engine = spdz<F>(network, std::move(stores[network.self()]), {.link = of_rounds});
      std::vector<F> values, squares;
      for (std::size_t i = 0; i < count; ++i) {
        values.push_back(F(i * i * i));
        squares.push_back(values[i] * values[i]);
      }
      const auto x = input(engine, 1, values, count);
      const Cost before = engine.cost();
      const auto products = mul(engine, x, x);
      const Cost spent = engine.cost() - before;
      return std::tuple(spent.rounds, spent.bytes_sent, open(engine, products) == squares);
    });
    for (const auto& [of_party, bytes, right] : ends) {
      CHECK(of_party == static_cast<std::size_t>(rounds));
      CHECK(bytes == 16 * count);
      CHECK(right);
    }
  }
}

TEST_CASE("preprocessing that does not fit is refused, and says of what there is too little") {
  auto stores = dealt({.triples = 3, .input_masks = {4}, .checks = 1}, 2);
  const auto networks = LocalNetwork::create(3);
  check_refusal("invalid_argument: preprocessing of party 1 of 2 is of no use to party 0 of 3",
                [&] { return spdz<F>(*networks[0], std::move(stores[1])).self(); });
  stores = dealt({.triples = 3, .input_masks = {4}, .checks = 1}, 2);
  const auto ends = simulate(2, [&](Network& network) {
    auto engine = spdz<F>(network, std::move(stores[network.self()]));
    const auto x = input(engine, 0, std::vector<F>(4, F(2)), 4);
    const bool right = open(engine, x) == std::vector<F>(4, F(2));
    return std::tuple(right, refusal_of([&] { return mul(engine, x, x); }), engine.cost().rounds);
  });
  for (const auto& [right, refusal, rounds] : ends) {
    CHECK(right);
    CHECK(refusal ==
          "invalid_state: the preprocessing has run out of triples for products: 4 are needed, and 3 are left");
    CHECK(rounds == 5);
  }
  using Small = SmallPrime<8191>;
  auto small = TrustedDealer<Small>().deal({}, 2);
  const auto two = LocalNetwork::create(2);
  check_refusal("invalid_argument: SmallPrime<8191> has less than 2^40 elements",
                [&] { return spdz<Small>(*two[0], std::move(small[0])).self(); });
  check_refusal("invalid_argument: preprocessing is for at least two", [] { return TrustedDealer<F>().deal({}, 1); });
  check_refusal("invalid_argument: there are more owners", [] {
    return TrustedDealer<F>().deal({.input_masks = {1, 1, 1}}, 2);
  });
}
