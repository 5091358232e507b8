// SPDX-License-Identifier: Apache-2.0
// The active Shamir engine against the passive one, in turns in the same run, with all parties in this process. Arguments:
// parties, and items in a batch. The time is that of a batch on the active engine and of an opening after it, before
// which everything is verified; "times_passive" is the quotient of the medians with that of the passive engine, and
// "bytes_passive" that of what party 0 sends.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "parley/engine/shamir_active.hpp"
#include "parley/parley.hpp"

namespace {

using Value = parley::Mersenne61;

/// What a party takes for operation(x, y) and an opening on `engine`.
struct Spent {
  double seconds;
  std::uint64_t bytes;
};
template <class Engine, class Vector, class Operation>
Spent spent(Engine& engine, const Vector& x, const Vector& y, Operation operation) {
  const parley::Cost before = engine.cost();
  const auto start = std::chrono::steady_clock::now();
  open(engine, operation(engine, x, y));
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return {seconds, (engine.cost() - before).bytes_sent};
}

double middle(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

template <class Operation>
void against_passive(benchmark::State& state, Operation operation) {
  const auto parties = static_cast<std::size_t>(state.range(0)), count = static_cast<std::size_t>(state.range(1));
  std::vector<double> of_active, of_passive;
  double bytes_ratio = 0;
  parley::simulate(parties, [&](parley::Network& network) {
    auto active = parley::shamir_active<Value>(network);
    auto passive = parley::shamir_passive<Value>(network);
    const std::vector<Value> values(count, Value(3));
    const auto x = input(active, 0, values, count), y = input(active, 1, values, count);
    const auto u = input(passive, 0, values, count), v = input(passive, 1, values, count);
    const auto run = [&] {
      const Spent by_passive = spent(passive, u, v, operation), by_active = spent(active, x, y, operation);
      if (network.self() == 0) {
        of_passive.push_back(by_passive.seconds);
        of_active.push_back(by_active.seconds);
        bytes_ratio = static_cast<double>(by_active.bytes) / static_cast<double>(by_passive.bytes);
      }
      return by_active.seconds;
    };
    run();  // takes the memory that it recycles from then on
    if (network.self() != 0)
      for (benchmark::IterationCount i = 0; i < state.max_iterations; ++i) run();
    else
      for (auto _ : state) state.SetIterationTime(run());
  });
  state.SetItemsProcessed(state.iterations() * state.range(1));
  state.counters["times_passive"] = middle(of_active) / middle(of_passive);
  state.counters["bytes_passive"] = bytes_ratio;
}

void active_products(benchmark::State& state) {
  against_passive(state, [](auto& engine, const auto& x, const auto& y) { return mul(engine, x, y)[0]; });
}
void active_comparisons(benchmark::State& state) {
  against_passive(state,
                  [](auto& engine, const auto& x, const auto& y) { return less_than(engine, x, y).slice(0, 1); });
}
void active_medians(benchmark::State& state) {
  against_passive(state, [](auto& engine, const auto& x, const auto& y) { return parley::median(engine, x + y); });
}
void active_shuffles(benchmark::State& state) {
  against_passive(state, [](auto& engine, const auto& x, const auto&) { return shuffle(engine, x)[0]; });
}

BENCHMARK(active_products)->Args({3, 1'000'000})->Args({5, 1'000'000})->Iterations(15)->UseManualTime();
BENCHMARK(active_comparisons)->Args({3, 1'000'000})->Args({5, 100'000})->Iterations(5)->UseManualTime();
BENCHMARK(active_medians)->Args({3, 100'000})->Args({5, 10'000})->Iterations(5)->UseManualTime();
BENCHMARK(active_shuffles)->Args({3, 1'000'000})->Args({5, 100'000})->Iterations(5)->UseManualTime();

}  // namespace
