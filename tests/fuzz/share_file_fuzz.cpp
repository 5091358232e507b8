// SPDX-License-Identifier: Apache-2.0
// The share file's reader: what it accepts is exactly what the writer would write, and all else is an Error. The bytes
// are read a second time with their checksums made right, so that what lies behind those is reached.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/sharing/byte_sharing.hpp"
#include "parley/sharing/scalar_sharing.hpp"
#include "parley/sharing/share_file.hpp"

namespace {

using namespace parley;
using fuzz::require;

void check(std::span<const std::byte> bytes) {
  Bytes again;
  try {
    ShareReader reader("it", source_of(bytes));
    ShareWriter writer(reader.header(),
                       [&](std::span<const std::byte> part) { again.insert(again.end(), part.begin(), part.end()); });
    std::vector<std::byte> room(share_chunk);
    for (std::size_t size = share_chunk; size == share_chunk;) {
      size = reader.read_chunk(room);
      std::copy_n(room.begin(), size, writer.room(size).begin());
      writer.write(size);
    }
    writer.finish(reader.length(), reader.finish());
  } catch (const Error& error) {
    require(error.code() == ErrorCode::malformed_message, "what is wrong with the bytes is what the Error says");
    return;
  }
  require(std::ranges::equal(again, bytes), "a share has one encoding");
}

// The bytes with the right checksums at the places where a reader looks for them.
Bytes with_right_checksums(std::span<const std::byte> bytes) {
  Bytes right(bytes.begin(), bytes.end());
  PolynomialHash checksum(detail::checksum_powers);
  std::size_t at = 0;
  const auto has = [&](std::size_t size) { return right.size() - at >= size; };
  const auto sum_up = [&](std::size_t size) {
    checksum.update(std::span(right).subspan(at, size));
    at += size;
  };
  const auto put = [&] {
    detail::put_element(std::span(right).subspan(at), checksum.value());
    at += detail::checksum_size;
  };
  if (!has(detail::share_header_size)) return right;
  sum_up(detail::share_header_size - detail::checksum_size);
  put();
  for (std::size_t size = share_chunk; size == share_chunk;) {
    if (!has(detail::share_length_size)) return right;
    size = load_little_endian<std::uint32_t>(std::span<const std::byte>(right).subspan(at).first<4>());
    at += detail::share_length_size;
    if (size > share_chunk || !has(size + detail::checksum_size)) return right;
    sum_up(size);
    checksum.update(GF2To128(size));
    put();
  }
  if (!has(detail::share_trailer_size)) return right;
  sum_up(detail::share_trailer_size - detail::checksum_size);
  checksum.pad();
  put();
  return right;
}

// Three shares of the same length, one after the other.
void combine(std::span<const std::byte> bytes) {
  std::vector<Bytes> shares;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t size = bytes.size() / (3 - i);
    shares.emplace_back(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    bytes = bytes.subspan(size);
  }
  try {
    static_cast<void>(combine_bytes(shares));
  } catch (const Error&) {  // whatever it is
  }
  try {
    static_cast<void>(combine_scalars<Mersenne61>(shares));
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
  check(bytes);
  check(with_right_checksums(bytes));
  combine(bytes);
  return 0;
}
