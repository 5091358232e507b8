// SPDX-License-Identifier: Apache-2.0
// Protocols that end differently at different parties, because some deviate.
#pragma once

#include <cstddef>
#include <optional>
#include <type_traits>

#include "parley/core/error.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/net/network.hpp"

namespace parley {

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
