// SPDX-License-Identifier: Apache-2.0
// The tag of shared bytes: it is the polynomial that it says, in whatever pieces, and the proof's bound holds where all
// can be tried.
#include "parley/sharing/manipulation_detection.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "core/backends.hpp"
#include "core/hex.hpp"
#include "parley/core/random.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/uniform.hpp"
#include "parley/sharing/shamir.hpp"
#include "sanitized.hpp"

using namespace parley;

namespace {

std::vector<std::byte> some_bytes(std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>((7 * i + 3) % 256);
  return bytes;
}

GF2To128 counting_key() {
  std::array<std::byte, 16> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i + 1);
  return *GF2To128::decode(bytes);
}

GF2To128 tag_of(GF2To128 key, std::span<const std::byte> bytes) {
  ManipulationTag tag(key);
  tag.update(bytes);
  CHECK(tag.length() == bytes.size());
  return tag.finish();
}

// The definition, term by term.
GF2To128 tag_by_definition(GF2To128 key, std::span<const std::byte> bytes) {
  std::vector<GF2To128> coefficients;
  for (std::size_t first = 0; first < bytes.size(); first += 16) {
    std::array<std::byte, 16> block{};
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(first), std::min<std::size_t>(16, bytes.size() - first),
                block.begin());
    coefficients.push_back(*GF2To128::decode(block));
  }
  coefficients.emplace_back(bytes.size());
  GF2To128 power = key, sum;
  for (std::size_t i = coefficients.size(); i-- > 0; power *= key) sum += coefficients[i] * power;
  std::size_t exponent = 2;
  while (exponent <= coefficients.size()) exponent *= 2;
  power = key;
  for (std::size_t i = 0; i < exponent; ++i) power *= key;  // key^(exponent + 1)
  return sum + power;
}

}  // namespace

TEST_CASE("tags that another program has computed") {
  // By the definition with the integers of Python.
  const std::vector<std::pair<std::size_t, std::string>> known = {{0, "07383b37e64db1e333cb7a98be144d85"},
                                                                  {1, "68dba77b5365cffebbe3c476f9cf9cf9"},
                                                                  {16, "5d458633f661f9a20ce08ee74e7ea5d5"},
                                                                  {40, "b8b7b571476b1d302f3120158de0bc8b"},
                                                                  {100, "9719628920f4635c5b2af76bd56aac17"}};
  for (const auto& [size, hex] : known) {
    std::array<std::byte, 16> encoded{};
    tag_of(counting_key(), some_bytes(size)).encode(encoded);
    CHECK(parley::test::to_hex(encoded) == hex);
  }
}

TEST_CASE("the tag is its definition for all lengths, on every kind of machine") {
  parley::test::under_each_kind_of_machine([] {
    for (std::size_t size = 0; size < 300; size += size < 50 ? 1 : 7)
      REQUIRE(tag_of(counting_key(), some_bytes(size)) == tag_by_definition(counting_key(), some_bytes(size)));
    for (const std::size_t size : {std::size_t{4095}, std::size_t{4096}, std::size_t{4097}, std::size_t{9000}})
      REQUIRE(tag_of(counting_key(), some_bytes(size)) == tag_by_definition(counting_key(), some_bytes(size)));
  });
}

TEST_CASE("the pieces in which bytes come make no difference") {
  const std::vector<std::byte> bytes = some_bytes(10007);
  const GF2To128 whole = tag_of(counting_key(), bytes);
  for (const std::size_t piece : {1U, 3U, 15U, 16U, 17U, 100U, 127U, 128U, 4096U, 5000U}) {
    ManipulationTag tag(counting_key());
    for (std::size_t first = 0; first < bytes.size(); first += piece)
      tag.update(std::span(bytes).subspan(first, std::min(piece, bytes.size() - first)));
    CHECK(tag.finish() == whole);
  }
}

TEST_CASE("a hash at a public point with prepared powers is the same hash") {
  const GF2To128 point = counting_key();
  const detail::HashPowers powers = detail::powers_of_public_point(point);
  for (const std::size_t size : {0U, 5U, 16U, 33U, 128U, 4100U, 10000U}) {
    const std::vector<std::byte> bytes = some_bytes(size);
    PolynomialHash own(point), prepared(powers);
    for (PolynomialHash* hash : {&own, &prepared}) {
      hash->update(bytes);
      hash->update(GF2To128(size));
    }
    CHECK(own.value() == prepared.value());
    const PolynomialHash moved(std::move(own));
    CHECK(moved.value() == prepared.value());
  }
}

// The same code over GF(2^8), a byte in a block, where all keys can be tried: of all differences that were tried, none
// is right for more keys than the bound says, the wrong weights of a false point among them.
TEST_CASE("no manipulation succeeds for more keys than the bound") {
  using F = GF256;
  const auto tag = [](F key, const std::vector<F>& coefficients) {
    F sum = F::zero(), power = key;
    for (const F& coefficient : coefficients) sum = (sum + coefficient) * key;
    for (std::size_t rest = coefficients.size(); rest > 0; rest /= 2) power *= power;
    return power * key + sum;
  };
  TestRandom random(1);
  for (int trial = 0; trial < 3000; ++trial) {
    const std::size_t d = 1 + uniform_below(random, 3), e = 1 + uniform_below(random, 3);
    std::vector<F> right(d), wrong(e);
    fill_uniform(random, std::span<F>(right));
    fill_uniform(random, std::span<F>(wrong));
    if (trial % 2 == 0) {  // few differences, in one place
      wrong = right;
      wrong[uniform_below(random, d)] += F::embed(1 + uniform_below(random, 255));
    }
    if (right == wrong) continue;
    const F added = trial % 3 == 0 ? F::zero() : uniform<F>(random), added_to_tag = uniform<F>(random);
    const F weight = trial % 5 < 3 ? F::one() : F::embed(1 + uniform_below(random, 255));
    std::size_t successes = 0;
    for (std::uint64_t x = 0; x < 256; ++x) {
      const F key = F::embed(x);
      if (tag(weight * key + added, wrong) == weight * tag(key, right) + added_to_tag) ++successes;
    }
    REQUIRE(successes <= 2 * std::max(d, wrong.size()) + 1);
  }
}

TEST_CASE("a million manipulations of shared bytes, none of which passes") {
  // Two of three shares of key, tag and 16 bytes, of which one is changed at random: what is reconstructed from many
  // changed shares at once.
  const std::size_t rounds = parley::test::sanitized ? 5 : 250, batch = 4000;
  const std::vector<std::byte> secret = some_bytes(16);
  TestRandom random(2);
  const GF2To128 key = uniform<GF2To128>(random);
  const std::vector<GF2To128> shared = {key, tag_of(key, secret), *GF2To128::decode(std::span(secret).first<16>())};
  const Shamir<GF2To128> scheme({.parties = 3, .privacy_threshold = 1});
  const auto shares = scheme.share(shared, random);
  const std::vector<std::size_t> who = {0, 2};
  const auto reconstruction = scheme.reconstruction(who);
  std::size_t tried = 0, passed = 0;
  std::vector<GF2To128> row(3 * batch), changed(3 * batch), result(3 * batch);
  for (std::size_t round = 0; round < rounds; ++round) {
    fill_uniform(random, std::span<GF2To128>(changed));
    for (std::size_t i = 0; i < 3 * batch; ++i) {
      row[i] = shares[0][i % 3];
      // Differences of the bytes always, of key and tag in half of the cases each.
      const bool keep = i % 3 != 2 && ((i / 3) >> (i % 3)) % 2 == 0;
      changed[i] = keep ? shares[2][i % 3] : shares[2][i % 3] + changed[i];
    }
    const std::vector<std::span<const GF2To128>> rows = {row, changed};
    reconstruction.reconstruct(rows, result);
    for (std::size_t i = 0; i < 3 * batch; i += 3) {
      std::array<std::byte, 16> bytes{};
      result[i + 2].encode(bytes);
      ManipulationTag tag(result[i]);
      tag.update(bytes);
      ++tried;
      if (tag.finish() == result[i + 1]) ++passed;
    }
  }
  CHECK(tried == rounds * batch);
  CHECK(passed == 0);
}
