// SPDX-License-Identifier: Apache-2.0
// A client of some servers, who hands in its numbers as a part for each of them, leaves, and may ask for results later.
#pragma once

#include <algorithm>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/tls/channel.hpp"
#include "parley/tls/collection.hpp"
#include "parley/tls/context.hpp"
#include "parley/tls/dial.hpp"
#include "parley/tls/farewell.hpp"
#include "parley/tls/hello.hpp"
#include "parley/tls/link.hpp"
#include "parley/tls/submission.hpp"

namespace parley::tls {

namespace detail {

/// Requests to one server and its answers, over as many connections as that takes.
class Conversation {
 public:
  /// All but the context's socket outlive this.
  Conversation(asio::io_context& context, const Context& tls, const Collection& collection, const Hello& hello,
               std::size_t server)
      : tls_(tls), collection_(collection), hello_(hello), server_(server) {
    dial_.emplace(context, collection.servers[server].address, false);
    hello_.receiver = static_cast<std::uint32_t>(server);
  }

  /// To be asked, after all that was asked before has been answered. Answers have at most `longest_answer` bytes.
  void ask(std::vector<Bytes> requests, std::size_t longest_answer) {
    requests_ = std::move(requests);
    answers_.clear();
    longest_answer_ = longest_answer;
    asked_ = 0;
  }

  [[nodiscard]] bool is_answered() const noexcept { return answers_.size() == requests_.size(); }
  [[nodiscard]] const std::vector<Bytes>& answers() const noexcept { return answers_; }

  /// Takes every step that can be taken now. Error(configuration_mismatch) or Error(malformed_message), which blame the
  /// server, where there is no point in another attempt.
  void advance() {
    if (is_answered()) return;
    if (!link_) {
      auto socket = dial_->advance();
      if (!socket) return;
      link_ = std::make_unique<Link>(std::make_unique<Channel>(std::move(*socket), &tls_, false, server_));
      step_ = Step::handshake;
    }
    Progress progress = Progress::moved;
    while (progress == Progress::moved && !is_answered()) progress = take_step();
    if (progress == Progress::closed) return lose();
    link_->channel().wait(!is_answered(), link_->is_sending());
  }

  /// When to call advance() again although nothing has happened.
  [[nodiscard]] Clock::time_point next_step() const {
    return link_ || is_answered() ? Clock::time_point::max() : dial_->next_step();
  }

  [[nodiscard]] Error late(std::chrono::milliseconds deadline) const {
    return Error(ErrorCode::deadline_exceeded, server_,
                 name() + " has answered " + std::to_string(answers_.size()) + " of " +
                     std::to_string(requests_.size()) + " requests in " + std::to_string(deadline.count()) + " ms; " +
                     dial_->report());
  }

 private:
  enum class Step : std::uint8_t { handshake, hello, answers };

  [[nodiscard]] std::string name() const { return "server " + std::to_string(server_); }

  Progress take_step() {
    if (step_ == Step::handshake) {
      const Progress progress = link_->channel().handshake();
      if (progress != Progress::moved) return progress;
      hello_.channel = link_->channel().binding();
      link_->send(FrameKind::hello, 0, encode(hello_));
      step_ = Step::hello;
    }
    if (step_ == Step::answers && !link_->is_sending() && asked_ < requests_.size()) {
      link_->send(FrameKind::message, asked_ + 1, requests_[asked_]);  // kept, as it may have to be sent again
      ++asked_;
    }
    link_->flush();
    FrameHeader header;
    Progress progress = link_->receive_header(header, server_);
    if (progress != Progress::moved) {
      return progress == Progress::blocked && step_ == Step::answers && !link_->is_sending() &&
                     asked_ < requests_.size()
                 ? Progress::moved
                 : progress;
    }
    const bool is_hello = step_ == Step::hello;
    if (header.kind != (is_hello ? FrameKind::hello : FrameKind::message) ||
        header.size > (is_hello ? longest_hello : longest_answer_) ||
        (!is_hello && header.round != answers_.size() + 1))
      throw Error(ErrorCode::malformed_message, server_, name() + " sent something else than an answer");
    body_.resize(static_cast<std::size_t>(header.size));
    progress = link_->receive_body(body_);
    if (progress != Progress::moved) return progress;
    if (is_hello) {
      if (const auto what = difference(decode_hello(body_, server_), hello_, server_))
        throw Error(ErrorCode::configuration_mismatch, server_, *what);
      step_ = Step::answers;
    } else {
      answers_.push_back(std::move(body_));
      body_ = Bytes();
    }
    return Progress::moved;
  }

  /// What was asked and not answered is asked again on another connection: whether it had come over nobody knows.
  void lose() {
    const Channel& channel = link_->channel();
    const std::string address = dial_->address();
    if (const auto& stranger = channel.identity().stranger) {
      throw Error(ErrorCode::configuration_mismatch, server_,
                  address + " has the key " + stranger->text() + ", and that of " + name() + " is " +
                      collection_.servers[server_].key->text());
    }
    if (!channel.identity().fault.empty())
      throw Error(
          ErrorCode::configuration_mismatch, server_,
          address + " has the key of " + name() + ", but its certificate " + std::string(channel.identity().fault));
    if (channel.was_refused())
      throw Error(ErrorCode::configuration_mismatch, server_, name() + " does not admit the key of this client");
    dial_->failed(channel.failure());
    link_.reset();
    asked_ = answers_.size();
  }

  const Context& tls_;
  const Collection& collection_;
  Hello hello_;
  std::size_t server_;
  std::optional<Dial> dial_;
  std::unique_ptr<Link> link_;
  Step step_ = Step::handshake;
  std::vector<Bytes> requests_, answers_;
  std::size_t asked_ = 0;  // how many requests are on their way or answered
  std::size_t longest_answer_ = 0;
  Bytes body_;
};

}  // namespace detail

/// A client of the servers of a collection, known to them by the fingerprint of its key, as they are to it.
///
/// Security: as many servers as the sharing's privacy threshold learn nothing about its numbers, a network that reads and
/// changes everything learns no more than that it speaks to the servers, and nobody without its key submits in its name.
/// A server can forget a client, or refuse it; that it did, the client sees. What is computed is up to the servers: the
/// client knows that all of them have been told the same, and trusts that enough of them keep to it.
class SubmissionClient {
 public:
  /// The key is used during this call only. No call waits longer than `deadline` altogether. Error(invalid_argument)
  /// where the collection makes no sense, or a server has no address.
  SubmissionClient(Collection collection, const PrivateKey& key,
                   std::chrono::milliseconds deadline = std::chrono::milliseconds(60'000))
      : collection_(std::move(collection)),
        deadline_(deadline),
        tls_(key, (detail::check_collection(collection_), detail::keys_of(collection_.servers)),
             collection_.servers.size()) {
    detail::Hello hello;
    hello.sender = detail::client_number;
    hello.parties = static_cast<std::uint32_t>(collection_.servers.size());
    hello.keys = detail::digest_of_keys(collection_.servers);
    hello.session = session_of(collection_);
    for (std::size_t j = 0; j < collection_.servers.size(); ++j) {
      static_cast<void>(detail::split_address(collection_.servers[j].address));
      servers_.push_back(std::make_unique<detail::Conversation>(context_, tls_, collection_, hello, j));
    }
  }

  /// Returns when every server has every submission on its disk: then they count, unless a higher revision of them is
  /// begun. Servers that are not there are waited for, and lost connections made again. After an Error what is counted is
  /// not known, and the same submissions may be handed in once more, by this or another client with the same key.
  ///
  /// Error(invalid_argument) for parts of the wrong number or size, before anything is sent. Caused by a server, which is
  /// named: Error(peer_failed) where it takes a submission not, and why; Error(configuration_mismatch) where it has another
  /// key, another collection in mind, or does not admit this client; Error(malformed_message) for answers that are none;
  /// Error(deadline_exceeded).
  void submit(std::span<const Submission> submissions) {
    for (const Submission& submission : submissions) check(submission);
    const std::size_t at_once = detail::submissions_per_request(collection_.part_size);
    for (std::size_t j = 0; j < servers_.size(); ++j) {
      std::vector<Bytes> requests;
      for (std::size_t first = 0; first < submissions.size(); first += at_once) {
        const auto some = submissions.subspan(first, std::min(at_once, submissions.size() - first));
        requests.push_back(detail::encode_store(some, j, collection_.part_size));
      }
      servers_[j]->ask(std::move(requests), at_once);
    }
    converse(detail::after(deadline_));
    for (std::size_t j = 0; j < servers_.size(); ++j) {
      std::size_t first = 0;
      for (const Bytes& answer : servers_[j]->answers()) {
        const std::size_t count = std::min(at_once, submissions.size() - first);
        const auto verdicts = detail::decode_verdicts(answer, count, j);
        const auto bad = std::ranges::find_if(verdicts, [](Verdict verdict) { return verdict != Verdict::stored; });
        if (bad != verdicts.end())
          throw refused(j, submissions[first + static_cast<std::size_t>(bad - verdicts.begin())], *bad);
        first += count;
      }
    }
  }
  void submit(const Submission& submission) { submit(std::span(&submission, 1)); }

  /// What each server has as the result for this client's `item`, in the order of the servers. Waits for all of them, as
  /// they may still compute. Errors as those of submit().
  [[nodiscard]] std::vector<Bytes> results(std::uint64_t item = 0) {
    const auto end = detail::after(deadline_);
    std::vector<std::optional<Bytes>> results(servers_.size());
    while (true) {
      std::optional<std::size_t> missing;
      for (std::size_t j = 0; j < servers_.size(); ++j) {
        std::vector<Bytes> requests;
        if (!results[j]) requests.push_back(detail::encode_result_request(item));
        servers_[j]->ask(std::move(requests), 1 + detail::longest_result);
      }
      converse(end);
      for (std::size_t j = 0; j < servers_.size(); ++j) {
        if (!results[j]) results[j] = detail::decode_result(servers_[j]->answers().front(), j);
        if (!results[j]) missing = j;
      }
      if (!missing) break;
      if (detail::Clock::now() + pause >= end)
        throw Error(
            ErrorCode::deadline_exceeded, *missing,
            "server " + std::to_string(*missing) + " has no result after " + std::to_string(deadline_.count()) + " ms");
      std::this_thread::sleep_for(pause);
    }
    std::vector<Bytes> all;
    for (auto& result : results) all.push_back(std::move(*result));
    return all;
  }

 private:
  static constexpr std::chrono::milliseconds pause{100};

  void check(const Submission& submission) const {
    const bool fits =
        submission.parts.size() == servers_.size() &&
        std::ranges::all_of(submission.parts, [&](const Bytes& part) { return part.size() == collection_.part_size; });
    if (!fits)
      throw Error(ErrorCode::invalid_argument, "a submission to this collection has a part of " +
                                                   std::to_string(collection_.part_size) + " bytes for each of " +
                                                   std::to_string(servers_.size()) + " servers");
  }

  void converse(detail::Clock::time_point end) {
    while (true) {
      auto next = end;
      const detail::Conversation* waiting = nullptr;
      for (const auto& server : servers_) {
        server->advance();
        if (!server->is_answered()) waiting = server.get();
        next = std::min(next, server->next_step());
      }
      if (waiting == nullptr) return;
      if (detail::Clock::now() >= end) throw waiting->late(deadline_);
      context_.run_one_until(next);
      context_.poll();
    }
  }

  [[nodiscard]] static Error refused(std::size_t server, const Submission& submission, Verdict verdict) {
    return Error(ErrorCode::peer_failed, server,
                 "item " + std::to_string(submission.item) + " in revision " + std::to_string(submission.revision) +
                     ": server " + std::to_string(server) + ' ' + std::string(to_string(verdict)));
  }

  Collection collection_;
  std::chrono::milliseconds deadline_;
  detail::Context tls_;
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
  std::vector<std::unique_ptr<detail::Conversation>> servers_;
};

}  // namespace parley::tls
