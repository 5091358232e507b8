// SPDX-License-Identifier: Apache-2.0
// An element of a prime field: everything that does not depend on how the field represents and multiplies its residues.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

#include "parley/core/error.hpp"
#include "parley/core/integer.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/wide_integer.hpp"

namespace parley {

namespace detail {

/// Decimal digits, for any unsigned integer. The time depends on the value.
template <UnsignedInteger Integer>
std::string decimal(Integer value) {
  std::string digits;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
    value = static_cast<Integer>(value / 10);
  } while (value != 0);
  return digits;
}

/// The lowest 8 * bytes bits of `value`, the least significant byte first.
template <std::size_t bytes, UnsignedInteger Integer>
constexpr void store_low_bytes(std::span<std::byte, bytes> out, Integer value) noexcept {
  static_assert(bytes <= sizeof(Integer));
  if constexpr (std::endian::native == std::endian::little) {
    if (!std::is_constant_evaluated()) {
      std::memcpy(out.data(), &value, bytes);
      return;
    }
  }
  for (std::size_t i = 0; i < bytes; ++i) out[i] = static_cast<std::byte>((value >> (8 * i)) & 0xff);
}

template <UnsignedInteger Integer, std::size_t bytes>
constexpr Integer load_low_bytes(std::span<const std::byte, bytes> in) noexcept {
  static_assert(bytes <= sizeof(Integer));
  Integer value = 0;
  if constexpr (std::endian::native == std::endian::little) {
    if (!std::is_constant_evaluated()) {
      std::memcpy(&value, in.data(), bytes);
      return value;
    }
  }
  for (std::size_t i = 0; i < bytes; ++i) {
    value = static_cast<Integer>(value | static_cast<Integer>(static_cast<Integer>(in[i]) << (8 * i)));
  }
  return value;
}

}  // namespace detail

/// An integer modulo the prime `Representation::modulus`, for any representation that provides
/// - `name`, `Integer`, `modulus`, `modulus_bits`: as in PrimeField;
/// - `Word`: what is stored, trivially copyable, with `Word{}` for zero and one Word for each residue, so that `==` of
///   words is `==` of residues; `word_is_integer`: it is the residue itself, as an unsigned integer;
/// - `from_integer(Integer)` -> Word, which reduces, and `to_integer(Word)` -> Integer below the modulus;
/// - `add`, `subtract`, `multiply(Word, Word)` -> Word;
/// - `inverse(Residue)` -> Residue, in terms of multiplication;
/// - `ProductSum`: a sum of products, not reduced until the end: `add_product(Word, Word)`, at most `capacity` times,
///   then `reduce()` -> Word.
///
/// Constant time: everything but `to_string`, as far as the representation is.
template <class Representation>
class Residue {
 public:
  using Word = typename Representation::Word;
  using Integer = typename Representation::Integer;

  static constexpr const char* name = Representation::name;
  static constexpr Integer modulus = Representation::modulus;
  static constexpr unsigned modulus_bits = Representation::modulus_bits;
  static constexpr std::size_t encoded_size = (modulus_bits + 7) / 8;
  static constexpr std::size_t sample_size = encoded_size;

  constexpr Residue() noexcept = default;

  /// `value` modulo the prime.
  explicit constexpr Residue(std::uint64_t value) noexcept : word_(Representation::from_integer(value)) {}

  static constexpr Residue zero() noexcept { return Residue(); }
  static constexpr Residue one() noexcept {
    constexpr Residue result(1);  // no conversion at run time
    return result;
  }
  static constexpr Residue from_integer(Integer value) noexcept { return of(Representation::from_integer(value)); }
  constexpr Integer to_integer() const noexcept { return Representation::to_integer(word_); }

  static constexpr bool order_exceeds(std::uint64_t k) noexcept { return modulus > k; }

  /// The k-th evaluation point, `k` itself. Throws Error(out_of_range) where the field has no more than `k` elements.
  static constexpr Residue embed(std::uint64_t k) {
    if (!order_exceeds(k)) {
      throw Error(ErrorCode::out_of_range,
                  std::string(name) + " has too few elements for evaluation point " + std::to_string(k));
    }
    return Residue(k);
  }

  [[gnu::always_inline]] friend constexpr Residue operator+(const Residue& a, const Residue& b) noexcept {
    return of(Representation::add(a.word_, b.word_));
  }
  [[gnu::always_inline]] friend constexpr Residue operator-(const Residue& a, const Residue& b) noexcept {
    return of(Representation::subtract(a.word_, b.word_));
  }
  [[gnu::always_inline]] friend constexpr Residue operator*(const Residue& a, const Residue& b) noexcept {
    return of(Representation::multiply(a.word_, b.word_));
  }
  constexpr Residue operator-() const noexcept { return Residue() - *this; }
  constexpr Residue& operator+=(Residue other) noexcept { return *this = *this + other; }
  constexpr Residue& operator-=(Residue other) noexcept { return *this = *this - other; }
  constexpr Residue& operator*=(Residue other) noexcept { return *this = *this * other; }
  friend constexpr bool operator==(Residue a, Residue b) noexcept { return a.word_ == b.word_; }

  /// The inverse, and zero for zero, by Fermat's little theorem: x^(modulus - 2).
  constexpr Residue inverse() const noexcept { return Representation::inverse(*this); }

  /// `to_integer()`, the least significant byte first.
  constexpr void encode(std::span<std::byte, encoded_size> out) const noexcept {
    detail::store_low_bytes<encoded_size>(out, to_integer());
  }

  /// Nothing for an integer that is not below the modulus.
  static constexpr std::optional<Residue> decode(std::span<const std::byte, encoded_size> in) noexcept {
    return from_reduced(detail::load_low_bytes<Integer, encoded_size>(in));
  }

  /// The lowest `modulus_bits` bits of the sample, nothing where they are not below the modulus.
  static constexpr std::optional<Residue> from_sample(std::span<const std::byte, sample_size> sample) noexcept {
    return from_reduced(detail::load_low_bytes<Integer, sample_size>(sample) & sample_mask);
  }

  friend std::string to_string(const Residue& x) { return detail::decimal(x.to_integer()); }

  // The rest is for the vector kernels.

  /// The bits of a sample that from_sample looks at.
  static constexpr Integer sample_mask = static_cast<Integer>(~Integer{0}) >> (8 * sizeof(Integer) - modulus_bits);

  /// Whether the memory of an element, on a little-endian machine, is its encoding.
  static constexpr bool memory_is_encoding = Representation::word_is_integer && sizeof(Word) == encoded_size;

  /// Zero if and only if `word` is the memory of an element; without a comparison where a bit is to spare, which
  /// vectorises.
  static constexpr Word noncanonical(Word word) noexcept requires(Representation::word_is_integer) {
    if constexpr (modulus_bits < 8 * sizeof(Word)) {
      // Some bit above the lowest modulus_bits is set in the word itself, or, if not, in modulus - 1 - word where this
      // is negative.
      return static_cast<Word>(static_cast<Word>(word | static_cast<Word>(modulus - 1 - word)) >> modulus_bits);
    } else {
      return word >= modulus;
    }
  }

  /// A sum of at most `capacity` products, not reduced until the end.
  class ProductSum {
   public:
    static constexpr std::size_t capacity = Representation::ProductSum::capacity;
    constexpr void add_product(Residue a, Residue b) noexcept { sum_.add_product(a.word_, b.word_); }
    constexpr Residue reduce() const noexcept { return of(sum_.reduce()); }

   private:
    typename Representation::ProductSum sum_;
  };

 private:
  static constexpr Residue of(Word word) noexcept {
    Residue result;
    result.word_ = word;
    return result;
  }

  static constexpr std::optional<Residue> from_reduced(Integer value) noexcept {
    if (value >= modulus) return std::nullopt;
    return from_integer(value);
  }

  // Invariant: a word that the representation makes for a residue; each residue has exactly one.
  Word word_{};
};

}  // namespace parley
