// SPDX-License-Identifier: Apache-2.0
// Shamir sharing and reconstruction, in secrets a second, the drawing of randomness included. Arguments: parties and
// privacy threshold.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "parley/core/random.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/uniform.hpp"
#include "parley/sharing/shamir.hpp"

namespace {

constexpr std::size_t length = 4096;

/// A scheme as the arguments say, with secrets, their shares, and the list of all parties.
template <class F>
struct Setting {
  explicit Setting(const benchmark::State& state)
      : scheme({.parties = static_cast<std::size_t>(state.range(0)),
                .privacy_threshold = static_cast<std::size_t>(state.range(1))}),
        secrets(length),
        everybody(static_cast<std::size_t>(state.range(0))) {
    parley::fill_uniform(random, std::span<F>(secrets));
    std::iota(everybody.begin(), everybody.end(), std::size_t{0});
    shares = scheme.share(secrets, random);
  }

  parley::SystemRandom random;
  parley::Shamir<F> scheme;
  std::vector<F> secrets;
  std::vector<std::size_t> everybody;
  std::vector<std::vector<F>> shares;
};

void count_secrets(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(length));
}

template <class F>
void share(benchmark::State& state) {
  Setting<F> setting(state);
  for (auto _ : state) benchmark::DoNotOptimize(setting.scheme.share(setting.secrets, setting.random));
  count_secrets(state);
}

template <class F>
void reconstruct(benchmark::State& state) {
  Setting<F> setting(state);
  for (auto _ : state) benchmark::DoNotOptimize(setting.scheme.reconstruct(setting.everybody, setting.shares));
  count_secrets(state);
}

template <class F>
void reconstruct_checked(benchmark::State& state) {
  Setting<F> setting(state);
  for (auto _ : state) benchmark::DoNotOptimize(setting.scheme.reconstruct_checked(setting.everybody, setting.shares));
  count_secrets(state);
}

/// Without a wrong share, which has to be the fastest case.
template <class F>
void reconstruct_correcting(benchmark::State& state) {
  Setting<F> setting(state);
  for (auto _ : state)
    benchmark::DoNotOptimize(setting.scheme.reconstruct_correcting(setting.everybody, setting.shares));
  count_secrets(state);
}

void shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"parties", "threshold"})->Args({3, 1})->Args({5, 2})->Args({10, 4})->Args({100, 33});
}

BENCHMARK(share<parley::Mersenne61>)->Apply(shapes);
BENCHMARK(share<parley::GF256>)->Apply(shapes);
BENCHMARK(reconstruct<parley::Mersenne61>)->Apply(shapes);
BENCHMARK(reconstruct<parley::GF256>)->Apply(shapes);
BENCHMARK(reconstruct_checked<parley::Mersenne61>)->Apply(shapes);
BENCHMARK(reconstruct_correcting<parley::Mersenne61>)->Apply(shapes);

}  // namespace
