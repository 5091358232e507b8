// SPDX-License-Identifier: Apache-2.0
// A party that deviates: its messages are changed on their way out, or on their way in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/net/network.hpp"

namespace parley {

/// Calls outgoing(round, messages) with what is sent, and incoming(round, messages) with what was received, by party;
/// either may change the messages. Rounds count from 1.
class TamperingNetwork final : public Network {
 public:
  using Tamper = std::function<void(std::uint64_t round, std::vector<Bytes>& messages)>;

  TamperingNetwork(Network& network, Tamper outgoing, Tamper incoming)
      : Network(network.self(), network.parties()),
        network_(network),
        outgoing_(std::move(outgoing)),
        incoming_(std::move(incoming)) {}

 private:
  std::vector<Bytes> do_exchange(std::uint64_t round, std::vector<Bytes> outgoing,
                                 std::span<const std::size_t> expected_sizes) override {
    if (outgoing_) outgoing_(round, outgoing);
    std::vector<Bytes> incoming = network_.exchange(std::move(outgoing), expected_sizes);
    if (incoming_) incoming_(round, incoming);
    return incoming;
  }
  void do_give_up(std::string_view reason) noexcept override { network_.give_up(reason); }

  Network& network_;
  Tamper outgoing_, incoming_;
};

/// How a protocol ended at one party.
template <class Value>
struct Outcome {
  std::optional<Value> value;
  std::optional<Error> error;
  Cost cost;
};

/// simulate(), in which a party that gets an Error ends with it.
template <class Program>
auto outcomes(std::size_t parties, const Program& program) {
  using Value = std::remove_cvref_t<std::invoke_result_t<const Program&, Network&>>;
  return simulate(parties, [&](Network& network) {
    Outcome<Value> outcome;
    try {
      outcome.value.emplace(program(network));
    } catch (const Error& error) {
      outcome.error.emplace(error);
      network.give_up(error.what());
    }
    outcome.cost = network.cost();
    return outcome;
  });
}

}  // namespace parley
