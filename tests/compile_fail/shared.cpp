// SPDX-License-Identifier: Apache-2.0
// What cannot be written with shared values, and what the compiler says of it.
//
// must not compile: open it first: a branch would reveal it
// must not compile: open it first: a branch would reveal it
// must not compile: compare with equal(engine, x, y) / less_than(engine, x, y)
// must not compile: compare with equal(engine, x, y) / less_than(engine, x, y)
// must not compile: compare with equal(engine, x, y) / less_than(engine, x, y)
// must not compile: compare with equal(engine, x, y) / less_than(engine, x, y)
// must not compile: multiply with mul(engine, x, y): it costs a round
// must not compile: open it first
// must not compile: SameSharing ... Mersenne61 ... Mersenne127
// must not compile: SameSharing ... Apples ... Pears
#include "parley/engine/shared.hpp"

#include <iostream>
#include <utility>

#include "parley/field/mersenne127.hpp"
#include "parley/field/mersenne61.hpp"

struct Apples {};
struct Pears {};

using parley::Mersenne127;
using parley::Mersenne61;
using parley::Shared;

void program(Shared<Mersenne61, Apples> x, Shared<Mersenne61, Apples> y,
             [[maybe_unused]] Shared<Mersenne127, Apples> other_field,
             [[maybe_unused]] Shared<Mersenne61, Pears> other_scheme) {
  auto right = std::move(x) + 3 * y;
  right -= y;
#ifndef PARLEY_WRONG
#elif PARLEY_WRONG == 1
  if (x) std::cout << "yes";
#elif PARLEY_WRONG == 2
  std::cout << (x ? 1 : 2);
#elif PARLEY_WRONG == 3
  std::cout << (x == y);
#elif PARLEY_WRONG == 4
  std::cout << (x != y);
#elif PARLEY_WRONG == 5
  std::cout << (x < y);
#elif PARLEY_WRONG == 6
  std::cout << (x >= y);
#elif PARLEY_WRONG == 7
  right = x * y;
#elif PARLEY_WRONG == 8
  std::cout << x;
#elif PARLEY_WRONG == 9
  right = x + other_field;
#elif PARLEY_WRONG == 10
  right = x - other_scheme;
#endif
}
