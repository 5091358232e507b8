// SPDX-License-Identifier: Apache-2.0
// The life of a sharing: the secrets stay what they are, new sharings are uniform, and nobody learns anything on the
// way.
#include "parley/sharing/resharing.hpp"

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
#include "sharing/linear_views.hpp"
#include "sharing/scheme_conformance.hpp"

using parley::Enrolment;
using parley::Field;
using parley::Resharing;
using parley::Shamir;
using parley::TestRandom;
using parley::test::first_numbers;
using parley::test::for_each_subset;
using parley::test::LinearViews;
using parley::test::require_refusal;
using parley::test::Tape;

namespace {

using F5 = parley::SmallPrime<5>;
using F7 = parley::SmallPrime<7>;
using F11 = parley::SmallPrime<11>;

template <Field F>
using Rows = std::vector<std::vector<F>>;

// received[j] of sender i is messages[i][j].
template <Field F>
Rows<F> received_by(const std::vector<Rows<F>>& messages, std::size_t receiver) {
  Rows<F> rows;
  for (const Rows<F>& message : messages) rows.push_back(message[receiver]);
  return rows;
}

template <Field F>
void append(std::vector<F>& view, const std::vector<F>& seen) {
  view.insert(view.end(), seen.begin(), seen.end());
}
template <Field F>
void append(std::vector<F>& view, const Rows<F>& seen) {
  for (const auto& row : seen) append(view, row);
}

template <Field F>
std::vector<F> all_of(const Rows<F>& shares) {
  std::vector<F> all;
  append(all, shares);
  return all;
}

// Each sharing of the secret by `scheme`, as the shares of all parties, is as frequent as any other.
template <Field F>
void require_uniform(const std::map<std::string, std::size_t>& counts, std::size_t sharings, std::size_t tapes) {
  CHECK(counts.size() == sharings);
  for (const auto& [sharing, count] : counts) REQUIRE(count * sharings == tapes);
}

}  // namespace

TEMPLATE_TEST_CASE("re-sharing keeps the secrets, for all schemes and dealers", "", parley::Mersenne61, parley::GF256) {
  using F = TestType;
  TestRandom random(1);
  const auto secrets = parley::test::random_elements<F>(30, random);
  for (std::size_t n = 2; n <= 5; ++n)
    for (std::size_t t = 1; t < n; ++t) {
      const Shamir<F> from({.parties = n, .privacy_threshold = t});
      const auto shares = from.share(secrets, random);
      for (const auto& shape : std::vector<std::pair<std::size_t, std::size_t>>{{2, 1}, {4, 1}, {6, 3}, {5, 4}}) {
        const Shamir<F> to({.parties = shape.first, .privacy_threshold = shape.second});
        for_each_subset(n, t + 1, [&](std::vector<std::size_t> dealers) {
          std::ranges::reverse(dealers);
          const Resharing<F> resharing(from, dealers, to);
          CHECK(resharing.dealers() == dealers);
          std::vector<Rows<F>> messages;
          for (const std::size_t dealer : dealers) messages.push_back(resharing.deal(shares[dealer], random));
          Rows<F> fresh;
          for (std::size_t party = 0; party < to.parties(); ++party)
            fresh.push_back(resharing.combine(received_by(messages, party)));
          REQUIRE(to.reconstruct_checked(first_numbers(to.parties()), fresh) == secrets);
        });
      }
    }
}

TEST_CASE("given a sharing, over all random choices the re-shared one is every polynomial equally often") {
  const Shamir<F5> from({.parties = 3, .privacy_threshold = 1}), to({.parties = 4, .privacy_threshold = 2});
  const Resharing<F5> resharing(from, {2, 0}, to);
  TestRandom random(2);
  const auto shares = from.share(std::vector<F5>{F5{3}}, random);
  std::map<std::string, std::size_t> counts;
  parley::test::for_each_tape<F5>([&](Tape<F5>& tape) {
    const std::vector<Rows<F5>> messages = {resharing.deal(shares[2], tape), resharing.deal(shares[0], tape)};
    Rows<F5> fresh;
    for (std::size_t party = 0; party < 4; ++party) fresh.push_back(resharing.combine(received_by(messages, party)));
    REQUIRE(to.reconstruct_checked(first_numbers(4), fresh) == std::vector<F5>{F5{3}});
    ++counts[parley::test::key_of<F5>(all_of(fresh))];
  });
  require_uniform<F5>(counts, 25, 625);
}

TEST_CASE("t old and t' new parties learn nothing from a re-sharing") {
  const auto check = [](std::size_t n, std::size_t t, std::size_t new_n, std::size_t new_t) {
    const Shamir<F11> from({.parties = n, .privacy_threshold = t}), to({.parties = new_n, .privacy_threshold = new_t});
    const Resharing<F11> resharing(from, first_numbers(t + 1), to);
    // Roles 0, ..., n - 1: the old parties with what they deal; then the new ones with what they get.
    const LinearViews<F11> views(1, [&](const std::vector<F11>& secret, Tape<F11>& tape) {
      const auto shares = from.share(secret, tape);
      Rows<F11> seen = shares;
      std::vector<Rows<F11>> messages;
      for (const std::size_t dealer : resharing.dealers()) {
        messages.push_back(resharing.deal(shares[dealer], tape));
        append(seen[dealer], messages.back());
      }
      for (std::size_t party = 0; party < new_n; ++party) {
        const auto rows = received_by(messages, party);
        seen.push_back(resharing.combine(rows));
        append(seen.back(), rows);
      }
      return seen;
    });
    for_each_subset(n, t, [&](const std::vector<std::size_t>& olds) {
      for_each_subset(new_n, new_t, [&](const std::vector<std::size_t>& news) {
        auto roles = olds;
        for (const std::size_t party : news) roles.push_back(n + party);
        CHECK(views.is_private(roles));
      });
      CHECK(!views.is_private(first_numbers(t + 1)));
    });
    std::vector<std::size_t> too_many;
    for (std::size_t party = 0; party <= new_t; ++party) too_many.push_back(n + party);
    CHECK(!views.is_private(too_many));
  };
  check(3, 1, 3, 1);
  check(4, 2, 3, 1);
  check(3, 1, 5, 3);
  check(5, 3, 6, 2);
}

TEMPLATE_TEST_CASE("a refresh keeps the secrets and changes all shares", "", parley::Mersenne61, parley::GF256) {
  using F = TestType;
  TestRandom random(3);
  const auto secrets = parley::test::random_elements<F>(1000, random);
  for (std::size_t dealers = 3; dealers <= 5; ++dealers) {
    const Shamir<F> scheme({.parties = 5, .privacy_threshold = 2});
    const auto shares = scheme.share(secrets, random);
    std::vector<Rows<F>> messages;
    for (std::size_t dealer = 0; dealer < dealers; ++dealer)
      messages.push_back(deal_refresh(scheme, secrets.size(), random));
    Rows<F> fresh;
    for (std::size_t party = 0; party < 5; ++party)
      fresh.push_back(refreshed(scheme, shares[party], received_by(messages, party)));
    CHECK(scheme.reconstruct_checked(first_numbers(5), fresh) == secrets);
    for (std::size_t party = 0; party < 5; ++party) {
      std::size_t same = 0;
      for (std::size_t i = 0; i < 1000; ++i) same += fresh[party][i] == shares[party][i] ? 1 : 0;
      CHECK(same < 30);  // 4 are expected over GF(2^8)
    }
    // Old and new shares do not mix.
    fresh[1] = shares[1];
    CHECK(parley::test::code_of([&] { (void)scheme.reconstruct_checked(first_numbers(5), fresh); }) ==
          parley::ErrorCode::inconsistent_shares);
  }
}

TEST_CASE("given a sharing, over all random choices the refreshed one is every polynomial equally often") {
  const Shamir<F5> scheme({.parties = 3, .privacy_threshold = 1});
  TestRandom random(4);
  const auto shares = scheme.share(std::vector<F5>{F5{2}}, random);
  std::map<std::string, std::size_t> counts;
  parley::test::for_each_tape<F5>([&](Tape<F5>& tape) {
    std::vector<Rows<F5>> messages;
    for (int dealer = 0; dealer < 3; ++dealer) messages.push_back(deal_refresh(scheme, 1, tape));
    Rows<F5> fresh;
    for (std::size_t party = 0; party < 3; ++party)
      fresh.push_back(refreshed(scheme, shares[party], received_by(messages, party)));
    ++counts[parley::test::key_of<F5>(all_of(fresh))];
  });
  require_uniform<F5>(counts, 5, 125);
}

TEST_CASE("t parties before a refresh and t others after it learn nothing together") {
  const auto check = [](std::size_t n, std::size_t t, std::size_t dealers, bool enough) {
    const Shamir<F7> scheme({.parties = n, .privacy_threshold = t});
    // Roles 3p, 3p + 1, 3p + 2: party p before, during and after the refresh.
    const LinearViews<F7> views(1, [&](const std::vector<F7>& secret, Tape<F7>& tape) {
      const auto shares = scheme.share(secret, tape);
      std::vector<Rows<F7>> messages;
      for (std::size_t dealer = 0; dealer < dealers; ++dealer) messages.push_back(deal_refresh(scheme, 1, tape));
      Rows<F7> seen;
      for (std::size_t party = 0; party < n; ++party) {
        const auto rows = received_by(messages, party);
        seen.push_back(shares[party]);
        seen.push_back(all_of(rows));
        if (party < dealers) append(seen.back(), messages[party]);
        std::vector<F7> sum = shares[party];
        for (const auto& row : rows) sum[0] += row[0];
        if (enough) REQUIRE(sum == refreshed(scheme, shares[party], rows));
        seen.push_back(std::move(sum));
      }
      return seen;
    });
    bool all_private = true;
    for_each_subset(n, t, [&](const std::vector<std::size_t>& before) {
      for_each_subset(n, t, [&](const std::vector<std::size_t>& after) {
        std::vector<std::size_t> roles;
        for (const std::size_t party : before) roles.push_back(3 * party);
        for (const std::size_t party : after) {
          roles.push_back(3 * party + 2);
          if (std::ranges::find(before, party) != before.end()) roles.push_back(3 * party + 1);
        }
        all_private = all_private && views.is_private(roles);
      });
    });
    CHECK(all_private == enough);
    CHECK(!views.is_private({0, 3 * (n - 1), 3, 6}));
  };
  check(3, 1, 3, true);
  check(4, 2, 3, true);
  check(5, 2, 5, true);
  check(4, 2, 1, false);  // fewer than t dealers connect the other parties' shares of both times
  check(5, 3, 2, false);
}

TEMPLATE_TEST_CASE("a share for a new party, or instead of a lost one, is the one that fits", "", parley::Mersenne61,
                   parley::GF256) {
  using F = TestType;
  TestRandom random(5);
  const auto secrets = parley::test::random_elements<F>(20, random);
  for (std::size_t n = 2; n <= 5; ++n)
    for (std::size_t t = 1; t < n; ++t) {
      // The dealer's sharing has more parties than take part.
      const Shamir<F> scheme({.parties = n, .privacy_threshold = t}), wider({.parties = n + 3, .privacy_threshold = t});
      const auto shares = wider.share(secrets, random);
      for_each_subset(n, t + 1, [&](std::vector<std::size_t> helpers) {
        std::rotate(helpers.begin(), helpers.begin() + 1, helpers.end());
        for (std::size_t newcomer = 0; newcomer < n + 3; ++newcomer) {
          if (std::ranges::find(helpers, newcomer) != helpers.end()) {
            require_refusal("cannot help to give itself a share",
                            [&] { (void)Enrolment<F>(scheme, helpers, newcomer); });
            continue;
          }
          const Enrolment<F> enrolment(scheme, helpers, newcomer);
          std::vector<Rows<F>> pieces;
          for (std::size_t i = 0; i <= t; ++i) pieces.push_back(enrolment.split(i, shares[helpers[i]], random));
          Rows<F> sums;
          for (std::size_t i = 0; i <= t; ++i) sums.push_back(enrolment.sum(received_by(pieces, i)));
          REQUIRE(enrolment.share(sums) == shares[newcomer]);
        }
      });
    }
}

TEST_CASE("t parties learn nothing from an enrolment, the newcomer counted among them") {
  const auto check = [](std::size_t n, std::size_t t, std::size_t newcomer) {
    const Shamir<F11> scheme({.parties = n, .privacy_threshold = t});
    std::vector<std::size_t> helpers = first_numbers(t + 2);
    std::erase(helpers, std::min(newcomer, t + 1));
    const Enrolment<F11> enrolment(scheme, helpers, newcomer);
    const LinearViews<F11> views(1, [&](const std::vector<F11>& secret, Tape<F11>& tape) {
      Rows<F11> seen = scheme.share(secret, tape);
      seen.resize(std::max(n, newcomer + 1));
      if (newcomer < n) seen[newcomer].clear();  // lost
      std::vector<Rows<F11>> pieces;
      for (std::size_t i = 0; i <= t; ++i) {
        pieces.push_back(enrolment.split(i, std::vector<F11>{seen[helpers[i]].front()}, tape));
        append(seen[helpers[i]], pieces.back());
      }
      Rows<F11> sums;
      for (std::size_t i = 0; i <= t; ++i) {
        const auto rows = received_by(pieces, i);
        append(seen[helpers[i]], rows);
        sums.push_back(enrolment.sum(rows));
      }
      append(seen[newcomer], sums);
      append(seen[newcomer], enrolment.share(sums));
      return seen;
    });
    const std::size_t parties = std::max(n, newcomer + 1);
    for_each_subset(parties, t, [&](const std::vector<std::size_t>& set) { CHECK(views.is_private(set)); });
    if (newcomer <= n)
      for_each_subset(parties, t + 1, [&](const std::vector<std::size_t>& set) { CHECK(!views.is_private(set)); });
  };
  check(3, 1, 3);
  check(3, 1, 2);
  check(3, 1, 0);
  check(4, 2, 4);
  check(5, 3, 7);
  check(5, 3, 1);
}

TEST_CASE("over all random choices the messages of an enrolment are equally often whatever fits the newcomer's share") {
  const Shamir<F5> scheme({.parties = 3, .privacy_threshold = 1});
  const Enrolment<F5> enrolment(scheme, {0, 2}, 3);
  for (const F5& secret : parley::test::all_elements<F5>()) {
    std::map<std::string, std::size_t> counts;  // what the newcomer gets
    parley::test::for_each_tape<F5>([&](Tape<F5>& tape) {
      const auto shares = scheme.share(std::span(&secret, 1), tape);
      const std::vector<Rows<F5>> pieces = {enrolment.split(0, shares[0], tape), enrolment.split(1, shares[2], tape)};
      const Rows<F5> sums = {enrolment.sum(received_by(pieces, 0)), enrolment.sum(received_by(pieces, 1))};
      ++counts[parley::test::key_of<F5>(all_of(sums))];
    });
    require_uniform<F5>(counts, 25, 125);
  }
}

TEST_CASE("what cannot be re-shared, refreshed or enrolled is refused") {
  using F = parley::Mersenne61;
  const Shamir<F> scheme({.parties = 5, .privacy_threshold = 2}), to({.parties = 3, .privacy_threshold = 1});
  TestRandom random(6);
  const std::vector<F> own(4);
  const auto reshare = [&](std::vector<std::size_t> dealers) { (void)Resharing<F>(scheme, std::move(dealers), to); };
  require_refusal("2 shares were given, 3 are needed", [&] { reshare({0, 1}); });
  require_refusal("4 dealers for a sharing that 3 parties reconstruct", [&] { reshare({0, 1, 2, 3}); });
  require_refusal("party 1 is given twice", [&] { reshare({0, 1, 1}); });
  require_refusal("there is no party 5", [&] { reshare({0, 1, 5}); });
  const Resharing<F> resharing(scheme, {0, 1, 2}, to);
  require_refusal("2 vectors of dealt shares were given, there are 3",
                  [&] { (void)resharing.combine(Rows<F>(2, own)); });
  require_refusal("a vector of 1 dealt shares was given where another has 4", [&] {
    (void)resharing.combine(Rows<F>{own, own, {F{}}});
  });

  require_refusal("a refresh by 2 dealers, at least 3 are needed",
                  [&] { (void)refreshed(scheme, own, Rows<F>(2, own)); });
  require_refusal("a vector of 5 dealt shares was given where another has 4",
                  [&] { (void)refreshed(scheme, own, Rows<F>(3, std::vector<F>(5))); });

  const auto enrol = [&](std::vector<std::size_t> helpers, std::size_t newcomer) {
    (void)Enrolment<F>(scheme, std::move(helpers), newcomer);
  };
  require_refusal("2 helpers give a share of a sharing that 3 parties reconstruct", [&] { enrol({0, 1}, 5); });
  require_refusal("4 helpers give a share", [&] { enrol({0, 1, 2, 3}, 5); });
  require_refusal("party 2 is given twice", [&] { enrol({0, 2, 2}, 5); });
  require_refusal("there is no party 5", [&] { enrol({0, 2, 5}, 6); });
  require_refusal("there is no party", [&] { enrol({0, 1, 2}, ~std::size_t{0}); });
  const Shamir<F7> full({.parties = 6, .privacy_threshold = 1});
  require_refusal("SmallPrime<7> has fewer points other than 0 than there are parties (7)", [&] {
    (void)Enrolment<F7>(full, {0, 1}, 6);
  });
  const Enrolment<F> enrolment(scheme, {0, 1, 2}, 5);
  require_refusal("there is no helper 3 among 3", [&] { (void)enrolment.split(3, own, random); });
  require_refusal("2 vectors of pieces were given, there are 3", [&] { (void)enrolment.sum(Rows<F>(2, own)); });
  require_refusal("a vector of 0 sums was given where another has 4", [&] {
    (void)enrolment.share(Rows<F>{own, own, {}});
  });
}
