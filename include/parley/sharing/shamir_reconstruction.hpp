// SPDX-License-Identifier: Apache-2.0
// Reconstruction of Shamir sharings from the shares of one set of parties: plain, checked, and correcting errors.
// [MS81] McEliece, Sarwate: On Sharing Secrets and Reed-Solomon Codes, Communications of the ACM 24, 1981.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/caches.hpp"
#include "parley/core/error.hpp"
#include "parley/core/wipe.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/poly/decoding.hpp"
#include "parley/poly/lagrange.hpp"
#include "parley/sharing/batch.hpp"

namespace parley {

/// Reconstruction from the shares of a fixed list of parties; the weights are computed once, for any number of batches.
///
/// In all calls, rows[i] is the vector of shares of the i-th party of the list, and `secrets` has room for the value of
/// each entry at each target, first all those at the first target; it overlaps no row (else Error(invalid_argument);
/// overlap is not checked). Where shares turn out to be wrong, an Error leaves `secrets` all zero. The time of a call
/// depends on whether and where shares are wrong, never on the secrets.
template <Field F>
class ShamirReconstruction {
 public:
  /// For sharings by polynomials of degree at most `degree`, where party who[i] has the value at points[i], and the
  /// secrets are the values at the targets: for Shamir's scheme at 0 alone. Error(invalid_argument) where points and
  /// parties are not equally many, points are equal or targets, there are not more than `degree`, or no target.
  ShamirReconstruction(std::vector<std::size_t> who, std::vector<F> points, std::size_t degree,
                       std::vector<F> targets = {F{}})
      : who_(std::move(who)), points_(std::move(points)), targets_(std::move(targets)), needed_(degree + 1) {
    if (who_.size() != points_.size())
      throw Error(ErrorCode::invalid_argument, std::to_string(points_.size()) + " points were given for " +
                                                   std::to_string(who_.size()) + " parties");
    detail::require_enough(who_.size(), needed_);
    if (targets_.empty()) throw Error(ErrorCode::invalid_argument, "a reconstruction of no secret");
    for (std::size_t i = 0; i < points_.size(); ++i) {
      if (std::ranges::find(targets_, points_[i]) != targets_.end())
        throw Error(ErrorCode::invalid_argument,
                    "the share at the point " + to_string(points_[i]) + " is the secret itself");
      const std::span<const F> before = std::span(points_).first(i);
      if (std::ranges::find(before, points_[i]) != before.end())
        throw Error(ErrorCode::invalid_argument,
                    "party " + std::to_string(who_[i]) + " has the point of another party");
    }
    std::vector<std::size_t> everyone(who_.size());
    std::iota(everyone.begin(), everyone.end(), std::size_t{0});
    everyone_ = weights(std::move(everyone));
  }

  [[nodiscard]] const std::vector<std::size_t>& who() const noexcept { return who_; }
  /// How many shares determine a secret: degree + 1.
  [[nodiscard]] std::size_t reconstruction_threshold() const noexcept { return needed_; }
  /// How many wrong shares a checked reconstruction detects for certain: all but degree + 1.
  [[nodiscard]] std::size_t detectable() const noexcept { return who_.size() - needed_; }
  /// How many wrong shares are corrected for certain: floor((shares - degree - 1) / 2).
  [[nodiscard]] std::size_t correctable() const noexcept { return detectable() / 2; }

  /// The secrets by the first degree + 1 rows; the others are not read. A wrong share gives a wrong secret unnoticed.
  void reconstruct(std::span<const std::span<const F>> rows, std::span<F> secrets) const {
    const std::size_t size = require_shape(rows, secrets);
    combine_all(everyone_, rows, 0, size, secrets);
  }

  /// The secrets, provided that the shares of each lie on one polynomial of degree at most `degree`, every share being
  /// checked; else Error(inconsistent_shares) that names the first entry where they do not. From exactly degree + 1
  /// shares nothing can be checked.
  void reconstruct_checked(std::span<const std::span<const F>> rows, std::span<F> secrets) const {
    const std::size_t size = require_shape(rows, secrets);
    std::vector<F> scratch(scratch_size(size));
    std::vector<bool> inconsistent(std::min(size, chunk_length()));
    detail::for_each_chunk(size, chunk_length(), [&](std::size_t first, std::size_t length) {
      if (mark_inconsistent(everyone_, rows, first, length, scratch, inconsistent)) {
        const std::size_t entry = first + detail::first_marked(inconsistent);
        wipe(secrets);
        throw Error(ErrorCode::inconsistent_shares,
                    "the " + std::to_string(who_.size()) + " shares of entry " + std::to_string(entry) +
                        " do not lie on one polynomial of degree " + std::to_string(needed_ - 1));
      }
      combine_all(everyone_, rows, first, length, secrets);
    });
  }

  /// The secrets, though in each entry up to correctable() shares may be wrong. Returns the parties with a wrong share
  /// in any entry, ascending. Error(too_many_wrong_shares) that names the entry where no polynomial of degree at most
  /// `degree` is so near.
  ///
  /// Security: against parties who choose their wrong shares together, every secret is right and exactly the wrong
  /// parties are named, as long as there are at most correctable() of them; with at most detectable() - correctable(),
  /// which may be one more, there is an Error instead. More can steer an entry to another secret and blame others for
  /// it. That there are more is certain where more than correctable() parties are named, which happens when different
  /// entries have different wrong shares: such a result is to be trusted only where errors are accidents. Accidents
  /// beyond correctable() in one entry are refused almost always.
  ///
  /// An entry without errors costs as much as a checked one. Parties found wrong are not asked in the entries that
  /// follow, which get cheaper by it, and as long as at most correctable() parties are named, the decoder runs at most
  /// once for each of them.
  [[nodiscard]] std::vector<std::size_t> reconstruct_correcting(std::span<const std::span<const F>> rows,
                                                                std::span<F> secrets) const {
    const std::size_t size = require_shape(rows, secrets);
    std::vector<F> scratch(scratch_size(size));
    Correction correction{std::nullopt, std::nullopt, std::vector<bool>(who_.size()), 0};
    detail::correct_batch(
        size, chunk_length(),
        [&](std::size_t first, std::size_t length, std::vector<bool>& inconsistent) {
          const Weights& trusted = correction.fewer ? *correction.fewer : everyone_;
          combine_all(trusted, rows, first, length, secrets);
          return mark_inconsistent(trusted, rows, first, length, scratch, inconsistent);
        },
        [&](std::size_t entry) { return correct(correction, rows, entry, secrets); });
    std::vector<std::size_t> wrong;
    for (std::size_t i = 0; i < who_.size(); ++i)
      if (correction.wrong[i]) wrong.push_back(who_[i]);
    std::ranges::sort(wrong);
    return wrong;
  }

 private:
  // For a part of the rows, of which the first needed_ are the basis: the values at the targets, and at the other rows'
  // points, by the basis rows.
  struct Weights {
    std::vector<std::size_t> rows;
    std::vector<F> targets, others;  // needed_ of them for each
  };

  // How many rows are predicted at a time: a product of matrices is faster than as many of a matrix by a vector.
  static constexpr std::size_t rows_at_once = 16;
  struct Correction {
    std::optional<Weights> fewer;  // without the rows found wrong
    std::optional<ReedSolomonCode<F>> code;
    std::vector<bool> wrong;
    std::size_t wrong_count;
  };

  Weights weights(std::vector<std::size_t> rows) const {
    std::vector<F> basis;
    basis.reserve(needed_);
    for (std::size_t i = 0; i < needed_; ++i) basis.push_back(points_[rows[i]]);
    const LagrangeInterpolator<F> interpolator(std::move(basis));
    Weights made{std::move(rows), {}, {}};
    const auto append = [&](std::vector<F>& weights, const F& at) {
      std::vector<F> coefficients = interpolator.coefficients(at);
      if (weights.empty())
        weights = std::move(coefficients);
      else
        weights.insert(weights.end(), coefficients.begin(), coefficients.end());
    };
    for (const F& target : targets_) append(made.targets, target);
    for (std::size_t i = needed_; i < made.rows.size(); ++i) append(made.others, points_[made.rows[i]]);
    return made;
  }

  std::size_t chunk_length() const { return detail::chunk_length<F>(who_.size() + 1); }

  std::size_t require_shape(std::span<const std::span<const F>> rows, std::span<F> secrets) const {
    const std::size_t size = detail::require_rows<const F>(who_, rows);
    detail::require_output_size(secrets.size(), targets_.size() * size);
    return size;
  }

  std::size_t scratch_size(std::size_t size) const { return rows_at_once * std::min(size, chunk_length()); }

  // The secrets of entries first, ..., first + length - 1.
  void combine_all(const Weights& basis, std::span<const std::span<const F>> rows, std::size_t first,
                   std::size_t length, std::span<F> secrets) const {
    if (targets_.size() == 1) return combine(basis, basis.targets, rows, first, secrets.subspan(first, length));
    std::vector<std::span<const F>> parts(needed_);
    for (std::size_t i = 0; i < needed_; ++i) parts[i] = rows[basis.rows[i]].subspan(first, length);
    std::vector<std::span<F>> values(targets_.size());
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = secrets.subspan(i * (secrets.size() / values.size()) + first, length);
    vector::linear_combinations<F>(values, basis.targets, parts);
  }

  // out[e] = the combination, with these coefficients, of entry first + e of the basis rows.
  void combine(const Weights& basis, std::span<const F> coefficients, std::span<const std::span<const F>> rows,
               std::size_t first, std::span<F> out) const {
    // Memory is slow where many rows are read in turns, a cache line of each: then a piece of a row is read at a time.
    constexpr std::size_t few = 16, room = std::size_t{1} << 17;
    const bool in_pieces = needed_ > few && needed_ * out.size_bytes() >= detail::past_caches_from;
    const std::size_t piece =
        in_pieces ? std::max<std::size_t>(room / (needed_ * sizeof(F)) / 64 * 64, 64) : out.size();
    std::vector<std::span<const F>> parts(needed_);
    detail::for_each_chunk(out.size(), piece, [&](std::size_t begin, std::size_t length) {
      for (std::size_t i = 0; i < needed_; ++i) {
        parts[i] = rows[basis.rows[i]].subspan(first + begin, length);
        if (in_pieces) detail::prefetch(parts[i]);
      }
      vector::linear_combination<F>(out.subspan(begin, length), coefficients, parts);
    });
  }

  // Sets inconsistent[e] where some share of entry first + e is not what the basis predicts, for e < length.
  // Returns whether any is.
  bool mark_inconsistent(const Weights& basis, std::span<const std::span<const F>> rows, std::size_t first,
                         std::size_t length, std::span<F> scratch, std::vector<bool>& inconsistent) const {
    bool any = false;
    std::vector<std::span<const F>> parts(needed_);
    for (std::size_t i = 0; i < needed_; ++i) parts[i] = rows[basis.rows[i]].subspan(first, length);
    std::vector<std::span<F>> predicted;
    detail::for_each_chunk(basis.rows.size() - needed_, rows_at_once, [&](std::size_t begin, std::size_t count) {
      predicted.clear();
      for (std::size_t i = 0; i < count; ++i) predicted.push_back(scratch.subspan(i * length, length));
      vector::linear_combinations<F>(predicted, std::span(basis.others).subspan(begin * needed_, count * needed_),
                                     parts);
      for (std::size_t i = 0; i < count; ++i)
        any |= detail::mark_differences<F>(predicted[i], rows[basis.rows[needed_ + begin + i]].subspan(first, length),
                                           inconsistent);
    });
    return any;
  }

  // Decodes one entry from all shares, and notes who is wrong. As long as these are no more than correctable() parties,
  // the entries that follow need not ask them: a polynomial through all the other shares is within correctable()
  // errors, so it is the only one. Returns whether fewer parties are trusted than before.
  bool correct(Correction& correction, std::span<const std::span<const F>> rows, std::size_t entry,
               std::span<F> secrets) const {
    if (!correction.code) correction.code.emplace(points_, needed_);
    std::vector<F> word(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) word[i] = rows[i][entry];
    const auto decoded = correction.code->decode(word);
    if (!decoded) {
      wipe(secrets);
      throw Error(ErrorCode::too_many_wrong_shares, "more than " + std::to_string(correctable()) + " of the " +
                                                        std::to_string(rows.size()) + " shares of entry " +
                                                        std::to_string(entry) + " are wrong");
    }
    const std::span<const F> basis = std::span(decoded->codeword).first(needed_);
    for (std::size_t i = 0; i < targets_.size(); ++i)
      secrets[i * (secrets.size() / targets_.size()) + entry] =
          vector::inner_product<F>(std::span<const F>(everyone_.targets).subspan(i * needed_, needed_), basis);
    bool found_more = false;
    for (const std::size_t i : decoded->wrong) {
      found_more = found_more || !correction.wrong[i];
      correction.wrong_count += correction.wrong[i] ? 0 : 1;
      correction.wrong[i] = true;
    }
    if (!found_more || correction.wrong_count > correctable()) return false;
    std::vector<std::size_t> trusted;
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (!correction.wrong[i]) trusted.push_back(i);
    correction.fewer = weights(std::move(trusted));
    return true;
  }

  std::vector<std::size_t> who_;
  std::vector<F> points_, targets_;
  std::size_t needed_;
  Weights everyone_;
};

}  // namespace parley
