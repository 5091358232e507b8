// SPDX-License-Identifier: Apache-2.0
// What the CPU can do, found at run time, so that one binary uses the instructions that there are and runs where there
// are none. [Intel SDM, volume 1, sections 13.1 and 15.2 to 15.4; volume 2, CPUID; AMD64 APM, volume 3, appendix E]
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace parley {

/// Instruction-set extensions that the CPU has *and* whose registers the operating system saves. All false on machines
/// that are not x86-64. AVX-512 means the registers and a foundation of F, BW, DQ and VL, which come together on every
/// CPU that has BW; what goes beyond is named on its own. `gfni`, `vaes` and `vpclmulqdq` promise the instruction
/// alone: ask for `avx2` or `avx512` beside them according to the width of the registers.
struct CpuFeatures {
  bool ssse3 = false;
  bool sse41 = false;
  bool aesni = false;
  bool pclmulqdq = false;
  bool bmi2 = false;
  bool adx = false;
  bool avx2 = false;
  bool avx512 = false;  ///< F, BW, DQ and VL
  bool avx512ifma = false;
  bool avx512vbmi = false;
  bool avx512vbmi2 = false;
  bool gfni = false;
  bool vaes = false;
  bool vpclmulqdq = false;

  friend bool operator==(const CpuFeatures&, const CpuFeatures&) = default;
};

namespace detail {

/// What the registers of CPUID and XCR0 say, apart from the instructions that read them.
struct CpuIdRegisters {
  std::uint32_t leaf1_ecx = 0;
  std::uint32_t leaf7_ebx = 0;
  std::uint32_t leaf7_ecx = 0;
  std::uint64_t xcr0 = 0;  ///< 0 where the operating system does not use XSAVE
};

[[nodiscard]] constexpr CpuFeatures interpret(const CpuIdRegisters& cpu) noexcept {
  const auto leaf1 = [&](unsigned bit) { return ((cpu.leaf1_ecx >> bit) & 1) != 0; };
  const auto leaf7b = [&](unsigned bit) { return ((cpu.leaf7_ebx >> bit) & 1) != 0; };
  const auto leaf7c = [&](unsigned bit) { return ((cpu.leaf7_ecx >> bit) & 1) != 0; };
  // XCR0: bits 1 and 2 are the XMM and YMM state; 5, 6 and 7 the mask registers and both halves of the ZMM state.
  const bool ymm = leaf1(28) && (cpu.xcr0 & 0x06) == 0x06;
  const bool zmm = ymm && (cpu.xcr0 & 0xe6) == 0xe6;

  CpuFeatures has;
  has.ssse3 = leaf1(9);
  has.sse41 = leaf1(19);
  has.aesni = leaf1(25);
  has.pclmulqdq = leaf1(1);
  has.bmi2 = leaf7b(8);
  has.adx = leaf7b(19);
  has.avx2 = ymm && leaf7b(5);
  has.avx512 = zmm && has.avx2 && leaf7b(16) && leaf7b(17) && leaf7b(30) && leaf7b(31);
  has.avx512ifma = has.avx512 && leaf7b(21);
  has.avx512vbmi = has.avx512 && leaf7c(1);
  has.avx512vbmi2 = has.avx512 && leaf7c(6);
  has.gfni = leaf7c(8);
  has.vaes = ymm && leaf7c(9);
  has.vpclmulqdq = ymm && leaf7c(10);
  return has;
}

#if defined(__x86_64__)
[[nodiscard]] inline CpuIdRegisters read_cpuid() noexcept {
  CpuIdRegisters cpu;
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (__get_cpuid_count(1, 0, &eax, &ebx, &ecx, &edx) != 0) cpu.leaf1_ecx = ecx;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0) {
    cpu.leaf7_ebx = ebx;
    cpu.leaf7_ecx = ecx;
  }
  if (((cpu.leaf1_ecx >> 27) & 1) != 0) {  // OSXSAVE: without it XGETBV is an illegal instruction
    std::uint32_t low = 0, high = 0;
    asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    cpu.xcr0 = (std::uint64_t{high} << 32) | low;
  }
  return cpu;
}
#else
[[nodiscard]] inline CpuIdRegisters read_cpuid() noexcept { return {}; }
#endif

}  // namespace detail

/// The features of this machine, probed at the first call. Whoever chooses a backend asks here and nowhere else.
[[nodiscard]] inline const CpuFeatures& cpu_features() noexcept {
  static const CpuFeatures features = detail::interpret(detail::read_cpuid());
  return features;
}

}  // namespace parley
