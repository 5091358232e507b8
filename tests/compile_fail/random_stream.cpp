// SPDX-License-Identifier: Apache-2.0
// A copied generator would draw the same bytes again, and one for tests is none for secrets.
#include <utility>

#include "parley/core/random.hpp"

int main() {
  parley::TestRandom test(1);
  parley::SystemRandom random;
  parley::RandomStream stream(draw_seed(test), parley::Cipher::chacha20);
#ifdef PARLEY_WRONG
  // must not compile: take a child()
  auto same_stream = stream;
  // must not compile: take a child()
  auto same_random = random;
  parley::SystemRandom other;
  // must not compile: parley::SystemRandom ... parley::TestRandom
  other = test.child("not for secrets");
#endif
  return static_cast<int>(uniform_below(random, 1) + uniform_below(stream, 1));
}
