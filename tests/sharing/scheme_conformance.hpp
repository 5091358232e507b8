// SPDX-License-Identifier: Apache-2.0
// The laws of sharing schemes (parley/sharing/concepts.hpp) as tests that every scheme runs through.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "catch.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/field/uniform.hpp"
#include "parley/sharing/concepts.hpp"
#include "refusal.hpp"
#include "sharing/enumeration.hpp"

namespace parley::test {

template <class T>
std::vector<std::vector<T>> rows_of(const std::vector<std::vector<T>>& shares, std::span<const std::size_t> who) {
  std::vector<std::vector<T>> rows;
  for (const std::size_t party : who) rows.push_back(shares[party]);
  return rows;
}

template <Ring F, RandomSource R>
std::vector<F> random_elements(std::size_t count, R& random) {
  std::vector<F> elements(count);
  fill_uniform(random, std::span<F>(elements));
  return elements;
}

/// How many secrets the smallest batch of a scheme has.
template <class S>
std::size_t secrets_at_once(const S& scheme) {
  if constexpr (requires { scheme.secrets_per_polynomial(); })
    return scheme.secrets_per_polynomial();
  else
    return 1;
}

/// For a scheme over a tiny field: the empty string where the joint shares of every set of privacy_threshold() parties
/// have exactly the same distribution for every secret, over all random choices; else the set and two secrets that can
/// be told apart.
template <class S>
std::string exhaustive_leak(const S& scheme) {
  using F = typename S::Value;
  std::vector<std::map<std::string, std::size_t>> counts_of_zero;
  std::string leak;
  for_each_word<F>(secrets_at_once(scheme), [&](const std::vector<F>& secrets) {
    std::vector<std::map<std::string, std::size_t>> counts;
    for_each_tape<F>([&](Tape<F>& tape) {
      const auto shares = scheme.share(secrets, tape);
      std::size_t set = 0;
      for_each_subset(scheme.parties(), scheme.privacy_threshold(), [&](const std::vector<std::size_t>& who) {
        std::vector<typename S::Share> view;
        for (const std::size_t party : who) view.insert(view.end(), shares[party].begin(), shares[party].end());
        if (counts.size() <= set) counts.emplace_back();
        ++counts[set++][key_of<typename S::Share>(view)];
      });
    });
    if (counts_of_zero.empty()) counts_of_zero = counts;  // the first word is all zeros
    for (std::size_t set = 0; set < counts.size(); ++set)
      if (counts[set] != counts_of_zero[set])
        leak = "the shares of set " + std::to_string(set) + " tell the secret " + to_string(secrets.front()) +
               " (or another with it) from 0";
  });
  return leak;
}

/// Every set of enough parties, in several orders, gets the secrets back.
template <SharingScheme S>
void check_all_sets_reconstruct(const S& scheme, std::span<const typename S::Value> secrets,
                                const std::vector<std::vector<typename S::Share>>& shares) {
  const std::vector<typename S::Value> expected(secrets.begin(), secrets.end());
  for (std::size_t size = scheme.reconstruction_threshold(); size <= scheme.parties(); ++size)
    for_each_subset(scheme.parties(), size, [&](std::vector<std::size_t> who) {
      for (std::size_t turn = 0; turn < size; ++turn) {
        REQUIRE(scheme.reconstruct(who, rows_of(shares, who)) == expected);
        std::rotate(who.begin(), who.begin() + 1, who.end());
      }
      std::ranges::reverse(who);
      REQUIRE(scheme.reconstruct(who, rows_of(shares, who)) == expected);
    });
}

template <SharingScheme S>
void check_reconstruction_refuses(const S& scheme, const std::vector<std::vector<typename S::Share>>& shares) {
  const std::size_t needed = scheme.reconstruction_threshold();
  const auto refuses = [&](const std::string& reason, const std::vector<std::size_t>& who,
                           const std::vector<std::vector<typename S::Share>>& rows) {
    require_refusal(reason, [&] { (void)scheme.reconstruct(who, rows); });
  };
  const std::string parties = std::to_string(scheme.parties());
  std::vector<std::size_t> everyone(scheme.parties());
  std::iota(everyone.begin(), everyone.end(), std::size_t{0});

  for (std::size_t size = 0; size < needed; ++size) {
    const std::vector<std::size_t> who(everyone.begin(), everyone.begin() + static_cast<std::ptrdiff_t>(size));
    refuses(std::to_string(size) + " shares were given, " + std::to_string(needed) + " are needed to reconstruct", who,
            rows_of(shares, who));
  }
  for (std::size_t position = 0; position < everyone.size(); ++position) {
    auto who = everyone;
    who[position] = scheme.parties();
    refuses("there is no party " + parties + " among " + parties + " (numbered from 0)", who, shares);
    for (std::size_t other = 0; other < everyone.size(); ++other) {
      if (other == position) continue;
      who[position] = other;
      refuses("party " + std::to_string(other) + " is given twice", who, shares);
    }
    auto rows = shares;
    rows[position].pop_back();
    refuses("shares where party", everyone, rows);
    rows[position] = shares[position];
    rows[position].push_back(shares[position].back());
    refuses("shares where party", everyone, rows);
  }
  auto rows = shares;
  rows.pop_back();
  refuses("vectors of shares were given for " + parties + " parties", everyone, rows);
  rows = shares;
  rows.push_back(shares.front());
  refuses("vectors of shares were given for " + parties + " parties", everyone, rows);
}

/// What holds for a scheme of any size, over any field.
template <SharingScheme S>
void check_scheme(const S& scheme) {
  using F = typename S::Value;
  CHECK(scheme.privacy_threshold() >= 1);
  CHECK(scheme.privacy_threshold() < scheme.reconstruction_threshold());
  CHECK(scheme.reconstruction_threshold() <= scheme.parties());

  TestRandom random(1);
  std::vector<std::size_t> who(scheme.parties());
  std::iota(who.begin(), who.end(), std::size_t{0});
  const std::size_t at_once = secrets_at_once(scheme);
  for (const std::size_t polynomials : {0U, 1U, 2U, 3U, 63U, 64U, 65U, 200U, 4095U, 4096U, 4097U, 9000U}) {
    const std::size_t size = polynomials * at_once;
    const std::vector<F> secrets = random_elements<F>(size, random);
    const auto shares = scheme.share(secrets, random);
    REQUIRE(shares.size() == scheme.parties());
    for (const auto& row : shares) REQUIRE(row.size() == scheme.share_size(size));
    // the last few parties in one order, and some others in another
    std::ranges::reverse(who);
    REQUIRE(scheme.reconstruct(who, rows_of(shares, who)) == secrets);
    std::rotate(who.begin(), who.begin() + 1, who.end());
    const std::span<const std::size_t> enough = std::span(who).first(scheme.reconstruction_threshold());
    REQUIRE(scheme.reconstruct(enough, rows_of(shares, enough)) == secrets);
  }

  // The scheme is linear: shares of sums are sums of shares.
  const std::vector<F> secrets = random_elements<F>(100 * at_once, random),
                       others = random_elements<F>(100 * at_once, random);
  auto shares = scheme.share(secrets, random);
  const auto addends = scheme.share(others, random);
  for (std::size_t party = 0; party < scheme.parties(); ++party)
    for (std::size_t entry = 0; entry < shares[party].size(); ++entry) shares[party][entry] += addends[party][entry];
  const std::vector<F> sums = scheme.reconstruct(who, rows_of(shares, who));
  for (std::size_t entry = 0; entry < secrets.size(); ++entry) REQUIRE(sums[entry] == secrets[entry] + others[entry]);

  // The randomness is the source's and no other, and moves on from one call to the next.
  TestRandom same(7), again(7);
  const auto first = scheme.share(secrets, same);
  CHECK(first == scheme.share(secrets, again));
  CHECK(first != scheme.share(secrets, same));

  check_reconstruction_refuses(scheme, first);
}

/// What can be tried out completely: a scheme over a tiny field, with few parties.
template <SharingScheme S>
void check_scheme_exhaustively(const S& scheme) {
  using F = typename S::Value;
  for_each_word<F>(secrets_at_once(scheme), [&](const std::vector<F>& secrets) {
    for_each_tape<F>(
        [&](Tape<F>& tape) { check_all_sets_reconstruct(scheme, std::span(secrets), scheme.share(secrets, tape)); });
  });
  CHECK(exhaustive_leak(scheme) == "");
}

}  // namespace parley::test
