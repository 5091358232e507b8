// SPDX-License-Identifier: Apache-2.0
// Tests of core/bit_transpose.hpp: both forms against the definition, on random matrices and on single bits.
#include "parley/core/bit_transpose.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

#include "catch.hpp"
#include "core/backends.hpp"
#include "parley/core/random.hpp"

namespace {

using parley::detail::BitMatrix;

BitMatrix by_definition(const BitMatrix& matrix) {
  BitMatrix result{};
  for (std::size_t i = 0; i < 64; ++i)
    for (std::size_t j = 0; j < 64; ++j) result[i] |= (matrix[j] >> i & 1) << j;
  return result;
}

void check(void (*transpose)(BitMatrix&) noexcept) {
  for (std::size_t i = 0; i < 64; ++i)
    for (std::size_t j = 0; j < 64; ++j) {
      BitMatrix matrix{};
      matrix[i] = std::uint64_t{1} << j;
      BitMatrix transposed{};
      transposed[j] = std::uint64_t{1} << i;
      transpose(matrix);
      REQUIRE(matrix == transposed);
    }
  parley::TestRandom random(1);
  for (int round = 0; round < 100; ++round) {
    BitMatrix matrix;
    random.fill(std::as_writable_bytes(std::span(matrix)));
    BitMatrix transposed = matrix;
    transpose(transposed);
    REQUIRE(transposed == by_definition(matrix));
  }
}

}  // namespace

TEST_CASE("A matrix of bits is transposed by portable code") { check(parley::detail::transpose_portable); }

TEST_CASE("A matrix of bits is transposed on this machine") {
  parley::test::under_each_backend(
      [] { check([](BitMatrix& matrix) noexcept { parley::detail::transpose(matrix); }); });
}
