// SPDX-License-Identifier: Apache-2.0
// The vector kernels modulo p = 2^31 - 1 in 256-bit registers, eight residues in each.
// [Plonky3] github.com/Plonky3/Plonky3, mersenne-31: the doubled factor of products.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "parley/core/cpu.hpp"
#include "parley/field/portable.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define PARLEY_AVX2 gnu::target("avx2")

namespace parley::detail {

/// F is the field, whose elements are stored as residues below p, 4 bytes each. What is left of a vector at the end is
/// worked on under a mask.
template <class F>
struct Mersenne31Avx2 : PortableKernels<F> {
  static bool usable(const CpuFeatures& cpu) noexcept { return cpu.avx2; }

  [[PARLEY_AVX2]] static void add(F* out, const F* a, const F* b, std::size_t count) noexcept {
    lanewise<Add>({}, count, out, a, b);
  }
  [[PARLEY_AVX2]] static void subtract(F* out, const F* a, const F* b, std::size_t count) noexcept {
    lanewise<Subtract>({}, count, out, a, b);
  }
  [[PARLEY_AVX2]] static void multiply(F* out, const F* a, const F* b, std::size_t count) noexcept {
    lanewise<Multiply>({}, count, out, a, b);
  }
  [[PARLEY_AVX2]] static void negate(F* out, const F* a, std::size_t count) noexcept {
    lanewise<Negate>({}, count, out, a);
  }
  [[PARLEY_AVX2]] static void scale(F* out, const F* a, F factor, std::size_t count) noexcept {
    lanewise<Scale>({broadcast(factor)}, count, out, a);
  }
  [[PARLEY_AVX2]] static void multiply_add(F* sum, const F* a, F factor, std::size_t count) noexcept {
    lanewise<ScaleAdd>({broadcast(factor)}, count, sum, static_cast<const F*>(sum), a);
  }
  [[PARLEY_AVX2]] static void multiply_add(F* sum, const F* a, const F* b, std::size_t count) noexcept {
    lanewise<MultiplyAdd>({}, count, sum, static_cast<const F*>(sum), a, b);
  }

  static void invert(F* elements, std::size_t count) noexcept {
    PortableKernels<F>::template invert_with<Mersenne31Avx2, 8 * lanes>(elements, count);
  }

  [[PARLEY_AVX2]] static F inner_product(const F* a, const F* b, std::size_t count) noexcept {
    ProductSum products;
    std::size_t i = 0;
    for (; count - i >= ProductSum::capacity * lanes; i += ProductSum::capacity * lanes) {
      for (std::size_t k = 0; k < ProductSum::capacity; ++k)
        add_product(products, load(a + i + k * lanes), load(b + i + k * lanes));
      fold(products);
    }
    for (; count - i >= lanes; i += lanes) add_product(products, load(a + i), load(b + i));
    if (i < count) add_product(products, load(a + i, mask_of(count - i)), load(b + i, mask_of(count - i)));
    return across(reduce(products));
  }

  [[PARLEY_AVX2]] static F sum(const F* a, std::size_t count) noexcept {
    Lanes total[2] = {};
    std::size_t i = 0;
    for (; count - i >= 2 * lanes; i += 2 * lanes) {
      total[0] = canonical(total[0] + load(a + i));
      total[1] = canonical(total[1] + load(a + i + lanes));
    }
    for (; count - i >= lanes; i += lanes) total[0] = canonical(total[0] + load(a + i));
    if (i < count) total[1] = canonical(total[1] + load(a + i, mask_of(count - i)));
    return across(canonical(total[0] + total[1]));
  }

  [[PARLEY_AVX2]] static void linear_combination(F* out, const std::span<const F>* rows, const F* coefficients,
                                                 std::size_t terms, std::size_t count) noexcept {
    std::size_t i = 0;
    for (; count - i >= lanes; i += lanes) store(out + i, combine<false>(rows, coefficients, terms, i, mask_of(0)));
    const __m256i rest = mask_of(count - i);
    if (i < count) store(out + i, combine<true>(rows, coefficients, terms, i, rest), rest);
  }

  /// As in PortableKernels, with the additions of this backend.
  static void tabulate(const std::span<F>* rows, std::size_t parties, std::size_t first, const F* constants,
                       F* differences, std::size_t degree, std::size_t count) noexcept {
    PortableKernels<F>::template tabulate_with<Mersenne31Avx2>(rows, parties, first, constants, differences, degree,
                                                               count);
  }

  [[PARLEY_AVX2]] static bool decode(F* out, const std::byte* in, std::size_t count) noexcept {
    const bool right = copy_masked(out, in, count, ~std::uint32_t{0});
    if (!right) std::fill_n(out, count, F::zero());
    return right;
  }
  [[PARLEY_AVX2]] static bool mask_samples(F* samples, std::size_t count) noexcept {
    return copy_masked(samples, reinterpret_cast<const std::byte*>(samples), count, p);
  }

 private:
  typedef std::uint32_t Lanes __attribute__((vector_size(32)));
  typedef std::uint64_t Pairs __attribute__((vector_size(32)));  // of an even lane, below, and an odd one
  static constexpr std::size_t lanes = 8;
  static constexpr std::uint32_t p = (std::uint32_t{1} << 31) - 1;

  // The residue of an x < 2p: the smaller of x and x - p, which is large where it is negative.
  [[PARLEY_AVX2, gnu::always_inline]] static Lanes canonical(Lanes x) noexcept {
    return reinterpret_cast<Lanes>(_mm256_min_epu32(reinterpret_cast<__m256i>(x), reinterpret_cast<__m256i>(x - p)));
  }

  // The odd lanes, shifted down by 32 bits or less, in place of the even ones.
  [[PARLEY_AVX2, gnu::always_inline]] static Lanes odd_lanes(Lanes x, int shift) noexcept {
    return reinterpret_cast<Lanes>(reinterpret_cast<Pairs>(x) >> shift);
  }

  // The products of the even lanes; what is in the odd ones does not matter.
  [[PARLEY_AVX2, gnu::always_inline]] static Pairs multiply_even(Lanes a, Lanes b) noexcept {
    return reinterpret_cast<Pairs>(_mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
  }

  // The even lanes of one vector and the odd ones of another.
  [[PARLEY_AVX2, gnu::always_inline]] static Lanes blend_odd(Lanes even, Lanes odd) noexcept {
    return reinterpret_cast<Lanes>(
        _mm256_blend_epi32(reinterpret_cast<__m256i>(even), reinterpret_cast<__m256i>(odd), 0xAA));
  }

  // With one factor doubled [Plonky3], the product 2ab < 2^63 has the quotient of ab by 2^31 in its upper half, and twice
  // the remainder in the lower one. Quotient and remainder add up to at most 2p - 3, and not to p, as in
  // Mersenne31Representation.
  [[PARLEY_AVX2, gnu::always_inline]] static Lanes folded_product(Lanes a, Lanes b) noexcept {
    const auto even = multiply_even(a + a, b);
    // Shifted by 31 instead of 32, the odd lane is doubled; bit 31 of the even lane is 0.
    const auto odd = multiply_even(odd_lanes(a, 31), odd_lanes(b, 32));
    const Lanes quotient = blend_odd(odd_lanes(reinterpret_cast<Lanes>(even), 32), reinterpret_cast<Lanes>(odd));
    const Lanes remainder_twice = blend_odd(reinterpret_cast<Lanes>(even), reinterpret_cast<Lanes>(odd << 32));
    return quotient + (remainder_twice >> 1);
  }

  // Sums of products of the even and of the odd lanes. Four products of residues, and a sum after fold(), stay below
  // 4 (2^31 - 2)^2 + 2^34 < 2^64.
  struct ProductSum {
    static constexpr std::size_t capacity = 4;
    Pairs even{}, odd{};
  };

  [[PARLEY_AVX2, gnu::always_inline]] static void add_product(ProductSum& sum, Lanes a, Lanes b) noexcept {
    sum.even += multiply_even(a, b);
    sum.odd += multiply_even(odd_lanes(a, 32), odd_lanes(b, 32));
  }
  // 2^31 = 1, so the high part is added to the low one: at most 2^31 + 2^33.
  [[PARLEY_AVX2, gnu::always_inline]] static Pairs fold(Pairs x) noexcept { return (x & p) + (x >> 31); }
  [[PARLEY_AVX2, gnu::always_inline]] static void fold(ProductSum& sum) noexcept {
    sum.even = fold(sum.even);
    sum.odd = fold(sum.odd);
  }
  // Folded twice, both sums are at most p + 5.
  [[PARLEY_AVX2, gnu::always_inline]] static Lanes reduce(ProductSum sum) noexcept {
    fold(sum);
    fold(sum);
    return canonical(reinterpret_cast<Lanes>(sum.even | (sum.odd << 32)));
  }

  // What happens in each lane, on residues.
  struct Add {
    [[PARLEY_AVX2, gnu::always_inline]] Lanes operator()(Lanes a, Lanes b) const noexcept { return canonical(a + b); }
  };
  struct Subtract {  // 0 < a - b + p < 2p
    [[PARLEY_AVX2, gnu::always_inline]] Lanes operator()(Lanes a, Lanes b) const noexcept {
      return canonical(a - b + p);
    }
  };
  struct Negate {
    [[PARLEY_AVX2, gnu::always_inline]] Lanes operator()(Lanes a) const noexcept { return canonical(p - a); }
  };
  struct Multiply {
    [[PARLEY_AVX2, gnu::always_inline]] Lanes operator()(Lanes a, Lanes b) const noexcept {
      return canonical(folded_product(a, b));
    }
  };
  struct Scale {
    Lanes factor;
    [[PARLEY_AVX2, gnu::always_inline]] Lanes operator()(Lanes a) const noexcept {
      return canonical(folded_product(a, factor));
    }
  };
  struct MultiplyAdd {  // residues on both sides, as their sum would overflow otherwise
    [[PARLEY_AVX2, gnu::always_inline]] Lanes operator()(Lanes sum, Lanes a, Lanes b) const noexcept {
      return canonical(sum + canonical(folded_product(a, b)));
    }
  };
  struct ScaleAdd {
    Lanes factor;
    [[PARLEY_AVX2, gnu::always_inline]] Lanes operator()(Lanes sum, Lanes a) const noexcept {
      return canonical(sum + canonical(folded_product(a, factor)));
    }
  };

  [[PARLEY_AVX2, gnu::always_inline]] static Lanes broadcast(F x) noexcept {
    return Lanes{} + std::bit_cast<std::uint32_t>(x);
  }
  [[PARLEY_AVX2, gnu::always_inline]] static Lanes load(const void* in) noexcept {
    return reinterpret_cast<Lanes>(_mm256_loadu_si256(static_cast<const __m256i*>(in)));
  }
  [[PARLEY_AVX2, gnu::always_inline]] static void store(void* out, Lanes x) noexcept {
    _mm256_storeu_si256(static_cast<__m256i*>(out), reinterpret_cast<__m256i>(x));
  }

  // The first `count` lanes, at most 7; zeros are loaded into the others.
  [[PARLEY_AVX2, gnu::always_inline]] static __m256i mask_of(std::size_t count) noexcept {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0));
  }
  [[PARLEY_AVX2, gnu::always_inline]] static Lanes load(const void* in, __m256i mask) noexcept {
    return reinterpret_cast<Lanes>(_mm256_maskload_epi32(static_cast<const int*>(in), mask));
  }
  [[PARLEY_AVX2, gnu::always_inline]] static void store(void* out, Lanes x, __m256i mask) noexcept {
    _mm256_maskstore_epi32(static_cast<int*>(out), mask, reinterpret_cast<__m256i>(x));
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
    if (count - i >= lanes) {
      store(out + i, operation(load(in + i)...));
      i += lanes;
    }
    const __m256i rest = mask_of(count - i);
    if (i < count) store(out + i, operation(load(in + i, rest)...), rest);
  }

  // The sum of the lanes, which are residues.
  [[PARLEY_AVX2, gnu::always_inline]] static F across(Lanes x) noexcept {
    F residues[lanes];
    store(residues, x);
    F total = F::zero();
    for (const F residue : residues) total += residue;
    return total;
  }

  // Entries i, ... of the linear combination, those of the mask where there is one.
  template <bool masked>
  [[PARLEY_AVX2, gnu::always_inline]] static Lanes combine(const std::span<const F>* rows, const F* coefficients,
                                                           std::size_t terms, std::size_t i, __m256i mask) noexcept {
    ProductSum products;
    for (std::size_t k = 0; k < terms; fold(products))
      for (const std::size_t end = std::min(terms, k + ProductSum::capacity); k < end; ++k)
        add_product(products, masked ? load(rows[k].data() + i, mask) : load(rows[k].data() + i),
                    broadcast(coefficients[k]));
    return reduce(products);
  }

  // Copies the bits of `kept`. Whether all that is copied is a residue: not so where bit 31 is set in a word, or, if not,
  // in p - 1 - word.
  [[PARLEY_AVX2, gnu::always_inline]] static bool copy_masked(F* out, const std::byte* in, std::size_t count,
                                                              std::uint32_t kept) noexcept {
    Lanes wrong{};
    std::size_t i = 0;
    for (; count - i >= lanes; i += lanes) {
      const Lanes words = load(in + sizeof(F) * i) & kept;
      wrong |= words | (p - 1 - words);
      store(out + i, words);
    }
    if (i < count) {
      const __m256i rest = mask_of(count - i);
      const Lanes words = load(in + sizeof(F) * i, rest) & kept;
      wrong |= words | (p - 1 - words);
      store(out + i, words, rest);
    }
    wrong >>= 31;
    return _mm256_testz_si256(reinterpret_cast<__m256i>(wrong), reinterpret_cast<__m256i>(wrong)) != 0;
  }
};

}  // namespace parley::detail

#undef PARLEY_AVX2

#endif
