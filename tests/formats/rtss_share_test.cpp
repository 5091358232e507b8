// SPDX-License-Identifier: Apache-2.0
// A share of RTSS comes back from its bytes, and bytes that are none are refused with what is wrong with them.
#include "parley/formats/rtss_share.hpp"

#include <cstddef>
#include <string>

#include "catch.hpp"
#include "core/hex.hpp"
#include "refusal.hpp"

namespace {

using parley::Bytes;
using parley::rtss::Hash;
using parley::rtss::Share;
using parley::test::check_refusal;
using parley::test::from_hex;

const std::string identifier = "00112233445566778899aabbccddeeff";

std::string refusal(const std::string& after_identifier) {
  return parley::test::refusal_of(
      [&] { return parley::rtss::from_bytes(from_hex(identifier + after_identifier), "it"); });
}

}  // namespace

TEST_CASE("a share is its fields in the draft's order, the length in network byte order") {
  Share share;
  share.identifier[0] = std::byte{0xab};
  share.threshold = 3;
  share.index = 255;
  share.value = Bytes(300, std::byte{7});
  const Bytes bytes = parley::rtss::to_bytes(share);
  CHECK(parley::test::to_hex(std::span(bytes).first(22)) ==
        "ab000000000000000000000000000000"
        "02"
        "03"
        "012d"
        "ff"
        "07");
  const Share back = parley::rtss::from_bytes(bytes);
  CHECK((back.identifier == share.identifier && back.hash == Hash::sha256 && back.threshold == 3 && back.index == 255));
  CHECK(back.value == share.value);
  share.value.resize(65533);
  CHECK(parley::rtss::from_bytes(parley::rtss::to_bytes(share)).value == share.value);
}

TEST_CASE("bytes that are no share are refused with what is wrong with them") {
  CHECK(refusal("00"
                "01"
                "0002"
                "01"
                "ff")
            .empty());
  CHECK(refusal("00"
                "01"
                "0001"
                "01")
            .empty());  // the empty secret
  CHECK(refusal("00"
                "02"
                "00") == "malformed_message: it has 19 bytes, too few for a share of RTSS");
  CHECK(refusal("00"
                "02"
                "0001") == "malformed_message: it has 20 bytes, too few for a share of RTSS");
  CHECK(refusal("01"
                "02"
                "0002"
                "01"
                "ff") == "malformed_message: it uses the hash SHA-1, which is not supported");
  CHECK(refusal("80"
                "02"
                "0002"
                "01"
                "ff") == "malformed_message: it uses a hash that RTSS has not, number 128");
  CHECK(refusal("00"
                "00"
                "0002"
                "01"
                "ff") == "malformed_message: it has the threshold 0");
  CHECK(refusal("00"
                "02"
                "0002"
                "00"
                "ff") == "malformed_message: it has the index 0, which no share has");
  for (const std::string length : {"0000", "0003", "0102", "ffff"})
    CHECK_THAT(refusal("00"
                       "02" +
                       length +
                       "01"
                       "ff"),
               Catch::Matchers::ContainsSubstring("it says that it has "));
  CHECK(refusal("02"
                "02"
                "0002"
                "01"
                "ff") == "malformed_message: it is shorter than the hash in it");
  // The length of the secret alone is that of Botan before 2.9.
  const std::string hash(64, 'a');
  CHECK(refusal("02"
                "02"
                "0021"
                "01" +
                hash)
            .empty());
  CHECK(refusal("02"
                "02"
                "0000"
                "01" +
                hash)
            .empty());
  CHECK_FALSE(refusal("02"
                      "02"
                      "0001"
                      "01" +
                      hash)
                  .empty());
  CHECK_FALSE(refusal("02"
                      "02"
                      "0020"
                      "01" +
                      hash)
                  .empty());
}

TEST_CASE("fields of a share of RTSS beyond their bounds are refused before anything is written") {
  Share share;
  share.threshold = 1;
  share.index = 1;
  share.value = Bytes(32);
  CHECK_NOTHROW(parley::rtss::to_bytes(share));
  const auto refuses = [&](const std::string& reason, auto change) {
    Share wrong = share;
    change(wrong);
    check_refusal("invalid_argument: a share of RTSS " + reason, [&] { return parley::rtss::to_bytes(wrong); });
  };
  refuses("has the threshold 0", [](Share& wrong) { wrong.threshold = 0; });
  refuses("has the index 0", [](Share& wrong) { wrong.index = 0; });
  refuses("is shorter than the hash", [](Share& wrong) { wrong.value.pop_back(); });
  refuses("has 65534 bytes; at most 65533", [](Share& wrong) { wrong.value.resize(65534); });
}
