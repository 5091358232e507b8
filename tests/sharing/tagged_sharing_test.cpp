// SPDX-License-Identifier: Apache-2.0
// Batches of scalars of any field, shared with a tag: a wrong share is noticed even where none is to spare.
#include "parley/sharing/tagged_sharing.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "parley/core/random.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/named_primes.hpp"
#include "sharing/scheme_conformance.hpp"

using namespace parley;
using parley::test::error_of;
using parley::test::require_refusal;

namespace {

template <Field F>
std::vector<TaggedShare<F>> chosen(const std::vector<TaggedShare<F>>& all, std::span<const std::size_t> who) {
  std::vector<TaggedShare<F>> shares;
  for (const std::size_t party : who) shares.push_back(all[party]);
  return shares;
}

template <Field F>
void check_field(std::size_t size) {
  TestRandom random(size);
  const Shamir<F> scheme({.parties = 5, .privacy_threshold = 2});
  std::vector<F> secrets(size);
  fill_uniform(random, std::span<F>(secrets));
  const auto all = share_tagged<F>(scheme, secrets, random);
  const std::vector<std::size_t> three = {4, 0, 2}, everybody = {0, 1, 2, 3, 4};
  CHECK(reconstruct_tagged<F>(scheme, three, chosen<F>(all, three)).secrets == secrets);
  for (std::size_t wrong = 0; wrong < 3; ++wrong) {
    auto shares = chosen<F>(all, three);
    if (size > 0) {
      shares[wrong].values[size - 1] += F::one();
      CHECK(error_of([&] { static_cast<void>(reconstruct_tagged<F>(scheme, three, shares)); }).code() ==
            ErrorCode::inconsistent_shares);
    }
    shares = chosen<F>(all, three);
    shares[wrong].key_share += GF2To128::one();
    CHECK(error_of([&] { static_cast<void>(reconstruct_tagged<F>(scheme, three, shares)); }).code() ==
          ErrorCode::inconsistent_shares);
    shares = chosen<F>(all, three);
    shares[wrong].tag_share += GF2To128::one();
    CHECK(error_of([&] { static_cast<void>(reconstruct_tagged<F>(scheme, three, shares)); }).code() ==
          ErrorCode::inconsistent_shares);
  }
  auto shares = all;
  shares[3].key_share += GF2To128::one();
  for (F& value : shares[3].values) value += F::one();
  const auto corrected = reconstruct_tagged<F>(scheme, everybody, shares);
  CHECK(corrected.secrets == secrets);
  CHECK(corrected.wrong == std::vector<std::size_t>{3});
}

}  // namespace

TEST_CASE("scalars of each kind of field, in batches of many lengths") {
  for (const std::size_t size : {0U, 1U, 2U, 33U}) {
    check_field<GF256>(size);
    check_field<Mersenne61>(size);
    check_field<Bls12_381Scalar>(size);
  }
  check_field<Mersenne61>(1000);
}

TEST_CASE("the inverses of the points' differences are those of the field") {
  CHECK(detail::inverses_of_bytes[0] == GF2To128::zero());
  for (std::uint64_t a = 1; a < 256; ++a) REQUIRE(detail::inverses_of_bytes[a] * GF2To128::embed(a) == GF2To128::one());
  const std::vector<std::size_t> who = {254, 0, 7};
  const std::vector<GF2To128> points = {GF2To128::embed(255), GF2To128::embed(1), GF2To128::embed(8)};
  for (const std::uint64_t at : {0U, 2U, 200U}) {
    std::vector<GF2To128> weights;
    detail::append_weights_of_tag_shares(weights, who, at);
    CHECK(weights == lagrange_coefficients<GF2To128>(points, GF2To128::embed(at)));
  }
}

TEST_CASE("the pieces of a batch make no difference to its tag") {
  using F = Mersenne61;
  const Shamir<F> scheme({.parties = 2, .privacy_threshold = 1});
  TestRandom random(3);
  std::vector<F> secrets(1000);
  fill_uniform(random, std::span<F>(secrets));
  TaggedSplitter<F> splitter(scheme, random);
  std::vector<std::vector<F>> shares(2, std::vector<F>(secrets.size()));
  for (std::size_t first = 0; first < secrets.size(); first += 300) {
    const std::size_t length = std::min<std::size_t>(300, secrets.size() - first);
    const std::vector<std::span<F>> rows = {std::span(shares[0]).subspan(first, length),
                                            std::span(shares[1]).subspan(first, length)};
    splitter.split(std::span<const F>(secrets).subspan(first, length), random, rows);
  }
  CHECK(splitter.length() == 8 * secrets.size());
  const auto tag_shares = splitter.finish(random);
  const std::vector<TaggedShare<F>> both = {{shares[0], splitter.key_shares()[0], tag_shares[0]},
                                            {shares[1], splitter.key_shares()[1], tag_shares[1]}};
  const std::vector<std::size_t> who = {0, 1};
  CHECK(reconstruct_tagged<F>(scheme, who, both).secrets == secrets);
}

TEST_CASE("too few, equal and unknown parties, and shares of different lengths, are refused") {
  using F = Mersenne61;
  const Shamir<F> scheme({.parties = 3, .privacy_threshold = 1});
  TestRandom random(5);
  const std::vector<F> secrets(4, F::one());
  const auto all = share_tagged<F>(scheme, secrets, random);
  const auto refuse = [&](const std::string& reason, const std::vector<std::size_t>& who,
                          const std::vector<TaggedShare<F>>& shares) {
    require_refusal(reason, [&] { static_cast<void>(reconstruct_tagged<F>(scheme, who, shares)); });
  };
  refuse("1 shares were given, 2 are needed", {0}, {all[0]});
  refuse("party 0 is given twice", {0, 0}, {all[0], all[0]});
  refuse("there is no party 3", {0, 3}, {all[0], all[1]});
  refuse("1 shares were given for 2 parties", {0, 1}, {all[0]});
  auto shorter = all;
  shorter[1].values.pop_back();
  refuse("party 1 has 3 shares where party 0 has 4", {0, 1}, {shorter[0], shorter[1]});
}
