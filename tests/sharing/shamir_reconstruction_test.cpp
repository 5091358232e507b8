// SPDX-License-Identifier: Apache-2.0
// Reconstruction of Shamir sharings from shares some of which are wrong: every corruption on tiny fields, random ones
// on large.
#include "parley/sharing/shamir_reconstruction.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "parley/core/caches.hpp"
#include "parley/core/random.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/uniform.hpp"
#include "parley/sharing/shamir.hpp"
#include "sharing/corruption.hpp"
#include "sharing/counted_field.hpp"
#include "sharing/scheme_conformance.hpp"

using parley::Error;
using parley::ErrorCode;
using parley::Field;
using parley::Shamir;
using parley::ShamirReconstruction;
using parley::TestRandom;
using parley::test::Counted;
using parley::test::error_of;
using parley::test::first_numbers;
using parley::test::random_subset;
using parley::test::work_of;

namespace {

using F7 = parley::SmallPrime<7>;
using parley::GF16;

template <Field F>
std::vector<std::span<const F>> spans_of(const std::vector<std::vector<F>>& rows) {
  return {rows.begin(), rows.end()};
}

// A word of one share for each party, as rows of one entry.
template <Field F>
std::vector<std::span<const F>> entry_of(const std::vector<F>& word) {
  std::vector<std::span<const F>> rows;
  for (const F& share : word) rows.push_back(std::span(&share, 1));
  return rows;
}

// All sharings, as words (f(1), ..., f(n)), with the secret of each.
template <Field F>
struct Sharing {
  F secret;
  std::vector<F> shares;
};

template <Field F>
std::vector<Sharing<F>> all_sharings(std::size_t parties, std::size_t t) {
  const Shamir<F> scheme({.parties = parties, .privacy_threshold = t});
  std::vector<Sharing<F>> sharings;
  for (const F& secret : parley::test::all_elements<F>())
    parley::test::for_each_tape<F>([&](parley::test::Tape<F>& tape) {
      Sharing<F> sharing{secret, {}};
      for (const auto& row : scheme.share(std::span(&secret, 1), tape)) sharing.shares.push_back(row.front());
      sharings.push_back(std::move(sharing));
    });
  return sharings;
}

// Calls visit(wrong positions, word) for every change of exactly `errors` shares to any other values.
template <Field F, class Visit>
void for_each_corruption(const std::vector<F>& shares, std::size_t errors, Visit visit) {
  const auto elements = parley::test::all_elements<F>();
  parley::test::for_each_subset(shares.size(), errors, [&](const std::vector<std::size_t>& wrong) {
    parley::test::for_each_number(elements.size() - 1, errors, [&](const std::vector<std::size_t>& values) {
      auto word = shares;
      for (std::size_t i = 0; i < errors; ++i) word[wrong[i]] += elements[values[i] + 1];
      visit(wrong, word);
    });
  });
}

enum class Outcome { right, wrong, refused };

template <Field F>
Outcome checked(const ShamirReconstruction<F>& reconstruction, const std::vector<F>& word, const F& secret) {
  std::vector<F> room = {F::one()};
  try {
    reconstruction.reconstruct_checked(entry_of(word), room);
  } catch (const Error& error) {
    return error.code() == ErrorCode::inconsistent_shares && room[0] == F{} ? Outcome::refused : Outcome::wrong;
  }
  return room[0] == secret ? Outcome::right : Outcome::wrong;
}

// Every corruption that must be detected is, and every one that must be corrected is, with the right parties named.
template <Field F>
void check_every_corruption(std::size_t parties, std::size_t t, std::size_t step) {
  const Shamir<F> scheme({.parties = parties, .privacy_threshold = t});
  const auto reconstruction = scheme.reconstruction(first_numbers(parties));
  REQUIRE(reconstruction.detectable() == parties - t - 1);
  REQUIRE(reconstruction.correctable() == (parties - t - 1) / 2);
  const auto sharings = all_sharings<F>(parties, t);
  std::size_t tried = 0, good = 0;
  for (std::size_t i = 0; i < sharings.size(); i += step) {
    const Sharing<F>& sharing = sharings[i];
    for (std::size_t errors = 0; errors <= reconstruction.detectable(); ++errors)
      for_each_corruption(sharing.shares, errors, [&](const std::vector<std::size_t>&, const std::vector<F>& word) {
        ++tried;
        good += checked(reconstruction, word, sharing.secret) == (errors == 0 ? Outcome::right : Outcome::refused);
      });
    for (std::size_t errors = 0; errors <= reconstruction.correctable(); ++errors)
      for_each_corruption(
          sharing.shares, errors, [&](const std::vector<std::size_t>& wrong, const std::vector<F>& word) {
            ++tried;
            std::vector<F> secrets(1);
            good +=
                reconstruction.reconstruct_correcting(entry_of(word), secrets) == wrong && secrets[0] == sharing.secret;
          });
  }
  CHECK(good == tried);
  CHECK(tried > 0);
}

template <Field F>
F nonzero(TestRandom& random) {
  F element;
  while (element == F{}) element = parley::uniform<F>(random);
  return element;
}

}  // namespace

TEST_CASE("every corruption of every set of shares is detected or corrected, as far as that is possible") {
  check_every_corruption<F7>(4, 1, 1);
  check_every_corruption<F7>(5, 1, 3);
  check_every_corruption<F7>(6, 2, 29);
  check_every_corruption<F7>(6, 4, 4099);
  check_every_corruption<F7>(6, 5, 9973);
  check_every_corruption<GF16>(5, 2, 257);
  check_every_corruption<GF16>(4, 1, 61);
}

TEST_CASE("every word of shares gives the one sharing that is near enough, or an Error") {
  const Shamir<F7> scheme({.parties = 5, .privacy_threshold = 1});
  const auto reconstruction = scheme.reconstruction(first_numbers(5));
  const auto sharings = all_sharings<F7>(5, 1);
  std::size_t words = 0, good = 0, refused = 0, fewest_that_mislead = 5;
  parley::test::for_each_word<F7>(5, [&](const std::vector<F7>& word) {
    const Sharing<F7>* near = nullptr;
    std::vector<std::size_t> differs;
    for (const auto& sharing : sharings) {
      std::vector<std::size_t> positions;
      for (std::size_t i = 0; i < 5; ++i)
        if (!(sharing.shares[i] == word[i])) positions.push_back(i);
      if (positions.size() > 1) continue;
      near = &sharing;
      differs = positions;
    }
    ++words;
    std::vector<F7> secrets = {F7{1}};
    try {
      const auto wrong = reconstruction.reconstruct_correcting(entry_of(word), secrets);
      good += near != nullptr && wrong == differs && secrets[0] == near->secret;
    } catch (const Error& error) {
      ++refused;
      good += near == nullptr && error.code() == ErrorCode::too_many_wrong_shares && secrets[0] == F7{};
    }
    // The limit of what can be promised: sharings differ in four shares at least, so two parties who lie together never
    // get another secret accepted, and three can.
    if (near == nullptr) return;
    for (const auto& other : sharings) {
      std::size_t lies = 0;
      for (std::size_t i = 0; i < 5; ++i) lies += other.shares[i] == word[i] ? 0 : 1;
      if (&other != near) fewest_that_mislead = std::min(fewest_that_mislead, lies);
    }
  });
  CHECK(words == 16807);
  CHECK(good == words);
  CHECK(refused == 16807 - 49 * (1 + 5 * 6));
  CHECK(fewest_that_mislead == 3);
}

TEST_CASE("any parties in any order may be asked, and the numbers of the wrong ones are their own") {
  const Shamir<GF16> scheme({.parties = 10, .privacy_threshold = 2});
  TestRandom random(8);
  const auto secrets = parley::test::random_elements<GF16>(40, random);
  const auto shares = scheme.share(secrets, random);
  for (std::size_t asked = 3; asked <= 10; ++asked)
    for (int round = 0; round < 20; ++round) {
      auto who = random_subset(10, asked, random);
      std::rotate(who.begin(), who.begin() + static_cast<std::ptrdiff_t>(uniform_below(random, asked)), who.end());
      if (round % 2 == 1) std::ranges::reverse(who);
      auto rows = parley::test::rows_of(shares, who);
      CHECK(scheme.reconstruct(who, rows) == secrets);
      CHECK(scheme.reconstruct_checked(who, rows) == secrets);
      CHECK(scheme.reconstruct_correcting(who, rows).wrong.empty());

      std::vector<std::size_t> liars;
      for (const std::size_t i : random_subset(asked, (asked - 3) / 2, random)) {
        liars.push_back(who[i]);
        rows[i][uniform_below(random, 40)] += nonzero<GF16>(random);
      }
      std::ranges::sort(liars);
      const auto corrected = scheme.reconstruct_correcting(who, rows);
      CHECK(corrected.secrets == secrets);
      CHECK(corrected.wrong == liars);
      if (liars.empty()) continue;
      CHECK(error_of([&] { (void)scheme.reconstruct_checked(who, rows); }).code() == ErrorCode::inconsistent_shares);
    }
}

TEST_CASE("reconstruct uses the first shares given, and reconstruct_checked all of them") {
  using F = parley::Mersenne61;
  const Shamir<F> scheme({.parties = 6, .privacy_threshold = 2});
  TestRandom random(12);
  const auto secrets = parley::test::random_elements<F>(700, random);
  const auto who = first_numbers(6);
  const auto shares = scheme.share(secrets, random);
  for (std::size_t party = 0; party < 6; ++party)
    for (const std::size_t entry : {0U, 63U, 64U, 300U, 699U}) {
      auto rows = shares;
      rows[party][entry] += F{1};
      CHECK((scheme.reconstruct(who, rows) == secrets) == (party >= 3));
      const auto error = error_of([&] { (void)scheme.reconstruct_checked(who, rows); });
      CHECK(error.code() == ErrorCode::inconsistent_shares);
      CHECK(std::string(error.what()) ==
            "the 6 shares of entry " + std::to_string(entry) + " do not lie on one polynomial of degree 2");
      // The first of several entries is named, whichever party shows it.
      rows[5 - party][699] += F{1};
      CHECK(error_of([&] { (void)scheme.reconstruct_checked(who, rows); }).what() == std::string(error.what()));
    }
}

TEST_CASE("a higher degree than promised is found, and one that is promised is not") {
  using F = parley::Mersenne61;
  TestRandom random(13);
  const Shamir<F> promised({.parties = 7, .privacy_threshold = 2}), actual({.parties = 7, .privacy_threshold = 3});
  const auto secrets = parley::test::random_elements<F>(3, random);
  const auto shares = actual.share(secrets, random);
  CHECK(actual.reconstruct_checked(first_numbers(7), shares) == secrets);
  CHECK(error_of([&] { (void)promised.reconstruct_checked(first_numbers(7), shares); }).code() ==
        ErrorCode::inconsistent_shares);
  CHECK(error_of([&] { (void)promised.reconstruct_correcting(first_numbers(7), shares); }).code() ==
        ErrorCode::too_many_wrong_shares);
  // Products of shares of degree 2 are shares of degree 4 of the products.
  std::vector<F> points;
  for (std::size_t party = 0; party < 7; ++party) points.push_back(promised.point(party));
  auto products = promised.share(secrets, random);
  for (auto& row : products)
    for (F& share : row) share *= share;
  std::vector<F> room(3);
  ShamirReconstruction<F>(first_numbers(7), points, 4).reconstruct_checked(spans_of(products), room);
  for (std::size_t i = 0; i < 3; ++i) CHECK(room[i] == secrets[i] * secrets[i]);
}

TEMPLATE_TEST_CASE("a hundred parties of which a third lie", "", parley::Mersenne61, parley::Mersenne127) {
  using F = TestType;
  TestRandom random(14);
  const Shamir<F> scheme({.parties = 100, .privacy_threshold = 33});
  const auto who = first_numbers(100);
  const std::size_t size = 150;
  const auto secrets = parley::test::random_elements<F>(size, random);
  const auto shares = scheme.share(secrets, random);
  CHECK(scheme.reconstruct_checked(who, shares) == secrets);
  CHECK(scheme.reconstruct_correcting(who, shares).wrong.empty());

  // Every liar lies in every entry.
  const auto liars = random_subset(100, 33, random);
  auto rows = shares;
  for (const std::size_t liar : liars)
    for (F& share : rows[liar]) share += nonzero<F>(random);
  auto corrected = scheme.reconstruct_correcting(who, rows);
  CHECK(corrected.secrets == secrets);
  CHECK(corrected.wrong == liars);

  // Each liar lies once, in an entry of his own.
  rows = shares;
  for (std::size_t i = 0; i < 33; ++i) rows[liars[i]][4 * i + 3] += nonzero<F>(random);
  corrected = scheme.reconstruct_correcting(who, rows);
  CHECK(corrected.secrets == secrets);
  CHECK(corrected.wrong == liars);

  // One liar more in the last entry.
  rows = shares;
  for (const std::size_t liar : random_subset(100, 34, random)) rows[liar][size - 1] += nonzero<F>(random);
  const auto error = error_of([&] { (void)scheme.reconstruct_correcting(who, rows); });
  CHECK(error.code() == ErrorCode::too_many_wrong_shares);
  CHECK(std::string(error.what()) == "more than 33 of the 100 shares of entry 149 are wrong");
}

TEST_CASE("missing and wrong shares together: each missing one costs half of what a wrong one does") {
  using F = parley::Mersenne61;
  TestRandom random(19);
  const Shamir<F> scheme({.parties = 100, .privacy_threshold = 33});
  const std::size_t size = 70;
  const auto secrets = parley::test::random_elements<F>(size, random);
  const auto shares = scheme.share(secrets, random);
  for (const std::size_t missing : {1U, 2U, 20U, 65U, 66U}) {
    const auto who = random_subset(100, 100 - missing, random);
    const std::size_t correctable = (66 - missing) / 2;
    auto rows = parley::test::rows_of(shares, who);
    std::vector<std::size_t> liars;
    for (const std::size_t i : random_subset(who.size(), correctable, random)) {
      liars.push_back(who[i]);
      for (F& share : rows[i]) share += nonzero<F>(random);
    }
    const auto corrected = scheme.reconstruct_correcting(who, rows);
    CHECK(corrected.secrets == secrets);
    CHECK(corrected.wrong == liars);
  }
}

TEST_CASE("a million random corruptions of Shamir shares never give a wrong secret") {
  parley::test::check_random_corruptions(Shamir<parley::Mersenne61>({.parties = 7, .privacy_threshold = 2}), 500000, 1);
  parley::test::check_random_corruptions(Shamir<parley::GF256>({.parties = 13, .privacy_threshold = 4}), 400000, 2);
  parley::test::check_random_corruptions(Shamir<parley::Mersenne127>({.parties = 10, .privacy_threshold = 3}), 100000,
                                         3);
}

TEST_CASE("long batches with errors here and there are corrected entry by entry") {
  using F = parley::Mersenne61;
  const Shamir<F> scheme({.parties = 9, .privacy_threshold = 2});  // three wrong shares are corrected
  TestRandom random(15);
  const auto who = first_numbers(9);
  const std::size_t size = 5000;  // several pieces
  const auto secrets = parley::test::random_elements<F>(size, random);
  const auto shares = scheme.share(secrets, random);

  const auto check = [&](std::size_t liars, std::size_t at_once, std::size_t every) {
    auto rows = shares;
    std::vector<bool> lied(9);
    for (std::size_t entry = every - 1; entry < size; entry += every)
      for (const std::size_t i : random_subset(liars, at_once, random)) {
        rows[8 - i][entry] += nonzero<F>(random);
        lied[8 - i] = true;
      }
    const auto corrected = scheme.reconstruct_correcting(who, rows);
    CHECK(corrected.secrets == secrets);
    std::vector<std::size_t> expected;
    for (std::size_t party = 0; party < 9; ++party)
      if (lied[party]) expected.push_back(party);
    CHECK(corrected.wrong == expected);
  };
  for (const std::size_t every : {1U, 7U, 1000U, 5000U}) {
    check(1, 1, every);
    check(3, 1, every);
    check(3, 3, every);
    check(4, 3, every);  // more parties in all than are corrected in any entry
    check(9, 1, every);
    check(9, 3, every);
  }

  auto rows = shares;
  for (const std::size_t party : {0U, 3U, 4U, 7U}) rows[party][4321] += nonzero<F>(random);
  rows[2][17] += F{1};
  std::vector<F> room(size, F{1});
  const auto reconstruction = scheme.reconstruction(who);
  const auto error = error_of([&] { (void)reconstruction.reconstruct_correcting(spans_of(rows), room); });
  CHECK(std::string(error.what()) == "more than 3 of the 9 shares of entry 4321 are wrong");
  CHECK(room == std::vector<F>(size));
}

TEMPLATE_TEST_CASE("batches of many parties that are too long for the caches are reconstructed", "", parley::Mersenne61,
                   parley::GF256) {
  using F = TestType;
  const Shamir<F> scheme({.parties = 40, .privacy_threshold = 19});
  TestRandom random(8);
  std::vector<F> secrets(parley::detail::past_caches_from / (20 * sizeof(F)) + 77), found(secrets.size());
  parley::fill_uniform<F>(random, secrets);
  const auto shares = scheme.share(secrets, random);
  std::vector<std::size_t> who;
  for (std::size_t i = 0; i < 20; ++i) who.push_back(39 - 2 * i);
  const auto rows = parley::test::rows_of(shares, who);
  scheme.reconstruction(who).reconstruct(spans_of(rows), found);
  CHECK((found == secrets));
}

TEST_CASE("correcting no errors takes no more work than checking, and correcting the same parties less") {
  const std::size_t parties = 40, t = 13, size = 1000;
  const Shamir<Counted> scheme({.parties = parties, .privacy_threshold = t});
  TestRandom random(18);
  const auto who = first_numbers(parties);
  const auto secrets = parley::test::random_elements<Counted>(size, random);
  const auto shares = scheme.share(secrets, random);
  const std::size_t checking = work_of([&] { (void)scheme.reconstruct_checked(who, shares); });
  CHECK(work_of([&] { (void)scheme.reconstruct_correcting(who, shares); }) == checking);
  CHECK(work_of([&] { (void)scheme.reconstruct(who, shares); }) * 20 < checking);

  auto rows = shares;
  for (const std::size_t liar : {0U, 3U, 11U, 12U, 13U, 14U, 20U, 21U, 30U, 31U, 32U, 38U, 39U})
    for (Counted& share : rows[liar]) share += nonzero<Counted>(random);
  std::vector<Counted> corrected;
  CHECK(work_of([&] { corrected = scheme.reconstruct_correcting(who, rows).secrets; }) < checking);
  CHECK(corrected == secrets);

  // However the lies are spread, the decoder runs once for each liar at most, and a piece of the batch is checked again.
  rows = shares;
  for (std::size_t entry = 0; entry < size; ++entry)
    for (const std::size_t liar : random_subset(13, 1 + entry % 13, random))
      rows[3 * liar][entry] += nonzero<Counted>(random);
  const std::size_t lying = work_of([&] { corrected = scheme.reconstruct_correcting(who, rows).secrets; });
  CHECK(corrected == secrets);
  CHECK(lying < 2 * checking);
}

TEST_CASE("without redundancy the correcting reconstruction is a checked one, or a plain one") {
  const Shamir<GF16> scheme({.parties = 4, .privacy_threshold = 2});
  TestRandom random(16);
  const auto secrets = parley::test::random_elements<GF16>(5, random);
  auto shares = scheme.share(secrets, random);
  shares[1][2] += GF16{5};
  const std::vector<std::size_t> all = {0, 1, 2, 3}, three = {0, 1, 2};
  CHECK(std::string(error_of([&] { (void)scheme.reconstruct_correcting(all, shares); }).what()) ==
        "more than 0 of the 4 shares of entry 2 are wrong");
  const auto plain = scheme.reconstruct_correcting(three, parley::test::rows_of(shares, three));
  CHECK(plain.secrets != secrets);
  CHECK(plain.wrong.empty());
  CHECK(scheme.reconstruct_checked(three, parley::test::rows_of(shares, three)) == plain.secrets);
}

TEST_CASE("checked and correcting reconstruction refuse what plain reconstruction refuses") {
  const Shamir<GF16> scheme({.parties = 5, .privacy_threshold = 2});
  TestRandom random(17);
  const auto shares = scheme.share(parley::test::random_elements<GF16>(3, random), random);
  const auto refused = [&](const std::vector<std::size_t>& who, const std::vector<std::vector<GF16>>& rows) {
    const auto invalid = [](auto call) { return error_of(call).code() == ErrorCode::invalid_argument; };
    return invalid([&] { (void)scheme.reconstruct_checked(who, rows); }) &&
           invalid([&] { (void)scheme.reconstruct_correcting(who, rows); });
  };
  auto uneven = shares;
  uneven[4].pop_back();
  CHECK(refused({0, 1, 2, 3, 4}, uneven));
  CHECK(refused({0, 1, 2, 3}, shares));
  CHECK(refused({0, 1, 2, 3, 3}, shares));
  CHECK(refused({0, 1, 2, 3, 5}, shares));
  CHECK(refused({}, {}));
  CHECK(refused({3, 1}, {shares[3], shares[1]}));
}

TEST_CASE("a reconstruction that cannot be is refused") {
  const auto refused = [](auto call) { return error_of(call).code() == ErrorCode::invalid_argument; };
  const std::vector<F7> points = {F7{1}, F7{2}, F7{3}};
  const auto make = [](std::vector<std::size_t> who, std::vector<F7> at, std::size_t degree) {
    return ShamirReconstruction<F7>(std::move(who), std::move(at), degree);
  };
  CHECK(refused([&] { make({0, 1}, points, 1); }));
  CHECK(refused([&] { make({0, 1, 2}, points, 3); }));
  CHECK(refused([&] { make({0, 1, 2}, points, ~std::size_t{0}); }));
  CHECK(refused([&] { make({0, 1, 2}, {F7{1}, F7{0}, F7{3}}, 1); }));
  CHECK(refused([&] { make({0, 1, 2}, {F7{1}, F7{1}, F7{3}}, 1); }));
  CHECK(refused([&] { make({0, 1, 2}, {F7{1}, F7{2}, F7{1}}, 1); }));

  const auto reconstruction = make({0, 1, 2}, points, 1);
  CHECK(reconstruction.reconstruction_threshold() == 2);
  const std::vector<std::vector<F7>> rows(3, std::vector<F7>(4));
  std::vector<F7> room(5, F7{3});
  CHECK(refused([&] { reconstruction.reconstruct(spans_of(rows), room); }));
  CHECK(refused([&] { reconstruction.reconstruct_checked(spans_of(rows), room); }));
  CHECK(refused([&] { (void)reconstruction.reconstruct_correcting(spans_of(rows), room); }));
  CHECK(room == std::vector<F7>(5, F7{3}));
}
