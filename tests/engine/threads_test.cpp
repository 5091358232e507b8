// SPDX-License-Identifier: Apache-2.0
// A party's threads share its work on long batches, and neither results nor messages show how many there are.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/shamir_passive.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/functions/compare.hpp"
#include "parley/net/recording.hpp"

namespace {

using namespace parley;
using namespace parley::test;
using F = Mersenne61;

// Blocks of products are of 2^15 elements, or 2^18 of a byte each, and parts of inner products of 2^16 terms. So each
// batch has several of them, the last of which is a short one.
constexpr std::size_t count = 40'001;
constexpr std::size_t width = 7;

struct Run {
  std::vector<F> products, sums, segments, random_values, shuffled;
  std::vector<std::uint64_t> conjunctions, smaller;
  std::vector<RecordedRound> transcript;
  friend bool operator==(const Run&, const Run&) = default;
};

std::vector<F> numbers(std::uint64_t factor) {
  std::vector<F> values;
  for (std::uint64_t k = 0; k < count; ++k) values.push_back(F(k * factor % 1000));
  return values;
}
std::vector<std::uint64_t> sorted_integers(const std::vector<F>& values) {
  std::vector<std::uint64_t> integers;
  for (const F& value : values) integers.push_back(value.to_integer());
  std::ranges::sort(integers);
  return integers;
}
PublicBits bits(std::uint64_t factor) {
  std::vector<std::uint64_t> values;
  for (std::uint64_t k = 0; k < count; ++k) values.push_back(k * factor % (std::uint64_t{1} << width));
  return PublicBits::from_integers(values, width);
}

std::vector<Run> runs(std::size_t n, std::size_t threads) {
  return simulate(n, [&](Network& network) {
    RecordingNetwork recording(network);
    auto engine = shamir_passive<F>(recording, {.threads = threads}, random_of(network.self(), 1));
    const auto x = input(engine, 0, numbers(3), count), y = input(engine, 1, numbers(7), count);
    const auto a = input_bits(engine, 1, bits(1'000'003)), b = input_bits(engine, 2, bits(7'000'001));
    Run run;
    run.products = open(engine, mul(engine, x, y));
    run.sums = open(engine, dot(engine, concat(x, y), concat(y, x)));
    run.segments = open(engine, dot(engine, concat(x, y, x, y), concat(y, y, y, y), 2 * count));
    run.random_values = open(engine, random(engine, count));
    run.conjunctions = open(engine, and_(engine, a, b));
    if (n == 3) run.smaller = open(engine, less_than(engine, x, y, {.bits = 10}));
    std::vector columns = {x};
    engine.shuffle(columns);
    run.shuffled = open(engine, columns.front());
    run.transcript = recording.transcript();
    return run;
  });
}

}  // namespace

TEST_CASE("results and messages are the same with any number of threads, and the results are right") {
  for (const std::size_t n : {3U, 5U}) {
    const auto alone = runs(n, 1);
    const auto together = runs(n, n == 3 ? 2 : 3);
    for (std::size_t party = 0; party < n; ++party) CHECK((together[party] == alone[party]));
    const std::vector<F> x = numbers(3), y = numbers(7);
    const auto a = bits(1'000'003).to_integers(), b = bits(7'000'001).to_integers();
    std::size_t wrong = 0;
    F sum{}, squares{};
    for (std::size_t k = 0; k < count; ++k) {
      if (alone[0].products[k] != x[k] * y[k]) ++wrong;
      if (alone[0].conjunctions[k] != (a[k] & b[k])) ++wrong;
      if (n == 3 && (alone[0].smaller[k] == 1) != (x[k].to_integer() < y[k].to_integer())) ++wrong;
      sum += x[k] * y[k];
      squares += y[k] * y[k];
    }
    CHECK(wrong == 0);
    CHECK(alone[0].sums == std::vector{sum + sum});
    CHECK(alone[0].segments == std::vector{sum + squares, sum + squares});
    CHECK(sorted_integers(alone[0].shuffled) == sorted_integers(x));
  }
}

TEST_CASE("the blocks of a batch draw from streams that differ") {
  // That two of so many uniform values are equal has a chance of 1e-9.
  const auto sorted = sorted_integers(runs(3, 2)[0].random_values);
  CHECK(std::ranges::adjacent_find(sorted) == sorted.end());
}

TEST_CASE("parties that share a process share its cores") {
  const auto in_process = simulate(3, [](Network& network) {
    RecordingNetwork recording(network);
    return std::pair{network.parties_in_process(), recording.parties_in_process()};
  });
  for (const auto& counted : in_process) CHECK(counted == std::pair{std::size_t{3}, std::size_t{3}});
  CHECK(ReplayingNetwork(0, {{{{}, {}}, {{}, {}}}}).parties_in_process() == 1);
}
