// SPDX-License-Identifier: Apache-2.0
// The program of the consumers of parley::group: three parties generate a key without a dealer.
#include <cstdlib>

#include "parley/core/random.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/group/key_generation.hpp"
#include "parley/group/ristretto255.hpp"

int main() {
  using G = parley::Ristretto255;
  const auto keys = parley::simulate(3, [](parley::Network& network) {
    parley::SystemRandom random;
    return parley::generate_keys<G>(network, {.privacy_threshold = 1}, random);
  });
  bool right = !(keys[0].public_key(0) == G::identity());
  for (std::size_t party = 0; party < 3; ++party)
    right = right && keys[0].verification_share(0, party) == G::multiply_generator(keys[party].shares[0]);
  return right ? EXIT_SUCCESS : EXIT_FAILURE;
}
