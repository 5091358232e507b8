// SPDX-License-Identifier: Apache-2.0
// GF(2^64) as an extension of GF(2^8): shares of bytes are shares in it, too, so that it serves where bytes are too few.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "parley/field/binary256.hpp"
#include "parley/field/wide_binary.hpp"

namespace parley {

namespace detail {

/// The embedding of GF256 into GF(2^64) that takes x to the smallest root of x^8 + x^4 + x^3 + x + 1, and the bijection
/// that takes eight bytes b_0, ..., b_7 to the sum of embedded b_j times X^j. That is one because X, which is in no
/// smaller field than GF(2^64), has degree 8 over GF256. Both are linear over GF(2).
struct PointsOverGF256 {
  static constexpr std::uint64_t root = 0x033CE8BEDDC8A656;

  /// The images of 1, x, ..., x^7.
  static constexpr std::array<std::uint64_t, 8> images() noexcept {
    std::array<std::uint64_t, 8> powers{};
    GF2To64 power = GF2To64::one();
    for (std::uint64_t& image : powers) {
      image = power.value();
      power *= GF2To64::from_value(root);
    }
    return powers;
  }

  /// The image of the bytes of k, the least significant one being b_0. For k < 256 it is the embedded byte.
  static constexpr std::uint64_t at(std::uint64_t k) noexcept {
    constexpr std::array<std::uint64_t, 8> of_bits = images();
    GF2To64 sum;
    for (unsigned j = 8; j-- > 0;) {  // Horner's rule
      std::uint64_t byte = 0;
      for (unsigned bit = 0; bit < 8; ++bit) byte ^= of_bits[bit] & (std::uint64_t{0} - (k >> (8 * j + bit) & 1));
      sum = sum * GF2To64(2) + GF2To64::from_value(byte);
    }
    return sum.value();
  }
};

}  // namespace detail

/// GF(2^64) whose evaluation points 0, ..., 255 are those of GF256, embedded: embed_bytes() makes shares over it of
/// shares over GF256. Otherwise as GF2To64.
using GF256To8 = WideBinary<64, detail::PointsOverGF256>;

/// out[i] is the embedded in[i]. Constant time.
inline void embed_bytes(std::span<GF256To8> out, std::span<const GF256> in) noexcept {
  constexpr std::array<std::uint64_t, 8> of_bits = detail::PointsOverGF256::images();
  for (std::size_t i = 0; i < in.size(); ++i) {
    const std::uint64_t byte = in[i].value();
    std::uint64_t sum = 0;
    for (unsigned bit = 0; bit < 8; ++bit) sum ^= of_bits[bit] & (std::uint64_t{0} - (byte >> bit & 1));
    out[i] = GF256To8::from_value(sum);
  }
}

}  // namespace parley
