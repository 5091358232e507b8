// SPDX-License-Identifier: Apache-2.0
// A branch on a secret choice.
#include <cstdint>

#include "parley/core/constant_time.hpp"

int main() {
  const auto smaller = parley::constant_time::less<std::uint64_t>(3, 4);
#ifdef PARLEY_WRONG
  // must not compile: declassify() it first
  if (smaller) return 1;
#endif
  return smaller.declassify() ? 0 : 1;
}
