// SPDX-License-Identifier: Apache-2.0
// Order statistics of lists that each party holds: right for any lists, refused where there are none, and nothing
// opened that the result does not tell.
#include "parley/functions/joint.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "functions/observed.hpp"
#include "functions/on_engines.hpp"
#include "functions/prices.hpp"
#include "parley/engine/cheating_party.hpp"
#include "parley/net/tampering.hpp"

namespace {

using namespace parley;
using namespace parley::test;

/// What each party holds.
using Lists = std::vector<Numbers>;

constexpr std::uint64_t most_wide = ~std::uint64_t{0};

Numbers merged(const Lists& lists) {
  Numbers all;
  for (const Numbers& list : lists) all.insert(all.end(), list.begin(), list.end());
  std::ranges::sort(all);
  return all;
}

/// Median, quantiles into `parts`, and the k-th smallest of merged lists.
struct Statistics {
  std::uint64_t median, kth;
  Numbers quantiles;
  friend bool operator==(const Statistics&, const Statistics&) = default;
};

Statistics reference(const Lists& lists, std::size_t k, std::size_t parts) {
  const Numbers all = merged(lists);
  Statistics right{all[(all.size() + 1) / 2 - 1], all[k - 1], {}};
  for (std::size_t j = 1; j < parts; ++j) right.quantiles.push_back(all[(j * all.size() + parts - 1) / parts - 1]);
  return right;
}

template <class E>
Statistics statistics(E& engine, const Numbers& mine, std::size_t k, std::size_t parts, std::size_t bits) {
  const std::uint64_t median = joint_median(engine, mine, {.bits = bits});
  const std::uint64_t kth = joint_kth(engine, mine, k, {.bits = bits});
  return {median, kth, joint_quantiles(engine, mine, parts, {.bits = bits})};
}

/// The numbers dealt out to the parties in turn, all to the last one where there is a single number.
Lists dealt(const Numbers& numbers, std::size_t parties) {
  Lists lists(parties);
  for (std::size_t i = 0; i < numbers.size(); ++i) lists[(i * 5 + parties - 1) % parties].push_back(numbers[i]);
  return lists;
}

/// Checks the statistics of `numbers`, however many parties they are dealt out to.
void check_statistics(std::span<const Setting> settings, const Numbers& numbers, std::size_t k, std::size_t parts,
                      std::size_t bits) {
  CAPTURE(numbers.size(), k, parts, bits);
  check_on_engines<F61>(
      settings,
      [&](auto& engine) { return statistics(engine, dealt(numbers, engine.parties())[engine.self()], k, parts, bits); },
      [&](std::size_t parties) { return reference(dealt(numbers, parties), k, parts); });
}

}  // namespace

TEST_CASE("joint statistics are those of the merged lists, for all widths of numbers") {
  for (const std::size_t bits : {1u, 2u, 7u, 31u, 32u, 33u, 59u, 60u, 61u, 63u, 64u}) {
    const std::uint64_t greatest_number = most_wide >> (64 - bits);
    std::vector<Numbers> cases = extreme_vectors(40, greatest_number);
    cases.push_back({greatest_number});
    cases.push_back({greatest_number, 0});
    CAPTURE(bits);
    // In the clear all of them, among three parties some.
    for (const Numbers& numbers : cases) {
      const Lists lists = dealt(numbers, 3);
      const auto program = [&](auto& engine) {
        return joint_quantiles(engine, lists[engine.self()], 5, {.bits = bits});
      };
      const Numbers right = reference(lists, 1, 5).quantiles;
      for (const Numbers& result : on_clear<F61>(3, program)) REQUIRE(result == right);
      if (numbers.size() < 40 || bits == 64)
        for (const Numbers& result : on_shamir<F61>({3, 1}, program)) REQUIRE(result == right);
    }
  }
  check_statistics(three_parties, random_numbers(40, most_wide), 17, 10, 64);
}

TEST_CASE("joint statistics are right for any number of parties, with lists that are empty at most of them") {
  const std::vector<Numbers> cases = extreme_vectors(11, 100);
  for (const std::size_t which : {0u, 3u, 4u, 6u}) check_statistics(few_parties, cases[which], 11, 4, 7);
  check_statistics(few_parties, {7}, 1, 2, 3);
  const Numbers numbers = {5, 5, 1, 7, 0};
  check_on_engines<F61>(
      std::span(&sixteen_parties, 1),
      [&](auto& engine) {
        return joint_quantiles(engine, dealt(numbers, engine.parties())[engine.self()], 3, {.bits = 3});
      },
      reference({numbers}, 1, 3).quantiles);
}

TEST_CASE("every rank of the merged lists is found, duplicates counted each") {
  const Lists lists = {random_numbers(13, 16, 1), {}, random_numbers(20, 16, 2)};
  const Numbers all = merged(lists);
  check_on_engines<F61>(
      three_parties,
      [&](auto& engine) {
        Numbers found;
        for (std::size_t k = 1; k <= all.size(); ++k)
          found.push_back(joint_kth(engine, lists[engine.self()], k, {.bits = 4}));
        return found;
      },
      all);
}

TEST_CASE("long lists are counted right") {
  const Lists lists = {random_numbers(50'000, 1 << 20, 1), random_numbers(3, 1 << 20, 2),
                       random_numbers(30'000, 1 << 20, 3)};
  check_on_engines<F61>(
      three_parties, [&](auto& engine) { return statistics(engine, lists[engine.self()], 40'001, 100, 20); },
      reference(lists, 40'001, 100));
}

TEST_CASE("without any value, and beyond the last one, every party gets an Error") {
  const auto codes = [](const Lists& lists, const auto& function) {
    const auto attempt = [&](auto& engine) {
      std::pair<std::optional<ErrorCode>, std::string> thrown;
      try {
        function(engine, lists[engine.self()]);
      } catch (const Error& error) {
        thrown = {error.code(), error.what()};
      }
      return std::pair{thrown, open(engine, input_all(engine, F61(7))).front() == F61(7)};
    };
    auto results = on_shamir<F61>({3, 1}, attempt);
    const auto more = on_shamir<F61>({5, 2}, attempt), clear = on_clear<F61>(3, attempt);
    results.insert(results.end(), more.begin(), more.end());
    results.insert(results.end(), clear.begin(), clear.end());
    for (const auto& [thrown, unharmed] : results) {
      CHECK(thrown.first == ErrorCode::out_of_range);
      CHECK(thrown.second == results.front().first.second);
      CHECK(unharmed);
    }
    return results.front().first.second;
  };
  const Lists empty(5), two = {{4}, {}, {5}, {}, {}};
  const auto median = [](auto& engine, const Numbers& list) { joint_median(engine, list, {.bits = 3}); };
  const auto quartiles = [](auto& engine, const Numbers& list) { joint_quantiles(engine, list, 4, {.bits = 3}); };
  const auto first = [](auto& engine, const Numbers& list) { joint_kth(engine, list, 1, {.bits = 3}); };
  const auto third = [](auto& engine, const Numbers& list) { joint_kth(engine, list, 3, {.bits = 3}); };
  CHECK(codes(empty, median) == "all the lists together are empty");
  CHECK(codes(empty, quartiles) == "all the lists together are empty");
  CHECK(codes(empty, first) == "all the lists together are empty");
  CHECK(codes(two, third) == "all the lists together have fewer than 3 values");
}

TEST_CASE("joint statistics are the same where lists are verified, at the documented cost") {
  const std::size_t bits = 6;
  const Lists lists = {random_numbers(9, 63, 1), {}, random_numbers(4, 63, 2)};
  const auto program = [&](auto& engine) {
    return joint_quantiles(engine, lists[engine.self()], 7, {.bits = bits, .verify_lists = true});
  };
  const Numbers right = reference(lists, 1, 7).quantiles;
  for (const Numbers& found : on_clear<F61>(3, program)) CHECK(found == right);
  for (const Numbers& found : on_shamir<F61>({3, 1}, program)) CHECK(found == right);
  const Setting setting{3, 1, slow_rounds};
  check_price(
      setting,
      [&](auto& engine) {
        return cost_of(engine,
                       [&] { joint_kth(engine, lists[engine.self()], 2, {.bits = bits, .verify_lists = true}); });
      },
      [&](const FunctionPrices& prices) {
        return (bits + 1) * (prices.step(1) + prices.less_than(2 * 3) + prices.open_bits(2 * 3));
      });
}

TEST_CASE("who changes its list between the steps is named before the step's outcome is opened") {
  // What the clear engine's parties are told is what the liar inputs. Its list is {5}, and the bounds are 3, 5, and 4 or 6.
  const Lists lists = {{5, 6}, {5}, {4, 7, 7}};
  struct Lie {
    std::uint64_t round;
    F61 offset;
    std::size_t found;  // in which round; 0 for never
  };
  const F61 none, one(1), many(std::uint64_t{1} << 42);
  for (const Lie& lie : {Lie{1, none - one - one, 1},  // -1 values
                         Lie{1, many, 1},              // more than there may be
                         Lie{1, one, 0},               // one of its two values is above all bounds
                         Lie{2, none - one, 2},        // -1 values are at most 3
                         Lie{2, one, 4},               // one is at most 3, but then, honestly, none at most 4
                         Lie{2, one + one, 2},         // 2 values of 1
                         Lie{3, none - one, 0},        // it might be 6
                         Lie{3, none - one - one, 3},  // fewer at most 5 than at most 3
                         Lie{3, one, 3},               // 2 values of 1
                         Lie{3, F61(F61::modulus / 2), 3}}) {
    for (const bool verify : {true, false}) {
      CAPTURE(lie.round, verify);
      std::vector<std::optional<std::size_t>> named(3);
      std::vector<std::size_t> outcomes(3);
      run_parties(3, [&](Network& network) {
        TamperingNetwork tampering(
            network, network.self() == 1
                         ? cheating_party<F61>(network, 1,
                                               {{.what = Cheat::biased_coin, .round = lie.round, .offset = lie.offset}})
                         : TamperingNetwork::Tamper{});
        const auto engine = any_clear<F61>(tampering);
        try {
          joint_kth(*engine, lists[network.self()], 3, {.bits = 3, .verify_lists = verify});
        } catch (const Error& error) {
          if (network.self() != 1 && error.code() == ErrorCode::verification_failed)
            named[network.self()] = error.party();
        }
        outcomes[network.self()] = engine->observations().outcomes.size();
      });
      for (const std::size_t honest : {0u, 2u}) {
        CHECK((named[honest] == std::optional<std::size_t>(1)) == (verify && lie.found != 0));
        if (named[honest]) CHECK(outcomes[honest] == 2 * lie.found - 1);
      }
    }
  }
}

TEST_CASE("an entry out of range is refused before anything is sent, and the others are told") {
  std::mutex mutex;
  std::vector<std::string> told(3);
  Cost sent;
  std::optional<ErrorCode> code;
  std::optional<std::size_t> party;
  try {
    on_shamir<F61>({3, 1}, [&](auto& engine) {
      const Cost before = engine.cost();
      const Numbers mine = engine.self() == 1 ? Numbers{7, 8, 1} : Numbers{1, 2};
      try {
        joint_median(engine, mine, {.bits = 3});
      } catch (const Error& error) {
        const std::lock_guard lock(mutex);
        told[engine.self()] = error.what();
        if (engine.self() == 1) sent = engine.cost() - before;
        throw;
      }
    });
  } catch (const Error& error) {
    code = error.code();
    party = error.party();
  }
  CHECK(code == ErrorCode::out_of_range);
  CHECK(party == std::size_t{1});
  CHECK(told[1] == "entry 1 of the list does not fit in 3 bits");
  CHECK(sent == Cost{});
  for (const std::size_t other : {0u, 2u})
    CHECK_THAT(told[other], Catch::Matchers::ContainsSubstring("party 1 gave up"));
}

TEST_CASE("widths, ranks and parts that do not exist are refused") {
  const Numbers list = {1, 0};
  check_refused<F61>(ErrorCode::invalid_argument, [&](auto& engine) { joint_median(engine, list, {.bits = 0}); });
  check_refused<F61>(ErrorCode::invalid_argument, [&](auto& engine) { joint_median(engine, list, {.bits = 65}); });
  check_refused<F61>(ErrorCode::out_of_range, [&](auto& engine) { joint_kth(engine, list, 0); });
  check_refused<F61>(ErrorCode::out_of_range,
                     [&](auto& engine) { joint_kth(engine, list, (std::uint64_t{1} << 42) + 1); });
  for (const std::size_t parts : {0u, 1u, 65537u})
    check_refused<F61>(ErrorCode::invalid_argument, [&](auto& engine) { joint_quantiles(engine, list, parts); });
}

TEST_CASE("the outcomes that are opened follow from the results") {
  for (const Lists& lists :
       {Lists{{1, 5, 9}, {}, {700, 5}}, Lists{{0}, {0}, {0, 0, 0, 0}}, Lists{{1023}, {1022, 3}, {}}}) {
    const auto seen = on_shamir<F61>({3, 1}, [&](auto& engine) {
      const Numbers found = joint_quantiles(engine, lists[engine.self()], 4, {.bits = 10});
      return std::pair{found, engine.observations().outcomes};
    });
    // Whoever knows the results and the search can tell every outcome: whether the result is above the middle.
    for (const auto& [found, outcomes] : seen) {
      std::vector<Numbers> simulated = {{0}};  // there are values
      Numbers low(3, 0), high(3, 1023);
      for (int step = 0; step < 10; ++step) {
        Numbers& outcome = simulated.emplace_back();
        for (std::size_t i = 0; i < 3; ++i) {
          const std::uint64_t middle = (low[i] + high[i]) / 2;
          outcome.push_back(found[i] > middle ? 1 : 0);
          (outcome.back() != 0 ? low[i] : high[i]) = outcome.back() != 0 ? middle + 1 : middle;
        }
      }
      CHECK(outcomes == simulated);
    }
  }
}

TEST_CASE("joint statistics cost what they say, and no more for longer lists") {
  for (const Setting& setting : {Setting{3, 1, slow_rounds}, Setting{3, 1, slow_bytes}, Setting{5, 2, slow_rounds}})
    for (const std::size_t bits : {1u, 6u, 12u})
      for (const std::size_t length : {1u, 1000u}) {
        CAPTURE(bits, length);
        const auto priced = [&](const auto& function) {
          return [&, function](auto& engine) {
            const Numbers list(length, 1);
            return cost_of(engine, [&] { function(engine, list); });
          };
        };
        check_price(setting,
                    priced([&](auto& engine, const Numbers& list) { joint_kth(engine, list, 2, {.bits = bits}); }),
                    [&](const FunctionPrices& prices) { return (bits + 1) * prices.step(1); });
        check_price(setting, priced([&](auto& engine, const Numbers& list) {
                      joint_quantiles(engine, list, 9, {.bits = bits});
                    }),
                    [&](const FunctionPrices& prices) { return prices.step(1) + bits * prices.step(8); });
      }
}
