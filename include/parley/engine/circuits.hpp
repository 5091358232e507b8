// SPDX-License-Identifier: Apache-2.0
// Boolean circuits on shared bit planes: comparison, and addition modulo a Mersenne prime, each of logarithmic depth or
// rippling from bit to bit, whichever is faster on the parties' link.
// [Sklansky60] Conditional-sum addition logic. [DFKNT06] Unconditionally secure constant-rounds multi-party computation
// for equality, comparison, bits and exponentiation.
#pragma once

#include <bit>
#include <cstddef>
#include <utility>
#include <vector>

#include "parley/engine/shared_bits.hpp"

namespace parley::detail {

// The first argument of all functions here is anything with and_(x, y) on its shared bits, and seconds(rounds,
// conjunctions) for what they take: an engine, or a part of one.

/// The conjunction of public with shared bits is local, that of shared ones costs a round.
template <class Binary, class Scheme>
SharedBits<Scheme> conjoin(Binary&, const PublicBits& x, const SharedBits<Scheme>& y) {
  return x & y;
}
template <class Binary, class Scheme>
SharedBits<Scheme> conjoin(Binary& binary, const SharedBits<Scheme>& x, const SharedBits<Scheme>& y) {
  return binary.and_(x, y);
}

template <class Scheme>
SharedBits<Scheme> strided(const SharedBits<Scheme>& x, std::size_t first, std::size_t stride, std::size_t count) {
  return SharedBits<Scheme>(x.planes().strided_planes(first, stride, count));
}

/// Bits of width 1: whether x < y, and, where it was asked for, whether x = y.
template <class Scheme>
struct Comparison {
  SharedBits<Scheme> less;
  SharedBits<Scheme> equal;
};

inline std::size_t ceil_log2(std::size_t x) { return static_cast<std::size_t>(std::bit_width(x - 1)); }

/// Cost for width w: 1 + ceil(log2 w) rounds, w + 2(w - 1) conjunctions, less ceil(log2 w) where equality is not asked
/// for.
template <class Binary, class X, class Scheme>
Comparison<Scheme> compare_in_tree(Binary& binary, const X& x, const SharedBits<Scheme>& y, bool with_equality) {
  // Node j covers a range of bits: less_j says x < y there, equal_j says x = y there. A higher and a lower node join to
  // less = less_high xor equal_high less_low (never both), equal = equal_high equal_low. Without equality the lowest
  // node's is never used.
  SharedBits<Scheme> less = conjoin(binary, ~x, y);
  SharedBits<Scheme> equal = ~(x ^ y);
  const std::size_t unused = with_equality ? 0 : 1;
  equal = equal.bits(unused, equal.width() - unused);
  while (less.width() > 1) {
    const std::size_t pairs = less.width() / 2, odd = less.width() % 2;
    const auto equal_high = strided(equal, 1 - unused, 2, pairs);
    const auto products = binary.and_(stack(equal_high, strided(equal_high, unused, 1, pairs - unused)),
                                      stack(strided(less, 0, 2, pairs), strided(equal, unused, 2, pairs - unused)));
    auto next_less = strided(less, 1, 2, pairs) ^ products.bits(0, pairs);
    auto next_equal = products.bits(pairs, pairs - unused);
    if (odd != 0) {
      next_less = stack(std::move(next_less), less.bits(less.width() - 1, 1));
      next_equal = stack(std::move(next_equal), equal.bits(equal.width() - 1, 1));
    }
    less = std::move(next_less);
    equal = std::move(next_equal);
  }
  return {std::move(less), std::move(equal)};
}

/// The conjunction of all the bits of each number.
/// Cost for width w: ceil(log2 w) rounds, w - 1 conjunctions.
template <class Binary, class Scheme>
SharedBits<Scheme> conjunction_of_all(Binary& binary, SharedBits<Scheme> x) {
  while (x.width() > 1) {
    const std::size_t pairs = x.width() / 2;
    auto products = binary.and_(x.bits(0, pairs), x.bits(pairs, pairs));
    x = x.width() % 2 == 0 ? std::move(products) : stack(std::move(products), x.bits(x.width() - 1, 1));
  }
  return x;
}

/// Cost for width w: w rounds, w conjunctions.
template <class Binary, class X, class Scheme>
SharedBits<Scheme> compare_rippling(Binary& binary, const X& x, const SharedBits<Scheme>& y) {
  // from the lowest bit up: where the bits differ, y's decides; where they are equal, what the lower ones said stands
  SharedBits<Scheme> less = conjoin(binary, ~x.bits(0, 1), y.bits(0, 1));
  for (std::size_t i = 1; i < y.width(); ++i) {
    const SharedBits<Scheme> y_bit = y.bits(i, 1);
    less = y_bit ^ binary.and_(~(x.bits(i, 1) ^ y_bit), less ^ y_bit);
  }
  return less;
}

/// Compares the numbers of `x` and `y`, as unsigned integers of as many bits. `x` may be public, which saves the first
/// round and its conjunctions.
/// Cost for width w: that of compare_in_tree(), or of compare_rippling() and of conjunction_of_all() where equality is
/// asked for.
template <class Binary, class X, class Scheme>
Comparison<Scheme> compare(Binary& binary, const X& x, const SharedBits<Scheme>& y, bool with_equality) {
  const std::size_t width = y.width(), depth = ceil_log2(width);
  const auto count = static_cast<double>(y.size());
  const auto seconds = [&](std::size_t rounds, std::size_t conjunctions) {
    return binary.seconds(static_cast<double>(rounds), static_cast<double>(conjunctions) * count);
  };
  if (seconds(1 + depth, 3 * width - 2 - (with_equality ? 0 : depth)) <=
      seconds(width + (with_equality ? depth : 0), width + (with_equality ? width - 1 : 0)))
    return compare_in_tree(binary, x, y, with_equality);
  Comparison<Scheme> result{compare_rippling(binary, x, y), {}};
  if (with_equality) result.equal = conjunction_of_all(binary, ~(x ^ y));
  return result;
}

/// For every bit i: `generate`, whether the bits 0 to i produce a carry, and `propagate`, whether they pass one on.
/// [Sklansky60]
template <class Binary, class Scheme>
void prefix_carries(Binary& binary, SharedBits<Scheme>& generate, SharedBits<Scheme>& propagate) {
  const std::size_t width = generate.width();
  for (std::size_t block = 1; block < width; block *= 2) {
    // bit i of an odd block joins with the last bit of the block below it, which covers that block's whole prefix
    std::vector<std::size_t> upper, lower;
    for (std::size_t i = 0; i < width; ++i)
      if ((i & block) != 0) {
        upper.push_back(i);
        lower.push_back((i & ~(block - 1)) - 1);
      }
    const auto choose = [](const SharedBits<Scheme>& from, const std::vector<std::size_t>& planes) {
      BitPlanes chosen(from.planes().layout(), planes.size(), from.size());
      for (std::size_t i = 0; i < planes.size(); ++i) chosen.copy_plane(i, from.planes(), planes[i]);
      return SharedBits<Scheme>(std::move(chosen));
    };
    const auto passed = choose(propagate, upper);
    const auto products = binary.and_(stack(passed, passed), stack(choose(generate, lower), choose(propagate, lower)));
    const auto generated = choose(generate, upper) ^ products.bits(0, upper.size());
    for (std::size_t i = 0; i < upper.size(); ++i) {
      generate.planes().copy_plane(upper[i], generated.planes(), i);
      propagate.planes().copy_plane(upper[i], products.planes(), upper.size() + i);
    }
  }
}

/// Cost for width w: 2 + ceil(log2 w) rounds, 2w - 1 conjunctions and about w log2 w more.
template <class Binary, class X, class Scheme>
SharedBits<Scheme> add_in_tree(Binary& binary, const X& x, const SharedBits<Scheme>& y) {
  const std::size_t width = y.width();
  const SharedBits<Scheme> sum = x ^ y;
  SharedBits<Scheme> generate = conjoin(binary, x, y), propagate = sum;
  prefix_carries(binary, generate, propagate);
  const auto carry = generate.bits(width - 1, 1) ^ propagate.bits(width - 1, 1);  // they exclude each other
  if (width == 1) return sum ^ carry;
  const auto passed = binary.and_(propagate.bits(0, width - 1), strided(carry, 0, 0, width - 1));
  return sum ^ stack(carry, generate.bits(0, width - 1) ^ passed);
}

/// Cost for width w: 2w - 1 rounds and conjunctions.
template <class Binary, class X, class Scheme>
SharedBits<Scheme> add_rippling(Binary& binary, const X& x, const SharedBits<Scheme>& y) {
  const std::size_t width = y.width();
  const SharedBits<Scheme> sum = x ^ y;
  // The next carry is the majority of x, y and the carry. The lowest bits' majority with the carry 1 is their
  // disjunction.
  const auto majority = [&](std::size_t i, const SharedBits<Scheme>& carry) {
    return y.bits(i, 1) ^ binary.and_(sum.bits(i, 1), y.bits(i, 1) ^ carry);
  };
  SharedBits<Scheme> carry = ~conjoin(binary, ~x.bits(0, 1), ~y.bits(0, 1));
  for (std::size_t i = 1; i < width; ++i) carry = majority(i, carry);
  SharedBits<Scheme> carries = carry;
  for (std::size_t i = 0; i + 1 < width; ++i) {
    carry = majority(i, carry);
    carries = stack(std::move(carries), carry);
  }
  return sum ^ carries;
}

/// x + y modulo p = 2^w - 1 for the width w, where x < p and y <= p or the other way around; the result is below p. `x`
/// may be public, which saves the first round and its conjunctions. x + y >= p exactly when x + y + 1 >= 2^w, a carry
/// out with a carry in; the reduced sum is then x + y - p = x + y + 1
/// - 2^w, which is the sum with that carry fed back in. As x + y <= 2p - 1, what is left is below p.
/// Cost: that of add_in_tree() or of add_rippling().
template <class Binary, class X, class Scheme>
SharedBits<Scheme> add_modulo_mersenne(Binary& binary, const X& x, const SharedBits<Scheme>& y) {
  const std::size_t width = y.width(), depth = ceil_log2(width);
  const auto count = static_cast<double>(y.size());
  const auto seconds = [&](std::size_t rounds, std::size_t conjunctions) {
    return binary.seconds(static_cast<double>(rounds), static_cast<double>(conjunctions) * count);
  };
  return seconds(2 + depth, 2 * width - 1 + width * depth) <= seconds(2 * width - 1, 2 * width - 1)
             ? add_in_tree(binary, x, y)
             : add_rippling(binary, x, y);
}

}  // namespace parley::detail
