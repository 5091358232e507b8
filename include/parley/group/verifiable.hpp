// SPDX-License-Identifier: Apache-2.0
// Verifiable secret sharing: Shamir's scheme with public commitments, against which everybody can check his share, and
// any share that is shown to him.
// [Fel87] Feldman: A Practical Scheme for Non-interactive Verifiable Secret Sharing, FOCS 1987.
// [Ped91] Pedersen: Non-Interactive and Information-Theoretic Secure Verifiable Secret Sharing, CRYPTO 1991.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/secret.hpp"
#include "parley/core/wipe.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/group/commitments.hpp"
#include "parley/group/concepts.hpp"
#include "parley/poly/lagrange.hpp"
#include "parley/sharing/batch.hpp"
#include "parley/sharing/shamir.hpp"

namespace parley {

/// What a party has of a secret in Pedersen's scheme: its share of the secret, and that of a random value which hides
/// the secret in the commitment.
template <PrimeField F>
struct PedersenShare {
  F value{}, blinding{};

  friend PedersenShare operator+(const PedersenShare& a, const PedersenShare& b) noexcept {
    return {a.value + b.value, a.blinding + b.blinding};
  }
  friend PedersenShare operator-(const PedersenShare& a, const PedersenShare& b) noexcept {
    return {a.value - b.value, a.blinding - b.blinding};
  }
  friend PedersenShare operator*(const F& factor, const PedersenShare& a) noexcept {
    return {factor * a.value, factor * a.blinding};
  }
  PedersenShare& operator+=(const PedersenShare& other) noexcept { return *this = *this + other; }
  friend bool operator==(const PedersenShare&, const PedersenShare&) = default;
};

/// s is committed to by s G, where G is the generator. [Fel87]
template <Group G>
struct FeldmanCommitment {
  using Element = G;
  using F = typename G::Scalar;
  using Share = F;
  static constexpr std::size_t scalars = 1;

  static G commit(const Share& share) { return G::multiply_generator(share); }
  static F value(const Share& share) { return share; }
  static Share from_scalars(std::span<const F, scalars> drawn) { return drawn[0]; }
};

/// s with the blinding b is committed to by s G + b H, where H is the second generator. [Ped91]
template <Group G>
struct PedersenCommitment {
  using Element = G;
  using F = typename G::Scalar;
  using Share = PedersenShare<F>;
  static constexpr std::size_t scalars = 2;

  static G commit(const Share& share) {
    return G::multiply_generator(share.value) + share.blinding * G::second_generator();
  }
  static F value(const Share& share) { return share.value; }
  static Share from_scalars(std::span<const F, scalars> drawn) { return {drawn[0], drawn[1]}; }
};

/// What a dealer makes: shares[party][entry], each row for its party alone, and the commitments, for all.
template <class Commitment>
struct VerifiableDealing {
  std::vector<std::vector<typename Commitment::Share>> shares;
  PolynomialCommitments<typename Commitment::Element> commitments;
};

/// Shamir's scheme, in which the dealer commits to the coefficients of his polynomials. See Feldman and Pedersen.
///
/// All parties must have the same commitments: a dealer who shows different ones to different parties has dealt them
/// different secrets. That is up to whoever distributes them; share_random() and generate_keys() see to it.
///
/// Sharings are linear: sums of the shares, entry by entry, are shares with the sums of the commitments.
template <class Commitment>
class VerifiableSharing {
 public:
  using G = typename Commitment::Element;
  using F = typename G::Scalar;
  using Share = typename Commitment::Share;
  using Commitments = PolynomialCommitments<G>;
  using Dealing = VerifiableDealing<Commitment>;

  /// Error(invalid_argument) unless 1 <= privacy_threshold < parties and there are more scalars than parties.
  explicit VerifiableSharing(ShamirParameters parameters) : scheme_(parameters) {}

  [[nodiscard]] std::size_t parties() const noexcept { return scheme_.parties(); }
  [[nodiscard]] std::size_t privacy_threshold() const noexcept { return scheme_.privacy_threshold(); }
  [[nodiscard]] std::size_t reconstruction_threshold() const noexcept { return scheme_.reconstruction_threshold(); }
  /// The evaluation point of a party. Error(invalid_argument) where there is no such party.
  [[nodiscard]] F point(std::size_t party) const { return scheme_.point(party); }

  /// Shares secrets by uniformly random polynomials. Draws t elements per secret in Feldman's scheme, 2t + 1 in
  /// Pedersen's. Cost: t + 1 commitments for each secret.
  template <UniformSource<F> Random>
  [[nodiscard]] Dealing deal(std::span<const F> secrets, Random& random) const {
    const Secret<std::vector<Share>> polynomials(draw_polynomials(secrets.size(), secrets, random));
    return deal_polynomials(polynomials.expose());
  }

  /// Sharings of zero with commitments that show it, and so tell nothing: to be added to a batch of as many sharings,
  /// so that its shares are fresh and its secrets the same (proactive refresh). Check with commits_to_zeros().
  template <UniformSource<F> Random>
  [[nodiscard]] Dealing deal_zeros(std::size_t count, Random& random) const {
    const std::vector<F> zeros(count * Commitment::scalars);
    const Secret<std::vector<Share>> polynomials(draw_polynomials(count, zeros, random));
    return deal_polynomials(polynomials.expose());
  }

  /// Shares by prescribed polynomials, t + 1 coefficients for each: the one at [entry * (t + 1) + k] belongs to x^k.
  /// Privacy is that of the coefficients, which must be uniform and never used again. Error(invalid_argument) for
  /// another number of them.
  [[nodiscard]] Dealing deal_polynomials(std::span<const Share> coefficients) const {
    const std::size_t size = reconstruction_threshold();
    std::vector<G> elements;
    for (const Share& coefficient : coefficients) elements.push_back(Commitment::commit(coefficient));
    Dealing dealing{{}, Commitments(privacy_threshold(), std::move(elements))};
    for (std::size_t party = 0; party < parties(); ++party) {
      std::vector<Share>& row = dealing.shares.emplace_back();
      row.reserve(coefficients.size() / size);
      const F x = point(party);
      for (auto rest = coefficients; !rest.empty(); rest = rest.subspan(size)) {
        Share value{};
        for (std::size_t k = size; k-- > 0;) value = x * value + rest[k];
        row.push_back(value);
      }
    }
    return dealing;
  }

  /// `count` polynomials for deal_polynomials(), uniform in every coefficient.
  template <UniformSource<F> Random>
  [[nodiscard]] std::vector<Share> uniform_polynomials(std::size_t count, Random& random) const {
    return draw_polynomials(count, {}, random);
  }

  /// Whether this is the share that the commitments of one sharing promise to the party: exact. Error(invalid_argument)
  /// for a party or an entry that does not exist, or another threshold.
  [[nodiscard]] bool verify_entry(std::size_t party, const Share& share, const Commitments& commitments,
                                  std::size_t entry) const {
    require_commitments(commitments, commitments.size());
    return Commitment::commit(share) == commitments.at(entry, point(party));
  }

  /// Whether all shares are those that the commitments promise to the party. By one random combination of them all
  /// (for groups of at most 2^128 elements one by one), for which `random` must be unknown to the dealer when he makes
  /// shares and commitments: then a wrong share passes with probability 2^-128 at most, whatever his power.
  /// Error(invalid_argument) unless there is a share for each sharing of the commitments, for another threshold, or
  /// where there is no such party.
  template <UniformSource<F> Random>
  [[nodiscard]] bool verify(std::size_t party, std::span<const Share> shares, const Commitments& commitments,
                            Random& random) const {
    return verify_parties(std::span(&party, 1), std::span(&shares, 1), commitments, random)[0];
  }

  /// Whether the secrets of all sharings are zero, as those of deal_zeros() are.
  [[nodiscard]] static bool commits_to_zeros(const Commitments& commitments) {
    for (std::size_t entry = 0; entry < commitments.size(); ++entry)
      if (!(commitments.constant(entry) == G::identity())) return false;
    return true;
  }

  /// The secrets, and the parties (ascending) with a wrong share of any of them, who are not used: shares[i] is the row
  /// of party who[i]. Any t + 1 right rows suffice, however many are wrong, and even with just t + 1 rows nothing wrong
  /// is taken for right. `random` as in verify(), unknown to the parties when they show their shares.
  /// Error(too_many_wrong_shares) with fewer than t + 1 right rows. Error(invalid_argument) as in
  /// Shamir::reconstruct(), and for commitments of another shape.
  template <UniformSource<F> Random>
  [[nodiscard]] Corrected<F> reconstruct(std::span<const std::size_t> who, std::span<const std::vector<Share>> shares,
                                         const Commitments& commitments, Random& random) const {
    detail::require_distinct_parties(who, parties());
    detail::require_enough(who.size(), reconstruction_threshold());
    const auto rows = detail::readable_rows(shares);
    detail::require_rows<const Share>(who, rows);
    const std::vector<bool> right = verify_parties(who, rows, commitments, random);
    Corrected<F> result{std::vector<F>(commitments.size()), {}};
    std::vector<std::size_t> used;
    std::vector<F> points;
    for (std::size_t i = 0; i < who.size(); ++i) {
      if (!right[i]) {
        result.wrong.push_back(who[i]);
      } else if (used.size() < reconstruction_threshold()) {
        used.push_back(i);
        points.push_back(point(who[i]));
      }
    }
    std::ranges::sort(result.wrong);
    if (used.size() < reconstruction_threshold())
      throw Error(ErrorCode::too_many_wrong_shares, std::to_string(used.size()) + " parties have right shares, " +
                                                        std::to_string(reconstruction_threshold()) +
                                                        " are needed to reconstruct");
    const std::vector<F> coefficients = lagrange_coefficients<F>(points, F::zero());
    for (std::size_t entry = 0; entry < commitments.size(); ++entry)
      for (std::size_t i = 0; i < used.size(); ++i)
        result.secrets[entry] += coefficients[i] * Commitment::value(rows[used[i]][entry]);
    return result;
  }

 private:
  // `count` polynomials whose first scalars are given, equally many for each, and all others drawn.
  template <class Random>
  std::vector<Share> draw_polynomials(std::size_t count, std::span<const F> given, Random& random) const {
    if (count == 0) return {};
    const std::size_t size = reconstruction_threshold() * Commitment::scalars, first = given.size() / count;
    Secret<std::vector<F>> drawn(std::vector<F>(count * (size - first))), scalars(std::vector<F>(count * size));
    fill_uniform(random, std::span<F>(drawn.expose()));
    for (std::size_t entry = 0; entry < count; ++entry) {
      const std::span<F> polynomial = std::span<F>(scalars.expose()).subspan(entry * size, size);
      std::ranges::copy(given.subspan(entry * first, first), polynomial.begin());
      std::ranges::copy(std::span<const F>(drawn.expose()).subspan(entry * (size - first), size - first),
                        polynomial.subspan(first).begin());
    }
    std::vector<Share> coefficients;
    coefficients.reserve(count * reconstruction_threshold());
    for (std::span<const F> rest = scalars.expose(); !rest.empty(); rest = rest.subspan(Commitment::scalars))
      coefficients.push_back(Commitment::from_scalars(rest.template first<Commitment::scalars>()));
    return coefficients;
  }

  void require_commitments(const Commitments& commitments, std::size_t size) const {
    if (commitments.privacy_threshold() != privacy_threshold())
      throw Error(ErrorCode::invalid_argument, "commitments with a privacy_threshold of " +
                                                   std::to_string(commitments.privacy_threshold()) +
                                                   " were given where it is " + std::to_string(privacy_threshold()));
    if (commitments.size() != size)
      throw Error(ErrorCode::invalid_argument, std::to_string(size) + " shares were given for the commitments of " +
                                                   std::to_string(commitments.size()) + " sharings");
  }

  // result[i]: whether all of rows[i] are right shares of party who[i].
  template <class Random>
  std::vector<bool> verify_parties(std::span<const std::size_t> who, std::span<const std::span<const Share>> rows,
                                   const Commitments& commitments, Random& random) const {
    for (const std::span<const Share> row : rows) require_commitments(commitments, row.size());
    std::vector<bool> right(who.size(), true);
    if constexpr (detail::combinations_are_sound<F>) {
      const std::vector<F> weights = detail::combination_weights<F>(commitments.size(), random);
      // For one party it is less work to combine the values at its point than to combine all coefficients.
      std::vector<G> combined;
      if (who.size() > 1) combined = commitments.combined(weights);
      for (std::size_t i = 0; i < who.size(); ++i) {
        Share sum{};
        for (std::size_t entry = 0; entry < weights.size(); ++entry) sum += weights[entry] * rows[i][entry];
        const F x = point(who[i]);
        const G promised = who.size() > 1 ? Commitments::evaluate(combined, x) : commitments.combined_at(weights, x);
        right[i] = Commitment::commit(sum) == promised;
        wipe(sum);
      }
    } else {
      for (std::size_t i = 0; i < who.size(); ++i)
        for (std::size_t entry = 0; entry < commitments.size(); ++entry)
          right[i] = right[i] && verify_entry(who[i], rows[i][entry], commitments, entry);
    }
    return right;
  }

  Shamir<F> scheme_;
};

/// Feldman's scheme: the commitment to a secret s is s G. [Fel87]
///
/// Security: a share that passes is right, whatever the dealer's power. Everybody learns s G from the commitments, and
/// with it whether s is any one value that he thinks of: only for secrets that are uniform or as good as that, such as
/// keys, of which s G is the public key. Beyond s G, t parties learn nothing; that s stays hidden takes the hardness of
/// discrete logarithms.
template <Group G>
using Feldman = VerifiableSharing<FeldmanCommitment<G>>;

/// Pedersen's scheme: a random b is shared along with a secret s, and the commitment is s G + b H. [Ped91]
///
/// Security: perfectly private: commitments and the shares of t parties are independent of the secret, whatever the
/// power of the adversary and whatever he knows of the secret. That a share which passes is the right one is
/// computational: a dealer who finds the logarithm of H to the base G can deal shares that pass and do not fit.
template <Group G>
using Pedersen = VerifiableSharing<PedersenCommitment<G>>;

}  // namespace parley
