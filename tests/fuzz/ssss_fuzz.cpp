// SPDX-License-Identifier: Apache-2.0
// Lines of ssss: what is read is a share that is written as the same one again, and whatever set the lines are, it is
// refused or recovers a secret of its length.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "parley/formats/ssss.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using parley::fuzz::require;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<parley::ssss::Share> shares;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size() - 1) + 1;
    try {
      shares.push_back(parley::ssss::from_line(text.substr(0, length)));
      const parley::ssss::Share& share = shares.back();
      if (share.token.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos) {
        const auto again = parley::ssss::from_line(parley::ssss::to_line(share, 1));
        require(again.token == share.token && again.index == share.index && again.value == share.value,
                "a share is read from the line that is written of it");
      }
    } catch (const parley::Error& error) {
      require(error.code() == parley::ErrorCode::malformed_message, "a line that is no share is malformed");
    }
    text.remove_prefix(length);
  }
  // The time of a large set grows with its square; five shares are as good as any for the parser.
  if (shares.size() > 5) shares.resize(5);
  for (const std::size_t threshold : {std::size_t{0}, std::size_t{2}}) {
    try {
      const auto secret = parley::ssss::combine(shares, {threshold, size % 2 == 0});
      require(secret.expose().size() == shares.front().value.size(), "a secret is as long as its shares");
    } catch (const parley::Error& error) {
      require(error.code() != parley::ErrorCode::malformed_message, "shares that were read are not malformed");
    }
  }
  return 0;
}
