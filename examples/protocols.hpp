// SPDX-License-Identifier: Apache-2.0
// What the examples compute among parties, each as one party's part, over whatever network: simulated, over TLS or over
// MPI. The protocols are compiled once (protocols/protocols.cpp) for all programs, as engines take long to compile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/net/network.hpp"

namespace examples {

/// Numbers are compared, and opened, as elements of the integers modulo 2^61 - 1: below 2^59.
inline constexpr std::uint64_t greatest_number = (std::uint64_t{1} << 59) - 1;
/// The same limit for counts and sums.
inline constexpr std::uint64_t greatest_sum = greatest_number;

/// What the parties of a session have to agree on, for their hellos.
inline constexpr const char* name_of_field = "2^61 - 1";
inline constexpr const char* name_of_engine = "Shamir, passive";
inline constexpr const char* name_of_active_engine = "Shamir, active";

/// Where a party's randomness comes from: the operating system, or, in demonstrations, a number and a label of its own.
struct Randomness {
  std::optional<std::uint64_t> seed;
  std::string label;
};

/// Is told when a phase of a protocol begins, and how many rounds there will have been when the protocol ends, 0 where
/// that cannot be said.
using OnPhase = std::function<void(std::string_view phase, std::uint64_t expected_rounds)>;

/// A protocol's part among the others; `on_phase` may be empty.
struct Setting {
  parley::Network& network;
  Randomness randomness = {};
  OnPhase on_phase = {};
  /// Whether a minority of the parties may deviate from the protocol, and be noticed; else they are trusted to follow it.
  bool active = false;
};

/// The sum of all parties' numbers. All parties learn it, and nothing else. The parties see to it that it is at most
/// greatest_sum.
std::uint64_t add_up(const Setting& setting, std::uint64_t mine);

struct Statistics {
  std::uint64_t entries = 0;
  std::uint64_t sum = 0;
  std::vector<std::uint64_t> deciles;  ///< of 10 %, 20 %, ..., 90 %
};

/// Number, sum and deciles of all parties' values, each at most `maximum`; nothing, and nothing else revealed, where
/// there are fewer than `least_entries` in all.
std::optional<Statistics> survey(const Setting& setting, std::span<const std::uint64_t> mine, std::uint64_t maximum,
                                 std::uint64_t least_entries);

/// The median of all parties' values, each at most `maximum`: of N the ceil(N / 2)-th smallest. Nothing where there are
/// fewer than `least_entries` in all.
std::optional<std::uint64_t> find_median(const Setting& setting, std::span<const std::uint64_t> mine,
                                         std::uint64_t maximum, std::uint64_t least_entries);

enum class Price { first, second };

struct AuctionOutcome {
  std::optional<std::size_t> winner;  ///< nothing where no bid reaches the reserve
  std::uint64_t price = 0;            ///< 0 without a winner
};

/// Who bids most, the first of those who do, and what he pays: his bid, or the highest of the others, but at least the
/// reserve. The reserve is public: what the seller bids himself, after all the others, so that a bid that equals it wins.
AuctionOutcome auction(const Setting& setting, std::uint64_t bid, std::uint64_t reserve, Price price);

}  // namespace examples
