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
#include "parley/core/cpu.hpp"
#include "parley/field/binary_rows_avx512.hpp"
#include "parley/field/vector.hpp"
#include "parley/field/wide_binary.hpp"

namespace parley::detail {

/// sums[p * rows + q] += the sum over columns c of weights[c] times this party's part of the conjunction of words x_p[c]
/// and y_q[c], as an element of GF(2^64): the parts of three parties add up to the conjunction of the shared words. There
/// are at most most_combined_rows rows.
inline void add_row_conjunctions_portable(std::span<GF2To64> sums, std::size_t rows, const ReplicatedRows& x,
                                          const ReplicatedRows& y, std::span<const GF2To64> weights) {
  constexpr std::size_t chunk = 256;  // two times 2 KiB stay in the innermost cache
  std::array<GF2To64, chunk> parts;
  for (std::size_t first = 0; first < weights.size(); first += chunk) {
    const std::size_t length = std::min(chunk, weights.size() - first);
    for (std::size_t number = 0; number < rows * rows; ++number) {
      const std::size_t of_x = number / rows * x.stride + first, of_y = number % rows * y.stride + first;
      for (std::size_t i = 0; i < length; ++i)
        parts[i] = GF2To64::from_value((x.own[of_x + i] & (y.own[of_y + i] ^ y.previous[of_y + i])) ^
                                       (x.previous[of_x + i] & y.own[of_y + i]));
      sums[number] +=
          vector::inner_product<GF2To64>(std::span<const GF2To64>(parts).first(length), weights.subspan(first, length));
    }
  }
}
inline void add_row_conjunctions(std::span<GF2To64> sums, std::size_t rows, const ReplicatedRows& x,
                                 const ReplicatedRows& y, std::span<const GF2To64> weights) {
#if defined(__x86_64__)
  if (rows % BinaryRowsAvx512<GF2To64>::tile == 0 && BinaryRowsAvx512<GF2To64>::usable(cpu_features()))
    return BinaryRowsAvx512<GF2To64>::add_conjunctions(sums.data(), rows, x, y, weights.data(), weights.size());
#endif
  add_row_conjunctions_portable(sums, rows, x, y, weights);
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
