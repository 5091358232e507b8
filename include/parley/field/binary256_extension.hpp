// SPDX-License-Identifier: Apache-2.0
// GF(2^64) as an extension of GF(2^8): shares of bytes are shares in it, too, so that it serves where bytes are too few.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "parley/core/cpu.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/wide_binary.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

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

#if defined(__x86_64__)
namespace detail {

/// Eight bytes at a time: each bit that is set adds the image of its power of x.
[[gnu::target("avx512f")]] inline void embed_bytes_avx512(std::uint64_t* out, const std::uint8_t* in,
                                                          std::size_t count) noexcept {
  constexpr std::array<std::uint64_t, 8> of_bits = PointsOverGF256::images();
  for (std::size_t i = 0; i < count; i += 8) {
    const std::size_t size = std::min<std::size_t>(8, count - i);
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, in + i, size);
    const auto mask = static_cast<__mmask8>((1U << size) - 1);
    const __m512i lanes = _mm512_maskz_cvtepu8_epi64(0xFF, _mm_cvtsi64_si128(static_cast<std::int64_t>(bytes)));
    __m512i sum = _mm512_setzero_si512();
    for (unsigned bit = 0; bit < 8; ++bit)
      sum = _mm512_mask_xor_epi64(sum, _mm512_test_epi64_mask(lanes, _mm512_set1_epi64(std::int64_t{1} << bit)), sum,
                                  _mm512_set1_epi64(static_cast<std::int64_t>(of_bits[bit])));
    _mm512_mask_storeu_epi64(out + i, mask, sum);
  }
}

}  // namespace detail
#endif

/// out[i] is the embedded in[i]. Constant time.
inline void embed_bytes(std::span<GF256To8> out, std::span<const GF256> in) noexcept {
#if defined(__x86_64__)
  static_assert(sizeof(GF256To8) == 8 && sizeof(GF256) == 1);
  if (cpu_features().avx512)
    return detail::embed_bytes_avx512(reinterpret_cast<std::uint64_t*>(out.data()),
                                      reinterpret_cast<const std::uint8_t*>(in.data()), in.size());
#endif
  constexpr std::array<std::uint64_t, 8> of_bits = detail::PointsOverGF256::images();
  for (std::size_t i = 0; i < in.size(); ++i) {
    const std::uint64_t byte = in[i].value();
    std::uint64_t sum = 0;
    for (unsigned bit = 0; bit < 8; ++bit) sum ^= of_bits[bit] & (std::uint64_t{0} - (byte >> bit & 1));
    out[i] = GF256To8::from_value(sum);
  }
}

}  // namespace parley
