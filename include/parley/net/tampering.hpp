// SPDX-License-Identifier: Apache-2.0
// A party whose messages go wrong on purpose: for tests of what the others make of it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/net/network.hpp"

namespace parley {

/// What happens to a message before it leaves.
enum class Tampering {
  flip,      ///< one bit is inverted
  truncate,  ///< the last byte is cut off
  extend,    ///< a byte is added
  drop,      ///< it is not sent
  delay,     ///< it, and all else of its round, leaves later
  repeat,    ///< the last message to the same receiver is sent in its place
  reorder,   ///< it goes to the next receiver, and that one's message to this one
};

/// One act. It does nothing to a message that is not there.
struct TamperingAct {
  std::uint64_t round = 1;   ///< from 1, as this network counts
  std::size_t receiver = 0;  ///< to whom
  Tampering what = Tampering::flip;
  std::size_t position = 0;  ///< the bit that `flip` inverts, counted from the first byte's lowest; modulo the length
  std::chrono::milliseconds by{0};  ///< how long `delay` lasts
};

/// Another network (which outlives this one), at a party that deviates: its messages are changed on their way out, or on
/// their way in. Costs are those of the messages that the party meant to send.
class TamperingNetwork final : public Network {
 public:
  /// Is given the messages of a round, which counts from 1, by party, and may change them.
  using Tamper = std::function<void(std::uint64_t round, std::vector<Bytes>& messages)>;

  /// Calls outgoing() with what is to be sent, and incoming() with what was received; either may be empty.
  explicit TamperingNetwork(Network& network, Tamper outgoing, Tamper incoming = {})
      : Network(network.self(), network.parties()),
        network_(network),
        outgoing_(std::move(outgoing)),
        incoming_(std::move(incoming)),
        last_(parties()) {}
  /// Changes what is sent as the acts say, in their order.
  TamperingNetwork(Network& network, std::vector<TamperingAct> acts) : TamperingNetwork(network, Tamper{}) {
    acts_ = std::move(acts);
  }

  /// How many acts have met a message.
  [[nodiscard]] std::size_t done() const noexcept { return done_; }

  [[nodiscard]] std::size_t parties_in_process() const noexcept override { return network_.parties_in_process(); }

 private:
  std::vector<Bytes> do_exchange(std::uint64_t round, std::vector<Bytes> outgoing,
                                 std::span<const std::size_t> expected_sizes) override {
    const bool repeats =
        std::ranges::any_of(acts_, [](const TamperingAct& act) { return act.what == Tampering::repeat; });
    const std::vector<Bytes> meant = repeats ? outgoing : std::vector<Bytes>();
    for (const TamperingAct& act : acts_)
      if (act.round == round && act.receiver < parties() && !outgoing[act.receiver].empty()) {
        tamper(outgoing, act);
        ++done_;
      }
    for (std::size_t p = 0; p < meant.size(); ++p)
      if (!meant[p].empty()) last_[p] = meant[p];
    if (outgoing_) outgoing_(round, outgoing);
    std::vector<Bytes> incoming = network_.exchange(std::move(outgoing), expected_sizes);
    if (incoming_) incoming_(round, incoming);
    return incoming;
  }

  void do_give_up(std::string_view reason) noexcept override { network_.give_up(reason); }

  void tamper(std::vector<Bytes>& outgoing, const TamperingAct& act) {
    Bytes& message = outgoing[act.receiver];
    switch (act.what) {
      case Tampering::flip:
        message[act.position / 8 % message.size()] ^= std::byte{1} << (act.position % 8);
        break;
      case Tampering::truncate:
        message.pop_back();
        break;
      case Tampering::extend:
        message.push_back(std::byte{0});
        break;
      case Tampering::drop:
        message.clear();
        break;
      case Tampering::delay:
        std::this_thread::sleep_for(act.by);
        break;
      case Tampering::repeat:
        message = last_[act.receiver];
        break;
      case Tampering::reorder: {
        std::size_t next = (act.receiver + 1) % parties();
        if (next == self()) next = (next + 1) % parties();
        message.swap(outgoing[next]);
        break;
      }
    }
  }

  Network& network_;
  Tamper outgoing_, incoming_;
  std::vector<TamperingAct> acts_;
  std::vector<Bytes> last_;  // to each receiver, before it was tampered with
  std::size_t done_ = 0;
};

}  // namespace parley
