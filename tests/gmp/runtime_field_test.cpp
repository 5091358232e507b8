// SPDX-License-Identifier: Apache-2.0
// Prime fields chosen at run time: the laws of fields, GMP's own integers as the oracle, and all that is refused.
#include "parley/gmp/runtime_field.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "field/gmp_oracle.hpp"
#include "field/law.hpp"
#include "gmp/primes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"

namespace {

using namespace parley;
using namespace parley::testing;
using gmp::Element;
using gmp::RuntimeField;

BigInteger integer_of(const Element& x) {
  BigInteger result;
  x.to_integer(result.get());
  return result;
}

/// `size` bytes of a number, the least significant first.
std::vector<std::byte> bytes_of(const BigInteger& number, std::size_t size) {
  std::vector<std::byte> bytes(size);
  mpz_export(bytes.data(), nullptr, -1, 1, 0, 0, number.get());
  return bytes;
}

void require_error(ErrorCode code, const std::string& reason, const std::function<void()>& call) {
  try {
    call();
    FAIL("no Error was thrown");
  } catch (const Error& error) {
    CHECK(error.code() == code);
    CHECK_THAT(error.what(), Catch::Matchers::ContainsSubstring(reason));
  }
}

/// Gives bytes that were written down.
class Script {
 public:
  explicit Script(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}
  void fill(std::span<std::byte> out) {
    REQUIRE(out.size() <= left());
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(used_), out.size(), out.begin());
    used_ += out.size();
  }
  Script child(std::string_view) const { return *this; }
  std::size_t left() const { return bytes_.size() - used_; }

 private:
  std::vector<std::byte> bytes_;
  std::size_t used_ = 0;
};

}  // namespace

TEST_CASE("a prime of any size makes a field that keeps the laws and agrees with GMP") {
  for (const BigInteger& p : run_time_primes()) {
    const RuntimeField field(p.get());
    INFO(field.name());
    const std::vector<Element> all = specimens(field);
    Law integers("to_integer is below p, element undoes it"), oracle("+, -, *, -x, 1/x agree with GMP"),
        pairs("+ and * commute, a - b = a + -b, compound assignment"), triples("associativity, distributivity"),
        inverses("x x^-1 = 1, and 0 has the inverse 0"), equality("== is equality of integers");
    for (const Element& a : all) {
      const BigInteger x = integer_of(a);
      integers.check(x == x.modulo(p) && field.element(x.get()) == a && to_string(a) == to_string(x), a);
      oracle.check(integer_of(-a) == (BigInteger() - x).modulo(p) && integer_of(a.inverse()) == x.inverse_modulo(p), a);
      inverses.check(a * a.inverse() == (a == field.zero() ? field.zero() : field.one()), a);
      for (const Element& b : all) {
        const BigInteger y = integer_of(b);
        oracle.check(integer_of(a + b) == (x + y).modulo(p) && integer_of(a - b) == (x - y).modulo(p) &&
                         integer_of(a * b) == (x * y).modulo(p),
                     a, b);
        Element sum = a, difference = a, product = a;
        sum += b;
        difference -= b;
        product *= b;
        pairs.check(a + b == b + a && a * b == b * a && a - b == a + -b && sum == a + b && difference == a - b &&
                        product == a * b,
                    a, b);
        equality.check((a == b) == (x == y) && (a == b) == (a.encode() == b.encode()), a, b);
        for (const Element& c : {all[2], all[4], all.back()})
          triples.check((a + b) + c == a + (b + c) && (a * b) * c == a * (b * c) && a * (b + c) == a * b + a * c, a, b,
                        c);
      }
      Element twice = a, square = a, nothing = a;
      const Element &same_twice = twice, &same_square = square, &same_nothing = nothing;
      twice += same_twice;
      square *= same_square;
      nothing -= same_nothing;
      pairs.check(twice == a + a && square == a * a && nothing == field.zero(), a);
    }
    for (const Law* law : {&integers, &oracle, &pairs, &triples, &inverses, &equality}) law->conclude();
  }
}

TEST_CASE("sums of products are reduced once, and a sum begins anew") {
  for (const BigInteger& p : run_time_primes()) {
    const RuntimeField field(p.get());
    const std::vector<Element> all = specimens(field);
    gmp::ProductSum sum(field);
    for (int turn = 0; turn < 2; ++turn) {
      Element expected = field.zero();
      for (int i = 0; i < 5; ++i) {
        for (const Element& a : all) {
          sum.add_product(a, -field.one());  // the largest factor
          sum.add_product(a, all.back());
          expected += a * all.back() - a;
        }
      }
      CHECK(sum.reduce() == expected);
    }
  }
}

TEST_CASE("integers of any length and sign are reduced, and every 64-bit number is an evaluation point") {
  for (const BigInteger& p : run_time_primes()) {
    const RuntimeField field(p.get());
    const BigInteger square = p * p, cube = square * p;
    for (const BigInteger& number :
         {BigInteger(), p, square, cube, cube + BigInteger(uint128{92}), cube - BigInteger(uint128{92}),
          BigInteger() - BigInteger(uint128{1}), BigInteger() - p, BigInteger() - cube - BigInteger(uint128{92})})
      CHECK(integer_of(field.element(number.get())) == number.modulo(p));
    for (const std::uint64_t k : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
      CHECK(field.order_exceeds(k));
      CHECK(integer_of(field.embed(k)) == BigInteger(uint128{k}));
      CHECK(field.element(k) == field.embed(k));
    }
  }
}

TEST_CASE("an element has one encoding, and no other byte string is taken") {
  for (const BigInteger& p : run_time_primes()) {
    const RuntimeField field(p.get());
    INFO(field.name());
    CHECK(field.modulus_bits() == mpz_sizeinbase(p.get(), 2));
    CHECK(field.encoded_size() == (field.modulus_bits() + 7) / 8);
    for (const Element& x : specimens(field)) {
      CHECK(x.encode() == bytes_of(integer_of(x), field.encoded_size()));
      const std::optional<Element> decoded = field.decode(x.encode());
      CHECK((decoded.has_value() && *decoded == x));
    }
    const BigInteger one(uint128{1});
    CHECK(field.decode(bytes_of(p - one, field.encoded_size())).has_value());
    CHECK_FALSE(field.decode(bytes_of(p, field.encoded_size())).has_value());
    CHECK_FALSE(field.decode(bytes_of(p + one, field.encoded_size())).has_value());
    CHECK_FALSE(field.decode(std::vector<std::byte>(field.encoded_size(), std::byte{0xff})).has_value());
    for (std::size_t bit = field.modulus_bits(); bit < 8 * field.encoded_size(); ++bit) {
      BigInteger superfluous;
      mpz_setbit(superfluous.get(), bit);
      CHECK_FALSE(field.decode(bytes_of(superfluous, field.encoded_size())).has_value());
    }
    for (const std::size_t size : {std::size_t{0}, field.encoded_size() - 1, field.encoded_size() + 1})
      CHECK_FALSE(field.decode(std::vector<std::byte>(size)).has_value());
    std::vector<std::byte> room(field.encoded_size() + 1);
    require_error(ErrorCode::invalid_argument, "bytes was given", [&] { field.one().encode(room); });
  }
}

TEST_CASE("uniform elements are samples without superfluous bits, and too large ones are rejected") {
  for (const BigInteger& p : run_time_primes()) {
    const RuntimeField field(p.get());
    const std::size_t size = field.encoded_size();
    const BigInteger one(uint128{1});
    std::vector<std::byte> script;
    const auto append = [&](std::vector<std::byte> sample, bool superfluous_bits) {
      if (superfluous_bits && field.modulus_bits() % 8 != 0)
        sample.back() |= static_cast<std::byte>(0xff << (field.modulus_bits() % 8) & 0xff);
      script.insert(script.end(), sample.begin(), sample.end());
    };
    append(bytes_of(p, size), false);
    append(bytes_of(p, size), true);
    append(bytes_of(p - one, size), true);
    append(bytes_of(one, size), true);
    append(bytes_of(BigInteger(), size), false);
    Script source(script);
    CHECK(field.uniform(source) == -field.one());
    CHECK(source.left() == 2 * size);
    CHECK(field.uniform(source) == field.one());
    CHECK(field.uniform(source) == field.zero());
    CHECK(source.left() == 0);
  }
}

TEST_CASE("moduli that are no odd primes above 2^64 are refused, and so is what is no number") {
  const auto refused = [](const std::string& reason, const std::string& modulus) {
    INFO(modulus);
    require_error(ErrorCode::invalid_argument, reason, [&] { RuntimeField{modulus}; });
  };
  for (const char* tiny : {"0", "1", "2", "3", "7", "0x1fffffffffffffff", "0xffffffffffffffc5", "0xffffffffffffffff"})
    refused("must exceed 2^64", tiny);
  for (const char* even : {"0x10000000000000000", "100000000000000000000"}) refused("even", even);
  // 2^64 + 1, a square and a product of primes, the Carmichael number (6k + 1)(12k + 1)(18k + 1), and
  // the composite numbers of Fermat and Mersenne, which pass Fermat's test to the base 2.
  const BigInteger prime = near_power_of_two(64, 13), other = near_power_of_two(127, -1);
  const std::uint64_t k = 10000146;
  const BigInteger carmichael =
      BigInteger(uint128{6 * k + 1}) * BigInteger(uint128{12 * k + 1}) * BigInteger(uint128{18 * k + 1});
  for (const BigInteger& composite : {near_power_of_two(64, 1), prime * prime, prime * other, carmichael,
                                      near_power_of_two(128, 1), near_power_of_two(131, -1)})
    refused("composite", to_string(composite));
  for (const char* text :
       {"", "0x", "'", "x", "-18446744073709551629", "+18446744073709551629", " 18446744073709551629",
        "18446744073709551629 ", "1e30", "0x1000000000000000g", "100000000000000000d"})
    refused("the modulus", text);
  require_error(ErrorCode::invalid_argument, "must exceed 2^64", [&] { RuntimeField{(BigInteger() - prime).get()}; });
}

TEST_CASE("a field is its modulus, however it is written and whoever made it") {
  const RuntimeField field("18446744073709551629");
  CHECK(field == RuntimeField("0x1000000000000000d"));
  CHECK(field == RuntimeField("0X1'0000'0000'0000'000D"));
  CHECK(field == RuntimeField(near_power_of_two(64, 13).get()));
  CHECK(field.name() == "RuntimeField<0x1000000000000000d>");
  CHECK_FALSE(field == RuntimeField(near_power_of_two(127, -1).get()));
  BigInteger modulus;
  field.modulus(modulus.get());
  CHECK(modulus == near_power_of_two(64, 13));
  CHECK(RuntimeField("18446744073709551629").element(7) * field.element(3) == field.element(21));
}

TEST_CASE("elements of two fields do not mix, and the one that was to change has not") {
  const RuntimeField field(near_power_of_two(127, -1).get()), other(near_power_of_two(128, -159).get());
  Element a = field.element(5);
  const Element b = other.element(7);
  const std::string reason = "different fields";
  require_error(ErrorCode::invalid_argument, reason, [&] { a += b; });
  require_error(ErrorCode::invalid_argument, reason, [&] { a -= b; });
  require_error(ErrorCode::invalid_argument, reason, [&] { a *= b; });
  require_error(ErrorCode::invalid_argument, reason, [&] { static_cast<void>(a == b); });
  gmp::ProductSum sum(field);
  require_error(ErrorCode::invalid_argument, reason, [&] { sum.add_product(a, b); });
  require_error(ErrorCode::invalid_argument, reason, [&] { sum.add_product(b, b); });
  CHECK(sum.reduce() == field.zero());
  CHECK(a == field.element(5));
  CHECK(a.field() == field);
}

TEST_CASE("an element outlives the field that made it, and what was moved from says so") {
  std::optional<RuntimeField> field(std::in_place, "18446744073709551629");
  Element a = field->element(5);
  field.reset();
  CHECK(a * a == a.field().element(25));
  Element b = std::move(a);
  CHECK(to_string(b) == "5");
  for (const std::function<void()>& use : std::vector<std::function<void()>>{
           [&] { static_cast<void>(a.field()); }, [&] { static_cast<void>(a + b); }, [&] { b += a; },
           [&] { static_cast<void>(a.inverse()); }, [&] { static_cast<void>(a.encode()); },
           [&] { static_cast<void>(to_string(a)); }, [&] { static_cast<void>(a == a); }})
    require_error(ErrorCode::invalid_state, "moved from", use);
  a = b;
  CHECK(a == b);
}
