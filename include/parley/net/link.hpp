// SPDX-License-Identifier: Apache-2.0
// What a round and a byte cost between two parties: by it protocols with several forms choose between rounds and bytes.
#pragma once

namespace parley {

/// The links between the parties, all taken to be alike. The presets: parties in one process or on one machine; on one
/// local network (0.1 ms, 1 Gbit/s); in one city (20 ms, 100 Mbit/s); on several continents (80 ms, 40 Mbit/s).
struct Link {
  double seconds_per_round = 20e-6;  ///< from sending a short message to having received the others'
  double bytes_per_second = 1e9;     ///< of one party's messages together

  static constexpr Link local() { return {}; }
  static constexpr Link lan() { return {0.1e-3, 1e9 / 8}; }
  static constexpr Link metro() { return {20e-3, 100e6 / 8}; }
  static constexpr Link world() { return {80e-3, 40e6 / 8}; }

  /// How long `rounds` rounds take in which a party sends `bytes` in all.
  constexpr double seconds(double rounds, double bytes) const {
    return rounds * seconds_per_round + bytes / bytes_per_second;
  }
};

}  // namespace parley
