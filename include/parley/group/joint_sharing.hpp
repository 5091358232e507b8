// SPDX-License-Identifier: Apache-2.0
// Random secrets that all parties share and nobody has known: the sum of what each deals, without those who deal wrong.
// [Ped91] Pedersen: Non-Interactive and Information-Theoretic Secure Verifiable Secret Sharing, CRYPTO 1991.
// [GJKR07] Gennaro, Jarecki, Krawczyk, Rabin: Secure Distributed Key Generation for Discrete-Log Based Cryptosystems,
// Journal of Cryptology 20, 2007.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/secret.hpp"
#include "parley/core/wipe.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "parley/group/commitments.hpp"
#include "parley/group/concepts.hpp"
#include "parley/group/echo_broadcast.hpp"
#include "parley/group/verifiable.hpp"
#include "parley/net/network.hpp"

namespace parley {

/// What `count` secrets are dealt for, and among whom.
struct JointParameters {
  std::size_t privacy_threshold = 0;  ///< at least 1, and below half of the parties
  std::size_t count = 1;              ///< how many secrets, at least 1
};

/// A complaint that a public answer settled: the complainer lied, or the dealer had sent him a wrong share. Which of
/// the two, nobody but they can tell.
struct Dispute {
  std::size_t complainer = 0, dealer = 0;
  friend bool operator==(const Dispute&, const Dispute&) = default;
};

/// Who took part, and who deviated from the protocol.
struct JointReport {
  /// Whose contributions are in the sums, ascending; the same at all honest parties, who are all among them.
  std::vector<std::size_t> qualified;
  /// Parties that deviated for certain, ascending: by what everybody saw, or by what this party alone knows (a dealer
  /// who sent it a wrong share, a complainer whom it had sent a right one).
  std::vector<std::size_t> faulty;
  /// The same at all honest parties; one of each two is faulty. In the order of complainers, then dealers.
  std::vector<Dispute> disputes;
};

/// One party's result of share_random().
template <Group G>
struct JointSharing {
  /// This party's shares, of Pedersen's scheme, one for each secret; to be wiped by whoever keeps them.
  std::vector<PedersenShare<typename G::Scalar>> shares;
  /// The same at all honest parties: against which Pedersen<G>::reconstruct() names wrong shares.
  PolynomialCommitments<G> commitments;
  JointReport report;
};

namespace detail {

/// The part that share_random() and generate_keys() have in common, one call for each step.
template <Group G, class Random>
class JointDealing {
 public:
  using F = typename G::Scalar;
  using Share = PedersenShare<F>;
  using Commitments = PolynomialCommitments<G>;
  using Scheme = Pedersen<G>;

  JointDealing(Network& network, const JointParameters& parameters, Random& random)
      : scheme_({network.parties(), checked(network.parties(), parameters).privacy_threshold}),
        n_(network.parties()),
        self_(network.self()),
        t_(parameters.privacy_threshold),
        count_(parameters.count),
        random_(random),
        broadcast_(network, t_),
        polynomials_(std::vector<Share>()),
        disqualified_(n_),
        faulty_(n_) {}

  /// Two rounds: the dealing, and everybody's complaints.
  void deal() {
    polynomials_ = Secret<std::vector<Share>>(scheme_.uniform_polynomials(count_, random_));
    auto dealing = scheme_.deal_polynomials(polynomials_.expose());
    std::vector<Bytes> individual(n_);
    for (std::size_t party = 0; party < n_; ++party) {
      individual[party].resize(row_size());
      encode_row(dealing.shares[party], individual[party]);
    }
    Bytes broadcast(Commitments::encoded_size(t_, count_));
    dealing.commitments.encode(broadcast);
    const auto received =
        broadcast_.exchange(broadcast, std::vector<std::size_t>(n_, broadcast.size()), individual, row_size());
    for (Bytes& row : individual) wipe(std::span<std::byte>(row));
    for (std::size_t dealer = 0; dealer < n_; ++dealer) {
      commitments_.push_back(decode_commitments(dealer, received.broadcast[dealer]));
      rows_.emplace_back(dealer == self_ ? Secret(std::move(dealing.shares[self_]))
                                         : decode_row(dealer, received.individual[dealer]));
    }
    for (std::vector<Share>& row : dealing.shares) wipe(row);
    complaints_ = exchange_complaints(wrong_dealers());
  }

  /// One round, and two more where somebody complains: accused dealers show the shares in question.
  void settle_complaints() {
    broadcast_.confirm();
    std::vector<std::vector<std::size_t>> complainers(n_);  // by dealer, ascending
    bool any = false;
    for (std::size_t dealer = 0; dealer < n_; ++dealer) {
      for (std::size_t party = 0; party < n_; ++party)
        if (complaints_[party][dealer]) complainers[dealer].push_back(party);
      // At least one of more than t is honest, so that there is nothing to answer.
      if (complainers[dealer].size() > t_) disqualify(dealer);
      if (disqualified_[dealer]) complainers[dealer].clear();
      any = any || !complainers[dealer].empty();
    }
    if (!any) return;

    std::vector<std::size_t> sizes;
    for (const auto& of_dealer : complainers) sizes.push_back(of_dealer.size() * row_size());
    Bytes answer(sizes[self_]);
    if (!answer.empty()) {
      const auto dealing = scheme_.deal_polynomials(polynomials_.expose());
      for (std::size_t i = 0; i < complainers[self_].size(); ++i)
        encode_row(dealing.shares[complainers[self_][i]], std::span(answer).subspan(i * row_size(), row_size()));
    }
    const auto received = broadcast_.exchange(answer, sizes);
    broadcast_.confirm();
    for (std::size_t dealer = 0; dealer < n_; ++dealer)
      for (std::size_t i = 0; i < complainers[dealer].size(); ++i)
        settle(complainers[dealer][i], dealer,
               std::span(received.broadcast[dealer]).subspan(i * row_size(), row_size()));
    std::erase_if(disputes_, [&](const Dispute& dispute) { return disqualified_[dispute.dealer]; });
    std::ranges::sort(disputes_, {},
                      [](const Dispute& dispute) { return std::pair(dispute.complainer, dispute.dealer); });
    // Honest parties are in dispute with faulty ones only.
    std::vector<std::size_t> disputes_of(n_);
    for (const Dispute& dispute : disputes_) ++disputes_of[dispute.complainer], ++disputes_of[dispute.dealer];
    for (std::size_t party = 0; party < n_; ++party)
      if (disputes_of[party] > t_) faulty_[party] = true;
  }

  /// This party's shares of the sums.
  std::vector<Share> sum_of_shares() const {
    std::vector<Share> sum(count_);
    for (const std::size_t dealer : qualified())
      for (std::size_t entry = 0; entry < count_; ++entry) sum[entry] += rows_[dealer].expose()[entry];
    return sum;
  }

  /// The sums over qualified dealers of commitments[dealer].
  Commitments sum_of_commitments(std::span<const Commitments> commitments) const {
    const std::vector<std::size_t> dealers = qualified();
    if (dealers.empty())
      throw Error(ErrorCode::too_many_wrong_shares,
                  "no dealer is qualified: more than " + std::to_string(t_) + " parties deviate");
    Commitments sum = commitments[dealers.front()];
    for (const std::size_t dealer : std::span(dealers).subspan(1)) sum += commitments[dealer];
    return sum;
  }
  std::span<const Commitments> commitments() const noexcept { return commitments_; }

  std::vector<std::size_t> qualified() const {
    std::vector<std::size_t> result;
    for (std::size_t dealer = 0; dealer < n_; ++dealer)
      if (!disqualified_[dealer]) result.push_back(dealer);
    return result;
  }
  JointReport report() const {
    JointReport result{qualified(), {}, disputes_};
    for (std::size_t party = 0; party < n_; ++party)
      if (faulty_[party]) result.faulty.push_back(party);
    return result;
  }

 protected:
  static const JointParameters& checked(std::size_t parties, const JointParameters& parameters) {
    if (parameters.count == 0) throw Error(ErrorCode::invalid_argument, "a dealing of no secrets");
    if (parameters.privacy_threshold >= parties || 2 * parameters.privacy_threshold >= parties)
      throw Error(ErrorCode::invalid_argument,
                  "a privacy_threshold of " + std::to_string(parameters.privacy_threshold) + " among " +
                      std::to_string(parties) + " parties who deal together; it must be below half of them");
    return parameters;
  }

  /// In bytes, of all the shares of one dealer for one party.
  std::size_t row_size() const noexcept { return count_ * 2 * F::encoded_size; }

  void encode_row(std::span<const Share> row, std::span<std::byte> out) const {
    for (ByteWriter writer(out); const Share& share : row)
      for (const F& scalar : {share.value, share.blinding})
        scalar.encode(writer.take(F::encoded_size).template first<F::encoded_size>());
  }
  Secret<std::vector<Share>> decode_row(std::size_t sender, std::span<const std::byte> bytes) const {
    Secret<std::vector<F>> scalars(std::vector<F>(2 * count_));
    if (!vector::decode<F>(std::span<F>(scalars.expose()), bytes)) throw_malformed(sender, F::name);
    std::vector<Share> row;
    for (std::size_t entry = 0; entry < count_; ++entry)
      row.push_back({scalars.expose()[2 * entry], scalars.expose()[2 * entry + 1]});
    return Secret<std::vector<Share>>(std::move(row));
  }
  Commitments decode_commitments(std::size_t sender, std::span<const std::byte> bytes) const {
    auto decoded = Commitments::decode(t_, count_, bytes);
    if (!decoded) throw_malformed(sender, G::name);
    return std::move(*decoded);
  }
  [[noreturn]] static void throw_malformed(std::size_t sender, const std::string& of_what) {
    throw Error(ErrorCode::malformed_message, sender,
                "party " + std::to_string(sender) + " sent something that is not an element of " + of_what);
  }

  /// One round: result[party][dealer], whether the party complains of the dealer; `mine` are this party's complaints.
  /// Error(malformed_message) for a complaint of a party that does not exist, or of oneself.
  std::vector<std::vector<bool>> exchange_complaints(const std::vector<bool>& mine) {
    Bytes bits((n_ + 7) / 8);
    for (std::size_t dealer = 0; dealer < n_; ++dealer)
      if (mine[dealer]) bits[dealer / 8] |= std::byte{1} << (dealer % 8);
    const auto received = broadcast_.exchange(bits, std::vector<std::size_t>(n_, bits.size()));
    std::vector<std::vector<bool>> result(n_, std::vector<bool>(n_));
    for (std::size_t party = 0; party < n_; ++party) {
      for (std::size_t bit = 0; bit < 8 * bits.size(); ++bit) {
        if ((received.broadcast[party][bit / 8] >> (bit % 8) & std::byte{1}) == std::byte{0}) continue;
        if (bit >= n_ || bit == party)
          throw Error(ErrorCode::malformed_message, party,
                      "party " + std::to_string(party) + " complains of party " + std::to_string(bit));
        result[party][bit] = true;
      }
    }
    return result;
  }

  void disqualify(std::size_t dealer) { disqualified_[dealer] = faulty_[dealer] = true; }

  Scheme scheme_;
  std::size_t n_, self_, t_, count_;
  Random& random_;
  EchoBroadcast broadcast_;
  Secret<std::vector<Share>> polynomials_;        // this party's
  std::vector<Secret<std::vector<Share>>> rows_;  // this party's shares, by dealer
  std::vector<Commitments> commitments_;          // by dealer
  std::vector<bool> disqualified_, faulty_;

 private:
  // All dealers' sharings are one batch, until something is wrong in it.
  std::vector<bool> wrong_dealers() {
    Secret<std::vector<Share>> shares{std::vector<Share>()};
    shares.expose().reserve(n_ * count_);
    Commitments commitments(t_);
    for (std::size_t dealer = 0; dealer < n_; ++dealer) {
      if (dealer == self_) continue;
      shares.expose().insert(shares.expose().end(), rows_[dealer].expose().begin(), rows_[dealer].expose().end());
      commitments.append(commitments_[dealer]);
    }
    std::vector<bool> wrong(n_);
    if (scheme_.verify(self_, shares.expose(), commitments, random_)) return wrong;
    for (std::size_t dealer = 0; dealer < n_; ++dealer)
      wrong[dealer] = dealer != self_ && !scheme_.verify(self_, rows_[dealer].expose(), commitments_[dealer], random_);
    return wrong;
  }

  // The dealer's public answer to the party's complaint.
  void settle(std::size_t party, std::size_t dealer, std::span<const std::byte> answer) {
    Secret<std::vector<Share>> shown = decode_row(dealer, answer);
    if (!scheme_.verify(party, shown.expose(), commitments_[dealer], random_)) return disqualify(dealer);
    disputes_.push_back({party, dealer});
    if (dealer == self_) faulty_[party] = true;
    if (party != self_) return;
    faulty_[dealer] = true;
    rows_[dealer] = std::move(shown);
  }

  std::vector<std::vector<bool>> complaints_;  // by complainer, then dealer
  std::vector<Dispute> disputes_;
};

}  // namespace detail

/// Secrets that are uniform, that all parties have shares of, and that nobody knows: the sums of what each party deals
/// by Pedersen's scheme. All parties call this at the same point, with the same parameters; any
/// parameters.privacy_threshold + 1 of them can reconstruct. [Ped91; GJKR07, section 4, "generating x"]
///
/// Security, against a rushing adversary who controls at most t < n / 2 parties and makes them do what he likes: each
/// secret is uniform and independent of all that he sees (perfectly); all honest parties that get a result have the same
/// commitments and qualified parties, and right shares of the secrets committed to, as long as he cannot find the
/// logarithm of G::second_generator(). Wrong values do not end the run: who deals wrong is left out where the answer to
/// a complaint does not prove the share right, and named as far as can be told; see JointReport. Who sends nothing, a
/// malformed message, or different broadcasts to different parties ends it: see EchoBroadcast for what holds then.
///
/// `random` makes this party's contribution, and weights against which the others cannot prepare.
///
/// Cost: 3 rounds; where anybody complains, 2 more. Sent to each other party, with K secrets, elements of g bytes and
/// scalars of s: K (t + 1) g + 2 K s in the first round, 32 n + ceil(n / 8) in the second, 32 n in the third.
///
/// Errors: Error(invalid_argument) before anything is sent. Caused by a peer: those of Network::exchange() and of
/// EchoBroadcast, and Error(malformed_message), which names it. After these the network has failed.
template <Group G, UniformSource<typename G::Scalar> Random>
[[nodiscard]] JointSharing<G> share_random(Network& network, const JointParameters& parameters, Random& random) {
  detail::JointDealing<G, Random> dealing(network, parameters, random);
  return detail::run_or_give_up(network, [&] {
    dealing.deal();
    dealing.settle_complaints();
    return JointSharing<G>{dealing.sum_of_shares(), dealing.sum_of_commitments(dealing.commitments()),
                           dealing.report()};
  });
}

}  // namespace parley
