// SPDX-License-Identifier: Apache-2.0
// Openings of authenticated shares, whose MACs are checked in batches later. [DKLPSS13] Damgard, Keller, Larraia,
// Pastro, Scholl, Smart: Practical covertly secure MPC for dishonest majority - or: breaking the SPDZ limits, ESORICS
// 2013.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/engine/authenticated_shares.hpp"
#include "parley/engine/bit_planes.hpp"
#include "parley/engine/mac_check.hpp"
#include "parley/engine/preprocessing.hpp"
#include "parley/engine/round.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/network.hpp"

namespace parley::detail {

/// What reveal() gives may be wrong, and wrong in different ways at different parties, until check() has returned: no
/// result may depend on it before. [DKLPSS13, section 3]
template <Field F, Preprocessing<F> Source>
class AuthenticatedOpening {
  using Share = AuthenticatedShare<F>;

 public:
  AuthenticatedOpening(Network& network, Source& source, std::size_t most_unchecked)
      : network_(network), self_(network.self()), most_unchecked_(most_unchecked), check_(network, source) {}

  /// Checks what was opened since the last check, see MacCheck; nothing where that is nothing.
  void check() { check_.check(); }

  /// Opens values that are checked later: every party sends its shares to every other one.
  /// Cost: one round, an element per value sent to each other party; before it a check where much waits for it.
  Buffer<F> reveal(std::span<const Share> shares) {
    const std::size_t count = shares.size();
    Buffer<F> values(count);
    if (count == 0) return values;
    if (check_.size() > most_unchecked_) check_.check();
    Round round(network_);
    const std::size_t first_other = self_ == 0 ? 1 : 0;
    const auto message = round.send(first_other, count * F::encoded_size);
    for (std::size_t first = 0; first < count; first += chunk) {
      const auto part = std::span<F>(values).subspan(first, std::min(chunk, count - first));
      for (std::size_t i = 0; i < part.size(); ++i) part[i] = shares[first + i].share;
      vector::encode<F>(message.subspan(first * F::encoded_size, part.size() * F::encoded_size), part);
    }
    for (std::size_t party = 0; party < network_.parties(); ++party) {
      if (party == self_) continue;
      if (party != first_other) std::ranges::copy(message, round.send(party, message.size()).begin());
      round.expect(party, message.size());
    }
    round.exchange();
    std::vector<std::span<const std::byte>> messages(network_.parties());
    for (std::size_t party = 0; party < network_.parties(); ++party)
      if (party != self_) messages[party] = round.receive(party, count * F::encoded_size);
    Buffer<F> received(std::min(chunk, count));
    for (std::size_t first = 0; first < count; first += chunk) {
      const auto part = std::span<F>(values).subspan(first, std::min(chunk, count - first));
      const auto theirs = std::span<F>(received).first(part.size());
      for (std::size_t party = 0; party < network_.parties(); ++party) {
        if (party == self_) continue;
        Round::decode<F>(party, theirs,
                         messages[party].subspan(first * F::encoded_size, part.size() * F::encoded_size));
        vector::add<F>(part, part, theirs);
      }
      check_.record(shares.subspan(first, part.size()), part);
    }
    return values;
  }
  /// The same for bits, of which one each is sent.
  PublicBits reveal(const BitPlanes& shares) {
    PublicBits bits(shares.width(), shares.size());
    const std::size_t size = shares.packed_size();
    if (size == 0) return bits;
    if (check_.size() > most_unchecked_) check_.check();
    Round round(network_);
    for (std::size_t party = 0; party < network_.parties(); ++party) {
      if (party == self_) continue;
      shares.pack(0, round.send(party, size));
      round.expect(party, size);
    }
    round.exchange();
    for (std::size_t plane = 0; plane < shares.width(); ++plane)
      std::ranges::copy(shares.component(plane, 0), bits.planes().component(plane, 0).begin());
    for (std::size_t party = 0; party < network_.parties(); ++party) {
      if (party == self_) continue;
      PublicBits theirs(shares.width(), shares.size());
      theirs.planes().unpack(0, round.receive(party, size));
      bits.planes() ^= theirs.planes();
    }
    check_.record(shares, bits.planes());
    return bits;
  }

 private:
  static constexpr std::size_t chunk = 1024;  // 16 KiB of shares, and half as much of values

  Network& network_;
  std::size_t self_, most_unchecked_;
  MacCheck<F, Source> check_;
};

}  // namespace parley::detail
