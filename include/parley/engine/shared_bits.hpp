// SPDX-License-Identifier: Apache-2.0
// Vectors of bits in planes: public ones, and secret ones of the binary domain as one party holds them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/integer.hpp"
#include "parley/engine/bit_planes.hpp"
#include "parley/field/concepts.hpp"

namespace parley {

/// Public bits: `size` numbers of `width` bits each, in planes.
class PublicBits {
 public:
  PublicBits() = default;
  /// All zero.
  PublicBits(std::size_t width, std::size_t size) : planes_(BitLayout{}, width, size) {}
  explicit PublicBits(BitPlanes planes) : planes_(std::move(planes)) {
    if (planes_.layout() != BitLayout{})
      throw Error(ErrorCode::invalid_argument, "public bits have one lane of one bit");
  }

  /// The low `width` bits of each of `values`. Error(out_of_range) where a value has more.
  static PublicBits from_integers(std::span<const std::uint64_t> values, std::size_t width) {
    for (const std::uint64_t value : values)
      if (width < 64 && value >> width != 0)
        throw Error(ErrorCode::out_of_range,
                    std::to_string(value) + " does not fit in " + std::to_string(width) + " bits");
    PublicBits bits(width, values.size());
    bits.planes_.set_numbers(0, 0, values.size(), [&](std::size_t row) { return uint128{values[row]}; });
    return bits;
  }

  /// The low `width` bits of the canonical integers of field elements.
  template <PrimeField F>
  static PublicBits from_field(std::span<const F> values, std::size_t width = F::modulus_bits) {
    PublicBits bits(width, values.size());
    bits.planes_.set_numbers(0, 0, values.size(), [&](std::size_t row) { return values[row].to_integer(); });
    return bits;
  }

  std::size_t width() const noexcept { return planes_.width(); }
  std::size_t size() const noexcept { return planes_.size(); }
  bool bit(std::size_t plane, std::size_t row) const noexcept { return planes_.bit(plane, row); }
  const BitPlanes& planes() const noexcept { return planes_; }
  BitPlanes& planes() noexcept { return planes_; }

  /// The numbers modulo the field's order. Error(invalid_argument) for more planes than the field's modulus has bits.
  template <PrimeField F>
  Buffer<F> to_field() const {
    if (width() > F::modulus_bits)
      throw Error(ErrorCode::invalid_argument,
                  "numbers of " + std::to_string(width()) + " bits are too long for " + std::string(F::name));
    const auto integers = numbers<decltype(F().to_integer())>();
    Buffer<F> values(size());
    for (std::size_t i = 0; i < size(); ++i) values[i] = F::from_integer(integers[i]);
    return values;
  }
  /// The numbers plus `shift`: modulo the field's order p where they have F::modulus_bits bits, and modulo 2^width where
  /// they have fewer, `shift` being an integer between -(p-1)/2 and (p-1)/2 then. Errors as for to_field().
  template <PrimeField F>
  PublicBits shifted(const F& shift) const {
    if (width() < F::modulus_bits) {
      using Integer = decltype(F().to_integer());
      const Integer residue = shift.to_integer();
      const auto addend = static_cast<Integer>(residue > (F::modulus - 1) / 2 ? residue - F::modulus : residue);
      const auto integers = numbers<Integer>();
      PublicBits sums(width(), size());
      // modulo a power of two that 2^width divides; the planes take the low bits
      sums.planes_.set_numbers(0, 0, size(),
                               [&](std::size_t row) { return static_cast<Integer>(integers[row] + addend); });
      return sums;
    }
    Buffer<F> sums = to_field<F>();
    for (F& sum : sums) sum += shift;
    return from_field<F>(sums);
  }

  /// Bits first, ..., first + count - 1 of every number.
  PublicBits bits(std::size_t first, std::size_t count) const { return PublicBits(planes_.planes(first, count)); }

  friend PublicBits operator^(PublicBits x, const PublicBits& y) {
    x.planes_ ^= y.planes_;
    return x;
  }
  friend PublicBits operator~(PublicBits x) {
    x.planes_.flip();
    return x;
  }

  /// The numbers. Error(invalid_argument) for more than 64 planes.
  std::vector<std::uint64_t> to_integers() const {
    if (width() > 64)
      throw Error(ErrorCode::invalid_argument, "numbers of " + std::to_string(width()) + " bits do not fit in 64");
    return numbers<std::uint64_t>();
  }

  /// The numbers as integers of at least as many bits.
  template <class Integer>
  std::vector<Integer> numbers() const {
    std::vector<Integer> all(size());
    planes_.get_numbers(0, 0, std::span<Integer>(all));
    return all;
  }

 private:
  BitPlanes planes_;
};

namespace detail {

/// The bits of one component of all the planes, plane by plane, as the elements 0 and 1.
template <Field F>
Buffer<F> bits_as_elements(const BitPlanes& planes, unsigned which = 0) {
  Buffer<F> elements;
  elements.reserve(planes.width() * planes.size());
  for (std::size_t plane = 0; plane < planes.width(); ++plane)
    for (std::size_t row = 0; row < planes.size(); ++row) elements.push_back(F(planes.bit(plane, row, which) ? 1 : 0));
  return elements;
}

/// Calls change(word of `target`, mask) for every component that the constant 1 touches, where the mask has a lane
/// value of 1 for every set bit of `bits`; or, with `everywhere`, for every component and with masks of whole lanes.
template <class Change>
void apply_public(BitPlanes& target, const PublicBits& bits, bool everywhere, Change change) {
  if (target.width() != bits.width() || target.size() != bits.size())
    throw Error(ErrorCode::invalid_argument, std::to_string(target.size()) + " shared values of " +
                                                 std::to_string(target.width()) + " bits and " +
                                                 std::to_string(bits.size()) + " public ones of " +
                                                 std::to_string(bits.width()) + " do not have the same shape");
  const BitLayout& layout = target.layout();
  for (std::size_t plane = 0; plane < target.width(); ++plane)
    for (unsigned which = 0; which < layout.components; ++which) {
      if (!everywhere && !layout.one[which]) continue;
      const auto source = bits.planes().component(plane, 0);
      const auto words = target.component(plane, which);
      for (std::size_t i = 0; i < words.size(); ++i) {
        if (layout.lane_bits == 1) {
          change(words[i], source[i]);
        } else {
          const std::uint64_t lanes = lanes_of_bits(source[i / 8] >> (8 * (i % 8)));
          change(words[i], everywhere ? lanes * 0xFF : lanes);  // lanes of 0 or 1 times 255 do not carry into another
        }
      }
    }
}

}  // namespace detail

/// One party's shares of `size` secret numbers of `width` bits each: plane i holds bit i of every number. A vector of
/// single bits has width 1.
///
/// Exclusive or, negation, and anything with public bits are operators, local to each party. A conjunction of two
/// secrets communicates: and_().
///
/// Errors: shapes that differ in one operation -> Error(invalid_argument); never caused by a peer.
template <class SchemeOf>
class SharedBits {
 public:
  using Scheme = SchemeOf;

  SharedBits() = default;
  /// The vector whose shares at this party are `planes`.
  explicit SharedBits(BitPlanes planes) : planes_(std::move(planes)) {}

  std::size_t size() const noexcept { return planes_.size(); }
  std::size_t width() const noexcept { return planes_.width(); }
  const BitPlanes& planes() const noexcept { return planes_; }
  BitPlanes& planes() noexcept { return planes_; }

  /// Bit `plane` of every number, where it lies.
  Wire wire(std::size_t plane) const noexcept { return {&planes_, plane}; }

  /// Bits first, ..., first + count - 1 of every number, bit 0 being the least significant.
  SharedBits bits(std::size_t first, std::size_t count) const { return SharedBits(planes_.planes(first, count)); }
  /// Numbers first, ..., first + count - 1.
  SharedBits slice(std::size_t first, std::size_t count) const { return SharedBits(planes_.rows(first, count)); }

  SharedBits& operator^=(const SharedBits& other) {
    planes_ ^= other.planes_;
    return *this;
  }
  SharedBits& operator^=(const PublicBits& other) {
    detail::apply_public(planes_, other, false, [](std::uint64_t& word, std::uint64_t mask) { word ^= mask; });
    return *this;
  }
  SharedBits& operator&=(const PublicBits& other) {
    detail::apply_public(planes_, other, true, [](std::uint64_t& word, std::uint64_t mask) { word &= mask; });
    return *this;
  }
  friend SharedBits operator^(SharedBits x, const SharedBits& y) { return x ^= y; }
  friend SharedBits operator^(SharedBits x, const PublicBits& y) { return x ^= y; }
  friend SharedBits operator^(const PublicBits& x, SharedBits y) { return y ^= x; }
  friend SharedBits operator&(SharedBits x, const PublicBits& y) { return x &= y; }
  friend SharedBits operator&(const PublicBits& x, SharedBits y) { return y &= x; }
  /// Every bit negated.
  friend SharedBits operator~(SharedBits x) {
    x.planes_.flip();
    return x;
  }

  // clang-format off
  explicit operator bool() const = delete;  // open it first: a branch would reveal it
  friend bool operator==(const SharedBits&, const SharedBits&) = delete;  // compare with equal(engine, x, y) / less_than(engine, x, y)
  friend bool operator!=(const SharedBits&, const SharedBits&) = delete;  // compare with equal(engine, x, y) / less_than(engine, x, y)
  friend bool operator<(const SharedBits&, const SharedBits&) = delete;   // compare with equal(engine, x, y) / less_than(engine, x, y)
  friend bool operator>(const SharedBits&, const SharedBits&) = delete;   // compare with equal(engine, x, y) / less_than(engine, x, y)
  friend bool operator<=(const SharedBits&, const SharedBits&) = delete;  // compare with equal(engine, x, y) / less_than(engine, x, y)
  friend bool operator>=(const SharedBits&, const SharedBits&) = delete;  // compare with equal(engine, x, y) / less_than(engine, x, y)
  friend SharedBits operator&(const SharedBits&, const SharedBits&) = delete;  // conjoin with and_(engine, x, y): it costs a round
  friend SharedBits operator|(const SharedBits&, const SharedBits&) = delete;  // disjoin with or_(engine, x, y): it costs a round
  friend std::ostream& operator<<(std::ostream&, const SharedBits&) = delete;  // open it first
  // clang-format on

 private:
  BitPlanes planes_;
};

/// Numbers of which bit i is what wire i holds; local.
template <class Scheme>
SharedBits<Scheme> gather(std::span<const Wire> wires) {
  if (wires.empty()) return {};
  BitPlanes planes =
      BitPlanes::uninitialized(wires.front().planes->layout(), wires.size(), wires.front().planes->size());
  for (std::size_t i = 0; i < wires.size(); ++i) planes.copy_plane(i, wires[i]);
  return SharedBits<Scheme>(std::move(planes));
}

/// The planes of `low`, and above them those of `high`, for as many values; local.
template <class Scheme>
SharedBits<Scheme> stack(SharedBits<Scheme> low, const SharedBits<Scheme>& high) {
  low.planes().append_planes(high.planes());
  return low;
}

/// The numbers of all the parts, which have as many bits, in order; local.
template <class Scheme>
SharedBits<Scheme> concat(const std::vector<SharedBits<Scheme>>& parts) {
  std::vector<const BitPlanes*> planes;
  for (const SharedBits<Scheme>& part : parts) planes.push_back(&part.planes());
  return SharedBits<Scheme>(BitPlanes::append_rows(planes));
}
/// The numbers of `first`, then those of `second`, of as many bits.
inline PublicBits concat(const PublicBits& first, const PublicBits& second) {
  return PublicBits(BitPlanes::append_rows(std::vector{&first.planes(), &second.planes()}));
}
/// The numbers of `first`, then those of `second`, of as many bits; local.
template <class Scheme>
SharedBits<Scheme> concat(const SharedBits<Scheme>& first, const SharedBits<Scheme>& second) {
  return SharedBits<Scheme>(BitPlanes::append_rows(std::vector{&first.planes(), &second.planes()}));
}

}  // namespace parley
