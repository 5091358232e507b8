// SPDX-License-Identifier: Apache-2.0
// The binary domain of the active Shamir engine and its bridges: computed as elsewhere, at the documented cost; and
// whatever one party sends, no honest party gets a wrong value.
#include "parley/engine/verified_bits.hpp"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/engine_conformance.hpp"
#include "engine/parties.hpp"
#include "engine/prices.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/cheating_party.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/shamir_active.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/functions/compare.hpp"
#include "parley/net/tampering.hpp"
#include "parley/poly/lagrange.hpp"
#include "sanitized.hpp"

namespace {

using namespace parley;
using namespace parley::test;
using F = Mersenne61;
using Active = ShamirActiveEngine<F, TestRandom>;
using Numbers = std::vector<std::uint64_t>;

static_assert(ComparingEngine<Active>);

/// An active engine that verifies before each opening at no cost, so that what remains of the opening has a price.
class VerifyingBefore : public Active {
 public:
  VerifyingBefore(Network& network, ShamirActiveOptions options)
      : Active(network, options, random_of(network.self(), 1)) {}

  Cost cost() const { return Active::cost() - verification_; }
  Buffer<F> open(const Vector& x) {
    verify_for_nothing();
    return Active::open(x);
  }
  Buffer<F> open_to(std::size_t receiver, const Vector& x) {
    verify_for_nothing();
    return Active::open_to(receiver, x);
  }
  PublicBits open(const Bits& x) {
    verify_for_nothing();
    return Active::open(x);
  }

 private:
  void verify_for_nothing() {
    const Cost before = Active::cost();
    verify();
    verification_ = verification_ + (Active::cost() - before);
  }

  Cost verification_;
};

struct Prices : ShamirPrices<F> {
  Price open(std::size_t count) const { return {2, (n - 1) * (count * element + 1)}; }
  Price open_to(std::size_t receiver, std::size_t count) const {
    return {2, n - 1 + (self == receiver ? 0 : count * element)};
  }
  Price open_bits(std::size_t bits) const { return {2, (n - 1) * ((n == 3 ? packed(bits) : bits) + 1)}; }
  Price dabits(std::size_t count) const {
    return n == 3 ? Price{2, 2 * count * element} : ShamirPrices<F>::dabits(count);
  }
  Price to_field(std::size_t bits) const {
    const Price mask = dabits(bits);
    return n == 3 ? mask : Price{mask.rounds + 1, mask.bytes_sent + (n - 1) * bits};
  }
  Price edabits(std::size_t count, std::size_t width = F::modulus_bits) const {
    if (n == 3) {
      const Price sum = additions(count);
      return {1 + sum.rounds, split(count).bytes_sent + sum.bytes_sent};
    }
    // Beside the additions: all bits of a number instead of the number, in both domains.
    const Price passive = ShamirPrices<F>::edabits(count, width);
    return {passive.rounds,
            passive.bytes_sent + (self > t ? 0 : dealt(((element + 1) * F::modulus_bits - element - width) * count))};
  }
  Price split(std::size_t count, std::size_t width = F::modulus_bits) const {
    if (n == 3) return {1, self == 2 ? packed(F::modulus_bits * count) : element * count};
    const Price mask = edabits(count, width);
    return {mask.rounds + 1, mask.bytes_sent + (n - 1) * element * count};
  }
};

/// What a party gets out of a run, nothing where it stopped; and how many rounds that took.
struct End {
  std::optional<Numbers> values;
  std::string error;
  std::size_t rounds = 0;
};

/// Comparisons of values of parties 0 and 1, bits of party 2, and both bridges.
template <class E>
Numbers everything(E& engine, const std::vector<F>& a, const std::vector<F>& b, const Numbers& c) {
  const auto x = input(engine, 0, a, a.size()), y = input(engine, 1, b, b.size());
  const auto bits = input_bits(engine, 2, PublicBits::from_integers(c, 3));
  Numbers results = open(engine, less_than(engine, x, y));
  const auto more =
      open(engine, and_(engine, bits, ~bits ^ random_bits(engine, 3, c.size())) & PublicBits(3, c.size()));
  results.insert(results.end(), more.begin(), more.end());
  const auto pairs = edabits(engine, 1);
  const auto sum = open(engine, pairs.value);
  const auto low = open(engine, pairs.bits);
  results.push_back(sum[0] == F(low[0]) ? 1 : 0);
  for (const F& value : open(engine, to_field(engine, bits))) results.push_back(value.to_integer());
  return results;
}

const std::vector<F> a_values{F(3), F(0), -F(7), F(1) - F(2)}, b_values{F(5), -F(3), F(0), F(9)};
const Numbers c_values{5, 3, 6};
const Numbers expected{1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 1};

std::vector<End> ends_of(std::size_t n, std::size_t cheater, const std::vector<TamperingAct>& acts) {
  return simulate(n, [&](Network& network) {
    TamperingNetwork tampering(network, network.self() == cheater ? acts : std::vector<TamperingAct>());
    End end;
    try {
      auto engine = shamir_active<F>(tampering, {}, random_of(network.self(), 3));
      end.values = everything(engine, a_values, b_values, c_values);
    } catch (const Error& error) {
      end.error = error.what();
    }
    end.rounds = tampering.cost().rounds;
    return end;
  });
}

}  // namespace

TEST_CASE("the active Shamir engine computes on bits") {
  const auto check = [](std::size_t n, std::size_t t, const Link& link, const std::vector<std::size_t>& sizes) {
    check_engine(
        n, [&](Network& network) { return VerifyingBefore(network, {.privacy_threshold = t, .link = link}); },
        [&](std::size_t self) {
          return Prices{{n, t, self, link.seconds_per_round == slow_rounds.seconds_per_round}};
        },
        sizes);
  };
  for (const Link& link : {slow_rounds, slow_bytes}) check(3, 1, link, {0, 1, 65});
  check(4, 1, slow_rounds, {0, 3});
  check(5, 2, slow_bytes, {0, 5});
  check(5, 2, slow_rounds, {65});
  check(7, 3, slow_rounds, {2});
}

TEST_CASE("conjunctions are verified with the probability asked for, in parts, and forgotten") {
  for (const unsigned security_bits : {40u, 64u}) {
    const auto ends = simulate(3, [security_bits](Network& network) {
      auto engine = shamir_active<F>(network, {.security_bits = security_bits, .most_recorded = 4000},
                                     random_of(network.self(), 2));
      auto bits = random_bits(engine, 64, 1000);
      for (int k = 0; k < 3; ++k) bits = and_(engine, bits, random_bits(engine, 64, 1000));
      const Cost before = engine.cost();
      engine.verify();
      const bool verified = engine.cost() == before;
      const Numbers opened = open(engine, bits);
      std::size_t ones = 0;
      for (const std::uint64_t number : opened) ones += static_cast<std::size_t>(std::popcount(number));
      return std::tuple(verified, ones, engine.cheating_probability());
    });
    for (const auto& [verified, ones, probability] : ends) {
      CHECK(verified);
      CHECK(ones > 3000);
      CHECK(ones < 5000);
      CHECK(probability > 0);
      CHECK(probability <= 3 * std::ldexp(1.0, -static_cast<int>(security_bits)));
    }
  }
}

namespace {

/// Every message of one receiver each round, or of all of them, is changed by one bit. How many runs there were, and at
/// how many of them the receiver stopped; nobody gets a wrong value.
std::pair<std::size_t, std::size_t> attacked(std::size_t n, const std::vector<std::size_t>& cheaters, std::size_t step,
                                             bool every_receiver) {
  const auto honest = ends_of(n, n, {});
  for (const End& end : honest) REQUIRE(end.values == expected);
  std::size_t stopped = 0, runs = 0;
  for (const std::size_t cheater : cheaters)
    for (std::uint64_t round = 2; round <= honest[0].rounds; round += step)
      for (std::size_t distance = 1; distance < n; ++distance) {
        if (!every_receiver && distance != 1 + round % (n - 1)) continue;
        const std::size_t receiver = (cheater + distance) % n;
        const auto ends = ends_of(n, cheater, {{.round = round, .receiver = receiver, .position = 97 * round}});
        ++runs;
        for (std::size_t party = 0; party < n; ++party) {
          if (party == cheater) continue;
          CAPTURE(n, cheater, round, receiver, party, ends[party].error);
          if (ends[party].values) CHECK(*ends[party].values == expected);
          if (party == receiver && !ends[party].values) ++stopped;
        }
      }
  return {runs, stopped};
}

}  // namespace

TEST_CASE("a party that sends anything else in comparisons and conversions is noticed, or changes nothing") {
  const auto [runs, stopped] = attacked(3, {0, 1, 2}, sanitized ? 20 : 1, true);
  CHECK(stopped > runs / (sanitized ? 8 : 2));
}

TEST_CASE("and so it is among more than three parties") {
  for (const auto& [n, cheaters] : {std::pair<std::size_t, std::vector<std::size_t>>{4, {1}}, {5, {0, 4}}}) {
    const auto [runs, stopped] = attacked(n, cheaters, sanitized ? 20 : 3, false);
    CAPTURE(n, runs, stopped);
    CHECK(stopped > runs / 3);
  }
}

TEST_CASE("a product of a conversion that is shifted is noticed, though the cheater shows a share that fits it") {
  for (std::size_t cheater = 0; cheater < 3; ++cheater) {
    // What it deals goes to the party before it; an exclusive or is x + y - 2xy, so that the line
    // through the honest shares is shifted by -2 there, and by 0 at the next.
    const std::size_t receiver = (cheater + 2) % 3, other = (cheater + 1) % 3;
    const F offset = -F(2) * (F(cheater) - F(other)) * (F(receiver) - F(other)).inverse();
    const std::vector<CheatingAct<F>> acts{{.what = Cheat::wrong_share, .round = 4, .receiver = receiver}};
    for (const bool honest : {true, false}) {
      const auto ends = simulate(3, [&](Network& network) {
        const bool cheats = !honest && network.self() == cheater;
        TamperingNetwork tampering(network,
                                   cheating_party<F>(network, 1, cheats ? acts : std::vector<CheatingAct<F>>()));
        std::optional<std::vector<F>> values;
        try {
          auto engine = shamir_active<F>(tampering, {}, random_of(network.self(), 5));
          const auto bits = input_bits(engine, 0, PublicBits::from_integers(Numbers{1, 0, 1}, 1));
          auto numbers = to_field(engine, bits);
          if (cheats) numbers.shares()[0] += offset;
          if (tampering.cost().rounds == 4) values = open(engine, numbers);
        } catch (const Error&) {
        }
        return values;
      });
      for (std::size_t party = 0; party < 3; ++party)
        if (honest)
          CHECK(ends[party] == std::vector<F>{F(1), F(0), F(1)});
        else if (party != cheater)
          CHECK(!ends[party].has_value());
    }
  }
}

TEST_CASE("what an owner deals as a bit and is none is found, whatever it is conjoined with") {
  constexpr std::size_t n = 5, t = 2, cheater = 1;
  // The polynomial that is 1 at 0, and 0 at the points of the parties that draw their shares.
  const std::vector<GF256> nodes{GF256::embed(0), GF256::embed(cheater + 2), GF256::embed(cheater + 3)};
  const GF256 shift = lagrange_coefficients<GF256>(nodes, GF256::embed(cheater + 1)).front();
  const CheatingAct<GF256> act{.what = Cheat::wrong_product, .round = 2, .offset = GF256(6)};
  for (const std::uint64_t secret : {0u, 1u}) {
    const auto stopped = simulate(n, [&](Network& network) {
      const bool cheats = network.self() == cheater;
      TamperingNetwork tampering(
          network, cheating_party<GF256>(network, t, cheats ? std::vector{act} : std::vector<CheatingAct<GF256>>()));
      try {
        auto engine = shamir_active<F>(tampering, {.privacy_threshold = t}, random_of(network.self(), 8));
        auto bits = input_bits(engine, cheater, PublicBits(1, 1));
        if (cheats) bits.planes().component(0, 0)[0] ^= (shift * GF256(6)).value();
        static_cast<void>(
            open(engine, and_(engine, bits, input_bits(engine, 0, PublicBits::from_integers(Numbers{secret}, 1)))));
        return false;
      } catch (const Error&) {
        return true;
      }
    });
    CHECK(stopped == std::vector<bool>(n, true));
  }
}

TEST_CASE("where n > 2t + 1 bits of a number on no polynomial stop all at once") {
  // One byte, of what party 0 deals of the bits of a number after 61 elements, is another one at party 3.
  const CheatingAct<GF256> act{
      .what = Cheat::wrong_share, .round = 2, .receiver = 3, .position = 61 * F::encoded_size + 7, .offset = GF256(1)};
  for (const auto& rounds : simulate(4, [&](Network& network) -> std::optional<std::size_t> {
         const bool cheats = network.self() == 0;
         TamperingNetwork tampering(
             network, cheating_party<GF256>(network, 1, cheats ? std::vector{act} : std::vector<CheatingAct<GF256>>()));
         std::optional<Cost> before;
         try {
           auto engine = shamir_active<F>(tampering, {}, random_of(network.self(), 9));
           const auto pairs = edabits(engine, 1);
           before = tampering.cost();
           engine.verify();
           return std::nullopt;
         } catch (const Error&) {
           return before ? std::optional((tampering.cost() - *before).rounds) : std::nullopt;
         }
       }))
    CHECK(rounds == std::optional<std::size_t>(3));  // coins dealt, tossed, the sums opened
}
