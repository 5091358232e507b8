// SPDX-License-Identifier: Apache-2.0
// Who the parties of a network of machines are, where they are reached, and how long one waits for them.
#pragma once

#include <asio/io_context.hpp>
#include <asio/ip/address.hpp>
#include <asio/ip/tcp.hpp>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/tls/channel.hpp"
#include "parley/tls/hello.hpp"
#include "parley/tls/key.hpp"
#include "parley/tls/library.hpp"

namespace parley::tls {

/// What this party knows of one of the parties.
struct Party {
  /// Where this party reaches it: "host.example:7001", "192.0.2.7:7001" or "[2001:db8::7]:7001". Empty where it cannot be
  /// reached from here: then it is waited for.
  std::string address;
  /// The key that it proves to have. Needed for TLS.
  std::optional<Fingerprint> key;
};

/// What protects the messages on their way.
enum class Transport : std::uint8_t {
  tls,             ///< TLS 1.3, both sides known by their keys
  plain_loopback,  ///< nothing, and no address but those of this machine itself is listened on or dialed
  insecure_plain,  ///< nothing: whoever is on the way reads and changes everything, and can be any party
};

struct Options {
  /// This party, 0-based.
  std::size_t self = 0;
  /// All the parties, this one included.
  std::vector<Party> parties;
  /// The key of this party, used during connect() only.
  const PrivateKey* key = nullptr;
  /// What they are to run together.
  Session session;
  Transport transport = Transport::tls;
  /// How long to wait until all parties have a connection to all others. All three are positive.
  std::chrono::milliseconds connect_deadline{60'000};
  /// How long one round may take, what the others compute before they send and the way of all bytes included. Where
  /// several parties are late, they have 200 ms more, to say because of whom.
  std::chrono::milliseconds round_deadline{60'000};
  /// How long leaving may take, so that the others learn of it.
  std::chrono::milliseconds closing_deadline{2'000};
};

namespace detail {

/// "host" and "port" of an address.
inline std::pair<std::string, std::string> split_address(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  std::string host = address.substr(0, colon == std::string::npos ? 0 : colon);
  const std::string port = colon == std::string::npos ? "" : address.substr(colon + 1);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  const bool plain = host.find_first_of(bracketed ? "[]" : ":[]") == std::string::npos;
  if (host.empty() || !plain || error != std::errc{} || end != port.data() + port.size()) {
    throw Error(ErrorCode::invalid_argument, "\"" + address +
                                                 "\" is no address: it takes a host and a port, such as "
                                                 "host.example:7001, 192.0.2.7:7001 or [2001:db8::7]:7001");
  }
  return {host, port};
}

inline std::string text_of(const asio::ip::tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? '[' + address + ']' : address) + ':' + std::to_string(endpoint.port());
}

}  // namespace detail

class Diagnosis;

/// A port on which the other parties reach this one, open from the moment that it is made.
class Listener {
 public:
  /// For a party that dials all the others, and is dialed by none.
  Listener() = default;
  Listener(Listener&&) = default;
  Listener& operator=(Listener&& other) noexcept {
    acceptor_.reset();  // before the context that it belongs to
    context_ = std::move(other.context_);
    acceptor_ = std::move(other.acceptor_);
    endpoint_ = other.endpoint_;
    return *this;
  }
  ~Listener() = default;

  /// On a numeric address of this machine and a port: "192.0.2.7:7001", "0.0.0.0:7001" or "[::]:7001" for all addresses;
  /// port 0 is any that is free. Error(invalid_argument) where that is none, or in use.
  explicit Listener(const std::string& address) {
    const auto [host, port] = detail::split_address(address);
    std::error_code error;
    const auto ip = asio::ip::make_address(host, error);
    if (error) {
      throw Error(ErrorCode::invalid_argument,
                  "\"" + host + "\" is no numeric address to listen on, such as 0.0.0.0 for all of this machine's");
    }
    try {
      const asio::ip::tcp::endpoint endpoint(ip, static_cast<std::uint16_t>(std::stoul(port)));
      acceptor_.emplace(*context_, endpoint);
      acceptor_->non_blocking(true);
      detail::keep_from_children(*acceptor_);
      endpoint_ = acceptor_->local_endpoint();
    } catch (const std::system_error& system_error) {
      throw Error(ErrorCode::invalid_argument, "cannot listen on " + address + ": " + system_error.code().message());
    }
  }

  /// The port that is listened on, 0 where none is.
  [[nodiscard]] std::uint16_t port() const noexcept { return acceptor_ ? endpoint_.port() : std::uint16_t{0}; }

 private:
  friend class RemoteNetwork;
  friend class Diagnosis;
  friend class SubmissionServer;

  std::unique_ptr<asio::io_context> context_ = std::make_unique<asio::io_context>(1);
  std::optional<asio::ip::tcp::acceptor> acceptor_;
  asio::ip::tcp::endpoint endpoint_;
};

namespace detail {

/// By which parties find out that they have the same list of keys, all of which are there.
inline Sha256Digest digest_of_keys(std::span<const Party> parties) {
  Bytes keys;
  for (const Party& party : parties) keys.insert(keys.end(), party.key->digest().begin(), party.key->digest().end());
  return sha256(keys);
}

/// Error(invalid_argument) unless the options make sense together.
inline void check_options(const Options& options, const asio::ip::tcp::acceptor* acceptor) {
  const auto refuse = [](const std::string& what) { throw Error(ErrorCode::invalid_argument, what); };
  const std::size_t n = options.parties.size();
  if (options.self >= n) {
    refuse("party " + std::to_string(options.self) + " among " + std::to_string(n) + " parties: they count from 0");
  }
  constexpr std::size_t most_parties = 10'000;
  if (n > most_parties)
    refuse(std::to_string(n) + " parties, and more than " + std::to_string(most_parties) +
           " are beyond a connection between all of them");
  for (const auto& [time, what] :
       {std::pair(options.connect_deadline, "connecting"), std::pair(options.round_deadline, "a round"),
        std::pair(options.closing_deadline, "closing")}) {
    if (time <= std::chrono::milliseconds::zero()) refuse(std::string("the deadline of ") + what + " is not positive");
  }
  check_session(options.session);
  for (std::size_t p = 0; p < n; ++p) {
    if (p == options.self) continue;
    if (!options.parties[p].address.empty()) {
      static_cast<void>(split_address(options.parties[p].address));
    } else if (acceptor == nullptr) {
      refuse("party " + std::to_string(p) + " has no address, and nothing is listened on: no connection can be made");
    }
  }
  if (options.transport == Transport::plain_loopback && acceptor != nullptr &&
      !acceptor->local_endpoint().address().is_loopback()) {
    refuse("listening on " + text_of(acceptor->local_endpoint()) +
           " without TLS: only an address of this machine alone, such as 127.0.0.1, is permitted");
  }
  if (options.transport != Transport::tls) return;
  if (options.key == nullptr) refuse("TLS needs the key of this party");
  for (std::size_t p = 0; p < n; ++p) {
    const auto& key = options.parties[p].key;
    if (!key) refuse("TLS needs the fingerprint of the key of party " + std::to_string(p));
    for (std::size_t q = 0; q < p; ++q) {
      if (options.parties[q].key == key) {
        refuse("parties " + std::to_string(q) + " and " + std::to_string(p) + " have the same key");
      }
    }
  }
  const Fingerprint own = options.key->fingerprint();
  if (own != *options.parties[options.self].key) {
    refuse("the key of this party has the fingerprint " + own.text() + ", and the one given for party " +
           std::to_string(options.self) + " is " + options.parties[options.self].key->text());
  }
}

}  // namespace detail

}  // namespace parley::tls
