// SPDX-License-Identifier: Apache-2.0
// The parties of a network agree on the keys of pseudorandom secret sharing, without a dealer.
// [CDI05] Cramer, Damgard, Ishai: Share Conversion, Pseudorandom Secret-Sharing and Applications to Secure Computation,
// TCC 2005.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/keystream.hpp"
#include "parley/core/random.hpp"
#include "parley/core/wipe.hpp"
#include "parley/engine/round.hpp"
#include "parley/net/network.hpp"
#include "parley/sharing/pseudorandom.hpp"

namespace parley {

/// This party's keys for PseudorandomSharing: each key is the exclusive or of contributions by all who have it, and the
/// cipher is one that all machines have. All parties call it at the same point of the program with the same threshold.
///
/// Security: against a passive adversary with up to t parties, from whom the key that they all lack stays hidden.
/// Cost: one round; 1 + 32 binomial(n - 2, t) bytes sent to each party.
/// Errors: Error(invalid_argument) for thresholds that do not fit, before anything is sent.
template <RandomSource Random>
[[nodiscard]] PseudorandomKeys agree_pseudorandom_keys(Network& network, std::size_t privacy_threshold,
                                                       Random& random) {
  const ReplicatedParameters parameters{network.parties(), privacy_threshold};
  auto contributions = contribute_pseudorandom_keys(parameters, network.self(), random);
  const Cipher mine = preferred_cipher();
  detail::Round round(network);
  for (std::size_t party = 0; party < network.parties(); ++party) {
    if (party == network.self()) continue;
    const std::size_t size = 1 + contributions[party].size() * sizeof(Seed);
    ByteWriter writer(round.send(party, size));
    writer.u8(static_cast<std::uint8_t>(mine));
    for (const Seed& seed : contributions[party]) writer.bytes(seed);
    round.expect(party, size);
  }
  round.exchange();
  bool everyone_has_aes = mine == Cipher::aes128_ctr;
  for (std::size_t party = 0; party < network.parties(); ++party) {
    if (party == network.self()) continue;
    everyone_has_aes &= round.receive(party, 1)[0] == static_cast<std::byte>(Cipher::aes128_ctr);
    for (Seed& seed : contributions[party]) std::ranges::copy(round.receive(party, sizeof(Seed)), seed.begin());
  }
  auto keys = combine_pseudorandom_keys(parameters, network.self(),
                                        everyone_has_aes ? Cipher::aes128_ctr : Cipher::chacha20, contributions);
  for (std::vector<Seed>& seeds : contributions) wipe(seeds);
  return keys;
}

}  // namespace parley
