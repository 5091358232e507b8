// SPDX-License-Identifier: Apache-2.0
// Bytes as text: hexadecimal digits, Base32 and words come back as the bytes that they are of, and what is read of any
// text is written as the same text but for the case of its letters and the blanks between words.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "fuzz/fuzz.hpp"
#include "parley/formats/base32.hpp"
#include "parley/formats/hex.hpp"
#include "parley/formats/words.hpp"

namespace {

std::string in_small_letters(std::string_view text) {
  std::string small(text);
  for (char& character : small)
    if (character >= 'A' && character <= 'Z') character = static_cast<char>(character + ('a' - 'A'));
  return small;
}

template <class Check>
void check(Check check_text) {
  try {
    check_text();
  } catch (const parley::Error& error) {
    parley::fuzz::require(error.code() == parley::ErrorCode::malformed_message, "a text of nothing is malformed");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using parley::fuzz::require;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check([&] {
    require(parley::to_hex(parley::from_hex(text)) == in_small_letters(text), "digits are one way of writing");
  });
  check([&] {
    require(parley::to_base32(parley::from_base32(text, "parley"), "parley") == in_small_letters(text),
            "Base32 is one way of writing");
  });
  check([&] {
    require(parley::to_words(parley::from_words(text, "parley"), "parley") ==
                parley::words::join(parley::words::split(text)),
            "words are one way of writing");
  });

  const auto bytes = std::as_bytes(std::span(data, size)).first(size < 20 ? size : 20);
  const auto same = [&](const parley::Bytes& back) { return parley::Bytes(bytes.begin(), bytes.end()) == back; };
  require(same(parley::from_hex(parley::to_hex(bytes))), "bytes come back from digits");
  require(same(parley::from_base32(parley::to_base32(bytes, "parley"), "parley")), "bytes come back from Base32");
  require(same(parley::from_words(parley::to_words(bytes, "parley"), "parley")), "bytes come back from words");
  return 0;
}
