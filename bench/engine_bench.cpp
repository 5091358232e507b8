// SPDX-License-Identifier: Apache-2.0
// The passive Shamir engine with all parties in this process: products, conjunctions, comparisons, shuffles. Arguments:
// parties, and items in a batch. The time is that of all parties together on this machine's cores.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <utility>
#include <vector>

#include "parties.hpp"

namespace {

using parley_bench::at_all_parties;
using parley_bench::shared_values;

/// Times operation(engine, x, y) for two batches of shared values, with so many multiplications of each party an item.
template <class Operation>
void on_two_batches(benchmark::State& state, Operation operation, double multiplications = 0) {
  const auto items = static_cast<double>(state.range(1));
  at_all_parties(
      state, items,
      [&](auto& engine, std::size_t count) {
        return [&engine, operation, x = shared_values(engine, count, 1), y = shared_values(engine, count, 2)] {
          benchmark::DoNotOptimize(operation(engine, x, y));
        };
      },
      multiplications * items);
}

void products(benchmark::State& state) {
  on_two_batches(
      state, [](auto& engine, const auto& x, const auto& y) { return mul(engine, x, y); }, 1);
}
void inner_product(benchmark::State& state) {
  on_two_batches(
      state, [](auto& engine, const auto& x, const auto& y) { return dot(engine, x, y); }, 1);
}
/// Products of two square matrices; the batch counts rows, the rate products of entries.
void matrix_products(benchmark::State& state) {
  const auto rows = static_cast<double>(state.range(1)), items = rows * rows * rows;
  at_all_parties(
      state, items,
      [](auto& engine, std::size_t size) {
        return [&engine, size, x = shared_values(engine, size * size, 1), y = shared_values(engine, size * size, 2)] {
          benchmark::DoNotOptimize(matrix_product(engine, x, y, {size, size, size}));
        };
      },
      items);
}
void comparisons(benchmark::State& state) {
  on_two_batches(state, [](auto& engine, const auto& x, const auto& y) { return less_than(engine, x, y); });
}
void comparisons_of_32_bits(benchmark::State& state) {
  on_two_batches(state,
                 [](auto& engine, const auto& x, const auto& y) { return less_than(engine, x, y, {.bits = 32}); });
}
/// Comparisons that find what they draw in the store; what filling it takes is not in the time.
void comparisons_online(benchmark::State& state) {
  at_all_parties(state, static_cast<double>(state.range(1)), [&](auto& engine, std::size_t count) {
    for (benchmark::IterationCount i = 0; i <= state.max_iterations; ++i) prepare(engine, {.edabits = count});
    return [&engine, x = shared_values(engine, count, 1), y = shared_values(engine, count, 2)] {
      benchmark::DoNotOptimize(less_than(engine, x, y));
    };
  });
}
void bits_of_values(benchmark::State& state) {
  on_two_batches(state, [](auto& engine, const auto& x, const auto&) { return to_bits(engine, x); });
}
void bits_to_field(benchmark::State& state) {
  at_all_parties(state, static_cast<double>(state.range(1)), [](auto& engine, std::size_t count) {
    return [&engine, bits = random_bits(engine, 1, count)] { benchmark::DoNotOptimize(to_field(engine, bits)); };
  });
}
void conjunctions(benchmark::State& state) {
  at_all_parties(state, static_cast<double>(state.range(1)), [](auto& engine, std::size_t count) {
    return [&engine, x = random_bits(engine, 1, count), y = random_bits(engine, 1, count)] {
      benchmark::DoNotOptimize(and_(engine, x, y));
    };
  });
}
/// Conjunctions of AES-128 with its key schedule, a key for each block; the batch counts blocks, the rate conjunctions.
void conjunctions_of_aes(benchmark::State& state) {
  at_all_parties(state, 6400 * static_cast<double>(state.range(1)), [](auto& engine, std::size_t blocks) {
    return [&engine, keys = random_bits(engine, 128, blocks), plain = random_bits(engine, 128, blocks)] {
      benchmark::DoNotOptimize(aes128_encrypt(engine, keys, plain));
    };
  });
}
void shuffling(benchmark::State& state) {
  on_two_batches(state, [](auto& engine, const auto& x, const auto&) { return shuffle(engine, x); });
}

/// Batches of 1 and of 10^3 to 10^max, for three parties, and one batch each for more.
void batches(benchmark::internal::Benchmark* benchmark, int max, std::vector<std::pair<int, int>> others) {
  benchmark->ArgNames({"parties", "batch"})
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime()
      ->MeasureProcessCPUTime()
      ->Repetitions(1);
  benchmark->Args({3, 1});
  for (int batch = 1000, power = 3; power <= max; ++power, batch *= 10) benchmark->Args({3, batch});
  for (const auto& [parties, batch] : others) benchmark->Args({parties, batch});
}

BENCHMARK(products)->Apply([](auto* benchmark) { batches(benchmark, 7, {{5, 1000000}, {7, 1000000}, {10, 1000000}}); });
BENCHMARK(inner_product)->Apply([](auto* benchmark) {
  batches(benchmark, 7, {{5, 1000000}, {7, 1000000}, {10, 1000000}});
});
BENCHMARK(matrix_products)->Apply([](auto* benchmark) {
  benchmark->ArgNames({"parties", "rows"})->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();
  benchmark->Args({3, 16})->Args({3, 256})->Args({5, 256});
});
BENCHMARK(conjunctions)->Apply([](auto* benchmark) {
  batches(benchmark, 7, {{5, 1000000}, {7, 1000000}, {10, 1000000}});
});
BENCHMARK(conjunctions_of_aes)->Apply([](auto* benchmark) {
  benchmark->ArgNames({"parties", "blocks"})->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();
  benchmark->Args({3, 1})->Args({3, 512})->Args({3, 8192})->Args({5, 512});
});
BENCHMARK(comparisons)->Apply([](auto* benchmark) { batches(benchmark, 7, {{5, 100000}, {7, 10000}, {10, 10000}}); });
BENCHMARK(comparisons_of_32_bits)->Apply([](auto* benchmark) {
  batches(benchmark, 6, {{5, 100000}, {7, 10000}, {10, 10000}});
});
BENCHMARK(comparisons_online)->Apply([](auto* benchmark) {
  benchmark->ArgNames({"parties", "batch"})->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();
  benchmark->Iterations(5)->Args({5, 100000})->Args({10, 10000});  // an edaBit is 69 bytes at each party
});
BENCHMARK(bits_of_values)->Apply([](auto* benchmark) { batches(benchmark, 6, {{5, 10000}, {7, 10000}, {10, 10000}}); });
BENCHMARK(bits_to_field)->Apply([](auto* benchmark) {
  batches(benchmark, 6, {{5, 100000}, {7, 100000}, {10, 100000}});
});
BENCHMARK(shuffling)->Apply([](auto* benchmark) { batches(benchmark, 7, {{5, 1000000}, {7, 100000}, {10, 100000}}); });

}  // namespace
