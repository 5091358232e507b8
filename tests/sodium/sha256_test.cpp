// SPDX-License-Identifier: Apache-2.0
// SHA-256, HMAC and PBKDF2 give what their standards say.
#include "parley/sodium/sha256.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "core/hex.hpp"
#include "parley/core/bytes.hpp"

using parley::test::to_hex;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string derived(std::string_view password, std::string_view salt, std::uint64_t iterations, std::size_t length) {
  parley::Bytes key(length);
  parley::sodium::pbkdf2_hmac_sha256(key, bytes_of(password), bytes_of(salt), iterations);
  return to_hex(key);
}

}  // namespace

TEST_CASE("SHA-256 of FIPS 180's examples") {
  CHECK(to_hex(parley::sodium::sha256({})) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(parley::sodium::sha256(bytes_of("abc"))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("HMAC-SHA256 of RFC 4231, whatever parts a message comes in") {
  const parley::sodium::HmacSha256 jefe(bytes_of("Jefe"));
  const std::string expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
  CHECK(to_hex(jefe({bytes_of("what do ya want for nothing?")})) == expected);
  CHECK(to_hex(jefe({bytes_of("what do ya "), {}, bytes_of("want for nothing?")})) == expected);
  const parley::Bytes long_key(131, std::byte{0xaa});
  CHECK(to_hex(parley::sodium::HmacSha256(long_key)(
            {bytes_of("Test Using Larger Than Block-Size Key - Hash Key First")})) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("PBKDF2 of RFC 7914 and of RFC 6070's inputs, over several blocks") {
  CHECK(derived("passwd", "salt", 1, 64) ==
        "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
  CHECK(derived("password", "salt", 2, 32) == "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43");
  CHECK(derived("passwordPASSWORDpassword", "saltSALTsaltSALTsaltSALTsaltSALTsalt", 4096, 40) ==
        "348c89dbcbd32b2f32d814b8116e84cf2b17347ebc1800181c4e2a1fb8dd53e1c635518c7dac47e9");
  CHECK(derived("", "", 1, 0).empty());
}
