// SPDX-License-Identifier: Apache-2.0
// Files of libgfshare: the first line is the name of a file, whose number comes back in its suffix; each further line
// is a file's name and content, apart by a blank. Whatever set these are, it is refused or recovers a file of their
// length.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "parley/formats/gfshare.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using parley::fuzz::require;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<parley::gfshare::Share> shares;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, length), name = line.substr(0, line.find(' '));
    try {
      const unsigned number = parley::gfshare::number_of(name);
      require(name.ends_with(parley::gfshare::file_suffix(number)), "a name ends in its number");
      const auto content = std::as_bytes(std::span(line.substr(std::min(name.size() + 1, line.size()))));
      shares.push_back({number, parley::Bytes(content.begin(), content.end())});
    } catch (const parley::Error& error) {
      require(error.code() == parley::ErrorCode::malformed_message, "a name without a number is malformed");
    }
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  for (const std::size_t threshold : {std::size_t{0}, std::size_t{2}}) {
    try {
      const auto content = parley::gfshare::combine(shares, threshold);
      require(content.expose().size() == shares.front().value.size(), "a file is as long as its shares");
    } catch (const parley::Error& error) {
      require(error.code() != parley::ErrorCode::malformed_message, "shares that were read are not malformed");
    }
  }
  return 0;
}
