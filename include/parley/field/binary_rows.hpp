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

#include "parley/core/bit_transpose.hpp"
#include "parley/core/buffer.hpp"
#include "parley/core/cpu.hpp"
#include "parley/core/words.hpp"
#include "parley/field/binary_rows_avx512.hpp"
#include "parley/field/vector.hpp"
#include "parley/field/wide_binary.hpp"

namespace parley::detail {

/// Sums over columns of conjunctions of rows x_p and y_p as values at p of polynomials that are linear in each bit of p
/// (see RowProducts). Sum d is that at point d, whose digit i in base 3 is bit i of p, or 2 for the difference of the
/// values at 1 and 0. The conjunctions are this party's parts, which for three parties add up to those of shared words,
/// as elements of GF(2^64). There are 3^k sums for 2^k rows, 2 <= k.
class RowConjunctions {
 public:
  explicit RowConjunctions(std::size_t points) : points_(points), sums_(2 * points) {
    for (std::size_t left = points; left > 1; left /= 3) rows_ *= 2;
    memory_.resize(4 * rows_ * chunk);
  }

  /// Adds weights[c] times the conjunction of column c, for all columns.
  void add(const ReplicatedRows& x, const ReplicatedRows& y, std::span<const GF2To64> weights) {
#if defined(__x86_64__)
    if (BinaryRowsAvx512<GF2To64>::usable(cpu_features()))
      return add_with(x, y, weights, [](std::uint64_t* sums, const auto& of_x, const auto& of_y, auto of_columns) {
        BinaryRowsAvx512<GF2To64>::add_conjunctions(sums, of_x, of_y, of_columns.data(), of_columns.size());
      });
#endif
    add_portable(x, y, weights);
  }
  void add_portable(const ReplicatedRows& x, const ReplicatedRows& y, std::span<const GF2To64> weights) {
    add_with(x, y, weights, add_four_rows);
  }
  Buffer<GF2To64> sums() const {
    const GF2To64 beyond(GF2To64::low_terms);  // x^64
    Buffer<GF2To64> reduced;
    for (std::size_t i = 0; i < points_; ++i)
      reduced.push_back(GF2To64::from_value(sums_[2 * i]) + beyond * GF2To64::from_value(sums_[2 * i + 1]));
    return reduced;
  }

 private:
  static constexpr std::size_t chunk = 72;  // so that 4 * 64 rows are 144 KiB

  // add_rows(sums, x, y, weights) adds what the nine points of four rows give.
  template <class AddRows>
  void add_with(const ReplicatedRows& x, const ReplicatedRows& y, std::span<const GF2To64> weights, AddRows add_rows) {
    for (std::size_t column = 0; column < weights.size(); column += chunk)
      halve(0, points_, rows_, x.from(0, column), y.from(0, column),
            weights.subspan(column, std::min(chunk, weights.size() - column)), memory_.data(), add_rows);
  }
  // The points of `count` rows, the first of which is sum `first`.
  template <class AddRows>
  void halve(std::size_t first, std::size_t points, std::size_t count, const ReplicatedRows& x, const ReplicatedRows& y,
             std::span<const GF2To64> weights, std::uint64_t* space, AddRows add_rows) {
    if (count == 4) return add_rows(sums_.data() + 2 * first, x, y, weights);
    const std::size_t half = count / 2, third = points / 3;
    halve(first, third, half, x, y, weights, space, add_rows);
    halve(first + third, third, half, x.from(half, 0), y.from(half, 0), weights, space, add_rows);
    const ReplicatedRows of_x = difference(x, half, weights.size(), space);
    const ReplicatedRows of_y = difference(y, half, weights.size(), space + 2 * half * chunk);
    halve(first + 2 * third, third, half, of_x, of_y, weights, space + 4 * half * chunk, add_rows);
  }
  static ReplicatedRows difference(const ReplicatedRows& of, std::size_t half, std::size_t columns,
                                   std::uint64_t* space) {
    std::uint64_t *const own = space, *const previous = space + half * chunk;
    // Rows without gaps are one: calls for each would take longer than what they do.
    const std::size_t joined = of.stride == columns ? half : 1;
    for (std::size_t p = 0; p < half; p += joined) {
      const ReplicatedRows low = of.from(p, 0), high = of.from(half + p, 0);
      exclusive_or(joined * columns, own + p * columns, low.own, high.own);
      exclusive_or(joined * columns, previous + p * columns, low.previous, high.previous);
    }
    return {own, previous, columns};
  }
  // Each sum's lower word.
  static void add_four_rows(std::uint64_t* sums, const ReplicatedRows& x, const ReplicatedRows& y,
                            std::span<const GF2To64> weights) {
    std::array<GF2To64, chunk> parts;
    for (std::size_t point = 0; point < 9; ++point) {
      // The rows whose sum is the value at the point: of each pair the first, the second, or both.
      const auto is_in = [&](std::size_t row) {
        const auto fits = [](std::size_t digit, std::size_t bit) { return digit == 2 || digit == bit; };
        return fits(point % 3, row % 2) && fits(point / 3, row / 2);
      };
      for (std::size_t i = 0; i < weights.size(); ++i) {
        std::uint64_t x_own = 0, x_previous = 0, y_own = 0, y_previous = 0;
        for (std::size_t row = 0; row < 4; ++row) {
          if (!is_in(row)) continue;
          x_own ^= x.own[row * x.stride + i], x_previous ^= x.previous[row * x.stride + i];
          y_own ^= y.own[row * y.stride + i], y_previous ^= y.previous[row * y.stride + i];
        }
        parts[i] = GF2To64::from_value((x_own & (y_own ^ y_previous)) ^ (x_previous & y_own));
      }
      sums[2 * point] ^=
          vector::inner_product<GF2To64>(std::span<const GF2To64>(parts).first(weights.size()), weights).value();
    }
  }

  std::size_t points_, rows_ = 1;
  Buffer<std::uint64_t> sums_;    // of two words each: polynomials of degree below 127
  Buffer<std::uint64_t> memory_;  // differences of halves, of halves of these, ...
};

/// Combinations of rows of words of bits: entry 64 c + j is the sum over rows p of coefficients[2p] times bit j of the own
/// word in column c, and of coefficients[2p + 1] times that of the previous one. The rows are a multiple of 4, at most 64.
class RowCombination {
 public:
  /// Of public coefficients.
  explicit RowCombination(std::span<const GF2To64> coefficients) : sources_(coefficients.size()) {
    for (std::size_t source = 0; source < sources_; ++source)
      for (std::size_t bit = 0; bit < 64; ++bit) {
        const std::uint64_t chosen = coefficients[source].value() >> bit & 1;
        matrices_[source / 8 * 8 + bit / 8] |= chosen << (8 * (7 - bit % 8) + 7 - source % 8);
        groups_[bit][source / 4] = static_cast<std::uint8_t>(groups_[bit][source / 4] | chosen << (source % 4));
      }
  }

  void combine(std::span<GF2To64> entries, const ReplicatedRows& x) const {
#if defined(__x86_64__)
    if (BinaryRowsAvx512<GF2To64>::usable(cpu_features()))
      return BinaryRowsAvx512<GF2To64>::combine(entries.data(), x, matrices_.data(), sources_ / 8, entries.size() / 64);
#endif
    combine_portable(entries, x);
  }
  /// Bit k of the entries of a column is a word: the exclusive or of those words whose coefficient has that bit.
  void combine_portable(std::span<GF2To64> entries, const ReplicatedRows& x) const {
    const std::size_t groups = sources_ / 4;
    std::array<std::array<std::uint64_t, 16>, most_sources / 4> sums;
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
        for (std::size_t group = 0; group < groups; ++group) word ^= sums[group][groups_[bit][group]];
        block[bit] = word;
      }
      transpose(block);
      for (std::size_t j = 0; j < 64; ++j) entries[64 * column + j] = GF2To64::from_value(block[j]);
    }
  }

 private:
  static constexpr std::size_t most_sources = 128;

  std::size_t sources_;
  // As BinaryRowsAvx512 wants them: number 8g + k is what sources 8g to 8g + 7 add to byte k of an entry. Its byte 7 - i
  // has the coefficients' bits i of that byte; source 8g + s is bit 7 - s.
  std::array<std::uint64_t, most_sources> matrices_{};
  // Which of four sources, in each group of them, for each bit of an entry.
  std::array<std::array<std::uint8_t, most_sources / 4>, 64> groups_{};
};

}  // namespace parley::detail
