// SPDX-License-Identifier: Apache-2.0
// Primes of many sizes to try parley::gmp with, and elements of their fields.
#pragma once

#include <gmp.h>

#include <cstddef>
#include <vector>

#include "field/gmp_oracle.hpp"
#include "parley/core/random.hpp"
#include "parley/gmp/runtime_field.hpp"

namespace parley::testing {

/// 2^exponent + offset
inline BigInteger near_power_of_two(unsigned exponent, long offset) {
  BigInteger result;
  mpz_setbit(result.get(), exponent);
  if (offset >= 0)
    mpz_add_ui(result.get(), result.get(), static_cast<unsigned long>(offset));
  else
    mpz_sub_ui(result.get(), result.get(), static_cast<unsigned long>(-offset));
  return result;
}

/// Of 2 to 67 limbs; with a bit of the last limb alone, with all of them, and with one to spare.
inline std::vector<BigInteger> run_time_primes() {
  return {near_power_of_two(64, 13),     near_power_of_two(127, -1),   near_power_of_two(128, -159),
          near_power_of_two(255, -19),   near_power_of_two(256, -189), near_power_of_two(521, -1),
          near_power_of_two(1024, -105), near_power_of_two(2203, -1),  near_power_of_two(4253, -1)};
}

/// Near both ends, the middle, and the words' boundaries, and some uniform ones.
inline std::vector<gmp::Element> specimens(const gmp::RuntimeField& field) {
  BigInteger half, high_bit;
  field.modulus(half.get());
  mpz_fdiv_q_2exp(half.get(), half.get(), 1);
  mpz_setbit(high_bit.get(), field.modulus_bits() - 1);
  const gmp::Element one = field.one();
  std::vector<gmp::Element> result = {field.zero(),
                                      one,
                                      -one,
                                      -one - one,
                                      field.element(half.get()),
                                      field.element(half.get()) + one,
                                      field.element(~std::uint64_t{0}),
                                      field.element(~std::uint64_t{0}) + one,
                                      field.element(high_bit.get())};
  TestRandom random(1);
  for (int i = 0; i < 3; ++i) result.push_back(field.uniform(random));
  return result;
}

}  // namespace parley::testing
