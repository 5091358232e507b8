// SPDX-License-Identifier: Apache-2.0
// What a format of shares is to parley-split and parley-combine: functions that split, combine and renew.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/random.hpp"
#include "parley/core/secret.hpp"
#include "parley/core/wipe.hpp"
#include "parley/sharing/byte_sharing.hpp"
#include "secret_files.hpp"

namespace examples {

/// What is called for pieces of the work, to show progress by.
using OnPiece = std::function<void()>;

/// What splitting is told.
struct Splitting {
  parley::ShamirParameters parameters;
  std::vector<parley::ByteSink> shares;
  OnPiece on_piece;
  std::string_view passphrase = {};  ///< for formats that have one
};

struct Restored {
  std::vector<std::string> wrong;  ///< the shares that were found wrong and corrected
  /// Why shares were not used, each a sentence that names one.
  std::vector<std::string> left_out = {};
};

/// What combining is told.
struct Combination {
  std::vector<std::string> shares;  ///< paths
  std::size_t needed = 0;           ///< how many it takes, for formats that do not say; 0 for all that are given
  parley::ByteSink secret;          ///< empty to find out only whether the shares are right
  OnPiece on_piece;
  std::string_view passphrase = {};  ///< for formats that have one
};

/// Where renewed shares go.
struct Destination {
  parley::ShamirParameters parameters;
  std::vector<parley::ByteSink> shares;
};

/// What making a new set of the shares of an old one is told.
struct Renewal {
  std::vector<std::string> shares;  ///< paths
  /// Asked once for the new places, given how many shares were needed, and how many there were, 0 where they do not say.
  std::function<Destination(std::size_t old_needed, std::size_t old_shares)> destination;
  OnPiece on_piece;
};

struct Format {
  const char* description;
  bool has_check;  ///< that finds wrong shares even of as many as are needed
  std::function<std::string(const std::string& prefix, std::size_t number)> path;
  std::function<void(InputFile& secret, const Splitting& splitting, parley::SystemRandom& random)> split;
  std::function<Restored(const Combination& combination)> combine;
  /// Which of the shares at these paths can be used; empty for formats that cannot tell.
  std::function<parley::UsableShares(const std::vector<std::string>& paths)> usable = {};
  /// Empty for formats of which a new set is not made of an old one.
  std::function<Restored(const Renewal& renewal, parley::SystemRandom& random)> renew = {};
  bool has_passphrase = false;
};

using Formats = std::map<std::string, Format>;

namespace detail {

inline std::size_t needed_of(parley::ShamirParameters parameters) { return parameters.privacy_threshold + 1; }

inline std::function<std::string(const std::string&, std::size_t)> numbered(const char* extension) {
  return [extension](const std::string& prefix, std::size_t number) {
    return prefix + "." + std::to_string(number) + "." + extension;
  };
}

/// A text of one line, without the blanks and line ends about it.
inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

inline void write_line(const parley::ByteSink& sink, std::string line) {
  line += '\n';
  sink(std::as_bytes(std::span(line)));
  parley::wipe(std::span<char>(line));
}

/// Shares that are read as a whole.
inline constexpr std::size_t longest_text = std::size_t{1} << 20;

inline parley::Secret<parley::Bytes> text_of(const std::string& path) {
  return InputFile(path).read_all(longest_text, "no share as text is so long");
}

/// Calls visit(line, path) for each line of the files that is not blank.
template <class Visit>
void for_each_line(const std::vector<std::string>& paths, const Visit& visit) {
  for (const std::string& path : paths) {
    const auto content = text_of(path);
    std::string_view text = as_text(content.expose());
    while (!(text = trimmed(text)).empty()) {
      const std::string_view line = trimmed(text.substr(0, text.find('\n')));
      visit(line, path);
      text.remove_prefix(line.size());
    }
  }
}

}  // namespace detail
}  // namespace examples
