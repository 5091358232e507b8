// SPDX-License-Identifier: Apache-2.0
// The integers modulo any odd prime of up to 521 bits that is known at compile time, by Montgomery multiplication.
// [Mon85] Montgomery: Modular Multiplication Without Trial Division, Mathematics of Computation 44, 1985.
// [KAK96] Koc, Acar, Kaliski: Analyzing and Comparing Montgomery Multiplication Algorithms, IEEE Micro 16, 1996.
// [Rab80] Rabin: Probabilistic Algorithm for Testing Primality, Journal of Number Theory 12, 1980.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "parley/core/constant_time.hpp"
#include "parley/core/cpu.hpp"
#include "parley/core/integer.hpp"
#include "parley/field/chosen_kernels.hpp"
#include "parley/field/montgomery_avx512.hpp"
#include "parley/field/montgomery_x86.hpp"
#include "parley/field/residue.hpp"
#include "parley/field/vector.hpp"
#include "parley/field/wide_integer.hpp"

namespace parley {

namespace detail {

// Loops over the words are unrolled: g++ 12 leaves those that are not at -O2 with vector loads of words that were just
// stored one by one, which wait for the stores.

/// Products modulo an odd p > 2, which need not be prime here. The residue x is stored as the integer x R modulo p,
/// with R = 2^(64 n) for the n words of p, the least significant first. [Mon85]
template <auto p_words>
struct MontgomeryArithmetic {
  static constexpr std::size_t n = p_words.size();
  using Word = WideInteger<n>;

  static constexpr Word p{p_words};

  /// Sums of two residues fit in n words.
  static constexpr bool has_spare_bit = (p_words[n - 1] >> 63) == 0;

  /// -p^-1 modulo 2^64 by Newton's iteration, which doubles the number of correct bits: 5 bits to begin with, for
  /// (3p)^2 = 3p p 3 and p p = 1 modulo 8 make 3p xor 2 an inverse modulo 32.
  static constexpr std::uint64_t negated_inverse = [] {
    std::uint64_t inverse = (3 * p_words[0]) ^ 2;
    for (int bits = 5; bits < 64; bits *= 2) inverse *= 2 - p_words[0] * inverse;
    return 0 - inverse;
  }();

  /// The low word of a * b + c + carry; the high one is the new carry.
  [[gnu::always_inline]] static constexpr std::uint64_t multiply_add(std::uint64_t a, std::uint64_t b, std::uint64_t c,
                                                                     std::uint64_t& carry) noexcept {
    const uint128 sum = uint128{a} * b + c + carry;  // <= (2^64 - 1)^2 + 2 (2^64 - 1) < 2^128
    carry = static_cast<std::uint64_t>(sum >> 64);
    return static_cast<std::uint64_t>(sum);
  }

  /// value + top R - p where that is not negative, else value, for value + top R < 2p.
  [[gnu::always_inline]] static constexpr Word canonical(const Word& value, std::uint64_t top) noexcept {
    Word difference = value;
    std::uint64_t borrow = 0;  // as a mask
#if defined(PARLEY_MONTGOMERY_ADX)
    if (!std::is_constant_evaluated()) {
      subtract_words<0>(difference, borrow);
    } else
#endif
    {
#pragma GCC unroll 9
      for (std::size_t i = 0; i < n; ++i) {
        const uint128 word = uint128{value.words[i]} - p_words[i] - (borrow & 1);
        difference.words[i] = static_cast<std::uint64_t>(word);
        borrow = static_cast<std::uint64_t>(word >> 64);
      }
    }
    const std::uint64_t keep = constant_time::value_barrier(borrow & (top - 1));
#pragma GCC unroll 9
    for (std::size_t i = 0; i < n; ++i) difference.words[i] ^= keep & (difference.words[i] ^ value.words[i]);
    return difference;
  }

  [[gnu::always_inline]] static constexpr Word add(const Word& a, const Word& b) noexcept {
    Word sum;
    uint128 carry = 0;
#pragma GCC unroll 9
    for (std::size_t i = 0; i < n; ++i) {
      carry += uint128{a.words[i]} + b.words[i];
      sum.words[i] = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
    return canonical(sum, static_cast<std::uint64_t>(carry));
  }

  // p is added where a - b is negative.
  [[gnu::always_inline]] static constexpr Word subtract(const Word& a, const Word& b) noexcept {
    Word difference;
    std::uint64_t borrow = 0;
#pragma GCC unroll 9
    for (std::size_t i = 0; i < n; ++i) {
      const uint128 word = uint128{a.words[i]} - b.words[i] - (borrow & 1);
      difference.words[i] = static_cast<std::uint64_t>(word);
      borrow = static_cast<std::uint64_t>(word >> 64);
    }
    const std::uint64_t negative = constant_time::value_barrier(borrow);
    uint128 carry = 0;
#pragma GCC unroll 9
    for (std::size_t i = 0; i < n; ++i) {
      carry += uint128{difference.words[i]} + (p_words[i] & negative);
      difference.words[i] = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
    return difference;
  }

  /// a b / R modulo p, for a < R and b < p. [KAK96, "CIOS"]
  ///
  /// t + top R < 2p before and after each round: (t + a_i b + m p) / 2^64 < (2p + 2 (2^64 - 1) p) / 2^64 = 2p.
  template <class Round>
  [[gnu::always_inline]] static constexpr Word multiply_by_rounds(const Word& a, const Word& b) noexcept {
    Word t;
    std::uint64_t top = 0;
#pragma GCC unroll 9
    for (std::size_t i = 0; i < n; ++i) {
      const auto [product_carry, reduction_carry] = Round::run(t, b, a.words[i]);
      if constexpr (has_spare_bit) {
        t.words[n - 1] = product_carry + reduction_carry;
      } else {
        const uint128 sum = uint128{product_carry} + reduction_carry + top;
        t.words[n - 1] = static_cast<std::uint64_t>(sum);
        top = static_cast<std::uint64_t>(sum >> 64);
      }
    }
    return canonical(t, top);
  }

  /// What a round leaves for the highest word: the carries of t += b factor and of t += p m, where m makes t[0] zero.
  /// The other words have moved down by one.
  struct Carries {
    std::uint64_t product = 0, reduction = 0;
  };

  struct PortableRound {
    [[gnu::always_inline]] static constexpr Carries run(Word& t, const Word& b, std::uint64_t factor) noexcept {
      Carries carries;
#pragma GCC unroll 9
      for (std::size_t j = 0; j < n; ++j) t.words[j] = multiply_add(b.words[j], factor, t.words[j], carries.product);
      const std::uint64_t m = t.words[0] * negated_inverse;
      static_cast<void>(multiply_add(p_words[0], m, t.words[0], carries.reduction));
#pragma GCC unroll 9
      for (std::size_t j = 1; j < n; ++j) {
        t.words[j - 1] = multiply_add(p_words[j], m, t.words[j], carries.reduction);
      }
      return carries;
    }
  };

  static constexpr Word multiply_portably(const Word& a, const Word& b) noexcept {
    return multiply_by_rounds<PortableRound>(a, b);
  }

  /// a b / R modulo p, for a < R and b < p. In line where it is short.
  [[gnu::always_inline]] static constexpr Word multiply(const Word& a, const Word& b) noexcept {
    if constexpr (n > 4) {
      return multiply_out_of_line(a, b);
    } else {
      return multiply_in_line(a, b);
    }
  }

  /// x 2^k modulo p
  static constexpr Word shift_left(Word x, std::size_t k) noexcept {
    for (; k > 0; --k) x = add(x, x);
    return x;
  }

  static constexpr Word one = [] {  // R modulo p
    constexpr std::size_t bits = Word::bits - static_cast<std::size_t>(std::countl_zero(p_words[n - 1]));
    return shift_left(Word(1) << (bits - 1), Word::bits - bits + 1);  // 2^(bits - 1) < p
  }();
  static constexpr Word square_of_radix = shift_left(one, Word::bits);  // R^2 modulo p

  /// [Rab80] Whether p passes for prime to the base 3. Of random composite numbers of these lengths almost none does,
  /// nor do those of Mersenne and of Fermat, which pass to the base 2.
  static constexpr bool passes_for_prime() noexcept {
    if (p == 3) return true;
    const Word minus_one = subtract(Word(), one);
    Word power = PowerOfThree<0>::value;
    if (power == one) return true;
    for (std::size_t squarings = twos; squarings > 0; --squarings) {
      if (power == minus_one) return true;
      power = multiply(power, power);
    }
    return false;
  }

 private:
#if defined(PARLEY_MONTGOMERY_ADX)
  template <std::size_t first>
  [[gnu::always_inline]] static void subtract_words(Word& value, std::uint64_t& borrow) noexcept {
    constexpr std::size_t count = n - first >= 4 ? 4 : 1;
    subtract_words_x86<count>(value.words.data() + first, p.words.data() + first, borrow);
    if constexpr (first + count < n) subtract_words<first + count>(value, borrow);
  }
#endif

  static constexpr std::size_t twos = [] {  // 2^twos divides p - 1, and odd_part is the quotient
    std::size_t count = 0;
    while (((p - 1) >> count & 1) == 0) ++count;
    return count;
  }();
  static constexpr Word odd_part = (p - 1) >> twos;

  /// 3^(odd_part >> shift), in steps of 128 bits: compilers bound the work on one constant.
  template <std::size_t shift>
  struct PowerOfThree {
    static constexpr Word value = [] {
      Word power = one;
      if constexpr (shift + 128 < Word::bits) power = PowerOfThree<shift + 128>::value;
      for (std::size_t bit = 128; bit-- > 0;) {
        power = multiply(power, power);
        if ((odd_part >> (shift + bit) & 1) != 0) power = add(power, add(power, power));
      }
      return power;
    }();
  };

#if defined(PARLEY_MONTGOMERY_ADX)
  struct AdxRound {
    [[gnu::always_inline]] static Carries run(Word& t, const Word& b, std::uint64_t factor) noexcept {
      Carries carries;
      multiply_add_words<0>(t, b, factor, carries.product);
      multiply_add_words<0>(t, p, t.words[0] * negated_inverse, carries.reduction);
#pragma GCC unroll 9
      for (std::size_t j = 1; j < n; ++j) t.words[j - 1] = t.words[j];
      return carries;
    }

    template <std::size_t first>
    [[gnu::always_inline]] static void multiply_add_words(Word& t, const Word& b, std::uint64_t factor,
                                                          std::uint64_t& carry) noexcept {
      constexpr std::size_t left = n - first, count = left == 5 ? 3 : left > 4 ? 4 : left;
      if constexpr (count == 1) {
        t.words[first] = multiply_add(b.words[first], factor, t.words[first], carry);
      } else {
        multiply_add_words_adx<count>(t.words.data() + first, b.words.data() + first, factor, carry);
      }
      if constexpr (count < left) multiply_add_words<first + count>(t, b, factor, carry);
    }
  };
#endif

  [[gnu::always_inline]] static constexpr Word multiply_in_line(const Word& a, const Word& b) noexcept {
#if defined(PARLEY_MONTGOMERY_ADX)
    if constexpr (n > 1) {
      if (!std::is_constant_evaluated()) {
        return adx_usable(cpu_features()) ? multiply_by_rounds<AdxRound>(a, b) : multiply_portably(a, b);
      }
    }
#endif
    return multiply_portably(a, b);
  }
  static constexpr Word multiply_out_of_line(const Word& a, const Word& b) noexcept { return multiply_in_line(a, b); }
};

/// The number that a hexadecimal literal such as "0xffffffff00000001" says; digits may be separated by apostrophes.
template <std::size_t size>
struct HexadecimalLiteral {
  // The text is a member because that is what makes two literals two template arguments.
  char text[size];

  consteval HexadecimalLiteral(const char (&literal)[size]) {
    for (std::size_t i = 0; i < size; ++i) text[i] = literal[i];
    if (size < 4 || text[0] != '0' || text[1] != 'x') throw "a hexadecimal literal begins with 0x";
    for (std::size_t i = 2; i + 1 < size; ++i) static_cast<void>(digit(i));
  }

  /// The value of the digit at a place, or 16 for an apostrophe.
  constexpr unsigned digit(std::size_t place) const {
    const char c = text[place];
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
    if (c == '\'') return 16;
    throw "a hexadecimal literal consists of hexadecimal digits";
  }

  constexpr std::size_t bits() const {
    std::size_t result = 0;
    for (std::size_t i = 2; i + 1 < size; ++i) {
      if (digit(i) == 16) continue;
      result = result > 0 ? result + 4 : static_cast<std::size_t>(std::bit_width(digit(i)));
    }
    return result;
  }

  template <std::size_t words>
  constexpr std::array<std::uint64_t, words> value() const {
    WideInteger<words> result;
    for (std::size_t i = 2; i + 1 < size; ++i) {
      if (digit(i) < 16) result = (result << 4) | digit(i);
    }
    return result.words;
  }
};

/// One array for each number, however its literal is written.
template <HexadecimalLiteral literal>
constexpr auto words_of_literal() {
  static_assert(literal.bits() <= 521, "the modulus must have at most 521 bits");
  return literal.template value<(literal.bits() + 63) / 64 + (literal.bits() == 0 ? 1 : 0)>();
}

/// The arithmetic of a Residue modulo p.
template <auto p_words>
struct MontgomeryRepresentation {
  static_assert(p_words[0] % 2 == 1 && !(p_words.size() == 1 && p_words[0] == 1), "the modulus must be an odd prime");
  using Arithmetic = MontgomeryArithmetic<p_words>;
  static_assert(Arithmetic::passes_for_prime(), "the modulus must be an odd prime");

  static constexpr std::size_t n = p_words.size();

  using Word = WideInteger<n>;
  using Integer = std::conditional_t<n == 1, std::uint64_t, std::conditional_t<n == 2, uint128, WideInteger<n>>>;

  static constexpr unsigned modulus_bits =
      static_cast<unsigned>(64 * (n - 1)) + static_cast<unsigned>(std::bit_width(p_words[n - 1]));
  static constexpr Integer modulus = static_cast<Integer>(Word(p_words));
  static constexpr bool word_is_integer = false;

 private:
  static constexpr auto name_storage = [] {
    constexpr char prefix[] = "Montgomery<0x";
    constexpr std::size_t digits = (modulus_bits + 3) / 4;
    std::array<char, sizeof prefix + digits + 1> text{};
    std::size_t end = 0;
    while (prefix[end] != '\0') {
      text[end] = prefix[end];
      ++end;
    }
    for (std::size_t i = digits; i-- > 0;) {
      text[end++] = "0123456789abcdef"[(p_words[i / 16] >> (4 * (i % 16))) & 0xf];
    }
    text[end] = '>';
    return text;
  }();

 public:
  static constexpr const char* name = name_storage.data();

  static constexpr Integer to_integer(const Word& word) noexcept {
    constexpr Word one(1);
    return static_cast<Integer>(Arithmetic::multiply(one, word));
  }
  static constexpr Word from_integer(const Integer& value) noexcept {
    return Arithmetic::multiply(Word(value), Arithmetic::square_of_radix);
  }

  static constexpr Word add(const Word& a, const Word& b) noexcept { return Arithmetic::add(a, b); }
  static constexpr Word subtract(const Word& a, const Word& b) noexcept { return Arithmetic::subtract(a, b); }
  static constexpr Word multiply(const Word& a, const Word& b) noexcept { return Arithmetic::multiply(a, b); }

  /// x^(p - 2), by windows of four bits: the exponent is public, so that it may say which power of x comes next.
  template <class Element>
  static constexpr Element inverse(const Element& x) noexcept {
    constexpr Word exponent = Arithmetic::p - 2;
    std::array<Element, 16> powers;
    powers[0] = Element::one();
    for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * x;
    Element result = Element::one();
    for (std::size_t window = (modulus_bits + 3) / 4; window-- > 0;) {
      for (int i = 0; i < 4; ++i) result *= result;
      result *= powers[(exponent.words[window / 16] >> (4 * (window % 16))) & 0xf];
    }
    return result;
  }

  struct ProductSum {
    static constexpr std::size_t capacity = std::size_t{1} << 32;

    // Each product is below R^2, so 2^32 of them stay below 2^(64 (2n + 1)).
    constexpr void add_product(const Word& a, const Word& b) noexcept {
      std::uint64_t column_carry = 0;
#pragma GCC unroll 9
      for (std::size_t i = 0; i < n; ++i) {
        std::uint64_t row_carry = 0;
#pragma GCC unroll 9
        for (std::size_t j = 0; j < n; ++j) {
          sum[i + j] = Arithmetic::multiply_add(a.words[j], b.words[i], sum[i + j], row_carry);
        }
        const uint128 word = uint128{sum[i + n]} + row_carry + column_carry;
        sum[i + n] = static_cast<std::uint64_t>(word);
        column_carry = static_cast<std::uint64_t>(word >> 64);
      }
      sum[2 * n] += column_carry;
    }

    // The sum is low + R middle + R^2 high, and wanted is its quotient by R.
    constexpr Word reduce() const noexcept {
      Word low, middle, high;
      for (std::size_t i = 0; i < n; ++i) {
        low.words[i] = sum[i];
        middle.words[i] = sum[i + n];
      }
      high.words[0] = sum[2 * n];
      constexpr Word unit(1);
      return add(add(multiply(low, unit), multiply(middle, Arithmetic::one)),
                 multiply(high, Arithmetic::square_of_radix));
    }

    std::uint64_t sum[2 * n + 1] = {};
  };
};

}  // namespace detail

/// The field of p elements for an odd prime p of at most 521 bits, given as a hexadecimal literal:
/// `Montgomery<"0xffffffff00000001">`. Two spellings of one number are one type.
///
/// What is not odd, is 1, is longer, or is found composite does not compile. Found is every number that fails Rabin's
/// test to the base 3: all but very few composite ones, but not those made to pass, so a modulus that somebody else
/// chose needs a proper test first.
///
/// An element has as many 64-bit words as the modulus. Constant time but for `to_string`.
template <detail::HexadecimalLiteral modulus>
using Montgomery = Residue<detail::MontgomeryRepresentation<detail::words_of_literal<modulus>()>>;

#if defined(__x86_64__)
template <auto p_words>
struct detail::Kernels<Residue<detail::MontgomeryRepresentation<p_words>>>
    : ChosenKernels<Residue<detail::MontgomeryRepresentation<p_words>>,
                    MontgomeryAvx512<Residue<detail::MontgomeryRepresentation<p_words>>,
                                     detail::MontgomeryRepresentation<p_words>>> {};
#endif

}  // namespace parley
