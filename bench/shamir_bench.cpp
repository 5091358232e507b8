// SPDX-License-Identifier: Apache-2.0
// Shamir sharing and reconstruction, in secrets a second, the drawing of randomness included. Arguments: parties, privacy
// threshold, and how many secrets, few of which stay in cache and many do not.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/random.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/uniform.hpp"
#include "parley/sharing/shamir.hpp"

namespace {

/// A scheme as the arguments say, with secrets, their shares, and the reconstruction from the shares of all parties.
template <class F>
struct Setting {
  explicit Setting(const benchmark::State& state)
      : scheme({.parties = static_cast<std::size_t>(state.range(0)),
                .privacy_threshold = static_cast<std::size_t>(state.range(1))}),
        secrets(static_cast<std::size_t>(state.range(2))),
        shares(scheme.parties(), parley::Buffer<F>(secrets.size())),
        rows(shares.begin(), shares.end()),
        received(shares.begin(), shares.end()),
        scratch(scheme.scratch_size(secrets.size())) {
    parley::fill_uniform(random, std::span<F>(secrets));
    share();
  }

  void share() { scheme.share_into(secrets, random, rows, scratch); }

  parley::ShamirReconstruction<F> reconstruction() const {
    std::vector<std::size_t> everybody(scheme.parties());
    std::iota(everybody.begin(), everybody.end(), std::size_t{0});
    return scheme.reconstruction(everybody);
  }

  parley::SystemRandom random;
  parley::Shamir<F> scheme;
  parley::Buffer<F> secrets;
  std::vector<parley::Buffer<F>> shares;
  std::vector<std::span<F>> rows;
  std::vector<std::span<const F>> received;
  parley::Buffer<F> scratch;
};

/// Runs `work` and counts the secrets.
template <class Work>
void measure(benchmark::State& state, Work work) {
  for (auto _ : state) {
    work();
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(2));
}

template <class F>
void share(benchmark::State& state) {
  Setting<F> setting(state);
  measure(state, [&] { setting.share(); });
}

template <class F>
void reconstruct(benchmark::State& state) {
  Setting<F> setting(state);
  const auto reconstruction = setting.reconstruction();
  measure(state, [&] { reconstruction.reconstruct(setting.received, setting.secrets); });
}

template <class F>
void reconstruct_checked(benchmark::State& state) {
  Setting<F> setting(state);
  const auto reconstruction = setting.reconstruction();
  measure(state, [&] { reconstruction.reconstruct_checked(setting.received, setting.secrets); });
}

/// Without a wrong share, which has to be the fastest case.
template <class F>
void reconstruct_correcting(benchmark::State& state) {
  Setting<F> setting(state);
  const auto reconstruction = setting.reconstruction();
  measure(state,
          [&] { benchmark::DoNotOptimize(reconstruction.reconstruct_correcting(setting.received, setting.secrets)); });
}

void shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"parties", "threshold", "secrets"});
  for (const std::int64_t secrets : {1 << 12, 1 << 20})
    benchmark->Args({3, 1, secrets})->Args({5, 2, secrets})->Args({10, 4, secrets})->Args({100, 33, secrets / 4});
}

/// 3-of-5 and 10-of-20, of bytes.
void byte_shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"parties", "threshold", "secrets"});
  for (const std::int64_t secrets : {1 << 14, 1 << 26}) benchmark->Args({5, 2, secrets})->Args({20, 9, secrets});
}

BENCHMARK(share<parley::Mersenne61>)->Apply(shapes);
BENCHMARK(share<parley::GF256>)->Apply(byte_shapes);
BENCHMARK(share<parley::GF256ReedSolomon>)->Apply(byte_shapes);
BENCHMARK(reconstruct<parley::Mersenne61>)->Apply(shapes);
BENCHMARK(reconstruct<parley::GF256>)->Apply(byte_shapes);
BENCHMARK(reconstruct<parley::GF256ReedSolomon>)->Apply(byte_shapes);
BENCHMARK(reconstruct_checked<parley::Mersenne61>)->Apply(shapes);
BENCHMARK(reconstruct_correcting<parley::Mersenne61>)->Apply(shapes);

}  // namespace
