// SPDX-License-Identifier: Apache-2.0
// Why parties do not find each other: connections are tried in both directions between this party and every other, and
// what becomes of each is said in words. To be started at all parties, in the place of what they are to run.
#pragma once

#include <algorithm>
#include <asio/error.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/tls/channel.hpp"
#include "parley/tls/context.hpp"
#include "parley/tls/dial.hpp"
#include "parley/tls/farewell.hpp"
#include "parley/tls/findings.hpp"
#include "parley/tls/hello.hpp"
#include "parley/tls/link.hpp"
#include "parley/tls/options.hpp"

namespace parley::tls {

struct DirectionFinding {
  Finding finding = Finding::not_possible;
  std::string text;  ///< a sentence
};

class Diagnosis {
 public:
  /// Tries for `options.connect_deadline`, and a second more to hear of the others, at most; less where everything is found well. Of the options the transport is
  /// TLS. A party that waits in RemoteNetwork::connect() can be tried as well: it is told of what differs, as by a party.
  /// With parties that are in here at the same time the findings are exchanged, if there are at most 64.
  /// Error(invalid_argument) where the options make no sense.
  Diagnosis(const Options& options, Listener listener);

  /// Between this party, which dialed, and `party`.
  [[nodiscard]] const DirectionFinding& dialing(std::size_t party) const { return outgoing_.at(party).found; }
  /// Between `party`, which dialed, and this one.
  [[nodiscard]] const DirectionFinding& dialed_by(std::size_t party) const { return incoming_.at(party); }
  /// Who else came, each once: with a key that is no other party's, or without one.
  [[nodiscard]] const std::vector<std::string>& strangers() const noexcept { return strangers_; }

  /// What all parties have found that were in here at the same time and could be asked, or somebody who could.
  [[nodiscard]] const FindingsTable& table() const noexcept { return table_; }

  /// Whether this party and that one will find each other, as far as this one has found out.
  [[nodiscard]] bool will_meet(std::size_t party) const {
    const Finding out = dialing(party).finding, in = dialed_by(party).finding;
    return (out == Finding::well || in == Finding::well) && !is_disagreement(out) && !is_disagreement(in);
  }

 private:
  struct Outgoing {
    std::optional<detail::Dial> dial;
    DirectionFinding found;
  };

  struct Attempt {
    std::unique_ptr<detail::Link> link;
    std::optional<std::size_t> peer;
    bool dialed;
    std::string place;
    bool introduced = false;                    // the handshake is over
    std::optional<Bytes> hello = std::nullopt;  // theirs, as it comes in
    std::optional<DirectionFinding> result = std::nullopt;
  };

  /// A connection to a party that is in here as well.
  struct Colleague {
    std::size_t peer;
    std::unique_ptr<detail::Link> link;
    std::uint64_t told = 0;  // up to which of our news
    Bytes message = {};      // of the frame that comes in
    bool receives = false;
  };

  static bool is_settled(Finding finding) {
    return finding == Finding::well || finding == Finding::not_possible || is_disagreement(finding);
  }

  [[nodiscard]] static std::string name(std::size_t party) { return "party " + std::to_string(party); }
  [[nodiscard]] std::string key_text(std::size_t party) const { return options_.parties[party].key->text(); }

  void accept(asio::ip::tcp::acceptor& acceptor, const detail::Context& tls) {
    std::error_code error;
    asio::ip::tcp::endpoint from;
    // Strangers find a bound here too.
    while (attempts_.size() < 4 * outgoing_.size() + 64) {
      detail::Socket socket = acceptor.accept(from, error);
      if (error) return;
      begin(std::move(socket), std::nullopt, detail::text_of(from), tls);
    }
  }

  void begin(detail::Socket socket, std::optional<std::size_t> dialed, std::string place, const detail::Context& tls) {
    auto channel = std::make_unique<detail::Channel>(std::move(socket), &tls, !dialed.has_value(), dialed);
    attempts_.push_back(
        {std::make_unique<detail::Link>(std::move(channel)), dialed, dialed.has_value(), std::move(place)});
  }

  void dial(std::size_t p, const detail::Context& tls) {
    Outgoing& outgoing = outgoing_[p];
    if (!outgoing.dial || is_settled(outgoing.found.finding)) return;
    if (auto socket = outgoing.dial->advance()) begin(std::move(*socket), p, outgoing.dial->address(), tls);
    if (const std::error_code error = outgoing.dial->last_error()) outgoing.found = explain(error, p);
  }

  [[nodiscard]] DirectionFinding explain(const std::error_code& error, std::size_t p) const {
    const std::string& address = options_.parties[p].address;
    const std::string in_brackets = " (" + error.message() + ')';
    if (error == asio::error::host_not_found || error == asio::error::host_not_found_try_again ||
        error == asio::error::no_data || error == asio::error::no_recovery) {
      return {Finding::name_not_found, "the name in " + address + " is not found" + in_brackets +
                                           ": it is misspelt, or not known to the name servers that are asked here"};
    }
    if (error == asio::error::connection_refused) {
      return {Finding::refused, address + " refuses: nobody listens on this port there yet, or a firewall refuses"};
    }
    if (error == asio::error::timed_out) return silence(address);
    return {Finding::unreachable, "no way leads to " + address + in_brackets};
  }
  [[nodiscard]] static DirectionFinding silence(const std::string& address) {
    return {Finding::no_answer,
            "no answer from " + address + ": a firewall drops what is sent there, or there is no such machine"};
  }

  /// Whether the attempt goes on.
  bool advance(Attempt& attempt) {
    detail::Progress progress = detail::Progress::moved;
    try {
      while (progress == detail::Progress::moved && !attempt.result) progress = take_step(attempt);
    } catch (const Error& error) {
      conclude(attempt, {Finding::no_parley, attempt.place + " does not answer as a party does: " + error.what()});
      return false;
    }
    if (attempt.result) {
      attempt.link->flush();  // our hello
      if (attempt.link->is_sending()) return true;
      const std::size_t peer = *attempt.peer;
      conclude(attempt, *attempt.result);
      if (attempt.link->channel().both_offered()) {
        colleagues_.push_back({peer, std::move(attempt.link)});
      } else {
        busy_otherwise_[peer] = true;
      }
      return false;
    }
    if (progress == detail::Progress::closed) {
      conclude(attempt, explain_end(attempt));
      return false;
    }
    attempt.link->channel().wait(true, true);
    return true;
  }

  detail::Progress take_step(Attempt& attempt) {
    detail::Link& link = *attempt.link;
    if (!attempt.introduced) {
      const detail::Progress progress = link.channel().handshake();
      if (progress != detail::Progress::moved) return progress;
      attempt.introduced = true;
      attempt.peer = link.channel().identity().found;
      if (attempt.dialed) send_hello(attempt);
    }
    link.flush();
    detail::FrameHeader header;
    detail::Progress progress = link.receive_header(header, attempt.peer);
    if (progress != detail::Progress::moved) return progress;
    if (header.kind != detail::FrameKind::hello || header.size > detail::longest_hello) {
      throw Error(ErrorCode::malformed_message, "it sends no hello");
    }
    if (!attempt.hello) attempt.hello.emplace(static_cast<std::size_t>(header.size));
    progress = link.receive_body(*attempt.hello);
    if (progress != detail::Progress::moved) return progress;
    const detail::Hello theirs = detail::decode_hello(*attempt.hello, attempt.peer);
    if (!attempt.dialed) send_hello(attempt);
    if (const auto what = detail::difference(theirs, own_hello(attempt), *attempt.peer)) {
      attempt.result = {theirs.version == detail::protocol_version ? Finding::other_parameters : Finding::other_version,
                        *what};
    } else {
      attempt.result = {Finding::well, "well"};
    }
    return detail::Progress::moved;
  }

  void send_hello(Attempt& attempt) {
    attempt.link->send(detail::FrameKind::hello, 0, detail::encode(own_hello(attempt)));
  }
  [[nodiscard]] detail::Hello own_hello(const Attempt& attempt) const {
    detail::Hello hello;
    hello.sender = static_cast<std::uint32_t>(options_.self);
    hello.receiver = static_cast<std::uint32_t>(*attempt.peer);
    hello.parties = static_cast<std::uint32_t>(options_.parties.size());
    hello.keys = detail::digest_of_keys(options_.parties);
    hello.channel = attempt.link->channel().binding();
    hello.session = options_.session;
    return hello;
  }

  [[nodiscard]] DirectionFinding explain_end(const Attempt& attempt) const {
    const detail::Channel& channel = attempt.link->channel();
    const std::string own = key_text(options_.self);
    if (attempt.dialed) {
      if (const auto& stranger = channel.identity().stranger) {
        return {Finding::wrong_key, attempt.place + " has the key " + stranger->text() + ", and that of " +
                                        name(*attempt.peer) + " is " + key_text(*attempt.peer) +
                                        " here: this list is not up to date, or somebody else answers"};
      }
      if (!channel.identity().fault.empty()) {
        return {Finding::wrong_certificate, attempt.place + " has the key of " + name(*attempt.peer) +
                                                ", but its certificate " + std::string(channel.identity().fault)};
      }
      if (channel.was_refused()) {
        return {Finding::own_key_refused,
                name(*attempt.peer) + " refuses this party's key, " + own + ": another one is in its list"};
      }
    } else if (const auto& stranger = channel.identity().stranger) {
      return {Finding::wrong_key, attempt.place + " came with the key " + stranger->text() +
                                      ", which is that of no other party in this list"};
    } else if (!channel.identity().fault.empty()) {
      return {Finding::wrong_certificate, attempt.place + " came with the key of a party, but its certificate " +
                                              std::string(channel.identity().fault)};
    } else if (channel.was_refused()) {
      return {Finding::own_key_refused,
              attempt.place + " came and refused this party's key, " + own + ": another one is in its list"};
    }
    return {Finding::no_parley, attempt.place + " does not answer as a party does: " + channel.failure()};
  }

  /// Notes what has come of an attempt that is over.
  void conclude(Attempt& attempt, DirectionFinding found) {
    if (attempt.dialed) {
      Outgoing& outgoing = outgoing_[*attempt.peer];
      if (!is_settled(found.finding)) outgoing.dial->failed(found.text);
      outgoing.found = std::move(found);
    } else if (attempt.introduced) {
      DirectionFinding& incoming = incoming_[*attempt.peer];
      if (!is_settled(incoming.finding)) incoming = std::move(found);
    } else if (std::ranges::find(strangers_, found.text) == strangers_.end() && strangers_.size() < most_strangers) {
      strangers_.push_back(std::move(found.text));
    }
  }

  [[nodiscard]] bool all_settled() const {
    for (std::size_t p = 0; p < outgoing_.size(); ++p) {
      if (!is_settled(outgoing_[p].found.finding) || !is_settled(incoming_[p].finding)) return false;
    }
    return attempts_.empty();
  }

  // What follows tells the others, and hears from them, what is found between them.

  /// Enters what this party has found so far.
  void note(bool is_final) {
    FindingsTable::Row row = table_.row(options_.self);
    std::vector<Finding> dialing, dialed_by;
    for (std::size_t p = 0; p < outgoing_.size(); ++p) {
      dialing.push_back(outgoing_[p].found.finding);
      dialed_by.push_back(incoming_[p].finding);
    }
    if (row.edition > 0 && row.is_final == is_final && row.dialing == dialing && row.dialed_by == dialed_by) return;
    // The time makes it higher than that of an earlier run, which others may still tell of.
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto time = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
    row = {std::max(row.edition + 1, static_cast<std::uint64_t>(std::max<decltype(time)>(time, 1))), is_final,
           std::move(dialing), std::move(dialed_by)};
    table_.set(options_.self, std::move(row));
    ++news_;
  }

  void talk() {
    std::erase_if(colleagues_, [this](Colleague& colleague) {
      try {
        return !listen(colleague);
      } catch (const Error&) {
        return true;  // it says something that makes no sense: there is nothing to be learnt from it
      }
    });
    for (Colleague& colleague : colleagues_) {
      if (colleague.told != news_ && !colleague.link->is_sending()) {
        colleague.link->send(detail::FrameKind::message, 0, table_.encode());
        colleague.told = news_;
      }
      colleague.link->flush();
      colleague.link->channel().wait(true, colleague.link->is_sending());
    }
  }

  /// Whether the connection goes on.
  bool listen(Colleague& colleague) {
    while (true) {
      detail::FrameHeader header;
      detail::Progress progress = colleague.link->receive_header(header, colleague.peer);
      if (progress != detail::Progress::moved) return progress == detail::Progress::blocked;
      if (header.kind != detail::FrameKind::message || header.size > table_.longest_message()) return false;
      colleague.message.resize(static_cast<std::size_t>(header.size));
      progress = colleague.link->receive_body(colleague.message);
      if (progress != detail::Progress::moved) return progress == detail::Progress::blocked;
      if (table_.merge(colleague.message, colleague.peer, options_.self)) ++news_;
    }
  }

  /// Whether no more is to be heard: of each party the last word, but for those of whom nobody can tell, or not soon.
  [[nodiscard]] bool all_heard(detail::Clock::time_point settled) const {
    const bool patient = detail::Clock::now() < detail::later(settled, longest_last_words);
    for (std::size_t p = 0; p < outgoing_.size(); ++p) {
      if (p == options_.self || table_.row(p).is_final) continue;
      const auto is_that = [p](const Colleague& colleague) { return colleague.peer == p; };
      if (std::ranges::any_of(colleagues_, is_that)) return false;
      if (patient && !colleagues_.empty() && !busy_otherwise_[p]) return false;
    }
    return true;
  }

  void leave_colleagues() {
    std::vector<std::unique_ptr<detail::Link>> links;
    for (Colleague& colleague : colleagues_) {
      if (colleague.told != news_) colleague.link->send(detail::FrameKind::message, 0, table_.encode());
      links.push_back(std::move(colleague.link));
    }
    colleagues_.clear();
    detail::take_leave(links, detail::FrameKind::ended, 0, {}, std::chrono::milliseconds(500));
  }

  static constexpr std::chrono::milliseconds longest_last_words{1000};
  static constexpr std::size_t most_strangers = 100;

  const Options options_;
  std::vector<Outgoing> outgoing_;
  std::vector<DirectionFinding> incoming_;
  std::vector<std::string> strangers_;
  std::list<Attempt> attempts_;
  FindingsTable table_;
  std::list<Colleague> colleagues_;
  std::vector<bool> busy_otherwise_;  // which parties are there, and not in here
  std::uint64_t news_ = 0;            // how often the table was changed
};

inline Diagnosis::Diagnosis(const Options& options, Listener listener)
    : options_(options),
      outgoing_(options.parties.size()),
      incoming_(options.parties.size()),
      table_(options.parties.size()),
      busy_otherwise_(options.parties.size()) {
  asio::ip::tcp::acceptor* const acceptor = listener.acceptor_ ? &*listener.acceptor_ : nullptr;
  detail::check_options(options, acceptor);
  if (options.transport != Transport::tls) throw Error(ErrorCode::invalid_argument, "diagnoses are of TLS connections");
  std::vector<Fingerprint> keys;
  for (const Party& party : options.parties) keys.push_back(*party.key);
  detail::Context tls(*options.key, std::move(keys), options.self);
  if (options.parties.size() <= FindingsTable::most_parties) tls.offer("parley-diagnosis");
  asio::io_context& context = *listener.context_;
  const auto work = asio::make_work_guard(context);
  for (std::size_t p = 0; p < outgoing_.size(); ++p) {
    if (p == options.self) continue;
    if (const std::string& address = options.parties[p].address; !address.empty()) {
      outgoing_[p].dial.emplace(context, address, false);
      outgoing_[p].found = silence(address);
    } else {
      outgoing_[p].found.text = name(p) + " has no address to dial";
    }
    incoming_[p] = acceptor == nullptr
                       ? DirectionFinding{Finding::not_possible, "this party listens nowhere"}
                       : DirectionFinding{Finding::nobody_came, name(p) + " has not come: it can tell why"};
  }
  const auto end = detail::after(options.connect_deadline);
  auto settled = detail::Clock::time_point::max();
  while (detail::Clock::now() < end) {
    if (all_settled()) {
      settled = std::min(settled, detail::Clock::now());
      if (all_heard(settled)) break;
    }
    if (acceptor != nullptr) accept(*acceptor, tls);
    for (std::size_t p = 0; p < outgoing_.size(); ++p) dial(p, tls);
    std::erase_if(attempts_, [&](Attempt& attempt) { return !advance(attempt); });
    note(all_settled());
    talk();
    // New connections and dialing that has to go on are looked for again in any case.
    context.run_one_until(std::min(end, detail::Clock::now() + std::chrono::milliseconds(5)));
    context.poll();
  }
  for (const Attempt& attempt : attempts_) {
    if (attempt.dialed) {
      outgoing_[*attempt.peer].found = {Finding::no_answer, attempt.place + " is connected and says nothing"};
    }
  }
  attempts_.clear();
  // Who has begun at the same time ends at the same time, and has a last word to say then.
  note(true);
  const auto last = detail::later(std::min(end, detail::Clock::now()), longest_last_words);
  for (talk(); !all_heard(settled) && detail::Clock::now() < last; talk()) {
    context.run_one_until(std::min(last, detail::Clock::now() + std::chrono::milliseconds(5)));
    context.poll();
  }
  leave_colleagues();
  for (Outgoing& each : outgoing_) each.dial.reset();  // before the context
}

}  // namespace parley::tls
