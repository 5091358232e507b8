// SPDX-License-Identifier: Apache-2.0
// Keys that nobody has ever known: the private key is shared among the parties, the public key is public, and no dealer
// was there.
// [GJKR07] Gennaro, Jarecki, Krawczyk, Rabin: Secure Distributed Key Generation for Discrete-Log Based Cryptosystems,
// Journal of Cryptology 20, 2007 (first at EUROCRYPT 1999).
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/secret.hpp"
#include "parley/group/commitments.hpp"
#include "parley/group/concepts.hpp"
#include "parley/group/joint_sharing.hpp"
#include "parley/group/verifiable.hpp"
#include "parley/net/network.hpp"
#include "parley/poly/polynomial.hpp"

namespace parley {

/// One party's result of generate_keys().
template <Group G>
struct GeneratedKeys {
  using F = typename G::Scalar;

  /// This party's shares of the private keys, by Feldman's scheme; to be wiped by whoever keeps them.
  std::vector<F> shares;
  /// The same at all honest parties.
  PolynomialCommitments<G> commitments;
  JointReport report;

  /// x * generator for the private key x. Error(out_of_range) where there is no such key.
  [[nodiscard]] G public_key(std::size_t key) const { return commitments.constant(key); }
  /// s * generator for the share s of a party, against which signatures or decryptions by it are checked.
  [[nodiscard]] G verification_share(std::size_t key, std::size_t party) const {
    return commitments.at(key, F::embed(party + 1));
  }
};

namespace detail {

/// The second part of generate_keys(): the public keys of secrets that are dealt already.
template <Group G, class Random>
class KeyExtraction : public JointDealing<G, Random> {
  using Base = JointDealing<G, Random>;

 protected:
  using Base::broadcast_, Base::commitments_, Base::count_, Base::disqualified_, Base::faulty_, Base::n_,
      Base::polynomials_, Base::random_, Base::row_size, Base::rows_, Base::scheme_, Base::self_, Base::t_;
  using typename Base::Commitments;
  using typename Base::F;
  using typename Base::Share;

 public:
  KeyExtraction(Network& network, const JointParameters& parameters, Random& random)
      : Base(network, parameters, random), feldman_({n_, t_}) {}

  /// Two rounds: qualified dealers show Feldman's commitments to the polynomials that they have dealt, and everybody
  /// complains of those that do not fit his share.
  void show_commitments() {
    std::vector<std::size_t> sizes(n_);
    for (const std::size_t dealer : Base::qualified()) sizes[dealer] = Commitments::encoded_size(t_, count_);
    Bytes mine(sizes[self_]);
    if (!mine.empty()) {
      std::vector<G> elements;
      for (const Share& coefficient : polynomials_.expose())
        elements.push_back(G::multiply_generator(coefficient.value));
      Commitments(t_, std::move(elements)).encode(mine);
    }
    const auto received = broadcast_.exchange(mine, sizes);
    std::vector<bool> wrong(n_);
    shown_.assign(n_, Commitments(t_));
    for (const std::size_t dealer : Base::qualified())
      shown_[dealer] = Base::decode_commitments(dealer, received.broadcast[dealer]);
    if (!all_fit())
      for (const std::size_t dealer : Base::qualified())
        wrong[dealer] = dealer != self_ && !fits(self_, rows_[dealer].expose(), dealer);
    complaints_ = Base::exchange_complaints(wrong);
  }

  /// One round; two more where somebody complains, which prove who deviated; and two more where this is a dealer.
  void settle_commitments() {
    broadcast_.confirm();
    std::vector<std::vector<std::size_t>> accused(
        n_);  // by complainer, ascending; who is left out already does not count
    bool any = false;
    for (std::size_t party = 0; party < n_; ++party) {
      for (const std::size_t dealer : Base::qualified())
        if (complaints_[party][dealer]) accused[party].push_back(dealer);
      any = any || !accused[party].empty();
    }
    if (!any) return;

    // A share that is right by Pedersen's commitments, which bind the dealer, and wrong by Feldman's.
    const auto evidence = exchange_rows(accused);
    std::vector<bool> exposed(n_);
    for (std::size_t party = 0; party < n_; ++party) {
      for (std::size_t i = 0; i < accused[party].size(); ++i) {
        const std::size_t dealer = accused[party][i];
        const std::vector<Share>& row = evidence[party][i].expose();
        const bool proves = scheme_.verify(party, row, commitments_[dealer], random_) && !fits(party, row, dealer);
        if (proves) exposed[dealer] = true;
        faulty_[proves ? dealer : party] = true;
      }
    }
    std::vector<std::size_t> dealers;
    for (std::size_t dealer = 0; dealer < n_; ++dealer)
      if (exposed[dealer]) dealers.push_back(dealer);
    if (dealers.empty()) return;

    // Their contributions are part of the keys already. What they have dealt becomes public, and so what they should
    // have shown.
    const auto shares = exchange_rows(std::vector<std::vector<std::size_t>>(n_, dealers));
    for (std::size_t i = 0; i < dealers.size(); ++i) reveal(dealers[i], i, shares);
  }

  std::span<const Commitments> shown() const noexcept { return shown_; }

 private:
  bool fits(std::size_t party, std::span<const Share> row, std::size_t dealer) {
    Secret<std::vector<F>> values{std::vector<F>()};
    values.expose().reserve(row.size());
    for (const Share& share : row) values.expose().push_back(share.value);
    return feldman_.verify(party, values.expose(), shown_[dealer], random_);
  }

  // All as one batch.
  bool all_fit() {
    Secret<std::vector<F>> values{std::vector<F>()};
    values.expose().reserve(n_ * count_);
    Commitments all(t_);
    for (const std::size_t dealer : Base::qualified()) {
      for (const Share& share : rows_[dealer].expose()) values.expose().push_back(share.value);
      all.append(shown_[dealer]);
    }
    return feldman_.verify(self_, values.expose(), all, random_);
  }

  // Two rounds: each party shows what dealers[party] have dealt it; result[party] is that, dealer by dealer.
  std::vector<std::vector<Secret<std::vector<Share>>>> exchange_rows(
      const std::vector<std::vector<std::size_t>>& dealers) {
    std::vector<std::size_t> sizes;
    for (const auto& of_party : dealers) sizes.push_back(of_party.size() * row_size());
    Bytes mine(sizes[self_]);
    for (std::size_t i = 0; i < dealers[self_].size(); ++i)
      Base::encode_row(rows_[dealers[self_][i]].expose(), std::span(mine).subspan(i * row_size(), row_size()));
    const auto received = broadcast_.exchange(mine, sizes);
    broadcast_.confirm();
    std::vector<std::vector<Secret<std::vector<Share>>>> result(n_);
    for (std::size_t party = 0; party < n_; ++party)
      for (std::size_t i = 0; i < dealers[party].size(); ++i)
        result[party].push_back(
            Base::decode_row(party, std::span(received.broadcast[party]).subspan(i * row_size(), row_size())));
    return result;
  }

  // shown_[dealer] from the polynomials themselves, by t + 1 right ones of the shares [party][place].
  void reveal(std::size_t dealer, std::size_t place,
              const std::vector<std::vector<Secret<std::vector<Share>>>>& shares) {
    std::vector<F> points;
    std::vector<const std::vector<Share>*> right;
    for (std::size_t party = 0; party < n_; ++party) {
      const std::vector<Share>& row = shares[party][place].expose();
      if (!scheme_.verify(party, row, commitments_[dealer], random_)) {
        faulty_[party] = true;
      } else if (right.size() <= t_) {
        points.push_back(scheme_.point(party));
        right.push_back(&row);
      }
    }
    if (right.size() <= t_)
      throw Error(ErrorCode::too_many_wrong_shares,
                  "only " + std::to_string(right.size()) + " parties have right shares of what party " +
                      std::to_string(dealer) + " dealt: more than " + std::to_string(t_) + " deviate");
    const LagrangeInterpolator<F> interpolator(std::move(points));
    std::vector<G> elements;
    for (std::size_t entry = 0; entry < count_; ++entry) {
      std::vector<F> values;
      for (const std::vector<Share>* row : right) values.push_back((*row)[entry].value);
      const auto polynomial = Polynomial<F>::interpolate(interpolator, values);
      for (const F& coefficient : polynomial.coefficients()) elements.push_back(G::multiply_generator(coefficient));
    }
    shown_[dealer] = Commitments(t_, std::move(elements));
  }

  Feldman<G> feldman_;
  std::vector<Commitments> shown_;             // by dealer; of none where he is not qualified
  std::vector<std::vector<bool>> complaints_;  // of shown_, by complainer, then dealer
};

}  // namespace detail

/// Generates key pairs (x, x G) whose private keys x are shared among the parties, any
/// parameters.privacy_threshold + 1 of whom can reconstruct or use them, and known to nobody. All parties call this at
/// the same point, with the same parameters.
///
/// Each party deals a random secret by Pedersen's scheme, and complaints are settled, as in share_random(). Only then,
/// when it is fixed whose contributions count, do the dealers show Feldman's commitments, which contain the public keys.
/// A dealer who shows wrong ones is exposed by the share of an honest party, and what he has dealt is made public instead
/// of leaving him out. [GJKR07, section 4]
///
/// Why not deal by Feldman's scheme at once (Joint-Feldman, the protocol of Pedersen that came first): there an
/// adversary sees everybody's commitments, and so the public key with and without the contribution of one of his
/// parties, while he can still have that party disqualified, by complaints of another or by its own wrong answer. He
/// chooses between two keys; the last bit is what he likes in 3 of 4 runs. [GJKR07, section 3]
///
/// Security, against a rushing adversary who controls at most t < n / 2 parties and makes them do what he likes: the
/// private key of a run that ends is uniform, and beyond the public key he learns nothing of it, as long as he cannot
/// find logarithms in the group; all honest parties that get a result have the same commitments and qualified parties,
/// and right shares. Wrong values do not end the run, and are blamed as JointReport says; wrong commitments, and
/// complaints of right ones, on whom they come from, at all parties. Who sends nothing, a malformed message, or different
/// broadcasts to different parties ends it; see EchoBroadcast. He can do that when he has seen the public key: parties
/// that simply start again after a failure let him choose among as many keys as they make attempts. Find out whom the
/// Error names first.
///
/// Cost: 6 rounds; 2 more where anybody complains of shares, 2 where anybody complains of commitments, and 2 where such a
/// complaint is right. Sent to each other party, with K keys, elements of g bytes and scalars of s, in the 6 rounds:
/// 2 K (t + 1) g + 2 K s + 128 n + 2 ceil(n / 8).
///
/// Errors: as in share_random(); Error(too_many_wrong_shares) where more than t parties deviate and are found out.
template <Group G, UniformSource<typename G::Scalar> Random>
[[nodiscard]] GeneratedKeys<G> generate_keys(Network& network, const JointParameters& parameters, Random& random) {
  detail::KeyExtraction<G, Random> extraction(network, parameters, random);
  return detail::run_or_give_up(network, [&] {
    extraction.deal();
    extraction.settle_complaints();
    extraction.show_commitments();
    extraction.settle_commitments();
    auto shares = Secret(extraction.sum_of_shares());
    GeneratedKeys<G> keys{{}, extraction.sum_of_commitments(extraction.shown()), extraction.report()};
    for (const auto& share : shares.expose()) keys.shares.push_back(share.value);
    return keys;
  });
}

}  // namespace parley
