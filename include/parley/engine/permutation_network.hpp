// SPDX-License-Identifier: Apache-2.0
// A permutation as a network of conditional exchanges, so that it can be applied to secrets by products alone.
// [Waksman68] A permutation network. [BD02] Beauquier, Darrot: On arbitrary size Waksman networks and their
// vulnerability.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace parley::detail {

/// Exchanges in layers: those of one layer touch different positions. Which positions they touch depends on the size
/// alone; whether they exchange, on the permutation.
class PermutationNetwork {
 public:
  struct Exchange {
    std::size_t first, second;
  };

  /// Layers of the network for `size` values: 2 ceil(log2 size) - 1, none for less than two.
  static std::size_t depth(std::size_t size) {
    return size < 2 ? 0 : 2 * static_cast<std::size_t>(std::bit_width(size - 1)) - 1;
  }

  /// The network for `size` values.
  explicit PermutationNetwork(std::size_t size) {
    std::vector<std::size_t> positions(size);
    for (std::size_t i = 0; i < size; ++i) positions[i] = i;
    build(positions, 0, depth(size));
  }

  std::size_t depth() const noexcept { return layers_.size(); }
  std::span<const Exchange> layer(std::size_t which) const { return layers_[which]; }

  /// For each layer's exchanges in order: whether they exchange so that, layer after layer, position i ends up with
  /// what was at `permutation`[i]. Not in constant time: meant for the party that chose the permutation.
  std::vector<std::vector<bool>> controls_vartime(std::span<const std::uint32_t> permutation) const {
    std::vector<std::vector<bool>> controls(layers_.size());
    std::vector<std::vector<std::pair<std::size_t, bool>>> unordered(layers_.size());
    std::vector<std::size_t> positions(permutation.size());
    for (std::size_t i = 0; i < positions.size(); ++i) positions[i] = i;
    route(positions, std::vector<std::size_t>(permutation.begin(), permutation.end()), 0, layers_.size(), unordered);
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      std::vector<bool> by_position(permutation.size());
      for (const auto& [first, exchanges] : unordered[l]) by_position[first] = exchanges;
      for (const Exchange& exchange : layers_[l]) controls[l].push_back(by_position[exchange.first]);
    }
    return controls;
  }

 private:
  // A network on `positions` is a column of exchanges of neighbours, two networks on the even and on the odd positions,
  // and a column again. For an even size the last exchange of the last column is not needed; for an odd size the last
  // position goes to the larger half directly. [BD02, section 2]
  static std::pair<std::vector<std::size_t>, std::vector<std::size_t>> halves(
      const std::vector<std::size_t>& positions) {
    std::pair<std::vector<std::size_t>, std::vector<std::size_t>> parts;
    for (std::size_t i = 0; i < positions.size(); ++i)
      (i % 2 == 0 ? parts.first : parts.second).push_back(positions[i]);
    return parts;
  }
  static std::size_t inputs(std::size_t size) { return size / 2; }
  static std::size_t outputs(std::size_t size) { return size % 2 == 0 ? size / 2 - 1 : size / 2; }

  // The network lies in layers first, ..., last - 1; smaller ones leave middle layers empty.
  void build(const std::vector<std::size_t>& positions, std::size_t first, std::size_t last) {
    if (layers_.size() < last) layers_.resize(last);
    const std::size_t size = positions.size();
    if (size < 2) return;
    for (std::size_t i = 0; i < inputs(size); ++i) layers_[first].push_back({positions[2 * i], positions[2 * i + 1]});
    if (size == 2) return;
    for (std::size_t i = 0; i < outputs(size); ++i)
      layers_[last - 1].push_back({positions[2 * i], positions[2 * i + 1]});
    const auto [even, odd] = halves(positions);
    build(even, first + 1, last - 1);
    build(odd, first + 1, last - 1);
  }

  void route(const std::vector<std::size_t>& positions, const std::vector<std::size_t>& permutation, std::size_t first,
             std::size_t last, std::vector<std::vector<std::pair<std::size_t, bool>>>& controls) const {
    const std::size_t size = positions.size();
    if (size < 2) return;
    if (size == 2) {
      controls[first].push_back({positions[0], permutation[0] == 1});
      return;
    }
    // Which half (0 even, 1 odd) carries the value of each input, and so of each output. The two inputs of an exchange
    // go to different halves, and so do the two outputs of one; a position without an exchange on its side has its half
    // given: the last one of an odd size is even on both sides; the last two outputs of an even size are even and odd
    // as they stand. Following these constraints from a given one to the next never meets a contradiction.
    constexpr std::size_t open = std::numeric_limits<std::size_t>::max();
    std::vector<std::size_t> output_of(size), half_of_input(size, open);
    for (std::size_t output = 0; output < size; ++output) output_of[permutation[output]] = output;
    const auto partner = [](std::size_t position) { return position ^ 1; };
    const auto follow = [&](std::size_t output, std::size_t half) {
      // output gets its value through `half`; walk: the input that feeds it, that input's partner, the partner's
      // output, that output's partner, ...
      for (;;) {
        const std::size_t input = permutation[output];
        if (half_of_input[input] != open) return;
        half_of_input[input] = half;
        if (partner(input) >= size) return;
        half_of_input[partner(input)] = 1 - half;
        const std::size_t other = output_of[partner(input)];
        if (partner(other) >= size) return;
        output = partner(other);  // its half differs from that of `other`, 1 - half, so it is `half` again
      }
    };
    if (size % 2 != 0) {
      follow(size - 1, 0);  // ends at the last input, which has no partner either
    } else {
      follow(size - 2, 0);  // comes round to the last output, which is thereby odd
    }
    for (std::size_t output = 0; output < size; output += 2)
      if (half_of_input[permutation[output]] == open) follow(output, 0);

    for (std::size_t i = 0; i < inputs(size); ++i)
      controls[first].push_back({positions[2 * i], half_of_input[2 * i] == 1});
    for (std::size_t i = 0; i < outputs(size); ++i)
      controls[last - 1].push_back({positions[2 * i], half_of_input[permutation[2 * i]] == 1});
    // in its half, the value of input 2i or 2i + 1 stands at place i, and so do the outputs
    std::vector<std::size_t> even((size + 1) / 2), odd(size / 2);
    for (std::size_t output = 0; output < size; ++output)
      (half_of_input[permutation[output]] == 0 ? even : odd)[output / 2] = permutation[output] / 2;
    const auto [even_positions, odd_positions] = halves(positions);
    route(even_positions, even, first + 1, last - 1, controls);
    route(odd_positions, odd, first + 1, last - 1, controls);
  }

  std::vector<std::vector<Exchange>> layers_;
};

}  // namespace parley::detail
