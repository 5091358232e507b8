// SPDX-License-Identifier: Apache-2.0
// Comparisons of shared values with perfect privacy: order by the sign of the difference, equality by its bits.
// [DFKNT06] Unconditionally secure constant-rounds multi-party computation for equality, comparison, bits and
// exponentiation. [NO07] Nishide, Ohta: Multiparty computation for interval, equality, and comparison without
// bit-decomposition protocol. [Rabbit21] Rabbit: efficient comparison for secure multi-party computation.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/engine/circuits.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/power.hpp"

// Integers are compared as field elements of which the difference, taken between -(p-1)/2 and (p-1)/2, has the sign of
// the integers' difference. That holds for all values below 2^(b-1) for the modulus p = 2^b - 1: up to 60 bits in 2^61
// - 1. The functions that say "values below 2^59" leave a factor of 2.

namespace parley {

/// How long the values are that are compared.
struct OrderOptions {
  /// All values are below 2^bits, or at least all their differences above -2^bits and below 2^bits; fewer bits cost less.
  /// 0 stands for the largest width that comparisons allow: 59 for Mersenne61. Where values are longer, comparisons are
  /// wrong, and still reveal nothing.
  /// Functions that order rows take values below 2^bits only, and may compare narrower ones together with the index that
  /// makes them distinct, which halves the cost. Where values are longer, the comparisons that they open may depend on
  /// the values; they give a wrong order, or Error(out_of_range) at all parties where there is none.
  std::size_t bits = 0;
};

namespace detail {

/// Error(invalid_argument) for more bits than the field can compare.
template <MersenneField F>
void require_comparable(const OrderOptions& options) {
  constexpr std::size_t widest = F::modulus_bits - 2;
  if (options.bits > widest)
    throw Error(ErrorCode::invalid_argument, "values of " + std::to_string(options.bits) +
                                                 " bits cannot be compared in " + std::string(F::name) +
                                                 ", only up to " + std::to_string(widest));
}

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

// Short differences -2^k < d < 2^k are scaled by 2^g > C, for the C = mask_terms() of the engine, before they are split
// into k + g bits, or one more where the sign is wanted: minuend - subtrahend = 2^g d + w then, with -1 <= w <= C, w >= 0
// for d >= 0 and w <= C - 1 for d <= 0.
//  - The sign of 2^g d + w is that of d: for d < 0 it is at most -2^g + C - 1 < 0. It is at least -2^(k+g) + 2^g - 1 and
//    at most 2^(k+g) - 2^g + C < 2^(k+g), so that k + g + 1 bits hold it, in two's complement.
//  - 2^g d + w is one of 0, ..., C - 1 modulo 2^(k+g) for d = 0 alone: for d > 0 it is at least 2^g >= C, and less than
//    2^(k+g); for d < 0 it is increased by 2^(k+g) to 2^g - 1 >= C at least, and to less than 2^(k+g).
// The scaled difference is between -(p-1)/2 and (p-1)/2 where 2^(k+g) <= 2^(b-1), as for any fewer than b + 1 bits.

/// g as above.
template <ComparingEngine E>
std::size_t guard_bits(const E& engine) {
  return static_cast<std::size_t>(std::bit_width(engine.mask_terms()));
}
/// 2^guard.
template <ComparingEngine E>
typename E::Value guard_factor(const E& engine) {
  return power(typename E::Value(2), guard_bits(engine));
}

/// The highest bit of x - y modulo 2^w for the width w: where the lower bits borrow, the highest bits differ less.
template <ComparingEngine E, class X>
SharedBitsOf<E> top_of_difference(E& engine, const X& x, const SharedBitsOf<E>& y) {
  const std::size_t top = y.width() - 1;
  auto bit = compare(engine, x, y, false, 1).less;
  bit ^= x.bits(top, 1);
  bit ^= y.bits(top, 1);
  return bit;
}

/// For each entry d: whether d is in ((p-1)/2, p), that is negative, and where asked for whether it is 0. The sign of d
/// is the lowest bit of 2d mod p: 2d is even and below p for d <= (p-1)/2, and 2d - p is odd for greater ones. With 2d
/// = y - b mod p that bit is y0 xor b0 xor [y < b], for where y < b the odd p has been added. [NO07, section 4]
template <ComparingEngine E>
Comparison<typename E::Scheme> signs(E& engine, const SharedOf<E>& d, bool with_zero) {
  const auto parts = engine.split(2 * d, E::Value::modulus_bits);
  return std::visit(
      [&](const auto& minuend) {
        auto comparison = compare(engine, minuend, parts.subtrahend, with_zero);
        comparison.less ^= minuend.bits(0, 1);
        comparison.less ^= parts.subtrahend.bits(0, 1);
        return comparison;
      },
      parts.minuend);
}
/// For each entry d, which is above -2^options.bits and below 2^options.bits: whether it is negative.
template <ComparingEngine E>
SharedBitsOf<E> signs(E& engine, const SharedOf<E>& d, const OrderOptions& options) {
  const std::size_t width = options.bits + guard_bits(engine) + 1;
  if (options.bits == 0 || width >= E::Value::modulus_bits) return signs(engine, d, false).less;
  const auto parts = engine.split(guard_factor(engine) * d, width);
  return std::visit([&](const auto& minuend) { return top_of_difference(engine, minuend, parts.subtrahend); },
                    parts.minuend);
}
/// The same for the `count` values of which d(first, length) gives a part.
template <ComparingEngine E, class Difference>
SharedBitsOf<E> negative(E& engine, std::size_t count, const OrderOptions& options, Difference d) {
  require_comparable<typename E::Value>(options);
  return in_parts(engine, count,
                  [&](std::size_t first, std::size_t length) { return signs(engine, d(first, length), options); });
}

/// For each entry d: whether it is 0.
template <ComparingEngine E>
SharedBitsOf<E> zeros(E& engine, const SharedOf<E>& d, const OrderOptions& options) {
  using F = typename E::Value;
  const std::size_t width = options.bits + guard_bits(engine);
  const bool whole = options.bits == 0 || width >= F::modulus_bits;
  const auto parts = whole ? engine.split(d, F::modulus_bits) : engine.split(guard_factor(engine) * d, width);
  const std::size_t candidates = whole ? 1 : engine.mask_terms();  // what the difference may be where d is 0
  return std::visit(
      [&](auto minuends) {
        auto subtrahends = parts.subtrahend;
        for (std::size_t w = 1; w < candidates; ++w) {
          const auto less = engine.shifted(parts.minuend, -F(w));
          minuends = concat(minuends, std::get<decltype(minuends)>(less));
          subtrahends = concat(subtrahends, parts.subtrahend);
        }
        const auto same = conjunction_of_all(engine, ~(minuends ^ subtrahends));
        if (candidates == 1) return same;
        auto any = same.slice(0, d.size());  // one of them at most
        for (std::size_t w = 1; w < candidates; ++w) any ^= same.slice(w * d.size(), d.size());
        return any;
      },
      parts.minuend);
}
/// The same for the `count` values of which d(first, length) gives a part.
template <ComparingEngine E, class Difference>
SharedBitsOf<E> zero(E& engine, std::size_t count, const OrderOptions& options, Difference d) {
  require_comparable<typename E::Value>(options);
  return in_parts(engine, count,
                  [&](std::size_t first, std::size_t length) { return zeros(engine, d(first, length), options); });
}

/// Whether low <= x < high for x below 2^bits, of which few bits do.
template <ComparingEngine E>
SharedBitsOf<E> between_short(E& engine, const SharedOf<E>& x, const typename E::Value& low,
                              const typename E::Value& high, std::size_t bits) {
  using F = typename E::Value;
  const F factor = guard_factor(engine), end = power(F(2), bits);
  // no x tells a bound above 2^bits from 2^bits
  const auto scaled = [&](const F& bound) { return factor * (bound.to_integer() < end.to_integer() ? bound : end); };
  // Both differences are made from one mask of 2^g x: 2^g (x - bound) + w with 0 <= w <= C, which for x < bound is at
  // most -2^g + C < 0, and at least -2^(bits + g).
  return in_parts(
      engine, x.size(),
      [&](std::size_t first, std::size_t length) {
        const auto parts = engine.split(factor * x.slice(first, length), bits + guard_bits(engine) + 1);
        const auto from_low = engine.shifted(parts.minuend, -scaled(low)),
                   from_high = engine.shifted(parts.minuend, -scaled(high));
        return std::visit(
            [&](const auto& minuend) {
              const auto minuends = concat(minuend, std::get<std::remove_cvref_t<decltype(minuend)>>(from_high));
              const auto below = top_of_difference(engine, minuends, concat(parts.subtrahend, parts.subtrahend));
              return below.slice(0, length) ^ below.slice(length, length);
            },
            from_low);
      },
      2);
}

}  // namespace detail

/// Whether x < y, entry by entry, as shared bits of width 1.
///
/// Input: vectors of one length, of values below 2^options.bits. Without options, values below 2^59 for Mersenne61, or
/// any whose differences are between -(p-1)/2 and (p-1)/2 for the field's order p.
/// Security: perfect, for values that are longer than they should be, too; nothing is revealed. What is opened on the way
/// is uniform whatever x and y are.
/// Cost for p = 2^b - 1 and n = 3: parties 0 and 1 send one element and party 2 sends b bits per comparison in the
/// first round; then either 1 + ceil(log2 b) rounds with 3b - 2 - ceil(log2 b) conjunctions (8 rounds in all for b =
/// 61), or b rounds with b conjunctions, whichever takes less time on the engine's link. For n > 3: edabits(), one
/// element opened, and the same but for the first of these rounds, with b conjunctions in the first form and one in the
/// second. With options.bits = k, w = k + g + 1 bits do for the least g with 2^g > C, where C = 1 for n = 3 and t + 1
/// for n > 3: if w < b, party 2 sends w bits, the comparison is one of w - 1 bits instead of b, and each edaBit is made
/// with its lowest w bits only: n - 1 - t elements and w(n - 1 - t) bytes sent by each of t + 1 parties, and
/// detail::sum_modulo_power_of_two() of t + 1 numbers instead of additions modulo p. (Stored edaBits are whole, see
/// prepare().) Batches of more than detail::comparisons_at_a_time() values (about 2^17 in process) go in parts of equal
/// length one after another, each in its rounds: they take a quarter of the time at most, and memory stays bounded.
/// Errors: Error(invalid_argument) for different lengths, or bits that the field cannot compare.
/// Source: [NO07, section 4] with masks that pairs of parties know at n = 3, and edaBits [EGKRS20] at n > 3.
template <ComparingEngine E>
SharedBitsOf<E> less_than(E& engine, const SharedOf<E>& x, const SharedOf<E>& y, OrderOptions options = {}) {
  detail::require_same_length(x.size(), y.size());
  return detail::negative(engine, x.size(), options, [&](std::size_t first, std::size_t length) {
    return x.slice(first, length) - y.slice(first, length);
  });
}
/// Whether x < bound for a public bound, which is one of the values. Input, security, cost and errors as for two shared
/// vectors.
template <ComparingEngine E>
SharedBitsOf<E> less_than(E& engine, const SharedOf<E>& x, const typename E::Value& bound, OrderOptions options = {}) {
  return detail::negative(engine, x.size(), options,
                          [&](std::size_t first, std::size_t length) { return x.slice(first, length) - bound; });
}
/// Whether bound < x for a public bound, which is one of the values. Input, security, cost and errors as for two shared
/// vectors.
template <ComparingEngine E>
SharedBitsOf<E> less_than(E& engine, const typename E::Value& bound, const SharedOf<E>& x, OrderOptions options = {}) {
  return detail::negative(engine, x.size(), options,
                          [&](std::size_t first, std::size_t length) { return bound - x.slice(first, length); });
}

/// Whether x = y, entry by entry, as shared bits of width 1; without options for any field elements, otherwise for values
/// below 2^options.bits.
/// Security: perfect, for values that are longer than they should be, too; nothing is revealed.
/// Cost for p = 2^b - 1: as less_than(), with b - 1 conjunctions in ceil(log2 b) rounds after the mask has been opened.
/// With options.bits = k and the C and g of less_than(), v = k + g bits do: if v < b, party 2 sends v bits, or edaBits
/// have v bits, and there are C(v - 1) conjunctions in ceil(log2 v) rounds. (For n > 3 these may be more than b - 1: what
/// is saved is in the mask, which the store of prepare() has whole.)
/// Errors: Error(invalid_argument) for different lengths, or bits that the field cannot compare.
template <ComparingEngine E>
SharedBitsOf<E> equal(E& engine, const SharedOf<E>& x, const SharedOf<E>& y, OrderOptions options = {}) {
  detail::require_same_length(x.size(), y.size());
  return detail::zero(engine, x.size(), options, [&](std::size_t first, std::size_t length) {
    return x.slice(first, length) - y.slice(first, length);
  });
}
/// Whether x = value for a public value. Input, security, cost and errors as for two shared vectors.
template <ComparingEngine E>
SharedBitsOf<E> equal(E& engine, const SharedOf<E>& x, const typename E::Value& value, OrderOptions options = {}) {
  return detail::zero(engine, x.size(), options,
                      [&](std::size_t first, std::size_t length) { return x.slice(first, length) - value; });
}

/// Whether low <= x < high as integers from 0 to p - 1, entry by entry, for public bounds; shared bits of width 1.
/// Without options for any field elements x, otherwise for values x below 2^options.bits; the bounds may be any.
/// Security: perfect, for values that are longer than they should be, too; nothing is revealed. What is opened on the way
/// is uniform whatever x is.
/// Cost for p = 2^b - 1: the elements and bits that less_than() takes to mask one value, and its conjunctions twice, in
/// the rounds of less_than(). For n > 3, where the mask is nearly all of the cost, that is about that of one comparison.
/// Large batches in parts, as in less_than(), of half as many values.
/// Errors: Error(invalid_argument) for low > high, or bits that the field cannot compare.
/// Source: [NO07, section 5].
template <ComparingEngine E>
SharedBitsOf<E> between(E& engine, const SharedOf<E>& x, const typename E::Value& low, const typename E::Value& high,
                        OrderOptions options = {}) {
  if (high.to_integer() < low.to_integer())
    throw Error(ErrorCode::invalid_argument, "an interval ends before it begins");
  detail::require_comparable<typename E::Value>(options);
  if (options.bits != 0 && options.bits + detail::guard_bits(engine) + 1 < E::Value::modulus_bits)
    return detail::between_short(engine, x, low, high, options.bits);
  // With d = x - low = y - b mod p for the mask b, and w = high - low: d < w exactly when b is one of y - w + 1, ..., y
  // mod p. For z = y - w mod p these are the numbers up to y but not up to z where y >= w, and for y < w all but those
  // up to z and not up to y: [y < b] xor [z < b] xor [y < w]. As p is odd, z is even for even y - w exactly when it has
  // not been increased by p, so that [y < w] = y0 xor w0 xor z0.
  const typename E::Value width = high - low;
  const bool odd_width = (width.to_integer() & 1) != 0;
  return detail::in_parts(
      engine, x.size(),
      [&](std::size_t first, std::size_t length) {
        const auto parts = engine.split(x.slice(first, length) - low, E::Value::modulus_bits);
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
/// Errors: Error(invalid_argument) for different lengths, or bits that the field cannot compare.
template <ComparingEngine E>
SharedBitsOf<E> between(E& engine, const SharedOf<E>& x, const SharedOf<E>& low, const SharedOf<E>& high,
                        OrderOptions options = {}) {
  detail::require_same_length(x.size(), low.size());
  detail::require_same_length(x.size(), high.size());
  detail::require_comparable<typename E::Value>(options);
  return detail::in_parts(
      engine, x.size(),
      [&](std::size_t first, std::size_t length) {
        const auto part = x.slice(first, length);
        const auto below =
            detail::signs(engine, concat(part - low.slice(first, length), part - high.slice(first, length)), options);
        return and_(engine, ~below.slice(0, length), below.slice(length, length));
      },
      2);
}

}  // namespace parley
