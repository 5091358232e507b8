// SPDX-License-Identifier: Apache-2.0
// Mnemonics of SLIP-39, one in a line: what is read is a share whose mnemonic has the same words, and whatever set the
// lines are, it is refused or recovers a secret of its length. Since no chance finds a checksum, the lines are tried
// with the right one in place of their last three words as well.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "parley/sodium/slip39.hpp"

namespace {

using parley::fuzz::require;

// In small letters, with one blank between words.
std::string canonical(std::string_view text) {
  std::string result;
  bool blank = true;
  for (const char character : text) {
    const bool is_blank = character == ' ' || character == '\t' || character == '\r' || character == '\n';
    if (is_blank && !blank) result += ' ';
    if (!is_blank)
      result += static_cast<char>(character >= 'A' && character <= 'Z' ? character + ('a' - 'A') : character);
    blank = is_blank;
  }
  if (blank && !result.empty()) result.pop_back();
  return result;
}

void check(const std::string& text) {
  try {
    const auto share = parley::slip39::from_mnemonic(text);
    require(parley::slip39::to_mnemonic(share) == canonical(text), "a share is written as it was read");
  } catch (const parley::Error& error) {
    require(error.code() == parley::ErrorCode::malformed_message, "words that are no share are malformed");
  }
}

void check_set(const std::vector<std::string>& mnemonics) {
  for (const std::string& mnemonic : mnemonics) check(mnemonic);
  try {
    const auto found = parley::slip39::combine(mnemonics);
    require(found.ciphertext.expose().size() >= parley::slip39::shortest_secret, "a secret is not too short");
  } catch (const parley::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> lines, with_checksum;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, length));
    text.remove_prefix(std::min(length + 1, text.size()));
    try {
      std::vector<parley::words::Index> words = parley::words::split(lines.back());
      if (words.size() <= 3) continue;
      words.resize(words.size() - 3);
      const auto checksum = parley::slip39::detail::checksum(words.size() > 1 && (words[1] >> 4 & 1) != 0).of(words);
      words.insert(words.end(), checksum.begin(), checksum.end());
      with_checksum.push_back(parley::words::join(words));
    } catch (const parley::Error&) {  // words that are not in the list, which check() sees
    }
  }
  check_set(lines);
  check_set(with_checksum);
  return 0;
}
