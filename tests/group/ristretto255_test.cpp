// SPDX-License-Identifier: Apache-2.0
// The group ristretto255 and sums in it, and the laws of groups.
#include "parley/group/ristretto255.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "group/small_group.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/field/uniform.hpp"

using namespace parley;

namespace {

using G = Ristretto255;
using F = G::Scalar;
using Encoding = std::array<std::byte, 32>;

Encoding encoding_of(const G& element) {
  Encoding encoding;
  element.encode(encoding);
  return encoding;
}

template <class Element>
void check_laws(const std::vector<Element>& elements, const std::vector<typename Element::Scalar>& scalars) {
  using Scalar = typename Element::Scalar;
  CHECK(Element{} == Element::identity());
  CHECK_FALSE(Element::generator() == Element::identity());
  CHECK_FALSE(Element::second_generator() == Element::identity());
  CHECK_FALSE(Element::second_generator() == Element::generator());
  CHECK(Element::multiply_generator(Scalar::one()) == Element::generator());
  for (const Element& a : elements) {
    CHECK(a + Element::identity() == a);
    CHECK(a - a == Element::identity());
    CHECK(Scalar::zero() * a == Element::identity());
    CHECK(Scalar::one() * a == a);
    CHECK(-Scalar::one() * a == Element::identity() - a);
    std::array<std::byte, Element::encoded_size> encoding;
    a.encode(encoding);
    CHECK(Element::decode(encoding) == a);
    for (const Element& b : elements) {
      CHECK(a + b == b + a);
      CHECK(a - b + b == a);
    }
    for (const Scalar& r : scalars) {
      for (const Scalar& s : scalars) {
        CHECK((r + s) * a == r * a + s * a);
        CHECK((r * s) * a == r * (s * a));
      }
    }
  }
  for (const Scalar& s : scalars) CHECK(Element::multiply_generator(s) == s * Element::generator());
}

}  // namespace

TEST_CASE("ristretto255 and the small group of the tests are groups of prime order") {
  TestRandom random(1);
  const F r = uniform<F>(random), s = uniform<F>(random);
  check_laws<G>({G{}, G::generator(), G::second_generator(), r * G::generator()}, {F{}, F{3}, -F{1}, r, s});
  using Small = SmallGroup<5>;
  check_laws<Small>(Small::all(), {Small::Scalar(0), Small::Scalar(1), Small::Scalar(3), Small::Scalar(4)});
}

TEST_CASE("the generator is that of RFC 9496, and the second one comes from SHA-512 of its label") {
  CHECK(to_string(G::generator()) == "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76");
  const std::string input = "\x17parley second generator";
  std::array<unsigned char, 64> digest;
  crypto_hash_sha512(digest.data(), reinterpret_cast<const unsigned char*>(input.data()), input.size());
  Encoding expected;
  REQUIRE(crypto_core_ristretto255_from_hash(reinterpret_cast<unsigned char*>(expected.data()), digest.data()) == 0);
  CHECK(encoding_of(G::second_generator()) == expected);

  const auto bytes = std::as_bytes(std::span(input));
  CHECK(G::hash("a", bytes) == G::hash("a", bytes));
  CHECK_FALSE(G::hash("a", bytes) == G::hash("b", bytes));
  CHECK_FALSE(G::hash("a", bytes) == G::hash("a", bytes.first(5)));
  CHECK_FALSE(G::hash("ab", bytes.first(0)) == G::hash("a", std::as_bytes(std::span("b", 1))));
  CHECK_THROWS_AS(G::hash(std::string(256, 'x'), {}), Error);
}

TEST_CASE("every other encoding of an element, and what encodes none, is refused") {
  // The integers below 2^256, least significant byte first.
  const auto negated_modulo_p = [](const Encoding& encoding) {
    Encoding result;
    int borrow = 0;
    for (std::size_t i = 0; i < 32; ++i) {
      const int of_p = i == 0 ? 0xed : i == 31 ? 0x7f : 0xff;
      const int difference = of_p - static_cast<int>(encoding[i]) - borrow;
      borrow = difference < 0;
      result[i] = static_cast<std::byte>(difference & 0xff);
    }
    return result;
  };
  for (std::uint64_t k = 0; k < 16; ++k) {
    const Encoding encoding = encoding_of(G::multiply_generator(F(k)));
    CHECK(G::decode(encoding) == G::multiply_generator(F(k)));
    Encoding high = encoding;
    high[31] |= std::byte{0x80};
    CHECK_FALSE(G::decode(high));
    CHECK_FALSE(G::decode(negated_modulo_p(encoding)));  // of k = 0 this is p, another name for 0
  }
  Encoding all_ones;
  all_ones.fill(std::byte{0xff});
  CHECK_FALSE(G::decode(all_ones));

  // Of what is left, about every 8th byte string of 255 even bits is an element: whatever is taken must be canonical.
  TestRandom random(2);
  int taken = 0;
  for (int i = 0; i < 400; ++i) {
    Encoding encoding;
    random.fill(encoding);
    const auto element = G::decode(encoding);
    if (!element) continue;
    ++taken;
    CHECK(encoding_of(*element) == encoding);
    CHECK(encoding_of(*element + G{}) == encoding);
  }
  CHECK(taken > 10);
  CHECK(taken < 100);
}

TEST_CASE("a linear combination on the curve is the sum of libsodium's products") {
  TestRandom random(3);
  const auto check = [](const std::vector<F>& scalars, const std::vector<G>& elements) {
    G sum;
    for (std::size_t i = 0; i < scalars.size(); ++i) sum = sum + scalars[i] * elements[i];
    CHECK(linear_combination_vartime<G>(scalars, elements) == sum);
  };
  for (const std::size_t size : std::vector<std::size_t>{0, 1, 2, 3, 7, 33}) {
    std::vector<F> scalars(size);
    fill_uniform(random, std::span<F>(scalars));
    std::vector<G> elements;
    for (std::size_t i = 0; i < size; ++i) elements.push_back(G::multiply_generator(uniform<F>(random)));
    check(scalars, elements);
    for (std::size_t i = 0; i < size; ++i) scalars[i] = i % 3 == 0 ? F(i / 3) : -F(i);
    check(scalars, elements);
    for (std::size_t i = 0; i < size; i += 2) elements[i] = G{};
    check(scalars, elements);
    check(std::vector<F>(size), elements);
  }
  // The same point in all places, and sums that cancel.
  const G g = G::generator();
  check({F(1), F(1), F(1), F(1)}, {g, g, g, g});
  check({F(5), -F(5)}, {g, g});
  check({F(5), F(5)}, {g, G{} - g});
  const std::vector<F> scalars = {F(1), F(2)};
  CHECK_THROWS_AS(linear_combination_vartime<G>(scalars, std::vector<G>(3)), Error);

  using Small = SmallGroup<11>;
  const std::vector<Small::Scalar> small = {Small::Scalar(3), Small::Scalar(4)};
  CHECK(linear_combination_vartime<Small>(small, std::vector<Small>{Small::generator(), Small::second_generator()}) ==
        Small::Scalar(0) * Small::generator());  // 3 + 4 * 2 = 11
}
