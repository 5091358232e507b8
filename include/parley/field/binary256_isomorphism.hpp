// SPDX-License-Identifier: Apache-2.0
// What processors with GFNI need to multiply in GF(2^8) modulo any irreducible polynomial: the way to and from the field
// modulo x^8 + x^4 + x^3 + x + 1, which they multiply in, and the matrices of multiplications by one factor.
// [Intel SDM, volume 2, GF2P8MULB]
#pragma once

#include <array>
#include <cstdint>

namespace parley::detail {

/// The isomorphism that takes x to a root of `polynomial` among the polynomials modulo 0x11B, and its inverse, as the
/// matrices that multiply_bytes in gfni.hpp takes.
template <std::uint16_t polynomial>
class Binary256Isomorphism {
 public:
  static constexpr bool identity = polynomial == 0x11B;

 private:
  static constexpr unsigned multiply(unsigned a, unsigned b) noexcept {
    unsigned product = 0;
    for (unsigned bit = 8; bit-- > 0;) {
      product = (product << 1) ^ ((product >> 7) * 0x11B);
      product ^= ((b >> bit) & 1) * a;
    }
    return product;
  }

  // Of an irreducible polynomial of degree 8 there are eight among the 256 elements.
  static constexpr unsigned root() noexcept {
    for (unsigned candidate = 2;; ++candidate) {
      unsigned value = 0;
      for (unsigned degree = 9; degree-- > 0;) value = multiply(value, candidate) ^ ((polynomial >> degree) & 1U);
      if (value == 0) return candidate;
    }
  }

  // The images of 1, x, ..., x^7.
  struct Columns {
    unsigned of[8] = {};
  };
  static constexpr Columns forward() noexcept {
    Columns columns;
    unsigned power = 1;
    for (unsigned& column : columns.of) {
      column = power;
      power = multiply(power, root());
    }
    return columns;
  }
  static constexpr Columns backward() noexcept {
    const Columns images = forward();
    Columns columns;
    for (unsigned element = 0; element < 256; ++element) {
      unsigned image = 0;
      for (unsigned bit = 0; bit < 8; ++bit) image ^= ((element >> bit) & 1) * images.of[bit];
      for (unsigned bit = 0; bit < 8; ++bit)
        if (image == 1U << bit) columns.of[bit] = element;
    }
    return columns;
  }
  static constexpr std::uint64_t matrix(const Columns& columns) noexcept {
    std::uint64_t result = 0;
    for (unsigned row = 0; row < 8; ++row)
      for (unsigned column = 0; column < 8; ++column)
        result |= std::uint64_t{(columns.of[column] >> row) & 1} << (8 * (7 - row) + column);
    return result;
  }

 public:
  static constexpr std::uint64_t to_native = matrix(forward());
  static constexpr std::uint64_t from_native = matrix(backward());
};

/// The matrix by which multiply_bytes multiplies by `factor` modulo `polynomial`: the sum of those of the powers of x
/// in it. Constant time.
template <std::uint16_t polynomial>
constexpr std::uint64_t binary256_multiplication(std::uint8_t factor) noexcept {
  // Output bit `row` of the product of x^power and x^column.
  constexpr auto of_powers = [] {
    std::array<std::uint64_t, 8> matrices{};
    unsigned element = 1;
    for (unsigned exponent = 0; exponent < 15; ++exponent) {
      for (unsigned power = 0; power < 8; ++power)
        for (unsigned row = 0; row < 8; ++row)
          if (exponent >= power && exponent - power < 8 && ((element >> row) & 1) != 0)
            matrices[power] |= std::uint64_t{1} << (8 * (7 - row) + (exponent - power));
      element = (element << 1) ^ ((element >> 7) * polynomial);
    }
    return matrices;
  }();
  std::uint64_t result = 0;
  for (unsigned power = 0; power < 8; ++power)
    result ^= of_powers[power] & (0 - std::uint64_t{(unsigned{factor} >> power) & 1U});
  return result;
}

}  // namespace parley::detail
