// SPDX-License-Identifier: Apache-2.0
// Verifiable sharing over ristretto255, in sharings a second: of dealing, of verifying one by one and in a batch, and of
// key generation with all parties in this process, in keys a second.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "contest.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/group/key_generation.hpp"
#include "parley/group/ristretto255.hpp"
#include "parley/group/verifiable.hpp"

namespace {

using namespace parley_bench;
using G = parley::Ristretto255;
using F = G::Scalar;

void require(bool right) {
  if (!right) throw std::runtime_error("a right share did not pass");
}

template <class Scheme>
struct Setting {
  Setting(const parley::ShamirParameters& parameters, std::size_t count)
      : scheme(parameters), secrets(count), dealing((fill_uniform(random, std::span<F>(secrets)), deal())) {}

  auto deal() { return scheme.deal(secrets, random); }

  parley::SystemRandom random;
  Scheme scheme;
  std::vector<F> secrets;
  typename Scheme::Dealing dealing;
};

template <class Scheme>
void measure_scheme(const std::string& name, const parley::ShamirParameters& parameters) {
  const std::string shape =
      "/" + std::to_string(parameters.privacy_threshold + 1) + "-of-" + std::to_string(parameters.parties);
  const auto prepared = [&](std::size_t count, auto work) {
    return [parameters, count, work]() -> Work {
      return [setting = std::make_shared<Setting<Scheme>>(parameters, count), work] { work(*setting); };
    };
  };
  measure(name + "/deal" + shape, "parley", 16,
          prepared(16, [](auto& s) { benchmark::DoNotOptimize(s.deal().commitments); }));
  for (const std::size_t count : std::vector<std::size_t>{16, 256}) {
    const std::string work = name + "/verify" + shape + "/" + std::to_string(count);
    measure(work, "parley", count, prepared(count, [](auto& s) {
              require(s.scheme.verify(1, s.dealing.shares[1], s.dealing.commitments, s.random));
            }));
    measure(work, "one_by_one", count, prepared(count, [](auto& s) {
              for (std::size_t entry = 0; entry < s.secrets.size(); ++entry)
                require(s.scheme.verify_entry(1, s.dealing.shares[1][entry], s.dealing.commitments, entry));
            }));
  }
}

void measure_key_generation(const parley::JointParameters& parameters, std::size_t parties) {
  const auto timed = [=](benchmark::State& state) {
    for (auto _ : state) {
      parley::simulate(parties, [&](parley::Network& network) {
        parley::SystemRandom random;
        benchmark::DoNotOptimize(parley::generate_keys<G>(network, parameters, random).shares);
      });
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(parameters.count));
  };
  const std::string name = "generate_keys/" + std::to_string(parameters.privacy_threshold + 1) + "-of-" +
                           std::to_string(parties) + "/" + std::to_string(parameters.count);
  benchmark::RegisterBenchmark(name.c_str(), timed)
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime()
      ->MeasureProcessCPUTime();
}

const bool registered = [] {
  for (const parley::ShamirParameters& parameters : {parley::ShamirParameters{3, 1}, {5, 2}, {10, 4}}) {
    measure_scheme<parley::Feldman<G>>("Feldman", parameters);
    measure_scheme<parley::Pedersen<G>>("Pedersen", parameters);
  }
  for (const std::size_t count : std::vector<std::size_t>{1, 64}) {
    measure_key_generation({.privacy_threshold = 1, .count = count}, 3);
    measure_key_generation({.privacy_threshold = 2, .count = count}, 5);
  }
  return true;
}();

}  // namespace
