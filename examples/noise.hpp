// SPDX-License-Identifier: Apache-2.0
// Whether what was seen in many runs is noise: each bit by itself, over all the runs, like the toss of a fair coin.
// [WH31] Wilson, Hilferty: The distribution of chi-square. Proceedings of the National Academy of Sciences 17, 1931.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "parley/core/bytes.hpp"

namespace examples {

/// How often each bit was 1 in messages of one length.
class BitCounts {
 public:
  /// std::runtime_error where `message` has another length than those before.
  void add(std::span<const std::byte> message) {
    if (runs_ == 0) ones_.resize(8 * message.size());
    if (ones_.size() != 8 * message.size()) throw std::runtime_error("messages of different lengths");
    for (std::size_t bit = 0; bit < ones_.size(); ++bit)
      ones_[bit] += std::to_integer<std::uint32_t>(message[bit / 8] >> (bit % 8)) & 1;
    ++runs_;
  }

  [[nodiscard]] std::uint32_t runs() const noexcept { return runs_; }
  [[nodiscard]] const std::vector<std::uint32_t>& ones() const noexcept { return ones_; }

 private:
  std::vector<std::uint32_t> ones_;
  std::uint32_t runs_ = 0;
};

/// The probability that a sum of `degrees` squares of independent standard normal variables exceeds `sum`, by the
/// approximation of [WH31]: good to some per cent of the probability above 10^-9 for 100 degrees and more.
inline double chi_square_tail(double sum, double degrees) {
  const double variance = 2 / (9 * degrees);
  const double deviation = (std::cbrt(sum / degrees) - (1 - variance)) / std::sqrt(variance);
  return std::erfc(deviation / std::sqrt(2.0)) / 2;
}

/// The probability that `runs` fair coins show at least `least` and at most `most` heads.
inline double probability_of_heads(std::uint32_t runs, std::uint32_t least, std::uint32_t most) {
  double sum = 0;
  for (std::uint32_t heads = least; heads <= most && heads <= runs; ++heads)
    sum += std::exp(std::lgamma(runs + 1.0) - std::lgamma(heads + 1.0) - std::lgamma(runs - heads + 1.0) -
                    runs * std::log(2.0));
  return sum;
}

/// How one series of runs looks beside fair coins, one for each bit.
struct SeriesReport {
  double share_of_ones = 0;
  double all = 1;    ///< the probability that coins deviate as much from one half in all, by their chi-square
  double worst = 1;  ///< the probability (at most) that any of the coins deviates as much as the most biased bit does
};

/// What two series of runs, on different inputs, look like.
struct NoiseReport {
  std::size_t bits = 0;
  std::vector<std::size_t>
      free;  ///< all bits but those that had one value in all runs of both series: form, no content
  SeriesReport series[2];

  /// Below this a deviation is no accident: noise shows it once in 10^12 times.
  static constexpr double least_probability = 1e-12;
  [[nodiscard]] bool is_noise() const {
    for (const SeriesReport& one : series)
      if (one.all < least_probability || one.worst < least_probability) return false;
    return !free.empty();
  }
};

/// std::runtime_error where the two series are of messages of different lengths.
inline NoiseReport look_for_noise(const BitCounts& first, const BitCounts& second) {
  if (first.ones().size() != second.ones().size()) throw std::runtime_error("messages of different lengths");
  NoiseReport report;
  report.bits = first.ones().size();
  for (std::size_t bit = 0; bit < report.bits; ++bit) {
    const std::uint32_t ones = first.ones()[bit] + second.ones()[bit];
    if (ones != 0 && ones != first.runs() + second.runs()) report.free.push_back(bit);
  }
  if (report.free.empty()) return report;
  const auto degrees = static_cast<double>(report.free.size());
  for (int s = 0; s < 2; ++s) {
    const BitCounts& counts = s == 0 ? first : second;
    const double runs = counts.runs();
    double ones = 0, sum = 0, greatest = 0;
    for (const std::size_t bit : report.free) {
      const double deviation = counts.ones()[bit] - runs / 2;
      ones += counts.ones()[bit];
      sum += deviation * deviation / (runs / 4);  // the variance of the number of heads is runs / 4
      greatest = std::max(greatest, std::abs(deviation));
    }
    const auto most = static_cast<std::uint32_t>(std::floor(runs / 2 - greatest));
    report.series[s] = {.share_of_ones = ones / (runs * degrees),
                        .all = chi_square_tail(sum, degrees),
                        .worst = std::min(1.0, 2 * degrees * probability_of_heads(counts.runs(), 0, most))};
  }
  return report;
}

}  // namespace examples
