// SPDX-License-Identifier: Apache-2.0
// What cannot be written with shared values, and what the compiler says of it.
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
#ifdef PARLEY_WRONG
  // must not compile: open it first: a branch would reveal it
  if (x) std::cout << "yes";
  // must not compile: open it first: a branch would reveal it
  std::cout << (x ? 1 : 2);
  // must not compile: compare with equal(engine, x, y) / less_than(engine, x, y)
  std::cout << (x == y);
  // must not compile: compare with equal(engine, x, y) / less_than(engine, x, y)
  std::cout << (x != y);
  // must not compile: compare with equal(engine, x, y) / less_than(engine, x, y)
  std::cout << (x < y);
  // must not compile: compare with equal(engine, x, y) / less_than(engine, x, y)
  std::cout << (x >= y);
  // must not compile: multiply with mul(engine, x, y): it costs a round
  right = x * y;
  // must not compile: open it first
  std::cout << x;
  // must not compile: SameSharing ... Mersenne61 ... Mersenne127
  right = x + other_field;
  // must not compile: SameSharing ... Apples ... Pears
  right = x - other_scheme;
#endif
}
