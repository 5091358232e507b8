// SPDX-License-Identifier: Apache-2.0
// How much preprocessing a program takes on SpdzEngine, by a dry run.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/engine/authenticated_shares.hpp"
#include "parley/engine/bit_planes.hpp"
#include "parley/engine/preprocessing.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/engine/spdz.hpp"
#include "parley/field/concepts.hpp"
#include "parley/net/network.hpp"

namespace parley {

namespace detail {

/// Preprocessing in which everything is 0, the keys too. Shares then hide nothing, and every check passes; what is
/// asked for is counted.
template <Field F>
class CountedZeros {
 public:
  using Share = AuthenticatedShare<F>;

  explicit CountedZeros(const Network& network) : self_(network.self()), parties_(network.parties()) {
    counts_.input_masks.resize(parties_);
    counts_.input_bit_masks.resize(parties_);
  }

  const Correlations& counts() const noexcept { return counts_; }

  std::size_t self() const noexcept { return self_; }
  std::size_t parties() const noexcept { return parties_; }
  MacKeys<F> keys() const noexcept { return {}; }
  void triples(std::span<Share> a, std::span<Share> b, std::span<Share> products) {
    counts_.triples += a.size();
    for (const std::span<Share> shares : {a, b, products}) std::ranges::fill(shares, Share{});
  }
  void random_values(std::span<Share> values) {
    counts_.random_values += values.size();
    std::ranges::fill(values, Share{});
  }
  void input_masks(std::size_t owner, std::span<Share> shares, std::span<F> mine) {
    counts_.input_masks[owner] += shares.size();
    std::ranges::fill(shares, Share{});
    std::ranges::fill(mine, F{});
  }
  void bit_triples(BitPlanes& a, BitPlanes& b, BitPlanes& products) {
    counts_.bit_triples += words(a);
    for (BitPlanes* bits : {&a, &b, &products}) std::ranges::fill(bits->words(), 0);
  }
  void random_bits(BitPlanes& bits) {
    counts_.random_bits += words(bits);
    std::ranges::fill(bits.words(), 0);
  }
  void input_bit_masks(std::size_t owner, BitPlanes& shares, PublicBits* mine) {
    counts_.input_bit_masks[owner] += words(shares);
    std::ranges::fill(shares.words(), 0);
    if (mine != nullptr) std::ranges::fill(mine->planes().words(), 0);
  }
  void edabits(std::span<Share> values, BitPlanes& bits) {
    counts_.edabits += bits.words_per_component();
    std::ranges::fill(values, Share{});
    std::ranges::fill(bits.words(), 0);
  }
  void dabits(std::span<Share> values, BitPlanes& bits) {
    counts_.dabits += words(bits);
    std::ranges::fill(values, Share{});
    std::ranges::fill(bits.words(), 0);
  }
  void shuffle(std::size_t rows, std::span<Share> controls) {
    ++counts_.shuffles[rows];
    std::ranges::fill(controls, Share{});
  }
  CommittedValues commitments(std::size_t count) {
    ++counts_.checks;
    const std::vector<Buffer<GF2To64>> zeros(parties_, Buffer<GF2To64>(count));
    return {zeros.front(), zeros, zeros};
  }
  GF2To64 commitment_key(std::size_t) const noexcept { return {}; }

 private:
  static std::size_t words(const BitPlanes& bits) { return bits.width() * bits.words_per_component(); }

  std::size_t self_, parties_;
  Correlations counts_;
};

}  // namespace detail

/// What `program` takes of each kind on an engine for n parties, by a run of all of them in this process.
///
/// Input: program(engine), a function for engines of any type over F that all parties run: `[&](auto& engine) { ... }`;
/// whatever it does beside its calls of the engine it does here as well, n times at once.
/// Output: exactly what the program takes where all lengths follow from what is public beforehand. Where they follow
/// from opened values, as those of sort() and median() do, it is what the program takes for these inputs and for random
/// values that are all 0: an estimate, of which a multiple is to be dealt.
/// Security: NONE in this run, in which nothing is hidden: run it on inputs that are made up.
/// Errors: those of simulate().
template <Field F, class Program>
Correlations demand(std::size_t parties, const Program& program, SpdzOptions options = {}) {
  return simulate(parties,
                  [&](Network& network) {
                    auto engine = spdz<F>(network, detail::CountedZeros<F>(network), options);
                    program(engine);
                    return engine.preprocessing().counts();
                  })
      .front();
}

}  // namespace parley
