// SPDX-License-Identifier: Apache-2.0
// The additive basis: its polynomials have the degrees that they should have, and every kind of machine evaluates them.
#include "parley/field/additive_basis.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "catch.hpp"
#include "core/backends.hpp"
#include "field/law.hpp"
#include "parley/core/random.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"

namespace {

using parley::GF16;
using parley::GF256;
using parley::GF256ReedSolomon;
using GF4 = parley::SmallBinary<2, 0x7>;
using GF8 = parley::SmallBinary<3, 0xB>;
using GF128 = parley::SmallBinary<7, 0x83>;

template <class F>
constexpr std::size_t points = (std::size_t{1} << F::degree) - 1;

// The product of x - (point v) over v < size.
template <class F>
F subspace_polynomial(std::size_t size, F x) {
  F result = F::one();
  for (std::size_t v = 0; v < size; ++v) result *= x - F::embed(v);
  return result;
}

// values[k][point] of X_k, by the definition.
template <class F>
std::vector<std::vector<F>> basis_values() {
  std::vector<std::vector<F>> values(points<F> + 1, std::vector<F>(points<F> + 1, F::one()));
  for (std::size_t size = 1; size <= points<F>; size *= 2) {
    const F scale = subspace_polynomial(size, F::embed(size)).inverse();
    for (std::size_t point = 0; point <= points<F>; ++point) {
      const F value = subspace_polynomial(size, F::embed(point)) * scale;
      for (std::size_t k = 0; k <= points<F>; ++k)
        if ((k & size) != 0) values[k][point] *= value;
    }
  }
  return values;
}

// Evaluates `count` polynomials, and compares the values with those of the definition.
template <class F>
void check(const std::vector<std::vector<F>>& basis, std::size_t degree, std::size_t parties, std::size_t count,
           bool past_caches, parley::testing::Law& law) {
  const std::size_t first = past_caches ? 64 : 3;  // entries before and after those that are written
  const std::size_t stride = (count + 2 * first + 63) / 64 * 64;
  parley::TestRandom random(degree);
  std::vector<F> constants(count), coefficients(degree * count), values(parties * stride + 64, F(5));
  parley::fill_uniform<F>(random, constants);
  parley::fill_uniform<F>(random, coefficients);
  const std::size_t misaligned = reinterpret_cast<std::uintptr_t>(values.data()) % 64;
  std::vector<std::span<F>> rows;
  for (std::size_t party = 0; party < parties; ++party)
    rows.push_back(std::span(values).subspan((64 - misaligned) % 64 + party * stride, count + 2 * first));
  const auto factors = parley::detail::AdditiveBasis<F>::factors(parties, degree);
  const parley::detail::AdditiveEvaluation<F> task{
      rows.data(), parties, first, constants.data(), coefficients.data(), degree, count, factors.data(), past_caches};
  parley::detail::Kernels<F>::evaluate_additive(task);
  bool right = true;
  std::vector<F> expected(count);
  for (std::size_t party = 0; party < parties; ++party) {
    expected = constants;
    for (std::size_t k = 1; k <= degree; ++k)
      parley::detail::PortableKernels<F>::multiply_add(expected.data(), coefficients.data() + (k - 1) * count,
                                                       basis[k][party + 1], count);
    for (std::size_t i = 0; i < count; ++i) right &= rows[party][first + i] == expected[i];
    for (std::size_t i = 0; i < first; ++i) right &= rows[party][i] == F(5) && rows[party][first + count + i] == F(5);
  }
  law.check(right, "degree", degree, "parties", parties, "count", count, "past caches", past_caches);
}

}  // namespace

TEMPLATE_TEST_CASE("polynomials in the additive basis are exactly those of the degree, and the constant one is kept",
                   "", GF4, GF8, GF16, GF128, GF256, GF256ReedSolomon) {
  // The coefficient of x^j, for 0 < j < q - 1, of a polynomial of degree below q - 1 is the sum of its values at all
  // points x other than 0, times x^-j. That X_k has degree k makes the change of basis triangular with a diagonal
  // without zeros, so every polynomial has its coefficients in exactly one way.
  using F = TestType;
  const auto basis = basis_values<F>();
  parley::testing::Law law("X_k has degree k");
  std::vector<F> inverses(points<F> + 1), powers(points<F> + 1, F::one());
  for (std::size_t point = 1; point <= points<F>; ++point) inverses[point] = F::embed(point).inverse();
  for (std::size_t j = 1; j < points<F>; ++j) {
    for (std::size_t point = 0; point <= points<F>; ++point) powers[point] *= inverses[point];
    for (std::size_t k = 1; k <= j; ++k) {
      const F coefficient = parley::vector::inner_product<F>(basis[k], powers);
      law.check(basis[k][0] == F::zero() && (coefficient == F::zero()) == (k < j), "k", k, "j", j);
    }
  }
  law.conclude();
}

TEMPLATE_TEST_CASE("polynomials in the additive basis are evaluated, whatever the degree, the parties and the length",
                   "", GF4, GF8, GF16, GF256, GF256ReedSolomon) {
  using F = TestType;
  const auto basis = basis_values<F>();
  parley::test::under_each_kind_of_machine([&] {
    parley::testing::Law law("the values are those of the definition");
    const auto possible = [](std::size_t wanted) { return std::min(points<F>, wanted); };
    for (std::size_t count = 0; count <= 200; ++count)
      for (const bool past_caches : {false, true})
        check<F>(basis, possible(1 + count % 11), possible(11 + count % 9), count, past_caches, law);
    for (std::size_t degree = 1; degree <= possible(35); ++degree) check<F>(basis, degree, degree, 65, false, law);
    for (const std::size_t degree : {63U, 64U, 127U, 128U, 200U, 255U})
      if (degree <= points<F>) check<F>(basis, degree, 255, 33, false, law);
    law.conclude();
  });
}
