// SPDX-License-Identifier: Apache-2.0
// The network applies every permutation, in few layers of exchanges of different positions.
#include "parley/engine/permutation_network.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "parley/core/permutation.hpp"
#include "parley/core/random.hpp"

namespace {

using namespace parley;
using detail::PermutationNetwork;

/// What is at each position at the end, when position i begins with i.
Buffer<std::uint32_t> applied(const PermutationNetwork& network, const Buffer<std::uint32_t>& permutation) {
  const auto controls = network.controls_vartime(permutation);
  REQUIRE(controls.size() == network.depth());
  Buffer<std::uint32_t> places(permutation.size());
  std::iota(places.begin(), places.end(), 0U);
  for (std::size_t l = 0; l < network.depth(); ++l) {
    const auto layer = network.layer(l);
    REQUIRE(controls[l].size() == layer.size());
    for (std::size_t k = 0; k < layer.size(); ++k)
      if (controls[l][k]) std::swap(places[layer[k].first], places[layer[k].second]);
  }
  return places;
}

}  // namespace

TEST_CASE("every permutation of up to seven positions is applied") {
  for (std::size_t size = 0; size <= 7; ++size) {
    const PermutationNetwork network(size);
    Buffer<std::uint32_t> permutation(size);
    std::iota(permutation.begin(), permutation.end(), 0U);
    do REQUIRE(applied(network, permutation) == permutation);
    while (std::ranges::next_permutation(permutation).found);
  }
}

TEST_CASE("permutations of more positions are applied, of odd and even numbers") {
  TestRandom random(1);
  std::vector<std::size_t> sizes(80);
  std::iota(sizes.begin(), sizes.end(), std::size_t{8});
  for (const std::size_t size : {127U, 128U, 129U, 255U, 257U, 1000U, 1023U, 1025U}) sizes.push_back(size);
  for (const std::size_t size : sizes) {
    const PermutationNetwork network(size);
    for (int repetition = 0; repetition < 5; ++repetition) {
      const auto permutation = random_permutation_vartime(random, size);
      REQUIRE(applied(network, permutation) == permutation);
    }
    Buffer<std::uint32_t> backwards(size);
    for (std::size_t i = 0; i < size; ++i) backwards[i] = static_cast<std::uint32_t>(size - 1 - i);
    REQUIRE(applied(network, backwards) == backwards);
  }
}

TEST_CASE("a layer's exchanges touch different positions, and there are few layers and exchanges") {
  std::size_t fewest = 0;  // what [BD02] counts: the sum of ceil(log2 i) up to the size
  for (std::size_t size = 0; size <= 200; ++size) {
    const PermutationNetwork network(size);
    const std::size_t depth = size < 2 ? 0 : 2 * test::ceil_log2(size) - 1;
    CHECK(network.depth() == depth);
    CHECK(PermutationNetwork::depth(size) == depth);
    std::size_t exchanges = 0;
    for (std::size_t l = 0; l < network.depth(); ++l) {
      std::vector<bool> touched(size);
      for (const auto& exchange : network.layer(l))
        for (const std::size_t position : {exchange.first, exchange.second}) {
          REQUIRE(position < size);
          REQUIRE_FALSE(touched[position]);
          touched[position] = true;
        }
      CHECK_FALSE(network.layer(l).empty());
      exchanges += network.layer(l).size();
    }
    if (size > 0) fewest += test::ceil_log2(size);
    CHECK(exchanges == fewest);
  }
}
