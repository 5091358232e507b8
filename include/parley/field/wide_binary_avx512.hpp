// SPDX-License-Identifier: Apache-2.0
// The vector kernels of GF(2^64) and GF(2^128) on 512-bit registers, eight elements or four in each, with the carry-less
// products of VPCLMULQDQ and the bit matrices of GFNI.
// [DGK20] Drucker, Gueron, Krasnov: Making AES Great Again: The Forthcoming Vectorized AES Instruction, 2019 (VPCLMULQDQ).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "parley/core/cpu.hpp"
#include "parley/field/gfni.hpp"
#include "parley/field/portable.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define PARLEY_VPCLMULQDQ512 gnu::target("avx512f,avx512bw,avx512dq,avx512vl,vpclmulqdq,gfni")

namespace parley::detail {

/// F is the field modulo x^F::degree + F::low_terms, of a word or two each. What is left of a vector at the end is worked
/// on under a mask.
///
/// Intrinsics are used in their masked form, with all of the mask set, where g++ 12 warns of an uninitialised variable
/// in the plain one; the instructions are the same.
template <class F>
struct WideBinaryAvx512 : PortableKernels<F> {
  static bool usable(const CpuFeatures& cpu) noexcept { return cpu.avx512 && cpu.vpclmulqdq && cpu.gfni; }

  [[PARLEY_VPCLMULQDQ512]] static void add(F* out, const F* a, const F* b, std::size_t count) noexcept {
    lanewise<Add>({}, count, out, a, b);
  }
  [[PARLEY_VPCLMULQDQ512]] static void subtract(F* out, const F* a, const F* b, std::size_t count) noexcept {
    lanewise<Add>({}, count, out, a, b);
  }
  [[PARLEY_VPCLMULQDQ512]] static void multiply(F* out, const F* a, const F* b, std::size_t count) noexcept {
    lanewise<Multiply>({}, count, out, a, b);
  }
  [[PARLEY_VPCLMULQDQ512]] static void scale(F* out, const F* a, F factor, std::size_t count) noexcept {
    lanewise<Scale>({broadcast(factor)}, count, out, a);
  }
  [[PARLEY_VPCLMULQDQ512]] static void multiply_add(F* sum, const F* a, F factor, std::size_t count) noexcept {
    lanewise<ScaleAdd>({broadcast(factor)}, count, sum, static_cast<const F*>(sum), a);
  }
  [[PARLEY_VPCLMULQDQ512]] static void multiply_add(F* sum, const F* a, const F* b, std::size_t count) noexcept {
    lanewise<MultiplyAdd>({}, count, sum, static_cast<const F*>(sum), a, b);
  }

  static void invert(F* elements, std::size_t count) noexcept {
    PortableKernels<F>::template invert_with<WideBinaryAvx512, 8 * lanes>(elements, count);
  }

  [[PARLEY_VPCLMULQDQ512]] static F inner_product(const F* a, const F* b, std::size_t count) noexcept {
    ProductSum products[2];
    std::size_t i = 0;
    for (; count - i >= 2 * lanes; i += 2 * lanes) {
      add_product(products[0], load(a + i), load(b + i));
      add_product(products[1], load(a + i + lanes), load(b + i + lanes));
    }
    for (; count - i >= lanes; i += lanes) add_product(products[0], load(a + i), load(b + i));
    if (i < count) add_product(products[1], load(a + i, mask_of(count - i)), load(b + i, mask_of(count - i)));
    return across(reduce(products[0]) ^ reduce(products[1]));
  }

  [[PARLEY_VPCLMULQDQ512]] static F sum(const F* a, std::size_t count) noexcept {
    Lanes total[2] = {};
    std::size_t i = 0;
    for (; count - i >= 2 * lanes; i += 2 * lanes) {
      total[0] ^= load(a + i);
      total[1] ^= load(a + i + lanes);
    }
    for (; count - i >= lanes; i += lanes) total[0] ^= load(a + i);
    if (i < count) total[1] ^= load(a + i, mask_of(count - i));
    return across(total[0] ^ total[1]);
  }

  [[PARLEY_VPCLMULQDQ512]] static void linear_combination(F* out, const std::span<const F>* rows, const F* coefficients,
                                                          std::size_t terms, std::size_t count) noexcept {
    std::size_t i = 0;
    for (; count - i >= lanes; i += lanes) {
      ProductSum products;
      for (std::size_t k = 0; k < terms; ++k)
        add_product(products, load(rows[k].data() + i), broadcast(coefficients[k]));
      store(out + i, reduce(products));
    }
    if (i < count) {
      const __mmask8 rest = mask_of(count - i);
      ProductSum products;
      for (std::size_t k = 0; k < terms; ++k)
        add_product(products, load(rows[k].data() + i, rest), broadcast(coefficients[k]));
      store(out + i, reduce(products), rest);
    }
  }

 private:
  typedef std::uint64_t Lanes __attribute__((vector_size(64)));  // of words
  static constexpr bool two_words = F::degree == 128;
  static constexpr std::size_t lanes = sizeof(Lanes) / sizeof(F);

  // In each 128 bits, the product of word i of `a` and word j of `b`.
  template <int i, int j>
  [[PARLEY_VPCLMULQDQ512, gnu::always_inline]] static Lanes multiply_words(Lanes a, Lanes b) noexcept {
    return reinterpret_cast<Lanes>(
        _mm512_clmulepi64_epi128(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b), i + 16 * j));
  }

  // A sum of products, reduced at the end: in each 128 bits, those of the lower words and those of the upper words, and,
  // where these are one element, those of a lower and an upper word.
  struct ProductSum {
    Lanes low{}, high{}, cross{};
  };

  [[PARLEY_VPCLMULQDQ512, gnu::always_inline]] static void add_product(ProductSum& sum, Lanes a, Lanes b) noexcept {
    sum.low ^= multiply_words<0, 0>(a, b);
    sum.high ^= multiply_words<1, 1>(a, b);
    if constexpr (two_words) sum.cross ^= multiply_words<0, 1>(a, b) ^ multiply_words<1, 0>(a, b);
  }

  // x^degree = the low terms, so that what is beyond is multiplied by them.
  [[PARLEY_VPCLMULQDQ512, gnu::always_inline]] static Lanes reduce(const ProductSum& sum) noexcept {
    if constexpr (two_words) {
      const Lanes low_terms = Lanes{} + F::low_terms;
      const Lanes beyond = sum.high ^ upper_word(sum.cross);
      const Lanes first = multiply_words<1, 0>(beyond, low_terms);  // at x^64
      const Lanes second = multiply_words<0, 0>(beyond ^ upper_word(first), low_terms);
      return sum.low ^ at_upper_word(sum.cross ^ first) ^ second;
    } else {
      const auto low = reinterpret_cast<__m512i>(sum.low), high = reinterpret_cast<__m512i>(sum.high);
      const auto within = reinterpret_cast<Lanes>(_mm512_maskz_unpacklo_epi64(0xFF, low, high));
      const auto beyond = reinterpret_cast<Lanes>(_mm512_maskz_unpackhi_epi64(0xFF, low, high));
      // Each byte times the low terms has a lower byte, in its place, and an upper one, in the next place. That of the
      // highest byte is beyond x^64 again: its degree is at most 62 + 4 - 64, so times the low terms it is one byte.
      static_assert(F::low_terms < 0x20);
      const Lanes upper = multiply_bytes<upper_byte>(beyond);
      return within ^ multiply_bytes<lower_byte>(beyond) ^ (upper << 8) ^ multiply_bytes<lower_byte>(upper >> 56);
    }
  }

  // The lower and the upper byte of the product of a byte and the low terms, as the matrix that detail::multiply_bytes
  // takes.
  static constexpr std::uint64_t matrix(unsigned shift) noexcept {
    std::uint64_t result = 0;
    for (unsigned row = 0; row < 8; ++row)
      for (unsigned column = 0; column < 8; ++column)
        result |= (((std::uint64_t{F::low_terms} << column) >> (row + shift)) & 1) << (8 * (7 - row) + column);
    return result;
  }
  static constexpr std::uint64_t lower_byte = matrix(0), upper_byte = matrix(8);

  template <std::uint64_t matrix>
  [[PARLEY_VPCLMULQDQ512, gnu::always_inline]] static Lanes multiply_bytes(Lanes x) noexcept {
    return reinterpret_cast<Lanes>(detail::multiply_bytes(matrix, reinterpret_cast<__m512i>(x)));
  }

  // In each 128 bits, the upper word in place of the lower one, and the other way round, with zeros in its own place.
  [[PARLEY_VPCLMULQDQ512, gnu::always_inline]] static Lanes upper_word(Lanes x) noexcept {
    return reinterpret_cast<Lanes>(_mm512_bsrli_epi128(reinterpret_cast<__m512i>(x), 8));
  }
  [[PARLEY_VPCLMULQDQ512, gnu::always_inline]] static Lanes at_upper_word(Lanes x) noexcept {
    return reinterpret_cast<Lanes>(_mm512_bslli_epi128(reinterpret_cast<__m512i>(x), 8));
  }

  [[PARLEY_VPCLMULQDQ512, gnu::always_inline]] static Lanes product(Lanes a, Lanes b) noexcept {
    ProductSum sum;
    add_product(sum, a, b);
    return reduce(sum);
  }

  // What happens in each lane.
  struct Add {
    [[PARLEY_VPCLMULQDQ512, gnu::always_inline]] Lanes operator()(Lanes a, Lanes b) const noexcept { return a ^ b; }
  };
  struct Multiply {
    [[PARLEY_VPCLMULQDQ512, gnu::always_inline]] Lanes operator()(Lanes a, Lanes b) const noexcept {
      return product(a, b);
    }
  };
  struct Scale {
    Lanes factor;
    [[PARLEY_VPCLMULQDQ512, gnu::always_inline]] Lanes operator()(Lanes a) const noexcept { return product(a, factor); }
  };
  struct MultiplyAdd {
    [[PARLEY_VPCLMULQDQ512, gnu::always_inline]] Lanes operator()(Lanes sum, Lanes a, Lanes b) const noexcept {
      return sum ^ product(a, b);
    }
  };
  struct ScaleAdd {
    Lanes factor;
    [[PARLEY_VPCLMULQDQ512, gnu::always_inline]] Lanes operator()(Lanes sum, Lanes a) const noexcept {
      return sum ^ product(a, factor);
    }
  };

  [[PARLEY_VPCLMULQDQ512, gnu::always_inline]] static Lanes broadcast(F x) noexcept {
    if constexpr (two_words) {
      return reinterpret_cast<Lanes>(_mm512_maskz_broadcast_i32x4(0xFFFF, std::bit_cast<__m128i>(x)));
    } else {
      return Lanes{} + x.value();
    }
  }
  [[PARLEY_VPCLMULQDQ512, gnu::always_inline]] static Lanes load(const void* in) noexcept {
    return reinterpret_cast<Lanes>(_mm512_loadu_si512(in));
  }
  [[PARLEY_VPCLMULQDQ512, gnu::always_inline]] static void store(void* out, Lanes x) noexcept {
    _mm512_storeu_si512(out, reinterpret_cast<__m512i>(x));
  }

  // The words of the first `count` elements, of less than a vector; zeros are loaded into the others.
  [[PARLEY_VPCLMULQDQ512, gnu::always_inline]] static __mmask8 mask_of(std::size_t count) noexcept {
    return static_cast<__mmask8>((1U << (count * sizeof(F) / sizeof(std::uint64_t))) - 1);
  }
  [[PARLEY_VPCLMULQDQ512, gnu::always_inline]] static Lanes load(const void* in, __mmask8 mask) noexcept {
    return reinterpret_cast<Lanes>(_mm512_maskz_loadu_epi64(mask, in));
  }
  [[PARLEY_VPCLMULQDQ512, gnu::always_inline]] static void store(void* out, Lanes x, __mmask8 mask) noexcept {
    _mm512_mask_storeu_epi64(out, mask, reinterpret_cast<__m512i>(x));
  }

  template <class Operation, class... Inputs>
  [[PARLEY_VPCLMULQDQ512, gnu::always_inline]] static void lanewise(const Operation& operation, std::size_t count,
                                                                    F* out, const Inputs*... in) noexcept {
    std::size_t i = 0;
    for (; count - i >= 2 * lanes; i += 2 * lanes) {
      const Lanes first = operation(load(in + i)...), second = operation(load(in + i + lanes)...);
      store(out + i, first);
      store(out + i + lanes, second);
    }
    if (count - i >= lanes) {
      store(out + i, operation(load(in + i)...));
      i += lanes;
    }
    const __mmask8 rest = mask_of(count - i);
    if (i < count) store(out + i, operation(load(in + i, rest)...), rest);
  }

  [[PARLEY_VPCLMULQDQ512, gnu::always_inline]] static F across(Lanes x) noexcept {
    F elements[lanes];
    store(elements, x);
    F total = F::zero();
    for (const F& element : elements) total += element;
    return total;
  }
};

}  // namespace parley::detail

#undef PARLEY_VPCLMULQDQ512

#endif
