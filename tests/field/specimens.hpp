// SPDX-License-Identifier: Apache-2.0
// The elements of a field that tests try.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "parley/core/random.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/power.hpp"
#include "parley/field/uniform.hpp"
#include "sanitized.hpp"

namespace parley::testing {

/// Elements near the ends of the ring's range, of its halves and of machine words, and some uniform ones.
template <Ring F>
std::vector<F> extremes() {
  std::vector<F> result;
  const auto with_neighbours = [&](const F& x) {
    for (const F& y : {x, x + F::one(), x - F::one()}) {
      result.push_back(y);
      result.push_back(-y);
    }
  };
  for (const std::uint64_t k : {0ULL, 2ULL, 92ULL, 0xffffffffULL, 0xffffffffffffffffULL}) with_neighbours(F(k));
  if constexpr (Field<F>) with_neighbours(F(2).inverse());
  for (const unsigned exponent : {8U, 31U, 32U, 33U, 59U, 60U, 63U, 64U, 65U, 126U})
    if (!test::sanitized || exponent % 4 == 0) with_neighbours(power(F(2), exponent));
  TestRandom random(1);
  for (int i = 0; i < 10; ++i) result.push_back(uniform<F>(random));
  return result;
}

/// All elements of a field of at most 256 of them, else the extremes.
template <Ring F>
std::vector<F> specimens() {
  if constexpr (Field<F>) {
    if (!F::order_exceeds(256)) {
      std::vector<F> result;
      for (std::uint64_t k = 0; F::order_exceeds(k); ++k) result.push_back(F::embed(k));
      return result;
    }
  }
  return extremes<F>();
}

/// Enough to tell linear maps apart, and few enough for the third place of a triple.
template <Ring F>
std::vector<F> few_specimens() {
  std::vector<F> result = {F::zero(), F::one(), -F::one()};
  if constexpr (Field<F>) {
    if (!F::order_exceeds(32)) return specimens<F>();
    result.push_back(F(2).inverse());
  }
  for (unsigned exponent = 1; exponent < 8; ++exponent) result.push_back(power(F(2), exponent));
  TestRandom random(2);
  for (int i = 0; i < 3; ++i) result.push_back(uniform<F>(random));
  return result;
}

}  // namespace parley::testing
