// SPDX-License-Identifier: Apache-2.0
// Shamir's scheme over primes chosen at run time: the laws of schemes, the fields known at compile time as the oracle,
// and wrong shares.
#include "parley/gmp/shamir.hpp"

#include <array>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include "catch.hpp"
#include "gmp/primes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/named_primes.hpp"
#include "parley/sharing/concepts.hpp"
#include "parley/sharing/shamir.hpp"
#include "sharing/scheme_conformance.hpp"

namespace {

using namespace parley;
using namespace parley::testing;
using namespace parley::test;
using gmp::Element;
using gmp::RuntimeField;

static_assert(SharingScheme<gmp::Shamir>);

using Rows = std::vector<std::vector<Element>>;

template <Field F>
RuntimeField same_field() {
  return RuntimeField(BigInteger(F::modulus).get());
}

template <Field F>
Element converted(const RuntimeField& field, const F& x) {
  std::array<std::byte, F::encoded_size> bytes;
  x.encode(bytes);
  return field.decode(bytes).value();
}

template <Field F>
Rows converted(const RuntimeField& field, const std::vector<std::vector<F>>& rows) {
  Rows result(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (const F& x : rows[i]) result[i].push_back(converted(field, x));
  return result;
}

std::vector<std::size_t> everyone(const gmp::Shamir& scheme) {
  std::vector<std::size_t> who(scheme.parties());
  std::iota(who.begin(), who.end(), std::size_t{0});
  return who;
}

template <Field F>
void check_against_static_field() {
  const RuntimeField field = same_field<F>();
  const ShamirParameters parameters{.parties = 6, .privacy_threshold = 3};
  const parley::Shamir<F> known(parameters);
  const gmp::Shamir scheme(field, parameters);
  TestRandom random(1);
  const std::vector<F> secrets = random_elements<F>(20, random);
  std::vector<std::vector<F>> coefficients;
  for (std::size_t i = 0; i < 3; ++i) coefficients.push_back(random_elements<F>(20, random));
  const std::vector<Element> converted_secrets = converted(field, std::vector<std::vector<F>>{secrets}).front();

  CHECK(scheme.share_with_coefficients(converted_secrets, converted(field, coefficients)) ==
        converted(field, known.share_with_coefficients(secrets, coefficients)));
  // Shares of the one scheme are shares of the other.
  CHECK(scheme.reconstruct_checked(everyone(scheme), converted(field, known.share(secrets, random))) ==
        converted_secrets);
  for (std::size_t party = 0; party < 6; ++party) CHECK(scheme.point(party) == converted(field, known.point(party)));
}

}  // namespace

TEST_CASE("any t + 1 parties reconstruct, whatever the size of the prime") {
  for (const BigInteger& p : run_time_primes()) {
    const RuntimeField field(p.get());
    INFO(field.name());
    const gmp::Shamir scheme(field, {.parties = 4, .privacy_threshold = 2});
    const std::vector<Element> secrets = specimens(field);
    TestRandom random(2);
    const Rows shares = scheme.share(secrets, random);
    REQUIRE(shares.size() == 4);
    check_all_sets_reconstruct(scheme, secrets, shares);
    CHECK(scheme.reconstruct_checked(everyone(scheme), shares) == secrets);
  }
}

TEST_CASE("shares and their reconstruction are those of the fields known at compile time") {
  check_against_static_field<Secp256k1Scalar>();
  check_against_static_field<P521Scalar>();
  check_against_static_field<Mersenne127>();
}

TEST_CASE("polynomials have exactly the degree t as a rule, and others for every secret and every call") {
  const RuntimeField field(near_power_of_two(127, -1).get());
  const gmp::Shamir scheme(field, {.parties = 5, .privacy_threshold = 2});
  const std::vector<Element> secrets(3, field.element(92));
  TestRandom random(3);
  const Rows first = scheme.share(secrets, random), second = scheme.share(secrets, random);
  // Through the shares of t parties alone goes no line to the secret, nor is a share the secret.
  const gmp::Shamir line(field, {.parties = 5, .privacy_threshold = 1});
  for (const Rows* shares : {&first, &second}) {
    for (std::size_t party = 0; party < 5; ++party) {
      CHECK_FALSE((*shares)[party][0] == secrets[0]);
      CHECK_FALSE((*shares)[party][0] == (*shares)[party][1]);
      CHECK_FALSE((*shares)[party][1] == (*shares)[party][2]);
    }
    const std::vector<std::size_t> two = {1, 3};
    for (const Element& value : line.reconstruct(two, rows_of(*shares, two))) CHECK_FALSE(value == secrets[0]);
  }
  CHECK(first != second);
}

TEST_CASE("reconstruction refuses what every scheme refuses, and sharing does") {
  const RuntimeField field(near_power_of_two(64, 13).get());
  const gmp::Shamir scheme(field, {.parties = 5, .privacy_threshold = 2});
  TestRandom random(4);
  const std::vector<Element> secrets = specimens(field);
  check_reconstruction_refuses(scheme, scheme.share(secrets, random));
  CHECK(scheme.reconstruct(everyone(scheme), Rows(5)).empty());
  CHECK(scheme.share(std::vector<Element>{}, random) == Rows(5));

  require_refusal("a privacy_threshold of 0", [&] { gmp::Shamir(field, {.parties = 5, .privacy_threshold = 0}); });
  require_refusal("a privacy_threshold of 5", [&] { gmp::Shamir(field, {.parties = 5, .privacy_threshold = 5}); });
  require_refusal("sharing among 1 parties", [&] { gmp::Shamir(field, {.parties = 1, .privacy_threshold = 1}); });
  require_refusal("there is no party 5", [&] { static_cast<void>(scheme.point(5)); });
  require_refusal("needs as many",
                  [&] { static_cast<void>(scheme.share_with_coefficients(secrets, Rows(1, secrets))); });
  require_refusal("coefficients were given for", [&] {
    static_cast<void>(scheme.share_with_coefficients(std::span(secrets).first(2), Rows(2, secrets)));
  });
}

TEST_CASE("secrets and shares of another field are refused") {
  const RuntimeField field(near_power_of_two(64, 13).get()), other(near_power_of_two(127, -1).get());
  const gmp::Shamir scheme(field, {.parties = 3, .privacy_threshold = 1});
  TestRandom random(5);
  std::vector<Element> secrets(4, field.one());
  Rows shares = scheme.share(secrets, random);
  secrets[3] = other.one();
  require_refusal("different fields", [&] { static_cast<void>(scheme.share(secrets, random)); });
  shares[1][2] = other.one();
  require_refusal("different fields", [&] { static_cast<void>(scheme.reconstruct(everyone(scheme), shares)); });
  require_refusal("different fields", [&] { static_cast<void>(scheme.reconstruct_checked(everyone(scheme), shares)); });
}

TEST_CASE("a wrong share is noticed at every place, and its entry is named") {
  const RuntimeField field(near_power_of_two(256, -189).get());
  const gmp::Shamir scheme(field, {.parties = 5, .privacy_threshold = 2});
  TestRandom random(6);
  const std::vector<Element> secrets(3, field.element(31));
  const Rows shares = scheme.share(secrets, random);
  for (std::size_t party = 0; party < 5; ++party) {
    for (std::size_t entry = 0; entry < 3; ++entry) {
      Rows wrong = shares;
      wrong[party][entry] += field.one();
      wrong[party][2] += field.one();
      const Error error = error_of([&] { static_cast<void>(scheme.reconstruct_checked(everyone(scheme), wrong)); });
      CHECK(error.code() == ErrorCode::inconsistent_shares);
      CHECK_THAT(error.what(), Catch::Matchers::ContainsSubstring("entry " + std::to_string(entry) + " "));
      CHECK_THAT(error.what(), Catch::Matchers::ContainsSubstring("degree 2"));
    }
  }
}
