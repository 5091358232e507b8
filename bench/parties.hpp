// SPDX-License-Identifier: Apache-2.0
// Measuring programs of all parties in this process: after a first run, with all parties at their work together, and with
// what it costs them to communicate.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "contest.hpp"
#include "lower_bounds.hpp"
#include "parley/parley.hpp"

namespace parley_bench {

using Value = parley::Mersenne61;
using Values = parley::Shared<Value, parley::ShamirSharing>;

/// The most memory, in bytes, that this process has had at a time since the last reset; 0 where the system does not
/// tell.
inline double peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmHWM:", 0) == 0) return 1024 * std::stod(line.substr(6));
  return 0;
}
inline void reset_peak_memory() { std::ofstream("/proc/self/clear_refs") << 5; }

/// What all parties spend in one run of `work` of a batch of `count`: the bytes they send and draw.
struct Spent {
  double sent = 0, drawn = 0;
};
template <class Prepare>
Spent spent_by_all(std::size_t parties, std::size_t count, const Prepare& prepare) {
  std::atomic<std::uint64_t> sent = 0, drawn = 0;
  parley::simulate(parties, [&](parley::Network& network) {
    parley::SystemRandom seeds;
    auto engine = parley::shamir_passive<Value>(network, {},
                                                CountingRandom(parley::draw_seed(seeds), parley::preferred_cipher()));
    const auto work = prepare(engine, count);
    work();
    open(engine, constant(engine, Value{}));  // so that all parties are here
    if (network.self() == 0) CountingRandom::take_drawn();
    open(engine, constant(engine, Value{}));
    const parley::Cost before = engine.cost();
    work();
    sent += (engine.cost() - before).bytes_sent;
    open(engine, constant(engine, Value{}));
    if (network.self() == 0) drawn = CountingRandom::take_drawn();
  });
  return {static_cast<double>(sent), static_cast<double>(drawn)};
}

/// How long the communication of one run of `work` takes by the model of a link, for which the engine chooses the forms
/// of its protocols, in seconds.
template <class Prepare>
double seconds_on(const parley::Link& link, std::size_t parties, std::size_t count, const Prepare& prepare) {
  std::vector<double> seconds(parties);
  parley::simulate(parties, [&](parley::Network& network) {
    auto engine = parley::shamir_passive<Value>(network, {.link = link});
    const auto work = prepare(engine, count);
    const parley::Cost before = engine.cost();
    work();
    const parley::Cost cost = engine.cost() - before;
    seconds[network.self()] = link.seconds(static_cast<double>(cost.rounds), static_cast<double>(cost.bytes_sent));
  });
  return *std::ranges::max_element(seconds);
}

/// Times `work` of as many parties as state.range(0) says on a batch of state.range(1): prepare(engine, batch) returns
/// it, as a function without arguments, and has to take any engine; it has run once before. One run handles `items`
/// items. Reports:
/// - items_per_second, the clock of a core, rounds, sent_per_item (the bytes of party 0) and memory_per_item;
/// - copying and drawing: how many times the time that one core takes to copy the bytes that all parties send, and to
///   draw those that all parties draw (counted in a batch of up to 2^16); multiplying: the same for `multiplications`
///   products modulo 2^61 - 1 at each party, where that is given;
/// - lan_s, metro_s, world_s: the seconds of communication there by the model, for batches of up to 10^6.
template <class Prepare>
void at_all_parties(benchmark::State& state, double items, const Prepare& prepare, double multiplications = 0) {
  const auto parties = static_cast<std::size_t>(state.range(0)), count = static_cast<std::size_t>(state.range(1));
  const LocalRates& rates = LocalRates::of_this_machine();
  parley::Cost cost;
  double seconds = 0;
  const double clock_before = clock_now();
  reset_peak_memory();
  const double memory = peak_memory();
  parley::simulate(parties, [&](parley::Network& network) {
    auto engine = parley::shamir_passive<Value>(network);
    const auto work = prepare(engine, count);
    work();
    if (network.self() != 0) {
      for (benchmark::IterationCount i = 0; i < state.max_iterations; ++i) work();
      return;
    }
    const parley::Cost before = engine.cost();
    const auto start = std::chrono::steady_clock::now();
    for (auto _ : state) work();
    seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    cost = engine.cost() - before;
  });
  const auto runs = static_cast<double>(state.iterations());
  seconds /= runs;
  state.SetItemsProcessed(static_cast<std::int64_t>(runs * items));
  state.counters["clock"] = (clock_before + clock_now()) / 2;
  state.counters["rounds"] = static_cast<double>(cost.rounds) / runs;
  state.counters["sent_per_item"] = static_cast<double>(cost.bytes_sent) / runs / items;
  state.counters["memory_per_item"] = (peak_memory() - memory) / items;

  const std::size_t counted = std::min(count, std::size_t{1} << 16);
  const Spent spent = spent_by_all(parties, counted, prepare);
  const double batches = static_cast<double>(count) / static_cast<double>(counted);
  if (spent.sent > 0) state.counters["copying"] = seconds / (spent.sent * batches / rates.copied);
  if (spent.drawn > 0) state.counters["drawing"] = seconds / (spent.drawn * batches / rates.drawn);
  if (multiplications > 0)
    state.counters["multiplying"] = seconds / (multiplications * static_cast<double>(parties) / rates.multiplied);
  if (count > 1000000) return;
  state.counters["lan_s"] = seconds_on(parley::Link::lan(), parties, count, prepare);
  state.counters["metro_s"] = seconds_on(parley::Link::metro(), parties, count, prepare);
  state.counters["world_s"] = seconds_on(parley::Link::world(), parties, count, prepare);
}

/// `count` shared pseudorandom values below 2^32, the same in every run.
template <class Engine>
Values shared_values(Engine& engine, std::size_t count, std::uint64_t seed) {
  parley::TestRandom random(seed);
  std::vector<Value> values;
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(Value(parley::uniform_below(random, std::uint64_t{1} << 32)));
  return parley::input(engine, 0, std::span<const Value>(values), count);
}

}  // namespace parley_bench
