// SPDX-License-Identifier: Apache-2.0
// Random permutations: permutations they are, each as likely as the others.
#include "parley/core/permutation.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <vector>

#include "catch.hpp"

using parley::Error;
using parley::ErrorCode;
using parley::random_permutation_vartime;
using parley::TestRandom;

using Permutation = parley::Buffer<std::uint32_t>;

TEST_CASE("a random permutation has every entry once, and other entries the next time") {
  TestRandom random(1);
  for (const std::size_t count : {0u, 1u, 2u, 3u, 17u, 1000u}) {
    Permutation identity(count);
    std::iota(identity.begin(), identity.end(), 0u);
    const Permutation permutation = random_permutation_vartime(random, count);
    Permutation sorted = permutation;
    std::sort(sorted.begin(), sorted.end());
    CHECK(sorted == identity);
    if (count == 1000) {
      CHECK(permutation != identity);
      CHECK(permutation != random_permutation_vartime(random, count));
    }
  }
  TestRandom first(2), second(2);
  CHECK(random_permutation_vartime(first, 100) == random_permutation_vartime(second, 100));
}

// Pearson's statistic against the uniform distribution; each threshold is exceeded with probability 10^-9 by a uniform
// one.
TEST_CASE("every permutation is as likely as the others") {
  TestRandom random(3);
  constexpr std::size_t draws = 48'000;
  std::map<Permutation, std::size_t> count;
  std::vector<std::size_t> at(100);  // entry at each position, of ten
  for (std::size_t i = 0; i < draws; ++i) {
    ++count[random_permutation_vartime(random, 4)];
    const Permutation ten = random_permutation_vartime(random, 10);
    for (std::size_t position = 0; position < 10; ++position) ++at[10 * position + ten[position]];
  }
  CHECK(count.size() == 24);
  const auto pearson = [](double sum, std::size_t observed, double expected) {
    return sum + (static_cast<double>(observed) - expected) * (static_cast<double>(observed) - expected) / expected;
  };
  double permutations = 0, positions = 0;
  for (const auto& [permutation, observed] : count) permutations = pearson(permutations, observed, draws / 24.0);
  CHECK(permutations < 89.12);  // 23 degrees of freedom
  for (const std::size_t observed : at) positions = pearson(positions, observed, draws / 10.0);
  CHECK(positions < 207.9);  // at most 99 degrees of freedom (81 in truth: rows and columns have fixed sums)
}

TEST_CASE("a permutation that 32-bit indices cannot name is refused before anything is allocated") {
  TestRandom random(4);
  try {
    static_cast<void>(random_permutation_vartime(random, (std::size_t{1} << 32) + 1));
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::invalid_argument);
  }
}
