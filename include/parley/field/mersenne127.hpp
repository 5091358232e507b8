// SPDX-License-Identifier: Apache-2.0
// The integers modulo the Mersenne prime 2^127 - 1: where 61 bits are too few, for values or for soundness.
#pragma once

#include <cstddef>
#include <cstdint>

#include "parley/core/integer.hpp"
#include "parley/field/mersenne.hpp"
#include "parley/field/residue.hpp"

namespace parley {

namespace detail {

struct Mersenne127Representation : MersenneRepresentation<uint128, 127> {
  static constexpr const char* name = "Mersenne127";

  static constexpr Word multiply(Word a, Word b) noexcept { return canonical(folded_product(a, b)); }
  static constexpr Word multiply_add(Word a, Word b, Word c) noexcept { return add(multiply(a, b), c); }

  struct ProductSum {
    static constexpr std::size_t capacity = static_cast<std::size_t>(-1);

    constexpr void add_product(Word a, Word b) noexcept { sum = add(sum, multiply(a, b)); }
    constexpr Word reduce() const noexcept { return sum; }

    Word sum = 0;
  };

 private:
  static constexpr Word folded_product(Word a, Word b) noexcept {
    const auto a0 = static_cast<std::uint64_t>(a), a1 = static_cast<std::uint64_t>(a >> 64);
    const auto b0 = static_cast<std::uint64_t>(b), b1 = static_cast<std::uint64_t>(b >> 64);
    const uint128 low = static_cast<uint128>(a0) * b0;
    const uint128 middle = static_cast<uint128>(a0) * b1 + static_cast<uint128>(a1) * b0;
    const uint128 high = static_cast<uint128>(a1) * b1;
    // a b = high 2^128 + middle 2^64 + low
    const uint128 upper = middle + (low >> 64);
    const uint128 quotient_high = high + (upper >> 64);
    const uint128 lower = (upper << 64) | static_cast<std::uint64_t>(low);
    return (quotient_high << 1) + (lower >> 127) + (lower & modulus);
  }
};

}  // namespace detail

/// The field of 2^127 - 1 elements: 16 bytes each.
using Mersenne127 = Residue<detail::Mersenne127Representation>;

}  // namespace parley
