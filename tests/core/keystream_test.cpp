// SPDX-License-Identifier: Apache-2.0
// The door to the ciphers: the choice of a backend, the position, the end of a stream, moves.
#include "parley/core/keystream.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "core/backends.hpp"
#include "core/hex.hpp"
#include "core/watched_memory.hpp"
#include "refusal.hpp"

using parley::Bytes;
using parley::Cipher;
using parley::CpuFeatures;
using parley::Error;
using parley::ErrorCode;
using parley::Seed;
using parley::detail::Keystream;
using parley::detail::keystream_backend;
using parley::test::array_from_hex;
using parley::test::code_of;
using parley::test::to_hex;

namespace {

static_assert(!std::is_copy_constructible_v<Keystream> && std::is_nothrow_move_constructible_v<Keystream>);

std::vector<Cipher> available_ciphers() {
  std::vector<Cipher> ciphers = {Cipher::chacha20};
  if (parley::cipher_available(Cipher::aes128_ctr)) ciphers.push_back(Cipher::aes128_ctr);
  return ciphers;
}

const Seed key = array_from_hex<32>("2b7e151628aed2a6abf7158809cf4f3c f0f1f2f3f4f5f6f7 0000000000000000");

}  // namespace

TEST_CASE("the AES stream is SP 800-38A with the nonce and counter that its comment says") {
  if (!parley::cipher_available(Cipher::aes128_ctr)) {
    CHECK(code_of([] { Keystream(Cipher::aes128_ctr, key); }) == ErrorCode::invalid_argument);
    return;
  }
  // Section F.5.1 has the counter blocks f0...f7 f8f9fafbfcfdfeff and the three that follow. Units have four blocks:
  // this one begins three blocks before the first of them.
  const std::uint64_t unit = (std::uint64_t{0xf8f9fafbfcfdfeff} - 3) / 4;
  Keystream stream(Cipher::aes128_ctr, key, unit);
  Bytes out(128);
  stream.generate(out.data(), 2);
  CHECK(to_hex(std::span(out).subspan(16 * 3, 64)) ==
        "ec8cdf7398607cb0f2d21675ea9ea1e4362b7c3c6773516318a077d7fc5073ae"
        "6a2cc3787889374fbeb4c81b17ba6c44e89c399ff0f198c6d40a31db156cabfe");
}

TEST_CASE("a stream begins at the position asked for, whatever the machine can do") {
  for (const Cipher cipher : available_ciphers()) {
    Bytes whole(64 * 40);
    Keystream(cipher, key).generate(whole.data(), 40);
    for (std::size_t first = 0; first < 40; first += 7) {
      Bytes part(64 * (40 - first));
      Keystream(cipher, key, first).generate(part.data(), 40 - first);
      CHECK(to_hex(part) == to_hex(std::span(whole).subspan(64 * first)));
    }
  }
}

TEST_CASE("each machine gets the widest backend that it can run, and none where there is none") {
  CHECK(keystream_backend(Cipher::aes128_ctr, CpuFeatures{}) == nullptr);
  CHECK(keystream_backend(Cipher::chacha20, CpuFeatures{}) == &parley::detail::keystream_chacha20_portable);
  CHECK(keystream_backend(static_cast<Cipher>(7), parley::cpu_features()) == nullptr);
#if defined(__x86_64__)
  using namespace parley::detail;
  CpuFeatures cpu{.ssse3 = true, .aesni = true};
  CHECK(keystream_backend(Cipher::aes128_ctr, cpu) == &keystream_aesni);
  CHECK(keystream_backend(Cipher::chacha20, cpu) == &keystream_chacha20_portable);
  cpu.avx2 = true;
  CHECK(keystream_backend(Cipher::aes128_ctr, cpu) == &keystream_aesni);
  CHECK(keystream_backend(Cipher::chacha20, cpu) == &keystream_chacha20_avx2);
  cpu.vaes = true;
  CHECK(keystream_backend(Cipher::aes128_ctr, cpu) == &keystream_vaes256);
  cpu.avx512 = true;
  CHECK(keystream_backend(Cipher::aes128_ctr, cpu) == &keystream_vaes512);
  CHECK(keystream_backend(Cipher::chacha20, cpu) == &keystream_chacha20_avx512);
#endif
  CHECK(code_of([] { Keystream(static_cast<Cipher>(7), key); }) == ErrorCode::invalid_argument);
  CHECK(parley::cipher_available(parley::preferred_cipher()));
  CHECK_FALSE(parley::cipher_available(static_cast<Cipher>(7)));
}

TEST_CASE("a stream ends before its counter comes round, and then writes nothing") {
  for (const Cipher cipher : available_ciphers()) {
    const std::uint64_t units = cipher == Cipher::chacha20 ? UINT64_MAX : UINT64_MAX / 4;
    Keystream stream(cipher, key, units - 2);
    Bytes out(64 * 3);
    CHECK(code_of([&] { stream.generate(out.data(), 3); }) == ErrorCode::invalid_state);
    CHECK(out == Bytes(64 * 3));
    stream.generate(out.data(), 2);
    CHECK(code_of([&] { stream.generate(out.data(), 1); }) == ErrorCode::invalid_state);

    Bytes start(64);
    Keystream(cipher, key).generate(start.data(), 1);
    CHECK_FALSE(parley::test::contains(out, start));
  }
}

TEST_CASE("a move hands the position on, and leaves neither key nor stream behind") {
  for (const Cipher cipher : available_ciphers()) {
    Bytes expected(64 * 3), out(64 * 3);
    Keystream(cipher, key).generate(expected.data(), 3);

    alignas(Keystream) std::array<std::byte, sizeof(Keystream)> storage{};
    auto& first = *std::construct_at(reinterpret_cast<Keystream*>(storage.data()), cipher, key);
    first.generate(out.data(), 1);
    const auto secret = std::span<const std::byte>(key).first(16);  // round key 0 of AES, half of the key of ChaCha20
    CHECK(parley::test::contains(storage, secret));

    Keystream second(std::move(first));
    CHECK_FALSE(parley::test::contains(storage, secret));
    CHECK((!first.valid() && second.valid()));
    CHECK(code_of([&] { first.generate(out.data(), 1); }) == ErrorCode::invalid_state);
    second.generate(out.data() + 64, 1);

    first = std::move(second);
    CHECK((first.valid() && !second.valid()));
    CHECK(first.cipher() == cipher);
    first.generate(out.data() + 128, 1);
    CHECK(out == expected);

    std::destroy_at(&first);
    CHECK_FALSE(parley::test::contains(storage, secret));
  }
}

TEST_CASE("a forced backend changes neither a stream nor which ciphers there are, only the one that is preferred") {
  for (const Cipher cipher : available_ciphers()) {
    Bytes expected(64 * 80);
    Keystream(cipher, key).generate(expected.data(), 80);
    Bytes begun(64 * 80);
    Keystream stream(cipher, key);
    std::size_t done = 0;
    parley::test::under_each_backend([&] {
      Bytes whole(64 * 80);
      Keystream(cipher, key).generate(whole.data(), 80);
      CHECK(whole == expected);
      stream.generate(begun.data() + 64 * done, 20);
      done += 20;
      CHECK(parley::cipher_available(cipher));
    });
    CHECK(std::equal(begun.begin(), begun.begin() + static_cast<std::ptrdiff_t>(64 * done), expected.begin()));
  }
  const parley::test::Forced forced(parley::Backend::portable);
  CHECK(parley::preferred_cipher() == Cipher::chacha20);
  CHECK(keystream_backend(Cipher::chacha20) == &parley::detail::keystream_chacha20_portable);
}
