// SPDX-License-Identifier: Apache-2.0
// The integers modulo Mersenne primes and modulo 2^64.
#include "field_benchmarks.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/mersenne31.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/z2_to_64.hpp"

namespace {

using namespace parley_bench;

const bool registered = [] {
  measure_field<parley::Mersenne31>("Mersenne31");
  measure_field<parley::Mersenne61>("Mersenne61");
  measure_field<parley::Mersenne127>("Mersenne127");
  measure_field<parley::Z2To64>("Z2To64");
  measure_matrix<parley::Mersenne61>("Mersenne61", {512, 512, 512});
  return true;
}();

}  // namespace
