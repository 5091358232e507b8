// SPDX-License-Identifier: Apache-2.0
// Shared vectors: the operators of a linear scheme, parts and joins, and what does not compile.
#include "parley/engine/shared.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "catch.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/uniform.hpp"

namespace {

using namespace parley;

using F = Mersenne61;
struct Scheme {};
struct OtherScheme {};
using Vector = Shared<F, Scheme>;

template <class T, class U>
concept Comparable = requires(const T& x, const U& y) {
  x == y;
}
|| requires(const T& x, const U& y) { x != y; }
|| requires(const T& x, const U& y) { x < y; }
|| requires(const T& x, const U& y) { x > y; }
|| requires(const T& x, const U& y) { x <= y; }
|| requires(const T& x, const U& y) { x >= y; };
template <class T, class U>
concept Addable = requires(const T& x, const U& y) {
  x + y;
};
template <class T, class U>
concept Subtractable = requires(const T& x, const U& y) {
  x - y;
};
template <class T, class U>
concept AddableInPlace = requires(T& x, const U& y) {
  x += y;
}
|| requires(T& x, const U& y) { x -= y; };
template <class T, class U>
concept Multipliable = requires(const T& x, const U& y) {
  x* y;
};
template <class T>
concept Printable = requires(std::ostream& out, const T& x) {
  out << x;
};

static_assert(!std::is_constructible_v<bool, Vector> && !std::is_convertible_v<Vector, bool>);
static_assert(!Comparable<Vector, Vector> && !Printable<Vector> && !Multipliable<Vector, Vector>);
static_assert(Addable<Vector, Vector> && Subtractable<Vector, Vector> && AddableInPlace<Vector, Vector>);
static_assert(Multipliable<Vector, F> && Multipliable<F, Vector> && Multipliable<Vector, int> &&
              Multipliable<std::uint64_t, Vector>);
template <class Other>
inline constexpr bool does_not_mix =
    !Addable<Vector, Other> && !Addable<Other, Vector> && !Subtractable<Vector, Other> &&
    !Subtractable<Other, Vector> && !AddableInPlace<Vector, Other> && !Multipliable<Vector, Other> &&
    !Comparable<Vector, Other>;
static_assert(does_not_mix<Shared<F, OtherScheme>> && does_not_mix<Shared<Mersenne127, Scheme>> &&
              does_not_mix<Shared<SmallPrime<7>, OtherScheme>>);
static_assert(!SameSharing<Vector, Shared<F, OtherScheme>> && !SameSharing<Vector, Shared<Mersenne127, Scheme>> &&
              SameSharing<Vector, Vector>);
// a number that is no integer is no constant, and no vector of shares comes about by accident
static_assert(!Multipliable<double, Vector> && !Addable<Vector, double> && !Addable<Vector, Mersenne127> &&
              !std::is_convertible_v<std::vector<F>, Vector>);

template <class Call>
Error refusal(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  return {ErrorCode::invalid_state, "no Error"};
}

std::vector<F> random_elements(std::size_t size, TestRandom& random) {
  std::vector<F> elements(size);
  fill_uniform(random, std::span<F>(elements));
  return elements;
}

std::vector<F> shares_of(const Vector& x) { return {x.shares().begin(), x.shares().end()}; }

}  // namespace

TEST_CASE("operators act on every entry") {
  TestRandom random(1);
  for (const std::size_t size : {0U, 1U, 2U, 3U, 17U, 64U, 65U}) {
    const auto a = random_elements(size, random), b = random_elements(size, random);
    const Vector x(a), y(b);
    const F c = uniform<F>(random);
    const auto check = [&](const Vector& result, auto expected) {
      REQUIRE(result.size() == size);
      for (std::size_t i = 0; i < size; ++i) REQUIRE(result.shares()[i] == expected(a[i], b[i]));
    };
    check(x + y, [](F p, F q) { return p + q; });
    check(x - y, [](F p, F q) { return p - q; });
    check(-x, [](F p, F) { return -p; });
    check(x + c, [&](F p, F) { return p + c; });
    check(c + x, [&](F p, F) { return p + c; });
    check(x - c, [&](F p, F) { return p - c; });
    check(c - x, [&](F p, F) { return c - p; });
    check(x * c, [&](F p, F) { return p * c; });
    check(c * x, [&](F p, F) { return p * c; });
    Vector z = x;
    z += y;
    z -= c;
    z *= c;
    z += c;
    z -= x;
    check(z, [&](F p, F q) { return (p + q - c) * c + c - p; });
    z -= Vector(z);
    check(z, [](F, F) { return F{}; });
    CHECK(x.empty() == (size == 0));
    REQUIRE(shares_of(x) == a);
  }
}

TEST_CASE("integers of any type and sign are constants") {
  const Vector x(std::vector<F>{F{}, F{10}, -F{1}});
  const auto check = [&](auto integer, const F& element) {
    for (const auto& [result, expected] : {std::pair(x + integer, x + element), std::pair(x - integer, x - element),
                                           std::pair(x * integer, x * element), std::pair(integer * x, x * element)})
      REQUIRE(shares_of(result) == shares_of(expected));
  };
  check(3, F{3});
  check(-3, -F{3});
  check(0, F{});
  check(std::uint8_t{200}, F{200});
  check(static_cast<signed char>(-100), -F{100});
  check(std::numeric_limits<std::uint64_t>::max(), F{7});  // 2^64 - 1 = 8 p + 7 for p = 2^61 - 1
  check(std::numeric_limits<std::int64_t>::max(), F{3});   // 2^63 - 1 = 4 p + 3
  check(std::numeric_limits<std::int64_t>::min(), -F{4});  // 2^63 = 4 p + 4
  check(std::numeric_limits<std::int32_t>::min(), -F{1U << 31});
}

TEST_CASE("entries are chosen and joined") {
  TestRandom random(2);
  const auto a = random_elements(20, random);
  const Vector x(a);
  for (std::size_t first = 0; first <= 20; ++first)
    for (std::size_t count = 0; first + count <= 20; ++count)
      REQUIRE(shares_of(x.slice(first, count)) ==
              std::vector<F>(a.begin() + static_cast<std::ptrdiff_t>(first),
                             a.begin() + static_cast<std::ptrdiff_t>(first + count)));
  CHECK(shares_of(x[19]) == std::vector<F>{a[19]});
  CHECK(shares_of(x.gather(std::vector<std::size_t>{3, 3, 19, 0})) == std::vector<F>{a[3], a[3], a[19], a[0]});
  CHECK(x.gather({}).empty());
  CHECK(shares_of(concat(x.slice(0, 3), x.slice(3, 0), x.slice(3, 17))) == a);
  CHECK(shares_of(concat(x)) == a);
  CHECK(shares_of(concat(std::vector<Vector>{x.slice(0, 19), Vector(), x[19]})) == a);
  CHECK(concat(std::vector<Vector>{}).empty());

  Vector y = x;
  y.shares()[4] = F{5};
  CHECK(shares_of(y[4]) == std::vector<F>{F{5}});
  CHECK(shares_of(x) == a);
}

TEST_CASE("other lengths, and entries that are not there, are refused and change nothing") {
  Vector x(std::vector<F>(3, F{1}));
  const Vector y(std::vector<F>(4));
  for (const Error& error :
       {refusal([&] { x + y; }), refusal([&] { x - y; }), refusal([&] { x += y; }), refusal([&] { x -= y; })}) {
    CHECK(error.code() == ErrorCode::invalid_argument);
    CHECK(std::string(error.what()) == "vectors of 3 and 4 shared values do not have the same length");
    CHECK_FALSE(error.party());
  }
  CHECK(shares_of(x) == std::vector<F>(3, F{1}));
  const std::size_t huge = std::numeric_limits<std::size_t>::max();
  for (const Error& error :
       {refusal([&] { x.slice(0, 4); }), refusal([&] { x.slice(4, 0); }), refusal([&] { x.slice(2, huge); }),
        refusal([&] { x.slice(huge, 2); }), refusal([&] { x[3]; }), refusal([&] {
          x.gather(std::vector<std::size_t>{0, 3});
        })})
    CHECK(error.code() == ErrorCode::out_of_range);
  CHECK(std::string(refusal([&] { x.slice(2, 2); }).what()) ==
        "a slice of 2 entries from entry 2 does not fit in 3 shared values");
}
