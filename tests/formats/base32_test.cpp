// SPDX-License-Identifier: Apache-2.0
// Base32 with the checksums of codex32: its published texts hold, bytes come back, and what was damaged is refused.
#include "parley/formats/base32.hpp"

#include <cctype>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "core/hex.hpp"
#include "parley/core/random.hpp"
#include "refusal.hpp"
#include "some_bytes.hpp"

namespace {

using parley::Bytes;
using parley::from_base32;
using parley::to_base32;
using parley::test::check_refusal;
using parley::test::refusal_of;
using parley::test::some_bytes;

std::vector<parley::detail::Base32Symbol> symbols_of(std::string_view data) {
  std::vector<parley::detail::Base32Symbol> symbols;
  for (const char character : data)
    symbols.push_back(
        parley::detail::base32_symbol(static_cast<char>(std::tolower(static_cast<unsigned char>(character)))).value());
  return symbols;
}

std::optional<bool> holds(std::string_view text) {  // of codex32's prefix "ms1"
  return parley::detail::codex32_holds("ms", symbols_of(text.substr(3)));
}

// With the right checksum.
std::string text_of_symbols(const std::string& data) { return parley::detail::codex32_text("it", symbols_of(data)); }

}  // namespace

TEST_CASE("published texts of codex32 have their checksums, short and long ones") {  // [BIP93, test vectors]
  for (const char* text :
       {"ms10testsxxxxxxxxxxxxxxxxxxxxxxxxxx4nzvca9cmczlw", "MS12NAMEA320ZYXWVUTSRQPNMLKJHGFEDCAXRPP870HKKQRM",
        "ms13cashsllhdmn9m42vcsamx24zrxgs3qqjzqud4m0d6nln",
        "ms10leetsllhdmn9m42vcsamx24zrxgs3qrl7ahwvhw4fnzrhve25gvezzyqqtum9pgv99ycma",
        "MS100C8VSM32ZXFGUHPCHTLUPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZYGSFJD6AN074RXVCEMLH8WU3TK925ACDEFGHJKLMNPQRSTUVWXY0"
        "6F"
        "HPV80UNDVARHRAK"}) {
    CHECK(holds(text) == true);
    const auto symbols = symbols_of(std::string_view(text).substr(3));
    const std::size_t checksum = symbols.size() > 93 ? 15 : 13;
    std::string expected = text;
    for (char& character : expected) character = static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
    CHECK(parley::detail::codex32_text(
              "ms", {symbols.begin(), symbols.end() - static_cast<std::ptrdiff_t>(checksum)}) == expected);
  }
  for (const char* text :
       {"ms10fauxsxxxxxxxxxxxxxxxxxxxxxxxxxxve740yyge2ghq", "ms10fauxsxxxxxxxxxxxxxxxxxxxxxxxxxxve740yyge2ghp",
        "ms10fauxsxxxxxxxxxxxxxxxxxxxxxxxxxxxxlk3yepcstwr"})
    CHECK(holds(text) == false);
}

TEST_CASE("bytes of every length come back, in small and in capital letters") {
  for (std::size_t size = 0; size <= 630; size += size < 60 ? 1 : 57) {
    const Bytes bytes = some_bytes(size);
    std::string text = to_base32(bytes, "parley");
    CHECK(text.starts_with("parley1"));
    CHECK(text.size() == 7 + (8 * size + 4) / 5 + (size <= 50 ? 13 : 15));
    CHECK(from_base32(text, "parley") == bytes);
    for (char& character : text) character = static_cast<char>(std::toupper(static_cast<unsigned char>(character)));
    CHECK(from_base32(text, "parley") == bytes);
  }
  check_refusal("invalid_argument: 631 bytes in Base32; at most 630", [] { return to_base32(Bytes(631), "x"); });
  for (const char* prefix : {"", "Parley", "a b", "\xc3\xa9"})
    check_refusal("invalid_argument: a prefix of Base32", [&] { return to_base32({}, prefix); });
}

TEST_CASE("every single wrong character is noticed, and so is one that is missing or too many") {
  for (const std::size_t size : {0U, 10U, 60U}) {
    const std::string right = to_base32(some_bytes(size), "it");
    for (std::size_t at = 0; at < right.size(); ++at) {
      for (unsigned character = 0; character < 256; character += size == 10 ? 1 : 7) {
        std::string wrong = right;
        wrong[at] = static_cast<char>(character);
        if (wrong != right)
          REQUIRE(refusal_of([&] { return from_base32(wrong, "it"); }).starts_with("malformed_message: "));
      }
      std::string shorter = right, longer = right;
      shorter.erase(at, 1);
      if (shorter != right) REQUIRE_FALSE(refusal_of([&] { return from_base32(shorter, "it"); }).empty());
      longer.insert(at, 1, 'q');
      REQUIRE_FALSE(refusal_of([&] { return from_base32(longer, "it"); }).empty());
    }
  }
}

TEST_CASE("any few wrong characters are noticed") {
  parley::TestRandom random(1);
  const std::string right = to_base32(some_bytes(50), "it");
  for (unsigned i = 0; i < 500; ++i) {
    Bytes drawn(16);
    random.fill(drawn);
    std::string wrong = right;
    for (std::size_t error = 0; error < 1 + i % 8; ++error)
      wrong[3 + std::to_integer<std::size_t>(drawn[2 * error]) % (right.size() - 3)] =
          parley::detail::base32_alphabet[std::to_integer<std::size_t>(drawn[2 * error + 1]) % 32];
    if (wrong != right) REQUIRE_FALSE(refusal_of([&] { return from_base32(wrong, "it"); }).empty());
  }
}

TEST_CASE("what is wrong with a text is said, and nothing of it is repeated") {
  const std::string right = to_base32(some_bytes(20), "it");
  const auto check = [](const std::string& reason, const std::string& text) {
    check_refusal("malformed_message: share 2 " + reason, [&] { return from_base32(text, "it", "share 2"); });
  };
  check("does not begin with \"it1\"", "");
  check("does not begin with \"it1\"", "it");
  check("does not begin with \"it1\"", "is" + right.substr(2));
  check("does not begin with \"it1\"", "it2" + right.substr(3));
  check("has small and capital letters", "I" + right.substr(1));
  check("has a character that is none of Base32, at place 5", right.substr(0, 4) + "b" + right.substr(5));
  check("has a wrong checksum", right.substr(0, right.size() - 1) + (right.back() == 'q' ? "p" : "q"));
  check("has 15 characters, as no text with a checksum has", "it1" + std::string(12, 'q'));
  for (const std::size_t length : {94U, 95U})
    check("has " + std::to_string(3 + length) + " characters, as no text with a checksum",
          "it1" + std::string(length, 'q'));
  check("is longer than any text", "it1" + std::string(1024, 'q'));
  CHECK(refusal_of([] { return from_base32(text_of_symbols("qq"), "it"); }).empty());
  check("has 17 characters, as no text of whole bytes has", text_of_symbols("q"));
  check("has 19 characters, as no text of whole bytes has", text_of_symbols("qqq"));
  check("has padding that is not zero", text_of_symbols("qp"));
  CHECK_FALSE(refusal_of([&] { return from_base32("at" + right.substr(2), "at"); }).empty());  // another prefix
}
