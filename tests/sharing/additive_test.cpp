// SPDX-License-Identifier: Apache-2.0
// Additive sharing.
#include "parley/sharing/additive.hpp"

#include <cstddef>
#include <span>
#include <vector>

#include "catch.hpp"
#include "parley/core/random.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne31.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/wide_binary.hpp"
#include "parley/field/z2_to_64.hpp"
#include "sharing/scheme_conformance.hpp"

using parley::Additive;
using parley::ErrorCode;
using parley::TestRandom;
using parley::test::error_of;

TEST_CASE("additive sharing over tiny fields keeps every law, exhaustively") {
  for (const std::size_t n : {2U, 3U, 4U})
    parley::test::check_scheme_exhaustively(Additive<parley::SmallPrime<7>>({.parties = n}));
}

TEMPLATE_TEST_CASE("additive sharing keeps the laws of a scheme", "", parley::Mersenne31, parley::Mersenne61,
                   parley::SmallPrime<7>, parley::GF256, parley::GF2To64, parley::GF2To128, parley::Z2To64) {
  for (const std::size_t n : {2U, 3U, 7U}) {
    const Additive<TestType> scheme({.parties = n});
    CHECK(scheme.parties() == n);
    CHECK(scheme.privacy_threshold() == n - 1);
    CHECK(scheme.reconstruction_threshold() == n);
    parley::test::check_scheme(scheme);
  }
}

TEST_CASE("the additive shares of all but one party are all possible equally often, and the last one makes the sum") {
  using F = parley::SmallPrime<7>;
  const Additive<F> scheme({.parties = 3});
  std::map<std::string, std::size_t> counts;
  parley::test::for_each_tape<F>([&](parley::test::Tape<F>& tape) {
    CHECK(tape.drawn() == 0);
    const F secret{5};
    const auto shares = scheme.share(std::span(&secret, 1), tape);
    CHECK(shares[0][0] + shares[1][0] + shares[2][0] == secret);
    const std::vector<F> view = {shares[1][0], shares[2][0]};
    ++counts[parley::test::key_of<F>(view)];
  });
  CHECK(counts.size() == 49);
  for (const auto& [view, count] : counts) CHECK(count == 1);
}

TEST_CASE("additive sharing refuses too few or absurdly many parties") {
  for (const std::size_t n : {std::size_t{0}, std::size_t{1}, parley::max_sharing_parties + 1, ~std::size_t{0}}) {
    const auto error = error_of([&] { (void)Additive<parley::Mersenne61>({.parties = n}); });
    CHECK(error.code() == ErrorCode::invalid_argument);
    CHECK_THAT(error.what(), Catch::Matchers::ContainsSubstring("sharing among " + std::to_string(n) + " parties"));
  }
}

TEST_CASE("additive shares go into the caller's memory, or nowhere") {
  using F = parley::Mersenne61;
  const Additive<F> scheme({.parties = 3});
  TestRandom random(5);
  const auto secrets = parley::test::random_elements<F>(5000, random);
  std::vector<std::vector<F>> shares(3, std::vector<F>(5000, F{9}));
  std::vector<std::span<F>> rows(shares.begin(), shares.end());
  TestRandom same(6), again(6);
  scheme.share_into(secrets, same, rows);
  CHECK(shares == scheme.share(secrets, again));

  auto untouched = shares;
  rows[1] = rows[1].first(4999);
  CHECK(error_of([&] { scheme.share_into(secrets, same, rows); }).code() == ErrorCode::invalid_argument);
  rows.pop_back();
  CHECK(error_of([&] { scheme.share_into(secrets, same, rows); }).code() == ErrorCode::invalid_argument);
  CHECK(shares == untouched);

  std::vector<F> room(4999);
  const std::vector<std::size_t> who = {0, 1, 2};
  const std::vector<std::span<const F>> given(shares.begin(), shares.end());
  CHECK(error_of([&] { scheme.reconstruct_into(who, given, room); }).code() == ErrorCode::invalid_argument);
  CHECK(room == std::vector<F>(4999));
}
