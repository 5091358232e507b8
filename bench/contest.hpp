// SPDX-License-Identifier: Apache-2.0
// Benchmarks with names `work/contender`, where contenders of one work are compared: parley with whatever this machine
// has, parley with less of it, and others' libraries, whose results must be parley's.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/cpu.hpp"
#include "parley/core/random.hpp"
#include "parley/field/uniform.hpp"

namespace parley_bench {

/// What is timed. It owns its inputs and outputs.
using Work = std::function<void()>;

/// The clock of this core for these 50 microseconds, in Hz: additions that wait for one another take a cycle each. It
/// is lower than the processor's where others use the core.
inline double clock_now() {
  constexpr int additions = 150'000, unrolled = 10;
  const auto start = std::chrono::steady_clock::now();
  std::uint64_t x = 0;
  for (int i = 0; i < additions / unrolled; ++i)
    for (int k = 0; k < unrolled; ++k) {
      ++x;
      asm volatile("" : "+r"(x));  // or the compiler would add them up
    }
  return additions / std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Registers a benchmark of what `prepare()` returns, which handles `items` items (elements, secrets or bytes) in a
/// run. It has run once before it is timed. The counter `clock` is the mean of the clocks before and after. Returned for
/// what has threads of its own, to be told that the time of this one says little.
inline benchmark::internal::Benchmark* measure(const std::string& work, const std::string& contender, std::size_t items,
                                               std::function<Work()> prepare) {
  const auto timed = [items, prepare = std::move(prepare)](benchmark::State& state) {
    const Work run = prepare();
    run();
    const double before = clock_now();
    for (auto _ : state) {
      run();
      benchmark::ClobberMemory();
    }
    state.counters["clock"] = (before + clock_now()) / 2;
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
  };
  return benchmark::RegisterBenchmark((work + "/" + contender).c_str(), timed);
}

/// Restricts the CPU features in force until the end of its life. `lasting` lives longer.
class Restricted {
 public:
  explicit Restricted(const parley::CpuFeatures& lasting) : before_(parley::cpu_features()) {
    parley::detail::FeatureChoice::of_this_process().set(lasting);
  }
  Restricted(const Restricted&) = delete;
  Restricted& operator=(const Restricted&) = delete;
  ~Restricted() { parley::detail::FeatureChoice::of_this_process().set(before_); }

 private:
  const parley::CpuFeatures& before_;
};

/// The same with the given features, in preparing and in running.
inline void measure_with(const parley::CpuFeatures& features, const std::string& work, const std::string& contender,
                         std::size_t items, std::function<Work()> prepare) {
  measure(work, contender, items, [features, prepare = std::move(prepare)]() -> Work {
    const Restricted while_preparing(features);
    return [features, run = prepare()] {
      const Restricted while_running(features);
      run();
    };
  });
}

/// As `parley` with all that is in force, and as parley-avx2 and parley-portable where this machine has more than that.
inline void measure_backends(const std::string& work, std::size_t items, const std::function<Work()>& prepare) {
  using parley::Backend;
  measure(work, "parley", items, prepare);
  for (const Backend narrower : {Backend::avx2, Backend::portable}) {
    if (narrower >= parley::detail::backend_of(parley::machine_features())) continue;
    measure_with(parley::detail::restrict_to(narrower, parley::machine_features()), work,
                 "parley-" + std::string(to_string(narrower)), items, prepare);
  }
}

/// Another library at the work of a benchmark of parley's.
template <class F>
struct Peer {
  Work run;
  /// What the last run computed.
  std::function<std::vector<F>()> result;
};

/// Registers a benchmark of another library; nothing is timed unless its result is the expected one.
template <class F>
void measure_peer(const std::string& work, const std::string& contender, std::size_t items,
                  std::function<Peer<F>()> prepare, std::function<std::vector<F>()> expected) {
  measure(work, contender, items, [=]() -> Work {
    const Peer<F> peer = prepare();
    peer.run();
    if (peer.result() != expected())
      throw std::runtime_error(contender + " computes something else than parley does for " + work);
    return peer.run;
  });
}

/// Where operands are: "in_cache" of `bytes` bytes each, which together fit into the first cache, and "out_of_cache",
/// larger than the caches of most machines.
struct Place {
  const char* name;
  std::size_t bytes;

  template <class F>
  constexpr std::size_t elements() const {
    return bytes / sizeof(F);
  }
};
inline constexpr Place in_cache{"in_cache", std::size_t{1} << 13}, out_of_cache{"out_of_cache", std::size_t{1} << 25};

/// Pseudorandom elements, the same for the same seed. Repeated after a mebibyte, for it is not their drawing that is
/// measured.
template <class F>
parley::Buffer<F> operand(std::uint64_t seed, std::size_t size) {
  parley::Buffer<F> elements(size);
  const std::size_t drawn = std::min(size, (std::size_t{1} << 20) / sizeof(F));
  parley::TestRandom random(seed);
  parley::fill_uniform(random, std::span<F>(elements).first(drawn));
  for (std::size_t done = drawn; done < size; ++done) elements[done] = elements[done - drawn];
  return elements;
}

/// The factor of `scale` and of the constant `multiply_add`.
template <class F>
F factor() {
  return operand<F>(4, 1).front();
}

/// How many dependent operations a latency is measured by.
inline constexpr std::size_t chain_length = 1000;

/// Each operand is the result of the step before, or of the one before that.
template <class T, class Operation>
void chain(T& x, T& y, std::size_t length, Operation operation) {
  using std::swap;
  for (std::size_t i = 0; i < length; ++i) {
    operation(x, x, y);
    swap(x, y);
  }
}

}  // namespace parley_bench
