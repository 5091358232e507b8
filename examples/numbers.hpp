// SPDX-License-Identifier: Apache-2.0
// Whole numbers and amounts as people write and read them: parsing that says why it refuses, and printing.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace examples {

/// `text` in quotation marks for a message: bytes that do not print are written as \x1f, and a long text is cut.
inline std::string in_quotes(std::string_view text) {
  std::size_t length = std::min<std::size_t>(text.size(), 40);
  // not within a character of UTF-8, whose second and further bytes are 10xxxxxx
  while (length < text.size() && length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) --length;
  std::string result = "\"";
  for (const char c : text.substr(0, length)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F) {
      result += c;
    } else {
      constexpr std::string_view digits = "0123456789abcdef";
      result += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return result + (text.size() > length ? "...\"" : "\"");
}

/// 1234567 as "1,234,567".
inline std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t place = digits.size(); place > 3; place -= 3) digits.insert(place - 3, ",");
  return digits;
}

/// The quotient as "1,234.57", rounded half up to two decimals. The denominator is not 0, and below 2^57.
inline std::string quotient(std::uint64_t numerator, std::uint64_t denominator) {
  std::uint64_t whole = numerator / denominator;
  // remainder < denominator < 2^57, so that a hundred of them stay below 2^64
  std::uint64_t hundredths = (numerator % denominator * 100 + denominator / 2) / denominator;
  if (hundredths == 100) {
    ++whole;
    hundredths = 0;
  }
  return grouped(whole) + (hundredths < 10 ? ".0" : ".") + std::to_string(hundredths);
}

/// A number, or the sentence that says why there is none.
struct ParsedNumber {
  std::optional<std::uint64_t> number;
  std::string problem;
};

namespace detail {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// "1234567" for "1,234,567" and the like, with any of the separators in use; nothing for what is not grouped so.
inline std::string without_separators(std::string_view text) {
  constexpr std::array<std::string_view, 7> separators = {",", ".", "'", " ", "\u00a0", "\u202f", "\u2019"};
  for (const std::string_view separator : separators) {
    std::string digits;
    std::string_view rest = text;
    for (std::size_t group = 0;; ++group) {
      const std::size_t end = rest.find(separator);
      const std::string_view part = rest.substr(0, end);
      if (!all_digits(part) || part.size() > 3 || (group > 0 && part.size() != 3)) break;
      digits += part;
      if (end == std::string_view::npos) {
        if (group == 0) break;
        return digits;
      }
      rest.remove_prefix(end + separator.size());
    }
  }
  return {};
}

}  // namespace detail

/// The decimal number in `text`, which may have blanks around it and has to be at most `maximum`.
inline ParsedNumber parse_whole_number(std::string_view text, std::uint64_t maximum) {
  const std::string_view digits = detail::trimmed(text);
  if (digits.empty()) return {std::nullopt, "is empty"};
  const auto refused = [&](const std::string& why) {
    return ParsedNumber{std::nullopt, in_quotes(digits) + " " + why};
  };
  if (!detail::all_digits(digits)) {
    if (digits.front() == '-' && digits.size() > 1 && detail::is_digit(digits[1])) return refused("is negative");
    if (const std::string plain = detail::without_separators(digits); !plain.empty())
      return refused("has a thousands separator: write " + plain);
    const std::size_t point = digits.find_first_of(".,");
    if (point != std::string_view::npos && detail::all_digits(digits.substr(0, point)) &&
        detail::all_digits(digits.substr(point + 1)))
      return refused("is not a whole number");
    return refused("is not a number");
  }
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || number > maximum) return refused("is above the greatest permitted, " + grouped(maximum));
  return {number, {}};
}

/// A number and whose it is.
struct NamedNumber {
  std::string name;
  std::uint64_t number;
};

/// Arguments of the form NAME=NUMBER. Throws std::runtime_error for one that is not, and for a name that comes twice.
inline std::vector<NamedNumber> parse_named_numbers(const std::vector<std::string>& arguments, std::uint64_t maximum) {
  std::vector<NamedNumber> parsed;
  std::set<std::string> names;
  for (const std::string& argument : arguments) {
    const std::size_t sign = argument.find('=');
    if (sign == std::string::npos || sign == 0)
      throw std::runtime_error(in_quotes(argument) + " is not of the form NAME=NUMBER");
    const std::string name = argument.substr(0, sign);
    const ParsedNumber value = parse_whole_number(std::string_view(argument).substr(sign + 1), maximum);
    if (!value.number) throw std::runtime_error("the number of " + in_quotes(name) + ": " + value.problem);
    if (!names.insert(name).second) throw std::runtime_error(in_quotes(name) + " is there twice");
    parsed.push_back({name, *value.number});
  }
  return parsed;
}

/// The number of characters in a text of UTF-8.
inline std::size_t length_of(std::string_view text) {
  const auto begins_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

/// `text` with blanks after it up to `width` characters.
inline std::string left_aligned(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, length_of(text)), ' ');
}
/// `text` with blanks before it up to `width` characters.
inline std::string right_aligned(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, length_of(text)), ' ') + text;
}

/// The length of the longest name, and at least `least`.
inline std::size_t longest_name(const std::vector<NamedNumber>& named, std::size_t least) {
  for (const NamedNumber& one : named) least = std::max(least, length_of(one.name));
  return least;
}

/// "Alice, Bob and Charlie".
inline std::string enumerated(const std::vector<NamedNumber>& named) {
  std::string text;
  for (std::size_t i = 0; i < named.size(); ++i)
    text += (i == 0 ? "" : i + 1 == named.size() ? " and " : ", ") + named[i].name;
  return text;
}

}  // namespace examples
