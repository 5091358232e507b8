// SPDX-License-Identifier: Apache-2.0
// Shamir's sharing of a stream of secrets with a tag inside, so that wrong shares are noticed even where there are only
// as many as are needed, and named where there are more.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
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
#include "parley/field/wide_binary.hpp"
#include "parley/sharing/batch.hpp"
#include "parley/sharing/manipulation_detection.hpp"
#include "parley/sharing/shamir.hpp"

namespace parley {

namespace detail {

/// Feeds the encodings of elements to a tag.
template <Field F>
void update_tag(ManipulationTag& tag, std::span<const F> elements) {
  if constexpr (MemoryIsEncoding<F> && std::endian::native == std::endian::little) {
    tag.update(std::as_bytes(elements));
  } else {
    constexpr std::size_t at_once = std::max<std::size_t>(1, 4096 / F::encoded_size);
    std::vector<std::byte> encoded(std::min(at_once, elements.size()) * F::encoded_size);
    for_each_chunk(elements.size(), at_once, [&](std::size_t first, std::size_t length) {
      const auto out = std::span(encoded).first(length * F::encoded_size);
      vector::encode(out, elements.subspan(first, length));
      tag.update(out);
    });
    wipe(encoded);
  }
}

/// The inverses of the elements of GF(2^128) whose coefficients are the bits of 1, ..., 255; 0 for 0. For public points
/// alone, of which an entry is looked up.
///
/// Where the modulus m is q a + r with deg r < deg a, r is not 0, as m is irreducible, and q a = r in the field: then
/// 1 / a = q / r, and r is a smaller number than a.
inline constexpr std::array<GF2To128, 256> inverses_of_bytes = [] {
  std::array<GF2To128, 256> inverses{};
  inverses[1] = GF2To128::one();
  for (unsigned a = 2; a < inverses.size(); ++a) {
    if (a % 2 == 0) {  // 1 / a is 1 / (a / x), divided by x; the modulus is 1 at 0
      const uint128 half = inverses[a / 2].value();
      constexpr uint128 modulus_by_x = uint128{1} << 127 | GF2To128::low_terms >> 1;
      inverses[a] = GF2To128::from_value(half >> 1 ^ (half & 1) * modulus_by_x);
      continue;
    }
    uint128 quotient = 0;
    unsigned rest = 1;  // of the terms of the modulus so far, beginning with x^128
    for (unsigned place = 128; place-- > 0;) {
      rest = rest << 1 | (place < 8 ? unsigned{GF2To128::low_terms} >> place & 1U : 0U);
      const bool reducible = std::bit_width(rest) == std::bit_width(a);
      quotient = quotient << 1 | (reducible ? 1 : 0);
      if (reducible) rest ^= a;
    }
    inverses[a] = GF2To128::multiply_portably(GF2To128::from_value(quotient), inverses[rest]);
  }
  return inverses;
}();

/// Appends c such that f(at) = c[0] f(x_0) + ... for every polynomial f of lower degree than there are points, where x_i
/// is GF2To128::embed(who[i] + 1): Lagrange's, without an inversion. The parties are different, and below 255; `at` is
/// below 256 and the point of none of them.
inline void append_weights_of_tag_shares(std::vector<GF2To128>& weights, std::span<const std::size_t> who,
                                         std::size_t at) {
  const auto factor = [at](std::size_t own, std::size_t other) {
    return GF2To128::embed((other + 1) ^ at) * inverses_of_bytes[(other + 1) ^ (own + 1)];
  };
  for (const std::size_t own : who) {
    std::optional<GF2To128> weight;  // until there is one, instead of 1: a multiplication less
    for (const std::size_t other : who)
      if (other != own) weight = weight ? *weight * factor(own, other) : factor(own, other);
    weights.push_back(weight.value_or(GF2To128::one()));
  }
}

/// Reconstruction of what is shared over GF(2^128) beside the secrets, key and tag, from shares of some parties.
class TagReconstruction {
 public:
  TagReconstruction(ShamirParameters parameters, std::span<const std::size_t> who)
      : parameters_(parameters), needed_(parameters.privacy_threshold + 1) {
    // Beyond a few parties the general way, of which most is one inversion, is faster.
    constexpr std::size_t most_parties = 255, most_weights = 64;
    if (parameters.parties > most_parties || who.size() * needed_ > most_weights) return;
    weights_.reserve((who.size() - needed_ + 1) * needed_);
    append_weights_of_tag_shares(weights_, who.first(needed_), 0);
    for (const std::size_t other : who.subspan(needed_))
      append_weights_of_tag_shares(weights_, who.first(needed_), other + 1);
  }

  /// From shares[i] of party who[i], the same parties each time. As many wrong ones as can be are corrected, and the
  /// parties named. Error(too_many_wrong_shares)
  [[nodiscard]] GF2To128 operator()(std::span<const std::size_t> who, std::span<const GF2To128> shares,
                                    std::vector<std::size_t>& wrong) {
    bool agree = !weights_.empty();
    for (std::size_t i = needed_; agree && i < shares.size(); ++i)
      agree = combined(i - needed_ + 1, shares) == shares[i];
    if (agree) return combined(0, shares);
    if (!general_) general_.emplace(shamir_reconstruction<GF2To128>(parameters_, who));
    std::vector<std::span<const GF2To128>> rows;
    rows.reserve(shares.size());
    for (const GF2To128& share : shares) rows.emplace_back(&share, 1);
    GF2To128 secret;
    wrong = general_->reconstruct_correcting(rows, std::span(&secret, 1));
    return secret;
  }

 private:
  // The value at target number `row`: at 0, or at the point of a share that is not needed.
  [[nodiscard]] GF2To128 combined(std::size_t row, std::span<const GF2To128> shares) const {
    const std::span<const GF2To128> weights = std::span(weights_).subspan(row * needed_, needed_);
    return GF2To128::sum_of_few_products(
        needed_, [&](std::size_t i) { return weights[i]; }, [&](std::size_t i) { return shares[i]; });
  }

  ShamirParameters parameters_;
  std::size_t needed_;
  std::vector<GF2To128> weights_;  // needed_ of them for each target; none where the general way is taken
  std::optional<ShamirReconstruction<GF2To128>> general_;
};

}  // namespace detail

/// Shares secrets of any field in pieces of any length, and with them a tag of their encodings under a key that it draws
/// (see ManipulationTag, also for what this proves). Each party gets, beside its shares of the secrets, its share of the
/// key and its share of the tag. That of the key is known from the start, so that they who reconstruct need no second
/// look at the secrets.
///
/// Security: as Shamir<F>; the shares of key and tag are shares of two more secrets.
template <Field F>
class TaggedSplitter {
 public:
  /// `scheme` outlives this.
  template <UniformSource<GF2To128> Random>
  TaggedSplitter(const Shamir<F>& scheme, Random& random)
      : scheme_(scheme), key_(uniform<GF2To128>(random)), tag_(key_), key_shares_(share(key_, random)) {
    wipe(key_);
  }
  TaggedSplitter(const TaggedSplitter&) = delete;
  TaggedSplitter& operator=(const TaggedSplitter&) = delete;
  ~TaggedSplitter() {
    wipe(scratch_);
    wipe(key_shares_);
  }

  /// A share for each party.
  [[nodiscard]] const std::vector<GF2To128>& key_shares() const noexcept { return key_shares_; }

  /// As Shamir<F>::share_into: one row of secrets.size() shares for each party.
  template <UniformSource<F> Random>
  void split(std::span<const F> secrets, Random& random, std::span<const std::span<F>> shares) {
    const std::size_t room = scheme_.scratch_size(secrets.size());
    if (scratch_.size() < room) scratch_.resize(room);  // what is there is zero
    scheme_.share_into(secrets, random, shares, scratch_);
    detail::update_tag<F>(tag_, secrets);
  }

  /// How many bytes the secrets so far are encoded by.
  [[nodiscard]] std::uint64_t length() const noexcept { return tag_.length(); }

  /// The shares of the tag of all secrets, one for each party. Called once, as the last.
  template <UniformSource<GF2To128> Random>
  [[nodiscard]] std::vector<GF2To128> finish(Random& random) {
    GF2To128 tag = tag_.finish();
    std::vector<GF2To128> shares = share(tag, random);
    wipe(tag);
    return shares;
  }

 private:
  // By Shamir's scheme over GF(2^128). For one secret Horner's rule is faster than the ways of batches, for all parties at
  // once, since their products do not wait for each other.
  template <class Random>
  std::vector<GF2To128> share(const GF2To128& value, Random& random) const {
    std::vector<GF2To128> shares(scheme_.parties());
    for (std::size_t i = 0; i < scheme_.privacy_threshold(); ++i) {
      GF2To128 coefficient = uniform<GF2To128>(random);
      for (std::size_t party = 0; party < shares.size(); ++party)
        shares[party] = (shares[party] + coefficient) * GF2To128::embed(party + 1);
      wipe(coefficient);
    }
    for (GF2To128& share : shares) share += value;
    return shares;
  }

  const Shamir<F>& scheme_;
  GF2To128 key_;
  ManipulationTag tag_;
  std::vector<GF2To128> key_shares_;
  std::vector<F> scratch_;
};

/// Undoes TaggedSplitter from the shares of some parties, rows[i] being of the i-th of them. What combine() has written is
/// not to be used before finish() has found the tag to be right.
///
/// Of more than t + 1 shares, as many wrong ones as can be are corrected (see ShamirReconstruction, reconstruct_correcting);
/// whatever comes of it, the tag decides. What the time depends on is which shares are wrong, and never secrets.
template <Field F>
class TaggedCombiner {
 public:
  /// key_shares[i] is that of party who[i]; the parameters are those of a scheme. Error(invalid_argument) as from Shamir<F>::reconstruction(),
  /// Error(too_many_wrong_shares) where the shares of the key are wrong beyond correction.
  TaggedCombiner(ShamirParameters parameters, std::span<const std::size_t> who, std::span<const GF2To128> key_shares)
      : reconstruction_(detail::shamir_reconstruction<F>(parameters, who)), tag_reconstruction_(parameters, who) {
    GF2To128 key = reconstruct(key_shares);
    tag_.emplace(key);
    wipe(key);
  }

  /// The secrets of one row of shares for each party. Error(too_many_wrong_shares) where they are wrong beyond
  /// correction, and then all of `secrets` is zero.
  void combine(std::span<const std::span<const F>> rows, std::span<F> secrets) {
    if (reconstruction_.detectable() == 0)
      reconstruction_.reconstruct(rows, secrets);
    else
      name(reconstruction_.reconstruct_correcting(rows, secrets));
    detail::update_tag<F>(*tag_, secrets);
  }

  /// How many bytes the secrets so far are encoded by.
  [[nodiscard]] std::uint64_t length() const noexcept { return tag_->length(); }

  /// Returns if the secrets are those that were shared, else throws Error(inconsistent_shares). Called once, as the last;
  /// tag_shares[i] is of the i-th party. Error(too_many_wrong_shares) as from combine().
  void finish(std::span<const GF2To128> tag_shares) {
    const GF2To128 expected = reconstruct(tag_shares);
    if (expected == tag_->finish()) return;
    throw Error(
        ErrorCode::inconsistent_shares,
        "what the " + std::to_string(reconstruction_.who().size()) +
            " shares give is not what was shared: at least one of them is wrong" +
            (reconstruction_.detectable() == 0 ? ", and as there are no more than are needed, which one cannot be told"
                                               : ""));
  }

  /// The parties (ascending) whose shares were found wrong, and corrected, so far.
  [[nodiscard]] const std::vector<std::size_t>& wrong() const noexcept { return wrong_; }

 private:
  GF2To128 reconstruct(std::span<const GF2To128> shares) {
    std::vector<std::size_t> found;
    const GF2To128 secret = tag_reconstruction_(reconstruction_.who(), shares, found);
    name(found);
    return secret;
  }

  void name(std::span<const std::size_t> found) {
    if (found.empty()) return;
    std::vector<std::size_t> all;
    std::ranges::set_union(wrong_, found, std::back_inserter(all));
    wrong_ = std::move(all);
  }

  ShamirReconstruction<F> reconstruction_;
  detail::TagReconstruction tag_reconstruction_;
  std::optional<ManipulationTag> tag_;
  std::vector<std::size_t> wrong_;
};

/// What a party holds of a batch of secrets that is shared with a tag.
template <Field F>
struct TaggedShare {
  std::vector<F> values;
  GF2To128 key_share, tag_share;
};

/// shares[party] of a batch of scalars, with a tag: TaggedSplitter in one call.
template <Field F, class Random>
  requires UniformSource<Random, F> && UniformSource<Random, GF2To128>
[[nodiscard]] std::vector<TaggedShare<F>> share_tagged(const Shamir<F>& scheme, std::span<const F> secrets,
                                                       Random& random) {
  TaggedSplitter<F> splitter(scheme, random);
  std::vector<TaggedShare<F>> shares(scheme.parties());
  std::vector<std::span<F>> rows;
  for (std::size_t party = 0; party < shares.size(); ++party) {
    shares[party].values.resize(secrets.size());
    shares[party].key_share = splitter.key_shares()[party];
    rows.emplace_back(shares[party].values);
  }
  splitter.split(secrets, random, rows);
  const std::vector<GF2To128> tag_shares = splitter.finish(random);
  for (std::size_t party = 0; party < shares.size(); ++party) shares[party].tag_share = tag_shares[party];
  return shares;
}

/// The secrets and the parties whose shares were wrong, from shares[i] of party who[i], in any order; never other secrets
/// than were shared, but for the probability that ManipulationTag names. Error(invalid_argument) for too few, equal or
/// unknown parties, and for shares of different lengths; Error(inconsistent_shares) or Error(too_many_wrong_shares)
/// where a share is wrong and too few are right.
template <Field F>
[[nodiscard]] Corrected<F> reconstruct_tagged(const Shamir<F>& scheme, std::span<const std::size_t> who,
                                              std::span<const TaggedShare<F>> shares) {
  if (shares.size() != who.size())
    throw Error(ErrorCode::invalid_argument,
                std::to_string(shares.size()) + " shares were given for " + std::to_string(who.size()) + " parties");
  std::vector<GF2To128> key_shares, tag_shares;
  std::vector<std::span<const F>> rows;
  for (const TaggedShare<F>& share : shares) {
    key_shares.push_back(share.key_share);
    tag_shares.push_back(share.tag_share);
    rows.emplace_back(share.values);
  }
  TaggedCombiner<F> combiner({scheme.parties(), scheme.privacy_threshold()}, who, key_shares);
  std::vector<F> secrets(rows.front().size());
  combiner.combine(rows, secrets);
  try {
    combiner.finish(tag_shares);
  } catch (...) {
    wipe(secrets);
    throw;
  }
  return {std::move(secrets), combiner.wrong()};
}

}  // namespace parley
