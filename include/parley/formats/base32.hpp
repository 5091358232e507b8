// SPDX-License-Identifier: Apache-2.0
// Bytes as 32 letters and digits that are hard to mistake for each other, with the checksums of codex32: a prefix that
// says what it is, "1", five bits to the character, and 13 or 15 characters of checksum.
// [BIP93] Curr, Sneed, Poelstra: BIP-0093: codex32: Checksummed SSSS-aware BIP32 seeds, 2023.
// [BIP173] Wuille, Maxwell: BIP-0173: Base32 address format for native v0-16 witness outputs, 2017 (alphabet, prefix).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/constant_time.hpp"
#include "parley/core/error.hpp"
#include "parley/core/integer.hpp"
#include "parley/core/wipe.hpp"

namespace parley {

namespace detail {

/// Five bits.
using Base32Symbol = std::uint8_t;

inline constexpr std::string_view base32_alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";  // [BIP173]

/// The character of a symbol; reads the whole alphabet, whichever it is.
inline char base32_character(Base32Symbol symbol) {
  std::uint8_t character = 0;
  for (std::uint8_t i = 0; i < 32; ++i)
    character |= static_cast<std::uint8_t>(constant_time::equal<std::uint8_t>(i, symbol).mask<std::uint8_t>() &
                                           static_cast<std::uint8_t>(base32_alphabet[i]));
  return static_cast<char>(character);
}

/// The symbol of a character in small letters; nothing for one that is not in the alphabet, which is public.
inline std::optional<Base32Symbol> base32_symbol(char character) {
  std::uint8_t symbol = 0;
  auto found = constant_time::Choice::no();
  for (std::uint8_t i = 0; i < 32; ++i) {
    const auto here = constant_time::equal<std::uint8_t>(static_cast<std::uint8_t>(base32_alphabet[i]),
                                                         static_cast<std::uint8_t>(character));
    symbol |= static_cast<std::uint8_t>(here.mask<std::uint8_t>() & i);
    found = found | here;
  }
  if (!found.declassify()) return std::nullopt;
  return symbol;
}

/// A checksum of codex32: a BCH code over GF(32), by its generator's multiples and the remainder that its words have.
/// Texts of at most `longest` symbols after the prefix differ in more than 8 of them. Constant time. [BIP93]
struct Codex32Code {
  std::size_t length;   // of the checksum
  std::size_t longest;  // text, checksum included
  std::array<uint128, 5> multiples;
  uint128 target;

  /// The remainder of prefix and symbols, the prefix in two parts as in [BIP173].
  [[nodiscard]] uint128 remainder(std::string_view prefix, std::span<const Base32Symbol> symbols) const {
    uint128 remainder = 1;
    const unsigned top_shift = 5 * static_cast<unsigned>(length - 1);
    const auto absorb = [&](std::uint8_t value) {
      const auto top = static_cast<std::uint64_t>(remainder >> top_shift);
      remainder = (remainder & ((uint128{1} << top_shift) - 1)) << 5 ^ value;
      for (unsigned i = 0; i < 5; ++i) remainder ^= multiples[i] & (0 - uint128{top >> i & 1});
    };
    for (const char letter : prefix) absorb(static_cast<std::uint8_t>(static_cast<unsigned char>(letter) >> 5));
    absorb(0);
    for (const char letter : prefix) absorb(static_cast<std::uint8_t>(letter & 31));
    for (const Base32Symbol symbol : symbols) absorb(symbol);
    return remainder;
  }
};

inline constexpr uint128 from_halves(std::uint64_t high, std::uint64_t low) { return uint128{high} << 64 | low; }

inline constexpr Codex32Code codex32_short{
    13,
    93,
    {from_halves(0x1, 0x9dc500ce73fde210), from_halves(0x1, 0xbfae00def77fe529), from_halves(0x1, 0xfbd920fffe7bee52),
     from_halves(0x1, 0x739640bdeee3fdad), from_halves(0x0, 0x7729a039cfc75f5a)},
    from_halves(0x1, 0x0ce0795c2fd1e62a)};
inline constexpr Codex32Code codex32_long{
    15,
    1023,
    {from_halves(0x3d5, 0x9d273535ea62d897), from_halves(0x7a9, 0xbecb6361c6c51507),
     from_halves(0x543, 0xf9b7e6c38d8a2a0e), from_halves(0x0c5, 0x77eaeccf1990d13c),
     from_halves(0x188, 0x7f74f8dc71b10651)},
    from_halves(0x433, 0x81e570bf4798ab26)};

inline constexpr std::size_t most_short_symbols = codex32_short.longest - codex32_short.length;

/// The code for a text of so many symbols without the checksum.
inline const Codex32Code& codex32_code(std::size_t symbols) {
  return symbols <= most_short_symbols ? codex32_short : codex32_long;
}

/// Whether symbols end in their checksum; nothing where there are not as many as some text has.
inline std::optional<bool> codex32_holds(std::string_view prefix, std::span<const Base32Symbol> symbols) {
  for (const Codex32Code* code : {&codex32_short, &codex32_long}) {
    if (symbols.size() < code->length || symbols.size() > code->longest) continue;
    if (&codex32_code(symbols.size() - code->length) != code) continue;
    const uint128 difference = code->remainder(prefix, symbols) ^ code->target;
    return constant_time::is_zero(difference).declassify();
  }
  return std::nullopt;
}

/// The characters of symbols and of their checksum, after the prefix.
inline std::string codex32_text(std::string_view prefix, std::vector<Base32Symbol> symbols) {
  const Codex32Code& code = codex32_code(symbols.size());
  symbols.resize(symbols.size() + code.length);
  const uint128 checksum = code.remainder(prefix, symbols) ^ code.target;
  for (std::size_t i = 0; i < code.length; ++i)
    symbols[symbols.size() - 1 - i] = static_cast<Base32Symbol>(checksum >> (5 * i) & 31);
  std::string text;
  text.reserve(prefix.size() + 1 + symbols.size());
  text.append(prefix).append(1, '1');
  for (const Base32Symbol symbol : symbols) text += base32_character(symbol);
  wipe(symbols);
  return text;
}

inline bool is_base32_prefix(std::string_view prefix) {
  return !prefix.empty() &&
         std::ranges::all_of(prefix, [](char c) { return c > 32 && c < 127 && !(c >= 'A' && c <= 'Z'); });
}

}  // namespace detail

/// Bytes as text: `prefix`, "1", and what is described above. Up to 630 bytes; with at most 50 the checksum has 13
/// characters, else 15. The text is as secret as the bytes, and the caller's to protect.
/// @throws Error(invalid_argument) for more bytes, and a prefix that is empty or has blanks, capital letters or what is
/// not ASCII in it.
[[nodiscard]] inline std::string to_base32(std::span<const std::byte> bytes, std::string_view prefix) {
  constexpr std::size_t longest = (detail::codex32_long.longest - detail::codex32_long.length) * 5 / 8;
  if (bytes.size() > longest)
    throw Error(ErrorCode::invalid_argument, std::to_string(bytes.size()) + " bytes in Base32; at most " +
                                                 std::to_string(longest) + " are possible with a checksum");
  if (!detail::is_base32_prefix(prefix))
    throw Error(ErrorCode::invalid_argument, "a prefix of Base32 has small letters, digits and signs of ASCII");
  std::vector<detail::Base32Symbol> symbols;
  symbols.reserve(8 * longest / 5 + detail::codex32_long.length);
  unsigned pending = 0, pending_bits = 0;  // fewer than 5 bits, then 8 more
  for (const std::byte byte : bytes) {
    pending = (pending << 8 | std::to_integer<unsigned>(byte)) & 0xfff;
    for (pending_bits += 8; pending_bits >= 5;) {
      pending_bits -= 5;
      symbols.push_back(static_cast<detail::Base32Symbol>(pending >> pending_bits & 31));
    }
  }
  if (pending_bits > 0) symbols.push_back(static_cast<detail::Base32Symbol>(pending << (5 - pending_bits) & 31));
  return detail::codex32_text(prefix, std::move(symbols));
}

/// The bytes that a text stands for, which to_base32() made with the same prefix; all in small or all in capital
/// letters. Up to 8 wrong characters are noticed for certain, others but once in 2^65. Nothing is corrected. Messages
/// call the text by `name` and do not repeat it.
/// @throws Error(malformed_message)
[[nodiscard]] inline Bytes from_base32(std::string_view text, std::string_view prefix,
                                       const std::string& name = "the text") {
  std::vector<detail::Base32Symbol> symbols;
  const auto refuse = [&](const std::string& what) {
    wipe(symbols);
    throw Error(ErrorCode::malformed_message, name + " " + what);
  };
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  const bool capitals = std::ranges::any_of(text, is_capital);
  if (capitals && std::ranges::any_of(text, [](char c) { return c >= 'a' && c <= 'z'; }))
    refuse("has small and capital letters; it is all of one kind");
  const auto small = [&](char c) { return static_cast<char>(is_capital(c) ? c + ('a' - 'A') : c); };
  const bool right_kind = text.size() > prefix.size() && text[prefix.size()] == '1' &&
                          std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, small);
  if (!right_kind) refuse("does not begin with \"" + std::string(prefix) + "1\"");
  const std::string_view data = text.substr(prefix.size() + 1);
  if (data.size() > detail::codex32_long.longest) refuse("is longer than any text with a checksum");
  symbols.reserve(data.size());
  for (std::size_t i = 0; i < data.size(); ++i) {
    const auto symbol = detail::base32_symbol(small(data[i]));
    if (!symbol) refuse("has a character that is none of Base32, at place " + std::to_string(prefix.size() + 2 + i));
    symbols.push_back(*symbol);
  }
  const auto holds = detail::codex32_holds(prefix, symbols);
  if (!holds) refuse("has " + std::to_string(text.size()) + " characters, as no text with a checksum has");
  if (!*holds) refuse("has a wrong checksum: a character is wrong, missing or in another place");
  const bool is_short = symbols.size() <= detail::codex32_short.longest;
  wipe(std::span(symbols).last(is_short ? detail::codex32_short.length : detail::codex32_long.length));
  symbols.resize(symbols.size() - (is_short ? detail::codex32_short.length : detail::codex32_long.length));
  const std::size_t padding = 5 * symbols.size() % 8;
  if (padding >= 5) refuse("has " + std::to_string(text.size()) + " characters, as no text of whole bytes has");
  Bytes bytes;
  bytes.reserve(5 * symbols.size() / 8);
  unsigned pending = 0, pending_bits = 0;  // fewer than 8 bits, then 5 more
  for (const detail::Base32Symbol symbol : symbols) {
    pending = (pending << 5 | symbol) & 0xfff;
    pending_bits += 5;
    if (pending_bits < 8) continue;
    pending_bits -= 8;
    bytes.push_back(static_cast<std::byte>(pending >> pending_bits & 0xff));
  }
  const unsigned rest = pending & ((1U << pending_bits) - 1);
  if (!constant_time::is_zero(std::uint64_t{rest}).declassify()) {
    wipe(bytes);
    refuse("has padding that is not zero");
  }
  wipe(symbols);
  return bytes;
}

}  // namespace parley
