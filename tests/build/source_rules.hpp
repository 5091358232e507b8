// SPDX-License-Identifier: Apache-2.0
// The rules that every source file keeps, as functions of paths and texts, so that the rules themselves can be tested.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace parley::source_rules {

/// The texts of headers by their paths below `include`, such as "parley/core/bytes.hpp".
using Headers = std::map<std::string, std::string>;

/// In lines, of a header of the library.
inline constexpr std::size_t longest_header = 450;

/// The layers that the headers of a layer may include, itself among them; nothing for a directory that is no layer.
inline std::optional<std::set<std::string>> may_include(const std::string& layer) {
  static const std::map<std::string, std::set<std::string>> rules{
      {"core", {"core"}},
      {"field", {"core", "field"}},
      {"poly", {"core", "field", "poly"}},
      {"sharing", {"core", "field", "poly", "sharing"}},
      // The formats of others, of files and texts, whoever reads or writes them.
      {"formats", {"core", "field", "poly", "sharing", "formats"}},
      {"net", {"core", "net"}},
      {"engine", {"core", "field", "poly", "sharing", "net", "engine"}},
      // Neither a sharing scheme nor a socket: functions are written over the engine concept.
      {"functions", {"core", "field", "poly", "engine", "functions"}},
      // An optional layer beside the others: nobody below or above includes it, so that nobody needs GMP who does not.
      {"gmp", {"core", "field", "poly", "sharing", "gmp"}},
      // The same for libsodium.
      {"sodium", {"core", "field", "poly", "sharing", "formats", "net", "engine", "sodium"}},
      // Groups by libsodium, and what is committed to in them.
      {"group", {"core", "field", "poly", "sharing", "net", "group"}},
      // The same for Asio and OpenSSL.
      {"tls", {"core", "formats", "net", "tls"}},
      // The peers file, by toml++.
      {"peers", {"core", "formats", "net", "tls", "peers"}},
      // The network over MPI.
      {"mpi", {"core", "net", "mpi"}},
      // Numbers of clients, who reach the servers over TLS, for the servers' engine.
      {"collection", {"core", "field", "poly", "sharing", "net", "engine", "tls", "collection"}},
      // parley.hpp and version.hpp themselves
      {"", {"", "core", "field", "poly", "sharing", "formats", "net", "engine", "functions"}},
  };
  const auto found = rules.find(layer);
  return found == rules.end() ? std::nullopt : std::optional(found->second);
}

/// Whether a header from outside parley may be included: the standard library as far as GCC 12 and Clang 14 both have
/// it, the processors' intrinsics, and what it takes to ask the operating system for randomness. Left out on purpose:
/// <iostream> (a static object in every translation unit; <istream>, <ostream> do), <regex> (compile time), <coroutine>
/// (GCC 12 miscompiles temporaries in co_await expressions). The layers of the optional parts may include
/// their libraries as well.
inline bool is_permitted_outside(const std::string& layer, std::string_view name) {
  static const std::set<std::string_view> permitted{
      "algorithm", "any", "array", "atomic", "barrier", "bit", "bitset", "cctype", "cerrno", "cfenv", "cfloat",
      "charconv", "chrono", "cinttypes", "climits", "cmath", "compare", "complex", "concepts", "condition_variable",
      "csetjmp", "csignal", "cstdarg", "cstddef", "cstdint", "cstdio", "cstdlib", "cstring", "ctime", "cwchar", "deque",
      "exception", "filesystem", "forward_list", "fstream", "functional", "future", "initializer_list", "iomanip",
      "ios", "iosfwd", "istream", "iterator", "latch", "limits", "list", "locale", "map", "memory", "memory_resource",
      "mutex", "new", "numbers", "numeric", "optional", "ostream", "queue", "random", "ranges", "ratio", "semaphore",
      "set", "shared_mutex", "span", "sstream", "stack", "stdexcept", "stop_token", "streambuf", "string",
      "string_view", "system_error", "thread", "tuple", "type_traits", "typeindex", "typeinfo", "unordered_map",
      "unordered_set", "utility", "valarray", "variant", "vector", "version",
      // intrinsics
      "immintrin.h", "tmmintrin.h", "wmmintrin.h", "cpuid.h", "arm_acle.h", "arm_neon.h", "sys/auxv.h", "asm/hwcap.h",
      // randomness of the operating system, and its loss in a forked process
      "sys/random.h", "sys/mman.h", "sys/types.h", "fcntl.h", "unistd.h", "windows.h", "bcrypt.h"};
  const bool is_of_network = name.starts_with("asio/") || name.starts_with("openssl/") || name == "sys/ioctl.h";
  return permitted.contains(name) || (layer == "tls" && is_of_network) ||
         (layer == "peers" && name == "toml++/toml.h") || (layer == "mpi" && name == "mpi.h") ||
         (layer == "gmp" && name == "gmp.h") || ((layer == "sodium" || layer == "group") && name == "sodium.h");
}

/// "core" for "parley/core/bytes.hpp" and for "parley/core/detail/x.hpp", "" for "parley/parley.hpp".
inline std::string layer_of(const std::string& header) {
  const std::size_t start = std::string_view("parley/").size();
  const std::size_t end = header.find('/', start);
  return end == std::string::npos ? "" : header.substr(start, end - start);
}

/// One `#include` as it is written.
struct Include {
  std::size_t line;
  std::string name;
  bool quoted;
};

/// Headers of parley are named from the include directory, in quotes; a path relative to the header that includes them
/// is not permitted.
inline bool is_of_parley(const Include& include) { return include.name.starts_with("parley/"); }

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// The includes of a text. An include by a macro has the name "", which no rule permits.
inline std::vector<Include> includes_of(const std::string& text) {
  constexpr std::string_view blanks = " \t";
  std::vector<Include> includes;
  std::size_t number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    std::size_t at = line.find_first_not_of(blanks);
    if (at == std::string::npos || line[at] != '#') continue;
    at = line.find_first_not_of(blanks, at + 1);
    constexpr std::string_view directive = "include";
    if (at == std::string::npos || line.compare(at, directive.size(), directive) != 0) continue;
    at = line.find_first_not_of(blanks, at + directive.size());
    const char open = at == std::string::npos ? '\0' : line[at];
    const std::size_t end = open == '<' ? line.find('>', at) : open == '"' ? line.find('"', at + 1) : std::string::npos;
    includes.push_back({number, end == std::string::npos ? "" : line.substr(at + 1, end - at - 1), open == '"'});
  }
  return includes;
}

/// The sentences that say which rules of inclusion are broken, each with its place; empty when none is.
inline std::vector<std::string> broken_include_rules(const Headers& headers) {
  std::vector<std::string> broken;
  for (const auto& [path, text] : headers) {
    const std::string layer = layer_of(path);
    const auto permitted = may_include(layer);
    if (!permitted) {
      broken.push_back(path + ": " + layer + " is not a layer");
      continue;
    }
    for (const Include& include : includes_of(text)) {
      const std::string place = path + ":" + std::to_string(include.line) + ": ";
      if (!is_of_parley(include)) {
        if (!is_permitted_outside(layer, include.name)) broken.push_back(place + include.name + " is not permitted");
      } else if (!include.quoted) {
        broken.push_back(place + "write \"" + include.name + "\"");
      } else if (!headers.contains(include.name)) {
        broken.push_back(place + include.name + " is no header of parley");
      } else if (!permitted->contains(layer_of(include.name))) {
        broken.push_back(place + "includes " + include.name + ", which is not below " +
                         (layer.empty() ? "parley" : layer));
      }
    }
  }
  return broken;
}

/// What a header includes, itself or by way of other headers of the library.
inline std::set<std::string> includes_reached_from(const Headers& headers, const std::string& start) {
  std::set<std::string> reached;
  std::vector<std::string> open{start};
  while (!open.empty()) {
    const auto header = headers.find(open.back());
    open.pop_back();
    if (header == headers.end()) continue;
    for (const Include& include : includes_of(header->second))
      if (reached.insert(include.name).second && is_of_parley(include)) open.push_back(include.name);
  }
  return reached;
}

/// A sentence for each header that reaches itself through its includes.
inline std::vector<std::string> include_cycles(const Headers& headers) {
  std::vector<std::string> cycles;
  for (const auto& [start, ignored] : headers)
    if (includes_reached_from(headers, start).contains(start))
      cycles.push_back(start + " includes itself by way of other headers");
  return cycles;
}

/// The sentences that say what is wrong with the form of a file: its licence, the sentence on what it is, and, of a
/// header of the library, its length.
inline std::vector<std::string> broken_form_rules(const std::string& path, const std::string& text) {
  std::vector<std::string> broken;
  const auto lines = lines_of(text);
  const bool is_cpp = path.ends_with(".hpp") || path.ends_with(".cpp");
  const std::string comment = is_cpp ? "//" : "#";
  // A script begins with the line that names its interpreter.
  const std::size_t first = !lines.empty() && lines[0].starts_with("#!") ? 1 : 0;
  if (lines.size() <= first || lines[first] != comment + " SPDX-License-Identifier: Apache-2.0") {
    broken.push_back(path + ": does not begin with the SPDX line of its licence");
  } else if (lines.size() <= first + 1 || !lines[first + 1].starts_with(comment + " ")) {
    broken.push_back(path + ": does not say on its second line what it is");
  }
  if (path.ends_with(".hpp")) {
    bool once = false;
    for (const std::string& line : lines) once = once || line == "#pragma once";
    if (!once) broken.push_back(path + ": has no #pragma once");
    if (path.starts_with("include/") && lines.size() > longest_header) {
      broken.push_back(path + ": has " + std::to_string(lines.size()) + " lines, more than " +
                       std::to_string(longest_header));
    }
  }
  return broken;
}

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace parley::source_rules
