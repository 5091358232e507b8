// SPDX-License-Identifier: Apache-2.0
// The sets of t among n parties, and who is outside of each: the structure of replicated sharings and of the keys of
// pseudorandom ones.
// [CDI05] Cramer, Damgard, Ishai: Share Conversion, Pseudorandom Secret-Sharing and Applications to Secure Computation,
// TCC 2005.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/sharing/batch.hpp"

namespace parley {

/// Any `privacy_threshold` parties learn nothing, any privacy_threshold + 1 reconstruct. There is a part for each set
/// of privacy_threshold parties, which exactly the others have.
struct ReplicatedParameters {
  std::size_t parties = 0;
  std::size_t privacy_threshold = 0;
};

/// The most that parties * binomial(parties, privacy_threshold) may be, which bounds all that is kept for one secret:
/// enough for (n, t) = (18, 9), (24, 5), (128, 2), (1024, 1).
inline constexpr std::size_t max_replicated_size = std::size_t{1} << 20;

namespace detail {

/// All sets of privacy_threshold parties, numbered from 0 in lexicographic order.
class Subsets {
 public:
  /// Error(invalid_argument) for thresholds that no scheme has, and beyond max_replicated_size, before anything is
  /// allocated.
  explicit Subsets(ReplicatedParameters parameters)
      : parties_(parameters.parties), size_(parameters.privacy_threshold), count_(checked_count(parameters)) {
    members_.reserve(count_ * size_);
    std::vector<std::size_t> set(size_);
    for (std::size_t i = 0; i < size_; ++i) set[i] = i;
    while (true) {
      members_.insert(members_.end(), set.begin(), set.end());
      std::size_t i = size_;
      while (i > 0 && set[i - 1] == parties_ - size_ + i - 1) --i;
      if (i == 0) break;
      ++set[i - 1];
      for (std::size_t j = i; j < size_; ++j) set[j] = set[j - 1] + 1;
    }
  }

  [[nodiscard]] std::size_t parties() const noexcept { return parties_; }
  [[nodiscard]] std::size_t privacy_threshold() const noexcept { return size_; }
  /// binomial(n, t)
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  /// How many of them a party is outside of, the same for each party: binomial(n - 1, t).
  [[nodiscard]] std::size_t count_without_party() const noexcept { return count_ * (parties_ - size_) / parties_; }
  /// The members of a set, ascending.
  [[nodiscard]] std::span<const std::size_t> set(std::size_t number) const {
    return std::span(members_).subspan(number * size_, size_);
  }
  [[nodiscard]] bool contains(std::size_t number, std::size_t party) const {
    return std::ranges::binary_search(set(number), party);
  }
  /// The numbers of the sets that `party` is outside of, ascending.
  [[nodiscard]] std::vector<std::size_t> without_party(std::size_t party) const {
    std::vector<std::size_t> numbers;
    numbers.reserve(count_without_party());
    for (std::size_t number = 0; number < count_; ++number)
      if (!contains(number, party)) numbers.push_back(number);
    return numbers;
  }

  /// For each set T that `party` is outside of, the value at its point of the polynomial of degree t that is 1 at 0 and
  /// 0 at the points of T [CDI05]. Error(invalid_argument) where the field has too few points.
  template <Field F>
  [[nodiscard]] std::vector<F> polynomial_values(std::size_t party) const {
    require_points<F>(parties_);
    // The product of (x - x_j) / (0 - x_j) over the members j.
    std::vector<F> inverses(parties_), factors(parties_), values;
    for (std::size_t i = 0; i < parties_; ++i) inverses[i] = F::embed(i + 1);
    vector::invert<F>(inverses);
    for (std::size_t i = 0; i < parties_; ++i) factors[i] = (F::embed(i + 1) - F::embed(party + 1)) * inverses[i];
    values.reserve(count_without_party());
    for (std::size_t number = 0; number < count_; ++number) {
      F value = F::one();
      for (const std::size_t member : set(number)) value *= factors[member];
      if (!contains(number, party)) values.push_back(value);
    }
    return values;
  }

 private:
  static std::size_t checked_count(ReplicatedParameters parameters) {
    const auto [parties, threshold] = parameters;
    require_party_count(parties);
    require_privacy_threshold(parties, threshold);
    // binomial(parties - few + i, i), which is at least 2^i and grows with i. Before each step it is at most 2^20, and
    // parties are at most 2^20, so nothing overflows.
    const std::size_t few = std::min(threshold, parties - threshold);
    std::size_t count = 1;
    for (std::size_t i = 1; i <= few && count * parties <= max_replicated_size; ++i)
      count = count * (parties - few + i) / i;
    if (count * parties > max_replicated_size)
      throw Error(ErrorCode::invalid_argument, "replicated sharing with a privacy_threshold of " +
                                                   std::to_string(threshold) + " among " + std::to_string(parties) +
                                                   " parties has too many parts: parties * binomial(parties, " +
                                                   "privacy_threshold) may be " + std::to_string(max_replicated_size));
    return count;
  }

  std::size_t parties_, size_, count_;
  std::vector<std::size_t> members_;
};

}  // namespace detail
}  // namespace parley
