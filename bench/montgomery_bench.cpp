// SPDX-License-Identifier: Apache-2.0
// The integers modulo odd primes without a special form, of one word to nine.
#include "field_benchmarks.hpp"
#include "parley/field/named_primes.hpp"

namespace {

using namespace parley_bench;

const bool registered = [] {
  measure_field<parley::NttPrime64>("NttPrime64");
  measure_field<parley::NttPrime128>("NttPrime128");
  measure_field<parley::Bls12_381Scalar>("Bls12_381Scalar");
  measure_field<parley::Ristretto255Scalar>("Ristretto255Scalar");
  measure_field<parley::Secp256k1Scalar>("Secp256k1Scalar");
  measure_field<parley::P256Scalar>("P256Scalar");
  measure_field<parley::P384Scalar>("P384Scalar");
  measure_field<parley::Curve448Scalar>("Curve448Scalar");
  measure_field<parley::P521Scalar>("P521Scalar");
  return true;
}();

}  // namespace
