// SPDX-License-Identifier: Apache-2.0
// Additive shares with a MAC on every secret, of field elements and of bits, as one party holds them. [DPSZ12] Damgard,
// Pastro, Smart, Zakarias: Multiparty computation from somewhat homomorphic encryption, CRYPTO 2012. [DKLPSS13]
// Damgard, Keller, Larraia, Pastro, Scholl, Smart: Practical covertly secure MPC for dishonest majority - or: breaking
// the SPDZ limits, ESORICS 2013. [NNOB12] Nielsen, Nordholt, Orlandi, Burra: A new approach to practical active-secure
// two-party computation, CRYPTO 2012.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "parley/engine/bit_planes.hpp"
#include "parley/engine/shared.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/wide_binary.hpp"

namespace parley {

/// The scheme of SpdzEngine. A secret x is the sum of all parties' shares, and key * x the sum of their shares of its
/// MAC, for a key that is the sum of all parties' shares of it: no n - 1 parties know anything of x or of the key.
/// [DKLPSS13, section 2.2]
struct AuthenticatedSharing {};

/// What one party holds of one secret in F.
template <Field F>
struct AuthenticatedShare {
  F share{}, mac{};

  friend AuthenticatedShare operator+(const AuthenticatedShare& x, const AuthenticatedShare& y) {
    return {x.share + y.share, x.mac + y.mac};
  }
  friend AuthenticatedShare operator-(const AuthenticatedShare& x, const AuthenticatedShare& y) {
    return {x.share - y.share, x.mac - y.mac};
  }
  friend AuthenticatedShare operator*(const AuthenticatedShare& x, const F& factor) {
    return {x.share * factor, x.mac * factor};
  }
  AuthenticatedShare& operator+=(const AuthenticatedShare& other) { return *this = *this + other; }
  AuthenticatedShare& operator-=(const AuthenticatedShare& other) { return *this = *this - other; }
};

template <Field F>
struct Representation<F, AuthenticatedSharing> {
  using Share = AuthenticatedShare<F>;
  /// 1 at party 0, 0 at the others; and of its MAC, which is the key, the party's share of the key.
  using One = Share;

  // an array of pairs of elements has no gaps
  static_assert(sizeof(Share) == 2 * sizeof(F) && alignof(Share) == alignof(F));
  static std::span<F> elements(std::span<Share> shares) {
    return {reinterpret_cast<F*>(shares.data()), 2 * shares.size()};
  }
  static std::span<const F> elements(std::span<const Share> shares) {
    return {reinterpret_cast<const F*>(shares.data()), 2 * shares.size()};
  }
  static Share sum(std::span<const Share> shares) {
    Share total;
    for (const Share& share : shares) total += share;
    return total;
  }
};

/// One party's shares of the MAC keys: of field elements, and of bits.
template <Field F>
struct MacKeys {
  F field{};
  GF2To64 bits{};
};

namespace detail {

/// The components of a bit's share: the bit's, and those of the 64 bits of its MAC, an element of GF(2^64). So whole
/// words of bits are computed on, and a word of 64 bits has the 64 words after it as its MACs. The public number 1 has
/// the key as its MAC.
inline BitLayout authenticated_layout(std::size_t self, const GF2To64& key) {
  return {.lane_bits = 1, .components = 65, .one = {self == 0, key.value()}};
}

}  // namespace detail

}  // namespace parley
