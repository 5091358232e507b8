// SPDX-License-Identifier: Apache-2.0
// Public random elements that no t parties can bias or foresee: random shared values, opened when they are wanted.
// [DN07] Damgard, Nielsen: Scalable and unconditionally secure multiparty computation, CRYPTO 2007. [GS20] Goyal, Song:
// Malicious security comes free in honest-majority MPC, ePrint 2020/134.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "parley/core/buffer.hpp"
#include "parley/engine/shamir_domain.hpp"
#include "parley/engine/verified_opening.hpp"
#include "parley/field/concepts.hpp"

namespace parley::detail {

/// Security: t deviating parties. Of the n - t honest parties' contributions to a batch of random values [DN07, section
/// 3] each is uniform and unknown to the others, and any n - t contributions are mapped to the values one to one: so the
/// values are uniform, whatever the others contribute and however late. A value is fixed when it has been dealt, and
/// opens to itself or to an Error (see VerifiedOpening; where n > 2t + 1 and a dealer made it inconsistent, to an
/// Error). Hence a coin is uniform and independent of everything that was sent before it is tossed, and the only
/// influence that deviating parties have on it is to end the run after they have seen it. No commitment is needed.
template <Field G, class Stream>
class PublicCoins {
 public:
  PublicCoins(ShamirDomain<G, Stream>& domain, VerifiedOpening<G>& opening) : domain_(domain), opening_(opening) {}

  /// Deals as many that the next `count` tosses need no more.
  /// Cost: that of as many random values; nothing where there are enough.
  void deal(std::size_t count) {
    if (dealt_.size() >= count) return;
    const Buffer<G> more = domain_.random(count - dealt_.size());
    dealt_.insert(dealt_.end(), more.begin(), more.end());
  }
  /// Random shared values that are not opened, taken from those dealt.
  Buffer<G> take(std::size_t count) {
    deal(count);
    const auto rest = dealt_.end() - static_cast<std::ptrdiff_t>(count);
    Buffer<G> taken(rest, dealt_.end());
    dealt_.erase(rest, dealt_.end());
    return taken;
  }
  /// `count` coins.
  /// Cost: one round; n - 1 elements sent per coin.
  Buffer<G> toss(std::size_t count) { return opening_.open(take(count), false); }

 private:
  ShamirDomain<G, Stream>& domain_;
  VerifiedOpening<G>& opening_;
  Buffer<G> dealt_;
};

}  // namespace parley::detail
