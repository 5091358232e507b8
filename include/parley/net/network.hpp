// SPDX-License-Identifier: Apache-2.0
// What a protocol sees of the other parties: rounds of messages, their cost, and orderly failure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"

namespace parley {

/// What one party has spent on communication. Bytes are those of the messages themselves, without any framing.
struct Cost {
  std::uint64_t rounds = 0;          ///< calls of exchange()
  std::uint64_t messages = 0;        ///< non-empty messages sent
  std::uint64_t bytes_sent = 0;      ///< in those messages
  std::uint64_t bytes_received = 0;  ///< in messages received and accepted

  friend constexpr bool operator==(const Cost&, const Cost&) = default;

  /// What was spent between `earlier` and `later`, two readings of the same counters.
  friend constexpr Cost operator-(const Cost& later, const Cost& earlier) noexcept {
    return {later.rounds - earlier.rounds, later.messages - earlier.messages, later.bytes_sent - earlier.bytes_sent,
            later.bytes_received - earlier.bytes_received};
  }
  friend constexpr Cost operator+(const Cost& x, const Cost& y) noexcept {
    return {x.rounds + y.rounds, x.messages + y.messages, x.bytes_sent + y.bytes_sent,
            x.bytes_received + y.bytes_received};
  }
};

/// One party's end of the channels to all the others: private and authenticated from party to party, first in, first
/// out. An implementation provides do_exchange() and do_give_up() (and calls nothing of this class from them but what
/// is const); arguments, sizes, costs and failures are dealt with here, the same for all. An object belongs to one
/// thread at a time, and destroying it is leaving: whoever still waits for a message gets Error(peer_failed).
///
/// From a failure() on, as long as the object is there, buffers (of shares, bits and messages) that are freed leave nothing
/// in memory, in the whole process; and what has been freed before is wiped. So a run that is aborted leaves no secrets
/// behind but those in variables that outlive it, and, as anywhere, in registers and on stacks.
class Network {
 public:
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  virtual ~Network() = default;

  /// This party, 0-based.
  [[nodiscard]] std::size_t self() const noexcept { return self_; }

  /// How many parties there are, at least 1.
  [[nodiscard]] std::size_t parties() const noexcept { return parties_; }

  /// How many of the parties are known to share this process with this one, itself included.
  [[nodiscard]] virtual std::size_t parties_in_process() const noexcept { return 1; }

  /// What this party has spent since the network was made.
  [[nodiscard]] const Cost& cost() const noexcept { return cost_; }

  /// Why this network can no longer be used, nullptr while it can.
  [[nodiscard]] const Error* failure() const noexcept { return failure_ ? &*failure_ : nullptr; }

  /// One round: sends `outgoing[p]` to each party p, and returns what each sent, `result[p].size() ==
  /// expected_sizes[p]`. An empty message is not sent, and where nothing is expected nothing is waited for. All parties
  /// call exchange() the same number of times, also those who neither send nor receive in some round: messages carry
  /// the number of their round (counted from 1), which uncovers parties that disagree about it. No order of sending and
  /// receiving has to be kept, and no amount sent both ways at once blocks.
  ///
  /// Both arguments have parties() entries, with nothing at self(); otherwise Error(invalid_argument), nothing is sent,
  /// and the network remains usable. Caused by a peer, who is named: Error(malformed_message) for a message of another
  /// size, or of another round; Error(peer_failed) where a message is awaited from one who left;
  /// Error(deadline_exceeded) where it does not come in time. After any of these, or any other exception, this party
  /// has given up: the others are told, failure() is set, and every later call throws the same Error again.
  [[nodiscard]] std::vector<Bytes> exchange(std::vector<Bytes> outgoing, std::span<const std::size_t> expected_sizes) {
    if (failure_) throw Error(*failure_);
    check_arguments(outgoing, expected_sizes);
    ++cost_.rounds;
    for (const Bytes& message : outgoing) {
      if (message.empty()) continue;
      ++cost_.messages;
      cost_.bytes_sent += message.size();
    }
    try {
      std::vector<Bytes> incoming = do_exchange(cost_.rounds, std::move(outgoing), expected_sizes);
      check_incoming(incoming, expected_sizes);
      for (const Bytes& message : incoming) cost_.bytes_received += message.size();
      return incoming;
    } catch (const Error& error) {
      fail(error);
      throw;
    } catch (const std::exception& error) {
      give_up(error.what());
      throw;
    } catch (...) {
      give_up("an exception without a text");
      throw;
    }
  }

  /// Leaves before the protocol has ended, and tells the others why: whoever waits for this party, now or later, gets
  /// Error(peer_failed, self(), "party 2 gave up: <reason>"); what was sent before still arrives. The reason goes to
  /// every party as it is, so it must hold nothing private; it is cut to 500 bytes. Afterwards exchange() throws
  /// Error(invalid_state). Does nothing where failure() is set already: the others know.
  void give_up(std::string_view reason) noexcept {
    if (failure_) return;
    fail(Error(ErrorCode::invalid_state, "this party gave up: " + std::string(shortened(reason))), reason);
  }

 protected:
  /// Error(invalid_argument) unless self < parties.
  Network(std::size_t self, std::size_t parties) : self_(self), parties_(parties) {
    if (self >= parties) {
      throw Error(ErrorCode::invalid_argument, "party " + std::to_string(self) + " among " + std::to_string(parties) +
                                                   " parties: they count from 0");
    }
  }

  /// For do_exchange(): the error of a message whose size, seen before or after it is received, is not the expected
  /// one.
  [[nodiscard]] Error wrong_size(std::uint64_t round, std::size_t sender, std::size_t expected,
                                 std::size_t received) const {
    return Error(ErrorCode::malformed_message, sender,
                 in_round(round) + "party " + std::to_string(sender) + " sent " + std::to_string(received) +
                     " bytes to party " + std::to_string(self_) + ", who expected " + std::to_string(expected));
  }

  /// For do_exchange(): the error of a message that belongs to round `found` where that of `round` was looked for.
  [[nodiscard]] Error wrong_round(std::uint64_t round, std::size_t sender, std::uint64_t found) const {
    return Error(ErrorCode::malformed_message, sender,
                 in_round(round) + "party " + std::to_string(sender) + " sent party " + std::to_string(self_) +
                     (found < round ? " a message that nobody expected in round "
                                    : " nothing, and went on to its message of round ") +
                     std::to_string(found));
  }

  [[nodiscard]] static std::string in_round(std::uint64_t round) { return "round " + std::to_string(round) + ": "; }

 private:
  /// One round, the `round`-th from 1, with arguments that were checked. Returns parties() messages; may return one of
  /// a wrong size where that is bounded, or throw wrong_size() itself. `expected_sizes` is the bound of what may be
  /// allocated for a peer.
  virtual std::vector<Bytes> do_exchange(std::uint64_t round, std::vector<Bytes> outgoing,
                                         std::span<const std::size_t> expected_sizes) = 0;

  /// Tells the others that this party leaves and why. Called at most once, and do_exchange() never after it.
  virtual void do_give_up(std::string_view reason) noexcept = 0;

  void check_arguments(std::span<const Bytes> outgoing, std::span<const std::size_t> expected_sizes) const {
    const auto refuse = [](const std::string& what) { throw Error(ErrorCode::invalid_argument, "exchange: " + what); };
    const auto is_for = " for " + std::to_string(parties_) + " parties";
    if (outgoing.size() != parties_) refuse(std::to_string(outgoing.size()) + " outgoing messages" + is_for);
    if (expected_sizes.size() != parties_) refuse(std::to_string(expected_sizes.size()) + " expected sizes" + is_for);
    if (!outgoing[self_].empty()) refuse("a message from party " + std::to_string(self_) + " to itself");
    if (expected_sizes[self_] != 0) refuse("party " + std::to_string(self_) + " expects a message from itself");
  }

  void check_incoming(std::span<const Bytes> incoming, std::span<const std::size_t> expected_sizes) const {
    if (incoming.size() != parties_) throw Error(ErrorCode::invalid_state, "the network lost count of the parties");
    for (std::size_t p = 0; p < parties_; ++p) {
      if (incoming[p].size() != expected_sizes[p]) {
        throw wrong_size(cost_.rounds, p, expected_sizes[p], incoming[p].size());
      }
    }
  }

  void fail(const Error& error) noexcept { fail(error, error.what()); }

  void fail(const Error& error, std::string_view reason) noexcept {
    failure_.emplace(error);
    wiped_.emplace();
    do_give_up(shortened(reason));
  }

  // A reason that quotes a reason that quotes a reason must end somewhere. Never cuts inside a UTF-8 character.
  static std::string_view shortened(std::string_view reason) noexcept {
    std::size_t size = std::min<std::size_t>(reason.size(), 500);
    if (size < reason.size()) {
      while (size > 0 && (static_cast<unsigned char>(reason[size]) & 0xc0U) == 0x80U) --size;
    }
    return reason.substr(0, size);
  }

  std::size_t self_;
  std::size_t parties_;
  Cost cost_;
  std::optional<Error> failure_;
  std::optional<detail::WipedFreeMemory> wiped_;  // from the failure on
};

namespace detail {

/// What protocol() gives, a part of a protocol among the parties. Where it throws, this party leaves: the others hear of
/// it before they get anything more out of the run.
template <class Protocol>
auto run_or_give_up(Network& network, Protocol protocol) {
  try {
    return protocol();
  } catch (const std::exception& error) {
    network.give_up(error.what());
    throw;
  }
}

}  // namespace detail

}  // namespace parley
