// SPDX-License-Identifier: Apache-2.0
// Choices by a secret condition: select, and the least and the greatest of a vector with their positions.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/operations.hpp"
#include "parley/functions/compare.hpp"

namespace parley {

/// condition ? x : y, entry by entry, for conditions that are 0 or 1. A single condition chooses between whole vectors.
/// Security: perfect; nothing is revealed.
/// Cost: that of one product per entry.
/// Errors: Error(invalid_argument) for different lengths.
template <Engine E>
SharedOf<E> select(E& engine, const SharedOf<E>& condition, const SharedOf<E>& x, const SharedOf<E>& y) {
  detail::require_same_length(x.size(), y.size());
  if (condition.size() == 1 && x.size() != 1)
    return y + mul(engine, condition.gather(std::vector<std::size_t>(x.size(), 0)), x - y);
  return y + mul(engine, condition, x - y);
}
/// The same for conditions in the binary domain.
/// Cost: to_field() of the conditions, and one product per entry.
/// Errors: Error(invalid_argument) for different lengths, and for conditions of more than one bit.
template <Engine E>
SharedOf<E> select(E& engine, const SharedBitsOf<E>& condition, const SharedOf<E>& x, const SharedOf<E>& y) {
  detail::require_same_length(x.size(), y.size());
  if (condition.width() != 1)
    throw Error(ErrorCode::invalid_argument, "a condition has one bit, not " + std::to_string(condition.width()));
  if (condition.size() != 1) detail::require_same_length(condition.size(), x.size());
  return select(engine, to_field(engine, condition), x, y);
}

/// A value and where it was, both shared, as vectors of one.
template <class Vector>
struct Extremum {
  Vector value;
  Vector position;
};

namespace detail {

/// A tournament in which the later of two values wins where `later_wins`(earlier, later) says so; of equal ones the
/// first wins.
template <ComparingEngine E, class LaterWins>
Extremum<SharedOf<E>> tournament(E& engine, const SharedOf<E>& x, const OrderOptions& options, LaterWins later_wins) {
  using F = typename E::Value;
  require_comparable<F>(options);
  if (x.empty()) throw Error(ErrorCode::invalid_argument, "an empty vector has no least and no greatest value");
  std::vector<F> indices;
  for (std::size_t i = 0; i < x.size(); ++i) indices.push_back(F(i));
  SharedOf<E> value = x, position = constant(engine, indices);
  while (value.size() > 1) {
    std::vector<std::size_t> even, odd;
    for (std::size_t i = 0; i + 1 < value.size(); i += 2) {
      even.push_back(i);
      odd.push_back(i + 1);
    }
    const auto earlier = concat(value.gather(even), position.gather(even)),
               later = concat(value.gather(odd), position.gather(odd));
    const auto wins = to_field(engine, later_wins(earlier.slice(0, even.size()), later.slice(0, even.size())));
    const auto winners = select(engine, concat(wins, wins), later, earlier);
    const std::size_t left = value.size() % 2;  // an odd one out waits for the next level, still behind all the others
    value = concat(winners.slice(0, even.size()), value.slice(value.size() - left, left));
    position = concat(winners.slice(even.size(), even.size()), position.slice(position.size() - left, left));
  }
  return {std::move(value), std::move(position)};
}

}  // namespace detail

/// The least value and its position, counting from 0; the first of several equal ones.
/// Input: a vector of at least one value, as for less_than() with these options.
/// Security: perfect; nothing is revealed.
/// Cost: ceil(log2 N) levels of less_than(), to_field() and mul(); N - 1 comparisons, N - 1 bits, 2(N - 1) products.
/// Errors: Error(invalid_argument) for an empty vector, or bits that the field cannot compare.
template <ComparingEngine E>
Extremum<SharedOf<E>> minimum(E& engine, const SharedOf<E>& x, OrderOptions options = {}) {
  return detail::tournament(engine, x, options, [&](const auto& earlier, const auto& later) {
    return less_than(engine, later, earlier, options);
  });
}
/// The greatest value and its position, counting from 0; the first of several equal ones. Input, security, cost and
/// errors as for minimum().
template <ComparingEngine E>
Extremum<SharedOf<E>> maximum(E& engine, const SharedOf<E>& x, OrderOptions options = {}) {
  return detail::tournament(engine, x, options, [&](const auto& earlier, const auto& later) {
    return less_than(engine, earlier, later, options);
  });
}

}  // namespace parley
