// SPDX-License-Identifier: Apache-2.0
// Sums of shared values.
#pragma once

#include <vector>

#include "parley/engine/concepts.hpp"
#include "parley/field/vector.hpp"

namespace parley {

/// The sum of all entries, modulo the field's order, as a vector of one; 0 for an empty vector.
/// Security: reveals nothing.
/// Cost: none, every party adds its shares.
template <ArithmeticEngine E>
SharedOf<E> sum(E&, const SharedOf<E>& x) {
  return SharedOf<E>(Buffer<typename E::Value>{vector::sum<typename E::Value>(x.shares())});
}

}  // namespace parley
