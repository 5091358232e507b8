// SPDX-License-Identifier: Apache-2.0
// Hexadecimal digits come and go, in both cases, and what is none is refused by its place.
#include "parley/formats/hex.hpp"

#include <string>

#include "catch.hpp"
#include "core/hex.hpp"
#include "refusal.hpp"

using parley::test::check_refusal;

TEST_CASE("every byte is two digits, and two digits in either case are the byte") {
  parley::Bytes all;
  for (unsigned i = 0; i < 256; ++i) all.push_back(static_cast<std::byte>(i));
  std::string text = parley::to_hex(all);
  CHECK(text == parley::test::to_hex(all));
  CHECK(parley::from_hex(text) == all);
  for (char& character : text) character = static_cast<char>(character >= 'a' ? character - 32 : character);
  CHECK(parley::from_hex(text) == all);
  CHECK(parley::from_hex("").empty());
}

TEST_CASE("every other character is refused") {
  const std::string digits = "0123456789abcdefABCDEF";
  for (unsigned character = 0; character < 256; ++character) {
    const std::string text{'0', '1', '2', static_cast<char>(character)};
    if (digits.find(static_cast<char>(character)) == std::string::npos)
      check_refusal("malformed_message: character 4 of it is no hexadecimal digit",
                    [&] { return parley::from_hex(text, "it"); });
    else
      CHECK(parley::from_hex(text).size() == 2);
  }
  check_refusal("malformed_message: it has an odd number of hexadecimal digits, 3",
                [] { return parley::from_hex("012", "it"); });
}
