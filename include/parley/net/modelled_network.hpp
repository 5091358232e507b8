// SPDX-License-Identifier: Apache-2.0
// What a program would take between machines that are far apart: a network with the clock of a modelled link. Nobody
// sleeps; every message says when it arrives.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/net/link.hpp"
#include "parley/net/network.hpp"

namespace parley {

struct LinkModel {
  Link link = Link::lan();
  /// Each message takes longer by a time between 0 and this, drawn anew for each, the same in each run. In seconds.
  double jitter = 0;
  /// Whether the processor time of each party's thread counts, as on a machine of its own. Then times are no longer the
  /// same in each run. Where the system has no such clock, it counts as 0.
  bool with_computing = false;
};

/// Another network (which outlives this one), with a clock that tells when this party would be where it is, had it and
/// the others begun at 0 and been connected by `model.link`: a party's messages leave one after another at
/// bytes_per_second, arrive seconds_per_round (and the jitter) after they have left, and come in at bytes_per_second
/// again where several arrive at once. A round ends when all that is expected is there.
///
/// All parties wrap their networks at the same point and with the same model: each message carries 8 bytes more, which
/// are counted by the wrapped network and not by this one. For planning and tests: peers are believed what they say
/// about time, but no more than that (Error(malformed_message) for what is no time).
class ModelledNetwork final : public Network {
 public:
  /// Error(invalid_argument) for a link or a jitter with a negative or infinite time, or without bandwidth.
  explicit ModelledNetwork(Network& network, const LinkModel& model = {})
      : Network(network.self(), network.parties()), network_(network), model_(model), random_(network.self()) {
    const auto is_time = [](double seconds) { return std::isfinite(seconds) && seconds >= 0; };
    if (!is_time(model.link.seconds_per_round) || !is_time(model.jitter) || !(model.link.bytes_per_second > 0))
      throw Error(ErrorCode::invalid_argument,
                  "a link needs a latency and a jitter of 0 or more seconds, and a bandwidth");
    computed_ = processor_seconds();
  }

  /// The time at this party, in seconds since it began.
  [[nodiscard]] double seconds() {
    count_computing();
    return now_;
  }

  [[nodiscard]] std::size_t parties_in_process() const noexcept override { return network_.parties_in_process(); }

 private:
  static constexpr std::size_t stamp_size = 8;

  std::vector<Bytes> do_exchange(std::uint64_t round, std::vector<Bytes> outgoing,
                                 std::span<const std::size_t> expected_sizes) override {
    count_computing();
    // Each party begins with its successor.
    for (std::size_t k = 1; k < parties(); ++k) {
      const std::size_t receiver = (self() + k) % parties();
      Bytes& message = outgoing[receiver];
      if (message.empty()) continue;
      const double leaves = std::max(now_, line_is_free_);
      line_is_free_ = leaves + on_the_line(message.size());
      const double arrives = leaves + model_.link.seconds_per_round + model_.jitter * drawn();
      message.resize(message.size() + stamp_size);
      store_little_endian<std::uint64_t>(std::span(message).last<stamp_size>(), std::bit_cast<std::uint64_t>(arrives));
    }
    std::vector<std::size_t> stamped(expected_sizes.begin(), expected_sizes.end());
    for (std::size_t& size : stamped) size += size == 0 ? 0 : stamp_size;
    std::vector<Bytes> incoming = network_.exchange(std::move(outgoing), stamped);

    std::vector<std::pair<double, std::size_t>> arrivals;  // of their first bytes, and how many they are
    for (std::size_t p = 0; p < parties(); ++p) {
      if (incoming[p].empty()) continue;
      const std::size_t size = incoming[p].size() - stamp_size;
      const auto arrives =
          std::bit_cast<double>(load_little_endian<std::uint64_t>(std::span(incoming[p]).last<stamp_size>()));
      if (!std::isfinite(arrives) || arrives < 0)
        throw Error(ErrorCode::malformed_message, p,
                    in_round(round) + "party " + std::to_string(p) + " sent a message at no time");
      incoming[p].resize(size);
      arrivals.emplace_back(arrives, size);
    }
    std::ranges::sort(arrivals);
    double received = now_;
    for (const auto& [arrives, size] : arrivals) {
      received_until_ = std::max(arrives, received_until_) + on_the_line(size);
      received = std::max(received, received_until_);
    }
    now_ = received;
    computed_ = processor_seconds();  // what the exchange itself took is no computing
    return incoming;
  }

  void do_give_up(std::string_view reason) noexcept override { network_.give_up(reason); }

  double on_the_line(std::size_t bytes) const { return static_cast<double>(bytes) / model_.link.bytes_per_second; }

  // From 0 to 1.
  double drawn() { return static_cast<double>(uniform_below(random_, std::uint64_t{1} << 53)) * 0x1p-53; }

  static double processor_seconds() {
#if defined(CLOCK_THREAD_CPUTIME_ID)  // of POSIX
    timespec time{};
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0)
      return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
#endif
    return 0;
  }
  void count_computing() {
    if (!model_.with_computing) return;
    const double computed = processor_seconds();
    now_ += computed - computed_;
    computed_ = computed;
  }

  Network& network_;
  LinkModel model_;
  TestRandom random_;  // of the jitter
  double now_ = 0;
  double line_is_free_ = 0;    // for this party to send
  double received_until_ = 0;  // what came in before has come in whole
  double computed_ = 0;        // the processor time that has been counted
};

}  // namespace parley
