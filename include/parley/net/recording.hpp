// SPDX-License-Identifier: Apache-2.0
// A party's transcript: what it sent and received, round by round. For examples that show what a party saw, for tests
// that a party saw nothing it should not, and for running one party's program again without the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
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

  [[nodiscard]] std::size_t parties_in_process() const noexcept override { return network_.parties_in_process(); }

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

/// A party alone with a transcript of its earlier run, which stands for the others: it receives what it received then.
/// Its program must do the same again, as programs do whose engine draws from a TestRandom.
class ReplayingNetwork final : public Network {
 public:
  /// As party `self` of those that the transcript has messages of. Error(invalid_argument) where its rounds are not of
  /// equally many parties, or self is none of them.
  ReplayingNetwork(std::size_t self, std::vector<RecordedRound> transcript)
      : Network(self, parties_of(transcript)), transcript_(std::move(transcript)) {}

 private:
  static std::size_t parties_of(const std::vector<RecordedRound>& transcript) {
    const std::size_t parties = transcript.empty() ? 0 : transcript.front().sent.size();
    for (const RecordedRound& round : transcript)
      if (round.sent.size() != parties || round.received.size() != parties || parties == 0)
        throw Error(ErrorCode::invalid_argument, "a transcript whose rounds are not of the same parties");
    return parties;
  }

  /// Error(invalid_state) where the program sends something else than in the transcript, or goes on after its end.
  std::vector<Bytes> do_exchange(std::uint64_t round, std::vector<Bytes> outgoing,
                                 std::span<const std::size_t> /*expected_sizes*/) override {
    if (round > transcript_.size())
      throw Error(ErrorCode::invalid_state, "the transcript ends after round " + std::to_string(transcript_.size()));
    if (outgoing != transcript_[round - 1].sent)
      throw Error(ErrorCode::invalid_state, in_round(round) + "the program does not send what the transcript says");
    return transcript_[round - 1].received;
  }

  void do_give_up(std::string_view /*reason*/) noexcept override {}

  std::vector<RecordedRound> transcript_;
};

}  // namespace parley
