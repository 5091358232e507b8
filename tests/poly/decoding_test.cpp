// SPDX-License-Identifier: Apache-2.0
// Reed-Solomon decoding: everything on tiny fields against a search through all codewords, random words on large ones.
#include "parley/poly/decoding.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "parley/core/random.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/uniform.hpp"
#include "sharing/enumeration.hpp"

using parley::Error;
using parley::ErrorCode;
using parley::Field;
using parley::ReedSolomonCode;
using parley::TestRandom;

namespace {

using F7 = parley::SmallPrime<7>;

template <Field F>
std::vector<F> evaluate(const std::vector<F>& coefficients, const std::vector<F>& points) {
  std::vector<F> word;
  for (const F& x : points) {
    F value;
    for (std::size_t i = coefficients.size(); i-- > 0;) value = value * x + coefficients[i];
    word.push_back(value);
  }
  return word;
}

template <Field F>
std::vector<std::vector<F>> all_codewords(const std::vector<F>& points, std::size_t dimension) {
  std::vector<std::vector<F>> codewords;
  parley::test::for_each_word<F>(dimension, [&](const std::vector<F>& f) { codewords.push_back(evaluate(f, points)); });
  return codewords;
}

template <Field F>
std::vector<std::size_t> differences(const std::vector<F>& a, const std::vector<F>& b) {
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!(a[i] == b[i])) positions.push_back(i);
  return positions;
}

// Decodes every word of the space, and compares with the codeword that a search finds within the capacity.
template <Field F>
void check_every_word(const std::vector<F>& points, std::size_t dimension) {
  const ReedSolomonCode<F> code(points, dimension);
  const auto codewords = all_codewords(points, dimension);
  std::size_t words = 0, right = 0, decoded_words = 0;
  parley::test::for_each_word<F>(points.size(), [&](const std::vector<F>& word) {
    const std::vector<F>* near = nullptr;
    for (const auto& codeword : codewords) {
      std::size_t distance = 0;
      for (std::size_t i = 0; i < word.size(); ++i) distance += codeword[i] == word[i] ? 0 : 1;
      if (distance <= code.capacity()) near = &codeword;
    }
    const auto decoded = code.decode(word);
    ++words;
    decoded_words += decoded ? 1 : 0;
    right += near ? (decoded && decoded->codeword == *near && decoded->wrong == differences(*near, word)) : !decoded;
  });
  CHECK(right == words);
  CHECK(decoded_words >= codewords.size());
}

// Every codeword with every error of at most `most` positions, or more precisely the first few codewords of a large
// code.
template <Field F>
void check_every_error(const std::vector<F>& points, std::size_t dimension, std::size_t step) {
  const ReedSolomonCode<F> code(points, dimension);
  const auto codewords = all_codewords(points, dimension);
  const auto elements = parley::test::all_elements<F>();
  std::size_t tried = 0, right = 0;
  for (std::size_t c = 0; c < codewords.size(); c += step)
    for (std::size_t errors = 0; errors <= code.capacity(); ++errors)
      parley::test::for_each_subset(points.size(), errors, [&](const std::vector<std::size_t>& wrong) {
        parley::test::for_each_number(elements.size() - 1, errors, [&](const std::vector<std::size_t>& values) {
          auto word = codewords[c];
          for (std::size_t i = 0; i < errors; ++i) word[wrong[i]] += elements[values[i] + 1];
          const auto decoded = code.decode(word);
          ++tried;
          right += decoded && decoded->codeword == codewords[c] && decoded->wrong == wrong;
        });
      });
  CHECK(right == tried);
  CHECK(tried > 0);
}

template <Field F>
std::vector<F> first_points(std::size_t count, std::size_t start) {
  std::vector<F> points;
  for (std::size_t i = 0; i < count; ++i) points.push_back(F::embed(start + i));
  return points;
}

}  // namespace

TEST_CASE("every word of a tiny code is decoded as a search through all codewords decodes it") {
  for (std::size_t dimension = 1; dimension <= 3; ++dimension) check_every_word<F7>(first_points<F7>(5, 1), dimension);
  for (std::size_t dimension = 1; dimension <= 4; ++dimension) check_every_word<F7>(first_points<F7>(4, 2), dimension);
  check_every_word<F7>({F7{3}, F7{0}, F7{6}, F7{1}, F7{5}}, 1);  // the point 0 is a point like any other
  check_every_word<F7>({F7{3}, F7{0}, F7{6}, F7{1}, F7{5}}, 2);
  check_every_word<parley::GF16>(first_points<parley::GF16>(3, 0), 1);
  check_every_word<parley::GF16>(first_points<parley::GF16>(3, 12), 2);
}

TEST_CASE("every error within the capacity is corrected and its positions are named") {
  check_every_error<F7>(first_points<F7>(7, 0), 3, 5);
  check_every_error<F7>({F7{4}, F7{6}, F7{1}, F7{2}, F7{5}, F7{3}}, 2, 3);
  check_every_error<parley::GF16>(first_points<parley::GF16>(7, 1), 2, 61);
}

TEMPLATE_TEST_CASE("random errors on large fields are corrected up to the capacity and refused beyond it", "",
                   parley::Mersenne61, parley::Mersenne127, parley::GF256) {
  using F = TestType;
  TestRandom random(3);
  const auto points = first_points<F>(100, 1);
  for (const std::size_t dimension : {1U, 2U, 33U, 34U, 35U, 99U, 100U}) {
    const ReedSolomonCode<F> code(points, dimension);
    std::vector<F> coefficients(dimension);
    fill_uniform(random, std::span<F>(coefficients));
    const auto codeword = evaluate(coefficients, points);
    for (const std::size_t errors :
         {std::size_t{0}, std::size_t{1}, code.capacity() / 2, code.capacity(), code.capacity() + 1}) {
      if (errors > points.size() - dimension) continue;  // more errors than redundancy lead to another codeword
      std::vector<std::size_t> positions(points.size());
      std::iota(positions.begin(), positions.end(), std::size_t{0});
      for (std::size_t i = 0; i < errors; ++i)
        std::swap(positions[i], positions[i + static_cast<std::size_t>(uniform_below(random, positions.size() - i))]);
      positions.resize(errors);
      std::ranges::sort(positions);
      auto word = codeword;
      for (const std::size_t position : positions) {
        F error;
        while (error == F{}) error = parley::uniform<F>(random);
        word[position] += error;
      }
      const auto decoded = code.decode(word);
      INFO("dimension " << dimension << ", errors " << errors);
      if (errors > code.capacity()) {
        // One error too many is 33 for dimension 34: another codeword so near is there with probability below 1/32!.
        CHECK(!decoded);
      } else {
        REQUIRE(decoded);
        CHECK(decoded->codeword == codeword);
        CHECK(decoded->wrong == positions);
      }
    }
  }
}

TEST_CASE("a word in the middle of two codewords goes to neither") {
  using F = parley::Mersenne61;
  const auto points = first_points<F>(8, 1);
  const ReedSolomonCode<F> code(points, 3);
  CHECK(code.capacity() == 2);
  // f and g agree at two points, and the word is f at three of the six others and g at three.
  const auto f = evaluate<F>({F{0}, F{0}, F{0}}, points);
  const auto g = evaluate<F>({F{2}, -F{3}, F{1}}, points);
  REQUIRE(differences(f, g).size() == 6);
  auto word = f;
  for (const std::size_t i : {2U, 4U, 6U}) word[i] = g[i];
  CHECK(!code.decode(word));
  // One step towards g, and only g is within the capacity: errors in collusion beyond it cannot be told from right
  // ones.
  word[7] = g[7];
  const auto decoded = code.decode(word);
  REQUIRE(decoded);
  CHECK(decoded->codeword == g);
  CHECK(decoded->wrong == std::vector<std::size_t>{3, 5});
}

TEST_CASE("codes and words that cannot be are refused") {
  const auto code = [](std::vector<F7> points, std::size_t dimension) {
    return ReedSolomonCode<F7>(std::move(points), dimension);
  };
  const auto refused = [](auto call) {
    try {
      call();
    } catch (const Error& error) {
      return error.code() == ErrorCode::invalid_argument;
    }
    return false;
  };
  const auto points = first_points<F7>(5, 1);
  CHECK(refused([&] { code(points, 0); }));
  CHECK(refused([&] { code(points, 6); }));
  CHECK(refused([&] { code({}, 0); }));
  CHECK(refused([&] { code({}, 1); }));
  for (std::size_t i = 0; i < 5; ++i)
    for (std::size_t j = 0; j < 5; ++j) {
      auto repeated = points;
      repeated[i] = repeated[j];
      CHECK(refused([&] { code(repeated, 2); }) == (i != j));
    }
  for (const std::size_t size : {0U, 4U, 6U})
    CHECK_THROWS_WITH(code(points, 2).decode(std::vector<F7>(size)),
                      "a word of " + std::to_string(size) + " entries for a Reed-Solomon code of length 5");
  CHECK(code(points, 5).capacity() == 0);
  CHECK(code(points, 2).capacity() == 1);
  CHECK(code(points, 1).capacity() == 2);
}
