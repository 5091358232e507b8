// SPDX-License-Identifier: Apache-2.0
// Kernels that are chosen at run time, call by call, among the instruction sets that there is code for.
#pragma once

#include <cstddef>
#include <span>

#include "parley/core/cpu.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/portable.hpp"

namespace parley::detail {

/// The kernels of the first of `Backends` that may be used, the portable ones where none may. A backend is derived from
/// PortableKernels<F>, whose members it replaces, and has `static bool usable(const CpuFeatures&)`. It may have a
/// `multiply_tiles`, with the parameters of multiply_matrix, where it does better than row by row.
template <Ring F, class... Backends>
struct ChosenKernels {
  static void add(F* out, const F* a, const F* b, std::size_t count) noexcept {
    choose([&](auto kernels) { kernels.add(out, a, b, count); });
  }
  static void subtract(F* out, const F* a, const F* b, std::size_t count) noexcept {
    choose([&](auto kernels) { kernels.subtract(out, a, b, count); });
  }
  static void multiply(F* out, const F* a, const F* b, std::size_t count) noexcept {
    choose([&](auto kernels) { kernels.multiply(out, a, b, count); });
  }
  static void negate(F* out, const F* a, std::size_t count) noexcept {
    choose([&](auto kernels) { kernels.negate(out, a, count); });
  }
  static void scale(F* out, const F* a, F factor, std::size_t count) noexcept {
    choose([&](auto kernels) { kernels.scale(out, a, factor, count); });
  }
  static void multiply_add(F* sum, const F* a, F factor, std::size_t count) noexcept {
    choose([&](auto kernels) { kernels.multiply_add(sum, a, factor, count); });
  }
  static void multiply_add(F* sum, const F* a, const F* b, std::size_t count) noexcept {
    choose([&](auto kernels) { kernels.multiply_add(sum, a, b, count); });
  }
  static F inner_product(const F* a, const F* b, std::size_t count) noexcept {
    return choose([&](auto kernels) { return kernels.inner_product(a, b, count); });
  }
  static F sum(const F* a, std::size_t count) noexcept {
    return choose([&](auto kernels) { return kernels.sum(a, count); });
  }
  static void linear_combination(F* out, const std::span<const F>* rows, const F* coefficients, std::size_t terms,
                                 std::size_t count) noexcept {
    choose([&](auto kernels) { kernels.linear_combination(out, rows, coefficients, terms, count); });
  }
  static void multiply_matrix(const std::span<F>* out, std::size_t rows, const F* matrix, const std::span<const F>* in,
                              std::size_t terms, std::size_t count) noexcept {
    choose([&](auto kernels) {
      using Backend = decltype(kernels);
      if constexpr (requires { &Backend::multiply_tiles; })
        kernels.multiply_tiles(out, rows, matrix, in, terms, count);
      else
        kernels.template multiply_matrix_with<Backend>(out, rows, matrix, in, terms, count);
    });
  }
  static void tabulate(const std::span<F>* rows, std::size_t parties, std::size_t first, const F* constants,
                       F* differences, std::size_t degree, std::size_t count, bool past_caches = false) noexcept {
    choose([&](auto kernels) {
      if constexpr (requires { kernels.tabulate(rows, parties, first, constants, differences, degree, count, true); })
        kernels.tabulate(rows, parties, first, constants, differences, degree, count, past_caches);
      else
        kernels.tabulate(rows, parties, first, constants, differences, degree, count);
    });
  }
  static void evaluate_additive(const AdditiveEvaluation<F>& task) noexcept requires HasAdditiveBasis<F> {
    choose([&](auto kernels) { kernels.evaluate_additive(task); });
  }
  static void encode(std::byte* out, const F* in, std::size_t count) noexcept {
    choose([&](auto kernels) { kernels.encode(out, in, count); });
  }
  static bool decode(F* out, const std::byte* in, std::size_t count) noexcept {
    return choose([&](auto kernels) { return kernels.decode(out, in, count); });
  }
  static bool mask_samples(F* samples, std::size_t count) noexcept requires MemoryIsEncoding<F> {
    return choose([&](auto kernels) { return kernels.mask_samples(samples, count); });
  }
  static std::size_t from_samples(F* out, const std::byte* samples, std::size_t count) noexcept {
    return choose([&](auto kernels) { return kernels.from_samples(out, samples, count); });
  }
  static void invert(F* elements, std::size_t count) noexcept {
    choose([&](auto kernels) { kernels.invert(elements, count); });
  }

 private:
  template <class Call>
  static auto choose(const Call& call) noexcept {
    return first_usable<Backends..., PortableKernels<F>>(cpu_features(), call);
  }

  template <class First, class... Rest, class Call>
  static auto first_usable(const CpuFeatures& cpu, const Call& call) noexcept {
    if constexpr (sizeof...(Rest) == 0) {
      return call(First());
    } else {
      return First::usable(cpu) ? call(First()) : first_usable<Rest...>(cpu, call);
    }
  }
};

}  // namespace parley::detail
