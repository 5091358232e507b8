// SPDX-License-Identifier: Apache-2.0
// A party that cheats in a protocol on Shamir's shares: for tests of what the others make of it.
// [GIPST14] Genkin, Ishai, Prabhakaran, Sahai, Tromer: Circuits resilient to additive attacks with applications to secure
// computation, STOC 2014.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/field/concepts.hpp"
#include "parley/net/network.hpp"
#include "parley/net/tampering.hpp"
#include "parley/poly/lagrange.hpp"

namespace parley {

/// What a cheating party does in a round, to one element of each message that it concerns.
enum class Cheat {
  wrong_share,    ///< one receiver gets another share; in an opening, something else than the others get
  biased_coin,    ///< all receivers get the same other share: the attempt to change what is opened
  wrong_product,  ///< what is dealt is a sharing of a value that is greater by the offset [GIPST14]; or a wrong input
  wrong_degree,   ///< what is dealt lies on a polynomial of degree t + 1
  wrong_bit,      ///< one receiver gets a message with a bit inverted, such as one of the bits of an edaBit
  swapped_rows,   ///< neighbouring elements change places: what is dealt in a shuffle is not what the others permute
  withheld_message,  ///< nothing is sent, to anybody, and the party leaves
  replayed_message,  ///< every receiver gets the last message of the same length that it was sent in an earlier round
};

/// One act of a cheating party.
template <Field F>
struct CheatingAct {
  Cheat what;
  std::uint64_t round = 1;    ///< from 1, as the network counts
  bool from_then_on = false;  ///< in this round and all later ones
  std::size_t receiver = 0;   ///< of a wrong share or bit
  std::size_t position = 0;   ///< of the element in the message, or of the bit, modulo their number
  F offset = F::one();        ///< what is added to it, or the value that is added to what is shared
};

/// The acts of party `self` of n, in a protocol with privacy threshold t, for its TamperingNetwork: `TamperingNetwork
/// tampering(network, cheating_party<F>(network, t, acts))`. Shares are points of polynomials at F::embed(party + 1);
/// what is dealt is, as engines do it, drawn by the t parties after the dealer and sent to the rest. A message whose
/// length is no multiple of an element's gets its first byte inverted instead, and so do bytes that are no element.
template <Field F>
TamperingNetwork::Tamper cheating_party(const Network& network, std::size_t privacy_threshold,
                                        std::vector<CheatingAct<F>> acts) {
  const std::size_t n = network.parties(), self = network.self(), t = privacy_threshold;
  // The polynomial that is 1 at 0, and 0 at the t parties after this one, at every party's point.
  std::vector<F> nodes{F::embed(0)}, shift, steep;
  for (std::size_t k = 1; k <= t; ++k) nodes.push_back(F::embed((self + k) % n + 1));
  for (std::size_t party = 0; party < n; ++party) {
    shift.push_back(lagrange_coefficients<F>(nodes, F::embed(party + 1)).front());
    F power = F::one();
    for (std::size_t k = 0; k <= t; ++k) power *= F::embed(party + 1);
    steep.push_back(power);
  }
  return [n, self, acts = std::move(acts), shift, steep, sent = std::map<std::pair<std::size_t, std::size_t>, Bytes>()](
             std::uint64_t round, std::vector<Bytes>& messages) mutable {
    const std::vector<Bytes> meant = messages;
    for (const CheatingAct<F>& act : acts) {
      if (act.from_then_on ? round < act.round : round != act.round) continue;
      if (act.what == Cheat::withheld_message)
        throw Error(ErrorCode::peer_failed,
                    "party " + std::to_string(self) + " leaves in round " + std::to_string(round));
      for (std::size_t party = 0; party < n; ++party) {
        Bytes& message = messages[party];
        const bool to_one = act.what == Cheat::wrong_share || act.what == Cheat::wrong_bit;
        if (message.empty() || (to_one && party != act.receiver)) continue;
        if (act.what == Cheat::wrong_bit) {
          message[act.position / 8 % message.size()] ^= std::byte{1} << (act.position % 8);
          continue;
        }
        if (act.what == Cheat::replayed_message) {
          const auto earlier = sent.find({party, message.size()});
          if (earlier != sent.end()) message = earlier->second;
          continue;
        }
        const std::size_t elements = message.size() / F::encoded_size;
        if (elements * F::encoded_size != message.size()) {
          message[0] ^= std::byte{0xFF};
          continue;
        }
        if (act.what == Cheat::swapped_rows) {
          const auto first =
              message.begin() + static_cast<std::ptrdiff_t>(act.position % elements / 2 * 2 * F::encoded_size);
          const auto second = first + static_cast<std::ptrdiff_t>(F::encoded_size);
          if (message.end() - first >= static_cast<std::ptrdiff_t>(2 * F::encoded_size))
            std::rotate(first, second, second + static_cast<std::ptrdiff_t>(F::encoded_size));
          continue;
        }
        const auto bytes = std::span(message).subspan(act.position % elements * F::encoded_size);
        const auto element = bytes.template first<F::encoded_size>();
        const F factor = act.what == Cheat::wrong_product  ? shift[party]
                         : act.what == Cheat::wrong_degree ? steep[party]
                                                           : F::one();
        if (const std::optional<F> value = F::decode(element))
          (*value + factor * act.offset).encode(element);
        else  // none of F
          bytes[0] ^= std::byte{0xFF};
      }
    }
    for (std::size_t party = 0; party < n; ++party)
      if (!meant[party].empty()) sent[{party, meant[party].size()}] = meant[party];
  };
}

}  // namespace parley
