// SPDX-License-Identifier: Apache-2.0
// What the CPU can do, found at run time, so that one binary uses the instructions that there are and runs where there
// are none. [Intel SDM, volume 1, sections 13.1 and 15.2 to 15.4; volume 2, CPUID; AMD64 APM, volume 3, appendix E]
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "parley/core/error.hpp"

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

/// What the code of a backend may ask of the CPU. Each has what the ones before it have.
enum class Backend : std::uint8_t {
  portable,  ///< no extension at all
  avx2,      ///< everything but AVX-512: registers of 256 bits, and AES, GFNI and carry-less products in them
  avx512,    ///< everything
};

[[nodiscard]] constexpr std::string_view to_string(Backend backend) noexcept {
  return backend == Backend::portable ? "portable" : backend == Backend::avx2 ? "avx2" : "avx512";
}

/// The features of this machine, probed at the first call.
[[nodiscard]] inline const CpuFeatures& machine_features() noexcept {
  static const CpuFeatures features = detail::interpret(detail::read_cpuid());
  return features;
}

namespace detail {

/// The features that the code of a backend may use.
[[nodiscard]] constexpr CpuFeatures restrict_to(Backend backend, CpuFeatures has) noexcept {
  if (backend == Backend::portable) return {};
  if (backend == Backend::avx2) has.avx512 = has.avx512ifma = has.avx512vbmi = has.avx512vbmi2 = false;
  return has;
}

/// The widest backend that there is code for on a machine with these features.
[[nodiscard]] constexpr Backend backend_of(const CpuFeatures& has) noexcept {
  return has.avx512 ? Backend::avx512 : has.avx2 ? Backend::avx2 : Backend::portable;
}

/// What PARLEY_BACKEND says, as `value`; nullptr where it is not set.
[[nodiscard]] inline Backend backend_from_environment(const char* value) {
  if (value == nullptr) return Backend::avx512;
  for (const Backend backend : {Backend::portable, Backend::avx2, Backend::avx512})
    if (to_string(backend) == value) return backend;
  throw Error(ErrorCode::invalid_argument, "the environment variable PARLEY_BACKEND is \"" + std::string(value) +
                                               "\"; portable, avx2 and avx512 are possible");
}

/// The features of this machine under each backend, and those in force.
class FeatureChoice {
 public:
  static FeatureChoice& of_this_process() {
    static FeatureChoice choice(backend_from_environment(std::getenv("PARLEY_BACKEND")));
    return choice;
  }

  const CpuFeatures& in_force() const noexcept { return *in_force_.load(std::memory_order_relaxed); }
  void set(Backend backend) noexcept { set(under_[static_cast<std::size_t>(backend)]); }
  /// `lasting` stays where it is as long as it is in force.
  void set(const CpuFeatures& lasting) noexcept { in_force_.store(&lasting, std::memory_order_relaxed); }

 private:
  explicit FeatureChoice(Backend backend) noexcept { set(backend); }

  const CpuFeatures under_[3] = {restrict_to(Backend::portable, machine_features()),
                                 restrict_to(Backend::avx2, machine_features()), machine_features()};
  std::atomic<const CpuFeatures*> in_force_ = nullptr;
};

}  // namespace detail

/// The features that code may use: those of this machine, without what is above the backend that force_backend() or the
/// environment variable PARLEY_BACKEND (portable, avx2, avx512) names. Whoever chooses a backend asks here and nowhere
/// else. @throws Error(invalid_argument), at the first call, where PARLEY_BACKEND names none.
[[nodiscard]] inline const CpuFeatures& cpu_features() { return detail::FeatureChoice::of_this_process().in_force(); }

/// The widest backend in use.
[[nodiscard]] inline Backend backend() { return detail::backend_of(cpu_features()); }

/// From now on nothing wider than `backend` is used, in all threads, whatever PARLEY_BACKEND says: for tests and
/// benchmarks. Results do not depend on it, nor does a random stream that has begun. SystemRandoms made from now on
/// choose their cipher by it.
/// @throws Error(invalid_argument) where this machine lacks it.
inline void force_backend(Backend backend) {
  if (backend > detail::backend_of(machine_features()))
    throw Error(ErrorCode::invalid_argument, "this machine has no " + std::string(to_string(backend)));
  detail::FeatureChoice::of_this_process().set(backend);
}

}  // namespace parley
