// SPDX-License-Identifier: Apache-2.0
// Choices, selection and comparison on secret integers and byte strings; key streams of secret keys.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "constant_time/secrecy.hpp"
#include "parley/core/constant_time.hpp"
#include "parley/core/integer.hpp"
#include "parley/core/keystream.hpp"
#include "parley/core/random.hpp"

namespace {

using namespace parley;
using namespace parley::testing;
using constant_time::Choice;

template <UnsignedInteger U>
void check_integers() {
  TestRandom random(3);
  U any{};
  random.fill(std::as_writable_bytes(std::span(&any, 1)));
  for (const auto& [a, b] : {std::pair<U, U>(any, 0), std::pair<U, U>(0, any), std::pair<U, U>(any, any)}) {
    check_on_secrets(
        "is_zero", [](U x) { return constant_time::is_zero<U>(x).bit(); }, a);
    check_on_secrets(
        "equal", [](U x, U y) { return constant_time::equal<U>(x, y).bit(); }, a, b);
    check_on_secrets(
        "less", [](U x, U y) { return constant_time::less<U>(x, y).bit(); }, a, b);
    check_on_secrets(
        "less_or_equal", [](U x, U y) { return constant_time::less_or_equal<U>(x, y).bit(); }, a, b);
    for (const std::uint64_t bit : {0U, 1U}) {
      check_on_secrets(
          "select", [](std::uint64_t c, U x, U y) { return constant_time::select<U>(Choice::from_bit(c), x, y); }, bit,
          a, b);
      check_on_secrets(
          "swap_if",
          [](std::uint64_t c, U x, U y) {
            constant_time::swap_if<U>(Choice::from_bit(c), x, y);
            return std::array<U, 2>{x, y};
          },
          bit, a, b);
      // Where only the choice is secret, compilers are the most tempted to branch on it.
      if (a != b)
        check_on_secrets(
            "select of public values",
            [x = a, y = b](std::uint64_t c) { return constant_time::select<U>(Choice::from_bit(c), x, y); }, bit);
    }
  }
}

void check_choices() {
  for (const std::uint64_t a : {0U, 1U})
    for (const std::uint64_t b : {0U, 1U})
      check_on_secrets(
          "logic of choices",
          [](std::uint64_t x, std::uint64_t y) {
            const Choice p = Choice::from_bit(x), q = Choice::from_bit(y);
            return (p & q).bit() | (p | q).bit() << 1 | (p ^ q).bit() << 2 | (!p).bit() << 3;
          },
          a, b);
}

void check_byte_strings() {
  std::array<std::byte, 37> text{};
  check_on_secrets(
      "equal byte strings",
      [](const std::array<std::byte, 37>& x, const std::array<std::byte, 37>& y) {
        return constant_time::equal(x, y).bit();
      },
      text, text);
}

void check_keystreams() {
  Seed seed;
  TestRandom(4).fill(seed);
  for (const Cipher cipher : {Cipher::aes128_ctr, Cipher::chacha20}) {
    if (!cipher_available(cipher)) continue;
    check_on_secrets(
        "the key stream of a child of a secret seed",
        [cipher](const Seed& key) {
          RandomStream stream = RandomStream(key, cipher).child("a child");
          std::vector<std::byte> bytes(5000);
          stream.fill(std::span(bytes).first(3));  // from the buffer
          stream.fill(std::span(bytes).subspan(3));
          return bytes;
        },
        seed);
  }
}

}  // namespace

int main() {
  require_valgrind();
  check_choices();
  check_integers<std::uint8_t>();
  check_integers<std::uint16_t>();
  check_integers<std::uint32_t>();
  check_integers<std::uint64_t>();
  check_integers<uint128>();
  check_byte_strings();
  under_each_backend([] { check_keystreams(); });
}
