// SPDX-License-Identifier: Apache-2.0
// Pearson's tests on counts, with a stated probability of being wrong. All tests of this project draw from fixed seeds,
// so that they give the same answer every time: the probability is that of the seed being an unlucky one.
// [WH31] Wilson, Hilferty: The distribution of chi-square.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <vector>

namespace parley::test {

/// What chi-square of that many degrees of freedom exceeds with a probability of about 1e-9: six standard deviations
/// of its cube root, which is nearly normal. [WH31]
inline double chi_square_bound(std::size_t degrees) {
  const double d = static_cast<double>(degrees), step = 2 / (9 * d), root = 1 - step + 6 * std::sqrt(step);
  return d * root * root * root;
}

/// Whether counts of independent draws could come from a uniform distribution; wrong about one that does with
/// probability 1e-9.
inline bool looks_uniform(std::span<const std::size_t> counts) {
  double total = 0, sum = 0;
  for (const std::size_t count : counts) total += static_cast<double>(count);
  const double expected = total / static_cast<double>(counts.size());
  if (expected < 5) throw std::logic_error("too few draws for a test of uniformity");
  for (const std::size_t count : counts) {
    const double difference = static_cast<double>(count) - expected;
    sum += difference * difference / expected;
  }
  return sum <= chi_square_bound(counts.size() - 1);
}

/// Whether two lists of counts of independent draws could come from one distribution; wrong about two that do with
/// probability 1e-9. Bins that are rare in both are counted as one.
inline bool look_alike(std::span<const std::size_t> first, std::span<const std::size_t> second) {
  double first_total = 0, second_total = 0, rare_first = 0, rare_second = 0, sum = 0;
  std::size_t bins = 0;
  for (const std::size_t count : first) first_total += static_cast<double>(count);
  for (const std::size_t count : second) second_total += static_cast<double>(count);
  const double ratio = std::sqrt(first_total / second_total);
  const auto add = [&](double a, double b) {
    if (a + b == 0) return;
    const double difference = a / ratio - b * ratio;
    sum += difference * difference / (a + b);
    ++bins;
  };
  for (std::size_t bin = 0; bin < first.size(); ++bin) {
    const auto a = static_cast<double>(first[bin]), b = static_cast<double>(second[bin]);
    if (a + b < 10) {
      rare_first += a;
      rare_second += b;
    } else {
      add(a, b);
    }
  }
  add(rare_first, rare_second);
  return bins < 2 || sum <= chi_square_bound(bins - 1);
}

}  // namespace parley::test
