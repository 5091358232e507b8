// SPDX-License-Identifier: Apache-2.0
// One share of RTSS, the robust threshold scheme of draft-mcgrew-tss, as the bytes of a file. What shares are made of,
// and how they are put together, is sodium/rtss.hpp.
// [MPH10] McGrew, Patnala, Hoenes: Threshold Secret Sharing, draft-mcgrew-tss-03, 2010, section 4.1.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"

namespace parley::rtss {

/// What follows the secret before it is shared. (SHA-1, the number 1, is refused.)
enum class Hash : std::uint8_t { none = 0, sha256 = 2 };

[[nodiscard]] constexpr std::size_t size_of(Hash hash) noexcept { return hash == Hash::sha256 ? 32 : 0; }

using Identifier = std::array<std::byte, 16>;

/// Of a share, in bytes: the secret and its hash.
inline constexpr std::size_t longest_value = 65533;

struct Share {
  Identifier identifier{};  ///< of the set
  Hash hash = Hash::sha256;
  std::uint8_t threshold = 0;  ///< how many shares recover the secret, at least 1
  std::uint8_t index = 0;      ///< the point, at least 1
  Bytes value;                 ///< of the secret and its hash, up to longest_value
};

namespace detail {

inline constexpr std::size_t header_size = 20;

/// What is wrong with a share; empty where nothing is.
inline std::string fault_of(const Share& share) {
  if (share.threshold == 0) return "has the threshold 0";
  if (share.index == 0) return "has the index 0, which no share has";
  if (share.value.size() < size_of(share.hash)) return "is shorter than the hash in it";
  if (share.value.size() > longest_value)
    return "has " + std::to_string(share.value.size()) + " bytes; at most " + std::to_string(longest_value) +
           " are possible";
  return "";
}

}  // namespace detail

/// @throws Error(invalid_argument) for fields beyond their bounds.
[[nodiscard]] inline Bytes to_bytes(const Share& share) {
  if (const std::string fault = detail::fault_of(share); !fault.empty())
    throw Error(ErrorCode::invalid_argument, "a share of RTSS " + fault);
  const std::size_t length = share.value.size() + 1;  // with the index
  Bytes bytes(detail::header_size + length);
  ByteWriter writer(bytes);
  writer.bytes(share.identifier);
  writer.u8(static_cast<std::uint8_t>(share.hash));
  writer.u8(share.threshold);
  writer.u8(static_cast<std::uint8_t>(length >> 8));
  writer.u8(static_cast<std::uint8_t>(length & 0xff));
  writer.u8(share.index);
  writer.bytes(share.value);
  return bytes;
}

/// The share that is in a file. Messages call it by `name`.
///
/// Botan before version 2.9 wrote the length of the secret where that of the share belongs. Such shares are read as
/// well.
/// @throws Error(malformed_message)
[[nodiscard]] inline Share from_bytes(std::span<const std::byte> bytes, const std::string& name = "the share") {
  const auto refuse = [&](const std::string& what) { throw Error(ErrorCode::malformed_message, name + " " + what); };
  if (bytes.size() < detail::header_size + 1)
    refuse("has " + std::to_string(bytes.size()) + " bytes, too few for a share of RTSS");
  ByteReader reader(bytes);
  Share share;
  const auto identifier = reader.take(share.identifier.size());
  std::copy(identifier.begin(), identifier.end(), share.identifier.begin());
  const unsigned hash = reader.u8();
  if (hash == 1) refuse("uses the hash SHA-1, which is not supported");
  if (hash != 0 && hash != 2) refuse("uses a hash that RTSS has not, number " + std::to_string(hash));
  share.hash = static_cast<Hash>(hash);
  share.threshold = reader.u8();
  const std::size_t higher = reader.u8(), length = 256 * higher + reader.u8();
  share.index = reader.u8();
  const auto value = reader.take(reader.remaining());
  if (length != value.size() + 1 && length + size_of(share.hash) != value.size())
    refuse("says that it has " + std::to_string(length) + " bytes of data, and has " +
           std::to_string(value.size() + 1));
  share.value.assign(value.begin(), value.end());
  if (const std::string fault = detail::fault_of(share); !fault.empty()) refuse(fault);
  return share;
}

}  // namespace parley::rtss
