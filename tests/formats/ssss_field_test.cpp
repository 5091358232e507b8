// SPDX-License-Identifier: Apache-2.0
// The fields of ssss are fields, and their polynomials those that the table of [Ser98] has.
#include "parley/formats/ssss_field.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/random.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/wide_binary.hpp"
#include "refusal.hpp"

namespace {

using parley::ssss::Field;
using Element = Field::Element;

// Polynomials over GF(2) as their bits in words, the way a textbook computes with them.
using Polynomial = std::vector<std::uint64_t>;

std::optional<std::size_t> degree_of(const Polynomial& f) {
  for (std::size_t i = f.size(); i-- > 0;)
    if (f[i] != 0) return 64 * i + static_cast<std::size_t>(std::bit_width(f[i])) - 1;
  return std::nullopt;
}

void add_shifted(Polynomial& f, const Polynomial& g, std::size_t shift) {
  for (std::size_t i = 0; i < g.size(); ++i) {
    const std::size_t word = i + shift / 64;
    if (word < f.size()) f[word] ^= g[i] << (shift % 64);
    if (shift % 64 != 0 && word + 1 < f.size()) f[word + 1] ^= g[i] >> (64 - shift % 64);
  }
}

// f modulo x^k + x^a + x^b + x^c + 1
void reduce(Polynomial& f, std::size_t k, const std::array<unsigned, 3>& middle) {
  for (std::size_t i = 64 * f.size(); i-- > k;) {
    if ((f[i / 64] >> (i % 64) & 1) == 0) continue;
    for (const std::size_t place : {i, i - k + middle[0], i - k + middle[1], i - k + middle[2], i - k})
      f[place / 64] ^= std::uint64_t{1} << (place % 64);
  }
}

Polynomial square(const Polynomial& f) {
  Polynomial result(2 * f.size());
  for (std::size_t i = 0; i < 64 * f.size(); ++i) result[2 * i / 64] |= (f[i / 64] >> (i % 64) & 1) << (2 * i % 64);
  return result;
}

bool are_coprime(Polynomial f, Polynomial g) {
  for (;;) {
    const auto degree = degree_of(f), other = degree_of(g);
    if (!other) return degree && *degree == 0;
    if (!degree) return *other == 0;
    if (*degree < *other)
      std::swap(f, g);
    else
      add_shifted(f, g, *degree - *other);
  }
}

// x^(2^k) = x, and x^(2^(k/p)) - x has no factor in common with the polynomial for the primes p of k [Rabin 1980].
bool is_irreducible(std::size_t k, const std::array<unsigned, 3>& middle) {
  Polynomial modulus(k / 64 + 1), x(k / 64 + 1);
  for (const std::size_t place :
       {k, std::size_t{middle[0]}, std::size_t{middle[1]}, std::size_t{middle[2]}, std::size_t{0}})
    modulus[place / 64] ^= std::uint64_t{1} << (place % 64);
  x[0] = 2;
  Polynomial power = x;
  for (std::size_t i = 1; i <= k; ++i) {
    power = square(power);
    reduce(power, k, middle);
    power.resize(x.size());
    Polynomial difference = power;
    difference[0] ^= 2;
    // Small factors first, which most polynomials have.
    const bool divisor = k % i == 0 && i < k && (i <= 8 || [&] {
                           for (std::size_t d = 2; d < k / i; ++d)
                             if (k / i % d == 0) return false;
                           return true;
                         }());
    if (divisor && !are_coprime(modulus, difference)) return false;
  }
  return power == x;
}

Element some_element(const Field& field, parley::TestRandom& random) {
  parley::Bytes bytes(field.degree() / 8);
  random.fill(bytes);
  return field.from_bytes(bytes);
}

}  // namespace

TEST_CASE("the polynomials are irreducible, and for small degrees no earlier one is") {
  for (std::size_t k = 8; k <= 1024; k += k < 256 ? 8 : 96) {
    const auto middle = Field(k).middle_terms();
    CHECK((middle[0] > middle[1] && middle[1] > middle[2] && middle[2] > 0 && 2 * middle[0] < k + 2 && middle[0] < 64));
    REQUIRE(is_irreducible(k, middle));
    if (k > 96) continue;
    for (unsigned a = 3; a <= middle[0]; ++a)
      for (unsigned b = 2; b < a; ++b)
        for (unsigned c = 1; c < b; ++c)
          if (std::array{a, b, c} < middle) REQUIRE_FALSE(is_irreducible(k, {a, b, c}));
  }
}

TEST_CASE("the laws of a field, for every degree") {
  parley::TestRandom random(1);
  for (std::size_t k = 8; k <= 1024; k += k < 136 ? 8 : 128) {
    const Field field(k);
    CHECK(field.degree() == k);
    const Element a = some_element(field, random), b = some_element(field, random), c = some_element(field, random);
    CHECK(field.multiply(a, b) == field.multiply(b, a));
    CHECK(field.multiply(a, field.multiply(b, c)) == field.multiply(field.multiply(a, b), c));
    CHECK(field.multiply(a, Field::add(b, c)) == Field::add(field.multiply(a, b), field.multiply(a, c)));
    CHECK(field.multiply(a, Field::one()) == a);
    CHECK(field.multiply(a, Field::zero()) == Field::zero());
    CHECK(field.square(a) == field.multiply(a, a));
    CHECK(Field::add(a, a) == Field::zero());
    CHECK(field.multiply(a, field.invert(a)) == Field::one());
    CHECK(field.invert(Field::zero()) == Field::zero());
    // The highest coefficients of both factors: every word of the product and both steps of its reduction.
    parley::Bytes ones(k / 8, std::byte{0xff});
    const Element highest = field.from_bytes(ones);
    CHECK(field.multiply(highest, field.invert(highest)) == Field::one());
    parley::Bytes back(k / 8);
    field.to_bytes(back, a);
    CHECK(field.from_bytes(back) == a);
  }
}

TEST_CASE("products agree with those of other fields modulo the same polynomial") {
  const Field field(8);
  for (unsigned a = 0; a < 256; a += 5)
    for (unsigned b = 0; b < 256; ++b) {
      const parley::GF256 product = parley::GF256(a) * parley::GF256(b);
      REQUIRE(field.multiply(Field::embed(a), Field::embed(b)) == Field::embed(product.value()));
    }
  const Field wide(64), wider(128);
  CHECK(wide.middle_terms() == std::array{4U, 3U, 1U});
  CHECK(wider.middle_terms() == std::array{7U, 2U, 1U});
  parley::TestRandom random(2);
  for (unsigned i = 0; i < 50; ++i) {
    const Element a = some_element(wide, random), b = some_element(wide, random);
    REQUIRE(wide.multiply(a, b)[0] == (parley::GF2To64(a[0]) * parley::GF2To64(b[0])).value());
    const Element c = some_element(wider, random), d = some_element(wider, random);
    const auto value = [](const Element& e) { return parley::uint128{e[1]} << 64 | e[0]; };
    REQUIRE(value(wider.multiply(c, d)) ==
            (parley::GF2To128::from_value(value(c)) * parley::GF2To128::from_value(value(d))).value());
  }
}

TEST_CASE("interpolation finds the values of a polynomial anywhere") {
  parley::TestRandom random(3);
  for (const std::size_t k : {8U, 72U, 1024U}) {
    const Field field(k);
    for (std::size_t count = 1; count <= 4; ++count) {
      std::vector<Element> coefficients, points, values;
      for (std::size_t i = 0; i < count; ++i) coefficients.push_back(some_element(field, random));
      const auto value_at = [&](const Element& x) {
        Element y = Field::zero();
        for (std::size_t i = count; i-- > 0;) y = Field::add(field.multiply(y, x), coefficients[i]);
        return y;
      };
      for (std::size_t i = 0; i < count; ++i) {
        points.push_back(Field::embed(7 * i + 1));
        values.push_back(value_at(points.back()));
      }
      for (const std::uint64_t at : {0U, 1U, 100U}) {
        const auto weights = field.lagrange_coefficients(points, Field::embed(at));
        Element sum = Field::zero();
        for (std::size_t i = 0; i < count; ++i) sum = Field::add(sum, field.multiply(weights[i], values[i]));
        CHECK(sum == value_at(Field::embed(at)));
      }
    }
  }
}

TEST_CASE("degrees that ssss has not are refused, and so many points has a field") {
  for (const std::size_t degree : {0U, 7U, 12U, 1032U})
    parley::test::check_refusal("invalid_argument: a security level of " + std::to_string(degree), [&] {
      static_cast<void>(Field(degree));
      return 0;
    });
  CHECK(Field(8).order_exceeds(255));
  CHECK(!Field(8).order_exceeds(256));
  CHECK(!Field(56).order_exceeds(std::uint64_t{1} << 56));
  CHECK(Field(64).order_exceeds(~std::uint64_t{0}));
}
