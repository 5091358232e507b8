// SPDX-License-Identifier: Apache-2.0
// The modelled network: transparent, and its clock that of the link.
#include "parley/net/modelled_network.hpp"

#include <chrono>
#include <cstddef>
#include <limits>
#include <vector>

#include "catch.hpp"
#include "net/network_conformance.hpp"
#include "parley/net/local_network.hpp"

using namespace parley;

namespace {

/// The times of all parties after rounds in which party i sends size(round, i, j) bytes to party j.
template <class Size>
std::vector<double> times_after(std::size_t parties, std::size_t rounds, const LinkModel& model, Size size) {
  std::vector<double> seconds(parties);
  const auto thrown = network_conformance::run_in_threads(LocalNetwork::create(parties), [&](Network& net) {
    ModelledNetwork modelled(net, model);
    const std::size_t self = net.self();
    for (std::size_t round = 1; round <= rounds; ++round) {
      std::vector<Bytes> outgoing(parties);
      std::vector<std::size_t> expected(parties);
      for (std::size_t p = 0; p < parties; ++p) {
        if (p == self) continue;
        outgoing[p].resize(size(round, self, p));
        expected[p] = size(round, p, self);
      }
      static_cast<void>(modelled.exchange(std::move(outgoing), expected));
    }
    network_conformance::must(modelled.cost().rounds == rounds, "counts rounds");
    seconds[self] = modelled.seconds();
  });
  network_conformance::check_nothing_thrown(thrown);
  return seconds;
}

constexpr Link slow{.seconds_per_round = 0.5, .bytes_per_second = 100};

}  // namespace

TEST_CASE("A modelled network is a network") {
  const auto run = [](std::size_t parties, std::chrono::milliseconds deadline, const auto& program) {
    return network_conformance::run_in_threads(LocalNetwork::create(parties, {.deadline = deadline}),
                                               [&](Network& net) {
                                                 ModelledNetwork modelled(net, {.link = Link::world(), .jitter = 0.01});
                                                 program(modelled);
                                               });
  };
  network_conformance::check(run, std::size_t{1} << 20, 8);  // every message has a time with it
}

TEST_CASE("A round takes the latency and the bytes of a party") {
  // 10 and then 20 bytes leave one after another, and come in one after another at the other end: after 0.5 + 0.3 s.
  const auto seconds = times_after(3, 4, {.link = slow}, [](std::size_t, std::size_t from, std::size_t to) {
    return to == (from + 1) % 3 ? std::size_t{10} : std::size_t{20};
  });
  for (const double time : seconds) CHECK(time == Approx(4 * slow.seconds(1, 30)));
}

TEST_CASE("Who waits for nobody spends no time") {
  const auto seconds = times_after(2, 3, {.link = slow}, [](std::size_t, std::size_t from, std::size_t) {
    return from == 0 ? std::size_t{50} : std::size_t{0};
  });
  CHECK(seconds[0] == 0);
  // The second message leaves when the first has, and so on: the latency is paid once.
  CHECK(seconds[1] == Approx(slow.seconds(1, 150)));
}

TEST_CASE("Messages of several that arrive at once come in one after another") {
  const auto seconds = times_after(3, 1, {.link = slow}, [](std::size_t, std::size_t, std::size_t to) {
    return to == 2 ? std::size_t{40} : std::size_t{0};
  });
  CHECK(seconds[2] == Approx(slow.seconds(1, 80)));
  CHECK(seconds[0] == 0);
}

TEST_CASE("Jitter lengthens each round by less than its bound, and is the same in each run") {
  const auto size = [](std::size_t, std::size_t, std::size_t) { return std::size_t{1}; };
  const LinkModel model{.link = {.seconds_per_round = 1, .bytes_per_second = 1e9}, .jitter = 0.25};
  const auto seconds = times_after(3, 20, model, size);
  CHECK(seconds == times_after(3, 20, model, size));
  for (const double time : seconds) {
    CHECK(time > 20.5);  // the later of two messages, 20 times: 2/3 of the jitter, or at least not a tenth of it
    CHECK(time < 25);
  }
}

TEST_CASE("Computing counts where it is asked for") {
  const auto busy_seconds = [](bool with_computing) {
    const auto ends = LocalNetwork::create(1);
    ModelledNetwork modelled(*ends[0], {.with_computing = with_computing});
    volatile unsigned sum = 0;
    for (unsigned i = 0; i < 1'000'000; ++i) sum = sum + i;
    return modelled.seconds();
  };
  CHECK(busy_seconds(false) == 0);
#if defined(__linux__)
  CHECK(busy_seconds(true) > 0);
#endif
}

TEST_CASE("A link without a time or bandwidth is refused") {
  const auto ends = LocalNetwork::create(1);
  for (const Link& link : {Link{-1, 1}, Link{1, 0}, Link{1, -1}, Link{std::numeric_limits<double>::infinity(), 1},
                           Link{1, std::numeric_limits<double>::quiet_NaN()}})
    CHECK_THROWS_AS(ModelledNetwork(*ends[0], {.link = link}), Error);
  CHECK_THROWS_AS(ModelledNetwork(*ends[0], {.jitter = -1}), Error);
}

TEST_CASE("A message at no time is refused, and its sender named") {
  auto ends = LocalNetwork::create(2);
  std::vector<Bytes> forged(2);
  forged[0] = Bytes(9, std::byte{0xff});  // of one byte, at a time that is no number
  static_cast<void>(ends[1]->exchange(std::move(forged), std::vector<std::size_t>{0, 0}));
  ModelledNetwork modelled(*ends[0]);
  try {
    static_cast<void>(modelled.exchange(std::vector<Bytes>(2), std::vector<std::size_t>{0, 1}));
    FAIL("taken");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::malformed_message);
    CHECK(error.party() == std::size_t{1});
  }
}
