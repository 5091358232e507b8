// SPDX-License-Identifier: Apache-2.0
// Whether shared vectors a, b and a shared c satisfy <a, b> = c, for the communication of a few dozen products however
// long they are: the vectors are folded into shorter ones, until one masked product can be opened.
// [BBCGI19] Boneh, Boyle, Corrigan-Gibbs, Gilboa, Ishai: Zero-knowledge proofs on secret-shared data via fully linear
// PCPs, CRYPTO 2019. [GS20] Goyal, Song: Malicious security comes free in honest-majority MPC, ePrint 2020/134.
// [BGIN20] Boyle, Gilboa, Ishai, Nof: Efficient fully secure computation via distributed zero-knowledge proofs, 2020.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"
#include "parley/engine/public_coins.hpp"
#include "parley/engine/shamir_domain.hpp"
#include "parley/engine/verified_opening.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/link.hpp"
#include "parley/poly/lagrange.hpp"
#include "parley/sharing/batch.hpp"

namespace parley::detail {

/// One party's shares of a claim that the inner product of a and b is c. Shares that are all 0 may be left away.
template <Field G>
struct InnerProductClaim {
  Buffer<G> a, b;
  G c;
};

/// In how many parts the vectors are cut in each fold, and how long they are at last.
struct FoldingPlan {
  std::vector<std::size_t> folds;
  std::size_t last = 1;

  /// Products that are computed for a claim, and the coins tossed for it, unless coins have to be tossed again.
  std::size_t products() const {
    std::size_t sum = 2 * last;
    for (const std::size_t parts : folds) sum += 2 * parts - 2;
    return sum;
  }
  std::size_t coins() const { return folds.size() + 1; }
  /// Rounds, if coins and masks have been dealt and a batch of products takes one: two a fold, three at last.
  std::size_t rounds() const { return 2 * folds.size() + 3; }
  /// A bound of the probability that a wrong claim passes, in a field of `order` elements: a fold turns a wrong claim
  /// into a right one for at most 2 parts - 2 coins, the last step for at most 2 last of order - last.
  double error(double order) const {
    double sum = 2 * static_cast<double>(last) / (order - static_cast<double>(last));
    for (const std::size_t parts : folds) sum += static_cast<double>(2 * parts - 2) / order;
    return sum;
  }
};

/// Checks claims. A fold cuts a and b into k parts, the values at 0, ..., k - 1 of vectors f, g of polynomials of degree
/// k - 1, and h = <f, g> has degree 2k - 2: its values at 0, ..., k - 2 and k, ..., 2k - 2 are computed by the passive
/// product, that at k - 1 is c minus the first k - 1. If c is wrong, these 2k - 1 values are not those of <f, g>; the
/// polynomial h through them differs from it, and agrees with it at 2k - 2 points at most. So for a public coin r,
/// tossed afterwards, <f(r), g(r)> = h(r) is a claim of a k-th of the length, wrong as well but for 2k - 2 of the coins.
/// In the last step the parts have one entry each, and a random pair is one more part: f(r) and g(r) are uniform for
/// every r but the other parts' places, which are tossed again, and so they are opened, with h(r).
///
/// Security: t < n/2 parties may deviate; a and b are sharings of degree t. A wrong claim passes with a probability of
/// at most plan.error(order); of several claims about the same products, each with coins of its own, all pass with at
/// most the product: each coin lets one claim become right, whatever the others do, with its own probability. Nothing
/// is revealed: what the passive product sends is uniform to t parties whatever they have sent before; coins are
/// random; f(r) and g(r) are masked, and h(r) - f(r)g(r) depends on the errors that the deviating parties have added to
/// products and on public coins only.
///
/// Errors: Error(verification_failed) at all honest parties alike where a claim is wrong; those of the opening.
template <Field G, class Stream>
class InnerProductCheck {
 public:
  InnerProductCheck(ShamirDomain<G, Stream>& domain, VerifiedOpening<G>& opening, PublicCoins<G, Stream>& coins)
      : domain_(domain), opening_(opening), coins_(coins) {}

  static constexpr std::size_t most_parts = 32;

  /// The plan for vectors of `length` entries that takes least time on the parties' link: folds into few parts are less
  /// work, folds into many parts fewer rounds.
  static FoldingPlan plan(std::size_t length, const Link& link) {
    std::map<std::size_t, Step> steps;
    best_step(length, link, steps);
    FoldingPlan plan;
    while (steps.at(length).parts != 1) {
      plan.folds.push_back(steps.at(length).parts);
      length = part_length(length, plan.folds.back());
    }
    plan.last = length;
    return plan;
  }
  /// What the vectors of a claim are filled up to with zeros, to be cut as the plan says.
  static std::size_t padded(std::size_t length, std::size_t parts) { return part_length(length, parts) * parts; }

  /// Returns if the claims are right, all of one length, padded for the plan's first fold.
  /// Cost: plan.rounds() rounds; plan.products() products for each claim, plan.coins() coins and three openings.
  void verify(std::vector<InnerProductClaim<G>> claims, const FoldingPlan& plan) {
    for (std::size_t fold = 0; fold < plan.folds.size(); ++fold) {
      const std::size_t parts = plan.folds[fold];
      const std::size_t next = fold + 1 < plan.folds.size() ? plan.folds[fold + 1] : 1;
      const std::vector<G> nodes = points(0, parts), more = points(parts, 2 * parts - 1);
      Buffer<G> local;
      for (const auto& claim : claims) append_products(local, claim, parts, more);
      const Buffer<G> computed = domain_.reduce(local);
      const Buffer<G> challenge = coins_.toss(claims.size());
      for (std::size_t k = 0; k < claims.size(); ++k) {
        auto& claim = claims[k];
        claim.c = value_of_product(std::span(computed).subspan(k * (2 * parts - 2), 2 * parts - 2), claim.c, parts,
                                   challenge[k]);
        const std::vector<G> weights = lagrange_coefficients<G>(nodes, challenge[k]);
        claim.a = folded(claim.a, weights, next);
        claim.b = folded(claim.b, weights, next);
      }
    }
    verify_masked(claims, plan.last);
  }

 private:
  struct Step {
    double seconds;
    std::size_t parts;  // 1 for the last step
  };
  static constexpr std::array<std::size_t, 6> choices{2, 3, 4, 8, 16, most_parts};
  static constexpr std::size_t longest_last = 32;

  static std::size_t part_length(std::size_t length, std::size_t parts) { return (length + parts - 1) / parts; }
  static double best_step(std::size_t length, const Link& link, std::map<std::size_t, Step>& steps) {
    const auto known = steps.find(length);
    if (known != steps.end()) return known->second.seconds;
    // Nanoseconds for an entry of 8 bytes on one core at 3 GHz: reading, and the evaluation of f and g at other points.
    const auto seconds = [&](std::size_t parts, double rounds) {
      const auto p = static_cast<double>(parts);
      return link.seconds(rounds, 2 * p * G::encoded_size) +
             1e-9 * static_cast<double>(length) * G::encoded_size * (0.15 + 0.06 * p);
    };
    Step best{0, 0};
    const auto offer = [&](double time, std::size_t parts) {
      if (best.parts == 0 || time < best.seconds) best = {time, parts};
    };
    if (length <= longest_last && (length <= 1 || G::order_exceeds(2 * length + 1))) offer(seconds(length, 3), 1);
    for (const std::size_t parts : choices)
      if (parts <= length && (parts == 2 || G::order_exceeds(2 * parts)))
        offer(seconds(parts, 2) + best_step(part_length(length, parts), link, steps), parts);
    steps.emplace(length, best);
    return best.seconds;
  }

  static std::vector<G> points(std::size_t first, std::size_t end) {
    std::vector<G> result;
    for (std::size_t k = first; k < end; ++k) result.push_back(G::embed(k));
    return result;
  }

  // This party's products of the claim's parts 0, ..., parts - 2, and of f and g at the points `more`.
  void append_products(Buffer<G>& products, const InnerProductClaim<G>& claim, std::size_t parts,
                       std::span<const G> more) const {
    if (claim.a.empty() || claim.b.empty()) {
      products.resize(products.size() + 2 * parts - 2);
      return;
    }
    const std::size_t length = claim.a.size() / parts;
    const std::size_t chunk = std::min(length, chunk_length<G>(4 * parts));
    const LagrangeInterpolator<G> interpolator(points(0, parts));
    std::vector<G> matrix;
    for (const G& point : more) {
      const std::vector<G> row = interpolator.coefficients(point);
      matrix.insert(matrix.end(), row.begin(), row.end());
    }
    std::vector<G> sums(2 * parts - 2);
    Buffer<G> memory(2 * more.size() * chunk);
    for_each_chunk(length, chunk, [&](std::size_t first, std::size_t size) {
      std::vector<std::span<const G>> a, b;
      for (std::size_t part = 0; part < parts; ++part) {
        a.push_back(std::span(claim.a).subspan(part * length + first, size));
        b.push_back(std::span(claim.b).subspan(part * length + first, size));
        if (part + 1 < parts) sums[part] += vector::inner_product<G>(a.back(), b.back());
      }
      std::vector<std::span<G>> f, g;
      for (std::size_t k = 0; k < more.size(); ++k) {
        f.push_back(std::span<G>(memory).subspan(2 * k * chunk, size));
        g.push_back(std::span<G>(memory).subspan((2 * k + 1) * chunk, size));
      }
      vector::linear_combinations<G>(f, matrix, a);
      vector::linear_combinations<G>(g, matrix, b);
      for (std::size_t k = 0; k < more.size(); ++k)
        sums[parts - 1 + k] += vector::inner_product<G>(std::span<const G>(f[k]), g[k]);
    });
    products.insert(products.end(), sums.begin(), sums.end());
  }

  // h(r): `computed` are its values at all of 0, ..., 2 parts - 2 but at parts - 1, those before which make c with it.
  static G value_of_product(std::span<const G> computed, G c, std::size_t parts, const G& r) {
    std::vector<G> values(computed.begin(), computed.end());
    for (std::size_t k = 0; k + 1 < parts; ++k) c -= values[k];
    values.insert(values.begin() + static_cast<std::ptrdiff_t>(parts - 1), c);
    return vector::inner_product<G>(std::span<const G>(values), lagrange_coefficients<G>(points(0, values.size()), r));
  }

  static Buffer<G> folded(const Buffer<G>& whole, std::span<const G> weights, std::size_t next) {
    if (whole.empty()) return {};
    const std::size_t length = whole.size() / weights.size();
    Buffer<G> result(padded(length, next));
    const std::size_t chunk = std::min(length, chunk_length<G>(weights.size() + 1));
    for_each_chunk(length, chunk, [&](std::size_t first, std::size_t size) {
      std::vector<std::span<const G>> rows;
      for (std::size_t part = 0; part < weights.size(); ++part)
        rows.push_back(std::span(whole).subspan(part * length + first, size));
      vector::linear_combination<G>(std::span<G>(result).subspan(first, size), weights, rows);
    });
    return result;
  }

  // The last step: parts of one entry, and the random pair at the point `last`.
  void verify_masked(std::vector<InnerProductClaim<G>>& claims, std::size_t last) {
    const Buffer<G> masks = coins_.take(2 * claims.size());
    const std::vector<G> nodes = points(0, last + 1);
    Buffer<G> local;
    for (std::size_t k = 0; k < claims.size(); ++k) {
      auto& claim = claims[k];
      claim.a.resize(last);
      claim.b.resize(last);
      claim.a.push_back(masks[2 * k]);
      claim.b.push_back(masks[2 * k + 1]);
      for (std::size_t i = 0; i + 1 < last; ++i) local.push_back(claim.a[i] * claim.b[i]);
      for (std::size_t point = last; point <= 2 * last; ++point) {
        const std::vector<G> weights = lagrange_coefficients<G>(nodes, G::embed(point));
        local.push_back(vector::inner_product<G>(std::span<const G>(claim.a), weights) *
                        vector::inner_product<G>(std::span<const G>(claim.b), weights));
      }
    }
    const Buffer<G> computed = domain_.reduce(local);
    const Buffer<G> challenge = toss_beyond(last, claims.size());
    Buffer<G> masked;
    for (std::size_t k = 0; k < claims.size(); ++k) {
      const G& r = challenge[k];
      const std::vector<G> weights = lagrange_coefficients<G>(nodes, r);
      std::vector<G> values(2 * last + 1);
      const auto own = std::span(computed).subspan(k * 2 * last, 2 * last);
      std::ranges::copy(own.first(last - 1), values.begin());
      std::ranges::copy(own.subspan(last - 1), values.begin() + static_cast<std::ptrdiff_t>(last));
      values[last - 1] = claims[k].c;
      for (std::size_t i = 0; i + 1 < last; ++i) values[last - 1] -= values[i];
      masked.push_back(vector::inner_product<G>(std::span<const G>(claims[k].a), weights));
      masked.push_back(vector::inner_product<G>(std::span<const G>(claims[k].b), weights));
      masked.push_back(
          vector::inner_product<G>(std::span<const G>(values), lagrange_coefficients<G>(points(0, values.size()), r)));
    }
    const Buffer<G> opened = opening_.open(masked, false);
    for (std::size_t k = 0; k < claims.size(); ++k)
      if (!(opened[3 * k] * opened[3 * k + 1] == opened[3 * k + 2]))
        throw Error(ErrorCode::verification_failed,
                    "the products since the last check are not what they should be: somebody deviates from the "
                    "protocol");
  }

  // Coins that are none of 0, ..., last - 1, at which f and g would open without their masks.
  Buffer<G> toss_beyond(std::size_t last, std::size_t count) {
    Buffer<G> accepted;
    while (accepted.size() < count)
      for (const G& coin : coins_.toss(count - accepted.size())) {
        bool unmasked = false;
        for (std::size_t k = 0; k < last; ++k) unmasked |= coin == G::embed(k);
        if (!unmasked) accepted.push_back(coin);
      }
    return accepted;
  }

  ShamirDomain<G, Stream>& domain_;
  VerifiedOpening<G>& opening_;
  PublicCoins<G, Stream>& coins_;
};

}  // namespace parley::detail
