// SPDX-License-Identifier: Apache-2.0
// What the fields with a modulus p = 2^bits - 1 share: 2^bits = 1, so that reduction is an addition.
#pragma once

#include <type_traits>

#include "parley/core/integer.hpp"
#include "parley/field/power.hpp"

namespace parley::detail {

/// The arithmetic of a Residue modulo p = 2^bits - 1, all but the multiplication. The word is the residue: 0 <= word <
/// p.
template <UnsignedInteger W, unsigned bits>
struct MersenneRepresentation {
  using Word = W;
  using Integer = W;
  static_assert(bits >= 3 && bits < 8 * sizeof(Word), "one bit for the sign of a difference");

  static constexpr unsigned modulus_bits = bits;
  static constexpr Integer modulus = static_cast<Integer>((static_cast<Integer>(1) << bits) - 1);
  static constexpr bool word_is_integer = true;

  static constexpr Integer to_integer(Word word) noexcept { return word; }

  // value <= (2^k - 1) 2^bits + p for k = the width less `bits`, so fold(value) <= 2^k - 1 + p < 2p for all k < bits;
  // where k may be larger (not among the fields here) the assertion speaks.
  static constexpr Word from_integer(Integer value) noexcept {
    static_assert(8 * sizeof(Word) - bits < bits);
    return canonical(fold(value));
  }

  // a, b < p, so the sum is below 2p.
  static constexpr Word add(Word a, Word b) noexcept { return canonical(static_cast<Word>(a + b)); }

  // a, b < p, so the difference is above -p.
  static constexpr Word subtract(Word a, Word b) noexcept { return from_difference(static_cast<Word>(a - b)); }

  /// x^(p - 2), by p - 2 = 2^bits - 3 = 4 (2^(bits - 2) - 1) + 1.
  template <class Element>
  static constexpr Element inverse(const Element& x) noexcept {
    return square_repeatedly(power_of_all_ones<bits - 2>(x), 2) * x;
  }

  /// The same residue: 2^bits = 1, so the high part is added to the low one.
  static constexpr Word fold(Word value) noexcept { return static_cast<Word>((value & modulus) + (value >> bits)); }

  /// The residue of a value below 2p.
  static constexpr Word canonical(Word value) noexcept { return from_difference(static_cast<Word>(value - modulus)); }

 private:
  // -p <= difference < p in two's complement. If it is negative, its lowest `bits` bits are difference + 2^bits, so
  // that subtracting the sign bit gives difference + p; if not, nothing changes. No comparison, so no branch to make of
  // one.
  static constexpr Word from_difference(Word difference) noexcept {
    return static_cast<Word>((difference & modulus) - (difference >> (8 * sizeof(Word) - 1)));
  }
};

}  // namespace parley::detail
