// SPDX-License-Identifier: Apache-2.0
// A copied generator would draw the same bytes again, and one for tests is none for secrets.
// must not compile: take a child()
// must not compile: take a child()
// must not compile: parley::SystemRandom ... parley::TestRandom
#include <utility>

#include "parley/core/random.hpp"

int main() {
  parley::TestRandom test(1);
  parley::SystemRandom random;
  parley::RandomStream stream(draw_seed(test), parley::Cipher::chacha20);
#if PARLEY_WRONG == 1
  auto copy = stream;
#elif PARLEY_WRONG == 2
  auto copy = random;
#elif PARLEY_WRONG == 3
  parley::SystemRandom other;
  other = test.child("not for secrets");
#endif
  return static_cast<int>(uniform_below(random, 1) + uniform_below(stream, 1));
}
