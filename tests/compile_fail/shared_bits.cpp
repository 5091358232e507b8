// SPDX-License-Identifier: Apache-2.0
// What cannot be written with shared bits, and what the compiler says of it.
//
// must not compile: open it first: a branch would reveal it
// must not compile: compare with equal(engine, x, y) / less_than(engine, x, y)
// must not compile: compare with equal(engine, x, y) / less_than(engine, x, y)
// must not compile: conjoin with and_(engine, x, y): it costs a round
// must not compile: disjoin with or_(engine, x, y): it costs a round
// must not compile: open it first
#include "parley/engine/shared_bits.hpp"

#include <iostream>

struct Scheme {};

using Bits = parley::SharedBits<Scheme>;

void program(Bits x, Bits y) {
  Bits right = x ^ y;
#ifndef PARLEY_WRONG
#elif PARLEY_WRONG == 1
  while (!x) std::cout << "no";
#elif PARLEY_WRONG == 2
  std::cout << (x == y);
#elif PARLEY_WRONG == 3
  std::cout << (x < y);
#elif PARLEY_WRONG == 4
  right = x & y;
#elif PARLEY_WRONG == 5
  right = x | y;
#elif PARLEY_WRONG == 6
  std::cout << x;
#endif
}
