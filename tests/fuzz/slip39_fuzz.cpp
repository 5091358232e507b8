// SPDX-License-Identifier: Apache-2.0
// A mnemonic of SLIP-39: what is read is a share whose mnemonic has the same words. Since no chance finds a checksum,
// the words are tried with the right one in place of their last three as well.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "parley/formats/slip39_mnemonic.hpp"

namespace {

void check(std::string_view text) {
  using parley::fuzz::require;
  try {
    const auto share = parley::slip39::from_mnemonic(text);
    require(parley::slip39::to_mnemonic(share) == parley::words::join(parley::words::split(text)),
            "a share is written as it was read");
  } catch (const parley::Error& error) {
    require(error.code() == parley::ErrorCode::malformed_message, "words that are no share are malformed");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(text);
  try {
    std::vector<parley::words::Index> words = parley::words::split(text);
    if (words.size() <= 3) return 0;
    words.resize(words.size() - 3);
    const auto checksum = parley::slip39::detail::checksum((words.size() > 1 && (words[1] >> 4 & 1) != 0)).of(words);
    words.insert(words.end(), checksum.begin(), checksum.end());
    check(parley::words::join(words));
  } catch (const parley::Error&) {  // words that are not in the list, which check() has seen
  }
  return 0;
}
