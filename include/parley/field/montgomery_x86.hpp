// SPDX-License-Identifier: Apache-2.0
// The loops over words of Montgomery multiplication for x86-64 and g++, whose version 12 makes compares and moves of
// carries: products of four words and four take 20 ns with these and 30 without. Clang's own code is as fast.
// [Ozturk, Guilford, Gopal, Feghali, "New Instructions Supporting Large Integer Arithmetic on Intel Architecture
// Processors", 2012]
#pragma once

#include <cstddef>
#include <cstdint>

#include "parley/core/cpu.hpp"

#if defined(__x86_64__) && !defined(__clang__)

#define PARLEY_MONTGOMERY_ADX

namespace parley::detail {

/// value[0..count) -= other[0..count) + borrow, where `borrow` is 0, or -1 for a borrow, before and after.
template <std::size_t count>
[[gnu::always_inline]] inline void subtract_words_x86(std::uint64_t* value, const std::uint64_t* other,
                                                      std::uint64_t& borrow) noexcept {
  static_assert(count == 1 || count == 4);
  // -1 + -1 sets the carry flag.
  if constexpr (count == 1) {
    asm("addq %[borrow], %[borrow]\n\tsbbq %[p0], %[v0]\n\tsbbq %[borrow], %[borrow]"
        : [v0] "+&r"(value[0]), [borrow] "+&r"(borrow)
        : [p0] "rm"(other[0])
        : "cc");
  } else {
    asm("addq %[borrow], %[borrow]\n\t"
        "sbbq %[p0], %[v0]\n\tsbbq %[p1], %[v1]\n\tsbbq %[p2], %[v2]\n\tsbbq %[p3], %[v3]\n\t"
        "sbbq %[borrow], %[borrow]"
        : [v0] "+&r"(value[0]), [v1] "+&r"(value[1]), [v2] "+&r"(value[2]), [v3] "+&r"(value[3]), [borrow] "+&r"(borrow)
        : [p0] "rm"(other[0]), [p1] "rm"(other[1]), [p2] "rm"(other[2]), [p3] "rm"(other[3])
        : "cc");
  }
}

/// Whether multiply_add_words_adx may be called.
[[nodiscard]] inline bool adx_usable(const CpuFeatures& cpu) noexcept { return cpu.bmi2 && cpu.adx; }

// The sums of the low halves of the products go through the overflow flag, those of the high halves through the carry
// flag. The most significant word takes what both leave behind: sum + a * factor + carry < 2^(64 (count + 1)).
#define PARLEY_MULTIPLY_ADD_STEP(i, next) \
  "mulxq %[a" #i                          \
  "], %[low], %[high]\n\t"                \
  "adoxq %[low], %[s" #i                  \
  "]\n\t"                                 \
  "adcxq %[high], %[" #next "]\n\t"
#define PARLEY_MULTIPLY_ADD_LAST(i) \
  "mulxq %[a" #i                    \
  "], %[low], %[high]\n\t"          \
  "adoxq %[low], %[s" #i            \
  "]\n\t"                           \
  "movl $0, %k[low]\n\t"            \
  "adcxq %[low], %[high]\n\t"       \
  "adoxq %[low], %[high]"

/// sum[0..count) += a[0..count) * factor + carry; what does not fit in `count` words is the new carry.
template <std::size_t count>
[[gnu::always_inline]] inline void multiply_add_words_adx(std::uint64_t* sum, const std::uint64_t* a,
                                                          std::uint64_t factor, std::uint64_t& carry) noexcept {
  static_assert(count == 2 || count == 3 || count == 4);
  std::uint64_t low, high;
  if constexpr (count == 2) {
    asm("xorl %k[low], %k[low]\n\tadcxq %[carry], %[s0]\n\t"  // xor clears both flags
        PARLEY_MULTIPLY_ADD_STEP(0, s1) PARLEY_MULTIPLY_ADD_LAST(1)
        : [s0] "+&r"(sum[0]), [s1] "+&r"(sum[1]), [low] "=&r"(low), [high] "=&r"(high)
        : "d"(factor), [carry] "r"(carry), [a0] "m"(a[0]), [a1] "m"(a[1])
        : "cc");
  } else if constexpr (count == 3) {
    asm("xorl %k[low], %k[low]\n\tadcxq %[carry], %[s0]\n\t" PARLEY_MULTIPLY_ADD_STEP(0, s1)
            PARLEY_MULTIPLY_ADD_STEP(1, s2) PARLEY_MULTIPLY_ADD_LAST(2)
        : [s0] "+&r"(sum[0]), [s1] "+&r"(sum[1]), [s2] "+&r"(sum[2]), [low] "=&r"(low), [high] "=&r"(high)
        : "d"(factor), [carry] "r"(carry), [a0] "m"(a[0]), [a1] "m"(a[1]), [a2] "m"(a[2])
        : "cc");
  } else {
    asm("xorl %k[low], %k[low]\n\tadcxq %[carry], %[s0]\n\t" PARLEY_MULTIPLY_ADD_STEP(0, s1)
            PARLEY_MULTIPLY_ADD_STEP(1, s2) PARLEY_MULTIPLY_ADD_STEP(2, s3) PARLEY_MULTIPLY_ADD_LAST(3)
        : [s0] "+&r"(sum[0]), [s1] "+&r"(sum[1]), [s2] "+&r"(sum[2]), [s3] "+&r"(sum[3]), [low] "=&r"(low),
          [high] "=&r"(high)
        : "d"(factor), [carry] "r"(carry), [a0] "m"(a[0]), [a1] "m"(a[1]), [a2] "m"(a[2]), [a3] "m"(a[3])
        : "cc");
  }
  carry = high;
}

#undef PARLEY_MULTIPLY_ADD_STEP
#undef PARLEY_MULTIPLY_ADD_LAST

}  // namespace parley::detail

#endif
