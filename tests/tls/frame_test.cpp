// SPDX-License-Identifier: Apache-2.0
// Frames, hellos, last words, and what clients ask of servers, with 10^5 random changes and cuts: read as something that is
// within its bounds, or refused as malformed, and nothing else.
#include "parley/tls/frame.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "net/network_conformance.hpp"
#include "parley/tls/hello.hpp"
#include "parley/tls/submission.hpp"

using namespace parley;
using namespace parley::tls;
namespace wire = parley::tls::detail;

namespace {

/// Bytes as they are sent, and a reader that fails for what is read beyond its bounds.
struct Example {
  std::string name;
  Bytes bytes;
  std::function<void(std::span<const std::byte>)> read;
};

std::vector<Example> examples() {
  wire::Hello hello;
  hello.parties = 3;
  hello.session = {"salaries 1.2", "May", {{"field", "2^61 - 1"}, {"privacy threshold", "1"}}};
  const auto header = wire::encode(wire::FrameHeader{wire::FrameKind::gave_up, 7, 24});
  Bytes departure(header.begin(), header.end());
  const Bytes words = wire::encode_gave_up(2, "it was not me at all");
  departure.insert(departure.end(), words.begin(), words.end());
  const std::vector<Submission> submissions(3, {1, 2, {}, {Bytes(5), Bytes(5)}});
  return {
      {"hello", wire::encode(hello),
       [](auto bytes) {
         const wire::Hello read = wire::decode_hello(bytes, 1);
         if (read.session.parameters.size() > wire::most_parameters) FAIL("too many parameters");
         static_cast<void>(wire::difference(read, {}, 1));
       }},
      {"departure", departure,
       [](auto bytes) {
         if (bytes.size() < wire::header_size) return;
         const auto read = wire::decode_header(bytes.template first<wire::header_size>(), 1);
         const std::size_t size = wire::size_of_departure(read, 1);
         if (size > wire::longest_gave_up) FAIL("last words without end");
         const auto rest = bytes.subspan(wire::header_size);
         const auto gone = wire::decode_departure(read, rest.first(std::min(size, rest.size())), 1);
         if (gone.reason.size() > wire::longest_reason) FAIL("a reason without end");
       }},
      {"request to store", wire::encode_store(submissions, 1, 5),
       [](auto bytes) {
         if (wire::decode_request(bytes, 5).submissions.size() > wire::submissions_per_request(5)) FAIL("too many");
       }},
      {"request for a result", wire::encode_result_request(77),
       [](auto bytes) { static_cast<void>(wire::decode_request(bytes, 5)); }},
      {"verdicts", wire::encode_verdicts(std::array{Verdict::stored, Verdict::closed}),
       [](auto bytes) { static_cast<void>(wire::decode_verdicts(bytes, 2, 1)); }},
      {"result", wire::encode_result(Bytes(20)), [](auto bytes) { static_cast<void>(wire::decode_result(bytes, 1)); }}};
}

}  // namespace

TEST_CASE("What is changed or cut off on its way is read within its bounds, or refused as malformed") {
  std::size_t refused = 0, read = 0;
  std::uint64_t state = 0;
  const auto draw = [&state](std::size_t below) {
    return static_cast<std::size_t>(network_conformance::mix(++state) % below);
  };
  const auto all = examples();
  for (const Example& example : all) CHECK_NOTHROW(example.read(example.bytes));
  for (std::size_t trial = 0; trial < 100'000; ++trial) {
    const Example& example = all[trial % all.size()];
    Bytes bytes = example.bytes;
    for (std::size_t changes = draw(4); changes > 0; --changes)
      bytes[draw(bytes.size())] = static_cast<std::byte>(draw(256));
    if (draw(3) == 0) bytes.resize(draw(bytes.size()));
    if (draw(8) == 0) bytes.resize(bytes.size() + 1 + draw(40), static_cast<std::byte>(draw(256)));
    bytes.shrink_to_fit();  // so that a sanitizer sees what is read beyond the end
    try {
      example.read(bytes);
      ++read;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::malformed_message) FAIL_CHECK(example.name << ": " << error.what());
      ++refused;
    }
  }
  CHECK(refused + read == 100'000);
  CHECK(refused > 30'000);
  CHECK(read > 10'000);
}
