// SPDX-License-Identifier: Apache-2.0
// What several threads of one party gain: its work alone on long batches, while the other parties are elsewhere and
// their messages there at once. Arguments: threads, parties, and items in a batch.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "contest.hpp"
#include "parley/parley.hpp"
#include "parties.hpp"

namespace {

using parley_bench::Value;

/// The network of a party whose peers answer at once: in the first round as in a true one, in which the engines agreed
/// on their seeds, and then with zeros.
class Alone final : public parley::Network {
 public:
  Alone(std::size_t self, std::vector<parley::Bytes> agreement)
      : Network(self, agreement.size()), agreement_(std::move(agreement)) {}

 private:
  std::vector<parley::Bytes> do_exchange(std::uint64_t round, std::vector<parley::Bytes>,
                                         std::span<const std::size_t> expected_sizes) override {
    if (round == 1) return agreement_;
    std::vector<parley::Bytes> zeros;
    for (const std::size_t size : expected_sizes) zeros.emplace_back(size);
    return zeros;
  }
  void do_give_up(std::string_view) noexcept override {}

  std::vector<parley::Bytes> agreement_;
};

/// Times the party with the number 1 at the work that prepare(engine, batch) returns.
template <class Prepare>
void at_one_party(benchmark::State& state, Prepare prepare) {
  const auto threads = static_cast<std::size_t>(state.range(0)), parties = static_cast<std::size_t>(state.range(1)),
             count = static_cast<std::size_t>(state.range(2));
  const auto agreements = parley::simulate(parties, [](parley::Network& network) {
    parley::RecordingNetwork recording(network);
    const auto engine = parley::shamir_passive<Value>(recording, {}, parley::TestRandom(network.self()));
    return recording.transcript().front().received;
  });
  Alone network(1, agreements[1]);
  auto engine = parley::shamir_passive<Value>(network, {.threads = threads}, parley::TestRandom(1));
  const auto work = prepare(engine, count);
  work();  // takes the memory that it recycles from then on
  const double clock_before = parley_bench::clock_now();
  for (auto _ : state) work();
  state.SetItemsProcessed(state.iterations() * state.range(2));
  state.counters["clock"] = (clock_before + parley_bench::clock_now()) / 2;
}
/// The same at operation(engine, x, y) for two batches of shared values.
template <class Operation>
void on_two_batches(benchmark::State& state, Operation operation) {
  at_one_party(state, [operation](auto& engine, std::size_t count) {
    return [&engine, operation, x = random(engine, count), y = random(engine, count)] {
      benchmark::DoNotOptimize(operation(engine, x, y));
    };
  });
}

void products_of_one_party(benchmark::State& state) {
  on_two_batches(state, [](auto& engine, const auto& x, const auto& y) { return mul(engine, x, y); });
}
void inner_product_of_one_party(benchmark::State& state) {
  on_two_batches(state, [](auto& engine, const auto& x, const auto& y) { return dot(engine, x, y); });
}
void comparisons_of_one_party(benchmark::State& state) {
  on_two_batches(state, [](auto& engine, const auto& x, const auto& y) { return less_than(engine, x, y); });
}
void shuffling_of_one_party(benchmark::State& state) {
  on_two_batches(state, [](auto& engine, const auto& x, const auto&) { return shuffle(engine, x); });
}
void conjunctions_of_one_party(benchmark::State& state) {
  at_one_party(state, [](auto& engine, std::size_t count) {
    return [&engine, x = random_bits(engine, 1, count), y = random_bits(engine, 1, count)] {
      benchmark::DoNotOptimize(and_(engine, x, y));
    };
  });
}

void with_threads(benchmark::internal::Benchmark* benchmark, std::vector<std::int64_t> parties, std::int64_t batch) {
  benchmark->ArgNames({"threads", "parties", "batch"})->Unit(benchmark::kMillisecond)->UseRealTime();
  for (const std::int64_t n : parties)
    for (const std::int64_t threads : {1, 2}) benchmark->Args({threads, n, batch});
}

BENCHMARK(products_of_one_party)->Apply([](auto* benchmark) { with_threads(benchmark, {3, 5}, 1000000); });
BENCHMARK(inner_product_of_one_party)->Apply([](auto* benchmark) { with_threads(benchmark, {3}, 10000000); });
BENCHMARK(conjunctions_of_one_party)->Apply([](auto* benchmark) { with_threads(benchmark, {3, 5}, 10000000); });
BENCHMARK(comparisons_of_one_party)->Apply([](auto* benchmark) { with_threads(benchmark, {3, 5}, 100000); });
BENCHMARK(shuffling_of_one_party)->Apply([](auto* benchmark) { with_threads(benchmark, {3}, 1000000); });

}  // namespace
