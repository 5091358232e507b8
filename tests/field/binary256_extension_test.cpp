// SPDX-License-Identifier: Apache-2.0
// GF(2^64) over GF(2^8): bytes keep their sums and products in it, and shares stay shares.
#include "parley/field/binary256_extension.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "field/field_conformance.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/concepts.hpp"
#include "parley/poly/lagrange.hpp"

using namespace parley;

namespace {

std::vector<GF256> all_bytes() {
  std::vector<GF256> bytes;
  for (std::uint64_t k = 0; k < 256; ++k) bytes.push_back(GF256(k));
  return bytes;
}

std::vector<GF256To8> embedded(const std::vector<GF256>& bytes) {
  std::vector<GF256To8> elements(bytes.size());
  embed_bytes(elements, bytes);
  return elements;
}

}  // namespace

static_assert(BinaryField<GF256To8>);
static_assert(GF256To8::embed(1) == GF256To8::one() && GF256To8::embed(0x100) == GF256To8(2));

TEST_CASE("GF(2^64) over GF(2^8) keeps the laws of a field") { parley::testing::check_field<GF256To8>(); }

TEST_CASE("embedded bytes have the same sums and products") {
  const std::vector<GF256> bytes = all_bytes();
  const std::vector<GF256To8> images = embedded(bytes);
  bool sums = true, products = true;
  for (std::size_t a = 0; a < 256; ++a) {
    CHECK(images[a] == GF256To8::embed(a));
    for (std::size_t b = 0; b < 256; ++b) {
      sums &= images[a] + images[b] == images[(bytes[a] + bytes[b]).value()];
      products &= images[a] * images[b] == images[(bytes[a] * bytes[b]).value()];
    }
  }
  CHECK(sums);
  CHECK(products);
}

TEST_CASE("eight bytes are one element, for each of which there are others") {
  // Linear over GF(2), so that it is one to one if 64 images are independent: elimination leaves none of them 0.
  std::vector<std::uint64_t> rows;
  for (unsigned bit = 0; bit < 64; ++bit) rows.push_back(GF256To8::embed(std::uint64_t{1} << bit).value());
  std::size_t rank = 0;
  for (unsigned bit = 0; bit < 64; ++bit)
    for (std::size_t i = rank; i < rows.size(); ++i)
      if ((rows[i] >> bit & 1) != 0) {
        std::swap(rows[rank], rows[i]);
        for (std::size_t k = 0; k < rows.size(); ++k)
          if (k != rank && (rows[k] >> bit & 1) != 0) rows[k] ^= rows[rank];
        ++rank;
        break;
      }
  CHECK(rank == 64);
  CHECK(GF256To8::embed(0x0503).value() == (GF256To8::embed(3) + GF256To8::embed(5) * GF256To8(2)).value());
}

TEST_CASE("embedded shares of bytes are shares of the embedded byte") {
  const std::vector<GF256> coefficients{GF256(0x53), GF256(0xCA), GF256(7)};
  std::vector<GF256> shares;
  std::vector<GF256To8> nodes;
  for (std::uint64_t party = 1; party <= 3; ++party) {
    const GF256 x = GF256::embed(party);
    shares.push_back(coefficients[0] + x * (coefficients[1] + x * coefficients[2]));
    nodes.push_back(GF256To8::embed(party));
  }
  const std::vector<GF256To8> weights = lagrange_coefficients<GF256To8>(nodes, GF256To8::embed(0));
  const std::vector<GF256To8> images = embedded(shares);
  GF256To8 value;
  for (std::size_t k = 0; k < 3; ++k) value += weights[k] * images[k];
  CHECK(value == embedded({coefficients[0]})[0]);
}
