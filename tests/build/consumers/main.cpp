// SPDX-License-Identifier: Apache-2.0
// The program that every consumer project builds: includes everything, and runs threads, which have to be linked.
#include <cstdlib>

#include "parley/parley.hpp"

int main() {
  const auto seen = parley::simulate(3, [](auto& network) { return parley::Mersenne61{network.self()}; });
  return seen[0] + seen[1] + seen[2] == parley::Mersenne61{3} ? EXIT_SUCCESS : EXIT_FAILURE;
}
