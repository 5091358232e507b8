// SPDX-License-Identifier: Apache-2.0
// Order statistics of shared values: the k-th smallest, the median, quantiles.
// [HKICT12] Practically efficient multi-party sorting protocols from comparison sort algorithms. [FR75] Expected time
// bounds for selection.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/functions/ranking.hpp"

namespace parley {

/// The values of the given ranks, counting from 1: result[i] is the ranks[i]-th smallest. Ranks may be in any order and
/// repeat; all are searched together.
///
/// Input: values below 2^options.bits (by default 2^59 for Mersenne61); ranks are public.
/// Security: perfect; the results stay shared. Comparisons of values in a uniformly random order, made distinct by
/// their former positions, are opened: their outcomes have the same distribution whatever the values, ties included,
/// and depend only on N and the ranks.
/// Cost: shuffle() of two columns, then phases, each one less_than() of some pairs and a round to open its bits. For N
/// <= 64 values one phase of all N(N - 1)/2 pairs, and none for one value. For more, and one rank, as it happens about
/// 2.3 N + 6000 pairs in up to about 13 phases for N = 1000 and 19 for N = 100000 (for N = 1000 within 11000 pairs and 13
/// phases in all but rare cases). Several ranks are searched in the same phases; all of them take what sort() takes.
/// They are comparisons of values of options.bits + ceil(log2 N) bits; where these exceed the field's bits less 1, twice
/// as many, without options, and a round with a conjunction a pair more.
/// Errors: Error(invalid_argument) for an empty vector or bits that the field cannot compare, Error(out_of_range) for a
/// rank that is 0 or above N.
/// Source: [HKICT12, section 3] for opening comparisons after a shuffle, [FR75] for the selection.
template <ComparingEngine E>
SharedOf<E> kth(E& engine, const SharedOf<E>& x, std::span<const std::size_t> ranks, OrderOptions options = {}) {
  if (x.empty()) throw Error(ErrorCode::invalid_argument, "an empty vector has no order statistics");
  for (const std::size_t rank : ranks)
    if (rank == 0 || rank > x.size())
      throw Error(ErrorCode::out_of_range, "rank " + std::to_string(rank) + " of " + std::to_string(x.size()) +
                                               " values (they are counted from 1)");
  std::vector<std::size_t> distinct;
  for (const std::size_t rank : ranks) distinct.push_back(rank - 1);
  std::ranges::sort(distinct);
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  detail::ShuffledRows<E> rows(engine, std::vector<SharedOf<E>>(1, x), options);
  const std::vector<std::size_t> found = detail::RankSearch<E>(rows, distinct).run();
  std::vector<std::size_t> positions;
  for (const std::size_t rank : ranks)
    positions.push_back(
        found[static_cast<std::size_t>(std::ranges::lower_bound(distinct, rank - 1) - distinct.begin())]);
  return rows.column(0).gather(positions);
}
/// The k-th smallest value, counting from 1, as a vector of one. Input, security, cost and errors as for several ranks.
template <ComparingEngine E>
SharedOf<E> kth(E& engine, const SharedOf<E>& x, std::size_t k, OrderOptions options = {}) {
  return kth(engine, x, std::span<const std::size_t>(&k, 1), options);
}

/// The median as a vector of one: the ceil(N / 2)-th smallest, which for an even number of values is the lower one of
/// the two in the middle. Input, security, cost and errors as for kth().
template <ComparingEngine E>
SharedOf<E> median(E& engine, const SharedOf<E>& x, OrderOptions options = {}) {
  return kth(engine, x, std::max<std::size_t>(1, (x.size() + 1) / 2), options);
}

/// The parts - 1 values that divide the sorted values into `parts` parts: the j-th of them is the ceil(j N / parts)-th
/// smallest, for j = 1, ..., parts - 1. quantiles(engine, x, 4) gives the quartiles, 10 the deciles, 2 the median.
/// Input, security, cost and errors as for kth(); Error(invalid_argument) for less than two parts.
template <ComparingEngine E>
SharedOf<E> quantiles(E& engine, const SharedOf<E>& x, std::size_t parts, OrderOptions options = {}) {
  if (parts < 2)
    throw Error(ErrorCode::invalid_argument, "quantiles divide into at least 2 parts, not " + std::to_string(parts));
  std::vector<std::size_t> ranks;
  for (std::size_t j = 1; j < parts; ++j) {
    // ceil(j N / parts) without overflow: N = whole * parts + rest with rest < parts, so that all products stay below
    // parts * max(whole, parts)
    const std::size_t whole = x.size() / parts, rest = x.size() % parts;
    ranks.push_back(j * whole + (j * rest + parts - 1) / parts);
  }
  return kth(engine, x, ranks, options);
}

}  // namespace parley
