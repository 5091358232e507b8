// SPDX-License-Identifier: Apache-2.0
// Measuring programs of all parties in this process: after a first run, with all parties at their work together, and with
// what it costs them to communicate.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "parley/parley.hpp"

namespace parley_bench {

using Value = parley::Mersenne61;
using Engine = decltype(parley::shamir_passive<Value>(std::declval<parley::Network&>()));
using Values = parley::SharedOf<Engine>;

/// The most memory, in bytes, that this process has had at a time since the last reset; 0 where the system does not
/// tell.
inline double peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmHWM:", 0) == 0) return 1024 * std::stod(line.substr(6));
  return 0;
}
inline void reset_peak_memory() { std::ofstream("/proc/self/clear_refs") << 5; }

/// Times `work` of `parties` parties, for each of which prepare(engine) returns it, as a function without arguments; it
/// has run once before. One run handles `count` items. Reports items a second, rounds, and the bytes that party 0 sends
/// per item.
template <class Prepare>
void at_all_parties(benchmark::State& state, std::size_t parties, double count, const Prepare& prepare) {
  parley::Cost cost;
  reset_peak_memory();
  const double memory = peak_memory();
  parley::simulate(parties, [&](parley::Network& network) {
    auto engine = parley::shamir_passive<Value>(network);
    const auto work = prepare(engine);
    work();
    if (network.self() != 0) {
      for (benchmark::IterationCount i = 0; i < state.max_iterations; ++i) work();
      return;
    }
    const parley::Cost before = engine.cost();
    for (auto _ : state) work();
    cost = engine.cost() - before;
  });
  const auto runs = static_cast<double>(state.iterations());
  state.counters["per_second"] = benchmark::Counter(runs * count, benchmark::Counter::kIsRate);
  state.counters["rounds"] = static_cast<double>(cost.rounds) / runs;
  state.counters["sent_per_item"] = static_cast<double>(cost.bytes_sent) / runs / count;
  state.counters["memory_per_item"] = (peak_memory() - memory) / count;
}

/// `count` shared pseudorandom values below 2^32, the same in every run.
inline Values shared_values(Engine& engine, std::size_t count, std::uint64_t seed) {
  parley::TestRandom random(seed);
  std::vector<Value> values;
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(Value(parley::uniform_below(random, std::uint64_t{1} << 32)));
  return parley::input(engine, 0, std::span<const Value>(values), count);
}

}  // namespace parley_bench
