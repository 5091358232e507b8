// SPDX-License-Identifier: Apache-2.0
// The integers modulo a small prime that is known at compile time: fields so small that a test can try all of their
// elements. [Barrett86] Barrett: Implementing the Rivest Shamir and Adleman Public Key Encryption Algorithm on a
// Standard Digital Signal Processor, CRYPTO 1986.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "parley/core/constant_time.hpp"
#include "parley/core/integer.hpp"
#include "parley/field/power.hpp"
#include "parley/field/residue.hpp"

namespace parley {

namespace detail {

/// By trial division. The time depends on the number.
constexpr bool is_prime(std::uint32_t number) noexcept {
  if (number < 2) return false;
  for (std::uint64_t divisor = 2; divisor * divisor <= number; ++divisor) {
    if (number % divisor == 0) return false;
  }
  return true;
}

/// prefix, the decimal digits of number, suffix, and a terminating zero.
template <std::uint64_t number, std::size_t prefix_size, std::size_t suffix_size>
constexpr auto numbered_name(const char (&prefix)[prefix_size], const char (&suffix)[suffix_size]) noexcept {
  constexpr std::size_t digits = [] {
    std::size_t count = 1;
    for (std::uint64_t rest = number; rest >= 10; rest /= 10) ++count;
    return count;
  }();
  std::array<char, prefix_size + digits + suffix_size - 1> name{};
  for (std::size_t i = 0; i + 1 < prefix_size; ++i) name[i] = prefix[i];
  for (std::uint64_t rest = number, i = prefix_size - 1 + digits; i >= prefix_size; rest /= 10) {
    name[--i] = static_cast<char>('0' + rest % 10);
  }
  for (std::size_t i = 0; i + 1 < suffix_size; ++i) name[prefix_size - 1 + digits + i] = suffix[i];
  return name;
}

/// The word is the residue, in the smallest unsigned type that holds it.
template <std::uint32_t p>
struct SmallPrimeRepresentation {
  static_assert(p % 2 == 1 && is_prime(p), "the modulus must be an odd prime");

  using Word = std::conditional_t<(p < (1U << 8)), std::uint8_t,
                                  std::conditional_t<(p < (1U << 16)), std::uint16_t, std::uint32_t>>;
  using Integer = std::uint64_t;

  static constexpr auto name_storage = numbered_name<p>("SmallPrime<", ">");
  static constexpr const char* name = name_storage.data();
  static constexpr Integer modulus = p;
  static constexpr unsigned modulus_bits = static_cast<unsigned>(std::bit_width(p));
  static constexpr bool word_is_integer = true;

  static constexpr Integer to_integer(Word word) noexcept { return word; }

  // [Barrett86] floor(2^64 / p) is less than 1 below 2^64 / p, so value floor(2^64 / p) / 2^64 is less than 1 below
  // value / p, and its floor less than 2 below: the remainder is in [0, 2p). No division instruction, whose time may
  // depend on the value.
  static constexpr Word from_integer(Integer value) noexcept {
    constexpr std::uint64_t reciprocal =
        std::numeric_limits<std::uint64_t>::max() / p;  // of 2^64 too: p does not divide it
    const auto quotient = static_cast<std::uint64_t>((static_cast<uint128>(value) * reciprocal) >> 64);
    return canonical(value - quotient * p);
  }

  static constexpr Word add(Word a, Word b) noexcept { return canonical(static_cast<std::uint64_t>(a) + b); }
  static constexpr Word subtract(Word a, Word b) noexcept { return from_difference(static_cast<std::uint64_t>(a) - b); }

  // a, b < 2^32, so the product is below 2^64.
  static constexpr Word multiply(Word a, Word b) noexcept { return from_integer(static_cast<std::uint64_t>(a) * b); }

  template <class Element>
  static constexpr Element inverse(const Element& x) noexcept {
    return power(x, p - 2);
  }

  struct ProductSum {
    // Each product is at most (p - 1)^2, and as many of them stay below 2^64.
    static constexpr std::size_t capacity =
        std::numeric_limits<std::uint64_t>::max() / (static_cast<std::uint64_t>(p - 1) * (p - 1));

    constexpr void add_product(Word a, Word b) noexcept { sum += static_cast<std::uint64_t>(a) * b; }
    constexpr Word reduce() const noexcept { return from_integer(sum); }

    std::uint64_t sum = 0;
  };

 private:
  // value < 2p
  static constexpr Word canonical(std::uint64_t value) noexcept { return from_difference(value - p); }

  // -p <= difference < p in two's complement: p is added under the mask that the sign makes. Of a sign that it knows to
  // be one, clang 14 makes a branch in sums.
  static constexpr Word from_difference(std::uint64_t difference) noexcept {
    const std::uint64_t negative = constant_time::value_barrier(difference >> 63);
    return static_cast<Word>(difference + (p & (0 - negative)));
  }
};

}  // namespace detail

/// The field of `p` elements, for an odd prime `p` below 2^32 (anything else does not compile), in as few bytes as hold
/// them. SmallPrime<3>, <7>, <31>, <127>, <8191>, <131071>, <524287>, <2147483647> are Mersenne fields.
template <std::uint32_t p>
using SmallPrime = Residue<detail::SmallPrimeRepresentation<p>>;

}  // namespace parley
