// SPDX-License-Identifier: Apache-2.0
// Tests of field/integer_rows.hpp: both forms against the definition, for lengths around those of registers and chunks.
#include "parley/field/integer_rows.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "catch.hpp"
#include "core/backends.hpp"
#include "parley/core/random.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/mersenne31.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/uniform.hpp"

namespace {

using parley::detail::BitsOf;
using parley::detail::IntegerRows;

/// Rows with one integer between them, all of whose bits are random or set.
template <class F>
struct Case {
  std::size_t rows, columns;
  std::vector<BitsOf<F>> integers;
  std::vector<F> weights, coefficients;

  Case(std::size_t row_count, std::size_t column_count)
      : rows(row_count),
        columns(column_count),
        integers(2 * rows * (columns + 1)),
        weights(columns),
        coefficients(F::modulus_bits * rows) {
    parley::TestRandom random(rows + columns);
    random.fill(std::as_writable_bytes(std::span(integers)));
    for (std::size_t i = 0; i < integers.size(); ++i)
      integers[i] = i % 3 == 0 ? F::modulus : static_cast<BitsOf<F>>(integers[i] & F::modulus);
    parley::fill_uniform(random, std::span<F>(weights));
    parley::fill_uniform(random, std::span<F>(coefficients));
    for (std::size_t i = 0; i < coefficients.size(); i += 2) coefficients[i] = -F(1);  // the largest
  }
  IntegerRows<F> factor(std::size_t which) const {
    return {integers.data() + which * rows * (columns + 1), columns + 1};
  }

  template <class Add, class Combine>
  void check(Add add, Combine combine) const {
    std::vector<F> sums(rows * rows, F(1)), entries(F::modulus_bits * columns);
    add(std::span<F>(sums), rows, factor(0), factor(1), std::span<const F>(weights));
    combine(std::span<F>(entries), rows, factor(0), std::span<const F>(coefficients));
    bool right = true;
    for (std::size_t c = 0; c < columns; ++c)
      for (std::size_t p = 0; p < rows; ++p)
        for (std::size_t bit = 0; bit < F::modulus_bits; ++bit)
          if ((factor(0).integers[p * (columns + 1) + c] >> bit & 1) != 0)
            entries[bit * columns + c] -= coefficients[bit * rows + p];
    for (std::size_t p = 0; p < rows; ++p)
      for (std::size_t q = 0; q < rows; ++q) {
        F& sum = sums[p * rows + q];
        for (std::size_t c = 0; c < columns; ++c)
          sum -= weights[c] * parley::detail::element_of_bits<F>(factor(0).integers[p * (columns + 1) + c] &
                                                                 factor(1).integers[q * (columns + 1) + c]);
        right &= sum == F(1);
      }
    CHECK(right);
    CHECK(entries == std::vector<F>(entries.size()));
  }
};

template <class F>
void check(const std::vector<std::size_t>& lengths, std::size_t rows) {
  for (const std::size_t columns : lengths) {
    CAPTURE(F::name, rows, columns);
    const Case<F> some(rows, columns);
    some.check(parley::detail::add_integer_conjunctions_portable<F>, parley::detail::combine_integers_portable<F>);
    parley::test::under_each_backend(
        [&] { some.check(parley::detail::add_integer_conjunctions<F>, parley::detail::combine_integers<F>); });
  }
}

}  // namespace

TEST_CASE("common bits and combinations of rows of integers are those of the definition") {
  check<parley::Mersenne61>({1, 7, 8, 9, 17, 520}, 8);
  check<parley::Mersenne61>({21}, 32);
  check<parley::Mersenne31>({3}, 8);
  check<parley::Mersenne127>({3}, 8);
}
