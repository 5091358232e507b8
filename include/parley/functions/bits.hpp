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

/// The bits of the canonical integers of `x`: numbers of F::modulus_bits bits; or, of values below 2^options.bits, numbers
/// of as many bits.
/// Security: perfect, for values that are longer than they should be, too (the bits are wrong then); nothing is revealed.
/// What is opened on the way is uniform whatever x is.
/// Cost for p = 2^b - 1 and n = 3: parties 0 and 1 send one element and party 2 sends b bits per value in the first
/// round; then one addition modulo p (9 rounds in all for b = 61 in its form of few rounds). For n > 3: edabits(), one
/// element opened, and one addition of a public number modulo p. With options.bits = k and the g of less_than(), v = k + g
/// bits do: if v < b, party 2 sends v bits, or edaBits have v bits, and the addition is one modulo 2^v: 1 + ceil(log2(v -
/// 1)) rounds with 2u + 1 conjunctions for the u ones in the binary notation of 0, ..., v - 2, or v - 1 rounds with as many
/// conjunctions, whichever takes less time on the engine's link; for n > 3 without the first of these rounds, with v - 1
/// conjunctions less in the first form and one less in the second. Large batches in parts, as in less_than().
/// Errors: Error(invalid_argument) for bits that the field cannot compare.
/// Source: x = y - b modulo p for y and b given by their bits, and p - b is the complement of b for a Mersenne prime.
template <ComparingEngine E>
SharedBitsOf<E> to_bits(E& engine, const SharedOf<E>& x, OrderOptions options = {}) {
  using F = typename E::Value;
  detail::require_comparable<F>(options);
  const std::size_t guard = detail::guard_bits(engine), width = options.bits + guard;
  const bool whole = options.bits == 0 || width >= F::modulus_bits;
  return detail::in_parts(engine, x.size(), [&](std::size_t first, std::size_t length) {
    const auto part = x.slice(first, length);
    if (whole) {
      const auto parts = engine.split(part, F::modulus_bits);
      const auto bits = std::visit(
          [&](const auto& minuend) { return detail::add_modulo_mersenne(engine, minuend, ~parts.subtrahend); },
          parts.minuend);
      return options.bits == 0 ? bits : bits.bits(0, options.bits);
    }
    // minuend - subtrahend = 2^g x + w with 0 <= w < 2^g, as for comparisons: x without the lowest g bits. And -1 - m is
    // the complement of m, so that m - s is that of the sum of the complement of m and s.
    const auto parts = engine.split(detail::guard_factor(engine) * part, width);
    const auto difference = std::visit(
        [&](const auto& minuend) { return ~detail::add_modulo_power_of_two(engine, ~minuend, parts.subtrahend); },
        parts.minuend);
    return difference.bits(guard, options.bits);
  });
}

/// The numbers given by their bits, modulo the field's order.
/// Security: perfect; nothing is revealed.
/// Cost: to_field() of all the bits.
template <Engine E>
SharedOf<E> from_bits(E& engine, const SharedBitsOf<E>& x) {
  using F = typename E::Value;
  const SharedOf<E> bits = to_field(engine, x);
  auto numbers = bits.with_shares(Buffer<typename SharedOf<E>::Share>(x.size()));
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
