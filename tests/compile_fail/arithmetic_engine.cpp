// SPDX-License-Identifier: Apache-2.0
// What an engine of the arithmetic domain alone cannot run, and what the compiler says of it.
#include <cstddef>

#include "parley/engine/operations.hpp"
#include "parley/engine/shamir_active.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/mersenne61.hpp"

int main() {
  parley::simulate(3, [](parley::Network& network) {
    auto engine = parley::shamir_active<parley::Mersenne61>(network);
    const auto x = parley::random(engine, 1);
    parley::open(engine, parley::mul(engine, x, x));
#ifdef PARLEY_WRONG
    // must not compile: not of shamir_active(), which has sums and products only
    parley::dabits(engine, 1);
#endif
  });
}
