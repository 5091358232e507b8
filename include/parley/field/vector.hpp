// SPDX-License-Identifier: Apache-2.0
// Arithmetic on vectors of ring elements: the one door to the kernels, whatever they are on this machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

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

inline std::size_t product_of_lengths(std::size_t a, std::size_t b) {
  if (b != 0 && a > SIZE_MAX / b) {
    throw Error(ErrorCode::invalid_argument, "a matrix of " + std::to_string(a) + " by " + std::to_string(b) +
                                                 " elements is larger than any memory");
  }
  return a * b;
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

/// A matrix times vectors: out[r][i] = matrix[r * n] * rows[0][i] + ... + matrix[r * n + n - 1] * rows[n-1][i] for the
/// n rows, all as long as those of `out`. `matrix` has out.size() * n coefficients; no row of `out` overlaps one of
/// `rows`.
template <Ring F>
void linear_combinations(std::span<const std::span<F>> out, Input<F> matrix,
                         std::type_identity_t<std::span<const std::span<const F>>> rows) {
  detail::require_length("linear_combinations", detail::product_of_lengths(out.size(), rows.size()), {matrix.size()});
  if (out.empty()) return;
  const std::size_t length = out.front().size();
  for (const std::span<F>& row : out) detail::require_length("linear_combinations", length, {row.size()});
  for (const std::span<const F>& row : rows) detail::require_length("linear_combinations", length, {row.size()});
  detail::Kernels<F>::multiply_matrix(out.data(), out.size(), matrix.data(), rows.data(), rows.size(), length);
}

/// The dimensions of a product of two matrices: `rows` by `inner`, times `inner` by `columns`.
struct ProductShape {
  std::size_t rows = 0, inner = 0, columns = 0;
};

/// The product of two matrices, each row by row in memory: out[r * columns + c] is the sum of a[r * inner + k] *
/// b[k * columns + c] for k < inner. `out` overlaps neither factor.
template <Ring F>
void matrix_product(std::span<F> out, Input<F> a, Input<F> b, const ProductShape& shape) {
  detail::require_length("matrix_product", detail::product_of_lengths(shape.rows, shape.inner), {a.size()});
  detail::require_length("matrix_product", detail::product_of_lengths(shape.inner, shape.columns), {b.size()});
  detail::require_length("matrix_product", detail::product_of_lengths(shape.rows, shape.columns), {out.size()});
  if (out.empty()) return;
  if (shape.columns == 1) {
    for (std::size_t row = 0; row < shape.rows; ++row)
      out[row] = detail::Kernels<F>::inner_product(a.data() + row * shape.inner, b.data(), shape.inner);
    return;
  }
  std::vector<std::span<F>> out_rows;
  std::vector<std::span<const F>> in_rows;
  out_rows.reserve(shape.rows);
  in_rows.reserve(shape.inner);
  for (std::size_t row = 0; row < shape.rows; ++row)
    out_rows.push_back(out.subspan(row * shape.columns, shape.columns));
  for (std::size_t row = 0; row < shape.inner; ++row) in_rows.push_back(b.subspan(row * shape.columns, shape.columns));
  detail::Kernels<F>::multiply_matrix(out_rows.data(), shape.rows, a.data(), in_rows.data(), shape.inner,
                                      shape.columns);
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
