// SPDX-License-Identifier: Apache-2.0
// Additive sharing: random summands, all of which are needed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "parley/sharing/batch.hpp"

namespace parley {

struct AdditiveParameters {
  std::size_t parties = 0;
};

/// n-out-of-n sharing over any ring: n - 1 uniform summands, and the last one that makes the sum.
///
/// Security: the shares of any n - 1 parties are uniform and independent of the secret, against an adversary of any
/// power. There is no redundancy: a lost share loses the secret, and a wrong share gives a wrong secret unnoticed.
template <Ring R>
class Additive {
 public:
  using Value = R;
  using Share = R;

  /// Error(invalid_argument) for fewer than two parties: one alone would hold the secret itself.
  explicit Additive(AdditiveParameters parameters) : parties_(parameters.parties) {
    detail::require_party_count(parties_);
  }

  [[nodiscard]] std::size_t parties() const noexcept { return parties_; }
  [[nodiscard]] std::size_t privacy_threshold() const noexcept { return parties_ - 1; }
  [[nodiscard]] std::size_t reconstruction_threshold() const noexcept { return parties_; }
  /// How many entries a party's share of a batch of `secrets` secrets has.
  [[nodiscard]] std::size_t share_size(std::size_t secrets) const noexcept { return secrets; }

  /// shares[party][entry] of `secrets`.
  template <UniformSource<R> Random>
  [[nodiscard]] std::vector<std::vector<R>> share(std::span<const R> secrets, Random& random) const {
    std::vector<std::vector<R>> shares(parties_, std::vector<R>(secrets.size()));
    share_into(secrets, random, detail::writable_rows(shares));
    return shares;
  }

  /// The same into the caller's memory, without allocation: one row of secrets.size() entries for each party, none
  /// overlapping another or `secrets`, else Error(invalid_argument) before anything is written (overlap is not
  /// checked).
  template <UniformSource<R> Random>
  void share_into(std::span<const R> secrets, Random& random, std::span<const std::span<R>> shares) const {
    detail::require_output<R>(shares, parties_, secrets.size());
    detail::write_all_or_nothing(shares, [&] {
      detail::for_each_chunk(secrets.size(), detail::chunk_length<R>(2), [&](std::size_t first, std::size_t length) {
        const std::span<R> last = shares.back().subspan(first, length);
        std::ranges::copy(secrets.subspan(first, length), last.begin());
        for (const std::span<R> row : shares.first(parties_ - 1)) {
          const std::span<R> summands = row.subspan(first, length);
          fill_uniform(random, summands);
          vector::subtract<R>(last, last, summands);
        }
      });
    });
  }

  /// The secrets, from the shares of all parties in any order: shares[i] is the vector of party who[i].
  /// Error(invalid_argument) for anything else.
  [[nodiscard]] std::vector<R> reconstruct(std::span<const std::size_t> who,
                                           std::span<const std::vector<R>> shares) const {
    std::vector<R> secrets(shares.empty() ? 0 : shares.front().size());
    reconstruct_into(who, detail::readable_rows(shares), secrets);
    return secrets;
  }

  /// The same into the caller's memory, of as many entries as each share vector has.
  void reconstruct_into(std::span<const std::size_t> who, std::span<const std::span<const R>> shares,
                        std::span<R> secrets) const {
    detail::require_distinct_parties(who, parties_);
    const std::size_t size = detail::require_rows(who, shares);
    detail::require_enough(who.size(), parties_);
    detail::require_output_size(secrets.size(), size);
    detail::for_each_chunk(size, detail::chunk_length<R>(2), [&](std::size_t first, std::size_t length) {
      const std::span<R> sum = secrets.subspan(first, length);
      std::ranges::copy(shares.front().subspan(first, length), sum.begin());
      for (const std::span<const R> row : shares.subspan(1)) vector::add<R>(sum, sum, row.subspan(first, length));
    });
  }

 private:
  std::size_t parties_;
};

}  // namespace parley
