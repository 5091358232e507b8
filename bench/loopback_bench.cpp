// SPDX-License-Identifier: Apache-2.0
// Parties of the passive Shamir engine that talk over sockets of this machine, beside the same in one process.
// Arguments: parties, items in a batch, and whether over TLS or over TCP alone.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "mesh.hpp"
#include "parties.hpp"

namespace {

using parley_bench::shared_values;

/// Times work(engine, x, y) for two batches of shared values. Reports items_per_second, rounds, sent_per_item (the bytes
/// of party 0), the clock of a core, and `slower`: how many times the time that the same takes in one process.
template <class Work>
void over_sockets(benchmark::State& state, const Work& work) {
  const auto parties = static_cast<std::size_t>(state.range(0)), count = static_cast<std::size_t>(state.range(1));
  using Clock = std::chrono::steady_clock;
  const auto since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  parley::Cost cost;
  double over_sockets = 0, in_process = 0;
  const double clock_before = parley_bench::clock_now();
  const auto program = [&](parley::Network& network, bool timed) {
    auto engine = parley::shamir_passive<parley_bench::Value>(network);
    const auto x = shared_values(engine, count, 1), y = shared_values(engine, count, 2);
    const auto run = [&] { benchmark::DoNotOptimize(work(engine, x, y)); };
    run();
    const parley::Cost before = engine.cost();
    const auto start = Clock::now();
    if (network.self() == 0 && timed)
      for (auto _ : state) run();
    else
      for (benchmark::IterationCount i = 0; i < state.max_iterations; ++i) run();
    if (network.self() != 0) return;
    (timed ? over_sockets : in_process) = since(start);
    if (timed) cost = engine.cost() - before;
  };
  parley_bench::on_loopback(parties,
                            state.range(2) != 0 ? parley::tls::Transport::tls : parley::tls::Transport::plain_loopback,
                            [&](parley::Network& network) { program(network, true); });
  parley::simulate(parties, [&](parley::Network& network) { program(network, false); });
  const auto runs = static_cast<double>(state.iterations()), items = runs * static_cast<double>(count);
  state.SetItemsProcessed(static_cast<std::int64_t>(items));
  state.counters["clock"] = (clock_before + parley_bench::clock_now()) / 2;
  state.counters["rounds"] = static_cast<double>(cost.rounds) / runs;
  state.counters["sent_per_item"] = static_cast<double>(cost.bytes_sent) / items;
  state.counters["slower"] = over_sockets / in_process;
}

void products_over_sockets(benchmark::State& state) {
  over_sockets(state, [](auto& engine, const auto& x, const auto& y) { return mul(engine, x, y); });
}
void comparisons_over_sockets(benchmark::State& state) {
  over_sockets(state, [](auto& engine, const auto& x, const auto& y) { return less_than(engine, x, y, {.bits = 32}); });
}
void inner_products_over_sockets(benchmark::State& state) {
  over_sockets(state, [](auto& engine, const auto& x, const auto& y) { return dot(engine, x, y); });
}
void shuffling_over_sockets(benchmark::State& state) {
  over_sockets(state, [](auto& engine, const auto& x, const auto&) { return shuffle(engine, x); });
}
void median_over_sockets(benchmark::State& state) {
  over_sockets(state, [](auto& engine, const auto& x, const auto&) { return median(engine, x, {.bits = 32}); });
}

// Of all `sizes` among three parties, of the second one among more.
void batches(benchmark::internal::Benchmark* benchmark, std::initializer_list<int> sizes) {
  benchmark->ArgNames({"parties", "batch", "tls"})
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime()
      ->MeasureProcessCPUTime();
  for (const int tls : {1, 0}) {
    for (const int size : sizes) benchmark->Args({3, size, tls});
    for (const int parties : {5, 7, 10}) benchmark->Args({parties, *(sizes.begin() + 1), tls});
  }
}

BENCHMARK(products_over_sockets)->Apply([](auto* benchmark) { batches(benchmark, {1, 1000, 1000000}); });
BENCHMARK(inner_products_over_sockets)->Apply([](auto* benchmark) { batches(benchmark, {1, 100000, 1000000}); });
BENCHMARK(comparisons_over_sockets)->Apply([](auto* benchmark) { batches(benchmark, {1, 1000, 1000000}); });
BENCHMARK(shuffling_over_sockets)->Apply([](auto* benchmark) { batches(benchmark, {10, 1000, 1000000}); });
BENCHMARK(median_over_sockets)->Apply([](auto* benchmark) { batches(benchmark, {3, 1000, 100000}); });

}  // namespace
