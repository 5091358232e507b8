// SPDX-License-Identifier: Apache-2.0
// The check that opened values are what their MACs say, for all values opened since the last check at once. [DKLPSS13]
// Damgard, Keller, Larraia, Pastro, Scholl, Smart: Practical covertly secure MPC for dishonest majority - or: breaking
// the SPDZ limits, ESORICS 2013. [Rivest99] Unconditionally secure commitment and oblivious transfer schemes using
// private channels and a trusted initializer.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/authenticated_shares.hpp"
#include "parley/engine/bit_planes.hpp"
#include "parley/engine/preprocessing.hpp"
#include "parley/engine/round.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "parley/field/wide_binary.hpp"
#include "parley/net/network.hpp"

namespace parley::detail {

/// For every opened value v a party keeps its share of the MAC less its share of the key times v. These differences are
/// shares of 0 where v is right, and of key times the error where it is not. A check adds them up with random factors,
/// which are public and drawn after the values were opened, and all parties open their sums, which have to add up to 0.
/// [DKLPSS13, section 3.2]
///
/// Bits are checked by words: a word of 64 bits is an element d of GF(2^64), and its MACs, that of bit j being key *
/// d_j, have bit k of key times d in the k-th of the 64 words of their bits. So the sum over k of x^k times the k-th
/// word is key * d, the MAC of the word.
///
/// Security: n - 1 deviating parties. An opened value may be wrong, and not the same at all honest parties, by errors
/// e_i at party i. The sum of all differences is that of e_i times the key share of i, over the honest i, and of what
/// the deviating parties make of theirs. It is 0 with a probability of at most 1/|F| where the random combination of
/// some honest party's errors is not 0, since a key share is uniform, and unknown to the others, who have committed to
/// their sums before they see any; and that combination is 0 with a probability of at most 1/|F| more. For bits both
/// are 2^-64. Coins and commitments are binding but for 2^-64 for each element, see CommittedValues. What an honest
/// party opens in a check is uniform, given that all add up to key times what the adversary has put in: nothing is
/// learned about a secret, nor about the key beyond whether a guess of it was right, after which the run has ended.
template <Field F, Preprocessing<F> Source>
class MacCheck {
  using Share = AuthenticatedShare<F>;

 public:
  MacCheck(Network& network, Source& source)
      : network_(network), source_(source), key_(source.keys()), self_(network.self()) {}

  /// How many elements of differences are kept.
  std::size_t size() const { return of_values_.size() + of_words_.size(); }

  /// Records `values`, of which `shares` were opened.
  void record(std::span<const Share> shares, std::span<const F> values) {
    const std::size_t first = of_values_.size();
    of_values_.resize(first + values.size());
    const auto differences = std::span<F>(of_values_).subspan(first);
    for (std::size_t i = 0; i < shares.size(); ++i) differences[i] = shares[i].mac;
    vector::multiply_add<F>(differences, values, -key_.field);
  }
  /// Records the bits of which `shares` were opened.
  void record(const BitPlanes& shares, const BitPlanes& bits) {
    const std::size_t words = bits.words_per_component();
    std::array<std::uint64_t, 256> macs;
    for (std::size_t plane = 0; plane < bits.width(); ++plane)
      for (std::size_t first = 0; first < words; first += macs.size()) {
        const std::size_t count = std::min(macs.size(), words - first);
        std::fill_n(macs.begin(), count, 0);
        for (unsigned which = 64; which > 0; --which) {  // Horner's rule in x, whose 64th power is the low terms
          const std::uint64_t* const next = shares.component(plane, which).data() + first;
          for (std::size_t i = 0; i < count; ++i)
            macs[i] = (macs[i] << 1) ^ (GF2To64::low_terms & (0 - (macs[i] >> 63))) ^ next[i];
        }
        const auto opened = bits.component(plane, 0);
        for (std::size_t i = 0; i < count; ++i)
          of_words_.push_back(GF2To64(macs[i]) + key_.bits * GF2To64(opened[first + i]));
      }
  }

  /// Checks all that was recorded; nothing where that is nothing.
  /// Cost: three rounds; 64 bytes, and 24 for each of check_masks elements, sent to each other party.
  /// Errors: Error(verification_failed), naming the party whose commitment is wrong; nobody where MACs are.
  void check() {
    if (size() == 0) return;
    constexpr std::size_t masks = check_masks<F>;
    const CommittedValues committed = source_.commitments(check_coins + masks);

    const auto coins = opened<check_coins>(committed, 0, [](std::size_t, const auto&) {});
    Seed seed;
    vector::encode<GF2To64>(std::span<std::byte>(seed), std::span<const GF2To64>(coins));
    const RandomStream factors(seed, Cipher::chacha20);  // the same on all machines
    const F of_values = combination(of_values_, factors.child("values"));
    const GF2To64 of_words = combination(of_words_, factors.child("words"));

    std::array<std::byte, 8 * masks> sums{};
    of_values.encode(std::span(sums).template first<F::encoded_size>());
    of_words.encode(std::span(sums).template last<8>());
    std::array<GF2To64, masks> hidden;
    static_cast<void>(vector::decode<GF2To64>(std::span<GF2To64>(hidden), std::span<const std::byte>(sums)));
    vector::add<GF2To64>(std::span<GF2To64>(hidden), hidden,
                         std::span<const GF2To64>(committed.mine).subspan(check_coins));
    std::vector<std::array<GF2To64, masks>> commitments(network_.parties());
    Round round(network_);
    for_others([&](std::size_t party) {
      round.send_elements<GF2To64>(party, hidden);
      round.expect_elements<GF2To64>(party, masks);
    });
    round.exchange();
    for_others(
        [&](std::size_t party) { round.receive_elements<GF2To64>(party, std::span<GF2To64>(commitments[party])); });

    F total_of_values = of_values;
    GF2To64 total_of_words = of_words;
    opened<masks>(committed, check_coins, [&](std::size_t party, std::array<GF2To64, masks> theirs) {
      for (std::size_t i = 0; i < masks; ++i) theirs[i] += commitments[party][i];
      std::array<std::byte, 8 * masks> bytes;
      vector::encode<GF2To64>(std::span<std::byte>(bytes), std::span<const GF2To64>(theirs));
      F value;
      Round::decode<F>(party, std::span<F>(&value, 1), std::span(bytes).first(F::encoded_size));
      total_of_values += value;
      total_of_words += theirs[masks - 1];
    });
    // What is public in the end needs no constant time.
    if (total_of_values != F{} || total_of_words != GF2To64{})
      throw Error(ErrorCode::verification_failed,
                  "what was opened does not have the MACs that it should have: some party deviates from the protocol");
    of_values_.clear();
    of_words_.clear();
  }

 private:
  template <class Call>
  void for_others(Call call) const {
    for (std::size_t party = 0; party < network_.parties(); ++party)
      if (party != self_) call(party);
  }

  // Opens what the parties are committed to from number `first` on, calls use(party, elements) for each other party,
  // and returns the sums.
  template <std::size_t count, class Use>
  std::array<GF2To64, count> opened(const CommittedValues& committed, std::size_t first, Use use) {
    const auto part = [&](const Buffer<GF2To64>& all) { return std::span<const GF2To64>(all).subspan(first, count); };
    Round round(network_);
    for_others([&](std::size_t party) {
      round.send_elements<GF2To64>(party, part(committed.mine));
      round.send_elements<GF2To64>(party, part(committed.tags[party]));
      round.expect_elements<GF2To64>(party, 2 * count);
    });
    round.exchange();
    std::array<GF2To64, count> sums;
    std::ranges::copy(part(committed.mine), sums.begin());
    for_others([&](std::size_t party) {
      std::array<GF2To64, count> values, tags;
      round.receive_elements<GF2To64>(party, std::span<GF2To64>(values));
      round.receive_elements<GF2To64>(party, std::span<GF2To64>(tags));
      const auto offsets = part(committed.offsets[party]);
      for (std::size_t i = 0; i < count; ++i) {
        if (tags[i] != source_.commitment_key(party) * values[i] + offsets[i])
          throw Error(ErrorCode::verification_failed, party,
                      "party " + std::to_string(party) + " opened something that it was not committed to");
        sums[i] += values[i];
      }
      use(party, values);
    });
    return sums;
  }

  // The inner product with a stream's factors.
  template <Field G>
  static G combination(const Buffer<G>& differences, RandomStream stream) {
    G sum{};
    Buffer<G> factors(std::min<std::size_t>(1024, differences.size()));
    for (std::size_t first = 0; first < differences.size(); first += factors.size()) {
      const auto part = std::span<G>(factors).first(std::min(factors.size(), differences.size() - first));
      fill_uniform(stream, part);
      sum += vector::inner_product<G>(std::span<const G>(part),
                                      std::span<const G>(differences).subspan(first, part.size()));
    }
    return sum;
  }
  Network& network_;
  Source& source_;
  MacKeys<F> key_;
  std::size_t self_;
  Buffer<F> of_values_;
  Buffer<GF2To64> of_words_;
};

}  // namespace parley::detail
