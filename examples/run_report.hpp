// SPDX-License-Identifier: Apache-2.0
// What a run has cost, phase by phase: rounds, bytes and time, as lines of text and as JSON.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "numbers.hpp"
#include "parley/net/network.hpp"

namespace examples {

/// `text`, which is UTF-8, as a string of JSON.
inline std::string json_string(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 7> code;
      std::snprintf(code.data(), code.size(), "\\u%04x", static_cast<unsigned>(c));
      result += code.data();
    } else {
      result += c;
    }
  }
  return result + '"';
}

/// Elements as an array of JSON.
template <class Range, class Text>
std::string json_array(const Range& elements, const Text& text_of) {
  std::string result = "[";
  for (const auto& element : elements) result += (result.size() > 1 ? ", " : "") + text_of(element);
  return result + ']';
}

class RunReport {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  struct Phase {
    std::string name;
    parley::Cost cost;
    double seconds = 0;
  };

  explicit RunReport(Clock clock = [] { return std::chrono::steady_clock::now(); }) : clock_(std::move(clock)) {}

  /// The phase before ends, and another begins, at a party that has spent `so_far`.
  void begin(std::string_view name, const parley::Cost& so_far) {
    end(so_far);
    phases_.push_back({std::string(name), {}, 0});
    start_cost_ = so_far;
    start_ = clock_();
  }
  /// The last phase ends.
  void end(const parley::Cost& so_far) {
    if (phases_.empty() || ended_ == phases_.size()) return;
    phases_.back().cost = so_far - start_cost_;
    phases_.back().seconds = std::chrono::duration<double>(clock_() - start_).count();
    ended_ = phases_.size();
  }

  [[nodiscard]] const std::vector<Phase>& phases() const noexcept { return phases_; }

  void print(std::ostream& out) const {
    std::size_t width = 8;
    Phase all{"in all", {}, 0};
    for (const Phase& phase : phases_) {
      width = std::max(width, length_of(phase.name));
      all.cost = all.cost + phase.cost;
      all.seconds += phase.seconds;
    }
    const auto line = [&](const std::string& name, const std::array<std::string, 4>& cells) {
      out << left_aligned(name, width);
      for (const std::string& cell : cells) out << right_aligned(cell, 16);
      out << '\n';
    };
    const auto show = [&](const Phase& phase) {
      line(phase.name, {grouped(phase.cost.rounds), grouped(phase.cost.bytes_sent), grouped(phase.cost.bytes_received),
                        seconds_text(phase.seconds)});
    };
    line("", {"rounds", "bytes sent", "bytes received", "seconds"});
    for (const Phase& phase : phases_) show(phase);
    show(all);
  }

  [[nodiscard]] std::string json() const {
    return json_array(phases_, [](const Phase& phase) {
      return "{\"phase\": " + json_string(phase.name) + ", \"rounds\": " + std::to_string(phase.cost.rounds) +
             ", \"bytes_sent\": " + std::to_string(phase.cost.bytes_sent) +
             ", \"bytes_received\": " + std::to_string(phase.cost.bytes_received) +
             ", \"seconds\": " + seconds_text(phase.seconds) + '}';
    });
  }

 private:
  [[nodiscard]] static std::string seconds_text(double seconds) {
    std::array<char, 32> text;
    std::snprintf(text.data(), text.size(), "%.3f", seconds);
    return text.data();
  }

  Clock clock_;
  std::vector<Phase> phases_;
  std::size_t ended_ = 0;
  parley::Cost start_cost_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace examples
