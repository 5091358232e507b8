// SPDX-License-Identifier: Apache-2.0
// The vector kernels modulo p = 2^61 - 1 in 512-bit registers, eight residues in each.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "parley/core/caches.hpp"
#include "parley/core/cpu.hpp"
#include "parley/core/wipe.hpp"
#include "parley/field/mersenne61_avx512_matrix.hpp"
#include "parley/field/portable.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define PARLEY_AVX512 gnu::target("avx512f,avx512bw,avx512dq,avx512vl")

namespace parley::detail {

/// F is the field, whose elements are stored as residues below p, 8 bytes each. What is left of a vector at the end is
/// worked on under a mask.
///
/// Intrinsics are used in their masked form, with all of the mask set, where g++ 12 warns of an uninitialised variable
/// in the plain one; the instructions are the same.
template <class F>
struct Mersenne61Avx512 : PortableKernels<F> {
  static bool usable(const CpuFeatures& cpu) noexcept { return cpu.avx512; }

  [[PARLEY_AVX512]] static void add(F* out, const F* a, const F* b, std::size_t count) noexcept {
    lanewise<Add>({}, count, out, a, b);
  }
  [[PARLEY_AVX512]] static void subtract(F* out, const F* a, const F* b, std::size_t count) noexcept {
    lanewise<Subtract>({}, count, out, a, b);
  }
  [[PARLEY_AVX512]] static void multiply(F* out, const F* a, const F* b, std::size_t count) noexcept {
    lanewise<Multiply>({}, count, out, a, b);
  }
  [[PARLEY_AVX512]] static void negate(F* out, const F* a, std::size_t count) noexcept {
    lanewise<Negate>({}, count, out, a);
  }
  [[PARLEY_AVX512]] static void scale(F* out, const F* a, F factor, std::size_t count) noexcept {
    lanewise<Scale>({broadcast(factor)}, count, out, a);
  }
  [[PARLEY_AVX512]] static void multiply_add(F* sum, const F* a, F factor, std::size_t count) noexcept {
    lanewise<ScaleAdd>({broadcast(factor)}, count, sum, static_cast<const F*>(sum), a);
  }
  [[PARLEY_AVX512]] static void multiply_add(F* sum, const F* a, const F* b, std::size_t count) noexcept {
    lanewise<MultiplyAdd>({}, count, sum, static_cast<const F*>(sum), a, b);
  }

  [[PARLEY_AVX512]] static F inner_product(const F* a, const F* b, std::size_t count) noexcept {
    Lanes total{};
    std::size_t i = 0;
    for (; count - i >= ProductSum::capacity * lanes; i += ProductSum::capacity * lanes) {
      ProductSum products;
      for (std::size_t k = 0; k < ProductSum::capacity; ++k)
        add_product(products, load(a + i + k * lanes), load(b + i + k * lanes));
      total = fold(total + reduce(products));  // below 2^61 + 2^3 again, from twice that
    }
    ProductSum products;  // of at most ProductSum::capacity
    for (; count - i >= lanes; i += lanes) add_product(products, load(a + i), load(b + i));
    if (i < count) add_product(products, load(a + i, mask_of(count - i)), load(b + i, mask_of(count - i)));
    return across(canonical(fold(total + reduce(products))));
  }

  [[PARLEY_AVX512]] static F sum(const F* a, std::size_t count) noexcept {
    Lanes total[2] = {};
    std::size_t i = 0;
    // Four residues and a total below 2^61 + 2^3, so at most 5 * 2^61 + 2^3, which is folded.
    for (; count - i >= 8 * lanes; i += 8 * lanes)
      for (std::size_t k = 0; k < 2; ++k) {
        const F* four = a + i + 4 * k * lanes;
        total[k] =
            fold(total[k] + ((load(four) + load(four + lanes)) + (load(four + 2 * lanes) + load(four + 3 * lanes))));
      }
    for (; count - i >= lanes; i += lanes) total[0] = fold(total[0] + load(a + i));
    if (i < count) total[1] = fold(total[1] + load(a + i, mask_of(count - i)));
    return across(canonical(fold(total[0] + total[1])));
  }

  [[PARLEY_AVX512]] static void linear_combination(F* out, const std::span<const F>* rows, const F* coefficients,
                                                   std::size_t terms, std::size_t count) noexcept {
    if (terms > ProductSum::capacity) {
      const std::span<F> row(out, count);
      return multiply_tiles(&row, 1, coefficients, rows, terms, count);
    }
    std::size_t i = 0;  // faster by a tenth for so few terms
    for (; count - i >= lanes; i += lanes) store(out + i, combine<false>(rows, coefficients, terms, i, mask_of(0)));
    const __mmask8 rest = mask_of(count - i);
    if (i < count) store(out + i, combine<true>(rows, coefficients, terms, i, rest), rest);
  }
  static void multiply_tiles(const std::span<F>* out, std::size_t rows, const F* matrix, const std::span<const F>* in,
                             std::size_t terms, std::size_t count) noexcept {
    Mersenne61MatrixAvx512<F>::multiply(out, rows, matrix, in, terms, count);
  }
  [[PARLEY_AVX512]] static void one_where_zero(F* out, const F* in, std::size_t count) noexcept {
    lanewise<OneWhereZero>({}, count, out, in);
  }
  static void invert(F* elements, std::size_t count) noexcept {
    PortableKernels<F>::template invert_with<Mersenne61Avx512, 8 * lanes>(elements, count);
  }

  /// As in PortableKernels. The levels of the table of differences are worked on in strips of at most eight, which stay
  /// in registers while all values of their lowest level come out, the strip of the highest levels first.
  [[PARLEY_AVX512]] static void tabulate(const std::span<F>* rows, std::size_t parties, std::size_t first,
                                         const F* constants, F* differences, std::size_t degree, std::size_t count,
                                         bool past_caches = false) noexcept {
    constexpr std::size_t most_levels = 8, most_steps = 64;
    const std::size_t strips = (degree + most_levels - 1) / most_levels;
    const std::size_t wide = lanes * vectors_of(degree);
    past_caches = past_caches && parties <= most_steps;  // else some rows are read again at once
    alignas(64) std::uint64_t between[most_steps * lanes];
    for (std::size_t i = 0; i < count;) {
      const std::size_t length = count - i >= wide ? wide : std::min(count - i, lanes);
      for (std::size_t done = 0; done < parties; done += most_steps) {
        const std::size_t steps = std::min(parties - done, most_steps);
        const F* lowest = done == 0 ? constants + i : rows[done - 1].data() + first + i;
        for (std::size_t strip = strips; strip-- > 0;) {
          const std::size_t begin = strip * degree / strips, end = (strip + 1) * degree / strips;
          const Strip levels{rows + done, first + i, steps,         lowest,      differences + i,
                             count,       begin,     end == degree, past_caches, between};
          tabulate_strip(levels, end - begin, length);
        }
      }
      i += length;
    }
    if (strips > 1) wipe(between);
  }

  [[PARLEY_AVX512]] static bool decode(F* out, const std::byte* in, std::size_t count) noexcept {
    const bool right = copy_masked(out, in, count, ~std::uint64_t{0});
    if (!right) std::fill_n(out, count, F::zero());
    return right;
  }
  [[PARLEY_AVX512]] static bool mask_samples(F* samples, std::size_t count) noexcept {
    return copy_masked(samples, reinterpret_cast<const std::byte*>(samples), count, p);
  }

 private:
  typedef std::uint64_t Lanes __attribute__((vector_size(64)));
  static constexpr std::size_t lanes = 8;
  static constexpr std::uint64_t p = (std::uint64_t{1} << 61) - 1;

  // The low halves of both, multiplied.
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes multiply_low_halves(Lanes a, Lanes b) noexcept {
    return reinterpret_cast<Lanes>(
        _mm512_maskz_mul_epu32(0xFF, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
  }

  // The same residue: 2^61 = 1, so the high part is added to the low one.
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes fold(Lanes x) noexcept { return (x & p) + (x >> 61); }

  // The residue of an x < 2p: the smaller of x and x - p, which is large where it is negative.
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes canonical(Lanes x) noexcept {
    return reinterpret_cast<Lanes>(
        _mm512_maskz_min_epu64(0xFF, reinterpret_cast<__m512i>(x), reinterpret_cast<__m512i>(x - p)));
  }

  // At most (p - 3) + p and not p, as in Mersenne61Representation. With a = 2^32 a1 + a0 and b likewise, the cross
  // products a0 b1 and a1 b0 are below 2^61, so that `middle` is below 2^62 + 2^32 and
  //   ab = 2^64 a1 b1 + 2^32 middle + (a0 b0 mod 2^32).
  // Its lowest 61 bits are those of the word that has a0 b0 below and `middle` above; the rest begins with bit 29 of
  // `middle`, and with bit 3 at a1 b1.
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes folded_product(Lanes a, Lanes b) noexcept {
    const Lanes a1 = a >> 32, b1 = b >> 32;
    const Lanes low = multiply_low_halves(a, b);
    const Lanes middle = multiply_low_halves(a, b1) + multiply_low_halves(a1, b) + (low >> 32);
    const Lanes word = reinterpret_cast<Lanes>(_mm512_mask_shuffle_epi32(
        reinterpret_cast<__m512i>(low), 0xAAAA, reinterpret_cast<__m512i>(middle), static_cast<_MM_PERM_ENUM>(0xA0)));
    return (word & p) + ((middle >> 29) + (multiply_low_halves(a1, b1) << 3));
  }

  // A sum of at most four products, in parts that have no overflow:
  // - cross: a0 b1 + a1 b0 <= 2 (2^32 - 1)(2^29 - 1) < 2^62 - 2^33, four times below 2^64 - 2^35;
  // - carry: the upper halves of a0 b0, below 2^34, so that cross + carry < 2^64;
  // - low: a0 b0 modulo 2^64, so that low - 2^32 carry, the sum of the lower halves, is below 2^34;
  // - high: a1 b1 < 2^58, four times below 2^60.
  struct ProductSum {
    static constexpr std::size_t capacity = 4;
    Lanes low{}, carry{}, cross{}, high{};
  };

  [[PARLEY_AVX512, gnu::always_inline]] static void add_product(ProductSum& sum, Lanes a, Lanes b) noexcept {
    const Lanes a1 = a >> 32, b1 = b >> 32;
    const Lanes low = multiply_low_halves(a, b);
    sum.low += low;
    sum.carry += low >> 32;
    sum.cross += multiply_low_halves(a, b1) + multiply_low_halves(a1, b);
    sum.high += multiply_low_halves(a1, b1);
  }

  // The sum is (low - 2^32 carry) + 2^32 middle + 2^64 high with middle = cross + carry; below 2^61 + 2^3. The bits of
  // `middle` up to 28 stay below 2^61, the rest and `high` are multiples of 2^61: at most 2^34 + 2^61 + 2^35 + 2^63
  // before the fold.
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes reduce(const ProductSum& sum) noexcept {
    const Lanes middle = sum.cross + sum.carry;
    return fold((sum.low - (sum.carry << 32)) + ((middle << 32) & p) + ((middle >> 29) + (sum.high << 3)));
  }

  // What happens in each lane, on residues.
  struct Add {
    [[PARLEY_AVX512, gnu::always_inline]] Lanes operator()(Lanes a, Lanes b) const noexcept { return canonical(a + b); }
  };
  struct Subtract {  // 0 < a - b + p < 2p
    [[PARLEY_AVX512, gnu::always_inline]] Lanes operator()(Lanes a, Lanes b) const noexcept {
      return canonical(a - b + p);
    }
  };
  struct Negate {
    [[PARLEY_AVX512, gnu::always_inline]] Lanes operator()(Lanes a) const noexcept { return canonical(p - a); }
  };
  struct OneWhereZero {  // of a - 1, the highest bit is set only where a = 0
    [[PARLEY_AVX512, gnu::always_inline]] Lanes operator()(Lanes a) const noexcept { return (a - 1) >> 63; }
  };
  struct Multiply {
    [[PARLEY_AVX512, gnu::always_inline]] Lanes operator()(Lanes a, Lanes b) const noexcept {
      return canonical(folded_product(a, b));
    }
  };
  struct Scale {
    Lanes factor;
    [[PARLEY_AVX512, gnu::always_inline]] Lanes operator()(Lanes a) const noexcept {
      return canonical(folded_product(a, factor));
    }
  };
  struct MultiplyAdd {  // below 3p before the fold
    [[PARLEY_AVX512, gnu::always_inline]] Lanes operator()(Lanes sum, Lanes a, Lanes b) const noexcept {
      return canonical(fold(sum + folded_product(a, b)));
    }
  };
  struct ScaleAdd {
    Lanes factor;
    [[PARLEY_AVX512, gnu::always_inline]] Lanes operator()(Lanes sum, Lanes a) const noexcept {
      return canonical(fold(sum + folded_product(a, factor)));
    }
  };

  [[PARLEY_AVX512, gnu::always_inline]] static Lanes broadcast(F x) noexcept {
    return Lanes{} + std::bit_cast<std::uint64_t>(x);
  }
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes load(const void* in) noexcept {
    return reinterpret_cast<Lanes>(_mm512_loadu_si512(in));
  }
  [[PARLEY_AVX512, gnu::always_inline]] static void store(void* out, Lanes x) noexcept {
    _mm512_storeu_si512(out, reinterpret_cast<__m512i>(x));
  }
  [[PARLEY_AVX512, gnu::always_inline]] static void store_past_caches(void* out, Lanes x) noexcept {
    _mm512_stream_si512(static_cast<__m512i*>(out), reinterpret_cast<__m512i>(x));
  }

  // The first `count` lanes, at most 7; zeros are loaded into the others.
  [[PARLEY_AVX512, gnu::always_inline]] static __mmask8 mask_of(std::size_t count) noexcept {
    return static_cast<__mmask8>((1U << count) - 1);
  }
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes load(const void* in, __mmask8 mask) noexcept {
    return reinterpret_cast<Lanes>(_mm512_maskz_loadu_epi64(mask, in));
  }
  [[PARLEY_AVX512, gnu::always_inline]] static void store(void* out, Lanes x, __mmask8 mask) noexcept {
    _mm512_mask_storeu_epi64(out, mask, reinterpret_cast<__m512i>(x));
  }

  template <bool masked>
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes load_if(const void* in, __mmask8 mask) noexcept {
    return masked ? load(in, mask) : load(in);
  }
  template <bool masked>
  [[PARLEY_AVX512, gnu::always_inline]] static void store_if(void* out, Lanes x, __mmask8 mask) noexcept {
    return masked ? store(out, x, mask) : store(out, x);
  }

  template <class Operation, class... Inputs>
  [[PARLEY_AVX512, gnu::always_inline]] static void lanewise(const Operation& operation, std::size_t count, F* out,
                                                             const Inputs*... in) noexcept {
    std::size_t i = 0;
    // In place, the lines have been read already.
    if (count >= past_caches_from / sizeof(F) && ((in != out) && ...)) {
      i = elements_to_cache_line(out);
      store(out, operation(load(in, mask_of(i))...), mask_of(i));
      for (; count - i >= 2 * lanes; i += 2 * lanes) {
        const Lanes first = operation(load(in + i)...), second = operation(load(in + i + lanes)...);
        store_past_caches(out + i, first);
        store_past_caches(out + i + lanes, second);
      }
      finish_past_caches();
    }
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

  // The sum of the lanes, which are residues.
  [[PARLEY_AVX512, gnu::always_inline]] static F across(Lanes x) noexcept {
    F residues[lanes];
    store(residues, x);
    F total = F::zero();
    for (const F residue : residues) total += residue;
    return total;
  }

  // Entries i, ... of the linear combination of at most ProductSum::capacity rows, those of the mask where there is one.
  template <bool masked>
  [[PARLEY_AVX512, gnu::always_inline]] static Lanes combine(const std::span<const F>* rows, const F* coefficients,
                                                             std::size_t terms, std::size_t i, __mmask8 mask) noexcept {
    ProductSum products;
    for (std::size_t k = 0; k < terms; ++k)
      add_product(products, masked ? load(rows[k].data() + i, mask) : load(rows[k].data() + i),
                  broadcast(coefficients[k]));
    return canonical(reduce(products));
  }

  // Some levels of the table of differences, for `steps` parties: level k at 0 is row k - 1 of `differences`, and
  // `lowest` for k = 0.
  struct Strip {
    const std::span<F>* rows;
    std::size_t position, steps;
    const F* lowest;
    F* differences;
    std::size_t stride;
    std::size_t begin;  // the lowest level
    bool top;           // the level above is the constant one
    bool past_caches;
    std::uint64_t* between;  // the values of the level above, then those of the lowest level
  };

  // Few levels leave registers for several vectors side by side, without which each addition would wait for the last.
  static constexpr std::size_t vectors_of(std::size_t levels) noexcept { return levels <= 2 ? 4 : levels <= 4 ? 2 : 1; }

  [[PARLEY_AVX512]] static void tabulate_strip(const Strip& strip, std::size_t levels, std::size_t length) noexcept {
    switch (levels) {
      case 1:
        return tabulate_levels<1>(strip, length);
      case 2:
        return tabulate_levels<2>(strip, length);
      case 3:
        return tabulate_levels<3>(strip, length);
      case 4:
        return tabulate_levels<4>(strip, length);
      case 5:
        return tabulate_levels<5>(strip, length);
      case 6:
        return tabulate_levels<6>(strip, length);
      case 7:
        return tabulate_levels<7>(strip, length);
      default:
        return tabulate_levels<8>(strip, length);
    }
  }
  template <std::size_t levels>
  [[PARLEY_AVX512, gnu::always_inline]] static void tabulate_levels(const Strip& strip, std::size_t length) noexcept {
    constexpr std::size_t vectors = vectors_of(levels);
    if (length == vectors * lanes)
      tabulate_vectors<levels, vectors, false>(strip, 0, std::make_index_sequence<levels * vectors>(),
                                               std::make_index_sequence<vectors>());
    else
      tabulate_vectors<levels, 1, true>(strip, length, std::make_index_sequence<levels>(),
                                        std::make_index_sequence<1>());
  }

  // state[v * levels + k] is level begin + k of vector v. A step adds to each level the one above it.
  template <std::size_t levels, std::size_t vectors, bool masked, std::size_t... K, std::size_t... V>
  [[PARLEY_AVX512, gnu::always_inline]] static void tabulate_vectors(const Strip& strip, std::size_t length,
                                                                     std::index_sequence<K...>,
                                                                     std::index_sequence<V...>) noexcept {
    const __mmask8 mask = mask_of(length);
    F* const level = strip.differences + strip.begin * strip.stride;  // begin + 1
    const F* const lowest = strip.begin == 0 ? strip.lowest : level - strip.stride;
    Lanes state[] = {load_if<masked>(
        (K % levels == 0 ? lowest : level + (K % levels - 1) * strip.stride) + K / levels * lanes, mask)...};
    Lanes above[vectors] = {};
    if (strip.top) ((above[V] = load_if<masked>(level + (levels - 1) * strip.stride + V * lanes, mask)), ...);
    for (std::size_t step = 0; step < strip.steps; ++step) {
      if (!strip.top) above[0] = load(strip.between + step * lanes);
      if (strip.begin != 0) store(strip.between + step * lanes, state[0]);
      ((state[K] =
            canonical(state[K] + (K % levels + 1 < levels ? state[(K + 1) % (levels * vectors)] : above[K / levels]))),
       ...);
      F* const row = strip.rows[step].data() + strip.position;
      if (!masked && strip.begin == 0 && strip.past_caches)
        (store_past_caches(row + V * lanes, state[V * levels]), ...);
      else if (strip.begin == 0)
        (store_if<masked>(row + V * lanes, state[V * levels], mask), ...);
    }
    if (strip.begin != 0) store_if<masked>(level - strip.stride, state[0], mask);
    ((K % levels == 0 ? void()
                      : store_if<masked>(level + (K % levels - 1) * strip.stride + K / levels * lanes, state[K], mask)),
     ...);
  }

  // Copies the bits of `kept`. Whether all that is copied is a residue: not so where a bit above the lowest 61 is set in
  // a word, or, if not, in p - 1 - word.
  [[PARLEY_AVX512, gnu::always_inline]] static bool copy_masked(F* out, const std::byte* in, std::size_t count,
                                                                std::uint64_t kept) noexcept {
    Lanes wrong{};
    std::size_t i = 0;
    for (; count - i >= lanes; i += lanes) {
      const Lanes words = load(in + sizeof(F) * i) & kept;
      wrong |= words | (p - 1 - words);
      store(out + i, words);
    }
    if (i < count) {
      const __mmask8 rest = mask_of(count - i);
      const Lanes words = load(in + sizeof(F) * i, rest) & kept;
      wrong |= words | (p - 1 - words);
      store(out + i, words, rest);
    }
    wrong >>= 61;
    return _mm512_test_epi64_mask(reinterpret_cast<__m512i>(wrong), reinterpret_cast<__m512i>(wrong)) == 0;
  }
};

}  // namespace parley::detail

#undef PARLEY_AVX512

#endif
