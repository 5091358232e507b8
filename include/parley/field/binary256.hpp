// SPDX-License-Identifier: Apache-2.0
// The fields of 256 elements in use, and a smaller one whose triples a test can enumerate.
// [FIPS197] Advanced Encryption Standard, 2001.
#pragma once

#include "parley/field/small_binary.hpp"

namespace parley {

/// GF(2^8) modulo x^8 + x^4 + x^3 + x + 1 [FIPS197, section 4]: the field of AES, of SLIP-39 and of most byte-wise
/// secret sharing.
using GF256 = SmallBinary<8, 0x11B>;

/// GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1, in which x generates all of the multiplicative group: the field of
/// Reed-Solomon codes, of QR codes and of libgfshare.
using GF256ReedSolomon = SmallBinary<8, 0x11D>;

/// GF(2^4) modulo x^4 + x + 1.
using GF16 = SmallBinary<4, 0x13>;

}  // namespace parley
