// SPDX-License-Identifier: Apache-2.0
// Bytes as hexadecimal digits, the way standards print their test vectors.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "parley/core/bytes.hpp"

namespace parley::test {

/// The bytes that the digits spell; spaces between them are ignored.
inline Bytes from_hex(std::string_view digits) {
  const std::string_view order = "0123456789abcdef";
  Bytes bytes;
  std::size_t count = 0;
  for (const char digit : digits) {
    if (digit == ' ') continue;
    const std::size_t value = order.find(digit);
    if (value == std::string_view::npos) throw std::invalid_argument("not a hexadecimal digit");
    if (count++ % 2 == 0) {
      bytes.push_back(static_cast<std::byte>(value << 4));
    } else {
      bytes.back() |= static_cast<std::byte>(value);
    }
  }
  return bytes;
}

inline std::string to_hex(std::span<const std::byte> bytes) {
  std::string digits;
  for (const std::byte byte : bytes) {
    digits += "0123456789abcdef"[std::to_integer<unsigned>(byte) >> 4];
    digits += "0123456789abcdef"[std::to_integer<unsigned>(byte) & 15];
  }
  return digits;
}

/// As an array, for what wants a fixed length.
template <std::size_t N>
std::array<std::byte, N> array_from_hex(std::string_view digits) {
  const Bytes bytes = from_hex(digits);
  std::array<std::byte, N> array;
  if (bytes.size() != N) throw std::invalid_argument("hexadecimal digits of another length");
  std::copy(bytes.begin(), bytes.end(), array.begin());
  return array;
}

}  // namespace parley::test
