// SPDX-License-Identifier: Apache-2.0
// How messages follow each other on a connection: each after a header of its kind, round and size.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"

namespace parley::tls {

using Sha256Digest = std::array<std::byte, 32>;

namespace detail {

enum class FrameKind : std::uint8_t {
  hello = 1,    ///< the first one, of both sides
  chosen = 2,   ///< of the connections between two parties this is the one to keep, says the one with the lower number
  ready = 3,    ///< the sender has a connection to every party
  message = 4,  ///< of a round
  gave_up = 5,  ///< the last one: why, and because of whom
  ended = 6,    ///< the last one: the program of the sender has ended
};

struct FrameHeader {
  FrameKind kind = FrameKind::message;
  std::uint64_t round = 0;  ///< for a message the round that it belongs to, for the last frame the sender's latest
  std::uint64_t size = 0;   ///< of the bytes that follow
};

inline constexpr std::size_t header_size = 17;

/// The reason of giving up, after the number of the party that is to blame (0 for none, else plus 1).
inline constexpr std::size_t longest_reason = 500, longest_gave_up = 4 + longest_reason;

inline std::array<std::byte, header_size> encode(const FrameHeader& header) {
  std::array<std::byte, header_size> bytes;
  ByteWriter writer(bytes);
  writer.u8(static_cast<std::uint8_t>(header.kind));
  writer.u64(header.round);
  writer.u64(header.size);
  return bytes;
}

/// Error(malformed_message), which blames `sender`, for a kind that does not exist. The size is to be judged by whoever
/// knows what to expect, before anything is allocated.
inline FrameHeader decode_header(std::span<const std::byte, header_size> bytes, std::optional<std::size_t> sender) {
  ByteReader reader(bytes, sender);
  const std::uint8_t kind = reader.u8();
  if (kind < static_cast<std::uint8_t>(FrameKind::hello) || kind > static_cast<std::uint8_t>(FrameKind::ended)) {
    const std::string text = "a frame of kind " + std::to_string(kind) + ", which does not exist";
    if (sender)
      throw Error(ErrorCode::malformed_message, *sender, "party " + std::to_string(*sender) + " sent " + text);
    throw Error(ErrorCode::malformed_message, text);
  }
  FrameHeader header;
  header.kind = static_cast<FrameKind>(kind);
  header.round = reader.u64();
  header.size = reader.u64();
  return header;
}

/// How a party left.
struct Departure {
  FrameKind kind = FrameKind::ended;  ///< `message` where its connection was closed without a word
  std::uint64_t rounds = 0;           ///< how many it took part in
  std::string reason;                 ///< why it gave up, or in which way the connection was closed
  std::optional<std::size_t> blamed;  ///< because of whom it gave up
};

inline Bytes encode_gave_up(std::optional<std::size_t> blamed, std::string_view reason) {
  reason = reason.substr(0, longest_reason);
  Bytes body(4 + reason.size());
  ByteWriter writer(body);
  writer.u32(blamed ? static_cast<std::uint32_t>(*blamed) + 1 : 0);
  writer.bytes(std::as_bytes(std::span(reason)));
  return body;
}

/// The last words of `sender`, whose header is `header`. Nothing in them reaches a terminal that could move its cursor.
inline Departure decode_departure(const FrameHeader& header, std::span<const std::byte> body, std::size_t sender) {
  Departure departure{header.kind, header.round, {}, {}};
  if (header.kind != FrameKind::gave_up) return departure;
  ByteReader reader(body, sender);
  if (const std::uint32_t blamed = reader.u32(); blamed > 0) departure.blamed = blamed - 1;
  for (const std::byte byte : reader.take(reader.remaining())) {
    const char c = static_cast<char>(byte);
    departure.reason += (byte < std::byte{0x20} || byte == std::byte{0x7f}) ? '?' : c;
  }
  return departure;
}

/// The size of the last words, checked before anything is allocated. Error(malformed_message) where they cannot be so.
inline std::size_t size_of_departure(const FrameHeader& header, std::size_t sender) {
  const bool fits =
      header.kind == FrameKind::gave_up ? header.size >= 4 && header.size <= longest_gave_up : header.size == 0;
  if (!fits) {
    throw Error(ErrorCode::malformed_message, sender,
                "party " + std::to_string(sender) + " left with " + std::to_string(header.size) + " bytes of words");
  }
  return static_cast<std::size_t>(header.size);
}

}  // namespace detail

}  // namespace parley::tls
