// SPDX-License-Identifier: Apache-2.0
// Sorting and order statistics with the passive Shamir engine, all parties in this process. Arguments: parties, and
// values (of 32 bits); for joint statistics the values that each party holds. The time is that of all parties together on
// this machine's cores.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "parties.hpp"

namespace {

using parley_bench::at_all_parties;
using parley_bench::shared_values;

/// Times function(engine, x) for one batch of shared values.
template <class Function>
void on_a_batch(benchmark::State& state, Function function) {
  at_all_parties(state, static_cast<double>(state.range(1)), [&](auto& engine, std::size_t count) {
    return [&engine, function, x = shared_values(engine, count, 1)] { benchmark::DoNotOptimize(function(engine, x)); };
  });
}

void sorting(benchmark::State& state) {
  on_a_batch(state, [](auto& engine, const auto& x) { return sort(engine, x, {.bits = 32}); });
}
/// By keys of as many bits as the third argument says; where sorting() is faster, they are too long.
void radix_sorting(benchmark::State& state) {
  const auto bits = static_cast<std::size_t>(state.range(2));
  on_a_batch(state, [bits](auto& engine, const auto& x) { return radix_sort(engine, x, bits); });
}
void median_of_shared(benchmark::State& state) {
  on_a_batch(state, [](auto& engine, const auto& x) { return median(engine, x, {.bits = 32}); });
}
void minimum_of_shared(benchmark::State& state) {
  on_a_batch(state, [](auto& engine, const auto& x) { return minimum(engine, x).value; });
}
void joint_median_of_lists(benchmark::State& state) {
  const auto items = static_cast<double>(state.range(0) * state.range(1));
  at_all_parties(state, items, [](auto& engine, std::size_t count) {
    parley::TestRandom random(engine.self());
    std::vector<std::uint64_t> mine(count);
    random.fill(std::as_writable_bytes(std::span(mine)));
    for (std::uint64_t& value : mine) value >>= 32;
    return [&engine, mine = std::move(mine)] { benchmark::DoNotOptimize(joint_median(engine, mine)); };
  });
}

void batches(benchmark::internal::Benchmark* benchmark, std::vector<std::pair<int, int>> sizes) {
  benchmark->ArgNames({"parties", "values"})
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime()
      ->MeasureProcessCPUTime()
      ->Repetitions(1);
  for (const auto& [parties, values] : sizes) benchmark->Args({parties, values});
}

BENCHMARK(sorting)->Apply([](auto* benchmark) {
  batches(benchmark, {{3, 10}, {3, 1000}, {3, 10000}, {3, 100000}, {3, 1000000}, {5, 1000}});
});
BENCHMARK(radix_sorting)
    ->ArgNames({"parties", "values", "bits"})
    ->ArgsProduct({{3}, {1000, 10000, 100000}, {1, 3, 6, 9, 12, 18}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime();
BENCHMARK(median_of_shared)->Apply([](auto* benchmark) {
  batches(benchmark, {{3, 3}, {3, 1000}, {3, 10000}, {3, 100000}, {3, 1000000}, {3, 10000000}, {5, 10000}});
});
BENCHMARK(minimum_of_shared)->Apply([](auto* benchmark) {
  batches(benchmark, {{3, 1000}, {3, 10000}, {3, 100000}, {3, 1000000}});
});
BENCHMARK(joint_median_of_lists)->Apply([](auto* benchmark) {
  batches(benchmark, {{3, 1000}, {3, 100000}, {3, 10000000}});
});

}  // namespace
