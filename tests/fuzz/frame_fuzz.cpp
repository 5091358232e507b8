// SPDX-License-Identifier: Apache-2.0
// The frames between machines, their hellos and last words, and what clients ask of servers: whatever bytes come, they are
// refused as malformed, or are what would be written for what was read of them.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "parley/tls/frame.hpp"
#include "parley/tls/hello.hpp"
#include "parley/tls/submission.hpp"

namespace {

namespace wire = parley::tls::detail;

template <class Check>
void check(Check check_bytes, std::optional<std::size_t> sender = 7) {
  try {
    check_bytes();
  } catch (const parley::Error& error) {
    parley::fuzz::require(error.code() == parley::ErrorCode::malformed_message && error.party() == sender,
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
  check(
      [&] {
        constexpr std::size_t part_size = 3;
        const wire::Request request = wire::decode_request(bytes, part_size);
        require(size <= wire::longest_request(part_size), "a request has its bound");
        if (request.kind == wire::RequestKind::result) {
          require(std::ranges::equal(wire::encode_result_request(request.item), bytes),
                  "a request is one way of writing");
          return;
        }
        std::vector<parley::tls::Submission> submissions;
        for (const auto& [item, revision, digest, part] : request.submissions)
          submissions.push_back({item, revision, digest, {parley::Bytes(part.begin(), part.end())}});
        require(std::ranges::equal(wire::encode_store(submissions, 0, part_size), bytes),
                "a request is one way of writing");
      },
      std::nullopt);
  check([&] {
    const auto verdicts = wire::decode_verdicts(bytes, size, 7);
    require(std::ranges::equal(wire::encode_verdicts(verdicts), bytes), "verdicts are one way of writing");
  });
  check([&] {
    require(std::ranges::equal(wire::encode_result(wire::decode_result(bytes, 7)), bytes),
            "a result is one way of writing");
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
