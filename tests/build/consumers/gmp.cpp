// SPDX-License-Identifier: Apache-2.0
// The program of the consumers of parley::gmp: shares a number modulo a prime that it learns when it runs.
#include <cstdlib>
#include <vector>

#include "parley/gmp/shamir.hpp"

int main(int count, char**) {
  const parley::gmp::RuntimeField field(count == 1 ? "0x7fffffffffffffffffffffffffffffff" : "18446744073709551629");
  const parley::gmp::Shamir scheme(field, {.parties = 3, .privacy_threshold = 1});
  parley::SystemRandom random;
  const std::vector<parley::gmp::Element> secrets = {field.element(92)};
  const auto shares = scheme.share(secrets, random);
  const std::vector<std::size_t> who = {0, 2};
  return scheme.reconstruct(who, std::vector{shares[0], shares[2]}) == secrets ? EXIT_SUCCESS : EXIT_FAILURE;
}
