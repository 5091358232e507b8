// SPDX-License-Identifier: Apache-2.0
// Broadcast by echo: honest parties hear the same or fail, and who deviates is named where that is clear.
#include "parley/group/echo_broadcast.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "group/outcomes.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/net/network.hpp"
#include "parley/net/tampering.hpp"

using namespace parley;

namespace {

Bytes text(const std::string& characters) {
  Bytes bytes;
  for (const char c : characters) bytes.push_back(static_cast<std::byte>(c));
  return bytes;
}

constexpr std::size_t n = 4, deviating = 3, digest = 32;

/// Everybody broadcasts, hears, and confirms; party 3 deviates. The result is what was heard.
auto run(TamperingNetwork::Tamper outgoing, std::size_t privacy_threshold = 1) {
  return outcomes(n, [&](Network& network) {
    TamperingNetwork tampering(network, network.self() == deviating ? outgoing : nullptr);
    EchoBroadcast broadcast(tampering, privacy_threshold);
    const auto heard =
        broadcast.exchange(text("I am " + std::to_string(network.self())), std::vector<std::size_t>(n, 6));
    broadcast.confirm();
    return heard.broadcast;
  });
}

/// In round 2, party 3 says that `sender` has told it something else.
void lie(std::vector<Bytes>& messages, std::size_t to, std::size_t sender) {
  messages[to][sender * digest] ^= std::byte{1};
}

}  // namespace

TEST_CASE("everybody hears what everybody said, and the private messages come along") {
  const auto ends = outcomes(n, [](Network& network) {
    EchoBroadcast broadcast(network, 1);
    const std::vector<std::size_t> sizes = {3, 0, 1, 2};
    const Bytes mine(sizes[network.self()], static_cast<std::byte>(network.self() + 1));
    std::vector<Bytes> individual;
    for (std::size_t to = 0; to < n; ++to) individual.push_back(text(std::to_string(10 * network.self() + 100 + to)));
    const auto first = broadcast.exchange(mine, sizes, individual, 3);
    const auto second = broadcast.exchange(text("x"), std::vector<std::size_t>(n, 1));
    broadcast.confirm();
    CHECK_THROWS_AS(broadcast.confirm(), Error);
    const auto third = broadcast.exchange(text("y"), std::vector<std::size_t>(n, 1));
    broadcast.confirm();
    return std::vector{first, second, third};
  });
  for (std::size_t self = 0; self < n; ++self) {
    REQUIRE(ends[self].value);
    const auto& [first, second, third] =
        std::tie((*ends[self].value)[0], (*ends[self].value)[1], (*ends[self].value)[2]);
    for (std::size_t from = 0; from < n; ++from) {
      CHECK(first.broadcast[from] ==
            Bytes(std::vector<std::size_t>{3, 0, 1, 2}[from], static_cast<std::byte>(from + 1)));
      if (from != self) CHECK(first.individual[from] == text(std::to_string(10 * from + 100 + self)));
      CHECK(second.broadcast[from] == text("x"));
      CHECK(third.broadcast[from] == text("y"));
    }
    CHECK(ends[self].cost.rounds == 5);
    CHECK(ends[self].cost.bytes_sent ==
          (n - 1) * (std::vector<std::size_t>{3, 0, 1, 2}[self] + 3 + 1 + 1 + 3 * n * digest));
  }
}

TEST_CASE("who tells one party something else is found out by all whom it concerns") {
  const auto ends = run([](std::uint64_t round, std::vector<Bytes>& messages) {
    if (round == 1) messages[0] = text("I am 0");
  });
  for (std::size_t party = 0; party < deviating; ++party) {
    REQUIRE(ends[party].error);
    CHECK(ends[party].error->code() == ErrorCode::inconsistent_broadcast);
  }
  CHECK(ends[0].error->party() == deviating);  // its own echo does not fit
  // To parties 1 and 2, party 0 may as well be the liar.
  CHECK_FALSE(ends[1].error->party());
  CHECK_FALSE(ends[2].error->party());
}

TEST_CASE("a sender whom more parties contradict than can deviate is named") {
  // It adapts its echo as well.
  std::vector<Bytes> first;
  const auto ends = run([&](std::uint64_t round, std::vector<Bytes>& messages) {
    if (round == 1) {
      first = messages;
      messages[0] = text("I am 0");
    } else {
      // What party 0's honest echo of "I am 0" from party 3 is, only BLAKE2b can tell.
      std::array<std::byte, 16> place{};
      place[8] = std::byte{deviating};
      crypto_generichash_state state;
      crypto_generichash_init(&state, nullptr, 0, digest);
      crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(place.data()), place.size());
      crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>("I am 0"), 6);
      crypto_generichash_final(&state, reinterpret_cast<unsigned char*>(messages[0].data() + deviating * digest),
                               digest);
    }
  });
  CHECK(ends[0].error->party() == deviating);  // parties 1 and 2 contradict it
  CHECK(std::string(ends[0].error->what()).find("different broadcasts") != std::string::npos);
  CHECK_FALSE(ends[1].error->party());
}

TEST_CASE("whoever lies about what it was told gets named, or is one of two") {
  struct Lie {
    std::vector<std::size_t> about;
    std::optional<std::size_t> named;
  };
  for (const Lie& told : {Lie{{1}, std::nullopt}, Lie{{0}, deviating}, Lie{{3}, deviating}, Lie{{1, 2}, deviating}}) {
    const auto ends = run([&](std::uint64_t round, std::vector<Bytes>& messages) {
      if (round != 2) return;
      for (const std::size_t sender : told.about) lie(messages, 0, sender);
    });
    REQUIRE(ends[0].error);
    CHECK(ends[0].error->code() == ErrorCode::inconsistent_broadcast);
    CHECK(ends[0].error->party() == told.named);
    // It was the last round: the others cannot know.
    CHECK(ends[1].value);
    CHECK(ends[2].value);
  }
}

TEST_CASE("two deviating parties of five cannot make honest parties name an honest one") {
  // Parties 3 and 4 both lie to party 0 about party 1: no more than t.
  const auto ends = outcomes(5, [](Network& network) {
    const auto lies = [](std::uint64_t round, std::vector<Bytes>& messages) {
      if (round == 2) lie(messages, 0, 1);
    };
    TamperingNetwork tampering(network, network.self() >= 3 ? TamperingNetwork::Tamper(lies) : nullptr);
    EchoBroadcast broadcast(tampering, 2);
    static_cast<void>(broadcast.exchange(text("x"), std::vector<std::size_t>(5, 1)));
    broadcast.confirm();
    return 0;
  });
  REQUIRE(ends[0].error);
  CHECK_FALSE(ends[0].error->party());
}
