// SPDX-License-Identifier: Apache-2.0
// What a ring cannot do that is no field.
#include <cstdint>
#include <iostream>
#include <vector>

#include "parley/core/random.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/vector.hpp"
#include "parley/field/z2_to_64.hpp"
#include "parley/sharing/additive.hpp"
#include "parley/sharing/shamir.hpp"

int main() {
  using R = parley::Z2To64;
  using F = parley::Mersenne61;
  parley::SystemRandom random;
  const std::vector<R> secrets = {R{92}, R{67}};
  const parley::Additive<R> additive({.parties = 3});
  const parley::Shamir<F> shamir({.parties = 3, .privacy_threshold = 1});
  std::vector<F> elements = {F{92}, F{67}};
  parley::vector::invert<F>(elements);
#ifdef PARLEY_WRONG
  // must not compile: share over it with Additive
  const parley::Shamir<R> scheme({.parties = 3, .privacy_threshold = 1});
  std::vector<R> words = secrets;
  // must not compile: share over it with Additive
  parley::vector::invert<R>(words);
#endif
  std::cout << additive.share(secrets, random).size() + shamir.share(elements, random).size() << '\n';
}
