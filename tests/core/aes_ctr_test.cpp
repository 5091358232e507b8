// SPDX-License-Identifier: Apache-2.0
// AES-128 against FIPS 197 and counter mode against SP 800-38A, on the AES instructions one block at a time and many.
#include "parley/core/aes_ctr.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "catch.hpp"
#include "core/hex.hpp"
#include "parley/core/aes_ctr_vaes.hpp"
#include "parley/core/bytes.hpp"

using parley::Bytes;
using parley::cpu_features;
using parley::load_little_endian;
using parley::test::array_from_hex;
using parley::test::from_hex;
using parley::test::to_hex;
using namespace parley::detail;

#if defined(__x86_64__)

namespace {

struct Backend {
  const char* name;
  void (*stream)(const Aes128Key&, std::uint64_t, std::uint64_t, std::byte*, std::size_t) noexcept;
};

/// Those that this machine can run; none without AES instructions.
std::vector<Backend> backends() {
  std::vector<Backend> usable;
  if (aesni_usable(cpu_features())) usable.push_back({"aesni", aes128_ctr_aesni});
  if (vaes256_usable(cpu_features())) usable.push_back({"vaes256", aes128_ctr_vaes256});
  if (vaes512_usable(cpu_features())) usable.push_back({"vaes512", aes128_ctr_vaes512});
  return usable;
}

Aes128Key expand(std::string_view key) {
  Aes128Key expanded;
  aes128_expand_key(array_from_hex<16>(key), expanded);
  return expanded;
}

/// `blocks` successive counter blocks from `first` on, encrypted. As in SP 800-38A, the counter is big-endian.
Bytes counter_mode(const Backend& backend, const Aes128Key& key, std::string_view first, std::size_t blocks) {
  const auto block = array_from_hex<16>(first);
  std::uint64_t counter = 0;
  for (std::size_t i = 8; i < 16; ++i) counter = counter << 8 | std::to_integer<std::uint64_t>(block[i]);
  Bytes out(16 * blocks);
  backend.stream(key, load_little_endian<std::uint64_t>(std::span(block).first<8>()), counter, out.data(), blocks);
  return out;
}

/// What is left to say about a machine that cannot run this.
void without_aes() { CHECK_FALSE(aesni_usable(cpu_features())); }

}  // namespace

TEST_CASE("the key schedule is that of FIPS 197") {
  if (backends().empty()) return without_aes();
  // Appendix A.1: words w4 to w7 and w40 to w43 of the expansion of the key of appendix B.
  const Aes128Key key = expand("2b7e151628aed2a6abf7158809cf4f3c");
  CHECK(to_hex(key.round_keys[0]) == "2b7e151628aed2a6abf7158809cf4f3c");
  CHECK(to_hex(key.round_keys[1]) == "a0fafe1788542cb123a339392a6c7605");
  CHECK(to_hex(key.round_keys[10]) == "d014f9a8c9ee2589e13f0cc8b6630ca6");
}

TEST_CASE("a block is encrypted as in FIPS 197") {
  if (backends().empty()) return without_aes();
  for (const Backend& backend : backends()) {
    CAPTURE(backend.name);
    // Appendix B
    CHECK(to_hex(counter_mode(backend, expand("2b7e151628aed2a6abf7158809cf4f3c"), "3243f6a8885a308d313198a2e0370734",
                              1)) == "3925841d02dc09fbdc118597196a0b32");
    // Appendix C.1
    CHECK(to_hex(counter_mode(backend, expand("000102030405060708090a0b0c0d0e0f"), "00112233445566778899aabbccddeeff",
                              1)) == "69c4e0d86a7b0430d8cdb78070b4c55a");
  }
}

TEST_CASE("counter mode is that of SP 800-38A") {
  if (backends().empty()) return without_aes();
  // Section F.5.1, CTR-AES128.Encrypt
  const Bytes plaintext = from_hex(
      "6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51"
      "30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710");
  const std::string ciphertext =
      "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
      "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee";
  for (const Backend& backend : backends()) {
    CAPTURE(backend.name);
    Bytes text =
        counter_mode(backend, expand("2b7e151628aed2a6abf7158809cf4f3c"), "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", 4);
    for (std::size_t i = 0; i < text.size(); ++i) text[i] ^= plaintext[i];
    CHECK(to_hex(text) == ciphertext);
  }
}

TEST_CASE("every backend encrypts the same blocks, at each length, unaligned, where the counter carries") {
  if (backends().empty()) return without_aes();
  const Aes128Key key = expand("000102030405060708090a0b0c0d0e0f");
  const std::uint64_t nonce = 0x0123456789abcdef;
  constexpr std::size_t most = 3 * 32 + 33;  // three groups of the widest backend, and every smaller one after them
  for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{0xf9}, std::uint64_t{0xffffffe5},
                                    std::uint64_t{0x00fffffffffffffb}, ~std::uint64_t{0} - 70}) {
    Bytes expected(16 * most);
    for (std::size_t i = 0; i < most; ++i) aes128_ctr_aesni(key, nonce, first + i, expected.data() + 16 * i, 1);
    for (const Backend& backend : backends()) {
      std::size_t wrong = 0;
      for (std::size_t blocks = 0; blocks <= most; ++blocks) {
        const std::size_t offset = 1 + blocks % 15;
        Bytes out(offset + 16 * blocks + 1, std::byte{0xc3});
        backend.stream(key, nonce, first, out.data() + offset, blocks);
        const bool kept = out[offset - 1] == std::byte{0xc3} && out.back() == std::byte{0xc3};
        wrong +=
            !kept || !std::equal(out.begin() + static_cast<std::ptrdiff_t>(offset), out.end() - 1, expected.begin());
      }
      CAPTURE(backend.name, first);
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("the backends ask for the instructions that they use") {
  using parley::CpuFeatures;
  CHECK_FALSE(aesni_usable(CpuFeatures{}));
  CHECK_FALSE(aesni_usable(CpuFeatures{.aesni = true}));
  const CpuFeatures narrow{.ssse3 = true, .aesni = true};
  CHECK((aesni_usable(narrow) && !vaes256_usable(narrow) && !vaes512_usable(narrow)));
  const CpuFeatures without_vaes{.ssse3 = true, .aesni = true, .avx2 = true, .avx512 = true};
  CHECK_FALSE((vaes256_usable(without_vaes) || vaes512_usable(without_vaes)));
  const CpuFeatures wide{.ssse3 = true, .aesni = true, .avx2 = true, .vaes = true};
  CHECK((vaes256_usable(wide) && !vaes512_usable(wide)));
  const CpuFeatures wider{.ssse3 = true, .aesni = true, .avx2 = true, .avx512 = true, .vaes = true};
  CHECK((vaes256_usable(wider) && vaes512_usable(wider)));
}

#else

TEST_CASE("no AES instruction is known on this kind of machine") { CHECK(cpu_features() == parley::CpuFeatures{}); }

#endif
