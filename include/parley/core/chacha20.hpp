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

/// `Lanes` 32-bit words in one vector register.
template <std::size_t Lanes>
struct ChaCha20Vector {
  typedef std::uint32_t type __attribute__((vector_size(4 * Lanes)));
};

// Everything below is inlined into functions that differ in their instruction set, so it takes vectors by reference
// only (by value their calling convention would depend on the instruction set) and has no lambdas (which would not
// inherit it). It indexes arrays of vectors by constants, in folds and not in loops, so that they are registers under
// -O1 and -O2 too.

/// How to rotate the words of a vector: by two shifts, or by moving bytes or pairs of bytes where the distance allows
/// it and the machine has instructions for it (SSSE3 and AVX2 move bytes freely, SSE2 pairs in two steps; AVX-512
/// rotates).
enum class ChaCha20Rotation { shifts, pairs, bytes };

template <int Distance, class Part, class V, std::size_t... I>
[[gnu::always_inline]] inline void chacha20_rotate_by_moving(V& x, std::index_sequence<I...>) noexcept {
  typedef Part Parts __attribute__((vector_size(sizeof(V))));
  constexpr std::size_t parts = 4 / sizeof(Part), up = Distance / (8 * sizeof(Part));
  const Parts from = reinterpret_cast<Parts>(x);
  // Part I of a little-endian word comes from the part that is Distance bits lower.
  x = reinterpret_cast<V>(__builtin_shufflevector(from, from, (I / parts * parts + (I + parts - up) % parts)...));
}

template <int Distance, ChaCha20Rotation Rotation, class V>
[[gnu::always_inline]] inline void chacha20_rotate(V& x) noexcept {
  if constexpr (Rotation == ChaCha20Rotation::bytes && Distance % 8 == 0) {
    chacha20_rotate_by_moving<Distance, std::uint8_t>(x, std::make_index_sequence<sizeof(V)>{});
  } else if constexpr (Rotation == ChaCha20Rotation::pairs && Distance == 16) {
    chacha20_rotate_by_moving<Distance, std::uint16_t>(x, std::make_index_sequence<sizeof(V) / 2>{});
  } else {
    x = (x << Distance) | (x >> (32 - Distance));
  }
}

template <ChaCha20Rotation Rotation, class V>
[[gnu::always_inline]] inline void chacha20_quarter_round(V& a, V& b, V& c, V& d) noexcept {
  a += b;
  d ^= a;
  chacha20_rotate<16, Rotation>(d);
  c += d;
  b ^= c;
  chacha20_rotate<12, Rotation>(b);
  a += b;
  d ^= a;
  chacha20_rotate<8, Rotation>(d);
  c += d;
  b ^= c;
  chacha20_rotate<7, Rotation>(b);
}

template <ChaCha20Rotation Rotation, class V>
[[gnu::always_inline]] inline void chacha20_rounds(V (&x)[16]) noexcept {
  for (int i = 0; i < 10; ++i) {
    chacha20_quarter_round<Rotation>(x[0], x[4], x[8], x[12]);
    chacha20_quarter_round<Rotation>(x[1], x[5], x[9], x[13]);
    chacha20_quarter_round<Rotation>(x[2], x[6], x[10], x[14]);
    chacha20_quarter_round<Rotation>(x[3], x[7], x[11], x[15]);
    chacha20_quarter_round<Rotation>(x[0], x[5], x[10], x[15]);
    chacha20_quarter_round<Rotation>(x[1], x[6], x[11], x[12]);
    chacha20_quarter_round<Rotation>(x[2], x[7], x[8], x[13]);
    chacha20_quarter_round<Rotation>(x[3], x[4], x[9], x[14]);
  }
}

/// The 64 bytes of the block function on `state`.
inline void chacha20_block(const ChaCha20State& state, std::span<std::byte, chacha20_block_size> out) noexcept {
  std::uint32_t x[16];
  for (std::size_t i = 0; i < 16; ++i) x[i] = state[i];
  chacha20_rounds<ChaCha20Rotation::shifts>(x);
  for (std::size_t i = 0; i < 16; ++i) {
    store_little_endian(out.subspan(4 * i).first<4>(), static_cast<std::uint32_t>(x[i] + state[i]));
  }
  wipe(x);
}

/// Turns four vectors, one word of all blocks each, into four vectors that hold four words of one block in each 128
/// bits: a 4x4 transposition in every 128-bit part. The indices are those of the instructions punpck{l,h}dq and
/// punpck{l,h}qdq.
template <std::size_t Lanes, class V, std::size_t... I>
[[gnu::always_inline]] inline void chacha20_transpose(V& a, V& b, V& c, V& d, std::index_sequence<I...>) noexcept {
  const V ab_low = __builtin_shufflevector(a, b, (I / 4 * 4 + I % 4 / 2 + I % 2 * Lanes)...);
  const V ab_high = __builtin_shufflevector(a, b, (I / 4 * 4 + I % 4 / 2 + I % 2 * Lanes + 2)...);
  const V cd_low = __builtin_shufflevector(c, d, (I / 4 * 4 + I % 4 / 2 + I % 2 * Lanes)...);
  const V cd_high = __builtin_shufflevector(c, d, (I / 4 * 4 + I % 4 / 2 + I % 2 * Lanes + 2)...);
  a = __builtin_shufflevector(ab_low, cd_low, (I / 4 * 4 + I % 2 + I % 4 / 2 * Lanes)...);
  b = __builtin_shufflevector(ab_low, cd_low, (I / 4 * 4 + I % 2 + I % 4 / 2 * Lanes + 2)...);
  c = __builtin_shufflevector(ab_high, cd_high, (I / 4 * 4 + I % 2 + I % 4 / 2 * Lanes)...);
  d = __builtin_shufflevector(ab_high, cd_high, (I / 4 * 4 + I % 2 + I % 4 / 2 * Lanes + 2)...);
}

/// Writes the 128-bit parts of `x`, 4 blocks apart.
template <std::size_t... Part, class V>
[[gnu::always_inline]] inline void chacha20_store_parts(const V& x, std::byte* out,
                                                        std::index_sequence<Part...>) noexcept {
  using Quarter = typename ChaCha20Vector<4>::type;
  const Quarter quarters[] = {__builtin_shufflevector(x, x, 4 * Part, 4 * Part + 1, 4 * Part + 2, 4 * Part + 3)...};
  (std::memcpy(out + 4 * chacha20_block_size * Part, &quarters[Part], sizeof(Quarter)), ...);
}

/// Writes words 4 * Row to 4 * Row + 3 of `Lanes` blocks.
template <std::size_t Lanes, std::size_t Row, class V>
[[gnu::always_inline]] inline void chacha20_store_row(V (&x)[16], std::byte* out) noexcept {
  constexpr std::make_index_sequence<Lanes / 4> parts;
  V &a = x[4 * Row], &b = x[4 * Row + 1], &c = x[4 * Row + 2], &d = x[4 * Row + 3];
  chacha20_transpose<Lanes>(a, b, c, d, std::make_index_sequence<Lanes>{});
  // Part p of the four vectors holds blocks 4p, 4p + 1, 4p + 2 and 4p + 3.
  chacha20_store_parts(a, out + 16 * Row, parts);
  chacha20_store_parts(b, out + 16 * Row + chacha20_block_size, parts);
  chacha20_store_parts(c, out + 16 * Row + 2 * chacha20_block_size, parts);
  chacha20_store_parts(d, out + 16 * Row + 3 * chacha20_block_size, parts);
}

/// Adds the input of the block function to its state. `low` and `high` are the halves of the counters of all blocks.
template <class V, std::size_t... I>
[[gnu::always_inline]] inline void chacha20_add_input(V (&x)[16], const ChaCha20State& state, const V& low,
                                                      const V& high, std::index_sequence<I...>) noexcept {
  ((x[I] += I == 12 ? low : I == 13 ? high : V{} + state[I]), ...);
}

/// Whole groups of `Lanes` blocks from the front of `out`; returns how many blocks that were.
template <std::size_t Lanes, ChaCha20Rotation Rotation, std::size_t... I>
[[gnu::always_inline]] inline std::size_t chacha20_groups(const ChaCha20State& state, std::uint64_t counter,
                                                          std::byte* out, std::size_t blocks,
                                                          std::index_sequence<I...>) noexcept {
  using V = typename ChaCha20Vector<Lanes>::type;
  constexpr std::make_index_sequence<16> words;
  std::size_t done = 0;
  for (; blocks - done >= Lanes; done += Lanes) {
    const std::uint64_t first = counter + done;
    const V low = V{I...} + static_cast<std::uint32_t>(first);
    const V carry =
        reinterpret_cast<V>(low < V{} + static_cast<std::uint32_t>(first));  // all ones where low came round
    const V high = V{} + static_cast<std::uint32_t>(first >> 32) - carry;
    V x[16] = {};
    chacha20_add_input(x, state, low, high, words);
    chacha20_rounds<Rotation>(x);
    chacha20_add_input(x, state, low, high, words);
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
  std::size_t done =
      chacha20_groups<4, ChaCha20Rotation::pairs>(state, counter, out, blocks, std::make_index_sequence<4>{});
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
  const std::size_t done =
      chacha20_groups<8, ChaCha20Rotation::bytes>(state, counter, out, blocks, std::make_index_sequence<8>{});
  chacha20_stream_portable(state, counter + done, out + chacha20_block_size * done, blocks - done);
}

/// The same in groups of 16 blocks, with the rotations of AVX-512.
[[gnu::target("avx2,avx512f,avx512bw,avx512dq,avx512vl")]] inline void chacha20_stream_avx512(
    const ChaCha20State& state, std::uint64_t counter, std::byte* out, std::size_t blocks) noexcept {
  std::size_t done =
      chacha20_groups<16, ChaCha20Rotation::shifts>(state, counter, out, blocks, std::make_index_sequence<16>{});
  done += chacha20_groups<8, ChaCha20Rotation::shifts>(state, counter + done, out + chacha20_block_size * done,
                                                       blocks - done, std::make_index_sequence<8>{});
  chacha20_stream_portable(state, counter + done, out + chacha20_block_size * done, blocks - done);
}

#endif

}  // namespace parley::detail
