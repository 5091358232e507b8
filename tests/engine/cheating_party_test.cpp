// SPDX-License-Identifier: Apache-2.0
// Whatever one party does, at whatever point of a program: no honest party gets a wrong value out of the active engine,
// and whether it gets one at all does not depend on the secrets.
#include "parley/engine/cheating_party.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/shamir_active.hpp"
#include "parley/engine/shamir_passive.hpp"
#include "parley/engine/shamir_shuffle.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/functions/shuffle.hpp"
#include "parley/net/link.hpp"
#include "parley/net/tampering.hpp"

namespace {

using namespace parley;
using namespace parley::test;
using F = Mersenne61;
using Act = CheatingAct<F>;
using Values = std::vector<F>;

struct Setting {
  std::size_t parties, threshold;
  Link link = Link::local();
};
constexpr Link slow_bytes{1e-9, 1};  // where products go through kings, if there are more than three parties

/// What a party gets out of a run, nothing where it stopped; and how many rounds that took.
struct End {
  std::optional<Values> values;
  std::optional<ErrorCode> code;
  std::size_t rounds = 0;
};

/// The ends of program(engine) where party `cheater` does `acts`; its randomness, and so all coins, depend on the seed
/// alone.
template <class Make, class Program>
std::vector<End> ends_of(const Setting& setting, const Make& make, const Program& program, std::size_t cheater,
                         const std::vector<Act>& acts, std::uint64_t seed = 1) {
  return simulate(setting.parties, [&](Network& network) {
    TamperingNetwork tampering(
        network, cheating_party<F>(network, setting.threshold, network.self() == cheater ? acts : std::vector<Act>()));
    End end;
    try {
      auto engine = make(tampering, random_of(network.self(), seed));
      end.values = program(engine);
    } catch (const Error& error) {
      end.code = error.code();
    }
    end.rounds = tampering.cost().rounds;
    return end;
  });
}
auto active(const Setting& setting) {
  return [&setting](Network& network, TestRandom random) {
    return shamir_active<F>(network, {.privacy_threshold = setting.threshold, .link = setting.link}, std::move(random));
  };
}

/// Parties 1 and 2 have inputs; of all kinds of products and of sums, two openings to all and one to party 1.
template <class E>
Values all_operations(E& engine, const Values& a, const Values& b) {
  const auto x = input(engine, 1, a, 4), y = input(engine, 2, b, 4);
  const auto z = mul(engine, x, y + F(1));
  auto results = open(engine, mul(engine, z, x - y));
  const auto r = random(engine, 1);
  const auto matrix = matrix_product(engine, x, z, {2, 2, 2});
  const auto zero = open(engine, dot(engine, z, matrix) + r - r);
  results.insert(results.end(), zero.begin(), zero.end());
  const auto alone = open_to(engine, 1, x + y);
  results.insert(results.end(), alone.begin(), alone.end());
  return results;
}
Values expected(const Values& a, const Values& b, std::size_t party) {
  Values z, results, matrix(4);
  F dot{};
  for (std::size_t k = 0; k < 4; ++k) z.push_back(a[k] * (b[k] + F(1)));
  for (std::size_t k = 0; k < 4; ++k) results.push_back(z[k] * (a[k] - b[k]));
  for (std::size_t k = 0; k < 8; ++k) matrix[k / 4 * 2 + k % 2] += a[k / 4 * 2 + k / 2 % 2] * z[k / 2 % 2 * 2 + k % 2];
  for (std::size_t k = 0; k < 4; ++k) dot += z[k] * matrix[k];
  results.push_back(dot);
  for (std::size_t k = 0; k < 4 && party == 1; ++k) results.push_back(a[k] + b[k]);
  return results;
}

constexpr Cheat cheats[] = {Cheat::wrong_share,  Cheat::biased_coin,      Cheat::wrong_product,
                            Cheat::wrong_degree, Cheat::withheld_message, Cheat::replayed_message};
const Values a1{F(3), F(0), F(7), F(1) - F(2)}, b1{F(5), F(1) - F(3), F(0), F(9)};
const Values a2{F(0), F(1), F(2), F(3)}, b2{F(1), F(1), F(100), F(4)};

}  // namespace

TEST_CASE("every message of a program, cheated with in every way: right or stopped, whatever the secrets") {
  const Setting settings[] = {{3, 1}, {5, 2}, {4, 1}, {4, 1, slow_bytes}};
  for (const Setting& setting : settings) {
    const auto run = [&](const Values& a, const Values& b, std::size_t cheater, const std::vector<Act>& acts) {
      return ends_of(
          setting, active(setting), [&](auto& engine) { return all_operations(engine, a, b); }, cheater, acts);
    };
    const auto honest = run(a1, b1, 0, {});
    for (std::size_t party = 0; party < setting.parties; ++party)
      REQUIRE(honest[party].values == expected(a1, b1, party));
    std::size_t runs = 0, stopped = 0, different = 0, wrong = 0, partly = 0;
    for (std::uint64_t round = 2; round <= honest[0].rounds; ++round)
      for (const Cheat what : cheats)
        for (const bool from_then_on : {false, true}) {
          // Inputs are of parties 1 and 2, whose messages of those rounds are what their inputs are; so party 0 cheats, or
          // party 3 where there is one.
          const std::size_t cheater = setting.parties > 3 && round % 2 == 1 ? 3 : 0;
          const Act act{what, round, from_then_on, 1 + round % 2, static_cast<std::size_t>(round * 5), F(round)};
          const auto ends = run(a1, b1, cheater, {act}), others = run(a2, b2, cheater, {act});
          ++runs;
          std::size_t got = 0;
          for (std::size_t party = 0; party < setting.parties; ++party) {
            if (party == cheater) continue;
            got += ends[party].values.has_value();
            wrong += ends[party].values && ends[party].values != expected(a1, b1, party);
            wrong += others[party].values && others[party].values != expected(a2, b2, party);
            different += ends[party].values.has_value() != others[party].values.has_value();
            different += ends[party].rounds != others[party].rounds;
          }
          stopped += got == 0;
          partly += got != 0 && got != setting.parties - 1;
        }
    CAPTURE(setting.parties, runs, stopped, partly);
    CHECK(wrong == 0);
    CHECK(different == 0);
    CHECK(stopped > runs / 2);
    // Only in the very last round of confirmations can some be content while others are not.
    CHECK(partly <= 2 * std::size(cheats));
  }
}

TEST_CASE("the additive attack on a product changes what the passive engine opens, and stops the active one") {
  // Party 0 deals a sharing of its term of the product plus 5, and shows the share of the result that goes with it.
  const Setting setting{3, 1};
  const auto program = [](auto& engine) {
    const auto x = input(engine, 1, Values{F(6)}, 1), y = input(engine, 2, Values{F(7)}, 1);
    return open(engine, mul(engine, x, y));
  };
  const auto passive = [](Network& network, TestRandom random) {
    return shamir_passive<F>(network, {}, std::move(random));
  };
  const F own_part = F(5) * (F(1) - F(1) * F(2).inverse());  // 5 (1 - x/2), which is 0 at party 1, at party 0's point
  const Act product{Cheat::wrong_product, 4, false, 0, 0, F(5)};
  const auto falsified =
      ends_of(setting, passive, program, 0, {product, {Cheat::biased_coin, 5, false, 0, 0, own_part}});
  CHECK(falsified[1].values == Values{F(47)});
  CHECK(falsified[2].values == Values{F(47)});
  const auto right = ends_of(setting, active(setting), program, 0, {});
  CHECK(right[1].values == Values{F(42)});
  const auto last = static_cast<std::uint64_t>(right[0].rounds - 1);
  for (const auto& acts : {std::vector<Act>{product}, {product, {Cheat::biased_coin, last, false, 0, 0, own_part}}}) {
    const auto ends = ends_of(setting, active(setting), program, 0, acts);
    for (std::size_t party = 1; party < 3; ++party) {
      CHECK(!ends[party].values);
      CHECK(ends[party].rounds < last);  // before anything is opened
    }
  }
}

TEST_CASE("a wrong input is an input, and the same to all") {
  const Setting setting{3, 1};
  const auto ends = ends_of(setting, active(setting),
                            [](auto& engine) {
                              const auto x = input(engine, 0, Values{F(6)}, 1), y = input(engine, 2, Values{F(7)}, 1);
                              return open(engine, mul(engine, x, y) + x);
                            },
                            1, {});
  CHECK(ends[0].values == Values{F(48)});
  // Party 2's own share belongs to the input that it meant to give: it contradicts the others, who agree with each other.
  const auto attacked = ends_of(setting, active(setting),
                                [](auto& engine) {
                                  auto x = input(engine, 0, Values{F(6)}, 1), y = input(engine, 2, Values{F(7)}, 1);
                                  if (engine.self() == 2)
                                    y += F(5) * (F(1) - F(3));  // 5 (1 - x), which is 0 at party 0, at party 2's point
                                  return open(engine, mul(engine, x, y) + x);
                                },
                                2, {{Cheat::wrong_product, 3, false, 0, 0, F(5)}});
  CHECK(attacked[0].values == Values{F(78)});
  CHECK(attacked[1].values == Values{F(78)});
}

TEST_CASE("shares of an input that lie on no polynomial are found before a product with them is opened") {
  // n = 4 > 2t + 1 = 3: the honest shares alone can contradict each other. Opening such a product would show, as its
  // error, an honest party's share of the other factor ("double dipping").
  for (const Setting& setting : {Setting{4, 1}, Setting{4, 1, slow_bytes}}) {
    const auto program = [](auto& engine) {
      const auto x = input(engine, 0, Values(8, F(6)), 8), y = input(engine, 2, Values(8, F(7)), 8);
      return open(engine, mul(engine, x, y));
    };
    const auto right = ends_of(setting, active(setting), program, 0, {});
    CHECK(right[1].values == Values(8, F(42)));
    const std::uint64_t products = setting.link.bytes_per_second < 2 ? 5 : 4;
    for (std::uint64_t round = 2; round <= products; ++round)
      for (const std::size_t victim : {1u, 2u, 3u}) {
        const auto ends = ends_of(setting, active(setting), program, 0, {{Cheat::wrong_share, round, false, victim}});
        for (std::size_t party = 1; party < 4; ++party) {
          if (ends[party].values) {  // party 0 sends nothing to the victim in this round
            CHECK(ends[party].values == right[party].values);
            continue;
          }
          // After coins dealt and tossed, the dealings' sum; but what a king is told wrong makes a right sharing of a wrong
          // product, which the product's own check finds.
          CHECK((ends[party].rounds <= products + 4 || (round == 4 && products == 5)));
        }
        const bool all = ends[1].values && ends[2].values && ends[3].values;
        CHECK((all || (!ends[1].values && !ends[2].values && !ends[3].values)));
      }
  }
}

TEST_CASE("a party that shows different shares to different parties stops them all") {
  for (const Setting& setting : {Setting{3, 1}, Setting{5, 2}}) {
    const auto program = [](auto& engine) { return open(engine, input(engine, 1, Values{F(6)}, 1)); };
    const auto right = ends_of(setting, active(setting), program, 0, {});
    const std::uint64_t opening = right[0].rounds - 1;  // then the confirmation
    const auto ends = ends_of(setting, active(setting), program, 0, {{Cheat::wrong_share, opening, false, 2}});
    for (std::size_t party = 1; party < setting.parties; ++party) {
      CHECK(right[party].values == Values{F(6)});
      CHECK(!ends[party].values);
      CHECK(ends[party].code == (party == 2 ? ErrorCode::inconsistent_shares : ErrorCode::peer_failed));
    }
  }
}

namespace {

/// Rows of two columns, shuffled and opened, in the order of their first entries; `entries` are row after row.
template <class E>
Values shuffled_and_sorted(E& engine, const Values& entries) {
  Values first, second;
  for (std::size_t k = 0; k < entries.size(); k += 2) first.push_back(entries[k]), second.push_back(entries[k + 1]);
  const auto columns =
      shuffle(engine, std::vector{input(engine, 1, first, first.size()), input(engine, 2, second, second.size())});
  std::vector<std::pair<std::uint64_t, std::uint64_t>> rows;
  for (const auto& column : columns) {
    const auto opened = open(engine, column);
    for (std::size_t k = 0; k < opened.size(); ++k) {
      if (rows.size() < opened.size()) rows.emplace_back(opened[k].to_integer(), 0);
      rows[k].second = opened[k].to_integer();
    }
  }
  std::ranges::sort(rows);
  Values sorted;
  for (const auto& [one, other] : rows) sorted.push_back(F(one)), sorted.push_back(F(other));
  return sorted;
}

}  // namespace

TEST_CASE("every message of a shuffle, cheated with in every way: the same rows or stopped, whatever rows and order") {
  struct Case {
    Setting setting;
    std::size_t rows;
  };
  constexpr Cheat of_shuffles[] = {Cheat::wrong_share,  Cheat::biased_coin,  Cheat::wrong_product,
                                   Cheat::wrong_degree, Cheat::swapped_rows, Cheat::replayed_message};
  // By groups, and among five parties two rows through a network.
  for (const Case& now : {Case{{3, 1}, 3}, {{4, 1}, 2}, {{5, 2}, 2}, {{5, 2}, 3}}) {
    const Setting& setting = now.setting;
    const std::size_t rows = now.rows;
    Values equal, distinct;
    for (std::size_t k = 0; k < 2 * rows; ++k) equal.push_back(F(3)), distinct.push_back(F(10 + k));
    equal.resize(2 * rows);
    const auto run = [&](const Values& entries, std::size_t cheater, const std::vector<Act>& acts, std::uint64_t seed) {
      return ends_of(
          setting, active(setting), [&](auto& engine) { return shuffled_and_sorted(engine, entries); }, cheater, acts,
          seed);
    };
    const auto honest = run(distinct, 0, {}, 1);
    for (const End& end : honest) REQUIRE(end.values == distinct);
    std::size_t runs = 0, stopped = 0, wrong = 0, different = 0;
    for (std::uint64_t round = 4; round <= honest[0].rounds; ++round)  // after the engine's making and the inputs
      for (const Cheat what : of_shuffles) {
        const std::size_t cheater = setting.parties > 3 && round % 2 == 1 ? 3 : 0;
        const Act act{what, round, false, 1 + round % 2, static_cast<std::size_t>(round), F(round)};
        std::size_t completed = 0, attempts = 0;
        const auto note_differences = [&] {
          different += completed != 0 && completed != attempts;
          stopped += attempts - completed;
          runs += std::exchange(attempts, 0);
          completed = 0;
        };
        for (const std::uint64_t seed : {1u, 2u}) {
          for (const Values& entries : {equal, distinct}) {
            const auto ends = run(entries, cheater, {act}, seed);
            ++attempts;
            completed += ends[1].values.has_value();
            for (std::size_t party = 1; party < 3; ++party)
              wrong += ends[party].values && ends[party].values != entries;
          }
          // Whether a wrong seed of a group is another permutation of these rows is up to what the cheater draws.
          if (round <= 5) note_differences();
        }
        note_differences();
      }
    CAPTURE(setting.parties, rows, runs, stopped);
    CHECK(wrong == 0);
    CHECK(different == 0);
    CHECK(stopped > runs / 2);
  }
}

TEST_CASE("members of a group who were sent different seeds for a shuffle stop before they permute") {
  const auto group = detail::shuffling_groups(5, 2).front();
  constexpr std::uint64_t seeds = 3;  // after the engine's making and an input
  for (const bool cheats_now : {false, true}) {
    const auto ends = simulate(5, [&](Network& network) {
      TamperingNetwork tampering(network, cheats_now && network.self() == group[0]
                                              ? std::vector<TamperingAct>{{seeds, group[1], Tampering::flip}}
                                              : std::vector<TamperingAct>());
      End end;
      try {
        auto engine = shamir_active<F>(tampering, {}, random_of(network.self(), 7));
        const auto opened = open(engine, shuffle(engine, input(engine, 0, Values(20, F(9)), 20)));
        end.values.emplace(opened.begin(), opened.end());
      } catch (const Error& error) {
        end.code = error.code();
      }
      end.rounds = tampering.cost().rounds;
      return end;
    });
    for (std::size_t party = 0; party < 5; ++party) {
      CHECK(ends[party].values.has_value() == !cheats_now);
      if (cheats_now) CHECK(ends[party].rounds <= seeds + 3);  // comparison, keys, tags; then the first pass
    }
    if (cheats_now) CHECK(ends[group[2]].code == ErrorCode::verification_failed);
  }
}
