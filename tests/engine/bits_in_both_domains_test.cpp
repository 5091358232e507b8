// SPDX-License-Identifier: Apache-2.0
// Bits that are dealt over two domains: the same in both, or their dealer is named.
#include "parley/engine/bits_in_both_domains.hpp"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/cheating_party.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/mersenne31.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/wide_binary.hpp"
#include "parley/net/link.hpp"
#include "parley/net/tampering.hpp"

namespace {

using namespace parley;
using namespace parley::test;
using detail::DealtByte;

template <class F>
struct Parts {
  Parts(Network& network, std::size_t t, std::uint64_t seed, unsigned security_bits = 40)
      : random(random_of(network.self(), seed)),
        streams(network, random, "a test"),
        domain(network, streams, t, Link::local()),
        opening(network, t),
        products(network, domain, opening, t, security_bits, Link::local()),
        in_both(network, streams, domain, products, random, t, security_bits, Link::local()) {}

  /// `wrong` is added to byte `position` of what this party deals over GF256.
  auto deal(DealtByte kind, std::size_t count, GF256 wrong = {}, std::size_t position = 0) {
    auto own = in_both.deals() ? in_both.drawn(kind, count) : decltype(in_both.drawn(kind, count))();
    if (!(wrong == GF256())) own.bytes[position] += wrong;
    return in_both.deal(kind, count, own);
  }
  void verify() {
    in_both.verify();
    products.verify();
  }

  TestRandom random;
  detail::PairwiseStreams<RandomStream> streams;
  detail::ShamirDomain<F, RandomStream> domain;
  detail::VerifiedOpening<F> opening;
  detail::ProductVerification<F, RandomStream> products;
  detail::BitsInBothDomains<F, TestRandom> in_both;
};

/// What a run ends with at each honest party: the error's code and the party that it names.
struct End {
  std::optional<ErrorCode> code;
  std::optional<std::size_t> party;
  bool operator==(const End&) const = default;
};

/// Eight of each kind dealt and verified by n parties of which `cheater` commits the acts, over F or over bytes.
template <class F, class Cheated>
std::vector<End> ends_of(std::size_t n, std::size_t t, std::size_t cheater,
                         const std::vector<CheatingAct<Cheated>>& acts) {
  std::vector<End> ends = simulate(n, [&](Network& network) {
    const bool cheats = network.self() == cheater;
    TamperingNetwork tampering(
        network, cheating_party<Cheated>(network, t, cheats ? acts : std::vector<CheatingAct<Cheated>>()));
    try {
      Parts<F> parts(tampering, t, 6);
      static_cast<void>(parts.deal(DealtByte::bit, 8));
      static_cast<void>(parts.deal(DealtByte::mask, 8));
      parts.verify();
      return End{};
    } catch (const Error& error) {
      tampering.give_up("it stopped");
      return End{error.code(), error.party()};
    }
  });
  ends.erase(ends.begin() + static_cast<std::ptrdiff_t>(cheater));
  return ends;
}

template <class F, class Cheated>
std::vector<End> ends_of(std::size_t n, std::size_t t, std::size_t cheater, const CheatingAct<Cheated>& act) {
  return ends_of<F>(n, t, cheater, std::vector{act});
}

template <class F>
void check_honest(std::size_t n, std::size_t t, unsigned security_bits, std::size_t count) {
  const auto ends = simulate(n, [&](Network& network) {
    Parts<F> parts(network, t, 7, security_bits);
    const auto bits = parts.deal(DealtByte::bit, count), masks = parts.deal(DealtByte::mask, count);
    const std::size_t dealt_bits = 2 * (t + 1) * count;
    CHECK(parts.products.size() == dealt_bits);  // each is verified to be a bit
    parts.in_both.verify();
    // And for each combination what hides the sum, and if there are any its higher bits and what is left of it.
    const std::size_t of_sum = PrimeField<F> ? 1 + static_cast<std::size_t>(std::bit_width(count + 1)) : 1;
    CHECK(parts.products.size() == dealt_bits + 2 * (t + 1) * (security_bits > 40 ? 2 : 1) * 44 * of_sum);
    parts.verify();
    parts.in_both.verify();  // of nothing
    std::vector<std::vector<F>> values;
    std::vector<std::vector<GF256>> bytes;
    for (const auto& dealt : {bits, masks})
      for (const auto& of_dealer : dealt) {
        values.emplace_back(of_dealer.values.begin(), of_dealer.values.end());
        bytes.emplace_back(of_dealer.bytes.begin(), of_dealer.bytes.end());
      }
    return std::tuple(values, bytes, parts.in_both.error());
  });
  std::map<std::uint64_t, std::size_t> seen;
  for (std::size_t dealt = 0; dealt < 2 * (t + 1); ++dealt) {
    std::vector<std::vector<F>> values;
    std::vector<std::vector<GF256>> bytes;
    for (const auto& [of_values, of_bytes, error] : ends) {
      values.push_back(of_values[dealt]);
      bytes.push_back(of_bytes[dealt]);
      CHECK(error > 0);
      CHECK(error <= 2 * std::ldexp(1.0, -static_cast<int>(security_bits)));
    }
    const auto opened = values_of<F>(values, t);
    const auto opened_bytes = values_of<GF256>(bytes, t);
    REQUIRE(opened);
    REQUIRE(opened_bytes);
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t byte = (*opened_bytes)[i].value();
      REQUIRE((*opened)[i] == F(byte & 1));
      if (dealt <= t) REQUIRE(byte <= 1);
      if (dealt > t) ++seen[byte];
    }
  }
  CHECK(seen.size() > 100);
}

}  // namespace

TEST_CASE("what is dealt over two domains is the same bits, or masks with them") {
  check_honest<Mersenne61>(5, 2, 40, 150);
  check_honest<Mersenne31>(4, 1, 60, 203);  // two checks side by side
  check_honest<GF2To64>(5, 2, 40, 131);
}

TEST_CASE("a dealer of other bits over one domain than over the other is named, and of what is no bit") {
  using F = Mersenne61;
  struct Wrong {
    DealtByte kind;
    GF256 difference;
    std::size_t position;
  };
  const std::vector<Wrong> all{{DealtByte::bit, GF256(1), 0},  {DealtByte::bit, GF256(1), 7},
                               {DealtByte::bit, GF256(2), 3},  {DealtByte::bit, GF256(0xF1), 5},
                               {DealtByte::mask, GF256(1), 0}, {DealtByte::mask, GF256(0x91), 6},
                               {DealtByte::mask, GF256(6), 2}};  // the last one is as good a mask
  for (const auto& [n, threshold] : {std::pair<std::size_t, std::size_t>{4, 1}, {5, 2}, {7, 2}})
    for (std::size_t cheater = 0; cheater <= threshold; ++cheater)
      for (const Wrong& wrong : all) {
        const auto ends = simulate(n, [&, t = threshold](Network& network) {
          try {
            Parts<F> parts(network, t, 6);
            for (const DealtByte kind : {DealtByte::bit, DealtByte::mask})
              if (network.self() == cheater && kind == wrong.kind)
                static_cast<void>(parts.deal(kind, 8, wrong.difference, wrong.position));
              else
                static_cast<void>(parts.deal(kind, 8));
            parts.verify();
            return End{};
          } catch (const Error& error) {
            return End{error.code(), error.party()};
          }
        });
        CAPTURE(n, cheater, wrong.position);
        const bool found = wrong.kind == DealtByte::bit || (wrong.difference.value() & 1) != 0;
        for (const End& end : ends) CHECK(end == (found ? End{ErrorCode::verification_failed, cheater} : End{}));
      }
}

TEST_CASE("what is dealt over the field as a bit and is none is found") {
  using F = Mersenne61;
  for (std::size_t position = 0; position < 8; ++position)
    for (const auto& end : ends_of<F>(
             5, 2, 2, CheatingAct<F>{.what = Cheat::wrong_product, .round = 2, .position = position, .offset = F(2)}))
      CHECK(end.code.has_value());
}

TEST_CASE("bits on no polynomial of the degree are found, over either domain") {
  using F = Mersenne61;
  for (const std::uint64_t round : {2u, 3u}) {
    for (const auto& end :
         ends_of<F>(4, 1, 0, CheatingAct<F>{.what = Cheat::wrong_degree, .round = round, .position = 3}))
      CHECK(end.code == ErrorCode::inconsistent_shares);
    for (const auto& end : ends_of<F>(
             4, 1, 0,
             CheatingAct<GF256>{.what = Cheat::wrong_degree, .round = round, .position = 8 * F::encoded_size + 3}))
      CHECK(end.code == ErrorCode::inconsistent_shares);
  }
}

TEST_CASE("a dealer cannot make up for other bits by what it deals and opens later") {
  using F = Mersenne61;
  const CheatingAct<GF256> other_bit{
      .what = Cheat::wrong_product, .round = 2, .position = 8 * F::encoded_size + 5, .offset = GF256(1)};
  for (std::uint64_t round = 4; round <= 12; ++round)
    for (const std::size_t position : {0u, 44 * 8u, 44 * 8u + 43u})  // of what hides the sums: over F, and bytes
      for (const auto& end : ends_of<F>(5, 2, 0,
                                        std::vector{other_bit, CheatingAct<GF256>{.what = Cheat::wrong_product,
                                                               .round = round,
                                                               .position = position,
                                                               .offset = GF256(1)}}))
        CHECK(end.code.has_value());
}
