// SPDX-License-Identifier: Apache-2.0
// The integers modulo the Mersenne prime 2^127 - 1: where 61 bits are too few, for values or for soundness.
#pragma once

#include <cstddef>
#include <cstdint>

#include "parley/core/integer.hpp"
#include "parley/field/chosen_kernels.hpp"
#include "parley/field/mersenne.hpp"
#include "parley/field/mersenne127_avx512.hpp"
#include "parley/field/residue.hpp"
#include "parley/field/vector.hpp"

namespace parley {

namespace detail {

struct Mersenne127Representation : MersenneRepresentation<uint128, 127> {
  static constexpr const char* name = "Mersenne127";

  // The folded product is at most 2p - 3. It is not p, the one value that fold would leave as it is: p is prime, so that ab = 0 modulo p
  // only where a or b is 0, and then it is 0.
  static constexpr Word multiply(Word a, Word b) noexcept { return fold(folded_product(a, b)); }

  struct ProductSum {
    static constexpr std::size_t capacity = std::size_t{1} << 31;

    constexpr void add_product(Word a, Word b) noexcept {
      const Word product = folded_product(a, b);
      low += static_cast<std::uint64_t>(product);
      high += product >> 64;
    }

    // low, high < 2^95. The sum is low + 2^64 high, and 2^64 high = 2^127 (high >> 63) + 2^64 (high mod 2^63).
    constexpr Word reduce() const noexcept {
      const Word upper = static_cast<Word>(static_cast<std::uint64_t>(high) & (~std::uint64_t{0} >> 1)) << 64;
      return canonical(upper + (high >> 63) + low);  // < 2^127 + 2^32 + 2^95 < 2p
    }

    Word low = 0;
    Word high = 0;
  };

 private:
  // a b = 2^128 a1 b1 + 2^64 (a0 b1 + a1 b0) + a0 b0, with a1, b1 < 2^63, is split at 2^127 into quotient and
  // remainder, and 2^127 = 1. No sum overflows: middle <= 2 (2^64 - 1)(2^63 - 1) + 2^64 - 1 < 2^128, and quotient = ab
  // >> 127 <= p - 3, as ab <= (p - 1)^2.
  static constexpr Word folded_product(Word a, Word b) noexcept {
    const auto a0 = static_cast<std::uint64_t>(a), a1 = static_cast<std::uint64_t>(a >> 64);
    const auto b0 = static_cast<std::uint64_t>(b), b1 = static_cast<std::uint64_t>(b >> 64);
    const Word low = static_cast<Word>(a0) * b0;
    const Word middle = static_cast<Word>(a0) * b1 + static_cast<Word>(a1) * b0 + (low >> 64);
    const Word quotient = static_cast<Word>(2 * a1) * b1 + (middle >> 63);
    const Word remainder = (static_cast<Word>(static_cast<std::uint64_t>(middle) & (~std::uint64_t{0} >> 1)) << 64) |
                           static_cast<std::uint64_t>(low);
    return quotient + remainder;
  }
};

}  // namespace detail

/// The field of 2^127 - 1 elements: 16 bytes each.
using Mersenne127 = Residue<detail::Mersenne127Representation>;

#if defined(__x86_64__)
template <>
struct detail::Kernels<Mersenne127> : ChosenKernels<Mersenne127, Mersenne127Avx512<Mersenne127>> {};
#endif

}  // namespace parley
