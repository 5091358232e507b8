// SPDX-License-Identifier: Apache-2.0
// The fields of characteristic two.
#include "field_benchmarks.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/wide_binary.hpp"

namespace {

using namespace parley_bench;

const bool registered = [] {
  measure_field<parley::GF256>("GF256");
  measure_field<parley::GF256ReedSolomon>("GF256ReedSolomon");
  measure_field<parley::GF2To64>("GF2To64");
  measure_field<parley::GF2To128>("GF2To128");
  return true;
}();

}  // namespace
