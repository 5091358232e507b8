// SPDX-License-Identifier: Apache-2.0
// The frames between machines, their hellos and last words: whatever bytes come, they are refused as malformed, or are
// what would be written for what was read of them.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "fuzz/fuzz.hpp"
#include "parley/tls/frame.hpp"
#include "parley/tls/hello.hpp"

namespace {

namespace wire = parley::tls::detail;

template <class Check>
void check(Check check_bytes) {
  try {
    check_bytes();
  } catch (const parley::Error& error) {
    parley::fuzz::require(error.code() == parley::ErrorCode::malformed_message && error.party() == 7,
                          "who sent it is blamed for what is malformed");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using parley::fuzz::require;
  const auto bytes = std::as_bytes(std::span(data, size));
  check([&] {
    const wire::Hello hello = wire::decode_hello(bytes, 7);
    if (hello.version != wire::protocol_version) return;
    require(size <= wire::longest_hello, "a hello has its bound");
    require(std::ranges::equal(wire::encode(hello), bytes), "a hello is one way of writing");
  });
  if (size < wire::header_size) return 0;
  check([&] {
    const wire::FrameHeader header = wire::decode_header(bytes.first<wire::header_size>(), 7);
    require(std::ranges::equal(wire::encode(header), bytes.first<wire::header_size>()),
            "a header is one way of writing");
    const std::size_t words = wire::size_of_departure(header, 7);
    require(words <= wire::longest_gave_up, "last words have their bound");
    const auto rest = bytes.subspan(wire::header_size);
    const wire::Departure departure = wire::decode_departure(header, rest.first(std::min(words, rest.size())), 7);
    require(departure.reason.size() <= wire::longest_reason, "reasons have their bound");
    require(std::ranges::none_of(departure.reason, [](char c) { return c >= 0 && c < ' '; }),
            "reasons have no control characters");
  });
  return 0;
}
