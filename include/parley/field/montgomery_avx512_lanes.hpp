// SPDX-License-Identifier: Apache-2.0
// Arithmetic modulo any odd p of up to 521 bits in 512-bit registers: eight residues at a time, one in each lane, in
// limbs of 52 bits, which is what the multiplications of AVX-512 IFMA take.
// [GK12] Gueron, Krasnov: Software Implementation of Modular Exponentiation, Using Advanced Vector Instructions
// Architectures, WAIFI 2012 (redundant limbs, whose carries are left to the end).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "parley/field/montgomery_avx512_transpose.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define PARLEY_IFMA gnu::target("avx512f,avx512bw,avx512dq,avx512vl,avx512ifma,avx512vbmi2")

namespace parley::detail {

/// `Representation` is a MontgomeryRepresentation: the residue x is stored as x R modulo p, with R = 2^(64 n) for n
/// words.
///
/// Arrays of vectors are indexed by constants, in folds and not in loops, so that they are registers under -O1 and -O2
/// too. A multiplication looks at the lowest 52 bits of its factors and no others, so limbs that are only multiplied
/// keep whatever is above.
template <class Representation>
struct MontgomeryLanes {
  using Transpose = TransposedWords<Representation::n>;
  using Lanes = typename Transpose::Lanes;
  using Words = typename Transpose::Words;  // word k of eight residues for each k

  static constexpr std::size_t n = Representation::n;
  static constexpr std::size_t lanes = 8;
  static constexpr std::uint64_t mask = (std::uint64_t{1} << 52) - 1;

  /// A residue has so many limbs.
  static constexpr std::size_t limbs = (Representation::modulus_bits + 51) / 52;
  /// Each step of the reduction divides by 2^52: together by R 2^shift, which one of the factors is multiplied by
  /// before.
  static constexpr std::size_t steps = (64 * n + 51) / 52;
  static constexpr std::size_t shift = 52 * steps - 64 * n;
  static constexpr std::size_t shifted_limbs = (Representation::modulus_bits + shift + 51) / 52;
  static_assert(shift < 52 && shifted_limbs <= steps);

  struct Limbs {
    Lanes limb[limbs];
  };
  struct ShiftedLimbs {
    Lanes limb[shifted_limbs];
  };
  /// The number that is the sum of column[i] 2^(52 i): a product, and what the steps of its reduction write.
  template <std::size_t reductions>
  struct Columns {
    Lanes column[reductions + limbs];
  };

  static constexpr std::uint64_t limb_of(const std::array<std::uint64_t, n>& words, std::size_t i) noexcept {
    const std::size_t word = 52 * i / 64, offset = 52 * i % 64;
    std::uint64_t limb = words[word] >> offset;
    if (offset > 12 && word + 1 < n) limb |= words[word + 1] << (64 - offset);
    return limb & mask;
  }
  static constexpr std::array<std::uint64_t, limbs> p = [] {
    std::array<std::uint64_t, limbs> result{};
    for (std::size_t i = 0; i < limbs; ++i) result[i] = limb_of(Representation::Arithmetic::p.words, i);
    return result;
  }();

  [[PARLEY_IFMA, gnu::always_inline]] static Lanes add_low(Lanes sum, Lanes a, Lanes b) noexcept {
    return reinterpret_cast<Lanes>(_mm512_madd52lo_epu64(reinterpret_cast<__m512i>(sum), reinterpret_cast<__m512i>(a),
                                                         reinterpret_cast<__m512i>(b)));
  }
  [[PARLEY_IFMA, gnu::always_inline]] static Lanes add_high(Lanes sum, Lanes a, Lanes b) noexcept {
    return reinterpret_cast<Lanes>(_mm512_madd52hi_epu64(reinterpret_cast<__m512i>(sum), reinterpret_cast<__m512i>(a),
                                                         reinterpret_cast<__m512i>(b)));
  }
  // Bits `offset` to `offset` + 63 of high 2^64 + low.
  template <std::size_t offset>
  [[PARLEY_IFMA, gnu::always_inline]] static Lanes across(Lanes low, Lanes high) noexcept {
    return reinterpret_cast<Lanes>(
        _mm512_shrdi_epi64(reinterpret_cast<__m512i>(low), reinterpret_cast<__m512i>(high), offset));
  }
  [[PARLEY_IFMA, gnu::always_inline]] static Lanes arithmetic_shift(Lanes x) noexcept {
    return reinterpret_cast<Lanes>(_mm512_maskz_srai_epi64(0xFF, reinterpret_cast<__m512i>(x), 52));
  }

  // Limb i of x 2^shifted, in the lowest 52 bits.
  template <std::size_t i, std::size_t shifted>
  [[PARLEY_IFMA, gnu::always_inline]] static Lanes limb(const Words& x) noexcept {
    if constexpr (52 * i < shifted) {
      return x.word[0] << (shifted - 52 * i);
    } else {
      constexpr std::size_t begin = 52 * i - shifted, word = begin / 64, offset = begin % 64;
      if constexpr (word >= n) {
        return Lanes{};
      } else if constexpr (offset == 0) {
        return x.word[word];
      } else if constexpr (offset <= 12 || word + 1 == n) {
        return x.word[word] >> offset;
      } else {
        return across<offset>(x.word[word], x.word[word + 1]);
      }
    }
  }
  template <std::size_t... I>
  [[PARLEY_IFMA, gnu::always_inline]] static Limbs split(const Words& x, std::index_sequence<I...>) noexcept {
    return Limbs{{limb<I, 0>(x)...}};
  }
  template <std::size_t... I>
  [[PARLEY_IFMA, gnu::always_inline]] static ShiftedLimbs split_shifted(const Words& x,
                                                                        std::index_sequence<I...>) noexcept {
    return ShiftedLimbs{{limb<I, shift>(x)...}};
  }
  // Without what is above the limbs.
  template <std::size_t... I>
  [[PARLEY_IFMA, gnu::always_inline]] static Limbs split_exactly(const Words& x, std::index_sequence<I...>) noexcept {
    return Limbs{{(limb<I, 0>(x) & mask)...}};
  }

  // Bits 64 k to 64 k + 63 of the number whose limbs these are: of two limbs, or of three.
  template <std::size_t k>
  [[PARLEY_IFMA, gnu::always_inline]] static Lanes word(const Limbs& x) noexcept {
    constexpr std::size_t first = 64 * k / 52, offset = 64 * k % 52;
    if constexpr (first >= limbs) {
      return Lanes{};
    } else if constexpr (first + 1 >= limbs) {
      return (x.limb[first] & mask) >> offset;
    } else if constexpr (offset <= 40 || first + 2 >= limbs) {
      return across<offset + 12>(x.limb[first] << 12, offset <= 40 ? x.limb[first + 1] : x.limb[first + 1] & mask);
    } else {
      return across<offset + 12>(x.limb[first] << 12, x.limb[first + 1] & mask) | x.limb[first + 2] << (104 - offset);
    }
  }
  template <std::size_t... K>
  [[PARLEY_IFMA, gnu::always_inline]] static Words join(const Limbs& x, std::index_sequence<K...>) noexcept {
    return Words{{word<K>(x)...}};
  }

  // sum += a b. Two numbers below 2^52 are added to a column for each limb of the shorter factor.
  template <std::size_t i, class Sum, class Factor, std::size_t... J>
  [[PARLEY_IFMA, gnu::always_inline]] static void add_row(Sum& sum, const Limbs& a, const Factor& b,
                                                          std::index_sequence<J...>) noexcept {
    ((sum.column[i + J] = add_low(sum.column[i + J], a.limb[J], b.limb[i])), ...);
    ((sum.column[i + J + 1] = add_high(sum.column[i + J + 1], a.limb[J], b.limb[i])), ...);
  }
  template <class Sum, class Factor, std::size_t... I>
  [[PARLEY_IFMA, gnu::always_inline]] static void add_product(Sum& sum, const Limbs& a, const Factor& b,
                                                              std::index_sequence<I...>) noexcept {
    (add_row<I>(sum, a, b, std::make_index_sequence<limbs>()), ...);
  }

  // x += p m 2^(52 i) for the m < 2^52 with which column i becomes a multiple of 2^52, which goes to column i + 1. The
  // low half of m p[0] need not be computed: it is what makes up for the lowest 52 bits of the column, so that the sum
  // is the next multiple of 2^52.
  template <std::size_t i, std::size_t j, class Sum>
  [[PARLEY_IFMA, gnu::always_inline]] static void add_multiple_of_limb(Sum& x, Lanes m) noexcept {
    if constexpr (p[j] != 0) {
      if constexpr (j > 0) x.column[i + j] = add_low(x.column[i + j], m, Lanes{} + p[j]);
      x.column[i + j + 1] = add_high(x.column[i + j + 1], m, Lanes{} + p[j]);
    }
  }
  template <std::size_t i, class Sum>
  [[PARLEY_IFMA, gnu::always_inline]] static Lanes multiple_for(const Sum& x) noexcept {
    return add_low(Lanes{}, x.column[i], Lanes{} + Representation::Arithmetic::negated_inverse);
  }
  template <std::size_t i, class Sum, std::size_t... J>
  [[PARLEY_IFMA, gnu::always_inline]] static void step(Sum& x, Lanes m, std::index_sequence<J...>) noexcept {
    x.column[i + 1] += (x.column[i] + mask) >> 52;
    (add_multiple_of_limb<i, J>(x, m), ...);
  }
  // x modulo p, divided by 2^(52 k) for k steps: below x / 2^(52 k) + p.
  template <class Sum, std::size_t... I, std::size_t... J>
  [[PARLEY_IFMA, gnu::always_inline]] static Limbs reduce(Sum& x, std::index_sequence<I...>,
                                                          std::index_sequence<J...>) noexcept {
    (step<I>(x, multiple_for<I>(x), std::index_sequence<J...>()), ...);
    return Limbs{{x.column[sizeof...(I) + J]...}};
  }

  // An x < 4p whose limbs may be of either sign and any size below 2^62, less p where it is not below p. What has been
  // carried from a limb to the next is left above its lowest 52 bits.
  template <std::size_t... J>
  [[PARLEY_IFMA, gnu::always_inline]] static Limbs canonical(Limbs x, std::index_sequence<J...>) noexcept {
    Limbs less{{(x.limb[J] - p[J])...}};
    ((x.limb[J + 1 < limbs ? J + 1 : 0] += J + 1 < limbs ? arithmetic_shift(x.limb[J]) : Lanes{}), ...);
    ((less.limb[J + 1 < limbs ? J + 1 : 0] += J + 1 < limbs ? arithmetic_shift(less.limb[J]) : Lanes{}), ...);
    const __mmask8 negative = _mm512_movepi64_mask(reinterpret_cast<__m512i>(less.limb[limbs - 1]));
    return Limbs{{reinterpret_cast<Lanes>(_mm512_mask_blend_epi64(negative, reinterpret_cast<__m512i>(less.limb[J]),
                                                                  reinterpret_cast<__m512i>(x.limb[J])))...}};
  }

  static constexpr auto over_limbs = std::make_index_sequence<limbs>();
  static constexpr auto over_shifted_limbs = std::make_index_sequence<shifted_limbs>();
  static constexpr auto over_steps = std::make_index_sequence<steps>();
  static constexpr auto over_words = std::make_index_sequence<n>();

  template <std::size_t... J>
  [[PARLEY_IFMA, gnu::always_inline]] static Limbs plus(const Limbs& a, const Limbs& b,
                                                        std::index_sequence<J...>) noexcept {
    return Limbs{{(a.limb[J] + b.limb[J])...}};
  }
  template <std::size_t... J>
  [[PARLEY_IFMA, gnu::always_inline]] static Limbs minus_plus_modulus(const Limbs& a, const Limbs& b,
                                                                      std::index_sequence<J...>) noexcept {
    return Limbs{{(a.limb[J] + p[J] - b.limb[J])...}};
  }

  // a b / R, below p p / R + p < 2p for the residues a and b. Columns stay below 24 2^52 for the product, twice that
  // for the reduction.
  template <class Factor>
  [[PARLEY_IFMA, gnu::always_inline]] static Limbs product(const Words& a, const Factor& b) noexcept {
    return product(split(a, over_limbs), b, over_steps, over_limbs);
  }
  // Each row of the product is begun before the reduction of the one before it, which has to wait for its m.
  template <class Factor, std::size_t... I, std::size_t... J>
  [[PARLEY_IFMA, gnu::always_inline]] static Limbs product(const Limbs& a, const Factor& b, std::index_sequence<I...>,
                                                           std::index_sequence<J...>) noexcept {
    Columns<steps> columns{};
    add_row<0>(columns, a, b, over_limbs);
    (multiply_and_reduce<I>(columns, a, b), ...);
    return Limbs{{columns.column[steps + J]...}};
  }
  template <std::size_t i, class Factor>
  [[PARLEY_IFMA, gnu::always_inline]] static void multiply_and_reduce(Columns<steps>& columns, const Limbs& a,
                                                                      const Factor& b) noexcept {
    const Lanes m = multiple_for<i>(columns);
    if constexpr (i + 1 < shifted_limbs) add_row<i + 1>(columns, a, b, over_limbs);
    step<i>(columns, m, over_limbs);
  }

  // What happens in each lane, on residues.
  struct Add {
    [[PARLEY_IFMA, gnu::always_inline]] Words operator()(const Words& a, const Words& b) const noexcept {
      return join(canonical(plus(split_exactly(a, over_limbs), split_exactly(b, over_limbs), over_limbs), over_limbs),
                  over_words);
    }
  };
  struct Subtract {
    [[PARLEY_IFMA, gnu::always_inline]] Words operator()(const Words& a, const Words& b) const noexcept {
      return join(canonical(minus_plus_modulus(split_exactly(a, over_limbs), split_exactly(b, over_limbs), over_limbs),
                            over_limbs),
                  over_words);
    }
  };
  struct Negate {
    [[PARLEY_IFMA, gnu::always_inline]] Words operator()(const Words& a) const noexcept {
      return Subtract{}(Words{}, a);
    }
  };
  struct OneWhereZero {
    [[PARLEY_IFMA, gnu::always_inline]] Words operator()(const Words& a) const noexcept {
      return one_where_zero(a, over_words);
    }
  };
  template <std::size_t... K>
  [[PARLEY_IFMA, gnu::always_inline]] static Words one_where_zero(const Words& a, std::index_sequence<K...>) noexcept {
    const Lanes bits = (a.word[K] | ...);
    const __mmask8 zero = _mm512_testn_epi64_mask(reinterpret_cast<__m512i>(bits), reinterpret_cast<__m512i>(bits));
    const Lanes chosen = reinterpret_cast<Lanes>(_mm512_movm_epi64(zero));
    return Words{{(chosen & Representation::Arithmetic::one.words[K])...}};
  }
  struct Multiply {
    [[PARLEY_IFMA, gnu::always_inline]] Words operator()(const Words& a, const Words& b) const noexcept {
      return join(canonical(product(a, split_shifted(b, over_shifted_limbs)), over_limbs), over_words);
    }
  };
  struct Scale {
    ShiftedLimbs factor;
    [[PARLEY_IFMA, gnu::always_inline]] Words operator()(const Words& a) const noexcept {
      return join(canonical(product(a, factor), over_limbs), over_words);
    }
  };
  struct MultiplyAdd {
    [[PARLEY_IFMA, gnu::always_inline]] Words operator()(const Words& sum, const Words& a,
                                                         const Words& b) const noexcept {
      return accumulate(sum, product(a, split_shifted(b, over_shifted_limbs)));
    }
  };
  struct ScaleAdd {
    ShiftedLimbs factor;
    [[PARLEY_IFMA, gnu::always_inline]] Words operator()(const Words& sum, const Words& a) const noexcept {
      return accumulate(sum, product(a, factor));
    }
  };
  // Without what has been carried to the next limb.
  template <std::size_t... J>
  [[PARLEY_IFMA, gnu::always_inline]] static Limbs without_carries(const Limbs& x, std::index_sequence<J...>) noexcept {
    return Limbs{{(J + 1 < limbs ? x.limb[J] & mask : x.limb[J])...}};
  }
  // Below 3p, so that p is subtracted twice.
  [[PARLEY_IFMA, gnu::always_inline]] static Words accumulate(const Words& sum, const Limbs& products) noexcept {
    const Limbs total = plus(split_exactly(sum, over_limbs), products, over_limbs);
    return join(canonical(without_carries(canonical(total, over_limbs), over_limbs), over_limbs), over_words);
  }

  template <std::size_t... K>
  [[PARLEY_IFMA, gnu::always_inline]] static ShiftedLimbs broadcast(const std::array<std::uint64_t, n>& factor,
                                                                    std::index_sequence<K...>) noexcept {
    return split_shifted(Words{{(Lanes{} + factor[K])...}}, over_shifted_limbs);
  }
};

}  // namespace parley::detail

#undef PARLEY_IFMA

#endif
