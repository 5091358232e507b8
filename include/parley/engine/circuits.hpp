// SPDX-License-Identifier: Apache-2.0
// Boolean circuits on shared bit planes: comparison, and addition modulo a Mersenne prime or a power of two, each of
// logarithmic depth or rippling from bit to bit, whichever is faster on the parties' link.
// [Sklansky60] Conditional-sum addition logic. [Wallace64] A suggestion for a fast multiplier. [DFKNT06] Unconditionally
// secure constant-rounds multi-party computation for equality, comparison, bits and exponentiation.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <deque>
#include <span>
#include <utility>
#include <vector>

#include "parley/engine/bit_planes.hpp"
#include "parley/engine/shared_bits.hpp"

namespace parley::detail {

// The first argument of all functions here is anything with and_(conjunctions) on its shared bits, and seconds(rounds,
// conjunctions) for what they take: an engine, or a part of one. Planes stay where they were computed, and wires lead to
// them.

/// x and y, where a public x makes that local.
template <class Binary, class Scheme>
SharedBits<Scheme> conjoin(Binary&, const PublicBits& x, const SharedBits<Scheme>& y) {
  return x & y;
}
template <class Binary, class Scheme>
SharedBits<Scheme> conjoin(Binary& binary, const SharedBits<Scheme>& x, const SharedBits<Scheme>& y) {
  return binary.and_(conjunctions(x.planes(), y.planes()));
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
  const SharedBits<Scheme> same = ~(x ^ y), y_only = conjoin(binary, ~x, y);
  const std::size_t unused = with_equality ? 0 : 1;
  std::vector<Wire> less = wires(y_only.planes()), equal = wires(same.planes(), unused, same.width() - unused);
  std::deque<SharedBits<Scheme>> levels;
  while (less.size() > 1) {
    const std::size_t pairs = less.size() / 2;
    const auto equal_of = [&](std::size_t node) { return equal[node - unused]; };
    std::vector<Conjunction> joins;
    for (std::size_t k = 0; k < pairs; ++k)
      joins.push_back({.x = equal_of(2 * k + 1), .y = less[2 * k], .plus = less[2 * k + 1]});
    for (std::size_t k = unused; k < pairs; ++k) joins.push_back({.x = equal_of(2 * k + 1), .y = equal_of(2 * k)});
    const BitPlanes& joined = levels.emplace_back(binary.and_(joins)).planes();
    std::vector<Wire> next_less = wires(joined, 0, pairs), next_equal = wires(joined, pairs, pairs - unused);
    if (less.size() % 2 != 0) {
      next_less.push_back(less.back());
      next_equal.push_back(equal.back());
    }
    less = std::move(next_less);
    equal = std::move(next_equal);
  }
  return {gather<Scheme>(less), gather<Scheme>(equal)};
}

/// The conjunction of all the bits of each number.
/// Cost for width w: ceil(log2 w) rounds, w - 1 conjunctions.
template <class Binary, class Scheme>
SharedBits<Scheme> conjunction_of_all(Binary& binary, const SharedBits<Scheme>& x) {
  std::vector<Wire> factors = wires(x.planes());
  std::deque<SharedBits<Scheme>> levels;
  while (factors.size() > 1) {
    const std::size_t pairs = factors.size() / 2;
    std::vector<Conjunction> joins;
    for (std::size_t k = 0; k < pairs; ++k) joins.push_back({.x = factors[k], .y = factors[pairs + k]});
    std::vector<Wire> next = wires(levels.emplace_back(binary.and_(joins)).planes());
    if (factors.size() % 2 != 0) next.push_back(factors.back());
    factors = std::move(next);
  }
  return gather<Scheme>(factors);
}

/// Cost for width w without the bits that are left out: w rounds, w conjunctions.
template <class Binary, class X, class Scheme>
SharedBits<Scheme> compare_rippling(Binary& binary, const X& x, const SharedBits<Scheme>& y, std::size_t left_out = 0) {
  // from the lowest bit up: where the bits differ, y's decides; where they are equal, what the lower ones said stands
  const SharedBits<Scheme> differ = x ^ y;
  SharedBits<Scheme> less = conjoin(binary, ~x.bits(0, 1), y.bits(0, 1));
  for (std::size_t i = 1; i < y.width() - left_out; ++i) {
    const Conjunction choice{.x = differ.wire(i), .y = y.wire(i), .z = less.wire(0), .plus = less.wire(0)};
    less = binary.and_(std::span(&choice, 1));
  }
  return less;
}

/// Compares the numbers of `x` and `y`, as unsigned integers of as many bits, of which so many of the highest are left
/// out. `x` may be public, which saves the first round and its conjunctions.
/// Cost for the width w that is left: that of compare_in_tree(), or of compare_rippling() and of conjunction_of_all() where equality is
/// asked for.
template <class Binary, class X, class Scheme>
Comparison<Scheme> compare(Binary& binary, const X& x, const SharedBits<Scheme>& y, bool with_equality,
                           std::size_t left_out = 0) {
  const std::size_t width = y.width() - left_out, depth = ceil_log2(width);
  const auto count = static_cast<double>(y.size());
  const auto seconds = [&](std::size_t rounds, std::size_t conjunctions) {
    return binary.seconds(static_cast<double>(rounds), static_cast<double>(conjunctions) * count);
  };
  if (seconds(1 + depth, 3 * width - 2 - (with_equality ? 0 : depth)) <=
      seconds(width + (with_equality ? depth : 0), width + (with_equality ? width - 1 : 0)))
    return left_out == 0 ? compare_in_tree(binary, x, y, with_equality)
                         : compare_in_tree(binary, x.bits(0, width), y.bits(0, width), with_equality);
  Comparison<Scheme> result{compare_rippling(binary, x, y, left_out), {}};  // of many numbers, none of which is copied
  if (with_equality) result.equal = conjunction_of_all(binary, ~(x ^ y).bits(0, width));
  return result;
}

/// How many comparisons of numbers of `width` bits are best done at a time: few enough for what they work on to stay in
/// the cache, and to bound the memory they take, and so many that their rounds take a quarter of the time at most.
template <class Binary>
std::size_t comparisons_at_a_time(const Binary& binary, std::size_t width) {
  const auto number = static_cast<double>(width);
  // the rippling form, and as much again for what comes before it
  const double least = 3 * binary.seconds(number, 0) / std::max(binary.seconds(0, 2 * number), 1e-18);
  constexpr std::size_t step = std::size_t{1} << 14;
  constexpr double most_steps = std::size_t{1} << 30;
  return step * static_cast<std::size_t>(std::clamp(std::ceil(least / step), 1.0, most_steps));
}

/// For every bit i: `generate`, whether the bits 0 to i produce a carry, and `propagate`, whether they pass one on,
/// which is left out where no carry comes in. The results' planes are kept in `levels`. [Sklansky60]
template <class Binary, class Scheme>
void prefix_carries(Binary& binary, std::vector<Wire>& generate, std::vector<Wire>& propagate,
                    std::deque<SharedBits<Scheme>>& levels, bool carry_in) {
  for (std::size_t block = 1; block < generate.size(); block *= 2) {
    // bit i of an odd block joins with the last bit of the block below it, which covers that block's whole prefix
    std::vector<Conjunction> joins;
    // what the bits from 0 on pass on, which those of the first odd block reach, matters to a carry that comes in only
    const auto first = [&](bool generating) { return generating || carry_in ? block : 2 * block; };
    for (const bool generating : {true, false})
      for (std::size_t i = first(generating); i < generate.size(); ++i) {
        if ((i & block) == 0) continue;
        const std::size_t below = (i & ~(block - 1)) - 1;
        joins.push_back(generating ? Conjunction{.x = propagate[i], .y = generate[below], .plus = generate[i]}
                                   : Conjunction{.x = propagate[i], .y = propagate[below]});
      }
    const BitPlanes& joined = levels.emplace_back(binary.and_(joins)).planes();
    std::size_t next = 0;
    for (std::vector<Wire>* prefixes : {&generate, &propagate})
      for (std::size_t i = first(prefixes == &generate); i < prefixes->size(); ++i)
        if ((i & block) != 0) (*prefixes)[i] = {&joined, next++};
  }
}

/// Cost for width w: 2 + ceil(log2 w) rounds, 2w - 1 conjunctions and about w log2 w more.
template <class Binary, class X, class Scheme>
SharedBits<Scheme> add_in_tree(Binary& binary, const X& x, const SharedBits<Scheme>& y) {
  const std::size_t width = y.width();
  const SharedBits<Scheme> sum = x ^ y, both = conjoin(binary, x, y);
  std::vector<Wire> generate = wires(both.planes()), propagate = wires(sum.planes());
  std::deque<SharedBits<Scheme>> levels;
  prefix_carries(binary, generate, propagate, levels, true);
  // what is generated and what is passed on exclude each other
  const SharedBits<Scheme> carry =
      gather<Scheme>(std::span(&generate.back(), 1)) ^ gather<Scheme>(std::span(&propagate.back(), 1));
  if (width == 1) return sum ^ carry;
  std::vector<Conjunction> passed;
  for (std::size_t i = 0; i + 1 < width; ++i)
    passed.push_back({.x = propagate[i], .y = carry.wire(0), .plus = generate[i]});
  return sum ^ stack(carry, binary.and_(passed));
}

/// The majority of three bits x, y, z: z where x and y differ, y where they do not.
inline Conjunction majority_of(const Wire& x_differs_from_y, const Wire& z, const Wire& y) {
  return {.x = x_differs_from_y, .y = z, .z = y, .plus = y};
}

/// Cost for width w: 2w - 1 rounds and conjunctions.
template <class Binary, class X, class Scheme>
SharedBits<Scheme> add_rippling(Binary& binary, const X& x, const SharedBits<Scheme>& y) {
  const std::size_t width = y.width();
  const SharedBits<Scheme> sum = x ^ y;
  const auto majority = [&](std::size_t i, const SharedBits<Scheme>& carry) {  // the next carry
    const Conjunction choice = majority_of(sum.wire(i), carry.wire(0), y.wire(i));
    return binary.and_(std::span(&choice, 1));
  };
  // the lowest bits' majority with the carry 1 is their disjunction
  SharedBits<Scheme> carry = ~conjoin(binary, ~x.bits(0, 1), ~y.bits(0, 1));
  for (std::size_t i = 1; i < width; ++i) carry = majority(i, carry);
  std::deque<SharedBits<Scheme>> carries = {std::move(carry)};
  for (std::size_t i = 0; i + 1 < width; ++i) carries.push_back(majority(i, carries.back()));
  std::vector<Wire> all;
  for (const SharedBits<Scheme>& into : carries) all.push_back(into.wire(0));
  return sum ^ gather<Scheme>(all);
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

/// x + y modulo 2^w for the width w. `x` may be public, which saves the first round and its conjunctions: w - 1 of them in
/// the first form, one in the second.
/// Cost: 1 + ceil(log2(w - 1)) rounds, 2u + 1 conjunctions for the u ones in the binary notation of 0, ..., w - 2; or w -
/// 1 rounds, w - 1 conjunctions; none for w = 1.
template <class Binary, class X, class Scheme>
SharedBits<Scheme> add_modulo_power_of_two(Binary& binary, const X& x, const SharedBits<Scheme>& y) {
  const SharedBits<Scheme> sum = x ^ y;
  if (sum.width() <= 1) return sum;
  const std::size_t carries = sum.width() - 1;  // into the bits 1, ..., w - 1
  std::size_t ones = 0;
  for (std::size_t i = 0; i < carries; ++i) ones += static_cast<std::size_t>(std::popcount(i));
  const auto count = static_cast<double>(y.size()), rippling = static_cast<double>(carries);
  std::vector<Wire> into;
  std::deque<SharedBits<Scheme>> levels;
  if (binary.seconds(static_cast<double>(1 + ceil_log2(carries)), static_cast<double>(2 * ones + 1) * count) <=
      binary.seconds(rippling, rippling * count)) {
    levels.push_back(conjoin(binary, x.bits(0, carries), y.bits(0, carries)));
    into = wires(levels.back().planes());
    std::vector<Wire> propagate = wires(sum.planes(), 0, carries);
    prefix_carries(binary, into, propagate, levels, false);
  } else {
    levels.push_back(conjoin(binary, x.bits(0, 1), y.bits(0, 1)));
    for (std::size_t i = 1; i < carries; ++i) {
      const Conjunction next = majority_of(sum.wire(i), levels.back().wire(0), y.wire(i));
      levels.push_back(binary.and_(std::span(&next, 1)));
    }
    for (const SharedBits<Scheme>& carry : levels) into.push_back(carry.wire(0));
  }
  const SharedBits<Scheme> lowest(BitPlanes(sum.planes().layout(), 1, sum.size()));
  return sum ^ stack(lowest, gather<Scheme>(into));
}

/// The sum of all `terms`, of which there is at least one, modulo 2^w for their width w. Full adders turn three numbers
/// into two with the same sum until two are left.
/// Cost for k terms: that of add_modulo_power_of_two(), and before it (k - 2)(w - 1) conjunctions, in a round for each
/// time that a third of the numbers, rounded down, has to be taken away until two are left.
/// Source: [Wallace64].
template <class Binary, class Scheme>
SharedBits<Scheme> sum_modulo_power_of_two(Binary& binary, std::vector<SharedBits<Scheme>> terms) {
  const std::size_t width = terms.front().width(), carries = width - 1;
  while (terms.size() > 2) {
    const std::size_t adders = terms.size() / 3;
    std::deque<SharedBits<Scheme>> differ;  // the planes that wires lead to
    std::vector<Conjunction> majorities;
    for (std::size_t k = 0; k < adders; ++k) {
      const SharedBits<Scheme>&x = differ.emplace_back(terms[3 * k] ^ terms[3 * k + 1]), &y = terms[3 * k + 1],
            &z = terms[3 * k + 2];
      for (std::size_t i = 0; i < carries; ++i) majorities.push_back(majority_of(x.wire(i), z.wire(i), y.wire(i)));
    }
    std::vector<SharedBits<Scheme>> next(terms.begin() + static_cast<std::ptrdiff_t>(3 * adders), terms.end());
    for (std::size_t k = 0; k < adders; ++k) next.push_back(differ[k] ^ terms[3 * k + 2]);
    if (carries > 0) {
      const SharedBits<Scheme> into = binary.and_(majorities);
      const SharedBits<Scheme> lowest(BitPlanes(into.planes().layout(), 1, into.size()));
      for (std::size_t k = 0; k < adders; ++k) next.push_back(stack(lowest, into.bits(k * carries, carries)));
    }
    terms = std::move(next);
  }
  return terms.size() == 1 ? std::move(terms.front()) : add_modulo_power_of_two(binary, terms[0], terms[1]);
}

/// The sum of all `terms`, of which there is at least one, modulo p = 2^w - 1 for their width w: a balanced tree of
/// additions, those of one level in one batch. At least one of the terms is below p, and so is the sum; the others may be
/// p.
/// Cost for k terms: k - 1 times that of add_modulo_mersenne(), in ceil(log2(k)) times its rounds.
template <class Binary, class Scheme>
SharedBits<Scheme> sum_modulo_mersenne(Binary& binary, std::vector<SharedBits<Scheme>> terms) {
  const std::size_t count = terms.front().size();
  while (terms.size() > 1) {
    const std::size_t pairs = terms.size() / 2;
    std::vector<SharedBits<Scheme>> left, right, next;
    for (std::size_t i = 0; i < pairs; ++i) {
      left.push_back(std::move(terms[2 * i]));
      right.push_back(std::move(terms[2 * i + 1]));
    }
    const SharedBits<Scheme> sums = add_modulo_mersenne(binary, concat(left), concat(right));
    for (std::size_t i = 0; i < pairs; ++i) next.push_back(sums.slice(i * count, count));
    if (terms.size() % 2 != 0) next.push_back(std::move(terms.back()));
    terms = std::move(next);
  }
  return std::move(terms.front());
}

}  // namespace parley::detail
