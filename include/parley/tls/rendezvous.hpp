// SPDX-License-Identifier: Apache-2.0
// How the parties find each other: everybody dials those whose addresses it has and accepts the others, in whatever order
// they are started, until each has one connection to every other. Where two parties have dialed each other, the one with
// the lower number keeps the connection on which it first knew the other, and says so on it.
#pragma once

#include <algorithm>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/tls/acceptance.hpp"
#include "parley/tls/channel.hpp"
#include "parley/tls/context.hpp"
#include "parley/tls/dial.hpp"
#include "parley/tls/farewell.hpp"
#include "parley/tls/hello.hpp"
#include "parley/tls/link.hpp"
#include "parley/tls/options.hpp"

namespace parley::tls::detail {

class Rendezvous {
 public:
  /// The context is that of the acceptor, which may be nullptr; without TLS `tls` is. The options were checked, and all of
  /// them outlive this.
  Rendezvous(const Options& options, asio::io_context& context, asio::ip::tcp::acceptor* acceptor, const Context* tls)
      : options_(options),
        context_(context),
        work_(context.get_executor()),
        acceptor_(acceptor),
        acceptance_(acceptor),
        tls_(tls),
        end_(after(options.connect_deadline)),
        links_(options.parties.size()),
        peers_(options.parties.size()) {
    if (tls != nullptr) keys_ = digest_of_keys(options.parties);
    for (std::size_t p = 0; p < peers_.size(); ++p) {
      const std::string& address = options.parties[p].address;
      if (p != options.self && !address.empty()) {
        peers_[p].dial.emplace(context, address, options.transport == Transport::plain_loopback);
      }
    }
  }

  /// The links to all the other parties, nullptr at [self], when all parties have theirs. After a failure those that are
  /// there already have been told of it.
  [[nodiscard]] std::vector<std::unique_ptr<Link>> run() {
    try {
      while (!all_ready()) {
        if (Clock::now() >= end_) throw late();
        context_.run_one_until(std::min(end_, next_step()));
        context_.poll();
      }
      return std::move(links_);
    } catch (const Error& error) {
      attempts_.clear();
      take_leave(links_, FrameKind::gave_up, 0, encode_gave_up(error.party(), error.what()), options_.closing_deadline);
      throw;
    }
  }

 private:
  /// A connection of which it is not certain yet that it will be the one.
  struct Attempt {
    std::unique_ptr<Link> link;
    std::optional<std::size_t> peer;  // whom it leads to, once that is known
    bool dialed;
    std::string place;
    Clock::time_point end;
    enum class Step : std::uint8_t { handshake, hello, choice } step = Step::handshake;
    Bytes hello = {};                             // theirs, as it comes in
    std::optional<Error> refusal = std::nullopt;  // to be thrown when our hello is on its way
  };

  struct Peer {
    std::optional<Dial> dial;
    bool ready_sent = false, ready_received = false;
  };

  static constexpr std::chrono::seconds longest_introduction{30};

  [[nodiscard]] std::string name(std::size_t party) const { return "party " + std::to_string(party); }

  /// Takes every step that can be taken now.
  bool all_ready() {
    accept();
    for (std::size_t p = 0; p < peers_.size(); ++p) dial(p);
    for (auto attempt = attempts_.begin(); attempt != attempts_.end();) {
      const bool keep = advance(*attempt);
      attempt = keep ? std::next(attempt) : attempts_.erase(attempt);
    }
    bool complete = true;
    for (std::size_t p = 0; p < peers_.size(); ++p) {
      if (links_[p]) listen_to(p);
      complete = complete && (links_[p] || p == options_.self);
    }
    bool ready = complete;
    for (std::size_t p = 0; complete && p < peers_.size(); ++p) {
      if (p == options_.self) continue;
      if (!std::exchange(peers_[p].ready_sent, true)) links_[p]->send(FrameKind::ready, 0, {});
      links_[p]->flush();
      links_[p]->channel().wait(!peers_[p].ready_received, links_[p]->is_sending());
      ready = ready && peers_[p].ready_received && !links_[p]->is_sending();
    }
    return ready;
  }

  /// When something is to be done although nothing has happened.
  [[nodiscard]] Clock::time_point next_step() const {
    auto next = acceptance_.next_step();
    for (const Attempt& attempt : attempts_) next = std::min(next, attempt.end);
    for (std::size_t p = 0; p < peers_.size(); ++p) {
      if (peers_[p].dial && !links_[p]) next = std::min(next, peers_[p].dial->next_step());
    }
    return next;
  }

  void accept() {
    while (auto accepted = acceptance_.next())
      begin(std::move(accepted->socket), std::nullopt, text_of(accepted->from));
  }

  void dial(std::size_t p) {
    if (!peers_[p].dial || links_[p]) return;
    const auto is_that = [p](const Attempt& attempt) { return attempt.dialed && attempt.peer == p; };
    if (std::ranges::any_of(attempts_, is_that)) return;
    if (auto socket = peers_[p].dial->advance()) begin(std::move(*socket), p, peers_[p].dial->address());
  }

  void begin(Socket socket, std::optional<std::size_t> dialed, std::string place) {
    // Strangers can keep others out only by being faster than these all the time.
    const std::size_t most = 2 * peers_.size() + 16;
    const auto is_accepted = [](const Attempt& attempt) { return !attempt.dialed; };
    if (!dialed && static_cast<std::size_t>(std::ranges::count_if(attempts_, is_accepted)) >= most) {
      attempts_.erase(std::ranges::find_if(attempts_, is_accepted));
    }
    auto channel = std::make_unique<Channel>(std::move(socket), tls_, !dialed.has_value(), dialed);
    attempts_.push_back({std::make_unique<Link>(std::move(channel)), dialed, dialed.has_value(), std::move(place),
                         Clock::now() + longest_introduction});
  }

  /// Whether the attempt goes on.
  bool advance(Attempt& attempt) {
    Progress progress = Progress::moved;
    try {
      while (progress == Progress::moved && attempt.link) progress = take_step(attempt);
    } catch (const Error& error) {
      // Only who has shown the key of a party, or was dialed, can end the rendezvous; others are strangers.
      if (attempt.peer) throw;
      incident_ = "a connection from " + attempt.place + " was refused: " + error.what();
      return false;
    }
    if (!attempt.link) return false;  // it has become the connection, or another has
    if (progress == Progress::closed) {
      failed(attempt, attempt.link->channel().failure());
      return false;
    }
    if (Clock::now() >= attempt.end) {
      failed(attempt, "it is connected and says nothing");
      return false;
    }
    attempt.link->channel().wait(true, true);
    return true;
  }

  Progress take_step(Attempt& attempt) {
    Link& link = *attempt.link;
    if (attempt.step == Attempt::Step::handshake) {
      const Progress progress = link.channel().handshake();
      if (progress != Progress::moved) return progress;
      if (tls_ != nullptr) attempt.peer = link.channel().identity().found;
      if (attempt.dialed) send_hello(attempt);
      attempt.step = Attempt::Step::hello;
    }
    link.flush();
    if (attempt.refusal) {
      if (!link.is_sending()) throw *attempt.refusal;
      return Progress::blocked;
    }
    FrameHeader header;
    const Progress progress = link.receive_header(header, attempt.peer);
    if (progress != Progress::moved) return progress;
    return attempt.step == Attempt::Step::hello ? take_hello(attempt, header) : take_choice(attempt, header);
  }

  void send_hello(Attempt& attempt) { attempt.link->send(FrameKind::hello, 0, encode(own_hello(attempt))); }

  [[nodiscard]] Hello own_hello(const Attempt& attempt) const {
    Hello hello;
    hello.sender = static_cast<std::uint32_t>(options_.self);
    hello.receiver = static_cast<std::uint32_t>(attempt.peer.value_or(0));
    hello.parties = static_cast<std::uint32_t>(peers_.size());
    hello.keys = keys_;
    hello.channel = attempt.link->channel().binding();
    hello.session = options_.session;
    return hello;
  }

  Progress take_hello(Attempt& attempt, const FrameHeader& header) {
    if (header.kind != FrameKind::hello || header.size > longest_hello) {
      throw malformed(attempt.peer, "sent no hello where one was expected");
    }
    attempt.hello.resize(static_cast<std::size_t>(header.size));
    const Progress progress = attempt.link->receive_body(attempt.hello);
    if (progress != Progress::moved) return progress;
    const Hello theirs = decode_hello(attempt.hello, attempt.peer);
    if (theirs.version == protocol_version) {
      if (!attempt.peer && theirs.sender < peers_.size() && theirs.sender != options_.self)
        attempt.peer = theirs.sender;
      if (attempt.peer != theirs.sender) {
        throw malformed(attempt.peer, "says that it is party " + std::to_string(theirs.sender));
      }
    }
    if (!attempt.dialed) send_hello(attempt);  // whoever has dialed is the first to speak
    const Hello ours = own_hello(attempt);
    if (theirs.version == protocol_version && theirs.channel != ours.channel) {
      throw malformed(attempt.peer, "sent a hello that belongs to another connection");
    }
    if (const auto what = difference(theirs, ours, attempt.peer.value_or(theirs.sender))) {
      attempt.refusal = attempt.peer ? Error(ErrorCode::configuration_mismatch, *attempt.peer, *what)
                                     : Error(ErrorCode::configuration_mismatch, *what);
      return Progress::moved;
    }
    const std::size_t p = *attempt.peer;
    if (options_.self < p) {
      if (links_[p]) {
        attempt.link.reset();  // we have chosen another
        return Progress::closed;
      }
      attempt.link->send(FrameKind::chosen, 0, {});
      choose(attempt);
    } else {
      attempt.step = Attempt::Step::choice;
      attempt.end = end_;
    }
    return Progress::moved;
  }

  Progress take_choice(Attempt& attempt, const FrameHeader& header) {
    if (header.kind != FrameKind::chosen || header.size != 0) {
      throw malformed(attempt.peer, "sent something else than its choice of a connection");
    }
    static_cast<void>(attempt.link->receive_body({}));
    choose(attempt);
    return Progress::moved;
  }

  /// A connection that was there before is one that the other side has lost.
  void choose(Attempt& attempt) {
    const std::size_t p = *attempt.peer;
    links_[p] = std::move(attempt.link);
    peers_[p].ready_sent = peers_[p].ready_received = false;
  }

  /// Hears that the other party is ready too. One that is gone again may come back until then.
  void listen_to(std::size_t p) {
    Link& link = *links_[p];
    link.flush();
    if (!peers_[p].ready_received) {
      FrameHeader header;
      Progress progress = link.receive_header(header, p);
      if (progress == Progress::moved) {
        if (header.kind == FrameKind::gave_up || header.kind == FrameKind::ended) {
          words_.resize(size_of_departure(header, p));
          progress = link.receive_body(words_);
          if (progress == Progress::moved) {
            const Departure departure = decode_departure(header, words_, p);
            throw Error(ErrorCode::peer_failed, p,
                        name(p) + (header.kind == FrameKind::ended ? " ended its program before the first round"
                                                                   : " gave up: " + departure.reason));
          }
        } else {
          if (header.kind != FrameKind::ready || header.size != 0) {
            throw malformed(p, "sent a message before it said that it is ready");
          }
          static_cast<void>(link.receive_body({}));
          peers_[p].ready_received = true;
        }
      }
      if (progress == Progress::closed) {
        const std::string failure = link.channel().failure();
        links_[p].reset();
        if (peers_[p].dial) peers_[p].dial->failed(failure);
        return;
      }
    }
    link.channel().wait(!peers_[p].ready_received, link.is_sending());
  }

  /// Notes why a connection did not come about, or throws where there is no point in another one.
  void failed(Attempt& attempt, const std::string& failure) {
    const Channel& channel = attempt.link->channel();
    if (!attempt.dialed) {
      incident_ =
          "a connection from " + attempt.place + " came to nothing: " +
          (channel.identity().stranger ? "its key " + channel.identity().stranger->text() + " is that of no other party"
           : !channel.identity().fault.empty() ? "its certificate " + std::string(channel.identity().fault)
                                               : failure);
      return;
    }
    const std::size_t p = *attempt.peer;
    if (const auto& stranger = channel.identity().stranger) {
      throw Error(ErrorCode::configuration_mismatch, p,
                  attempt.place + " has the key " + stranger->text() + ", and that of " + name(p) + " is " +
                      options_.parties[p].key->text());
    }
    if (!channel.identity().fault.empty()) {
      throw Error(ErrorCode::configuration_mismatch, p,
                  attempt.place + " has the key of " + name(p) + ", but its certificate " +
                      std::string(channel.identity().fault));
    }
    if (channel.was_refused() && channel.identity().found) {
      throw Error(ErrorCode::configuration_mismatch, p,
                  name(p) + " refuses the key of " + name(options_.self) + ", which is " +
                      options_.parties[options_.self].key->text());
    }
    peers_[p].dial->failed(failure);
  }

  [[nodiscard]] Error malformed(std::optional<std::size_t> peer, const std::string& what) const {
    return peer ? Error(ErrorCode::malformed_message, *peer, name(*peer) + ' ' + what)
                : Error(ErrorCode::malformed_message, "somebody " + what);
  }

  [[nodiscard]] Error late() const {
    const std::string waited = " after " + std::to_string(options_.connect_deadline.count()) + " ms";
    for (std::size_t p = 0; p < peers_.size(); ++p) {
      if (links_[p] || p == options_.self) continue;
      std::string text = name(options_.self) + " has no connection to " + name(p) + waited;
      if (peers_[p].dial) text += "; " + peers_[p].dial->report();
      if (acceptor_ != nullptr) text += "; " + name(p) + " has not dialed";
      if (!incident_.empty()) text += "; " + incident_;
      return Error(ErrorCode::deadline_exceeded, p, text);
    }
    std::size_t p = 0;
    while (p == options_.self || (peers_[p].ready_received && !links_[p]->is_sending())) ++p;
    return Error(ErrorCode::deadline_exceeded, p, name(p) + " has not found all the other parties" + waited);
  }

  const Options& options_;
  asio::io_context& context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;  // lets the context wait where it has nothing to do
  asio::ip::tcp::acceptor* acceptor_;
  Acceptance acceptance_;
  const Context* tls_;
  Clock::time_point end_;
  Sha256Digest keys_{};
  std::vector<std::unique_ptr<Link>> links_;
  std::vector<Peer> peers_;
  std::list<Attempt> attempts_;
  Bytes words_;
  std::string incident_;  // the latest connection that did not lead to a party
};

}  // namespace parley::tls::detail
