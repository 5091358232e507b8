// SPDX-License-Identifier: Apache-2.0
// Sorting of shared values and rows by shuffling and opened comparisons.
// [HKICT12] Practically efficient multi-party sorting protocols from comparison sort algorithms.
#pragma once

#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/operations.hpp"
#include "parley/functions/ranking.hpp"

namespace parley {

namespace detail {

/// The first `count` rows, in order of their first column.
template <ComparingEngine E>
std::vector<SharedOf<E>> first_rows(E& engine, std::vector<SharedOf<E>> columns, std::size_t count,
                                    const OrderOptions& options) {
  const std::size_t width = columns.size();
  ShuffledRows<E> rows(engine, std::move(columns), options);
  std::vector<std::size_t> ranks(count);
  std::iota(ranks.begin(), ranks.end(), std::size_t{0});
  const std::vector<std::size_t> order = RankSearch<E>(rows, std::move(ranks)).run();
  std::vector<SharedOf<E>> first;
  for (std::size_t c = 0; c < width; ++c) first.push_back(rows.column(c).gather(order));
  return first;
}

}  // namespace detail

/// The rows of several columns of one length, sorted ascending by the first column; equal ones keep the order they had.
///
/// Input: values of the first column below 2^options.bits (by default 2^59 for Mersenne61); the other columns hold
/// anything.
/// Security: perfect; comparisons of rows in a uniformly random order are opened, whose outcomes are the same uniform
/// distribution whatever the values, ties included.
/// Cost: shuffle() of one column more, then phases, each one less_than() of some pairs and a round to open its bits. For
/// N <= 64 rows one phase of all N(N - 1)/2 pairs, and none for one row. For thousands, as it happens about N (log2 N +
/// 1) pairs in about 2.3 log2 N phases (for N = 1000 within 13000 pairs and 27 phases in all but rare cases). They
/// are comparisons of values of options.bits + ceil(log2 N) bits; where these exceed the field's bits less 1, twice as
/// many, without options, and a round with a conjunction a pair more.
/// Errors: Error(invalid_argument) for no columns, columns of different lengths, or bits that the field cannot compare.
/// Source: [HKICT12, section 4] with a sample sort in place of quicksort.
template <ComparingEngine E>
std::vector<SharedOf<E>> sort(E& engine, std::vector<SharedOf<E>> columns, OrderOptions options = {}) {
  if (columns.empty()) throw Error(ErrorCode::invalid_argument, "rows without columns cannot be sorted");
  const std::size_t rows = columns.front().size();
  return detail::first_rows(engine, std::move(columns), rows, options);
}
/// The entries of one vector, sorted ascending. Input, security, cost and errors as for columns.
template <ComparingEngine E>
SharedOf<E> sort(E& engine, const SharedOf<E>& x, OrderOptions options = {}) {
  return std::move(sort(engine, std::vector<SharedOf<E>>{x}, options).front());
}

}  // namespace parley
