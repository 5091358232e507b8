// SPDX-License-Identifier: Apache-2.0
// The vector kernels modulo p = 2^127 - 1 by AVX-512 IFMA, eight residues at a time. [GK12] Gueron, Krasnov: Software
// implementation of modular exponentiation, using advanced vector instructions architectures.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "parley/core/cpu.hpp"
#include "parley/field/montgomery_avx512_transpose.hpp"
#include "parley/field/portable.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define PARLEY_AVX512_IFMA gnu::target("avx512f,avx512bw,avx512dq,avx512vl,avx512ifma")

namespace parley::detail {

/// F is the field, whose elements are stored as residues below p, 16 bytes each, the lower word first.
template <class F>
struct Mersenne127Avx512 : PortableKernels<F> {
  static bool usable(const CpuFeatures& cpu) noexcept { return cpu.avx512 && cpu.avx512ifma; }

  [[PARLEY_AVX512_IFMA]] static void multiply(F* out, const F* a, const F* b, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; i += lanes) {
      const std::size_t part = std::min(lanes, count - i);
      Product product{};
      add_product(product, limbs(Transposed::load(a + i, part)), factor(limbs(Transposed::load(b + i, part))));
      Transposed::store(out + i, canonical(reduce(product)), part);
    }
  }
  [[PARLEY_AVX512_IFMA]] static void scale(F* out, const F* a, F constant, std::size_t count) noexcept {
    const Factor right = broadcast(constant);
    for (std::size_t i = 0; i < count; i += lanes) {
      const std::size_t part = std::min(lanes, count - i);
      Product product{};
      add_product(product, limbs(Transposed::load(a + i, part)), right);
      Transposed::store(out + i, canonical(reduce(product)), part);
    }
  }
  [[PARLEY_AVX512_IFMA]] static void multiply_add(F* sum, const F* a, F constant, std::size_t count) noexcept {
    const Factor right = broadcast(constant);
    for (std::size_t i = 0; i < count; i += lanes) {
      const std::size_t part = std::min(lanes, count - i);
      Product product = product_of(limbs(Transposed::load(sum + i, part)));
      add_product(product, limbs(Transposed::load(a + i, part)), right);
      Transposed::store(sum + i, canonical(reduce(product)), part);
    }
  }
  [[PARLEY_AVX512_IFMA]] static void multiply_add(F* sum, const F* a, const F* b, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; i += lanes) {
      const std::size_t part = std::min(lanes, count - i);
      Product product = product_of(limbs(Transposed::load(sum + i, part)));
      add_product(product, limbs(Transposed::load(a + i, part)), factor(limbs(Transposed::load(b + i, part))));
      Transposed::store(sum + i, canonical(reduce(product)), part);
    }
  }

  [[PARLEY_AVX512_IFMA]] static F inner_product(const F* a, const F* b, std::size_t count) noexcept {
    F total{};
    for (std::size_t i = 0; i < count;) {
      Product products{};
      for (std::size_t k = 0; k < most_products && i < count; ++k, i += lanes) {
        const std::size_t part = std::min(lanes, count - i);
        add_product(products, limbs(Transposed::load(a + i, part)), factor(limbs(Transposed::load(b + i, part))));
      }
      F sums[lanes];
      Transposed::store(sums, canonical(reduce(products)));
      for (const F& sum : sums) total += sum;
    }
    return total;
  }

  static void invert(F* elements, std::size_t count) noexcept {
    PortableKernels<F>::template invert_with<Mersenne127Avx512, lanes>(elements, count);
  }

 private:
  using Transposed = TransposedWords<2>;
  using Lanes = typename Transposed::Lanes;
  using Words = typename Transposed::Words;
  static constexpr std::size_t lanes = 8;
  static constexpr std::uint64_t mask = (std::uint64_t{1} << 52) - 1, high_mask = (std::uint64_t{1} << 23) - 1;

  struct Limbs {
    Lanes limb[3];  // of 52, 52 and 23 bits
  };
  // b with the multiples of its limbs that stand for what lies above 2^156 = 2^29 modulo p.
  struct Factor {
    Lanes b0, b1, b2, shifted2;  // shifted2 = 2^29 b2 < 2^52
  };
  // low + 2^52 middle + 2^104 high + 2^156 top
  struct Product {
    Lanes low, middle, high, top;
  };
  // One product adds less than 6 times 2^52 to each part, so that so many stay below 2^64 with a summand beside them.
  static constexpr std::size_t most_products = 512;

  [[PARLEY_AVX512_IFMA, gnu::always_inline]] static Limbs limbs(const Words& x) noexcept {
    return {{x.word[0] & mask, (x.word[0] >> 52 | x.word[1] << 12) & mask, x.word[1] >> 40}};
  }
  [[PARLEY_AVX512_IFMA, gnu::always_inline]] static Factor factor(const Limbs& x) noexcept {
    return {x.limb[0], x.limb[1], x.limb[2], x.limb[2] << 29};
  }
  [[PARLEY_AVX512_IFMA, gnu::always_inline]] static Product product_of(const Limbs& x) noexcept {
    return {x.limb[0], x.limb[1], x.limb[2], Lanes{}};
  }
  [[PARLEY_AVX512_IFMA, gnu::always_inline]] static Factor broadcast(const F& x) noexcept {
    F all[lanes];
    std::fill_n(all, lanes, x);
    return factor(limbs(Transposed::load(all)));
  }

  // sum + the lower, or the upper, 52 bits of the product of two numbers below 2^52
  [[PARLEY_AVX512_IFMA, gnu::always_inline]] static void add_low(Lanes& sum, Lanes a, Lanes b) noexcept {
    sum = reinterpret_cast<Lanes>(_mm512_madd52lo_epu64(reinterpret_cast<__m512i>(sum), reinterpret_cast<__m512i>(a),
                                                        reinterpret_cast<__m512i>(b)));
  }
  [[PARLEY_AVX512_IFMA, gnu::always_inline]] static void add_high(Lanes& sum, Lanes a, Lanes b) noexcept {
    sum = reinterpret_cast<Lanes>(_mm512_madd52hi_epu64(reinterpret_cast<__m512i>(sum), reinterpret_cast<__m512i>(a),
                                                        reinterpret_cast<__m512i>(b)));
  }
  // The low part and the high part of a b belong to neighbouring limbs.
  [[PARLEY_AVX512_IFMA, gnu::always_inline]] static void add_both(Lanes& lower, Lanes& upper, Lanes a,
                                                                  Lanes b) noexcept {
    add_low(lower, a, b);
    add_high(upper, a, b);
  }

  [[PARLEY_AVX512_IFMA, gnu::always_inline]] static void add_product(Product& sum, const Limbs& a,
                                                                     const Factor& b) noexcept {
    add_both(sum.low, sum.middle, a.limb[0], b.b0);
    add_both(sum.middle, sum.high, a.limb[0], b.b1);
    add_both(sum.middle, sum.high, a.limb[1], b.b0);
    add_both(sum.high, sum.top, a.limb[0], b.b2);
    add_both(sum.high, sum.top, a.limb[1], b.b1);
    add_both(sum.high, sum.top, a.limb[2], b.b0);
    // 2^156 a1 b2, 2^156 a2 b1 and 2^208 a2 b2, where 2^156 = 2^29
    add_both(sum.low, sum.middle, a.limb[1], b.shifted2);
    add_both(sum.low, sum.middle, a.limb[2] << 29, b.b1);
    add_both(sum.middle, sum.high, a.limb[2], b.shifted2);
  }

  // On input the parts are below 2^64 - 2^62; the result is at most 2^127.
  [[PARLEY_AVX512_IFMA, gnu::always_inline]] static Words reduce(const Product& x) noexcept {
    // 2^29 top is split at 2^52: 2^29 (top mod 2^23) + 2^52 (top >> 23)
    Lanes low = x.low, middle = x.middle, high = x.high;
    middle += low >> 52;
    low = (low & mask) + ((x.top & high_mask) << 29);
    high += middle >> 52;
    middle = (middle & mask) + (x.top >> 23);
    // high has 23 bits below 2^127 = 1; what is above them is less than 2^42
    low += high >> 23;
    high &= high_mask;
    middle += low >> 52;
    low &= mask;
    high += middle >> 52;
    middle &= mask;
    // high <= 2^23
    low += high >> 23;
    high &= high_mask;
    // low <= 2^52, so that the sum of the words has no other carry
    const Lanes word0 = low + (middle << 52);
    const Lanes carry = reinterpret_cast<Lanes>(word0 < low) & 1;
    return Words{{word0, (middle >> 12) + (high << 40) + carry}};
  }

  // x < 2p: x >= p exactly where x + 1 >= 2^127, and then x - p = x + 1 - 2^127.
  [[PARLEY_AVX512_IFMA, gnu::always_inline]] static Words canonical(const Words& x) noexcept {
    const Lanes next0 = x.word[0] + 1;
    const Lanes next1 = x.word[1] + (reinterpret_cast<Lanes>(next0 == 0) & 1);
    const Lanes above = Lanes{} - (next1 >> 63);  // all ones or zero
    return Words{{(next0 & above) | (x.word[0] & ~above), ((next1 & above) | (x.word[1] & ~above)) & ~Lanes{} >> 1}};
  }
};

}  // namespace parley::detail

#undef PARLEY_AVX512_IFMA

#endif
