// SPDX-License-Identifier: Apache-2.0
// Randomness: a cryptographic stream that parties can expand from a common seed, a generator seeded by the operating
// system, and a reproducible one for tests, each a type of its own.
//
// A stream is the key stream of AES-128-CTR or ChaCha20 under a key derived from the seed. Children are derived from
// the seed as well, never from the stream: the seed is the root of a tree in which the path of a node, the labels on
// the way to it and at last the cipher, is absorbed 16 bytes at a time,
//     key := first 32 bytes of ChaCha20_block(key, 16 bytes of the path),
// which is the cascade construction over the block function of ChaCha20, an assumed pseudorandom function of its 16
// bytes of counter and nonce. The cascade is a pseudorandom function as long as no queried path is a prefix of another
// [BCK96]; with steps of one bit it is the tree of [GGM86]. The encoding below sees to that: keys are taken only
// of paths that end in a block of the kind "stream", which occurs nowhere else. So the keys of all streams, parents and
// children alike, are independent to anyone who does not know the seed, whatever labels he chooses. Derivation is the
// same on every machine and for both ciphers.
//
// How much may be drawn: a stream of b AES blocks is distinguished from uniform with advantage at most b^2 / 2^129
// beyond that against AES (its blocks never repeat): 2^-57 after a terabyte. ChaCha20 has no such term. Counters have
// 64 bits and end in an Error rather than come round.
//
// Not provided: the seed stays in the generator for its children, so whoever reads the memory of a live generator can
// compute what it has drawn before.
//
// [BCK96] Bellare, Canetti, Krawczyk: Pseudorandom functions revisited: the cascade construction. FOCS 1996
// [GGM86] Goldreich, Goldwasser, Micali: How to construct random functions. J. ACM 33(4), 1986
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "parley/core/bytes.hpp"
#include "parley/core/chacha20.hpp"
#include "parley/core/entropy.hpp"
#include "parley/core/error.hpp"
#include "parley/core/fork.hpp"
#include "parley/core/integer.hpp"
#include "parley/core/keystream.hpp"
#include "parley/core/wipe.hpp"

namespace parley {

/// What functions that need randomness ask for. `random.fill(bytes)` draws; the bytes do not depend on how a draw is
/// split into calls. `random.child(label)` is a generator whose output is independent of that of `random` and of its
/// other children. Of a RandomStream and a TestRandom, equal labels give equal children: a function that may be called
/// twice with one generator draws from it, or takes a new label each time.
template <class R>
concept RandomSource = requires(R& random, std::span<std::byte> out, std::string_view label) {
  { random.fill(out) } -> std::same_as<void>;
  { random.child(label) } -> std::same_as<R>;
};

namespace detail {

/// The first byte of a 16-byte block of a path. The second is how many of the 14 that follow are data; the rest is
/// zero.
enum class PathBlock : std::uint8_t {
  label_continues = 1,  // 14 bytes of a label, more blocks of which follow
  label_ends = 2,       // the last 0 to 14 bytes of a label
  stream = 3,           // the end of a path: the key of the stream; the datum is the cipher
};

/// One step of the cascade.
inline void absorb(Seed& key, PathBlock kind, std::span<const std::byte> data) noexcept {
  std::array<std::byte, 16> input{};
  input[0] = static_cast<std::byte>(kind);
  input[1] = static_cast<std::byte>(data.size());
  std::copy(data.begin(), data.end(), input.begin() + 2);  // at most 14 bytes
  ChaCha20State state = chacha20_state(key, input);
  std::array<std::byte, chacha20_block_size> block;
  chacha20_block(state, block);
  std::copy_n(block.begin(), key.size(), key.begin());
  wipe(state);
  wipe(block);
}

inline void absorb_label(Seed& key, std::span<const std::byte> label) noexcept {
  for (; label.size() > 14; label = label.subspan(14)) absorb(key, PathBlock::label_continues, label.first(14));
  absorb(key, PathBlock::label_ends, label);
}

inline void absorb_label(Seed& key, std::string_view label) noexcept {
  absorb_label(key, std::as_bytes(std::span(label)));
}

}  // namespace detail

/// A cryptographic stream, a function of seed and cipher alone: parties that hold a common seed expand it to common
/// randomness, on whatever machines. Secure as long as the seed is secret and uniform; two streams of one seed and
/// cipher are equal. Move-only: a copy would draw the same bytes again. Not for use by two threads at once: give each a
/// child.
class RandomStream {
 public:
  /// @throws Error(invalid_argument) for aes128_ctr on a machine without AES instructions; see cipher_available().
  RandomStream(const Seed& seed, Cipher cipher) : node_(seed), keystream_(make_keystream(seed, cipher)) {}

  RandomStream(const RandomStream&) = delete;             // take a child(): a copy would draw the same bytes again
  RandomStream& operator=(const RandomStream&) = delete;  // take a child(): a copy would draw the same bytes again

  /// What is moved from draws nothing any more: it throws Error(invalid_state).
  RandomStream(RandomStream&& other) noexcept
      : node_(other.node_), keystream_(std::move(other.keystream_)), buffer_(other.buffer_), used_(other.used_) {
    other.forget();
  }
  RandomStream& operator=(RandomStream&& other) noexcept {
    if (this != &other) {
      node_ = other.node_;
      keystream_ = std::move(other.keystream_);
      buffer_ = other.buffer_;
      used_ = other.used_;
      other.forget();
    }
    return *this;
  }
  ~RandomStream() { forget(); }

  /// Writes the next out.size() bytes of the stream. Long requests are written in place, short ones come from a buffer.
  /// @throws Error(invalid_state) after a move, and after some 2^68 bytes.
  void fill(std::span<std::byte> out) {
    // A constant size beyond the buffer's decides the second comparison, so that nothing of the copy is compiled for it.
    if (!out.empty() && out.size() <= buffer_.size() && out.size() <= buffer_.size() - used_) {
      std::memcpy(out.data(), buffer_.data() + used_, out.size());
      used_ += out.size();
    } else {
      fill_beyond_buffer(out);
    }
  }

  /// The stream at the end of the path that is longer by `label`, with the same cipher. It depends on the seed and the
  /// labels on the way, not on what was drawn: equal labels give equal streams.
  [[nodiscard]] RandomStream child(std::string_view label) const {
    if (!keystream_.valid()) throw Error(ErrorCode::invalid_state, "this random generator was moved from");
    Seed node = node_;
    detail::absorb_label(node, label);
    RandomStream result(node, cipher());
    wipe(node);
    return result;
  }

  [[nodiscard]] Cipher cipher() const noexcept { return keystream_.cipher(); }

 private:
  static detail::Keystream make_keystream(const Seed& node, Cipher cipher) {
    Seed key = node;
    const std::array<std::byte, 1> datum = {static_cast<std::byte>(cipher)};
    detail::absorb(key, detail::PathBlock::stream, datum);
    detail::Keystream keystream(cipher, key);
    wipe(key);
    return keystream;
  }

  [[gnu::noinline]] void fill_beyond_buffer(std::span<std::byte> out) {
    if (const std::size_t rest = std::min(buffer_.size() - used_, out.size()); rest > 0) {
      std::memcpy(out.data(), buffer_.data() + used_, rest);
      used_ += rest;
      out = out.subspan(rest);
    }
    if (out.size() >= buffer_.size()) {
      const std::size_t units = out.size() / detail::keystream_unit;
      keystream_.generate(out.data(), units);
      out = out.subspan(units * detail::keystream_unit);
    }
    if (out.empty()) return;
    keystream_.generate(buffer_.data(), buffer_.size() / detail::keystream_unit);
    std::memcpy(out.data(), buffer_.data(), out.size());
    used_ = out.size();
  }

  void forget() noexcept {
    wipe(node_);
    wipe(buffer_);
    used_ = buffer_.size();
  }

  Seed node_;
  detail::Keystream keystream_;
  std::array<std::byte, 8 * detail::keystream_unit> buffer_{};
  std::size_t used_ = buffer_.size();  // the bytes of buffer_ before this position have been handed out
};

/// The generator for secrets: seeded by the operating system when it is made, and again where it notices that it lives
/// in a fork of the process that made it. `SystemRandom random;` and no more. Move-only. Not for use by two threads at
/// once: give each a child. What it draws is secret against every computationally bounded adversary that cannot read
/// this memory; a virtual machine that is resumed twice from one snapshot repeats it.
class SystemRandom {
 public:
  /// @throws Error(randomness_unavailable)
  SystemRandom() : SystemRandom(seed_from_operating_system()) {}

  void fill(std::span<std::byte> out) {
    if (detail::fork_generation() != generation_) *this = SystemRandom();
    stream_.fill(out);
  }

  /// A generator that is independent of this one and of all its other children, those of the same label included.
  /// @throws Error(invalid_state) after a move
  [[nodiscard]] SystemRandom child(std::string_view label) {
    if (detail::fork_generation() != generation_) *this = SystemRandom();
    std::array<std::byte, 8> number;
    store_little_endian<std::uint64_t>(number, children_++);
    return SystemRandom(
        stream_.child(label).child(std::string_view(reinterpret_cast<const char*>(number.data()), number.size())));
  }

 private:
  explicit SystemRandom(RandomStream stream) noexcept
      : stream_(std::move(stream)), generation_(detail::fork_generation()) {}

  static RandomStream seed_from_operating_system() {
    Seed seed;
    fill_from_operating_system(seed);
    RandomStream stream(seed, preferred_cipher());
    wipe(seed);
    return stream;
  }

  RandomStream stream_;
  std::uint64_t generation_;
  std::uint64_t children_ = 0;
};

/// A generator for tests and benchmarks: the same bytes for the same number, on every machine. **Not for secrets**:
/// whoever guesses a 64-bit number, most often 1 or 42, knows all. A type of its own, so that it never gets into a
/// program unnoticed.
class TestRandom {
 public:
  explicit TestRandom(std::uint64_t seed) : stream_(widen(seed), Cipher::chacha20) {}

  void fill(std::span<std::byte> out) { stream_.fill(out); }

  /// Equal labels give equal children.
  [[nodiscard]] TestRandom child(std::string_view label) const { return TestRandom(stream_.child(label)); }

 private:
  explicit TestRandom(RandomStream stream) noexcept : stream_(std::move(stream)) {}

  static Seed widen(std::uint64_t seed) noexcept {
    Seed wide{};
    store_little_endian<std::uint64_t>(std::span(wide).first<8>(), seed);
    return wide;
  }

  RandomStream stream_;
};

/// A seed for a RandomStream. The caller wipes it when it has been used.
template <RandomSource R>
[[nodiscard]] Seed draw_seed(R& random) {
  Seed seed;
  random.fill(seed);
  return seed;
}

/// A number that is uniform on 0, ..., bound - 1, exactly: draws that would favour some numbers are rejected, with
/// probability bound / 2^64 at most. The time depends on the rejections, which are independent of the number returned,
/// and on the bound. [Lemire, "Fast random integer generation in an interval", 2019]
/// @throws Error(invalid_argument) if bound is 0.
template <RandomSource R>
[[nodiscard]] std::uint64_t uniform_below(R& random, std::uint64_t bound) {
  if (bound == 0) throw Error(ErrorCode::invalid_argument, "there is no number below 0 to draw");
  // The high word of x * bound is r for the x of an interval of length 2^64 / bound, in which the low word runs through
  // r-dependent values in steps of bound. Of those at least 2^64 mod bound, each r has exactly floor(2^64 / bound).
  const std::uint64_t threshold = (0 - bound) % bound;  // 2^64 mod bound
  for (;;) {
    std::array<std::byte, 8> bytes;
    random.fill(bytes);
    const uint128 product = uint128{load_little_endian<std::uint64_t>(bytes)} * bound;
    if (static_cast<std::uint64_t>(product) >= threshold) return static_cast<std::uint64_t>(product >> 64);
  }
}

}  // namespace parley
