// SPDX-License-Identifier: Apache-2.0
// Dealing: one party shares a vector of values among all with degree t, where part of the receivers' shares come out of
// pairwise streams and only the others are sent. Inputs, re-sharing after a multiplication, and random values are all
// made of it. [Shamir79] How to share a secret. [GRR98] Simplified VSS and fast-track multiparty computations. [CDI05]
// Share conversion, pseudorandom secret sharing. The use of pairwise seeds in re-sharing follows ATLAS (Goyal, Li,
// Ostrovsky, Polychroniadou, Song 2021).
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "parley/engine/pairwise_streams.hpp"
#include "parley/engine/round.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "parley/poly/lagrange.hpp"

namespace parley::detail {

/// Dealing of elements of `G` among n parties with privacy threshold t; party i's evaluation point is G::embed(i + 1).
///
/// The dealer's polynomial goes through its value at 0 and through t values that the next t parties (cyclically) draw
/// from the streams they share with the dealer; the dealer computes the other n - 1 - t parties' shares and its own,
/// and sends them. The t streams are uniform and independent, so given the value the polynomial is a uniform one of
/// degree at most t: exactly Shamir's sharing.
///
/// Security: any t parties other than the dealer learn nothing about a value. Cost per value: n - 1 - t elements sent
/// by the dealer.
template <Field G>
class Dealing {
 public:
  Dealing(std::size_t parties, std::size_t privacy_threshold, std::size_t self)
      : parties_(parties), t_(privacy_threshold), self_(self), of_value_(weights(true)), of_random_(weights(false)) {}

  /// Sends the shares of this party's `values`, and sets `own` to this party's own share of each.
  template <class Stream>
  void deal(Round& round, PairwiseStreams<Stream>& streams, std::span<const G> values, std::span<G> own) const {
    deal_from(round, streams, values, own, of_value_, t_);
  }
  /// The same with uniformly random values that nobody knows but the dealer, to whom they are returned: t + 1 parties
  /// draw their shares, and n - 2 - t elements are sent for each.
  template <class Stream>
  std::vector<G> deal_random(Round& round, PairwiseStreams<Stream>& streams, std::span<G> own) const {
    return deal_from(round, streams, {}, own, of_random_, t_ + 1);
  }

  /// States that `dealer` (not this party) deals `count` values.
  void expect(Round& round, std::size_t dealer, std::size_t count) const { expect_from(round, dealer, count, t_); }
  void expect_random(Round& round, std::size_t dealer, std::size_t count) const {
    expect_from(round, dealer, count, t_ + 1);
  }

  /// This party's shares of what `dealer` (not this party) dealt.
  template <class Stream>
  void receive(Round& round, PairwiseStreams<Stream>& streams, std::size_t dealer, std::span<G> shares) const {
    receive_from(round, streams, dealer, shares, t_);
  }
  template <class Stream>
  void receive_random(Round& round, PairwiseStreams<Stream>& streams, std::size_t dealer, std::span<G> shares) const {
    receive_from(round, streams, dealer, shares, t_ + 1);
  }

 private:
  // Steps from the dealer to a receiver around the circle of parties; the receivers at steps 1, ..., seeded draw their
  // shares.
  std::size_t step(std::size_t dealer, std::size_t receiver) const { return (receiver + parties_ - dealer) % parties_; }
  bool draws(std::size_t dealer, std::size_t receiver, std::size_t seeded) const {
    const std::size_t distance = step(dealer, receiver);
    return distance >= 1 && distance <= seeded;
  }

  // The shares of the parties that do not draw (the dealer itself first) as combinations of the value, where there is
  // one, and of what the drawing parties draw; where there is none, last the value.
  std::vector<std::vector<G>> weights(bool with_value) const {
    const std::size_t seeded = with_value ? t_ : t_ + 1;
    std::vector<G> nodes;
    if (with_value) nodes.push_back(G::embed(0));
    for (std::size_t k = 1; k <= seeded; ++k) nodes.push_back(G::embed((self_ + k) % parties_ + 1));
    std::vector<std::vector<G>> rows;
    rows.push_back(lagrange_coefficients<G>(nodes, G::embed(self_ + 1)));
    for (std::size_t k = seeded + 1; k < parties_; ++k)
      rows.push_back(lagrange_coefficients<G>(nodes, G::embed((self_ + k) % parties_ + 1)));
    if (!with_value) rows.push_back(lagrange_coefficients<G>(nodes, G::embed(0)));
    return rows;
  }

  // Gives what is dealt, where it is not given.
  template <class Stream>
  std::vector<G> deal_from(Round& round, PairwiseStreams<Stream>& streams, std::span<const G> values, std::span<G> own,
                           const std::vector<std::vector<G>>& rows, std::size_t seeded) const {
    const std::size_t count = own.size();
    std::vector<std::vector<G>> drawn(seeded, std::vector<G>(count));
    for (std::size_t k = 0; k < seeded; ++k)
      fill_uniform(streams.dealt_to((self_ + k + 1) % parties_), std::span<G>(drawn[k]));
    const auto combine = [&](const std::vector<G>& row, std::span<G> share) {
      std::size_t column = 0;
      if (row.size() > seeded)
        vector::scale<G>(share, values, row[column++]);
      else
        std::ranges::fill(share, G{});
      for (const auto& draws : drawn) vector::multiply_add<G>(share, draws, row[column++]);
    };
    std::vector<G> share(count);
    for (std::size_t k = 0; seeded + k + 1 < parties_; ++k) {
      combine(rows[k + 1], share);
      round.send_elements<G>((self_ + seeded + k + 1) % parties_, share);
    }
    combine(rows[0], own);
    if (seeded > t_) combine(rows.back(), share);
    return share;
  }

  void expect_from(Round& round, std::size_t dealer, std::size_t count, std::size_t seeded) const {
    if (!draws(dealer, self_, seeded)) round.expect_elements<G>(dealer, count);
  }

  template <class Stream>
  void receive_from(Round& round, PairwiseStreams<Stream>& streams, std::size_t dealer, std::span<G> shares,
                    std::size_t seeded) const {
    if (draws(dealer, self_, seeded))
      fill_uniform(streams.dealt_by(dealer), shares);
    else
      round.receive_elements<G>(dealer, shares);
  }

  std::size_t parties_, t_, self_;
  std::vector<std::vector<G>> of_value_, of_random_;
};

}  // namespace parley::detail
