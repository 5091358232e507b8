// SPDX-License-Identifier: Apache-2.0
// The examples' reader of comma-separated values: an error that names a line of the text, or records that hold no more
// than it does.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../examples/csv.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using parley::fuzz::require;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  std::size_t fields = 0, characters = 0, line = 0;
  try {
    examples::CsvReader reader(text);
    for (examples::CsvRecord record; reader.next(record); line = record.line) {
      require(record.line > line && record.line <= lines, "each record begins on a later line of the text");
      fields += record.fields.size();
      for (const auto& field : record.fields) characters += field.size();
    }
    require(characters <= size && fields <= size + 1, "the fields hold no more than the text");
  } catch (const examples::CsvError& error) {
    require(error.line() >= 1 && error.line() <= lines, "the error is on a line of the text");
  }
  return 0;
}
