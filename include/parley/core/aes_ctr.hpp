// SPDX-License-Identifier: Apache-2.0
// AES-128 in counter mode by the AES instructions: the key schedule and the key stream, eight blocks at a time.
// [FIPS 197; SP 800-38A, section 6.5; Gueron, "Intel AES New Instructions Set", 2010]
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "parley/core/cpu.hpp"

#if defined(__x86_64__)
#include <tmmintrin.h>
#include <wmmintrin.h>
#endif

namespace parley::detail {

inline constexpr std::size_t aes_block_size = 16;
inline constexpr std::size_t aes128_rounds = 10;

/// The round keys, in the order of use.
struct alignas(64) Aes128Key {
  std::array<std::array<std::byte, aes_block_size>, aes128_rounds + 1> round_keys{};
};

#if defined(__x86_64__)

/// Whether the functions of this file may be called.
[[nodiscard]] inline bool aesni_usable(const CpuFeatures& cpu) noexcept { return cpu.aesni && cpu.ssse3; }

template <int RoundConstant>
[[gnu::target("aes,ssse3")]] inline __m128i aes128_next_round_key(__m128i key) noexcept {
  const __m128i last_word = _mm_shuffle_epi32(_mm_aeskeygenassist_si128(key, RoundConstant), 0xff);
  // The words of the new key are the running xor of the words of the old one.
  key = _mm_xor_si128(key, _mm_slli_si128(key, 4));
  key = _mm_xor_si128(key, _mm_slli_si128(key, 8));
  return _mm_xor_si128(key, last_word);
}

/// The key schedule. [FIPS 197, section 5.2]
[[gnu::target("aes,ssse3")]] inline void aes128_expand_key(std::span<const std::byte, 16> key,
                                                           Aes128Key& out) noexcept {
  auto* const to = reinterpret_cast<__m128i*>(out.round_keys.data());
  __m128i round_key = _mm_loadu_si128(reinterpret_cast<const __m128i*>(key.data()));
  _mm_store_si128(to + 0, round_key);
  _mm_store_si128(to + 1, round_key = aes128_next_round_key<0x01>(round_key));
  _mm_store_si128(to + 2, round_key = aes128_next_round_key<0x02>(round_key));
  _mm_store_si128(to + 3, round_key = aes128_next_round_key<0x04>(round_key));
  _mm_store_si128(to + 4, round_key = aes128_next_round_key<0x08>(round_key));
  _mm_store_si128(to + 5, round_key = aes128_next_round_key<0x10>(round_key));
  _mm_store_si128(to + 6, round_key = aes128_next_round_key<0x20>(round_key));
  _mm_store_si128(to + 7, round_key = aes128_next_round_key<0x40>(round_key));
  _mm_store_si128(to + 8, round_key = aes128_next_round_key<0x80>(round_key));
  _mm_store_si128(to + 9, round_key = aes128_next_round_key<0x1b>(round_key));
  _mm_store_si128(to + 10, round_key = aes128_next_round_key<0x36>(round_key));
}

// Folds over constant indices, not loops: the blocks must be registers under -O1 and -O2 too, where compilers do not
// unroll.

template <std::size_t... I>
[[gnu::target("aes,ssse3"), gnu::always_inline]] inline void aes128_counters(__m128i (&x)[sizeof...(I)], __m128i next,
                                                                             __m128i key,
                                                                             std::index_sequence<I...>) noexcept {
  // The counter of a register is little-endian in its upper half; that of a block is big-endian in its last 8 bytes.
  const __m128i order = _mm_set_epi64x(0x08090a0b0c0d0e0f, 0x0706050403020100);
  ((x[I] = _mm_xor_si128(_mm_shuffle_epi8(_mm_add_epi64(next, _mm_set_epi64x(I, 0)), order), key)), ...);
}

template <std::size_t... I>
[[gnu::target("aes,ssse3"), gnu::always_inline]] inline void aes128_round(__m128i (&x)[sizeof...(I)], __m128i key,
                                                                          std::index_sequence<I...>) noexcept {
  ((x[I] = _mm_aesenc_si128(x[I], key)), ...);
}

template <std::size_t... I>
[[gnu::target("aes,ssse3"), gnu::always_inline]] inline void aes128_last_round(__m128i (&x)[sizeof...(I)], __m128i key,
                                                                               __m128i* out,
                                                                               std::index_sequence<I...>) noexcept {
  (_mm_storeu_si128(out + I, _mm_aesenclast_si128(x[I], key)), ...);
}

template <std::size_t Blocks>
[[gnu::target("aes,ssse3"), gnu::always_inline]] inline void aes128_ctr_group(const __m128i* keys, __m128i& next,
                                                                              __m128i* out) noexcept {
  constexpr std::make_index_sequence<Blocks> all;
  __m128i x[Blocks];
  aes128_counters(x, next, keys[0], all);
  next = _mm_add_epi64(next, _mm_set_epi64x(Blocks, 0));
  aes128_round(x, keys[1], all);
  aes128_round(x, keys[2], all);
  aes128_round(x, keys[3], all);
  aes128_round(x, keys[4], all);
  aes128_round(x, keys[5], all);
  aes128_round(x, keys[6], all);
  aes128_round(x, keys[7], all);
  aes128_round(x, keys[8], all);
  aes128_round(x, keys[9], all);
  aes128_last_round(x, keys[10], out, all);
}

/// The encryptions of the `blocks` blocks that consist of the 8 bytes of `nonce` and of the counter, big-endian, which
/// starts at `counter` and rises by one a block modulo 2^64.
[[gnu::target("aes,ssse3")]] inline void aes128_ctr_aesni(const Aes128Key& key, std::uint64_t nonce,
                                                          std::uint64_t counter, std::byte* out,
                                                          std::size_t blocks) noexcept {
  const auto* const keys = reinterpret_cast<const __m128i*>(key.round_keys.data());
  auto* to = reinterpret_cast<__m128i*>(out);
  __m128i next = _mm_set_epi64x(static_cast<std::int64_t>(counter), static_cast<std::int64_t>(nonce));
  for (; blocks >= 8; blocks -= 8, to += 8) aes128_ctr_group<8>(keys, next, to);
  for (; blocks >= 1; blocks -= 1, to += 1) aes128_ctr_group<1>(keys, next, to);
}

#endif

}  // namespace parley::detail
