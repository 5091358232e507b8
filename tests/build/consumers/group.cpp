// SPDX-License-Identifier: Apache-2.0
// The program of the consumers of parley::group: an element of ristretto255 twice.
#include <cstdlib>

#include "parley/group/ristretto255.hpp"

int main() {
  using G = parley::Ristretto255;
  const G once = G::generator();
  return once + once == G::multiply_generator(G::Scalar(2)) ? EXIT_SUCCESS : EXIT_FAILURE;
}
