// SPDX-License-Identifier: Apache-2.0
// Uniformly random ring elements, by rejection: reducing random bytes modulo the order would favour small residues.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <span>

#include "parley/core/random.hpp"
#include "parley/core/wipe.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"

namespace parley {

/// Whatever elements can be drawn from: a source of random bytes, or an object that hands out elements itself by
/// `fill_uniform(std::span<F>)`, with which a test runs a program on every possible choice of randomness.
template <class Source, class F>
concept UniformSource = RandomSource<Source> || requires(Source& source, std::span<F> out) {
  source.fill_uniform(out);
};

/// Fills `out` with independent and exactly uniform elements, zero included.
///
/// They are `F::from_sample` of consecutive samples of `F::sample_size` bytes, without the rejected ones, and not a
/// byte is drawn beyond the last one used: a call for n elements equals n calls for one, on every machine.
template <Ring F, UniformSource<F> Source>
void fill_uniform(Source& source, std::span<F> out) {
  if constexpr (requires { source.fill_uniform(out); }) {
    source.fill_uniform(out);
  } else if constexpr (detail::MemoryIsEncoding<F> && F::sample_size == sizeof(F)) {
    // The bytes go where the elements will be, a chunk at a time so that it is still in cache when it is checked.
    using Word = typename F::Word;
    constexpr std::size_t chunk = 16384 / sizeof(F);
    while (!out.empty()) {
      const std::span<F> drawn = out.first(std::min(chunk, out.size()));
      try {
        source.fill(std::as_writable_bytes(drawn));
      } catch (...) {
        std::fill(drawn.begin(), drawn.end(), F::zero());  // bytes that were not checked are no elements
        throw;
      }
      std::size_t accepted = drawn.size();
      if (!detail::Kernels<F>::mask_samples(drawn.data(), drawn.size())) {  // tells nothing about those that remain
        const auto last = std::remove_if(drawn.begin(), drawn.end(),
                                         [](F element) { return F::noncanonical(std::bit_cast<Word>(element)) != 0; });
        accepted = static_cast<std::size_t>(last - drawn.begin());
      }
      out = out.subspan(accepted);
    }
  } else {
    std::array<std::byte, std::max<std::size_t>(4096, F::sample_size)> samples;
    while (!out.empty()) {
      const std::size_t count = std::min(samples.size() / F::sample_size, out.size());
      source.fill(std::span(samples).first(count * F::sample_size));
      out = out.subspan(detail::Kernels<F>::from_samples(out.data(), samples.data(), count));
    }
    wipe(samples);
  }
}

/// A uniform element, zero included.
template <Ring F, UniformSource<F> Source>
[[nodiscard]] F uniform(Source& source) {
  F element;
  fill_uniform(source, std::span<F>(&element, 1));
  return element;
}

}  // namespace parley
