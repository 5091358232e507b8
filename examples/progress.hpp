// SPDX-License-Identifier: Apache-2.0
// A line on the error output that says how far a run has come, for runs that take longer than a second, and a network
// that tells how many rounds have passed.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <iostream>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/net/network.hpp"

#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

namespace examples {

/// Writes "computing: 40 %" over itself on a terminal, and line by line elsewhere where it is asked for; in any case
/// nothing before a second has passed. Of one thread at a time.
class Progress {
 public:
  enum class Output { none, terminal, lines };
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  /// What the error output is, or lines of text where that is no terminal and `forced`.
  static Output suitable_output(bool forced) {
#if __has_include(<unistd.h>)
    if (isatty(STDERR_FILENO) != 0) return Output::terminal;
#endif
    return forced ? Output::lines : Output::none;
  }

  explicit Progress(
      Output output, std::ostream& out = std::cerr, Clock clock = [] { return std::chrono::steady_clock::now(); })
      : output_(output), out_(out), clock_(std::move(clock)), next_(clock_() + std::chrono::seconds(1)) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `what` is done to this part, of 1.
  void update(std::string_view what, double part) {
    show([&] {
      const auto percent = static_cast<int>(std::floor(100 * std::clamp(part, 0.0, 1.0)));
      return std::string(what) + ": " + std::to_string(percent) + " %";
    });
  }
  /// `what` is done to so many bytes, of nobody knows how many.
  void update_bytes(std::string_view what, std::uint64_t bytes) {
    show([&] { return std::string(what) + ": " + std::to_string(bytes / 1'000'000) + " MB"; });
  }

  /// Removes the line from a terminal.
  void clear() {
    if (shown_ && output_ == Output::terminal) out_ << '\r' << erase_rest << std::flush;
    shown_ = false;
  }

 private:
  static constexpr std::string_view erase_rest = "\x1b[K";

  template <class Line>
  void show(const Line& line) {
    if (output_ == Output::none) return;
    const auto now = clock_();
    if (now < next_) return;
    next_ = now + (output_ == Output::terminal ? std::chrono::milliseconds(100) : std::chrono::milliseconds(1000));
    if (output_ == Output::terminal)
      out_ << '\r' << line() << erase_rest << std::flush;
    else
      out_ << line() << '\n';
    shown_ = true;
  }

  Output output_;
  std::ostream& out_;
  Clock clock_;
  std::chrono::steady_clock::time_point next_;
  bool shown_ = false;
};

/// Another network (which outlives this one), that calls `on_round(rounds so far)` after each round. It must not throw.
class ObservedNetwork final : public parley::Network {
 public:
  ObservedNetwork(parley::Network& network, std::function<void(std::uint64_t)> on_round)
      : Network(network.self(), network.parties()), network_(network), on_round_(std::move(on_round)) {}

 private:
  std::vector<parley::Bytes> do_exchange(std::uint64_t round, std::vector<parley::Bytes> outgoing,
                                         std::span<const std::size_t> expected_sizes) override {
    auto incoming = network_.exchange(std::move(outgoing), expected_sizes);
    on_round_(round);
    return incoming;
  }
  void do_give_up(std::string_view reason) noexcept override { network_.give_up(reason); }

  parley::Network& network_;
  std::function<void(std::uint64_t)> on_round_;
};

}  // namespace examples
