// SPDX-License-Identifier: Apache-2.0
// Pseudorandom sharings: the parties' shares fit together, and over all values of the keys' streams they are exactly
// the sharings they stand for.
#include "parley/sharing/pseudorandom.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "parley/core/random.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/z2_to_64.hpp"
#include "parley/sharing/replicated.hpp"
#include "parley/sharing/shamir.hpp"
#include "sharing/corruption.hpp"
#include "sharing/scheme_conformance.hpp"

using parley::Cipher;
using parley::Field;
using parley::PseudorandomKeys;
using parley::PseudorandomSharing;
using parley::ReplicatedParameters;
using parley::Ring;
using parley::Secret;
using parley::Seed;
using parley::Shamir;
using parley::TestRandom;
using parley::test::first_numbers;
using parley::test::require_refusal;

namespace {

using F5 = parley::SmallPrime<5>;
using F7 = parley::SmallPrime<7>;

template <Ring R>
std::vector<PseudorandomSharing<R>> sources_of(const std::vector<PseudorandomKeys>& keys,
                                               std::string_view label = "a test") {
  std::vector<PseudorandomSharing<R>> sources;
  for (const PseudorandomKeys& of_party : keys) sources.emplace_back(of_party, label);
  return sources;
}

// Draws number key * draws, key * draws + 1, ... of a word, where `key` and the word are what the seed says.
template <Field F>
class PrescribedStream {
 public:
  struct Word {
    std::vector<F> elements;
    std::size_t draws;
  };
  PrescribedStream(const Seed& seed, Cipher) {
    std::memcpy(&word_, seed.data(), sizeof word_);
    std::memcpy(&key_, seed.data() + 8, sizeof key_);
  }
  PrescribedStream child(std::string_view) const { return *this; }
  void fill_uniform(std::span<F> out) {
    for (F& element : out) element = word_->elements.at(key_ * word_->draws + drawn_++);
  }
  static Seed seed(const Word& word, std::size_t key) {
    const Word* const address = &word;
    Seed made{};
    std::memcpy(made.data(), &address, sizeof address);
    std::memcpy(made.data() + 8, &key, sizeof key);
    return made;
  }

 private:
  const Word* word_;
  std::size_t key_, drawn_ = 0;
};

// The shares, by call(source), of all parties where the keys' streams begin with the word.
template <Field F, class Call>
std::vector<F> shares_by(const typename PrescribedStream<F>::Word& word, ReplicatedParameters parameters, Call call) {
  const parley::detail::Subsets subsets(parameters);
  std::vector<F> shares;
  for (std::size_t party = 0; party < parameters.parties; ++party) {
    std::vector<Seed> seeds;
    for (const std::size_t set : subsets.without_party(party)) seeds.push_back(PrescribedStream<F>::seed(word, set));
    const PseudorandomKeys keys{parameters, party, Cipher::chacha20, Secret(std::move(seeds))};
    PseudorandomSharing<F, PrescribedStream<F>> source(keys);
    shares.push_back(call(source).at(0));
  }
  return shares;
}

// Over all words of the streams: all parties' shares are the values of the polynomials of degree at most `degree`, with
// value 0 at 0 where `zero`, equally often, also when what any t parties can compute is fixed: their shares are then
// those of all such polynomials through their own, equally often.
template <Field F, class Call>
void check_distribution(ReplicatedParameters parameters, std::size_t draws, std::size_t degree, bool zero, Call call) {
  const parley::detail::Subsets subsets(parameters);
  const std::size_t n = parameters.parties, t = parameters.privacy_threshold, order = F::modulus;
  const auto power = [&](std::size_t exponent) {
    std::size_t result = 1;
    for (; exponent > 0; --exponent) result *= order;
    return result;
  };
  std::map<std::string, std::size_t> all;
  std::vector<std::map<std::string, std::map<std::string, std::size_t>>> by_view(subsets.count());
  bool of_degree = true, even = true;
  parley::test::for_each_word<F>(subsets.count() * draws, [&](const std::vector<F>& elements) {
    const typename PrescribedStream<F>::Word word{elements, draws};
    const std::vector<F> shares = shares_by<F>(word, parameters, call);
    std::vector<F> nodes, values;
    if (zero) nodes.push_back(F{}), values.push_back(F{});
    for (std::size_t party = 0; nodes.size() <= degree; ++party)
      nodes.push_back(F::embed(party + 1)), values.push_back(shares[party]);
    const parley::LagrangeInterpolator<F> interpolator(nodes);
    for (std::size_t party = 0; party < n; ++party)
      of_degree = of_degree && interpolator.evaluate(values, F::embed(party + 1)) == shares[party];
    const std::string sharing = parley::test::key_of<F>(shares);
    ++all[sharing];
    for (std::size_t set = 0; set < subsets.count(); ++set) {  // all keys but that of the set are known to it
      std::vector<F> view = elements;
      std::fill_n(view.begin() + static_cast<std::ptrdiff_t>(set * draws), draws, F{});
      ++by_view[set][parley::test::key_of<F>(view)][sharing];
    }
  });
  CHECK(of_degree);
  CHECK(all.size() == power(degree + (zero ? 0 : 1)));
  for (const auto& [sharing, count] : all) REQUIRE(count == power(subsets.count() * draws) / all.size());
  for (const auto& views : by_view)
    for (const auto& [view, sharings] : views) {
      even = even && sharings.size() == power(degree + (zero ? 0 : 1) - t);
      for (const auto& [sharing, count] : sharings) even = even && count == power(draws) / sharings.size();
    }
  CHECK(even);
}

}  // namespace

TEST_CASE("over all values of the keys' streams, random sharings are all polynomials, also given what t parties know") {
  const auto random = [](auto& source) { return source.random(1); };
  check_distribution<F5>({.parties = 3, .privacy_threshold = 1}, 1, 1, false, random);
  check_distribution<F5>({.parties = 4, .privacy_threshold = 1}, 1, 1, false, random);
  check_distribution<F5>({.parties = 4, .privacy_threshold = 2}, 1, 2, false, random);
  check_distribution<F5>({.parties = 4, .privacy_threshold = 3}, 1, 3, false, random);
}

TEST_CASE("over all values of the keys' streams, sharings of zero are all polynomials of degree 2t through zero") {
  const auto zeros = [](auto& source) { return source.zeros(1); };
  check_distribution<F7>({.parties = 3, .privacy_threshold = 1}, 1, 2, true, zeros);
  check_distribution<F7>({.parties = 4, .privacy_threshold = 1}, 1, 2, true, zeros);
}

TEST_CASE("t parties can still think of every sharing of zero that fits their shares, with larger thresholds") {
  // The map from what is drawn by the one key that t parties lack to all shares is linear: it has to have rank t.
  const ReplicatedParameters parameters{5, 2};
  const parley::detail::Subsets subsets(parameters);
  bool hidden = true;
  for (std::size_t set = 0; set < subsets.count(); ++set) {
    std::set<std::string> seen;
    parley::test::for_each_word<F7>(2, [&](const std::vector<F7>& draws) {
      PrescribedStream<F7>::Word word{std::vector<F7>(subsets.count() * 2), 2};
      std::copy(draws.begin(), draws.end(), word.elements.begin() + static_cast<std::ptrdiff_t>(set * 2));
      const auto shares = shares_by<F7>(word, parameters, [](auto& source) { return source.zeros(1); });
      for (const std::size_t party : subsets.set(set)) hidden = hidden && shares[party] == F7{};
      seen.insert(parley::test::key_of<F7>(shares));
    });
    CHECK(seen.size() == 49);
  }
  CHECK(hidden);
}

TEMPLATE_TEST_CASE("the parties' pseudorandom shares fit together", "", parley::Mersenne61, parley::GF256) {
  using F = TestType;
  TestRandom random(1);
  for (std::size_t n = 2; n <= 7; ++n)
    for (std::size_t t = 1; t < n; ++t) {
      const auto keys = deal_pseudorandom_keys({n, t}, Cipher::chacha20, random);
      auto sources = sources_of<F>(keys), twins = sources_of<F>(keys), others = sources_of<F>(keys, "another");
      const Shamir<F> shamir({.parties = n, .privacy_threshold = t});
      const parley::Replicated<F> replicated({.parties = n, .privacy_threshold = t});
      const std::size_t size = 1100;
      std::vector<std::vector<F>> shares, parts, unlike, zeros;
      for (std::size_t party = 0; party < n; ++party) {
        shares.push_back(sources[party].random(size));
        parts.push_back(twins[party].replicated(size));
        unlike.push_back(others[party].random(size));
        CHECK(replicated.to_shamir(party, parts[party]) == shares[party]);
      }
      const auto who = first_numbers(n);
      const auto values = shamir.reconstruct_checked(who, shares);
      CHECK(replicated.reconstruct_checked(who, parts) == values);
      CHECK(shamir.reconstruct_checked(who, unlike) != values);
      if (n <= 2 * t) {
        require_refusal("the shares of " + std::to_string(n) + " parties do not determine a polynomial of degree ",
                        [&] { (void)sources[0].zeros(1); });
        continue;
      }
      std::vector<F> points;
      for (std::size_t party = 0; party < n; ++party) {
        points.push_back(shamir.point(party));
        zeros.push_back(sources[party].zeros(size));
      }
      std::vector<F> room(size, F::one());
      const std::vector<std::span<const F>> rows(zeros.begin(), zeros.end());
      parley::ShamirReconstruction<F>(who, points, 2 * t).reconstruct_checked(rows, room);
      CHECK(room == std::vector<F>(size));
      CHECK(parley::test::code_of([&] {
              parley::ShamirReconstruction<F>(who, points, 2 * t - 1).reconstruct_checked(rows, room);
            }) == parley::ErrorCode::inconsistent_shares);
      // What comes next is other values.
      std::vector<std::vector<F>> more;
      for (auto& source : sources) more.push_back(source.random(size));
      CHECK(shamir.reconstruct_checked(who, more) != values);
    }
}

TEST_CASE("replicated values over a ring cost no communication either") {
  TestRandom random(2);
  auto sources = sources_of<parley::Z2To64>(deal_pseudorandom_keys({4, 2}, parley::preferred_cipher(), random));
  std::vector<std::vector<parley::Z2To64>> shares;
  for (auto& source : sources) shares.push_back(source.replicated(9));
  const parley::Replicated<parley::Z2To64> scheme({.parties = 4, .privacy_threshold = 2});
  const auto values = scheme.reconstruct_checked(first_numbers(4), shares);
  CHECK(std::ranges::adjacent_find(values) == values.end());
  CHECK(sources[0].replicated(0).empty());
}

TEST_CASE("keys from all parties' contributions are common to those who have them, and depend on each contribution") {
  const ReplicatedParameters parameters{5, 2};
  const parley::detail::Subsets subsets(parameters);
  std::vector<std::vector<std::vector<Seed>>> sent;
  for (std::size_t party = 0; party < 5; ++party) {
    TestRandom random(party);
    sent.push_back(contribute_pseudorandom_keys(parameters, party, random));
    for (std::size_t to = 0; to < 5; ++to) CHECK(sent[party][to].size() == (to == party ? 6 : 3));
  }
  const auto received_by = [&](std::size_t party) {
    std::vector<std::vector<Seed>> received;
    for (std::size_t from = 0; from < 5; ++from) received.push_back(sent[from][party]);
    return received;
  };
  std::map<std::size_t, Seed> key_of_set;
  for (std::size_t party = 0; party < 5; ++party) {
    const auto keys = combine_pseudorandom_keys(parameters, party, Cipher::chacha20, received_by(party));
    CHECK(keys.party == party);
    REQUIRE(keys.keys.expose().size() == 6);
    for (std::size_t i = 0; i < 6; ++i) {
      const auto [known, is_new] = key_of_set.try_emplace(subsets.without_party(party)[i], keys.keys.expose()[i]);
      CHECK(known->second == keys.keys.expose()[i]);
    }
    // Every seed that arrives goes into one key, and no other.
    for (std::size_t from = 0; from < 5; ++from)
      for (std::size_t i = 0; i < sent[from][party].size(); ++i) {
        auto received = received_by(party);
        received[from][i][31] ^= std::byte{1};
        const auto others = combine_pseudorandom_keys(parameters, party, Cipher::chacha20, received);
        std::size_t changed = 0;
        for (std::size_t key = 0; key < 6; ++key)
          changed += others.keys.expose()[key] == keys.keys.expose()[key] ? 0 : 1;
        CHECK(changed == 1);
      }
  }
  CHECK(key_of_set.size() == 10);
  std::set<Seed> different;
  for (const auto& [set, key] : key_of_set) different.insert(key);
  CHECK(different.size() == 10);

  auto received = received_by(2);
  received[4].pop_back();
  require_refusal("party 4 contributed to 2 keys of party 2, they have 3 in common",
                  [&] { (void)combine_pseudorandom_keys(parameters, 2, Cipher::chacha20, received); });
  received.pop_back();
  require_refusal("contributions of 4 parties were given, there are 5",
                  [&] { (void)combine_pseudorandom_keys(parameters, 2, Cipher::chacha20, received); });
}

TEST_CASE("keys that cannot be are refused") {
  TestRandom random(3);
  require_refusal("has too many parts", [&] { (void)deal_pseudorandom_keys({40, 20}, Cipher::chacha20, random); });
  require_refusal("has too many parts", [&] { (void)contribute_pseudorandom_keys({40, 20}, 0, random); });
  require_refusal("there is no party 3", [&] { (void)contribute_pseudorandom_keys({3, 1}, 3, random); });
  auto keys = deal_pseudorandom_keys({3, 1}, Cipher::chacha20, random);
  keys[1].keys.expose().pop_back();
  require_refusal("1 keys were given for a party that has 2",
                  [&] { (void)PseudorandomSharing<parley::Mersenne61>(keys[1]); });
  const auto many = deal_pseudorandom_keys({5, 1}, Cipher::chacha20, random);
  PseudorandomSharing<F5> few_points(many[0]);
  CHECK(few_points.replicated(3).size() == 12);
  require_refusal("has fewer points other than 0 than there are parties (5)", [&] { (void)few_points.random(1); });
  require_refusal("has fewer points other than 0 than there are parties (5)", [&] { (void)few_points.zeros(1); });
}
