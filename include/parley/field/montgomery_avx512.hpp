// SPDX-License-Identifier: Apache-2.0
// The vector kernels modulo any odd p of up to 521 bits by AVX-512 IFMA, eight residues at a time. Without it, residues
// are worked on one by one.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include "parley/core/cpu.hpp"
#include "parley/core/integer.hpp"
#include "parley/core/wipe.hpp"
#include "parley/field/montgomery_avx512_lanes.hpp"
#include "parley/field/portable.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define PARLEY_IFMA gnu::target("avx512f,avx512bw,avx512dq,avx512vl,avx512ifma,avx512vbmi2")

namespace parley::detail {

/// F is the field of a MontgomeryRepresentation.
template <class F, class Representation>
struct MontgomeryAvx512 : PortableKernels<F>, private MontgomeryLanes<Representation> {
  static bool usable(const CpuFeatures& cpu) noexcept { return cpu.avx512ifma && cpu.avx512vbmi2; }

  [[PARLEY_IFMA]] static void add(F* out, const F* a, const F* b, std::size_t count) noexcept {
    const std::size_t done = lanewise(Add{}, count, out, a, b);
    PortableKernels<F>::add(out + done, a + done, b + done, count - done);
  }
  [[PARLEY_IFMA]] static void subtract(F* out, const F* a, const F* b, std::size_t count) noexcept {
    const std::size_t done = lanewise(Subtract{}, count, out, a, b);
    PortableKernels<F>::subtract(out + done, a + done, b + done, count - done);
  }
  [[PARLEY_IFMA]] static void negate(F* out, const F* a, std::size_t count) noexcept {
    const std::size_t done = lanewise(Negate{}, count, out, a);
    PortableKernels<F>::negate(out + done, a + done, count - done);
  }
  [[PARLEY_IFMA]] static void multiply(F* out, const F* a, const F* b, std::size_t count) noexcept {
    const std::size_t done = lanewise(Multiply{}, count, out, a, b);
    PortableKernels<F>::multiply(out + done, a + done, b + done, count - done);
  }
  [[PARLEY_IFMA]] static void scale(F* out, const F* a, F factor, std::size_t count) noexcept {
    const std::size_t done = count < least ? 0 : lanewise(Scale{broadcast_factor(factor)}, count, out, a);
    PortableKernels<F>::scale(out + done, a + done, factor, count - done);
  }
  [[PARLEY_IFMA]] static void multiply_add(F* sum, const F* a, F factor, std::size_t count) noexcept {
    const std::size_t done =
        count < least ? 0 : lanewise(ScaleAdd{broadcast_factor(factor)}, count, sum, static_cast<const F*>(sum), a);
    PortableKernels<F>::multiply_add(sum + done, a + done, factor, count - done);
  }
  [[PARLEY_IFMA]] static void multiply_add(F* sum, const F* a, const F* b, std::size_t count) noexcept {
    const std::size_t done = lanewise(MultiplyAdd{}, count, sum, static_cast<const F*>(sum), a, b);
    PortableKernels<F>::multiply_add(sum + done, a + done, b + done, count - done);
  }

  [[PARLEY_IFMA]] static F inner_product(const F* a, const F* b, std::size_t count) noexcept {
    if (count < lanes) return PortableKernels<F>::inner_product(a, b, count);
    constexpr std::size_t capacity = 64;  // products in a lane
    F total = F::zero();
    for (std::size_t i = 0; i < count;) {
      Columns<limbs> sum{};
      const std::size_t end = i + std::min(count - i, capacity * lanes);
      for (; end - i >= lanes; i += lanes) add_lanes(sum, a + i, b + i, lanes);
      if (i < end) add_lanes(sum, a + i, b + i, end - i);
      i = end;
      total += sum_of_lanes(sum);
    }
    return total;
  }

  [[PARLEY_IFMA]] static void linear_combination(F* out, const std::span<const F>* rows, const F* coefficients,
                                                 std::size_t terms, std::size_t count) noexcept {
    if (count < least) return PortableKernels<F>::linear_combination(out, rows, coefficients, terms, count);
    if (terms == 0) std::fill_n(out, count, F::zero());
    for (std::size_t done = 0; done < terms; done += combination_capacity) {
      Combination part{rows + done, std::min(terms - done, combination_capacity), done != 0, {}};
      for (std::size_t k = 0; k < part.terms; ++k) prepare(coefficients[done + k], part.coefficients[k]);
      std::size_t i = 0;
      for (; count - i >= lanes; i += lanes) combine(part, out, i, lanes);
      if (i < count) combine(part, out, i, count - i);
      wipe(std::span(part.coefficients));
    }
  }

  [[PARLEY_IFMA]] static void tabulate(const std::span<F>* rows, std::size_t parties, std::size_t first,
                                       const F* constants, F* differences, std::size_t degree,
                                       std::size_t count) noexcept {
    constexpr std::size_t most_levels = 24576 / sizeof(Limbs);  // they stay in the first-level cache
    if (degree >= most_levels)
      return PortableKernels<F>::template tabulate_with<MontgomeryAvx512>(rows, parties, first, constants, differences,
                                                                          degree, count);
    Limbs level[most_levels];
    for (std::size_t i = 0; i < count; i += lanes) {
      const std::size_t left = std::min(count - i, lanes);
      level[0] = split_exactly(Transpose::load(constants + i, left), over_limbs);
      for (std::size_t k = 1; k <= degree; ++k)
        level[k] = split_exactly(Transpose::load(differences + (k - 1) * count + i, left), over_limbs);
      for (std::size_t party = 0; party < parties; ++party) {
        for (std::size_t k = 0; k < (party + 1 < parties ? degree : 1); ++k)
          level[k] = without_carries(canonical(plus(level[k], level[k + 1], over_limbs), over_limbs), over_limbs);
        Transpose::store(rows[party].data() + first + i, join(level[0], over_words), left);
      }
    }
    wipe(std::span<Limbs>(level, degree + 1));
  }

  [[PARLEY_IFMA]] static void encode(std::byte* out, const F* in, std::size_t count) noexcept {
    const ShiftedLimbs one = split_shifted(Words{{Lanes{} + 1}}, over_shifted_limbs);
    for (std::size_t i = 0; i < count; i += lanes) {
      const std::size_t left = std::min(count - i, lanes);
      const Words integers = Scale{one}(Transpose::load(in + i, left));
      if constexpr (F::encoded_size == 8 * n) {
        Transpose::store(out + i * F::encoded_size, integers, left);
      } else {
        std::uint64_t words[lanes * n];
        Transpose::store(words, integers);
        for (std::size_t j = 0; j < left; ++j)
          std::memcpy(out + (i + j) * F::encoded_size, words + j * n, F::encoded_size);
      }
    }
  }

  [[PARLEY_IFMA]] static bool decode(F* out, const std::byte* in, std::size_t count) noexcept {
    bool right = true;
    for (std::size_t i = 0; i < count; i += lanes) {
      const std::size_t left = std::min(count - i, lanes);
      const Words integers = load_bytes<~std::uint64_t{0}>(in + i * F::encoded_size, left);
      right &= below_modulus(integers) == 0xFF;
      Transpose::store(out + i, from_integers(integers), left);
    }
    if (!right) std::fill_n(out, count, F::zero());
    return right;
  }

  [[PARLEY_IFMA]] static std::size_t from_samples(F* out, const std::byte* samples, std::size_t count) noexcept {
    constexpr unsigned superfluous = 64 * n - Representation::modulus_bits;
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < count; i += lanes) {
      const std::size_t left = std::min(count - i, lanes);
      const Words integers = load_bytes<(~std::uint64_t{0} >> superfluous)>(samples + i * F::sample_size, left);
      F elements[lanes];
      Transpose::store(elements, from_integers(integers));
      // Lanes are numbered as the integers are in memory only after the transposition back.
      std::uint64_t below[lanes * n];
      Transpose::store(below, all_ones_where(below_modulus(integers)));
      for (std::size_t j = 0; j < left; ++j) {
        out[accepted] = elements[j];  // accepted < count
        accepted += below[j * n] & 1;
      }
    }
    return accepted;
  }

  [[PARLEY_IFMA]] static void one_where_zero(F* out, const F* in, std::size_t count) noexcept {
    const std::size_t done = lanewise(OneWhereZero{}, count, out, in);
    PortableKernels<F>::one_where_zero(out + done, in + done, count - done);
  }
  static void invert(F* elements, std::size_t count) noexcept {
    PortableKernels<F>::template invert_with<MontgomeryAvx512, 4 * lanes>(elements, count);
  }

 private:
  using Lane = MontgomeryLanes<Representation>;
  using typename Lane::Add, typename Lane::Subtract, typename Lane::Negate, typename Lane::Multiply,
      typename Lane::Scale, typename Lane::MultiplyAdd, typename Lane::ScaleAdd, typename Lane::OneWhereZero;
  using typename Lane::Lanes, typename Lane::Words, typename Lane::Limbs, typename Lane::ShiftedLimbs;
  template <std::size_t reductions>
  using Columns = typename Lane::template Columns<reductions>;
  using Transpose = typename Lane::Transpose;
  using Lane::add_product, Lane::reduce, Lane::canonical, Lane::accumulate, Lane::split, Lane::split_shifted,
      Lane::split_exactly, Lane::plus, Lane::without_carries, Lane::join, Lane::arithmetic_shift, Lane::limb_of,
      Lane::broadcast;
  using Lane::over_limbs, Lane::over_shifted_limbs, Lane::over_words, Lane::n, Lane::lanes, Lane::limbs, Lane::mask,
      Lane::p;

  static constexpr std::size_t least = 3;  // as many are faster in lanes, though most of these are empty

  // For inner products: 64 products in a lane stay below 2 * 11 * 64 * 2^52 < 2^63 in each column.
  [[PARLEY_IFMA, gnu::always_inline]] static void add_lanes(Columns<limbs>& sum, const F* a, const F* b,
                                                            std::size_t count) noexcept {
    add_product(sum, split(Transpose::load(a, count), over_limbs), split(Transpose::load(b, count), over_limbs),
                over_limbs);
  }
  // The sum of all lanes, divided by R: below 512 p^2, so that it has 2n + 1 words.
  [[PARLEY_IFMA]] static F sum_of_lanes(const Columns<limbs>& sum) noexcept {
    typename Representation::ProductSum products;
    uint128 carry = 0;  // < 2^68
    for (std::size_t i = 0; i < 2 * limbs + 2; ++i, carry >>= 52) {
      if (i < 2 * limbs)
        for (std::size_t lane = 0; lane < lanes; ++lane) carry += sum.column[i][lane];
      const std::uint64_t limb = static_cast<std::uint64_t>(carry) & mask;
      const std::size_t word = 52 * i / 64, offset = 52 * i % 64;
      if (word < 2 * n + 1) products.sum[word] |= limb << offset;
      if (offset > 12 && word + 1 < 2 * n + 1) products.sum[word + 1] |= limb >> (64 - offset);
    }
    return std::bit_cast<F>(products.reduce());
  }

  /// Linear combinations are not reduced by R but by the power of 2^52 that leaves bits to spare above p, so that the
  /// quotient of several products is below p as that of one is. The power is put into the coefficients before.
  static constexpr std::size_t combination_steps = 52 * limbs - Representation::modulus_bits >= 3 ? limbs : limbs + 1;
  static constexpr std::size_t combination_capacity =
      std::size_t{1} << std::min<std::size_t>(52 * combination_steps - Representation::modulus_bits, 6);

  struct Combination {
    const std::span<const F>* rows;
    std::size_t terms;
    bool continues;  // what is in `out` is the first term
    std::array<std::array<std::uint64_t, limbs>, combination_capacity> coefficients;
  };

  static void prepare(F coefficient, std::array<std::uint64_t, limbs>& prepared) noexcept {
    constexpr auto power =
        Representation::Arithmetic::shift_left(typename Representation::Word(1), 52 * combination_steps);
    const auto product =
        Representation::Arithmetic::multiply(std::bit_cast<typename Representation::Word>(coefficient), power);
    for (std::size_t i = 0; i < limbs; ++i) prepared[i] = limb_of(product.words, i);
  }
  template <std::size_t... J>
  [[PARLEY_IFMA, gnu::always_inline]] static Limbs broadcast_limbs(const std::array<std::uint64_t, limbs>& x,
                                                                   std::index_sequence<J...>) noexcept {
    return Limbs{{(Lanes{} + x[J])...}};
  }
  // The products are below 2^(52 combination_steps) p together, and below 2 * 11 * 64 * 2^52 in each column; their
  // quotient is below 2p, and below 3p with what is there already.
  [[PARLEY_IFMA, gnu::always_inline]] static void combine(const Combination& part, F* out, std::size_t i,
                                                          std::size_t count) noexcept {
    Columns<combination_steps> sum{};
    for (std::size_t k = 0; k < part.terms; ++k)
      add_product(sum, split(Transpose::load(part.rows[k].data() + i, count), over_limbs),
                  broadcast_limbs(part.coefficients[k], over_limbs), over_limbs);
    const Limbs quotient = reduce(sum, std::make_index_sequence<combination_steps>(), over_limbs);
    const Words total = part.continues ? accumulate(Transpose::load(out + i, count), quotient)
                                       : join(canonical(quotient, over_limbs), over_words);
    Transpose::store(out + i, total, count);
  }

  // Integers of encoded_size bytes each, with all of their highest word masked.
  template <std::uint64_t highest>
  [[PARLEY_IFMA, gnu::always_inline]] static Words load_bytes(const std::byte* in, std::size_t count) noexcept {
    Words x;
    if constexpr (F::encoded_size == 8 * n) {
      x = Transpose::load(in, count);
    } else {
      std::uint64_t integers[lanes * n] = {};
      for (std::size_t j = 0; j < count; ++j) std::memcpy(integers + j * n, in + j * F::encoded_size, F::encoded_size);
      x = Transpose::load(integers);
    }
    x.word[n - 1] &= highest;
    return x;
  }
  // The highest limb has all that is above: encodings are at most 7 bits longer than p.
  [[PARLEY_IFMA, gnu::always_inline]] static __mmask8 below_modulus(const Words& x) noexcept {
    return below_modulus(x, std::make_index_sequence<limbs - 1>());
  }
  template <std::size_t... J>
  [[PARLEY_IFMA, gnu::always_inline]] static __mmask8 below_modulus(const Words& x,
                                                                    std::index_sequence<J...>) noexcept {
    Lanes less[limbs] = {((Lane::template limb<J, 0>(x) & mask) - p[J])...,
                         Lane::template limb<limbs - 1, 0>(x) - p[limbs - 1]};
    ((less[J + 1] += arithmetic_shift(less[J])), ...);
    return _mm512_movepi64_mask(reinterpret_cast<__m512i>(less[limbs - 1]));
  }
  [[PARLEY_IFMA, gnu::always_inline]] static Words all_ones_where(__mmask8 choice) noexcept {
    return Words{{reinterpret_cast<Lanes>(_mm512_movm_epi64(choice))}};
  }
  // x R modulo p, for an x < R
  [[PARLEY_IFMA, gnu::always_inline]] static Words from_integers(const Words& x) noexcept {
    return Scale{broadcast(Representation::Arithmetic::square_of_radix.words, over_words)}(x);
  }

  [[PARLEY_IFMA, gnu::always_inline]] static ShiftedLimbs broadcast_factor(F factor) noexcept {
    return broadcast(std::bit_cast<std::array<std::uint64_t, n>>(factor), over_words);
  }
  // Returns how many are done: all, unless few are left over.
  template <class Operation, class... Inputs>
  [[PARLEY_IFMA, gnu::always_inline]] static std::size_t lanewise(const Operation& operation, std::size_t count, F* out,
                                                                  const Inputs*... in) noexcept {
    std::size_t i = 0;
    for (; count - i >= lanes; i += lanes) Transpose::store(out + i, operation(Transpose::load(in + i)...));
    if (count - i < least) return i;
    Transpose::store(out + i, operation(Transpose::load(in + i, count - i)...), count - i);
    return count;
  }
};

}  // namespace parley::detail

#undef PARLEY_IFMA

#endif
