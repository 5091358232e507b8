// SPDX-License-Identifier: Apache-2.0
// The vector kernels of GF(2^8) on 256-bit registers, 32 elements in each, without the Galois-field instructions.
// [PGM13] Plank, Greenan, Miller: Screaming Fast Galois Field Arithmetic Using Intel SIMD Instructions, FAST 2013.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include "parley/core/cpu.hpp"
#include "parley/field/additive_basis.hpp"
#include "parley/field/portable.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define PARLEY_AVX2 gnu::target("avx2")

namespace parley::detail {

/// F is the field modulo `polynomial`, of a byte each. No table is looked up by a secret index: the tables of products
/// are registers. What is left of a vector at the end is filled up with zeros.
template <class F, std::uint16_t polynomial>
struct Binary256Avx2 : PortableKernels<F> {
  static bool usable(const CpuFeatures& cpu) noexcept { return cpu.avx2; }

  [[PARLEY_AVX2]] static void add(F* out, const F* a, const F* b, std::size_t count) noexcept {
    lanewise<Add>({}, count, out, a, b);
  }
  [[PARLEY_AVX2]] static void subtract(F* out, const F* a, const F* b, std::size_t count) noexcept {
    lanewise<Add>({}, count, out, a, b);
  }
  [[PARLEY_AVX2]] static void multiply(F* out, const F* a, const F* b, std::size_t count) noexcept {
    lanewise<Multiply>({}, count, out, a, b);
  }
  [[PARLEY_AVX2]] static void scale(F* out, const F* a, F factor, std::size_t count) noexcept {
    lanewise<Scale>({Factor(factor)}, count, out, a);
  }
  [[PARLEY_AVX2]] static void multiply_add(F* sum, const F* a, F factor, std::size_t count) noexcept {
    lanewise<ScaleAdd>({Factor(factor)}, count, sum, static_cast<const F*>(sum), a);
  }
  [[PARLEY_AVX2]] static void multiply_add(F* sum, const F* a, const F* b, std::size_t count) noexcept {
    lanewise<MultiplyAdd>({}, count, sum, static_cast<const F*>(sum), a, b);
  }
  [[PARLEY_AVX2]] static F inner_product(const F* a, const F* b, std::size_t count) noexcept {
    Lanes total{};
    for (std::size_t i = 0; i < count; i += lanes) total ^= product(load(a + i, count - i), load(b + i, count - i));
    return across(total);
  }

  [[PARLEY_AVX2]] static F sum(const F* a, std::size_t count) noexcept {
    Lanes total[2] = {};
    std::size_t i = 0;
    for (; count - i >= 2 * lanes; i += 2 * lanes) {
      total[0] ^= load(a + i);
      total[1] ^= load(a + i + lanes);
    }
    for (; i < count; i += lanes) total[0] ^= load(a + i, count - i);
    return across(total[0] ^ total[1]);
  }

  [[PARLEY_AVX2]] static void linear_combination(F* out, const std::span<const F>* rows, const F* coefficients,
                                                 std::size_t terms, std::size_t count) noexcept {
    std::fill_n(out, count, F::zero());
    constexpr std::size_t block = 16;
    for (; terms > 0;) {
      const std::size_t length = std::min(terms, block);
      Factor factors[block];
      for (std::size_t k = 0; k < length; ++k) factors[k] = Factor(coefficients[k]);
      for (std::size_t i = 0; i < count; i += lanes) {
        const std::size_t rest = count - i;
        Lanes total = load(out + i, rest);
        for (std::size_t k = 0; k < length; ++k) total ^= factors[k] * load(rows[k].data() + i, rest);
        store(out + i, total, rest);
      }
      terms -= length;
      rows += length;
      coefficients += length;
    }
  }

  /// As in PortableKernels. Nothing goes past the caches: half a cache line at a time would be slow.
  [[PARLEY_AVX2]] static void evaluate_additive(const AdditiveEvaluation<F>& task) noexcept {
    Factor factors[AdditiveBasis<F>::most_factors];
    for (std::size_t number = 0; number < task.blocks(); ++number) {
      const AdditiveBlock<F> block(task, number);
      for (std::size_t k = 0; k < AdditiveBasis<F>::factors_of_block(task.degree); ++k)
        factors[k] = Factor(block.factors[k]);
      constexpr auto places = std::make_index_sequence<AdditiveBasis<F>::block>();
      std::size_t i = 0;
      for (; task.count - i >= lanes; i += lanes) evaluate<false>(task, block, factors, i, places);
      if (i < task.count) evaluate<true>(task, block, factors, i, places);
    }
  }

 private:
  typedef std::uint8_t Lanes __attribute__((vector_size(32)));
  typedef std::uint16_t Words __attribute__((vector_size(32)));
  static constexpr std::size_t lanes = 32;

  // The bytes of `ones` where the highest bit of the byte of `sign` is set, zero elsewhere.
  [[PARLEY_AVX2, gnu::always_inline]] static Lanes where_negative(Lanes sign, Lanes ones) noexcept {
    return reinterpret_cast<Lanes>(
        _mm256_blendv_epi8(_mm256_setzero_si256(), reinterpret_cast<__m256i>(ones), reinterpret_cast<__m256i>(sign)));
  }

  // By Horner's rule over the bits of b from the highest.
  [[PARLEY_AVX2, gnu::always_inline]] static Lanes product(Lanes a, Lanes b) noexcept {
    const Lanes reduction = Lanes{} + static_cast<std::uint8_t>(polynomial);
    Lanes result = where_negative(b, a);
    for (int bit = 0; bit < 7; ++bit) {
      b += b;
      result = (result + result) ^ where_negative(result, reduction) ^ where_negative(b, a);
    }
    return result;
  }

  [[PARLEY_AVX2, gnu::always_inline]] static Lanes shuffle(Lanes table, Lanes index) noexcept {
    return reinterpret_cast<Lanes>(
        _mm256_shuffle_epi8(reinterpret_cast<__m256i>(table), reinterpret_cast<__m256i>(index)));
  }

  // The products of a factor with the sixteen elements that have only lower bits, and with those that have only upper
  // bits, each twice: in both halves of the register. [PGM13]
  struct Factor {
    Lanes low, high;

    Factor() = default;
    [[PARLEY_AVX2, gnu::always_inline]] explicit Factor(F factor) noexcept {
      constexpr Lanes elements = {0,    1,    2,    3,    4,    5,    6,    7,    8,    9,    10,
                                  11,   12,   13,   14,   15,   0x00, 0x10, 0x20, 0x30, 0x40, 0x50,
                                  0x60, 0x70, 0x80, 0x90, 0xA0, 0xB0, 0xC0, 0xD0, 0xE0, 0xF0};
      const auto products = reinterpret_cast<__m256i>(product(elements, Lanes{} + factor.value()));
      low = reinterpret_cast<Lanes>(_mm256_permute2x128_si256(products, products, 0x00));
      high = reinterpret_cast<Lanes>(_mm256_permute2x128_si256(products, products, 0x11));
    }

    [[PARLEY_AVX2, gnu::always_inline]] Lanes operator*(Lanes x) const noexcept {
      return shuffle(low, x & 0xF) ^ shuffle(high, reinterpret_cast<Lanes>(reinterpret_cast<Words>(x) >> 4) & 0xF);
    }
  };

  // What happens in each lane.
  struct Add {
    [[PARLEY_AVX2, gnu::always_inline]] Lanes operator()(Lanes a, Lanes b) const noexcept { return a ^ b; }
  };
  struct Multiply {
    [[PARLEY_AVX2, gnu::always_inline]] Lanes operator()(Lanes a, Lanes b) const noexcept { return product(a, b); }
  };
  struct MultiplyAdd {
    [[PARLEY_AVX2, gnu::always_inline]] Lanes operator()(Lanes sum, Lanes a, Lanes b) const noexcept {
      return sum ^ product(a, b);
    }
  };
  struct Scale {
    Factor factor;
    [[PARLEY_AVX2, gnu::always_inline]] Lanes operator()(Lanes a) const noexcept { return factor * a; }
  };
  struct ScaleAdd {
    Factor factor;
    [[PARLEY_AVX2, gnu::always_inline]] Lanes operator()(Lanes sum, Lanes a) const noexcept { return sum ^ factor * a; }
  };

  [[PARLEY_AVX2, gnu::always_inline]] static Lanes load(const void* in) noexcept {
    return reinterpret_cast<Lanes>(_mm256_loadu_si256(static_cast<const __m256i*>(in)));
  }
  [[PARLEY_AVX2, gnu::always_inline]] static void store(void* out, Lanes x) noexcept {
    _mm256_storeu_si256(static_cast<__m256i*>(out), reinterpret_cast<__m256i>(x));
  }

  // The first `count` lanes, or all where there are no more; zeros are loaded into the others.
  [[PARLEY_AVX2, gnu::always_inline]] static Lanes load(const void* in, std::size_t count) noexcept {
    if (count >= lanes) return load(in);
    Lanes x{};
    std::memcpy(&x, in, count);
    return x;
  }
  [[PARLEY_AVX2, gnu::always_inline]] static void store(void* out, Lanes x, std::size_t count) noexcept {
    if (count >= lanes) return store(out, x);
    std::memcpy(out, &x, count);
  }

  template <class Operation, class... Inputs>
  [[PARLEY_AVX2, gnu::always_inline]] static void lanewise(const Operation& operation, std::size_t count, F* out,
                                                           const Inputs*... in) noexcept {
    std::size_t i = 0;
    for (; count - i >= 2 * lanes; i += 2 * lanes) {
      const Lanes first = operation(load(in + i)...), second = operation(load(in + i + lanes)...);
      store(out + i, first);
      store(out + i + lanes, second);
    }
    for (; i < count; i += lanes) {
      const std::size_t rest = count - i;
      store(out + i, operation(load(in + i, rest)...), rest);
    }
  }

  template <bool partial>
  [[PARLEY_AVX2, gnu::always_inline]] static Lanes load_if(const F* in, std::size_t rest) noexcept {
    return partial ? load(in, rest) : load(in);
  }
  template <bool partial>
  [[PARLEY_AVX2, gnu::always_inline]] static void store_if(F* out, Lanes x, std::size_t rest) noexcept {
    partial ? store(out, x, rest) : store(out, x);
  }

  // a, b := a + w b, a + (w + 1) b; `w` is ignored, and taken for 0, where it `vanishes`.
  [[PARLEY_AVX2, gnu::always_inline]] static void butterfly(Lanes& a, Lanes& b, const Factor& w,
                                                            bool vanishes = false) noexcept {
    if (!vanishes) a ^= w * b;
    b ^= a;
  }

  // As in PortableKernels::evaluate_block.
  template <bool partial, std::size_t... K>
  [[PARLEY_AVX2, gnu::always_inline]] static void evaluate(const AdditiveEvaluation<F>& task,
                                                           const AdditiveBlock<F>& block, const Factor* w,
                                                           std::size_t i, std::index_sequence<K...>) noexcept {
    const bool zero = block.has_zero;
    Lanes v[] = {K <= task.degree ? load_if<partial>(task.term(K, i), task.count - i) : Lanes{}...};
    for (std::size_t k = 8, group = 7; k <= task.degree && !zero; k += 8, ++group)
      ((k + K <= task.degree ? void(v[K] ^= w[group] * load_if<partial>(task.term(k + K, i), task.count - i)) : void()),
       ...);
    if (task.degree >= 4) {
      butterfly(v[0], v[4], w[0], zero);
      butterfly(v[1], v[5], w[0], zero);
      butterfly(v[2], v[6], w[0], zero);
      butterfly(v[3], v[7], w[0], zero);
    } else {
      v[4] = v[0], v[5] = v[1], v[6] = v[2], v[7] = v[3];
    }
    if (task.degree >= 2) {
      butterfly(v[0], v[2], w[1], zero);
      butterfly(v[1], v[3], w[1], zero);
      butterfly(v[4], v[6], w[2]);
      butterfly(v[5], v[7], w[2]);
    } else {
      v[2] = v[0], v[3] = v[1], v[6] = v[4], v[7] = v[5];
    }
    butterfly(v[0], v[1], w[3], zero);
    butterfly(v[2], v[3], w[4]);
    butterfly(v[4], v[5], w[5]);
    butterfly(v[6], v[7], w[6]);
    ((block.rows[K] != nullptr ? store_if<partial>(block.rows[K] + i, v[K], task.count - i) : void()), ...);
  }

  [[PARLEY_AVX2, gnu::always_inline]] static F across(Lanes x) noexcept {
    std::uint64_t words[4];
    store(words, x);
    std::uint64_t total = 0;
    for (const std::uint64_t word : words) total ^= word;
    for (unsigned half = 32; half >= 8; half /= 2) total ^= total >> half;
    return F::from_value(static_cast<std::uint8_t>(total));
  }
};

}  // namespace parley::detail

#undef PARLEY_AVX2

#endif
