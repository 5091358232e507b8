// SPDX-License-Identifier: Apache-2.0
// The engine for a dishonest majority with all parties in this process: the online phase, what a trusted dealer has dealt
// being there. Arguments: parties, and items in a batch. The time is that of all parties together on this machine's
// cores, checks of MACs included.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

#include "parley/engine/spdz.hpp"
#include "parley/engine/trusted_dealer.hpp"
#include "parley/parley.hpp"

namespace {

using Value = parley::Mersenne61;
using Engine = parley::SpdzEngine<Value, parley::DealtRandomness<Value>>;

/// Times operation(engine, x, y) and the check after it, which takes `each` in every iteration, and as much before the
/// first.
template <class Operation>
void online(benchmark::State& state, parley::Correlations each, Operation operation) {
  const auto parties = static_cast<std::size_t>(state.range(0)), count = static_cast<std::size_t>(state.range(1));
  parley::Correlations all = (static_cast<std::size_t>(state.max_iterations) + 1) * each;
  all.input_masks.assign(parties, count);
  auto stores = parley::TrustedDealer<Value>().deal(all, parties);
  parley::simulate(parties, [&](parley::Network& network) {
    Engine engine = parley::spdz<Value>(network, std::move(stores[network.self()]));
    const std::vector<Value> values(count, Value(3));
    const auto x = input(engine, 0, values, count), y = input(engine, 1, values, count);
    const auto run = [&] {
      benchmark::DoNotOptimize(operation(engine, x, y));
      engine.verify();
    };
    run();  // takes the memory that it recycles from then on
    if (network.self() != 0) {
      for (benchmark::IterationCount i = 0; i < state.max_iterations; ++i) run();
    } else {
      for (auto _ : state) {
        const auto start = std::chrono::steady_clock::now();
        run();
        state.SetIterationTime(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
      }
    }
  });
  state.SetItemsProcessed(state.iterations() * state.range(1));
}

void spdz_products(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(1));
  online(state, {.triples = count, .checks = 2 + count / 200'000},
         [](Engine& engine, const auto& x, const auto& y) { return mul(engine, x, y); });
}
void spdz_comparisons(benchmark::State& state) {
  const auto words = static_cast<std::size_t>(state.range(1)) / 64 + 1;
  online(state, {.bit_triples = 200 * words, .edabits = words, .checks = 2 + words / 100},
         [](Engine& engine, const auto& x, const auto& y) { return less_than(engine, x, y); });
}

BENCHMARK(spdz_products)->Args({2, 1'000'000})->Args({3, 1'000'000})->Iterations(4)->UseManualTime();
BENCHMARK(spdz_comparisons)->Args({2, 10'000})->Args({3, 10'000})->Iterations(4)->UseManualTime();

}  // namespace
