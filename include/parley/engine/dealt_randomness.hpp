// SPDX-License-Identifier: Apache-2.0
// What a trusted dealer has dealt to one party: seeds to all parties but the last, who has the rest as it is.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/authenticated_shares.hpp"
#include "parley/engine/bit_planes.hpp"
#include "parley/engine/preprocessing.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/wide_binary.hpp"

namespace parley {

template <Field F, RandomSource Random>
class TrustedDealer;

namespace detail {

/// One party's part of one kind of randomness, which it uses up from the front: `units` units of so many elements.
template <Field G>
class DealtSequence {
 public:
  DealtSequence() = default;
  /// As the dealer made it.
  DealtSequence(std::string name, std::size_t units, std::size_t unit, Buffer<G> given)
      : name_(std::move(name)), left_(units), unit_(unit), given_(std::move(given)) {}
  /// Drawn from a stream.
  DealtSequence(std::string name, std::size_t units, std::size_t unit, RandomStream stream)
      : name_(std::move(name)), left_(units), unit_(unit), stream_(std::move(stream)) {}

  std::size_t left() const { return left_; }
  /// Error(invalid_state) where fewer than so many units are left.
  void require(std::size_t units) const {
    if (units > left_)
      throw Error(ErrorCode::invalid_state, "the preprocessing has run out of " + name_ + ": " + std::to_string(units) +
                                                " are needed, and " + std::to_string(left_) + " are left");
  }
  /// The elements of the next units.
  void take(std::span<G> elements) {
    const std::size_t units = elements.size() / std::max<std::size_t>(unit_, 1);
    require(units);
    left_ -= units;
    if (stream_) {
      fill_uniform(*stream_, elements);
    } else {
      std::copy_n(given_.begin() + static_cast<std::ptrdiff_t>(used_), elements.size(), elements.begin());
      used_ += elements.size();
    }
  }

 private:
  std::string name_;
  std::size_t left_ = 0, unit_ = 0, used_ = 0;
  std::optional<RandomStream> stream_;
  Buffer<G> given_;
};

}  // namespace detail

/// One party's preprocessing by a trusted dealer, see TrustedDealer: a store that is used up. Whoever has the stores of
/// all parties knows all their secrets; a store belongs to its party alone, and is good for one run.
///
/// Memory, for a product over Mersenne61: 48 bytes at the last party and none at the others; for a word of conjunctions
/// 1560 bytes and none.
/// Errors: Error(invalid_state) that says of what there is not enough, before anything has been given; the same at all
/// parties.
template <Field F>
class DealtRandomness {
 public:
  using Value = F;
  using Share = AuthenticatedShare<F>;

  std::size_t self() const noexcept { return self_; }
  std::size_t parties() const noexcept { return parties_; }
  const MacKeys<F>& keys() const noexcept { return keys_; }

  void triples(std::span<Share> a, std::span<Share> b, std::span<Share> products) {
    triples_[0].require(a.size());
    take(triples_[0], a);
    take(triples_[1], b);
    take(triples_[2], products);
  }
  void random_values(std::span<Share> values) { take(random_values_, values); }
  void input_masks(std::size_t owner, std::span<Share> shares, std::span<F> mine) {
    take(input_masks_.at(owner), shares);
    if (owner == self_) own_masks_.take(mine);
  }
  void bit_triples(BitPlanes& a, BitPlanes& b, BitPlanes& products) {
    bit_triples_[0].require(a.width() * a.words_per_component());
    take(bit_triples_[0], a);
    take(bit_triples_[1], b);
    take(bit_triples_[2], products);
  }
  void random_bits(BitPlanes& bits) { take(random_bits_, bits); }
  void input_bit_masks(std::size_t owner, BitPlanes& shares, PublicBits* mine) {
    take(input_bit_masks_.at(owner), shares);
    if (owner != self_) return;
    Buffer<GF2To64> words(shares.width() * shares.words_per_component());
    own_bit_masks_.take(std::span<GF2To64>(words));
    for (std::size_t i = 0; i < words.size(); ++i) mine->planes().words()[i] = words[i].value();
    mine->planes().clear_tails();
  }
  void edabits(std::span<Share> values, BitPlanes& bits) {
    edabit_values_.require(bits.words_per_component());
    take_words_of_values(edabit_values_, values);
    // word by word of the rows, a word of each plane
    const std::size_t words = bits.words_per_component();
    Buffer<GF2To64> blocks(bits.width() * 65);
    for (std::size_t word = 0; word < words; ++word) {
      edabit_bits_.take(std::span<GF2To64>(blocks));
      for (std::size_t plane = 0; plane < bits.width(); ++plane)
        scatter(std::span<const GF2To64>(blocks).subspan(65 * plane, 65), bits, plane, word);
    }
    if (words > 0) bits.clear_tails();
  }
  void dabits(std::span<Share> values, BitPlanes& bits) {
    dabit_values_.require(bits.width() * bits.words_per_component());
    for (std::size_t plane = 0; plane < bits.width(); ++plane)
      take_words_of_values(dabit_values_, values.subspan(plane * bits.size(), bits.size()));
    take(dabit_bits_, bits);
  }
  void shuffle(std::size_t rows, std::span<Share> controls) {
    detail::DealtSequence<F>& dealt = shuffles_[rows];
    if (dealt.left() == 0)
      throw Error(ErrorCode::invalid_state,
                  "the preprocessing has run out of permutations of " + std::to_string(rows) + " rows");
    take(dealt, controls);
  }

  CommittedValues commitments(std::size_t count) {
    if (count > commitments_.mine.size() - committed_)
      throw Error(ErrorCode::invalid_state,
                  "the preprocessing has run out of checks, of which an opening takes one, and another one where "
                  "anything was computed since the last");
    const auto next = [&](const Buffer<GF2To64>& all) {
      if (all.empty()) return Buffer<GF2To64>{};
      const auto first = all.begin() + static_cast<std::ptrdiff_t>(committed_);
      return Buffer<GF2To64>(first, first + static_cast<std::ptrdiff_t>(count));
    };
    CommittedValues values{next(commitments_.mine), {}, {}};
    for (std::size_t party = 0; party < parties_; ++party) {
      values.tags.push_back(next(commitments_.tags[party]));
      values.offsets.push_back(next(commitments_.offsets[party]));
    }
    committed_ += count;
    return values;
  }
  GF2To64 commitment_key(std::size_t party) const { return commitment_keys_[party]; }

 private:
  template <Field, RandomSource>
  friend class TrustedDealer;

  DealtRandomness(std::size_t self, std::size_t parties)
      : self_(self),
        parties_(parties),
        triples_(3),
        input_masks_(parties),
        bit_triples_(3),
        input_bit_masks_(parties),
        commitments_{{}, std::vector<Buffer<GF2To64>>(parties), std::vector<Buffer<GF2To64>>(parties)},
        commitment_keys_(parties) {}

  static void take(detail::DealtSequence<F>& from, std::span<Share> shares) {
    from.take(Representation<F, AuthenticatedSharing>::elements(shares));
  }
  // Whole words are dealt: of the last one's 64 values some may be left over.
  static void take_words_of_values(detail::DealtSequence<F>& from, std::span<Share> shares) {
    const std::size_t whole = shares.size() / 64;
    for (std::size_t word = 0; word < whole; ++word) take(from, shares.subspan(64 * word, 64));
    if (whole * 64 == shares.size()) return;
    Buffer<Share> last(64);
    take(from, std::span<Share>(last));
    std::copy_n(last.begin(), shares.size() - 64 * whole, shares.begin() + static_cast<std::ptrdiff_t>(64 * whole));
  }
  static void take(detail::DealtSequence<GF2To64>& from, BitPlanes& bits) {
    const std::size_t words = bits.words_per_component();
    from.require(bits.width() * words);
    constexpr std::size_t most = 64;
    Buffer<GF2To64> blocks(65 * std::min(most, words));
    for (std::size_t plane = 0; plane < bits.width(); ++plane)
      for (std::size_t first = 0; first < words; first += most) {
        const std::size_t count = std::min(most, words - first);
        from.take(std::span<GF2To64>(blocks).first(65 * count));
        for (std::size_t i = 0; i < count; ++i)
          scatter(std::span<const GF2To64>(blocks).subspan(65 * i, 65), bits, plane, first + i);
      }
    if (bits.width() * words > 0) bits.clear_tails();
  }
  // A word of bits and the 64 words of its MACs.
  static void scatter(std::span<const GF2To64> block, BitPlanes& bits, std::size_t plane, std::size_t word) {
    for (unsigned which = 0; which < 65; ++which) bits.component(plane, which)[word] = block[which].value();
  }

  std::size_t self_, parties_;
  MacKeys<F> keys_;
  std::vector<detail::DealtSequence<F>> triples_;
  detail::DealtSequence<F> random_values_, own_masks_, edabit_values_, dabit_values_;
  std::vector<detail::DealtSequence<F>> input_masks_;
  std::vector<detail::DealtSequence<GF2To64>> bit_triples_;
  detail::DealtSequence<GF2To64> random_bits_, own_bit_masks_, edabit_bits_, dabit_bits_;
  std::vector<detail::DealtSequence<GF2To64>> input_bit_masks_;
  std::map<std::size_t, detail::DealtSequence<F>> shuffles_;
  CommittedValues commitments_;
  std::vector<GF2To64> commitment_keys_;
  std::size_t committed_ = 0;
};

}  // namespace parley
