// SPDX-License-Identifier: Apache-2.0
// The tampering network: transparent where nothing is to be done, and each act what it says.
#include "parley/net/tampering.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "net/network_conformance.hpp"
#include "parley/net/local_network.hpp"

using namespace parley;
using network_conformance::message;

namespace {

/// What parties 1 and 2 receive, or undergo, from party 0, who tampers, in two rounds of messages of `size` bytes.
struct Outcome {
  std::vector<std::vector<Bytes>> received = std::vector<std::vector<Bytes>>(3);
  network_conformance::Thrown thrown;
  std::size_t done = 0;
};
Outcome tampered(const std::vector<TamperingAct>& acts) {
  Outcome outcome;
  outcome.thrown = network_conformance::run_in_threads(
      LocalNetwork::create(3, {.deadline = std::chrono::milliseconds(150)}), [&](Network& net) {
        TamperingNetwork tampering(net, net.self() == 0 ? acts : std::vector<TamperingAct>());
        for (const std::uint64_t round : {1U, 2U}) {
          std::vector<Bytes> outgoing(3);
          std::vector<std::size_t> expected(3);
          if (net.self() == 0)
            for (const std::size_t p : {1U, 2U}) outgoing[p] = message(round, 0, p, 8);
          else
            expected[0] = 8;
          const auto incoming = tampering.exchange(std::move(outgoing), expected);
          if (net.self() != 0) outcome.received[net.self()].push_back(incoming[0]);
        }
        if (net.self() == 0) outcome.done = tampering.done();
      });
  return outcome;
}

}  // namespace

TEST_CASE("A network that tampers with nothing is a network") {
  network_conformance::check([](std::size_t parties, std::chrono::milliseconds deadline, const auto& program) {
    return network_conformance::run_in_threads(
        LocalNetwork::create(parties, {.deadline = deadline}), [&](Network& net) {
          TamperingNetwork tampering(net, {{.round = 1, .receiver = parties}, {.round = 0}});
          program(tampering);
        });
  });
}

TEST_CASE("One bit of one message is inverted") {
  const Outcome outcome = tampered({{.round = 2, .receiver = 1, .position = 8 * 3 + 5}});
  network_conformance::check_nothing_thrown(outcome.thrown);
  CHECK(outcome.done == 1);
  Bytes flipped = message(2, 0, 1, 8);
  flipped[3] ^= std::byte{32};
  CHECK(outcome.received[1] == std::vector<Bytes>{message(1, 0, 1, 8), flipped});
  CHECK(outcome.received[2] == std::vector<Bytes>{message(1, 0, 2, 8), message(2, 0, 2, 8)});
}

TEST_CASE("Messages of another length are refused, and the sender named") {
  for (const Tampering what : {Tampering::truncate, Tampering::extend}) {
    const Outcome outcome = tampered({{.round = 1, .receiver = 2, .what = what}});
    network_conformance::check_error(outcome.thrown[2], ErrorCode::malformed_message, 0);
    CHECK(outcome.received[2].empty());
  }
}

TEST_CASE("A message that is not sent is missed") {
  const Outcome outcome = tampered({{.round = 1, .receiver = 2, .what = Tampering::drop}});
  // The next one comes in its place, and tells by its number that it is not the one.
  network_conformance::check_error(outcome.thrown[2], ErrorCode::malformed_message, 0);
  CHECK(outcome.received[1].size() == 2);
}

TEST_CASE("A message that is late is not waited for beyond the deadline") {
  const Outcome outcome =
      tampered({{.round = 1, .receiver = 2, .what = Tampering::delay, .by = std::chrono::milliseconds(1000)}});
  network_conformance::check_error(outcome.thrown[2], ErrorCode::deadline_exceeded, 0);
}

TEST_CASE("A message is repeated, and messages change places") {
  const Outcome repeated = tampered({{.round = 2, .receiver = 1, .what = Tampering::repeat}});
  network_conformance::check_nothing_thrown(repeated.thrown);
  CHECK(repeated.received[1] == std::vector<Bytes>{message(1, 0, 1, 8), message(1, 0, 1, 8)});
  const Outcome reordered = tampered({{.round = 2, .receiver = 2, .what = Tampering::reorder}});
  network_conformance::check_nothing_thrown(reordered.thrown);
  CHECK(reordered.received[1][1] == message(2, 0, 2, 8));
  CHECK(reordered.received[2][1] == message(2, 0, 1, 8));
}

TEST_CASE("A function changes what is sent, and one what is received") {
  const auto reversed = [](std::uint64_t round, std::vector<Bytes>& messages) {
    if (round == 2)
      for (Bytes& each : messages) std::ranges::reverse(each);
  };
  std::vector<Bytes> received(2);
  const auto thrown = network_conformance::run_in_threads(LocalNetwork::create(2), [&](Network& net) {
    TamperingNetwork tampering(net, net.self() == 0 ? TamperingNetwork::Tamper(reversed) : TamperingNetwork::Tamper(),
                               net.self() == 0 ? TamperingNetwork::Tamper(reversed) : TamperingNetwork::Tamper());
    for (const std::uint64_t round : {1U, 2U}) {
      std::vector<Bytes> outgoing(2);
      outgoing[1 - net.self()] = message(round, net.self(), 1 - net.self(), 8);
      std::vector<std::size_t> expected(2);
      expected[1 - net.self()] = 8;
      received[net.self()] = tampering.exchange(std::move(outgoing), expected)[1 - net.self()];
    }
  });
  network_conformance::check_nothing_thrown(thrown);
  Bytes sent = message(2, 0, 1, 8), got = message(2, 1, 0, 8);
  std::ranges::reverse(sent);
  std::ranges::reverse(got);
  CHECK(received[1] == sent);
  CHECK(received[0] == got);
}
