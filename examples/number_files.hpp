// SPDX-License-Identifier: Apache-2.0
// Files with a column of whole numbers, whose every problem is printed with its file and its line.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "csv.hpp"
#include "progress.hpp"

namespace examples {

/// The content of a file. Throws std::runtime_error.
inline std::string read_text(const std::filesystem::path& path) {
  const auto fail = [&] {
    throw std::runtime_error(path.string() +
                             " could not be read: " + std::error_code(errno, std::generic_category()).message());
  };
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) fail();
  std::string text;
  std::vector<char> buffer(std::size_t{1} << 20);
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || file.gcount() > 0)
    text.append(buffer.data(), static_cast<std::size_t>(file.gcount()));
  if (file.bad()) fail();
  return text;
}

/// The column of this name, each entry at most `maximum` and all together at most `greatest_total`. What is wrong is
/// printed on the error output, and counted in `problems`; then the numbers are of no use. `on_part` is told which part
/// of the file has been read. Throws std::runtime_error where the file cannot be read.
inline std::vector<std::uint64_t> read_number_file(const std::filesystem::path& path, const std::string& column_name,
                                                   std::uint64_t maximum, std::uint64_t greatest_total,
                                                   Progress& progress, std::size_t& problems,
                                                   const std::function<void(double part)>& on_part) {
  constexpr std::size_t most_messages = 10;
  const std::string name = path.string();
  const std::string text = read_text(path);
  NumberColumn column = read_number_column(text, column_name, maximum, [&](std::size_t position) {
    on_part(static_cast<double>(position) / static_cast<double>(text.size()));
  });
  std::uint64_t room = greatest_total;
  for (const std::uint64_t number : column.numbers) {
    if (number > room) {
      column.problems.push_back({1, "the sum of the entries is too large"});
      break;
    }
    room -= number;
  }
  progress.clear();
  for (std::size_t k = 0; k < std::min(most_messages, column.problems.size()); ++k)
    std::cerr << name << ':' << column.problems[k].line << ": " << column.problems[k].message << '\n';
  if (column.problems.size() > most_messages)
    std::cerr << name << ": and " << column.problems.size() - most_messages << " more\n";
  problems += column.problems.size();
  return std::move(column.numbers);
}

}  // namespace examples
