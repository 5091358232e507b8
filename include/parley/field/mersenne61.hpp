// SPDX-License-Identifier: Apache-2.0
// The integers modulo the Mersenne prime 2^61 - 1: the field for numbers of up to 59 bits.
#pragma once

#include <cstddef>
#include <cstdint>

#include "parley/core/integer.hpp"
#include "parley/field/chosen_kernels.hpp"
#include "parley/field/mersenne.hpp"
#include "parley/field/mersenne61_avx2.hpp"
#include "parley/field/mersenne61_avx512.hpp"
#include "parley/field/residue.hpp"
#include "parley/field/vector.hpp"

namespace parley {

namespace detail {

struct Mersenne61Representation : MersenneRepresentation<std::uint64_t, 61> {
  static constexpr const char* name = "Mersenne61";

  // The folded product is at most 2p - 3. It is not p, the one value that fold would leave as it is: p is prime, so that ab = 0 modulo p
  // only where a or b is 0, and then it is 0.
  static constexpr Word multiply(Word a, Word b) noexcept { return fold(folded_product(a, b)); }

  struct ProductSum {
    static constexpr std::size_t capacity = 64;

    // Each product is at most (p - 1)^2 < 2^122, so 64 of them stay below 2^128.
    constexpr void add_product(Word a, Word b) noexcept { sum += static_cast<uint128>(a) * b; }

    // 2^61 = 1, so the parts of 61, 61 and 6 bits are added: at most 2p + 63 < 2^62 + 2^6, and folded at most p + 1.
    constexpr Word reduce() const noexcept {
      const Word low = static_cast<Word>(sum) & modulus;
      const Word middle = static_cast<Word>(sum >> 61) & modulus;
      const Word high = static_cast<Word>(sum >> 122);
      return canonical(fold(low + middle + high));
    }

    uint128 sum = 0;
  };

 private:
  // a, b < p, so a * 8b < 2^125 = 2^64 (ab >> 61) + 8 (ab mod 2^61): with one factor shifted left by 3 the parts of 61
  // bits end at the words' boundary and no shift crosses it. The sum is at most (p - 3) + p.
  static constexpr Word folded_product(Word a, Word b) noexcept {
    const uint128 product = static_cast<uint128>(a) * (b << 3);
    return static_cast<Word>(product >> 64) + (static_cast<Word>(product) >> 3);
  }
};

}  // namespace detail

/// The field of 2^61 - 1 elements: 8 bytes each. A product costs 3.5 cycles or so without vector instructions.
using Mersenne61 = Residue<detail::Mersenne61Representation>;

#if defined(__x86_64__)
template <>
struct detail::Kernels<Mersenne61>
    : ChosenKernels<Mersenne61, Mersenne61Avx512<Mersenne61>, Mersenne61Avx2<Mersenne61>> {};
#endif

}  // namespace parley
