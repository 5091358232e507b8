// SPDX-License-Identifier: Apache-2.0
// Unsigned integers of a fixed number of 64-bit words: the integers of the prime fields that uint128 is too short for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

#include "parley/core/integer.hpp"

namespace parley {

/// An unsigned integer of `words_` words, in which arithmetic wraps around as in the built-in ones. A structural type,
/// so that a constant can be a template argument.
///
/// Constant time: everything but division, remainder and to_string; shift distances are public.
template <std::size_t words_>
struct WideInteger {
  /// The longest built-in integer that always fits; it converts without being asked.
  using Narrow = std::conditional_t<words_ == 1, std::uint64_t, uint128>;

  static constexpr std::size_t bits = 64 * words_;

  constexpr WideInteger() noexcept = default;
  constexpr WideInteger(Narrow value) noexcept {
    words[0] = static_cast<std::uint64_t>(value);
    if constexpr (words_ > 1) words[1] = static_cast<std::uint64_t>(value >> 64);
  }
  explicit constexpr WideInteger(const std::array<std::uint64_t, words_>& words_to_copy) noexcept
      : words(words_to_copy) {}

  /// The lowest bits.
  template <UnsignedInteger U>
  explicit constexpr operator U() const noexcept {
    if constexpr (sizeof(U) > sizeof(std::uint64_t) && words_ > 1) {
      return static_cast<U>((U{words[1]} << 64) | words[0]);
    } else {
      return static_cast<U>(words[0]);
    }
  }

  friend constexpr WideInteger operator+(const WideInteger& a, const WideInteger& b) noexcept {
    WideInteger sum;
    uint128 carry = 0;
    for (std::size_t i = 0; i < words_; ++i, carry >>= 64) {
      carry += uint128{a.words[i]} + b.words[i];
      sum.words[i] = static_cast<std::uint64_t>(carry);
    }
    return sum;
  }
  friend constexpr WideInteger operator-(const WideInteger& a, const WideInteger& b) noexcept { return a + ~b + 1U; }
  friend constexpr WideInteger operator*(const WideInteger& a, const WideInteger& b) noexcept {
    WideInteger product;
    for (std::size_t i = 0; i < words_; ++i) {
      uint128 carry = 0;
      for (std::size_t j = 0; i + j < words_; ++j, carry >>= 64) {
        carry += uint128{a.words[i]} * b.words[j] + product.words[i + j];  // < 2^64 + (2^64 - 1)^2 + 2^64 <= 2^128
        product.words[i + j] = static_cast<std::uint64_t>(carry);
      }
    }
    return product;
  }
  friend constexpr WideInteger operator&(WideInteger a, const WideInteger& b) noexcept {
    for (std::size_t i = 0; i < words_; ++i) a.words[i] &= b.words[i];
    return a;
  }
  friend constexpr WideInteger operator|(WideInteger a, const WideInteger& b) noexcept {
    for (std::size_t i = 0; i < words_; ++i) a.words[i] |= b.words[i];
    return a;
  }
  friend constexpr WideInteger operator^(WideInteger a, const WideInteger& b) noexcept {
    for (std::size_t i = 0; i < words_; ++i) a.words[i] ^= b.words[i];
    return a;
  }
  constexpr WideInteger operator~() const noexcept {
    WideInteger result;
    for (std::size_t i = 0; i < words_; ++i) result.words[i] = ~words[i];
    return result;
  }
  /// Zero for a distance of `bits` and more.
  friend constexpr WideInteger operator<<(const WideInteger& a, std::size_t distance) noexcept {
    WideInteger result;
    const std::size_t skipped = distance / 64, shift = distance % 64;
    for (std::size_t i = words_; i-- > skipped;) {
      result.words[i] = a.words[i - skipped] << shift;
      if (shift > 0 && i > skipped) result.words[i] |= a.words[i - skipped - 1] >> (64 - shift);
    }
    return result;
  }
  friend constexpr WideInteger operator>>(const WideInteger& a, std::size_t distance) noexcept {
    WideInteger result;
    const std::size_t skipped = distance / 64, shift = distance % 64;
    for (std::size_t i = 0; i + skipped < words_; ++i) {
      result.words[i] = a.words[i + skipped] >> shift;
      if (shift > 0 && i + skipped + 1 < words_) result.words[i] |= a.words[i + skipped + 1] << (64 - shift);
    }
    return result;
  }
  constexpr WideInteger& operator+=(const WideInteger& other) noexcept { return *this = *this + other; }
  constexpr WideInteger& operator-=(const WideInteger& other) noexcept { return *this = *this - other; }
  constexpr WideInteger& operator++() noexcept { return *this += 1U; }
  constexpr WideInteger& operator>>=(std::size_t distance) noexcept { return *this = *this >> distance; }
  constexpr WideInteger& operator<<=(std::size_t distance) noexcept { return *this = *this << distance; }

  friend constexpr bool operator==(const WideInteger& a, const WideInteger& b) noexcept {
    std::uint64_t differences = 0;
    for (std::size_t i = 0; i < words_; ++i) differences |= a.words[i] ^ b.words[i];
    return differences == 0;
  }
  friend constexpr bool operator<(const WideInteger& a, const WideInteger& b) noexcept {
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < words_; ++i) {
      borrow = static_cast<std::uint64_t>((uint128{a.words[i]} - b.words[i] - borrow) >> 127);
    }
    return borrow != 0;
  }
  friend constexpr bool operator>(const WideInteger& a, const WideInteger& b) noexcept { return b < a; }
  friend constexpr bool operator<=(const WideInteger& a, const WideInteger& b) noexcept { return !(b < a); }
  friend constexpr bool operator>=(const WideInteger& a, const WideInteger& b) noexcept { return !(a < b); }

  /// The divisor is not zero. The time depends on the values.
  friend constexpr WideInteger operator/(const WideInteger& a, const WideInteger& b) noexcept {
    return divide_vartime(a, b)[0];
  }
  friend constexpr WideInteger operator%(const WideInteger& a, const WideInteger& b) noexcept {
    return divide_vartime(a, b)[1];
  }

  /// Decimal digits. The time depends on the value.
  friend std::string to_string(WideInteger value) {
    std::string digits;
    do {
      const auto [quotient, digit] = divide_vartime(value, 10U);
      digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(digit.words[0])));
      value = quotient;
    } while (!(value == 0U));
    return digits;
  }

  std::array<std::uint64_t, words_> words{};  ///< the least significant first

 private:
  /// Quotient and remainder: by words where the divisor is one word, else by bits.
  static constexpr std::array<WideInteger, 2> divide_vartime(const WideInteger& a, const WideInteger& b) noexcept {
    WideInteger quotient, remainder;
    if (b == b.words[0]) {
      uint128 rest = 0;  // < b < 2^64
      for (std::size_t i = words_; i-- > 0; rest %= b.words[0]) {
        rest = (rest << 64) | a.words[i];
        quotient.words[i] = static_cast<std::uint64_t>(rest / b.words[0]);
      }
      return {quotient, static_cast<std::uint64_t>(rest)};
    }
    for (std::size_t bit = bits; bit-- > 0;) {
      const std::uint64_t carry = remainder.words[words_ - 1] >> 63;
      remainder = (remainder << 1) | ((a.words[bit / 64] >> (bit % 64)) & 1);
      if (carry != 0 || remainder >= b) {
        remainder -= b;
        quotient.words[bit / 64] |= std::uint64_t{1} << (bit % 64);
      }
    }
    return {quotient, remainder};
  }
};

namespace detail {

/// The lowest 8 * bytes bits of `value`, the least significant byte first.
template <std::size_t bytes, std::size_t words>
constexpr void store_low_bytes(std::span<std::byte, bytes> out, const WideInteger<words>& value) noexcept {
  static_assert(bytes <= 8 * words);
  for (std::size_t i = 0; i < bytes; ++i) {
    out[i] = static_cast<std::byte>((value.words[i / 8] >> (8 * (i % 8))) & 0xff);
  }
}

/// The integer whose bytes, the least significant first, are those of `in` and zeros.
template <class Wide, std::size_t bytes>
  requires(Wide::bits >= 8 * bytes)
constexpr Wide load_low_bytes(std::span<const std::byte, bytes> in) noexcept {
  Wide value;
  for (std::size_t i = 0; i < bytes; ++i) {
    value.words[i / 8] |= std::to_integer<std::uint64_t>(in[i]) << (8 * (i % 8));
  }
  return value;
}

template <std::size_t words>
std::string decimal(const WideInteger<words>& value) {
  return to_string(value);
}

}  // namespace detail
}  // namespace parley
