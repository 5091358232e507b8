// SPDX-License-Identifier: Apache-2.0
// The named moduli against the standards, and the fields that they make against the laws and GMP.
#include "parley/field/named_primes.hpp"

#include <string>

#include "catch.hpp"
#include "field/field_conformance.hpp"
#include "field/gmp_oracle.hpp"

namespace {

using parley::testing::BigInteger;

/// Against what the standards say in decimal, or what their formulas give.
template <class F>
void check_modulus(const std::string& decimal) {
  INFO(F::name);
  REQUIRE(to_string(BigInteger(F::modulus)) == decimal);
  REQUIRE(BigInteger(F::modulus).is_prime());
}

}  // namespace

TEST_CASE("the named moduli are those of the standards, and prime") {
  check_modulus<parley::Secp256k1Scalar>(
      "115792089237316195423570985008687907852837564279074904382605163141518161494337");
  check_modulus<parley::P256Scalar>("115792089210356248762697446949407573529996955224135760342422259061068512044369");
  check_modulus<parley::P384Scalar>(
      "3940200619639447921227904010014361380507973927046544666794690527962765939911326356939895630815229491355443365394"
      "2"
      "643");
  check_modulus<parley::P521Scalar>(
      "6864797660130609714981900799081393217269435300143305409394463459185543183397655394245057746333217197532963996371"
      "3"
      "63321113864768612440380340372808892707005449");
  check_modulus<parley::Ristretto255Scalar>(
      "7237005577332262213973186563042994240857116359379907606001950938285454250989");
  check_modulus<parley::Curve448Scalar>(
      "1817096810739017226373309519720011335884103401718295150703725497951460039615395857161957552916923759633102937090"
      "9"
      "1662304773755859649779");
  check_modulus<parley::Bls12_381Scalar>(
      "52435875175126190479447740508185965837690552500527637822603658699938581184513");
  check_modulus<parley::NttPrime64>("18446744069414584321");
  check_modulus<parley::NttPrime128>("340282366920938462946865773367900766209");
}

TEST_CASE("the shortest and the longest of the named fields keep the laws of a field") {
  parley::testing::check_field<parley::NttPrime64>();
  parley::testing::check_field<parley::P521Scalar>();
}

TEST_CASE("the named fields agree with GMP") {
  parley::testing::check_against_gmp<parley::Secp256k1Scalar>();
  parley::testing::check_against_gmp<parley::P256Scalar>();
  parley::testing::check_against_gmp<parley::P384Scalar>();
  parley::testing::check_against_gmp<parley::P521Scalar>();
  parley::testing::check_against_gmp<parley::Ristretto255Scalar>();
  parley::testing::check_against_gmp<parley::Curve448Scalar>();
  parley::testing::check_against_gmp<parley::Bls12_381Scalar>();
  parley::testing::check_against_gmp<parley::NttPrime64>();
  parley::testing::check_against_gmp<parley::NttPrime128>();
}
