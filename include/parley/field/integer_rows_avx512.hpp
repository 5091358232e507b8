// SPDX-License-Identifier: Apache-2.0
// Sums modulo p = 2^61 - 1 that are made of rows of integers of 61 bits, in 512-bit registers, with the products of 52-bit
// integers (IFMA).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "parley/core/cpu.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define PARLEY_AVX512 gnu::target("avx512f,avx512bw,avx512dq,avx512vl")
#define PARLEY_IFMA512 gnu::target("avx512f,avx512bw,avx512dq,avx512vl,avx512ifma")

namespace parley::detail {

/// F is the field, whose elements are stored as residues below p, 8 bytes each. Intrinsics are used in their masked form,
/// with all of the mask set, where g++ 12 warns of an uninitialised variable in the plain one.
template <class F>
struct IntegerRowsAvx512 {
  static bool usable(const CpuFeatures& cpu) noexcept { return cpu.avx512; }
  static bool can_multiply(const CpuFeatures& cpu) noexcept { return cpu.avx512 && cpu.avx512ifma; }

  static constexpr std::size_t tile = 4, most_rows = 32;

  /// See add_integer_conjunctions(); the rows are a multiple of `tile`.
  static void add_conjunctions(F* sums, std::size_t rows, const std::array<const std::uint64_t*, 2>& integers,
                               const std::array<std::size_t, 2>& strides, const F* weights,
                               std::size_t columns) noexcept {
    for (std::size_t first = 0; first < columns; first += chunk) {
      const std::size_t length = std::min(chunk, columns - first);
      for (std::size_t p = 0; p < rows; p += 2)
        for (std::size_t q = 0; q < rows; q += tile)
          add_tile(sums + p * rows + q, rows, integers[0] + p * strides[0] + first, strides[0],
                   integers[1] + q * strides[1] + first, strides[1], weights + first, length,
                   std::make_index_sequence<2 * tile>());
    }
  }

  /// See combine_integers(); the rows are a multiple of 8, and at most most_rows.
  [[PARLEY_AVX512]] static void combine(F* entries, std::size_t rows, const std::uint64_t* integers, std::size_t stride,
                                        const F* coefficients, std::size_t columns) noexcept {
    Lanes partial[2 * bits];
    for (std::size_t first = 0; first < columns; first += 2 * lanes) {
      const __mmask8 masks[2] = {mask_of(columns - first),
                                 columns - first > lanes ? mask_of(columns - first - lanes) : mask_of(0)};
      for (std::size_t row = 0; row < rows; row += 8)
        add_rows(partial, row == 0, integers + row * stride + first, stride, coefficients + row, rows, masks,
                 std::make_index_sequence<8>());
      for (std::size_t bit = 0; bit < bits; ++bit)
        for (std::size_t k = 0; k < 2; ++k)  // at most 4 (2^61 + 7), and below 2p when folded
          store(entries + bit * columns + first + k * lanes, canonical(fold(partial[2 * bit + k])), masks[k]);
    }
  }

 private:
  typedef std::uint64_t Lanes __attribute__((vector_size(64)));
  static constexpr std::size_t lanes = 8, bits = 61;
  static constexpr std::size_t chunk = 512;  // 64 steps of eight columns
  static constexpr std::uint64_t modulus = (std::uint64_t{1} << bits) - 1;

  // The first `count` lanes of eight.
  static __mmask8 mask_of(std::size_t count) noexcept {
    return static_cast<__mmask8>(count >= lanes ? 0xFFU : (1U << count) - 1);
  }
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes load(const void* in, __mmask8 mask) noexcept {
    return reinterpret_cast<Lanes>(_mm512_maskz_loadu_epi64(mask, in));
  }
  [[PARLEY_AVX512, gnu::always_inline]] static void store(void* out, Lanes x, __mmask8 mask) noexcept {
    _mm512_mask_storeu_epi64(out, mask, reinterpret_cast<__m512i>(x));
  }

  // The same residue: 2^61 = 1, so the high part is added to the low one.
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes fold(Lanes x) noexcept { return (x & modulus) + (x >> bits); }
  // The residue of an x < 2p: the smaller of x and x - p, which is large where it is negative.
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes canonical(Lanes x) noexcept {
    return reinterpret_cast<Lanes>(
        _mm512_maskz_min_epu64(0xFF, reinterpret_cast<__m512i>(x), reinterpret_cast<__m512i>(x - modulus)));
  }

  [[PARLEY_AVX512, gnu::always_inline]] static Lanes add_where(Lanes sum, Lanes words, Lanes bit,
                                                               Lanes addend) noexcept {
    return reinterpret_cast<Lanes>(
        _mm512_mask_add_epi64(reinterpret_cast<__m512i>(sum),
                              _mm512_test_epi64_mask(reinterpret_cast<__m512i>(words), reinterpret_cast<__m512i>(bit)),
                              reinterpret_cast<__m512i>(sum), reinterpret_cast<__m512i>(addend)));
  }
  // Eight residues below 2^61 add up to less than 2^64, and to at most 2^61 + 7 when folded. P goes through 0, ..., 7.
  template <std::size_t... P>
  [[PARLEY_AVX512, gnu::always_inline]] static void add_rows(Lanes* partial, bool begin, const std::uint64_t* integers,
                                                             std::size_t stride, const F* coefficients,
                                                             std::size_t rows, const __mmask8* masks,
                                                             std::index_sequence<P...>) noexcept {
    const Lanes low[] = {load(integers + P * stride, masks[0])...};
    const Lanes high[] = {load(integers + P * stride + lanes, masks[1])...};
    Lanes one = Lanes{} + 1;
    for (std::size_t bit = 0; bit < bits; ++bit, one += one, coefficients += rows) {
      Lanes sums[2] = {};
      (add_pair(sums, low[P], high[P], one, coefficients[P]), ...);
      const Lanes first = fold(sums[0]), second = fold(sums[1]);
      partial[2 * bit] = begin ? first : partial[2 * bit] + first;
      partial[2 * bit + 1] = begin ? second : partial[2 * bit + 1] + second;
    }
  }
  [[PARLEY_AVX512, gnu::always_inline]] static void add_pair(Lanes* sums, Lanes low, Lanes high, Lanes bit,
                                                             const F& coefficient) noexcept {
    const Lanes addend = Lanes{} + coefficient.to_integer();
    sums[0] = add_where(sums[0], low, bit, addend);
    sums[1] = add_where(sums[1], high, bit, addend);
  }

  // A sum of products at 1, 2^52 and 2^104. Integers of 61 bits have 52 low ones, of which the instructions take
  // products' lower and upper 52 bits, and 9 high ones: in each lane a product adds less than 3 * 2^52 to `middle` and
  // less to the others, so that `chunk` of them in all lanes together add up to less than 2^63.
  struct ProductSum {
    Lanes low{}, middle{}, high{};
  };
  static_assert(chunk * 3 < std::size_t{1} << 11);

  [[PARLEY_IFMA512, gnu::always_inline]] static Lanes add_lower(Lanes sum, Lanes a, Lanes b) noexcept {
    return reinterpret_cast<Lanes>(_mm512_madd52lo_epu64(reinterpret_cast<__m512i>(sum), reinterpret_cast<__m512i>(a),
                                                         reinterpret_cast<__m512i>(b)));
  }
  [[PARLEY_IFMA512, gnu::always_inline]] static Lanes add_upper(Lanes sum, Lanes a, Lanes b) noexcept {
    return reinterpret_cast<Lanes>(_mm512_madd52hi_epu64(reinterpret_cast<__m512i>(sum), reinterpret_cast<__m512i>(a),
                                                         reinterpret_cast<__m512i>(b)));
  }
  [[PARLEY_IFMA512, gnu::always_inline]] static void add_product(ProductSum& sum, Lanes common, Lanes weight,
                                                                 Lanes top_of_weight) noexcept {
    const Lanes top = common >> 52;
    sum.low = add_lower(sum.low, common, weight);
    sum.middle = add_upper(sum.middle, common, weight);
    sum.high = add_upper(sum.high, common, top_of_weight);
    sum.middle = add_lower(sum.middle, common, top_of_weight);
    sum.high = add_upper(sum.high, top, weight);
    sum.middle = add_lower(sum.middle, top, weight);
    sum.high = add_lower(sum.high, top, top_of_weight);
  }
  // K goes through 0, ..., 2 tile - 1: two rows of x, `tile` of y.
  template <std::size_t... K>
  [[PARLEY_IFMA512]] static void add_tile(F* sums, std::size_t rows, const std::uint64_t* x, std::size_t x_stride,
                                          const std::uint64_t* y, std::size_t y_stride, const F* weights,
                                          std::size_t length, std::index_sequence<K...>) noexcept {
    ProductSum products[2 * tile];
    for (std::size_t i = 0; i < length; i += lanes) {
      const __mmask8 mask = mask_of(length - i);
      const Lanes weight = load(weights + i, mask), top_of_weight = weight >> 52;
      const Lanes of_x[2] = {load(x + i, mask), load(x + x_stride + i, mask)};
      (add_product(products[K], of_x[K % 2] & load(y + K / 2 * y_stride + i, mask), weight, top_of_weight), ...);
    }
    for (std::size_t k = 0; k < 2 * tile; ++k) {
      F& sum = sums[k % 2 * rows + k / 2];
      sum += F(across(products[k].low)) + F(std::uint64_t{1} << 52) * F(across(products[k].middle)) +
             F(std::uint64_t{1} << 43) * F(across(products[k].high));  // 104 - 61
    }
  }
  [[PARLEY_IFMA512, gnu::always_inline]] static std::uint64_t across(Lanes x) noexcept {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < lanes; ++i) sum += x[i];
    return sum;
  }
};

}  // namespace parley::detail

#undef PARLEY_AVX512
#undef PARLEY_IFMA512

#endif
