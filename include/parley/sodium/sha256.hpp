// SPDX-License-Identifier: Apache-2.0
// SHA-256 and what is made of it, by libsodium: HMAC, and the derivation of keys from passphrases PBKDF2.
// [FIPS180] FIPS 180-4: Secure Hash Standard, 2015.  [RFC2104] HMAC: Keyed-Hashing for Message Authentication, 1997.
// [RFC8018] PKCS #5: Password-Based Cryptography Specification, version 2.1, 2017.
#pragma once

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>

#include "parley/core/wipe.hpp"
#include "parley/sodium/library.hpp"

namespace parley::sodium {

using Sha256Digest = std::array<std::byte, 32>;

/// [FIPS180]
[[nodiscard]] inline Sha256Digest sha256(std::span<const std::byte> message) {
  static_assert(crypto_hash_sha256_BYTES == sizeof(Sha256Digest));
  detail::require_sodium();
  Sha256Digest digest;
  crypto_hash_sha256(detail::unsigned_bytes(std::span<std::byte>(digest)), detail::unsigned_bytes(message),
                     message.size());
  return digest;
}

/// HMAC-SHA256 under one key, for any number of messages. [RFC2104]
class HmacSha256 {
 public:
  /// A key of any length.
  explicit HmacSha256(std::span<const std::byte> key) {
    static_assert(crypto_auth_hmacsha256_BYTES == sizeof(Sha256Digest));
    detail::require_sodium();
    crypto_auth_hmacsha256_init(&keyed_, detail::unsigned_bytes(key), key.size());
  }
  HmacSha256(const HmacSha256&) = delete;             // it holds a key
  HmacSha256& operator=(const HmacSha256&) = delete;  // it holds a key
  ~HmacSha256() { wipe(keyed_); }

  /// The code of a message that is the parts one after the other.
  [[nodiscard]] Sha256Digest operator()(std::initializer_list<std::span<const std::byte>> parts) const {
    crypto_auth_hmacsha256_state state = keyed_;
    for (const std::span<const std::byte> part : parts)
      crypto_auth_hmacsha256_update(&state, detail::unsigned_bytes(part), part.size());
    Sha256Digest code;
    crypto_auth_hmacsha256_final(&state, detail::unsigned_bytes(std::span<std::byte>(code)));
    wipe(state);
    return code;
  }

 private:
  crypto_auth_hmacsha256_state keyed_;
};

/// Fills `out` with a key derived from `password`, by PBKDF2 with HMAC-SHA256. Two calls of SHA-256's compression for
/// each iteration and 32 bytes. [RFC8018, section 5.2]
inline void pbkdf2_hmac_sha256(std::span<std::byte> out, std::span<const std::byte> password,
                               std::span<const std::byte> salt, std::uint64_t iterations) {
  const HmacSha256 hmac(password);
  for (std::uint32_t block = 1; !out.empty(); ++block) {
    const std::array<std::byte, 4> number{static_cast<std::byte>(block >> 24), static_cast<std::byte>(block >> 16),
                                          static_cast<std::byte>(block >> 8), static_cast<std::byte>(block)};
    Sha256Digest code = hmac({salt, number}), sum = code;
    for (std::uint64_t i = 1; i < iterations; ++i) {
      code = hmac({code});
      for (std::size_t j = 0; j < sum.size(); ++j) sum[j] ^= code[j];
    }
    const std::size_t length = std::min(out.size(), sum.size());
    std::copy_n(sum.begin(), length, out.begin());
    out = out.subspan(length);
    wipe(code);
    wipe(sum);
  }
}

}  // namespace parley::sodium
