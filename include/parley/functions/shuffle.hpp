// SPDX-License-Identifier: Apache-2.0
// Oblivious shuffling of shared values and of rows of several columns.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "parley/engine/concepts.hpp"
#include "parley/engine/operations.hpp"

namespace parley {

/// The rows of several columns of one length in a uniformly random order, all columns in the same one.
///
/// Security: no t parties learn anything about the order, or about the values; the shares are fresh.
/// Cost for the passive Shamir engine: by groups of t + 1 parties one after another, each one round in which a member
/// sends n - 1 - t elements per value, and once an engine one round in which the first member of each group sends the
/// others a seed of 32 bytes. For n = 2t + 1 every t + 1 parties are a group (3 groups for n = 3, 10 for n = 5), for t =
/// 1 and n > 3 there are 2. Or, where that takes fewer rounds than there are groups, through t + 1 permutation networks
/// for N rows of x = N c - 2^c + 1 exchanges each, c = ceil(log2 N): one round in which t + 1 parties each input x
/// controls, then (t + 1)(2c - 1) rounds with (t + 1) x products per column. Nothing for fewer than two rows.
/// For the active Shamir engine: the same; by groups with k = ceil(b / log2 |F|) columns more, for b bits of security,
/// one if |F| > 2^b; before them k random values for each column, a round if n > 3, and k products for each row, a round;
/// and once an engine, if t > 1, one round more in which the t members of each group that were sent its seed compare it.
/// Errors: Error(invalid_argument) for columns of different lengths.
/// Source: [LWZ11, section 4]; [Waksman68].
template <ShufflingEngine E>
std::vector<SharedOf<E>> shuffle(E& engine, std::vector<SharedOf<E>> columns) {
  for (const auto& column : columns) detail::require_same_length(column.size(), columns.front().size());
  engine.shuffle(columns);
  return columns;
}
/// The entries of one vector in a uniformly random order. Security and cost as for columns.
template <ShufflingEngine E>
SharedOf<E> shuffle(E& engine, const SharedOf<E>& x) {
  std::vector<SharedOf<E>> columns = {x};
  engine.shuffle(columns);
  return std::move(columns.front());
}

}  // namespace parley
