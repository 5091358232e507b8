// SPDX-License-Identifier: Apache-2.0
// The in-process network: what every network must do, and what only this one promises.
#include "parley/net/local_network.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "net/network_conformance.hpp"

using namespace parley;
using Catch::Matchers::ContainsSubstring;

namespace {

using network_conformance::exchange_all;

std::size_t no_message(std::size_t, std::size_t) { return 0; }

// What the end of one party throws in a round of 8 bytes between all.
Error failure_of(Network& net, std::uint64_t round = 1) {
  try {
    exchange_all(net, round);
  } catch (const Error& error) {
    return error;
  }
  return {ErrorCode::invalid_state, "nothing was thrown"};
}

}  // namespace

TEST_CASE("The in-process network is a network") {
  network_conformance::check([](std::size_t parties, std::chrono::milliseconds deadline, const auto& program) {
    return network_conformance::run_in_threads(LocalNetwork::create(parties, {.deadline = deadline}), program);
  });
}

TEST_CASE("An in-process network needs a party and time") {
  const auto code = [](std::size_t parties, std::chrono::milliseconds deadline) {
    try {
      const auto ends = LocalNetwork::create(parties, {.deadline = deadline});
    } catch (const Error& error) {
      return to_string(error.code());
    }
    return std::string_view("created");
  };
  CHECK(code(0, std::chrono::seconds(1)) == "invalid_argument");
  CHECK(code(2, std::chrono::seconds(0)) == "invalid_argument");
  CHECK(code(2, std::chrono::seconds(-1)) == "invalid_argument");
  CHECK(code(1, std::chrono::milliseconds(1)) == "created");
}

TEST_CASE("A deadline beyond the end of time is no deadline") {
  auto ends = LocalNetwork::create(2, {.deadline = std::chrono::milliseconds::max()});
  std::thread other([&] {
    exchange_all(*ends[1], 1, no_message);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // so that party 0 has to wait
    exchange_all(*ends[1], 2);
  });
  exchange_all(*ends[0], 1, no_message);
  exchange_all(*ends[0], 2);
  other.join();
  CHECK(ends[0]->cost().bytes_received == 8);
}

TEST_CASE("Messages are moved from party to party") {
  auto ends = LocalNetwork::create(2);
  std::vector<Bytes> outgoing(2);
  outgoing[1].resize(1000);
  const std::byte* const sent = outgoing[1].data();
  (void)ends[0]->exchange(std::move(outgoing), std::vector<std::size_t>{0, 0});
  const auto incoming = ends[1]->exchange(std::vector<Bytes>(2), std::vector<std::size_t>{1000, 0});
  CHECK(incoming[0].data() == sent);
}

TEST_CASE("A message that nobody expects is refused in its own round where it has come already") {
  const auto ends = LocalNetwork::create(2);
  exchange_all(*ends[1], 1, [](std::size_t from, std::size_t) { return from == 1 ? std::size_t{5} : 0; });
  try {
    exchange_all(*ends[0], 1, no_message);
    FAIL("party 1 has sent a message");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::malformed_message);
    CHECK(error.what() == std::string("round 1: party 1 sent 5 bytes to party 0, who expected 0"));
  }
}

TEST_CASE("Of several who left, the one who left first is named") {
  for (const std::size_t first : {1U, 2U}) {
    auto ends = LocalNetwork::create(3);
    ends[first]->give_up("the cause");
    const std::size_t second = 3 - first;
    CHECK(failure_of(*ends[second]).party() == first);  // and so it leaves in turn, after sending its message
    exchange_all(*ends[0], 1, [&](std::size_t from, std::size_t) { return from == second ? std::size_t{8} : 0; });
    const Error error = failure_of(*ends[0], 2);
    CHECK(error.code() == ErrorCode::peer_failed);
    CHECK(error.what() == "party " + std::to_string(first) + " gave up: the cause");
  }
}

TEST_CASE("A consequence says what it is a consequence of") {
  auto ends = LocalNetwork::create(3);
  ends[2]->give_up("the cause");
  CHECK(failure_of(*ends[1]).party() == 2);
  try {
    const auto from_1 = [](std::size_t from, std::size_t) { return from == 1 ? std::size_t{8} : 0; };
    exchange_all(*ends[0], 1, from_1);  // it sent this one before it failed
    exchange_all(*ends[0], 2, from_1);
    FAIL("party 1 has left");
  } catch (const Error& error) {
    CHECK(error.party() == 1);
    CHECK(std::string(error.what()) == "party 1 gave up: party 2 gave up: the cause");
  }
}

TEST_CASE("Leaving says how") {
  auto ends = LocalNetwork::create(3);
  SECTION("ended before the first round") {
    ends[1].reset();
    CHECK_THAT(failure_of(*ends[0]).what(), ContainsSubstring("party 1 ended its program after round 0"));
    CHECK_THAT(ends[0]->failure()->what(), ContainsSubstring("party 0 waits for party 1 in round 1"));
  }
  SECTION("threw") {
    try {
      const auto mine = std::move(ends[1]);
      throw std::runtime_error("something private");
    } catch (const std::runtime_error&) {
    }
    CHECK(failure_of(*ends[0]).what() == std::string("party 1 gave up: its program threw an exception"));
  }
  SECTION("ended, all of it while an exception is on its way elsewhere") {
    struct RunsWhenDestroyed {
      ~RunsWhenDestroyed() {
        auto inner = LocalNetwork::create(2);
        inner[1].reset();
        text = failure_of(*inner[0]).what();
      }
      std::string& text;
    };
    std::string text;
    try {
      const RunsWhenDestroyed guard{text};
      throw std::runtime_error("elsewhere");
    } catch (const std::runtime_error&) {
    }
    CHECK_THAT(text, ContainsSubstring("party 1 ended its program"));
  }
}

TEST_CASE("A missed deadline says what the late party was doing") {
  auto ends = LocalNetwork::create(3, {.deadline = std::chrono::milliseconds(30)});
  const auto from_1_to_0 = [](std::size_t from, std::size_t to) { return from == 1 && to == 0 ? std::size_t{5} : 0; };
  SECTION("nothing yet") {
    try {
      exchange_all(*ends[0], 1, from_1_to_0);
      FAIL("party 1 has sent nothing");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::deadline_exceeded);
      CHECK(error.party() == 1);
      CHECK(error.what() ==
            std::string(
                "party 0 waits for party 1 in round 1 and got nothing for 30 ms; party 1 has entered no round yet"));
    }
  }
  SECTION("computing after an earlier round") {
    exchange_all(*ends[1], 1, no_message);
    exchange_all(*ends[0], 1, no_message);
    try {
      exchange_all(*ends[0], 2, from_1_to_0);
      FAIL("party 1 has sent nothing");
    } catch (const Error& error) {
      CHECK_THAT(error.what(), ContainsSubstring("in round 2 and got nothing for 30 ms; party 1 has entered round 1"));
    }
  }
}

TEST_CASE("A missed deadline says for whom the late party was waiting") {
  // Party 1 begins to wait later than party 0, and so it still waits when the time of party 0 is over, unless the
  // machine lets it sleep for too long: then again, with more time.
  std::string text;
  for (int time = 30; time < 5000 && text.find("waits for party 2") == std::string::npos; time *= 2) {
    const auto ends = LocalNetwork::create(3, {.deadline = std::chrono::milliseconds(time)});
    std::thread other([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(time / 2));
      try {
        exchange_all(*ends[1], 1,
                     [](std::size_t from, std::size_t to) { return from == 2 && to == 1 ? std::size_t{5} : 0; });
      } catch (const Error&) {
      }
    });
    try {
      exchange_all(*ends[0], 1,
                   [](std::size_t from, std::size_t to) { return from == 1 && to == 0 ? std::size_t{5} : 0; });
    } catch (const Error& error) {
      text = error.what();
    }
    other.join();
    CHECK(ends[0]->failure()->party() == 1);
    CHECK(ends[1]->failure()->party() == 2);
  }
  CHECK_THAT(text, ContainsSubstring("party 1 has entered round 1 and waits for party 2"));
}
