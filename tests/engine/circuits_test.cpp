// SPDX-License-Identifier: Apache-2.0
// The circuits compute what they say, on all small numbers and on many large ones, with as many rounds and conjunctions
// as they say; and the link decides which of two circuits is taken.
#include "parley/engine/circuits.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/clear.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/net/link.hpp"

namespace {

using namespace parley;

struct Scheme {};
using Bits = SharedBits<Scheme>;

/// Bits that are shared with nobody, and a count of what their conjunctions would cost.
struct CountingBits {
  Link link = Link::local();
  std::size_t rounds = 0;
  std::size_t conjunctions = 0;

  Bits and_(std::span<const Conjunction> batch) {
    ++rounds;
    conjunctions += batch.size() * batch.front().x.planes->size();
    return Bits(detail::conjoin_in_clear(batch));
  }
  double seconds(double of_rounds, double of_conjunctions) const { return link.seconds(of_rounds, of_conjunctions); }
};

/// Rounds cost nothing or everything.
constexpr Link slow_bytes{1e-9, 1}, slow_rounds{1e12, 1e18};

using Numbers = std::vector<std::uint64_t>;

Bits shared(const Numbers& numbers, std::size_t width) {
  return Bits(PublicBits::from_integers(numbers, width).planes());
}
Numbers opened(const Bits& bits) { return PublicBits(bits.planes()).to_integers(); }

struct Pairs {
  Numbers x, y;
};

Pairs all_pairs(std::uint64_t x_end, std::uint64_t y_end) {
  Pairs pairs;
  for (std::uint64_t x = 0; x < x_end; ++x)
    for (std::uint64_t y = 0; y < y_end; ++y) {
      pairs.x.push_back(x);
      pairs.y.push_back(y);
    }
  return pairs;
}

/// Pairs of numbers of 61 bits: extreme ones, equal ones, ones that differ in one bit, and uniform ones.
Pairs large_pairs() {
  const std::uint64_t p = (std::uint64_t{1} << 61) - 1;
  Pairs pairs;
  for (const std::uint64_t x : {std::uint64_t{0}, std::uint64_t{1}, p / 2, p / 2 + 1, p - 2, p - 1})
    for (const std::uint64_t y : {std::uint64_t{0}, std::uint64_t{1}, p / 2, p / 2 + 1, p - 1, p}) {
      pairs.x.push_back(x);
      pairs.y.push_back(y);
    }
  TestRandom random(1);
  for (std::size_t k = 0; k < 2000; ++k) {
    const std::uint64_t x = uniform_below(random, p);
    pairs.x.push_back(x);
    pairs.y.push_back(k % 3 == 0 ? uniform_below(random, p) : k % 3 == 1 ? x : x ^ std::uint64_t{1} << k % 61);
  }
  return pairs;
}

void check_comparisons(const Pairs& pairs, std::size_t width) {
  const std::size_t size = pairs.x.size(), depth = test::ceil_log2(width);
  Numbers less, equal;
  for (std::size_t k = 0; k < size; ++k) {
    less.push_back(pairs.x[k] < pairs.y[k]);
    equal.push_back(pairs.x[k] == pairs.y[k]);
  }
  const Bits x = shared(pairs.x, width), y = shared(pairs.y, width);
  const PublicBits known = PublicBits::from_integers(pairs.x, width);
  const auto check = [&](const auto& left, bool is_public) {
    const std::size_t saved_round = is_public ? 1 : 0;
    for (const bool with_equality : {false, true}) {
      CountingBits binary;
      const auto result = detail::compare_in_tree(binary, left, y, with_equality);
      REQUIRE(opened(result.less) == less);
      if (with_equality) REQUIRE(opened(result.equal) == equal);
      CHECK(binary.rounds == 1 + depth - saved_round);
      CHECK(binary.conjunctions ==
            size * (width + 2 * (width - 1) - (with_equality ? 0 : depth) - saved_round * width));
      for (const Link& link : {slow_bytes, slow_rounds}) {
        CountingBits choosing{link};
        const auto chosen = detail::compare(choosing, left, y, with_equality);
        REQUIRE(opened(chosen.less) == less);
        if (with_equality) REQUIRE(opened(chosen.equal) == equal);
        if (width < 5) continue;  // the two circuits hardly differ
        const bool is_tree = choosing.rounds == binary.rounds && choosing.conjunctions == binary.conjunctions;
        CHECK(is_tree == (link.seconds_per_round == slow_rounds.seconds_per_round));
      }
    }
    CountingBits rippling;
    REQUIRE(opened(detail::compare_rippling(rippling, left, y)) == less);
    CHECK(rippling.rounds == width - saved_round);
    CHECK(rippling.conjunctions == size * (width - saved_round));
  };
  check(x, false);
  check(known, true);
}

/// The planes that the layers of the prefix circuit conjoin.
std::size_t prefix_conjunctions(std::size_t width) {
  std::size_t planes = 0;
  for (std::size_t block = 1; block < width; block *= 2)
    for (std::size_t i = 0; i < width; ++i) planes += (i & block) != 0 ? 2 : 0;
  return planes;
}

void check_additions(const Pairs& pairs, std::size_t width) {
  const std::uint64_t p = (std::uint64_t{1} << width) - 1;
  const std::size_t size = pairs.x.size();
  Numbers sums;
  for (std::size_t k = 0; k < size; ++k) sums.push_back((pairs.x[k] + pairs.y[k]) % p);
  const auto check = [&](const auto& left, const Bits& right, bool is_public) {
    const std::size_t saved_round = is_public ? 1 : 0;
    CountingBits tree, rippling;
    REQUIRE(opened(detail::add_in_tree(tree, left, right)) == sums);
    REQUIRE(opened(detail::add_rippling(rippling, left, right)) == sums);
    const bool feeds_back = width > 1;
    CHECK(tree.rounds == 1 + test::ceil_log2(width) + (feeds_back ? 1 : 0) - saved_round);
    CHECK(tree.conjunctions == size * (width + prefix_conjunctions(width) + (width - 1) - saved_round * width));
    CHECK(rippling.rounds == 2 * width - 1 - saved_round);
    CHECK(rippling.conjunctions == size * (2 * width - 1 - saved_round));
    for (const Link& link : {slow_bytes, slow_rounds}) {
      CountingBits choosing{link};
      REQUIRE(opened(detail::add_modulo_mersenne(choosing, left, right)) == sums);
      if (width > 4)
        CHECK(choosing.rounds ==
              (link.seconds_per_round == slow_rounds.seconds_per_round ? tree.rounds : rippling.rounds));
    }
  };
  const Bits x = shared(pairs.x, width), y = shared(pairs.y, width);
  check(x, y, false);
  check(y, x, false);
  check(PublicBits::from_integers(pairs.x, width), y, true);
  check(PublicBits::from_integers(pairs.y, width), x, true);
}

}  // namespace

TEST_CASE("numbers are compared, all pairs of up to six bits") {
  for (std::size_t width = 1; width <= 6; ++width)
    check_comparisons(all_pairs(std::uint64_t{1} << width, std::uint64_t{1} << width), width);
}

TEST_CASE("numbers are compared, of 61 bits") { check_comparisons(large_pairs(), 61); }

TEST_CASE("numbers are added modulo a Mersenne prime, or what is none, all pairs of up to six bits") {
  for (std::size_t width = 1; width <= 6; ++width) {
    const std::uint64_t p = (std::uint64_t{1} << width) - 1;
    check_additions(all_pairs(p, p + 1), width);
  }
}

TEST_CASE("numbers are added modulo 2^61 - 1") { check_additions(large_pairs(), 61); }

namespace {

/// The planes that the prefix circuit conjoins where no carry comes in: twice the ones of 0, ..., carries - 1 and one.
std::size_t addition_in_tree(std::size_t carries) {
  std::size_t ones = 0;
  for (std::size_t i = 0; i < carries; ++i) ones += static_cast<std::size_t>(std::popcount(i));
  return 2 * ones + 1;
}

/// Sums of columns of numbers of `width` bits, by both forms of the last addition.
void check_sums(const std::vector<Numbers>& terms, std::size_t width) {
  const std::size_t size = terms[0].size(), carries = width - 1;
  Numbers sums(size);
  std::vector<Bits> numbers;
  for (const Numbers& term : terms) {
    for (std::size_t k = 0; k < size; ++k) sums[k] = (sums[k] + term[k]) & ((std::uint64_t{1} << width) - 1);
    numbers.push_back(shared(term, width));
  }
  std::size_t rounds = 0, adders = 0;  // that leave two numbers
  for (std::size_t left = terms.size(); left > 2; left -= left / 3) {
    ++rounds;
    adders += left / 3;
  }
  CHECK(adders == (terms.size() < 2 ? 0 : terms.size() - 2));
  const std::size_t additions = terms.size() < 2 ? 0 : 1;
  for (const Link& link : {slow_bytes, slow_rounds}) {
    CAPTURE(width, terms.size(), link.seconds_per_round);
    CountingBits binary{link};
    REQUIRE(opened(detail::sum_modulo_power_of_two(binary, numbers)) == sums);
    if (carries == 0) {
      CHECK(binary.rounds == 0);
      continue;
    }
    const bool in_tree = link.seconds_per_round == slow_rounds.seconds_per_round;
    CHECK(binary.rounds == rounds + additions * (in_tree ? 1 + test::ceil_log2(carries) : carries));
    CHECK(binary.conjunctions ==
          size * (adders * carries + additions * (in_tree ? addition_in_tree(carries) : carries)));
  }
}

}  // namespace

TEST_CASE("numbers are added modulo a power of two, all pairs and triples of up to five bits") {
  for (std::size_t width = 1; width <= 5; ++width) {
    const std::uint64_t end = std::uint64_t{1} << width;
    const Pairs pairs = all_pairs(end, end);
    check_sums({pairs.x, pairs.y}, width);
    const Pairs triples = all_pairs(end * end, end);
    Numbers high, low;
    for (const std::uint64_t both : triples.x) {
      high.push_back(both / end);
      low.push_back(both % end);
    }
    check_sums({high, low, triples.y}, width);
  }
}

TEST_CASE("up to nine numbers are added modulo a power of two") {
  for (std::size_t terms = 1; terms <= 9; ++terms)
    for (const std::size_t width : {4U, 34U, 61U, 63U}) {
      TestRandom random(terms);
      std::vector<Numbers> columns(terms);
      for (Numbers& column : columns)
        for (std::size_t k = 0; k < 100; ++k)
          column.push_back(k == 0 ? (std::uint64_t{1} << width) - 1 : uniform_below(random, std::uint64_t{1} << width));
      check_sums(columns, width);
    }
}

TEST_CASE("the bits of each number are conjoined") {
  for (std::size_t width = 0; width <= 9; ++width) {
    Numbers numbers, all_set;
    for (std::uint64_t x = 0; x >> width == 0; ++x) {
      numbers.push_back(x);
      all_set.push_back(x + 1 == std::uint64_t{1} << width);
    }
    CountingBits binary;
    const Bits result = detail::conjunction_of_all(binary, shared(numbers, width));
    if (width > 0) REQUIRE(opened(result) == all_set);
    CHECK(result.width() == (width == 0 ? 0 : 1));
    CHECK(binary.rounds == (width == 0 ? 0 : test::ceil_log2(width)));
    CHECK(binary.conjunctions == (width == 0 ? 0 : (width - 1) * numbers.size()));
  }
}
