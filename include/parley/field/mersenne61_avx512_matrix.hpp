// SPDX-License-Identifier: Apache-2.0
// Matrices times vectors modulo p = 2^61 - 1 in 512-bit registers, in tiles that stay in registers and parts that stay
// in cache. [GG08] Goto, van de Geijn: Anatomy of High-Performance Matrix Multiplication, ACM TOMS 34(3), 2008.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "parley/core/wipe.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define PARLEY_AVX512 gnu::target("avx512f,avx512bw,avx512dq,avx512vl")

namespace parley::detail {

/// F is the field, whose elements are stored as residues below p, 8 bytes each.
template <class F>
struct Mersenne61MatrixAvx512 {
  /// As PortableKernels::multiply_matrix.
  [[PARLEY_AVX512]] static void multiply(const std::span<F>* out, std::size_t rows, const F* matrix,
                                         const std::span<const F>* in, std::size_t terms, std::size_t count) noexcept {
    // Where the matrix has more rows than a tile, a part of the vectors is read several times: from a copy, because
    // vectors whose distance is a power of two get in each other's way in the cache.
    const bool copies = rows > tile_rows;
    const std::size_t width = copies ? copied_columns : std::max<std::size_t>(count, 1);
    alignas(64) F copy[most_terms * copied_columns];
    const F* sources[most_terms];
    Coefficients coefficients;
    for (std::size_t done = 0; done < terms || done == 0; done += most_terms) {
      const std::size_t here = std::min(terms - done, most_terms);
      for (std::size_t first = 0; first < count; first += width) {
        const std::size_t length = std::min(count - first, width);
        for (std::size_t k = 0; k < here; ++k) {
          sources[k] = in[done + k].data() + first;
          if (copies) sources[k] = std::copy_n(sources[k], length, copy + k * copied_columns) - length;
        }
        for (std::size_t row = 0; row < rows;) {
          const std::size_t left = rows - row, taken = left >= 4 ? 4 : left >= 2 ? 2 : 1;
          for (std::size_t r = 0; r < taken; ++r)
            split(matrix + (row + r) * terms + done, here, coefficients.low[r], coefficients.high[r]);
          const Part part{out + row, first, coefficients, sources, here, length, done > 0};
          if (taken == 4)
            multiply_part<4>(part);
          else if (taken == 2)
            multiply_part<2>(part);
          else
            multiply_part<1>(part);
          row += taken;
        }
      }
    }
    wipe(coefficients);
    if (copies) wipe(copy);
  }

 private:
  typedef std::uint64_t Lanes __attribute__((vector_size(64)));
  static constexpr std::size_t lanes = 8, tile_rows = 4, most_terms = 64, copied_columns = 32;
  static constexpr std::uint64_t p = (std::uint64_t{1} << 61) - 1, low_mask = (std::uint64_t{1} << 31) - 1;

  /// Of each coefficient the lowest 31 bits, and the 30 bits above.
  struct Coefficients {
    alignas(64) std::uint64_t low[tile_rows][most_terms], high[tile_rows][most_terms];
  };

  struct Part {
    const std::span<F>* out;
    std::size_t first;  // the first column of `out`
    const Coefficients& coefficients;
    const F* const* in;
    std::size_t terms, count;
    bool continues;  // what is in `out` is the first term
  };

  /// For a column of eight entries in each row of a tile, low + 2^31 cross + 2^62 high.
  template <std::size_t rows>
  struct Tile {
    Lanes low[rows], cross[rows], high[rows];
  };

  [[PARLEY_AVX512, gnu::always_inline]] static __mmask8 mask_of(std::size_t count) noexcept {
    return static_cast<__mmask8>(count >= lanes ? 0xFF : (1U << count) - 1);
  }
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes load(const void* in, __mmask8 mask) noexcept {
    return reinterpret_cast<Lanes>(_mm512_maskz_loadu_epi64(mask, in));
  }
  [[PARLEY_AVX512, gnu::always_inline]] static void store(void* out, Lanes x, __mmask8 mask) noexcept {
    _mm512_mask_storeu_epi64(out, mask, reinterpret_cast<__m512i>(x));
  }
  // The low halves of both, multiplied.
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes product(Lanes a, Lanes b) noexcept {
    return reinterpret_cast<Lanes>(
        _mm512_maskz_mul_epu32(0xFF, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
  }
  // The same residue: 2^61 = 1, so the high part is added to the low one; below 2^61 + 2^3.
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes fold(Lanes x) noexcept { return (x & p) + (x >> 61); }

  [[PARLEY_AVX512]] static void split(const F* in, std::size_t count, std::uint64_t* low,
                                      std::uint64_t* high) noexcept {
    for (std::size_t k = 0; k < count; k += lanes) {
      const __mmask8 mask = mask_of(count - k);
      const Lanes x = load(in + k, mask);
      store(low + k, x & low_mask, mask);
      store(high + k, x >> 31, mask);
    }
  }

  template <std::size_t rows>
  [[PARLEY_AVX512, gnu::noinline]] static void multiply_part(const Part& part) noexcept {
    for (std::size_t i = 0; i < part.count; i += lanes) multiply_column(part, i, std::make_index_sequence<rows>());
  }

  // Each product is below 2^62 in `low`, 2^61 + 2^61 in `cross` and 2^60 in `high`: three of them and what a fold leaves
  // stay below 2^64 in the first two, twelve in the last.
  template <std::size_t... R>
  [[PARLEY_AVX512, gnu::always_inline]] static void multiply_column(const Part& part, std::size_t i,
                                                                    std::index_sequence<R...>) noexcept {
    Tile<sizeof...(R)> tile{};
    const __mmask8 mask = mask_of(part.count - i);
    std::size_t k = 0;
    for (; part.terms - k >= 3; k += 3) {
      (add_term<R...>(tile, part, k, i, mask), add_term<R...>(tile, part, k + 1, i, mask),
       add_term<R...>(tile, part, k + 2, i, mask));
      ((tile.low[R] = fold(tile.low[R]), tile.cross[R] = fold(tile.cross[R])), ...);
      if (k % 12 == 9) ((tile.high[R] = fold(tile.high[R])), ...);
    }
    if (k < part.terms) {  // one or two
      add_term<R...>(tile, part, k, i, mask);
      if (k + 1 < part.terms) add_term<R...>(tile, part, k + 1, i, mask);
      ((tile.low[R] = fold(tile.low[R]), tile.cross[R] = fold(tile.cross[R])), ...);
    }
    (finish<R>(tile, part, i, mask), ...);
  }

  template <std::size_t... R>
  [[PARLEY_AVX512, gnu::always_inline]] static void add_term(Tile<sizeof...(R)>& tile, const Part& part, std::size_t k,
                                                             std::size_t i, __mmask8 mask) noexcept {
    const Lanes x = load(part.in[k] + i, mask);
    const Lanes low = x & low_mask, high = x >> 31;
    (add_products<R>(tile, Lanes{} + part.coefficients.low[R][k], Lanes{} + part.coefficients.high[R][k], low, high),
     ...);
  }
  template <std::size_t row, std::size_t rows>
  [[PARLEY_AVX512, gnu::always_inline]] static void add_products(Tile<rows>& tile, Lanes a_low, Lanes a_high, Lanes low,
                                                                 Lanes high) noexcept {
    tile.low[row] += product(a_low, low);
    tile.cross[row] += product(a_low, high);
    tile.cross[row] += product(a_high, low);
    tile.high[row] += product(a_high, high);
  }

  // The lowest 30 bits of `cross` stay below 2^61, the others begin there; 2^62 = 2. With the fold of `high`, the sum is
  // below 2^61 + (2^61 + 2^32) + 2^62 + 2^61 + 2^6.
  template <std::size_t row, std::size_t rows>
  [[PARLEY_AVX512, gnu::always_inline]] static void finish(const Tile<rows>& tile, const Part& part, std::size_t i,
                                                           __mmask8 mask) noexcept {
    F* const out = part.out[row].data() + part.first + i;
    Lanes sum = tile.low[row] + ((tile.cross[row] << 31) & p) + (tile.cross[row] >> 30) + (fold(tile.high[row]) << 1);
    if (part.continues) sum += load(out, mask);
    sum = fold(sum);
    store(out,
          reinterpret_cast<Lanes>(
              _mm512_maskz_min_epu64(0xFF, reinterpret_cast<__m512i>(sum), reinterpret_cast<__m512i>(sum - p))),
          mask);
  }
};

}  // namespace parley::detail

#undef PARLEY_AVX512

#endif
