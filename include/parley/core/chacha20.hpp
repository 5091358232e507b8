// SPDX-License-Identifier: Apache-2.0
// ChaCha20: the block function, and its key stream several blocks at a time in the vector registers that there are.
// [RFC 8439, section 2.3; Bernstein, "ChaCha, a variant of Salsa20", 2008]
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include "parley/core/bytes.hpp"
#include "parley/core/cpu.hpp"
#include "parley/core/wipe.hpp"

namespace parley::detail {

inline constexpr std::size_t chacha20_block_size = 64;

/// The input of the block function: four constants, the key, and 16 bytes that are counter and nonce.
using ChaCha20State = std::array<std::uint32_t, 16>;

[[nodiscard]] inline ChaCha20State chacha20_state(std::span<const std::byte, 32> key,
                                                  std::span<const std::byte, 16> input) noexcept {
  ChaCha20State state = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};  // "expand 32-byte k"
  for (std::size_t i = 0; i < 8; ++i) {
    state[4 + i] = load_little_endian<std::uint32_t>(key.subspan(4 * i).first<4>());
  }
  for (std::size_t i = 0; i < 4; ++i) {
    state[12 + i] = load_little_endian<std::uint32_t>(input.subspan(4 * i).first<4>());
  }
  return state;
}

/// `Lanes` 32-bit words in one vector register, or one in a general register.
template <std::size_t Lanes>
struct ChaCha20Vector {
  typedef std::uint32_t type __attribute__((vector_size(4 * Lanes)));
  typedef std::uint16_t halves __attribute__((vector_size(4 * Lanes)));
  typedef std::uint8_t bytes __attribute__((vector_size(4 * Lanes)));
};
template <>
struct ChaCha20Vector<1> {
  using type = std::uint32_t;
};

// Everything below is inlined into functions that differ in their instruction set, so it takes vectors by reference
// only (by value their calling convention would depend on the instruction set) and has no lambdas (which would not
// inherit it).

template <int Distance, std::size_t Lanes>
[[gnu::always_inline]] inline void chacha20_rotate(typename ChaCha20Vector<Lanes>::type& x) noexcept {
  x = (x << Distance) | (x >> (32 - Distance));
}

template <std::size_t Lanes, class V>
[[gnu::always_inline]] inline void chacha20_quarter_round(V& a, V& b, V& c, V& d) noexcept {
  a += b;
  d ^= a;
  chacha20_rotate<16, Lanes>(d);
  c += d;
  b ^= c;
  chacha20_rotate<12, Lanes>(b);
  a += b;
  d ^= a;
  chacha20_rotate<8, Lanes>(d);
  c += d;
  b ^= c;
  chacha20_rotate<7, Lanes>(b);
}

template <std::size_t Lanes, class V>
[[gnu::always_inline]] inline void chacha20_rounds(V (&x)[16]) noexcept {
  for (int i = 0; i < 10; ++i) {
    chacha20_quarter_round<Lanes>(x[0], x[4], x[8], x[12]);
    chacha20_quarter_round<Lanes>(x[1], x[5], x[9], x[13]);
    chacha20_quarter_round<Lanes>(x[2], x[6], x[10], x[14]);
    chacha20_quarter_round<Lanes>(x[3], x[7], x[11], x[15]);
    chacha20_quarter_round<Lanes>(x[0], x[5], x[10], x[15]);
    chacha20_quarter_round<Lanes>(x[1], x[6], x[11], x[12]);
    chacha20_quarter_round<Lanes>(x[2], x[7], x[8], x[13]);
    chacha20_quarter_round<Lanes>(x[3], x[4], x[9], x[14]);
  }
}

/// The 64 bytes of the block function on `state`.
inline void chacha20_block(const ChaCha20State& state, std::span<std::byte, chacha20_block_size> out) noexcept {
  std::uint32_t x[16];
  for (std::size_t i = 0; i < 16; ++i) x[i] = state[i];
  chacha20_rounds<1>(x);
  for (std::size_t i = 0; i < 16; ++i) {
    store_little_endian(out.subspan(4 * i).first<4>(), static_cast<std::uint32_t>(x[i] + state[i]));
  }
  wipe(x);
}

/// Turns four vectors, one word of all blocks each, into four vectors that hold four words of one block in each 128
/// bits: a 4x4 transposition in every 128-bit part. The indices are those of the instructions vpunpck{l,h}dq and
/// vpunpck{l,h}qdq.
template <std::size_t Lanes, class V, std::size_t... I>
[[gnu::always_inline]] inline void chacha20_transpose(V& a, V& b, V& c, V& d, std::index_sequence<I...>) noexcept {
  // Lane I of 128-bit part I / 4; even positions come from the first operand, odd ones from the second.
  const V ab_low = __builtin_shufflevector(a, b, (I / 4 * 4 + I % 4 / 2 + I % 2 * Lanes)...);
  const V ab_high = __builtin_shufflevector(a, b, (I / 4 * 4 + I % 4 / 2 + I % 2 * Lanes + 2)...);
  const V cd_low = __builtin_shufflevector(c, d, (I / 4 * 4 + I % 4 / 2 + I % 2 * Lanes)...);
  const V cd_high = __builtin_shufflevector(c, d, (I / 4 * 4 + I % 4 / 2 + I % 2 * Lanes + 2)...);
  a = __builtin_shufflevector(ab_low, cd_low, (I / 4 * 4 + I % 2 + I % 4 / 2 * Lanes)...);
  b = __builtin_shufflevector(ab_low, cd_low, (I / 4 * 4 + I % 2 + I % 4 / 2 * Lanes + 2)...);
  c = __builtin_shufflevector(ab_high, cd_high, (I / 4 * 4 + I % 2 + I % 4 / 2 * Lanes)...);
  d = __builtin_shufflevector(ab_high, cd_high, (I / 4 * 4 + I % 2 + I % 4 / 2 * Lanes + 2)...);
}

/// Writes words 4 * Row to 4 * Row + 3 of `Lanes` blocks.
template <std::size_t Lanes, std::size_t Row, class V>
[[gnu::always_inline]] inline void chacha20_store_row(V (&x)[16], std::byte* out) noexcept {
  V* const row = x + 4 * Row;
  chacha20_transpose<Lanes>(row[0], row[1], row[2], row[3], std::make_index_sequence<Lanes>{});
  for (std::size_t block = 0; block < Lanes; ++block) {
    // Vector block % 4 holds the blocks that are equal modulo 4, 128 bits each.
    std::memcpy(out + chacha20_block_size * block + 16 * Row,
                reinterpret_cast<const std::byte*>(&row[block % 4]) + block / 4 * 16, 16);
  }
}

/// Whole groups of `Lanes` blocks from the front of `out`; returns how many blocks that were.
template <std::size_t Lanes, std::size_t... I>
[[gnu::always_inline]] inline std::size_t chacha20_groups(const ChaCha20State& state, std::uint64_t counter,
                                                          std::byte* out, std::size_t blocks,
                                                          std::index_sequence<I...>) noexcept {
  using V = typename ChaCha20Vector<Lanes>::type;
  std::size_t done = 0;
  for (; blocks - done >= Lanes; done += Lanes) {
    const std::uint64_t first = counter + done;
    const V low = {static_cast<std::uint32_t>(first + I)...};
    const V high = {static_cast<std::uint32_t>((first + I) >> 32)...};
    V x[16];
    for (std::size_t i = 0; i < 16; ++i) x[i] = i == 12 ? low : i == 13 ? high : V{} + state[i];
    chacha20_rounds<Lanes>(x);
    for (std::size_t i = 0; i < 16; ++i) x[i] += i == 12 ? low : i == 13 ? high : V{} + state[i];
    std::byte* const group = out + chacha20_block_size * done;
    chacha20_store_row<Lanes, 0>(x, group);
    chacha20_store_row<Lanes, 1>(x, group);
    chacha20_store_row<Lanes, 2>(x, group);
    chacha20_store_row<Lanes, 3>(x, group);
  }
  return done;
}

/// Four blocks at a time in the 128-bit registers of any machine, the rest one at a time. Words 12 and 13 of `state`
/// are ignored: they are the 64-bit counter, which starts at `counter` and rises by one a block.
inline void chacha20_stream_portable(const ChaCha20State& state, std::uint64_t counter, std::byte* out,
                                     std::size_t blocks) noexcept {
  std::size_t done = chacha20_groups<4>(state, counter, out, blocks, std::make_index_sequence<4>{});
  if (done == blocks) return;
  ChaCha20State one = state;
  for (; done < blocks; ++done) {
    one[12] = static_cast<std::uint32_t>(counter + done);
    one[13] = static_cast<std::uint32_t>((counter + done) >> 32);
    chacha20_block(one,
                   std::span<std::byte, chacha20_block_size>(out + chacha20_block_size * done, chacha20_block_size));
  }
  wipe(one);
}

#if defined(__x86_64__)

/// The same in groups of 8 blocks.
[[gnu::target("avx2")]] inline void chacha20_stream_avx2(const ChaCha20State& state, std::uint64_t counter,
                                                         std::byte* out, std::size_t blocks) noexcept {
  const std::size_t done = chacha20_groups<8>(state, counter, out, blocks, std::make_index_sequence<8>{});
  chacha20_stream_portable(state, counter + done, out + chacha20_block_size * done, blocks - done);
}

/// The same in groups of 16 blocks, with the rotations of AVX-512.
[[gnu::target("avx2,avx512f,avx512bw,avx512dq,avx512vl")]] inline void chacha20_stream_avx512(
    const ChaCha20State& state, std::uint64_t counter, std::byte* out, std::size_t blocks) noexcept {
  std::size_t done = chacha20_groups<16>(state, counter, out, blocks, std::make_index_sequence<16>{});
  done += chacha20_groups<8>(state, counter + done, out + chacha20_block_size * done, blocks - done,
                             std::make_index_sequence<8>{});
  chacha20_stream_portable(state, counter + done, out + chacha20_block_size * done, blocks - done);
}

#endif

}  // namespace parley::detail
