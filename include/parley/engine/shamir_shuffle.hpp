// SPDX-License-Identifier: Apache-2.0
// Oblivious shuffling of Shamir-shared rows: groups that permute and re-share one after another, or parties that
// permute through a network. [LWZ11] Laur, Willemson, Zhang: Round-efficient oblivious database manipulation.
// [Waksman68] A permutation network.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/constant_time.hpp"
#include "parley/core/error.hpp"
#include "parley/core/permutation.hpp"
#include "parley/core/random.hpp"
#include "parley/core/wipe.hpp"
#include "parley/engine/pairwise_streams.hpp"
#include "parley/engine/permutation_network.hpp"
#include "parley/engine/round.hpp"
#include "parley/engine/shamir_domain.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/poly/lagrange.hpp"

namespace parley::detail {

/// Groups of t + 1 parties such that every set of t parties misses at least one whole group. Empty where that takes
/// looking at too many sets.
inline std::vector<std::vector<std::size_t>> shuffling_groups(std::size_t parties, std::size_t t) {
  constexpr std::size_t most_sets = 5000;
  double sets = 1;  // n choose t, as a product of quotients below 64
  for (std::size_t k = 0; k < t; ++k) sets = sets * static_cast<double>(parties - k) / static_cast<double>(k + 1);
  if (sets > most_sets) return {};
  std::vector<std::vector<std::size_t>> groups;
  std::vector<std::size_t> corrupt(t), uses(parties);
  for (std::size_t k = 0; k < t; ++k) corrupt[k] = k;
  for (;;) {
    const auto misses = [&](const std::vector<std::size_t>& group) {
      return std::ranges::none_of(group, [&](std::size_t party) { return std::ranges::binary_search(corrupt, party); });
    };
    if (std::ranges::none_of(groups, misses)) {
      std::vector<std::size_t> honest;
      for (std::size_t party = 0; party < parties; ++party)
        if (!std::ranges::binary_search(corrupt, party)) honest.push_back(party);
      while (honest.size() > t + 1) {  // without those in most groups: groups that are spread are fewer
        std::size_t most = 0;
        for (std::size_t i = 1; i < honest.size(); ++i)
          if (uses[honest[i]] >= uses[honest[most]]) most = i;
        honest.erase(honest.begin() + static_cast<std::ptrdiff_t>(most));
      }
      for (const std::size_t party : honest) ++uses[party];
      groups.push_back(std::move(honest));
    }
    // the next set of t parties in lexicographic order
    std::size_t k = t;
    while (k > 0 && corrupt[k - 1] == parties - t + k - 1) --k;
    if (k == 0) return groups;
    ++corrupt[k - 1];
    for (; k < t; ++k) corrupt[k] = corrupt[k - 1] + 1;
  }
}

/// For a shuffle among parties that follow the protocol: nothing is verified.
struct UnverifiedShuffle {
  static constexpr bool verifies = false;
};

template <Field F, class Random>
class ShamirShuffle {
 public:
  using Stream = typename StreamOf<Random>::type;
  using Columns = std::vector<Buffer<F>>;

  ShamirShuffle(Network& network, Random& random, PairwiseStreams<Stream>& streams, ShamirDomain<F, Stream>& arithmetic,
                std::size_t privacy_threshold)
      : network_(network),
        random_(random),
        streams_(streams),
        arithmetic_(arithmetic),
        t_(privacy_threshold),
        self_(network.self()),
        groups_(shuffling_groups(network.parties(), privacy_threshold)) {}

  /// Permutes the rows of `columns` (of one length, at least 2) by a uniform permutation that no t parties know. What is
  /// to be verified is shown to `verification`, see ShuffleVerification.
  template <class Verification>
  void shuffle(Columns& columns, Verification& verification) {
    const std::size_t rows = columns.front().size();
    if (!groups_.empty() && groups_.size() <= 1 + (t_ + 1) * PermutationNetwork::depth(rows))
      shuffle_by_groups(columns, verification);
    else
      shuffle_through(PermutationNetwork(rows), columns, verification);
  }
  void shuffle(Columns& columns) {
    UnverifiedShuffle nothing;
    shuffle(columns, nothing);
  }

 private:
  // In a pass the members of one group permute their parts of the secrets by a permutation that they have in common,
  // and re-share them: whoever is not in the group sees fresh shares only. The adversary knows the permutations of the
  // groups that it touches, and misses one group. [LWZ11, section 4]
  template <class Verification>
  void shuffle_by_groups(Columns& columns, Verification& verification) {
    if (permutations_.empty()) agree_on_permutations(Verification::verifies);
    if constexpr (Verification::verifies) verification.add_tags(columns);
    const std::size_t rows = columns.front().size(), count = rows * columns.size();
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      const std::vector<std::size_t>& group = groups_[g];
      const auto member = std::ranges::find(group, self_);
      Columns sums(columns.size());
      Round round(network_);
      if (member != group.end()) {
        std::vector<F> nodes;
        for (const std::size_t party : group) nodes.push_back(F::embed(party + 1));
        const F weight = lagrange_coefficients<F>(nodes, F::embed(0))[static_cast<std::size_t>(member - group.begin())];
        const Buffer<std::uint32_t> order = random_permutation_vartime(*permutations_[g], rows);
        arithmetic_.dealing().reserve(round, count);
        for (std::size_t c = 0; c < columns.size(); ++c) {
          sums[c].resize(rows);
          arithmetic_.dealing().deal(round, streams_, std::span<F>(sums[c]), weight,
                                     [&](std::size_t first, std::span<F> part) {
                                       for (std::size_t i = 0; i < part.size(); ++i)
                                         part[i] = columns[c][order[first + i]];
                                     });
          Buffer<F>().swap(columns[c]);  // its memory is of use for the next
        }
      }
      columns.clear();
      for (const std::size_t party : group)
        if (party != self_) arithmetic_.dealing().expect(round, party, count);
      round.exchange();
      for (Buffer<F>& sum : sums) {
        sum.resize(rows);  // of zeros where this party has dealt nothing
        arithmetic_.dealing().receive_sum(round, streams_, group, std::span<F>(sum));
      }
      columns = std::move(sums);
      if constexpr (Verification::verifies) verification.record_pass(columns);
    }
    if constexpr (Verification::verifies) verification.remove_tags(columns);
  }

  // In each group the first member draws a seed for the others, who compare what they have got if there is reason to.
  void agree_on_permutations(bool compare) {
    Buffer<Seed> seeds(groups_.size());
    Round round(network_);
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      const std::vector<std::size_t>& group = groups_[g];
      if (group.front() == self_) {
        seeds[g] = draw_seed(random_);
        for (std::size_t k = 1; k < group.size(); ++k)
          std::ranges::copy(seeds[g], round.send(group[k], sizeof(Seed)).begin());
      } else if (std::ranges::find(group, self_) != group.end()) {
        round.expect(group.front(), sizeof(Seed));
      }
    }
    round.exchange();
    for (std::size_t g = 0; g < groups_.size(); ++g)
      if (is_later_member(groups_[g], self_))
        std::ranges::copy(round.receive(groups_[g].front(), sizeof(Seed)), seeds[g].begin());
    if (compare && t_ > 1) require_common(seeds);
    permutations_.resize(groups_.size());
    for (std::size_t g = 0; g < groups_.size(); ++g)
      if (std::ranges::find(groups_[g], self_) != groups_[g].end())
        permutations_[g].emplace(seeds[g], streams_.cipher());
    wipe(seeds);
  }
  static bool is_later_member(const std::vector<std::size_t>& group, std::size_t party) {
    return std::find(group.begin() + 1, group.end(), party) != group.end();
  }
  // The honest ones among those who were sent a seed have the same one, or do not go on: members of one group who
  // permuted differently would mix the shares of different rows.
  void require_common(std::span<const Seed> seeds) {
    Round round(network_);
    const auto with_others = [&](const auto& act) {
      for (std::size_t g = 0; g < groups_.size(); ++g)
        if (is_later_member(groups_[g], self_))
          for (const std::size_t party : groups_[g])
            if (party != self_ && party != groups_[g].front()) act(g, party);
    };
    with_others([&](std::size_t g, std::size_t party) {
      std::ranges::copy(seeds[g], round.send(party, sizeof(Seed)).begin());
      round.expect(party, sizeof(Seed));
    });
    round.exchange();
    with_others([&](std::size_t g, std::size_t party) {
      if (!constant_time::equal(round.receive(party, sizeof(Seed)), std::span<const std::byte>(seeds[g])).declassify())
        throw Error(ErrorCode::verification_failed,
                    "the members of a group were sent different seeds for a shuffle, or say so: somebody deviates from "
                    "the protocol");
    });
  }

  // Each of t + 1 parties applies a permutation of its own through conditional exchanges whose controls it has shared;
  // one of the parties is honest.
  template <class Verification>
  void shuffle_through(const PermutationNetwork& network, Columns& columns, Verification& verification) {
    const std::size_t rows = columns.front().size();
    std::size_t exchanges = 0;
    for (std::size_t l = 0; l < network.depth(); ++l) exchanges += network.layer(l).size();
    std::vector<std::size_t> lengths(network_.parties());
    for (std::size_t dealer = 0; dealer <= t_; ++dealer) lengths[dealer] = exchanges;
    Buffer<F> mine;
    if (self_ <= t_)
      for (const auto& layer : network.controls_vartime(random_permutation_vartime(random_, rows)))
        for (const bool exchange : layer) mine.push_back(F(exchange ? 1 : 0));
    const std::vector<Buffer<F>> controls = arithmetic_.input(lengths, mine);
    if constexpr (Verification::verifies)
      for (std::size_t dealer = 0; dealer <= t_; ++dealer) verification.record_controls(controls[dealer]);

    for (std::size_t dealer = 0; dealer <= t_; ++dealer) {
      std::size_t done = 0;
      for (std::size_t l = 0; l < network.depth(); ++l) {
        const auto layer = network.layer(l);
        Buffer<F> differences, products;
        differences.reserve(layer.size() * columns.size());
        products.reserve(layer.size() * columns.size());
        for (const auto& column : columns)
          for (std::size_t k = 0; k < layer.size(); ++k) {
            differences.push_back(column[layer[k].second] - column[layer[k].first]);
            products.push_back(controls[dealer][done + k] * differences.back());
          }
        products = arithmetic_.reduce(products);
        if constexpr (Verification::verifies)
          for (std::size_t c = 0; c < columns.size(); ++c)
            verification.record_exchanges(std::span(controls[dealer]).subspan(done, layer.size()),
                                          std::span(differences).subspan(c * layer.size(), layer.size()),
                                          std::span(products).subspan(c * layer.size(), layer.size()));
        for (std::size_t c = 0; c < columns.size(); ++c)
          for (std::size_t k = 0; k < layer.size(); ++k) {
            const F& difference = products[c * layer.size() + k];
            columns[c][layer[k].first] += difference;
            columns[c][layer[k].second] -= difference;
          }
        done += layer.size();
      }
    }
  }

  Network& network_;
  Random& random_;
  PairwiseStreams<Stream>& streams_;
  ShamirDomain<F, Stream>& arithmetic_;
  std::size_t t_, self_;
  std::vector<std::vector<std::size_t>> groups_;
  std::vector<std::optional<Stream>> permutations_;
};

}  // namespace parley::detail
