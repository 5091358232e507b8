// SPDX-License-Identifier: Apache-2.0
// Shares of bytes for tests: well-formed forgeries, and shares as texts of what is wrong with them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/sharing/byte_sharing.hpp"

namespace parley::test {

using Shares = std::vector<Bytes>;

inline Shares chosen(const Shares& all, const std::vector<std::size_t>& which) {
  Shares shares;
  for (const std::size_t i : which) shares.push_back(all[i]);
  return shares;
}

/// All that is in a share.
struct OpenedShare {
  ShareHeader header;
  std::vector<std::byte> content;
  std::uint64_t length = 0;
  GF2To128 tag_share;
};

inline OpenedShare opened(const Bytes& share) {
  ShareReader reader("a share", source_of(share));
  OpenedShare result;
  std::vector<std::byte> room(share_chunk);
  for (std::size_t size = share_chunk; size == share_chunk;) {
    size = reader.read_chunk(room);
    result.content.insert(result.content.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(size));
  }
  result.tag_share = reader.finish();
  result.header = reader.header();
  result.length = reader.length();
  return result;
}

/// A share with the right checksums, whatever its content.
inline Bytes closed(const OpenedShare& share) {
  Bytes result;
  ShareWriter writer(
      share.header, [&](std::span<const std::byte> bytes) { result.insert(result.end(), bytes.begin(), bytes.end()); });
  std::span<const std::byte> rest(share.content);
  while (true) {
    const std::size_t size = std::min(rest.size(), share_chunk);
    std::copy_n(rest.begin(), size, writer.room(size).begin());
    writer.write(size);
    rest = rest.subspan(size);
    if (size < share_chunk) break;
  }
  writer.finish(share.length, share.tag_share);
  return result;
}

/// The share that its owner makes of it who wants to deceive.
inline Bytes forged(const Bytes& share, const std::function<void(OpenedShare&)>& change) {
  OpenedShare open = opened(share);
  change(open);
  return closed(open);
}

inline std::vector<std::byte> bytes_of_length(std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>((i * 2654435761U) >> 13 & 0xff);
  return bytes;
}

}  // namespace parley::test
