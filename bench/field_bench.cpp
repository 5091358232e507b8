// SPDX-License-Identifier: Apache-2.0
// The vector kernels of the fields, in elements a second, on vectors that stay in cache.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "parley/core/random.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"

namespace {

constexpr std::size_t length = 4096;

template <class F>
std::vector<F> random_vector(std::uint64_t seed) {
  parley::TestRandom random(seed);
  std::vector<F> elements(length);
  parley::fill_uniform(random, std::span<F>(elements));
  return elements;
}

void count_elements(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(length));
}

template <class F>
void multiply(benchmark::State& state) {
  const auto a = random_vector<F>(1), b = random_vector<F>(2);
  std::vector<F> out(length);
  for (auto _ : state) {
    parley::vector::multiply<F>(out, a, b);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  count_elements(state);
}

template <class F>
void inner_product(benchmark::State& state) {
  const auto a = random_vector<F>(1), b = random_vector<F>(2);
  for (auto _ : state) benchmark::DoNotOptimize(parley::vector::inner_product<F>(a, b));
  count_elements(state);
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

BENCHMARK(multiply<parley::Mersenne61>);
BENCHMARK(multiply<parley::Mersenne127>);
BENCHMARK(multiply<parley::GF256>);
BENCHMARK(inner_product<parley::Mersenne61>);
BENCHMARK(inner_product<parley::Mersenne127>);
BENCHMARK(inner_product<parley::GF256>);
BENCHMARK(draw_uniform<parley::Mersenne61>);
BENCHMARK(draw_uniform<parley::Mersenne127>);
BENCHMARK(draw_uniform<parley::GF256>);

}  // namespace
