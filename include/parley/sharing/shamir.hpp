// SPDX-License-Identifier: Apache-2.0
// Shamir's secret sharing over any field.
// [Shamir79] Shamir: How to Share a Secret, Communications of the ACM 22, 1979. [Knuth] The Art of Computer
// Programming, volume 2, section 4.6.4 (tabulating a polynomial by its differences).
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/caches.hpp"
#include "parley/core/error.hpp"
#include "parley/core/wipe.hpp"
#include "parley/field/additive_basis.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "parley/sharing/batch.hpp"
#include "parley/sharing/shamir_reconstruction.hpp"

namespace parley {

/// Any `privacy_threshold` parties learn nothing, any privacy_threshold + 1 reconstruct.
struct ShamirParameters {
  std::size_t parties = 0;
  std::size_t privacy_threshold = 0;
};

namespace detail {

/// Refuses parameters with which no field could be shared over.
inline void require_shamir_parameters(ShamirParameters parameters) {
  require_party_count(parameters.parties);
  require_privacy_threshold(parameters.parties, parameters.privacy_threshold);
}

/// Refuses all but one vector of `size` coefficients for each of the powers 1, ..., privacy_threshold.
template <class F>
void require_coefficients(std::span<const std::vector<F>> coefficients, std::size_t privacy_threshold,
                          std::size_t size) {
  if (coefficients.size() != privacy_threshold)
    throw Error(ErrorCode::invalid_argument, std::to_string(coefficients.size()) +
                                                 " vectors of coefficients were given, a privacy_threshold of " +
                                                 std::to_string(privacy_threshold) + " needs as many");
  for (const std::vector<F>& row : coefficients)
    if (row.size() != size)
      throw Error(ErrorCode::invalid_argument,
                  std::to_string(row.size()) + " coefficients were given for " + std::to_string(size) + " secrets");
}

/// Shamir<F>::reconstruction() for parameters that are a scheme's.
template <Field F>
ShamirReconstruction<F> shamir_reconstruction(ShamirParameters parameters, std::span<const std::size_t> who) {
  require_distinct_parties(who, parameters.parties);
  std::vector<F> points;
  points.reserve(who.size());
  for (const std::size_t party : who) points.push_back(F::embed(party + 1));
  return ShamirReconstruction<F>({who.begin(), who.end()}, std::move(points), parameters.privacy_threshold);
}

}  // namespace detail

/// Shamir's scheme: a secret s is shared by a uniformly random polynomial f of degree at most t (the privacy threshold)
/// with f(0) = s; the share of party i is f(F::embed(i + 1)).
///
/// Security: the shares of any t parties are uniform and independent of the secret, whatever the power of the adversary
/// who has them, provided that `random` is uniform; with a cryptographic generator, that he cannot break it.
///
/// Every coefficient is drawn from the whole field, the leading one included: the degree is *at most* t, and it is no
/// flaw that it is sometimes less. With f forced to degree exactly t, t parties who hold f(x_1), ..., f(x_t) know that
/// the secret is not the one value that lies on the polynomial of degree t - 1 through their shares; each re-sharing of
/// the same secret rules out another value, until one is left. With a uniform f every secret stays equally possible.
/// Nor can t parties notice that the degree is less: t values lie on a polynomial of degree t - 1 in any case.
///
/// Time depends on the shapes and never on secrets, shares or coefficients, except where shares are wrong.
template <Field F>
class Shamir {
 public:
  using Value = F;
  using Share = F;

  /// Error(invalid_argument) unless 1 <= privacy_threshold < parties and the field has a point other than 0 for each
  /// party. A threshold of 0 would hand every party the secret itself.
  explicit Shamir(ShamirParameters parameters)
      : parties_(parameters.parties), privacy_threshold_(parameters.privacy_threshold) {
    detail::require_shamir_parameters(parameters);
    detail::require_points<F>(parties_);
    if constexpr (detail::HasAdditiveBasis<F>)
      factors_ = detail::AdditiveBasis<F>::factors(parties_, privacy_threshold_);
    consecutive_ = true;
    for (std::size_t i = 0; i < parties_; ++i) consecutive_ = consecutive_ && F::embed(i + 1) - F::embed(i) == F::one();
  }

  [[nodiscard]] std::size_t parties() const noexcept { return parties_; }
  [[nodiscard]] std::size_t privacy_threshold() const noexcept { return privacy_threshold_; }
  [[nodiscard]] std::size_t reconstruction_threshold() const noexcept { return privacy_threshold_ + 1; }
  /// How many entries a party's share of a batch of `secrets` secrets has.
  [[nodiscard]] std::size_t share_size(std::size_t secrets) const noexcept { return secrets; }
  /// The evaluation point of a party, never 0. Error(invalid_argument) where there is no such party.
  [[nodiscard]] F point(std::size_t party) const {
    detail::require_distinct_parties(std::span(&party, 1), parties_);
    return F::embed(party + 1);
  }

  /// shares[party][entry] of `secrets`. Draws t elements per secret from `random`.
  template <UniformSource<F> Random>
  [[nodiscard]] std::vector<std::vector<F>> share(std::span<const F> secrets, Random& random) const {
    std::vector<std::vector<F>> shares(parties_, std::vector<F>(secrets.size()));
    std::vector<F> scratch(scratch_size(secrets.size()));
    share_into(secrets, random, detail::writable_rows(shares), scratch);
    return shares;
  }

  /// How many elements of scratch memory share_into() needs for a batch of `size` secrets; bounded, however large the
  /// batch.
  [[nodiscard]] std::size_t scratch_size(std::size_t size) const noexcept {
    return privacy_threshold_ * std::min(size, chunk_length()) + detail::room_to_align<F>(size);
  }

  /// share() into the caller's memory, without allocation: one row of secrets.size() entries for each party, and at
  /// least scratch_size(secrets.size()) elements of scratch, which are zero afterwards. No two of these may overlap,
  /// nor overlap `secrets`. Error(invalid_argument) for other sizes before anything is written.
  template <UniformSource<F> Random>
  void share_into(std::span<const F> secrets, Random& random, std::span<const std::span<F>> shares,
                  std::span<F> scratch) const {
    detail::require_output<F>(shares, parties_, secrets.size());
    if (scratch.size() < scratch_size(secrets.size()))
      throw Error(ErrorCode::invalid_argument, "scratch memory for " + std::to_string(scratch.size()) +
                                                   " elements was given, " +
                                                   std::to_string(scratch_size(secrets.size())) + " are needed");
    const WipedScratch wiped{scratch.first(scratch_size(secrets.size()))};
    const std::span<F> room = detail::aligned(scratch, privacy_threshold_ * std::min(secrets.size(), chunk_length()));
    const bool past_caches = detail::go_past_caches<F>(shares);
    detail::write_all_or_nothing(shares, [&] {
      detail::for_each_chunk(secrets.size(), chunk_length(), [&](std::size_t first, std::size_t length) {
        const std::span<F> drawn = room.first(privacy_threshold_ * length);
        fill_uniform(random, drawn);
        if constexpr (detail::HasAdditiveBasis<F>)
          evaluate_additive(secrets.subspan(first, length), drawn, shares, first, past_caches);
        else if (consecutive_)
          evaluate_newton(secrets.subspan(first, length), drawn, shares, first, past_caches);
        else
          evaluate_powers(
              secrets.subspan(first, length), [&](std::size_t i) { return drawn.subspan(i * length, length); },
              [&](std::size_t party) { return F::embed(party + 1); }, shares, first);
      });
    });
    if (past_caches) detail::finish_past_caches();
  }

  /// shares[party][entry] by prescribed polynomials: that of an entry is secrets[entry] + sum of coefficients[i][entry]
  /// x^(i+1), for i < t. For test vectors and formats that derive their coefficients; the privacy is that of the
  /// coefficients, which must be uniform and never used again. Error(invalid_argument) unless there are t vectors of
  /// coefficients, as long as `secrets`.
  [[nodiscard]] std::vector<std::vector<F>> share_with_coefficients(
      std::span<const F> secrets, std::span<const std::vector<F>> coefficients) const {
    std::vector<F> points;
    for (std::size_t party = 0; party < parties_; ++party) points.push_back(F::embed(party + 1));
    return share_with_coefficients(secrets, coefficients, points);
  }

  /// The same at prescribed points: shares[i] is the vector at points[i], of which there may be any number. To
  /// reconstruct from these is ShamirReconstruction's, which is told the points. Error(invalid_argument) for a point
  /// that is 0 or appears twice, too.
  [[nodiscard]] std::vector<std::vector<F>> share_with_coefficients(std::span<const F> secrets,
                                                                    std::span<const std::vector<F>> coefficients,
                                                                    std::span<const F> points) const {
    detail::require_coefficients(coefficients, privacy_threshold_, secrets.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (points[i] == F::zero())
        throw Error(ErrorCode::invalid_argument, "point " + std::to_string(i) + " is 0, where the secret itself is");
      const std::span<const F> before = points.first(i);
      if (std::ranges::find(before, points[i]) != before.end())
        throw Error(ErrorCode::invalid_argument, "point " + std::to_string(i) + " appears twice");
    }
    std::vector<std::vector<F>> shares(points.size(), std::vector<F>(secrets.size()));
    evaluate_powers(
        secrets, [&](std::size_t i) { return std::span<const F>(coefficients[i]); },
        [&](std::size_t i) { return points[i]; }, detail::writable_rows(shares), 0);
    return shares;
  }

  /// The secrets from the shares of the parties `who`, in any order: shares[i] is the vector of party who[i]. Uses the
  /// first t + 1 of them alone, and cannot notice a wrong share: where more are at hand, reconstruct_checked() can.
  /// Error(invalid_argument) for fewer than t + 1 parties, for a party that does not exist or appears twice, and for
  /// vectors that do not match.
  [[nodiscard]] std::vector<F> reconstruct(std::span<const std::size_t> who,
                                           std::span<const std::vector<F>> shares) const {
    require_valid(who, shares);
    const std::size_t used = reconstruction_threshold();
    std::vector<F> secrets(shares.front().size());
    reconstruction(who.first(used)).reconstruct(detail::readable_rows(shares.first(used)), secrets);
    return secrets;
  }

  /// The same, provided that all shares given of each secret lie on one polynomial of degree at most t. Up to
  /// who.size() - t - 1 wrong shares are always noticed: Error(inconsistent_shares), which names the first entry that
  /// has one. Exactly t + 1 shares have nothing to be checked against.
  std::vector<F> reconstruct_checked(std::span<const std::size_t> who, std::span<const std::vector<F>> shares) const {
    require_valid(who, shares);
    std::vector<F> secrets(shares.front().size());
    reconstruction(who).reconstruct_checked(detail::readable_rows(shares), secrets);
    return secrets;
  }

  /// The same, though up to floor((who.size() - t - 1) / 2) shares of each secret may be wrong, and the parties that
  /// sent a wrong one. Beyond that Error(too_many_wrong_shares), which names the entry, or (only where more parties
  /// lie, and do so together) a wrong secret that blames others; see ShamirReconstruction::reconstruct_correcting.
  [[nodiscard]] Corrected<F> reconstruct_correcting(std::span<const std::size_t> who,
                                                    std::span<const std::vector<F>> shares) const {
    require_valid(who, shares);
    Corrected<F> corrected{std::vector<F>(shares.front().size()), {}};
    corrected.wrong = reconstruction(who).reconstruct_correcting(detail::readable_rows(shares), corrected.secrets);
    return corrected;
  }

  /// The weights for one list of parties, for callers who reconstruct from the same parties many times.
  /// Error(invalid_argument) for fewer than t + 1 parties, and for a party that does not exist or appears twice.
  [[nodiscard]] ShamirReconstruction<F> reconstruction(std::span<const std::size_t> who) const {
    return detail::shamir_reconstruction<F>({parties_, privacy_threshold_}, who);
  }

 private:
  // With the coefficients, any one share gives the secret.
  struct WipedScratch {
    std::span<F> memory;
    ~WipedScratch() { wipe(memory); }
  };

  // The coefficients of a chunk, and two rows that a kernel writes and reads.
  std::size_t chunk_length() const noexcept { return detail::chunk_length<F>(privacy_threshold_ + 2); }

  void require_valid(std::span<const std::size_t> who, std::span<const std::vector<F>> shares) const {
    detail::require_distinct_parties(who, parties_);
    detail::require_enough(who.size(), reconstruction_threshold());
    detail::require_rows<const F>(who, detail::readable_rows(shares));
  }

  // f(x) = s + sum of c_i binomial(x, i) for i = 1, ..., t. The binomial of degree i has the leading coefficient 1 / i!
  // (t < n, and n is below the characteristic where 0, 1, ..., n are distinct) and is 0 at 0, so the change to the
  // powers of x is triangular and invertible and keeps s: uniform c_i give exactly the uniform polynomials of degree at
  // most t. The c_i are the forward differences at 0, from which x = 1, 2, ... follow by additions. `differences` has
  // c_i at row i - 1, and is used up.
  void evaluate_newton(std::span<const F> secrets, std::span<F> differences, std::span<const std::span<F>> shares,
                       std::size_t first, bool past_caches) const {
    detail::Kernels<F>::tabulate(shares.data(), parties_, first, secrets.data(), differences.data(), privacy_threshold_,
                                 secrets.size(), past_caches);
  }

  // f = s + sum of c_i X_i for i = 1, ..., t, where X_i has the degree i and is 0 at 0: the change to the powers of x
  // is triangular and invertible and keeps s, so uniform c_i give exactly the uniform polynomials of degree at most t.
  // `coefficients` has c_i at row i - 1.
  void evaluate_additive(std::span<const F> secrets, std::span<const F> coefficients,
                         std::span<const std::span<F>> shares, std::size_t first,
                         bool past_caches) const requires detail::HasAdditiveBasis<F> {
    detail::Kernels<F>::evaluate_additive({shares.data(), parties_, first, secrets.data(), coefficients.data(),
                                           privacy_threshold_, secrets.size(), factors_.data(), past_caches});
  }

  // f(x) = s + sum of c_i x^i for i = 1, ..., t, with c_i = coefficients(i - 1), at x = point(j) for each of the
  // shares.
  template <class Coefficients, class Point>
  void evaluate_powers(std::span<const F> secrets, Coefficients coefficients, Point point,
                       std::span<const std::span<F>> shares, std::size_t first) const {
    for (std::size_t j = 0; j < shares.size(); ++j) {
      const std::span<F> share = shares[j].subspan(first, secrets.size());
      const F x = point(j);
      F power = x;
      std::ranges::copy(secrets, share.begin());
      for (std::size_t i = 0; i < privacy_threshold_; ++i, power *= x)
        vector::multiply_add<F>(share, coefficients(i), power);
    }
  }

  std::size_t parties_;
  std::size_t privacy_threshold_;
  bool consecutive_;        // the parties' points are 1, 2, ..., n
  std::vector<F> factors_;  // of the evaluation in the additive basis, where the field has it
};

}  // namespace parley
