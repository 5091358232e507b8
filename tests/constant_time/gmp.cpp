// SPDX-License-Identifier: Apache-2.0
// The arithmetic of prime fields chosen at run time, and sharing over them, on secrets; GMP's own code included.
//
// Not here: decode and uniform, whose refusal of what is no element is public (see field.cpp), to_integer and to_string.
#include <gmp.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "constant_time/secrecy.hpp"
#include "parley/core/random.hpp"
#include "parley/gmp/runtime_field.hpp"
#include "parley/gmp/shamir.hpp"

namespace {

using namespace parley;
using namespace parley::testing;
using gmp::Element;
using gmp::RuntimeField;

void hide(std::vector<Element>& elements) {
  for (Element& element : elements) mark_secret(element.limbs());
}

void require_secret_elements(const char* function, std::vector<Element>& result, const std::vector<Element>& expected) {
  for (const Element& element : result) {
    require(is_secret(std::as_bytes(element.limbs())), function);
    declassify(element.limbs());  // to be compared
  }
  require(result == expected, function);
}

/// function(elements) on secret ones gives secret ones.
template <class Function>
void check(const char* name, Function function, std::vector<Element> elements) {
  const std::vector<Element> expected = function(elements);
  hide(elements);
  std::vector<Element> result = function(elements);
  require_secret_elements(name, result, expected);
}

void check_arithmetic(const RuntimeField& field) {
  TestRandom random(1);
  using Elements = std::vector<Element>;
  for (const Element& x : {field.uniform(random), field.zero(), -field.one()}) {
    const Elements pair = {x, field.uniform(random)};
    check(
        "a + b", [](const Elements& in) { return Elements{in[0] + in[1]}; }, pair);
    check(
        "a - b", [](const Elements& in) { return Elements{in[0] - in[1]}; }, pair);
    check(
        "a * b", [](const Elements& in) { return Elements{in[0] * in[1]}; }, pair);
    check(
        "-a", [](const Elements& in) { return Elements{-in[0]}; }, pair);
    check(
        "1 / a", [](const Elements& in) { return Elements{in[0].inverse()}; }, pair);

    Elements hidden = pair;
    const auto expected_bytes = hidden[0].encode();
    bool expected = hidden[0] == hidden[1];
    hide(hidden);
    auto bytes = hidden[0].encode();
    require_secret_result(bytes, expected_bytes, "encode");
    bool equal = hidden[0] == hidden[1];
    require_secret_result(equal, expected, "a == b");
  }
}

void check_integers(const RuntimeField& field) {
  mpz_t number;
  mpz_init_set_ui(number, 92);
  mpz_setbit(number, 700);
  const auto limbs = std::span(mpz_limbs_read(number), mpz_size(number));
  for (int turn = 0; turn < 2; ++turn) {
    const std::vector<Element> expected = {field.element(number)};
    mark_secret(limbs);
    std::vector<Element> result = {field.element(number)};
    declassify(limbs);  // for the next turn
    require_secret_elements("element of an integer", result, expected);
    mpz_neg(number, number);  // the sign is public
  }
  mpz_clear(number);
  check_on_secrets(
      "element of a word",
      [&](std::uint64_t word) {
        const Element x = field.element(word);
        return std::vector<mp_limb_t>(x.limbs().begin(), x.limbs().end());
      },
      std::uint64_t{92});
}

void check_sharing(const RuntimeField& field) {
  const gmp::Shamir scheme(field, {.parties = 5, .privacy_threshold = 2});
  TestRandom random(2);
  std::vector<Element> secrets, hidden;
  std::vector<std::vector<Element>> coefficients(2);
  for (int i = 0; i < 4; ++i) {
    secrets.push_back(field.uniform(random));
    for (std::vector<Element>& row : coefficients) row.push_back(field.uniform(random));
  }
  hidden = secrets;
  hide(hidden);
  for (std::vector<Element>& row : coefficients) hide(row);
  const auto shares = scheme.share_with_coefficients(hidden, coefficients);
  const std::vector<std::size_t> who = {4, 1, 2};
  std::vector<Element> result = scheme.reconstruct(who, std::vector{shares[4], shares[1], shares[2]});
  require_secret_elements("sharing and reconstruction", result, secrets);
}

}  // namespace

int main() {
  require_valgrind();
  // 2^64 + 13, 2^255 - 19, 2^256 - 189, 2^521 - 1
  for (const char* p : {"18446744073709551629", "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed",
                        "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff43",
                        "0x1ff'ffffffff'ffffffff'ffffffff'ffffffff'ffffffff'ffffffff'ffffffff'ffffffff"
                        "ffffffff'ffffffff'ffffffff'ffffffff'ffffffff'ffffffff'ffffffff'ffffffff"}) {
    const RuntimeField field(p);
    check_arithmetic(field);
    check_integers(field);
    check_sharing(field);
  }
}
