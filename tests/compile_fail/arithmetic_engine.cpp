// SPDX-License-Identifier: Apache-2.0
// What an engine over a field that is not of Mersenne prime order cannot run, and what the compiler says of it.
#include <cstddef>

#include "parley/engine/operations.hpp"
#include "parley/engine/shamir_active.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/wide_binary.hpp"

int main() {
  parley::simulate(3, [](parley::Network& network) {
    auto engine = parley::shamir_active<parley::GF2To64>(network);
    const auto x = parley::random(engine, 1);
    parley::open(engine, parley::mul(engine, x, x));
    parley::open(engine, parley::dabits(engine, 1).value);
#ifdef PARLEY_WRONG
    // must not compile: MersenneField
    parley::edabits(engine, 1);
#endif
  });
}
