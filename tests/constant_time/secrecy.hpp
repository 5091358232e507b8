// SPDX-License-Identifier: Apache-2.0
// Secrets as valgrind's memcheck sees them: undefined memory, from which it follows every bit that is computed, and on
// which it reports every branch and every address. A program that includes this is run under memcheck, which fails it
// for a single report.
//
// What this does not see: instructions whose own time depends on their operands (division), and code that this
// processor or valgrind does not run (valgrind 3.19 has no AVX-512, GFNI or VAES).
//
// [Langley, "Checking that functions are constant time with Valgrind", 2010]
#pragma once

#include <valgrind/memcheck.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "parley/core/cpu.hpp"

namespace parley::testing {

inline void mark_secret(std::span<const std::byte> memory) {
  static_cast<void>(VALGRIND_MAKE_MEM_UNDEFINED(memory.data(), memory.size()));
}
template <class T>
void mark_secret(std::span<T> elements) {
  mark_secret(std::as_bytes(elements));
}

/// From here on a branch on `memory` is no report: what it holds is public by the definition of the function under
/// test, or has been tested and is to be compared with what is right. Every call says which.
inline void declassify(std::span<const std::byte> memory) {
  static_cast<void>(VALGRIND_MAKE_MEM_DEFINED(memory.data(), memory.size()));
}
template <class T>
void declassify(std::span<T> elements) {
  declassify(std::as_bytes(elements));
}

template <class T>
concept SelfContained = std::is_trivially_copyable_v<T>;

template <SelfContained T>
void mark_secret(T& value) {
  mark_secret(std::span(&value, 1));
}
template <class T, class Allocator>
void mark_secret(std::vector<T, Allocator>& elements) {
  mark_secret(std::span<T>(elements));
}
template <SelfContained T>
void declassify(T& value) {
  declassify(std::span(&value, 1));
}
template <class T, class Allocator>
void declassify(std::vector<T, Allocator>& elements) {
  declassify(std::span<T>(elements));
}

/// Whether some bit of `memory` is computed from a secret.
inline bool is_secret(std::span<const std::byte> memory) {
  std::vector<unsigned char> undefined(memory.size());
  if (VALGRIND_GET_VBITS(memory.data(), undefined.data(), memory.size()) != 1) return false;
  return std::any_of(undefined.begin(), undefined.end(), [](unsigned char bits) { return bits != 0; });
}
template <SelfContained T>
bool is_secret(const T& value) {
  return is_secret(std::as_bytes(std::span(&value, 1)));
}
template <class T, class Allocator>
bool is_secret(const std::vector<T, Allocator>& elements) {
  return is_secret(std::as_bytes(std::span<const T>(elements)));
}

/// Ends the program unless `holds`, which is public.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::exit(EXIT_FAILURE);
}

/// The result of a function of secrets: it is secret itself (else the function did not see them) and, apart from that,
/// what the function makes of the same values as public ones.
template <class Result>
void require_secret_result(Result& result, const Result& expected, const char* function) {
  require(is_secret(result), function);
  declassify(result);  // to be compared
  require(result == expected, function);
}

/// function(values...) on secret copies of the values.
template <class Function, class... Values>
void check_on_secrets(const char* name, Function function, Values... values) {
  const auto expected = function(static_cast<const Values&>(values)...);
  (mark_secret(values), ...);
  auto result = function(static_cast<const Values&>(values)...);
  require_secret_result(result, expected, name);
}

/// Runs `check` under each backend that valgrind can execute.
template <class Check>
void under_each_backend(Check check) {
  for (const Backend each : {Backend::portable, Backend::avx2, Backend::avx512}) {
    if (each > detail::backend_of(machine_features())) return;
    force_backend(each);
    std::fprintf(stderr, "with the backend %s\n", std::string(to_string(each)).c_str());
    check();
  }
}

/// To be called first in main(): without valgrind these programs would test nothing.
inline void require_valgrind() { require(RUNNING_ON_VALGRIND != 0, "this program runs under valgrind"); }

}  // namespace parley::testing
