// SPDX-License-Identifier: Apache-2.0
// Packed Shamir sharing: several secrets in one polynomial, for the price of one share.
// [FY92] Franklin, Yung: Communication Complexity of Secure Computation, STOC 1992.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "parley/poly/lagrange.hpp"
#include "parley/sharing/batch.hpp"
#include "parley/sharing/shamir_reconstruction.hpp"

namespace parley {

/// Any `privacy_threshold` parties learn nothing about any of the secrets; privacy_threshold + secrets_per_polynomial
/// reconstruct them.
struct PackedParameters {
  std::size_t parties = 0;
  std::size_t privacy_threshold = 0;
  std::size_t secrets_per_polynomial = 0;
};

/// k secrets are the values of a uniformly random polynomial of degree at most t + k - 1 at k points, which no party
/// has; the share of party i is its value at F::embed(i + 1). The point of the first secret is 0, so that k = 1 is
/// Shamir's scheme; those of the others are F::embed(n + 1), ..., F::embed(n + k - 1).
///
/// A batch of k p secrets is shared by p polynomials: number e has the secrets e, p + e, ..., (k - 1) p + e, and is
/// entry e of each party's share. Operations on shares act on the k secrets of a polynomial at once: sums of shares
/// share the sums, and products the products, with twice the degree.
///
/// Security: the shares of any t parties are uniform and independent of all k secrets, whatever the power of the
/// adversary who has them, provided that `random` is uniform. The shares of more than t parties, but fewer than t + k,
/// tell something about the secrets without determining them.
///
/// Time depends on the shapes and never on secrets or shares, except where shares are wrong.
template <Field F>
class Packed {
 public:
  using Value = F;
  using Share = F;

  /// Error(invalid_argument) unless privacy_threshold and secrets_per_polynomial are at least 1 and together at most
  /// parties, and the field has a point for each party and each secret.
  explicit Packed(PackedParameters parameters)
      : parties_(parameters.parties),
        privacy_threshold_(parameters.privacy_threshold),
        packed_(parameters.secrets_per_polynomial) {
    detail::require_party_count(parties_);
    detail::require_privacy_threshold(parties_, privacy_threshold_);
    if (packed_ == 0 || packed_ > parties_ - privacy_threshold_)
      throw Error(ErrorCode::invalid_argument,
                  std::to_string(packed_) + " secrets in a polynomial: with a privacy_threshold of " +
                      std::to_string(privacy_threshold_) + ", " + std::to_string(parties_) +
                      " parties can reconstruct 1 to " + std::to_string(parties_ - privacy_threshold_));
    if (!F::order_exceeds(parties_ + packed_ - 1))
      throw Error(ErrorCode::invalid_argument, std::string(F::name) + " has fewer points than " +
                                                   std::to_string(parties_) + " parties and " +
                                                   std::to_string(packed_) + " secrets need");
    // The polynomial is the one through the secrets and through shares of the first t parties, which are drawn.
    std::vector<F> nodes;
    for (std::size_t i = 0; i < packed_; ++i) nodes.push_back(secret_point(i));
    for (std::size_t party = 0; party < privacy_threshold_; ++party) nodes.push_back(F::embed(party + 1));
    const LagrangeInterpolator<F> interpolator(std::move(nodes));
    for (std::size_t party = privacy_threshold_; party < parties_; ++party) {
      const std::vector<F> row = interpolator.coefficients(F::embed(party + 1));
      matrix_.insert(matrix_.end(), row.begin(), row.end());
    }
  }

  [[nodiscard]] std::size_t parties() const noexcept { return parties_; }
  [[nodiscard]] std::size_t privacy_threshold() const noexcept { return privacy_threshold_; }
  [[nodiscard]] std::size_t reconstruction_threshold() const noexcept { return privacy_threshold_ + packed_; }
  [[nodiscard]] std::size_t secrets_per_polynomial() const noexcept { return packed_; }
  /// How many entries a party's share of a batch of `secrets` secrets has: one for each polynomial.
  /// Error(invalid_argument) where the polynomials would not be full.
  [[nodiscard]] std::size_t share_size(std::size_t secrets) const {
    if (secrets % packed_ != 0)
      throw Error(ErrorCode::invalid_argument, "a batch of " + std::to_string(secrets) +
                                                   " secrets does not fill polynomials of " + std::to_string(packed_));
    return secrets / packed_;
  }
  /// The evaluation point of a party. Error(invalid_argument) where there is no such party.
  [[nodiscard]] F point(std::size_t party) const {
    detail::require_distinct_parties(std::span(&party, 1), parties_);
    return F::embed(party + 1);
  }

  /// shares[party][polynomial] of `secrets`, which are as many as fill polynomials. Draws t elements per polynomial.
  template <UniformSource<F> Random>
  [[nodiscard]] std::vector<std::vector<F>> share(std::span<const F> secrets, Random& random) const {
    std::vector<std::vector<F>> shares(parties_, std::vector<F>(share_size(secrets.size())));
    share_into(secrets, random, detail::writable_rows(shares));
    return shares;
  }

  /// The same into the caller's memory: a row of share_size(secrets.size()) entries for each party, none overlapping
  /// another or `secrets`, else Error(invalid_argument) before anything is written (overlap is not checked).
  template <UniformSource<F> Random>
  void share_into(std::span<const F> secrets, Random& random, std::span<const std::span<F>> shares) const {
    const std::size_t size = share_size(secrets.size());
    detail::require_output<F>(shares, parties_, size);
    std::vector<std::span<const F>> inputs(matrix_.size() / (parties_ - privacy_threshold_));
    std::vector<std::span<F>> outputs(parties_ - privacy_threshold_);
    detail::write_all_or_nothing(shares, [&] {
      detail::for_each_chunk(size, detail::chunk_length<F>(inputs.size()), [&](std::size_t first, std::size_t length) {
        for (std::size_t i = 0; i < packed_; ++i) inputs[i] = secrets.subspan(i * size + first, length);
        for (std::size_t party = 0; party < privacy_threshold_; ++party) {
          const std::span<F> drawn = shares[party].subspan(first, length);
          fill_uniform(random, drawn);
          inputs[packed_ + party] = drawn;
        }
        for (std::size_t i = 0; i < outputs.size(); ++i)
          outputs[i] = shares[privacy_threshold_ + i].subspan(first, length);
        vector::linear_combinations<F>(outputs, matrix_, inputs);
      });
    });
  }

  /// The secrets from the shares of the parties `who`, in any order: shares[i] is the vector of party who[i]. Uses the
  /// first t + k of them alone, and cannot notice a wrong share. Error(invalid_argument) for fewer parties, for a party
  /// that does not exist or appears twice, and for vectors that do not match.
  [[nodiscard]] std::vector<F> reconstruct(std::span<const std::size_t> who,
                                           std::span<const std::vector<F>> shares) const {
    const std::size_t used = reconstruction_threshold();
    std::vector<F> secrets = room(who, shares);
    reconstruction(who.first(used)).reconstruct(detail::readable_rows(shares.first(used)), secrets);
    return secrets;
  }

  /// The same, provided that all shares given of each polynomial lie on one of degree at most t + k - 1; else
  /// Error(inconsistent_shares), which names the first polynomial (entry) where they do not. Up to who.size() - t - k
  /// wrong shares are always noticed.
  std::vector<F> reconstruct_checked(std::span<const std::size_t> who, std::span<const std::vector<F>> shares) const {
    std::vector<F> secrets = room(who, shares);
    reconstruction(who).reconstruct_checked(detail::readable_rows(shares), secrets);
    return secrets;
  }

  /// The same, though up to floor((who.size() - t - k) / 2) shares of each polynomial may be wrong, and the parties
  /// that sent a wrong one; see ShamirReconstruction::reconstruct_correcting.
  [[nodiscard]] Corrected<F> reconstruct_correcting(std::span<const std::size_t> who,
                                                    std::span<const std::vector<F>> shares) const {
    Corrected<F> corrected{room(who, shares), {}};
    corrected.wrong = reconstruction(who).reconstruct_correcting(detail::readable_rows(shares), corrected.secrets);
    return corrected;
  }

  /// The weights for one list of parties, for callers who reconstruct from the same parties many times.
  /// Error(invalid_argument) for fewer than t + k parties, and for a party that does not exist or appears twice.
  [[nodiscard]] ShamirReconstruction<F> reconstruction(std::span<const std::size_t> who) const {
    detail::require_distinct_parties(who, parties_);
    std::vector<F> points, targets;
    for (const std::size_t party : who) points.push_back(F::embed(party + 1));
    for (std::size_t i = 0; i < packed_; ++i) targets.push_back(secret_point(i));
    return ShamirReconstruction<F>({who.begin(), who.end()}, std::move(points), reconstruction_threshold() - 1,
                                   std::move(targets));
  }

 private:
  F secret_point(std::size_t i) const { return F::embed(i == 0 ? 0 : parties_ + i); }

  // For the secrets, once what is given of them has been found valid.
  std::vector<F> room(std::span<const std::size_t> who, std::span<const std::vector<F>> shares) const {
    detail::require_distinct_parties(who, parties_);
    detail::require_enough(who.size(), reconstruction_threshold());
    const std::size_t polynomials = detail::require_rows<const F>(who, detail::readable_rows(shares));
    return std::vector<F>(detail::product_of_lengths(polynomials, packed_));
  }

  std::size_t parties_, privacy_threshold_, packed_;
  std::vector<F> matrix_;  // the shares of the parties from t on, by the secrets and the first t shares
};

}  // namespace parley
