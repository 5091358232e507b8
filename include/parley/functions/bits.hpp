// SPDX-License-Identifier: Apache-2.0
// From shared field elements to the bits of their integers, back, and comparisons of numbers given by their bits.
// [DFKNT06] Unconditionally secure constant-rounds multi-party computation for equality, comparison, bits and
// exponentiation.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/engine/circuits.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/functions/compare.hpp"

namespace parley {

/// The bits of the canonical integers of `x`: numbers of F::modulus_bits bits.
/// Security: perfect; nothing is revealed.
/// Cost for p = 2^b - 1 and n = 3: parties 0 and 1 send one element and party 2 sends b bits per value in the first
/// round; then one addition modulo p (9 rounds in all for b = 61 in its form of few rounds). For n > 3: edabits(), one
/// element opened, and one addition of a public number modulo p. Large batches in parts, as in less_than().
/// Source: x = y - b modulo p for y and b given by their bits, and p - b is the complement of b for a Mersenne prime.
template <ComparingEngine E>
SharedBitsOf<E> to_bits(E& engine, const SharedOf<E>& x) {
  return detail::in_parts(engine, x.size(), [&](std::size_t first, std::size_t length) {
    const auto parts = engine.split(x.slice(first, length), E::Value::modulus_bits);
    return std::visit(
        [&](const auto& minuend) { return detail::add_modulo_mersenne(engine, minuend, ~parts.subtrahend); },
        parts.minuend);
  });
}

/// The numbers given by their bits, modulo the field's order.
/// Security: perfect; nothing is revealed.
/// Cost: to_field() of all the bits.
template <Engine E>
SharedOf<E> from_bits(E& engine, const SharedBitsOf<E>& x) {
  using F = typename E::Value;
  const SharedOf<E> bits = to_field(engine, x);
  SharedOf<E> numbers(Buffer<F>(x.size(), F{}));
  F weight(1);
  for (std::size_t plane = 0; plane < x.width(); ++plane, weight += weight)
    numbers += weight * bits.slice(plane * x.size(), x.size());
  return numbers;
}

/// Whether x < y as unsigned integers, for numbers of the same width given by their bits; shared bits of width 1.
/// Security: perfect; nothing is revealed.
/// Cost for width w: 1 + ceil(log2 w) rounds with 3w - 2 - ceil(log2 w) conjunctions, or w rounds with w conjunctions,
/// whichever takes less time on the engine's link.
/// Errors: Error(invalid_argument) for different shapes or a width of 0.
template <Engine E>
SharedBitsOf<E> less_than(E& engine, const SharedBitsOf<E>& x, const SharedBitsOf<E>& y) {
  x.planes().require_same_shape(y.planes());
  if (x.width() == 0) throw Error(ErrorCode::invalid_argument, "numbers without bits cannot be compared");
  return detail::compare(engine, x, y, false).less;
}

/// Whether x = y, for numbers of the same width given by their bits; shared bits of width 1.
/// Security: perfect; nothing is revealed.
/// Cost for width w: ceil(log2 w) rounds, w - 1 conjunctions.
/// Errors: Error(invalid_argument) for different shapes or a width of 0.
template <Engine E>
SharedBitsOf<E> equal(E& engine, const SharedBitsOf<E>& x, const SharedBitsOf<E>& y) {
  x.planes().require_same_shape(y.planes());
  if (x.width() == 0) throw Error(ErrorCode::invalid_argument, "numbers without bits cannot be compared");
  return detail::conjunction_of_all(engine, ~(x ^ y));
}

}  // namespace parley
