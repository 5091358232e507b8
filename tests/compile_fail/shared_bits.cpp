// SPDX-License-Identifier: Apache-2.0
// What cannot be written with shared bits, and what the compiler says of it.
#include "parley/engine/shared_bits.hpp"

#include <iostream>

struct Scheme {};

using Bits = parley::SharedBits<Scheme>;

void program(Bits x, Bits y) {
  Bits right = x ^ y;
#ifdef PARLEY_WRONG
  // must not compile: open it first: a branch would reveal it
  while (!x) std::cout << "no";
  // must not compile: compare with equal(engine, x, y) / less_than(engine, x, y)
  std::cout << (x == y);
  // must not compile: compare with equal(engine, x, y) / less_than(engine, x, y)
  std::cout << (x < y);
  // must not compile: conjoin with and_(engine, x, y): it costs a round
  right = x & y;
  // must not compile: disjoin with or_(engine, x, y): it costs a round
  right = x | y;
  // must not compile: open it first
  std::cout << x;
#endif
}
