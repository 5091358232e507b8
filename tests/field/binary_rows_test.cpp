// SPDX-License-Identifier: Apache-2.0
// Tests of field/binary_rows.hpp: both forms against the definition, for lengths around those of registers and chunks.
#include "parley/field/binary_rows.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "catch.hpp"
#include "core/backends.hpp"
#include "parley/core/random.hpp"
#include "parley/field/wide_binary.hpp"

namespace {

using G = parley::GF2To64;
using parley::detail::ReplicatedRows;
using parley::detail::RowCombination;
using parley::detail::RowConjunctions;

struct Sums {
  std::vector<G> products, entries;
  friend bool operator==(const Sums&, const Sums&) = default;
};

struct Case {
  std::size_t rows, columns;
  std::vector<std::uint64_t> words;
  std::vector<G> weights, coefficients;

  Case(std::size_t row_count, std::size_t column_count)
      : rows(row_count),
        columns(column_count),
        words(4 * rows * (columns + 1)),
        weights(columns),
        coefficients(2 * rows) {
    parley::TestRandom random(rows + columns);
    random.fill(std::as_writable_bytes(std::span(words)));
    random.fill(std::as_writable_bytes(std::span(weights)));
    random.fill(std::as_writable_bytes(std::span(coefficients)));
  }
  // One word lies between rows.
  ReplicatedRows factor(std::size_t which) const {
    const std::size_t size = rows * (columns + 1);
    return {words.data() + 2 * which * size, words.data() + (2 * which + 1) * size, columns + 1};
  }

  // How many points there are.
  std::size_t points() const {
    std::size_t count = 1;
    for (std::size_t left = rows; left > 1; left /= 2) count *= 3;
    return count;
  }
  // The sum of the rows that make the value at a point.
  std::uint64_t value(const std::uint64_t* component, std::size_t column, std::size_t point) const {
    std::uint64_t sum = 0;
    for (std::size_t p = 0; p < rows; ++p) {
      bool is_in = true;
      for (std::size_t digits = point, bits = p, left = rows; left > 1; digits /= 3, bits /= 2, left /= 2)
        is_in &= digits % 3 == 2 || digits % 3 == bits % 2;
      if (is_in) sum ^= component[p * (columns + 1) + column];
    }
    return sum;
  }

  Sums by_definition() const {
    Sums sums{std::vector<G>(points()), std::vector<G>(64 * columns)};
    const ReplicatedRows x = factor(0), y = factor(1);
    for (std::size_t c = 0; c < columns; ++c) {
      for (std::size_t point = 0; point < points(); ++point) {
        const std::uint64_t x_own = value(x.own, c, point), x_previous = value(x.previous, c, point);
        const std::uint64_t y_own = value(y.own, c, point), y_previous = value(y.previous, c, point);
        sums.products[point] += weights[c] * G((x_own & y_own) ^ (x_own & y_previous) ^ (x_previous & y_own));
      }
      for (std::size_t p = 0; p < rows; ++p)
        for (std::size_t j = 0; j < 64; ++j)
          sums.entries[64 * c + j] += coefficients[2 * p] * G(x.own[p * x.stride + c] >> j & 1) +
                                      coefficients[2 * p + 1] * G(x.previous[p * x.stride + c] >> j & 1);
    }
    return sums;
  }
  template <class Add, class Combine>
  Sums by(Add add, Combine combine) const {
    RowConjunctions conjunctions(points());
    add(conjunctions, factor(0), factor(1), std::span<const G>(weights));
    const auto products = conjunctions.sums();
    Sums sums{std::vector<G>(products.begin(), products.end()), std::vector<G>(64 * columns)};
    combine(RowCombination(coefficients), std::span<G>(sums.entries), factor(0));
    return sums;
  }
};

}  // namespace

TEST_CASE("conjunctions and combinations of rows of shared words are those of the definition") {
  for (const std::size_t rows : std::vector<std::size_t>{4, 8, 64})
    for (const std::size_t columns : std::vector<std::size_t>{1, 7, 8, 13, 130}) {
      if (rows == 64 && columns > 13) continue;
      CAPTURE(rows, columns);
      const Case some(rows, columns);
      const Sums expected = some.by_definition();
      CHECK(some.by(std::mem_fn(&RowConjunctions::add_portable), std::mem_fn(&RowCombination::combine_portable)) ==
            expected);
      parley::test::under_each_backend([&] {
        CHECK(some.by(std::mem_fn(&RowConjunctions::add), std::mem_fn(&RowCombination::combine)) == expected);
      });
    }
}
