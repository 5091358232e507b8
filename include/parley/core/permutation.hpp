// SPDX-License-Identifier: Apache-2.0
// Uniformly random permutations. [Fisher, Yates 1938; Knuth, The Art of Computer Programming, volume 2,
// algorithm 3.4.2P, in the "inside-out" form that builds the permutation as it goes]
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"

namespace parley {

/// A permutation of 0, ..., count - 1, each of the count! with the same probability (over a uniform source). Not
/// constant time: it reads and writes at addresses that are the permutation, so it is for a permutation that the party
/// running it may know, on a machine whose caches it shares with nobody who may not.
/// @throws Error(invalid_argument) for more than 2^32 entries, which 32-bit indices cannot name.
template <RandomSource R>
[[nodiscard]] Buffer<std::uint32_t> random_permutation_vartime(R& random, std::size_t count) {
  if (count > (std::uint64_t{1} << 32)) {
    throw Error(ErrorCode::invalid_argument, "a permutation of " + std::to_string(count) + " entries: at most 2^32");
  }
  Buffer<std::uint32_t> permutation(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t j = uniform_below(random, i + 1);
    permutation[i] = permutation[j];  // j == i leaves a zero here until the next line
    permutation[j] = static_cast<std::uint32_t>(i);
  }
  return permutation;
}

}  // namespace parley
