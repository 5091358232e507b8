// SPDX-License-Identifier: Apache-2.0
// What is a field of which kind, and what must not compile.
#include "parley/field/concepts.hpp"

#include <cstdint>
#include <string>

#include "catch.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/mersenne31.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/wide_binary.hpp"
#include "parley/field/z2_to_64.hpp"

namespace {

static_assert(!parley::Ring<int> && !parley::Ring<std::uint64_t> && !parley::Ring<double> &&
              !parley::Ring<std::string>);

// An integer does not turn into an element unasked.
static_assert(!std::is_convertible_v<std::uint64_t, parley::Mersenne61>);
static_assert(!std::is_convertible_v<int, parley::GF256>);

// Elements of different fields do not meet.
template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};
static_assert(Addable<parley::Mersenne61, parley::Mersenne61>);
static_assert(!Addable<parley::Mersenne61, parley::Mersenne127>);
static_assert(!Addable<parley::GF256, parley::GF256ReedSolomon>);
static_assert(!Addable<parley::SmallPrime<7>, parley::SmallPrime<31>>);
static_assert(!Addable<parley::GF2To64, parley::GF2To128> && !Addable<parley::GF2To64, parley::Z2To64>);
static_assert(!Addable<parley::Mersenne61, int>);

template <class F>
constexpr bool is_of_one_kind = parley::Field<F> && (parley::PrimeField<F> != parley::BinaryField<F>);
static_assert(is_of_one_kind<parley::Mersenne61> && is_of_one_kind<parley::Mersenne127>);
static_assert(is_of_one_kind<parley::Mersenne31> && is_of_one_kind<parley::GF2To64> &&
              is_of_one_kind<parley::GF2To128>);
static_assert(is_of_one_kind<parley::GF256> && is_of_one_kind<parley::GF16> && is_of_one_kind<parley::SmallPrime<5>>);

}  // namespace

TEST_CASE("no two fields have one name") {
  const std::string names[] = {parley::Mersenne31::name,    parley::Mersenne61::name,       parley::Mersenne127::name,
                               parley::GF256::name,         parley::GF256ReedSolomon::name, parley::GF16::name,
                               parley::GF2To64::name,       parley::GF2To128::name,         parley::Z2To64::name,
                               parley::SmallPrime<7>::name, parley::SmallPrime<31>::name};
  for (const std::string& a : names) {
    for (const std::string& b : names) REQUIRE((a == b) == (&a == &b));
  }
}
