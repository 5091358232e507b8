// SPDX-License-Identifier: Apache-2.0
// Accepting connections without ever blocking.
#pragma once

#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "parley/tls/channel.hpp"
#include "parley/tls/farewell.hpp"

namespace parley::tls::detail {

class Acceptance {
 public:
  struct Accepted {
    Socket socket;
    asio::ip::tcp::endpoint from;
  };

  /// Of an acceptor that does not block and outlives this, or of none (nullptr).
  explicit Acceptance(asio::ip::tcp::acceptor* acceptor) : acceptor_(acceptor) {}

  /// A connection that waits to be accepted. After nothing was returned, the acceptor's context notes when to ask again.
  [[nodiscard]] std::optional<Accepted> next() {
    if (acceptor_ == nullptr || Clock::now() < pause_end_) return std::nullopt;
    while (readiness_->readable) {
      std::error_code error;
      asio::ip::tcp::endpoint from;
      Socket socket = acceptor_->accept(from, error);
      if (!error) return Accepted{std::move(socket), from};
      if (error == asio::error::would_block || error == asio::error::try_again) {
        readiness_->readable = false;
      } else if (error != asio::error::connection_aborted && error != asio::error::interrupted) {
        pause_end_ = Clock::now() + std::chrono::milliseconds(100);  // out of descriptors, say: that may pass
        return std::nullopt;
      }
    }
    wait_to_read(*acceptor_, readiness_);
    return std::nullopt;
  }

  /// When to call next() again although nothing has happened.
  [[nodiscard]] Clock::time_point next_step() const {
    return acceptor_ != nullptr && readiness_->readable ? pause_end_ : Clock::time_point::max();
  }

 private:
  asio::ip::tcp::acceptor* acceptor_;
  std::shared_ptr<Readiness> readiness_ = std::make_shared<Readiness>();
  Clock::time_point pause_end_ = Clock::time_point::min();
};

}  // namespace parley::tls::detail
