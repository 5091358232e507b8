// SPDX-License-Identifier: Apache-2.0
// ChaCha20 against the vectors of RFC 8439, and each of its backends against the block function.
#include "parley/core/chacha20.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "core/hex.hpp"

using parley::Bytes;
using parley::cpu_features;
using parley::test::array_from_hex;
using parley::test::from_hex;
using parley::test::to_hex;
using namespace parley::detail;

namespace {

struct Backend {
  const char* name;
  void (*stream)(const ChaCha20State&, std::uint64_t, std::byte*, std::size_t) noexcept;
};

std::vector<Backend> backends() {
  std::vector<Backend> usable = {{"portable", chacha20_stream_portable}};
#if defined(__x86_64__)
  if (cpu_features().avx2) usable.push_back({"avx2", chacha20_stream_avx2});
  if (cpu_features().avx512) usable.push_back({"avx512", chacha20_stream_avx512});
#endif
  return usable;
}

const auto key_of_the_rfc = array_from_hex<32>("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");

}  // namespace

TEST_CASE("the block function gives the vectors of RFC 8439") {
  std::array<std::byte, 64> block;

  // Section 2.3.2. The 16 bytes of input are the 32-bit counter, here 1, and the 96-bit nonce.
  chacha20_block(chacha20_state(key_of_the_rfc, array_from_hex<16>("01000000 000000090000004a00000000")), block);
  CHECK(to_hex(block) ==
        "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
        "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e");

  // Appendix A.1, test vectors 1 and 2: key and nonce zero, counters 0 and 1.
  chacha20_block(chacha20_state(std::array<std::byte, 32>{}, std::array<std::byte, 16>{}), block);
  CHECK(to_hex(block) ==
        "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
        "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586");
  chacha20_block(chacha20_state(std::array<std::byte, 32>{}, array_from_hex<16>("01000000000000000000000000000000")),
                 block);
  CHECK(to_hex(block) ==
        "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
        "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f");
}

TEST_CASE("every backend encrypts the example of RFC 8439") {
  // Section 2.4.2: initial counter 1, nonce 000000000000004a00000000, whose first word is the upper half of our
  // counter.
  const std::string_view plaintext =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be "
      "it.";
  const Bytes ciphertext = from_hex(
      "6e2e359a2568f98041ba0728dd0d6981 e97e7aec1d4360c20a27afccfd9fae0b"
      "f91b65c5524733ab8f593dabcd62b357 1639d624e65152ab8f530c359f0861d8"
      "07ca0dbf500d6a6156a38e088a22b65e 52bc514d16ccf806818ce91ab7793736"
      "5af90bbf74a35be6b40b8eedf2785e42 874d");
  for (const Backend& backend : backends()) {
    CAPTURE(backend.name);
    Bytes keystream(128);
    backend.stream(chacha20_state(key_of_the_rfc, array_from_hex<16>("00000000 000000000000004a00000000")), 1,
                   keystream.data(), 2);
    REQUIRE(plaintext.size() == ciphertext.size());
    Bytes encrypted;
    for (std::size_t i = 0; i < plaintext.size(); ++i)
      encrypted.push_back(static_cast<std::byte>(plaintext[i]) ^ keystream[i]);
    CHECK(to_hex(encrypted) == to_hex(ciphertext));
  }
}

TEST_CASE("every backend agrees with the block function, at each length, unaligned, where the counter carries") {
  const auto input = array_from_hex<16>("ffffffffffffffff 0123456789abcdef");  // counter words to be ignored, a nonce
  const ChaCha20State state = chacha20_state(key_of_the_rfc, input);
  constexpr std::size_t most = 3 * 16 + 9;  // three groups of the widest backend, and every smaller one after them
  // The carry into the upper word at each position of a group, and the largest counters.
  for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{0xfffffff0}, std::uint64_t{0xffffffff},
                                    std::uint64_t{0x5fffffffb}, ~std::uint64_t{0} - most}) {
    Bytes expected(64 * most);
    for (std::size_t i = 0; i < most; ++i) {
      ChaCha20State one = state;
      one[12] = static_cast<std::uint32_t>(first + i);
      one[13] = static_cast<std::uint32_t>((first + i) >> 32);
      chacha20_block(one, std::span<std::byte, 64>(expected.data() + 64 * i, 64));
    }
    for (const Backend& backend : backends()) {
      std::size_t wrong = 0;
      for (std::size_t blocks = 0; blocks <= most; ++blocks) {
        const std::size_t offset = 1 + blocks % 15;
        Bytes out(offset + 64 * blocks + 1, std::byte{0xc3});
        backend.stream(state, first, out.data() + offset, blocks);
        const bool kept = out[offset - 1] == std::byte{0xc3} && out.back() == std::byte{0xc3};
        wrong +=
            !kept || !std::equal(out.begin() + static_cast<std::ptrdiff_t>(offset), out.end() - 1, expected.begin());
      }
      CAPTURE(backend.name, first);
      CHECK(wrong == 0);
    }
  }
}
