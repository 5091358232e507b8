// SPDX-License-Identifier: Apache-2.0
// What a protocol of all parties cannot do without on one core of this machine: moving the bytes that are sent, drawing
// the bytes that are random, multiplying what is multiplied.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "parley/core/buffer.hpp"
#include "parley/core/random.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"

namespace parley_bench {

/// The rates of one core, each the median of several runs: bytes copied from and to memory, bytes drawn and products
/// modulo 2^61 - 1 in cache, a second.
struct LocalRates {
  double copied = 0, drawn = 0, multiplied = 0;

  /// Measured at the first call.
  static const LocalRates& of_this_machine() {
    static const LocalRates rates = measured();
    return rates;
  }

 private:
  template <class Work>
  static double rate(double items, Work work) {
    std::array<double, 15> rates{};
    for (double& rate : rates) {
      const auto start = std::chrono::steady_clock::now();
      work();
      rate = items / std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    std::ranges::sort(rates);
    return rates[rates.size() / 2];
  }

  static LocalRates measured() {
    using Value = parley::Mersenne61;
    constexpr std::size_t large = std::size_t{1} << 25, small = std::size_t{1} << 13, repetitions = 200;
    LocalRates rates;
    parley::Buffer<std::byte> from(large), to(large);
    rates.copied = rate(large, [&] { std::memcpy(to.data(), from.data(), large); });
    parley::SystemRandom random;
    const auto part = std::span(to).first(small);
    rates.drawn = rate(small * repetitions, [&] {
      for (std::size_t i = 0; i < repetitions; ++i) random.fill(part);
    });
    parley::Buffer<Value> x(small / sizeof(Value)), y(x.size()), products(x.size());
    parley::fill_uniform(random, std::span<Value>(x));
    parley::fill_uniform(random, std::span<Value>(y));
    rates.multiplied = rate(static_cast<double>(x.size() * repetitions), [&] {
      for (std::size_t i = 0; i < repetitions; ++i) parley::vector::multiply<Value>(std::span<Value>(products), x, y);
    });
    return rates;
  }
};

/// A random source for an engine that counts the bytes that all parties draw, from it and from the streams that they
/// share.
class CountingRandom {
 public:
  using Stream = CountingRandom;

  CountingRandom(const parley::Seed& seed, parley::Cipher cipher) : stream_(seed, cipher) {}

  void fill(std::span<std::byte> out) {
    drawn_.fetch_add(out.size(), std::memory_order_relaxed);
    stream_.fill(out);
  }
  [[nodiscard]] CountingRandom child(std::string_view label) const { return CountingRandom(stream_.child(label)); }

  /// Since the last call.
  static std::uint64_t take_drawn() { return drawn_.exchange(0); }

 private:
  explicit CountingRandom(parley::RandomStream stream) : stream_(std::move(stream)) {}

  static inline std::atomic<std::uint64_t> drawn_ = 0;
  parley::RandomStream stream_;
};

}  // namespace parley_bench
