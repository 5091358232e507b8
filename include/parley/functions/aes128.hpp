// SPDX-License-Identifier: Apache-2.0
// AES-128 of shared blocks under shared keys: a pseudorandom function whose key no party holds.
// [FIPS 197] Advanced Encryption Standard. [BP10] Boyar, Peralta: A new combinational logic minimization technique with
// applications to cryptology.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/words.hpp"
#include "parley/engine/bit_planes.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/shared_bits.hpp"

namespace parley {

namespace detail {

/// Evaluates one circuit on shared bits, level by level.
template <Engine E>
class CircuitEvaluation {
 public:
  /// At most `sums` calls of sum() follow.
  CircuitEvaluation(E& engine, const BitPlanes& input, std::size_t sums)
      : engine_(engine), sums_(BitPlanes::uninitialized(input.layout(), sums, input.size())) {}

  /// x xor y; local.
  Wire sum(const Wire& x, const Wire& y) {
    for (unsigned which = 0; which < sums_.layout().components; ++which)
      exclusive_or(sums_.words_per_component(), sums_.component(next_, which).data(), x.component(which).data(),
                   y.component(which).data());
    return {&sums_, next_++};
  }
  /// A round for as many conjunctions.
  template <std::size_t count>
  std::array<Wire, count> conjoin(const std::array<Conjunction, count>& batch) {
    const BitPlanes& results = levels_.emplace_back(engine_.and_(batch)).planes();
    std::array<Wire, count> wires;
    for (std::size_t i = 0; i < count; ++i) wires[i] = {&results, i};
    return wires;
  }

 private:
  E& engine_;
  BitPlanes sums_;
  std::size_t next_ = 0;
  std::deque<SharedBitsOf<E>> levels_;
};

/// The S-box of shared bytes, numbers of 8 bits, without the constant 0x63 that it adds. [BP10, figures 5 to 8]
/// Cost: 6 rounds, 32 conjunctions a byte.
template <Engine E>
SharedBitsOf<E> aes_s_box_less_constant(E& engine, const SharedBitsOf<E>& bytes) {
  CircuitEvaluation<E> circuit(engine, bytes.planes(), 80);
  const auto sum = [&](const Wire& x, const Wire& y) { return circuit.sum(x, y); };
  const Wire x0 = bytes.wire(7), x1 = bytes.wire(6), x2 = bytes.wire(5), x3 = bytes.wire(4), x4 = bytes.wire(3),
             x5 = bytes.wire(2), x6 = bytes.wire(1), x7 = bytes.wire(0);

  const Wire y14 = sum(x3, x5), y13 = sum(x0, x6), y9 = sum(x0, x3), y8 = sum(x0, x5), t0 = sum(x1, x2),
             y1 = sum(t0, x7), y4 = sum(y1, x3), y12 = sum(y13, y14), y2 = sum(y1, x0), y5 = sum(y1, x6),
             y3 = sum(y5, y8), t1 = sum(x4, y12), y15 = sum(t1, x5), y20 = sum(t1, x1), y6 = sum(y15, x7),
             y10 = sum(y15, t0), y11 = sum(y20, y9), y7 = sum(x7, y11), y17 = sum(y10, y11), y19 = sum(y10, y8),
             y16 = sum(t0, y11), y21 = sum(y13, y16), y18 = sum(x0, y16);

  const auto [t2, t3, t5, t7, t8, t10, t12, t13, t15] = circuit.conjoin(std::array<Conjunction, 9>{
      {{y12, y15}, {y3, y6}, {y4, x7}, {y13, y16}, {y5, y1}, {y2, y7}, {y9, y11}, {y14, y17}, {y8, y10}}});
  const Wire t14 = sum(t13, t12), t16 = sum(t15, t12), t17 = sum(sum(t3, t2), t14), t18 = sum(sum(t5, t2), t16),
             t19 = sum(sum(t8, t7), t14), t20 = sum(sum(t10, t7), t16), t21 = sum(t17, y20), t22 = sum(t18, y19),
             t23 = sum(t19, y21), t24 = sum(t20, y18), t25 = sum(t21, t22), t30 = sum(t23, t24);
  const auto [t26] = circuit.conjoin(std::array<Conjunction, 1>{{{t21, t23}}});
  const Wire t27 = sum(t24, t26), t31 = sum(t22, t26);
  const auto [t29, t33] = circuit.conjoin(
      std::array<Conjunction, 2>{{{.x = t25, .y = t27, .plus = t22}, {.x = t31, .y = t30, .plus = t24}}});
  const Wire t34 = sum(t23, t33), t35 = sum(t27, t33);
  const auto [t36] = circuit.conjoin(std::array<Conjunction, 1>{{{t24, t35}}});
  const Wire t37 = sum(t36, t34), t38 = sum(t27, t36);
  const auto [t40] = circuit.conjoin(std::array<Conjunction, 1>{{{.x = t29, .y = t38, .plus = t25}}});
  const Wire t41 = sum(t40, t37), t42 = sum(t29, t33), t43 = sum(t29, t40), t44 = sum(t33, t37), t45 = sum(t42, t41);
  const auto [z0, z1, z2, z3, z4, z5, z6, z7, z8, z9, z10, z11, z12, z13, z14, z15, z16, z17] =
      circuit.conjoin(std::array<Conjunction, 18>{{{t44, y15},
                                                   {t37, y6},
                                                   {t33, x7},
                                                   {t43, y16},
                                                   {t40, y1},
                                                   {t29, y7},
                                                   {t42, y11},
                                                   {t45, y17},
                                                   {t41, y10},
                                                   {t44, y12},
                                                   {t37, y3},
                                                   {t33, y4},
                                                   {t43, y13},
                                                   {t40, y5},
                                                   {t29, y2},
                                                   {t42, y9},
                                                   {t45, y14},
                                                   {t41, y8}}});

  const Wire t46 = sum(z15, z16), t47 = sum(z10, z11), t48 = sum(z5, z13), t49 = sum(z9, z10), t50 = sum(z2, z12),
             t51 = sum(z2, z5), t52 = sum(z7, z8), t53 = sum(z0, z3), t54 = sum(z6, z7), t55 = sum(z16, z17),
             t56 = sum(z12, t48), t57 = sum(t50, t53), t58 = sum(z4, t46), t59 = sum(z3, t54), t60 = sum(t46, t57),
             t61 = sum(z14, t57), t62 = sum(t52, t58), t63 = sum(t49, t58), t64 = sum(z4, t59), t65 = sum(t61, t62),
             t66 = sum(z1, t63), t67 = sum(t64, t65);
  const Wire s0 = sum(t59, t63), s3 = sum(t53, t66), s1 = sum(t64, s3), s2 = sum(t55, t67), s4 = sum(t51, t66),
             s5 = sum(t47, t65), s6 = sum(t56, t62), s7 = sum(t48, t60);
  return gather<typename E::Scheme>(std::array{s7, s6, s5, s4, s3, s2, s1, s0});
}

/// The state of several blocks, or words of their keys: bit planes of bytes, in which byte i of all the blocks comes
/// before byte i + 1 of all of them. Byte r + 4c of a state is its row r and column c. [FIPS 197, section 3.4]
template <class Scheme>
class AesBytes {
 public:
  AesBytes(SharedBits<Scheme> bytes, std::size_t blocks) : bytes_(std::move(bytes)), blocks_(blocks) {}
  /// Of numbers of 8 bits for each byte.
  static AesBytes from_numbers(const SharedBits<Scheme>& numbers) {
    std::vector<BitPlanes> parts;
    std::vector<const BitPlanes*> pointers;
    for (std::size_t byte = 0; byte < numbers.width() / 8; ++byte)
      parts.push_back(numbers.planes().planes(8 * byte, 8));
    for (const BitPlanes& part : parts) pointers.push_back(&part);
    return {SharedBits<Scheme>(BitPlanes::append_rows(pointers)), numbers.size()};
  }
  SharedBits<Scheme> to_numbers() const {
    SharedBits<Scheme> numbers;
    for (std::size_t byte = 0; byte * blocks_ < bytes_.size(); ++byte)
      numbers = stack(std::move(numbers), bytes_.slice(byte * blocks_, blocks_));
    return numbers;
  }

  const SharedBits<Scheme>& bytes() const { return bytes_; }
  AesBytes part(std::size_t first, std::size_t count) const {
    return {bytes_.slice(first * blocks_, count * blocks_), blocks_};
  }
  /// Byte i is what byte order[i] was.
  AesBytes chosen(std::span<const std::size_t> order) const {
    return {SharedBits<Scheme>(bytes_.planes().blocks(order, blocks_)), blocks_};
  }
  AesBytes& operator^=(const AesBytes& other) {
    bytes_ ^= other.bytes_;
    return *this;
  }
  friend AesBytes operator^(AesBytes x, const AesBytes& y) { return x ^= y; }
  /// Adds a constant to every byte.
  AesBytes& operator^=(std::uint8_t constant) {
    for (std::size_t bit = 0; bit < 8; ++bit)
      if ((constant >> bit & 1) != 0) bytes_.planes().flip_plane(bit);
    return *this;
  }
  /// Every byte times x in GF(2^8).
  AesBytes doubled() const {
    const std::array<Wire, 8> shifted = {bytes_.wire(7), bytes_.wire(0), bytes_.wire(1), bytes_.wire(2),
                                         bytes_.wire(3), bytes_.wire(4), bytes_.wire(5), bytes_.wire(6)};
    SharedBits<Scheme> result = gather<Scheme>(shifted);
    for (const std::size_t bit : {1U, 3U, 4U})  // x^8 = x^4 + x^3 + x + 1
      result.planes().add_plane(bit, bytes_.wire(7));
    return {std::move(result), blocks_};
  }
  /// The same bytes for each of `blocks` blocks, from those of one.
  AesBytes repeated(std::size_t blocks) const {
    if (blocks == blocks_) return *this;
    std::vector<const BitPlanes*> copies;
    std::vector<BitPlanes> bytes;
    for (std::size_t byte = 0; byte < bytes_.size(); ++byte)
      bytes.push_back(bytes_.planes().rows(byte, 1).repeated(blocks));
    for (const BitPlanes& byte : bytes) copies.push_back(&byte);
    return {SharedBits<Scheme>(BitPlanes::append_rows(copies)), blocks};
  }

 private:
  SharedBits<Scheme> bytes_;
  std::size_t blocks_;
};

/// ShiftRows and then, but for the last round, MixColumns. [FIPS 197, sections 5.1.2 and 5.1.3]
template <class Scheme>
AesBytes<Scheme> aes_diffuse(const AesBytes<Scheme>& state, bool mix_columns) {
  std::array<std::size_t, 16> shifted, one_below, two_below;
  for (std::size_t column = 0; column < 4; ++column)
    for (std::size_t row = 0; row < 4; ++row) {
      shifted[4 * column + row] = 4 * ((column + row) % 4) + row;
      one_below[4 * column + row] = 4 * column + (row + 1) % 4;
      two_below[4 * column + row] = 4 * column + (row + 2) % 4;
    }
  AesBytes<Scheme> a = state.chosen(shifted);
  if (!mix_columns) return a;
  // 2a + 3a' + a'' + a''' = 2(a + a') + a' + (a'' + a''')
  const AesBytes<Scheme> below = a.chosen(one_below), pairs = a ^ below;
  return pairs.doubled() ^ below ^ pairs.chosen(two_below);
}

}  // namespace detail

/// AES-128 of shared blocks under shared keys: result[k] is the encryption of blocks[k] under keys[k], or under keys[0]
/// where there is one key only. All are numbers of 128 bits, of which bits 8i to 8i + 7 are byte i of FIPS 197.
///
/// Security: that of the engine; nothing is revealed.
/// Cost: 60 rounds, 5120 conjunctions a block and 1280 a key.
/// Errors: Error(invalid_argument) for numbers that do not have 128 bits, and for as many keys as there are neither
/// blocks nor one.
/// Source: [FIPS 197] with the S-box of [BP10], the key's round keys being made beside the state's rounds.
template <Engine E>
SharedBitsOf<E> aes128_encrypt(E& engine, const SharedBitsOf<E>& keys, const SharedBitsOf<E>& blocks) {
  using State = detail::AesBytes<typename E::Scheme>;
  if (keys.width() != 128 || blocks.width() != 128)
    throw Error(ErrorCode::invalid_argument, "AES-128 has keys and blocks of 128 bits, not of " +
                                                 std::to_string(keys.width()) + " and " +
                                                 std::to_string(blocks.width()));
  if (keys.size() != 1 && keys.size() != blocks.size())
    throw Error(ErrorCode::invalid_argument,
                std::to_string(keys.size()) + " keys for " + std::to_string(blocks.size()) + " blocks");
  if (blocks.size() == 0) return blocks;
  const std::size_t count = blocks.size();
  State key = State::from_numbers(keys), state = State::from_numbers(blocks) ^ key.repeated(count);
  std::uint8_t round_constant = 1;
  for (int round = 1; round <= 10; ++round) {
    const State rotated = key.chosen(std::array<std::size_t, 4>{13, 14, 15, 12});
    const SharedBitsOf<E> substituted = detail::aes_s_box_less_constant(engine, concat(state.bytes(), rotated.bytes()));
    // MixColumns leaves a constant that is added to all bytes as it is
    state = detail::aes_diffuse(State(substituted.slice(0, 16 * count), count), round < 10);
    state ^= 0x63;

    State word(substituted.slice(16 * count, 4 * keys.size()), keys.size());
    word ^= 0x63;
    State first = word.part(0, 1);
    first ^= round_constant;
    word = State(concat(first.bytes(), word.part(1, 3).bytes()), keys.size());
    std::vector<SharedBitsOf<E>> words;
    for (std::size_t w = 0; w < 4; ++w) {
      word ^= key.part(4 * w, 4);
      words.push_back(word.bytes());
    }
    key = State(concat(words), keys.size());
    state ^= key.repeated(count);
    round_constant = static_cast<std::uint8_t>(round_constant << 1 ^ (round_constant >> 7) * 0x1B);
  }
  return state.to_numbers();
}

}  // namespace parley
