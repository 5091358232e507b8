// SPDX-License-Identifier: Apache-2.0
// A server to which many clients hand in their parts of what it and the other servers will compute on later.
#pragma once

#include <algorithm>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/tls/acceptance.hpp"
#include "parley/tls/channel.hpp"
#include "parley/tls/collection.hpp"
#include "parley/tls/context.hpp"
#include "parley/tls/farewell.hpp"
#include "parley/tls/hello.hpp"
#include "parley/tls/link.hpp"
#include "parley/tls/options.hpp"
#include "parley/tls/submission.hpp"
#include "parley/tls/submission_store.hpp"

namespace parley::tls {

struct SubmissionServerOptions {
  Collection collection;
  /// Which of the servers this is, 0-based.
  std::size_t self = 0;
  /// The key of this server, used until the SubmissionServer is made.
  const PrivateKey* key = nullptr;
  /// Which clients may hand something in, by the fingerprints of their keys, which they have made or which tokens stand
  /// for (PrivateKey::from_token). Empty for all: then one person can be any number of clients.
  std::function<bool(const Fingerprint&)> admits = {};
  /// Whether a part can be computed with, such as is_encoding_of<F>. Empty for all.
  std::function<bool(std::span<const std::byte>)> is_well_formed = {};
  /// How many connections there may be at the same time; of more the one that has been silent for longest is closed.
  std::size_t most_connections = 500;
  /// How long a connection may be silent.
  std::chrono::milliseconds idle_deadline{60'000};
};

/// Takes submissions over TLS 1.3 from clients who know it by its key, as it knows them by theirs, and hands out results.
/// Whatever clients send, in whatever order and however slowly, ends their own connections at most: memory is bounded by
/// most_connections times what one request takes (64 KiB, or one submission where that is longer), and the file of the
/// store by its own bound.
class SubmissionServer {
 public:
  /// The store outlives this. Error(invalid_argument) where the options make no sense.
  SubmissionServer(SubmissionServerOptions options, Listener listener, SubmissionStore& store)
      : options_(checked(std::move(options))),
        store_(store),
        tls_(*options_.key, detail::keys_of(options_.collection.servers), options_.self,
             [admits = options_.admits](const Fingerprint& key) { return !admits || admits(key); }),
        listener_(std::move(listener)),
        work_(listener_.context_->get_executor()),
        acceptance_(listener_.acceptor_ ? &*listener_.acceptor_ : nullptr) {
    hello_.sender = static_cast<std::uint32_t>(options_.self);
    hello_.receiver = detail::client_number;
    hello_.parties = static_cast<std::uint32_t>(options_.collection.servers.size());
    hello_.keys = detail::digest_of_keys(options_.collection.servers);
    hello_.session = session_of(options_.collection);
    if (listener_.port() == 0) throw Error(ErrorCode::invalid_argument, "a server of submissions listens on a port");
  }

  [[nodiscard]] std::uint16_t port() const noexcept { return listener_.port(); }

  /// Serves until go_on() is false. That is asked after whatever has happened and ten times a second, between requests: it
  /// may look at the store, close it, or set results. What the store has is on the disk when this returns, and the
  /// connections are closed; it can be called again. Error(invalid_state) where the disk fails; never caused by a client.
  void run(const std::function<bool()>& go_on) {
    asio::io_context& context = *listener_.context_;
    while (go_on()) {
      accept();
      busy_ = false;
      for (Visitor& visitor : visitors_) visitor.goes = visitor.goes && advance(visitor);
      store_.commit();
      for (Visitor& visitor : visitors_) answer(visitor);
      visitors_.remove_if([](const Visitor& visitor) { return !visitor.goes; });
      if (!busy_) context.run_one_until(std::min(next_step(), detail::Clock::now() + longest_pause));
      context.poll();
    }
    store_.commit();
    visitors_.clear();
  }

 private:
  struct Visitor {
    std::unique_ptr<detail::Link> link;
    detail::Clock::time_point end;  // of its being silent
    enum class Step : std::uint8_t { handshake, hello, requests } step = Step::handshake;
    bool goes = true;
    bool refused = false;                                       // to be closed when it was told why
    Bytes body = {};                                            // of the frame that comes in
    std::vector<std::pair<std::uint64_t, Bytes>> answers = {};  // to be sent when the store is on the disk
  };

  static constexpr std::chrono::milliseconds longest_pause{100};
  static constexpr std::chrono::seconds longest_introduction{30};
  /// Of one visitor before the others have their turn.
  static constexpr int requests_at_a_time = 4;

  static SubmissionServerOptions checked(SubmissionServerOptions options) {
    const auto refuse = [](const std::string& what) { throw Error(ErrorCode::invalid_argument, what); };
    static_cast<void>(session_of(options.collection));
    const auto& servers = options.collection.servers;
    if (options.self >= servers.size())
      refuse("server " + std::to_string(options.self) + " among " + std::to_string(servers.size()) +
             " servers: they count from 0");
    if (options.key == nullptr) refuse("a server of submissions needs its key");
    if (options.key->fingerprint() != *servers[options.self].key)
      refuse("the key of this server is not the one that is given for server " + std::to_string(options.self));
    if (options.most_connections == 0 || options.idle_deadline <= std::chrono::milliseconds::zero())
      refuse("a server of submissions needs a connection and the time to use it");
    return options;
  }

  [[nodiscard]] detail::Clock::time_point next_step() const {
    auto next = acceptance_.next_step();
    for (const Visitor& visitor : visitors_) next = std::min(next, visitor.end);
    return next;
  }

  void accept() {
    while (auto accepted = acceptance_.next()) {
      if (visitors_.size() >= options_.most_connections)
        visitors_.erase(std::ranges::min_element(visitors_, {}, &Visitor::end));
      auto channel = std::make_unique<detail::Channel>(std::move(accepted->socket), &tls_, true, std::nullopt);
      visitors_.push_back(
          {std::make_unique<detail::Link>(std::move(channel)), detail::Clock::now() + longest_introduction});
    }
  }

  /// Whether the connection goes on.
  bool advance(Visitor& visitor) {
    try {
      int requests = 0;
      detail::Progress progress = detail::Progress::moved;
      while (progress == detail::Progress::moved) {
        if (visitor.refused || visitor.link->is_sending()) break;  // no more requests than answers are read
        if (visitor.step == Visitor::Step::requests && ++requests > requests_at_a_time) {
          busy_ = true;
          break;
        }
        progress = take_step(visitor);
      }
      return progress != detail::Progress::closed && detail::Clock::now() < visitor.end;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::malformed_message) throw;  // of the store
      return false;
    }
  }

  detail::Progress take_step(Visitor& visitor) {
    detail::Link& link = *visitor.link;
    if (visitor.step == Visitor::Step::handshake) {
      const detail::Progress progress = link.channel().handshake();
      if (progress != detail::Progress::moved) return progress;
      if (!link.channel().identity().client) return detail::Progress::closed;  // another server's key is no client's
      visitor.step = Visitor::Step::hello;
    }
    detail::FrameHeader header;
    detail::Progress progress = link.receive_header(header, std::nullopt);
    if (progress != detail::Progress::moved) return progress;
    const bool is_hello = visitor.step == Visitor::Step::hello;
    const std::size_t longest =
        is_hello ? detail::longest_hello : detail::longest_request(options_.collection.part_size);
    if (header.kind != (is_hello ? detail::FrameKind::hello : detail::FrameKind::message) || header.size > longest)
      return detail::Progress::closed;
    visitor.body.resize(static_cast<std::size_t>(header.size));
    progress = link.receive_body(visitor.body);
    if (progress != detail::Progress::moved) return progress;
    visitor.end = detail::after(options_.idle_deadline);
    if (is_hello)
      take_hello(visitor);
    else
      take_request(visitor, header.round);
    return detail::Progress::moved;
  }

  /// Whoever differs is told by our hello what this server has, and then no more.
  void take_hello(Visitor& visitor) {
    const detail::Hello theirs = detail::decode_hello(visitor.body, std::nullopt);
    detail::Hello ours = hello_;
    ours.channel = visitor.link->channel().binding();
    visitor.link->send(detail::FrameKind::hello, 0, detail::encode(ours));
    visitor.refused = detail::difference(theirs, ours, detail::client_number).has_value();
    visitor.step = Visitor::Step::requests;
  }

  void take_request(Visitor& visitor, std::uint64_t number) {
    const Sha256Digest& client = visitor.link->channel().identity().client->digest();
    const detail::Request request = detail::decode_request(visitor.body, options_.collection.part_size);
    if (request.kind == detail::RequestKind::result) {
      visitor.answers.emplace_back(number, detail::encode_result(store_.result(client, request.item)));
      return;
    }
    std::vector<Verdict> verdicts;
    for (const auto& [item, revision, digest, part] : request.submissions) {
      const bool well_formed = !options_.is_well_formed || options_.is_well_formed(part);
      verdicts.push_back(well_formed ? store_.add({client, item, revision, digest}, part) : Verdict::malformed);
    }
    visitor.answers.emplace_back(number, detail::encode_verdicts(verdicts));
  }

  void answer(Visitor& visitor) {
    if (!visitor.goes) return;
    for (auto& [number, body] : visitor.answers)
      visitor.link->send(detail::FrameKind::message, number, std::move(body));
    visitor.answers.clear();
    const bool was_sending = visitor.link->is_sending();
    visitor.link->flush();
    const bool sending = visitor.link->is_sending();
    if (was_sending && !sending) busy_ = true;  // requests may have been left for it
    if (visitor.refused && !sending) visitor.goes = false;
    visitor.link->channel().wait(true, sending);
  }

  SubmissionServerOptions options_;
  SubmissionStore& store_;
  detail::Hello hello_;
  detail::Context tls_;
  Listener listener_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;  // lets the context wait where it has nothing to do
  detail::Acceptance acceptance_;
  std::list<Visitor> visitors_;
  bool busy_ = false;  // requests have been left for the next turn
};

}  // namespace parley::tls
