// SPDX-License-Identifier: Apache-2.0
// The laws that every field keeps, whatever it is made of: check_field<F>() tries all that parley/field/concepts.hpp
// states, exhaustively where the field is small, and on extreme, redundant and random elements where it is not;
// check_ring<R>() those of a ring.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "field/kernel_conformance.hpp"
#include "field/law.hpp"
#include "field/specimens.hpp"
#include "parley/core/error.hpp"
#include "parley/core/integer.hpp"
#include "parley/core/random.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/wide_integer.hpp"

namespace parley::testing {

template <Ring F>
using Encoding = std::array<std::byte, F::encoded_size>;

template <Ring F>
Encoding<F> encoding_of(const F& x) {
  Encoding<F> bytes;
  x.encode(bytes);
  return bytes;
}

/// The lowest bytes of an integer, the least significant first.
template <std::size_t size>
std::array<std::byte, size> bytes_of(uint128 value) {
  std::array<std::byte, size> bytes;
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>((value >> (8 * i)) & 0xff);
  return bytes;
}

template <std::size_t size, std::size_t words>
std::array<std::byte, size> bytes_of(const WideInteger<words>& value) {
  std::array<std::byte, size> bytes;
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<std::byte>((value.words[i / 8] >> (8 * (i % 8))) & 0xff);
  return bytes;
}

template <Ring F>
void check_ring_laws() {
  Law neutral("0 and 1 are neutral, 0 annihilates, -x is opposite"),
      pairs("+ and * commute, a - b = a + -b, compound assignment"), addition("+ is associative"),
      multiplication("* is associative"), distribution("* distributes over +"), equality("== is equality of encodings");
  REQUIRE(F{} == F::zero());
  REQUIRE(F{0} == F::zero());
  REQUIRE(F{1} == F::one());
  REQUIRE_FALSE(F::zero() == F::one());

  const std::vector<F> all = specimens<F>();
  const std::vector<F> few = few_specimens<F>();
  for (const F& a : all) {
    neutral.check(a + F::zero() == a && a * F::one() == a && a * F::zero() == F::zero() && a + -a == F::zero() &&
                      a - a == F::zero() && -(-a) == a && F::zero() - a == -a,
                  a);
    for (const F& b : all) {
      F sum = a, difference = a, product = a;
      sum += b;
      difference -= b;
      product *= b;
      pairs.check(a + b == b + a && a * b == b * a && a - b == a + -b && (a - b) + b == a && sum == a + b &&
                      difference == a - b && product == a * b && -a * b == -(a * b),
                  a, b);
      equality.check((a == b) == (encoding_of(a) == encoding_of(b)), a, b);
      for (const F& c : few) {
        addition.check((a + b) + c == a + (b + c), a, b, c);
        multiplication.check((a * b) * c == a * (b * c), a, b, c);
        distribution.check(a * (b + c) == a * b + a * c, a, b, c);
      }
    }
  }
  for (const Law* law : {&neutral, &pairs, &addition, &multiplication, &distribution, &equality}) law->conclude();
}

template <Field F>
void check_inverse() {
  REQUIRE(F::zero().inverse() == F::zero());
  Law inverse("x x^-1 = 1, and the inverse of the inverse is x");
  for (const F& x : specimens<F>()) {
    inverse.check(x == F::zero() || (x * x.inverse() == F::one() && x.inverse().inverse() == x), x);
  }
  inverse.conclude();
}

template <Ring F>
void check_encoding() {
  Law round_trip("decode undoes encode"), canonical("an element has one encoding, however it was computed");
  for (const F& a : specimens<F>()) {
    const std::optional<F> decoded = F::decode(encoding_of(a));
    round_trip.check(decoded.has_value() && *decoded == a, a);
    for (const F& b : few_specimens<F>()) {
      canonical.check(encoding_of((a + b) - b) == encoding_of(a) && encoding_of(-(b - (a + b))) == encoding_of(a), a,
                      b);
      if constexpr (Field<F>)
        canonical.check(b == F::zero() || encoding_of(a * b * b.inverse()) == encoding_of(a), a, b);
    }
  }
  round_trip.conclude();
  canonical.conclude();

  if constexpr (F::encoded_size <= 2) {
    Law rejection("decode takes nothing that encode does not write");
    std::uint64_t accepted = 0;
    for (std::uint64_t k = 0; k < (std::uint64_t{1} << (8 * F::encoded_size)); ++k) {
      const auto bytes = bytes_of<F::encoded_size>(k);
      const std::optional<F> decoded = F::decode(bytes);
      if (decoded) ++accepted;
      rejection.check(!decoded || encoding_of(*decoded) == bytes, k);
    }
    rejection.conclude();
    REQUIRE(F::order_exceeds(accepted - 1));
    REQUIRE_FALSE(F::order_exceeds(accepted));
  }
}

/// from_sample, given every possible sample, gives every element equally often.
template <Field F>
void check_small_sampling() {
  std::map<Encoding<F>, std::size_t> times;
  for (std::uint64_t k = 0; k < (std::uint64_t{1} << (8 * F::sample_size)); ++k) {
    if (const std::optional<F> drawn = F::from_sample(bytes_of<F::sample_size>(k))) ++times[encoding_of(*drawn)];
  }
  REQUIRE(F::order_exceeds(times.size() - 1));
  REQUIRE_FALSE(F::order_exceeds(times.size()));
  Law uniform("every element comes equally often");
  for (const auto& [encoding, count] : times) uniform.check(count == times.begin()->second, *F::decode(encoding));
  uniform.conclude();
}

template <Field F>
void check_embedding() {
  REQUIRE(F::embed(0) == F::zero());
  REQUIRE(F::order_exceeds(0));
  REQUIRE(F::order_exceeds(1));
  std::set<Encoding<F>> points;
  std::uint64_t k = 0;
  for (; k < 1000 && F::order_exceeds(k); ++k) points.insert(encoding_of(F::embed(k)));
  REQUIRE(points.size() == k);
  const auto has_no_point = [](std::uint64_t number) {
    try {
      static_cast<void>(F::embed(number));
      return false;
    } catch (const Error& error) {
      return error.code() == ErrorCode::out_of_range;
    }
  };
  for (const std::uint64_t number : {k, ~std::uint64_t{0}, std::uint64_t{1} << 63, std::uint64_t{1} << 32}) {
    REQUIRE(has_no_point(number) == !F::order_exceeds(number));
  }
}

/// What a prime field promises beyond a field, with the built-in % as the oracle where the modulus leaves room for
/// sums.
template <PrimeField F>
void check_prime_field() {
  using Integer = typename F::Integer;
  constexpr Integer p = F::modulus;
  STATIC_REQUIRE((p >> (F::modulus_bits - 1)) == 1);
  REQUIRE(F::order_exceeds(static_cast<std::uint64_t>(p - 1)));
  if (p <= ~std::uint64_t{0}) REQUIRE_FALSE(F::order_exceeds(static_cast<std::uint64_t>(p)));

  // Every way to name a residue by an integer that is not below the modulus.
  Law reduction("from_integer reduces"), constructor("the constructor reduces");
  std::vector<Integer> integers;
  const auto around = [&](Integer center) {
    for (Integer distance = 0; distance <= 3; ++distance) {
      integers.push_back(static_cast<Integer>(center + distance));
      integers.push_back(static_cast<Integer>(center - distance));  // from the other end below zero
    }
  };
  for (unsigned bit = 0; bit < 8 * sizeof(Integer); ++bit) around(static_cast<Integer>(static_cast<Integer>(1) << bit));
  for (const Integer& multiple :
       {p, static_cast<Integer>(2 * p), static_cast<Integer>(static_cast<Integer>(~Integer{0}) / p * p)})
    around(multiple);
  for (const Integer& value : integers) {
    reduction.check(F::from_integer(value).to_integer() == value % p, F::from_integer(value));
    const auto narrow = static_cast<std::uint64_t>(value);
    constructor.check(F(narrow).to_integer() == narrow % p, narrow);
  }
  reduction.conclude();
  constructor.conclude();

  Law conversion("to_integer is below the modulus, from_integer undoes it, encode writes it");
  for (const F& x : specimens<F>()) {
    conversion.check(x.to_integer() < p && F::from_integer(x.to_integer()) == x &&
                         encoding_of(x) == bytes_of<F::encoded_size>(x.to_integer()),
                     x);
  }
  conversion.conclude();
  REQUIRE(to_string(F::zero()) == "0");
  REQUIRE(to_string(F{5} - F{4}) == "1");

  // The boundary of the encodings, every superfluous bit, and the same for samples, in which superfluous bits are
  // ignored.
  constexpr auto below_bits = static_cast<Integer>(2 * (static_cast<Integer>(1) << (F::modulus_bits - 1)) - 1);
  constexpr auto every_bit =
      static_cast<Integer>(static_cast<Integer>(~Integer{0}) >> (8 * (sizeof(Integer) - F::encoded_size)));
  Law boundary("decode takes what is below the modulus and nothing else"), sampling("from_sample masks and rejects");
  std::vector<Integer> encodings = {0, 1, below_bits, every_bit, p / 2};
  for (Integer distance = 0; distance < 16 && distance < p; ++distance) {
    encodings.push_back(static_cast<Integer>(p - 1 - distance));
    encodings.push_back(static_cast<Integer>((p + distance) & every_bit));
  }
  for (std::size_t i = 0, end = encodings.size(); i < end; ++i) {
    for (unsigned bit = F::modulus_bits; bit < 8 * F::encoded_size; ++bit)
      encodings.push_back(static_cast<Integer>(encodings[i] | (static_cast<Integer>(1) << bit)));
  }
  for (const Integer& value : encodings) {
    const auto bytes = bytes_of<F::encoded_size>(value);
    const std::optional<F> decoded = F::decode(bytes);
    boundary.check(decoded.has_value() == (value < p) && (!decoded || decoded->to_integer() == value),
                   F::from_integer(value));
    const std::optional<F> drawn = F::from_sample(bytes);
    const auto masked = static_cast<Integer>(value & below_bits);
    sampling.check(drawn.has_value() == (masked < p) && (!drawn || drawn->to_integer() == masked),
                   F::from_integer(value));
  }
  boundary.conclude();
  sampling.conclude();
}

/// The product of polynomials over GF(2), reduced by long division: slow, and nothing else.
inline std::uint64_t carryless_product_modulo(std::uint64_t a, std::uint64_t b, std::uint64_t polynomial,
                                              unsigned degree) {
  std::uint64_t product = 0;
  for (unsigned i = 0; i < 32; ++i) product ^= ((b >> i) & 1) != 0 ? a << i : 0;
  for (unsigned i = 63; i >= degree; --i) product ^= ((product >> i) & 1) != 0 ? polynomial << (i - degree) : 0;
  return product;
}

/// What a binary field of at most 256 elements promises beyond a field; exhaustive.
template <BinaryField F>
void check_small_binary_field(std::uint64_t polynomial) {
  REQUIRE_FALSE(F::order_exceeds(std::uint64_t{1} << F::degree));
  Law addition("+ is exclusive or"), multiplication("* is the product of polynomials"),
      reduction("the constructor reduces"), value("from_value undoes value");
  for (std::uint64_t a = 0; F::order_exceeds(a); ++a) {
    value.check(F::embed(a).value() == a && F::from_value(F::embed(a).value()) == F::embed(a), a);
    for (std::uint64_t b = 0; F::order_exceeds(b); ++b) {
      const F x = F::embed(a), y = F::embed(b);
      addition.check((x + y).value() == (a ^ b) && (x - y).value() == (a ^ b), x, y);
      multiplication.check((x * y).value() == carryless_product_modulo(a, b, polynomial, F::degree), x, y);
    }
  }
  for (std::uint64_t k = 0; k < 65536; ++k) {
    reduction.check(F(k).value() == carryless_product_modulo(k, 1, polynomial, F::degree), k);
    const auto truncated = static_cast<typename F::Value>(k);
    value.check(F::from_value(truncated) == F(truncated), k);
  }
  // x^k for k up to 63: the constructor takes 64 coefficients
  std::uint64_t power_of_x = 1;
  for (unsigned bit = 0; bit < 64; ++bit) {
    reduction.check(F(std::uint64_t{1} << bit).value() == power_of_x, bit);
    power_of_x = carryless_product_modulo(power_of_x, 2, polynomial, F::degree);
  }
  reduction.check(F(~std::uint64_t{0}) == F(0xffffffff00000000) + F(0xffffffff), "2^64 - 1");
  for (const Law* law : {&addition, &multiplication, &reduction, &value}) law->conclude();
}

/// All laws that hold for a ring that is no field.
template <Ring R>
void check_ring() {
  INFO(R::name);
  check_ring_laws<R>();
  check_encoding<R>();
  check_kernels<R>();
}

/// All laws that hold for every field. Call check_small_binary_field as well for a binary one, which needs its
/// polynomial.
template <Field F>
void check_field() {
  INFO(F::name);
  check_ring_laws<F>();
  check_inverse<F>();
  check_encoding<F>();
  check_embedding<F>();
  if constexpr (F::sample_size <= 2) check_small_sampling<F>();
  if constexpr (PrimeField<F>) check_prime_field<F>();
  check_kernels<F>();
}

}  // namespace parley::testing
