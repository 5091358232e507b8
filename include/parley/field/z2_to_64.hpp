// SPDX-License-Identifier: Apache-2.0
// The ring of the integers modulo 2^64: the arithmetic of machine words, for what needs no inverses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "parley/field/residue.hpp"
#include "parley/field/vector.hpp"

namespace parley {

/// An integer modulo 2^64. A ring and no field: even integers have no inverse. Additive and replicated sharing
/// work over it; Shamir's scheme does not, because the differences of the parties' points must be invertible.
///
/// Constant time: everything but `to_string`.
class Z2To64 {
 public:
  static constexpr const char* name = "Z/2^64";
  static constexpr std::size_t encoded_size = 8;
  static constexpr std::size_t sample_size = 8;

  constexpr Z2To64() noexcept = default;
  explicit constexpr Z2To64(std::uint64_t value) noexcept : value_(value) {}

  static constexpr Z2To64 zero() noexcept { return Z2To64(); }
  static constexpr Z2To64 one() noexcept { return Z2To64(1); }
  constexpr std::uint64_t to_integer() const noexcept { return value_; }

  friend constexpr Z2To64 operator+(Z2To64 a, Z2To64 b) noexcept { return Z2To64(a.value_ + b.value_); }
  friend constexpr Z2To64 operator-(Z2To64 a, Z2To64 b) noexcept { return Z2To64(a.value_ - b.value_); }
  friend constexpr Z2To64 operator*(Z2To64 a, Z2To64 b) noexcept { return Z2To64(a.value_ * b.value_); }
  constexpr Z2To64 operator-() const noexcept { return Z2To64(0 - value_); }
  constexpr Z2To64& operator+=(Z2To64 other) noexcept { return *this = *this + other; }
  constexpr Z2To64& operator-=(Z2To64 other) noexcept { return *this = *this - other; }
  constexpr Z2To64& operator*=(Z2To64 other) noexcept { return *this = *this * other; }
  friend constexpr bool operator==(Z2To64 a, Z2To64 b) noexcept = default;

  /// `to_integer()`, the least significant byte first.
  constexpr void encode(std::span<std::byte, encoded_size> out) const noexcept {
    detail::store_low_bytes<encoded_size>(out, value_);
  }

  /// Every byte string is the encoding of an element.
  static constexpr std::optional<Z2To64> decode(std::span<const std::byte, encoded_size> in) noexcept {
    return Z2To64(detail::load_low_bytes<std::uint64_t, encoded_size>(in));
  }
  static constexpr std::optional<Z2To64> from_sample(std::span<const std::byte, sample_size> sample) noexcept {
    return decode(sample);
  }

  friend std::string to_string(Z2To64 x) { return std::to_string(x.value_); }

  // The rest is for the vector kernels.

  using Word = std::uint64_t;

  /// The bits of a sample that from_sample looks at.
  static constexpr Word sample_mask = ~Word{0};

  /// Whether the memory of an element is its encoding.
  static constexpr bool memory_is_encoding = true;

  /// Zero if and only if `word` is the memory of an element, which every word is.
  static constexpr Word noncanonical(Word) noexcept { return 0; }

 private:
  std::uint64_t value_ = 0;
};

}  // namespace parley
