// SPDX-License-Identifier: Apache-2.0
// Arithmetic modulo a prime by GMP, as the oracle for the prime fields.
#pragma once

#include <gmp.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "catch.hpp"
#include "field/law.hpp"
#include "field/specimens.hpp"
#include "parley/core/integer.hpp"
#include "parley/core/random.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "parley/field/wide_integer.hpp"

namespace parley::testing {

class BigInteger {
 public:
  BigInteger() { mpz_init(value_); }
  explicit BigInteger(uint128 value) : BigInteger() {
    const std::uint64_t words[2] = {static_cast<std::uint64_t>(value), static_cast<std::uint64_t>(value >> 64)};
    mpz_import(value_, 2, -1, sizeof(std::uint64_t), 0, 0, words);
  }
  template <std::size_t words>
  explicit BigInteger(const WideInteger<words>& value) : BigInteger() {
    mpz_import(value_, words, -1, sizeof(std::uint64_t), 0, 0, value.words.data());
  }
  /// Hexadecimal digits.
  explicit BigInteger(const std::string& digits) : BigInteger() {
    if (mpz_set_str(value_, digits.c_str(), 16) != 0) throw std::invalid_argument(digits);
  }
  BigInteger(const BigInteger& other) { mpz_init_set(value_, other.value_); }
  BigInteger& operator=(const BigInteger& other) {
    mpz_set(value_, other.value_);
    return *this;
  }
  ~BigInteger() { mpz_clear(value_); }

  mpz_ptr get() { return value_; }
  mpz_srcptr get() const { return value_; }

  friend BigInteger operator+(BigInteger a, const BigInteger& b) {
    mpz_add(a.value_, a.value_, b.value_);
    return a;
  }
  friend BigInteger operator-(BigInteger a, const BigInteger& b) {
    mpz_sub(a.value_, a.value_, b.value_);
    return a;
  }
  friend BigInteger operator*(BigInteger a, const BigInteger& b) {
    mpz_mul(a.value_, a.value_, b.value_);
    return a;
  }
  /// The residue that is not negative.
  BigInteger modulo(const BigInteger& modulus) const {
    BigInteger result;
    mpz_mod(result.value_, value_, modulus.value_);
    return result;
  }
  /// Zero where there is none.
  BigInteger inverse_modulo(const BigInteger& modulus) const {
    BigInteger result;
    if (mpz_invert(result.value_, value_, modulus.value_) == 0) mpz_set_ui(result.value_, 0);
    return result;
  }
  bool is_prime() const { return mpz_probab_prime_p(value_, 30) != 0; }
  friend bool operator==(const BigInteger& a, const BigInteger& b) { return mpz_cmp(a.value_, b.value_) == 0; }
  friend std::string to_string(const BigInteger& a) {
    std::string digits(mpz_sizeinbase(a.value_, 10) + 2, '\0');
    mpz_get_str(digits.data(), 10, a.value_);
    digits.resize(digits.find('\0'));
    return digits;
  }

 private:
  mpz_t value_;
};

/// The scalar operations and the sums of products of F, against GMP, on all pairs of extremes and on random ones.
template <PrimeField F>
void check_against_gmp() {
  const BigInteger p(F::modulus);
  const auto agrees = [&](const F& x, const BigInteger& expected) {
    return BigInteger(x.to_integer()) == expected.modulo(p);
  };
  Law pairs("+, -, * agree with GMP"), singles("-x, the inverse, to_string, from_integer agree with GMP"),
      sums("inner products and sums agree with GMP");

  const std::vector<F> extreme = extremes<F>();
  const auto check_pair = [&](F a, F b) {
    const BigInteger x(a.to_integer()), y(b.to_integer());
    pairs.check(agrees(a + b, x + y) && agrees(a - b, x - y) && agrees(a * b, x * y), a, b);
  };
  for (const F& a : extreme) {
    for (const F& b : extreme) check_pair(a, b);
  }
  TestRandom random(4);
  for (int i = 0; i < 20000; ++i) check_pair(uniform<F>(random), uniform<F>(random));
  pairs.conclude();

  const auto check_single = [&](F a) {
    const BigInteger x(a.to_integer());
    singles.check(
        agrees(-a, BigInteger() - x) && agrees(a.inverse(), x.inverse_modulo(p)) && to_string(a) == to_string(x), a);
  };
  for (const F& a : extreme) check_single(a);
  for (int i = 0; i < 200; ++i) {
    check_single(uniform<F>(random));
    typename F::Integer any;
    random.fill(std::as_writable_bytes(std::span(&any, 1)));
    singles.check(agrees(F::from_integer(any), BigInteger(any)), F::from_integer(any));
    singles.check(agrees(F(static_cast<std::uint64_t>(any)), BigInteger(static_cast<std::uint64_t>(any))),
                  F::from_integer(any));
  }
  singles.conclude();

  for (const std::size_t count : {1U, 63U, 64U, 65U, 128U, 1000U}) {
    std::vector<F> a(count), b(count);
    for (int kind = 0; kind < 3; ++kind) {
      BigInteger products, terms;
      for (std::size_t i = 0; i < count; ++i) {
        a[i] = kind == 0 ? -F::one() : kind == 1 ? extreme[i % extreme.size()] : uniform<F>(random);
        b[i] = kind == 0 ? -F::one() : kind == 1 ? extreme[i * 7 % extreme.size()] : uniform<F>(random);
        products = products + BigInteger(a[i].to_integer()) * BigInteger(b[i].to_integer());
        terms = terms + BigInteger(a[i].to_integer());
      }
      sums.check(agrees(vector::inner_product<F>(a, b), products) && agrees(vector::sum<F>(a), terms), count, kind);
    }
  }
  sums.conclude();
}

}  // namespace parley::testing
