// SPDX-License-Identifier: Apache-2.0
// The fields of 2^degree elements for degrees up to 8: polynomials over GF(2) modulo an irreducible one, a byte each.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>

#include "parley/core/error.hpp"
#include "parley/field/binary256_avx2.hpp"
#include "parley/field/binary256_avx2_gfni.hpp"
#include "parley/field/binary256_avx512.hpp"
#include "parley/field/chosen_kernels.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/power.hpp"
#include "parley/field/vector.hpp"

namespace parley {

namespace detail {

/// The degree of a polynomial over GF(2) whose coefficients are the bits of `polynomial`; -1 for zero.
constexpr int degree_over_gf2(std::uint64_t polynomial) noexcept {
  int degree = -1;
  for (; polynomial != 0; polynomial >>= 1) ++degree;
  return degree;
}

constexpr std::uint64_t remainder_over_gf2(std::uint64_t dividend, std::uint64_t divisor) noexcept {
  const int degree = degree_over_gf2(divisor);
  for (int excess = degree_over_gf2(dividend) - degree; excess >= 0; excess = degree_over_gf2(dividend) - degree) {
    dividend ^= divisor << excess;
  }
  return dividend;
}

/// By trial division.
constexpr bool is_irreducible_over_gf2(std::uint64_t polynomial) noexcept {
  if (degree_over_gf2(polynomial) < 1) return false;
  for (std::uint64_t divisor = 2; 2 * degree_over_gf2(divisor) <= degree_over_gf2(polynomial); ++divisor) {
    if (remainder_over_gf2(polynomial, divisor) == 0) return false;
  }
  return true;
}

}  // namespace detail

/// GF(2)[x] modulo `polynomial`, which is given with its leading coefficient (0x11B = x^8 + x^4 + x^3 + x + 1) and must
/// be irreducible of degree `degree_`. Two polynomials of one degree are two types: their elements have the same bytes
/// and other products.
///
/// Constant time: everything but `to_string`; no table is looked up.
template <unsigned degree_, std::uint16_t polynomial>
class SmallBinary {
  static_assert(degree_ >= 2 && degree_ <= 8 && detail::degree_over_gf2(polynomial) == static_cast<int>(degree_) &&
                    detail::is_irreducible_over_gf2(polynomial),
                "the polynomial must be irreducible and of the given degree, which is 2 to 8");

 public:
  using Value = std::uint8_t;

  static constexpr unsigned degree = degree_;
  static constexpr std::size_t encoded_size = 1;
  static constexpr std::size_t sample_size = 1;

 private:
  static constexpr auto make_name() noexcept {
    constexpr const char* digits = "0123456789ABCDEF";
    std::array<char, sizeof "GF(2^d)/0x123"> text = {'G', 'F', '(', '2', '^', static_cast<char>('0' + degree),
                                                     ')', '/', '0', 'x'};
    std::size_t end = 10;
    for (int shift = polynomial < 0x100 ? 4 : 8; shift >= 0; shift -= 4)
      text[end++] = digits[(polynomial >> shift) & 0xF];
    return text;
  }
  static constexpr auto name_storage = make_name();

  typedef std::uint8_t Bytes __attribute__((vector_size(16)));

 public:
  static constexpr const char* name = name_storage.data();

  constexpr SmallBinary() noexcept = default;

  /// The polynomial whose coefficients are the bits of `value`, reduced.
  explicit constexpr SmallBinary(std::uint64_t value) noexcept {
    // A polynomial of degree `bit` is cancelled by a multiple of the reduction polynomial, from the top down.
    for (unsigned bit = 63; bit >= degree; --bit) {
      value ^= (static_cast<std::uint64_t>(polynomial) << (bit - degree)) & (0 - ((value >> bit) & 1));
    }
    value_ = static_cast<Value>(value);
  }

  static constexpr SmallBinary zero() noexcept { return SmallBinary(); }
  static constexpr SmallBinary one() noexcept { return of(1); }
  static constexpr SmallBinary from_value(Value value) noexcept {
    if constexpr (degree == 8) return of(value);
    return SmallBinary(std::uint64_t{value});
  }
  constexpr Value value() const noexcept { return value_; }

  static constexpr bool order_exceeds(std::uint64_t k) noexcept { return k < (std::uint64_t{1} << degree); }

  /// The k-th evaluation point: the polynomial whose coefficients are the bits of `k`. Throws Error(out_of_range) where
  /// the field has no more than `k` elements.
  static constexpr SmallBinary embed(std::uint64_t k) {
    if (!order_exceeds(k)) {
      throw Error(ErrorCode::out_of_range,
                  std::string(name) + " has too few elements for evaluation point " + std::to_string(k));
    }
    return of(static_cast<Value>(k));
  }

  friend constexpr SmallBinary operator+(SmallBinary a, SmallBinary b) noexcept {
    return of(static_cast<Value>(a.value_ ^ b.value_));
  }
  friend constexpr SmallBinary operator-(SmallBinary a, SmallBinary b) noexcept { return a + b; }
  friend constexpr SmallBinary operator*(SmallBinary a, SmallBinary b) noexcept {
    return of(static_cast<Value>(horner<unsigned>(a.value_, b.value_)));
  }
  constexpr SmallBinary operator-() const noexcept { return *this; }
  constexpr SmallBinary& operator+=(SmallBinary other) noexcept { return *this = *this + other; }
  constexpr SmallBinary& operator-=(SmallBinary other) noexcept { return *this = *this - other; }
  constexpr SmallBinary& operator*=(SmallBinary other) noexcept { return *this = *this * other; }
  friend constexpr bool operator==(SmallBinary a, SmallBinary b) noexcept = default;

  /// The inverse, and zero for zero: x^(2^degree - 2).
  constexpr SmallBinary inverse() const noexcept { return invert(*this); }

  constexpr void encode(std::span<std::byte, encoded_size> out) const noexcept { out[0] = std::byte{value_}; }

  /// Nothing for a byte with a bit beyond the degree.
  static constexpr std::optional<SmallBinary> decode(std::span<const std::byte, encoded_size> in) noexcept {
    const auto value = std::to_integer<Value>(in[0]);
    if (noncanonical(value) != 0) return std::nullopt;
    return of(value);
  }

  /// The lowest `degree` bits of the sample; none is rejected.
  static constexpr std::optional<SmallBinary> from_sample(std::span<const std::byte, sample_size> sample) noexcept {
    return of(static_cast<Value>(std::to_integer<Value>(sample[0]) & sample_mask));
  }

  friend std::string to_string(SmallBinary x) { return std::to_string(x.value_); }

  // The rest is for the vector kernels.

  using Word = Value;

  /// The bits of a sample that from_sample looks at.
  static constexpr Word sample_mask = static_cast<Word>((1U << degree) - 1);

  /// Whether the memory of an element is its encoding.
  static constexpr bool memory_is_encoding = true;

  /// Zero if and only if `word` is the memory of an element.
  static constexpr Word noncanonical(Word word) noexcept { return static_cast<Word>(word & ~sample_mask); }

  /// Sixteen elements in a vector of bytes. Compilers turn its operators into the vector instructions that every
  /// machine of the target has (SSE2, NEON), and into words where there are none.
  class Packed {
   public:
    static constexpr std::size_t lanes = 16;

    Packed() noexcept = default;
    explicit Packed(SmallBinary x) noexcept : bytes_(Bytes{} + x.value_) {}

    static Packed load(const SmallBinary* in) noexcept {
      Packed result;
      std::memcpy(&result.bytes_, in, lanes);
      return result;
    }
    void store(SmallBinary* out) const noexcept { std::memcpy(static_cast<void*>(out), &bytes_, lanes); }

    Packed operator+(Packed other) const noexcept { return of(bytes_ ^ other.bytes_); }
    Packed operator-(Packed other) const noexcept { return *this + other; }
    Packed operator*(Packed other) const noexcept { return of(horner(bytes_, other.bytes_)); }
    Packed& operator*=(Packed other) noexcept { return *this = *this * other; }
    Packed operator-() const noexcept { return *this; }
    Packed inverse() const noexcept { return invert(*this); }

   private:
    static Packed of(Bytes bytes) noexcept {
      Packed result;
      result.bytes_ = bytes;
      return result;
    }

    // Invariant: each byte is the value of an element, in the order of the memory.
    Bytes bytes_ = {};
  };

 private:
  static constexpr SmallBinary of(Value value) noexcept {
    SmallBinary result;
    result.value_ = value;
    return result;
  }

  // All ones where the bit is set in x, zero elsewhere.
  static constexpr unsigned mask_where_set(unsigned x, unsigned bit) noexcept { return 0 - ((x >> bit) & 1); }
  static Bytes mask_where_set(Bytes x, unsigned bit) noexcept {
    const auto mask = static_cast<Value>(1U << bit);
    const Bytes selected = Bytes{} + mask;
    return reinterpret_cast<Bytes>((x & selected) == selected);
  }

  // The product, by Horner's rule over the bits of b from the highest: double, then add a where the bit is set.
  // Doubling replaces the bit at `degree` by the rest of the polynomial.
  template <class Lanes>
  static constexpr Lanes horner(Lanes a, Lanes b) noexcept {
    const Lanes reduction = Lanes{} + static_cast<Value>(polynomial);
    Lanes product = Lanes{};
    for (unsigned bit = degree; bit-- > 0;) {
      const Lanes overflow = mask_where_set(product, degree - 1);
      product = (product + product) ^ (overflow & reduction);
      product ^= a & mask_where_set(b, bit);
    }
    return product;
  }

  // 2^degree - 2 = 2 (2^(degree - 1) - 1)
  template <class Element>
  static constexpr Element invert(const Element& x) noexcept {
    const Element root = detail::power_of_all_ones<degree - 1>(x);
    return root * root;
  }

  // Invariant: value_ <= sample_mask.
  Value value_ = 0;
};

#if defined(__x86_64__)
template <std::uint16_t polynomial>
struct detail::Kernels<SmallBinary<8, polynomial>>
    : ChosenKernels<SmallBinary<8, polynomial>, Binary256Avx512<SmallBinary<8, polynomial>, polynomial>,
                    Binary256Avx2Gfni<SmallBinary<8, polynomial>, polynomial>,
                    Binary256Avx2<SmallBinary<8, polynomial>, polynomial>> {};
#endif

}  // namespace parley
