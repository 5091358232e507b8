// SPDX-License-Identifier: Apache-2.0
// The sums over GF(2^64) that are made of rows of shared words of bits: of the rows' conjunctions, and of public elements
// where bits are set.
// [DGK20] Drucker, Gueron, Krasnov: Making AES Great Again: The Forthcoming Vectorized AES Instruction, 2019 (VPCLMULQDQ).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "parley/core/bit_transpose.hpp"
#include "parley/core/buffer.hpp"
#include "parley/core/cpu.hpp"
#include "parley/core/words.hpp"
#include "parley/field/binary_rows_avx512.hpp"
#include "parley/field/wide_binary.hpp"

namespace parley::detail {

/// For the rows x_p and y_p as values at p of polynomials that are linear in each bit of p (see RowProducts), sums[d] +=
/// the sum over columns of weights[c] times this party's part of the conjunction of x and y at point d, as an element of
/// GF(2^64): the parts of three parties add up to the conjunction of the shared words. Digit i of d in base 3 is bit i of
/// p, or 2 for the difference of the values at 1 and 0. There are 3^k sums for 2^k rows, 2 <= k.
///
/// add(first, x, y, first column, columns) adds what the nine points of four rows, from sum `first` on, give.
template <class Add>
void for_each_four_rows(std::size_t points, const ReplicatedRows& x, const ReplicatedRows& y, std::size_t columns,
                        Add add) {
  constexpr std::size_t chunk = 64;  // so that 4 * 64 rows are 128 KiB
  std::size_t rows = 1;
  for (std::size_t left = points; left > 1; left /= 3) rows *= 2;
  Buffer<std::uint64_t> memory(4 * rows * chunk);  // of the differences of halves, of halves of these, ...
  const auto halve = [&](const auto& self, std::size_t first, std::size_t third, std::size_t count,
                         const ReplicatedRows& of_x, const ReplicatedRows& of_y, std::size_t column, std::size_t length,
                         std::uint64_t* space) -> void {
    if (count == 4) return add(first, of_x, of_y, column, length);
    const std::size_t half = count / 2;
    self(self, first, third / 3, half, of_x, of_y, column, length, space);
    self(self, first + third, third / 3, half, of_x.from(half, 0), of_y.from(half, 0), column, length, space);
    const auto difference = [&](const ReplicatedRows& of) {
      std::uint64_t* const own = std::exchange(space, space + half * chunk);
      std::uint64_t* const previous = std::exchange(space, space + half * chunk);
      for (std::size_t p = 0; p < half; ++p) {
        const std::size_t low = p * of.stride, high = (half + p) * of.stride;
        exclusive_or(length, own + p * chunk, of.own + low, of.own + high);
        exclusive_or(length, previous + p * chunk, of.previous + low, of.previous + high);
      }
      return ReplicatedRows{own, previous, chunk};
    };
    const ReplicatedRows x_difference = difference(of_x), y_difference = difference(of_y);
    self(self, first + 2 * third, third / 3, half, x_difference, y_difference, column, length, space);
  };
  for (std::size_t column = 0; column < columns; column += chunk)
    halve(halve, 0, points / 3, rows, x.from(0, column), y.from(0, column), column, std::min(chunk, columns - column),
          memory.data());
}
inline void add_row_conjunctions_portable(std::span<GF2To64> sums, const ReplicatedRows& x, const ReplicatedRows& y,
                                          std::span<const GF2To64> weights) {
  for_each_four_rows(
      sums.size(), x, y, weights.size(),
      [&](std::size_t first, const ReplicatedRows& of_x, const ReplicatedRows& of_y, std::size_t column,
          std::size_t length) {
        for (std::size_t point = 0; point < 9; ++point) {
          // The rows whose sum is the value at the point: of each pair the first, the second, or both.
          const auto is_in = [&](std::size_t row) {
            const auto fits = [](std::size_t digit, std::size_t bit) { return digit == 2 || digit == bit; };
            return fits(point % 3, row % 2) && fits(point / 3, row / 2);
          };
          GF2To64 sum{};
          for (std::size_t i = 0; i < length; ++i) {
            std::uint64_t x_own = 0, x_previous = 0, y_own = 0, y_previous = 0;
            for (std::size_t row = 0; row < 4; ++row) {
              if (!is_in(row)) continue;
              x_own ^= of_x.own[row * of_x.stride + i], x_previous ^= of_x.previous[row * of_x.stride + i];
              y_own ^= of_y.own[row * of_y.stride + i], y_previous ^= of_y.previous[row * of_y.stride + i];
            }
            sum += weights[column + i] * GF2To64::from_value((x_own & (y_own ^ y_previous)) ^ (x_previous & y_own));
          }
          sums[first + point] += sum;
        }
      });
}
inline void add_row_conjunctions(std::span<GF2To64> sums, const ReplicatedRows& x, const ReplicatedRows& y,
                                 std::span<const GF2To64> weights) {
#if defined(__x86_64__)
  if (BinaryRowsAvx512<GF2To64>::usable(cpu_features())) {
    Buffer<std::uint64_t> unreduced(2 * sums.size());  // polynomials of degree below 127
    for_each_four_rows(sums.size(), x, y, weights.size(),
                       [&](std::size_t first, const ReplicatedRows& of_x, const ReplicatedRows& of_y,
                           std::size_t column, std::size_t length) {
                         BinaryRowsAvx512<GF2To64>::add_conjunctions(unreduced.data() + 2 * first, of_x, of_y,
                                                                     weights.data() + column, length);
                       });
    const GF2To64 beyond(GF2To64::low_terms);  // x^64
    for (std::size_t i = 0; i < sums.size(); ++i)
      sums[i] += GF2To64::from_value(unreduced[2 * i]) + beyond * GF2To64::from_value(unreduced[2 * i + 1]);
    return;
  }
#endif
  add_row_conjunctions_portable(sums, x, y, weights);
}

/// Entry 64 c + j is the sum over rows p of coefficients[2p] times bit j of the own word in column c, and of
/// coefficients[2p + 1] times that of the previous one. There are at most most_combined_rows rows, a multiple of 4.
///
/// Bit k of the entries of a column is a word: the exclusive or of those words whose coefficient, public, has that bit.
inline void combine_rows_portable(std::span<GF2To64> entries, const ReplicatedRows& x,
                                  std::span<const GF2To64> coefficients) {
  constexpr std::size_t most_groups = 2 * most_combined_rows / 4;
  const std::size_t groups = coefficients.size() / 4;
  std::array<std::array<std::uint8_t, most_groups>, 64> chosen{};  // which of four words, in each group, for each bit
  for (std::size_t source = 0; source < coefficients.size(); ++source)
    for (std::size_t bit = 0; bit < 64; ++bit)
      chosen[bit][source / 4] = static_cast<std::uint8_t>(chosen[bit][source / 4] |
                                                          (coefficients[source].value() >> bit & 1) << (source % 4));
  std::array<std::array<std::uint64_t, 16>, most_groups> sums;
  BitMatrix block;
  for (std::size_t column = 0; column < entries.size() / 64; ++column) {
    for (std::size_t group = 0; group < groups; ++group) {
      sums[group][0] = 0;
      for (std::size_t k = 0; k < 4; ++k) {
        const std::size_t source = 4 * group + k, half = std::size_t{1} << k;
        const std::uint64_t word = (source % 2 == 0 ? x.own : x.previous)[source / 2 * x.stride + column];
        for (std::size_t i = 0; i < half; ++i) sums[group][half + i] = sums[group][i] ^ word;
      }
    }
    for (std::size_t bit = 0; bit < 64; ++bit) {
      std::uint64_t word = 0;
      for (std::size_t group = 0; group < groups; ++group) word ^= sums[group][chosen[bit][group]];
      block[bit] = word;
    }
    transpose(block);
    for (std::size_t j = 0; j < 64; ++j) entries[64 * column + j] = GF2To64::from_value(block[j]);
  }
}
inline void combine_rows(std::span<GF2To64> entries, const ReplicatedRows& x, std::span<const GF2To64> coefficients) {
#if defined(__x86_64__)
  if (BinaryRowsAvx512<GF2To64>::usable(cpu_features()))
    return BinaryRowsAvx512<GF2To64>::combine(entries.data(), x, coefficients.data(), coefficients.size(),
                                              entries.size() / 64);
#endif
  combine_rows_portable(entries, x, coefficients);
}

}  // namespace parley::detail
