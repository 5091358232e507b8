// SPDX-License-Identifier: Apache-2.0
// What the tests of the Shamir engine's parts have in common: the parts at every party with reproducible randomness,
// and shares put together again.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/bit_planes.hpp"
#include "parley/engine/pairwise_streams.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/concepts.hpp"
#include "parley/net/network.hpp"
#include "parley/poly/lagrange.hpp"

namespace parley::test {

/// Party `party`'s own randomness in a test with the number `seed`.
inline TestRandom random_of(std::size_t party, std::uint64_t seed) {
  return TestRandom(seed).child("party " + std::to_string(party));
}

/// program(network, random, streams) at each of n parties.
template <class Program>
auto with_streams(std::size_t n, std::uint64_t seed, const Program& program) {
  return simulate(n, [&](Network& network) {
    TestRandom random = random_of(network.self(), seed);
    detail::PairwiseStreams<RandomStream> streams(network, random, "a test");
    return program(network, random, streams);
  });
}

/// The entries of whatever container, as a std::vector.
template <class Entries>
auto listed(const Entries& entries) {
  return std::vector(entries.begin(), entries.end());
}

/// The values at 0 of the polynomials of degree at most t on which shares[party][k] lie; nothing where not all of them
/// do.
template <Field G>
std::optional<std::vector<G>> values_of(const std::vector<std::vector<G>>& shares, std::size_t t) {
  std::vector<G> nodes;
  for (std::size_t party = 0; party <= t; ++party) nodes.push_back(G::embed(party + 1));
  const LagrangeInterpolator<G> interpolator(nodes);
  const auto at = [&](const G& point) {
    const std::vector<G> weights = interpolator.coefficients(point);
    std::vector<G> values(shares[0].size());
    for (std::size_t k = 0; k < values.size(); ++k)
      for (std::size_t party = 0; party <= t; ++party) values[k] += weights[party] * shares.at(party).at(k);
    return values;
  };
  for (std::size_t party = t + 1; party < shares.size(); ++party)
    if (shares[party] != at(G::embed(party + 1))) return std::nullopt;
  return at(G{});
}

/// The bits whose shares at each party are planes[party]; nothing where the shares do not fit together.
inline std::optional<PublicBits> bits_of(const std::vector<BitPlanes>& planes, std::size_t t) {
  const std::size_t width = planes[0].width(), size = planes[0].size();
  PublicBits bits(width, size);
  if (planes.size() == 3) {
    for (std::size_t plane = 0; plane < width; ++plane)
      for (std::size_t party = 0; party < 3; ++party) {
        const auto own = planes[party].component(plane, 0);
        if (!std::ranges::equal(own, planes[(party + 1) % 3].component(plane, 1))) return std::nullopt;
        const auto sum = bits.planes().component(plane, 0);
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] ^= own[i];
      }
    return bits;
  }
  std::vector<std::vector<GF256>> shares;
  for (const BitPlanes& of_party : planes) {
    Bytes bytes(of_party.packed_size());
    of_party.pack(0, bytes);
    auto& row = shares.emplace_back();
    for (const std::byte byte : bytes) row.push_back(GF256::from_value(std::to_integer<std::uint8_t>(byte)));
  }
  const auto values = values_of<GF256>(shares, t);
  if (!values || values->size() != width * size) return std::nullopt;
  for (std::size_t plane = 0; plane < width; ++plane)
    for (std::size_t row = 0; row < size; ++row) {
      const auto value = (*values)[plane * size + row].value();
      if (value > 1) return std::nullopt;
      bits.planes().component(plane, 0)[row / 64] |= std::uint64_t{value} << (row % 64);
    }
  return bits;
}

inline std::size_t ceil_log2(std::size_t number) {
  std::size_t log = 0;
  while ((std::size_t{1} << log) < number) ++log;
  return log;
}

}  // namespace parley::test
