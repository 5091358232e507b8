// SPDX-License-Identifier: Apache-2.0
// AES-128 of shared blocks under shared keys: a pseudorandom function whose key no party holds.
// [FIPS 197] Advanced Encryption Standard. [BP10] Boyar, Peralta: A new combinational logic minimization technique with
// applications to cryptology.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <utility>

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
    exclusive_or(sums_.words_per_plane(), sums_.component(next_, 0).data(), x.component(0).data(),
                 y.component(0).data());
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

/// The exclusive or of so many arrays of words.
template <std::size_t terms>
struct SumOf {
  std::uint64_t* out;
  std::array<const std::uint64_t*, terms> x;

  template <class Word>
  [[gnu::always_inline]] void at(std::size_t i) const {
    add<Word>(i, std::make_index_sequence<terms>{});
  }

 private:
  template <class Word, std::size_t... k>
  [[gnu::always_inline]] void add(std::size_t i, std::index_sequence<k...>) const {
    words_at<Word>(out, i).value = (words_at<Word>(x[k], i).value ^ ...);
  }
};

/// The state of several blocks, or words of their keys, in bit planes of bytes: byte i of all the blocks comes before byte
/// i + 1 of all of them, and each begins at a word, in whose lanes beyond the blocks there is anything. Byte r + 4c of a
/// state is its row r and column c. [FIPS 197, section 3.4]
class AesBytes {
 public:
  /// For one who writes all the words.
  AesBytes(const BitLayout& layout, std::size_t bytes, std::size_t blocks)
      : bytes_(bytes),
        blocks_(blocks),
        words_((blocks * layout.lane_bits + 63) / 64),
        planes_(BitPlanes::uninitialized(layout, 8, bytes * words_ * (64 / layout.lane_bits))) {}
  /// Of numbers of 8 bits for each byte.
  explicit AesBytes(const BitPlanes& numbers) : AesBytes(numbers.layout(), numbers.width() / 8, numbers.size()) {
    for_all_bytes([&](std::size_t byte, std::size_t bit, unsigned which) {
      std::ranges::copy(numbers.component(8 * byte + bit, which), word(byte, bit, which));
    });
  }
  BitPlanes to_numbers() const {
    BitPlanes numbers = BitPlanes::uninitialized(planes_.layout(), 8 * bytes_, blocks_);
    for_all_bytes([&](std::size_t byte, std::size_t bit, unsigned which) {
      std::copy_n(word(byte, bit, which), words_, numbers.component(8 * byte + bit, which).begin());
    });
    numbers.clear_tails();
    return numbers;
  }
  /// Of as many bytes, from lane `first` on, that follow each other without gaps.
  static AesBytes from_lanes(const BitPlanes& lanes, std::size_t first, std::size_t bytes, std::size_t blocks) {
    AesBytes result(lanes.layout(), bytes, blocks);
    const std::size_t lane = lanes.layout().lane_bits, length = result.in_one_piece() ? bytes : 1;
    for (std::size_t byte = 0; byte < bytes; byte += length)
      for (std::size_t bit = 0; bit < 8; ++bit)
        for (unsigned which = 0; which < lanes.layout().components; ++which)
          write_bits(result.planes_.component(bit, which), byte * result.words_ * 64, lanes.component(bit, which),
                     (first + byte * blocks) * lane, length * blocks * lane);
    return result;
  }
  /// The inverse, for all the bytes: from lane `first` on, in pieces that are written one after another.
  void to_lanes(BitPlanes& lanes, std::size_t first) const {
    const std::size_t lane = lanes.layout().lane_bits, length = in_one_piece() ? bytes_ : 1;
    for (std::size_t byte = 0; byte < bytes_; byte += length)
      for (std::size_t bit = 0; bit < 8; ++bit)
        for (unsigned which = 0; which < lanes.layout().components; ++which)
          write_bits(lanes.component(bit, which), (first + byte * blocks_) * lane, planes_.component(bit, which),
                     byte * words_ * 64, length * blocks_ * lane);
  }

  std::size_t bytes() const { return bytes_; }
  std::size_t blocks() const { return blocks_; }
  const BitLayout& layout() const { return planes_.layout(); }
  /// How many words the lanes of a byte take, and the first of them.
  std::size_t words() const { return words_; }
  std::uint64_t* word(std::size_t byte, std::size_t bit, unsigned which) {
    return planes_.component(bit, which).data() + byte * words_;
  }
  const std::uint64_t* word(std::size_t byte, std::size_t bit, unsigned which) const {
    return planes_.component(bit, which).data() + byte * words_;
  }
  /// Calls function(byte, bit, component) for all of them.
  template <class Function>
  void for_all_bytes(Function function) const {
    for (std::size_t bit = 0; bit < 8; ++bit)
      for (unsigned which = 0; which < layout().components; ++which)
        for (std::size_t byte = 0; byte < bytes_; ++byte) function(byte, bit, which);
  }

  /// Sets byte `target` to byte `first` of this plus byte `second` of `other`.
  void set_sum(std::size_t target, std::size_t first, const AesBytes& other, std::size_t second) {
    for (std::size_t bit = 0; bit < 8; ++bit)
      for (unsigned which = 0; which < layout().components; ++which)
        exclusive_or(words_, word(target, bit, which), word(first, bit, which), other.word(second, bit, which));
  }
  /// Adds a constant to one byte.
  void add_constant(std::size_t byte, std::uint8_t constant) {
    for (std::size_t bit = 0; bit < 8; ++bit)
      for (unsigned which = 0; which < layout().components; ++which)
        if ((constant >> bit & 1) != 0 && layout().one[which])
          for (std::size_t i = 0; i < words_; ++i) word(byte, bit, which)[i] ^= planes_.one_in_every_lane();
  }
  /// The same bytes for each of `blocks` blocks, from those of one.
  AesBytes repeated(std::size_t blocks) const {
    AesBytes copies(layout(), bytes_, blocks);
    const std::uint64_t lane = (std::uint64_t{1} << layout().lane_bits) - 1;
    for_all_bytes([&](std::size_t byte, std::size_t bit, unsigned which) {
      std::fill_n(copies.word(byte, bit, which), copies.words_,
                  (*word(byte, bit, which) & lane) * planes_.one_in_every_lane());
    });
    return copies;
  }

 private:
  bool in_one_piece() const { return blocks_ * layout().lane_bits % 64 == 0; }

  std::size_t bytes_, blocks_, words_;
  BitPlanes planes_;
};

/// ShiftRows, then, but for the last round, MixColumns, then AddRoundKey. [FIPS 197, sections 5.1.2 to 5.1.4]
inline AesBytes aes_diffuse(const AesBytes& state, const AesBytes& key, bool mix_columns) {
  AesBytes result(state.layout(), state.bytes(), state.blocks());
  result.for_all_bytes([&](std::size_t byte, std::size_t bit, unsigned which) {
    // the byte `down` rows below the one that ShiftRows brings here, in the same column
    const auto shifted = [&](std::size_t down, std::size_t of_bit) {
      const std::size_t row = (byte + down) % 4, column = (byte / 4 + row) % 4;
      return state.word(4 * column + row, of_bit, which);
    };
    std::uint64_t* const out = result.word(byte, bit, which);
    const std::uint64_t* const round_key = key.word(byte, bit, which);
    const std::size_t words = result.words();
    if (!mix_columns) return exclusive_or(words, out, shifted(0, bit), round_key);
    // 2a + 3a' + a'' + a''' = 2(a + a') + a' + a'' + a''', where bit i of 2x is bit i - 1 of x (modulo 8), and for x^8 =
    // x^4 + x^3 + x + 1 bit 7 is added to bits 1, 3 and 4
    const std::size_t lower = (bit + 7) % 8;
    if (bit == 1 || bit == 3 || bit == 4)
      for_all_words(words, SumOf<8>{out,
                                    {shifted(0, lower), shifted(1, lower), shifted(0, 7), shifted(1, 7),
                                     shifted(1, bit), shifted(2, bit), shifted(3, bit), round_key}});
    else
      for_all_words(words, SumOf<6>{out,
                                    {shifted(0, lower), shifted(1, lower), shifted(1, bit), shifted(2, bit),
                                     shifted(3, bit), round_key}});
  });
  return result;
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
  if (keys.width() != 128 || blocks.width() != 128)
    throw Error(ErrorCode::invalid_argument, "AES-128 has keys and blocks of 128 bits, not of " +
                                                 std::to_string(keys.width()) + " and " +
                                                 std::to_string(blocks.width()));
  if (keys.size() != 1 && keys.size() != blocks.size())
    throw Error(ErrorCode::invalid_argument,
                std::to_string(keys.size()) + " keys for " + std::to_string(blocks.size()) + " blocks");
  if (blocks.size() == 0) return blocks;
  const std::size_t count = blocks.size();
  const bool one_key = keys.size() != count;
  detail::AesBytes key(keys.planes()), state(blocks.planes());
  const auto round_key = [&] { return one_key ? key.repeated(count) : key; };
  {
    const detail::AesBytes first_key = round_key();
    for (std::size_t byte = 0; byte < 16; ++byte) state.set_sum(byte, byte, first_key, byte);
  }
  std::uint8_t round_constant = 1;
  for (int round = 1; round <= 10; ++round) {
    // beside the state the last column of the key, whose bytes move up by one
    BitPlanes bytes(blocks.planes().layout(), 8, 16 * count + 4 * keys.size());
    state.to_lanes(bytes, 0);
    detail::AesBytes rotated(key.layout(), 4, keys.size());
    rotated.for_all_bytes([&](std::size_t byte, std::size_t bit, unsigned which) {
      std::copy_n(key.word(12 + (byte + 1) % 4, bit, which), key.words(), rotated.word(byte, bit, which));
    });
    rotated.to_lanes(bytes, 16 * count);
    SharedBitsOf<E> substituted = detail::aes_s_box_less_constant(engine, SharedBitsOf<E>(std::move(bytes)));
    for (const std::size_t bit : {0U, 1U, 5U, 6U}) substituted.planes().flip_plane(bit);  // the constant 0x63

    detail::AesBytes column = detail::AesBytes::from_lanes(substituted.planes(), 16 * count, 4, keys.size());
    column.add_constant(0, round_constant);
    for (std::size_t byte = 0; byte < 4; ++byte) key.set_sum(byte, byte, column, byte);
    for (std::size_t byte = 4; byte < 16; ++byte) key.set_sum(byte, byte, key, byte - 4);
    state =
        detail::aes_diffuse(detail::AesBytes::from_lanes(substituted.planes(), 0, 16, count), round_key(), round < 10);
    round_constant = static_cast<std::uint8_t>(round_constant << 1 ^ (round_constant >> 7) * 0x1B);
  }
  return SharedBitsOf<E>(state.to_numbers());
}

}  // namespace parley
