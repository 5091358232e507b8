// SPDX-License-Identifier: Apache-2.0
// The benchmarks of a field: the operators one after the other (latency) and side by side, and each kernel of
// field/vector.hpp in cache and out of cache, in elements a second. Matrix products count products of two elements.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "contest.hpp"
#include "parley/field/vector.hpp"

namespace parley_bench {

template <class F>
void measure_latency(const std::string& field) {
  const auto measure_chain = [&](const char* operation, std::size_t length, auto step) {
    measure(field + "/" + operation + "/latency", "parley", length, [length, step]() -> Work {
      const auto start = operand<F>(1, 2);
      return [length, step, start = std::array{start[0], start[1]}] {
        auto [x, y] = start;
        chain(x, y, length, step);
        benchmark::DoNotOptimize(y);
      };
    });
  };
  measure_chain("add", chain_length, [](F& out, F a, F b) { out = a + b; });
  measure_chain("multiply", chain_length, [](F& out, F a, F b) { out = a * b; });
  if constexpr (parley::Field<F>) measure_chain("invert", 10, [](F& out, F a, F b) { out = (a + b).inverse(); });
}

/// Vectors in a place, which the kernels work on.
template <class F>
struct Vectors {
  explicit Vectors(std::size_t size)
      : a(operand<F>(1, size)), b(operand<F>(2, size)), out(operand<F>(3, size)), rows{a, b} {}
  // `rows` refers to the vectors.
  Vectors(const Vectors&) = delete;
  Vectors& operator=(const Vectors&) = delete;

  parley::Buffer<F> a, b, out;
  std::array<std::span<const F>, 2> rows;
};

template <class F>
void measure_kernels(const std::string& field, const Place& place) {
  namespace vector = parley::vector;
  using Span = std::span<F>;
  const std::size_t size = place.elements<F>();
  const auto named = [&](const char* kernel) { return field + "/" + kernel + "/" + place.name; };
  const auto prepared = [size](auto kernel) {
    return [size, kernel]() -> Work {
      return [vectors = std::make_shared<Vectors<F>>(size), kernel, k = factor<F>()] { kernel(*vectors, k); };
    };
  };
  const auto measure_kernel = [&](const char* name, auto kernel) {
    measure(named(name), "parley", size, prepared(kernel));
  };
  measure_backends(named("multiply"), size,
                   prepared([](Vectors<F>& v, F) { vector::multiply<F>(Span(v.out), v.a, v.b); }));
  measure_backends(named("inner_product"), size,
                   prepared([](Vectors<F>& v, F) { benchmark::DoNotOptimize(vector::inner_product<F>(v.a, v.b)); }));
  measure_kernel("add", [](Vectors<F>& v, F) { vector::add<F>(v.out, v.a, v.b); });
  measure_kernel("subtract", [](Vectors<F>& v, F) { vector::subtract<F>(v.out, v.a, v.b); });
  measure_kernel("negate", [](Vectors<F>& v, F) { vector::negate<F>(v.out, v.a); });
  measure_kernel("scale", [](Vectors<F>& v, F k) { vector::scale<F>(v.out, v.a, k); });
  measure_kernel("multiply_add_constant", [](Vectors<F>& v, F k) { vector::multiply_add<F>(Span(v.out), v.a, k); });
  measure_kernel("multiply_add", [](Vectors<F>& v, F) {
    vector::multiply_add<F>(Span(v.out), parley::vector::Input<F>(v.a), parley::vector::Input<F>(v.b));
  });
  measure_kernel("sum", [](Vectors<F>& v, F) { benchmark::DoNotOptimize(vector::sum<F>(v.a)); });
  measure_kernel("linear_combination_of_2",
                 [](Vectors<F>& v, F) { vector::linear_combination<F>(v.out, Span(v.b).first(2), v.rows); });
  if constexpr (parley::Field<F>) measure_kernel("invert", [](Vectors<F>& v, F) { vector::invert<F>(v.out); });
  measure(named("draw"), "parley", size, [size]() -> Work {
    return [random = std::make_shared<parley::SystemRandom>(), out = std::make_shared<parley::Buffer<F>>(size)] {
      parley::fill_uniform(*random, Span(*out));
    };
  });
  measure(named("encode"), "parley", size, [size]() -> Work {
    return
        [elements = operand<F>(1, size), bytes = std::make_shared<parley::Buffer<std::byte>>(size * F::encoded_size)] {
          vector::encode<F>(*bytes, elements);
        };
  });
  measure(named("decode"), "parley", size, [size]() -> Work {
    parley::Buffer<std::byte> bytes(size * F::encoded_size);
    vector::encode<F>(bytes, operand<F>(1, size));
    return [bytes = std::move(bytes), out = std::make_shared<parley::Buffer<F>>(size)] {
      benchmark::DoNotOptimize(vector::decode<F>(Span(*out), bytes));
    };
  });
}

/// `rows` by `inner`, times `inner` by `columns`: in tiles for square matrices, row by row where `columns` is large.
template <class F>
void measure_matrix(const std::string& field, const parley::vector::ProductShape& shape) {
  const std::string sizes =
      std::to_string(shape.rows) + "x" + std::to_string(shape.inner) + "x" + std::to_string(shape.columns);
  measure(field + "/matrix_product/" + sizes, "parley", shape.rows * shape.inner * shape.columns, [shape]() -> Work {
    return [shape, a = operand<F>(1, shape.rows * shape.inner), b = operand<F>(2, shape.inner * shape.columns),
            out = std::make_shared<parley::Buffer<F>>(shape.rows * shape.columns)] {
      parley::vector::matrix_product<F>(*out, a, b, shape);
    };
  });
}

/// As the kernel `multiply`, but by the operator, which knows of no other lane.
template <class F>
void measure_one_by_one(const std::string& field) {
  static constexpr std::size_t size = in_cache.elements<F>();
  measure(field + "/multiply/one_by_one", "parley", size, []() -> Work {
    return [vectors = std::make_shared<Vectors<F>>(size)] {
      for (std::size_t i = 0; i < size; ++i) vectors->out[i] = vectors->a[i] * vectors->b[i];
      benchmark::DoNotOptimize(vectors->out.data());
    };
  });
}

/// Registers all of these.
template <class F>
void measure_field(const std::string& field) {
  measure_latency<F>(field);
  measure_one_by_one<F>(field);
  for (const Place& place : {in_cache, out_of_cache}) measure_kernels<F>(field, place);
  measure_matrix<F>(field, {64, 64, 64});
  measure_matrix<F>(field, {5, 3, 16384});
}

}  // namespace parley_bench
