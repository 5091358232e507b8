// SPDX-License-Identifier: Apache-2.0
// Every message of every function on the active engine, cheated with in every way: what honest parties get is right, or
// they stop, together; and whether they stop does not depend on the secrets.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "functions/any_engine.hpp"
#include "functions/any_engine_of.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/cheating_party.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/shamir_active.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/functions/aes128.hpp"
#include "parley/functions/bits.hpp"
#include "parley/functions/compare.hpp"
#include "parley/functions/group_by.hpp"
#include "parley/functions/joint.hpp"
#include "parley/functions/median.hpp"
#include "parley/functions/minimum.hpp"
#include "parley/functions/radix_sort.hpp"
#include "parley/functions/select.hpp"
#include "parley/functions/shuffle.hpp"
#include "parley/functions/sort.hpp"
#include "parley/functions/sum.hpp"
#include "parley/functions/top_k.hpp"
#include "parley/net/tampering.hpp"

namespace {

using namespace parley;
using F = Mersenne61;
using E = test::AnyEngine<F>;
using Active = test::AnyEngineOf<ShamirActiveEngine<F, TestRandom>>;
using Numbers = std::vector<std::uint64_t>;
using Secrets = std::array<std::uint64_t, 3>;

SharedOf<E> of_party_0(E& engine, const Secrets& secrets) {
  std::vector<F> elements;
  for (const std::uint64_t number : secrets) elements.push_back(F(number));
  return input(engine, 0, elements, elements.size());
}
Numbers numbers(const std::vector<F>& opened) {
  Numbers all;
  for (const F& value : opened) all.push_back(value.to_integer());
  return all;
}
PublicBits block_of(const Secrets& secrets) {
  PublicBits bits(128, 1);
  for (std::size_t plane = 0; plane < 128; ++plane)
    bits.planes().component(plane, 0)[0] = secrets[plane % 3] >> (plane % 4) & 1;
  return bits;
}

/// A program in which party 0 alone has secrets.
struct Program {
  const char* name;
  Numbers (*run)(E& engine, const Secrets& secrets);
  /// Whether with the same random choices as much is sent and checked, whatever the secrets are.
  bool oblivious = true;
  std::size_t stride = 1;  ///< where one of so many attacks will do, as the program is long
};

const std::vector<Program> programs = {
    {"sum, products",
     [](E& engine, const Secrets& secrets) {
       const auto x = of_party_0(engine, secrets);
       const auto opened = numbers(open(engine, sum(engine, mul(engine, x, x + F(1)))));
       return opened == numbers(open_to(engine, 1, dot(engine, x, x + F(1)))) || engine.self() != 1 ? opened
                                                                                                    : Numbers{};
     }},
    {"matrices",
     [](E& engine, const Secrets& secrets) {
       const auto x = of_party_0(engine, secrets), r = random(engine, 3);
       return numbers(open(engine, matrix_product(engine, x, x + r, {1, 3, 1}) - dot(engine, x, r)));
     }},
    {"comparisons",
     [](E& engine, const Secrets& secrets) {
       const auto x = of_party_0(engine, secrets);
       return open(engine, less_than(engine, x, x + F(1) - F(2)));
     }},
    {"comparisons of few bits, selections",
     [](E& engine, const Secrets& secrets) {
       const auto x = of_party_0(engine, secrets), y = constant(engine, std::vector<F>{F(9), F(0), F(4)});
       const auto less = less_than(engine, x, y, {.bits = 5});
       return numbers(open(engine, select(engine, less, x, y)));
     }},
    {"equality",
     [](E& engine, const Secrets& secrets) {
       return open(engine, equal(engine, of_party_0(engine, secrets), F(7), {.bits = 6}));
     }},
    {"bits",
     [](E& engine, const Secrets& secrets) {
       const auto bits = to_bits(engine, of_party_0(engine, secrets), {.bits = 6});
       return numbers(
           open(engine, from_bits(engine, and_(engine, bits, ~bits ^ random_bits(engine, 6, 3)) ^ bits) * F(0)));
     }},
    {"edaBits, daBits",
     [](E& engine, const Secrets& secrets) {
       const auto [value, bits] = edabits(engine, 1);
       const auto [one, bit] = dabits(engine, 1);
       const auto x = of_party_0(engine, secrets);
       const Numbers opened = open(engine, bits), opened_bit = open(engine, bit);
       return Numbers{open(engine, value)[0] == F(opened[0]), open(engine, one)[0] == F(opened_bit[0]),
                      open(engine, x)[1].to_integer()};
     }},
    {"least and greatest",
     [](E& engine, const Secrets& secrets) {
       const auto x = of_party_0(engine, secrets);
       const auto least = minimum(engine, x, {.bits = 6}), greatest = maximum(engine, x, {.bits = 6});
       return numbers(open(engine, concat(least.value, greatest.value)));
     }},
    {"shuffles",
     [](E& engine, const Secrets& secrets) {
       Numbers opened = numbers(open(engine, shuffle(engine, of_party_0(engine, secrets))));
       std::ranges::sort(opened);
       return opened;
     }},
    {"sorting",
     [](E& engine, const Secrets& secrets) {
       return numbers(open(engine, sort(engine, of_party_0(engine, secrets), {.bits = 6})));
     },
     false},
    {"sorting by digits",
     [](E& engine, const Secrets& secrets) {
       return numbers(open(engine, radix_sort(engine, of_party_0(engine, secrets), 6)));
     },
     true, 4},
    {"medians, the greatest ones",
     [](E& engine, const Secrets& secrets) {
       const auto x = of_party_0(engine, secrets);
       return numbers(open(engine, concat(median(engine, x, {.bits = 6}), top_k(engine, x, 1, {.bits = 6}))));
     },
     false, 4},
    {"groups",
     [](E& engine, const Secrets& secrets) {
       const auto x = of_party_0(engine, secrets);
       const auto found = group_by(engine, constant(engine, std::vector<F>{F(1), F(0), F(1)}), x,
                                   {.key_bits = 1, .value_bits = 6, .most_groups = 2});
       return numbers(open(engine, concat(found.sum, found.least)));
     },
     false, 8},
    {"joint medians",  // the cheater, and others than party 0, have no values
     [](E& engine, const Secrets& secrets) {
       const Numbers mine = engine.self() == 0 ? Numbers(secrets.begin(), secrets.end()) : Numbers{};
       return Numbers{joint_median(engine, mine, {.bits = 6, .verify_lists = true})};
     },
     false, 8},
    {"AES-128",
     [](E& engine, const Secrets& secrets) {
       const auto key = input_bits(engine, 0, block_of({5, 2, 6}));
       const auto opened =
           open(engine, aes128_encrypt(engine, key, input_bits(engine, 0, block_of(secrets))).bits(0, 64));
       return opened;
     },
     true, 16},
};

/// One act, on elements of F, on bytes, or none.
struct Attack {
  Cheat what;
  bool on_bytes;
};
constexpr std::array<Attack, 11> attacks = {{{Cheat::wrong_share, false},
                                             {Cheat::biased_coin, false},
                                             {Cheat::wrong_product, false},
                                             {Cheat::wrong_degree, false},
                                             {Cheat::wrong_bit, false},
                                             {Cheat::swapped_rows, false},
                                             {Cheat::withheld_message, false},
                                             {Cheat::replayed_message, false},
                                             {Cheat::biased_coin, true},
                                             {Cheat::wrong_product, true},
                                             {Cheat::wrong_degree, true}}};

struct End {
  std::optional<Numbers> values;  // nothing where it stopped; when it noticed may depend on what the cheater's own were
  std::size_t rounds = 0;
};

std::vector<End> ends_of(const Program& program, const Secrets& secrets, std::size_t n, std::size_t t,
                         std::size_t cheater, const std::optional<Attack>& attack, std::uint64_t round,
                         bool from_then_on, std::uint64_t choice) {
  const auto tamper = [&]<class Element>(const Network& network, Element) {
    std::vector<CheatingAct<Element>> acts;
    if (attack && network.self() == cheater)
      acts.push_back({attack->what, round, from_then_on, (cheater + 1 + choice % (n - 1)) % n,
                      static_cast<std::size_t>(choice / 4), Element(1 + choice % 3)});
    return cheating_party<Element>(network, t, acts);
  };
  return simulate(n, [&](Network& network) {
    TamperingNetwork tampering(network, attack && attack->on_bytes ? tamper(network, GF256()) : tamper(network, F()));
    End end;
    try {
      Active engine(tampering, ShamirActiveOptions{.privacy_threshold = t}, TestRandom(network.self() + 7));
      end.values = program.run(engine, secrets);
    } catch (const Error&) {
    }
    end.rounds = tampering.cost().rounds;
    return end;
  });
}

constexpr Secrets some = {7, 3, 12}, others = {0, 31, 1};

/// Every `step`-th attack, from number `first` on, of all on all programs by all parties without secrets.
struct Tally {
  std::size_t runs = 0, stopped = 0, wrong = 0, partly = 0, different = 0;
  std::string last_wrong;
};
Tally attacked(std::size_t step, std::uint64_t first, bool with_other_secrets) {
  Tally tally;
  std::uint64_t number = 0, choice = first;
  for (const auto& [n, t] : {std::pair<std::size_t, std::size_t>{3, 1}, {5, 2}, {4, 1}})
    for (const Program& program : programs) {
      const auto honest = ends_of(program, some, n, t, n, {}, 0, false, 0);
      const auto honest_others = ends_of(program, others, n, t, n, {}, 0, false, 0);
      for (std::size_t cheater = 1; cheater < n; ++cheater)
        for (std::uint64_t round = 2; round <= honest[0].rounds; ++round)
          for (const Attack& attack : attacks)
            for (const bool from_then_on : {false, true}) {
              if ((number++ + first) % (step * program.stride) != 0) continue;
              choice = choice * 6364136223846793005 + 1442695040888963407;
              const auto ends = ends_of(program, some, n, t, cheater, attack, round, from_then_on, choice >> 33);
              const bool compares = with_other_secrets && program.oblivious;
              const auto with_others =
                  compares ? ends_of(program, others, n, t, cheater, attack, round, from_then_on, choice >> 33)
                           : std::vector<End>();
              ++tally.runs;
              std::size_t got = 0;
              bool wrong = false, different = false;
              for (std::size_t party = 0; party < n; ++party) {
                if (party == cheater) continue;
                got += ends[party].values.has_value();
                wrong |= ends[party].values && *ends[party].values != *honest[party].values;
                if (!compares) continue;
                wrong |= with_others[party].values && *with_others[party].values != *honest_others[party].values;
                different |= ends[party].values.has_value() != with_others[party].values.has_value();
              }
              tally.stopped += got == 0;
              tally.partly += got != 0 && got != n - 1;
              tally.wrong += wrong;
              tally.different += different;
              if (wrong || different)
                tally.last_wrong = std::string(program.name) + ", n " + std::to_string(n) + ", cheater " +
                                   std::to_string(cheater) + ", round " + std::to_string(round) + ", what " +
                                   std::to_string(static_cast<int>(attack.what)) + (attack.on_bytes ? " bytes" : "") +
                                   (from_then_on ? " on, " : ", ") + std::to_string(choice >> 33);
            }
    }
  return tally;
}

}  // namespace

// And as many more as the environment variable PARLEY_ATTACKS says: a million take an hour.
TEST_CASE("attacks on all functions: right results or none, whatever the secrets") {
  const Tally tally = attacked(401, 5, true);
  CAPTURE(tally.runs, tally.stopped, tally.last_wrong);
  CHECK(tally.runs > 150);
  CHECK(tally.wrong == 0);
  CHECK(tally.different == 0);
  CHECK(tally.stopped > tally.runs / 2);
  CHECK(tally.partly < tally.runs / 10);  // by the very last round of confirmations

  const char* const wanted = std::getenv("PARLEY_ATTACKS");
  if (wanted == nullptr) return;
  const std::size_t most = std::strtoull(wanted, nullptr, 10);
  std::size_t runs = 0, stopped = 0;
  for (std::uint64_t first = 0; runs < most; ++first) {
    const Tally more = attacked(13, first, false);
    runs += more.runs;
    stopped += more.stopped;
    CAPTURE(first, runs, stopped, more.last_wrong);
    REQUIRE(more.wrong == 0);
  }
  WARN(runs << " attacked runs, of which " << stopped << " ended in no result");
}
