// SPDX-License-Identifier: Apache-2.0
// What any error in any pass of a shuffle makes of its verification: a failure, also where a later error takes it away
// again; and all that is to be verified is shown.
#include "parley/engine/shuffle_verification.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/permutation_network.hpp"
#include "parley/engine/shamir_shuffle.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/net/link.hpp"

namespace {

using namespace parley;
using namespace parley::test;

template <class F>
using Columns = std::vector<Buffer<F>>;

/// What is added to an entry after a pass, as by deviating parties: a sharing of it plus an error [GIPST14].
struct Falsification {
  std::size_t pass, column, row;
  std::uint64_t error;
};

/// Shows a ShuffleVerification what happens, falsified, and counts.
template <class F>
class Falsifying {
 public:
  static constexpr bool verifies = true;

  Falsifying(detail::ShuffleVerification<F, RandomStream>& verification, std::vector<Falsification> falsifications)
      : verification_(verification), falsifications_(std::move(falsifications)) {}

  void add_tags(Columns<F>& columns) {
    verification_.add_tags(columns);
    width = columns.size();
  }
  void record_pass(Columns<F>& columns) {
    for (const Falsification& act : falsifications_)
      if (act.pass == passes) columns[act.column][act.row] += F(act.error);
    ++passes;
    verification_.record_pass(columns);
  }
  void remove_tags(Columns<F>& columns) { verification_.remove_tags(columns); }
  void record_controls(std::span<const F> bits) {
    controls += bits.size();
    verification_.record_controls(bits);
  }
  void record_exchanges(std::span<const F> x, std::span<const F> y, std::span<const F> z) {
    exchanges += z.size();
    verification_.record_exchanges(x, y, z);
  }

  std::size_t width = 0, passes = 0, controls = 0, exchanges = 0;

 private:
  detail::ShuffleVerification<F, RandomStream>& verification_;
  std::vector<Falsification> falsifications_;
};

template <class F>
struct Parts {
  Parts(Network& network, TestRandom& random, detail::PairwiseStreams<RandomStream>& streams, std::size_t t,
        unsigned security_bits)
      : domain(network, streams, t, Link::local()),
        opening(network, t),
        products(network, domain, opening, t, security_bits, Link::local()),
        verification(domain, products),
        shuffle(network, random, streams, domain, t) {}

  bool is_right() {
    try {
      products.verify();
      return true;
    } catch (const Error&) {
      return false;
    }
  }

  detail::ShamirDomain<F, RandomStream> domain;
  detail::VerifiedOpening<F> opening;
  detail::ProductVerification<F, RandomStream> products;
  detail::ShuffleVerification<F, RandomStream> verification;
  detail::ShamirShuffle<F, TestRandom> shuffle;
};

/// Whether a shuffle of random rows, falsified like this, passes its verification, at each of three parties.
template <class F>
std::vector<bool> passes_of_three(const std::vector<std::vector<Falsification>>& shuffles, std::size_t rows,
                                  unsigned security_bits, std::uint64_t seed) {
  const auto ends = with_streams(3, seed, [&](Network& network, TestRandom& random, auto& streams) {
    std::vector<bool> right;
    for (const auto& falsifications : shuffles) {
      Parts<F> parts(network, random, streams, 1, security_bits);  // after a failure nothing else is verified
      Columns<F> columns{parts.domain.random(rows), parts.domain.random(rows)};
      Falsifying<F> falsifying(parts.verification, falsifications);
      parts.shuffle.shuffle(columns, falsifying);
      right.push_back(parts.is_right());
    }
    return right;
  });
  CHECK(ends[1] == ends[0]);
  CHECK(ends[2] == ends[0]);
  return ends[0];
}

}  // namespace

TEST_CASE("an error in any entry after any pass of a shuffle is found") {
  std::vector<std::vector<Falsification>> shuffles{{}};
  for (const std::size_t pass : {0u, 1u, 2u})
    for (const std::size_t column : {0u, 1u, 2u})  // the last one is the tags'
      for (const std::size_t row : {0u, 3u}) shuffles.push_back({{pass, column, row, 1 + row}});
  const auto right = passes_of_three<Mersenne61>(shuffles, 4, 40, 1);
  for (std::size_t k = 0; k < right.size(); ++k) CHECK(right[k] == (k == 0));
}

TEST_CASE("errors in a shuffle that cancel where its order is as guessed are found whether they do or not") {
  // Whoever is in the first and the last group does not know the order in between, in which the row is moved; whether
  // the errors cancel is whether it is moved to the guessed place.
  const std::uint64_t minus_five = Mersenne61::modulus - 5;
  std::vector<std::vector<Falsification>> shuffles;
  for (std::size_t attempt = 0; attempt < 12; ++attempt)
    for (const std::size_t guess : {0u, 1u}) shuffles.push_back({{0, 0, 0, 5}, {2, 0, guess, minus_five}});
  for (const bool right : passes_of_three<Mersenne61>(shuffles, 2, 40, 2)) CHECK(!right);
}

TEST_CASE("an error in shuffled rows passes as often as a key is guessed, and there are as many tags as that takes") {
  // An error passes a tag for one of 8191 keys, and what else is checked as seldom, for any one of few coins: more than 2
  // of 100 with a probability below 1e-5.
  using Small = SmallPrime<8191>;
  std::size_t passed = 0;
  const std::vector<std::vector<Falsification>> shuffles(50, {{1, 0, 0, 1}});
  for (std::uint64_t seed = 0; seed < 2; ++seed)
    for (const bool right : passes_of_three<Small>(shuffles, 2, 1, seed)) passed += right;
  CHECK(passed <= 2);
  for (const auto& [bits, tags] : {std::pair<unsigned, std::size_t>{1, 1}, {12, 1}, {13, 2}, {40, 4}}) {
    const auto widths = with_streams(3, 4, [&, bits = bits](Network& network, TestRandom& random, auto& streams) {
      Parts<Small> parts(network, random, streams, 1, bits);
      Columns<Small> columns{parts.domain.random(2)};
      Falsifying<Small> counting(parts.verification, {});
      parts.shuffle.shuffle(columns, counting);
      return std::pair(counting.width, columns.size());
    });
    CHECK(widths[0] == std::pair<std::size_t, std::size_t>(1 + tags, 1));
  }
}

TEST_CASE("a network's controls that are no bits, and exchanges with errors, are found; all of them are shown") {
  using F = Mersenne61;
  constexpr std::size_t rows = 3, t = 3;
  const auto ends = with_streams(7, 5, [&](Network& network, TestRandom& random, auto& streams) {
    std::vector<bool> right;
    {
      Parts<F> parts(network, random, streams, t, 40);
      Columns<F> columns{parts.domain.random(rows), parts.domain.random(rows)};
      Falsifying<F> counting(parts.verification, {});
      parts.shuffle.shuffle(columns, counting);
      right.push_back(parts.is_right());
      std::size_t exchanges = 0;
      const detail::PermutationNetwork layers(rows);
      for (std::size_t l = 0; l < layers.depth(); ++l) exchanges += layers.layer(l).size();
      right.push_back(counting.controls == (t + 1) * exchanges && counting.exchanges == 2 * (t + 1) * exchanges);
    }
    for (const std::uint64_t control : {0u, 1u, 2u}) {
      Parts<F> parts(network, random, streams, t, 40);
      parts.verification.record_controls(Buffer<F>{F(1), F(control), F(0)});
      right.push_back(parts.is_right());
    }
    for (const std::uint64_t error : {0u, 1u}) {
      Parts<F> parts(network, random, streams, t, 40);
      const Buffer<F> x = parts.domain.random(5), y = parts.domain.random(5);
      Buffer<F> z = parts.domain.multiply(x, y);
      z[3] += F(error);
      parts.verification.record_exchanges(x, y, z);
      right.push_back(parts.is_right());
    }
    return right;
  });
  for (const auto& right : ends) CHECK(right == std::vector<bool>{true, true, true, true, false, true, false});
}
