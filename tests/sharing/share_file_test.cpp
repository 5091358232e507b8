// SPDX-License-Identifier: Apache-2.0
// The file of a share: its bytes as they are documented, and everything that is refused, with the reason.
#include "parley/sharing/share_file.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "core/hex.hpp"
#include "sharing/scheme_conformance.hpp"
#include "sharing/shares_of_bytes.hpp"

using namespace parley;
using parley::test::bytes_of_length;
using parley::test::closed;
using parley::test::error_of;
using parley::test::from_hex;
using parley::test::opened;
using parley::test::OpenedShare;
using parley::test::to_hex;

namespace {

GF2To128 counting_from(unsigned first) {
  std::array<std::byte, 16> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(first + i);
  return *GF2To128::decode(bytes);
}

OpenedShare example() {
  OpenedShare share{{{5, 2}, 2, {}, counting_from(100)}, {}, 12, counting_from(200)};
  for (std::size_t i = 0; i < 16; ++i) share.header.set[i] = static_cast<std::byte>(i);
  for (const char c : std::string("hello, share")) share.content.push_back(static_cast<std::byte>(c));
  return share;
}

// Of a share that is refused wherever.
std::string refusal(const Bytes& share) {
  const Error error = error_of([&] { static_cast<void>(opened(share)); });
  CHECK(error.code() == ErrorCode::malformed_message);
  return error.what();
}

// With a right checksum of the header.
Bytes with_header(std::size_t at, std::uint8_t value) {
  Bytes share = closed(example());
  share[at] = static_cast<std::byte>(value);
  PolynomialHash checksum(detail::checksum_powers);
  checksum.update(std::span(share).first(48));
  checksum.value().encode(std::span(share).subspan<48, 16>());
  return share;
}

}  // namespace

TEST_CASE("a share is the bytes that another program makes of the description") {
  // By the integers of Python.
  CHECK(
      to_hex(closed(example())) ==
      "897061726c65790a0100010102050300000102030405060708090a0b0c0d0e0f6465666768696a6b6c6d6e6f70717273adfb508e4faba3de"
      "fd3fced98e2dc41e0c00000068656c6c6f2c2073686172656d8aa04f430c0935232d5dfe000244c60c00000000000000c8c9cacbcccdcecf"
      "d0d1d2d3d4d5d6d7969b3e8a394bebaa94445b50edac06d5");
}

TEST_CASE("what is written is read again, for all lengths about a chunk's") {
  for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{15}, std::size_t{16}, share_chunk - 1,
                                   share_chunk, share_chunk + 1, 2 * share_chunk, 3 * share_chunk - 7}) {
    OpenedShare share = example();
    share.content = bytes_of_length(length);
    share.length = length;
    const Bytes bytes = closed(share);
    CHECK(bytes.size() == detail::share_file_size(length));
    const OpenedShare again = opened(bytes);
    CHECK(again.header == share.header);
    CHECK(again.content == share.content);
    CHECK(again.tag_share == share.tag_share);
    CHECK(again.length == length);
  }
}

TEST_CASE("a share that is cut off anywhere, goes on, or has one wrong bit is refused, with its name") {
  const Bytes share = closed(example());
  for (std::size_t size = 0; size < share.size(); ++size)
    CHECK_THAT(refusal(Bytes(share.begin(), share.begin() + static_cast<std::ptrdiff_t>(size))),
               Catch::Matchers::ContainsSubstring("a share: it "));
  for (std::size_t bit = 0; bit < 8 * share.size(); ++bit) {
    Bytes wrong = share;
    wrong[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    CHECK_FALSE(refusal(wrong).empty());
  }
  Bytes longer = share;
  longer.push_back(std::byte{0});
  CHECK(refusal(longer) == "a share: it has bytes behind its end");
  CHECK(refusal({}) == "a share: it is empty");
}

TEST_CASE("two wrong bytes do not cancel in a checksum") {
  const Bytes share = closed(example());
  for (std::size_t first = 0; first < share.size(); ++first)
    for (std::size_t second = 0; second < first; ++second) {
      Bytes wrong = share;
      wrong[first] ^= std::byte{0x10};
      wrong[second] ^= std::byte{0x10};
      CHECK_FALSE(refusal(wrong).empty());
    }
}

TEST_CASE("chunks that have changed places, or are missing, are noticed") {
  OpenedShare share = example();
  share.content = bytes_of_length(2 * share_chunk + 10);
  share.length = share.content.size();
  const Bytes bytes = closed(share);
  const auto frame = static_cast<std::ptrdiff_t>(share_chunk + 20);
  Bytes swapped = bytes;
  std::swap_ranges(swapped.begin() + 64, swapped.begin() + 64 + frame, swapped.begin() + 64 + frame);
  CHECK(refusal(swapped) == "a share: the checksum of its content from byte 0 on is wrong: it is altered");
  Bytes missing = bytes;
  missing.erase(missing.begin() + 64 + frame, missing.begin() + 64 + 2 * frame);
  CHECK(refusal(missing) == "a share: the checksum of its content from byte 65536 on is wrong: it is altered");
}

TEST_CASE("a header that makes no sense is refused though its checksum is right") {
  CHECK(refusal(with_header(0, 'P')) == "a share: it is no share of parley, or was transferred as text");
  CHECK(refusal(with_header(8, 2)) == "a share: it is of version 2, of which this program knows nothing");
  CHECK(refusal(with_header(9, 1)) == "a share: it is of version 257, of which this program knows nothing");
  CHECK(refusal(with_header(10, 2)) == "a share: its scheme has the number 2, not 1");
  CHECK(refusal(with_header(11, 0)) == "a share: its field has the number 0, not 1 or 2");
  CHECK(refusal(with_header(12, 0)) == "a share: it claims a privacy threshold of 0 with 5 shares");
  CHECK(refusal(with_header(12, 5)) == "a share: it claims a privacy threshold of 5 with 5 shares");
  CHECK(refusal(with_header(13, 2)) == "a share: it claims a privacy threshold of 2 with 2 shares");
  CHECK(refusal(with_header(14, 0)) == "a share: it claims to be number 0 of 5 shares");
  CHECK(refusal(with_header(14, 6)) == "a share: it claims to be number 6 of 5 shares");
  CHECK(refusal(with_header(15, 1)) == "a share: a reserved byte of its header is not 0");
}

TEST_CASE("a length that is claimed is compared with what is there, and nothing is allocated for it") {
  for (const std::size_t at : {std::size_t{64}, std::size_t{65}, std::size_t{66}, std::size_t{67}}) {
    Bytes share = closed(example());
    share[at] = std::byte{0xff};
    CHECK_FALSE(refusal(share).empty());
  }
  OpenedShare share = example();
  share.length = 13;
  CHECK(refusal(closed(share)) == "a share: it claims a secret of 13 bytes and has shares of 12");
  const Bytes bytes = closed(example());
  ShareReader reader("a share", source_of(bytes));
  std::vector<std::byte> room(11);
  CHECK_THROWS_WITH(reader.read_chunk(room), "a share: it ends early");
}

TEST_CASE("a chunk longer than chunks are is refused, though its checksum is right and there is room for it") {
  constexpr std::size_t size = share_chunk + 1, frame = size + parley::detail::ShareEncoder::before_content +
                                                        parley::detail::ShareEncoder::behind_content;
  Bytes share(parley::detail::share_header_size + frame);
  const ShareHeader header{{.parties = 3, .privacy_threshold = 1}, 0, {}, {}, ShareContent::bytes};
  parley::detail::ShareEncoder encoder(header, std::span<std::byte>(share).first<parley::detail::share_header_size>());
  encoder.finish_chunk(std::span<std::byte>(share).last(frame));
  ShareReader reader("a share", source_of(share));
  std::vector<std::byte> room(2 * share_chunk);
  CHECK_THROWS_WITH(reader.read_chunk(room), "a share: it is altered at byte 0 of its content");
}

TEST_CASE("a share that cannot be is not written") {
  const auto write = [](std::size_t parties, std::size_t privacy_threshold, std::size_t party) {
    OpenedShare share = example();
    share.header.parameters = {parties, privacy_threshold};
    share.header.party = party;
    return closed(share);
  };
  CHECK_NOTHROW(write(255, 254, 254));
  for (const auto& call : std::vector<std::function<void()>>{[&] { write(256, 2, 0); }, [&] { write(5, 0, 0); },
                                                             [&] { write(5, 5, 0); }, [&] { write(5, 2, 5); }})
    CHECK(error_of(call).code() == ErrorCode::invalid_argument);
}
