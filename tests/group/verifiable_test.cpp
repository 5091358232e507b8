// SPDX-License-Identifier: Apache-2.0
// Feldman's and Pedersen's verifiable sharing: over a small group for all secrets and all randomness, over ristretto255
// in batches.
#include "parley/group/verifiable.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "group/small_group.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/field/uniform.hpp"
#include "parley/group/ristretto255.hpp"
#include "refusal.hpp"

using namespace parley;
using test::code_of;

namespace {

using Small = SmallGroup<5>;
using S = Small::Scalar;
using F = Ristretto255::Scalar;

// In the small group nothing is drawn for verification.
PrescribedElements<S> nothing() { return PrescribedElements<S>({}); }

/// How often each thing occurs that the first t parties and the public see, by everything that is drawn.
template <class Scheme>
std::map<std::string, int> views(const Scheme& scheme, S secret, std::size_t drawn) {
  std::map<std::string, int> seen;
  for_all_vectors<S>(drawn, [&](const std::vector<S>& elements) {
    PrescribedElements<S> random(elements);
    const auto dealing = scheme.deal(std::vector{secret}, random);
    REQUIRE(random.drawn() == drawn);
    Bytes bytes(dealing.commitments.encoded_size(scheme.privacy_threshold(), 1));
    dealing.commitments.encode(bytes);
    std::string view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (std::size_t party = 0; party < scheme.privacy_threshold(); ++party) {
      const auto& share = dealing.shares[party][0];
      if constexpr (requires { share.blinding; })
        view += to_string(share.value) + "," + to_string(share.blinding) + ";";
      else
        view += to_string(share) + ";";
    }
    ++seen[view];
  });
  return seen;
}

template <class Scheme>
void check_all_dealings(const Scheme& scheme, std::size_t coefficients_each) {
  using Share = typename Scheme::Share;
  const std::size_t t = scheme.privacy_threshold();
  int wrong_dealings = 0, dealings = 0;
  for_all_vectors<S>((t + 1) * coefficients_each, [&](const std::vector<S>& elements) {
    PrescribedElements<S> random(elements);
    const std::vector<Share> polynomials = scheme.uniform_polynomials(1, random);
    const auto dealing = scheme.deal_polynomials(polynomials);
    auto none = nothing();
    bool right = true;
    for (std::size_t party = 0; party < scheme.parties(); ++party) {
      const std::vector<Share>& row = dealing.shares[party];
      right = right && scheme.verify(party, row, dealing.commitments, none);
      right = right && scheme.verify_entry(party, row[0], dealing.commitments, 0);
      Share wrong = row[0];
      if constexpr (requires { wrong.value; })
        wrong.value += S(1);
      else
        wrong += S(1);
      right = right && !scheme.verify_entry(party, wrong, dealing.commitments, 0);
      right = right && !scheme.verify(party, std::vector{wrong}, dealing.commitments, none);
    }
    // The last t + 1 parties, and the one before them with a wrong share.
    std::vector<std::size_t> who;
    std::vector<std::vector<Share>> rows;
    for (std::size_t party = scheme.parties() - t - 2; party < scheme.parties(); ++party) {
      who.push_back(party);
      rows.push_back(dealing.shares[party]);
    }
    rows[0][0] = rows[0][0] + polynomials[0] + S(2) * dealing.shares[1][0];
    const bool altered = !(rows[0] == dealing.shares[who[0]]);
    // In a group whose logarithms everybody knows, another share of Pedersen's may pass.
    const bool passes = altered && scheme.verify_entry(who[0], rows[0][0], dealing.commitments, 0);
    if (passes) rows[0] = dealing.shares[who[0]];
    const auto result = scheme.reconstruct(who, rows, dealing.commitments, none);
    S secret{};
    if constexpr (requires { polynomials[0].value; })
      secret = polynomials[0].value;
    else
      secret = polynomials[0];
    right = right && result.secrets == std::vector{secret};
    right = right && result.wrong == (altered && !passes ? std::vector{who[0]} : std::vector<std::size_t>{});
    ++dealings;
    wrong_dealings += right ? 0 : 1;
  });
  CHECK(wrong_dealings == 0);
  CHECK(dealings > 100);
}

template <class Scheme>
void check_batches() {
  using Share = typename Scheme::Share;
  const Scheme scheme({.parties = 5, .privacy_threshold = 2});
  TestRandom random(1);
  std::vector<F> secrets(6);
  fill_uniform(random, std::span<F>(secrets));
  const auto dealing = scheme.deal(secrets, random);
  REQUIRE(dealing.commitments.size() == 6);

  std::vector<std::vector<Share>> rows = dealing.shares;
  const std::vector<std::size_t> all = {0, 1, 2, 3, 4};
  for (const std::size_t party : all) {
    CHECK(scheme.verify(party, rows[party], dealing.commitments, random));
    CHECK_FALSE(scheme.verify((party + 1) % 5, rows[party], dealing.commitments, random));
    for (std::size_t entry = 0; entry < 6; entry += party + 1) {
      const Share kept = rows[party][entry];
      rows[party][entry] = kept + rows[party][(entry + 1) % 6];
      CHECK_FALSE(scheme.verify(party, rows[party], dealing.commitments, random));
      CHECK_FALSE(scheme.verify_entry(party, rows[party][entry], dealing.commitments, entry));
      rows[party][entry] = kept;
    }
    // Errors that cancel in the plain sum.
    rows[party][1] += rows[party][4];
    rows[party][2] = rows[party][2] - rows[party][4];
    CHECK_FALSE(scheme.verify(party, rows[party], dealing.commitments, random));
    rows[party] = dealing.shares[party];
  }

  CHECK(scheme.reconstruct(all, rows, dealing.commitments, random).secrets == secrets);
  rows[3][5] = rows[0][5];
  rows[1][0] += rows[1][0];
  const auto corrected = scheme.reconstruct(all, rows, dealing.commitments, random);
  CHECK(corrected.secrets == secrets);
  CHECK(corrected.wrong == std::vector<std::size_t>{1, 3});
  const std::vector<std::size_t> backwards = {4, 3, 2, 0};
  const auto other_order =
      scheme.reconstruct(backwards, std::vector{rows[4], rows[3], rows[2], rows[0]}, dealing.commitments, random);
  CHECK(other_order.secrets == secrets);
  CHECK(other_order.wrong == std::vector<std::size_t>{3});
  rows[0][1] = rows[2][1];
  CHECK(code_of([&] { static_cast<void>(scheme.reconstruct(all, rows, dealing.commitments, random)); }) ==
        ErrorCode::too_many_wrong_shares);

  // Sharings add up, and zeros refresh them.
  const auto other = scheme.deal(secrets, random), zeros = scheme.deal_zeros(6, random);
  CHECK(Scheme::commits_to_zeros(zeros.commitments));
  CHECK_FALSE(Scheme::commits_to_zeros(dealing.commitments));
  const auto check_sum = [&](const auto& added, const F& factor) {
    std::vector<std::vector<Share>> sums = dealing.shares;
    for (const std::size_t party : all)
      for (std::size_t entry = 0; entry < 6; ++entry) sums[party][entry] += added.shares[party][entry];
    std::vector<F> expected = secrets;
    for (F& secret : expected) secret *= factor;
    const auto result = scheme.reconstruct(all, sums, dealing.commitments + added.commitments, random);
    CHECK(result.wrong.empty());
    CHECK(result.secrets == expected);
    CHECK_FALSE(sums[0][0] == dealing.shares[0][0]);
  };
  check_sum(other, F(2));
  check_sum(zeros, F(1));

  // Calls that no arguments of ours make right.
  const auto refused = [&](auto call) { return code_of(call) == ErrorCode::invalid_argument; };
  const Scheme less({.parties = 5, .privacy_threshold = 1});
  CHECK(refused([&] { static_cast<void>(less.verify(0, dealing.shares[0], dealing.commitments, random)); }));
  CHECK(refused([&] {
    static_cast<void>(scheme.verify(0, std::span(dealing.shares[0]).first(5), dealing.commitments, random));
  }));
  CHECK(refused([&] { static_cast<void>(scheme.verify(5, dealing.shares[0], dealing.commitments, random)); }));
  CHECK(refused([&] {
    static_cast<void>(scheme.reconstruct(std::vector<std::size_t>{0, 1},
                                         std::vector{dealing.shares[0], dealing.shares[1]}, dealing.commitments,
                                         random));
  }));
  CHECK(refused([&] { static_cast<void>(scheme.deal_polynomials(std::span(dealing.shares[0]).first(4))); }));
  CHECK(code_of([&] { static_cast<void>(scheme.verify_entry(0, dealing.shares[0][0], dealing.commitments, 6)); }) ==
        ErrorCode::out_of_range);
}

}  // namespace

TEST_CASE("right shares pass, others are found and named, for all polynomials over a small group") {
  check_all_dealings(Feldman<Small>({.parties = 4, .privacy_threshold = 2}), 1);
  check_all_dealings(Pedersen<Small>({.parties = 3, .privacy_threshold = 1}), 2);
}

TEST_CASE("what t parties see of Pedersen's sharing does not depend on the secret; Feldman's shows its multiple of G") {
  const Pedersen<Small> pedersen({.parties = 3, .privacy_threshold = 1});
  const Feldman<Small> feldman({.parties = 3, .privacy_threshold = 1});
  const auto of_zero = views(pedersen, S(0), 3);
  CHECK(of_zero.size() == 125);  // as many as the randomness
  for (std::uint64_t secret = 1; secret < 5; ++secret) {
    CHECK(views(pedersen, S(secret), 3) == of_zero);
    CHECK_FALSE(views(feldman, S(secret), 1) == views(feldman, S(0), 1));
  }
}

TEST_CASE("Feldman's batches are verified, reconstructed, added and refreshed") {
  check_batches<Feldman<Ristretto255>>();
  const Feldman<Ristretto255> scheme({.parties = 3, .privacy_threshold = 1});
  TestRandom random(4);
  const std::vector<F> secrets = {uniform<F>(random), F(7)};
  const auto dealing = scheme.deal(secrets, random);
  CHECK(dealing.commitments.constant(1) == Ristretto255::multiply_generator(F(7)));
  CHECK(dealing.commitments.at(0, scheme.point(2)) == Ristretto255::multiply_generator(dealing.shares[2][0]));

  // By prescribed coefficients: the shares are Shamir's.
  const std::vector<F> slopes = {F(3), F(4)}, coefficients = {secrets[0], F(3), secrets[1], F(4)};
  const Shamir<F> shamir({.parties = 3, .privacy_threshold = 1});
  CHECK(scheme.deal_polynomials(coefficients).shares ==
        shamir.share_with_coefficients(secrets, std::vector<std::vector<F>>{slopes}));
}

TEST_CASE("Pedersen's batches are verified, reconstructed, added and refreshed") {
  check_batches<Pedersen<Ristretto255>>();
}

TEST_CASE("commitments have one encoding, and nothing else is taken for one") {
  using Commitments = PolynomialCommitments<Ristretto255>;
  const Feldman<Ristretto255> scheme({.parties = 4, .privacy_threshold = 2});
  TestRandom random(5);
  const auto commitments = scheme.deal(std::vector{F(1), F(2)}, random).commitments;
  Bytes bytes(Commitments::encoded_size(2, 2));
  REQUIRE(bytes.size() == 192);
  commitments.encode(bytes);
  CHECK(Commitments::decode(2, 2, bytes) == commitments);
  CHECK_FALSE(Commitments::decode(2, 3, bytes));
  CHECK_FALSE(Commitments::decode(1, 2, bytes));
  CHECK_FALSE(Commitments::decode(2, 2, std::span(bytes).first(191)));
  for (std::size_t element = 0; element < 6; ++element) {
    Bytes altered = bytes;
    altered[32 * element + 31] |= std::byte{0x80};
    CHECK_FALSE(Commitments::decode(2, 2, altered));
  }

  CHECK_THROWS_AS(Commitments(2, std::vector<Ristretto255>(4)), Error);
  CHECK_THROWS_AS(commitments + Commitments(1, std::vector<Ristretto255>(4)), Error);
  CHECK_THROWS_AS(commitments + Commitments(2, std::vector<Ristretto255>(9)), Error);
  CHECK_THROWS_AS(Commitments(2).append(Commitments(1)), Error);
  CHECK_THROWS_AS(commitments.of(2), Error);
  CHECK_THROWS_AS(commitments.combined(std::vector<F>(3)), Error);
}
