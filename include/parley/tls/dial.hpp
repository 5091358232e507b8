// SPDX-License-Identifier: Apache-2.0
// Dialing one party again and again: it may be started later than this one.
#pragma once

#include <algorithm>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/address.hpp>
#include <asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/tls/channel.hpp"
#include "parley/tls/farewell.hpp"
#include "parley/tls/options.hpp"

namespace parley::tls::detail {

class Dial {
 public:
  /// To an address that was checked.
  Dial(asio::io_context& context, std::string address, bool loopback_only)
      : address_(std::move(address)), loopback_only_(loopback_only), state_(std::make_shared<State>(context)) {}
  Dial(const Dial&) = delete;
  Dial& operator=(const Dial&) = delete;
  ~Dial() { state_->cancel(); }

  [[nodiscard]] const std::string& address() const noexcept { return address_; }

  /// Goes on with dialing where that is possible; a connected socket when there is one. After that failed() is to be
  /// called before the next attempt.
  [[nodiscard]] std::optional<Socket> advance() {
    State& state = *state_;
    if (handed_over_) return std::nullopt;
    if (state.busy) {
      if (Clock::now() >= attempt_end_) state.cancel();
      return std::nullopt;
    }
    if (std::exchange(state.connected, false)) {
      handed_over_ = true;
      last_error_.clear();
      return std::move(state.socket);
    }
    if (const std::error_code error = std::exchange(state.error, {})) {
      last_error_ = error == asio::error::operation_aborted ? asio::error::timed_out : error;
      failed(error == asio::error::operation_aborted ? "no answer in 10 s" : error.message());
    }
    if (Clock::now() < pause_end_) return std::nullopt;
    if (next_ == state.endpoints.size()) {
      resolve();
    } else {
      connect(state.endpoints[next_++]);
    }
    return std::nullopt;
  }

  /// The attempt came to nothing: the next one goes to the next address of that name, or to the first after a pause.
  void failed(const std::string& failure) {
    handed_over_ = false;
    failure_ = failure;
    ++failures_;
    if (next_ < state_->endpoints.size()) return;
    state_->endpoints.clear();
    next_ = 0;
    pause_end_ = Clock::now() + pause_;
    pause_ = std::min(2 * pause_, longest_pause);
  }

  /// When to call advance() again although nothing has happened.
  [[nodiscard]] Clock::time_point next_step() const {
    if (handed_over_) return Clock::time_point::max();
    return state_->busy ? attempt_end_ : pause_end_;
  }

  /// Why the latest attempt has led to no connection; nothing where it has, or has not ended.
  [[nodiscard]] std::error_code last_error() const noexcept { return last_error_; }

  /// What has come of it, in words.
  [[nodiscard]] std::string report() const {
    return failures_ == 0
               ? "dialing " + address_ + " has led to nothing yet"
               : "dialed " + address_ + ' ' + std::to_string(failures_) + " times, the last time: " + failure_;
  }

 private:
  static constexpr std::chrono::milliseconds first_pause{10}, longest_pause{500};
  static constexpr std::chrono::seconds longest_attempt{10};

  /// What the handlers write, who may outlive the dialing.
  struct State {
    explicit State(asio::io_context& context) : socket(context), resolver(context) {}

    void cancel() noexcept {
      std::error_code ignored;
      socket.close(ignored);
      resolver.cancel();
    }

    Socket socket;
    asio::ip::tcp::resolver resolver;
    std::vector<asio::ip::tcp::endpoint> endpoints;
    bool busy = false, connected = false;
    std::error_code error;
  };

  /// A name is looked up by a thread of Asio's, for which the end of the context waits.
  void resolve() {
    const auto [host, port] = split_address(address_);
    std::error_code is_name;
    const auto ip = asio::ip::make_address(host, is_name);
    if (!is_name) {
      state_->endpoints = {{ip, static_cast<std::uint16_t>(std::stoul(port))}};
      return connect(state_->endpoints[next_++]);
    }
    state_->busy = true;
    attempt_end_ = Clock::now() + longest_attempt;
    state_->resolver.async_resolve(
        host, port, asio::ip::tcp::resolver::numeric_service,
        [state = state_](const std::error_code& error, const asio::ip::tcp::resolver::results_type& results) {
          state->busy = false;
          state->error = !error && results.empty() ? asio::error::host_not_found : error;
          for (const auto& result : results) state->endpoints.push_back(result.endpoint());
        });
  }

  void connect(const asio::ip::tcp::endpoint& endpoint) {
    check_loopback();
    std::error_code ignored;
    state_->socket.close(ignored);
    state_->busy = true;
    attempt_end_ = Clock::now() + longest_attempt;
    state_->socket.async_connect(endpoint, [state = state_](const std::error_code& error) {
      state->busy = false;
      state->error = error;
      state->connected = !error;
    });
  }

  void check_loopback() const {
    if (!loopback_only_) return;
    for (const auto& endpoint : state_->endpoints) {
      if (endpoint.address().is_loopback()) continue;
      throw Error(ErrorCode::invalid_argument, "dialing " + address_ + ", which is " + text_of(endpoint) +
                                                   ", without TLS: only this machine itself is permitted");
    }
  }

  std::string address_;
  bool loopback_only_;
  std::shared_ptr<State> state_;
  std::size_t next_ = 0;
  bool handed_over_ = false;
  Clock::time_point attempt_end_ = Clock::time_point::min(), pause_end_ = Clock::time_point::min();
  std::chrono::milliseconds pause_ = first_pause;
  std::size_t failures_ = 0;
  std::string failure_;
  std::error_code last_error_;
};

}  // namespace parley::tls::detail
