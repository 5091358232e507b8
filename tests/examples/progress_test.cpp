// SPDX-License-Identifier: Apache-2.0
// The examples' line of progress, on a clock that the test sets, and the network that tells of its rounds.
#include "../../examples/progress.hpp"

#include <chrono>
#include <cstdint>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "parley/engine/simulate.hpp"

using namespace examples;

namespace {

struct FakeClock {
  std::chrono::steady_clock::time_point now{};
  void advance(int milliseconds) { now += std::chrono::milliseconds(milliseconds); }
};

}  // namespace

TEST_CASE("nothing is shown within the first second") {
  std::ostringstream out;
  FakeClock clock;
  {
    Progress progress(Progress::Output::terminal, out, [&] { return clock.now; });
    clock.advance(999);
    progress.update("computing", 0.5);
  }
  CHECK(out.str().empty());
}

TEST_CASE("on a terminal a line is written over itself, ten times a second, and removed") {
  std::ostringstream out;
  FakeClock clock;
  {
    Progress progress(Progress::Output::terminal, out, [&] { return clock.now; });
    clock.advance(1000);
    progress.update("computing", 0.409);
    clock.advance(99);
    progress.update("computing", 0.5);
    clock.advance(1);
    progress.update("computing", 1.7);
  }
  CHECK(out.str() == "\rcomputing: 40 %\x1b[K\rcomputing: 100 %\x1b[K\r\x1b[K");
}

TEST_CASE("elsewhere a line is written each second") {
  std::ostringstream out;
  FakeClock clock;
  {
    Progress progress(Progress::Output::lines, out, [&] { return clock.now; });
    clock.advance(1000);
    progress.update("reading", 0);
    clock.advance(999);
    progress.update("reading", 0.5);
    clock.advance(1);
    progress.update("reading", 0.5);
  }
  CHECK(out.str() == "reading: 0 %\nreading: 50 %\n");
}

TEST_CASE("nothing is shown where nobody looks") {
  std::ostringstream out;
  FakeClock clock;
  {
    Progress progress(Progress::Output::none, out, [&] { return clock.now; });
    clock.advance(5000);
    progress.update("computing", 0.5);
  }
  CHECK(out.str().empty());
}

TEST_CASE("an observed network tells its rounds and is otherwise the one below it") {
  const auto seen = parley::simulate(2, [](parley::Network& network) {
    std::vector<std::uint64_t> rounds;
    ObservedNetwork observed(network, [&](std::uint64_t round) { rounds.push_back(round); });
    const std::size_t other = 1 - observed.self();
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}}) {
      std::vector<parley::Bytes> outgoing(2);
      outgoing[other] = parley::Bytes(size, std::byte{static_cast<unsigned char>(network.self())});
      std::vector<std::size_t> expected(2);
      expected[other] = size;
      const auto incoming = observed.exchange(std::move(outgoing), expected);
      if (incoming[other] != parley::Bytes(size, std::byte{static_cast<unsigned char>(other)})) rounds.clear();
    }
    if (observed.cost() != network.cost()) rounds.clear();
    return rounds;
  });
  CHECK(seen == std::vector<std::vector<std::uint64_t>>{{1, 2}, {1, 2}});
}

TEST_CASE("giving up passes through an observed network") {
  CHECK_THROWS_WITH(parley::simulate(2,
                                     [](parley::Network& network) {
                                       ObservedNetwork observed(network, [](std::uint64_t) {});
                                       if (network.self() == 0) return observed.give_up("enough");
                                       std::vector<std::size_t> expected = {1, 0};
                                       static_cast<void>(observed.exchange(std::vector<parley::Bytes>(2), expected));
                                     }),
                    Catch::Matchers::ContainsSubstring("gave up: enough"));
}
