// SPDX-License-Identifier: Apache-2.0
// Products on Shamir's shares through kings: two rounds, and a number of elements sent per party and product that does
// not grow with the number of parties.
// [DN07] Damgard, Nielsen: Scalable and unconditionally secure multiparty computation, CRYPTO 2007. [GS20] Goyal, Song:
// Malicious security comes free in honest-majority MPC, ePrint 2020/134. [ATLAS] Goyal, Li, Ostrovsky, Polychroniadou,
// Song: Efficient and scalable MPC in the honest majority setting, CRYPTO 2021.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/engine/dealing.hpp"
#include "parley/engine/pairwise_streams.hpp"
#include "parley/engine/round.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/network.hpp"
#include "parley/poly/lagrange.hpp"
#include "parley/sharing/batch.hpp"

namespace parley::detail {

/// From values of polynomials of degree at most 2t to shares of degree t of the values at 0, for n parties.
///
/// The batch is cut into n slices, one for each party as its king; king k and the 2t parties after it (cyclically) are
/// the holders of the slice, whose values, weighted, add up to the products. For every t + 1 products each holder deals
/// a random value s twice: with degree t, as Dealing does (t + 1 parties draw their shares), and as a sum of 2t + 1
/// parts for the holders, 2t of which are drawn: up to constant factors a sharing of degree 2t. Sums of the 2t + 1
/// values, weighted by t + 1 powers of the holders' evaluation points, are masks r. The holders send the king their
/// parts of product + r; the king adds them up and sends the sums e on; and e at 0, 0 at the t parties after the king,
/// is a sharing of degree t from which everybody subtracts his share of r.
///
/// Security: perfect against t passive parties, given the streams. At least t + 1 of the holders are honest, and any
/// t + 1 columns of the powers are independent, so that the masks of honest holders' parts are uniform and independent,
/// only their sum being given by r; and so are the sharings of r: the king's view is uniform, whatever the products are,
/// and the results are fresh sharings. [DN07, sections 3 and 4]; the share of e that is 0 at t parties is that of
/// [GS20], the streams are those of [ATLAS]. A mask serves one product only, and so e may be known to all.
template <Field G>
class KingProducts {
 public:
  explicit KingProducts(const Dealing<G>& dealing)
      : dealing_(dealing), n_(dealing.parties()), t_(dealing.privacy_threshold()), self_(dealing.self()) {
    for (std::size_t king = 0; king < n_; ++king) {
      const std::size_t steps = steps_from(king, self_);
      const std::vector<G> holders = points_after(king, 0, 2 * t_);
      of_value_.push_back(steps <= 2 * t_ ? lagrange_coefficients<G>(holders, G::embed(0))[steps] : G{});
      std::vector<G> nodes = points_after(king, 1, t_);  // the polynomial that is 1 at 0 is 0 at these
      nodes.push_back(G::embed(0));
      of_sum_.push_back(lagrange_coefficients<G>(nodes, G::embed(self_ + 1)).back());
    }
    for (std::size_t party = 0; party < n_; ++party) {
      G power = G::one();
      for (std::size_t row = 0; row <= t_; ++row, power *= G::embed(party + 1)) powers_.push_back(power);
    }
  }

  /// How many elements `party` sends for `count` products.
  std::size_t sent(std::size_t party, std::size_t count) const {
    std::size_t elements = 0;
    for_each_slice(count, [&](const Slice& slice) {
      const std::size_t steps = steps_from(slice.king, party);
      if (steps <= 2 * t_) elements += (n_ - 2 - t_) * slice.columns + (steps == 0 ? n_ - 1 - t_ : 1) * slice.size;
    });
    return elements;
  }
  /// The same for the party that sends most.
  std::size_t most_sent(std::size_t count) const {
    std::size_t most = 0;
    for (std::size_t party = 0; party < n_; ++party) most = std::max(most, sent(party, count));
    return most;
  }

  /// This party's shares; produce(first, values) gives its values of the polynomials from number `first` on, and is
  /// called once for each of them where this party is a holder.
  /// Cost: two rounds; sent(self, count) elements.
  template <class Stream, class Produce>
  Buffer<G> reduce(Network& network, PairwiseStreams<Stream>& streams, std::size_t count, Produce produce) const {
    // A slice has t + 1 rows of `columns` products; what the last row of the last one lacks is cut off at the end.
    const std::size_t batches = (count + t_) / (t_ + 1);
    Buffer<G> shares(batches * (t_ + 1)), sums;
    Workspace memory(*this, piece_length<Stream>((batches + n_ - 1) / n_));
    Round masking(network);
    std::vector<std::span<std::byte>> unwritten = reserve(masking, count);
    for_each_slice(count, [&](const Slice& slice) {
      if (slice.king == self_) sums.resize(slice.size);
      mask(streams, slice, memory, unwritten, shares, std::span<G>(sums), produce);
    });
    masking.exchange();
    Round opening(network);
    for_each_slice(count, [&](const Slice& slice) {
      subtract_received(masking, slice, memory, shares, piece_length<Stream>(slice.columns));
      if (slice.king == self_) open_sums(masking, opening, slice, sums);
      if (steps_from(slice.king, self_) > t_) opening.expect_elements<G>(slice.king, slice.size);
    });
    opening.exchange();
    for_each_slice(count, [&](const Slice& slice) {
      const auto result = std::span<G>(shares).subspan(slice.first, slice.size);
      const std::size_t steps = steps_from(slice.king, self_);
      if (steps == 0) vector::multiply_add<G>(result, sums, of_sum_[self_]);
      if (steps <= t_) return;
      Buffer<G> received(dealing_chunk<Stream, G>(slice.size, 2));
      const auto message = opening.receive(slice.king, slice.size * G::encoded_size);
      for_each_chunk(slice.size, received.size(), [&](std::size_t first, std::size_t length) {
        const auto part = std::span<G>(received).first(length);
        Round::decode<G>(slice.king, part, message.subspan(first * G::encoded_size, length * G::encoded_size));
        vector::multiply_add<G>(result.subspan(first, length), part, of_sum_[slice.king]);
      });
    });
    shares.resize(count);
    return shares;
  }

 private:
  // Products `first` to first + size - 1, row by row: t + 1 rows of `columns`, of which the last may be shorter.
  struct Slice {
    std::size_t king, first, size, columns;

    // How many products there are in a row from column `column` on, `length` at most.
    std::size_t in_row(std::size_t row, std::size_t column, std::size_t length) const {
      return std::min(length, size - std::min(size, row * columns + column));
    }
  };

  template <class Use>
  void for_each_slice(std::size_t count, Use use) const {
    const std::size_t columns = (count + t_) / (t_ + 1);
    std::size_t first = 0;
    for (std::size_t king = 0; king < n_; ++king) {
      const std::size_t own = columns / n_ + (king < columns % n_ ? 1 : 0);
      if (own != 0) use(Slice{king, first, std::min((t_ + 1) * own, count - first), own});
      first += (t_ + 1) * own;
    }
  }

  std::size_t steps_from(std::size_t party, std::size_t other) const { return (other + n_ - party) % n_; }
  std::size_t after(std::size_t party, std::size_t steps) const { return (party + steps) % n_; }
  // The points of the parties `from` to `to` steps after the king.
  std::vector<G> points_after(std::size_t king, std::size_t from, std::size_t to) const {
    std::vector<G> points;
    for (std::size_t k = from; k <= to; ++k) points.push_back(G::embed(after(king, k) + 1));
    return points;
  }

  // How many columns are worked on at a time: more than the innermost cache holds, because for each piece there is a call
  // for each of as many streams as there are parties.
  template <class Stream>
  std::size_t piece_length(std::size_t columns) const {
    return dealing_chunk<Stream, G>(columns, (n_ + 3) / 4);
  }

  // Room for all that this party sends in the first round, and the announcement of all that it receives; what comes
  // from one party to another lies slice by slice, the shares of random values before the masked products.
  std::vector<std::span<std::byte>> reserve(Round& round, std::size_t count) const {
    std::vector<std::size_t> sizes(n_);
    for_each_slice(count, [&](const Slice& slice) {
      for (std::size_t k = 0; k <= 2 * t_; ++k) {
        const std::size_t holder = after(slice.king, k);
        if (holder == self_) continue;
        if (!dealing_.draws_random(holder, self_)) round.expect_elements<G>(holder, slice.columns);
        if (slice.king == self_) round.expect_elements<G>(holder, slice.size);
      }
      if (steps_from(slice.king, self_) > 2 * t_) return;
      for (std::size_t k = t_ + 2; k < n_; ++k) sizes[after(self_, k)] += slice.columns;
      if (slice.king != self_) sizes[slice.king] += slice.size;
    });
    std::vector<std::span<std::byte>> unwritten(n_);
    for (std::size_t party = 0; party < n_; ++party)
      if (sizes[party] != 0) unwritten[party] = round.send(party, sizes[party] * G::encoded_size);
    return unwritten;
  }
  static std::span<std::byte> take(std::span<std::byte>& unwritten, std::size_t elements) {
    const auto taken = unwritten.first(elements * G::encoded_size);
    unwritten = unwritten.subspan(taken.size());
    return taken;
  }
  static void encode_at(std::span<std::byte> message, std::size_t first, std::span<const G> elements) {
    vector::encode<G>(message.subspan(first * G::encoded_size, elements.size() * G::encoded_size), elements);
  }

  // Rows of equal lengths in one buffer.
  class Rows {
   public:
    Rows(std::size_t rows, std::size_t most) : most_(most), elements_(rows * most) {}
    std::span<G> row(std::size_t row, std::size_t length) {
      return std::span<G>(elements_).subspan(row * most_, length);
    }

   private:
    std::size_t most_;
    Buffer<G> elements_;
  };
  // What one piece of a slice is worked on in.
  struct Workspace {
    Workspace(const KingProducts& products, std::size_t most)
        : drawn(products.t_ + 1, most),
          dealt(products.n_ - products.t_, most),
          shares(2 * products.t_ + 1, most),
          parts(2 * products.t_ + 1, most),
          combined(products.t_ + 1, most),
          values(1, most) {}
    Rows drawn, dealt, shares, parts, combined, values;
  };
  // out[row] = the sum of parts[k] times the power `row` of the evaluation point of dealers[k], times `sign`.
  void combine(std::span<const std::span<G>> out, std::span<const std::size_t> dealers,
               std::span<const std::span<const G>> parts, const G& sign) const {
    std::vector<G> matrix;
    for (std::size_t row = 0; row <= t_; ++row)
      for (const std::size_t dealer : dealers) matrix.push_back(sign * powers_[dealer * (t_ + 1) + row]);
    vector::linear_combinations<G>(out, matrix, parts);
  }
  std::vector<std::span<G>> result_rows(std::span<G> shares, const Slice& slice, std::size_t column,
                                        std::size_t length) const {
    std::vector<std::span<G>> rows;
    for (std::size_t row = 0; row <= t_; ++row)
      rows.push_back(shares.subspan(slice.first + row * slice.columns + column, length));
    return rows;
  }

  // Up to the exchange: `shares` become those of -r as far as they are dealt by this party or drawn, and this party's
  // masked parts of the products go to the king: into `sums` where it is this party.
  template <class Stream, class Produce>
  void mask(PairwiseStreams<Stream>& streams, const Slice& slice, Workspace& memory,
            std::span<std::span<std::byte>> unwritten, std::span<G> shares, std::span<G> sums, Produce& produce) const {
    const bool holds = steps_from(slice.king, self_) <= 2 * t_;
    std::vector<std::span<std::byte>> messages;
    if (holds)
      for (std::size_t k = t_ + 2; k < n_; ++k) messages.push_back(take(unwritten[after(self_, k)], slice.columns));
    std::span<std::byte> to_king;
    if (holds && slice.king != self_) to_king = take(unwritten[slice.king], slice.size);
    const std::vector<G> of_drawn = flat(dealing_.random_weights());

    // A dealer and a receiver draw their shares and parts in turn, so pieces are of one length at all parties.
    const std::size_t chunk = piece_length<Stream>(slice.columns);
    Rows &drawn = memory.drawn, &dealt = memory.dealt, &shares_of = memory.shares, &parts_of = memory.parts,
         &masked = memory.combined, &values = memory.values;
    for_each_chunk(slice.columns, chunk, [&](std::size_t column, std::size_t length) {
      std::vector<std::size_t> dealers_of_shares, dealers_of_parts;
      std::vector<std::span<const G>> shares_in, parts_in;
      if (holds) {
        std::vector<std::span<const G>> drawn_rows;
        std::vector<std::span<G>> dealt_rows;
        for (std::size_t k = 0; k <= t_; ++k) drawn_rows.push_back(drawn.row(k, length));
        for (std::size_t k = 0; k < n_ - t_; ++k) dealt_rows.push_back(dealt.row(k, length));
        const auto part = values.row(0, length), own = parts_of.row(0, length);
        for (std::size_t k = 0; k <= t_; ++k) fill_uniform(streams.dealt_to(after(self_, k + 1)), drawn.row(k, length));
        vector::linear_combinations<G>(dealt_rows, of_drawn, drawn_rows);
        std::ranges::copy(dealt_rows.back(), own.begin());
        for (std::size_t k = 0; k <= 2 * t_; ++k) {
          const std::size_t holder = after(slice.king, k);
          if (holder == self_) continue;
          fill_uniform(streams.dealt_to(holder), part);
          vector::subtract<G>(own, own, part);
        }
        for (std::size_t k = 0; k < messages.size(); ++k) encode_at(messages[k], column, dealt_rows[k + 1]);
        dealers_of_shares.push_back(self_);
        shares_in.push_back(dealt_rows.front());
        dealers_of_parts.push_back(self_);
        parts_in.push_back(own);
      }
      for (std::size_t k = 0; k <= 2 * t_; ++k) {
        const std::size_t dealer = after(slice.king, k);
        if (dealer == self_) continue;
        if (dealing_.draws_random(dealer, self_)) {
          const auto row = shares_of.row(shares_in.size() - (holds ? 1 : 0), length);
          fill_uniform(streams.dealt_by(dealer), row);
          dealers_of_shares.push_back(dealer);
          shares_in.push_back(row);
        }
        if (!holds) continue;
        const auto row = parts_of.row(parts_in.size(), length);
        fill_uniform(streams.dealt_by(dealer), row);
        dealers_of_parts.push_back(dealer);
        parts_in.push_back(row);
      }
      combine(result_rows(shares, slice, column, length), dealers_of_shares, shares_in, -G::one());
      if (!holds) return;
      std::vector<std::span<G>> masked_rows;
      for (std::size_t row = 0; row <= t_; ++row) masked_rows.push_back(masked.row(row, length));
      combine(masked_rows, dealers_of_parts, parts_in, G::one());
      for (std::size_t row = 0; row <= t_; ++row) {
        const std::size_t position = row * slice.columns + column;
        const auto value = values.row(0, slice.in_row(row, column, length));
        if (value.empty()) continue;
        const auto sum = masked_rows[row].first(value.size());
        produce(slice.first + position, value);
        vector::multiply_add<G>(sum, value, of_value_[slice.king]);
        if (slice.king == self_)
          std::ranges::copy(sum, sums.subspan(position).begin());
        else
          encode_at(to_king, position, sum);
      }
    });
  }

  // What the dealers sent of the shares of r.
  void subtract_received(Round& round, const Slice& slice, Workspace& memory, std::span<G> shares,
                         std::size_t chunk) const {
    std::vector<std::size_t> dealers;
    std::vector<std::span<const std::byte>> messages;
    for (std::size_t k = 0; k <= 2 * t_; ++k) {
      const std::size_t dealer = after(slice.king, k);
      if (dealer == self_ || dealing_.draws_random(dealer, self_)) continue;
      dealers.push_back(dealer);
      messages.push_back(round.receive(dealer, slice.columns * G::encoded_size));
    }
    if (dealers.empty()) return;
    for_each_chunk(slice.columns, chunk, [&](std::size_t column, std::size_t length) {
      std::vector<std::span<const G>> in;
      for (std::size_t k = 0; k < dealers.size(); ++k) {
        const auto row = memory.shares.row(k, length);
        Round::decode<G>(dealers[k], row, messages[k].subspan(column * G::encoded_size, length * G::encoded_size));
        in.push_back(row);
      }
      std::vector<std::span<G>> out;
      for (std::size_t row = 0; row <= t_; ++row) out.push_back(memory.combined.row(row, length));
      combine(out, dealers, in, -G::one());
      const auto results = result_rows(shares, slice, column, length);
      for (std::size_t row = 0; row <= t_; ++row) vector::add<G>(results[row], results[row], out[row]);
    });
  }

  // The king's work: the masked products, to all whose share of them is not 0.
  void open_sums(Round& masking, Round& opening, const Slice& slice, std::span<G> sums) const {
    Buffer<G> part(std::min(slice.size, chunk_length<G>(2)));
    for (std::size_t k = 1; k <= 2 * t_; ++k) {
      const auto message = masking.receive(after(self_, k), slice.size * G::encoded_size);
      for_each_chunk(slice.size, part.size(), [&](std::size_t first, std::size_t length) {
        const auto theirs = std::span<G>(part).first(length), sum = sums.subspan(first, length);
        Round::decode<G>(after(self_, k), theirs, message.subspan(first * G::encoded_size, length * G::encoded_size));
        vector::add<G>(sum, sum, theirs);
      });
    }
    const auto message = opening.send(after(self_, t_ + 1), slice.size * G::encoded_size);
    vector::encode<G>(message, std::span<const G>(sums));
    for (std::size_t k = t_ + 2; k < n_; ++k)
      std::ranges::copy(message, opening.send(after(self_, k), message.size()).begin());
  }

  static std::vector<G> flat(const std::vector<std::vector<G>>& rows) {
    std::vector<G> elements;
    for (const auto& row : rows) elements.insert(elements.end(), row.begin(), row.end());
    return elements;
  }

  Dealing<G> dealing_;
  std::size_t n_, t_, self_;
  std::vector<G> of_value_, of_sum_, powers_;
};

}  // namespace parley::detail
