// SPDX-License-Identifier: Apache-2.0
// CPU features: what the registers say, with and without an operating system that saves the vector registers.
#include "parley/core/cpu.hpp"

#include <cstdint>
#include <string>

#include "catch.hpp"
#include "core/backends.hpp"

using parley::Backend;
using parley::backend;
using parley::cpu_features;
using parley::CpuFeatures;
using parley::machine_features;
using parley::detail::CpuIdRegisters;
using parley::detail::interpret;

namespace {

constexpr std::uint32_t bit(unsigned position) { return std::uint32_t{1} << position; }

constexpr std::uint64_t xmm_state = 0x2, ymm_state = 0x4, zmm_states = 0xe0;

/// A CPU that has everything, under an operating system that saves the registers named by `xcr0`.
constexpr CpuFeatures everything(std::uint64_t xcr0) {
  return interpret(
      {.leaf1_ecx = ~std::uint32_t{0}, .leaf7_ebx = ~std::uint32_t{0}, .leaf7_ecx = ~std::uint32_t{0}, .xcr0 = xcr0});
}

static_assert(interpret({}) == CpuFeatures{});

}  // namespace

TEST_CASE("vector extensions count only where the operating system saves their registers") {
  const CpuFeatures none = everything(0);
  CHECK((none.aesni && none.ssse3 && none.sse41 && none.pclmulqdq && none.bmi2 && none.adx && none.gfni));
  CHECK_FALSE((none.avx2 || none.avx512 || none.avx512ifma || none.avx512vbmi || none.vaes || none.vpclmulqdq));
  CHECK(everything(xmm_state) == none);

  const CpuFeatures ymm = everything(xmm_state | ymm_state);
  CHECK((ymm.avx2 && ymm.vaes && ymm.vpclmulqdq));
  CHECK_FALSE((ymm.avx512 || ymm.avx512ifma || ymm.avx512vbmi || ymm.avx512vbmi2));
  for (const std::uint64_t partial : {0x20u, 0x40u, 0x80u, 0x60u, 0xa0u, 0xc0u}) {
    CHECK(everything(xmm_state | ymm_state | partial) == ymm);
  }

  const CpuFeatures zmm = everything(xmm_state | ymm_state | zmm_states);
  CHECK((zmm.avx512 && zmm.avx512ifma && zmm.avx512vbmi && zmm.avx512vbmi2));
}

TEST_CASE("each bit of CPUID is the feature that the manuals say, and AVX-512 is all four of F, BW, DQ and VL") {
  const std::uint64_t all = xmm_state | ymm_state | zmm_states;
  const std::uint32_t avx = bit(28), avx2 = bit(5), foundation = bit(16) | bit(17) | bit(30) | bit(31);

  CHECK(interpret({.leaf1_ecx = bit(25)}).aesni);
  CHECK(interpret({.leaf1_ecx = bit(1)}).pclmulqdq);
  CHECK(interpret({.leaf1_ecx = bit(9)}).ssse3);
  CHECK(interpret({.leaf1_ecx = bit(19)}).sse41);
  CHECK(interpret({.leaf7_ebx = bit(8)}).bmi2);
  CHECK(interpret({.leaf7_ebx = bit(19)}).adx);
  CHECK(interpret({.leaf7_ecx = bit(8)}).gfni);
  CHECK(interpret({.leaf1_ecx = avx, .leaf7_ebx = avx2, .xcr0 = all}).avx2);
  CHECK_FALSE(interpret({.leaf7_ebx = avx2, .xcr0 = all}).avx2);
  CHECK(interpret({.leaf1_ecx = avx, .leaf7_ecx = bit(9), .xcr0 = all}).vaes);
  CHECK(interpret({.leaf1_ecx = avx, .leaf7_ecx = bit(10), .xcr0 = all}).vpclmulqdq);

  const auto with = [&](std::uint32_t ebx, std::uint32_t ecx) {
    return interpret({.leaf1_ecx = avx, .leaf7_ebx = avx2 | ebx, .leaf7_ecx = ecx, .xcr0 = all});
  };
  CHECK(with(foundation, 0).avx512);
  for (const unsigned position : {16u, 17u, 30u, 31u}) CHECK_FALSE(with(foundation & ~bit(position), 0).avx512);
  CHECK(with(foundation | bit(21), 0).avx512ifma);
  CHECK_FALSE(with(foundation, 0).avx512ifma);
  CHECK(with(foundation, bit(1)).avx512vbmi);
  CHECK(with(foundation, bit(6)).avx512vbmi2);
}

TEST_CASE("the features of this machine are those that the compiler's own probe finds") {
  const CpuFeatures& has = machine_features();
#if defined(__x86_64__)
  CHECK(has.ssse3 == (__builtin_cpu_supports("ssse3") != 0));
  CHECK(has.sse41 == (__builtin_cpu_supports("sse4.1") != 0));
  CHECK(has.aesni == (__builtin_cpu_supports("aes") != 0));
  CHECK(has.pclmulqdq == (__builtin_cpu_supports("pclmul") != 0));
  CHECK(has.bmi2 == (__builtin_cpu_supports("bmi2") != 0));
  CHECK(has.avx2 == (__builtin_cpu_supports("avx2") != 0));
  CHECK(has.avx512 == (__builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
                       __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0));
  CHECK(has.avx512ifma == (__builtin_cpu_supports("avx512ifma") != 0));
  CHECK(has.avx512vbmi == (__builtin_cpu_supports("avx512vbmi") != 0));
  CHECK(has.avx512vbmi2 == (__builtin_cpu_supports("avx512vbmi2") != 0));
  CHECK(has.gfni == (__builtin_cpu_supports("gfni") != 0));
  CHECK(has.vpclmulqdq == (__builtin_cpu_supports("vpclmulqdq") != 0));
#else
  CHECK(has == CpuFeatures{});
#endif
}

TEST_CASE("a backend has what the ones before it have, and no more than the machine") {
  using parley::detail::backend_of, parley::detail::restrict_to;
  const CpuFeatures all = everything(xmm_state | ymm_state | zmm_states), ymm = everything(xmm_state | ymm_state);
  CHECK(restrict_to(Backend::portable, all) == CpuFeatures{});
  CHECK(restrict_to(Backend::avx2, all) == ymm);
  CHECK(restrict_to(Backend::avx512, all) == all);
  for (const Backend each : {Backend::portable, Backend::avx2, Backend::avx512}) {
    CHECK(restrict_to(each, CpuFeatures{}) == CpuFeatures{});
    CHECK(backend_of(restrict_to(each, all)) == each);
  }
  CHECK(backend_of(everything(xmm_state)) == Backend::portable);
}

TEST_CASE("the environment names a backend, and a name that is none is refused") {
  using parley::detail::backend_from_environment;
  CHECK(backend_from_environment(nullptr) == Backend::avx512);
  CHECK(backend_from_environment("portable") == Backend::portable);
  CHECK(backend_from_environment("avx2") == Backend::avx2);
  CHECK(backend_from_environment("avx512") == Backend::avx512);
  for (const char* wrong : {"", "AVX2", "avx", "avx512 "}) {
    try {
      static_cast<void>(backend_from_environment(wrong));
      FAIL("no error");
    } catch (const parley::Error& error) {
      CHECK(error.code() == parley::ErrorCode::invalid_argument);
      CHECK(std::string(error.what()).find(wrong) != std::string::npos);
    }
  }
}

TEST_CASE("a forced backend is in force until another one is, and one that the machine lacks is refused") {
  const Backend widest = parley::detail::backend_of(machine_features()), before = backend();
  parley::test::under_each_backend([&] {
    CHECK(cpu_features() == parley::detail::restrict_to(backend(), machine_features()));
    for (const Backend each : {Backend::avx2, Backend::avx512}) {
      if (each <= widest) continue;
      const Backend current = backend();
      CHECK_THROWS_AS(parley::force_backend(each), parley::Error);
      CHECK(backend() == current);
    }
  });
  CHECK(backend() == before);
  const parley::test::Forced forced(Backend::portable);
  CHECK(cpu_features() == CpuFeatures{});
}
