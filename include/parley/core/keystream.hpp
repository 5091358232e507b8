// SPDX-License-Identifier: Apache-2.0
// The one door to the ciphers: a key stream in units of 64 bytes, by the fastest code that this machine can run. Which
// code that is changes no byte of it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "parley/core/aes_ctr.hpp"
#include "parley/core/aes_ctr_vaes.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/chacha20.hpp"
#include "parley/core/cpu.hpp"
#include "parley/core/error.hpp"
#include "parley/core/wipe.hpp"

namespace parley {

/// The key of a random stream: 32 bytes that nobody can guess.
using Seed = std::array<std::byte, 32>;

/// What expands a key. Both give 128 bits of security at least; the first needs AES hardware and is the faster one
/// there.
enum class Cipher : std::uint8_t {
  aes128_ctr,  ///< AES-128 in counter mode [FIPS 197, SP 800-38A]
  chacha20,    ///< ChaCha20 with a 64-bit counter [RFC 8439]
};

/// Whether this machine can compute `cipher`, whatever backend is forced. It can always compute chacha20.
[[nodiscard]] inline bool cipher_available(Cipher cipher) noexcept {
#if defined(__x86_64__)
  if (cipher == Cipher::aes128_ctr) return detail::aesni_usable(machine_features());
#endif
  return cipher == Cipher::chacha20;
}

/// The fastest cipher of this machine with the backend in force. Parties that expand a common seed agree on one cipher
/// before.
[[nodiscard]] inline Cipher preferred_cipher() {
#if defined(__x86_64__)
  if (detail::aesni_usable(cpu_features())) return Cipher::aes128_ctr;
#endif
  return Cipher::chacha20;
}

namespace detail {

/// What a backend needs to know. Only the half that belongs to the cipher is used.
struct KeystreamKey {
  Aes128Key aes;
  std::uint64_t aes_nonce = 0;
  ChaCha20State chacha20{};
};

inline constexpr std::size_t keystream_unit = 64;

/// A backend: writes units `first` to `first + units - 1` of the key stream of `key`.
using KeystreamBackend = void (*)(const KeystreamKey& key, std::uint64_t first, std::byte* out, std::size_t units);

inline void keystream_chacha20_portable(const KeystreamKey& key, std::uint64_t first, std::byte* out,
                                        std::size_t units) noexcept {
  chacha20_stream_portable(key.chacha20, first, out, units);
}
#if defined(__x86_64__)
inline void keystream_chacha20_avx2(const KeystreamKey& key, std::uint64_t first, std::byte* out,
                                    std::size_t units) noexcept {
  chacha20_stream_avx2(key.chacha20, first, out, units);
}
inline void keystream_chacha20_avx512(const KeystreamKey& key, std::uint64_t first, std::byte* out,
                                      std::size_t units) noexcept {
  chacha20_stream_avx512(key.chacha20, first, out, units);
}
inline void keystream_aesni(const KeystreamKey& key, std::uint64_t first, std::byte* out, std::size_t units) noexcept {
  aes128_ctr_aesni(key.aes, key.aes_nonce, 4 * first, out, 4 * units);
}
inline void keystream_vaes256(const KeystreamKey& key, std::uint64_t first, std::byte* out,
                              std::size_t units) noexcept {
  aes128_ctr_vaes256(key.aes, key.aes_nonce, 4 * first, out, 4 * units);
}
inline void keystream_vaes512(const KeystreamKey& key, std::uint64_t first, std::byte* out,
                              std::size_t units) noexcept {
  aes128_ctr_vaes512(key.aes, key.aes_nonce, 4 * first, out, 4 * units);
}
#endif

/// The fastest backend for `cipher` on a machine with these features, nullptr where there is none.
[[nodiscard]] inline KeystreamBackend keystream_backend(Cipher cipher, const CpuFeatures& cpu) noexcept {
  switch (cipher) {
    case Cipher::aes128_ctr:
#if defined(__x86_64__)
      if (vaes512_usable(cpu)) return keystream_vaes512;
      if (vaes256_usable(cpu)) return keystream_vaes256;
      if (aesni_usable(cpu)) return keystream_aesni;
#endif
      return nullptr;
    case Cipher::chacha20:
#if defined(__x86_64__)
      if (cpu.avx512) return keystream_chacha20_avx512;
      if (cpu.avx2) return keystream_chacha20_avx2;
#endif
      static_cast<void>(cpu);
      return keystream_chacha20_portable;
  }
  return nullptr;  // a number cast to the enumeration
}

/// The backend in use for `cipher`. AES has no portable code: where a backend is forced that has none, the stream is
/// computed all the same, for it may be the child of one that began before.
[[nodiscard]] inline KeystreamBackend keystream_backend(Cipher cipher) {
  const KeystreamBackend chosen = keystream_backend(cipher, cpu_features());
  return chosen != nullptr ? chosen : keystream_backend(cipher, machine_features());
}

/// The key stream of a key, unit by unit. Move-only, wiped.
class Keystream {
 public:
  /// `key` goes into one Keystream only: the stream is a function of it, and has no nonce to tell two uses apart.
  /// @throws Error(invalid_argument) where the machine has no code for the cipher.
  Keystream(Cipher cipher, const Seed& key, std::uint64_t first_unit = 0)
      : generate_(keystream_backend(cipher)), next_(first_unit), cipher_(cipher) {
    if (generate_ == nullptr) {
      throw Error(ErrorCode::invalid_argument, cipher == Cipher::aes128_ctr
                                                   ? "this CPU has no AES instructions: agree on Cipher::chacha20"
                                                   : "there is no such cipher");
    }
    const std::span<const std::byte, 32> bytes(key);
    if (cipher == Cipher::chacha20) {
      key_.chacha20 = chacha20_state(bytes, std::array<std::byte, 16>{});
      units_ = UINT64_MAX;
    } else {
#if defined(__x86_64__)
      aes128_expand_key(bytes.first<16>(), key_.aes);
#endif
      // A secret nonce: without it the streams of many keys would share their plaintexts, and a table of encryptions of
      // one block would be an attack on all of them at once.
      key_.aes_nonce = load_little_endian<std::uint64_t>(bytes.subspan<16, 8>());
      units_ = UINT64_MAX / 4;  // 4 blocks a unit, and a 64-bit counter of blocks
    }
  }

  Keystream(Keystream&& other) noexcept
      : key_(other.key_),
        generate_(std::exchange(other.generate_, nullptr)),
        next_(other.next_),
        units_(other.units_),
        cipher_(other.cipher_) {
    wipe(other.key_);
  }
  Keystream& operator=(Keystream&& other) noexcept {
    if (this != &other) {
      key_ = other.key_;
      generate_ = std::exchange(other.generate_, nullptr);
      next_ = other.next_;
      units_ = other.units_;
      cipher_ = other.cipher_;
      wipe(other.key_);
    }
    return *this;
  }
  ~Keystream() { wipe(key_); }

  /// Writes the next `units` units.
  /// @throws Error(invalid_state) after a move, and where the counter of the cipher would come round: nothing is
  /// written.
  void generate(std::byte* out, std::size_t units) {
    if (generate_ == nullptr) throw Error(ErrorCode::invalid_state, "this random generator was moved from");
    if (units > units_ - next_) throw Error(ErrorCode::invalid_state, "this random stream is exhausted");
    generate_(key_, next_, out, units);
    next_ += units;
  }

  /// False after a move.
  [[nodiscard]] bool valid() const noexcept { return generate_ != nullptr; }

  [[nodiscard]] Cipher cipher() const noexcept { return cipher_; }

 private:
  KeystreamKey key_;
  KeystreamBackend generate_;  // nullptr after a move
  std::uint64_t next_;
  std::uint64_t units_ = 0;  // where the stream ends
  Cipher cipher_;
};

}  // namespace detail

}  // namespace parley
