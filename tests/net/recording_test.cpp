// SPDX-License-Identifier: Apache-2.0
// The recording network: transparent, and its transcript complete.
#include "parley/net/recording.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "net/network_conformance.hpp"
#include "parley/net/local_network.hpp"

using namespace parley;
using network_conformance::exchange_all;
using network_conformance::message;

TEST_CASE("A recording network is a network") {
  network_conformance::check([](std::size_t parties, std::chrono::milliseconds deadline, const auto& program) {
    return network_conformance::run_in_threads(LocalNetwork::create(parties, {.deadline = deadline}),
                                               [&](Network& net) {
                                                 RecordingNetwork recording(net);
                                                 program(recording);
                                               });
  });
}

TEST_CASE("A transcript holds every message of its rounds") {
  const auto size = [](std::size_t from, std::size_t to) { return 3 * from + to; };
  std::vector<std::vector<RecordedRound>> transcripts(3);
  std::vector<Cost> inner(3);
  const auto thrown = network_conformance::run_in_threads(LocalNetwork::create(3), [&](Network& net) {
    exchange_all(net, 1);  // before it is recorded
    RecordingNetwork recording(net);
    exchange_all(recording, 2, size);
    exchange_all(recording, 3, size);
    transcripts[net.self()] = recording.transcript();
    inner[net.self()] = net.cost();
    network_conformance::must(recording.cost().rounds == 2, "counts its own rounds");
  });
  network_conformance::check_nothing_thrown(thrown);
  for (std::size_t p = 0; p < 3; ++p) {
    CHECK(inner[p].rounds == 3);
    REQUIRE(transcripts[p].size() == 2);
    for (std::size_t q = 0; q < 3; ++q) {
      for (const std::uint64_t round : {2U, 3U}) {
        const RecordedRound& recorded = transcripts[p][round - 2];
        CHECK(recorded.sent[q] == (p == q ? Bytes() : message(round, p, q, size(p, q))));
        CHECK(recorded.received[q] == (p == q ? Bytes() : message(round, q, p, size(q, p))));
      }
    }
  }
}

TEST_CASE("A round that failed is in the transcript with what was sent") {
  auto ends = LocalNetwork::create(2);
  ends[1].reset();
  RecordingNetwork recording(*ends[0]);
  CHECK_THROWS_AS(exchange_all(recording, 1), Error);
  CHECK_THROWS_AS(exchange_all(recording, 2), Error);
  REQUIRE(recording.transcript().size() == 1);
  CHECK(recording.transcript()[0] == RecordedRound{{Bytes(), message(1, 0, 1, 8)}, {Bytes(), Bytes()}});
  REQUIRE(recording.failure());
  CHECK(std::string(recording.failure()->what()) == ends[0]->failure()->what());
}

TEST_CASE("A party replays its transcript alone") {
  std::vector<RecordedRound> transcript;
  const auto thrown = network_conformance::run_in_threads(LocalNetwork::create(3), [&](Network& net) {
    RecordingNetwork recording(net);
    exchange_all(recording, 1);
    exchange_all(recording, 2);
    if (net.self() == 1) transcript = recording.transcript();
  });
  network_conformance::check_nothing_thrown(thrown);
  ReplayingNetwork replaying(1, transcript);
  exchange_all(replaying, 1);  // checks what is received
  exchange_all(replaying, 2);
  CHECK_THROWS_AS(exchange_all(replaying, 3), Error);  // the transcript is over
  ReplayingNetwork other(1, transcript);
  CHECK_THROWS_AS(exchange_all(other, 2), Error);  // not what was sent
}

TEST_CASE("A transcript of different parties is refused") {
  const RecordedRound two{std::vector<Bytes>(2), std::vector<Bytes>(2)},
      three{std::vector<Bytes>(3), std::vector<Bytes>(3)};
  CHECK_THROWS_AS(ReplayingNetwork(0, {two, three}), Error);
  CHECK_THROWS_AS(ReplayingNetwork(2, {two}), Error);
  CHECK_THROWS_AS(ReplayingNetwork(0, {}), Error);
}
