// SPDX-License-Identifier: Apache-2.0
// Tests of field/binary_rows.hpp: both forms against the definition, for lengths around those of registers and chunks.
#include "parley/field/binary_rows.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "catch.hpp"
#include "core/backends.hpp"
#include "parley/core/random.hpp"
#include "parley/field/wide_binary.hpp"

namespace {

using G = parley::GF2To64;
using parley::detail::ReplicatedRows;

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

  Sums by_definition() const {
    Sums sums{std::vector<G>(rows * rows, G(1)), std::vector<G>(64 * columns)};
    const ReplicatedRows x = factor(0), y = factor(1);
    for (std::size_t c = 0; c < columns; ++c)
      for (std::size_t p = 0; p < rows; ++p) {
        const std::uint64_t own = x.own[p * x.stride + c], previous = x.previous[p * x.stride + c];
        for (std::size_t q = 0; q < rows; ++q) {
          const std::size_t place = q * y.stride + c;
          sums.products[p * rows + q] +=
              weights[c] * G((own & y.own[place]) ^ (own & y.previous[place]) ^ (previous & y.own[place]));
        }
        for (std::size_t j = 0; j < 64; ++j)
          sums.entries[64 * c + j] +=
              coefficients[2 * p] * G(own >> j & 1) + coefficients[2 * p + 1] * G(previous >> j & 1);
      }
    return sums;
  }
  template <class Add, class Combine>
  Sums by(Add add, Combine combine) const {
    Sums sums{std::vector<G>(rows * rows, G(1)), std::vector<G>(64 * columns)};
    add(std::span<G>(sums.products), rows, factor(0), factor(1), std::span<const G>(weights));
    combine(std::span<G>(sums.entries), factor(0), std::span<const G>(coefficients));
    return sums;
  }
};

}  // namespace

TEST_CASE("conjunctions and combinations of rows of shared words are those of the definition") {
  for (const std::size_t rows : std::vector<std::size_t>{4, 8, 32})
    for (const std::size_t columns : std::vector<std::size_t>{1, 7, 8, 13, 130}) {
      if (rows == 32 && columns == 130) continue;
      CAPTURE(rows, columns);
      const Case some(rows, columns);
      const Sums expected = some.by_definition();
      CHECK(some.by(parley::detail::add_row_conjunctions_portable, parley::detail::combine_rows_portable) == expected);
      parley::test::under_each_backend(
          [&] { CHECK(some.by(parley::detail::add_row_conjunctions, parley::detail::combine_rows) == expected); });
    }
}
