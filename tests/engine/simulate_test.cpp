// SPDX-License-Identifier: Apache-2.0
// simulate(): what it returns, and what it says when a party fails.
#include "parley/engine/simulate.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <latch>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "catch.hpp"

using namespace parley;
using Catch::Matchers::ContainsSubstring;

namespace {

/// A round in which every party sends its number to every other; returns the sum of what came.
std::size_t exchange_numbers(Network& net) {
  std::vector<Bytes> outgoing(net.parties(), Bytes(1, static_cast<std::byte>(net.self())));
  std::vector<std::size_t> expected(net.parties(), 1);
  outgoing[net.self()].clear();
  expected[net.self()] = 0;
  std::size_t sum = 0;
  for (const Bytes& message : net.exchange(std::move(outgoing), expected)) {
    for (const std::byte byte : message) sum += std::to_integer<std::size_t>(byte);
  }
  return sum;
}

/// What simulate() throws: the Error, and what is nested in it.
struct Failure {
  Error error;
  std::exception_ptr nested;
};

template <class Program>
Failure failure_of(std::size_t parties, const Program& program, const SimulationOptions& options = {}) {
  try {
    (void)simulate(parties, program, options);
  } catch (const Error& error) {
    const auto* const nested = dynamic_cast<const std::nested_exception*>(&error);
    return {error, nested != nullptr ? nested->nested_ptr() : nullptr};
  }
  return {Error(ErrorCode::invalid_state, "nothing was thrown"), nullptr};
}

template <class T>
std::optional<T> nested_in(const Failure& failure) {
  if (!failure.nested) return std::nullopt;
  try {
    std::rethrow_exception(failure.nested);
  } catch (const T& nested) {
    return nested;
  } catch (...) {
    return std::nullopt;
  }
}

struct OnlyMovable {
  OnlyMovable() = delete;
  explicit OnlyMovable(std::size_t n) : number(std::make_unique<std::size_t>(n)) {}
  std::unique_ptr<std::size_t> number;
};

std::size_t self_squared(Network& net) { return net.self() * net.self(); }

}  // namespace

TEST_CASE("Every party runs the program, and the results are in the order of the parties") {
  const auto seen = simulate(5, [](auto& net) {
    static_assert(std::is_same_v<decltype(net), Network&>);
    return std::array<std::size_t, 3>{net.self(), net.parties(), exchange_numbers(net)};
  });
  static_assert(std::is_same_v<decltype(seen), const std::vector<std::array<std::size_t, 3>>>);
  REQUIRE(seen.size() == 5);
  for (std::size_t p = 0; p < 5; ++p) CHECK(seen[p] == std::array<std::size_t, 3>{p, 5, 10 - p});
}

TEST_CASE("A program may return whatever can be moved, or nothing") {
  const auto movable = simulate(3, [](Network& net) { return OnlyMovable(net.self()); });
  for (std::size_t p = 0; p < 3; ++p) CHECK(*movable[p].number == p);

  std::atomic<int> runs = 0;
  static_assert(std::is_void_v<decltype(simulate(3, [&](Network&) { ++runs; }))>);
  simulate(3, [&](Network&) { ++runs; });
  CHECK(runs == 3);

  const std::vector<int> numbers = {7, 8, 9};
  const auto copies = simulate(3, [&](Network& net) -> const int& { return numbers[net.self()]; });
  CHECK(copies == numbers);

  const std::vector<bool> odd = simulate(9, [](Network& net) { return net.self() % 2 == 1; });
  for (std::size_t p = 0; p < 9; ++p) CHECK(odd[p] == (p % 2 == 1));

  CHECK(simulate(3, self_squared) == std::vector<std::size_t>{0, 1, 4});
  CHECK(simulate(3, &self_squared) == std::vector<std::size_t>{0, 1, 4});
}

TEST_CASE("One party, and many") {
  CHECK(simulate(1, exchange_numbers) == std::vector<std::size_t>{0});
  const auto seen = simulate(64, [](Network& net) {
    std::size_t sum = 0;
    for (int round = 0; round < 5; ++round) sum += exchange_numbers(net);
    return sum;
  });
  for (std::size_t p = 0; p < 64; ++p) CHECK(seen[p] == 5 * (64 * 63 / 2 - p));
}

TEST_CASE("A simulation inside a simulation") {
  const auto seen = simulate(3, [](Network& outer) {
    const auto inner = simulate(2 + outer.self(), exchange_numbers);
    return inner.front() + exchange_numbers(outer);
  });
  CHECK(seen == std::vector<std::size_t>{1 + 3, 3 + 2, 6 + 1});
}

TEST_CASE("A simulation needs a party and time") {
  const auto nothing = [](Network&) {};
  CHECK(failure_of(0, nothing).error.code() == ErrorCode::invalid_argument);
  CHECK_THAT(failure_of(0, nothing).error.what(), ContainsSubstring("at least one party"));
  CHECK(failure_of(2, nothing, {.deadline = std::chrono::milliseconds(0)}).error.code() == ErrorCode::invalid_argument);
}

TEST_CASE("When a party throws, all end, and the error names it") {
  for (std::size_t culprit = 0; culprit < 4; ++culprit) {
    for (int before = 0; before < 3; ++before) {
      std::atomic<std::size_t> left = 0;
      const auto failure = failure_of(4, [&](Network& net) {
        for (int round = 0; round < before; ++round) (void)exchange_numbers(net);
        if (net.self() == culprit) throw Error(ErrorCode::out_of_range, 77, "row 12 is empty");
        try {
          (void)exchange_numbers(net);
        } catch (const Error& error) {
          if (error.code() == ErrorCode::peer_failed && error.party() == culprit &&
              error.what() == "party " + std::to_string(culprit) + " gave up: row 12 is empty") {
            ++left;
          }
          throw;
        }
      });
      CHECK(left == 3);
      CHECK(failure.error.code() == ErrorCode::out_of_range);
      CHECK(failure.error.party() == culprit);
      CHECK(failure.error.what() == "party " + std::to_string(culprit) + " failed: row 12 is empty");
      const auto original = nested_in<Error>(failure);
      REQUIRE(original);
      CHECK(original->party() == 77);
    }
  }
}

TEST_CASE("An exception of another kind is reported as a failed party") {
  const auto waiting = [](const auto& act) {
    return [&act](Network& net) {
      if (net.self() == 1) act();
      return exchange_numbers(net);
    };
  };
  const auto standard = [] { throw std::domain_error("no such day"); };
  const auto failure = failure_of(3, waiting(standard));
  CHECK(failure.error.code() == ErrorCode::peer_failed);
  CHECK(failure.error.party() == 1);
  CHECK(failure.error.what() == std::string("party 1 failed: no such day"));
  CHECK(nested_in<std::domain_error>(failure));

  const auto number = [] { throw 7; };
  const auto strange = failure_of(3, waiting(number));
  CHECK(strange.error.code() == ErrorCode::peer_failed);
  CHECK(strange.error.party() == 1);
  CHECK_THAT(strange.error.what(), ContainsSubstring("party 1 failed: its program threw"));
  CHECK(nested_in<int>(strange) == 7);
}

TEST_CASE("The cause is reported, also where its consequences are complete before it") {
  std::latch others(2);
  const auto failure = failure_of(3, [&](Network& net) {
    if (net.self() == 2) {
      net.give_up("a word in advance");
      others.wait();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));  // most likely the others have ended; right if not
      throw Error(ErrorCode::inconsistent_shares, "the cause");
    }
    try {
      (void)exchange_numbers(net);
    } catch (const Error&) {
      others.count_down();
      throw std::runtime_error("translated");  // a consequence all the same
    }
  });
  CHECK(failure.error.code() == ErrorCode::inconsistent_shares);
  CHECK(failure.error.party() == 2);
  CHECK(failure.error.what() == std::string("party 2 failed: the cause"));
}

TEST_CASE("Of two causes the earlier is reported, whatever the numbers of the parties") {
  for (const std::size_t earlier : {0U, 2U}) {
    std::latch known(1);
    const auto failure = failure_of(3, [&](Network& net) {
      if (net.self() == earlier) throw Error(ErrorCode::out_of_range, "the first");
      if (net.self() == 2 - earlier) {
        known.wait();
        throw Error(ErrorCode::inconsistent_shares, "a later one");
      }
      try {
        (void)exchange_numbers(net);
      } catch (const Error&) {
        known.count_down();  // what reaches party 1 has been noted by simulate() before
      }
    });
    CHECK(failure.error.party() == earlier);
    CHECK(failure.error.code() == ErrorCode::out_of_range);
  }
}

TEST_CASE("A party that gives up without throwing is the cause of what the others throw") {
  const auto failure = failure_of(3, [](Network& net) {
    if (net.self() == 1) {
      net.give_up("no more paper");
      return std::size_t{0};
    }
    return exchange_numbers(net);
  });
  CHECK(failure.error.code() == ErrorCode::peer_failed);
  CHECK(failure.error.party() == 1);
  CHECK_THAT(failure.error.what(), ContainsSubstring("no more paper"));
}

TEST_CASE("A failure that no program lets out is no failure of the simulation") {
  const auto seen = simulate(3, [](Network& net) -> std::string {
    if (net.self() == 1) {
      net.give_up("no more paper");
      return "gave up";
    }
    try {
      (void)exchange_numbers(net);
    } catch (const Error& error) {
      return error.what();
    }
    return "went well";
  });
  CHECK(seen ==
        std::vector<std::string>{"party 1 gave up: no more paper", "gave up", "party 1 gave up: no more paper"});
}

TEST_CASE("A program that ends while another waits for it") {
  const auto failure = failure_of(2, [](Network& net) {
    (void)exchange_numbers(net);
    if (net.self() == 0) (void)exchange_numbers(net);
  });
  CHECK(failure.error.code() == ErrorCode::peer_failed);
  CHECK(failure.error.party() == 0);
  CHECK_THAT(failure.error.what(), ContainsSubstring("party 0 failed: party 1 ended its program after round 1"));
}

TEST_CASE("A party that is late is named, and waited for") {
  std::latch over(1);
  std::atomic<bool> returned = false;
  const auto failure = failure_of(2,
                                  [&](Network& net) {
                                    if (net.self() == 1) {
                                      over.wait();
                                      std::this_thread::sleep_for(std::chrono::milliseconds(20));
                                      returned = true;
                                      return std::size_t{0};
                                    }
                                    try {
                                      return exchange_numbers(net);
                                    } catch (const Error&) {
                                      over.count_down();
                                      throw;
                                    }
                                  },
                                  {.deadline = std::chrono::milliseconds(30)});
  CHECK(returned);
  CHECK(failure.error.code() == ErrorCode::deadline_exceeded);
  CHECK(failure.error.party() == 0);
  CHECK_THAT(failure.error.what(), ContainsSubstring("party 0 failed: party 0 waits for party 1 in round 1"));
  REQUIRE(nested_in<Error>(failure));
  CHECK(nested_in<Error>(failure)->party() == 1);
}

TEST_CASE("Where a thread cannot be started, no program runs") {
  for (std::size_t last = 0; last < 4; ++last) {
    std::atomic<int> runs = 0;
    std::size_t started = 0;
    const auto start_thread = [&](auto body) {
      if (started == last) throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
      ++started;
      return std::thread(std::move(body));
    };
    try {
      detail::simulate_in(start_thread, 4, [&](Network&) { ++runs; }, {});
      FAIL("a thread could not be started");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::invalid_state);
      CHECK(error.party() == last);
      CHECK_THAT(error.what(), ContainsSubstring("the thread of party " + std::to_string(last)));
    }
    CHECK(started == last);
    CHECK(runs == 0);
  }
}
