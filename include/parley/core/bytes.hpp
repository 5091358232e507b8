// SPDX-License-Identifier: Apache-2.0
// Bytes of messages: little-endian integers, a writer and a reader that cannot leave the memory they were given.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"
#include "parley/core/integer.hpp"

namespace parley {

using Bytes = Buffer<std::byte>;

/// Writes `value` into `out`, the least significant byte first, on every machine.
template <UnsignedInteger U>
constexpr void store_little_endian(std::span<std::byte, sizeof(U)> out, U value) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    if (!std::is_constant_evaluated()) {
      std::memcpy(out.data(), &value, sizeof(U));
      return;
    }
  }
  for (std::size_t i = 0; i < sizeof(U); ++i) out[i] = static_cast<std::byte>((value >> (8 * i)) & 0xff);
}

/// The integer whose bytes are `in`, the least significant byte first, on every machine.
template <UnsignedInteger U>
[[nodiscard]] constexpr U load_little_endian(std::span<const std::byte, sizeof(U)> in) noexcept {
  U value = 0;
  if constexpr (std::endian::native == std::endian::little) {
    if (!std::is_constant_evaluated()) {
      std::memcpy(&value, in.data(), sizeof(U));
      return value;
    }
  }
  for (std::size_t i = 0; i < sizeof(U); ++i) {
    value = static_cast<U>(value | static_cast<U>(static_cast<U>(in[i]) << (8 * i)));
  }
  return value;
}

/// Fills a span from the front. A write that does not fit throws Error(out_of_range) and writes nothing: the length of
/// a message is computed before it is written, so this is a mistake of the writing program and never of a peer.
class ByteWriter {
 public:
  explicit ByteWriter(std::span<std::byte> out) noexcept : rest_(out) {}

  /// The next `count` bytes, for the caller to fill.
  [[nodiscard]] std::span<std::byte> take(std::size_t count) {
    if (count > rest_.size()) {
      throw Error(ErrorCode::out_of_range,
                  "writing " + std::to_string(count) + " bytes where " + std::to_string(rest_.size()) + " are left");
    }
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  void u8(std::uint8_t value) { put(value); }
  void u16(std::uint16_t value) { put(value); }
  void u32(std::uint32_t value) { put(value); }
  void u64(std::uint64_t value) { put(value); }

  void bytes(std::span<const std::byte> in) {
    const auto out = take(in.size());
    if (!in.empty()) std::memcpy(out.data(), in.data(), in.size());  // memcpy wants pointers even for no bytes
  }

  /// How many bytes are still unwritten.
  [[nodiscard]] std::size_t remaining() const noexcept { return rest_.size(); }

 private:
  template <UnsignedInteger U>
  void put(U value) {
    store_little_endian<U>(take(sizeof(U)).template first<sizeof(U)>(), value);
  }

  std::span<std::byte> rest_;
};

/// Reads a span from the front. Reading beyond the end, or leaving bytes at expect_end(), throws
/// Error(malformed_message), which blames `sender` where one was named. A length read from the message is only ever an
/// argument of take(), which compares it with what is there: nothing is allocated.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> in, std::optional<std::size_t> sender = std::nullopt) noexcept
      : rest_(in), sender_(sender) {}

  /// The next `count` bytes, in place.
  [[nodiscard]] std::span<const std::byte> take(std::size_t count) {
    if (count > rest_.size()) {
      fail("a message ends early: " + std::to_string(count) + " bytes expected where " + std::to_string(rest_.size()) +
           " are left");
    }
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  [[nodiscard]] std::uint8_t u8() { return get<std::uint8_t>(); }
  [[nodiscard]] std::uint16_t u16() { return get<std::uint16_t>(); }
  [[nodiscard]] std::uint32_t u32() { return get<std::uint32_t>(); }
  [[nodiscard]] std::uint64_t u64() { return get<std::uint64_t>(); }

  /// How many bytes are still unread.
  [[nodiscard]] std::size_t remaining() const noexcept { return rest_.size(); }

  /// Refuses a message that goes on after its last field: two encodings of one message are one too many.
  void expect_end() const {
    if (!rest_.empty()) fail("a message has " + std::to_string(rest_.size()) + " bytes too many");
  }

 private:
  template <UnsignedInteger U>
  U get() {
    return load_little_endian<U>(take(sizeof(U)).template first<sizeof(U)>());
  }

  [[noreturn]] void fail(const std::string& message) const {
    if (sender_) throw Error(ErrorCode::malformed_message, *sender_, message);
    throw Error(ErrorCode::malformed_message, message);
  }

  std::span<const std::byte> rest_;
  std::optional<std::size_t> sender_;
};

}  // namespace parley
