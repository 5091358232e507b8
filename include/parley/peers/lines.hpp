// SPDX-License-Identifier: Apache-2.0
// A look at each line of a text in TOML before toml++ parses it, which is not safe with every text: several of its
// functions take for granted what nobody has looked at (https://github.com/marzer/tomlplusplus/pull/301 is about one of
// them), and what is nested is freed by recursion. A peers file needs little of TOML, so that little is let through.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace parley::peers::detail {

struct LineProblem {
  std::size_t line = 0;  ///< from 1, 0 where there is no problem
  std::string_view sentence;
};

inline constexpr std::string_view blanks_of_toml = " \t";

inline std::string_view without_leading_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(blanks_of_toml), text.size()));
}

/// Whether this is true, false, or a decimal number such as -7, 0.5 or 1e3.
inline bool is_plain_value(std::string_view text) {
  if (text == "true" || text == "false") return true;
  const auto skip = [&](std::string_view any) {
    const bool there = !text.empty() && any.find(text.front()) != std::string_view::npos;
    if (there) text.remove_prefix(1);
    return there;
  };
  const auto skip_digits = [&] {
    if (!skip("0123456789")) return false;
    while (skip("0123456789")) {
    }
    return true;
  };
  skip("+-");
  if (!skip_digits() || (skip(".") && !skip_digits())) return false;
  if (!skip("eE")) return text.empty();
  skip("+-");
  return skip_digits() && text.empty();
}

/// Why toml++ must not see this line, which has no end of line in it; empty where it may: it has the name of a section in
/// brackets, or a key and a value, a text or a plain one, or a comment, or nothing.
inline std::string_view problem_of_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  line = without_leading_blanks(line);
  const bool is_section = line.starts_with('[');
  if (is_section) {
    line = without_leading_blanks(line.substr(line.starts_with("[[") ? 2 : 1));
    const char first = line.empty() ? '\0' : line.front();
    const bool is_name = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') ||
                         (first >= '0' && first <= '9') || first == '_' || first == '-' || first == '"' ||
                         first == '\'';
    if (!is_name) return "a section begins with its name in brackets, such as [timeouts] or [[party]]";
  }
  constexpr std::size_t most_dots = 8;  // each nests a table
  std::size_t dots = 0;
  for (std::size_t i = 0; i < line.size() && line[i] != '#'; ++i) {
    const char c = line[i];
    if (c == '"' || c == '\'') {
      if (line.substr(i).starts_with(c == '"' ? R"(""")" : "'''")) return "a text fits in its line";
      for (++i; i < line.size() && line[i] != c; ++i) {
        if (c == '"' && line[i] == '\\') ++i;
      }
      if (i >= line.size()) return "a quotation mark is opened and not closed in its line";
    } else if (c != '\t' && (c < 0x20 || c > 0x7e)) {
      return "texts are in quotation marks, and what is outside of them is plain ASCII";
    } else if (c == '.' && ++dots > most_dots) {
      return "a peers file has no line like this";
    } else if (c == '=' && !is_section) {
      std::string_view value = without_leading_blanks(line.substr(i + 1));
      if (value.starts_with('"') || value.starts_with('\'')) continue;
      value = value.substr(0, value.find('#'));
      value = value.substr(0, value.find_last_not_of(blanks_of_toml) + 1);
      if (!is_plain_value(value)) return "a value is a text in quotation marks, a number, true or false";
    }
  }
  return {};
}

/// The first line of the text that toml++ must not see, and why.
inline LineProblem problem_of_lines(std::string_view text) {
  std::size_t number = 1;
  for (std::size_t at = 0; at < text.size(); ++number) {
    const std::string_view line = text.substr(at, text.find('\n', at) - at);
    if (const auto sentence = problem_of_line(line); !sentence.empty()) return {number, sentence};
    at += line.size() + 1;
  }
  return {};
}

}  // namespace parley::peers::detail
