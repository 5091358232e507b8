// SPDX-License-Identifier: Apache-2.0
// A network of parties on machines of their own: a connection between every two of them, by TLS 1.3 with both sides known
// by their keys.
#pragma once

#include <algorithm>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/net/network.hpp"
#include "parley/tls/context.hpp"
#include "parley/tls/farewell.hpp"
#include "parley/tls/link.hpp"
#include "parley/tls/options.hpp"
#include "parley/tls/rendezvous.hpp"

namespace parley::tls {

/// One party's end of the connections to all the others. It has no thread of its own: bytes move while exchange() runs,
/// and what arrives while a party computes waits in the buffers of the operating system. A party whose messages no longer
/// fit there waits in exchange() until they are read, at most until the deadline of its round; so the deadline is to be
/// longer than the longest computation of any party between two rounds, and than the transfer of a round's messages.
///
/// Against a network that reads and changes everything, TLS keeps messages private, whole and in order; their sizes and
/// times it does not hide. A party without its key cannot take part. Certificates do not expire, and one that does is
/// refused, as is one of anybody's but the party itself: whoever must no longer take part is taken off the others' lists. A
/// party that is stopped, cut off or killed is named when the round's time is over, or at once where the operating system
/// closes its connection.
class RemoteNetwork final : public Network {
 public:
  /// Returns when all the parties have connections to each other, in whatever order they are started. Of each two parties
  /// at least one needs the address of the other.
  ///
  /// Error(invalid_argument) where the options make no sense. Caused by a peer, who is named:
  /// Error(configuration_mismatch) where it has another key, or is about to run something else, which it finds as well;
  /// Error(malformed_message) for a hello that is none; Error(peer_failed) where it gives up meanwhile;
  /// Error(deadline_exceeded), with what was tried, where it is not found in time. Strangers who come by are turned
  /// away, and no reason to fail. A name that takes longer to look up than there is time may delay that error.
  [[nodiscard]] static std::unique_ptr<RemoteNetwork> connect(const Options& options, Listener listener) {
    asio::ip::tcp::acceptor* const acceptor = listener.acceptor_ ? &*listener.acceptor_ : nullptr;
    detail::check_options(options, acceptor);
    std::unique_ptr<detail::Context> tls;
    if (options.transport == Transport::tls) {
      std::vector<Fingerprint> keys;
      for (const Party& party : options.parties) keys.push_back(*party.key);
      tls = std::make_unique<detail::Context>(*options.key, std::move(keys), options.self);
    }
    auto links = detail::Rendezvous(options, *listener.context_, acceptor, tls.get()).run();
    listener.acceptor_.reset();
    return std::unique_ptr<RemoteNetwork>(
        new RemoteNetwork(options, std::move(listener.context_), std::move(tls), std::move(links)));
  }

  ~RemoteNetwork() override {
    if (left_) return;
    if (std::uncaught_exceptions() > uncaught_exceptions_) {
      do_give_up("its program threw an exception");
    } else {
      leave(detail::FrameKind::ended, {});
    }
  }

 private:
  using Clock = detail::Clock;

  struct Peer {
    std::size_t expected = 0;  // the size of the message that is waited for, 0 for none
    bool allocated = false;    // its header has come
    std::optional<detail::Departure> departure;
    Bytes words;  // the last ones, as they come in
  };

  RemoteNetwork(const Options& options, std::unique_ptr<asio::io_context> context, std::unique_ptr<detail::Context> tls,
                std::vector<std::unique_ptr<detail::Link>> links)
      : Network(options.self, options.parties.size()),
        round_deadline_(options.round_deadline),
        closing_deadline_(options.closing_deadline),
        context_(std::move(context)),
        work_(context_->get_executor()),
        tls_(std::move(tls)),
        links_(std::move(links)),
        peers_(options.parties.size()),
        uncaught_exceptions_(std::uncaught_exceptions()) {
    context_->restart();  // it stops where it has no work, as between the rendezvous and this
  }

  std::vector<Bytes> do_exchange(std::uint64_t round, std::vector<Bytes> outgoing,
                                 std::span<const std::size_t> expected_sizes) override {
    const auto end = detail::after(round_deadline_);
    // Each party begins with its successor, so that not all of them write to the same one at once.
    for (std::size_t k = 1; k < parties(); ++k) {
      const std::size_t p = (self() + k) % parties();
      if (!outgoing[p].empty()) links_[p]->send(detail::FrameKind::message, round, std::move(outgoing[p]));
      outgoing[p] = Bytes();  // for the message that comes back
      peers_[p].expected = expected_sizes[p];
      peers_[p].allocated = false;
      links_[p]->flush();
    }
    auto patience = Clock::time_point::max();  // with the word of the party that others blame
    while (true) {
      bool waiting = false;
      for (std::size_t p = 0; p < parties(); ++p) {
        if (p == self()) continue;
        detail::Link& link = *links_[p];
        link.flush();
        if (is_awaited(p)) receive(p, round, outgoing[p]);
        waiting = waiting || link.is_sending() || is_awaited(p) || (peers_[p].expected > 0 && peers_[p].departure);
      }
      if (!waiting) return outgoing;
      const auto now = Clock::now();
      if (const auto culprit = first_to_leave(now >= patience)) throw left(round, *culprit);
      // Of several who are late all but one may be waiting for that one: whoever waits for it alone says so at once.
      const bool is_over = now >= end;
      const auto last = awaited() > 1 ? detail::later(end, longest_last_words) : end;
      if (is_over && (now >= last || somebody_left())) throw late(round);
      if (patience == Clock::time_point::max() && somebody_left()) patience = now + longest_patience;
      for (std::size_t p = 0; p < parties(); ++p) {
        if (p != self()) links_[p]->channel().wait(is_awaited(p), links_[p]->is_sending());
      }
      context_->run_one_until(std::min(is_over ? last : end, patience));
    }
  }

  [[nodiscard]] bool is_awaited(std::size_t p) const { return peers_[p].expected > 0 && !peers_[p].departure; }

  [[nodiscard]] std::size_t awaited() const {
    std::size_t count = 0;
    for (std::size_t p = 0; p < parties(); ++p) count += is_awaited(p) ? 1 : 0;
    return count;
  }

  /// Takes in what has come of the message of party p, who is awaited, or of its last words.
  void receive(std::size_t p, std::uint64_t round, Bytes& message) {
    detail::Link& link = *links_[p];
    Peer& peer = peers_[p];
    detail::FrameHeader header;
    detail::Progress progress = link.receive_header(header, p);
    if (progress == detail::Progress::moved) {
      switch (header.kind) {
        case detail::FrameKind::message:
          if (!peer.allocated) {
            if (header.round != round) throw wrong_round(round, p, header.round);
            if (header.size != peer.expected) {
              throw wrong_size(round, p, peer.expected, static_cast<std::size_t>(header.size));
            }
            message.resize(peer.expected);
            peer.allocated = true;
          }
          progress = link.receive_body(message);
          if (progress == detail::Progress::moved) peer.expected = 0;
          break;
        case detail::FrameKind::gave_up:
        case detail::FrameKind::ended:
          peer.words.resize(detail::size_of_departure(header, p));
          progress = link.receive_body(peer.words);
          if (progress == detail::Progress::moved) peer.departure = detail::decode_departure(header, peer.words, p);
          break;
        default:
          throw Error(ErrorCode::malformed_message, p, in_round(round) + name(p) + " introduces itself again");
      }
    }
    if (progress != detail::Progress::closed) return;
    const detail::Channel& channel = link.channel();
    if (channel.was_tampered_with()) {
      throw Error(ErrorCode::malformed_message, p,
                  in_round(round) + "what comes from " + name(p) + " is not what it has sent: " + channel.failure());
    }
    peer.departure = detail::Departure{detail::FrameKind::message, 0, channel.failure(), {}};
  }

  [[nodiscard]] bool has_left(std::size_t p) const { return peers_[p].expected > 0 && peers_[p].departure; }

  [[nodiscard]] bool somebody_left() const {
    for (std::size_t p = 0; p < parties(); ++p) {
      if (has_left(p)) return true;
    }
    return false;
  }

  /// Of those who are waited for in vain: one who left for reasons of its own. Where all left because of others, the word
  /// of those is waited for as long as they are expected to speak, until patience ends.
  [[nodiscard]] std::optional<std::size_t> first_to_leave(bool out_of_patience) const {
    std::optional<std::size_t> last_resort;
    bool hopeful = false;
    for (std::size_t p = 0; p < parties(); ++p) {
      if (!has_left(p)) continue;
      const auto blamed = peers_[p].departure->blamed;
      if (!blamed || *blamed >= parties() || *blamed == p) return p;
      if (!last_resort) last_resort = p;
      hopeful = hopeful || is_awaited(*blamed);
    }
    return hopeful && !out_of_patience ? std::nullopt : last_resort;
  }

  [[nodiscard]] Error left(std::uint64_t round, std::size_t p) const {
    const detail::Departure& departure = *peers_[p].departure;
    if (departure.kind == detail::FrameKind::gave_up) {
      return Error(ErrorCode::peer_failed, p, name(p) + " gave up: " + departure.reason);
    }
    const std::string how = departure.kind == detail::FrameKind::ended
                                ? " ended its program after round " + std::to_string(departure.rounds)
                                : " is gone without a word (" + departure.reason + ')';
    return Error(ErrorCode::peer_failed, p, name(p) + how + ", " + waiting_for(p, round));
  }

  [[nodiscard]] Error late(std::uint64_t round) const {
    const std::string time = " for " + std::to_string(round_deadline_.count()) + " ms";
    if (const auto awaited = first_awaited()) {
      const bool begun = links_[*awaited]->is_inside_frame();
      return Error(ErrorCode::deadline_exceeded, *awaited,
                   waiting_for(*awaited, round) +
                       (begun ? " and got no more than the beginning of its message" : " and got nothing") + time);
    }
    std::size_t p = 0;
    while (p == self() || !links_[p]->is_sending()) ++p;
    return Error(ErrorCode::deadline_exceeded, p,
                 in_round(round) + name(p) + " has not taken the message of " + name(self()) + time);
  }

  /// Of those who are late: one whom another has left because of, if any.
  [[nodiscard]] std::optional<std::size_t> first_awaited() const {
    std::optional<std::size_t> first;
    for (std::size_t p = parties(); p-- > 0;) {
      if (is_awaited(p)) first = p;
    }
    for (std::size_t p = 0; p < parties(); ++p) {
      if (!has_left(p)) continue;
      const auto blamed = peers_[p].departure->blamed;
      if (blamed && *blamed < parties() && is_awaited(*blamed)) return blamed;
    }
    return first;
  }

  [[nodiscard]] static std::string name(std::size_t party) { return "party " + std::to_string(party); }
  [[nodiscard]] std::string waiting_for(std::size_t party, std::uint64_t round) const {
    return name(self()) + " waits for " + name(party) + " in round " + std::to_string(round);
  }

  void do_give_up(std::string_view reason) noexcept override {
    try {
      // What another has done is said as it is: then nobody is blamed for being the first to notice.
      const auto blamed = failure() != nullptr ? failure()->party() : std::nullopt;
      leave(detail::FrameKind::gave_up, detail::encode_gave_up(blamed, reason));
    } catch (...) {
      left_ = true;  // no memory: the others find their connections closed
      links_.clear();
    }
  }

  void leave(detail::FrameKind kind, const Bytes& words) noexcept {
    left_ = true;
    detail::take_leave(links_, kind, cost().rounds, words, closing_deadline_);
  }

  /// Of a party that is blamed by others, to say what it has to say itself.
  static constexpr std::chrono::milliseconds longest_patience{500};
  /// Of parties that are late, to say because of whom: on their way for as long as between continents.
  static constexpr std::chrono::milliseconds longest_last_words{200};

  std::chrono::milliseconds round_deadline_, closing_deadline_;
  std::unique_ptr<asio::io_context> context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;  // lets the context wait where it has nothing to do
  std::unique_ptr<detail::Context> tls_;
  std::vector<std::unique_ptr<detail::Link>> links_;
  std::vector<Peer> peers_;
  int uncaught_exceptions_;
  bool left_ = false;
};

}  // namespace parley::tls
