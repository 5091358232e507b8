// SPDX-License-Identifier: Apache-2.0
// Opening Shamir's shares so that no t parties can change what is opened: everybody shows his share to everybody, and
// all n of them lie on one polynomial of degree t, or nobody goes on.
// [BGW88] Completeness theorems for non-cryptographic fault-tolerant distributed computation. [GL05] Goldwasser,
// Lindell: Secure Multi-Party Computation Without Agreement, Journal of Cryptology 18, 2005.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"
#include "parley/engine/round.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/network.hpp"
#include "parley/poly/decoding.hpp"
#include "parley/poly/lagrange.hpp"
#include "parley/sharing/batch.hpp"

namespace parley::detail {

/// Openings among n >= 2t + 1 parties of whom t may deviate; party i's evaluation point is G::embed(i + 1).
///
/// Security: the n - t >= t + 1 honest shares determine a polynomial of degree t. Where they lie on one, whatever the
/// others show, this party gets its value at 0 or an Error; where they do not (a deviating dealer can bring that about
/// if n > 2t + 1), it always gets an Error. So what is opened is fixed before the opening begins, and a party that sees
/// the others' shares first has no choice but to let it happen or to be noticed. The shares that are shown are points of
/// the polynomial that t shares and the value determine: they reveal the value and nothing else.
///
/// Errors: Error(inconsistent_shares). It names a party where n >= 3t + 1 and the honest shares are known to be
/// consistent: no other polynomial passes through n - t of the shares, so that who is not on it deviates.
template <Field G>
class VerifiedOpening {
 public:
  VerifiedOpening(Network& network, std::size_t privacy_threshold)
      : network_(network), n_(network.parties()), t_(privacy_threshold), self_(network.self()) {
    for (std::size_t party = 0; party < n_; ++party) points_.push_back(G::embed(party + 1));
    const LagrangeInterpolator<G> interpolator(
        {points_.begin(), points_.begin() + static_cast<std::ptrdiff_t>(t_ + 1)});
    const auto add_row = [&](const G& point) {
      const std::vector<G> row = interpolator.coefficients(point);
      matrix_.insert(matrix_.end(), row.begin(), row.end());
    };
    add_row(G::embed(0));
    for (std::size_t party = t_ + 1; party < n_; ++party) add_row(points_[party]);
  }

  /// The values at 0. `dealers_checked`: the honest shares are known to lie on polynomials of degree t.
  /// Cost: one round; n - 1 elements sent per value.
  Buffer<G> open(std::span<const G> shares, bool dealers_checked) {
    Round round(network_);
    for (std::size_t party = 0; party < n_; ++party) {
      if (party == self_) continue;
      round.send_elements<G>(party, shares);
      round.expect_elements<G>(party, shares.size());
    }
    round.exchange(shares.empty());
    return values(round, shares, dealers_checked);
  }

  /// The same for `receiver` alone; the others get nothing.
  /// Cost: one round; one element sent per value by each of the others.
  Buffer<G> open_to(std::size_t receiver, std::span<const G> shares, bool dealers_checked) {
    Round round(network_);
    if (self_ != receiver) round.send_elements<G>(receiver, shares);
    for (std::size_t party = 0; party < n_ && self_ == receiver; ++party)
      if (party != self_) round.expect_elements<G>(party, shares.size());
    round.exchange(shares.empty());
    return self_ == receiver ? values(round, shares, dealers_checked) : Buffer<G>();
  }

  /// Says to all that this party has found nothing wrong, and hears the same of all: an honest party that has left
  /// takes the others with it. All that a deviating party can still do is to keep its own word from some of them, who
  /// then name it; more is not possible without a broadcast channel [GL05].
  /// Cost: one round; a byte sent to each party.
  void confirm() {
    Round round(network_);
    for (std::size_t party = 0; party < n_; ++party) {
      if (party == self_) continue;
      round.send(party, 1)[0] = well;
      round.expect(party, 1);
    }
    round.exchange();
    for (std::size_t party = 0; party < n_; ++party)
      if (party != self_ && round.receive(party, 1)[0] != well)
        throw Error(ErrorCode::malformed_message, party,
                    "party " + std::to_string(party) + " confirmed an opening with something else than was agreed");
  }

 private:
  static constexpr std::byte well{0x01};

  Buffer<G> values(Round& round, std::span<const G> shares, bool dealers_checked) const {
    const std::size_t count = shares.size(), chunk = std::min(count, chunk_length<G>(2 * n_));
    std::vector<std::span<const std::byte>> messages(n_);
    for (std::size_t party = 0; party < n_; ++party)
      if (party != self_) messages[party] = round.receive(party, count * G::encoded_size);
    Buffer<G> opened(count), received(n_ * chunk), predicted((n_ - t_ - 1) * chunk);
    for_each_chunk(count, chunk, [&](std::size_t first, std::size_t length) {
      std::vector<std::span<const G>> given;
      for (std::size_t party = 0; party < n_; ++party) {
        const auto row = std::span<G>(received).subspan(party * chunk, length);
        if (party == self_)
          std::ranges::copy(shares.subspan(first, length), row.begin());
        else
          Round::decode<G>(party, row, messages[party].subspan(first * G::encoded_size, length * G::encoded_size));
        given.push_back(row);
      }
      std::vector<std::span<G>> results{std::span<G>(opened).subspan(first, length)};
      for (std::size_t k = 0; k + t_ + 1 < n_; ++k)
        results.push_back(std::span<G>(predicted).subspan(k * chunk, length));
      vector::linear_combinations<G>(results, matrix_, std::span(given).first(t_ + 1));
      for (std::size_t k = 0; k + t_ + 1 < n_; ++k)
        for (std::size_t i = 0; i < length; ++i)
          if (!(results[k + 1][i] == given[t_ + 1 + k][i])) throw inconsistent(given, i, dealers_checked);
    });
    return opened;
  }

  // What is opened is public, and so may decide about the time that this takes.
  Error inconsistent(std::span<const std::span<const G>> given, std::size_t column, bool dealers_checked) const {
    if (dealers_checked && n_ >= 3 * t_ + 1) {
      std::vector<G> word;
      for (const std::span<const G>& row : given) word.push_back(row[column]);
      const auto decoded = ReedSolomonCode<G>(points_, t_ + 1).decode(word);
      if (decoded && !decoded->wrong.empty()) {
        const std::size_t liar = decoded->wrong.front();
        return Error(ErrorCode::inconsistent_shares, liar,
                     "party " + std::to_string(liar) + " showed a wrong share of a value that was opened");
      }
    }
    return Error(ErrorCode::inconsistent_shares, "the " + std::to_string(n_) +
                                                     " shares of a value that was opened do not lie on one polynomial "
                                                     "of degree " +
                                                     std::to_string(t_) + ": somebody deviates from the protocol");
  }

  Network& network_;
  std::size_t n_, t_, self_;
  std::vector<G> points_;
  std::vector<G> matrix_;  // from the shares of parties 0 to t to the value, and to the other parties' shares
};

}  // namespace parley::detail
