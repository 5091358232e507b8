// SPDX-License-Identifier: Apache-2.0
// Packed sharing: its laws, its exact distribution, wrong shares, and that it is Shamir's scheme for one secret.
#include "parley/sharing/packed.hpp"

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
#include "parley/sharing/shamir.hpp"
#include "sharing/corruption.hpp"
#include "sharing/scheme_conformance.hpp"

using parley::Packed;
using parley::PackedParameters;
using parley::Shamir;
using parley::TestRandom;
using parley::test::first_numbers;
using parley::test::require_refusal;
using parley::test::Tape;

namespace {

using F5 = parley::SmallPrime<5>;
using F7 = parley::SmallPrime<7>;
using parley::GF16;

}  // namespace

TEST_CASE("packed sharing over tiny fields keeps every law, exhaustively") {
  parley::test::check_scheme_exhaustively(Packed<F5>({3, 1, 1}));
  parley::test::check_scheme_exhaustively(Packed<F5>({3, 1, 2}));
  parley::test::check_scheme_exhaustively(Packed<F5>({3, 2, 1}));
  parley::test::check_scheme_exhaustively(Packed<F7>({4, 1, 3}));
  parley::test::check_scheme_exhaustively(Packed<F7>({4, 2, 2}));
}

TEMPLATE_TEST_CASE("packed sharing keeps the laws of a scheme", "", parley::Mersenne61, parley::GF256) {
  parley::test::check_scheme(Packed<TestType>({2, 1, 1}));
  parley::test::check_scheme(Packed<TestType>({5, 2, 3}));
  parley::test::check_scheme(Packed<TestType>({9, 2, 4}));
}

TEST_CASE("over all random choices, the shares are those of all polynomials with the secrets as values, each once") {
  const Packed<F7> scheme({5, 2, 2});  // secrets at 0 and 6
  const std::vector<F7> secrets = {F7{3}, F7{5}};
  std::map<std::string, std::size_t> excess;
  parley::test::for_each_tape<F7>([&](Tape<F7>& tape) {
    std::vector<F7> all;
    for (const auto& row : scheme.share(secrets, tape)) all.push_back(row.front());
    ++excess[parley::test::key_of<F7>(all)];
  });
  parley::test::for_each_word<F7>(4, [&](const std::vector<F7>& c) {
    const auto value = [&](F7 x) { return c[0] + x * (c[1] + x * (c[2] + x * c[3])); };
    if (!(value(F7{0}) == secrets[0] && value(F7{6}) == secrets[1])) return;
    std::vector<F7> all;
    for (std::size_t party = 0; party < 5; ++party) all.push_back(value(scheme.point(party)));
    --excess[parley::test::key_of<F7>(all)];
  });
  CHECK(excess.size() == 49);
  for (const auto& [shares, count] : excess) REQUIRE(count == 0);
}

TEST_CASE("the shares of any t parties are all possible equally often, those of more are not") {
  const Packed<F7> scheme({4, 2, 2});
  CHECK(parley::test::exhaustive_leak(scheme) == "");
  // Three shares leave seven of the 49 pairs of secrets.
  std::map<std::string, std::map<std::string, std::size_t>> secrets_of_view;
  parley::test::for_each_word<F7>(2, [&](const std::vector<F7>& secrets) {
    parley::test::for_each_tape<F7>([&](Tape<F7>& tape) {
      const auto shares = scheme.share(secrets, tape);
      const std::vector<F7> view = {shares[0][0], shares[2][0], shares[3][0]};
      ++secrets_of_view[parley::test::key_of<F7>(view)][parley::test::key_of<F7>(secrets)];
    });
  });
  CHECK(secrets_of_view.size() == 343);
  for (const auto& [view, secrets] : secrets_of_view) REQUIRE(secrets.size() == 7);
}

TEST_CASE("a polynomial with one secret is Shamir's, and products share the products of all its secrets") {
  using F = parley::Mersenne61;
  TestRandom random(1);
  const Packed<F> one({6, 2, 1});
  const Shamir<F> shamir({.parties = 6, .privacy_threshold = 2});
  const auto secrets = parley::test::random_elements<F>(60, random);
  CHECK(shamir.reconstruct_checked(first_numbers(6), one.share(secrets, random)) == secrets);
  CHECK(one.reconstruct_checked(first_numbers(6), shamir.share(secrets, random)) == secrets);

  const Packed<F> scheme({9, 2, 3}), of_products({9, 6, 3});  // degree 4, and 8
  const auto others = parley::test::random_elements<F>(60, random);
  auto products = scheme.share(secrets, random);
  const auto factors = scheme.share(others, random);
  for (std::size_t party = 0; party < 9; ++party)
    for (std::size_t entry = 0; entry < 20; ++entry) products[party][entry] *= factors[party][entry];
  const auto found = of_products.reconstruct(first_numbers(9), products);
  for (std::size_t i = 0; i < 60; ++i) CHECK(found[i] == secrets[i] * others[i]);
}

TEST_CASE("all single and double corruptions of packed shares are detected, corrected or refused") {
  parley::test::check_all_corruptions(Packed<F5>({4, 1, 1}), 1);
  parley::test::check_all_corruptions(Packed<F7>({5, 1, 2}), 2);
  parley::test::check_all_corruptions(Packed<F7>({6, 1, 1}), 3);
  parley::test::check_all_corruptions(Packed<GF16>({8, 2, 2}), 4, 7);
  parley::test::check_all_corruptions(Packed<GF16>({7, 1, 3}), 5, 7);
}

TEST_CASE("a million random corruptions of packed shares never give a wrong secret") {
  parley::test::check_random_corruptions(Packed<parley::Mersenne61>({12, 2, 4}), 600000, 1);
  parley::test::check_random_corruptions(Packed<parley::GF256>({20, 3, 5}), 400000, 2);
  parley::test::check_random_corruptions(Packed<parley::Mersenne61>({9, 2, 4}), 1000, 3);
  parley::test::check_every_share_is_checked(Packed<parley::Mersenne61>({8, 2, 3}), 4);
}

TEST_CASE("packed sharings that cannot be are refused") {
  using F = parley::Mersenne61;
  const std::size_t many = ~std::size_t{0};
  const auto refuses = [](const std::string& reason, PackedParameters parameters) {
    require_refusal(reason, [&] { (void)Packed<F>(parameters); });
  };
  refuses("sharing among 1 parties", {1, 1, 1});
  refuses("sharing among " + std::to_string(many) + " parties", {many, 1, 1});
  refuses("a privacy_threshold of 0", {5, 0, 2});
  refuses("a privacy_threshold of 5 among 5 parties", {5, 5, 1});
  refuses("0 secrets in a polynomial: with a privacy_threshold of 2, 5 parties can reconstruct 1 to 3", {5, 2, 0});
  refuses("4 secrets in a polynomial", {5, 2, 4});
  refuses(std::to_string(many) + " secrets in a polynomial", {5, 2, many});
  require_refusal("SmallPrime<7> has fewer points than 5 parties and 3 secrets need", [] {
    (void)Packed<F7>({5, 1, 3});
  });
  (void)Packed<F7>({5, 1, 2});
  require_refusal("has fewer points than 255 parties and 2 secrets need", [] {
    (void)Packed<parley::GF256>({255, 1, 2});
  });

  const Packed<F> scheme({5, 2, 3});
  TestRandom random(2);
  require_refusal("a batch of 7 secrets does not fill polynomials of 3",
                  [&] { (void)scheme.share(std::vector<F>(7), random); });
  std::vector<std::vector<F>> shares(5, std::vector<F>(3, F{9}));
  std::vector<std::span<F>> rows(shares.begin(), shares.end());
  const std::vector<F> secrets(6);
  require_refusal("room for 3 shares of party 0 was given, there are 2",
                  [&] { scheme.share_into(secrets, random, rows); });
  CHECK(shares == std::vector<std::vector<F>>(5, std::vector<F>(3, F{9})));
  require_refusal("there is no party 5", [&] { (void)scheme.point(5); });
  require_refusal("a reconstruction of no secret", [&] {
    parley::ShamirReconstruction<F>({0, 1}, {F{1}, F{2}}, 1, {});
  });
  require_refusal("the share at the point 2 is the secret itself", [&] {
    parley::ShamirReconstruction<F>({0, 1}, {F{1}, F{2}}, 1, {F{7}, F{2}});
  });
}
