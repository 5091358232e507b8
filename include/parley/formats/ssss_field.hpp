// SPDX-License-Identifier: Apache-2.0
// GF(2^k) for every k that is a multiple of 8 up to 1024, chosen when the program runs: the fields of ssss.
// [Ser98] Seroussi: Table of Low-Weight Binary Irreducible Polynomials, HP Laboratories HPL-98-135, 1998.
// [IT88] Itoh, Tsujii: A fast algorithm for computing multiplicative inverses in GF(2^m) using normal bases,
// Information and Computation 78, 1988, section 3 (powers whose exponents are all ones).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/wipe.hpp"
#include "parley/field/carryless.hpp"

namespace parley::ssss {

/// GF(2)[x] modulo x^k + x^a + x^b + x^c + 1, of all irreducible polynomials of this form the one whose (a, b, c) is
/// the first in lexicographic order [Ser98]. Constant time: the degree is public, elements are secret.
class Field {
 public:
  static constexpr std::size_t max_degree = 1024;

  /// The coefficient of x^i in bit i % 64 of word i / 64; zero from x^degree on.
  using Element = std::array<std::uint64_t, max_degree / 64>;

  /// @throws Error(invalid_argument) unless `degree` is a multiple of 8 from 8 to 1024.
  explicit Field(std::size_t degree) : degree_(degree), words_((degree + 63) / 64) {
    if (degree < 8 || degree > max_degree || degree % 8 != 0)
      throw Error(ErrorCode::invalid_argument, "a security level of " + std::to_string(degree) +
                                                   " bits; ssss has the multiples of 8 from 8 to 1024");
  }

  [[nodiscard]] std::size_t degree() const noexcept { return degree_; }
  /// a, b and c.
  [[nodiscard]] std::array<unsigned, 3> middle_terms() const noexcept {
    const std::uint8_t* const terms = &table[3 * (degree_ / 8 - 1)];
    return {terms[0], terms[1], terms[2]};
  }

  [[nodiscard]] static Element zero() noexcept { return {}; }
  [[nodiscard]] static Element one() noexcept { return {1}; }

  /// Whether the field has more than `k` elements.
  [[nodiscard]] bool order_exceeds(std::uint64_t k) const noexcept { return degree_ >= 64 || k >> degree_ == 0; }
  /// The polynomial whose coefficients are the bits of `k`, where order_exceeds(k).
  [[nodiscard]] static Element embed(std::uint64_t k) noexcept { return {k}; }

  /// The element whose coefficients are the bits of degree() / 8 bytes, the most significant first.
  [[nodiscard]] Element from_bytes(std::span<const std::byte> bytes) const noexcept {
    Element element{};
    for (std::size_t i = 0; i < degree_ / 8; ++i)
      element[i / 8] |= std::to_integer<std::uint64_t>(bytes[degree_ / 8 - 1 - i]) << (8 * (i % 8));
    return element;
  }
  void to_bytes(std::span<std::byte> bytes, const Element& element) const noexcept {
    for (std::size_t i = 0; i < degree_ / 8; ++i)
      bytes[degree_ / 8 - 1 - i] = static_cast<std::byte>(element[i / 8] >> (8 * (i % 8)) & 0xff);
  }

  [[nodiscard]] static Element add(Element a, const Element& b) noexcept {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] ^= b[i];
    return a;
  }

  [[nodiscard]] Element multiply(const Element& a, const Element& b) const noexcept {
    Product product{};
    for (std::size_t i = 0; i < words_; ++i)
      for (std::size_t j = 0; j < words_; ++j) {
        const uint128 part = parley::detail::multiply_carryless(a[i], b[j]);
        product[i + j] ^= static_cast<std::uint64_t>(part);
        product[i + j + 1] ^= static_cast<std::uint64_t>(part >> 64);
      }
    return reduced(product);
  }

  /// a^2, for a fraction of the price: of a sum of squares the mixed products cancel.
  [[nodiscard]] Element square(const Element& a) const noexcept {
    Product product{};
    for (std::size_t i = 0; i < words_; ++i) {
      const uint128 part = parley::detail::multiply_carryless(a[i], a[i]);
      product[2 * i] = static_cast<std::uint64_t>(part);
      product[2 * i + 1] = static_cast<std::uint64_t>(part >> 64);
    }
    return reduced(product);
  }

  /// a^(2^degree - 2): the inverse, and zero for zero. degree() squarings, at most 2 log2(degree()) multiplications.
  [[nodiscard]] Element invert(const Element& a) const noexcept {
    // Half the exponent is degree - 1 ones in binary. Of `ones` ones, twice as many and one more are made at a step, so
    // that their number runs through the leading bits of degree - 1.
    const std::size_t target = degree_ - 1;
    Element power = a;
    for (std::size_t ones = 1; ones != target;) {
      const std::size_t next = target >> (static_cast<std::size_t>(std::bit_width(target) - std::bit_width(ones)) - 1);
      Element shifted = power;
      for (std::size_t i = 0; i < ones; ++i) shifted = square(shifted);
      power = multiply(shifted, power);
      if (next % 2 == 1) power = multiply(square(power), a);
      ones = next;
    }
    return square(power);
  }

  /// c such that f(at) is the sum of c[i] f(points[i]) for every polynomial f of degree below the number of points. The
  /// points are distinct, and public.
  [[nodiscard]] std::vector<Element> lagrange_coefficients(std::span<const Element> points, const Element& at) const {
    std::vector<Element> coefficients(points.size()), denominators(points.size());
    Element all = one();
    for (std::size_t i = 0; i < points.size(); ++i) {
      coefficients[i] = all;  // of the denominators before this one
      Element denominator = one();
      for (std::size_t j = 0; j < points.size(); ++j)
        if (j != i) denominator = multiply(denominator, add(points[i], points[j]));
      denominators[i] = denominator;
      all = multiply(all, denominator);
    }
    // One inversion for all: what is left of it after the denominators beyond i is the inverse of those up to i.
    Element rest = invert(all);
    for (std::size_t i = points.size(); i-- > 0;) {
      coefficients[i] = multiply(coefficients[i], rest);
      rest = multiply(rest, denominators[i]);
      for (std::size_t j = 0; j < points.size(); ++j)
        if (j != i) coefficients[i] = multiply(coefficients[i], add(at, points[j]));
    }
    return coefficients;
  }

 private:
  // The words of a product, and one into which no bit is shifted.
  using Product = std::array<std::uint64_t, 2 * max_degree / 64 + 1>;

  Element reduced(Product& product) const noexcept {
    // What is at x^k and beyond is multiplied by the lower terms, which takes its degree from at most 2k - 2 to at most
    // k - 2 + a, and then to at most 2a - 2, which is below k for every polynomial of the table.
    reduce_once(product);
    reduce_once(product);
    Element result;
    std::copy_n(product.begin(), result.size(), result.begin());
    wipe(product);
    return result;
  }

  void reduce_once(Product& product) const noexcept {
    const std::size_t word = degree_ / 64, bit = degree_ % 64;
    Product beyond{};
    for (std::size_t i = 0; word + i + 1 < product.size(); ++i) {
      beyond[i] = product[word + i] >> bit;
      if (bit != 0) beyond[i] |= product[word + i + 1] << (64 - bit);
    }
    if (bit != 0) product[word] &= (std::uint64_t{1} << bit) - 1;
    std::fill(product.begin() + static_cast<std::ptrdiff_t>(word + (bit != 0 ? 1 : 0)), product.end(), 0);
    const auto [a, b, c] = middle_terms();
    for (const unsigned shift : {0U, a, b, c}) {  // below 64
      std::uint64_t carried = 0;
      for (std::size_t i = 0; i < product.size(); ++i) {
        product[i] ^= beyond[i] << shift | carried;
        carried = shift == 0 ? 0 : beyond[i] >> (64 - shift);
      }
    }
    wipe(beyond);
  }

  // a, b, c of the degrees 8, 16, ..., 1024. tests/formats/ssss_field_test.cpp finds them again.
  static constexpr std::array<std::uint8_t, 3 * max_degree / 8> table{
      // clang-format off
      4, 3, 1, 5, 3, 1, 4, 3, 1, 7, 3, 2, 5, 4, 3, 5, 3, 2, 7, 4, 2, 4, 3, 1, 10, 9, 3, 9, 4, 2, 7, 6, 2, 10, 9, 6,
      4, 3, 1, 5, 4, 3, 4, 3, 1, 7, 2, 1, 5, 3, 2, 7, 4, 2, 6, 3, 2, 5, 3, 2, 15, 3, 2, 11, 3, 2, 9, 8, 7, 7, 2, 1,
      5, 3, 2, 9, 3, 1, 7, 3, 1, 9, 8, 3, 9, 4, 2, 8, 5, 3, 15, 14, 10, 10, 5, 2, 9, 6, 2, 9, 3, 2, 9, 5, 2,
      11, 10, 1, 7, 3, 2, 11, 2, 1, 9, 7, 4, 4, 3, 1, 8, 3, 1, 7, 4, 1, 7, 2, 1, 13, 11, 6, 5, 3, 2, 7, 3, 2, 8, 7, 5,
      12, 3, 2, 13, 10, 6, 5, 3, 2, 5, 3, 2, 9, 5, 2, 9, 7, 2, 13, 4, 3, 4, 3, 1, 11, 6, 4, 18, 9, 6, 19, 18, 13,
      11, 3, 2, 15, 9, 6, 4, 3, 1, 16, 5, 2, 15, 14, 6, 8, 5, 2, 15, 11, 2, 11, 6, 2, 7, 5, 3, 8, 3, 1, 19, 16, 9,
      11, 9, 6, 15, 7, 6, 13, 4, 3, 14, 13, 3, 13, 6, 3, 9, 5, 2, 19, 13, 6, 19, 10, 3, 11, 6, 5, 9, 2, 1, 14, 3, 2,
      13, 3, 1, 7, 5, 4, 11, 9, 8, 11, 6, 5, 23, 16, 9, 19, 14, 6, 23, 10, 2, 8, 3, 2, 5, 4, 3, 9, 6, 4, 4, 3, 2,
      13, 8, 6, 13, 11, 1, 13, 10, 3, 11, 6, 5, 19, 17, 4, 15, 14, 7, 13, 9, 6, 9, 7, 3, 9, 7, 1, 14, 3, 2, 11, 8, 2,
      11, 6, 4, 13, 5, 2, 11, 5, 1, 11, 4, 1, 19, 10, 3, 21, 10, 6, 13, 3, 1, 15, 7, 5, 19, 18, 10, 7, 5, 3, 12, 7, 2,
      7, 5, 1, 14, 9, 6, 10, 3, 2, 15, 13, 12, 12, 11, 9, 16, 9, 7, 12, 9, 3, 9, 5, 2, 17, 10, 6, 24, 9, 3,
      17, 15, 13, 5, 4, 3, 19, 17, 8, 15, 6, 3, 19, 6, 1
      // clang-format on
  };

  std::size_t degree_;
  std::size_t words_;
};

}  // namespace parley::ssss
