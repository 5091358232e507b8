// SPDX-License-Identifier: Apache-2.0
// Replicated sharing: who has which part, its laws over rings and fields, wrong shares, and Shamir's shares from it.
#include "parley/sharing/replicated.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "parley/core/random.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/z2_to_64.hpp"
#include "parley/sharing/shamir.hpp"
#include "sharing/corruption.hpp"
#include "sharing/scheme_conformance.hpp"

using parley::ErrorCode;
using parley::Replicated;
using parley::Shamir;
using parley::TestRandom;
using parley::test::error_of;
using parley::test::first_numbers;

namespace {

using F3 = parley::SmallPrime<3>;
using F5 = parley::SmallPrime<5>;

}  // namespace

TEST_CASE("each set of t parties lacks one part, which all the others have") {
  const Replicated<parley::Z2To64> scheme({.parties = 5, .privacy_threshold = 2});
  CHECK(scheme.parties() == 5);
  CHECK(scheme.privacy_threshold() == 2);
  CHECK(scheme.reconstruction_threshold() == 3);
  CHECK(scheme.parts() == 6);
  CHECK(scheme.share_size(7) == 42);
  TestRandom random(1);
  const auto secrets = parley::test::random_elements<parley::Z2To64>(7, random);
  const auto shares = scheme.share(secrets, random);
  std::map<std::vector<std::size_t>, std::vector<parley::Z2To64>> summands;
  std::map<std::vector<std::size_t>, std::size_t> holders;
  for (std::size_t party = 0; party < 5; ++party)
    for (std::size_t part = 0; part < 6; ++part) {
      const auto set = scheme.lacking(party, part);
      CHECK(set.size() == 2);
      CHECK(std::ranges::find(set, party) == set.end());
      const std::vector<parley::Z2To64> summand(shares[party].begin() + static_cast<std::ptrdiff_t>(part * 7),
                                                shares[party].begin() + static_cast<std::ptrdiff_t>(part * 7 + 7));
      const auto [known, is_new] = summands.try_emplace(set, summand);
      CHECK(known->second == summand);
      ++holders[set];
    }
  CHECK(summands.size() == 10);
  std::vector<parley::Z2To64> sums(7);
  for (const auto& [set, summand] : summands) {
    CHECK(holders[set] == 3);
    for (std::size_t i = 0; i < 7; ++i) sums[i] += summand[i];
  }
  CHECK(sums == secrets);
  CHECK(error_of([&] { (void)scheme.lacking(5, 0); }).code() == ErrorCode::invalid_argument);
  CHECK(error_of([&] { (void)scheme.lacking(0, 6); }).code() == ErrorCode::invalid_argument);
}

TEST_CASE("replicated sharing over tiny fields keeps every law, exhaustively") {
  parley::test::check_scheme_exhaustively(Replicated<F5>({.parties = 2, .privacy_threshold = 1}));
  parley::test::check_scheme_exhaustively(Replicated<F5>({.parties = 3, .privacy_threshold = 1}));
  parley::test::check_scheme_exhaustively(Replicated<F5>({.parties = 3, .privacy_threshold = 2}));
  parley::test::check_scheme_exhaustively(Replicated<F3>({.parties = 4, .privacy_threshold = 1}));
  parley::test::check_scheme_exhaustively(Replicated<F3>({.parties = 4, .privacy_threshold = 2}));
  parley::test::check_scheme_exhaustively(Replicated<F3>({.parties = 4, .privacy_threshold = 3}));
}

TEMPLATE_TEST_CASE("replicated sharing keeps the laws of a scheme", "", parley::Mersenne61, parley::Z2To64,
                   parley::GF256) {
  for (const auto& shape : std::vector<std::pair<std::size_t, std::size_t>>{{2, 1}, {3, 1}, {5, 2}, {5, 4}})
    parley::test::check_scheme(Replicated<TestType>({.parties = shape.first, .privacy_threshold = shape.second}));
}

TEST_CASE("all single and double corruptions of replicated shares are detected, corrected or refused") {
  parley::test::check_all_corruptions(Replicated<F5>({.parties = 3, .privacy_threshold = 1}), 1);
  parley::test::check_all_corruptions(Replicated<F3>({.parties = 4, .privacy_threshold = 1}), 2);
  parley::test::check_all_corruptions(Replicated<F3>({.parties = 4, .privacy_threshold = 2}), 3);
  parley::test::check_all_corruptions(Replicated<F3>({.parties = 5, .privacy_threshold = 1}), 5, 23);
}

TEST_CASE("a million random corruptions of replicated shares never give a wrong secret") {
  parley::test::check_random_corruptions(Replicated<parley::Z2To64>({.parties = 7, .privacy_threshold = 1}), 600000, 1);
  parley::test::check_random_corruptions(Replicated<parley::Mersenne61>({.parties = 6, .privacy_threshold = 2}), 390000,
                                         2);
  parley::test::check_random_corruptions(Replicated<parley::GF256>({.parties = 4, .privacy_threshold = 1}), 10000, 3);
  parley::test::check_every_share_is_checked(Replicated<parley::Mersenne61>({.parties = 5, .privacy_threshold = 2}), 4);
}

TEST_CASE("without redundancy replicated shares are taken as they are") {
  const Replicated<parley::Z2To64> scheme({.parties = 3, .privacy_threshold = 2});
  TestRandom random(3);
  const auto secrets = parley::test::random_elements<parley::Z2To64>(5, random);
  const auto shares = scheme.share(secrets, random);
  const auto who = first_numbers(3);
  CHECK(scheme.reconstruct_checked(who, shares) == secrets);
  CHECK(scheme.reconstruct_correcting(who, shares).secrets == secrets);
}

TEMPLATE_TEST_CASE("each party turns its replicated shares into Shamir's by itself", "", parley::Mersenne61,
                   parley::GF256) {
  using F = TestType;
  TestRandom random(4);
  for (std::size_t n = 2; n <= 6; ++n)
    for (std::size_t t = 1; t < n; ++t) {
      const Replicated<F> replicated({.parties = n, .privacy_threshold = t});
      const Shamir<F> shamir({.parties = n, .privacy_threshold = t});
      const auto secrets = parley::test::random_elements<F>(40, random);
      const auto shares = replicated.share(secrets, random);
      std::vector<std::vector<F>> converted;
      for (std::size_t party = 0; party < n; ++party) converted.push_back(replicated.to_shamir(party, shares[party]));
      REQUIRE(shamir.reconstruct_checked(first_numbers(n), converted) == secrets);
    }
  const Replicated<F> scheme({.parties = 4, .privacy_threshold = 2});
  CHECK(scheme.to_shamir(0, std::vector<F>()).empty());
  parley::test::require_refusal("is not 3 parts of one length", [&] { (void)scheme.to_shamir(0, std::vector<F>(7)); });
  parley::test::require_refusal("there is no party 4", [&] { (void)scheme.to_shamir(4, std::vector<F>(6)); });
}

TEST_CASE("the Shamir shares of replicated ones are all polynomials equally often") {
  const Replicated<F5> replicated({.parties = 4, .privacy_threshold = 2});
  const F5 secret{3};
  std::map<std::string, std::size_t> counts;
  parley::test::for_each_tape<F5>([&](parley::test::Tape<F5>& tape) {
    const auto shares = replicated.share(std::span(&secret, 1), tape);
    std::vector<F5> all;
    for (std::size_t party = 0; party < 4; ++party) all.push_back(replicated.to_shamir(party, shares[party]).front());
    ++counts[parley::test::key_of<F5>(all)];
  });
  CHECK(counts.size() == 25);
  for (const auto& [shares, count] : counts) REQUIRE(count == 125);  // of 5^5 choices
}

TEST_CASE("replicated sharings that cannot be are refused, the too large ones before anything is allocated") {
  const auto refuses = [](const std::string& reason, std::size_t n, std::size_t t) {
    parley::test::require_refusal(reason,
                                  [&] { (void)Replicated<parley::Z2To64>({.parties = n, .privacy_threshold = t}); });
  };
  const std::size_t many = ~std::size_t{0};
  refuses("a privacy_threshold of 0 would give every party the secret itself", 5, 0);
  refuses("a privacy_threshold of 5 among 5 parties", 5, 5);
  refuses("a privacy_threshold of ", 5, many);
  refuses("sharing among 1 parties", 1, 1);
  refuses("sharing among " + std::to_string(many) + " parties", many, 3);
  for (const auto& shape : std::vector<std::pair<std::size_t, std::size_t>>{
           {19, 9}, {25, 5}, {129, 2}, {1025, 1}, {1025, 1024}, {1048576, 524288}, {1048576, 1048575}, {64, 32}})
    refuses("has too many parts", shape.first, shape.second);
  for (const auto& shape :
       std::vector<std::pair<std::size_t, std::size_t>>{{18, 9}, {24, 5}, {128, 2}, {1024, 1}, {1024, 1023}})
    CHECK(parley::detail::Subsets({shape.first, shape.second}).count() * shape.first <= parley::max_replicated_size);
  const Replicated<parley::Z2To64> large({.parties = 14, .privacy_threshold = 6});
  CHECK(large.parts() == 1716);
  CHECK(error_of([&] { (void)large.share_size(many / 2); }).code() == ErrorCode::invalid_argument);

  const Replicated<F5> five({.parties = 5, .privacy_threshold = 1});
  parley::test::require_refusal("has fewer points other than 0 than there are parties (5)",
                                [&] { (void)five.to_shamir(0, std::vector<F5>(4)); });
  const std::vector<std::vector<F5>> uneven(2, std::vector<F5>(7));
  parley::test::require_refusal("is not 4 parts of one length",
                                [&] { (void)five.reconstruct(first_numbers(2), uneven); });
}
