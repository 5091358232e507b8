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
/// Cost for the passive Shamir engine: by groups of t + 1 parties one after another (3 for n = 3), each one round in
/// which a member sends n - 1 - t elements per value, and once an engine one round that agrees on the groups' seeds;
/// or, where that takes fewer rounds, through t + 1 permutation networks in 1 + (t + 1)(2 ceil(log2 N) - 1) rounds with
/// about N log2 N controls dealt by t + 1 parties and (t + 1) N log2 N products per column. Nothing for fewer than two
/// rows.
/// Errors: Error(invalid_argument) for columns of different lengths.
/// Source: [LWZ11, section 4]; [Waksman68].
template <Engine E>
std::vector<SharedOf<E>> shuffle(E& engine, std::vector<SharedOf<E>> columns) {
  for (const auto& column : columns) detail::require_same_length(column.size(), columns.front().size());
  engine.shuffle(columns);
  return columns;
}
/// The entries of one vector in a uniformly random order. Security and cost as for columns.
template <Engine E>
SharedOf<E> shuffle(E& engine, const SharedOf<E>& x) {
  std::vector<SharedOf<E>> columns = {x};
  engine.shuffle(columns);
  return std::move(columns.front());
}

}  // namespace parley
