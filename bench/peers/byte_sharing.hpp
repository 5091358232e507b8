// SPDX-License-Identifier: Apache-2.0
// What libraries that share bytes over GF(2^8) modulo 0x11D have in common: bytes instead of elements, and results too
// long to be compared at full length.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include "contest.hpp"
#include "parley/field/binary256.hpp"
#include "sharing.hpp"

namespace parley_bench {

using Byte = parley::GF256ReedSolomon;

/// The elements as these libraries take them, who do not promise to leave them alone by their types, but do.
inline unsigned char* bytes(std::span<const Byte> elements) {
  static_assert(sizeof(Byte) == 1 && Byte::memory_is_encoding);
  return const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(elements.data()));
}

inline std::vector<unsigned char*> pointers(const std::vector<parley::Buffer<Byte>>& rows) {
  std::vector<unsigned char*> result;
  for (const auto& row : rows) result.push_back(bytes(row));
  return result;
}

/// The first and the last elements.
inline std::vector<Byte> ends(std::span<const Byte> elements) {
  const std::size_t length = std::min<std::size_t>(elements.size() / 2, 8192);
  std::vector<Byte> result(elements.begin(), elements.begin() + static_cast<std::ptrdiff_t>(length));
  result.insert(result.end(), elements.end() - static_cast<std::ptrdiff_t>(length), elements.end());
  return result;
}

/// The secrets that the first parties' shares are of, at their ends, according to parley.
inline std::vector<Byte> secrets_of(const parley::ShamirParameters& parameters,
                                    const std::vector<parley::Buffer<Byte>>& shares) {
  const parley::Shamir<Byte> scheme(parameters);
  std::vector<std::size_t> who(scheme.parties());
  std::iota(who.begin(), who.end(), std::size_t{0});
  std::vector<std::vector<Byte>> ends_of_shares;
  for (const auto& share : shares) ends_of_shares.push_back(ends(share));
  return scheme.reconstruct_checked(who, ends_of_shares);
}

/// Shares of operand<Byte>(1, shape.secrets) by parley.
inline std::vector<parley::Buffer<Byte>> shares_by_parley(const SharingShape& shape) {
  const parley::Shamir<Byte> scheme(shape.parameters);
  std::vector<parley::Buffer<Byte>> shares(scheme.parties(), parley::Buffer<Byte>(shape.secrets));
  std::vector<std::span<Byte>> rows(shares.begin(), shares.end());
  parley::Buffer<Byte> scratch(scheme.scratch_size(shape.secrets));
  parley::SystemRandom random;
  scheme.share_into(operand<Byte>(1, shape.secrets), random, rows, scratch);
  return shares;
}

}  // namespace parley_bench
