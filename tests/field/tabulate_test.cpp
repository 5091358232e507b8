// SPDX-License-Identifier: Apache-2.0
// The values of polynomials from their differences, on every kind of machine, against Newton's formula.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "catch.hpp"
#include "core/backends.hpp"
#include "field/law.hpp"
#include "parley/core/random.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/mersenne31.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/named_primes.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "sanitized.hpp"

namespace {

// f(x) = sum of binomial(x, k) c_k, where binomial(x, k) = binomial(x - 1, k) + binomial(x - 1, k - 1).
template <class F>
std::vector<std::vector<F>> by_formula(const std::vector<F>& constants, const std::vector<F>& differences,
                                       std::size_t degree, std::size_t parties) {
  const std::size_t count = constants.size();
  std::vector<std::vector<F>> values(parties, constants);
  std::vector<F> binomials(degree + 1);
  binomials[0] = F::one();
  for (std::vector<F>& row : values) {
    for (std::size_t k = degree; k > 0; --k) binomials[k] += binomials[k - 1];
    for (std::size_t k = 1; k <= degree; ++k)
      for (std::size_t i = 0; i < count; ++i) row[i] += binomials[k] * differences[(k - 1) * count + i];
  }
  return values;
}

template <class F>
void check(std::size_t degree, std::size_t parties, std::size_t count, bool extreme, parley::testing::Law& law) {
  constexpr std::size_t first = 3;  // entries before and after those that are written
  parley::TestRandom random(degree);
  std::vector<F> constants(count, -F::one()), differences(degree * count, -F::one());
  if (!extreme) {
    parley::fill_uniform<F>(random, constants);
    parley::fill_uniform<F>(random, differences);
  }
  const auto expected = by_formula(constants, differences, degree, parties);
  std::vector<std::vector<F>> values(parties, std::vector<F>(count + 2 * first, F(5)));
  const std::vector<std::span<F>> rows(values.begin(), values.end());
  const std::vector<F> constants_before = constants;
  parley::detail::Kernels<F>::tabulate(rows.data(), parties, first, constants.data(), differences.data(), degree,
                                       count);
  bool right = constants == constants_before;
  for (std::size_t party = 0; party < parties; ++party) {
    for (std::size_t i = 0; i < count; ++i) right &= values[party][first + i] == expected[party][i];
    for (std::size_t i = 0; i < first; ++i)
      right &= values[party][i] == F(5) && values[party][first + count + i] == F(5);
  }
  law.check(right, "degree", degree, "parties", parties, "count", count);
}

}  // namespace

TEMPLATE_TEST_CASE("polynomials are tabulated from their differences", "", parley::Mersenne31, parley::Mersenne61,
                   parley::Mersenne127, parley::SmallPrime<127>, parley::Bls12_381Scalar) {
  parley::test::under_each_kind_of_machine([] {
    parley::testing::Law law("the values are those of Newton's formula");
    for (std::size_t degree = 1; degree <= 18; ++degree)
      for (const std::size_t count : {0U, 1U, 3U, 4U, 7U, 8U, 9U, 16U, 31U, 32U, 33U, 45U, 71U})
        check<TestType>(degree, degree + 1 + count % 4, count, false, law);
    for (const std::size_t degree : {1U, 2U, 5U, 8U, 9U, 33U})
      for (const std::size_t parties : {65U, 63U, 64U, 100U}) {  // parties are worked on by 64
        for (const bool extreme : {false, true}) check<TestType>(degree, parties, 13, extreme, law);
        if (parley::test::sanitized) break;
      }
    law.conclude();
  });
}
