// SPDX-License-Identifier: Apache-2.0
// The active Shamir engine computes what the passive one does, at the documented cost; its checks come before openings,
// and after a failure nothing is opened.
#include "parley/engine/shamir_active.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/engine_conformance.hpp"
#include "engine/parties.hpp"
#include "engine/prices.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"

namespace {

using namespace parley;
using namespace parley::test;
using F = Mersenne61;
using Active = ShamirActiveEngine<F, TestRandom>;

static_assert(ComparingEngine<Active>);
static_assert(!std::is_copy_constructible_v<Active> && !std::is_move_constructible_v<Active>);

/// An active engine that verifies before each opening at no cost, so that what remains of the opening has a price.
class VerifiedBefore {
 public:
  using Value = F;
  using Scheme = VerifiedShamirSharing;
  using Vector = Active::Vector;

  explicit VerifiedBefore(Network& network, ShamirActiveOptions options)
      : engine_(network, options, random_of(network.self(), 1)) {}

  std::size_t self() const { return engine_.self(); }
  std::size_t parties() const { return engine_.parties(); }
  std::size_t privacy_threshold() const { return engine_.privacy_threshold(); }
  Cost cost() const { return engine_.cost() - verification_; }
  auto input(std::span<const std::size_t> lengths, std::span<const F> mine) { return engine_.input(lengths, mine); }
  Vector constant(std::span<const F> values) const { return engine_.constant(values); }
  Vector mul(const Vector& x, const Vector& y) { return engine_.mul(x, y); }
  Vector dot(const Vector& x, const Vector& y, std::size_t length) { return engine_.dot(x, y, length); }
  Vector matrix_product(const Vector& x, const Vector& y, const vector::ProductShape& shape) {
    return engine_.matrix_product(x, y, shape);
  }
  Buffer<F> open(const Vector& x) {
    verify();
    return engine_.open(x);
  }
  Buffer<F> open_to(std::size_t receiver, const Vector& x) {
    verify();
    return engine_.open_to(receiver, x);
  }
  Vector random(std::size_t count) { return engine_.random(count); }

 private:
  void verify() {
    const Cost before = engine_.cost();
    engine_.verify();
    verification_ = verification_ + (engine_.cost() - before);
  }

  Active engine_;
  Cost verification_;
};

struct ActivePrices : ShamirPrices<F> {
  Price open(std::size_t count) const { return {2, (n - 1) * (count * element + 1)}; }
  Price open_to(std::size_t receiver, std::size_t count) const {
    return {2, n - 1 + (self == receiver ? 0 : count * element)};
  }
};

void check_active(std::size_t n, std::size_t t, const std::vector<std::size_t>& sizes) {
  check_engine(
      n, [&](Network& network) { return VerifiedBefore(network, {.privacy_threshold = t, .link = slow_rounds}); },
      [&](std::size_t self) {
        return ActivePrices{{n, t, self}};
      },
      sizes);
}

}  // namespace

TEST_CASE("the active Shamir engine computes") {
  check_active(3, 1, {0, 1, 65, 1000});
  check_active(4, 1, {0, 1, 65});
  check_active(5, 2, {0, 1, 65});
  check_active(7, 2, {1, 10});
}

TEST_CASE("an opening after products costs their check, whose rounds do not grow with them") {
  for (const auto& [n, threshold] : {std::pair<std::size_t, std::size_t>{3, 1}, {4, 1}, {5, 2}}) {
    const auto ends = simulate(n, [t = threshold](Network& network) {
      auto engine =
          shamir_active<F>(network, {.privacy_threshold = t, .link = Link::world()}, random_of(network.self(), 2));
      const std::vector<F> values(5000, F(3));
      const auto x = input(engine, 0, values, values.size());
      std::vector<Cost> costs;
      for (const std::size_t products : {1u, 5000u}) {
        const auto z = mul(engine, x.slice(0, products), x.slice(0, products));
        for (int again = 0; again < 2; ++again) {
          const Cost before = engine.cost();
          if (open(engine, z[0]) != std::vector<F>{F(9)}) return std::pair(costs, 1.0);
          costs.push_back(engine.cost() - before);
        }
      }
      return std::pair(costs, engine.cheating_probability());
    });
    for (const auto& [costs, probability] : ends) {
      REQUIRE(costs.size() == 4);
      CHECK(costs[1].rounds == 2);
      CHECK(costs[3].rounds == 2);
      // Dealing (n > 3), weights, dealings (n > 2t + 1), the last step's three; the folds of 5000 are three at most.
      const std::size_t fixed = 2 + (n > 3 ? 1 : 0) + 1 + (n > 2 * threshold + 1 ? 1 : 0) + 3;
      CHECK(costs[0].rounds == fixed);
      CHECK(costs[2].rounds <= fixed + 6);
      CHECK(costs[2].bytes_sent < 8 * 5000 / 4);
      CHECK(probability < 2 * std::ldexp(1, -40));
    }
  }
}

TEST_CASE("the active engine shuffles rows, at the documented cost") {
  struct Case {
    std::size_t n, t, rows, rounds;
    std::vector<std::size_t> elements;  // sent by each party
  };
  // Keys, products for one tag a row, and then groups of t + 1 parties with three columns; a bit and two products of the
  // one exchange of two rows for each of three dealers, where groups would take longer.
  for (const auto& [n, t, rows, rounds, elements] :
       {Case{3, 1, 100, 4, {700, 700, 700}}, Case{4, 1, 100, 4, {801, 801, 801, 601}},
        Case{5, 2, 2, 4, {14, 14, 14, 12, 12}}}) {
    const auto ends = simulate(n, [&, t = t, rows = rows](Network& network) {
      auto engine =
          shamir_active<F>(network, {.privacy_threshold = t, .link = slow_rounds}, random_of(network.self(), 8));
      std::vector<F> numbers;
      for (std::size_t k = 0; k < rows; ++k) numbers.push_back(F(k));
      const auto x = input(engine, 0, numbers, rows);
      std::vector<Active::Vector> table{x, x * F(1000) + F(1)};
      engine.shuffle(table);
      const double before_error = engine.cheating_probability();
      const Cost before = engine.cost();
      engine.shuffle(table);
      const Cost cost = engine.cost() - before;
      const double error = engine.cheating_probability() - before_error;
      std::vector<std::uint64_t> order;
      bool together = true;
      const auto first = open(engine, table[0]), second = open(engine, table[1]);
      for (std::size_t k = 0; k < rows; ++k) {
        order.push_back(first[k].to_integer());
        together = together && second[k] == first[k] * F(1000) + F(1);
      }
      const bool moved = !std::ranges::is_sorted(order);
      std::ranges::sort(order);
      for (std::size_t k = 0; k < rows; ++k) together = together && order[k] == k;
      return std::tuple(together, moved, cost, error);
    });
    for (std::size_t party = 0; party < n; ++party) {
      const auto& [together, moved, cost, error] = ends[party];
      CAPTURE(n, party);
      CHECK(together);
      CHECK((moved || rows == 2));
      CHECK(cost.rounds == rounds);
      CHECK(cost.bytes_sent == F::encoded_size * elements[party]);
      CHECK(error <= std::ldexp(1, -60));
    }
  }
}

TEST_CASE("what is recorded is bounded") {
  const auto ends = simulate(3, [](Network& network) {
    auto engine = shamir_active<F>(network, {.most_recorded = 100}, random_of(network.self(), 4));
    const auto x = input(engine, 0, std::vector<F>(20, F(2)), 20);
    std::vector<std::size_t> rounds;
    for (int k = 0; k < 4; ++k) {
      const Cost before = engine.cost();
      mul(engine, x, x);
      rounds.push_back((engine.cost() - before).rounds);
    }
    const Cost before = engine.cost();
    const auto opened = open(engine, x);
    return std::tuple(rounds, (engine.cost() - before).rounds);
  });
  for (const auto& [rounds, last] : ends) {
    CHECK(rounds[0] == 1);
    CHECK(rounds[1] > 1);
    CHECK(rounds[2] == 1);
    CHECK(rounds[3] > 1);
    CHECK(last == 2);
  }
}

TEST_CASE("after a failed check nothing is opened, and all parties stop") {
  const auto ends = simulate(5, [](Network& network) {
    auto engine = shamir_active<F>(network, {}, random_of(network.self(), 5));
    auto x = input(engine, 0, std::vector<F>(3, F(2)), 3);
    auto z = mul(engine, x, x);
    if (network.self() == 3) x += F(1), z.shares()[0] += F(1);  // in what is opened, not in what was recorded
    std::vector<std::optional<ErrorCode>> codes;
    for (int attempt = 0; attempt < 3; ++attempt) {
      try {
        open(engine, z);
        codes.push_back(std::nullopt);
      } catch (const Error& error) {
        codes.push_back(error.code());
      }
    }
    return std::pair(codes, network.failure() != nullptr);
  });
  for (std::size_t party = 0; party < 5; ++party) {
    const auto& [codes, stopped] = ends[party];
    CHECK(stopped);
    CHECK((party == 3 || codes[0] == ErrorCode::inconsistent_shares));
    for (const auto& code : codes) CHECK(code.has_value());
  }
}

TEST_CASE("parties that do not fit together, and parameters that do not fit, are refused") {
  const auto code_of = [](std::size_t n, const auto& make) {
    return simulate(n, [&](Network& network) -> std::pair<std::optional<ErrorCode>, std::size_t> {
      try {
        make(network);
      } catch (const Error& error) {
        return {error.code(), network.cost().rounds};
      }
      return {std::nullopt, network.cost().rounds};
    });
  };
  for (const auto& options : {ShamirActiveOptions{.privacy_threshold = 2}, ShamirActiveOptions{.privacy_threshold = 0},
                              ShamirActiveOptions{.security_bits = 0}, ShamirActiveOptions{.security_bits = 121}})
    for (const auto& [code, rounds] : code_of(4, [&](Network& network) { shamir_active<F>(network, options); })) {
      CHECK(code == ErrorCode::invalid_argument);
      CHECK(rounds == 0);
    }
  for (const auto& [code, rounds] : code_of(3, [&](Network& network) { shamir_active<SmallPrime<8191>>(network); })) {
    CHECK(code == ErrorCode::invalid_argument);
    CHECK(rounds == 0);
  }
  for (const auto& [code, rounds] : code_of(3, [&](Network& network) {
         shamir_active<F>(network, {.security_bits = network.self() == 1 ? 50u : 40u});
       })) {
    CHECK(code == ErrorCode::configuration_mismatch);
    CHECK(rounds == 1);
  }
}
