// SPDX-License-Identifier: Apache-2.0
// Conjunctions of authenticated bits by triples, word by word: what is local to a party.
// [Beaver91] Efficient multiparty protocols using circuit randomization.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "parley/core/words.hpp"
#include "parley/engine/bit_planes.hpp"

namespace parley::detail {

/// What is opened for plus xor (x and (y xor z)) with a triple of a, b and the conjunction of both: x xor a for every
/// conjunction, and then y xor z xor b for every one.
inline BitPlanes conjunction_differences(std::span<const Conjunction> batch, const BitPlanes& a, const BitPlanes& b) {
  BitPlanes all = BitPlanes::uninitialized(a.layout(), 2 * batch.size(), a.size());
  const std::size_t words = a.layout().components * a.words_per_component();  // of a plane
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto& [x, y, z, plus] = batch[i];
    const auto words_of = [](const Wire& wire) { return wire.component(0).data(); };  // and of the components after it
    std::uint64_t* const of_x = all.words().data() + i * words;
    std::uint64_t* const of_y = all.words().data() + (batch.size() + i) * words;
    exclusive_or(words, of_x, words_of(x), words_of({&a, i}));
    exclusive_or(words, of_y, words_of(y), words_of({&b, i}));
    if (z) exclusive_or(words, of_y, of_y, words_of(z));
  }
  return all;
}

/// With d = x xor a and e = y xor z xor b, which were opened, and c = a and b in `results`: the conjunction is c xor (d
/// and b) xor (e and x).
inline void finish_conjunctions(std::span<const Conjunction> batch, const BitPlanes& opened, const BitPlanes& b,
                                BitPlanes& results) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto d = opened.component(i, 0), e = opened.component(batch.size() + i, 0);
    for (unsigned which = 0; which < results.layout().components; ++which) {
      const auto result = results.component(i, which);
      const auto x = batch[i].x.component(which), of_b = b.component(i, which);
      for (std::size_t k = 0; k < result.size(); ++k) result[k] ^= (d[k] & of_b[k]) ^ (e[k] & x[k]);
    }
    if (batch[i].plus) results.add_plane(i, batch[i].plus);
  }
}

}  // namespace parley::detail
