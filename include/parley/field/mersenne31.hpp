// SPDX-License-Identifier: Apache-2.0
// The integers modulo the Mersenne prime 2^31 - 1: half the memory and traffic of 2^61 - 1, for numbers of up to 29
// bits.
#pragma once

#include <cstddef>
#include <cstdint>

#include "parley/field/chosen_kernels.hpp"
#include "parley/field/mersenne.hpp"
#include "parley/field/mersenne31_avx2.hpp"
#include "parley/field/mersenne31_avx512.hpp"
#include "parley/field/residue.hpp"
#include "parley/field/vector.hpp"

namespace parley {

namespace detail {

struct Mersenne31Representation : MersenneRepresentation<std::uint32_t, 31> {
  static constexpr const char* name = "Mersenne31";

  // value < 2^64, so the first sum is below 2^31 + 2^33, the second at most p + 4.
  static constexpr Word from_integer(std::uint64_t value) noexcept {
    const std::uint64_t folded = (value & modulus) + (value >> 31);
    return canonical(static_cast<Word>((folded & modulus) + (folded >> 31)));
  }

  // a, b < p, so the sum of the parts of the product is at most 2p - 3. It is not p, the one value that fold would leave
  // as it is: p is prime, so that ab = 0 modulo p only where a or b is 0, and then it is 0.
  static constexpr Word multiply(Word a, Word b) noexcept {
    const std::uint64_t product = std::uint64_t{a} * b;
    return fold(static_cast<Word>((product & modulus) + (product >> 31)));
  }

  struct ProductSum {
    static constexpr std::size_t capacity = std::size_t{1} << 30;

    constexpr void add_product(Word a, Word b) noexcept {
      const std::uint64_t product = std::uint64_t{a} * b;
      low += product & 0xffffffff;
      high += product >> 32;
    }

    // low < 2^62 and high < 2^60, the sum of the upper halves, which are below 2^30; 2^32 = 2.
    constexpr Word reduce() const noexcept { return from_integer(low + 2 * high); }

    std::uint64_t low = 0;
    std::uint64_t high = 0;
  };
};

}  // namespace detail

/// The field of 2^31 - 1 elements: 4 bytes each.
using Mersenne31 = Residue<detail::Mersenne31Representation>;

#if defined(__x86_64__)
template <>
struct detail::Kernels<Mersenne31>
    : ChosenKernels<Mersenne31, Mersenne31Avx512<Mersenne31>, Mersenne31Avx2<Mersenne31>> {};
#endif

}  // namespace parley
