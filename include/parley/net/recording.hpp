// SPDX-License-Identifier: Apache-2.0
// A party's transcript: what it sent and received, round by round. For examples that show what a party saw, and for
// tests that a party saw nothing it should not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/net/network.hpp"

namespace parley {

/// The messages of one round, `sent[p]` to party p and `received[p]` from it; an empty one was none.
struct RecordedRound {
  std::vector<Bytes> sent;
  std::vector<Bytes> received;

  friend bool operator==(const RecordedRound&, const RecordedRound&) = default;
};

/// Another network (which outlives this one), with a transcript of everything that passes. The transcript holds the
/// party's shares in the clear and copies every message: it is no part of a real run. A round that failed is in the
/// transcript with what was to be sent, and nothing received.
class RecordingNetwork final : public Network {
 public:
  explicit RecordingNetwork(Network& network) : Network(network.self(), network.parties()), network_(network) {}

  /// One entry for each round since this object was made.
  [[nodiscard]] const std::vector<RecordedRound>& transcript() const noexcept { return transcript_; }

 private:
  std::vector<Bytes> do_exchange(std::uint64_t /*round*/, std::vector<Bytes> outgoing,
                                 std::span<const std::size_t> expected_sizes) override {
    transcript_.push_back({outgoing, std::vector<Bytes>(parties())});
    std::vector<Bytes> incoming = network_.exchange(std::move(outgoing), expected_sizes);
    transcript_.back().received = incoming;
    return incoming;
  }

  void do_give_up(std::string_view reason) noexcept override { network_.give_up(reason); }

  Network& network_;
  std::vector<RecordedRound> transcript_;
};

}  // namespace parley
