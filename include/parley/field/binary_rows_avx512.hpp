// SPDX-License-Identifier: Apache-2.0
// Sums over GF(2^64) that are made of rows of shared words of bits, in 512-bit registers: with the carry-less products of
// VPCLMULQDQ and the bit matrices of GFNI.
// [DGK20] Drucker, Gueron, Krasnov: Making AES Great Again: The Forthcoming Vectorized AES Instruction, 2019 (VPCLMULQDQ).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "parley/core/bit_transpose.hpp"
#include "parley/core/cpu.hpp"
#include "parley/field/gfni.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace parley::detail {

/// Rows of words in a replicated sharing: both components that a party knows, in which row p begins at p * stride.
struct ReplicatedRows {
  const std::uint64_t* own;
  const std::uint64_t* previous;
  std::size_t stride;

  ReplicatedRows from(std::size_t row, std::size_t column) const noexcept {
    const std::size_t offset = row * stride + column;
    return {own + offset, previous + offset, stride};
  }
};

#if defined(__x86_64__)

#define PARLEY_ROWS512 gnu::target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,vpclmulqdq,gfni")

/// G is GF(2^64).
template <class G>
struct BinaryRowsAvx512 {
  static bool usable(const CpuFeatures& cpu) noexcept {
    return cpu.avx512 && cpu.avx512vbmi && cpu.vpclmulqdq && cpu.gfni;
  }

  /// Of four rows, at nine points: see RowConjunctions. A sum is two words, of a polynomial of degree below 127.
  [[PARLEY_ROWS512]] static void add_conjunctions(std::uint64_t* sums, const ReplicatedRows& x, const ReplicatedRows& y,
                                                  const G* weights, std::size_t columns) noexcept {
    Lanes products[9] = {};
    for (std::size_t i = 0; i < columns; i += lanes) {
      const auto mask = static_cast<__mmask8>((1U << std::min(lanes, columns - i)) - 1);
      const Lanes factors = load(weights + i, mask);
      Parts rows[4];
      for (std::size_t row = 0; row < 4; ++row)
        rows[row] = {load(x.own + row * x.stride + i, mask), load(x.previous + row * x.stride + i, mask),
                     load(y.own + row * y.stride + i, mask), load(y.previous + row * y.stride + i, mask)};
      add_three(products, rows[0], rows[1], factors);
      add_three(products + 3, rows[2], rows[3], factors);
      add_three(products + 6, difference(rows[0], rows[2]), difference(rows[1], rows[3]), factors);
    }
    for (std::size_t point = 0; point < 9; ++point) {
      alignas(64) std::uint64_t words[lanes];
      _mm512_store_si512(words, reinterpret_cast<__m512i>(products[point]));
      sums[2 * point] ^= words[0] ^ words[2] ^ words[4] ^ words[6];
      sums[2 * point + 1] ^= words[1] ^ words[3] ^ words[5] ^ words[7];
    }
  }

  /// See RowCombination, with at most 16 groups of eight words. Of eight columns at a time, bit j of eight words is
  /// brought together in a byte, the first word's bit highest; the matrices make of it the bytes of entry j.
  [[PARLEY_ROWS512]] static void combine(G* entries, const ReplicatedRows& x, const std::uint64_t* matrices,
                                         std::size_t groups, std::size_t columns) noexcept {
    __m512i bytes[8][16];
    for (std::size_t first = 0; first < columns; first += lanes) {
      const std::size_t length = std::min(lanes, columns - first);
      const auto mask = static_cast<__mmask8>((1U << length) - 1);
      for (std::size_t group = 0; group < groups; ++group) {
        __m512i words[8];  // source by source, then column by column
        for (std::size_t s = 0; s < 8; ++s)
          words[s] = _mm512_maskz_loadu_epi64(
              mask, (s % 2 == 0 ? x.own : x.previous) + (4 * group + s / 2) * x.stride + first);
        transpose_words(words);
        for (std::size_t column = 0; column < lanes; ++column) bytes[column][group] = bits_together(words[column]);
      }
      for (std::size_t column = 0; column < length; ++column)
        store_entries(entries + 64 * (first + column), bytes[column], matrices, groups);
    }
  }

 private:
  typedef std::uint64_t Lanes __attribute__((vector_size(64)));
  static constexpr std::size_t lanes = 8;
  [[PARLEY_ROWS512, gnu::always_inline]] static Lanes load(const void* in, __mmask8 mask) noexcept {
    return reinterpret_cast<Lanes>(_mm512_maskz_loadu_epi64(mask, in));
  }

  // Both components of a word of x and of one of y.
  struct Parts {
    Lanes x_own, x_previous, y_own, y_previous;
  };
  [[PARLEY_ROWS512, gnu::always_inline]] static Parts difference(const Parts& a, const Parts& b) noexcept {
    return {a.x_own ^ b.x_own, a.x_previous ^ b.x_previous, a.y_own ^ b.y_own, a.y_previous ^ b.y_previous};
  }
  // The sum of all eight products of words.
  [[PARLEY_ROWS512, gnu::always_inline]] static Lanes add_products(Lanes sum, const Parts& of, Lanes weights) noexcept {
    const Lanes part = (of.x_own & (of.y_own ^ of.y_previous)) ^ (of.x_previous & of.y_own);
    const auto a = reinterpret_cast<__m512i>(part), b = reinterpret_cast<__m512i>(weights);
    return sum ^ reinterpret_cast<Lanes>(_mm512_clmulepi64_epi128(a, b, 0x00)) ^
           reinterpret_cast<Lanes>(_mm512_clmulepi64_epi128(a, b, 0x11));
  }
  // At 0, 1 and infinity.
  [[PARLEY_ROWS512, gnu::always_inline]] static void add_three(Lanes* sums, const Parts& at_0, const Parts& at_1,
                                                               Lanes weights) noexcept {
    sums[0] = add_products(sums[0], at_0, weights);
    sums[1] = add_products(sums[1], at_1, weights);
    sums[2] = add_products(sums[2], difference(at_0, at_1), weights);
  }

  // Byte j has bit j of words 0 to 7, from its highest bit on.
  [[PARLEY_ROWS512, gnu::always_inline]] static __m512i bits_together(__m512i words) noexcept {
    // The product of the matrix in a word with the eight bytes that have one bit is its transpose.
    const __m512i unit_vectors = _mm512_set1_epi64(static_cast<std::int64_t>(0x8040201008040201));
    return _mm512_gf2p8affine_epi64_epi8(unit_vectors, transpose_bytes(words), 0);
  }

  // K goes through 0, ..., 7.
  template <std::size_t... K>
  [[PARLEY_ROWS512, gnu::always_inline]] static void add_matrices(Lanes* sums, const std::uint64_t* matrices,
                                                                  __m512i bytes, std::index_sequence<K...>) noexcept {
    ((sums[K] ^= reinterpret_cast<Lanes>(multiply_bytes(matrices[K], bytes))), ...);
  }
  [[PARLEY_ROWS512, gnu::always_inline]] static void store_entries(G* entries, const __m512i* bytes,
                                                                   const std::uint64_t* matrices,
                                                                   std::size_t groups) noexcept {
    Lanes sums[8] = {};  // byte k of all 64 entries
    for (std::size_t group = 0; group < groups; ++group)
      add_matrices(sums, matrices + 8 * group, bytes[group], std::make_index_sequence<8>());
    __m512i words[8];
    for (std::size_t k = 0; k < 8; ++k) words[k] = reinterpret_cast<__m512i>(sums[k]);
    transpose_words(words);
    for (std::size_t k = 0; k < 8; ++k) _mm512_storeu_si512(entries + 8 * k, transpose_bytes(words[k]));
  }
};

#undef PARLEY_ROWS512

#endif

}  // namespace parley::detail
