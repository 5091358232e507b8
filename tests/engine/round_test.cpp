// SPDX-License-Identifier: Apache-2.0
// The parts of a round go into one message for each receiver and come out in the same order.
#include "parley/engine/round.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"

using namespace parley;

TEST_CASE("several parts share one message for each receiver") {
  using F = Mersenne61;
  using G = SmallPrime<7>;
  const auto ends = simulate(3, [](Network& network) {
    detail::Round round(network);
    const std::size_t self = network.self(), next = (self + 1) % 3, previous = (self + 2) % 3;
    round.send_elements<F>(next, std::vector<F>{F{self}, F{10 + self}});
    round.expect_elements<F>(previous, 2);
    round.send(next, 1)[0] = static_cast<std::byte>(self);
    round.expect(previous, 1);
    round.send_elements<G>(next, std::vector<G>{G{5}});
    round.expect_elements<G>(previous, 1);
    round.send_elements<G>(previous, std::vector<G>{});
    round.expect_elements<G>(next, 0);
    round.exchange();
    std::vector<F> elements(2);
    round.receive_elements<F>(previous, std::span<F>(elements));
    const auto byte = std::to_integer<std::size_t>(round.receive(previous, 1)[0]);
    std::vector<G> small(1);
    round.receive_elements<G>(previous, std::span<G>(small));
    const bool right =
        elements == std::vector<F>{F{previous}, F{10 + previous}} && byte == previous && small[0] == G{5};
    return std::pair(right, network.cost());
  });
  for (const auto& [right, cost] : ends) {
    CHECK(right);
    CHECK(cost == Cost{.rounds = 1, .messages = 1, .bytes_sent = 18, .bytes_received = 18});
  }
}

TEST_CASE("a silent round is none, and a round without messages is one") {
  for (const auto& [silent, rounds] : {std::pair(true, 0U), std::pair(false, 1U)}) {
    const auto costs = simulate(2, [silent = silent](Network& network) {
      detail::Round round(network);
      round.exchange(silent);
      if (!round.receive(1 - network.self(), 0).empty()) throw std::logic_error("bytes out of nothing");
      return network.cost();
    });
    for (const Cost& cost : costs) CHECK(cost == Cost{.rounds = rounds});
  }
}

TEST_CASE("what is not an element is the sender's fault") {
  using G = SmallPrime<7>;
  const auto errors = simulate(2, [](Network& network) -> std::optional<Error> {
    detail::Round round(network);
    const std::size_t other = 1 - network.self();
    const auto message = round.send(other, 2);
    message[0] = std::byte{6};
    message[1] = network.self() == 1 ? std::byte{7} : std::byte{0};
    round.expect_elements<G>(other, 2);
    round.exchange();
    std::vector<G> elements(2);
    try {
      round.receive_elements<G>(other, std::span<G>(elements));
    } catch (const Error& error) {
      return error;
    }
    return std::nullopt;
  });
  CHECK_FALSE(errors[1]);
  REQUIRE(errors[0]);
  CHECK(errors[0]->code() == ErrorCode::malformed_message);
  CHECK(errors[0]->party() == 1);
  CHECK(std::string(errors[0]->what()) == "party 1 sent something that is not an element of SmallPrime<7>");
}
