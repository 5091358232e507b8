// SPDX-License-Identifier: Apache-2.0
// What must not happen to a secret by accident.
// must not compile: move it, or expose() it
// must not compile: move it, or expose() it
// must not compile: open it first
// must not compile: open it first
// must not compile: open it first
// must not compile: open it first
// must not compile: open it first
// must not compile: open it first
// must not compile: give it a name first
#include "parley/core/secret.hpp"

#include <cstdint>
#include <iostream>
#include <utility>
#include <vector>

int main() {
  parley::Secret<std::uint64_t> salary(3200);
  parley::Secret other(std::vector<std::uint64_t>{1, 2});
#if PARLEY_WRONG == 1
  const auto copy = salary;
#elif PARLEY_WRONG == 2
  parley::Secret<std::uint64_t> copy(0);
  copy = salary;
#elif PARLEY_WRONG == 3
  std::cout << "salary " << salary << '\n';
#elif PARLEY_WRONG == 4
  std::cout << other;
#elif PARLEY_WRONG == 5
  if (salary) return 1;
#elif PARLEY_WRONG == 6
  return salary == salary;
#elif PARLEY_WRONG == 7
  return salary < parley::Secret<std::uint64_t>(4000);
#elif PARLEY_WRONG == 8
  return 3000 != salary;
#elif PARLEY_WRONG == 9
  const std::uint64_t& dangling = parley::Secret<std::uint64_t>(4000).expose();
#endif
  const auto moved = std::move(salary);
  std::cout << moved.expose() + other.expose().size() << '\n';
}
