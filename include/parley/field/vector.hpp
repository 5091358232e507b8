// SPDX-License-Identifier: Apache-2.0
// Arithmetic on vectors of ring elements: the one door to the kernels, whatever they are on this machine.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <type_traits>

#include "parley/core/error.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/portable.hpp"

namespace parley {

namespace detail {

/// The kernels of a ring on this machine. A specialisation for a field chooses among instruction sets at run time.
template <Ring F>
struct Kernels : PortableKernels<F> {};

inline void require_length(const char* operation, std::size_t expected, std::initializer_list<std::size_t> lengths) {
  for (const std::size_t length : lengths) {
    if (length != expected) {
      throw Error(ErrorCode::invalid_argument, std::string("vector::") + operation + ": lengths " +
                                                   std::to_string(expected) + " and " + std::to_string(length) +
                                                   " differ");
    }
  }
}

}  // namespace detail

/// Every function here takes spans of equal lengths, else it throws Error(invalid_argument) before anything is written.
/// An output span is the same as an input span or does not overlap it. Constant time: the lengths are public, the
/// elements and factors secret.
namespace vector {

/// An input, which does not take part in the deduction of F, so that a std::vector<F> or a std::span<F> will do.
template <class F>
using Input = std::type_identity_t<std::span<const F>>;

/// out[i] = a[i] + b[i]
template <Ring F>
void add(std::span<F> out, Input<F> a, Input<F> b) {
  detail::require_length("add", out.size(), {a.size(), b.size()});
  detail::Kernels<F>::add(out.data(), a.data(), b.data(), out.size());
}

/// out[i] = a[i] - b[i]
template <Ring F>
void subtract(std::span<F> out, Input<F> a, Input<F> b) {
  detail::require_length("subtract", out.size(), {a.size(), b.size()});
  detail::Kernels<F>::subtract(out.data(), a.data(), b.data(), out.size());
}

/// out[i] = a[i] * b[i]
template <Ring F>
void multiply(std::span<F> out, Input<F> a, Input<F> b) {
  detail::require_length("multiply", out.size(), {a.size(), b.size()});
  detail::Kernels<F>::multiply(out.data(), a.data(), b.data(), out.size());
}

/// out[i] = -a[i]
template <Ring F>
void negate(std::span<F> out, Input<F> a) {
  detail::require_length("negate", out.size(), {a.size()});
  detail::Kernels<F>::negate(out.data(), a.data(), out.size());
}

/// out[i] = a[i] * factor
template <Ring F>
void scale(std::span<F> out, Input<F> a, std::type_identity_t<F> factor) {
  detail::require_length("scale", out.size(), {a.size()});
  detail::Kernels<F>::scale(out.data(), a.data(), factor, out.size());
}

/// sum[i] += a[i] * factor
template <Ring F>
void multiply_add(std::span<F> sum, Input<F> a, std::type_identity_t<F> factor) {
  detail::require_length("multiply_add", sum.size(), {a.size()});
  detail::Kernels<F>::multiply_add(sum.data(), a.data(), factor, sum.size());
}

/// sum[i] += a[i] * b[i]
template <Ring F>
void multiply_add(std::span<F> sum, Input<F> a, Input<F> b) {
  detail::require_length("multiply_add", sum.size(), {a.size(), b.size()});
  detail::Kernels<F>::multiply_add(sum.data(), a.data(), b.data(), sum.size());
}

/// a[0] * b[0] + ... + a[n-1] * b[n-1]
template <Ring F>
[[nodiscard]] F inner_product(std::span<const F> a, Input<F> b) {
  detail::require_length("inner_product", a.size(), {b.size()});
  return detail::Kernels<F>::inner_product(a.data(), b.data(), a.size());
}

/// a[0] + ... + a[n-1]
template <Ring F>
[[nodiscard]] F sum(std::span<const F> a) {
  return detail::Kernels<F>::sum(a.data(), a.size());
}

/// out[i] = coefficients[0] * rows[0][i] + ... + coefficients[n-1] * rows[n-1][i]; `out` overlaps no row.
template <Ring F>
void linear_combination(std::span<F> out, Input<F> coefficients,
                        std::type_identity_t<std::span<const std::span<const F>>> rows) {
  detail::require_length("linear_combination", coefficients.size(), {rows.size()});
  for (const std::span<const F>& row : rows) detail::require_length("linear_combination", out.size(), {row.size()});
  detail::Kernels<F>::linear_combination(out.data(), rows.data(), coefficients.data(), rows.size(), out.size());
}

/// elements[i] = elements[i].inverse(), zero for zero, for the price of a few products each instead of an inversion.
template <Field F>
void invert(std::span<F> elements) {
  detail::Kernels<F>::invert(elements.data(), elements.size());
}

/// The encodings of the elements one after the other; `out` has `in.size() * F::encoded_size` bytes.
template <Ring F>
void encode(std::span<std::byte> out, std::span<const F> in) {
  detail::require_length("encode", in.size() * F::encoded_size, {out.size()});
  detail::Kernels<F>::encode(out.data(), in.data(), in.size());
}

/// Undoes `encode`. False if any of the encodings is not canonical; then all of `out` is zero, so that nothing of a bad
/// message is used by mistake. `in` has `out.size() * F::encoded_size` bytes.
template <Ring F>
[[nodiscard]] bool decode(std::span<F> out, std::span<const std::byte> in) {
  detail::require_length("decode", out.size() * F::encoded_size, {in.size()});
  return detail::Kernels<F>::decode(out.data(), in.data(), out.size());
}

}  // namespace vector
}  // namespace parley
