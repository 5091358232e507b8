// SPDX-License-Identifier: Apache-2.0
// Shamir sharing: its distribution is the textbook's, its privacy exact, and what cannot be is refused.
#include "parley/sharing/shamir.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "core/backends.hpp"
#include "parley/core/buffer.hpp"
#include "parley/core/random.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/mersenne31.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/wide_binary.hpp"
#include "parley/poly/lagrange.hpp"
#include "sanitized.hpp"
#include "sharing/scheme_conformance.hpp"

using parley::ErrorCode;
using parley::Field;
using parley::Shamir;
using parley::TestRandom;
using parley::test::error_of;
using parley::test::Tape;

namespace {

using F7 = parley::SmallPrime<7>;
using parley::GF16;
using GF8 = parley::SmallBinary<3, 0xB>;

// The shares as [Shamir79] writes them: f(x) = secret + a_1 x + ... + a_t x^t at the points of the parties.
template <Field F>
std::vector<F> textbook(const F& secret, const std::vector<F>& coefficients, std::size_t parties) {
  std::vector<F> shares;
  for (std::size_t party = 0; party < parties; ++party) {
    F value = secret, power = F::one();
    for (const F& a : coefficients) {
      power *= F::embed(party + 1);
      value += a * power;
    }
    shares.push_back(value);
  }
  return shares;
}

template <Field F>
void check_distribution(std::size_t parties, std::size_t t) {
  const Shamir<F> scheme({.parties = parties, .privacy_threshold = t});
  for (const F& secret : parley::test::all_elements<F>()) {
    std::map<std::string, int> excess;  // of a vector of all shares in the scheme over the textbook
    parley::test::for_each_tape<F>([&](Tape<F>& tape) {
      std::vector<F> all;
      for (const auto& row : scheme.share(std::span(&secret, 1), tape)) all.push_back(row.front());
      ++excess[parley::test::key_of<F>(all)];
    });
    parley::test::for_each_word<F>(t, [&](const std::vector<F>& coefficients) {
      --excess[parley::test::key_of<F>(textbook(secret, coefficients, parties))];
    });
    for (const auto& [shares, count] : excess) REQUIRE(count == 0);
  }
}

// Faults of published libraries, as schemes: what a well-meaning reviewer asks for.
template <Field F>
class Faulty {
 public:
  using Value = F;
  using Share = F;

  enum class Fault { none, leading_coefficient_not_zero, no_coefficient_zero, coefficients_distinct, too_low_degree };

  Faulty(Fault fault, std::size_t parties, std::size_t t)
      : fault_(fault), scheme_({.parties = parties, .privacy_threshold = t}) {}

  std::size_t parties() const { return scheme_.parties(); }
  std::size_t privacy_threshold() const { return scheme_.privacy_threshold(); }

  // Where the fault forbids a choice, the shares are all zero: that adds the same to every distribution, as a choice
  // is forbidden equally often for every secret.
  template <class Random>
  std::vector<std::vector<F>> share(std::span<const F> secrets, Random& random) const {
    std::vector<std::vector<F>> coefficients(privacy_threshold(), std::vector<F>(1));
    bool forbidden = false;
    for (auto& row : coefficients) {
      fill_uniform(random, std::span<F>(row));
      forbidden = forbidden || (fault_ == Fault::no_coefficient_zero && row[0] == F{});
      forbidden = forbidden || (fault_ == Fault::coefficients_distinct && row[0] == secrets[0]);
    }
    forbidden = forbidden || (fault_ == Fault::leading_coefficient_not_zero && coefficients.back()[0] == F{});
    if (fault_ == Fault::too_low_degree) coefficients.back()[0] = F{};
    if (forbidden) return std::vector<std::vector<F>>(parties(), std::vector<F>(1));
    return scheme_.share_with_coefficients(secrets, coefficients);
  }

 private:
  Fault fault_;
  Shamir<F> scheme_;
};

template <Field F>
std::vector<std::span<F>> spans_of(std::vector<std::vector<F>>& rows) {
  return {rows.begin(), rows.end()};
}

}  // namespace

TEST_CASE("the joint distribution of all shares is the textbook's, exactly") {
  for (std::size_t t = 1; t <= 4; ++t) check_distribution<F7>(6, t);
  check_distribution<F7>(2, 1);
  check_distribution<GF16>(15, 2);  // the additive basis instead of differences
  for (std::size_t t = 1; t <= 4; ++t) check_distribution<GF8>(7, t);
}

TEMPLATE_TEST_CASE("over GF(2^8), too, every polynomial of the degree comes from exactly one choice of coefficients",
                   "", parley::GF256, parley::GF256ReedSolomon) {
  // Sharing is linear, so the shares of 0 by the choices with a single 1 say all of it. Elimination of their values at
  // the points 1, ..., t has to find t pivots, and their values at the other points have to be those of the polynomial
  // through these and through 0 at 0.
  using F = TestType;
  for (const std::size_t t : {1U, 2U, 3U, 4U, 7U, 8U, 9U, 15U, 16U, 17U, 33U, 64U}) {
    const std::size_t n = std::min<std::size_t>(2 * t + 3, 255);
    const Shamir<F> scheme({.parties = n, .privacy_threshold = t});
    std::vector<std::vector<F>> values;
    for (std::size_t one = 0; one < t; ++one) {
      std::vector<F> choice(t);
      choice[one] = F::one();
      Tape<F> tape(choice);
      std::vector<F> of_choice;
      for (const auto& row : scheme.share(std::vector<F>(1), tape)) of_choice.push_back(row.front());
      REQUIRE(tape.drawn() == t);
      values.push_back(of_choice);
    }
    std::vector<F> nodes = {F{}};
    for (std::size_t i = 0; i < t; ++i) nodes.push_back(scheme.point(i));
    const parley::LagrangeInterpolator<F> interpolator(nodes);
    bool of_the_degree = true;
    for (std::size_t party = t; party < n; ++party) {
      const std::vector<F> weights = interpolator.coefficients(scheme.point(party));
      for (const auto& row : values) {
        F expected{};
        for (std::size_t i = 0; i < t; ++i) expected += weights[i + 1] * row[i];
        of_the_degree &= row[party] == expected;
      }
    }
    CHECK(of_the_degree);
    std::size_t pivots = 0;
    for (std::size_t column = 0; column < t; ++column) {
      std::size_t found = pivots;
      while (found < t && values[found][column] == F{}) ++found;
      if (found == t) continue;
      std::swap(values[found], values[pivots]);
      for (std::size_t row = pivots + 1; row < t; ++row) {
        const F factor = values[row][column] * values[pivots][column].inverse();
        for (std::size_t i = column; i < t; ++i) values[row][i] -= factor * values[pivots][i];
      }
      ++pivots;
    }
    CHECK(pivots == t);
  }
}

TEST_CASE("Shamir sharing over tiny fields keeps every law, exhaustively") {
  for (std::size_t n = 2; n <= 5; ++n)
    for (std::size_t t = 1; t < n && t <= 3; ++t)
      parley::test::check_scheme_exhaustively(Shamir<F7>({.parties = n, .privacy_threshold = t}));
  parley::test::check_scheme_exhaustively(Shamir<GF16>({.parties = 4, .privacy_threshold = 1}));
}

TEST_CASE("the shares of any t parties are all possible equally often") {
  const Shamir<F7> scheme({.parties = 6, .privacy_threshold = 2});
  const F7 secret{4};
  std::map<std::string, std::size_t> counts;
  parley::test::for_each_tape<F7>([&](Tape<F7>& tape) {
    const auto shares = scheme.share(std::span(&secret, 1), tape);
    parley::test::for_each_subset(6, 2, [&](const std::vector<std::size_t>& who) {
      const std::vector<F7> view = {shares[who[0]][0], shares[who[1]][0]};
      ++counts[std::to_string(who[0]) + " " + std::to_string(who[1]) + " " + parley::test::key_of<F7>(view)];
    });
  });
  CHECK(counts.size() == 15 * 49);
  for (const auto& [view, count] : counts) REQUIRE(count == 1);
}

TEST_CASE("the privacy test sees the faults that it is there for") {
  using Fault = Faulty<F7>::Fault;
  for (std::size_t t = 1; t <= 3; ++t) {
    CHECK(parley::test::exhaustive_leak(Faulty<F7>(Fault::none, 4, t)) == "");
    CHECK(parley::test::exhaustive_leak(Faulty<F7>(Fault::leading_coefficient_not_zero, 4, t)) != "");
    CHECK(parley::test::exhaustive_leak(Faulty<F7>(Fault::no_coefficient_zero, 4, t)) != "");
    CHECK(parley::test::exhaustive_leak(Faulty<F7>(Fault::coefficients_distinct, 4, t)) != "");
    CHECK(parley::test::exhaustive_leak(Faulty<F7>(Fault::too_low_degree, 4, t)) != "");
  }
}

TEMPLATE_TEST_CASE("Shamir sharing keeps the laws of a scheme", "", parley::Mersenne31, parley::Mersenne61, F7,
                   parley::GF256, parley::GF2To64, parley::GF2To128) {
  parley::test::check_scheme(Shamir<TestType>({.parties = 2, .privacy_threshold = 1}));
  parley::test::check_scheme(Shamir<TestType>({.parties = 5, .privacy_threshold = 2}));
  parley::test::check_scheme(Shamir<TestType>({.parties = 6, .privacy_threshold = 5}));
}

TEMPLATE_TEST_CASE("prescribed coefficients give the polynomial's values", "", parley::Mersenne127, parley::GF256) {
  using F = TestType;
  TestRandom random(11);
  const Shamir<F> scheme({.parties = 9, .privacy_threshold = 4});
  const auto secrets = parley::test::random_elements<F>(300, random);
  std::vector<std::vector<F>> coefficients;
  for (int i = 0; i < 4; ++i) coefficients.push_back(parley::test::random_elements<F>(300, random));
  coefficients[3][7] = F{};  // a leading coefficient of zero is as good as any
  const auto shares = scheme.share_with_coefficients(secrets, coefficients);
  REQUIRE(shares.size() == 9);
  for (std::size_t entry = 0; entry < 300; ++entry) {
    std::vector<F> of_entry;
    for (const auto& row : coefficients) of_entry.push_back(row[entry]);
    const auto expected = textbook(secrets[entry], of_entry, 9);
    for (std::size_t party = 0; party < 9; ++party) REQUIRE(shares[party][entry] == expected[party]);
  }
  const std::vector<std::size_t> who = {8, 1, 5, 6, 3};
  CHECK(scheme.reconstruct(who, parley::test::rows_of(shares, who)) == secrets);

  // At any points, those of the parties in another order among them.
  std::vector<F> points = {F{200}, F::embed(9), F::embed(2), F{77}, F{250}};
  const auto at_points = scheme.share_with_coefficients(secrets, coefficients, points);
  REQUIRE(at_points.size() == 5);
  CHECK(at_points[1] == shares[8]);
  CHECK(at_points[2] == shares[1]);
  std::vector<F> back(300);
  parley::ShamirReconstruction<F>({0, 1, 2, 3, 4}, points, 4)
      .reconstruct(parley::detail::readable_rows<F>(at_points), back);
  CHECK(back == secrets);
  const auto refuses_points = [&](const std::string& reason) {
    parley::test::require_refusal(reason, [&] { (void)scheme.share_with_coefficients(secrets, coefficients, points); });
  };
  points[3] = F{};
  refuses_points("point 3 is 0, where the secret itself is");
  points[3] = points[1];
  refuses_points("point 3 appears twice");

  const auto refuses = [&](const std::string& reason) {
    parley::test::require_refusal(reason, [&] { (void)scheme.share_with_coefficients(secrets, coefficients); });
  };
  coefficients.pop_back();
  refuses("3 vectors of coefficients were given, a privacy_threshold of 4 needs as many");
  coefficients.resize(5, std::vector<F>(300));
  refuses("5 vectors of coefficients were given, a privacy_threshold of 4 needs as many");
  coefficients.resize(4);
  coefficients[3].pop_back();
  refuses("299 coefficients were given for 300 secrets");
}

TEST_CASE("published examples are reproduced") {
  // The example of the encyclopedias: 1234 + 166 x + 94 x^2 modulo 1613.
  using F = parley::SmallPrime<1613>;
  const Shamir<F> scheme({.parties = 6, .privacy_threshold = 2});
  const std::vector<F> secret = {F{1234}};
  const auto shares = scheme.share_with_coefficients(secret, std::vector<std::vector<F>>{{F{166}}, {F{94}}});
  const std::vector<std::uint64_t> expected = {1494, 329, 965, 176, 1188, 775};
  for (std::size_t party = 0; party < 6; ++party) CHECK(shares[party][0] == F{expected[party]});
  parley::test::check_all_sets_reconstruct(scheme, secret, shares);

  // draft-mcgrew-tss-03, section 9: two of two shares of the bytes "test", 0 over GF(2^8).
  using G = parley::GF256;
  const Shamir<G> bytes({.parties = 2, .privacy_threshold = 1});
  const auto row = [](std::vector<std::uint64_t> values) { return std::vector<G>(values.begin(), values.end()); };
  const std::vector<std::size_t> who = {0, 1};
  CHECK(bytes.reconstruct(who, std::vector{row({0xB9, 0xFA, 0x07, 0xE1, 0x85}), row({0xF5, 0x40, 0x9B, 0x45, 0x11})}) ==
        row({0x74, 0x65, 0x73, 0x74, 0x00}));
}

TEST_CASE("parameters that cannot be are refused, each with its reason") {
  const auto reason = [](auto field, std::size_t parties, std::size_t t) {
    const auto error = error_of([&] { (void)Shamir<decltype(field)>({.parties = parties, .privacy_threshold = t}); });
    CHECK(error.code() == ErrorCode::invalid_argument);
    return std::string(error.what());
  };
  using Catch::Matchers::ContainsSubstring;
  const parley::Mersenne61 large{};
  const std::size_t many = ~std::size_t{0};
  CHECK_THAT(reason(large, 5, 0),
             ContainsSubstring("a privacy_threshold of 0 would give every party the secret itself"));
  CHECK_THAT(reason(large, 5, 5),
             ContainsSubstring("a privacy_threshold of 5 among 5 parties; at most 4 leaves enough to reconstruct"));
  CHECK_THAT(reason(large, 5, many), ContainsSubstring("a privacy_threshold of "));
  CHECK_THAT(reason(large, 0, 0), ContainsSubstring("sharing among 0 parties"));
  CHECK_THAT(reason(large, 1, 1), ContainsSubstring("sharing among 1 parties"));
  CHECK_THAT(reason(large, many, 1), ContainsSubstring("sharing among " + std::to_string(many) + " parties"));
  CHECK_THAT(reason(F7{}, 7, 2),
             ContainsSubstring("SmallPrime<7> has fewer points other than 0 than there are parties (7)"));
  CHECK_THAT(reason(GF16{}, 16, 2), ContainsSubstring("than there are parties (16)"));
  CHECK_THAT(reason(parley::GF256{}, 256, 2), ContainsSubstring("than there are parties (256)"));
  CHECK_THAT(reason(parley::GF256{}, 100000, 2), ContainsSubstring("than there are parties (100000)"));
  // As many parties as the field has points other than 0 are possible.
  parley::test::check_scheme(Shamir<F7>({.parties = 6, .privacy_threshold = 5}));
  const Shamir<parley::GF256> widest({.parties = 255, .privacy_threshold = 3});
  TestRandom random(9);
  const auto secrets = parley::test::random_elements<parley::GF256>(10, random);
  const std::vector<std::size_t> who = {254, 0, 127, 253};
  CHECK(widest.reconstruct(who, parley::test::rows_of(widest.share(secrets, random), who)) == secrets);
}

TEST_CASE("the points of the parties are 1, 2, ..., and never 0") {
  const Shamir<F7> scheme({.parties = 6, .privacy_threshold = 1});
  for (std::size_t party = 0; party < 6; ++party) CHECK(scheme.point(party) == F7{party + 1});
  CHECK(error_of([&] { (void)scheme.point(6); }).code() == ErrorCode::invalid_argument);
}

TEMPLATE_TEST_CASE("shares go into the caller's memory, or nowhere, and the scratch is wiped", "", parley::Mersenne61,
                   parley::GF256) {
  using F = TestType;
  const Shamir<F> scheme({.parties = 5, .privacy_threshold = 2});
  TestRandom random(5);
  const auto secrets = parley::test::random_elements<F>(10000, random);
  std::vector<std::vector<F>> shares(5, std::vector<F>(10000, F{9}));
  std::vector<F> scratch(scheme.scratch_size(10000), F{3});
  REQUIRE(scratch.size() < 10000);
  CHECK(scheme.scratch_size(1) == 2 + 64 / sizeof(F));  // the rest is to begin on a cache line
  CHECK(scheme.scratch_size(0) == 0);
  TestRandom same(6), again(6);
  scheme.share_into(secrets, same, spans_of(shares), scratch);
  CHECK(shares == scheme.share(secrets, again));
  CHECK(scratch == std::vector<F>(scratch.size()));

  const auto untouched = shares;
  auto rows = spans_of(shares);
  const auto refused = [&](std::span<F> memory) {
    return error_of([&] { scheme.share_into(secrets, same, rows, memory); }).code() == ErrorCode::invalid_argument;
  };
  CHECK(refused(std::span(scratch).first(scratch.size() - 1)));
  rows[4] = rows[4].first(9999);
  CHECK(refused(scratch));
  rows.pop_back();
  CHECK(refused(scratch));
  CHECK(shares == untouched);
}

TEMPLATE_TEST_CASE("shares that go past the caches are the same", "", parley::Mersenne61, parley::GF256) {
  using F = TestType;
  for (const auto& shape : std::vector<std::pair<std::size_t, std::size_t>>{{3, 1}, {5, 2}, {9, 4}, {20, 9}, {70, 1}}) {
    const std::size_t parties = shape.first, t = shape.second;
    if (parley::test::sanitized && parties != 5) continue;
    const std::size_t size = (std::size_t{1} << 23) / (parties * sizeof(F)) + 77;
    const Shamir<F> scheme({.parties = parties, .privacy_threshold = t});
    TestRandom draws(5);
    std::vector<F> secrets(size), scratch(scheme.scratch_size(size));
    parley::fill_uniform<F>(draws, secrets);
    // Rows that begin on cache lines, and rows that do not; the former go past the caches.
    std::vector<std::vector<F>> shared;
    for (const std::size_t offset : {std::size_t{0}, std::size_t{1}}) {
      std::vector<parley::Buffer<F>> memory(parties, parley::Buffer<F>(size + offset));
      std::vector<std::span<F>> rows;
      for (parley::Buffer<F>& row : memory) rows.push_back(std::span<F>(row).subspan(offset));
      REQUIRE(parley::detail::go_past_caches<F>(rows) == (offset == 0));
      TestRandom same(6);
      scheme.share_into(secrets, same, rows, scratch);
      for (const std::span<F> row : rows) shared.emplace_back(row.begin(), row.end());
    }
    for (std::size_t party = 0; party < parties; ++party) REQUIRE((shared[party] == shared[parties + party]));
  }
}

TEMPLATE_TEST_CASE("the shares from one random stream are the same on every kind of machine", "", parley::Mersenne31,
                   parley::Mersenne61, parley::GF256, parley::GF256ReedSolomon, parley::GF2To64, parley::GF2To128) {
  for (const auto& shape : std::vector<std::pair<std::size_t, std::size_t>>{{3, 1}, {5, 2}, {20, 9}, {100, 33}}) {
    const std::size_t parties = shape.first, t = shape.second;  // clang 14 captures no structured bindings
    if (parley::test::sanitized && parties > 20) continue;
    const Shamir<TestType> scheme({.parties = parties, .privacy_threshold = t});
    std::vector<TestType> secrets(701);
    TestRandom draws(2);
    parley::fill_uniform<TestType>(draws, secrets);
    std::vector<std::vector<std::vector<TestType>>> all;
    parley::test::under_each_kind_of_machine([&] {
      TestRandom random(1);
      all.push_back(scheme.share(secrets, random));
      REQUIRE(all.back() == all.front());
      std::vector<std::size_t> who;
      std::vector<std::vector<TestType>> given;
      for (std::size_t party = parties; party-- > parties - t - 1;) {
        who.push_back(party);
        given.push_back(all.back()[party]);
      }
      REQUIRE(scheme.reconstruct(who, given) == secrets);
    });
  }
}
