// SPDX-License-Identifier: Apache-2.0
// The vector kernels of GF(2^8) with the Galois-field instructions (GFNI) on 256-bit registers, 32 elements in each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include "parley/core/cpu.hpp"
#include "parley/field/additive_basis.hpp"
#include "parley/field/binary256_isomorphism.hpp"
#include "parley/field/gfni.hpp"
#include "parley/field/portable.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define PARLEY_GFNI256 gnu::target("avx2,gfni")

namespace parley::detail {

/// F is the field modulo `polynomial`, of a byte each. The instructions multiply modulo 0x11B: elements modulo another
/// polynomial are taken there and back ("native" below), which is an instruction each way. What is left of a vector at
/// the end is filled up with zeros.
template <class F, std::uint16_t polynomial>
struct Binary256Avx2Gfni : PortableKernels<F> {
  static bool usable(const CpuFeatures& cpu) noexcept { return cpu.avx2 && cpu.gfni; }

  [[PARLEY_GFNI256]] static void add(F* out, const F* a, const F* b, std::size_t count) noexcept {
    lanewise<Add>({}, count, out, a, b);
  }
  [[PARLEY_GFNI256]] static void subtract(F* out, const F* a, const F* b, std::size_t count) noexcept {
    lanewise<Add>({}, count, out, a, b);
  }
  [[PARLEY_GFNI256]] static void multiply(F* out, const F* a, const F* b, std::size_t count) noexcept {
    lanewise<Multiply>({}, count, out, a, b);
  }
  [[PARLEY_GFNI256]] static void scale(F* out, const F* a, F factor, std::size_t count) noexcept {
    lanewise<Scale>({to_native(broadcast(factor))}, count, out, a);
  }
  [[PARLEY_GFNI256]] static void multiply_add(F* sum, const F* a, F factor, std::size_t count) noexcept {
    lanewise<ScaleAdd>({to_native(broadcast(factor))}, count, sum, static_cast<const F*>(sum), a);
  }
  [[PARLEY_GFNI256]] static void multiply_add(F* sum, const F* a, const F* b, std::size_t count) noexcept {
    lanewise<MultiplyAdd>({}, count, sum, static_cast<const F*>(sum), a, b);
  }
  [[PARLEY_GFNI256]] static void invert(F* elements, std::size_t count) noexcept {
    lanewise<Invert>({}, count, elements, static_cast<const F*>(elements));
  }

  [[PARLEY_GFNI256]] static F inner_product(const F* a, const F* b, std::size_t count) noexcept {
    Lanes total[2] = {};
    std::size_t i = 0;
    for (; count - i >= 2 * lanes; i += 2 * lanes) {
      total[0] ^= native_product(to_native(load(a + i)), to_native(load(b + i)));
      total[1] ^= native_product(to_native(load(a + i + lanes)), to_native(load(b + i + lanes)));
    }
    for (; i < count; i += lanes) {
      const std::size_t rest = count - i;
      total[0] ^= native_product(to_native(load(a + i, rest)), to_native(load(b + i, rest)));
    }
    return across(from_native(total[0] ^ total[1]));
  }

  [[PARLEY_GFNI256]] static F sum(const F* a, std::size_t count) noexcept {
    Lanes total[2] = {};
    std::size_t i = 0;
    for (; count - i >= 2 * lanes; i += 2 * lanes) {
      total[0] ^= load(a + i);
      total[1] ^= load(a + i + lanes);
    }
    for (; i < count; i += lanes) total[0] ^= load(a + i, count - i);
    return across(total[0] ^ total[1]);
  }

  [[PARLEY_GFNI256]] static void linear_combination(F* out, const std::span<const F>* rows, const F* coefficients,
                                                    std::size_t terms, std::size_t count) noexcept {
    std::size_t i = 0;
    for (; count - i >= 4 * lanes; i += 4 * lanes) {
      Lanes total[4] = {};
      for (std::size_t k = 0; k < terms; ++k) {
        const F* in = rows[k].data() + i;
        const Lanes factor = to_native(broadcast(coefficients[k]));
        for (std::size_t j = 0; j < 4; ++j) total[j] ^= native_product(to_native(load(in + j * lanes)), factor);
      }
      for (std::size_t j = 0; j < 4; ++j) store(out + i + j * lanes, from_native(total[j]));
    }
    for (; i < count; i += lanes) {
      const std::size_t rest = count - i;
      Lanes total{};
      for (std::size_t k = 0; k < terms; ++k)
        total ^= native_product(to_native(load(rows[k].data() + i, rest)), to_native(broadcast(coefficients[k])));
      store(out + i, from_native(total), rest);
    }
  }

  /// As in PortableKernels. Nothing goes past the caches: half a cache line at a time would be slow.
  [[PARLEY_GFNI256]] static void evaluate_additive(const AdditiveEvaluation<F>& task) noexcept {
    std::uint64_t factors[AdditiveBasis<F>::most_factors];
    for (std::size_t number = 0; number < task.blocks(); ++number) {
      const AdditiveBlock<F> block(task, number);
      for (std::size_t k = 0; k < AdditiveBasis<F>::factors_of_block(task.degree); ++k)
        factors[k] = binary256_multiplication<polynomial>(block.factors[k].value());
      constexpr auto places = std::make_index_sequence<AdditiveBasis<F>::block>();
      std::size_t i = 0;
      for (; task.count - i >= lanes; i += lanes) evaluate<false>(task, block, factors, i, places);
      if (i < task.count) evaluate<true>(task, block, factors, i, places);
    }
  }

 private:
  typedef std::uint8_t Lanes __attribute__((vector_size(32)));
  static constexpr std::size_t lanes = 32;
  using Isomorphism = Binary256Isomorphism<polynomial>;

  template <std::uint64_t matrix>
  [[PARLEY_GFNI256, gnu::always_inline]] static Lanes transform(Lanes x) noexcept {
    if constexpr (Isomorphism::identity) return x;
    return reinterpret_cast<Lanes>(multiply_bytes(matrix, reinterpret_cast<__m256i>(x)));
  }
  [[PARLEY_GFNI256, gnu::always_inline]] static Lanes to_native(Lanes x) noexcept {
    return transform<Isomorphism::to_native>(x);
  }
  [[PARLEY_GFNI256, gnu::always_inline]] static Lanes from_native(Lanes x) noexcept {
    return transform<Isomorphism::from_native>(x);
  }
  [[PARLEY_GFNI256, gnu::always_inline]] static Lanes native_product(Lanes a, Lanes b) noexcept {
    return reinterpret_cast<Lanes>(_mm256_gf2p8mul_epi8(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
  }
  [[PARLEY_GFNI256, gnu::always_inline]] static Lanes product(Lanes a, Lanes b) noexcept {
    return from_native(native_product(to_native(a), to_native(b)));
  }

  // What happens in each lane; a `factor` is native.
  struct Add {
    [[PARLEY_GFNI256, gnu::always_inline]] Lanes operator()(Lanes a, Lanes b) const noexcept { return a ^ b; }
  };
  struct Multiply {
    [[PARLEY_GFNI256, gnu::always_inline]] Lanes operator()(Lanes a, Lanes b) const noexcept { return product(a, b); }
  };
  struct MultiplyAdd {
    [[PARLEY_GFNI256, gnu::always_inline]] Lanes operator()(Lanes sum, Lanes a, Lanes b) const noexcept {
      return sum ^ product(a, b);
    }
  };
  struct Scale {
    Lanes factor;
    [[PARLEY_GFNI256, gnu::always_inline]] Lanes operator()(Lanes a) const noexcept {
      return from_native(native_product(to_native(a), factor));
    }
  };
  struct ScaleAdd {
    Lanes factor;
    [[PARLEY_GFNI256, gnu::always_inline]] Lanes operator()(Lanes sum, Lanes a) const noexcept {
      return sum ^ from_native(native_product(to_native(a), factor));
    }
  };
  struct Invert {  // the instruction gives zero for zero; its matrix takes the inverse back
    [[PARLEY_GFNI256, gnu::always_inline]] Lanes operator()(Lanes a) const noexcept {
      return reinterpret_cast<Lanes>(
          multiply_inverses(Isomorphism::from_native, reinterpret_cast<__m256i>(to_native(a))));
    }
  };

  [[PARLEY_GFNI256, gnu::always_inline]] static Lanes broadcast(F x) noexcept { return Lanes{} + x.value(); }
  [[PARLEY_GFNI256, gnu::always_inline]] static Lanes load(const void* in) noexcept {
    return reinterpret_cast<Lanes>(_mm256_loadu_si256(static_cast<const __m256i*>(in)));
  }
  [[PARLEY_GFNI256, gnu::always_inline]] static void store(void* out, Lanes x) noexcept {
    _mm256_storeu_si256(static_cast<__m256i*>(out), reinterpret_cast<__m256i>(x));
  }

  // The first `count` lanes, or all where there are no more; zeros are loaded into the others.
  [[PARLEY_GFNI256, gnu::always_inline]] static Lanes load(const void* in, std::size_t count) noexcept {
    if (count >= lanes) return load(in);
    Lanes x{};
    std::memcpy(&x, in, count);
    return x;
  }
  [[PARLEY_GFNI256, gnu::always_inline]] static void store(void* out, Lanes x, std::size_t count) noexcept {
    if (count >= lanes) return store(out, x);
    std::memcpy(out, &x, count);
  }

  template <class Operation, class... Inputs>
  [[PARLEY_GFNI256, gnu::always_inline]] static void lanewise(const Operation& operation, std::size_t count, F* out,
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

  // x times the factor of the matrix.
  [[PARLEY_GFNI256, gnu::always_inline]] static Lanes multiple(Lanes x, std::uint64_t matrix) noexcept {
    return reinterpret_cast<Lanes>(multiply_bytes(matrix, reinterpret_cast<__m256i>(x)));
  }

  template <bool partial>
  [[PARLEY_GFNI256, gnu::always_inline]] static Lanes load_if(const F* in, std::size_t rest) noexcept {
    return partial ? load(in, rest) : load(in);
  }
  template <bool partial>
  [[PARLEY_GFNI256, gnu::always_inline]] static void store_if(F* out, Lanes x, std::size_t rest) noexcept {
    partial ? store(out, x, rest) : store(out, x);
  }

  // a, b := a + w b, a + (w + 1) b; `w` is ignored, and taken for 0, where it `vanishes`.
  [[PARLEY_GFNI256, gnu::always_inline]] static void butterfly(Lanes& a, Lanes& b, std::uint64_t w,
                                                               bool vanishes = false) noexcept {
    if (!vanishes) a ^= multiple(b, w);
    b ^= a;
  }

  // As in PortableKernels::evaluate_block.
  template <bool partial, std::size_t... K>
  [[PARLEY_GFNI256, gnu::always_inline]] static void evaluate(const AdditiveEvaluation<F>& task,
                                                              const AdditiveBlock<F>& block, const std::uint64_t* w,
                                                              std::size_t i, std::index_sequence<K...>) noexcept {
    const bool zero = block.has_zero;
    Lanes v[] = {K <= task.degree ? load_if<partial>(task.term(K, i), task.count - i) : Lanes{}...};
    for (std::size_t k = 8, group = 7; k <= task.degree && !zero; k += 8, ++group)
      ((k + K <= task.degree ? void(v[K] ^= multiple(load_if<partial>(task.term(k + K, i), task.count - i), w[group]))
                             : void()),
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

  [[PARLEY_GFNI256, gnu::always_inline]] static F across(Lanes x) noexcept {
    std::uint64_t words[4];
    store(words, x);
    std::uint64_t total = 0;
    for (const std::uint64_t word : words) total ^= word;
    for (unsigned half = 32; half >= 8; half /= 2) total ^= total >> half;
    return F::from_value(static_cast<std::uint8_t>(total));
  }
};

}  // namespace parley::detail

#undef PARLEY_GFNI256

#endif
