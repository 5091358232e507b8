// SPDX-License-Identifier: Apache-2.0
// What the Shamir engines ask of their parameters, and how they tell them to each other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>

#include "parley/core/error.hpp"
#include "parley/field/concepts.hpp"
#include "parley/net/link.hpp"

namespace parley::detail {

/// The link as part of the line by which parties notice that they run different programs.
inline std::string text_of(const Link& link) {
  const auto short_text = [](double number) {
    std::array<char, 32> text;
    std::snprintf(text.data(), text.size(), "%.9g", number);
    return std::string(text.data());
  };
  return "link " + short_text(link.seconds_per_round) + " s " + short_text(link.bytes_per_second) + " B/s";
}

/// `parties`. Error(invalid_argument) where G has no evaluation point for each of so many.
template <Field G>
std::size_t checked_parties(std::size_t parties) {
  if (!G::order_exceeds(parties))
    throw Error(ErrorCode::invalid_argument, std::string(G::name) +
                                                 " has too few elements for the evaluation points of " +
                                                 std::to_string(parties) + " parties");
  return parties;
}

/// The privacy threshold asked for, by default the largest possible. Error(invalid_argument) where n >= 2t + 1 >= 3 does
/// not hold, or G has no evaluation point for each party.
template <Field G>
std::size_t checked_threshold(std::size_t parties, std::optional<std::size_t> privacy_threshold) {
  if (parties < 3)
    throw Error(ErrorCode::invalid_argument,
                "Shamir's scheme multiplies among at least 3 parties, and there are " + std::to_string(parties));
  const std::size_t t = privacy_threshold.value_or((parties - 1) / 2);
  if (t == 0)
    throw Error(ErrorCode::invalid_argument,
                "a privacy threshold of 0 gives every party every secret; it is at least 1");
  if (t > (parties - 1) / 2)
    throw Error(ErrorCode::invalid_argument, "a privacy threshold of " + std::to_string(t) + " needs at least " +
                                                 std::to_string(2 * t + 1) + " parties, and there are " +
                                                 std::to_string(parties));
  checked_parties<G>(parties);
  return t;
}

}  // namespace parley::detail
