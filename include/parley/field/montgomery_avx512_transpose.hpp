// SPDX-License-Identifier: Apache-2.0
// Eight integers of a few 64-bit words each between memory, where the words of an integer are neighbours, and 512-bit
// registers, where equal words of all the integers are.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#if defined(__x86_64__)

#include <immintrin.h>

#define PARLEY_AVX512 gnu::target("avx512f,avx512bw,avx512dq,avx512vl")

namespace parley::detail {

/// For integers of n words, n <= 9. Which integer goes to which lane depends on n alone.
///
/// Intrinsics are used in their masked form, with all of the mask set, where g++ 12 warns of an uninitialised variable
/// in the plain one; the instructions are the same.
template <std::size_t n>
struct TransposedWords {
  typedef std::uint64_t Lanes __attribute__((vector_size(64)));
  static_assert(n >= 1 && n <= 9);

  struct Words {
    Lanes word[n];  // the least significant first
  };

  /// The first `count` integers, at most 8; the others are zero. No more is read.
  [[PARLEY_AVX512, gnu::always_inline]] static Words load(const void* in, std::size_t count = 8) noexcept {
    if constexpr (n == 1) {
      return Words{{load_row<0>(in, count)}};
    } else if constexpr (n == 2) {  // four integers in a row
      const Lanes x = load_row<0>(in, count), y = load_row<1>(in, count);
      return Words{{even_words(x, y), odd_words(x, y)}};
    } else if constexpr (n <= 4) {  // two integers in a row: 0 and 1, ..., 6 and 7
      const Lanes even0 = even_words(load_row<0>(in, count), load_row<1>(in, count));
      const Lanes odd0 = odd_words(load_row<0>(in, count), load_row<1>(in, count));
      const Lanes even1 = even_words(load_row<2>(in, count), load_row<3>(in, count));
      const Lanes odd1 = odd_words(load_row<2>(in, count), load_row<3>(in, count));
      Words x{{even_pairs(even0, even1), even_pairs(odd0, odd1), odd_pairs(even0, even1)}};
      if constexpr (n == 4) x.word[3] = odd_pairs(odd0, odd1);
      return x;
    } else {
      Lanes x[8] = {load_row<0>(in, count), load_row<1>(in, count), load_row<2>(in, count), load_row<3>(in, count),
                    load_row<4>(in, count), load_row<5>(in, count), load_row<6>(in, count), load_row<7>(in, count)};
      transpose(x);
      Words words{{x[0], x[1], x[2], x[3], x[4]}};
      if constexpr (n > 5) words.word[5] = x[5];
      if constexpr (n > 6) words.word[6] = x[6];
      if constexpr (n > 7) words.word[7] = x[7];
      if constexpr (n > 8) {
        words.word[8] = reinterpret_cast<Lanes>(
            _mm512_mask_i64gather_epi64(__m512i{}, mask_of(0, 8, count), ninth_words(), bytes(in) + 64, 1));
      }
      return words;
    }
  }

  /// The first `count` integers, at most 8. No more is written.
  [[PARLEY_AVX512, gnu::always_inline]] static void store(void* out, const Words& x, std::size_t count = 8) noexcept {
    if constexpr (n == 1) {
      store_row<0>(out, x.word[0], count);
    } else if constexpr (n == 2) {
      store_row<0>(out, even_words(x.word[0], x.word[1]), count);
      store_row<1>(out, odd_words(x.word[0], x.word[1]), count);
    } else if constexpr (n <= 4) {
      const Lanes last = n == 4 ? x.word[n - 1] : Lanes{};
      const Lanes even0 = first_halves(x.word[0], x.word[2]), even1 = second_halves(x.word[0], x.word[2]);
      const Lanes odd0 = first_halves(x.word[1], last), odd1 = second_halves(x.word[1], last);
      store_row<0>(out, even_words(even0, odd0), count);
      store_row<1>(out, odd_words(even0, odd0), count);
      store_row<2>(out, even_words(even1, odd1), count);
      store_row<3>(out, odd_words(even1, odd1), count);
    } else {
      Lanes y[8] = {x.word[0], x.word[1], x.word[2], x.word[3], x.word[4]};
      if constexpr (n > 5) y[5] = x.word[5];
      if constexpr (n > 6) y[6] = x.word[6];
      if constexpr (n > 7) y[7] = x.word[7];
      transpose(y);
      store_row<0>(out, y[0], count);
      store_row<1>(out, y[1], count);
      store_row<2>(out, y[2], count);
      store_row<3>(out, y[3], count);
      store_row<4>(out, y[4], count);
      store_row<5>(out, y[5], count);
      store_row<6>(out, y[6], count);
      store_row<7>(out, y[7], count);
      if constexpr (n > 8) {
        _mm512_mask_i64scatter_epi64(static_cast<unsigned char*>(out) + 64, mask_of(0, 8, count), ninth_words(),
                                     reinterpret_cast<__m512i>(x.word[8]), 1);
      }
    }
  }

 private:
  static const unsigned char* bytes(const void* in) noexcept { return static_cast<const unsigned char*>(in); }

  // A row is what is loaded at once: the words of as many integers as fit, or the first eight words of one.
  static constexpr std::size_t integers = n > 4 ? 1 : n > 2 ? 2 : n == 2 ? 4 : 8;
  static constexpr std::size_t row_words = n > 8 ? 8 : integers* n;

  // Those of words begin, ..., begin + width - 1 that are below `end`; width is at most 8.
  [[PARLEY_AVX512, gnu::always_inline]] static __mmask8 mask_of(std::size_t begin, std::size_t width,
                                                                std::size_t end) noexcept {
    const std::size_t words = end > begin ? std::min(end - begin, width) : 0;
    return static_cast<__mmask8>((1U << words) - 1);
  }
  template <std::size_t row>
  [[PARLEY_AVX512, gnu::always_inline]] static __mmask8 row_mask(std::size_t count) noexcept {
    return mask_of(row * integers * n, row_words, count * n);
  }

  // A row of two integers of three words has them begin at words 0 and 4.
  template <std::size_t row>
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes load_row(const void* in, std::size_t count) noexcept {
    const __m512i x = _mm512_maskz_loadu_epi64(row_mask<row>(count), bytes(in) + 8 * row * integers * n);
    if constexpr (n == 3) {
      return reinterpret_cast<Lanes>(_mm512_maskz_permutexvar_epi64(0x77, _mm512_set_epi64(0, 5, 4, 3, 0, 2, 1, 0), x));
    } else {
      return reinterpret_cast<Lanes>(x);
    }
  }
  template <std::size_t row>
  [[PARLEY_AVX512, gnu::always_inline]] static void store_row(void* out, Lanes x, std::size_t count) noexcept {
    __m512i packed = reinterpret_cast<__m512i>(x);
    if constexpr (n == 3) {
      packed = _mm512_maskz_permutexvar_epi64(0x3F, _mm512_set_epi64(0, 0, 6, 5, 4, 2, 1, 0), packed);
    }
    _mm512_mask_storeu_epi64(static_cast<unsigned char*>(out) + 8 * row * integers * n, row_mask<row>(count), packed);
  }
  [[PARLEY_AVX512, gnu::always_inline]] static __m512i ninth_words() noexcept {
    return _mm512_set_epi64(7 * 72, 6 * 72, 5 * 72, 4 * 72, 3 * 72, 2 * 72, 72, 0);
  }

  // Words 0, 2, 4, 6 of x alternating with those of y, and likewise 1, 3, 5, 7.
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes even_words(Lanes x, Lanes y) noexcept {
    return reinterpret_cast<Lanes>(
        _mm512_maskz_unpacklo_epi64(0xFF, reinterpret_cast<__m512i>(x), reinterpret_cast<__m512i>(y)));
  }
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes odd_words(Lanes x, Lanes y) noexcept {
    return reinterpret_cast<Lanes>(
        _mm512_maskz_unpackhi_epi64(0xFF, reinterpret_cast<__m512i>(x), reinterpret_cast<__m512i>(y)));
  }
  // Of the four pairs of neighbours in x and then of those in y, pairs 0 and 2, and pairs 1 and 3.
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes even_pairs(Lanes x, Lanes y) noexcept {
    return reinterpret_cast<Lanes>(
        _mm512_maskz_shuffle_i64x2(0xFF, reinterpret_cast<__m512i>(x), reinterpret_cast<__m512i>(y), 0x88));
  }
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes odd_pairs(Lanes x, Lanes y) noexcept {
    return reinterpret_cast<Lanes>(
        _mm512_maskz_shuffle_i64x2(0xFF, reinterpret_cast<__m512i>(x), reinterpret_cast<__m512i>(y), 0xDD));
  }
  // The pairs of one half of x alternating with those of y.
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes first_halves(Lanes x, Lanes y) noexcept {
    return reinterpret_cast<Lanes>(_mm512_permutex2var_epi64(
        reinterpret_cast<__m512i>(x), _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0), reinterpret_cast<__m512i>(y)));
  }
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes second_halves(Lanes x, Lanes y) noexcept {
    return reinterpret_cast<Lanes>(_mm512_permutex2var_epi64(
        reinterpret_cast<__m512i>(x), _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4), reinterpret_cast<__m512i>(y)));
  }

  // Word j of row i and word i of row j change places.
  [[PARLEY_AVX512, gnu::always_inline]] static void transpose(Lanes (&x)[8]) noexcept {
    const Lanes even[4] = {even_words(x[0], x[1]), even_words(x[2], x[3]), even_words(x[4], x[5]),
                           even_words(x[6], x[7])};
    const Lanes odd[4] = {odd_words(x[0], x[1]), odd_words(x[2], x[3]), odd_words(x[4], x[5]), odd_words(x[6], x[7])};
    const Lanes words04[2] = {even_pairs(even[0], even[1]), even_pairs(even[2], even[3])};
    const Lanes words26[2] = {odd_pairs(even[0], even[1]), odd_pairs(even[2], even[3])};
    const Lanes words15[2] = {even_pairs(odd[0], odd[1]), even_pairs(odd[2], odd[3])};
    const Lanes words37[2] = {odd_pairs(odd[0], odd[1]), odd_pairs(odd[2], odd[3])};
    x[0] = even_pairs(words04[0], words04[1]);
    x[1] = even_pairs(words15[0], words15[1]);
    x[2] = even_pairs(words26[0], words26[1]);
    x[3] = even_pairs(words37[0], words37[1]);
    x[4] = odd_pairs(words04[0], words04[1]);
    x[5] = odd_pairs(words15[0], words15[1]);
    x[6] = odd_pairs(words26[0], words26[1]);
    x[7] = odd_pairs(words37[0], words37[1]);
  }
};

}  // namespace parley::detail

#undef PARLEY_AVX512

#endif
