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
#include "parley/tls/hello.hpp"
#include "parley/tls/link.hpp"
#include "parley/tls/options.hpp"

namespace parley::tls {

/// What became of connecting in one direction.
enum class Finding : std::uint8_t {
  well,              ///< both sides have the right keys and are about to run the same
  not_possible,      ///< whoever would be dialed has no address, which does no harm where the other one has
  nobody_came,       ///< the other party has not dialed this one, or did not get so far: it knows why
  name_not_found,    ///< there is no machine of that name
  refused,           ///< the machine is there, and nobody listens on the port
  no_answer,         ///< of the machine, or of what listens there
  unreachable,       ///< no way leads to the machine, or something else that the operating system says
  wrong_key,         ///< who answers has not the key of the party
  own_key_refused,   ///< the party expects another key of this one
  no_parley,         ///< what answers speaks no TLS 1.3, or does not go on as a party does
  other_version,     ///< the party speaks another version of the protocol
  other_parameters,  ///< the party is about to run something else
};

struct DirectionFinding {
  Finding finding = Finding::not_possible;
  std::string text;  ///< a sentence
};

class Diagnosis {
 public:
  /// Tries for `options.connect_deadline`, at most; less where everything is found well. Of the options the transport is
  /// TLS. A party that waits in RemoteNetwork::connect() can be tried as well: it is told of what differs, as by a party.
  /// Error(invalid_argument) where the options make no sense.
  Diagnosis(const Options& options, Listener listener);

  /// Between this party, which dialed, and `party`.
  [[nodiscard]] const DirectionFinding& dialing(std::size_t party) const { return outgoing_.at(party).found; }
  /// Between `party`, which dialed, and this one.
  [[nodiscard]] const DirectionFinding& dialed_by(std::size_t party) const { return incoming_.at(party); }
  /// Who else came, each once: with a key that is no other party's, or without one.
  [[nodiscard]] const std::vector<std::string>& strangers() const noexcept { return strangers_; }

  /// Whether this party and that one will find each other: it takes one direction, and no disagreement.
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

  static bool is_disagreement(Finding finding) {
    return finding == Finding::wrong_key || finding == Finding::own_key_refused || finding == Finding::other_version ||
           finding == Finding::other_parameters;
  }
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
      if (!attempt.link->is_sending()) conclude(attempt, *attempt.result);
      return attempt.link->is_sending();
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
      if (channel.was_refused()) {
        return {Finding::own_key_refused,
                name(*attempt.peer) + " refuses this party's key, " + own + ": another one is in its list"};
      }
    } else if (const auto& stranger = channel.identity().stranger) {
      return {Finding::wrong_key, attempt.place + " came with the key " + stranger->text() +
                                      ", which is that of no other party in this list"};
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

  static constexpr std::size_t most_strangers = 100;

  const Options options_;
  std::vector<Outgoing> outgoing_;
  std::vector<DirectionFinding> incoming_;
  std::vector<std::string> strangers_;
  std::list<Attempt> attempts_;
};

inline Diagnosis::Diagnosis(const Options& options, Listener listener)
    : options_(options), outgoing_(options.parties.size()), incoming_(options.parties.size()) {
  asio::ip::tcp::acceptor* const acceptor = listener.acceptor_ ? &*listener.acceptor_ : nullptr;
  detail::check_options(options, acceptor);
  if (options.transport != Transport::tls) throw Error(ErrorCode::invalid_argument, "diagnoses are of TLS connections");
  std::vector<Fingerprint> keys;
  for (const Party& party : options.parties) keys.push_back(*party.key);
  const detail::Context tls(*options.key, std::move(keys), options.self);
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
  while (!all_settled() && detail::Clock::now() < end) {
    if (acceptor != nullptr) accept(*acceptor, tls);
    for (std::size_t p = 0; p < outgoing_.size(); ++p) dial(p, tls);
    std::erase_if(attempts_, [&](Attempt& attempt) { return !advance(attempt); });
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
  for (Outgoing& each : outgoing_) each.dial.reset();  // before the context
}

}  // namespace parley::tls
