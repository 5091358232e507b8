// SPDX-License-Identifier: Apache-2.0
// The life of a Shamir sharing, without reconstruction: to other parties and thresholds, refreshed among the same
// parties, and a share for one more party or for one that lost its own. Local functions: what is sent to whom, and what
// is made of what came.
// [DJ97] Desmedt, Jajodia: Redistributing Secret Shares to New Access Structures and Its Applications, George Mason
// University ISSE-TR-97-01, 1997. [HJKY95] Herzberg, Jarecki, Krawczyk, Yung: Proactive Secret Sharing, CRYPTO 1995.
// [NSG10] Nojoumian, Stinson, Grainger: Unconditionally Secure Social Secret Sharing Scheme, IET Information Security
// 4(4), 2010 (enrolment).
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/wipe.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "parley/poly/lagrange.hpp"
#include "parley/sharing/additive.hpp"
#include "parley/sharing/batch.hpp"
#include "parley/sharing/shamir.hpp"

// Everybody follows the protocol: a wrong message makes the new shares wrong, and unless there are more shares than
// reconstruct, nobody notices. What is sent goes over private channels. Where old shares are not overwritten, what is
// said here of an adversary who sees some shares at one time and some at another does not hold.

namespace parley {

namespace detail {

/// Refuses all but one vector of `size` entries from each of `senders`.
template <class F>
void require_messages(std::span<const std::vector<F>> messages, std::size_t senders, std::size_t size,
                      const char* what) {
  if (messages.size() != senders)
    throw Error(ErrorCode::invalid_argument, std::to_string(messages.size()) + " vectors of " + what +
                                                 " were given, there are " + std::to_string(senders));
  for (const std::vector<F>& message : messages)
    if (message.size() != size)
      throw Error(ErrorCode::invalid_argument, "a vector of " + std::to_string(message.size()) + " " + what +
                                                   " was given where another has " + std::to_string(size));
}

}  // namespace detail

/// From a sharing by one scheme to a fresh sharing of the same secrets by another, with other parties or another
/// threshold: each of t + 1 of the old parties, the dealers, shares its share anew, and a new party combines what it
/// got.
///
/// Security: perfect, against a passive adversary who sees all that up to t of the old parties and up to t' of the new
/// ones have, whoever of them are the same persons: given what the old ones have, the new sharing is uniform. [DJ97]
/// Cost: one message of a share from each dealer to each new party.
template <Field F>
class Resharing {
 public:
  /// `dealers` are reconstruction_threshold() old parties, in any order; all who take part name them in the same order.
  /// Error(invalid_argument) for another number of them, and for parties that do not exist or appear twice.
  Resharing(Shamir<F> from, std::vector<std::size_t> dealers, Shamir<F> to)
      : to_(std::move(to)), reconstruction_(from.reconstruction(dealers)) {
    if (dealers.size() != from.reconstruction_threshold())
      throw Error(ErrorCode::invalid_argument, std::to_string(dealers.size()) + " dealers for a sharing that " +
                                                   std::to_string(from.reconstruction_threshold()) +
                                                   " parties reconstruct: exactly as many deal");
  }

  [[nodiscard]] const std::vector<std::size_t>& dealers() const noexcept { return reconstruction_.who(); }
  [[nodiscard]] const Shamir<F>& to() const noexcept { return to_; }

  /// What a dealer with these shares sends: result[j] to new party j.
  template <UniformSource<F> Random>
  [[nodiscard]] std::vector<std::vector<F>> deal(std::span<const F> own, Random& random) const {
    return to_.share(own, random);
  }

  /// A new party's shares, where dealt[i] is what it got from dealers()[i]. Error(invalid_argument) unless there is a
  /// vector from each dealer, all of one length.
  [[nodiscard]] std::vector<F> combine(std::span<const std::vector<F>> dealt) const {
    const std::size_t size = dealt.empty() ? 0 : dealt.front().size();
    detail::require_messages(dealt, dealers().size(), size, "dealt shares");
    std::vector<F> shares(size);
    reconstruction_.reconstruct(detail::readable_rows(dealt), shares);
    return shares;
  }

 private:
  Shamir<F> to_;
  ShamirReconstruction<F> reconstruction_;
};

/// What a party sends to refresh `size` shared secrets: result[j], shares of zeros, to party j, itself included. At
/// least t + 1 parties do so, as a rule all.
template <Field F, UniformSource<F> Random>
[[nodiscard]] std::vector<std::vector<F>> deal_refresh(const Shamir<F>& scheme, std::size_t size, Random& random) {
  return scheme.share(std::vector<F>(size), random);
}

/// A party's shares of the same secrets after a refresh, where dealt[i] is what the i-th of the dealers sent it; the
/// dealers are the same for all. That shares of zeros were dealt is not checked.
///
/// Security: perfect, against a passive adversary who sees all that up to t parties have before a refresh and up to t
/// others after it, and during it what those have who are among both: the new sharing is uniform, and independent of
/// the old one but for the secrets. For this a dealer's randomness must be unknown to whoever saw its state before: a
/// new SystemRandom for each refresh. [HJKY95]
/// Error(invalid_argument) for fewer than t + 1 dealers, t of which would know what was added, and for vectors of other
/// lengths than `own`.
template <Field F>
[[nodiscard]] std::vector<F> refreshed(const Shamir<F>& scheme, vector::Input<F> own,
                                       std::type_identity_t<std::span<const std::vector<F>>> dealt) {
  if (dealt.size() < scheme.reconstruction_threshold())
    throw Error(ErrorCode::invalid_argument, "a refresh by " + std::to_string(dealt.size()) + " dealers, at least " +
                                                 std::to_string(scheme.reconstruction_threshold()) + " are needed");
  detail::require_messages(dealt, dealt.size(), own.size(), "dealt shares");
  std::vector<F> shares(own.begin(), own.end());
  for (const std::vector<F>& row : dealt) vector::add<F>(shares, shares, row);
  return shares;
}

/// A share for a party that has none: for a new one, whose number is the first that is free (or a later one), or for
/// one that lost its share. The helpers, t + 1 parties with shares, add up their parts of the newcomer's share, each
/// part hidden by splitting it among them.
///
/// Security: perfect, against a passive adversary who sees all that up to t parties have, the newcomer counted among
/// them: the newcomer learns its share and nothing else, the helpers nothing. [NSG10]
/// Cost: two rounds; t elements sent per value by each helper to the other helpers, then one to the newcomer.
template <Field F>
class Enrolment {
 public:
  /// Error(invalid_argument) unless `helpers` are reconstruction_threshold() different parties of the scheme, the
  /// newcomer not among them, and the field has a point for the newcomer, who will be one of max_sharing_parties at
  /// most.
  Enrolment(const Shamir<F>& scheme, std::vector<std::size_t> helpers, std::size_t newcomer)
      : helpers_(std::move(helpers)), newcomer_(newcomer), pieces_({.parties = scheme.reconstruction_threshold()}) {
    detail::require_distinct_parties(helpers_, scheme.parties());
    if (helpers_.size() != scheme.reconstruction_threshold())
      throw Error(ErrorCode::invalid_argument,
                  std::to_string(helpers_.size()) + " helpers give a share of a sharing that " +
                      std::to_string(scheme.reconstruction_threshold()) + " parties reconstruct: exactly as many do");
    if (std::ranges::find(helpers_, newcomer) != helpers_.end())
      throw Error(ErrorCode::invalid_argument,
                  "party " + std::to_string(newcomer) + " cannot help to give itself a share");
    detail::require_distinct_parties(std::span(&newcomer, 1), max_sharing_parties);
    detail::require_points<F>(newcomer + 1);
    std::vector<F> points;
    for (const std::size_t helper : helpers_) points.push_back(scheme.point(helper));
    weights_ = lagrange_coefficients<F>(points, F::embed(newcomer + 1));
  }

  [[nodiscard]] const std::vector<std::size_t>& helpers() const noexcept { return helpers_; }
  [[nodiscard]] std::size_t newcomer() const noexcept { return newcomer_; }

  /// First round: what helper number `position` of helpers() with these shares sends: result[i] to helpers()[i], itself
  /// included. Error(invalid_argument) where there is no such helper.
  template <UniformSource<F> Random>
  [[nodiscard]] std::vector<std::vector<F>> split(std::size_t position, std::span<const F> own, Random& random) const {
    if (position >= helpers_.size())
      throw Error(ErrorCode::invalid_argument, "there is no helper " + std::to_string(position) + " among " +
                                                   std::to_string(helpers_.size()) + " (numbered from 0)");
    std::vector<F> part(own.size());
    vector::scale<F>(part, own, weights_[position]);
    auto pieces = pieces_.share(part, random);
    wipe(part);
    return pieces;
  }

  /// Second round: what a helper sends to the newcomer, where pieces[i] is what it got from helpers()[i].
  /// Error(invalid_argument) unless there is a vector from each, all of one length.
  [[nodiscard]] std::vector<F> sum(std::span<const std::vector<F>> pieces) const { return total(pieces, "pieces"); }

  /// The newcomer's shares, where sums[i] is what it got from helpers()[i]. Error(invalid_argument) as for sum().
  [[nodiscard]] std::vector<F> share(std::span<const std::vector<F>> sums) const { return total(sums, "sums"); }

 private:
  std::vector<F> total(std::span<const std::vector<F>> rows, const char* what) const {
    const std::size_t size = rows.empty() ? 0 : rows.front().size();
    detail::require_messages(rows, helpers_.size(), size, what);
    std::vector<F> result(size);
    for (const std::vector<F>& row : rows) vector::add<F>(result, result, row);
    return result;
  }

  std::vector<std::size_t> helpers_;
  std::size_t newcomer_;
  Additive<F> pieces_;
  std::vector<F> weights_;
};

}  // namespace parley
