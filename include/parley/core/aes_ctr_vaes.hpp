// SPDX-License-Identifier: Apache-2.0
// AES-128 in counter mode by the vector AES instructions: two blocks in a 256-bit register or four in a 512-bit one,
// eight registers at a time. The same bytes as aes_ctr.hpp gives. [Intel SDM, volume 2, AESENC; Drucker, Gueron,
// Krasnov, "Making AES great again: the forthcoming vectorized AES instruction", 2018]
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "parley/core/aes_ctr.hpp"
#include "parley/core/cpu.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

namespace parley::detail {

[[nodiscard]] inline bool vaes256_usable(const CpuFeatures& cpu) noexcept {
  return aesni_usable(cpu) && cpu.vaes && cpu.avx2;
}
[[nodiscard]] inline bool vaes512_usable(const CpuFeatures& cpu) noexcept { return vaes256_usable(cpu) && cpu.avx512; }

// Round keys are broadcast from memory where they are used, once for eight registers: a loop that kept eleven of them
// would spill copies of the key to the stack.

[[gnu::target("vaes,aes,avx2"), gnu::always_inline]] inline __m256i vaes256_round_key(const Aes128Key& key,
                                                                                      std::size_t round) noexcept {
  return _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(key.round_keys.data()) + round));
}

template <std::size_t... I>
[[gnu::target("vaes,aes,avx2"), gnu::always_inline]] inline void vaes256_group(const Aes128Key& key, __m256i next,
                                                                               __m256i* out,
                                                                               std::index_sequence<I...>) noexcept {
  // Reverses the bytes of the counters, the upper halves of the blocks.
  const __m256i order =
      _mm256_set_epi64x(0x08090a0b0c0d0e0f, 0x0706050403020100, 0x08090a0b0c0d0e0f, 0x0706050403020100);
  __m256i round_key = vaes256_round_key(key, 0);
  __m256i x[] = {_mm256_xor_si256(
      _mm256_shuffle_epi8(_mm256_add_epi64(next, _mm256_set_epi64x(2 * I, 0, 2 * I, 0)), order), round_key)...};
  for (std::size_t round = 1; round < aes128_rounds; ++round) {
    round_key = vaes256_round_key(key, round);
    ((x[I] = _mm256_aesenc_epi128(x[I], round_key)), ...);
  }
  round_key = vaes256_round_key(key, aes128_rounds);
  (_mm256_storeu_si256(out + I, _mm256_aesenclast_epi128(x[I], round_key)), ...);
}

/// As aes128_ctr_aesni.
[[gnu::target("vaes,aes,avx2")]] inline void aes128_ctr_vaes256(const Aes128Key& key, std::uint64_t nonce,
                                                                std::uint64_t counter, std::byte* out,
                                                                std::size_t blocks) noexcept {
  const auto nonce_word = static_cast<std::int64_t>(nonce), first = static_cast<std::int64_t>(counter);
  const __m256i counters = _mm256_set_epi64x(1, 0, 0, 0);
  __m256i next = _mm256_add_epi64(_mm256_set_epi64x(first, nonce_word, first, nonce_word), counters);
  std::size_t done = 0;
  for (; blocks - done >= 16; done += 16) {
    vaes256_group(key, next, reinterpret_cast<__m256i*>(out + aes_block_size * done), std::make_index_sequence<8>{});
    next = _mm256_add_epi64(next, _mm256_set_epi64x(16, 0, 16, 0));
  }
  aes128_ctr_aesni(key, nonce, counter + done, out + aes_block_size * done, blocks - done);
}

/// `x`, four times. Masked, with all of the mask set, because g++ 12 warns of an uninitialised variable in
/// _mm512_broadcast_i32x4; the instruction is the same.
[[gnu::target("vaes,aes,avx2,avx512f,avx512bw"), gnu::always_inline]] inline __m512i vaes512_broadcast(
    __m128i x) noexcept {
  return _mm512_maskz_broadcast_i32x4(0xffff, x);
}

[[gnu::target("vaes,aes,avx2,avx512f,avx512bw"), gnu::always_inline]] inline __m512i vaes512_round_key(
    const Aes128Key& key, std::size_t round) noexcept {
  return vaes512_broadcast(_mm_load_si128(reinterpret_cast<const __m128i*>(key.round_keys.data()) + round));
}

template <std::size_t... I>
[[gnu::target("vaes,aes,avx2,avx512f,avx512bw"), gnu::always_inline]] inline void vaes512_group(
    const Aes128Key& key, __m512i next, std::byte* out, std::index_sequence<I...>) noexcept {
  const __m512i order = vaes512_broadcast(_mm_set_epi64x(0x08090a0b0c0d0e0f, 0x0706050403020100));
  __m512i round_key = vaes512_round_key(key, 0);
  __m512i x[] = {_mm512_xor_si512(
      _mm512_shuffle_epi8(_mm512_add_epi64(next, vaes512_broadcast(_mm_set_epi64x(4 * I, 0))), order), round_key)...};
  for (std::size_t round = 1; round < aes128_rounds; ++round) {
    round_key = vaes512_round_key(key, round);
    ((x[I] = _mm512_aesenc_epi128(x[I], round_key)), ...);
  }
  round_key = vaes512_round_key(key, aes128_rounds);
  (_mm512_storeu_si512(out + sizeof(__m512i) * I, _mm512_aesenclast_epi128(x[I], round_key)), ...);
}

/// As aes128_ctr_aesni.
[[gnu::target("vaes,aes,avx2,avx512f,avx512bw")]] inline void aes128_ctr_vaes512(const Aes128Key& key,
                                                                                 std::uint64_t nonce,
                                                                                 std::uint64_t counter, std::byte* out,
                                                                                 std::size_t blocks) noexcept {
  const __m128i first = _mm_set_epi64x(static_cast<std::int64_t>(counter), static_cast<std::int64_t>(nonce));
  __m512i next = _mm512_add_epi64(vaes512_broadcast(first), _mm512_set_epi64(3, 0, 2, 0, 1, 0, 0, 0));
  std::size_t done = 0;
  for (; blocks - done >= 32; done += 32) {
    vaes512_group(key, next, out + aes_block_size * done, std::make_index_sequence<8>{});
    next = _mm512_add_epi64(next, vaes512_broadcast(_mm_set_epi64x(32, 0)));
  }
  aes128_ctr_vaes256(key, nonce, counter + done, out + aes_block_size * done, blocks - done);
}

}  // namespace parley::detail

#endif
