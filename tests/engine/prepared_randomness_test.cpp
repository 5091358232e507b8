// SPDX-License-Identifier: Apache-2.0
// The store of correlated randomness: every entry is handed out once, what is missing is made, and both are counted.
#include "parley/engine/prepared_randomness.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "parley/core/buffer.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/net/local_network.hpp"

namespace {

using namespace parley;
using namespace parley::test;
using F = Mersenne61;
struct Scheme {};
using Store = detail::PreparedRandomness<F, Scheme>;
using Both = RandomInBothDomains<F, Scheme>;
using Numbers = std::vector<std::uint64_t>;

/// A network of one party, and a store whose entries are 0, 1, 2, ... in the order in which they are made, with one round
/// for each batch.
struct Factory {
  std::unique_ptr<Network> network = std::move(LocalNetwork::create(1).front());
  Store store{*network};
  std::uint64_t next = 0;
  std::vector<std::size_t> batches;

  Numbers numbers(std::size_t count) {
    if (count > 0) static_cast<void>(network->exchange(std::vector<Bytes>(1), std::vector<std::size_t>(1)));
    batches.push_back(count);
    Numbers made(count);
    std::iota(made.begin(), made.end(), next);
    next += count;
    return made;
  }
  Shared<F, Scheme> values(std::size_t count) {
    Buffer<F> made;
    for (const std::uint64_t number : numbers(count)) made.push_back(F(number));
    return Shared<F, Scheme>(std::move(made));
  }
  Both both(std::size_t count) {
    const Numbers made = numbers(count);
    Buffer<F> elements;
    for (const std::uint64_t number : made) elements.push_back(F(number));
    return {Shared<F, Scheme>(std::move(elements)), SharedBits<Scheme>(PublicBits::from_integers(made, 20).planes())};
  }

  auto drawn_edabits(std::size_t count) {
    return store.edabits(count, [this](std::size_t missing) { return both(missing); });
  }
  Numbers drawn_values(std::size_t count) {
    return to_numbers(store.random_values(count, [this](std::size_t missing) { return values(missing); }));
  }
  static Numbers to_numbers(const Shared<F, Scheme>& values) {
    Numbers numbers;
    for (const F& value : values.shares()) numbers.push_back(value.to_integer());
    return numbers;
  }
};

Numbers range(std::uint64_t first, std::size_t count) {
  Numbers numbers(count);
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

}  // namespace

TEST_CASE("entries of the store are handed out once, in order, in both domains alike") {
  Factory factory;
  factory.store.prepare_edabits([&] { return factory.both(200); });
  factory.store.prepare_edabits([&] { return factory.both(7); });
  std::uint64_t next = 0;
  for (const std::size_t count : {1U, 63U, 0U, 65U, 70U, 8U}) {
    const Both drawn = factory.drawn_edabits(count);
    CHECK(Factory::to_numbers(drawn.value) == range(next, count));
    CHECK(PublicBits(drawn.bits.planes()).to_integers() == range(next, count));
    CHECK(drawn.bits.width() == 20);
    next += count;
    if (count == 63) {  // more is added behind what is left
      factory.store.prepare_edabits([&] { return factory.both(5); });
    }
  }
  CHECK(next == 207);
  CHECK(factory.store.report().left == Preparation{.edabits = 5});
  CHECK(factory.store.report().missing == Preparation{});
}

TEST_CASE("a request beyond the store takes what is there, and the rest is made in one batch") {
  Factory factory;
  CHECK(factory.drawn_values(3) == range(0, 3));  // nothing is there
  factory.store.prepare_random_values([&] { return factory.values(10); });
  CHECK(factory.drawn_values(4) == range(3, 4));
  CHECK(factory.drawn_values(9) == range(7, 9));  // 6 that were there, and 3
  CHECK(factory.drawn_values(2) == range(16, 2));
  factory.store.prepare_random_values([&] { return factory.values(2); });
  CHECK(factory.drawn_values(2) == range(18, 2));
  CHECK(factory.drawn_values(1) == range(20, 1));
  CHECK(factory.batches == std::vector<std::size_t>{3, 10, 3, 2, 2, 1});

  const CostReport report = factory.store.report();
  CHECK(report.prepared == Preparation{.random_values = 12});
  CHECK(report.drawn == Preparation{.random_values = 12});
  CHECK(report.missing == Preparation{.random_values = 9});
  CHECK(report.left == Preparation{});
  CHECK(report.preparation == Cost{.rounds = 2});
  CHECK(report.shortfall == Cost{.rounds = 4});
  CHECK(report.online == Cost{});
}

TEST_CASE("a request for few bits takes those of whole entries, and makes what is missing with few bits") {
  Factory factory;
  const auto drawn = [&](std::size_t count) {
    const Both both = factory.store.edabits(count, 3, [&](std::size_t missing) {
      Both made = factory.both(missing);
      return Both{std::move(made.value), made.bits.bits(0, 3)};
    });
    CHECK(both.bits.width() == 3);
    Numbers numbers = Factory::to_numbers(both.value), low = numbers;
    for (std::uint64_t& number : low) number %= 8;
    CHECK(PublicBits(both.bits.planes()).to_integers() == low);
    return numbers;
  };
  CHECK(drawn(20) == range(0, 20));  // nothing is there
  factory.store.prepare_edabits([&] { return factory.both(30); });
  CHECK(drawn(10) == range(20, 10));
  CHECK(factory.drawn_edabits(5).bits.width() == 20);
  CHECK(drawn(30) == range(35, 30));  // 15 that were there, and 15
  CHECK(factory.store.report().drawn == Preparation{.edabits = 30});
  CHECK(factory.store.report().missing == Preparation{.edabits = 35});
}

TEST_CASE("the kinds are kept apart, and other work is counted as online") {
  Factory factory;
  factory.store.prepare_edabits([&] { return factory.both(2); });
  factory.store.prepare_dabits([&] { return factory.both(3); });
  factory.store.prepare_random_values([&] { return factory.values(4); });
  factory.numbers(1);
  CHECK(Factory::to_numbers(factory.store.dabits(3, [&](std::size_t count) { return factory.both(count); }).value) ==
        range(2, 3));
  CHECK(factory.drawn_values(1) == range(5, 1));
  CHECK(Factory::to_numbers(factory.drawn_edabits(1).value) == range(0, 1));
  const CostReport report = factory.store.report();
  CHECK(report.prepared == Preparation{2, 3, 4});
  CHECK(report.drawn == Preparation{1, 3, 1});
  CHECK(report.left == Preparation{1, 0, 3});
  CHECK(report.preparation + report.shortfall + report.online == factory.network->cost());
  CHECK(report.online == Cost{.rounds = 1});
  CHECK(report.shortfall == Cost{});
}

TEST_CASE("a store moves to another run as a whole, without what was drawn before") {
  Factory factory, other;
  factory.store.prepare_edabits([&] { return factory.both(70); });
  factory.store.prepare_random_values([&] { return factory.values(5); });
  factory.drawn_edabits(3);
  auto batches = factory.store.take_all();
  CHECK(detail::counts_of(batches) == Preparation{.edabits = 67, .random_values = 5});
  CHECK(factory.store.report().left == Preparation{});
  CHECK(factory.store.report().drawn == Preparation{.edabits = 70, .random_values = 5});
  CHECK(detail::counts_of(factory.store.take_all()) == Preparation{});

  other.store.add(std::move(batches));
  CHECK(other.store.report().prepared == Preparation{.edabits = 67, .random_values = 5});
  CHECK(other.store.report().preparation == Cost{});
  CHECK(PublicBits(other.drawn_edabits(67).bits.planes()).to_integers() == range(3, 67));
  CHECK(other.drawn_values(5) == range(70, 5));
  CHECK(other.batches.empty());
}
