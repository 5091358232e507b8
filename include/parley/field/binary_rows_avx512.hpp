// SPDX-License-Identifier: Apache-2.0
// Sums over GF(2^64) that are made of rows of shared words of bits, in 512-bit registers: with the carry-less products of
// VPCLMULQDQ and the bit matrices of GFNI.
// [DGK20] Drucker, Gueron, Krasnov: Making AES Great Again: The Forthcoming Vectorized AES Instruction, 2019 (VPCLMULQDQ).
#pragma once

#include <algorithm>
#include <array>
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
};

inline constexpr std::size_t most_combined_rows = 32;

#if defined(__x86_64__)

#define PARLEY_ROWS512 gnu::target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,vpclmulqdq,gfni")

/// G is GF(2^64).
template <class G>
struct BinaryRowsAvx512 {
  static bool usable(const CpuFeatures& cpu) noexcept {
    return cpu.avx512 && cpu.avx512vbmi && cpu.vpclmulqdq && cpu.gfni;
  }

  static constexpr std::size_t tile = 4;

  /// See add_row_conjunctions(); the rows are a multiple of `tile`, and at most most_combined_rows.
  [[PARLEY_ROWS512]] static void add_conjunctions(G* sums, std::size_t rows, const ReplicatedRows& x,
                                                  const ReplicatedRows& y, const G* weights,
                                                  std::size_t columns) noexcept {
    // Of each pair of rows a polynomial of degree below 127, reduced at the end.
    alignas(16) std::uint64_t unreduced[2 * most_combined_rows * most_combined_rows] = {};
    for (std::size_t first = 0; first < columns; first += chunk) {
      const std::size_t length = std::min(chunk, columns - first);
      for (std::size_t p = 0; p < rows; p += tile)
        for (std::size_t q = 0; q < rows; q += tile)
          add_tile(unreduced + 2 * (p * rows + q), rows, at(x, p, first), at(y, q, first), weights + first, length);
    }
    const G beyond = G::from_value(G::low_terms);  // x^64
    for (std::size_t number = 0; number < rows * rows; ++number)
      sums[number] += G::from_value(unreduced[2 * number]) + beyond * G::from_value(unreduced[2 * number + 1]);
  }

  /// See combine_rows(). Of eight columns at a time, bit j of eight words is brought together in a byte; 8 x 8 parts of
  /// the matrix whose columns are the coefficients make of it the bytes of entry j.
  [[PARLEY_ROWS512]] static void combine(G* entries, const ReplicatedRows& x, const G* coefficients,
                                         std::size_t sources, std::size_t columns) noexcept {
    // Number 8g + k is what sources 8g to 8g + 7 add to byte k of an entry. Its byte 7 - i has the coefficients' bits i
    // of that byte; source 8g + s is bit 7 - s, the order in which bits_together() leaves them.
    std::array<std::uint64_t, 2 * most_combined_rows> matrices{};
    for (std::size_t source = 0; source < sources; ++source)
      for (std::size_t bit = 0; bit < 64; ++bit)
        matrices[source / 8 * 8 + bit / 8] |= (coefficients[source].value() >> bit & 1)
                                              << (8 * (7 - bit % 8) + 7 - source % 8);
    __m512i bytes[8][2 * most_combined_rows / 8];
    for (std::size_t first = 0; first < columns; first += lanes) {
      const std::size_t length = std::min(lanes, columns - first);
      const auto mask = static_cast<__mmask8>((1U << length) - 1);
      for (std::size_t group = 0; group < sources / 8; ++group) {
        __m512i words[8];  // source by source, then column by column
        for (std::size_t s = 0; s < 8; ++s)
          words[s] = _mm512_maskz_loadu_epi64(
              mask, (s % 2 == 0 ? x.own : x.previous) + (4 * group + s / 2) * x.stride + first);
        transpose_words(words);
        for (std::size_t column = 0; column < lanes; ++column) bytes[column][group] = bits_together(words[column]);
      }
      for (std::size_t column = 0; column < length; ++column)
        store_entries(entries + 64 * (first + column), bytes[column], matrices.data(), sources / 8);
    }
  }

 private:
  typedef std::uint64_t Lanes __attribute__((vector_size(64)));
  static constexpr std::size_t lanes = 8;
  static constexpr std::size_t chunk = 128;  // so that 2 * 32 rows of one factor are 64 KiB

  static ReplicatedRows at(const ReplicatedRows& rows, std::size_t row, std::size_t column) noexcept {
    const std::size_t offset = row * rows.stride + column;
    return {rows.own + offset, rows.previous + offset, rows.stride};
  }

  [[PARLEY_ROWS512, gnu::always_inline]] static Lanes load(const void* in, __mmask8 mask) noexcept {
    return reinterpret_cast<Lanes>(_mm512_maskz_loadu_epi64(mask, in));
  }

  // The sum of all eight products of words.
  [[PARLEY_ROWS512, gnu::always_inline]] static Lanes add_products(Lanes sum, Lanes words, Lanes weights) noexcept {
    const auto a = reinterpret_cast<__m512i>(words), b = reinterpret_cast<__m512i>(weights);
    return sum ^ reinterpret_cast<Lanes>(_mm512_clmulepi64_epi128(a, b, 0x00)) ^
           reinterpret_cast<Lanes>(_mm512_clmulepi64_epi128(a, b, 0x11));
  }
  // P goes through 0, ..., tile - 1.
  template <std::size_t... P>
  [[PARLEY_ROWS512, gnu::always_inline]] static void add_row(Lanes* sums, const Lanes* own, const Lanes* previous,
                                                             Lanes of_y, Lanes both_of_y, Lanes weights,
                                                             std::index_sequence<P...>) noexcept {
    ((sums[P] = add_products(sums[P], (own[P] & both_of_y) ^ (previous[P] & of_y), weights)), ...);
  }
  template <std::size_t... P>
  [[PARLEY_ROWS512, gnu::always_inline]] static void add_tile_with(std::uint64_t* unreduced, std::size_t rows,
                                                                   const ReplicatedRows& x, const ReplicatedRows& y,
                                                                   const G* weights, std::size_t length,
                                                                   std::index_sequence<P...> each) noexcept {
    Lanes sums[tile][tile] = {};  // by row of y, and of x
    for (std::size_t i = 0; i < length; i += lanes) {
      const std::size_t left = std::min(lanes, length - i);
      const auto mask = static_cast<__mmask8>((1U << left) - 1);
      const Lanes factors = load(weights + i, mask);
      const Lanes own[tile] = {load(x.own + P * x.stride + i, mask)...};
      const Lanes previous[tile] = {load(x.previous + P * x.stride + i, mask)...};
      (add_row(sums[P], own, previous, load(y.own + P * y.stride + i, mask),
               load(y.own + P * y.stride + i, mask) ^ load(y.previous + P * y.stride + i, mask), factors, each),
       ...);
    }
    for (std::size_t q = 0; q < tile; ++q)
      for (std::size_t p = 0; p < tile; ++p) {
        std::uint64_t* const sum = unreduced + 2 * (p * rows + q);
        alignas(64) std::uint64_t words[lanes];
        _mm512_store_si512(words, reinterpret_cast<__m512i>(sums[q][p]));
        sum[0] ^= words[0] ^ words[2] ^ words[4] ^ words[6];
        sum[1] ^= words[1] ^ words[3] ^ words[5] ^ words[7];
      }
  }
  [[PARLEY_ROWS512]] static void add_tile(std::uint64_t* unreduced, std::size_t rows, const ReplicatedRows& x,
                                          const ReplicatedRows& y, const G* weights, std::size_t length) noexcept {
    add_tile_with(unreduced, rows, x, y, weights, length, std::make_index_sequence<tile>());
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
