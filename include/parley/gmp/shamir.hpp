// SPDX-License-Identifier: Apache-2.0
// Shamir's secret sharing over a prime field that is chosen when the program runs.
// [Shamir79] Shamir: How to Share a Secret, Communications of the ACM 22, 1979. [BT04] Berrut, Trefethen: Barycentric
// Lagrange Interpolation, SIAM Review 46(3), 2004.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/gmp/runtime_field.hpp"
#include "parley/sharing/batch.hpp"
#include "parley/sharing/shamir.hpp"

namespace parley::gmp {

/// Shamir's scheme over `field`, with the names and the meaning of parley::Shamir, whose comments say why things are as
/// they are: a secret s is shared by a uniformly random polynomial f of degree at most t with f(0) = s; the share of
/// party i is f(i + 1).
///
/// Security: the shares of any t parties are uniform and independent of the secret, whatever the power of the adversary
/// who has them, provided that `random` is uniform. Time depends on the shapes and the field and never on secrets,
/// shares or coefficients, except where shares are wrong.
///
/// Everything throws Error(invalid_argument) for an element of another field.
class Shamir {
 public:
  using Value = Element;
  using Share = Element;

  /// Error(invalid_argument) unless 1 <= privacy_threshold < parties.
  Shamir(RuntimeField field, ShamirParameters parameters)
      : field_(std::move(field)), parties_(parameters.parties), privacy_threshold_(parameters.privacy_threshold) {
    parley::detail::require_shamir_parameters(parameters);
  }

  [[nodiscard]] const RuntimeField& field() const noexcept { return field_; }
  [[nodiscard]] std::size_t parties() const noexcept { return parties_; }
  [[nodiscard]] std::size_t privacy_threshold() const noexcept { return privacy_threshold_; }
  [[nodiscard]] std::size_t reconstruction_threshold() const noexcept { return privacy_threshold_ + 1; }
  /// How many entries a party's share of a batch of `secrets` secrets has.
  [[nodiscard]] std::size_t share_size(std::size_t secrets) const noexcept { return secrets; }
  /// The evaluation point of a party, never 0. Error(invalid_argument) where there is no such party.
  [[nodiscard]] Element point(std::size_t party) const {
    parley::detail::require_distinct_parties(std::span(&party, 1), parties_);
    return field_.embed(party + 1);
  }

  /// shares[party][entry] of `secrets`. Draws t elements per secret from `random`.
  template <RandomSource Random>
  [[nodiscard]] std::vector<std::vector<Element>> share(std::span<const Element> secrets, Random& random) const {
    std::vector<std::vector<Element>> coefficients(privacy_threshold_);
    for (std::vector<Element>& row : coefficients) {
      row.reserve(secrets.size());
      for (std::size_t entry = 0; entry < secrets.size(); ++entry) row.push_back(field_.uniform(random));
    }
    return share_with_coefficients(secrets, coefficients);
  }

  /// shares[party][entry] by prescribed polynomials: that of an entry is secrets[entry] + sum of coefficients[i][entry]
  /// x^(i+1), for i < t. The privacy is that of the coefficients, which must be uniform and never used again.
  /// Error(invalid_argument) unless there are t vectors of coefficients, as long as `secrets`.
  [[nodiscard]] std::vector<std::vector<Element>> share_with_coefficients(
      std::span<const Element> secrets, std::span<const std::vector<Element>> coefficients) const {
    parley::detail::require_coefficients<Element>(coefficients, privacy_threshold_, secrets.size());
    std::vector<std::span<const Element>> rows{secrets};
    rows.insert(rows.end(), coefficients.begin(), coefficients.end());
    std::vector<std::vector<Element>> shares;
    shares.reserve(parties_);
    for (std::size_t party = 0; party < parties_; ++party) {
      const Element x = point(party);
      std::vector<Element> powers{field_.one()};
      while (powers.size() < rows.size()) powers.push_back(powers.back() * x);
      shares.push_back(combine(powers, rows, secrets.size()));
    }
    return shares;
  }

  /// The secrets from the shares of the parties `who`, in any order: shares[i] is the vector of party who[i]. Uses the
  /// first t + 1 of them alone, and cannot notice a wrong share: where more are at hand, reconstruct_checked() can.
  /// Error(invalid_argument) for fewer than t + 1 parties, for a party that does not exist or appears twice, and for
  /// vectors that do not match.
  [[nodiscard]] std::vector<Element> reconstruct(std::span<const std::size_t> who,
                                                 std::span<const std::vector<Element>> shares) const {
    const std::size_t size = require_valid(who, shares);
    const std::vector<std::span<const Element>> rows = parley::detail::readable_rows(shares);
    const Basis basis(*this, who);
    return combine(basis.coefficients(field_.zero()), rows, size);
  }

  /// The same, provided that all shares given of each secret lie on one polynomial of degree at most t. Up to
  /// who.size() - t - 1 wrong shares are always noticed: Error(inconsistent_shares), which names the first entry that
  /// has one. Exactly t + 1 shares have nothing to be checked against.
  [[nodiscard]] std::vector<Element> reconstruct_checked(std::span<const std::size_t> who,
                                                         std::span<const std::vector<Element>> shares) const {
    const std::size_t size = require_valid(who, shares);
    const std::vector<std::span<const Element>> rows = parley::detail::readable_rows(shares);
    const Basis basis(*this, who);
    std::size_t first_wrong = size;
    for (std::size_t i = reconstruction_threshold(); i < who.size(); ++i) {
      const std::vector<Element> predicted = combine(basis.coefficients(point(who[i])), rows, size);
      for (std::size_t entry = 0; entry < first_wrong; ++entry)
        if (!(predicted[entry] == shares[i][entry])) first_wrong = entry;
    }
    if (first_wrong < size)
      throw Error(ErrorCode::inconsistent_shares,
                  "the " + std::to_string(who.size()) + " shares of entry " + std::to_string(first_wrong) +
                      " do not lie on one polynomial of degree " + std::to_string(privacy_threshold_));
    return combine(basis.coefficients(field_.zero()), rows, size);
  }

 private:
  /// Interpolation through the points of the first t + 1 parties of a list.
  class Basis {
   public:
    Basis(const Shamir& scheme, std::span<const std::size_t> who) : one_(scheme.field_.one()) {
      for (const std::size_t party : who.first(scheme.reconstruction_threshold()))
        points_.push_back(scheme.point(party));
      // weights_[i] = 1 / prod_{j != i} (points_[i] - points_[j]) [BT04, eq. 3.2], all by one inversion.
      std::vector<Element> products, before;
      Element product = one_;
      for (std::size_t i = 0; i < points_.size(); ++i) {
        products.push_back(one_);
        for (std::size_t j = 0; j < points_.size(); ++j)
          if (j != i) products[i] *= points_[i] - points_[j];
        before.push_back(product);
        product *= products[i];
      }
      Element inverse = product.inverse();
      weights_.assign(points_.size(), one_);
      for (std::size_t i = points_.size(); i-- > 0;) {
        weights_[i] = before[i] * inverse;
        inverse *= products[i];
      }
    }

    /// c such that f(at) = c[0] f(points_[0]) + ... + c[t] f(points_[t]) for every polynomial f of degree at most t.
    std::vector<Element> coefficients(const Element& at) const {
      std::vector<Element> result = weights_;
      Element before = one_, after = one_;  // products of at - points_[j] over the j before, and after, the i-th
      for (std::size_t i = 0; i < points_.size(); ++i) {
        result[i] *= before;
        before *= at - points_[i];
      }
      for (std::size_t i = points_.size(); i-- > 0;) {
        result[i] *= after;
        after *= at - points_[i];
      }
      return result;
    }

   private:
    Element one_;
    std::vector<Element> points_, weights_;
  };

  std::size_t require_valid(std::span<const std::size_t> who, std::span<const std::vector<Element>> shares) const {
    parley::detail::require_distinct_parties(who, parties_);
    parley::detail::require_enough(who.size(), reconstruction_threshold());
    return parley::detail::require_rows<const Element>(who, parley::detail::readable_rows(shares));
  }

  // The combination of the first rows with these coefficients, entry by entry.
  std::vector<Element> combine(std::span<const Element> coefficients, std::span<const std::span<const Element>> rows,
                               std::size_t size) const {
    std::vector<Element> result;
    result.reserve(size);
    ProductSum sum(field_);
    for (std::size_t entry = 0; entry < size; ++entry) {
      for (std::size_t i = 0; i < coefficients.size(); ++i) sum.add_product(rows[i][entry], coefficients[i]);
      result.push_back(sum.reduce());
    }
    return result;
  }

  RuntimeField field_;
  std::size_t parties_;
  std::size_t privacy_threshold_;
};

}  // namespace parley::gmp
