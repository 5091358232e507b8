// SPDX-License-Identifier: Apache-2.0
// The kernels of GF(2^64) and GF(2^128) with the carry-less product of x86-64 (PCLMULQDQ), an element at a time.
// [GK14] Gueron, Kounavis: Intel Carry-Less Multiplication Instruction and its Usage for Computing the GCM Mode, 2014.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "parley/core/cpu.hpp"
#include "parley/field/carryless.hpp"
#include "parley/field/portable.hpp"

#if defined(__x86_64__)

namespace parley::detail {

/// F is the field modulo x^F::degree + F::low_terms, of a word or two each.
template <class F>
struct WideBinaryPclmulqdq : PortableKernels<F> {
  static bool usable(const CpuFeatures& cpu) noexcept { return cpu.pclmulqdq; }

  /// One product, for the operators.
  [[gnu::always_inline]] static F product(F a, F b) noexcept {
    ProductSum sum;
    sum.add_product(a, b);
    return sum.reduce();
  }

  /// The sum of a(i) b(i), for the same.
  template <class Left, class Right>
  [[gnu::always_inline]] static F sum_of_products(std::size_t count, Left a, Right b) noexcept {
    ProductSum sum;
    for (std::size_t i = 0; i < count; ++i) sum.add_product(a(i), b(i));
    return sum.reduce();
  }

  static void multiply(F* out, const F* a, const F* b, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) out[i] = product(a[i], b[i]);
  }
  static void scale(F* out, const F* a, F factor, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) out[i] = product(a[i], factor);
  }
  static void multiply_add(F* sum, const F* a, F factor, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) sum[i] += product(a[i], factor);
  }
  static void multiply_add(F* sum, const F* a, const F* b, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) sum[i] += product(a[i], b[i]);
  }

  static F inner_product(const F* a, const F* b, std::size_t count) noexcept {
    ProductSum sum;
    for (std::size_t i = 0; i < count; ++i) sum.add_product(a[i], b[i]);
    return sum.reduce();
  }

  static void linear_combination(F* out, const std::span<const F>* rows, const F* coefficients, std::size_t terms,
                                 std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
      ProductSum sum;
      for (std::size_t k = 0; k < terms; ++k) sum.add_product(rows[k][i], coefficients[k]);
      out[i] = sum.reduce();
    }
  }

 private:
  static constexpr bool two_words = F::degree == 128;

  // A sum of products, reduced at the end [GK14]: the lower words' products, the higher words', and those of a higher and
  // a lower word; the first alone where an element is one word.
  class ProductSum {
   public:
    [[gnu::always_inline]] void add_product(const F& x, const F& y) noexcept {
      const WordPair a = load(x), b = load(y);
      low_ ^= multiply_carryless_pclmulqdq<0, 0>(a, b);
      if constexpr (two_words) {
        high_ ^= multiply_carryless_pclmulqdq<1, 1>(a, b);
        cross_ ^= multiply_carryless_pclmulqdq<0, 1>(a, b) ^ multiply_carryless_pclmulqdq<1, 0>(a, b);
      }
    }

    // x^degree = the low terms, so that what is beyond is multiplied by them, a word at a time.
    [[gnu::always_inline]] F reduce() const noexcept {
      const WordPair low_terms = {F::low_terms, 0};
      if constexpr (two_words) {
        const WordPair beyond = high_ ^ upper_word(cross_);
        const WordPair first = multiply_carryless_pclmulqdq<1, 0>(beyond, low_terms);  // at x^64
        const WordPair second = multiply_carryless_pclmulqdq<0, 0>(beyond ^ upper_word(first), low_terms);
        return F::from_value(std::bit_cast<typename F::Value>(low_ ^ at_upper_word(cross_ ^ first) ^ second));
      } else {
        const WordPair first = multiply_carryless_pclmulqdq<1, 0>(low_, low_terms);
        const WordPair second = multiply_carryless_pclmulqdq<1, 0>(first, low_terms);
        return F::from_value((low_ ^ first ^ second)[0]);
      }
    }

   private:
    [[gnu::always_inline]] static WordPair load(const F& x) noexcept {
      if constexpr (two_words) {
        // Not a std::bit_cast: g++ passes elements in two general registers, and would put these into memory to load
        // them at once, which has to wait for both stores.
        return WordPair{static_cast<std::uint64_t>(x.value()), static_cast<std::uint64_t>(x.value() >> 64)};
      } else {
        return WordPair{x.value(), 0};
      }
    }
    [[gnu::always_inline]] static WordPair upper_word(WordPair x) noexcept { return WordPair{x[1], 0}; }
    [[gnu::always_inline]] static WordPair at_upper_word(WordPair x) noexcept { return WordPair{0, x[0]}; }

    WordPair low_{}, high_{}, cross_{};
  };
};

}  // namespace parley::detail

#endif
