// SPDX-License-Identifier: Apache-2.0
// Computing on Shamir's shares over one field against a passive adversary: inputs, openings, products, random values.
// The arithmetic domain uses it over the caller's field, the binary domain of more than three parties over GF(2^8).
// [BGW88] Completeness theorems for non-cryptographic fault-tolerant distributed computation. [GRR98] Simplified VSS
// and fast-track multiparty computations. [DN07] Scalable and unconditionally secure multiparty computation. [CDI05]
// Share conversion.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"
#include "parley/engine/dealing.hpp"
#include "parley/engine/king_products.hpp"
#include "parley/engine/pairwise_streams.hpp"
#include "parley/engine/round.hpp"
#include "parley/engine/shamir_parameters.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/link.hpp"
#include "parley/net/network.hpp"
#include "parley/poly/lagrange.hpp"

namespace parley::detail {

/// n parties of which any t learn nothing, n >= 2t + 1; sharings are polynomials of degree at most t, party i holding
/// the value at i + 1.
template <Field G, class Stream>
class ShamirDomain {
 public:
  ShamirDomain(Network& network, PairwiseStreams<Stream>& streams, std::size_t privacy_threshold, const Link& link)
      : network_(network),
        streams_(streams),
        n_(checked_parties<G>(network.parties())),
        t_(privacy_threshold),
        self_(network.self()),
        link_(link),
        dealing_(n_, t_, self_),
        kings_(dealing_) {
    std::vector<G> nodes;
    for (std::size_t k = 0; k <= 2 * t_; ++k) nodes.push_back(G::embed(k + 1));
    product_dealers_.resize(2 * t_ + 1);
    std::iota(product_dealers_.begin(), product_dealers_.end(), std::size_t{0});
    if (self_ <= 2 * t_) of_product_ = lagrange_coefficients<G>(nodes, G::embed(0))[self_];
    nodes.clear();
    for (std::size_t k = 0; k <= t_; ++k) nodes.push_back(G::embed((self_ + k) % n_ + 1));
    of_opening_ = lagrange_coefficients<G>(nodes, G::embed(0));
    // Powers of the evaluation points: any n - t columns of these n - t rows are independent, so sums of one
    // contribution per party, of which n - t are uniform and unknown to the adversary, give n - t uniform and
    // independent values. [DN07, section 3]
    for (std::size_t k = 0; k < n_; ++k) points_.push_back(G::embed(k + 1));
  }

  const Dealing<G>& dealing() const { return dealing_; }

  /// Every party deals its `mine`, of lengths[self] values; result[i] are this party's shares of what party i dealt.
  /// Cost: one round; n - 1 - t elements per value, sent by its owner.
  std::vector<Buffer<G>> input(std::span<const std::size_t> lengths, std::span<const G> mine) {
    std::vector<Buffer<G>> shares(n_);
    Round round(network_);
    std::size_t total = 0;
    for (std::size_t party = 0; party < n_; ++party) {
      shares[party].resize(lengths[party]);
      total += lengths[party];
      if (party == self_)
        dealing_.deal(round, streams_, mine, std::span<G>(shares[self_]));
      else
        dealing_.expect(round, party, lengths[party]);
    }
    round.exchange(total == 0);
    for (std::size_t party = 0; party < n_; ++party)
      if (party != self_) dealing_.receive(round, streams_, party, std::span<G>(shares[party]));
    return shares;
  }

  /// From this party's values of polynomials of degree at most 2t at its point: its shares, of degree t, of the values
  /// at 0. produce(first, values) gives the values from number `first` on, in any order of pieces, and several pieces at a
  /// time. Either the values at 0, a fixed combination of those of parties 0 to 2t, are dealt anew by each of these
  /// parties in its part, and the sums are fresh sharings [GRR98, section 2]; or they go through kings, see KingProducts,
  /// where that takes less time on the parties' link.
  /// Cost: one round, and n - 1 - t elements per value sent by each of parties 0 to 2t; or two rounds, and in all
  /// n - 1 + t + (2t + 1)(n - 2 - t)/(t + 1) elements per value, each party the same share of them.
  template <class Produce>
  Buffer<G> reduce(std::size_t count, Produce produce) {
    if (goes_through_kings(count)) return kings_.reduce(network_, streams_, count, produce);
    Buffer<G> sum(count);
    if (count == 0) return sum;
    Round round(network_);
    if (self_ <= 2 * t_) dealing_.deal(round, streams_, std::span<G>(sum), of_product_, produce);
    for (const std::size_t dealer : product_dealers_)
      if (dealer != self_) dealing_.expect(round, dealer, count);
    round.exchange();
    dealing_.receive_sum(round, streams_, product_dealers_, std::span<G>(sum));
    return sum;
  }
  Buffer<G> reduce(const Buffer<G>& products) {
    return reduce(products.size(), [&](std::size_t first, std::span<G> values) {
      std::ranges::copy(std::span(products).subspan(first, values.size()), values.begin());
    });
  }
  /// How long rounds with so many products in all take on the parties' link, in the form that takes less, a party's own
  /// work included.
  double seconds(double rounds, double products) const {
    const auto n = static_cast<double>(n_), t = static_cast<double>(t_);
    const double sent = (n - 1 + t + (2 * t + 1) * (n - 2 - t) / (t + 1)) / n;
    return std::min(seconds_in_one_round(link_, rounds, products),
                    seconds_through_kings(link_, rounds, products, products * sent));
  }
  Buffer<G> multiply(std::span<const G> x, std::span<const G> y) {
    return reduce(x.size(), [&](std::size_t first, std::span<G> values) {
      vector::multiply<G>(values, x.subspan(first, values.size()), y.subspan(first, values.size()));
    });
  }

  /// Opens shared values to everyone: every party sends its shares to the t parties before it.
  /// Cost: one round; t elements sent per value and party.
  Buffer<G> open(std::span<const G> shares) {
    Round round(network_);
    begin_open(round, shares);
    round.exchange(shares.empty());
    return end_open(round, shares);
  }
  void begin_open(Round& round, std::span<const G> shares) {
    for (std::size_t k = 1; k <= t_; ++k) {
      round.send_elements<G>((self_ + n_ - k) % n_, shares);
      round.expect_elements<G>((self_ + k) % n_, shares.size());
    }
  }
  Buffer<G> end_open(Round& round, std::span<const G> shares) {
    std::vector<std::span<const std::byte>> messages;
    for (std::size_t k = 1; k <= t_; ++k)
      messages.push_back(round.receive((self_ + k) % n_, shares.size() * G::encoded_size));
    Buffer<G> values(shares.size()), received(dealing_chunk<Stream, G>(shares.size(), 2));
    for_each_chunk(shares.size(), received.size(), [&](std::size_t first, std::size_t length) {
      const auto target = std::span<G>(values).subspan(first, length);
      const auto part = std::span<G>(received).first(length);
      vector::scale<G>(target, shares.subspan(first, length), of_opening_[0]);
      for (std::size_t k = 1; k <= t_; ++k) {
        Round::decode<G>((self_ + k) % n_, part,
                         messages[k - 1].subspan(first * G::encoded_size, length * G::encoded_size));
        vector::multiply_add<G>(target, part, of_opening_[k]);
      }
    });
    return values;
  }

  /// Opens shared values to `receiver` only; the others get nothing.
  /// Cost: one round; an element sent per value by each of t parties.
  Buffer<G> open_to(std::size_t receiver, std::span<const G> shares) {
    Round round(network_);
    const std::size_t distance = (self_ + n_ - receiver) % n_;
    if (distance >= 1 && distance <= t_) round.send_elements<G>(receiver, shares);
    if (distance == 0)
      for (std::size_t k = 1; k <= t_; ++k) round.expect_elements<G>((self_ + k) % n_, shares.size());
    round.exchange(shares.empty());
    return distance == 0 ? end_open(round, shares) : Buffer<G>{};
  }

  /// Uniformly random shared values that no t parties know. Each party deals a random value for every n - t results.
  /// [DN07, section 3]
  /// Cost: one round and n - 2 - t elements sent per party for n - t values; nothing at all for n = 3, where streams
  /// determine everything.
  Buffer<G> random(std::size_t count) {
    const std::size_t results = n_ - t_, batch = (count + results - 1) / results;
    Buffer<G> values(results * batch), own(batch), power(batch);
    Round round(network_);
    dealing_.deal_random(round, streams_, std::span<G>(own));
    for (std::size_t party = 0; party < n_; ++party)
      if (party != self_) dealing_.expect_random(round, party, batch);
    round.exchange(n_ == t_ + 2 || count == 0);
    for (std::size_t party = 0; party < n_; ++party) {
      if (party == self_)
        power = own;
      else
        dealing_.receive_random(round, streams_, party, std::span<G>(power));
      for (std::size_t row = 0; row < results; ++row) {
        const auto target = std::span<G>(values).subspan(row * batch, batch);
        vector::add<G>(target, target, power);
        vector::scale<G>(power, power, points_[party]);
      }
    }
    values.resize(count);
    return values;
  }

 private:
  // A party's own work as measured on one core at 3 GHz, with shares of 1 and of 8 bytes, n = 4 to 16 and t = (n - 1)/2;
  // through kings there is a slice for every one of them, whatever its size.
  double seconds_in_one_round(const Link& link, double rounds, double products) const {
    const double bytes = products * G::encoded_size;
    const auto sent = static_cast<double>(n_ - 1 - t_), multiplications = static_cast<double>((n_ - t_) * (t_ + 1));
    return link.seconds(rounds, bytes * sent) + bytes * (0.5e-9 + 0.1e-9 * multiplications);
  }
  double seconds_through_kings(const Link& link, double rounds, double products, double elements_sent) const {
    const auto n = static_cast<double>(n_);
    return link.seconds(2 * rounds, elements_sent * G::encoded_size) + rounds * 0.6e-6 * n * n +
           products * G::encoded_size * (1.1e-9 + 0.2e-9 * n);
  }
  // Within one machine bytes change hands in its memory, which a party's own work has in it already: fewer of them save
  // nothing more, as measured with all parties in one process.
  bool goes_through_kings(std::size_t count) const {
    Link link = link_;
    if (link.bytes_per_second >= Link::local().bytes_per_second)
      link.bytes_per_second = std::numeric_limits<double>::infinity();
    const auto products = static_cast<double>(count);
    return seconds_through_kings(link, 1, products, static_cast<double>(kings_.most_sent(count))) <
           seconds_in_one_round(link, 1, products);
  }

  Network& network_;
  PairwiseStreams<Stream>& streams_;
  std::size_t n_, t_, self_;
  Link link_;
  Dealing<G> dealing_;
  KingProducts<G> kings_;
  G of_product_{};
  std::vector<std::size_t> product_dealers_;
  std::vector<G> of_opening_, points_;
};

}  // namespace parley::detail
