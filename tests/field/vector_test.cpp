// SPDX-License-Identifier: Apache-2.0
// What the kernels compute is checked for each field by its own test (field/kernel_conformance.hpp); here is how they
// are called.
#include "parley/field/vector.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "parley/core/error.hpp"
#include "parley/field/mersenne61.hpp"

using F = parley::Mersenne61;

TEST_CASE("kernels take vectors, arrays and spans") {
  std::vector<F> out(3);
  const std::vector<F> a = {F{1}, F{2}, F{3}};
  const std::array<F, 3> b = {F{10}, F{20}, F{30}};
  parley::vector::add<F>(out, a, b);
  REQUIRE(out == std::vector<F>{F{11}, F{22}, F{33}});
  parley::vector::multiply_add(std::span(out), a, F{2});
  REQUIRE(out == std::vector<F>{F{13}, F{26}, F{39}});
  parley::vector::multiply_add(std::span(out), a, b);
  REQUIRE(out == std::vector<F>{F{23}, F{66}, F{129}});
  REQUIRE(parley::vector::inner_product(std::span(a), b) == F{140});
  REQUIRE(parley::vector::sum<F>(b) == F{60});
}

TEST_CASE("empty vectors are vectors") {
  std::vector<F> none;
  std::vector<std::byte> no_bytes;
  parley::vector::add<F>(none, none, none);
  parley::vector::invert<F>(none);
  parley::vector::encode<F>(no_bytes, none);
  REQUIRE(parley::vector::decode<F>(none, no_bytes));
  REQUIRE(parley::vector::sum<F>(none) == F::zero());
  REQUIRE(parley::vector::inner_product<F>(none, none) == F::zero());
}

TEST_CASE("an error of lengths says which") {
  std::vector<F> two(2), three(3);
  try {
    parley::vector::subtract<F>(two, two, three);
    FAIL("no error");
  } catch (const parley::Error& error) {
    REQUIRE(error.code() == parley::ErrorCode::invalid_argument);
    REQUIRE(std::string(error.what()) == "vector::subtract: lengths 2 and 3 differ");
  }
}
