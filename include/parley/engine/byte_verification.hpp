// SPDX-License-Identifier: Apache-2.0
// All conjunctions of more than three parties since the last check, and that what was dealt as bits are bits: verified
// together before anything is opened.
// [BBCGI19] Boneh, Boyle, Corrigan-Gibbs, Gilboa, Ishai: Zero-knowledge proofs on secret-shared data via fully linear
// PCPs, CRYPTO 2019. [GS20] Goyal, Song: Malicious security comes free in honest-majority MPC, ePrint 2020/134.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/engine/cheating_probability.hpp"
#include "parley/engine/inner_product_check.hpp"
#include "parley/engine/pairwise_streams.hpp"
#include "parley/engine/public_coins.hpp"
#include "parley/engine/shamir_domain.hpp"
#include "parley/engine/verified_opening.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/binary256_extension.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/link.hpp"
#include "parley/net/network.hpp"

namespace parley::detail {

/// Records products x y = z over GF256 of Shamir's shares, bits being products x x = x, and verifies them.
///
/// GF256 has too few elements for coins, so the check is over its extension G of 2^64, in which the parties' shares are
/// shares at the same points (see GF256To8). Eight neighbouring products are weighted by 1, X, ..., X^7, which are
/// independent over GF256: errors of their results add up to 0 only if there are none. Group w of eight counts from 0 and
/// is weighted by a coin's power beta^(w + 1) beside: a sum of errors that are not all 0 is 0 for at most as many coins
/// as there are groups. What is left is one inner product, which InnerProductCheck verifies. If n > 2t + 1, the honest
/// parties' shares of a factor or a result may lie on no polynomial of degree t, for which what the inner product's last
/// step opens may depend on secrets: the weighted sum of results and of all that was dealt, masked by a random sharing, is
/// opened first, which for such shares succeeds for as few coins.
///
/// Security: t < n/2 parties may deviate. Nothing is revealed: see InnerProductCheck. What ProductVerification says about
/// messages of products before the check holds over GF256 as over any field. Anything wrong passes with a probability of
/// at most 2^-security_bits.
template <class Stream>
class ByteVerification {
 public:
  ByteVerification(Network& network, PairwiseStreams<Stream>& streams, std::size_t privacy_threshold,
                   unsigned security_bits, const Link& link)
      : domain_(network, streams, privacy_threshold, link),
        opening_(network, privacy_threshold),
        coins_(domain_, opening_),
        check_(domain_, opening_, coins_),
        checks_dealings_(network.parties() > 2 * privacy_threshold + 1),
        error_(security_bits),
        link_(link) {}

  /// Room for `count` more products, which the caller fills: x, y and z.
  std::array<std::span<GF256>, 3> record_products(std::size_t count) {
    return {appended(x_, count), appended(y_, count), appended(z_, count)};
  }
  /// What was dealt as bits, or is a sum of such: no other element is its own square.
  void record_bits(std::span<const GF256> x) { bits_.insert(bits_.end(), x.begin(), x.end()); }

  /// What was dealt and goes into products, but is verified to be bits elsewhere.
  void record_dealings(std::span<const GF256> x) {
    if (checks_dealings_) dealings_.insert(dealings_.end(), x.begin(), x.end());
  }

  /// Elements of eight bytes that the record and its check take.
  std::size_t size() const { return x_.size() * 5 / 2 + bits_.size() * 5 / 2 + dealings_.size() / 8; }
  /// An upper bound of the probability that any of the checks so far has let something wrong pass.
  double error() const { return error_.value(); }

  /// Returns if all that is recorded is right, and forgets it.
  /// Cost: rounds() of the plan for all products, one for a coin, one for the sum if n > 2t + 1, one for dealing coins and
  /// masks if n > 3; plan.products() products.
  void verify() {
    if (x_.empty() && bits_.empty() && dealings_.empty()) return;
    Buffer<GF256> x, y, z, bits, dealings;
    std::swap(x, x_), std::swap(y, y_), std::swap(z, z_), std::swap(bits, bits_), std::swap(dealings, dealings_);
    for (Buffer<GF256>* factors : {&x, &y, &z, &bits, &dealings})
      factors->resize((factors->size() + 7) / 8 * 8);  // 0 times 0 is 0
    const std::size_t length = x.size() + bits.size(), groups = (length + dealings.size()) / 8;
    const FoldingPlan plan = check_.plan(std::max<std::size_t>(length, 1), link_);
    const double order = std::ldexp(1.0, 64);
    const std::size_t repetitions = error_.repetitions_for(static_cast<double>(groups) / order + plan.error(order));
    coins_.deal(repetitions * (1 + plan.coins() + 2 + (checks_dealings_ ? 1 : 0)));

    Buffer<G> sums = checks_dealings_ ? coins_.take(repetitions) : Buffer<G>();
    std::vector<InnerProductClaim<G>> claims;
    const std::size_t padded = check_.padded(length, plan.folds.empty() ? 1 : plan.folds.front());
    const Buffer<G> tossed = coins_.toss(repetitions);
    for (std::size_t k = 0; k < repetitions; ++k) {
      InnerProductClaim<G> claim{Buffer<G>(padded), Buffer<G>(padded), G::zero()};
      G power = tossed[k];
      const auto a = std::span<G>(claim.a), b = std::span<G>(claim.b);
      claim.c = embed_weighted(x, y, z, a.first(x.size()), b.first(x.size()), tossed[k], power);
      claim.c += embed_weighted(bits, bits, bits, a.subspan(x.size(), bits.size()), b.subspan(x.size(), bits.size()),
                                tossed[k], power);
      if (checks_dealings_) sums[k] += claim.c + weighted(dealings, tossed[k], power);
      claims.push_back(std::move(claim));
    }
    if (checks_dealings_) static_cast<void>(opening_.open(sums, false));
    if (length > 0) check_.verify(std::move(claims), plan);
  }

 private:
  using G = GF256To8;
  static constexpr std::size_t chunk = 256;  // four times 2 KiB stay in the innermost cache

  static std::span<GF256> appended(Buffer<GF256>& elements, std::size_t count) {
    elements.resize(elements.size() + count);
    return std::span<GF256>(elements).last(count);
  }

  static G times_x(const G& element) {
    const std::uint64_t value = element.value();
    return G::from_value(value << 1 ^ (G::low_terms & (std::uint64_t{0} - (value >> 63))));
  }
  // The weights of so many elements, of groups from that of `power` on, which becomes that of the group after the last.
  static std::span<const G> next_weights(std::array<G, chunk>& weights, std::size_t size, const G& coin, G& power) {
    for (std::size_t i = 0; i < size; i += 8) {
      weights[i] = power;
      for (std::size_t j = 1; j < 8; ++j) weights[i + j] = times_x(weights[i + j - 1]);
      power *= coin;
    }
    return std::span<const G>(weights).first(size);
  }
  // The weighted sum of z; and the factors as elements of G, those of x weighted.
  static G embed_weighted(std::span<const GF256> x, std::span<const GF256> y, std::span<const GF256> z, std::span<G> a,
                          std::span<G> b, const G& coin, G& power) {
    std::array<G, chunk> weights, results;
    G sum = G::zero();
    for (std::size_t first = 0; first < z.size(); first += chunk) {
      const std::size_t size = std::min(chunk, z.size() - first);
      const std::span<const G> of_chunk = next_weights(weights, size, coin, power);
      const auto products = std::span<G>(results).first(size);
      embed_bytes(products, z.subspan(first, size));
      sum += vector::inner_product<G>(std::span<const G>(products), of_chunk);
      if (a.empty()) continue;
      const auto factors = a.subspan(first, size);
      embed_bytes(factors, x.subspan(first, size));
      embed_bytes(b.subspan(first, size), y.subspan(first, size));
      vector::multiply<G>(factors, factors, of_chunk);
    }
    return sum;
  }
  static G weighted(std::span<const GF256> z, const G& coin, G& power) {
    return embed_weighted({}, {}, z, {}, {}, coin, power);
  }

  ShamirDomain<G, Stream> domain_;
  VerifiedOpening<G> opening_;
  PublicCoins<G, Stream> coins_;
  InnerProductCheck<G, Stream> check_;
  bool checks_dealings_;
  CheatingProbability error_;
  Link link_;
  Buffer<GF256> x_, y_, z_, bits_, dealings_;
};

}  // namespace parley::detail
