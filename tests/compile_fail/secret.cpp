// SPDX-License-Identifier: Apache-2.0
// What must not happen to a secret by accident.
#include "parley/core/secret.hpp"

#include <cstdint>
#include <iostream>
#include <utility>
#include <vector>

int main() {
  parley::Secret<std::uint64_t> salary(3200);
  parley::Secret other(std::vector<std::uint64_t>{1, 2});
#ifdef PARLEY_WRONG
  // must not compile: move it, or expose() it
  const auto another = salary;
  parley::Secret<std::uint64_t> copy(0);
  // must not compile: move it, or expose() it
  copy = salary;
  // must not compile: open it first
  std::cout << "salary " << salary << '\n';
  // must not compile: open it first
  std::cout << other;
  // must not compile: open it first
  if (salary) return 1;
  // must not compile: open it first
  return salary == salary;
  // must not compile: open it first
  return salary < parley::Secret<std::uint64_t>(4000);
  // must not compile: open it first
  return 3000 != salary;
  // must not compile: give it a name first
  const std::uint64_t& dangling = parley::Secret<std::uint64_t>(4000).expose();
#endif
  const auto moved = std::move(salary);
  std::cout << moved.expose() + other.expose().size() << '\n';
}
