// SPDX-License-Identifier: Apache-2.0
// The arithmetic of wide integers, against GMP.
#include "parley/field/wide_integer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "catch.hpp"
#include "field/gmp_oracle.hpp"
#include "field/law.hpp"
#include "parley/core/integer.hpp"
#include "parley/core/random.hpp"
#include "sanitized.hpp"

namespace {

using parley::WideInteger;
using parley::testing::BigInteger;
using parley::testing::Law;

static_assert(std::is_trivially_copyable_v<WideInteger<3>> && sizeof(WideInteger<3>) == 24);
static_assert(WideInteger<3>() == 0 && WideInteger<3>(7) * 6 - 2 == 40 && (~WideInteger<3>() >> 191) == 1);
static_assert(WideInteger<2>(~parley::uint128{0}) + 1 == 0 && WideInteger<2>(5) % 3 == 2);
static_assert(static_cast<std::uint64_t>((WideInteger<3>(9) << 128) >> 127) == 18);
static_assert(static_cast<parley::uint128>(WideInteger<3>(parley::uint128{3} << 100)) == parley::uint128{3} << 100);

template <std::size_t words>
void check() {
  using Wide = WideInteger<words>;
  Law sums("+, -, * wrap around"), logic("&, |, ^, ~ are +, - and * of bits"), shifts("<< and >> are * and / by 2^k"),
      order("<, ==, ... are those of integers"), division("/ and % are those of integers"), decimal("to_string");
  const BigInteger radix = BigInteger(~Wide()) + BigInteger(parley::uint128{1});

  std::vector<Wide> values = {Wide(), Wide(1), Wide(10), ~Wide(), ~Wide() - 1};
  for (std::size_t bit = 1; bit < Wide::bits; bit += parley::test::sanitized ? 84 : 21) {
    values.push_back(Wide(1) << bit);
    values.push_back((Wide(1) << bit) - 1);
  }
  parley::TestRandom random(6);
  for (int i = 0; i < 20; ++i) {
    Wide value;
    random.fill(std::as_writable_bytes(std::span(&value, 1)));
    values.push_back(value >> (7 * static_cast<std::size_t>(i)));
  }
  for (const Wide& a : values) {
    const BigInteger x(a);
    decimal.check(to_string(a) == to_string(x), a);
    for (std::size_t k = 0; k <= Wide::bits; k += 13) {
      BigInteger power(parley::uint128{1});
      for (std::size_t i = 0; i < k; ++i) power = power + power;
      shifts.check(BigInteger(a << k) == (x * power).modulo(radix), a, k);
      shifts.check(BigInteger(a >> k) * power == x - x.modulo(power), a, k);
    }
    for (const Wide& b : values) {
      const BigInteger y(b);
      Wide sum = a, difference = a;
      sum += b;
      difference -= b;
      sums.check(BigInteger(sum) == (x + y).modulo(radix) && BigInteger(difference) == (x - y).modulo(radix) &&
                     BigInteger(a * b) == (x * y).modulo(radix) && a + b == sum && a - b == difference,
                 a, b);
      logic.check((a ^ b) + (a & b) + (a & b) == a + b && (a | b) == (a ^ b) + (a & b) && ~a == ~Wide() - a &&
                      (a & ~Wide()) == a,
                  a, b);
      const bool less = !(x == y) && x + (y - x).modulo(radix) == y;  // y - x does not wrap around
      order.check(
          (a < b) == less && (a > b) == (b < a) && (a <= b) == !(b < a) && (a >= b) == !less && (a == b) == (x == y), a,
          b);
      if (b == 0) continue;
      division.check(BigInteger(a % b) == x.modulo(y) && BigInteger(a / b) * y == x - x.modulo(y), a, b);
    }
  }
  for (const Law* law : {&sums, &logic, &shifts, &order, &division, &decimal}) law->conclude();
}

}  // namespace

TEST_CASE("wide integers agree with GMP") {
  check<1>();
  check<2>();
  check<3>();
  check<9>();
}

TEST_CASE("bytes of wide integers come the least significant first") {
  std::array<std::byte, 17> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i + 1);
  const auto value = parley::detail::load_low_bytes<WideInteger<3>, 17>(bytes);
  REQUIRE(value.words == std::array<std::uint64_t, 3>{0x0807060504030201, 0x100f0e0d0c0b0a09, 0x11});
  std::array<std::byte, 17> out;
  parley::detail::store_low_bytes<17>(std::span(out), value);
  REQUIRE(out == bytes);
  std::array<std::byte, 9> low;
  parley::detail::store_low_bytes<9>(std::span(low), value);
  REQUIRE(low[8] == std::byte{9});
}
