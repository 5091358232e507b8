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

/// Why toml++ must not see this line, which has no end of line in it; empty where it may: it has the name of a section in
/// brackets, or a key and a value without brackets and braces, with texts that end in it, or a comment, or nothing.
inline std::string_view problem_of_line(std::string_view line) {
  constexpr std::string_view blanks = " \t";
  if (line.ends_with('\r')) line.remove_suffix(1);
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  const bool is_section = line.starts_with('[');
  if (is_section) {
    line.remove_prefix(line.starts_with("[[") ? 2 : 1);
    const std::size_t name = line.find_first_not_of(blanks);
    const char first = name == std::string_view::npos ? '\0' : line[name];
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
    } else if (c == '{' || c == '}' || (!is_section && (c == '[' || c == ']'))) {
      return "a peers file has no lists and no braces, but sections, such as [timeouts] and [[party]]";
    } else if (c != '\t' && (c < 0x20 || c > 0x7e)) {
      return "texts are in quotation marks, and what is outside of them is plain ASCII";
    } else if (c == '.' && ++dots > most_dots) {
      return "a peers file has no line like this";
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
