// SPDX-License-Identifier: Apache-2.0
// Dealing: one party shares a vector of values among all with degree t, where part of the receivers' shares come out of
// pairwise streams and only the others are sent. Inputs, re-sharing after a multiplication, and random values are all
// made of it.
// [Shamir79] How to share a secret. [GRR98] Simplified VSS and fast-track multiparty computations. [CDI05] Share
// conversion, pseudorandom secret sharing. The use of pairwise seeds in re-sharing follows ATLAS (Goyal, Li, Ostrovsky,
// Polychroniadou, Song 2021).
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/pairwise_streams.hpp"
#include "parley/engine/round.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "parley/poly/lagrange.hpp"
#include "parley/sharing/batch.hpp"

namespace parley::detail {

/// How many of `whole` elements are worked on at a time, with `rows` vectors of them in use. A stream that enumerates
/// random choices is asked for whole batches.
template <class Stream, class G>
constexpr std::size_t dealing_chunk(std::size_t whole, std::size_t rows) {
  return std::same_as<Stream, RandomStream> ? std::min(whole, chunk_length<G>(rows)) : whole;
}

/// How many elements of a long batch draw from streams of their own, see PairwiseStreams::in_blocks(): enough to make the
/// cost of a block's seed and of waking a thread small. A multiple of 64.
template <class G>
inline constexpr std::size_t dealing_block = (std::size_t{1} << 18) / sizeof(G) / 64 * 64;

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

  std::size_t parties() const { return parties_; }
  std::size_t privacy_threshold() const { return t_; }
  std::size_t self() const { return self_; }

  /// Room in the messages for the shares of `count` values, which several calls of deal() fill.
  void reserve(Round& round, std::size_t count) const {
    for (std::size_t step = t_ + 1; step < parties_; ++step)
      round.reserve((self_ + step) % parties_, count * G::encoded_size);
  }
  /// Sends the shares of `count` values of this party: produce(first, values) gives them, and own[i] is set to this
  /// party's own share of the i-th, `factor` times what was produced. `own` may be where the values come from.
  template <class Stream, class Produce>
  void deal(Round& round, PairwiseStreams<Stream>& streams, std::span<G> own, const G& factor, Produce produce) const {
    Weights rows = of_value_;
    for (std::vector<G>& row : rows) row.front() *= factor;
    deal_from(round, streams, rows, t_, own, produce, [](std::size_t, std::span<const G>) {});
  }
  template <class Stream>
  void deal(Round& round, PairwiseStreams<Stream>& streams, std::span<const G> values, std::span<G> own) const {
    deal(round, streams, own, G(1), [&](std::size_t first, std::span<G> chunk) {
      std::ranges::copy(values.subspan(first, chunk.size()), chunk.begin());
    });
  }
  /// The same with uniformly random values that nobody knows but the dealer, to whom they are returned: t + 1 parties
  /// draw their shares, and n - 2 - t elements are sent for each.
  template <class Stream>
  Buffer<G> deal_random(Round& round, PairwiseStreams<Stream>& streams, std::span<G> own) const {
    Buffer<G> values(own.size());
    deal_from(
        round, streams, of_random_, t_ + 1, own, [](std::size_t, std::span<G>) {},
        [&](std::size_t first, std::span<const G> chunk) {
          std::ranges::copy(chunk, values.begin() + static_cast<std::ptrdiff_t>(first));
        });
    return values;
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
  /// Adds this party's shares of what each of `dealers` dealt to `sum`, to which the own one has been added already
  /// where this party is among them.
  template <class Stream>
  void receive_sum(Round& round, PairwiseStreams<Stream>& streams, std::span<const std::size_t> dealers,
                   std::span<G> sum) const {
    std::vector<std::span<const std::byte>> messages(dealers.size());
    for (std::size_t k = 0; k < dealers.size(); ++k)
      if (dealers[k] != self_ && !draws(dealers[k], self_, t_))
        messages[k] = round.receive(dealers[k], sum.size() * G::encoded_size);
    std::vector<Stream*> sources;
    for (const std::size_t dealer : dealers)
      if (draws(dealer, self_, t_)) sources.push_back(&streams.dealt_by(dealer));
    streams.in_blocks(sources, sum.size(), dealing_block<G>,
                      [&](std::size_t begin, std::size_t size, std::span<Stream* const> drawn) {
                        Buffer<G> part(dealing_chunk<Stream, G>(size, 2));
                        for_each_chunk(size, part.size(), [&](std::size_t offset, std::size_t length) {
                          const std::size_t first = begin + offset;
                          const auto target = sum.subspan(first, length);
                          const auto share = std::span<G>(part).first(length);
                          std::size_t next_drawn = 0;
                          for (std::size_t k = 0; k < dealers.size(); ++k) {
                            if (dealers[k] == self_) continue;
                            if (draws(dealers[k], self_, t_))
                              fill_uniform(*drawn[next_drawn++], share);
                            else
                              Round::decode<G>(dealers[k], share,
                                               messages[k].subspan(first * G::encoded_size, length * G::encoded_size));
                            vector::add<G>(target, target, share);
                          }
                        });
                      });
  }

  /// The shares of a random value as combinations of what the next t + 1 parties draw: first this party's own, then
  /// those of the parties t + 2, ..., n - 1 steps on, to which they are sent; last the value.
  const std::vector<std::vector<G>>& random_weights() const { return of_random_; }
  /// Whether `receiver` draws its shares of random values that `dealer` deals.
  bool draws_random(std::size_t dealer, std::size_t receiver) const { return draws(dealer, receiver, t_ + 1); }

 private:
  using Weights = std::vector<std::vector<G>>;

  // Steps from the dealer to a receiver around the circle of parties; the receivers at steps 1, ..., seeded draw their
  // shares.
  std::size_t step(std::size_t dealer, std::size_t receiver) const { return (receiver + parties_ - dealer) % parties_; }
  bool draws(std::size_t dealer, std::size_t receiver, std::size_t seeded) const {
    const std::size_t distance = step(dealer, receiver);
    return distance >= 1 && distance <= seeded;
  }

  // The shares of the parties that do not draw (the dealer itself first) as combinations of the value, where there is
  // one, and of what the drawing parties draw; where there is none, last the value.
  Weights weights(bool with_value) const {
    const std::size_t seeded = with_value ? t_ : t_ + 1;
    std::vector<G> nodes;
    if (with_value) nodes.push_back(G::embed(0));
    for (std::size_t k = 1; k <= seeded; ++k) nodes.push_back(G::embed((self_ + k) % parties_ + 1));
    Weights rows;
    rows.push_back(lagrange_coefficients<G>(nodes, G::embed(self_ + 1)));
    for (std::size_t k = seeded + 1; k < parties_; ++k)
      rows.push_back(lagrange_coefficients<G>(nodes, G::embed((self_ + k) % parties_ + 1)));
    if (!with_value) rows.push_back(lagrange_coefficients<G>(nodes, G::embed(0)));
    return rows;
  }

  // consume(first, values) is given what is dealt where the values are not produced but follow from what is drawn.
  template <class Stream, class Produce, class Consume>
  void deal_from(Round& round, PairwiseStreams<Stream>& streams, const Weights& rows, std::size_t seeded,
                 std::span<G> own, Produce produce, Consume consume) const {
    const std::size_t count = own.size(), receivers = parties_ - 1 - seeded;
    std::vector<std::span<std::byte>> messages;
    for (std::size_t k = 0; k < receivers; ++k)
      messages.push_back(round.send((self_ + seeded + 1 + k) % parties_, count * G::encoded_size));
    std::vector<Stream*> sources;
    for (std::size_t k = 0; k < seeded; ++k) sources.push_back(&streams.dealt_to((self_ + k + 1) % parties_));
    streams.in_blocks(
        sources, count, dealing_block<G>,
        [&](std::size_t begin, std::size_t size, std::span<Stream* const> block_streams) {
          const std::size_t chunk = dealing_chunk<Stream, G>(size, seeded + 2);
          Buffer<G> drawn(seeded * chunk), value(chunk), share(chunk);
          for_each_chunk(size, chunk, [&](std::size_t offset, std::size_t length) {
            const std::size_t first = begin + offset;
            produce(first, std::span<G>(value).first(length));
            for (std::size_t k = 0; k < seeded; ++k)
              fill_uniform(*block_streams[k], std::span<G>(drawn).subspan(k * chunk, length));
            const auto combine = [&](const std::vector<G>& row, std::span<G> sum) {
              std::size_t column = 0;
              const std::size_t inputs = row.size() - seeded;  // 1 where there is a value
              if (inputs != 0)
                vector::scale<G>(sum, std::span<const G>(value).first(length), row[column++]);
              else
                vector::scale<G>(sum, std::span<const G>(drawn).first(length), row[column++]);
              for (std::size_t k = 1 - inputs; k < seeded; ++k)
                vector::multiply_add<G>(sum, std::span<const G>(drawn).subspan(k * chunk, length), row[column++]);
            };
            const auto part = std::span<G>(share).first(length);
            for (std::size_t k = 0; k < receivers; ++k) {
              combine(rows[k + 1], part);
              vector::encode<G>(messages[k].subspan(first * G::encoded_size, length * G::encoded_size), part);
            }
            combine(rows.front(), own.subspan(first, length));
            if (seeded > t_) {
              combine(rows.back(), part);
              consume(first, std::span<const G>(part));
            }
          });
        });
  }

  void expect_from(Round& round, std::size_t dealer, std::size_t count, std::size_t seeded) const {
    if (!draws(dealer, self_, seeded)) round.expect_elements<G>(dealer, count);
  }

  // Draws what deal_from() draws at the other end of `source`, for as many elements.
  template <class Stream>
  static void fill_in_blocks(PairwiseStreams<Stream>& streams, Stream& source, std::span<G> elements) {
    Stream* const sources[] = {&source};
    streams.in_blocks(sources, elements.size(), dealing_block<G>,
                      [&](std::size_t first, std::size_t length, std::span<Stream* const> drawn) {
                        fill_uniform(*drawn.front(), elements.subspan(first, length));
                      });
  }

  template <class Stream>
  void receive_from(Round& round, PairwiseStreams<Stream>& streams, std::size_t dealer, std::span<G> shares,
                    std::size_t seeded) const {
    if (draws(dealer, self_, seeded))
      fill_in_blocks(streams, streams.dealt_by(dealer), shares);
    else
      round.receive_elements<G>(dealer, shares);
  }

  std::size_t parties_, t_, self_;
  Weights of_value_, of_random_;
};

}  // namespace parley::detail
