// SPDX-License-Identifier: Apache-2.0
// Sums, counts, and least and greatest values of the rows that have the same key.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/operations.hpp"
#include "parley/field/power.hpp"
#include "parley/functions/compare.hpp"
#include "parley/functions/radix_sort.hpp"
#include "parley/functions/sort.hpp"

namespace parley {

struct GroupOptions {
  /// Keys are below 2^key_bits and values below 2^value_bits; 0 stands for what sort() takes at most. Where both
  /// together are no more than that, one sort suffices instead of two.
  std::size_t key_bits = 0, value_bits = 0;
  /// How many groups there are at most; 0 for as many as rows. Where there are more, those of the greatest keys are left
  /// out.
  std::size_t most_groups = 0;
};

/// One row for each group, in ascending order of the keys, and behind them rows of zeros.
template <class Vector>
struct Groups {
  Vector key, valid;  // valid: 1 for a group and 0 for a row of zeros
  Vector count, sum, least, greatest;
};

/// For each distinct key how many rows have it, and the sum, the least and the greatest of their values.
///
/// Input: vectors of one length, of numbers below 2^options.key_bits and 2^options.value_bits.
/// Output: vectors of the length min(options.most_groups, N) for N rows, or N. Sums are modulo the field's order.
/// Security: perfect; nothing is revealed, the number of groups included: it is the sum of `valid`, for whoever opens it.
/// Cost: sort() of three columns, or twice of two; equal() and to_field() of N - 1 bits; one round with a product a row,
/// shuffle() of seven columns and one round to open one element a row; one round with five products a row of the result.
/// Errors: Error(invalid_argument) for different lengths, or bits that the field cannot compare.
template <ComparingEngine E>
Groups<SharedOf<E>> group_by(E& engine, const SharedOf<E>& key, const SharedOf<E>& value, GroupOptions options = {}) {
  using F = typename E::Value;
  constexpr std::size_t widest = F::modulus_bits - 2;
  detail::require_same_length(key.size(), value.size());
  const std::size_t rows = key.size();
  const std::size_t key_bits = options.key_bits == 0 ? widest : options.key_bits;
  const std::size_t value_bits = options.value_bits == 0 ? widest : options.value_bits;
  if (key_bits > widest || value_bits > widest)
    throw Error(ErrorCode::invalid_argument, "keys or values have more bits than the field can compare");
  if (rows == 0) return {};

  std::vector<SharedOf<E>> sorted;  // by key, and by value where the key is the same
  if (key_bits + value_bits <= widest) {
    const SharedOf<E> both = power(F(2), value_bits) * key + value;
    sorted = sort(engine, std::vector<SharedOf<E>>{both, key, value}, {.bits = key_bits + value_bits});
    sorted.erase(sorted.begin());
  } else {
    sorted = sort(engine, std::vector<SharedOf<E>>{value, key}, {.bits = value_bits});
    std::swap(sorted[0], sorted[1]);
    sorted = sort(engine, std::move(sorted), {.bits = key_bits});
  }

  // What a group's last row knows of all rows up to it gives, less what the last row of the group before knows, the
  // group's sum and count; its value is the greatest, and the value behind it is the least of the next group.
  const auto same = equal(engine, sorted[0].slice(0, rows - 1), sorted[0].slice(1, rows - 1), {.bits = key_bits});
  const SharedOf<E> last = concat(to_field(engine, ~same), constant(engine, F(1)));
  using Share = typename SharedOf<E>::Share;
  Buffer<Share> sums(rows);
  Buffer<F> numbers(rows);
  Share total{};
  for (std::size_t i = 0; i < rows; ++i) {
    sums[i] = total += std::as_const(sorted[1]).shares()[i];
    numbers[i] = F(i + 1);
  }
  const SharedOf<E> first_value = sorted[1][0];
  std::vector<SharedOf<E>> ends = {sorted[0],
                                   last,
                                   engine.constant(numbers),
                                   last.with_shares(std::move(sums)),
                                   concat(sorted[1].slice(1, rows - 1), constant(engine, F{})),
                                   sorted[1]};
  ends = detail::sort_by_bits(engine, {F(1) - last}, std::move(ends));

  const std::size_t groups = options.most_groups == 0 ? rows : std::min(rows, options.most_groups);
  for (SharedOf<E>& column : ends) column = column.slice(0, groups);
  const SharedOf<E> zero = constant(engine, F{});
  const auto before = [&](const SharedOf<E>& column, const SharedOf<E>& first) {
    return concat(first, column.slice(0, groups - 1));
  };
  const SharedOf<E>& valid = ends[1];
  const SharedOf<E> shown = mul(engine, concat(valid, valid, valid, valid, valid),
                                concat(ends[0], ends[2] - before(ends[2], zero), ends[3] - before(ends[3], zero),
                                       before(ends[4], first_value), ends[5]));
  const auto column = [&](std::size_t which) { return shown.slice(which * groups, groups); };
  return {column(0), valid, column(1), column(2), column(3), column(4)};
}

}  // namespace parley
