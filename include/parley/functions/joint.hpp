// SPDX-License-Identifier: Apache-2.0
// Order statistics of lists that each party holds in the clear, by binary search over the range of the values.
// [AMP04] Aggarwal, Mishra, Pinkas: Secure computation of the kth-ranked element. EUROCRYPT 2004. [AMP10] The same:
// Secure computation of the median (and other elements of specified ranks). Journal of Cryptology 23, 2010.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/operations.hpp"
#include "parley/functions/compare.hpp"
#include "parley/functions/sum.hpp"

namespace parley {

struct JointOptions {
  /// The values are below 2^bits; public, from 1 to 64. The search takes `bits` steps.
  std::size_t bits = 64;
  /// Whether it is verified that what each party says of its list from step to step fits one list. For engines that
  /// protect from parties that deviate; without it such a party can learn more than the result, by giving counts that
  /// depend on the outcomes before. Public and the same at all parties.
  bool verify_lists = false;
};

namespace detail {

/// One party's list, for counting how many values are at most a bound. Each count partitions only the stretch between
/// the nearest bounds asked for before, so a search by bisection costs about two passes over the list in all.
class CountedList {
 public:
  explicit CountedList(std::span<const std::uint64_t> values) : values_(values.begin(), values.end()) {}

  std::size_t count_at_most(std::uint64_t bound) {
    const auto above = counts_.upper_bound(bound);
    std::size_t first = 0;
    if (above != counts_.begin()) {
      const auto below = std::prev(above);
      if (below->first == bound) return below->second;
      first = below->second;
    }
    const std::size_t last = above == counts_.end() ? values_.size() : above->second;
    const auto begin = values_.begin();
    const auto middle =
        std::partition(begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(last),
                       [&](std::uint64_t value) { return value <= bound; });
    const auto count = static_cast<std::size_t>(middle - begin);
    counts_.emplace(bound, count);
    return count;
  }

 private:
  std::vector<std::uint64_t>
      values_;  // those at most a key of counts_ stand before the place it maps to, the others after
  std::map<std::uint64_t, std::size_t> counts_;
};

/// Which order statistic is searched: the smallest value v such that multiplier * #{values <= v} >= share * N + least,
/// for the number N of all values.
struct JointTarget {
  std::uint64_t multiplier, share, least;
};

/// The most values that all lists together may hold, and the most parts of quantiles: 2^42 * 2^16 < 2^59, so that
/// comparisons of multiples of counts fit.
inline constexpr std::uint64_t most_joint_values = std::uint64_t{1} << 42;
inline constexpr std::uint64_t most_joint_parts = std::uint64_t{1} << 16;

/// The counts that the owners of the lists have given, verified to fit sorted lists: no count is below that of the next
/// lower bound, or above that of the next higher one. Counts that do are those of a list, with as many values between
/// two bounds as their counts differ by; so an owner has no choice but to be consistent with a list that it could have
/// given from the beginning [AMP10, section 4.2].
template <ComparingEngine E>
class VerifiedCounts {
 public:
  using F = typename E::Value;

  /// `lengths`: of each party's list, each at most `longest`; all values are at most `greatest`.
  /// Cost: a comparison of 2n values, and a round to open its bits.
  VerifiedCounts(E& engine, const SharedOf<E>& lengths, std::uint64_t longest, std::uint64_t greatest)
      : engine_(engine), none_(constant(engine, std::vector<F>(engine.parties()))) {
    // 2^42 < (p - 1)/2, so that no field element x but 0, ..., longest has both x and longest - x in [0, (p - 1)/2].
    require_no_negatives(concat(lengths, F(longest) - lengths));
    counts_.emplace(greatest, lengths);
  }

  /// Adds counts of k `bounds`, ascending, of which no two are between the same two earlier ones: entry p * k + i of
  /// `counts` says how many of party p's values are at most the i-th.
  /// Cost: a comparison of 2nk values, and a round to open its bits.
  void add(std::span<const std::uint64_t> bounds, const SharedOf<E>& counts) {
    // The counts a <= b of the neighbours are numbers from 0 to 2^42, so that only for c = a, ..., b both c - a and b - c
    // are in [0, (p - 1)/2], whatever field element c is: a greater c in that range above a has b - c negative.
    std::vector<SharedOf<E>> given, differences;
    for (std::size_t i = 0; i < bounds.size(); ++i) {
      std::vector<std::size_t> positions;
      for (std::size_t party = 0; party < engine_.parties(); ++party) positions.push_back(party * bounds.size() + i);
      given.push_back(counts.gather(positions));
      const auto above = counts_.upper_bound(bounds[i]);  // the greatest value is above all bounds
      differences.push_back(given[i] - (above == counts_.begin() ? none_ : std::prev(above)->second));
      differences.push_back(above->second - given[i]);
    }
    require_no_negatives(concat(differences));
    for (std::size_t i = 0; i < bounds.size(); ++i) counts_.emplace(bounds[i], given[i]);
  }

 private:
  // Entry i is of party i modulo n. An honest owner's bits are all 0, and a deviating one knows its own.
  void require_no_negatives(const SharedOf<E>& differences) {
    const auto part = [&](std::size_t first, std::size_t length) { return differences.slice(first, length); };
    const std::vector<std::uint64_t> wrong = open(engine_, negative(engine_, differences.size(), {}, part));
    for (std::size_t i = 0; i < wrong.size(); ++i)
      if (wrong[i] != 0) {
        const std::size_t party = i % engine_.parties();
        throw Error(ErrorCode::verification_failed, party,
                    "party " + std::to_string(party) + " gave counts of its values that no list has");
      }
  }

  E& engine_;
  SharedOf<E> none_;
  std::map<std::uint64_t, SharedOf<E>> counts_;  // by bound, each of all parties
};

template <ComparingEngine E>
std::vector<std::uint64_t> joint_search(E& engine, std::span<const std::uint64_t> list,
                                        std::span<const JointTarget> targets, const JointOptions& options) {
  using F = typename E::Value;
  static_assert(F::modulus_bits >= 61, "counts of values are compared in a field of at least 61 bits");
  if (options.bits < 1 || options.bits > 64)
    throw Error(ErrorCode::invalid_argument, "values have from 1 to 64 bits, not " + std::to_string(options.bits));
  if (list.size() > most_joint_values / engine.parties())
    throw Error(ErrorCode::out_of_range, "a list of " + std::to_string(list.size()) + " values is too long");
  for (std::size_t i = 0; i < list.size(); ++i)
    if (options.bits < 64 && list[i] >> options.bits != 0)
      throw Error(ErrorCode::out_of_range, "entry " + std::to_string(i) + " of the list does not fit in " +
                                               std::to_string(options.bits) + " bits");

  // Not a condition of privacy but of there being a result: the greatest of all values must satisfy every target.
  const SharedOf<E> lengths = input_all(engine, F(list.size())), total = sum(engine, lengths);
  const std::uint64_t greatest = ~std::uint64_t{0} >> (64 - options.bits);
  std::optional<VerifiedCounts<E>> verified;
  if (options.verify_lists) verified.emplace(engine, lengths, most_joint_values / engine.parties(), greatest);
  std::uint64_t needed = 1;
  for (const JointTarget& target : targets) needed = std::max(needed, target.least);
  if (open(engine, less_than(engine, total, F(needed))).front() != 0)
    throw Error(ErrorCode::out_of_range,
                needed == 1 ? "all the lists together are empty"
                            : "all the lists together have fewer than " + std::to_string(needed) + " values");

  struct Range {
    std::uint64_t low, high;  // the result is in [low, high]
  };
  std::vector<Range> ranges(targets.size(), {0, greatest});
  CountedList counted(list);
  for (std::size_t step = 0; step < options.bits;
       ++step) {                        // the ranges are halved in every step, from 2^bits values to one
    std::vector<std::uint64_t> bounds;  // one for each target; where they are verified, each of them once
    for (const Range& range : ranges) bounds.push_back(range.low + (range.high - range.low) / 2);
    const std::vector<std::uint64_t> middles = bounds;
    if (verified) {
      std::ranges::sort(bounds);
      bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
    }
    std::vector<F> counts;
    for (const std::uint64_t bound : bounds) counts.push_back(F(counted.count_at_most(bound)));
    const SharedOf<E> all = input_all(engine, counts);
    // Ranges are the same or have a bound of an earlier step between them, where their searches parted.
    if (verified) verified->add(bounds, all);
    SharedOf<E> difference;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const auto place =
          verified ? static_cast<std::size_t>(std::ranges::lower_bound(bounds, middles[i]) - bounds.begin()) : i;
      SharedOf<E> count = all[place];
      for (std::size_t party = 1; party < engine.parties(); ++party) count += all[party * bounds.size() + place];
      const JointTarget& target = targets[i];
      difference = concat(difference, F(target.multiplier) * count - F(target.share) * total - F(target.least));
    }
    const std::vector<std::uint64_t> too_few = open(engine, less_than(engine, difference, F{}));
    for (std::size_t i = 0; i < targets.size(); ++i) {
      (too_few[i] != 0 ? ranges[i].low : ranges[i].high) = too_few[i] != 0 ? middles[i] + 1 : middles[i];
    }
  }
  std::vector<std::uint64_t> found;
  for (const Range& range : ranges) found.push_back(range.low);
  return found;
}

}  // namespace detail

/// The k-th smallest, counting from 1, of the values in all parties' lists together; every party learns it.
///
/// Input: this party's list, of any length, also empty, and in any order; k and options are public and the same at all
/// parties.
/// Security: against the engine's adversary, reveals the result and whether there are k values at all; not how many
/// each party has, nor how many there are together. The opened outcomes of the search follow from the result. On an
/// engine that protects from parties that deviate, options.verify_lists keeps them to one list each, as if they had
/// given it before the first outcome was opened; what is wrong is known before the outcome that depends on it.
/// Cost: options.bits + 1 times input_all() of one value, less_than() and a round to open it; nothing grows with the
/// lists. With options.verify_lists, as often less_than() of 2n values before it, and a round to open them.
/// Errors: with options.verify_lists, Error(verification_failed) naming a party whose counts fit no list;
/// Error(out_of_range) at every party where k is 0 or exceeds the number of values; Error(out_of_range) before
/// anything is sent where an entry does not fit.
/// Source: [AMP04, section 3, the multi-party protocol], with the comparison against the rank instead of two.
template <ComparingEngine E>
std::uint64_t joint_kth(E& engine, std::span<const std::uint64_t> list, std::uint64_t k, JointOptions options = {}) {
  if (k == 0 || k > detail::most_joint_values)
    throw Error(ErrorCode::out_of_range, "rank " + std::to_string(k) + " is not a rank (they are counted from 1)");
  const detail::JointTarget target{1, 0, k};
  return detail::joint_search(engine, list, std::span(&target, 1), options).front();
}

/// The parts - 1 values that divide all parties' values together into `parts` parts: the j-th of them is the ceil(j N /
/// parts)-th smallest of the N values. Input, errors and source as for joint_kth().
/// Security: reveals the results and whether there is any value at all, not N.
/// Cost: as for joint_kth(), with parts - 1 values and comparisons in each step; with options.verify_lists, as many
/// values as there are different ones among the bounds of a step, at most parts - 1, and 2n comparisons for each.
/// Errors: Error(invalid_argument) for less than 2 or more than 2^16 parts.
template <ComparingEngine E>
std::vector<std::uint64_t> joint_quantiles(E& engine, std::span<const std::uint64_t> list, std::size_t parts,
                                           JointOptions options = {}) {
  if (parts < 2 || parts > detail::most_joint_parts)
    throw Error(ErrorCode::invalid_argument, "quantiles divide into 2 to 65536 parts, not " + std::to_string(parts));
  std::vector<detail::JointTarget> targets;
  for (std::size_t j = 1; j < parts; ++j) targets.push_back({parts, j, 0});
  return detail::joint_search(engine, list, targets, options);
}

/// The median of the values in all parties' lists together; for an even number of values the lower one of the two in
/// the middle. Input, security, cost and errors as for joint_quantiles() with 2 parts.
template <ComparingEngine E>
std::uint64_t joint_median(E& engine, std::span<const std::uint64_t> list, JointOptions options = {}) {
  return joint_quantiles(engine, list, 2, options).front();
}

}  // namespace parley
