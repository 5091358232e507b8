// SPDX-License-Identifier: Apache-2.0
// The sums over a prime field that are made of rows of integers: of their bits in common, as integers again, and of public
// elements where bits are set.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "parley/core/cpu.hpp"
#include "parley/core/integer.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/integer_rows_avx512.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/vector.hpp"

namespace parley::detail {

/// An integer of F::modulus_bits bits.
template <MersenneField F>
using BitsOf = std::conditional_t<(F::modulus_bits > 64), uint128, std::uint64_t>;

/// Of any such integer, the order included.
template <MersenneField F>
constexpr F element_of_bits(const BitsOf<F>& integer) {
  if constexpr (sizeof(BitsOf<F>) == 8)
    return F(integer);
  else
    return F::from_integer(integer);
}

/// Rows of integers, in which row p begins at p * stride.
template <MersenneField F>
struct IntegerRows {
  const BitsOf<F>* integers;
  std::size_t stride;
};

/// sums[p * rows + q] += the sum over columns c of weights[c] times the integer x_p[c] & y_q[c]. In a time that does not
/// depend on the integers.
template <MersenneField F>
void add_integer_conjunctions_portable(std::span<F> sums, std::size_t rows, const IntegerRows<F>& x,
                                       const IntegerRows<F>& y, std::span<const F> weights) {
  constexpr std::size_t chunk = 256;
  std::array<F, chunk> common;
  for (std::size_t first = 0; first < weights.size(); first += chunk) {
    const std::size_t length = std::min(chunk, weights.size() - first);
    for (std::size_t number = 0; number < rows * rows; ++number) {
      const BitsOf<F>* const of_x = x.integers + number / rows * x.stride + first;
      const BitsOf<F>* const of_y = y.integers + number % rows * y.stride + first;
      for (std::size_t i = 0; i < length; ++i) common[i] = element_of_bits<F>(of_x[i] & of_y[i]);
      sums[number] +=
          vector::inner_product<F>(std::span<const F>(common).first(length), weights.subspan(first, length));
    }
  }
}
template <MersenneField F>
void add_integer_conjunctions(std::span<F> sums, std::size_t rows, const IntegerRows<F>& x, const IntegerRows<F>& y,
                              std::span<const F> weights) {
#if defined(__x86_64__)
  if constexpr (std::is_same_v<F, Mersenne61>)
    if (rows % IntegerRowsAvx512<F>::tile == 0 && IntegerRowsAvx512<F>::can_multiply(cpu_features()))
      return IntegerRowsAvx512<F>::add_conjunctions(sums.data(), rows, {x.integers, y.integers}, {x.stride, y.stride},
                                                    weights.data(), weights.size());
#endif
  add_integer_conjunctions_portable<F>(sums, rows, x, y, weights);
}

/// Entry bit * columns + c is the sum of coefficients[bit * rows + p] over the rows p whose integer in column c has the
/// bit. In a time that does not depend on the integers.
template <MersenneField F>
void combine_integers_portable(std::span<F> entries, std::size_t rows, const IntegerRows<F>& x,
                               std::span<const F> coefficients) {
  using Integer = decltype(F().to_integer());
  const std::size_t columns = entries.size() / F::modulus_bits;
  for (std::size_t bit = 0; bit < F::modulus_bits; ++bit)
    for (std::size_t c = 0; c < columns; ++c) {
      F sum{};
      for (std::size_t p = 0; p < rows; ++p) {
        const BitsOf<F> mask = BitsOf<F>{0} - (x.integers[p * x.stride + c] >> bit & 1);
        sum += F::from_integer(
            static_cast<Integer>(coefficients[bit * rows + p].to_integer() & static_cast<Integer>(mask)));
      }
      entries[bit * columns + c] = sum;
    }
}
template <MersenneField F>
void combine_integers(std::span<F> entries, std::size_t rows, const IntegerRows<F>& x,
                      std::span<const F> coefficients) {
#if defined(__x86_64__)
  if constexpr (std::is_same_v<F, Mersenne61>)
    if (rows % 8 == 0 && rows <= IntegerRowsAvx512<F>::most_rows && IntegerRowsAvx512<F>::usable(cpu_features()))
      return IntegerRowsAvx512<F>::combine(entries.data(), rows, x.integers, x.stride, coefficients.data(),
                                           entries.size() / F::modulus_bits);
#endif
  combine_integers_portable<F>(entries, rows, x, coefficients);
}

}  // namespace parley::detail
