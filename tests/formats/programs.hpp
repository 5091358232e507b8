// SPDX-License-Identifier: Apache-2.0
// Other people's programs, run on files of a directory that goes away in the end.
#pragma once

#include <stdlib.h>

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "catch.hpp"
#include "parley/core/bytes.hpp"

namespace parley::test {

/// Whether a program is installed; where it is not, a word about it in the test's output.
inline bool is_installed(const std::string& program) {
  if (std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0) return true;
  WARN("skipped: there is no program " + program);
  SUCCEED();
  return false;
}

class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "parley-formats-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no directory for temporary files");
    path_ = name;
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  void write(const std::string& name, std::span<const std::byte> content) const {
    std::ofstream out(path_ / name, std::ios::binary);
    out.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
    if (!out.flush()) throw std::runtime_error("cannot write " + name);
  }
  void write(const std::string& name, std::string_view text) const { write(name, std::as_bytes(std::span(text))); }

  [[nodiscard]] Bytes read(const std::string& name) const {
    std::ifstream in(path_ / name, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + name);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
  }

  /// What a command prints, to either output; it runs in this directory. Fails the test unless it succeeds.
  [[nodiscard]] std::string run(const std::string& command) const {
    std::FILE* const pipe = popen(("cd '" + path_.string() + "' && " + command + " 2>&1").c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("no shell");
    std::string output;
    for (int character = std::fgetc(pipe); character != EOF; character = std::fgetc(pipe))
      output += static_cast<char>(character);
    INFO(command << " printed: " << output);
    REQUIRE(pclose(pipe) == 0);
    return output;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace parley::test
