// SPDX-License-Identifier: Apache-2.0
// One program on all engines: the clear one, and the passive Shamir one for the numbers of parties that have to hold.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "functions/any_engine.hpp"
#include "functions/observed.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/operations.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/net/network.hpp"
#include "refusal.hpp"

namespace parley::test {

using F61 = Mersenne61;
/// OrderOptions::bits of keys that may be of any width.
inline constexpr std::size_t widest = 0;

inline constexpr std::array<Setting, 1> three_parties = {{{3, 1}}};
inline constexpr std::array<Setting, 6> few_parties = {{{3, 1}, {4, 1}, {5, 1}, {5, 2}, {7, 1}, {7, 3}}};
/// A protocol of sixteen parties takes some hundred times the work of one of three: what runs there should be short.
inline constexpr Setting sixteen_parties = {16, 7};
inline constexpr std::array<Setting, 7> all_settings = {
    {{3, 1}, {4, 1}, {5, 1}, {5, 2}, {7, 1}, {7, 3}, sixteen_parties}};

/// What program(*make(network)) returns at each of the parties.
template <class Program, class Make>
auto on_any(std::size_t parties, const Program& program, const Make& make) {
  using Made = std::invoke_result_t<const Make&, Network&>;
  using Result = std::remove_cvref_t<std::invoke_result_t<const Program&, typename Made::element_type&>>;
  if constexpr (std::is_void_v<Result>) {
    run_parties(parties, [&](Network& network) { program(*make(network)); });
  } else {
    std::vector<std::optional<Result>> ends(parties);
    run_parties(parties, [&](Network& network) { ends[network.self()].emplace(program(*make(network))); });
    std::vector<Result> results;
    for (auto& end : ends) results.push_back(std::move(*end));
    return results;
  }
}

/// Runs `program(engine)` at every party of a clear engine.
template <MersenneField F, class Program>
auto on_clear(std::size_t parties, const Program& program) {
  return on_any(parties, program, any_clear<F>);
}

/// Runs `program(engine)` at every party of a passive Shamir engine; equal seeds give equal runs.
template <MersenneField F, class Program>
auto on_shamir(Setting setting, const Program& program, std::uint64_t seed = 1) {
  return on_any(setting.parties, program,
                [&](Network& network) { return any_shamir<F>(network, setting, 1000 * seed + network.self()); });
}

/// Requires that `program(engine)` returns `expected` at every party of every engine. Where what is expected depends on
/// the number of parties, it is given as a function of that number.
template <MersenneField F, class Program, class Expected>
void check_on_engines(std::span<const Setting> settings, const Program& program, const Expected& expected) {
  const auto for_parties = [&](std::size_t parties) {
    if constexpr (std::invocable<const Expected&, std::size_t>)
      return expected(parties);
    else
      return static_cast<void>(parties), expected;
  };
  for (const Setting& setting : settings) {
    CAPTURE(setting.parties, setting.privacy_threshold);
    const auto right = for_parties(setting.parties);
    for (const auto& result : on_clear<F>(setting.parties, program)) REQUIRE(result == right);
    for (const auto& result : on_shamir<F>(setting, program)) REQUIRE(result == right);
  }
}

/// Requires that `program(engine)` throws an Error with `code` at every party before anything is exchanged, and leaves
/// the engine usable.
template <MersenneField F, class Program>
void check_refused(ErrorCode code, const Program& program) {
  const auto attempt = [&](auto& engine) {
    const Cost before = engine.cost();
    const std::optional<ErrorCode> thrown = code_of([&] { program(engine); });
    const bool nothing_sent = engine.cost() == before;
    return std::pair{thrown, nothing_sent && open(engine, input_all(engine, F(7))).front() == F(7)};
  };
  for (const auto& [thrown, unharmed] : on_clear<F>(3, attempt)) {
    REQUIRE(thrown == code);
    REQUIRE(unharmed);
  }
  for (const Setting setting : {Setting{3, 1}, Setting{5, 2}})
    for (const auto& [thrown, unharmed] : on_shamir<F>(setting, attempt)) {
      REQUIRE(thrown == code);
      REQUIRE(unharmed);
    }
}

template <Field F>
std::vector<F> elements(const Numbers& numbers) {
  std::vector<F> converted;
  for (const std::uint64_t number : numbers) converted.push_back(F(number));
  return converted;
}
template <PrimeField F>
Numbers numbers(const std::vector<F>& elements) {
  Numbers converted;
  for (const F& element : elements) converted.push_back(static_cast<std::uint64_t>(element.to_integer()));
  return converted;
}

/// The numbers as an input of party `owner`.
template <Engine E>
SharedOf<E> shared(E& engine, const Numbers& numbers, std::size_t owner = 0) {
  return input(engine, owner, elements<typename E::Value>(numbers), numbers.size());
}
template <Engine E>
Numbers opened(E& engine, const SharedOf<E>& x) {
  return numbers(open(engine, x));
}

/// The greatest number that every function takes in 2^61 - 1.
inline constexpr std::uint64_t greatest = (std::uint64_t{1} << 59) - 1;

/// `count` reproducible numbers below `bound`.
inline Numbers random_numbers(std::size_t count, std::uint64_t bound, std::uint64_t seed = 1) {
  TestRandom random(seed);
  Numbers drawn;
  for (std::size_t i = 0; i < count; ++i) drawn.push_back(uniform_below(random, bound));
  return drawn;
}

/// 0, 1, ..., end - 1.
template <class T = std::uint64_t>
std::vector<T> numbers_below(std::size_t end) {
  std::vector<T> numbers(end);
  std::iota(numbers.begin(), numbers.end(), T{0});
  return numbers;
}

/// Vectors of `size` numbers that functions of the order of values tend to get wrong.
inline std::vector<Numbers> extreme_vectors(std::size_t size, std::uint64_t most = greatest) {
  const Numbers random = random_numbers(size, most);
  Numbers sorted = random;
  std::ranges::sort(sorted);
  const Numbers reversed(sorted.rbegin(), sorted.rend());
  Numbers two_values, ends(size, 0);
  for (std::size_t i = 0; i < size; ++i) two_values.push_back(i % 3 == 0 ? most : most - 1);
  for (std::size_t i = 1; i < size; i += 2) ends[i] = most;
  return {random, sorted, reversed, two_values, ends, Numbers(size, 0), Numbers(size, most)};
}

}  // namespace parley::test
