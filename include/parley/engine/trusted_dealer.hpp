// SPDX-License-Identifier: Apache-2.0
// A trusted dealer: one who makes the preprocessing of all parties, and whom all of them have to trust.
// [Beaver97] Commodity-based cryptography, STOC 1997. [DPSZ12] Multiparty computation from somewhat homomorphic
// encryption. [Rivest99] Unconditionally secure commitment and oblivious transfer schemes using private channels and a
// trusted initializer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"
#include "parley/core/permutation.hpp"
#include "parley/core/random.hpp"
#include "parley/core/wipe.hpp"
#include "parley/engine/authenticated_shares.hpp"
#include "parley/engine/dealt_randomness.hpp"
#include "parley/engine/permutation_network.hpp"
#include "parley/engine/preprocessing.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "parley/field/wide_binary.hpp"

namespace parley {

/// Makes the preprocessing of all parties.
///
/// Security: the dealer is TRUSTED by all parties. It takes no part in the computation and sees none of its messages;
/// but it knows all masks and both MAC keys, so that together with whoever sees the messages of the run it learns every
/// input, and together with any party it can falsify every result without being noticed. Each party's store has to
/// reach that party secretly and unchanged, and nobody may keep what the dealer drew. Against all n - 1 others a store
/// alone is as secure as the streams of its seeds; the last party's is uniform given them.
template <Field F, RandomSource Random = SystemRandom>
class TrustedDealer {
  using Words = Buffer<GF2To64>;

 public:
  TrustedDealer() requires std::default_initializable<Random>
  = default;
  /// Draws from `random`: a TestRandom makes runs reproducible, and worthless for anything secret.
  explicit TrustedDealer(Random random) : random_(std::move(random)) {}

  /// The stores of n parties, in their order, one for each party's engine.
  /// Errors: Error(invalid_argument) for fewer than 2 parties, for more owners of inputs than parties, and for edaBits
  /// over a field whose order is no prime.
  std::vector<DealtRandomness<F>> deal(const Correlations& counts, std::size_t parties) {
    if (parties < 2) throw Error(ErrorCode::invalid_argument, "preprocessing is for at least two parties");
    if (counts.input_masks.size() > parties || counts.input_bit_masks.size() > parties)
      throw Error(ErrorCode::invalid_argument, "there are more owners of inputs than parties");
    std::vector<DealtRandomness<F>> stores;
    streams_.clear();
    for (std::size_t party = 0; party < parties; ++party) {
      stores.push_back(DealtRandomness<F>(party, parties));
      Seed seed = draw_seed(random_);
      streams_.emplace_back(seed, preferred_cipher());
      wipe(seed);
      stores[party].keys_ = {uniform<F>(random_), uniform<GF2To64>(random_)};
    }
    keys_ = {};
    for (const auto& store : stores) {
      keys_.field += store.keys_.field;
      keys_.bits += store.keys_.bits;
    }
    deal_values(stores, counts);
    deal_bits(stores, counts);
    deal_in_both_domains(stores, counts);
    for (const auto& [rows, count] : counts.shuffles) deal_permutations(stores, rows, count);
    deal_commitments(stores, counts.checks * (detail::check_coins + detail::check_masks<F>));
    streams_.clear();
    keys_ = {};
    return stores;
  }

 private:
  using Stores = std::vector<DealtRandomness<F>>;

  void deal_values(Stores& stores, const Correlations& counts) {
    const std::string triples = "triples for products";
    const Buffer<F> a = drawn<F>(counts.triples), b = drawn<F>(counts.triples);
    Buffer<F> products(counts.triples);
    vector::multiply<F>(products, a, b);
    share(
        stores, a, triples, "a", 1, [](auto& store) -> auto& { return store.triples_[0]; });
    share(
        stores, b, triples, "b", 1, [](auto& store) -> auto& { return store.triples_[1]; });
    share(
        stores, products, triples, "c", 1, [](auto& store) -> auto& { return store.triples_[2]; });
    share(
        stores, drawn<F>(counts.random_values), "random values", "", 1,
        [](auto& store) -> auto& { return store.random_values_; });
    for (std::size_t owner = 0; owner < stores.size(); ++owner) {
      const std::size_t count = owner < counts.input_masks.size() ? counts.input_masks[owner] : 0;
      const std::string name = "masks for inputs of party " + std::to_string(owner);
      const Buffer<F> masks = known_to<F>(
          stores, owner, count, name, [](auto& store) -> auto& { return store.own_masks_; });
      share(
          stores, masks, name, "", 1, [owner](auto& store) -> auto& { return store.input_masks_[owner]; });
    }
  }

  void deal_bits(Stores& stores, const Correlations& counts) {
    const std::string triples = "words of triples for conjunctions";
    const Words a = drawn<GF2To64>(counts.bit_triples), b = drawn<GF2To64>(counts.bit_triples);
    Words products(counts.bit_triples);
    for (std::size_t i = 0; i < products.size(); ++i) products[i] = GF2To64(a[i].value() & b[i].value());
    share(
        stores, a, triples, "a", 1, [](auto& store) -> auto& { return store.bit_triples_[0]; });
    share(
        stores, b, triples, "b", 1, [](auto& store) -> auto& { return store.bit_triples_[1]; });
    share(
        stores, products, triples, "c", 1, [](auto& store) -> auto& { return store.bit_triples_[2]; });
    share(
        stores, drawn<GF2To64>(counts.random_bits), "words of random bits", "", 1,
        [](auto& store) -> auto& { return store.random_bits_; });
    for (std::size_t owner = 0; owner < stores.size(); ++owner) {
      const std::size_t count = owner < counts.input_bit_masks.size() ? counts.input_bit_masks[owner] : 0;
      const std::string name = "words of masks for bits of party " + std::to_string(owner);
      const Words masks = known_to<GF2To64>(
          stores, owner, count, name, [](auto& store) -> auto& { return store.own_bit_masks_; });
      share(
          stores, masks, name, "", 1, [owner](auto& store) -> auto& { return store.input_bit_masks_[owner]; });
    }
  }

  void deal_in_both_domains(Stores& stores, const Correlations& counts) {
    const Words bits = drawn<GF2To64>(counts.dabits);
    Buffer<F> values;
    values.reserve(64 * bits.size());
    for (const GF2To64& word : bits)
      for (unsigned i = 0; i < 64; ++i) values.push_back(F(word.value() >> i & 1));
    share(
        stores, values, "words of daBits", "values", 64, [](auto& store) -> auto& { return store.dabit_values_; });
    share(
        stores, bits, "words of daBits", "bits", 1, [](auto& store) -> auto& { return store.dabit_bits_; });
    if constexpr (PrimeField<F>) {
      const Buffer<F> numbers = drawn<F>(64 * counts.edabits);
      const PublicBits planes = PublicBits::from_field<F>(numbers);
      Words words;
      words.reserve(planes.width() * counts.edabits);
      for (std::size_t word = 0; word < counts.edabits; ++word)
        for (std::size_t plane = 0; plane < planes.width(); ++plane)
          words.push_back(GF2To64(planes.planes().component(plane, 0)[word]));
      share(
          stores, numbers, "words of edaBits", "values", 64, [](auto& store) -> auto& { return store.edabit_values_; });
      share(
          stores, words, "words of edaBits", "bits", 1, [](auto& store) -> auto& { return store.edabit_bits_; });
    } else if (counts.edabits > 0) {
      throw Error(ErrorCode::invalid_argument, std::string(F::name) + " has no numbers whose bits could be dealt");
    }
  }

  // A uniformly random permutation each, as the controls of its network.
  void deal_permutations(Stores& stores, std::size_t rows, std::size_t count) {
    const detail::PermutationNetwork network(rows);
    Buffer<F> controls;
    for (std::size_t k = 0; k < count; ++k)
      for (const auto& layer : network.controls_vartime(random_permutation_vartime(random_, rows)))
        for (const bool exchange : layer) controls.push_back(F(exchange ? 1 : 0));
    share(
        stores, controls, "permutations of " + std::to_string(rows) + " rows", "",
        controls.size() / std::max<std::size_t>(count, 1), [rows](auto& store) -> auto& {
          return store.shuffles_[rows];
        });
  }

  void deal_commitments(Stores& stores, std::size_t count) {
    for (auto& store : stores) store.commitments_.mine = drawn<GF2To64>(count);
    for (std::size_t i = 0; i < stores.size(); ++i)
      for (std::size_t j = 0; j < stores.size(); ++j) {
        if (i == j) continue;
        const GF2To64 key = uniform<GF2To64>(random_);
        Words tags = drawn<GF2To64>(count);
        stores[j].commitment_keys_[i] = key;
        stores[j].commitments_.offsets[i] = tags;
        vector::multiply_add<GF2To64>(std::span<GF2To64>(tags), stores[i].commitments_.mine, key);
        stores[i].commitments_.tags[j] = std::move(tags);
      }
  }

  template <Field G>
  Buffer<G> drawn(std::size_t count) {
    Buffer<G> values(count);
    fill_uniform(random_, std::span<G>(values));
    return values;
  }

  // Elements that one party knows: from its seed, or dealt as they are where it has none.
  template <Field G, class SequenceOf>
  Buffer<G> known_to(Stores& stores, std::size_t owner, std::size_t count, const std::string& name,
                     SequenceOf sequence_of) {
    if (owner + 1 == stores.size()) {
      const Buffer<G> values = drawn<G>(count);
      sequence_of(stores[owner]) = detail::DealtSequence<G>(name, count, 1, values);
      return values;
    }
    Buffer<G> values(count);
    RandomStream stream = streams_[owner].child(name + ", known");
    fill_uniform(stream, std::span<G>(values));
    sequence_of(stores[owner]) = detail::DealtSequence<G>(name, count, 1, streams_[owner].child(name + ", known"));
    return values;
  }

  // Authenticated shares of `values`, of which each unit has so many: at all parties but the last they come from the
  // party's seed, and the last one's are what is missing.
  template <Field G, class SequenceOf>
  void share(Stores& stores, const Buffer<G>& values, const std::string& name, std::string_view part,
             std::size_t values_per_unit, SequenceOf sequence_of) {
    constexpr std::size_t each = std::is_same_v<G, GF2To64> ? 65 : 2;  // as long as no F is GF(2^64), see below
    Buffer<G> last(each * values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      last[each * i] = values[i];
      if constexpr (each == 65) {
        for (unsigned k = 0; k < 64; ++k)
          last[each * i + 1 + k] = GF2To64(values[i].value() & (0 - (keys_.bits.value() >> k & 1)));
      } else {
        last[each * i + 1] = keys_.field * values[i];
      }
    }
    const std::string label = name + ", " + std::string(part);
    const std::size_t units = values.size() / std::max<std::size_t>(values_per_unit, 1), unit = each * values_per_unit;
    Buffer<G> shares(std::min<std::size_t>(4096, last.size()));
    for (std::size_t party = 0; party + 1 < stores.size(); ++party) {
      RandomStream stream = streams_[party].child(label);
      for (std::size_t first = 0; first < last.size(); first += shares.size()) {
        const std::size_t length = std::min(shares.size(), last.size() - first);
        const auto drawn_shares = std::span<G>(shares).first(length);
        const auto rest = std::span<G>(last).subspan(first, length);
        fill_uniform(stream, drawn_shares);
        vector::subtract<G>(rest, rest, drawn_shares);
      }
      sequence_of(stores[party]) = detail::DealtSequence<G>(name, units, unit, streams_[party].child(label));
    }
    sequence_of(stores.back()) = detail::DealtSequence<G>(name, units, unit, std::move(last));
  }

  static_assert(!std::is_same_v<F, GF2To64>, "elements of GF(2^64) stand for words of bits here");

  Random random_;
  std::vector<RandomStream> streams_;  // of the seeds, by party
  MacKeys<F> keys_;                    // the sums of all shares
};

}  // namespace parley
