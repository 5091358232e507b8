// SPDX-License-Identifier: Apache-2.0
// Deciding on secrets without branches and without secret addresses: a Choice is a truth value held as a mask, and the
// functions here make, combine and use it by arithmetic alone.
//
// Compilers may turn masks back into branches where they see that a value is 0 or 1, so every mask passes through an
// empty assembler statement that they must assume to change it, as in libsecp256k1 and Botan. [Bernstein et al., "The
// security impact of a new cryptographic library", 2012, section 3; Botan, ct_utils.h; libsecp256k1, scalar and field
// "cmov"]
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "parley/core/error.hpp"
#include "parley/core/integer.hpp"

namespace parley::constant_time {

/// `value`, about which the compiler forgets all that it knows.
[[nodiscard]] constexpr std::uint64_t value_barrier(std::uint64_t value) noexcept {
  if (!std::is_constant_evaluated()) asm("" : "+r"(value));
  return value;
}

/// A secret truth value. It has no operator bool: a branch on it would reveal it through the time that it takes.
class Choice {
 public:
  /// `bit` is 0 or 1; its other bits are ignored.
  [[nodiscard]] static constexpr Choice from_bit(std::uint64_t bit) noexcept {
    return Choice(0 - (value_barrier(bit) & 1));
  }
  [[nodiscard]] static constexpr Choice no() noexcept { return Choice(0); }
  [[nodiscard]] static constexpr Choice yes() noexcept { return Choice(~std::uint64_t{0}); }

  /// All ones where the choice is yes, else zero.
  template <UnsignedInteger U = std::uint64_t>
  [[nodiscard]] constexpr U mask() const noexcept {
    const std::uint64_t mask = value_barrier(mask_);
    if constexpr (sizeof(U) > sizeof(mask)) {
      return (U{mask} << 64) | mask;
    } else {
      return static_cast<U>(mask);
    }
  }

  /// 1 where the choice is yes, else 0.
  [[nodiscard]] constexpr std::uint64_t bit() const noexcept { return value_barrier(mask_) & 1; }

  /// The choice as a bool to branch on: it is public from here on.
  [[nodiscard]] constexpr bool declassify() const noexcept { return bit() != 0; }

  explicit operator bool() const = delete;  // declassify() it first: a branch reveals the choice

  [[nodiscard]] friend constexpr Choice operator&(Choice a, Choice b) noexcept { return Choice(a.mask_ & b.mask_); }
  [[nodiscard]] friend constexpr Choice operator|(Choice a, Choice b) noexcept { return Choice(a.mask_ | b.mask_); }
  [[nodiscard]] friend constexpr Choice operator^(Choice a, Choice b) noexcept { return Choice(a.mask_ ^ b.mask_); }
  [[nodiscard]] constexpr Choice operator!() const noexcept { return Choice(~mask_); }

 private:
  explicit constexpr Choice(std::uint64_t mask) noexcept : mask_(mask) {}

  std::uint64_t mask_;  // 0 or 2^64 - 1
};

/// value == 0
template <UnsignedInteger U>
[[nodiscard]] constexpr Choice is_zero(U value) noexcept {
  std::uint64_t word = 0;
  if constexpr (sizeof(U) > sizeof(word)) {
    word = static_cast<std::uint64_t>(value) | static_cast<std::uint64_t>(value >> 64);
  } else {
    word = value;
  }
  word = value_barrier(word);
  // word - 1 borrows into a top bit that word itself has not set only where word is 0.
  return Choice::from_bit((~word & (word - 1)) >> 63);
}

/// a == b
template <UnsignedInteger U>
[[nodiscard]] constexpr Choice equal(U a, std::type_identity_t<U> b) noexcept {
  return is_zero<U>(static_cast<U>(a ^ b));
}

/// a < b
template <UnsignedInteger U>
[[nodiscard]] constexpr Choice less(U a, std::type_identity_t<U> b) noexcept {
  // The borrow of a - b: out of the top bit where a has 0 and b has 1 there, or where they agree and the difference
  // has 1.
  constexpr unsigned top = 8 * sizeof(U) - 1;
  const U borrow = static_cast<U>((~a & b) | (~(a ^ b) & (a - b)));
  return Choice::from_bit(static_cast<std::uint64_t>((borrow >> top) & 1));
}

/// a <= b
template <UnsignedInteger U>
[[nodiscard]] constexpr Choice less_or_equal(U a, std::type_identity_t<U> b) noexcept {
  return !less<U>(b, a);
}

/// `if_yes` where the choice is yes, else `if_no`.
template <UnsignedInteger U>
[[nodiscard]] constexpr U select(Choice choice, U if_yes, std::type_identity_t<U> if_no) noexcept {
  return static_cast<U>(if_no ^ (choice.mask<U>() & (if_yes ^ if_no)));
}

/// Exchanges `a` and `b` where the choice is yes.
template <UnsignedInteger U>
constexpr void swap_if(Choice choice, U& a, U& b) noexcept {
  const U difference = static_cast<U>(choice.mask<U>() & (a ^ b));
  a = static_cast<U>(a ^ difference);
  b = static_cast<U>(b ^ difference);
}

/// Whether two byte strings agree. Their lengths are public.
/// @throws Error(invalid_argument) for different lengths.
[[nodiscard]] constexpr Choice equal(std::span<const std::byte> a, std::span<const std::byte> b) {
  if (a.size() != b.size()) throw Error(ErrorCode::invalid_argument, "comparing byte strings of different lengths");
  std::uint64_t differences = 0;
  for (std::size_t i = 0; i < a.size(); ++i) differences |= std::to_integer<std::uint64_t>(a[i] ^ b[i]);
  return is_zero(differences);
}

}  // namespace parley::constant_time
