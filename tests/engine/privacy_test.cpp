// SPDX-License-Identifier: Apache-2.0
// What any t parties see of the passive engine's protocols does not depend on what they are not to know: exactly, over
// all random choices on tiny fields, and by statistics where there are too many. A statistical test finds a leak where
// there is none with a probability of 1e-9 for each pair of columns and of secrets, below 1e-4 for all of them together;
// its seeds are fixed.
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "engine/prices.hpp"
#include "engine/view.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/shamir_passive.hpp"
#include "parley/field/small_prime.hpp"

namespace {

using namespace parley;
using namespace parley::test;

using F5 = SmallPrime<5>;
using F7 = SmallPrime<7>;
template <class F>
using LaneEngine = ShamirPassiveEngine<F, LaneTape>;
template <class F>
using Vector = SharedOf<LaneEngine<F>>;
template <class F>
using Bits = SharedBitsOf<LaneEngine<F>>;
template <class F>
using Program = std::function<void(LaneEngine<F>&, const Lanes&)>;

/// `program` at each party, with an engine of threshold t.
template <class F>
auto on_engine(std::size_t t, const Program<F>& program) {
  return [t, program](Network& network, LaneTape tape, const Lanes& lanes) {
    auto engine = shamir_passive<F>(network, {.privacy_threshold = t, .link = slow_rounds}, std::move(tape));
    program(engine, lanes);
  };
}

/// The input of `owner`: value(secret) in each lane.
template <class F, class Value>
Vector<F> input_of(LaneEngine<F>& engine, std::size_t owner, const Lanes& lanes, Value value) {
  return input(engine, owner, lanes.values([&](std::size_t secret) { return F(value(secret)); }), lanes.size());
}
template <class F, class Value>
Bits<F> bits_of_party(LaneEngine<F>& engine, std::size_t owner, std::size_t width, const Lanes& lanes, Value value) {
  const auto numbers = lanes.values([&](std::size_t secret) { return std::uint64_t{value(secret)}; });
  return input_bits(engine, owner, PublicBits::from_integers(numbers, width));
}

/// A secret that is a pair of numbers below `base`: party 0's and party 1's.
template <std::size_t base>
std::size_t first(std::size_t secret) {
  return secret % base;
}
template <std::size_t base>
std::size_t second(std::size_t secret) {
  return secret / base;
}
template <std::size_t base>
std::size_t owners_know(std::size_t party, std::size_t secret) {
  return party == 0 ? first<base>(secret) : party == 1 ? second<base>(secret) : 0;
}
std::size_t nobody_knows(std::size_t, std::size_t) { return 0; }

template <class F>
Program<F> product_of_two(bool opened) {
  constexpr std::size_t p = F::modulus;
  return [=](LaneEngine<F>& engine, const Lanes& lanes) {
    const auto product = mul(engine, input_of<F>(engine, 0, lanes, first<p>), input_of<F>(engine, 1, lanes, second<p>));
    if (opened) open(engine, product);
  };
}
template <class F>
std::size_t owners_know_and_all_know_product(std::size_t party, std::size_t secret) {
  constexpr std::size_t p = F::modulus;
  return owners_know<p>(party, secret) * p + first<p>(secret) * second<p>(secret) % p;
}

/// Shares that the parties of a program hold at its end, by party; every party writes its own.
template <class F>
using Held = std::vector<std::vector<F>>;

/// The joint values of vectors of one entry for each lane, numbered; one vector after another in `held`.
template <class F>
std::vector<std::size_t> outcomes(const Held<F>& held, std::size_t t, std::size_t lanes) {
  const auto values = values_of<F>(held, t);
  REQUIRE(values);
  std::vector<std::size_t> numbers(lanes);
  for (std::size_t k = 0; k < values->size(); ++k)
    numbers[k % lanes] = numbers[k % lanes] * F::modulus + (*values)[k].to_integer();
  return numbers;
}

}  // namespace

TEST_CASE("an input tells no t parties anything, over all random choices") {
  const auto views = [](std::size_t n, std::size_t t) {
    return enumerate_views(n, 7, on_engine<F7>(t, [](LaneEngine<F7>& engine, const Lanes& lanes) {
                             input_of<F7>(engine, 1, lanes, [](std::size_t secret) { return secret; });
                           }));
  };
  const auto owner_knows = [](std::size_t party, std::size_t secret) { return party == 1 ? secret : 0; };
  for (const auto& [n, t] : std::vector<std::pair<std::size_t, std::size_t>>{{3, 1}, {4, 1}, {5, 2}, {6, 2}}) {
    CHECK(leak(views(n, t), t, owner_knows) == "");
    CHECK(leak(views(n, t), t + 1, owner_knows) != "");
  }
}

TEST_CASE("a product tells a party nothing, over all random choices") {
  CHECK(leak(enumerate_views(3, 49, on_engine<F7>(1, product_of_two<F7>(false))), 1, owners_know<7>) == "");
  CHECK(leak(enumerate_views(4, 25, on_engine<F5>(1, product_of_two<F5>(false))), 1, owners_know<5>) == "");
  CHECK(leak(enumerate_views(5, 49, on_engine<F7>(1, product_of_two<F7>(false))), 1, owners_know<7>) == "");
}

TEST_CASE("an opened product tells a party the product and nothing else, over all random choices") {
  const Views three = enumerate_views(3, 49, on_engine<F7>(1, product_of_two<F7>(true)));
  CHECK(leak(three, 1, owners_know_and_all_know_product<F7>) == "");
  CHECK(leak(three, 1, owners_know<7>) != "");
  const Views four = enumerate_views(4, 25, on_engine<F5>(1, product_of_two<F5>(true)));
  CHECK(leak(four, 1, owners_know_and_all_know_product<F5>) == "");
}

TEST_CASE("what is opened to one party tells the others nothing, over all random choices") {
  const Views views = enumerate_views(3, 25, on_engine<F5>(1, [](LaneEngine<F5>& engine, const Lanes& lanes) {
                                        const auto x = input_of<F5>(engine, 0, lanes, first<5>);
                                        const auto y = input_of<F5>(engine, 1, lanes, second<5>);
                                        open_to(engine, 2, mul(engine, x, y) + x);
                                      }));
  CHECK(leak(views, 1, [](std::size_t party, std::size_t secret) {
          const std::size_t x = first<5>(secret), y = second<5>(secret);
          return party == 2 ? (x * y + x) % 5 : owners_know<5>(party, secret);
        }) == "");
}

TEST_CASE("a product tells two of five parties nothing, in samples") {
  // the secrets (0, 0), (1, 0), (0, 3), (2, 3)
  constexpr std::array<std::size_t, 4> pairs = {0, 1, 21, 23};
  const Views views =
      sample_views(5, pairs.size(), 3000, 1, on_engine<F7>(2, [&](LaneEngine<F7>& engine, const Lanes& lanes) {
                     const auto x = input_of<F7>(engine, 0, lanes, [&](auto s) { return pairs[s] % 7; });
                     const auto y = input_of<F7>(engine, 1, lanes, [&](auto s) { return pairs[s] / 7; });
                     mul(engine, x, y);
                   }));
  const auto owners = [&](std::size_t party, std::size_t secret) { return owners_know<7>(party, pairs[secret]); };
  CHECK(leak_in_samples(views, 2, owners) == "");
  CHECK(leak_in_samples(views, 2, nobody_knows) == "");  // the owners' inputs are no columns
}

TEST_CASE("random values are uniform and unknown, over all random choices") {
  const auto check = [](std::size_t n, std::size_t results) {
    Held<F5> held(n);
    const Views views = enumerate_views(n, 1, on_engine<F5>(1, [&](LaneEngine<F5>& engine, const Lanes& lanes) {
                                          held[engine.self()] = listed(random(engine, results * lanes.size()).shares());
                                        }));
    std::size_t possible = 1;
    for (std::size_t k = 0; k < results; ++k) possible *= 5;
    const auto numbers = outcomes<F5>(held, 1, views.lanes);
    CHECK(leak(with_secrets(views, possible, numbers), 1, nobody_knows) == "");
    if (n == 3) CHECK(leak(with_secrets(views, possible, numbers), 2, nobody_knows) != "");
  };
  check(3, 2);
  check(4, 3);
}

TEST_CASE("random bits are uniform and unknown, over all random choices") {
  std::vector<BitPlanes> held(3);
  const Views views = enumerate_views(3, 1, on_engine<F5>(1, [&](LaneEngine<F5>& engine, const Lanes& lanes) {
                                        held[engine.self()] = random_bits(engine, 3, lanes.size()).planes();
                                      }));
  const auto bits = bits_of(held, 1);
  REQUIRE(bits);
  std::vector<std::size_t> numbers;
  for (const std::uint64_t number : bits->to_integers()) numbers.push_back(number);
  CHECK(leak(with_secrets(views, 8, numbers), 1, nobody_knows) == "");
}

TEST_CASE("a conjunction, opened or not, tells one of three parties nothing else, over all random choices") {
  for (const bool opened : {false, true}) {
    const Views views = enumerate_views(3, 16, on_engine<F5>(1, [=](LaneEngine<F5>& engine, const Lanes& lanes) {
                                          const auto x = bits_of_party<F5>(engine, 0, 2, lanes, first<4>);
                                          const auto y = bits_of_party<F5>(engine, 1, 2, lanes, second<4>);
                                          const auto both = and_(engine, x, y);
                                          if (opened) open(engine, both);
                                        }));
    CHECK(leak(views, 1, [=](std::size_t party, std::size_t secret) {
            return owners_know<4>(party, secret) * 4 + (opened ? first<4>(secret) & second<4>(secret) : 0);
          }) == "");
    CHECK(leak(views, 2, owners_know<4>) != "");
  }
}

TEST_CASE("a conjunction tells t of more parties nothing, in samples") {
  const auto check = [](std::size_t n, std::size_t t) {
    const Views views = sample_views(n, 4, 4000, 2, on_engine<F7>(t, [](LaneEngine<F7>& engine, const Lanes& lanes) {
                                       const auto x = bits_of_party<F7>(engine, 0, 1, lanes, first<2>);
                                       const auto y = bits_of_party<F7>(engine, 1, 1, lanes, second<2>);
                                       and_(engine, x, y);
                                     }));
    CHECK(leak_in_samples(low_bits(views, 3), t, owners_know<2>) == "");
  };
  check(4, 1);
  check(5, 1);
  check(5, 2);
}

TEST_CASE("splitting into bits tells one of three parties nothing, over all random choices") {
  for (const std::size_t width : {F7::modulus_bits, 2U}) {
    const Views views =
        enumerate_views(3, 7, on_engine<F7>(1, [width](LaneEngine<F7>& engine, const Lanes& lanes) {
                          engine.split(input_of<F7>(engine, 0, lanes, [](auto secret) { return secret; }), width);
                        }));
    CHECK(views.lanes == 7 * 7 * 7 * 7 * 7 * (std::size_t{1} << width));
    CHECK(leak(views, 1, [](std::size_t party, std::size_t secret) { return party == 0 ? secret : 0; }) == "");
    CHECK(leak(views, 2, [](std::size_t party, std::size_t secret) { return party == 0 ? secret : 0; }) != "");
  }
}

TEST_CASE("splitting into bits tells t of more parties nothing, in samples") {
  const auto check = [](std::size_t n, std::size_t t, std::size_t samples, std::size_t width) {
    const Views views = sample_views(
        n, 3, samples, 3, on_engine<F7>(t, [width](LaneEngine<F7>& engine, const Lanes& lanes) {
          engine.split(input_of<F7>(engine, engine.parties() - 1, lanes, [](auto secret) { return secret * 3; }),
                       width);
        }));
    const auto owner_knows = [=](std::size_t party, std::size_t secret) { return party == n - 1 ? secret : 0; };
    CHECK(leak_in_samples(low_bits(views, 3), t, owner_knows) == "");
  };
  check(4, 1, 2000, F7::modulus_bits);
  check(5, 2, 600, F7::modulus_bits);
  check(4, 1, 2000, 2);
  check(5, 2, 600, 2);
}

TEST_CASE("bits become field elements, and tell one of three parties nothing, over all random choices") {
  const Views views = enumerate_views(3, 2, on_engine<F5>(1, [](LaneEngine<F5>& engine, const Lanes& lanes) {
                                        to_field(engine, bits_of_party<F5>(engine, 2, 1, lanes, first<2>));
                                      }));
  CHECK(leak(views, 1, [](std::size_t party, std::size_t secret) { return party == 2 ? secret : 0; }) == "");
  CHECK(leak(views, 2, [](std::size_t party, std::size_t secret) { return party == 2 ? secret : 0; }) != "");
}

TEST_CASE("bits become field elements, and tell t of more parties nothing, in samples") {
  const Views views = sample_views(5, 2, 2000, 4, on_engine<F7>(2, [](LaneEngine<F7>& engine, const Lanes& lanes) {
                                     to_field(engine, bits_of_party<F7>(engine, 4, 1, lanes, first<2>));
                                   }));
  CHECK(leak_in_samples(low_bits(views, 3), 2,
                        [](std::size_t party, std::size_t secret) { return party == 4 ? secret : 0; }) == "");
}

TEST_CASE("daBits are uniform and unknown, over all random choices") {
  Held<F5> held(3);
  const Views views = enumerate_views(3, 1, on_engine<F5>(1, [&](LaneEngine<F5>& engine, const Lanes& lanes) {
                                        held[engine.self()] = listed(dabits(engine, lanes.size()).value.shares());
                                      }));
  CHECK(leak(with_secrets(views, 2, outcomes<F5>(held, 1, views.lanes)), 1, nobody_knows) == "");
  CHECK(leak(with_secrets(views, 2, outcomes<F5>(held, 1, views.lanes)), 2, nobody_knows) != "");
}

TEST_CASE("edaBits are unknown to t parties, in samples") {
  const auto check = [](std::size_t n, std::size_t t, std::size_t samples) {
    Held<F7> held(n);
    const Views views =
        sample_views(n, 1, samples, 5, on_engine<F7>(t, [&](LaneEngine<F7>& engine, const Lanes& lanes) {
                       held[engine.self()] = listed(edabits(engine, lanes.size()).value.shares());
                     }));
    CHECK(leak_in_samples(low_bits(with_secrets(views, 7, outcomes<F7>(held, t, views.lanes)), 2), t, nobody_knows) ==
          "");
  };
  check(3, 1, 14000);
  check(4, 1, 7000);
}

TEST_CASE(
    "edaBits of which only the lowest bits are made are uniform and unknown to t parties all the same, in samples") {
  const auto check = [](std::size_t n, std::size_t t, std::size_t samples) {
    CAPTURE(n);
    Held<F7> held(n);
    const Views views = sample_views(n, 1, samples, 5, [&](Network& network, LaneTape tape, const Lanes& lanes) {
      using Stream = detail::StreamOf<LaneTape>::type;
      detail::PairwiseStreams<Stream> streams(network, tape, "short edaBits");
      detail::ShamirDomain<F7, Stream> arithmetic(network, streams, t, slow_rounds);
      detail::BinaryDomain<Stream, ShamirSharing> binary(network, streams, t, slow_rounds);
      detail::PreparedRandomness<F7, ShamirSharing> prepared(network);
      detail::ShamirBridges<F7, LaneTape, ShamirSharing> bridges(network, tape, streams, arithmetic, binary, prepared,
                                                                 t);
      held[network.self()] = listed(bridges.make_edabits(lanes.size(), 2).value.shares());
    });
    CHECK(leak_in_samples(low_bits(with_secrets(views, 7, outcomes<F7>(held, t, views.lanes)), 2), t, nobody_knows) ==
          "");
  };
  check(3, 1, 14000);
  check(4, 1, 7000);
  check(5, 2, 3500);
}

TEST_CASE("what a party draws and receives while rows are shuffled tells nothing of their order, in samples") {
  // Not the permutations of the groups that it belongs to: that every set of t parties misses a group is tested with the
  // groups. A lane is a shuffle here; the first, in which the groups agree on seeds, is left out.
  constexpr std::size_t rows = 3, shuffles = 1500;
  for (const std::size_t n : {3U, 4U}) {
    Tapes tapes(n, 1);
    tapes.sample(1, 6);
    Held<F7> held(n);
    Views views{rows, shuffles, {}, {}};
    views.seen = simulate(n, [&](Network& network) {
      RecordingNetwork recording(network);
      auto engine = shamir_passive<F7>(recording, {.privacy_threshold = 1}, LaneTape(tapes, network.self()));
      const std::vector<F7> numbers = {F7{1}, F7{3}, F7{4}};
      std::vector<Column> seen;
      for (std::size_t i = 0; i <= shuffles; ++i) {
        std::vector<Vector<F7>> columns = {constant(engine, std::span<const F7>(numbers))};
        const std::size_t drawn_before = tapes.drawn(network.self()).size();
        const std::size_t rounds_before = recording.transcript().size();
        engine.shuffle(columns);
        if (i == 0) continue;
        held[network.self()].push_back(columns[0].shares()[0]);
        Column entries;
        for (std::size_t k = drawn_before; k < tapes.drawn(network.self()).size(); ++k)
          entries.push_back(tapes.drawn(network.self())[k][0]);
        for (std::size_t k = rounds_before; k < recording.transcript().size(); ++k)
          for (const Bytes& message : recording.transcript()[k].received)
            for (const std::byte byte : message) entries.push_back(std::to_integer<std::uint8_t>(byte));
        seen.resize(entries.size());
        for (std::size_t k = 0; k < entries.size(); ++k) seen[k].push_back(entries[k]);
      }
      return seen;
    });
    const auto first_rows = values_of<F7>(held, 1);
    REQUIRE(first_rows);
    for (const F7& number : *first_rows)
      views.secret_of.push_back(number == F7{1} ? 0 : number == F7{3} ? 1 : number == F7{4} ? 2 : rows);
    CHECK(leak_in_samples(views, 1, nobody_knows) == "");
    for (std::size_t party = 0; party < n; ++party)  // a party that saw the order would be found
      for (std::size_t k = 0; k < shuffles; ++k)
        views.seen[party][0][k] = static_cast<std::uint8_t>(views.secret_of[k]);
    CHECK(leak_in_samples(views, 1, nobody_knows) != "");
  }
}
