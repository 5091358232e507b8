// SPDX-License-Identifier: Apache-2.0
// The file of one party's share of a secret of bytes, or of scalars: what it says of itself, and its reading and writing
// in constant memory.
//
// Version 1, integers little-endian:
//
//   header    8 bytes   0x89 "parley" 0x0A, which tells a file that was transferred as text
//             2         1, the version
//             1         1, the scheme: Shamir's
//             1         1, the field: GF(2^8) modulo x^8 + x^4 + x^3 + x + 1, a byte of the secret at a time; key and tag over
//                       GF(2^128) modulo x^128 + x^7 + x^2 + x + 1, with the coefficient of x^i in bit i % 8 of byte i / 8
//             1         t, the privacy threshold: any t shares tell nothing, any t + 1 (the reconstruction threshold) restore
//             1         n, the number of shares
//             1         i, from 1 to n, the number of this share: it is the value of the polynomials at the point i, the
//                       element whose coefficients are the bits of i, or the integer i modulo p
//             1         0
//             16        the set, random: shares of one sharing have it in common
//             16        the share of the tag's key
//             16        checksum
//   chunks, of which all but the last have 65536 bytes, and the last has fewer, or none:
//             4         how many
//             so many   of the content: for bytes, the share of as many bytes of the secret; for scalars, 2 bytes that say how
//                       many each element has, which are as few as p has, p - 1, and the shares of the secrets
//             16        checksum
//   trailer   8         the length of the content
//             16        the share of the tag (manipulation_detection.hpp)
//             16        checksum, with which the file ends
//
// A checksum is the PolynomialHash of all that precedes, at the point checksum_point: of the header; then of each
// chunk, filled up with zeros, and the block of its length; then of the trailer. It finds what happens to files by
// accident, any change within one block always and others but for about 2^-128 (or how many blocks / 2^128), and where.
// Against intent there is the tag.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "parley/core/bytes.hpp"
#include "parley/core/caches.hpp"
#include "parley/core/error.hpp"
#include "parley/core/wipe.hpp"
#include "parley/field/wide_binary.hpp"
#include "parley/sharing/manipulation_detection.hpp"
#include "parley/sharing/shamir.hpp"

namespace parley {

/// Fills the bytes from the front and returns how many it has filled; fewer only at the end.
using ByteSource = std::function<std::size_t(std::span<std::byte>)>;
/// Takes bytes over, in order.
using ByteSink = std::function<void(std::span<const std::byte>)>;

/// What is in memory, as a source. `bytes` outlives it.
[[nodiscard]] inline ByteSource source_of(std::span<const std::byte> bytes) {
  return [bytes](std::span<std::byte> out) mutable {
    const std::size_t count = std::min(out.size(), bytes.size());
    std::copy_n(bytes.begin(), count, out.begin());
    bytes = bytes.subspan(count);
    return count;
  };
}

/// What is shared, by its number in the file.
enum class ShareContent : std::uint8_t { bytes = 1, scalars = 2 };

/// What a share says of itself.
struct ShareHeader {
  ShamirParameters parameters;
  std::size_t party = 0;  ///< 0-based, as everywhere; the number in the file and in messages is party + 1
  std::array<std::byte, 16> set{};
  GF2To128 key_share;
  ShareContent content = ShareContent::bytes;

  [[nodiscard]] std::size_t number() const noexcept { return party + 1; }
  friend bool operator==(const ShareHeader& a, const ShareHeader& b) {
    return a.parameters.parties == b.parameters.parties &&
           a.parameters.privacy_threshold == b.parameters.privacy_threshold && a.party == b.party && a.set == b.set &&
           a.key_share == b.key_share && a.content == b.content;
  }
};

/// The number of a share is a byte; more would have no points in GF(2^8) either.
inline constexpr std::size_t most_shares = 255;
/// The bytes of all chunks of a share but the last.
inline constexpr std::size_t share_chunk = 65536;

namespace detail {

inline constexpr std::array<std::uint8_t, 8> share_magic = {0x89, 'p', 'a', 'r', 'l', 'e', 'y', 0x0A};
inline constexpr std::uint16_t share_version = 1;
inline constexpr std::uint8_t share_scheme = 1;
inline constexpr std::size_t checksum_size = GF2To128::encoded_size;
inline constexpr std::size_t share_header_size = 48 + checksum_size, share_trailer_size = 24 + checksum_size,
                             share_length_size = 4;

/// An element without structure (the first digits of pi): powers of a sparse one would let neighbouring errors cancel.
inline constexpr GF2To128 checksum_point =
    GF2To128::from_value(uint128{0x243F6A8885A308D3} << 64 | uint128{0x13198A2E03707344});
inline constexpr HashPowers checksum_powers = powers_of_public_point(checksum_point);

inline void put_element(std::span<std::byte> out, GF2To128 element) {
  element.encode(out.first<GF2To128::encoded_size>());
}
inline GF2To128 element_of(std::span<const std::byte> in) {
  return *GF2To128::decode(in.first<GF2To128::encoded_size>());
}

/// Error(invalid_argument) for more shares than there can be.
inline void require_share_count(ShamirParameters parameters) {
  if (parameters.parties > most_shares)
    throw Error(
        ErrorCode::invalid_argument,
        std::to_string(parameters.parties) + " shares of a secret: there are at most " + std::to_string(most_shares));
}

/// The bytes of a whole share of `length` bytes.
constexpr std::uint64_t share_file_size(std::uint64_t length) noexcept {
  return share_header_size + length + (length / share_chunk + 1) * (share_length_size + checksum_size) +
         share_trailer_size;
}

}  // namespace detail

namespace detail {

/// The parts of one share as bytes, each made where it is to be, in order.
class ShareEncoder {
 public:
  /// Makes the header at `out`. Error(invalid_argument) where it is not one of a share.
  ShareEncoder(const ShareHeader& header, std::span<std::byte, share_header_size> out) {
    require_shamir_parameters(header.parameters);
    if (header.parameters.parties > most_shares || header.party >= header.parameters.parties)
      throw Error(ErrorCode::invalid_argument, "share " + std::to_string(header.number()) + " of " +
                                                   std::to_string(header.parameters.parties) + ": there are at most " +
                                                   std::to_string(most_shares));
    std::ranges::copy(std::as_bytes(std::span(share_magic)), out.begin());
    store_little_endian<std::uint16_t>(out.subspan<8, 2>(), share_version);
    out[10] = std::byte{share_scheme};
    out[11] = static_cast<std::byte>(header.content);
    out[12] = static_cast<std::byte>(header.parameters.privacy_threshold);  // below the number of parties
    out[13] = static_cast<std::byte>(header.parameters.parties);
    out[14] = static_cast<std::byte>(header.number());
    out[15] = std::byte{0};
    std::ranges::copy(header.set, out.begin() + 16);
    put_element(out.subspan<32>(), header.key_share);
    checksum_.update(out.first<share_header_size - checksum_size>());
    put_element(out.last<checksum_size>(), checksum_.value());
  }

  /// What is before and behind the content of a chunk.
  static constexpr std::size_t before_content = share_length_size, behind_content = checksum_size;

  /// Makes the chunk at `frame` whole, of which the content is there, before_content from its beginning.
  void finish_chunk(std::span<std::byte> frame) {
    const auto length = static_cast<std::uint32_t>(frame.size() - before_content - behind_content);
    store_little_endian<std::uint32_t>(frame.first<share_length_size>(), length);  // at most share_chunk
    checksum_.update(frame.subspan(before_content, length));
    checksum_.update(GF2To128(length));
    put_element(frame.last(behind_content), checksum_.value());
  }

  /// Makes the trailer at `out`.
  void finish(std::uint64_t content_length, const GF2To128& tag_share, std::span<std::byte, share_trailer_size> out) {
    store_little_endian<std::uint64_t>(out.first<8>(), content_length);
    put_element(out.subspan<8>(), tag_share);
    checksum_.update(out.first<share_trailer_size - checksum_size>());
    checksum_.pad();
    put_element(out.last<checksum_size>(), checksum_.value());
  }

 private:
  PolynomialHash checksum_{checksum_powers};
};

}  // namespace detail

/// Writes one share. Its memory is wiped at its end, for it may be one of several in this process.
class ShareWriter {
 public:
  /// Writes the header. Error(invalid_argument) where it is not one of a share.
  ShareWriter(const ShareHeader& header, ByteSink sink)
      : sink_(std::move(sink)), encoder_(header, std::span(memory_).first<detail::share_header_size>()) {
    sink_(std::span(memory_).first<detail::share_header_size>());
  }
  ShareWriter(ShareWriter&&) = default;
  ShareWriter& operator=(ShareWriter&&) = delete;
  ~ShareWriter() { wipe(memory_); }

  /// Where the next chunk, of at most share_chunk bytes, is to be put before write(); it begins on a cache line.
  [[nodiscard]] std::span<std::byte> room(std::size_t size) {
    const std::size_t needed = size + data_begin + detail::checksum_size + detail::cache_line;
    if (memory_.size() < needed) {
      wipe(memory_);
      memory_ = Bytes(needed);
    }
    return aligned(size).subspan(data_begin, size);
  }

  /// Writes the chunk that is in room(size).
  void write(std::size_t size) {
    const std::span<std::byte> frame = aligned(size).subspan(data_begin - detail::share_length_size);
    encoder_.finish_chunk(frame);
    sink_(frame);
  }

  /// Writes the trailer, after a last chunk of less than share_chunk bytes.
  void finish(std::uint64_t secret_length, GF2To128 tag_share) {
    const auto trailer = std::span(memory_).first<detail::share_trailer_size>();
    encoder_.finish(secret_length, tag_share, trailer);
    sink_(trailer);
  }

 private:
  static constexpr std::size_t data_begin = detail::cache_line;  // there is room for the length before it

  // From a cache line on: the data at data_begin and the checksum behind.
  std::span<std::byte> aligned(std::size_t size) {
    return detail::aligned(std::span<std::byte>(memory_), data_begin + size + detail::checksum_size);
  }

  ByteSink sink_;
  Bytes memory_ = Bytes(detail::share_header_size);  // the largest part that is not a chunk
  detail::ShareEncoder encoder_;
};

/// Reads one share. Whatever the bytes are, it allocates nothing but messages, and ends in an Error(malformed_message)
/// that begins with the name of the share and says what is wrong where the bytes are not exactly those of a share.
class ShareReader {
 public:
  /// Reads the header.
  ShareReader(std::string name, ByteSource source) : ShareReader(std::move(name), 0, std::move(source)) {}
  /// The same for one of several shares, named "the share at position 0" and so on.
  ShareReader(std::size_t position, ByteSource source) : ShareReader({}, position, std::move(source)) {}
  ShareReader(ShareReader&&) = default;
  ShareReader& operator=(ShareReader&&) = delete;
  ~ShareReader() {
    wipe(header_.key_share);
    wipe(tag_share_);
  }

  [[nodiscard]] const ShareHeader& header() const noexcept { return header_; }
  [[nodiscard]] std::string name() const {
    return name_.empty() ? "the share at position " + std::to_string(position_) : name_;
  }

  /// Reads the next chunk to the front of `room` and returns its length; less than share_chunk for the last. What follows
  /// that is the trailer.
  std::size_t read_chunk(std::span<std::byte> room) {
    std::array<std::byte, detail::share_length_size> length;
    read(length);
    const std::size_t size = load_little_endian<std::uint32_t>(std::span<const std::byte, 4>(length));
    if (size > share_chunk) fail("it is altered at byte " + std::to_string(length_) + " of its content");
    if (size > room.size()) fail("it ends early");
    std::array<std::byte, detail::checksum_size> checksum;
    read(room.first(size));
    read(checksum);
    checksum_.update(room.first(size));
    checksum_.update(GF2To128(size));
    if (detail::element_of(checksum) != checksum_.value())
      fail_checksum("its content from byte " + std::to_string(length_) + " on");
    length_ += size;
    return size;
  }

  /// Reads the trailer, after which there must be nothing, and returns the share of the tag.
  const GF2To128& finish() {
    std::array<std::byte, detail::share_trailer_size> bytes;
    read(bytes);
    checksum_.update(std::span(bytes).first(bytes.size() - detail::checksum_size));
    checksum_.pad();
    require_checksum(std::span(bytes).last<detail::checksum_size>(), "its trailer");
    const std::span<const std::byte> trailer(bytes);
    if (const auto length = load_little_endian<std::uint64_t>(trailer.first<8>()); length != length_)
      fail("it claims a secret of " + std::to_string(length) + " bytes and has shares of " + std::to_string(length_));
    tag_share_ = detail::element_of(trailer.subspan<8>());
    wipe(bytes);
    std::array<std::byte, 1> more;
    if (source_(more) != 0) fail("it has bytes behind its end");
    return tag_share_;
  }

  /// The bytes of all chunks read.
  [[nodiscard]] std::uint64_t length() const noexcept { return length_; }

  /// Error(malformed_message) with the name of the share.
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::malformed_message, name() + ": " + what);
  }

 private:
  ShareReader(std::string name, std::size_t position, ByteSource source)
      : name_(std::move(name)), position_(position), source_(std::move(source)) {
    std::array<std::byte, detail::share_header_size> bytes;
    const std::size_t got = source_(bytes);
    const auto magic = std::as_bytes(std::span(detail::share_magic));
    if (got < magic.size() || !std::equal(magic.begin(), magic.end(), bytes.begin()))
      fail(got == 0 ? "it is empty" : "it is no share of parley, or was transferred as text");
    if (got < bytes.size()) fail("it ends within its header");
    const auto number_at = [&](std::size_t at) { return std::to_integer<std::size_t>(bytes[at]); };
    if (const auto format = load_little_endian<std::uint16_t>(std::span<const std::byte>(bytes).subspan<8, 2>());
        format != detail::share_version)
      fail("it is of version " + std::to_string(format) + ", of which this program knows nothing");
    checksum_.update(std::span(bytes).first(bytes.size() - detail::checksum_size));
    require_checksum(std::span(bytes).last<detail::checksum_size>(), "its header");
    const std::size_t scheme = number_at(10), field = number_at(11), number = number_at(14);
    if (scheme != detail::share_scheme) fail("its scheme has the number " + std::to_string(scheme) + ", not 1");
    if (field != 1 && field != 2) fail("its field has the number " + std::to_string(field) + ", not 1 or 2");
    header_.content = ShareContent{static_cast<std::uint8_t>(field)};
    header_.parameters.privacy_threshold = number_at(12);
    header_.parameters.parties = number_at(13);
    const auto [parties, privacy_threshold] = header_.parameters;
    if (privacy_threshold == 0 || privacy_threshold >= parties)
      fail("it claims a privacy threshold of " + std::to_string(privacy_threshold) + " with " +
           std::to_string(parties) + " shares");
    if (number == 0 || number > parties)
      fail("it claims to be number " + std::to_string(number) + " of " + std::to_string(parties) + " shares");
    if (number_at(15) != 0) fail("a reserved byte of its header is not 0");
    header_.party = number - 1;
    std::copy_n(bytes.begin() + 16, header_.set.size(), header_.set.begin());
    header_.key_share = detail::element_of(std::span<const std::byte>(bytes).subspan<32>());
    wipe(bytes);
  }

  void read(std::span<std::byte> out) {
    if (source_(out) != out.size())
      fail("it ends early: it was cut off after " + std::to_string(length_) + " bytes of its content, or later");
  }
  [[noreturn]] void fail_checksum(const std::string& of_what) const {
    fail("the checksum of " + of_what + " is wrong: it is altered");
  }
  void require_checksum(std::span<const std::byte, detail::checksum_size> given, std::string_view of_what) const {
    if (detail::element_of(given) != checksum_.value()) fail_checksum(std::string(of_what));
  }

  std::string name_;  // empty for one that is named by its position
  std::size_t position_;
  ByteSource source_;
  ShareHeader header_;
  PolynomialHash checksum_{detail::checksum_powers};
  std::uint64_t length_ = 0;
  GF2To128 tag_share_;
};

/// Refuses shares that are not of one set of shares of such content, given twice, or too few, with an
/// Error(configuration_mismatch) or Error(invalid_argument) that names them.
inline void require_one_set(std::span<const ShareReader> shares, ShareContent content) {
  if (shares.empty()) throw Error(ErrorCode::invalid_argument, "no share was given");
  const auto same_set = [](const ShareReader& a, const ShareReader& b) {
    const ShareHeader &x = a.header(), &y = b.header();
    return x.set == y.set && x.content == y.content && x.parameters.parties == y.parameters.parties &&
           x.parameters.privacy_threshold == y.parameters.privacy_threshold;
  };
  const auto count_like = [&](const ShareReader& a) {
    return std::ranges::count_if(shares, [&](const ShareReader& b) { return same_set(a, b); });
  };
  if (!std::ranges::all_of(shares, [&](const ShareReader& share) { return same_set(shares[0], share); })) {
    const auto most = std::ranges::max_element(shares, {}, count_like);
    const auto other = std::ranges::find_if(shares, [&](const ShareReader& share) { return !same_set(*most, share); });
    throw Error(ErrorCode::configuration_mismatch,
                other->name() + ": it is of another set of shares than " + most->name());
  }
  if (shares[0].header().content != content)
    throw Error(ErrorCode::configuration_mismatch,
                shares[0].name() + (content == ShareContent::bytes ? ": it is of scalars, and not of bytes"
                                                                   : ": it is of bytes, and not of scalars"));
  for (std::size_t i = 0; i < shares.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (shares[i].header().party == shares[j].header().party)
        throw Error(ErrorCode::invalid_argument, shares[i].name() + ": it is the share number " +
                                                     std::to_string(shares[i].header().number()) + ", as " +
                                                     shares[j].name() + " is");
  if (const std::size_t needed = shares[0].header().parameters.privacy_threshold + 1; shares.size() < needed)
    throw Error(ErrorCode::invalid_argument, std::to_string(shares.size()) +
                                                 (shares.size() == 1 ? " share was" : " shares were") + " given, " +
                                                 std::to_string(needed) + " of this set are needed");
}

}  // namespace parley
