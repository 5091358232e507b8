// SPDX-License-Identifier: Apache-2.0
// Bit planes: plane i holds bit i of every value of a batch, so that one machine word works on many values. The
// container that public bits and every sharing of bits have in common.
#pragma once

#include <algorithm>
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
#include "parley/core/words.hpp"

namespace parley {

/// A set of components: number 0 or not, and of those from number 1 on the ones that bits from 0 on are set for.
struct ComponentSet {
  bool first = false;
  std::uint64_t others = 0;

  constexpr bool operator[](unsigned which) const noexcept {
    return which == 0 ? first : (others >> (which - 1) & 1) != 0;
  }
  friend bool operator==(const ComponentSet&, const ComponentSet&) = default;
};

/// How one party stores a (shared) bit: as `components` lanes of `lane_bits` bits each. The public constant 1 is
/// represented by the lane value 1 in the components that `one` marks and by 0 in the others.
struct BitLayout {
  unsigned lane_bits = 1;        ///< 1: bits packed in words; 8: an element of GF(2^8) for each bit
  unsigned components = 1;       ///< 1; 2 for replicated sharing among three; 65 for a bit and its MAC
  ComponentSet one = {true, 0};  ///< which components of this party the constant 1 touches

  friend bool operator==(const BitLayout&, const BitLayout&) = default;
};

namespace detail {

/// Writes `count` bits from bit `source_position` of `source` on to bit `target_position` of `target` and those above,
/// for pieces that are written one after another from bit 0 on: what is below stays, and the rest of the last word
/// becomes 0.
inline void write_bits(std::span<std::uint64_t> target, std::size_t target_position,
                       std::span<const std::uint64_t> source, std::size_t source_position, std::size_t count) {
  if (source_position % 64 == 0 && target_position % 64 == 0) {
    const std::size_t whole = count / 64 * 64;
    if (whole != 0) std::memcpy(target.data() + target_position / 64, source.data() + source_position / 64, whole / 8);
    source_position += whole;
    target_position += whole;
    count -= whole;
  }
  while (count > 0) {
    const std::size_t source_shift = source_position % 64, target_shift = target_position % 64;
    const std::size_t length = std::min<std::size_t>(count, 64);
    std::uint64_t word = source[source_position / 64] >> source_shift;
    if (source_shift + length > 64) word |= source[source_position / 64 + 1] << (64 - source_shift);
    if (length < 64) word &= (std::uint64_t{1} << length) - 1;
    std::uint64_t& first = target[target_position / 64];
    const std::uint64_t below = target_shift == 0 ? 0 : first & ((std::uint64_t{1} << target_shift) - 1);
    first = below | word << target_shift;
    if (target_shift + length > 64) target[target_position / 64 + 1] = word >> (64 - target_shift);
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

/// Bit j of `bits`, for each j below 8, as the number 0 or 1 in byte j.
constexpr std::uint64_t lanes_of_bits(std::uint64_t bits) {
  // byte j of the product has a copy of all eight bits; the mask keeps bit j there, and 2^7 - 2^j carries it to the top
  const std::uint64_t copies = (bits & 0xFF) * 0x0101010101010101ULL & 0x8040201008040201ULL;
  return (copies + 0x00406070787C7E7FULL) >> 7 & 0x0101010101010101ULL;
}
/// The lowest bit of byte j as bit j: the inverse.
constexpr std::uint64_t bits_of_lanes(std::uint64_t lanes) {
  // the product brings bit 8j to bit 56 + j: 8j + 56 - 7j; no two of the 64 partial products meet
  return ((lanes & 0x0101010101010101ULL) * 0x0102040810204080ULL) >> 56;
}

}  // namespace detail

struct Wire;

/// `width` planes of `size` lanes. Invariant: the bits of a plane's last word beyond its lanes are zero, so that whole
/// words can be combined and sent without anything stray in them.
class BitPlanes {
 public:
  BitPlanes() = default;
  /// All zero.
  BitPlanes(BitLayout layout, std::size_t width, std::size_t size) : BitPlanes(uninitialized(layout, width, size)) {
    std::ranges::fill(words(), 0);
  }
  /// For one who writes all the words.
  static BitPlanes uninitialized(BitLayout layout, std::size_t width, std::size_t size) {
    BitPlanes planes;
    planes.layout_ = layout;
    planes.width_ = width;
    planes.size_ = size;
    planes.words_ = detail::Words(width * layout.components * planes.words_per_component());
    return planes;
  }

  const BitLayout& layout() const noexcept { return layout_; }
  std::size_t width() const noexcept { return width_; }
  std::size_t size() const noexcept { return size_; }
  std::size_t words_per_component() const noexcept { return (size_ * layout_.lane_bits + 63) / 64; }
  /// Those of its components, one after another.
  std::size_t words_per_plane() const noexcept { return layout_.components * words_per_component(); }
  /// A lane times this has a copy in every lane of a word.
  std::uint64_t one_in_every_lane() const noexcept {
    return layout_.lane_bits == 1 ? ~std::uint64_t{0} : 0x0101010101010101ULL;
  }

  std::span<std::uint64_t> words() noexcept { return {words_.data(), words_.size()}; }
  std::span<const std::uint64_t> words() const noexcept { return {words_.data(), words_.size()}; }
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

  /// Component `which` of lanes first, ..., first + numbers.size() - 1 (packed ones; `first` a multiple of 64), as
  /// integers of at least as many bits as there are planes.
  template <class Integer>
  void get_numbers(unsigned which, std::size_t first, std::span<Integer> numbers) const {
    detail::BitMatrix block;
    if (width_ == 0) std::ranges::fill(numbers, Integer{0});
    for (std::size_t done = 0; done < numbers.size(); done += 64)
      for (std::size_t low = 0; low < width_; low += 64) {
        const std::size_t planes = std::min<std::size_t>(64, width_ - low);
        for (std::size_t plane = 0; plane < planes; ++plane)
          block[plane] = component(low + plane, which)[(first + done) / 64];
        std::fill(block.begin() + static_cast<std::ptrdiff_t>(planes), block.end(), 0);
        detail::transpose(block);
        for (std::size_t i = 0; i < 64 && done + i < numbers.size(); ++i)
          numbers[done + i] = static_cast<Integer>((low == 0 ? Integer{0} : numbers[done + i]) |
                                                   static_cast<Integer>(static_cast<Integer>(block[i]) << low));
      }
  }

  BitPlanes& operator^=(const BitPlanes& other) {
    require_same_shape(other);
    detail::exclusive_or(words_.size(), words_.data(), words_.data(), other.words_.data());
    return *this;
  }

  /// Adds the public constant 1 to every bit.
  void flip() {
    for (std::size_t plane = 0; plane < width_; ++plane) flip_plane(plane);
  }
  /// Adds the public constant 1 to every bit of one plane.
  void flip_plane(std::size_t plane) {
    for (unsigned which = 0; which < layout_.components; ++which) {
      if (!layout_.one[which] || size_ == 0) continue;
      const auto words = component(plane, which);
      for (std::uint64_t& word : words) word ^= one_in_every_lane();
      words.back() &= lanes_of_last_word();
    }
  }

  /// Restores the invariant after whole words have been written.
  void clear_tails() {
    const std::uint64_t mask = lanes_of_last_word();
    const std::size_t stride = words_per_component();
    for (std::size_t last = stride - 1; last < words_.size(); last += stride) words_.data()[last] &= mask;
  }

  BitPlanes planes(std::size_t first, std::size_t count) const {
    if (first > width_ || count > width_ - first)
      throw Error(ErrorCode::out_of_range, "planes " + std::to_string(first) + " to " + std::to_string(first + count) +
                                               " of " + std::to_string(width_));
    BitPlanes chosen = uninitialized(layout_, count, size_);
    const std::size_t stride = layout_.components * words_per_component();
    std::copy_n(words_.data() + first * stride, count * stride, chosen.words_.data());
    return chosen;
  }

  /// Adds another plane, of the same layout and size, to plane `target`.
  void add_plane(std::size_t target, const Wire& other);
  /// Overwrites plane `target` with another one, of the same layout and size.
  void copy_plane(std::size_t target, const Wire& other);

  BitPlanes rows(std::size_t first, std::size_t count) const {
    if (first > size_ || count > size_ - first)
      throw Error(ErrorCode::out_of_range, "values " + std::to_string(first) + " to " + std::to_string(first + count) +
                                               " of " + std::to_string(size_));
    const std::size_t lane = layout_.lane_bits;
    BitPlanes chosen = uninitialized(layout_, width_, count);
    for (std::size_t plane = 0; plane < width_; ++plane)
      for (unsigned which = 0; which < layout_.components; ++which)
        detail::write_bits(chosen.component(plane, which), 0, component(plane, which), first * lane, count * lane);
    return chosen;
  }

  /// The values in an order of blocks of `length`: block i is what block order[i] was.
  BitPlanes blocks(std::span<const std::size_t> order, std::size_t length) const {
    for (const std::size_t block : order)
      if (block >= size_ / std::max<std::size_t>(length, 1))
        throw Error(ErrorCode::out_of_range, "block " + std::to_string(block) + " of " + std::to_string(length) +
                                                 " values, of " + std::to_string(size_) + " values in all");
    BitPlanes chosen = uninitialized(layout_, width_, order.size() * length);
    const std::size_t bits = length * layout_.lane_bits;
    for (std::size_t plane = 0; plane < width_; ++plane)
      for (unsigned which = 0; which < layout_.components; ++which)
        for (std::size_t i = 0; i < order.size(); ++i)
          detail::write_bits(chosen.component(plane, which), i * bits, component(plane, which), order[i] * bits, bits);
    return chosen;
  }

  /// `count` copies of the only value.
  BitPlanes repeated(std::size_t count) const {
    if (size_ != 1) throw Error(ErrorCode::invalid_argument, "one value can be repeated, not " + std::to_string(size_));
    BitPlanes copies = uninitialized(layout_, width_, count);
    for (std::size_t plane = 0; plane < width_; ++plane)
      for (unsigned which = 0; which < layout_.components; ++which)
        std::ranges::fill(copies.component(plane, which), component(plane, which)[0] * one_in_every_lane());
    copies.clear_tails();
    return copies;
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
    detail::Words both(words_.size() + other.words_.size());
    std::copy_n(words_.data(), words_.size(), both.data());
    std::copy_n(other.words_.data(), other.words_.size(), both.data() + words_.size());
    words_ = std::move(both);
    width_ += other.width_;
  }

  /// The values of all the parts, one after another; there is at least one, and all have as many planes.
  static BitPlanes append_rows(std::span<const BitPlanes* const> parts) {
    const BitPlanes& first = *parts.front();
    std::size_t size = 0;
    for (const BitPlanes* part : parts) {
      if (part->width_ != first.width_ || part->layout_ != first.layout_)
        throw Error(ErrorCode::invalid_argument, "values of " + std::to_string(first.width_) + " and " +
                                                     std::to_string(part->width_) + " bits cannot be joined");
      size += part->size_;
    }
    BitPlanes all = uninitialized(first.layout_, first.width_, size);
    const std::size_t lane = first.layout_.lane_bits;
    for (std::size_t plane = 0; plane < all.width_; ++plane)
      for (unsigned which = 0; which < all.layout_.components; ++which) {
        std::size_t row = 0;
        for (const BitPlanes* part : parts) {
          detail::write_bits(all.component(plane, which), row * lane, part->component(plane, which), 0,
                             part->size_ * lane);
          row += part->size_;
        }
      }
    return all;
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
      detail::write_bits(dense, plane * bits, component(plane, which), 0, bits);
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
    for (std::size_t plane = 0; plane < width_; ++plane)
      detail::write_bits(component(plane, which), 0, dense, plane * bits, bits);
  }

  void require_same_shape(const BitPlanes& other) const {
    if (width_ != other.width_ || size_ != other.size_ || layout_ != other.layout_)
      throw Error(ErrorCode::invalid_argument, std::to_string(size_) + " values of " + std::to_string(width_) +
                                                   " bits and " + std::to_string(other.size_) + " values of " +
                                                   std::to_string(other.width_) + " bits do not have the same shape");
  }

 private:
  // Ones in the bits of a plane's last word that belong to lanes.
  std::uint64_t lanes_of_last_word() const noexcept {
    const std::size_t used = size_ * layout_.lane_bits % 64;
    return used == 0 ? ~std::uint64_t{0} : (std::uint64_t{1} << used) - 1;
  }

  BitLayout layout_;
  std::size_t width_ = 0;
  std::size_t size_ = 0;
  detail::Words words_;  // plane by plane, in each plane component by component
};

/// One plane, where it lies: as long as the planes that it is of are neither moved nor given another shape.
struct Wire {
  const BitPlanes* planes = nullptr;
  std::size_t plane = 0;

  explicit operator bool() const noexcept { return planes != nullptr; }
  std::span<const std::uint64_t> component(unsigned which) const noexcept { return planes->component(plane, which); }
};

inline void BitPlanes::add_plane(std::size_t target, const Wire& other) {
  std::uint64_t* const words = component(target, 0).data();
  detail::exclusive_or(words_per_plane(), words, words, other.component(0).data());
}

inline void BitPlanes::copy_plane(std::size_t target, const Wire& other) {
  std::copy_n(other.component(0).data(), words_per_plane(), component(target, 0).data());
}

/// The wires of planes first, ..., first + count - 1.
inline std::vector<Wire> wires(const BitPlanes& planes, std::size_t first, std::size_t count) {
  std::vector<Wire> all(count);
  for (std::size_t i = 0; i < count; ++i) all[i] = {&planes, first + i};
  return all;
}
inline std::vector<Wire> wires(const BitPlanes& planes) { return wires(planes, 0, planes.width()); }

/// plus xor (x and (y xor z)), where z and plus may be missing: a choice is one of them, and so is whatever else costs
/// one conjunction. All wires have one layout and size.
struct Conjunction {
  Wire x, y, z{}, plus{};
};

/// x and y, plane by plane; they have the same shape.
inline std::vector<Conjunction> conjunctions(const BitPlanes& x, const BitPlanes& y) {
  std::vector<Conjunction> all(x.width());
  for (std::size_t i = 0; i < x.width(); ++i) all[i] = {.x = {&x, i}, .y = {&y, i}};
  return all;
}

}  // namespace parley
