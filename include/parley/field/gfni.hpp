// SPDX-License-Identifier: Apache-2.0
// Matrices over GF(2) applied to vectors of bytes, with the Galois-field instructions (GFNI).
// [Intel SDM, volume 2, GF2P8AFFINEQB, GF2P8AFFINEINVQB]
#pragma once

#include <cstdint>

#if defined(__x86_64__)

#include <immintrin.h>

#define PARLEY_GFNI256 gnu::target("avx2,gfni"), gnu::always_inline
#define PARLEY_GFNI512 gnu::target("avx512f,avx512bw,avx512dq,avx512vl,gfni"), gnu::always_inline

namespace parley::detail {

// Before LLVM 20, clang encodes the address of the matrix wrongly where the instruction reads it from memory and
// broadcasts it: its offset is not divided by the 8 that the processor multiplies it by. So the copies of the matrix are
// in a register. [LLVM pull request 120340]
[[PARLEY_GFNI512]] inline __m512i in_every_word_512(std::uint64_t matrix) noexcept {
  __m512i copies = _mm512_set1_epi64(static_cast<std::int64_t>(matrix));
#if defined(__clang__)
  asm("" : "+v"(copies));
#endif
  return copies;
}
[[PARLEY_GFNI256]] inline __m256i in_every_word_256(std::uint64_t matrix) noexcept {
  __m256i copies = _mm256_set1_epi64x(static_cast<std::int64_t>(matrix));
#if defined(__clang__)
  asm("" : "+v"(copies));
#endif
  return copies;
}

/// The matrix times each byte of x. Byte 7 - i of the matrix has the input bits whose sum is output bit i.
[[PARLEY_GFNI512]] inline __m512i multiply_bytes(std::uint64_t matrix, __m512i x) noexcept {
  return _mm512_gf2p8affine_epi64_epi8(x, in_every_word_512(matrix), 0);
}
[[PARLEY_GFNI256]] inline __m256i multiply_bytes(std::uint64_t matrix, __m256i x) noexcept {
  return _mm256_gf2p8affine_epi64_epi8(x, in_every_word_256(matrix), 0);
}

/// The matrix times the inverse modulo x^8 + x^4 + x^3 + x + 1 of each byte of x, where zero counts as that of zero.
[[PARLEY_GFNI512]] inline __m512i multiply_inverses(std::uint64_t matrix, __m512i x) noexcept {
  return _mm512_gf2p8affineinv_epi64_epi8(x, in_every_word_512(matrix), 0);
}
[[PARLEY_GFNI256]] inline __m256i multiply_inverses(std::uint64_t matrix, __m256i x) noexcept {
  return _mm256_gf2p8affineinv_epi64_epi8(x, in_every_word_256(matrix), 0);
}

}  // namespace parley::detail

#undef PARLEY_GFNI256
#undef PARLEY_GFNI512

#endif
