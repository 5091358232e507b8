// SPDX-License-Identifier: Apache-2.0
// Bit planes: plane i holds bit i of every value of a batch, so that one machine word works on many values. The
// container that public bits and every sharing of bits have in common.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/bit_transpose.hpp"
#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"

namespace parley {

/// How one party stores a (shared) bit: as `components` lanes of `lane_bits` bits each. The public constant 1 is
/// represented by the lane value 1 in the components that `one` marks and by 0 in the others.
struct BitLayout {
  unsigned lane_bits = 1;                   ///< 1: bits packed in words; 8: an element of GF(2^8) for each bit
  unsigned components = 1;                  ///< 1, or 2 for replicated sharing among three parties
  std::array<bool, 2> one = {true, false};  ///< which components of this party the constant 1 touches

  friend bool operator==(const BitLayout&, const BitLayout&) = default;
};

namespace detail {

/// Copies `count` bits from bit `source_position` of `source` to bit `target_position` of `target`, whose bits there
/// must be zero.
inline void copy_bits(std::span<std::uint64_t> target, std::size_t target_position,
                      std::span<const std::uint64_t> source, std::size_t source_position, std::size_t count) {
  while (count > 0) {
    const std::size_t source_shift = source_position % 64, target_shift = target_position % 64;
    const std::size_t length = std::min<std::size_t>(count, 64);
    std::uint64_t word = source[source_position / 64] >> source_shift;
    if (source_shift + length > 64) word |= source[source_position / 64 + 1] << (64 - source_shift);
    if (length < 64) word &= (std::uint64_t{1} << length) - 1;
    target[target_position / 64] |= word << target_shift;
    if (target_shift + length > 64) target[target_position / 64 + 1] |= word >> (64 - target_shift);
    source_position += length;
    target_position += length;
    count -= length;
  }
}

inline void words_to_bytes(std::span<std::byte> bytes, std::span<const std::uint64_t> words) {
  if constexpr (std::endian::native == std::endian::little) {
    if (!bytes.empty()) std::memcpy(bytes.data(), words.data(), bytes.size());
  } else {
    for (std::size_t i = 0; i < bytes.size(); ++i)
      bytes[i] = static_cast<std::byte>(words[i / 8] >> (8 * (i % 8)) & 0xFF);
  }
}

inline void bytes_to_words(std::span<std::uint64_t> words, std::span<const std::byte> bytes) {
  if constexpr (std::endian::native == std::endian::little) {
    if (!bytes.empty()) std::memcpy(words.data(), bytes.data(), bytes.size());
  } else {
    for (std::size_t i = 0; i < bytes.size(); ++i)
      words[i / 8] |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * (i % 8));
  }
}

}  // namespace detail

/// `width` planes of `size` lanes. Invariant: the bits of a plane's last word beyond its lanes are zero, so that whole
/// words can be combined and sent without anything stray in them.
class BitPlanes {
 public:
  BitPlanes() = default;
  /// All zero.
  BitPlanes(BitLayout layout, std::size_t width, std::size_t size)
      : layout_(layout), width_(width), size_(size), words_(width * layout.components * words_per_component()) {}

  const BitLayout& layout() const noexcept { return layout_; }
  std::size_t width() const noexcept { return width_; }
  std::size_t size() const noexcept { return size_; }
  std::size_t words_per_component() const noexcept { return (size_ * layout_.lane_bits + 63) / 64; }

  std::span<std::uint64_t> words() noexcept { return words_; }
  std::span<const std::uint64_t> words() const noexcept { return words_; }
  std::span<std::uint64_t> component(std::size_t plane, unsigned which) noexcept {
    return words().subspan((plane * layout_.components + which) * words_per_component(), words_per_component());
  }
  std::span<const std::uint64_t> component(std::size_t plane, unsigned which) const noexcept {
    return words().subspan((plane * layout_.components + which) * words_per_component(), words_per_component());
  }

  /// The packed bit `row` of a plane; for layouts of one-bit lanes.
  bool bit(std::size_t plane, std::size_t row, unsigned which = 0) const noexcept {
    return (component(plane, which)[row / 64] >> (row % 64) & 1) != 0;
  }

  /// Overwrites component `which` of lanes first, ..., first + count - 1 (packed ones; `first` a multiple of 64) with the
  /// low bits of value(0), ..., value(count - 1), unsigned integers of at least as many bits as there are planes.
  template <class Value>
  void set_numbers(unsigned which, std::size_t first, std::size_t count, Value value) {
    detail::BitMatrix block;
    for (std::size_t done = 0; done < count; done += 64)
      for (std::size_t low = 0; low < width_; low += 64) {
        const std::size_t rows = std::min<std::size_t>(64, count - done);
        for (std::size_t i = 0; i < rows; ++i) block[i] = static_cast<std::uint64_t>(value(done + i) >> low);
        std::fill(block.begin() + static_cast<std::ptrdiff_t>(rows), block.end(), 0);
        detail::transpose(block);
        for (std::size_t plane = low; plane < std::min(width_, low + 64); ++plane)
          component(plane, which)[(first + done) / 64] = block[plane - low];
      }
  }

  BitPlanes& operator^=(const BitPlanes& other) {
    require_same_shape(other);
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] ^= other.words_[i];
    return *this;
  }

  /// Adds the public constant 1 to every bit.
  void flip() {
    const std::uint64_t ones = layout_.lane_bits == 1 ? ~std::uint64_t{0} : 0x0101010101010101ULL;
    for (std::size_t plane = 0; plane < width_; ++plane)
      for (unsigned which = 0; which < layout_.components; ++which)
        if (layout_.one[which])
          for (std::uint64_t& word : component(plane, which)) word ^= ones;
    clear_tails();
  }

  /// Restores the invariant after whole words have been written.
  void clear_tails() {
    const std::size_t used = size_ * layout_.lane_bits % 64;
    if (used == 0) return;
    const std::uint64_t mask = (std::uint64_t{1} << used) - 1;
    const std::size_t stride = words_per_component();
    for (std::size_t last = stride - 1; last < words_.size(); last += stride) words_[last] &= mask;
  }

  BitPlanes planes(std::size_t first, std::size_t count) const {
    if (first > width_ || count > width_ - first)
      throw Error(ErrorCode::out_of_range, "planes " + std::to_string(first) + " to " + std::to_string(first + count) +
                                               " of " + std::to_string(width_));
    BitPlanes chosen(layout_, count, size_);
    const std::size_t stride = layout_.components * words_per_component();
    std::copy_n(words_.begin() + static_cast<std::ptrdiff_t>(first * stride), count * stride, chosen.words_.begin());
    return chosen;
  }

  /// `count` planes: first, first + stride, and so on; stride 0 repeats one plane.
  BitPlanes strided_planes(std::size_t first, std::size_t stride, std::size_t count) const {
    BitPlanes chosen(layout_, count, size_);
    const std::size_t length = layout_.components * words_per_component();
    for (std::size_t i = 0; i < count; ++i)
      std::copy_n(words_.begin() + static_cast<std::ptrdiff_t>((first + i * stride) * length), length,
                  chosen.words_.begin() + static_cast<std::ptrdiff_t>(i * length));
    return chosen;
  }

  /// Overwrites plane `target` with plane `source` of `from`, which has the same layout and size.
  void copy_plane(std::size_t target, const BitPlanes& from, std::size_t source) {
    const std::size_t length = layout_.components * words_per_component();
    std::copy_n(from.words_.begin() + static_cast<std::ptrdiff_t>(source * length), length,
                words_.begin() + static_cast<std::ptrdiff_t>(target * length));
  }

  BitPlanes rows(std::size_t first, std::size_t count) const {
    if (first > size_ || count > size_ - first)
      throw Error(ErrorCode::out_of_range, "values " + std::to_string(first) + " to " + std::to_string(first + count) +
                                               " of " + std::to_string(size_));
    BitPlanes chosen(layout_, width_, count);
    for (std::size_t plane = 0; plane < width_; ++plane)
      for (unsigned which = 0; which < layout_.components; ++which)
        detail::copy_bits(chosen.component(plane, which), 0, component(plane, which), first * layout_.lane_bits,
                          count * layout_.lane_bits);
    return chosen;
  }

  /// Appends the planes of `other`, of as many values, above the planes that are there.
  void append_planes(const BitPlanes& other) {
    if (width_ == 0) {
      *this = other;
      return;
    }
    if (size_ != other.size_ || layout_ != other.layout_)
      throw Error(ErrorCode::invalid_argument, "planes of " + std::to_string(size_) + " and " +
                                                   std::to_string(other.size_) + " values cannot be stacked");
    words_.insert(words_.end(), other.words_.begin(), other.words_.end());
    width_ += other.width_;
  }

  /// The values of `first`, then those of `second`, which must have as many planes.
  static BitPlanes append_rows(const BitPlanes& first, const BitPlanes& second) {
    if (first.width_ != second.width_ || first.layout_ != second.layout_)
      throw Error(ErrorCode::invalid_argument, "values of " + std::to_string(first.width_) + " and " +
                                                   std::to_string(second.width_) + " bits cannot be joined");
    BitPlanes both(first.layout_, first.width_, first.size_ + second.size_);
    const std::size_t lane = first.layout_.lane_bits;
    for (std::size_t plane = 0; plane < both.width_; ++plane)
      for (unsigned which = 0; which < both.layout_.components; ++which) {
        detail::copy_bits(both.component(plane, which), 0, first.component(plane, which), 0, first.size_ * lane);
        detail::copy_bits(both.component(plane, which), first.size_ * lane, second.component(plane, which), 0,
                          second.size_ * lane);
      }
    return both;
  }

  /// Bytes that one component of all the planes takes in a message: its lanes one after another, without gaps between
  /// planes.
  std::size_t packed_size() const noexcept { return (width_ * size_ * layout_.lane_bits + 7) / 8; }

  /// Writes component `which` of all the planes to `bytes`, of packed_size().
  void pack(unsigned which, std::span<std::byte> bytes) const {
    const std::size_t bits = size_ * layout_.lane_bits;
    if (bits % 8 == 0) {
      for (std::size_t plane = 0; plane < width_; ++plane)
        detail::words_to_bytes(bytes.subspan(plane * (bits / 8), bits / 8), component(plane, which));
      return;
    }
    Buffer<std::uint64_t> dense((width_ * bits + 63) / 64);
    for (std::size_t plane = 0; plane < width_; ++plane)
      detail::copy_bits(dense, plane * bits, component(plane, which), 0, bits);
    detail::words_to_bytes(bytes, dense);
  }

  /// The inverse of pack(): overwrites component `which`. Bits beyond the last lane are ignored.
  void unpack(unsigned which, std::span<const std::byte> bytes) {
    const std::size_t bits = size_ * layout_.lane_bits;
    if (bits % 8 == 0) {
      for (std::size_t plane = 0; plane < width_; ++plane)
        detail::bytes_to_words(component(plane, which), bytes.subspan(plane * (bits / 8), bits / 8));
      return;
    }
    Buffer<std::uint64_t> dense((width_ * bits + 63) / 64);
    detail::bytes_to_words(dense, bytes);
    for (std::size_t plane = 0; plane < width_; ++plane) {
      const auto target = component(plane, which);
      std::fill(target.begin(), target.end(), 0);
      detail::copy_bits(target, 0, dense, plane * bits, bits);
    }
  }

  void require_same_shape(const BitPlanes& other) const {
    if (width_ != other.width_ || size_ != other.size_ || layout_ != other.layout_)
      throw Error(ErrorCode::invalid_argument, std::to_string(size_) + " values of " + std::to_string(width_) +
                                                   " bits and " + std::to_string(other.size_) + " values of " +
                                                   std::to_string(other.width_) + " bits do not have the same shape");
  }

 private:
  BitLayout layout_;
  std::size_t width_ = 0;
  std::size_t size_ = 0;
  Buffer<std::uint64_t> words_;  // plane by plane, in each plane component by component
};

}  // namespace parley
