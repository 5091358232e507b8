// SPDX-License-Identifier: Apache-2.0
// Shares in the formats of others, made of secrets and of secret randomness, and secrets as text.
//
// Not here: what reads text, since whether a text is one is public, and with it whether each of its characters is;
// words, whose lengths are public; and recovery from more shares than it takes, whose verdict on them is public.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "constant_time/secrecy.hpp"
#include "constant_time/secret_random.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/random.hpp"
#include "parley/field/binary256.hpp"
#include "parley/formats/base32.hpp"
#include "parley/formats/bytewise.hpp"
#include "parley/formats/hex.hpp"
#include "parley/formats/ssss.hpp"
#include "parley/formats/words.hpp"
#include "some_bytes.hpp"

namespace {

using namespace parley;
using test::some_bytes;
using namespace parley::testing;

void check_ssss(std::size_t size) {
  const Bytes secret = some_bytes(size);
  Bytes hidden = secret;
  mark_secret(hidden);
  SecretStream random(Seed{}, Cipher::chacha20);
  auto shares = ssss::split(hidden, {4, 3}, random);
  for (const ssss::Share& share : shares) require(is_secret(share.value), "shares of ssss are secret");
  shares.pop_back();
  const auto found = ssss::combine(shares);
  Bytes result = found.expose();
  require_secret_result(result, secret, "ssss");
}

void check_bytewise() {
  const Bytes secret = some_bytes(100);
  Bytes hidden = secret;
  mark_secret(hidden);
  SecretStream random(Seed{}, Cipher::chacha20);
  const auto shares = parley::detail::split_bytewise<GF256ReedSolomon>(hidden, 3, 2, random);
  for (const Bytes& share : shares) require(is_secret(share), "shares are secret");
  const auto found = parley::detail::combine_bytewise<GF256ReedSolomon>(
      std::vector<parley::detail::BytesAtPoint>{{3, shares[2]}, {1, shares[0]}}, 2);
  Bytes result = found.expose();
  require_secret_result(result, secret, "split_bytewise, combine_bytewise");
}

std::vector<char> characters(const std::string& text) { return {text.begin(), text.end()}; }

}  // namespace

int main() {
  require_valgrind();
  for (const std::size_t size : {1U, 9U, 128U}) check_ssss(size);
  check_bytewise();
  for (const std::size_t size : {5U, 60U}) {
    check_on_secrets(
        "to_hex", [](const Bytes& bytes) { return characters(to_hex(bytes)); }, some_bytes(size));
    check_on_secrets(
        "to_base32", [](const Bytes& bytes) { return characters(to_base32(bytes, "it")); }, some_bytes(size));
  }
  check_on_secrets(
      "the checksum of words",
      [](const std::vector<words::Index>& indices) { return words::Checksum("it").of(indices); },
      std::vector<words::Index>{1, 1023, 512, 0});
}
