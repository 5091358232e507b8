// SPDX-License-Identifier: Apache-2.0
// A file of RTSS: what is read is a share that is written as the same one again, in at most one other way of writing
// its length.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "parley/sodium/rtss.hpp"

namespace {

using parley::fuzz::require;

void check(std::span<const std::byte> bytes, std::vector<parley::rtss::Share>& shares) {
  try {
    const auto share = parley::rtss::from_bytes(bytes);
    const parley::Bytes written = parley::rtss::to_bytes(share);
    require(written.size() == bytes.size(), "a share has one length");
    for (std::size_t i = 0; i < bytes.size(); ++i)
      require(written[i] == bytes[i] || i == 18 || i == 19, "a share is written as it was read");
    require(parley::rtss::from_bytes(written).value == share.value, "and read as it was written");
    shares.push_back(share);
  } catch (const parley::Error& error) {
    require(error.code() == parley::ErrorCode::malformed_message, "bytes that are no share are malformed");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  std::vector<parley::rtss::Share> whole, halves;
  check(bytes, whole);
  check(bytes.first(size / 2), halves);
  check(bytes.subspan(size / 2), halves);
  for (const auto& shares : {whole, halves}) {
    try {
      const auto secret = parley::rtss::combine(shares);
      require(secret.expose().size() + size_of(shares.front().hash) == shares.front().value.size(),
              "a secret is as long as its shares without its hash");
    } catch (const parley::Error& error) {
      require(error.code() != parley::ErrorCode::malformed_message, "shares that were read are not malformed");
    }
  }
  return 0;
}
