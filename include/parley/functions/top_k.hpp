// SPDX-License-Identifier: Apache-2.0
// The k greatest and the k least of shared values, in order, with the rows that they are in.
// [HKICT12] Practically efficient multi-party sorting protocols from comparison sort algorithms. [FR75] Expected time
// bounds for selection.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/operations.hpp"
#include "parley/field/power.hpp"
#include "parley/functions/ranking.hpp"
#include "parley/functions/sort.hpp"

namespace parley {

/// The k rows of several columns of one length whose entries in the first column are least, ascending; of equal ones
/// the first come first. Where their positions are wanted, they are a column like any other:
/// constant(engine, {0, 1, 2, ...}).
///
/// Input: values of the first column below 2^options.bits (by default 2^59 for Mersenne61); the other columns hold
/// anything; k is public.
/// Security: perfect; the results stay shared. Comparisons of rows in a uniformly random order are opened, whose
/// outcomes have the same distribution whatever the values, ties included, and depend only on the number of rows and k.
/// Cost: shuffle() of one column more, then phases, each one less_than() of some pairs and a round to open its bits;
/// nothing for k = 0. For N <= 64 rows one phase of all N(N - 1)/2 pairs, and none for one row. For more, as it happens
/// what selecting one rank takes and sorting k rows: for N = 100000 about 1.3 N pairs in up to 11 phases for k <= 100,
/// 3.2 N in 35 for k = N / 10; for N = 1000 about 4000 pairs for k = 10 and 5000 for k = 100 (within 9000 pairs and 20
/// phases in all but rare cases). They are comparisons of values of options.bits + ceil(log2 N) bits; where these
/// exceed the field's bits less 1, twice as many, without options, and a round with a conjunction a pair more.
/// Errors: Error(invalid_argument) for no columns, columns of different lengths, or bits that the field cannot compare;
/// Error(out_of_range) for a k above the number of rows.
/// Source: [HKICT12, section 3] for opening comparisons after a shuffle, [FR75] for the selection.
template <ComparingEngine E>
std::vector<SharedOf<E>> bottom_k(E& engine, std::vector<SharedOf<E>> columns, std::size_t k,
                                  OrderOptions options = {}) {
  if (columns.empty()) throw Error(ErrorCode::invalid_argument, "rows without columns have no order");
  const std::size_t rows = columns.front().size();
  for (const auto& column : columns) detail::require_same_length(column.size(), rows);
  if (k > rows)
    throw Error(ErrorCode::out_of_range, std::to_string(k) + " of " + std::to_string(rows) + " rows were asked for");
  if (k == 0) return std::vector<SharedOf<E>>(columns.size());
  return detail::first_rows(engine, std::move(columns), k, options);
}
/// The k least of one vector, ascending. Input, security, cost and errors as for columns.
template <ComparingEngine E>
SharedOf<E> bottom_k(E& engine, const SharedOf<E>& x, std::size_t k, OrderOptions options = {}) {
  return std::move(bottom_k(engine, std::vector<SharedOf<E>>{x}, k, options).front());
}

/// The k rows whose entries in the first column are greatest, descending; of equal ones the first come first. Input,
/// security, cost and errors as for bottom_k().
template <ComparingEngine E>
std::vector<SharedOf<E>> top_k(E& engine, std::vector<SharedOf<E>> columns, std::size_t k, OrderOptions options = {}) {
  using F = typename E::Value;
  if (columns.empty()) throw Error(ErrorCode::invalid_argument, "rows without columns have no order");
  // 2^bits - 1 - x is below 2^bits as well, and its order is the reverse; bits that are too many are refused below
  const std::size_t bits = options.bits == 0 ? F::modulus_bits - 2 : options.bits;
  const F greatest = power(F(2), bits) - F(1);
  columns.front() = greatest - std::move(columns.front());
  columns = bottom_k(engine, std::move(columns), k, options);
  columns.front() = greatest - std::move(columns.front());
  return columns;
}
/// The k greatest of one vector, descending. Input, security, cost and errors as for columns.
template <ComparingEngine E>
SharedOf<E> top_k(E& engine, const SharedOf<E>& x, std::size_t k, OrderOptions options = {}) {
  return std::move(top_k(engine, std::vector<SharedOf<E>>{x}, k, options).front());
}

}  // namespace parley
