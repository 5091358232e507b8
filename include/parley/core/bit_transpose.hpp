// SPDX-License-Identifier: Apache-2.0
// The transpose of a 64 x 64 matrix of bits, by which 64 numbers become bit planes and the other way around.
// [Warren, Hacker's Delight, section 7-3]
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "parley/core/cpu.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace parley::detail {

using BitMatrix = std::array<std::uint64_t, 64>;

/// Swaps ever smaller blocks off the diagonal.
constexpr void transpose_portable(BitMatrix& matrix) noexcept {
  std::uint64_t mask = 0x00000000FFFFFFFFULL;
  for (unsigned width = 32; width != 0; width >>= 1, mask ^= mask << width)
    for (unsigned row = 0; row < 64; row = ((row | width) + 1) & ~width) {
      const std::uint64_t swapped = ((matrix[row] >> width) ^ matrix[row | width]) & mask;
      matrix[row | width] ^= swapped;
      matrix[row] ^= swapped << width;
    }
}

#if defined(__x86_64__)

// The intrinsics are those with a (full) mask, because g++ 12 warns of an uninitialised variable in the others; the
// instructions are the same.

/// Byte k of word w goes to byte w of word k.
[[gnu::target("avx512f,avx512bw,avx512vbmi"), gnu::always_inline]] inline __m512i transpose_bytes(
    __m512i words) noexcept {
  alignas(64) static constexpr std::uint8_t byte_order[64] = {
      0,  8,  16, 24, 32, 40, 48, 56, 1,  9,  17, 25, 33, 41, 49, 57, 2,  10, 18, 26, 34, 42,
      50, 58, 3,  11, 19, 27, 35, 43, 51, 59, 4,  12, 20, 28, 36, 44, 52, 60, 5,  13, 21, 29,
      37, 45, 53, 61, 6,  14, 22, 30, 38, 46, 54, 62, 7,  15, 23, 31, 39, 47, 55, 63};
  return _mm512_maskz_permutexvar_epi8(~0ULL, _mm512_load_si512(byte_order), words);
}

/// Word k of row w goes to word w of row k, in three steps: neighbours, pairs of words, halves.
[[gnu::target("avx512f"), gnu::always_inline]] inline void transpose_words(__m512i (&row)[8]) noexcept {
  __m512i half[8], quarter[8];
  for (std::size_t i = 0; i < 8; i += 2) {
    half[i] = _mm512_maskz_unpacklo_epi64(0xFF, row[i], row[i + 1]);      // words 0, 2, 4, 6 of both
    half[i + 1] = _mm512_maskz_unpackhi_epi64(0xFF, row[i], row[i + 1]);  // words 1, 3, 5, 7
  }
  for (std::size_t i = 0; i < 8; i += 4)
    for (std::size_t odd = 0; odd < 2; ++odd) {
      quarter[i + odd] =
          _mm512_maskz_shuffle_i64x2(0xFF, half[i + odd], half[i + odd + 2], 0x88);  // words 0 and 4, or 1 and 5
      quarter[i + odd + 2] =
          _mm512_maskz_shuffle_i64x2(0xFF, half[i + odd], half[i + odd + 2], 0xDD);  // words 2 and 6, or 3 and 7
    }
  for (std::size_t i = 0; i < 4; ++i) {
    row[i] = _mm512_maskz_shuffle_i64x2(0xFF, quarter[i], quarter[i + 4], 0x88);
    row[i + 4] = _mm512_maskz_shuffle_i64x2(0xFF, quarter[i], quarter[i + 4], 0xDD);
  }
}

/// Brings byte k of all 64 words together in register k, and takes its bits out plane by plane.
[[gnu::target("avx512f,avx512bw,avx512vbmi")]] inline void transpose_avx512(BitMatrix& matrix) noexcept {
  __m512i row[8];
  for (std::size_t i = 0; i < 8; ++i) row[i] = transpose_bytes(_mm512_loadu_si512(matrix.data() + 8 * i));
  transpose_words(row);
  for (std::size_t i = 0; i < 8; ++i)
    for (std::size_t bit = 8; bit-- > 0;) {
      matrix[8 * i + bit] = _mm512_movepi8_mask(row[i]);
      row[i] = _mm512_add_epi8(row[i], row[i]);
    }
}

#endif

/// Afterwards bit j of word i is what bit i of word j was. In a time that does not depend on the bits.
inline void transpose(BitMatrix& matrix) noexcept {
#if defined(__x86_64__)
  const CpuFeatures& cpu = cpu_features();
  if (cpu.avx512 && cpu.avx512vbmi) return transpose_avx512(matrix);
#endif
  transpose_portable(matrix);
}

}  // namespace parley::detail
