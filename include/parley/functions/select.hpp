// SPDX-License-Identifier: Apache-2.0
// Choices by a secret condition.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/operations.hpp"

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

}  // namespace parley
