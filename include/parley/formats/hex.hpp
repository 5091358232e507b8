// SPDX-License-Identifier: Apache-2.0
// Bytes as hexadecimal digits. Constant time: lengths are public, bytes are secret.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "parley/core/bytes.hpp"
#include "parley/core/constant_time.hpp"
#include "parley/core/error.hpp"

namespace parley {

/// Two digits for each byte, in small letters. They are as secret as the bytes, and the caller's to protect.
[[nodiscard]] inline std::string to_hex(std::span<const std::byte> bytes) {
  const auto digit = [](std::uint32_t nibble) {
    const auto letter = constant_time::less<std::uint32_t>(9, nibble);
    return static_cast<char>('0' + nibble + (letter.mask<std::uint32_t>() & ('a' - '0' - 10)));
  };
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::byte byte : bytes) {
    text += digit(std::to_integer<std::uint32_t>(byte) >> 4);
    text += digit(std::to_integer<std::uint32_t>(byte) & 15);
  }
  return text;
}

/// The bytes that digits stand for, in small or capital letters, and nothing between them. Messages call the text by
/// `name` and do not repeat it.
/// @throws Error(malformed_message) for an odd number of digits, and for a character that is none, by its place.
[[nodiscard]] inline Bytes from_hex(std::string_view text, const std::string& name = "the text") {
  if (text.size() % 2 != 0)
    throw Error(ErrorCode::malformed_message,
                name + " has an odd number of hexadecimal digits, " + std::to_string(text.size()));
  Bytes bytes(text.size() / 2, std::byte{});
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto character = static_cast<std::uint8_t>(text[i]);
    std::uint32_t value = 0;
    auto found = constant_time::Choice::no();
    const auto try_range = [&](std::uint8_t first, std::uint8_t last, std::uint32_t value_of_first) {
      const auto within = constant_time::less_or_equal<std::uint8_t>(first, character) &
                          constant_time::less_or_equal<std::uint8_t>(character, last);
      value |= within.mask<std::uint32_t>() & (character - first + value_of_first);
      found = found | within;
    };
    try_range('0', '9', 0);
    try_range('a', 'f', 10);
    try_range('A', 'F', 10);
    if (!found.declassify())
      throw Error(ErrorCode::malformed_message,
                  "character " + std::to_string(i + 1) + " of " + name + " is no hexadecimal digit");
    bytes[i / 2] |= static_cast<std::byte>(value << (i % 2 == 0 ? 4 : 0) & 0xff);
  }
  return bytes;
}

}  // namespace parley
