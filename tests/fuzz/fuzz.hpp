// SPDX-License-Identifier: Apache-2.0
// What a fuzz target reports a broken promise by.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace parley::fuzz {

/// Ends the program where a promise does not hold: a fuzzer then keeps the input, and a replay names it.
inline void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", promise);
  std::abort();
}

}  // namespace parley::fuzz
