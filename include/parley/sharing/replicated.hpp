// SPDX-License-Identifier: Apache-2.0
// Replicated secret sharing over any ring: additive parts, one for each set of t parties, held by all the others.
// [ISN87] Ito, Saito, Nishizeki: Secret Sharing Scheme Realizing General Access Structure, Globecom 1987. [CDI05]
// Cramer, Damgard, Ishai: Share Conversion, Pseudorandom Secret-Sharing and Applications to Secure Computation, TCC
// 2005.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/wipe.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "parley/sharing/batch.hpp"
#include "parley/sharing/subsets.hpp"

namespace parley {

/// Sharing by binomial(n, t) summands, of which each set of t parties lacks exactly one. Works over any ring, Z/2^64
/// included, and over a field each party turns its share into one of Shamir's by itself.
///
/// A party's share of a batch is parts() vectors one after the other, each with an entry for each secret: the summands
/// that belong to the sets that it is outside of, the sets in lexicographic order.
///
/// Security: the shares of any t parties are uniform and independent of the secret, whatever the power of the adversary
/// who has them, provided that `random` is uniform: all of them lack the summand of their own set.
///
/// Every summand is held by all parties outside of its set, so shares can be checked: of m parties, m - t - 1 wrong
/// ones are detected and floor((m - t - 1) / 2) corrected, as in Shamir's scheme. Time depends on the shapes and never
/// on secrets or shares, except where shares are wrong.
template <Ring R>
class Replicated {
 public:
  using Value = R;
  using Share = R;

  /// Error(invalid_argument) unless 1 <= privacy_threshold < parties, and where there are more parts than
  /// max_replicated_size permits; nothing has been allocated then.
  explicit Replicated(ReplicatedParameters parameters) : subsets_(parameters), of_all_(placed(everyone())) {}

  [[nodiscard]] std::size_t parties() const noexcept { return subsets_.parties(); }
  [[nodiscard]] std::size_t privacy_threshold() const noexcept { return subsets_.privacy_threshold(); }
  [[nodiscard]] std::size_t reconstruction_threshold() const noexcept { return privacy_threshold() + 1; }
  /// How many summands of a secret each party has: binomial(n - 1, t).
  [[nodiscard]] std::size_t parts() const noexcept { return subsets_.count_without_party(); }
  /// How many entries a party's share of a batch of `secrets` secrets has: parts() for each. Error(invalid_argument)
  /// for batches that no memory holds.
  [[nodiscard]] std::size_t share_size(std::size_t secrets) const {
    return detail::product_of_lengths(parts(), secrets);
  }
  /// The set of parties that lack the part number `part` of `party`, ascending. Error(invalid_argument) where there is
  /// no such party or part.
  [[nodiscard]] std::vector<std::size_t> lacking(std::size_t party, std::size_t part) const {
    detail::require_distinct_parties(std::span(&party, 1), parties());
    if (part >= parts())
      throw Error(ErrorCode::invalid_argument, "there is no part " + std::to_string(part) + " among " +
                                                   std::to_string(parts()) + " (numbered from 0)");
    const auto set = subsets_.set(subsets_.without_party(party)[part]);
    return {set.begin(), set.end()};
  }

  /// shares[party] of `secrets`, of share_size(secrets.size()) entries. Draws binomial(n, t) - 1 elements per secret.
  template <UniformSource<R> Random>
  [[nodiscard]] std::vector<std::vector<R>> share(std::span<const R> secrets, Random& random) const {
    std::vector<std::vector<R>> shares(parties(), std::vector<R>(share_size(secrets.size())));
    share_into(secrets, random, detail::writable_rows(shares));
    return shares;
  }

  /// The same into the caller's memory: a row of share_size(secrets.size()) entries for each party, none overlapping
  /// another or `secrets`, else Error(invalid_argument) before anything is written (overlap is not checked).
  template <UniformSource<R> Random>
  void share_into(std::span<const R> secrets, Random& random, std::span<const std::span<R>> shares) const {
    const std::size_t size = secrets.size();
    detail::require_output<R>(shares, parties(), share_size(size));
    detail::write_all_or_nothing(shares, [&] {
      detail::for_each_chunk(size, detail::chunk_length<R>(3), [&](std::size_t first, std::size_t length) {
        const auto at = [&](const Copy& copy) { return shares[copy.row].subspan(copy.part * size + first, length); };
        const std::span<R> last = at(of_all_.back().front());
        std::ranges::copy(secrets.subspan(first, length), last.begin());
        for (std::size_t set = 0; set < of_all_.size(); ++set) {
          const std::vector<Copy>& copies = of_all_[set];
          const std::span<R> summands = at(copies.front());
          if (set + 1 < of_all_.size()) {
            fill_uniform(random, summands);
            vector::subtract<R>(last, last, summands);
          }
          for (std::size_t i = 1; i < copies.size(); ++i) std::ranges::copy(summands, at(copies[i]).begin());
        }
      });
    });
  }

  /// The secrets from the shares of the parties `who`, in any order: shares[i] is that of party who[i]. Takes each
  /// summand from the first party that has it, and cannot notice a wrong one: where more than t + 1 shares are at hand,
  /// reconstruct_checked() can. Error(invalid_argument) for fewer than t + 1 parties, for a party that does not exist
  /// or appears twice, and for vectors that do not match.
  [[nodiscard]] std::vector<R> reconstruct(std::span<const std::size_t> who,
                                           std::span<const std::vector<R>> shares) const {
    const std::size_t size = require_valid(who, shares);
    const auto copies = placed(who.first(reconstruction_threshold()));
    std::vector<R> secrets(size);
    detail::for_each_chunk(size, detail::chunk_length<R>(2), [&](std::size_t first, std::size_t length) {
      add_up(copies, shares, first, std::span(secrets).subspan(first, length));
    });
    return secrets;
  }

  /// The same, provided that all parties agree on the summands that they have in common. Up to who.size() - t - 1 wrong
  /// shares are always noticed: Error(inconsistent_shares), which names the first entry that has one.
  std::vector<R> reconstruct_checked(std::span<const std::size_t> who, std::span<const std::vector<R>> shares) const {
    const std::size_t size = require_valid(who, shares), chunk = detail::chunk_length<R>(2);
    const auto copies = placed(who);
    std::vector<R> secrets(size);
    std::vector<bool> inconsistent(std::min(size, chunk));
    detail::for_each_chunk(size, chunk, [&](std::size_t first, std::size_t length) {
      if (mark_inconsistent(copies, shares, first, length, inconsistent)) {
        const std::size_t entry = first + detail::first_marked(inconsistent);
        wipe(secrets);
        throw Error(ErrorCode::inconsistent_shares, "the " + std::to_string(who.size()) + " shares of entry " +
                                                        std::to_string(entry) +
                                                        " disagree on a part that several parties have");
      }
      add_up(copies, shares, first, std::span(secrets).subspan(first, length));
    });
    return secrets;
  }

  /// The same, though up to floor((who.size() - t - 1) / 2) shares of each secret may be wrong, and the parties that
  /// sent a wrong one. Beyond that Error(too_many_wrong_shares), which names the entry, or (only where more parties
  /// lie, and do so together) a wrong secret that blames others.
  ///
  /// Security: as that of ShamirReconstruction::reconstruct_correcting, which corrects exactly as much.
  [[nodiscard]] Corrected<R> reconstruct_correcting(std::span<const std::size_t> who,
                                                    std::span<const std::vector<R>> shares) const {
    const std::size_t size = require_valid(who, shares);
    Correction correction{placed(who), std::nullopt, std::vector<bool>(who.size()), 0};
    std::vector<R> secrets(size);
    try {
      detail::correct_batch(
          size, detail::chunk_length<R>(2),
          [&](std::size_t first, std::size_t length, std::vector<bool>& inconsistent) {
            const Places& trusted = correction.fewer ? *correction.fewer : correction.all;
            add_up(trusted, shares, first, std::span(secrets).subspan(first, length));
            return mark_inconsistent(trusted, shares, first, length, inconsistent);
          },
          [&](std::size_t entry) { return correct(correction, who, shares, entry, secrets[entry]); });
    } catch (...) {
      wipe(secrets);
      throw;
    }
    std::vector<std::size_t> wrong;
    for (std::size_t i = 0; i < who.size(); ++i)
      if (correction.wrong[i]) wrong.push_back(who[i]);
    std::ranges::sort(wrong);
    return {std::move(secrets), std::move(wrong)};
  }

  /// The Shamir shares of `party` that belong to its replicated share of a batch: local, and all parties' together lie
  /// on the polynomial of degree t that is the sum of each summand times the polynomial that is 1 at 0 and 0 at the
  /// points of those who lack it. Error(invalid_argument) where there is no such party, `share` is not parts() vectors
  /// of one length, or the field has too few points. [CDI05]
  [[nodiscard]] std::vector<R> to_shamir(std::size_t party, std::span<const R> share) const requires Field<R> {
    detail::require_distinct_parties(std::span(&party, 1), parties());
    const std::size_t size = secrets_in(share.size());
    std::vector<std::span<const R>> rows(parts());
    for (std::size_t part = 0; part < rows.size(); ++part) rows[part] = share.subspan(part * size, size);
    std::vector<R> converted(size);
    vector::linear_combination<R>(converted, subsets_.template polynomial_values<R>(party), rows);
    return converted;
  }

 private:
  // Where a summand is: part number `part` of row number `row`.
  struct Copy {
    std::size_t row, part;
  };
  // For each set the copies of its summand.
  using Places = std::vector<std::vector<Copy>>;

  struct Correction {
    Places all;
    std::optional<Places> fewer;  // without the rows found wrong
    std::vector<bool> wrong;
    std::size_t wrong_count;
  };

  std::vector<std::size_t> everyone() const {
    std::vector<std::size_t> all(parties());
    std::iota(all.begin(), all.end(), std::size_t{0});
    return all;
  }

  // The copies in rows that are those of the parties `who`, without the rows that are `wrong`, if any.
  Places placed(std::span<const std::size_t> who, const std::vector<bool>& wrong = {}) const {
    Places places(subsets_.count());
    std::vector<std::size_t> part(who.size());
    for (std::size_t set = 0; set < places.size(); ++set)
      for (std::size_t row = 0; row < who.size(); ++row)
        if (!subsets_.contains(set, who[row])) {
          if (wrong.empty() || !wrong[row]) places[set].push_back({row, part[row]});
          ++part[row];
        }
    return places;
  }

  std::size_t secrets_in(std::size_t share_size) const {
    if (share_size % parts() != 0)
      throw Error(ErrorCode::invalid_argument, "a share of " + std::to_string(share_size) + " entries is not " +
                                                   std::to_string(parts()) + " parts of one length");
    return share_size / parts();
  }

  // Returns the number of secrets.
  std::size_t require_valid(std::span<const std::size_t> who, std::span<const std::vector<R>> shares) const {
    detail::require_distinct_parties(who, parties());
    detail::require_enough(who.size(), reconstruction_threshold());
    return secrets_in(detail::require_rows<const R>(who, detail::readable_rows(shares)));
  }

  std::span<const R> entries(std::span<const std::vector<R>> shares, const Copy& copy, std::size_t first,
                             std::size_t length) const {
    const std::vector<R>& share = shares[copy.row];
    return std::span(share).subspan(copy.part * (share.size() / parts()) + first, length);
  }

  // The sums of the first copies of all summands, from entry `first` on.
  void add_up(const Places& places, std::span<const std::vector<R>> shares, std::size_t first,
              std::span<R> secrets) const {
    std::ranges::copy(entries(shares, places.front().front(), first, secrets.size()), secrets.begin());
    for (std::size_t set = 1; set < places.size(); ++set)
      vector::add<R>(secrets, secrets, entries(shares, places[set].front(), first, secrets.size()));
  }

  // Sets inconsistent[e] where two copies of a summand of entry first + e differ, for e < length. Returns whether any
  // do.
  bool mark_inconsistent(const Places& places, std::span<const std::vector<R>> shares, std::size_t first,
                         std::size_t length, std::vector<bool>& inconsistent) const {
    bool any = false;
    for (const std::vector<Copy>& copies : places) {
      const std::span<const R> expected = entries(shares, copies.front(), first, length);
      for (std::size_t i = 1; i < copies.size(); ++i)
        any |= detail::mark_differences<R>(expected, entries(shares, copies[i], first, length), inconsistent);
    }
    return any;
  }

  // Corrects one entry from all shares, and notes who is wrong. Among m parties a summand has at least m - t >= 2e + 1
  // copies where e = floor((m - t - 1) / 2), so with at most e wrong parties more than half of them are right; and a
  // value that more than half have is the only one that all but e parties can have. As long as those found wrong are at
  // most e, the entries that follow need not ask them: a sharing that all the others agree on is within e errors, so it
  // is the only one. Returns whether fewer parties are trusted than before.
  bool correct(Correction& correction, std::span<const std::size_t> who, std::span<const std::vector<R>> shares,
               std::size_t entry, R& secret) const {
    const std::size_t correctable = (who.size() - privacy_threshold() - 1) / 2;
    std::vector<bool> wrong(who.size());
    secret = R{};
    bool decided = true;
    for (const std::vector<Copy>& copies : correction.all) {
      const auto value = [&](const Copy& copy) { return entries(shares, copy, entry, 1).front(); };
      const auto agree = [&](const R& one) {
        return static_cast<std::size_t>(
            std::ranges::count_if(copies, [&](const Copy& copy) { return value(copy) == one; }));
      };
      const auto most =
          std::ranges::find_if(copies, [&](const Copy& copy) { return 2 * agree(value(copy)) > copies.size(); });
      decided = decided && most != copies.end();
      if (!decided) break;
      const R right = value(*most);
      secret += right;
      for (const Copy& copy : copies)
        if (!(value(copy) == right)) wrong[copy.row] = true;
    }
    if (!decided || static_cast<std::size_t>(std::count(wrong.begin(), wrong.end(), true)) > correctable)
      throw Error(ErrorCode::too_many_wrong_shares, "more than " + std::to_string(correctable) + " of the " +
                                                        std::to_string(who.size()) + " shares of entry " +
                                                        std::to_string(entry) + " are wrong");
    bool found_more = false;
    for (std::size_t i = 0; i < who.size(); ++i) {
      if (!wrong[i] || correction.wrong[i]) continue;
      found_more = true;
      correction.wrong[i] = true;
      ++correction.wrong_count;
    }
    if (!found_more || correction.wrong_count > correctable) return false;
    correction.fewer = placed(who, correction.wrong);
    return true;
  }

  detail::Subsets subsets_;
  Places of_all_;
};

}  // namespace parley
