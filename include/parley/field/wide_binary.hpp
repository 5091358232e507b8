// SPDX-License-Identifier: Apache-2.0
// GF(2^64) and GF(2^128): polynomials over GF(2) modulo an irreducible one, an element in a machine word or two.
// [SP800-38B] NIST Special Publication 800-38B, section 5.3 (the constants of both polynomials). [P1619] IEEE 1619-2018
// (the polynomial of degree 128 with its coefficients in this order).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

#include "parley/core/cpu.hpp"
#include "parley/core/integer.hpp"
#include "parley/field/carryless.hpp"
#include "parley/field/chosen_kernels.hpp"
#include "parley/field/power.hpp"
#include "parley/field/residue.hpp"
#include "parley/field/vector.hpp"
#include "parley/field/wide_binary_avx2.hpp"
#include "parley/field/wide_binary_avx512.hpp"
#include "parley/field/wide_binary_pclmulqdq.hpp"

namespace parley {

/// GF(2)[x] modulo x^64 + x^4 + x^3 + x + 1, or modulo x^128 + x^7 + x^2 + x + 1: for either degree the first irreducible
/// polynomial among those with the fewest terms [SP800-38B].
///
/// The encoding has the coefficient of x^i in bit i % 8 of byte i / 8, as XTS does [P1619]. (GHASH, modulo the same
/// polynomial of degree 128, has it in bit 7 - i % 8.)
///
/// Constant time: everything but `to_string`; no table is looked up.
///
/// `Points` says which elements the evaluation points are: Points::at(k) is the k-th one's polynomial. By default its
/// coefficients are the bits of k.
template <unsigned degree_, class Points = void>
class WideBinary {
  static_assert(degree_ == 64 || degree_ == 128);
  static constexpr bool two_words = degree_ == 128;

 public:
  using Value = std::conditional_t<two_words, uint128, std::uint64_t>;

  static constexpr unsigned degree = degree_;
  /// The polynomial without x^degree: its coefficients are these bits.
  static constexpr std::uint8_t low_terms = two_words ? 0x87 : 0x1B;
  static constexpr std::size_t encoded_size = degree / 8;
  static constexpr std::size_t sample_size = encoded_size;

  static constexpr const char* name =
      two_words ? "GF(2^128)/0x100000000000000000000000000000087" : "GF(2^64)/0x1000000000000001B";

  constexpr WideBinary() noexcept = default;

  /// The polynomial whose coefficients are the bits of `value`.
  explicit constexpr WideBinary(std::uint64_t value) noexcept : value_(value) {}

  static constexpr WideBinary zero() noexcept { return WideBinary(); }
  static constexpr WideBinary one() noexcept { return WideBinary(1); }
  static constexpr WideBinary from_value(Value value) noexcept {
    WideBinary result;
    result.value_ = value;
    return result;
  }
  constexpr Value value() const noexcept { return value_; }

  static constexpr bool order_exceeds(std::uint64_t) noexcept { return true; }

  /// The k-th evaluation point.
  static constexpr WideBinary embed(std::uint64_t k) noexcept {
    if constexpr (std::is_void_v<Points>)
      return WideBinary(k);
    else
      return WideBinary(Points::at(k));
  }

  friend constexpr WideBinary operator+(WideBinary a, WideBinary b) noexcept { return from_value(a.value_ ^ b.value_); }
  friend constexpr WideBinary operator-(WideBinary a, WideBinary b) noexcept { return a + b; }
  friend constexpr WideBinary operator*(WideBinary a, WideBinary b) noexcept {
#if defined(__x86_64__)
    if (!std::is_constant_evaluated() && cpu_features().pclmulqdq)
      return detail::WideBinaryPclmulqdq<WideBinary>::product(a, b);
#endif
    return multiply_portably(a, b);
  }
  constexpr WideBinary operator-() const noexcept { return *this; }
  constexpr WideBinary& operator+=(WideBinary other) noexcept { return *this = *this + other; }
  constexpr WideBinary& operator-=(WideBinary other) noexcept { return *this = *this - other; }
  constexpr WideBinary& operator*=(WideBinary other) noexcept { return *this = *this * other; }
  friend constexpr bool operator==(WideBinary a, WideBinary b) noexcept = default;

  /// The inverse, and zero for zero: x^(2^degree - 2), whose exponent is 2 (2^(degree - 1) - 1).
  constexpr WideBinary inverse() const noexcept {
    const WideBinary root = detail::power_of_all_ones<degree - 1>(*this);
    return root * root;
  }

  /// `value()`, the least significant byte first.
  constexpr void encode(std::span<std::byte, encoded_size> out) const noexcept {
    detail::store_low_bytes<encoded_size>(out, value_);
  }

  /// Every byte string is the encoding of an element.
  static constexpr std::optional<WideBinary> decode(std::span<const std::byte, encoded_size> in) noexcept {
    return from_value(detail::load_low_bytes<Value, encoded_size>(in));
  }
  static constexpr std::optional<WideBinary> from_sample(std::span<const std::byte, sample_size> sample) noexcept {
    return decode(sample);
  }

  friend std::string to_string(WideBinary x) { return detail::decimal(x.value_); }

  // The rest is for the vector kernels.

  using Word = Value;

  /// The bits of a sample that from_sample looks at.
  static constexpr Word sample_mask = static_cast<Word>(~Word{0});

  /// Whether the memory of an element is its encoding.
  static constexpr bool memory_is_encoding = true;

  /// Zero if and only if `word` is the memory of an element, which every word is.
  static constexpr Word noncanonical(Word) noexcept { return 0; }

  /// The product by integer multiplication: slower than by an instruction for it, and the same.
  static constexpr WideBinary multiply_portably(WideBinary a, WideBinary b) noexcept {
    ProductSum product;
    product.add_product(a, b);
    return product.reduce();
  }

  /// a(0) b(0) + ... + a(count - 1) b(count - 1), reduced once: for so few terms that the call of a kernel would take
  /// longer than they do.
  template <class Left, class Right>
  [[gnu::always_inline]] static WideBinary sum_of_few_products(std::size_t count, Left a, Right b) noexcept {
#if defined(__x86_64__)
    if (cpu_features().pclmulqdq) return detail::WideBinaryPclmulqdq<WideBinary>::sum_of_products(count, a, b);
#endif
    return sum_of_products_portably(count, a, b);
  }

  /// A sum of products by integer multiplication, reduced at the end: sums of polynomials do not overflow.
  class ProductSum {
   public:
    static constexpr std::size_t capacity = ~std::size_t{0};

    constexpr void add_product(WideBinary a, WideBinary b) noexcept {
      const auto a0 = static_cast<std::uint64_t>(a.value_), b0 = static_cast<std::uint64_t>(b.value_);
      low_ ^= detail::multiply_carryless(a0, b0);
      if constexpr (two_words) {
        const auto a1 = static_cast<std::uint64_t>(a.value_ >> 64), b1 = static_cast<std::uint64_t>(b.value_ >> 64);
        high_ ^= detail::multiply_carryless(a1, b1);
        outer_ ^= detail::multiply_carryless(a0 ^ a1, b0 ^ b1);
      }
    }

    // x^degree = the low terms, so that what is beyond is multiplied by them, a word at a time.
    constexpr WideBinary reduce() const noexcept {
      if constexpr (two_words) {
        const uint128 cross = outer_ ^ low_ ^ high_;  // a0 b1 + a1 b0, at x^64
        const uint128 beyond = high_ ^ (cross >> 64);
        const uint128 first = times_low_terms(static_cast<std::uint64_t>(beyond >> 64));  // at x^64
        const uint128 second = times_low_terms(static_cast<std::uint64_t>(beyond ^ (first >> 64)));
        return from_value(low_ ^ (cross << 64) ^ (first << 64) ^ second);
      } else {
        const uint128 first = times_low_terms(static_cast<std::uint64_t>(low_ >> 64));
        return from_value(static_cast<Value>(low_ ^ first ^ times_low_terms(static_cast<std::uint64_t>(first >> 64))));
      }
    }

   private:
    static constexpr uint128 times_low_terms(std::uint64_t word) noexcept {
      uint128 product = 0;
      for (unsigned i = 0; i < 8; ++i)
        if (((low_terms >> i) & 1) != 0) product ^= uint128{word} << i;
      return product;
    }

    // Sums of a0 b0, of a1 b1, and of (a0 + a1)(b0 + b1); of the whole product, where an element is one word.
    uint128 low_ = 0, high_ = 0, outer_ = 0;
  };

 private:
  template <class Left, class Right>
  [[gnu::noinline]] static WideBinary sum_of_products_portably(std::size_t count, Left a, Right b) noexcept {
    ProductSum sum;
    for (std::size_t i = 0; i < count; ++i) sum.add_product(a(i), b(i));
    return sum.reduce();
  }

  Value value_ = 0;
};

/// GF(2^64) modulo x^64 + x^4 + x^3 + x + 1: 8 bytes each.
using GF2To64 = WideBinary<64>;

/// GF(2^128) modulo x^128 + x^7 + x^2 + x + 1, the field of AES-GCM and of XTS: 16 bytes each.
using GF2To128 = WideBinary<128>;

#if defined(__x86_64__)
template <unsigned degree, class Points>
struct detail::Kernels<WideBinary<degree, Points>>
    : ChosenKernels<WideBinary<degree, Points>, WideBinaryAvx512<WideBinary<degree, Points>>,
                    WideBinaryAvx2<WideBinary<degree, Points>>, WideBinaryPclmulqdq<WideBinary<degree, Points>>> {};
#endif

}  // namespace parley
