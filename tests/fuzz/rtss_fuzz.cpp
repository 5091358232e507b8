// SPDX-License-Identifier: Apache-2.0
// A file of RTSS: what is read is a share that is written as the same one again, in at most one other way of writing
// its length.
#include <cstddef>
#include <cstdint>
#include <span>

#include "fuzz/fuzz.hpp"
#include "parley/formats/rtss_share.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using parley::fuzz::require;
  const auto bytes = std::as_bytes(std::span(data, size));
  try {
    const auto share = parley::rtss::from_bytes(bytes);
    const parley::Bytes written = parley::rtss::to_bytes(share);
    require(written.size() == size, "a share has one length");
    for (std::size_t i = 0; i < size; ++i)
      require(written[i] == bytes[i] || i == 18 || i == 19, "a share is written as it was read");
    require(parley::rtss::from_bytes(written).value == share.value, "and read as it was written");
  } catch (const parley::Error& error) {
    require(error.code() == parley::ErrorCode::malformed_message, "bytes that are no share are malformed");
  }
  return 0;
}
