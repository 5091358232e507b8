// SPDX-License-Identifier: Apache-2.0
// Whatever one party sends, at whatever point of a program: no honest party of the engine for a dishonest majority gets a
// wrong value out of it. And no n - 1 parties see anything of a secret.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/view.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/engine/spdz.hpp"
#include "parley/engine/spdz_demand.hpp"
#include "parley/engine/trusted_dealer.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/net/recording.hpp"
#include "parley/net/tampering.hpp"

namespace {

using namespace parley;
using namespace parley::test;
using F = Mersenne61;
using Values = std::vector<F>;

std::vector<DealtRandomness<F>> dealt(const Correlations& counts, std::size_t parties) {
  return TrustedDealer<F, TestRandom>(TestRandom(7)).deal(counts, parties);
}

/// Everything that sends something.
constexpr auto everything = [](auto& engine) {
  const std::size_t n = engine.parties();
  Values results;
  const auto keep = [&](const Values& values) { results.insert(results.end(), values.begin(), values.end()); };
  const auto x = input(engine, 0, Values{F(3), F(5)}, 2), y = input(engine, n - 1, Values{F(7), F(2)}, 2);
  const auto product = mul(engine, x, y + F(1));
  const auto bits = input_bits(engine, n - 1, PublicBits::from_integers(std::vector<std::uint64_t>{2, 3}, 2));
  const auto both = and_(engine, bits.bits(0, 1), ~bits.bits(1, 1) ^ random_bits(engine, 1, 2));
  const auto choice = mul(engine, to_field(engine, both), product);
  keep(open(engine, choice));
  const auto difference = engine.split(product, F::modulus_bits);
  const auto low = and_(engine, constant_bits(engine, std::get<PublicBits>(difference.minuend).bits(0, 2)),
                        difference.subtrahend.bits(0, 2));
  for (const std::uint64_t number : open(engine, low)) keep({F(number)});
  std::vector<SharedOf<std::remove_reference_t<decltype(engine)>>> columns = {concat(x, y), concat(y, choice)};
  engine.shuffle(columns);
  const Values mine = open_to(engine, 0, columns[1]);
  keep(open(engine, columns[0]));
  keep(mine.empty() ? Values(4) : mine);
  return results;
};

struct End {
  std::optional<Values> values;
  std::size_t rounds = 0;
};
std::vector<End> ends_of(std::size_t n, const Correlations& counts, std::size_t cheater,
                         const std::vector<TamperingAct>& acts) {
  auto stores = dealt(counts, n);
  return simulate(n, [&](Network& network) {
    TamperingNetwork tampering(network, network.self() == cheater ? acts : std::vector<TamperingAct>{});
    End end;
    try {
      auto engine = spdz<F>(tampering, std::move(stores[network.self()]));
      end.values = everything(engine);
    } catch (const Error&) {
    }
    end.rounds = tampering.cost().rounds;
    return end;
  });
}

}  // namespace

TEST_CASE("each message of each party is changed in turn: nobody gets a wrong value, and whom it reached stops") {
  for (const std::size_t n : {std::size_t{2}, std::size_t{3}}) {
    const Correlations counts = demand<F>(n, everything);
    const auto honest = ends_of(n, counts, n, {});
    for (const End& end : honest) REQUIRE(end.values.has_value());
    std::size_t changed = 0;
    for (std::size_t cheater = 0; cheater < n; cheater += n - 1)
      for (std::uint64_t round = 1; round <= honest[0].rounds; ++round)
        for (const Tampering what : {Tampering::flip, Tampering::repeat, Tampering::reorder}) {
          if (what == Tampering::reorder && n == 2) continue;     // there is nobody else
          if (what == Tampering::repeat && round <= 2) continue;  // there is nothing to repeat
          const std::size_t receiver = (cheater + 1 + round % (n - 1)) % n;
          CAPTURE(n, cheater, round, static_cast<int>(what));
          const auto ends = ends_of(n, counts, cheater, {{.round = round, .receiver = receiver, .what = what}});
          bool stopped = false;
          for (std::size_t party = 0; party < n; ++party) {
            if (party == cheater) continue;
            if (ends[party].values) REQUIRE(ends[party].values == honest[party].values);
            stopped = stopped || !ends[party].values;
          }
          changed += stopped ? 1 : 0;
        }
    // In all rounds but those of one input, of two parties, each sends something. A message of bits may be the same by
    // chance where it is repeated, and where it goes to another it is.
    CHECK(changed > 2 * (honest[0].rounds - 2));
  }
}

TEST_CASE("a share that a party changes by itself is found, whatever it is of") {
  const auto program = [](std::size_t what) {
    return [what](auto& engine) -> Values {
      auto x = input(engine, 0, Values{F(3), F(5)}, 2);
      auto bits = random_bits(engine, 2, 2);
      const bool cheats = engine.self() == 1;
      if (cheats && what == 1) x.shares()[1].share += F(1);
      if (cheats && what == 2) x.shares()[1].mac += F(1);
      auto product = mul(engine, x, x);
      if (cheats && what == 3) product.shares()[0].share += F(1);
      if (cheats && what == 4) bits.planes().component(1, 0)[0] ^= 2;
      if (cheats && what == 5) bits.planes().component(1, 40)[0] ^= 2;
      const auto both = to_field(engine, and_(engine, bits.bits(0, 1), bits.bits(1, 1)));
      return open(engine, product + both);
    };
  };
  const Correlations counts = demand<F>(2, program(0));
  for (std::size_t what = 0; what <= 5; ++what) {
    CAPTURE(what);
    auto stores = dealt(counts, 2);
    const auto ended = simulate(2, [&](Network& network) {
      try {
        auto engine = spdz<F>(network, std::move(stores[network.self()]));
        program(what)(engine);
        return true;
      } catch (const Error& error) {
        return false;
      }
    });
    CHECK(ended[0] == (what == 0));
  }
}

TEST_CASE("what any n - 1 parties see does not depend on the secrets of the other") {
  using G = SmallPrime<7>;
  using Engine = SpdzEngine<G, DealtRandomness<G>>;
  constexpr std::size_t secrets = 7, samples = 600, lanes = secrets * samples;
  for (const std::size_t n : {std::size_t{2}, std::size_t{3}}) {
    const std::size_t words = (lanes + 63) / 64;
    Correlations counts{.triples = lanes,
                        .bit_triples = words,
                        .input_bit_masks = std::vector<std::size_t>(n, words),
                        .edabits = words,
                        .dabits = words};
    counts.input_masks.assign(n, lanes);
    const auto deal = [&] { return TrustedDealer<G, TestRandom>(TestRandom(n)).deal(counts, n); };
    auto stores = deal(), twins = deal();  // the same: what the parties have is known, too
    Views views{secrets, lanes, {}, {}};
    for (std::size_t lane = 0; lane < lanes; ++lane) views.secret_of.push_back(lane % secrets);
    views.seen = simulate(n, [&](Network& network) {
      RecordingNetwork recording(network);
      Engine engine(recording, std::move(stores[network.self()]), {});
      std::vector<G> x;
      std::vector<std::uint64_t> odd;
      for (const std::size_t secret : views.secret_of) {
        x.push_back(G(secret));
        odd.push_back(secret % 2);
      }
      const auto shared = input(engine, n - 1, x, lanes);
      mul(engine, shared, shared + G(3));
      engine.split(shared, 2);
      const auto bits = input_bits(engine, n - 1, PublicBits::from_integers(odd, 1));
      and_(engine, bits, ~bits);
      to_field(engine, bits);

      std::vector<Column> columns;
      for (const auto& round : recording.transcript())
        for (const Bytes& message : round.received)
          if (!message.empty()) append_columns(columns, message, lanes);
      DealtRandomness<G>& twin = twins[network.self()];
      Buffer<AuthenticatedShare<G>> a(lanes), b(lanes), c(lanes);
      const auto append = [&](const Buffer<AuthenticatedShare<G>>& shares) {
        Column values, macs;
        for (const auto& share : shares) {
          values.push_back(static_cast<std::uint8_t>(share.share.to_integer()));
          macs.push_back(static_cast<std::uint8_t>(share.mac.to_integer()));
        }
        columns.push_back(std::move(values));
        columns.push_back(std::move(macs));
      };
      using Span = std::span<AuthenticatedShare<G>>;
      twin.triples(Span(a), Span(b), Span(c));
      for (const auto* shares : {&a, &b, &c}) append(*shares);
      twin.input_masks(n - 1, Span(a), {});
      append(a);
      return columns;
    });
    CHECK(leak_in_samples(views, n - 1, [&](std::size_t party, std::size_t secret) {
            return party == n - 1 ? secret : std::size_t{0};
          }) == "");
  }
}
