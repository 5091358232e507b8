// SPDX-License-Identifier: Apache-2.0
// Products of polynomials over GF(2) whose coefficients are the bits of words: by integer multiplication, and by the
// instruction of x86-64. Both take the same time for all words.
// [Por18] Pornin: Constant-Time Mul, BearSSL, 2018, and its ghash_ctmul64.c (integers with holes between their bits).
#pragma once

#include <cstddef>
#include <cstdint>

#include "parley/core/integer.hpp"

namespace parley::detail {

/// The product of two polynomials of degree at most 63.
///
/// Of each factor, one bit in four is kept, in four ways; a product of two such integers has in every fourth place the
/// number of pairs of bits that meet there, whose parity is the coefficient. A factor without its highest four bits has
/// 15 bits left in each of its four parts, so that these numbers are at most 15 and do not reach the next one [Por18].
constexpr uint128 multiply_carryless(std::uint64_t a, std::uint64_t b) noexcept {
  constexpr std::uint64_t every_fourth = 0x1111111111111111;
  constexpr uint128 every_fourth_wide = uint128{every_fourth} << 64 | every_fourth;
  std::uint64_t parts_of_a[4] = {}, parts_of_b[4] = {};
  for (unsigned i = 0; i < 4; ++i) {
    parts_of_a[i] = a & (every_fourth >> 4 << i);
    parts_of_b[i] = b & (every_fourth << i);
  }
  uint128 product = 0;
  for (unsigned place = 0; place < 4; ++place) {
    uint128 sum = 0;
    for (unsigned i = 0; i < 4; ++i) sum ^= uint128{parts_of_a[i]} * parts_of_b[(place - i) % 4];
    product |= sum & (every_fourth_wide << place);
  }
  for (unsigned bit = 60; bit < 64; ++bit) product ^= uint128{b & (0 - ((a >> bit) & 1))} << bit;
  return product;
}

#if defined(__x86_64__)

/// Two polynomials of degree at most 63, or one of degree at most 127 with the higher coefficients in the second word.
typedef std::uint64_t WordPair __attribute__((vector_size(16)));

/// The product of word `i` of `a` and word `j` of `b`. Only where the CPU has PCLMULQDQ; it is assembly because functions
/// for another target than the caller's cannot be inlined.
template <int i, int j>
[[gnu::always_inline]] inline WordPair multiply_carryless_pclmulqdq(WordPair a, WordPair b) noexcept {
  static_assert((i == 0 || i == 1) && (j == 0 || j == 1));
  asm("pclmulqdq %[which], %[b], %[a]" : [a] "+x"(a) : [b] "x"(b), [which] "i"(i + 16 * j));
  return a;
}

#endif

}  // namespace parley::detail
