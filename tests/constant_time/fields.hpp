// SPDX-License-Identifier: Apache-2.0
// The fields of the constant-time tests. A new field is a new line here, in both lists if it has kernels.
#pragma once

#include <type_traits>

#include "parley/field/binary256.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/mersenne31.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/montgomery.hpp"
#include "parley/field/named_primes.hpp"
#include "parley/field/small_binary.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/wide_binary.hpp"

namespace parley::testing {

template <class... F>
struct FieldList {
  /// Calls check.operator()<F>() for each field.
  template <class Check>
  static void for_each(Check check) {
    (check.template operator()<F>(), ...);
  }
};

/// For what single elements do: one of each implementation, and of the numbers of words that matter where it is a
/// template.
using Fields = FieldList<SmallPrime<7>,           // bytes
                         SmallPrime<8191>,        // 16 bits
                         SmallPrime<2147483647>,  // 32 bits
                         Mersenne31,              //
                         Mersenne61,              //
                         Mersenne127,             //
                         NttPrime64,              // Montgomery, 1 word
                         Bls12_381Scalar,         // 4 words of which a bit is spare
                         Secp256k1Scalar,         // 4 words without
                         P521Scalar,              // 9 words, out of line
                         GF16,                    //
                         GF256,                   //
                         GF2To64,                 // a word
                         GF2To128                 // two words
                         >;

/// For what is done to vectors: one of each kind of kernel, those that compilers make of the portable loops included.
using FieldsOfKernels = FieldList<SmallPrime<8191>,  //
                                  Mersenne31,        //
                                  Mersenne61,        //
                                  Mersenne127,       //
                                  Bls12_381Scalar,   //
                                  GF256,             //
                                  GF2To64,           //
                                  GF2To128           //
                                  >;

/// For sharing, which is made of those kernels: one of each way to evaluate polynomials.
using FieldsOfSharing = FieldList<SmallPrime<8191>,  // by forward differences, one by one
                                  Mersenne61,        // the same in a kernel of its own
                                  Bls12_381Scalar,   // in several words
                                  GF256              // in the additive basis
                                  >;

}  // namespace parley::testing
