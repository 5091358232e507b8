// SPDX-License-Identifier: Apache-2.0
// The vector kernels of the fields, in elements a second, on vectors that stay in cache where the name says nothing else;
// matrix products in products of two elements. Where GMP is found, its multiplication modulo a prime stands beside ours.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "parley/core/random.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/mersenne31.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/named_primes.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "parley/field/wide_binary.hpp"
#include "parley/field/z2_to_64.hpp"

#if defined(PARLEY_BENCH_GMP)
#include <gmp.h>
#endif

namespace {

constexpr std::size_t length = 4096, length_out_of_cache = std::size_t{1} << 22;

template <class F>
std::vector<F> random_vector(std::uint64_t seed, std::size_t size = length) {
  parley::TestRandom random(seed);
  std::vector<F> elements(size);
  parley::fill_uniform(random, std::span<F>(elements));
  return elements;
}

void count_elements(benchmark::State& state, std::size_t size = length) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(size));
}

template <class F>
void multiply_vectors(benchmark::State& state, std::size_t size) {
  const auto a = random_vector<F>(1, size), b = random_vector<F>(2, size);
  std::vector<F> out(size);
  for (auto _ : state) {
    parley::vector::multiply<F>(out, a, b);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  count_elements(state, size);
}

template <class F>
void multiply(benchmark::State& state) {
  multiply_vectors<F>(state, length);
}

template <class F>
void multiply_out_of_cache(benchmark::State& state) {
  multiply_vectors<F>(state, length_out_of_cache);
}

template <class F>
void multiply_inner(benchmark::State& state, std::size_t size) {
  const auto a = random_vector<F>(1, size), b = random_vector<F>(2, size);
  for (auto _ : state) benchmark::DoNotOptimize(parley::vector::inner_product<F>(a, b));
  count_elements(state, size);
}

template <class F>
void inner_product(benchmark::State& state) {
  multiply_inner<F>(state, length);
}

template <class F>
void inner_product_out_of_cache(benchmark::State& state) {
  multiply_inner<F>(state, length_out_of_cache);
}

template <class F>
void draw_uniform(benchmark::State& state) {
  parley::SystemRandom random;
  std::vector<F> out(length);
  for (auto _ : state) {
    parley::fill_uniform(random, std::span<F>(out));
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  count_elements(state);
}

/// As `multiply`, but by the operator, which knows of no other lane.
template <class F>
void multiply_one_by_one(benchmark::State& state) {
  const auto a = random_vector<F>(1), b = random_vector<F>(2);
  std::vector<F> out(length);
  for (auto _ : state) {
    for (std::size_t i = 0; i < length; ++i) out[i] = a[i] * b[i];
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  count_elements(state);
}

#if defined(PARLEY_BENCH_GMP)
template <class F>
void multiply_by_gmp(benchmark::State& state) {
  const auto integers = [](std::uint64_t seed) {
    std::vector<std::byte> bytes(length * F::encoded_size);
    parley::vector::encode<F>(bytes, random_vector<F>(seed));
    std::vector<__mpz_struct> result(length);
    for (std::size_t i = 0; i < length; ++i) {
      mpz_init(&result[i]);
      mpz_import(&result[i], F::encoded_size, -1, 1, 0, 0, bytes.data() + i * F::encoded_size);
    }
    return result;
  };
  std::vector<__mpz_struct> a = integers(1), b = integers(2), out = integers(3);
  mpz_t modulus, product;
  mpz_init(modulus);
  mpz_init(product);
  mpz_import(modulus, F::modulus.words.size(), -1, 8, 0, 0, F::modulus.words.data());
  for (auto _ : state) {
    for (std::size_t i = 0; i < length; ++i) {
      mpz_mul(product, &a[i], &b[i]);
      mpz_mod(&out[i], product, modulus);
    }
    benchmark::ClobberMemory();
  }
  count_elements(state);
  for (std::vector<__mpz_struct>* numbers : {&a, &b, &out})
    for (__mpz_struct& number : *numbers) mpz_clear(&number);
  mpz_clear(modulus);
  mpz_clear(product);
}
BENCHMARK(multiply_by_gmp<parley::Bls12_381Scalar>);
#endif

template <class F>
void linear_combination_of_three(benchmark::State& state) {
  const auto a = random_vector<F>(1), b = random_vector<F>(2), c = random_vector<F>(3);
  const std::vector<std::span<const F>> rows = {a, b, c};
  std::vector<F> out(length);
  for (auto _ : state) {
    parley::vector::linear_combination<F>(out, std::span(a).first(3), rows);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  count_elements(state);
}

/// Of two square matrices.
template <class F>
void matrix_product(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  parley::TestRandom random(1);
  std::vector<F> a(size * size), b(size * size), out(size * size);
  parley::fill_uniform(random, std::span<F>(a));
  parley::fill_uniform(random, std::span<F>(b));
  for (auto _ : state) {
    parley::vector::matrix_product<F>(out, a, b, {size, size, size});
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(size * size * size));
}

template <class F>
void invert(benchmark::State& state) {
  auto elements = random_vector<F>(1);
  for (auto _ : state) {
    parley::vector::invert<F>(elements);
    benchmark::DoNotOptimize(elements.data());
    benchmark::ClobberMemory();
  }
  count_elements(state);
}

template <class F>
void encode(benchmark::State& state) {
  const auto elements = random_vector<F>(1);
  std::vector<std::byte> bytes(length * F::encoded_size);
  for (auto _ : state) {
    parley::vector::encode<F>(bytes, elements);
    benchmark::DoNotOptimize(bytes.data());
    benchmark::ClobberMemory();
  }
  count_elements(state);
}

template <class F>
void decode(benchmark::State& state) {
  std::vector<F> elements = random_vector<F>(1);
  std::vector<std::byte> bytes(length * F::encoded_size);
  parley::vector::encode<F>(bytes, elements);
  for (auto _ : state) {
    benchmark::DoNotOptimize(parley::vector::decode<F>(elements, bytes));
    benchmark::ClobberMemory();
  }
  count_elements(state);
}

BENCHMARK(multiply_one_by_one<parley::Mersenne61>);
BENCHMARK(multiply_one_by_one<parley::Bls12_381Scalar>);
BENCHMARK(multiply<parley::NttPrime64>);
BENCHMARK(multiply<parley::NttPrime128>);
BENCHMARK(multiply<parley::Bls12_381Scalar>);
BENCHMARK(multiply<parley::P384Scalar>);
BENCHMARK(multiply<parley::P521Scalar>);
BENCHMARK(inner_product<parley::Bls12_381Scalar>);
BENCHMARK(linear_combination_of_three<parley::Mersenne61>);
BENCHMARK(linear_combination_of_three<parley::Bls12_381Scalar>);
BENCHMARK(matrix_product<parley::Mersenne61>)->Arg(16)->Arg(64)->Arg(512);
BENCHMARK(matrix_product<parley::Bls12_381Scalar>)->Arg(64);
BENCHMARK(invert<parley::Mersenne61>);
BENCHMARK(invert<parley::Bls12_381Scalar>);
BENCHMARK(invert<parley::Mersenne31>);
BENCHMARK(invert<parley::GF2To64>);
BENCHMARK(invert<parley::GF2To128>);
BENCHMARK(encode<parley::Mersenne61>);
BENCHMARK(encode<parley::Bls12_381Scalar>);
BENCHMARK(decode<parley::Mersenne61>);
BENCHMARK(decode<parley::Bls12_381Scalar>);
BENCHMARK(draw_uniform<parley::Bls12_381Scalar>);
BENCHMARK(multiply<parley::Mersenne61>);
BENCHMARK(multiply<parley::Mersenne127>);
BENCHMARK(multiply<parley::GF256>);
BENCHMARK(multiply<parley::Mersenne31>);
BENCHMARK(multiply<parley::GF2To64>);
BENCHMARK(multiply<parley::GF2To128>);
BENCHMARK(multiply<parley::Z2To64>);
BENCHMARK(multiply_one_by_one<parley::GF2To64>);
BENCHMARK(multiply_one_by_one<parley::GF2To128>);
BENCHMARK(inner_product<parley::Mersenne61>);
BENCHMARK(inner_product<parley::Mersenne127>);
BENCHMARK(inner_product<parley::GF256>);
BENCHMARK(inner_product<parley::Mersenne31>);
BENCHMARK(inner_product<parley::GF2To64>);
BENCHMARK(inner_product<parley::GF2To128>);
BENCHMARK(inner_product<parley::Z2To64>);
BENCHMARK(draw_uniform<parley::Mersenne61>);
BENCHMARK(draw_uniform<parley::Mersenne127>);
BENCHMARK(draw_uniform<parley::GF256>);
BENCHMARK(draw_uniform<parley::Mersenne31>);
BENCHMARK(draw_uniform<parley::GF2To64>);
BENCHMARK(draw_uniform<parley::GF2To128>);
BENCHMARK(draw_uniform<parley::Z2To64>);
BENCHMARK(multiply_out_of_cache<parley::Mersenne61>);
BENCHMARK(multiply_out_of_cache<parley::Mersenne127>);
BENCHMARK(multiply_out_of_cache<parley::GF256>);
BENCHMARK(multiply_out_of_cache<parley::Mersenne31>);
BENCHMARK(multiply_out_of_cache<parley::GF2To64>);
BENCHMARK(multiply_out_of_cache<parley::GF2To128>);
BENCHMARK(multiply_out_of_cache<parley::Z2To64>);
BENCHMARK(inner_product_out_of_cache<parley::Mersenne61>);
BENCHMARK(inner_product_out_of_cache<parley::Mersenne127>);
BENCHMARK(inner_product_out_of_cache<parley::GF256>);
BENCHMARK(inner_product_out_of_cache<parley::Mersenne31>);
BENCHMARK(inner_product_out_of_cache<parley::GF2To64>);
BENCHMARK(inner_product_out_of_cache<parley::GF2To128>);
BENCHMARK(inner_product_out_of_cache<parley::Z2To64>);

}  // namespace
