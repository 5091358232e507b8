// SPDX-License-Identifier: Apache-2.0
// Wrong shares as tests of every scheme that detects and corrects them: all single and double ones where shares are
// small, many random ones where they are large.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/field/uniform.hpp"
#include "refusal.hpp"
#include "sanitized.hpp"
#include "sharing/enumeration.hpp"
#include "sharing/scheme_conformance.hpp"

namespace parley::test {

inline std::vector<std::size_t> first_numbers(std::size_t count) {
  std::vector<std::size_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  return numbers;
}

template <RandomSource R>
std::vector<std::size_t> random_subset(std::size_t n, std::size_t size, R& random) {
  auto numbers = first_numbers(n);
  for (std::size_t i = 0; i < size; ++i)
    std::swap(numbers[i], numbers[i + static_cast<std::size_t>(uniform_below(random, n - i))]);
  numbers.resize(size);
  std::ranges::sort(numbers);
  return numbers;
}

/// Every change of up to two whole shares of one batch as small as possible (every `step`-th of two) is detected where
/// it has to be, corrected with the right parties named where it has to be, and else refused: never another secret.
template <class S>
void check_all_corruptions(const S& scheme, std::uint64_t seed, std::size_t step = 1) {
  using F = typename S::Share;
  TestRandom random(seed);
  const std::size_t n = scheme.parties(), detectable = n - scheme.reconstruction_threshold(),
                    correctable = detectable / 2;
  const auto secrets = random_elements<typename S::Value>(secrets_at_once(scheme), random);
  const auto shares = scheme.share(secrets, random);
  const auto who = first_numbers(n);
  std::vector<std::vector<F>> changes;
  for_each_word<F>(shares[0].size(), [&](const std::vector<F>& word) { changes.push_back(word); });
  std::size_t tried = 0, good = 0, skipped = 0;
  for (std::size_t errors = 0; errors <= std::min<std::size_t>(2, detectable); ++errors)
    for_each_subset(n, errors, [&](const std::vector<std::size_t>& wrong) {
      for_each_number(changes.size() - 1, errors, [&](const std::vector<std::size_t>& chosen) {
        if (errors == 2 && ++skipped % step != 0) return;
        auto rows = shares;
        for (std::size_t i = 0; i < errors; ++i)
          for (std::size_t part = 0; part < rows[0].size(); ++part)
            rows[wrong[i]][part] += changes[chosen[i] + 1][part];  // change 0 is none
        ++tried;
        bool right = false;
        const auto checked = code_of([&] { right = scheme.reconstruct_checked(who, rows) == secrets; });
        const bool detected = errors == 0 ? right : checked == ErrorCode::inconsistent_shares;
        bool corrected = false;
        const auto code = code_of([&] {
          const auto result = scheme.reconstruct_correcting(who, rows);
          corrected = result.secrets == secrets && result.wrong == wrong;
        });
        // Beyond what is corrected an Error is certain up to detectable - correctable, and no result else is.
        const bool refused = code == ErrorCode::too_many_wrong_shares || errors > detectable - correctable;
        good += detected && (errors <= correctable ? corrected : refused);
      });
    });
  CHECK(good == tried);
  CHECK(tried > 1);
}

/// `count` random corruptions of entries, in batches: none gives a wrong secret or blames the wrong.
template <class S>
void check_random_corruptions(const S& scheme, std::size_t count, std::uint64_t seed) {
  using F = typename S::Share;
  TestRandom random(seed);
  const std::size_t n = scheme.parties(), correctable = (n - scheme.reconstruction_threshold()) / 2;
  const auto who = first_numbers(n);
  REQUIRE(correctable > 0);
  const auto secrets = random_elements<typename S::Value>(20000 * secrets_at_once(scheme), random);
  const auto shares = scheme.share(secrets, random);
  const std::size_t parts = scheme.share_size(secrets_at_once(scheme)), entries = shares[0].size() / parts;

  // The same liars in a whole batch, each of whom lies in a random half of the entries, in one part.
  for (std::size_t corrupted = 0; corrupted < samples(count);) {
    auto rows = shares;
    const auto liars = random_subset(n, correctable, random);
    const auto masks = random_elements<F>(entries * correctable, random);
    for (std::size_t i = 0; i < correctable; ++i)
      for (std::size_t entry = 0; entry < entries; ++entry) {
        const F& lie = masks[i * entries + entry];
        std::array<std::byte, F::encoded_size> bytes;
        lie.encode(bytes);
        const auto digit = std::to_integer<std::size_t>(bytes[0]);
        if (digit % 2 == 0) continue;
        corrupted += lie == F{} ? 0 : 1;
        rows[liars[i]][digit / 2 % parts * entries + entry] += lie;
      }
    const auto result = scheme.reconstruct_correcting(who, rows);
    REQUIRE((result.secrets == secrets));
    REQUIRE(result.wrong == liars);
  }

  // Other liars in each entry of a short batch, and one too many in the last of all.
  for (const std::size_t short_entries : {1U, 2U, 70U}) {
    const std::span<const typename S::Value> few = std::span(secrets).first(short_entries * secrets_at_once(scheme));
    auto rows = scheme.share(few, random);
    const auto lie = [&](std::size_t entry, std::size_t errors) {
      for (const std::size_t liar : random_subset(n, errors, random)) {
        F change{};
        while (change == F{}) change = uniform<F>(random);
        rows[liar][uniform_below(random, parts) * short_entries + entry] += change;
      }
    };
    for (std::size_t entry = 0; entry + 1 < short_entries; ++entry) lie(entry, entry % (correctable + 1));
    auto result = scheme.reconstruct_correcting(who, rows);
    REQUIRE(std::ranges::equal(result.secrets, few));
    lie(short_entries - 1, n - scheme.reconstruction_threshold() - correctable);
    if (2 * correctable == n - scheme.reconstruction_threshold()) {
      result = scheme.reconstruct_correcting(who, rows);
      REQUIRE(std::ranges::equal(result.secrets, few));
    } else {
      const Error error = error_of([&] { (void)scheme.reconstruct_correcting(who, rows); });
      REQUIRE(error.code() == ErrorCode::too_many_wrong_shares);
      REQUIRE(std::string(error.what()) == "more than " + std::to_string(correctable) + " of the " + std::to_string(n) +
                                               " shares of entry " + std::to_string(short_entries - 1) + " are wrong");
    }
  }
}

/// A checked reconstruction looks at every share of every entry.
template <class S>
void check_every_share_is_checked(const S& scheme, std::uint64_t seed) {
  TestRandom random(seed);
  const auto secrets = random_elements<typename S::Value>(700 * secrets_at_once(scheme), random);
  const auto shares = scheme.share(secrets, random);
  const auto who = first_numbers(scheme.parties());
  REQUIRE(scheme.reconstruct_checked(who, shares) == secrets);
  const std::size_t parts = shares[0].size() / 700;
  for (std::size_t party = 0; party < scheme.parties(); ++party)
    for (std::size_t part = 0; part < parts; ++part)
      for (const std::size_t entry : {0U, 64U, 699U}) {
        auto rows = shares;
        rows[party][part * 700 + entry] += S::Share::one();
        const Error error = error_of([&] { (void)scheme.reconstruct_checked(who, rows); });
        REQUIRE(error.code() == ErrorCode::inconsistent_shares);
        REQUIRE_THAT(error.what(),
                     Catch::Matchers::ContainsSubstring("shares of entry " + std::to_string(entry) + " "));
      }
}

}  // namespace parley::test
