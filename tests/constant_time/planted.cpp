// SPDX-License-Identifier: Apache-2.0
// Programs that the checker must refuse, and one of the same make that it must not: `planted branch`, `planted index`,
// `planted nothing`.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "constant_time/secrecy.hpp"
#include "parley/core/constant_time.hpp"

namespace {

using namespace parley;

std::array<std::uint64_t, 256> table() {
  std::array<std::uint64_t, 256> squares{};
  for (std::uint64_t i = 0; i < squares.size(); ++i) squares[i] = i * i;
  return squares;
}

// Volatile, or else the compiler might make a conditional move of the branch.
std::uint64_t plus_one_if_odd_by_branch(std::uint64_t secret) {
  volatile std::uint64_t result = secret;
  if (secret % 2 == 1) result = secret + 1;
  return result;
}

std::uint64_t square_by_table(std::uint64_t secret, const std::array<std::uint64_t, 256>& squares) {
  return squares[secret % 256];
}

std::uint64_t plus_one_if_odd(std::uint64_t secret) {
  return constant_time::select(constant_time::Choice::from_bit(secret), secret + 1, secret);
}

}  // namespace

int main(int count, char** arguments) {
  testing::require_valgrind();
  const std::string_view what = count == 2 ? arguments[1] : "";
  const std::array<std::uint64_t, 256> squares = table();
  std::uint64_t secret = 92;
  testing::mark_secret(secret);
  std::uint64_t result = 0;
  if (what == "branch") {
    result = plus_one_if_odd_by_branch(secret);
  } else if (what == "index") {
    result = square_by_table(secret, squares);
  } else if (what == "nothing") {
    result = plus_one_if_odd(secret);
  } else {
    return EXIT_FAILURE;
  }
  testing::require(testing::is_secret(result), "the result is secret");
  testing::declassify(result);
  testing::require(result == (what == "index" ? 92 * 92 : 92), "the result is right");
}
