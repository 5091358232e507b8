// SPDX-License-Identifier: Apache-2.0
// What an error in any product over GF(2^8), a bit that is none, or a bad dealing makes of their verification.
#include "parley/engine/byte_verification.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "parley/core/buffer.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/binary256_extension.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/link.hpp"
#include "parley/net/tampering.hpp"
#include "parley/poly/lagrange.hpp"

namespace {

using namespace parley;
using namespace parley::test;

struct Parts {
  Parts(Network& network, std::size_t t, std::uint64_t seed, unsigned security_bits = 40)
      : self(network.self()),
        random(random_of(network.self(), seed)),
        streams(network, random, "a test"),
        domain(network, streams, t, Link::local()),
        verification(network, streams, t, security_bits, Link::local()) {}

  /// Records products of random values, and dealt bits; products[k] and bits[k] are changed by `error` at all parties, as
  /// deviating parties leave a result or deal.
  void record(std::size_t products, std::size_t bits, std::size_t wrong, GF256 error) {
    const Buffer<GF256> x = domain.random(products), y = domain.random(products);
    Buffer<GF256> z = domain.multiply(x, y);
    if (wrong < products) z[wrong] += error;
    const auto [of_x, of_y, of_z] = verification.record_products(products);
    std::ranges::copy(x, of_x.begin());
    std::ranges::copy(y, of_y.begin());
    std::ranges::copy(z, of_z.begin());
    std::vector<GF256> dealt(bits);
    for (std::size_t k = 0; k < bits; ++k) dealt[k] = GF256(k % 3 == 0 ? 1 : 0);
    if (wrong >= products && wrong < products + bits) dealt[wrong - products] += error;
    std::vector<std::size_t> lengths(domain.dealing().parties());
    lengths[1] = bits;
    const auto shares = domain.input(lengths, self == 1 ? std::span<const GF256>(dealt) : std::span<const GF256>());
    verification.record_bits(shares[1]);
  }
  std::optional<ErrorCode> failure() {
    try {
      verification.verify();
      return std::nullopt;
    } catch (const Error& error) {
      return error.code();
    }
  }

  std::size_t self;
  TestRandom random;
  detail::PairwiseStreams<RandomStream> streams;
  detail::ShamirDomain<GF256, RandomStream> domain;
  detail::ByteVerification<RandomStream> verification;
};

}  // namespace

TEST_CASE("right products of bytes and bits pass, and an error in any of them does not") {
  constexpr std::size_t products = 19, bits = 11;
  for (const auto& [n, threshold] : {std::pair<std::size_t, std::size_t>{4, 1}, {5, 2}, {7, 2}}) {
    const std::size_t t = threshold;
    const auto ends = simulate(n, [t](Network& network) {
      Parts parts(network, t, 3, 64);  // two checks side by side
      std::vector<std::optional<ErrorCode>> failures;
      for (std::size_t wrong = 0; wrong <= products + bits; ++wrong) {
        parts.record(products, bits, wrong, GF256(wrong < products ? wrong + 1 : 2 + wrong));
        failures.push_back(parts.failure());
      }
      parts.verification.verify();  // of nothing
      return std::pair(failures, parts.verification.error());
    });
    for (const auto& [failures, error] : ends) {
      for (std::size_t wrong = 0; wrong < products + bits; ++wrong) {
        CAPTURE(n, wrong);
        CHECK(failures[wrong] == ErrorCode::verification_failed);
      }
      CHECK(!failures.back());
      CHECK(error > 0);
      CHECK(error <= static_cast<double>(failures.size()) * std::ldexp(1.0, -64));
    }
  }
}

TEST_CASE("errors of bytes that cancel as bytes are found, in a group and in two") {
  for (const std::size_t second : {5u, 8u})
    for (const auto& failure : simulate(5, [second](Network& network) {
           Parts parts(network, 2, 4);
           const Buffer<GF256> x = parts.domain.random(16), y = parts.domain.random(16);
           Buffer<GF256> z = parts.domain.multiply(x, y);
           z[0] += GF256(9);
           z[second] += GF256(9);
           const auto [of_x, of_y, of_z] = parts.verification.record_products(16);
           std::ranges::copy(x, of_x.begin());
           std::ranges::copy(y, of_y.begin());
           std::ranges::copy(z, of_z.begin());
           return parts.failure();
         }))
      CHECK(failure == ErrorCode::verification_failed);
}

TEST_CASE("the sums that tell whether bytes lie on polynomials are masked") {
  using G = GF256To8;
  // Bits that are all 0, of which the sum without a mask is 0.
  const auto ends = simulate(4, [](Network& network) {
    const std::size_t other = (network.self() + 1) % 4;
    std::vector<Bytes> own, theirs;
    TamperingNetwork watched(
        network, [&](std::uint64_t, std::vector<Bytes>& messages) { own.push_back(messages[other]); },
        [&](std::uint64_t, std::vector<Bytes>& messages) { theirs.push_back(messages[other]); });
    Parts parts(watched, 1, 6);
    const std::vector<G> nodes{G::embed(network.self() + 1), G::embed(other + 1)};
    const std::vector<G> weights = lagrange_coefficients<G>(nodes, G{});
    std::vector<G> opened;
    for (std::size_t run = 0; run < 2; ++run) {
      parts.verification.record_bits(Buffer<GF256>(5));
      const std::size_t before = own.size();
      parts.verification.verify();
      std::vector<G> shares(2);  // shown after coins have been dealt and tossed
      const bool decoded = vector::decode<G>(std::span<G>(shares).first(1), own.at(before + 2)) &&
                           vector::decode<G>(std::span<G>(shares).last(1), theirs.at(before + 2));
      opened.push_back(decoded ? weights[0] * shares[0] + weights[1] * shares[1] : G{});
    }
    return opened;
  });
  for (const auto& opened : ends) {
    CHECK(opened == ends[0]);
    CHECK(!(opened[0] == G{}));
    CHECK(!(opened[0] == opened[1]));
  }
}

TEST_CASE("where n > 2t + 1 bytes on no polynomial of degree t are found before their products are") {
  enum class Kind { product, bits, dealing };
  for (const Kind kind : {Kind::product, Kind::bits, Kind::dealing})
    for (std::size_t victim = 0; victim < 4; ++victim)
      for (const auto& [failure, rounds] : simulate(4, [&](Network& network) {
             Parts parts(network, 1, 5);
             Buffer<GF256> x = parts.domain.random(5);
             if (parts.self == victim && kind != Kind::product) x[3] += GF256(1);
             Buffer<GF256> z = parts.domain.multiply(x, x);
             if (parts.self == victim && kind == Kind::product) z[3] += GF256(1);
             if (kind == Kind::bits) {
               parts.verification.record_bits(x);
             } else {
               const auto [of_x, of_y, of_z] = parts.verification.record_products(5);
               std::ranges::copy(x, of_x.begin());
               std::ranges::copy(x, of_y.begin());
               std::ranges::copy(z, of_z.begin());
               parts.verification.record_dealings(x);
             }
             const Cost before = network.cost();
             const auto code = parts.failure();
             return std::pair(code, (network.cost() - before).rounds);
           })) {
        CHECK(failure == ErrorCode::inconsistent_shares);
        CHECK(rounds == 3);  // coins dealt, tossed, the sums opened
      }
}
