// SPDX-License-Identifier: Apache-2.0
// Prime fields that others have named: the orders of the groups that cryptography uses, in which their exponents
// (private keys, nonces) are shared, and two primes with many roots of unity.
// [SEC2] SEC 2: Recommended Elliptic Curve Domain Parameters, version 2.0, 2010.
// [SP800-186] NIST SP 800-186: Recommendations for Discrete Logarithm-based Cryptography, 2023.
// [RFC7748] Elliptic Curves for Security, 2016.  [RFC9496] The ristretto255 and decaf448 Groups, 2023.
// [Bow17] Bowe: BLS12-381: New zk-SNARK Elliptic Curve Construction, 2017.
#pragma once

#include "parley/field/montgomery.hpp"

namespace parley {

/// Integers modulo the order of secp256k1. [SEC2, section 2.4.1]
using Secp256k1Scalar = Montgomery<"0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141">;

/// Integers modulo the order of P-256. [SP800-186, section 3.2.1]
using P256Scalar = Montgomery<"0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551">;

/// Integers modulo the order of P-384.
using P384Scalar = Montgomery<
    "0xffffffffffffffffffffffffffffffffffffffffffffffff"
    "c7634d81f4372ddf581a0db248b0a77aecec196accc52973">;

/// Integers modulo the order of P-521.
using P521Scalar = Montgomery<
    "0x1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
    "fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409">;

/// Integers modulo the order of ristretto255, which is that of the base points of Curve25519 and Ed25519. [RFC7748,
/// section 4.1; RFC9496]
using Ristretto255Scalar = Montgomery<"0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed">;
using Curve25519Scalar = Ristretto255Scalar;

/// Integers modulo the order of decaf448, which is that of the base points of Curve448 and Ed448. [RFC7748, section
/// 4.2]
using Curve448Scalar = Montgomery<
    "0x3fffffffffffffffffffffffffffffffffffffffffffffffffffffff"
    "7cca23e9c44edb49aed63690216cc2728dc58f552378c292ab5844f3">;

/// Integers modulo the order of the groups of BLS12-381. [Bow17]
using Bls12_381Scalar = Montgomery<"0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001">;

/// Integers modulo 2^64 - 2^32 + 1, with roots of unity of order 2^32: for number-theoretic transforms (NTT).
using NttPrime64 = Montgomery<"0xffffffff00000001">;

/// Integers modulo 2^66 * 4611686018427387897 + 1, a prime just below 2^128 with roots of unity of order 2^66.
using NttPrime128 = Montgomery<"0xffffffffffffffe40000000000000001">;

}  // namespace parley
