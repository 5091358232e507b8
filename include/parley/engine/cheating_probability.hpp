// SPDX-License-Identifier: Apache-2.0
// With what probability anything wrong has passed the checks so far, and how many of them keep it as low as asked for.
#pragma once

#include <cmath>
#include <cstddef>

namespace parley::detail {

class CheatingProbability {
 public:
  /// Every check is to leave at most 2^-`security_bits`.
  explicit CheatingProbability(unsigned security_bits) : security_bits_(security_bits) {}

  /// How many independent checks, each of which lets something wrong pass with a probability of at most `error` < 1, leave
  /// as little as asked for; what they leave is counted.
  std::size_t repetitions_for(double error) {
    const auto repetitions =
        static_cast<std::size_t>(std::ceil(static_cast<double>(security_bits_) / -std::log2(error)));
    sum_ += std::pow(error, static_cast<double>(repetitions));
    return repetitions;
  }
  /// An upper bound of the probability that any of the checks so far has let something wrong pass.
  double value() const { return sum_; }

 private:
  unsigned security_bits_;
  double sum_ = 0;
};

}  // namespace parley::detail
