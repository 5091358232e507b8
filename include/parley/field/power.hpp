// SPDX-License-Identifier: Apache-2.0
// Powers with public exponents, from which fields make constant-time inverses (Fermat): the sequence of multiplications
// depends on the exponent alone.
// [IT88] Itoh, Tsujii: A Fast Algorithm for Computing Multiplicative Inverses in GF(2^m) Using Normal Bases, 1988.
#pragma once

#include "parley/core/integer.hpp"

namespace parley {

/// x^exponent, with x^0 = one (for x = 0, too). The exponent is public: the time depends on it, and not on x.
/// Cost: at most two multiplications per bit of the exponent.
template <class R, UnsignedInteger Exponent>
constexpr R power(R x, Exponent exponent) noexcept {
  R result = R::one();
  for (; exponent != 0; exponent >>= 1) {
    if (exponent & 1) result *= x;
    x *= x;
  }
  return result;
}

namespace detail {

template <class Element>
constexpr Element square_repeatedly(Element x, unsigned times) noexcept {
  for (unsigned i = 0; i < times; ++i) x *= x;
  return x;
}

/// x^(2^length - 1), whose exponent is `length` ones in binary, from x^(2^i - 1) and x^(2^j - 1) to x^(2^(i+j) - 1)
/// along a binary addition chain for `length` [IT88, section 3]. Cost: length - 1 squarings, at most 2 log2(length)
/// other multiplications.
template <unsigned length, class Element>
constexpr Element power_of_all_ones(const Element& x) noexcept {
  static_assert(length > 0);
  if constexpr (length == 1) {
    return x;
  } else {
    const Element half = power_of_all_ones<length / 2>(x);
    const Element even = square_repeatedly(half, length / 2) * half;
    if constexpr (length % 2 == 0) {
      return even;
    } else {
      return even * even * x;
    }
  }
}

}  // namespace detail
}  // namespace parley
