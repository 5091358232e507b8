// SPDX-License-Identifier: Apache-2.0
// Functions on shared values with the passive Shamir engine, all parties in this process: values a second of all parties
// together, with the set-up of a run in it. Arguments: parties, and values in a batch.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "parley/parley.hpp"

namespace {

using F = parley::Mersenne61;

/// Times runs of program(engine, x), with x a batch of distinct shared values.
template <class Program>
void run_at_all_parties(benchmark::State& state, const Program& program) {
  const auto parties = static_cast<std::size_t>(state.range(0)), length = static_cast<std::size_t>(state.range(1));
  parley::Cost cost{};
  for (auto _ : state) {
    const auto costs = parley::simulate(parties, [&](parley::Network& network) {
      auto engine = parley::shamir_passive<F>(network);
      std::vector<F> values;
      for (std::size_t i = 0; i < length; ++i) values.push_back(F{i * 7919 % 104729});
      program(engine, constant(engine, values));
      return engine.cost();
    });
    cost = costs.front();
  }
  state.SetItemsProcessed(state.iterations() * state.range(1));
  state.counters["rounds"] = static_cast<double>(cost.rounds);
  state.counters["bytes_sent"] = static_cast<double>(cost.bytes_sent);
}

void multiplication(benchmark::State& state) {
  run_at_all_parties(state, [](auto& engine, const auto& x) { return mul(engine, x, x); });
}
void comparison(benchmark::State& state) {
  run_at_all_parties(state, [](auto& engine, const auto& x) { return less_than(engine, x, x); });
}
void sorting(benchmark::State& state) {
  run_at_all_parties(state, [](auto& engine, const auto& x) { return sort(engine, x); });
}
void median_of_shared(benchmark::State& state) {
  run_at_all_parties(state, [](auto& engine, const auto& x) { return median(engine, x); });
}

void batches(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"parties", "values"})->Unit(benchmark::kMillisecond)->UseRealTime();
  for (const int parties : {3, 5})
    for (const int values : {1, 1000, 100000}) benchmark->Args({parties, values});
}
void short_batches(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"parties", "values"})->Unit(benchmark::kMillisecond)->UseRealTime();
  for (const int parties : {3, 5})
    for (const int values : {3, 1000}) benchmark->Args({parties, values});
}

BENCHMARK(multiplication)->Apply(batches);
BENCHMARK(comparison)->Apply(batches);
BENCHMARK(sorting)->Apply(short_batches);
BENCHMARK(median_of_shared)->Apply(short_batches);

}  // namespace
