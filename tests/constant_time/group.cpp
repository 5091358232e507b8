// SPDX-License-Identifier: Apache-2.0
// Products in ristretto255 and the dealing of verifiable sharings, on secrets; libsodium's own code included.
//
// Not here: sums of elements, in which libsodium branches on whether what it is given encodes elements, which it always
// does; `==`, encode, decode and the _vartime functions, which are for public elements.
#include <cstddef>
#include <span>
#include <vector>

#include "constant_time/secrecy.hpp"
#include "parley/core/random.hpp"
#include "parley/field/uniform.hpp"
#include "parley/group/ristretto255.hpp"
#include "parley/group/verifiable.hpp"

namespace {

using namespace parley;
using namespace parley::testing;
using G = Ristretto255;
using F = G::Scalar;

void check_products(const F& scalar) {
  const G element = G::second_generator();
  check_on_secrets(
      "multiply_generator", [](const F& s) { return G::multiply_generator(s); }, scalar);
  check_on_secrets(
      "scalar * element", [&](const F& s) { return s * element; }, scalar);
}

void check_dealing() {
  const Feldman<G> scheme({.parties = 4, .privacy_threshold = 2});
  TestRandom random(1);
  std::vector<F> coefficients = scheme.uniform_polynomials(2, random);
  auto expected = scheme.deal_polynomials(coefficients);
  mark_secret(coefficients);
  auto dealing = scheme.deal_polynomials(coefficients);
  for (std::size_t party = 0; party < 4; ++party)
    require_secret_result(dealing.shares[party], expected.shares[party], "shares of a dealing");
}

}  // namespace

int main() {
  require_valgrind();
  TestRandom random(2);
  for (const F& scalar : {F(), F(1), -F(1), uniform<F>(random)}) check_products(scalar);
  check_dealing();
}
