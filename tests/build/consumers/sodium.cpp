// SPDX-License-Identifier: Apache-2.0
// The program of the consumers of parley::sodium: a hash, FIPS 180-4's of "abc".
#include <array>
#include <cstddef>
#include <cstdlib>

#include "parley/sodium/sha256.hpp"

int main() {
  constexpr std::array message{std::byte{'a'}, std::byte{'b'}, std::byte{'c'}};
  const auto digest = parley::sodium::sha256(message);
  return digest.front() == std::byte{0xba} && digest.back() == std::byte{0xad} ? EXIT_SUCCESS : EXIT_FAILURE;
}
