// SPDX-License-Identifier: Apache-2.0
// Comparisons of shared values with perfect privacy: order by the sign of the difference, equality by its bits.
// [DFKNT06] Unconditionally secure constant-rounds multi-party computation for equality, comparison, bits and
// exponentiation. [NO07] Nishide, Ohta: Multiparty computation for interval, equality, and comparison without
// bit-decomposition protocol. [Rabbit21] Rabbit: efficient comparison for secure multi-party computation.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/engine/circuits.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/shared_bits.hpp"

// Integers are compared as field elements of which the difference, taken between -(p-1)/2 and (p-1)/2, has the sign of
// the integers' difference. That holds for all values below 2^(b-1) for the modulus p = 2^b - 1: up to 60 bits in 2^61
// - 1. The functions that say "values below 2^59" leave a factor of 2.

namespace parley {

namespace detail {

/// How many of `count` values suit the engine at a time, where each takes so many comparisons: all of them, or parts of
/// equal length, up to the 64 values of a word, so that none is too short to be worth its rounds.
template <ComparingEngine E>
std::size_t part_length(const E& engine, std::size_t count, std::size_t comparisons_each) {
  const std::size_t most =
      std::max<std::size_t>(1, comparisons_at_a_time(engine, E::Value::modulus_bits) / comparisons_each);
  if (count <= most) return count;
  const std::size_t parts = (count + most - 1) / most;
  return ((count + parts - 1) / parts + 63) / 64 * 64;
}

/// The bits that part_of(first, length) gives for as many of `count` values from number `first` on, for all values: part
/// by part, as in part_length().
template <ComparingEngine E, class PartOf>
SharedBitsOf<E> in_parts(E& engine, std::size_t count, PartOf part_of, std::size_t comparisons_each = 1) {
  const std::size_t length = part_length(engine, count, comparisons_each);
  if (length == count) return part_of(std::size_t{0}, count);
  std::vector<SharedBitsOf<E>> bits;
  for (std::size_t first = 0; first < count; first += length)
    bits.push_back(part_of(first, std::min(length, count - first)));
  return concat(bits);
}

/// For each entry d: whether d is in ((p-1)/2, p), that is negative, and where asked for whether it is 0. The sign of d
/// is the lowest bit of 2d mod p: 2d is even and below p for d <= (p-1)/2, and 2d - p is odd for greater ones. With 2d
/// = y - b mod p that bit is y0 xor b0 xor [y < b], for where y < b the odd p has been added. [NO07, section 4]
template <ComparingEngine E>
Comparison<typename E::Scheme> signs(E& engine, const SharedOf<E>& d, bool with_zero) {
  const auto parts = engine.split(2 * d);
  return std::visit(
      [&](const auto& minuend) {
        auto comparison = compare(engine, minuend, parts.subtrahend, with_zero);
        comparison.less ^= minuend.bits(0, 1);
        comparison.less ^= parts.subtrahend.bits(0, 1);
        return comparison;
      },
      parts.minuend);
}
/// Whether d is negative, for the `count` values of which d(first, length) gives a part.
template <ComparingEngine E, class Difference>
SharedBitsOf<E> negative(E& engine, std::size_t count, Difference d) {
  return in_parts(engine, count,
                  [&](std::size_t first, std::size_t length) { return signs(engine, d(first, length), false).less; });
}
/// Whether d is 0, for the `count` values of which d(first, length) gives a part.
template <ComparingEngine E, class Difference>
SharedBitsOf<E> zero(E& engine, std::size_t count, Difference d) {
  return in_parts(engine, count, [&](std::size_t first, std::size_t length) {
    const auto parts = engine.split(d(first, length));
    return std::visit([&](const auto& minuend) { return conjunction_of_all(engine, ~(minuend ^ parts.subtrahend)); },
                      parts.minuend);
  });
}

}  // namespace detail

/// Whether x < y, entry by entry, as shared bits of width 1.
///
/// Input: vectors of one length, of values below 2^59 for Mersenne61, or any whose differences are between -(p-1)/2 and
/// (p-1)/2 for the field's order p.
/// Security: perfect; nothing is revealed. What is opened on the way is uniform whatever x and y are.
/// Cost for p = 2^b - 1 and n = 3: parties 0 and 1 send one element and party 2 sends b bits per comparison in the
/// first round; then either 1 + ceil(log2 b) rounds with 3b - 2 - ceil(log2 b) conjunctions (8 rounds in all for b =
/// 61), or b rounds with b conjunctions, whichever takes less time on the engine's link. For n > 3: edabits(), one
/// element opened, and the same but for the first of these rounds, with b conjunctions in the first form and one in the
/// second. Batches of more than detail::comparisons_at_a_time() values (about 2^17 in process) go in parts of equal
/// length one after another, each in its rounds: they take an eighth of the time at most, and memory stays bounded.
/// Errors: Error(invalid_argument) for different lengths.
/// Source: [NO07, section 4] with masks that pairs of parties know at n = 3, and edaBits [EGKRS20] at n > 3.
template <ComparingEngine E>
SharedBitsOf<E> less_than(E& engine, const SharedOf<E>& x, const SharedOf<E>& y) {
  detail::require_same_length(x.size(), y.size());
  return detail::negative(engine, x.size(), [&](std::size_t first, std::size_t length) {
    return x.slice(first, length) - y.slice(first, length);
  });
}
/// Whether x < bound for a public bound. Input, security and cost as for two shared vectors.
template <ComparingEngine E>
SharedBitsOf<E> less_than(E& engine, const SharedOf<E>& x, const typename E::Value& bound) {
  return detail::negative(engine, x.size(),
                          [&](std::size_t first, std::size_t length) { return x.slice(first, length) - bound; });
}
/// Whether bound < x for a public bound. Input, security and cost as for two shared vectors.
template <ComparingEngine E>
SharedBitsOf<E> less_than(E& engine, const typename E::Value& bound, const SharedOf<E>& x) {
  return detail::negative(engine, x.size(),
                          [&](std::size_t first, std::size_t length) { return bound - x.slice(first, length); });
}

/// Whether x = y, entry by entry, as shared bits of width 1; for any field elements.
/// Security: perfect; nothing is revealed.
/// Cost for p = 2^b - 1: as less_than(), with b - 1 conjunctions in ceil(log2 b) rounds after the mask has been opened.
/// Errors: Error(invalid_argument) for different lengths.
template <ComparingEngine E>
SharedBitsOf<E> equal(E& engine, const SharedOf<E>& x, const SharedOf<E>& y) {
  detail::require_same_length(x.size(), y.size());
  return detail::zero(engine, x.size(), [&](std::size_t first, std::size_t length) {
    return x.slice(first, length) - y.slice(first, length);
  });
}
/// Whether x = value for a public value. Security and cost as for two shared vectors.
template <ComparingEngine E>
SharedBitsOf<E> equal(E& engine, const SharedOf<E>& x, const typename E::Value& value) {
  return detail::zero(engine, x.size(),
                      [&](std::size_t first, std::size_t length) { return x.slice(first, length) - value; });
}

/// Whether low <= x < high as integers from 0 to p - 1, entry by entry, for public bounds and any field elements x;
/// shared bits of width 1.
/// Security: perfect; nothing is revealed. What is opened on the way is uniform whatever x is.
/// Cost for p = 2^b - 1: the elements and bits that less_than() takes to mask one value, and its conjunctions twice, in
/// the rounds of less_than(). For n > 3, where the mask is nearly all of the cost, that is about that of one comparison.
/// Large batches in parts, as in less_than(), of half as many values.
/// Errors: Error(invalid_argument) for low > high.
/// Source: [NO07, section 5].
template <ComparingEngine E>
SharedBitsOf<E> between(E& engine, const SharedOf<E>& x, const typename E::Value& low, const typename E::Value& high) {
  if (high.to_integer() < low.to_integer())
    throw Error(ErrorCode::invalid_argument, "an interval ends before it begins");
  // With d = x - low = y - b mod p for the mask b, and w = high - low: d < w exactly when b is one of y - w + 1, ..., y
  // mod p. For z = y - w mod p these are the numbers up to y but not up to z where y >= w, and for y < w all but those
  // up to z and not up to y: [y < b] xor [z < b] xor [y < w]. As p is odd, z is even for even y - w exactly when it has
  // not been increased by p, so that [y < w] = y0 xor w0 xor z0.
  const typename E::Value width = high - low;
  const bool odd_width = (width.to_integer() & 1) != 0;
  return detail::in_parts(
      engine, x.size(),
      [&](std::size_t first, std::size_t length) {
        const auto parts = engine.split(x.slice(first, length) - low);
        const auto shifted = engine.shifted(parts.minuend, -width);
        return std::visit(
            [&](const auto& minuend) {
              const auto minuends = concat(minuend, std::get<std::remove_cvref_t<decltype(minuend)>>(shifted));
              const auto odd = minuends.bits(0, 1);
              auto less =
                  detail::compare(engine, minuends, concat(parts.subtrahend, parts.subtrahend), false).less ^ odd;
              const auto inside = less.slice(0, length) ^ less.slice(length, length);
              return odd_width ? ~inside : inside;
            },
            parts.minuend);
      },
      2);
}
/// The same for shared bounds, whose differences from x are between -(p-1)/2 and (p-1)/2, as for less_than(). Nothing is
/// between bounds of which the upper is not above the lower one.
/// Security: perfect; nothing is revealed.
/// Cost: less_than() of twice as many values, and one round with a conjunction a value.
/// Errors: Error(invalid_argument) for different lengths.
template <ComparingEngine E>
SharedBitsOf<E> between(E& engine, const SharedOf<E>& x, const SharedOf<E>& low, const SharedOf<E>& high) {
  detail::require_same_length(x.size(), low.size());
  detail::require_same_length(x.size(), high.size());
  return detail::in_parts(
      engine, x.size(),
      [&](std::size_t first, std::size_t length) {
        const auto part = x.slice(first, length);
        const auto below =
            detail::signs(engine, concat(part - low.slice(first, length), part - high.slice(first, length)), false)
                .less;
        return and_(engine, ~below.slice(0, length), below.slice(length, length));
      },
      2);
}

}  // namespace parley
