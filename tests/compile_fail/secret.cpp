// SPDX-License-Identifier: Apache-2.0
// What cannot be written with a party's own secret, and what the compiler says of it.
//
// must not compile: move it, or expose() it
// must not compile: move it, or expose() it
// must not compile: open it first
// must not compile: open it first
// must not compile: open it first, or use constant_time::equal on expose()
// must not compile: open it first, or use constant_time::less on expose()
// must not compile: the reference would outlive the secret
#include "parley/core/secret.hpp"

#include <iostream>
#include <utility>

using Salary = parley::Secret<int>;

void program(Salary mine, Salary hers) {
  Salary right = std::move(mine);
  right.expose() += hers.expose();
#ifndef PARLEY_WRONG
#elif PARLEY_WRONG == 1
  Salary copy = hers;
#elif PARLEY_WRONG == 2
  right = hers;
#elif PARLEY_WRONG == 3
  std::cout << hers;
#elif PARLEY_WRONG == 4
  if (hers) std::cout << "yes";
#elif PARLEY_WRONG == 5
  std::cout << (right == hers);
#elif PARLEY_WRONG == 6
  std::cout << (right < hers);
#elif PARLEY_WRONG == 7
  const int& dangling = Salary(3).expose();
#endif
}
