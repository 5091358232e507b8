// SPDX-License-Identifier: Apache-2.0
// The portable kernels on a field that gives them no help, and which help the fields give.
#include "parley/field/portable.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "catch.hpp"
#include "field/field_conformance.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/mersenne31.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/wide_binary.hpp"
#include "parley/field/z2_to_64.hpp"

namespace {

/// A field with what the concept asks for and nothing else, so that the kernels do without any help.
class PlainField {
 public:
  static constexpr const char* name = "PlainField";
  static constexpr std::size_t encoded_size = 2;
  static constexpr std::size_t sample_size = 2;

  constexpr PlainField() noexcept = default;
  explicit constexpr PlainField(std::uint64_t value) noexcept : value_(value % order) {}
  static constexpr PlainField zero() noexcept { return PlainField(); }
  static constexpr PlainField one() noexcept { return PlainField(1); }
  static constexpr PlainField embed(std::uint64_t k) {
    if (k >= order) throw parley::Error(parley::ErrorCode::out_of_range, "no such point");
    return PlainField(k);
  }
  static constexpr bool order_exceeds(std::uint64_t k) noexcept { return order > k; }

  friend constexpr PlainField operator+(PlainField a, PlainField b) noexcept { return PlainField(a.value_ + b.value_); }
  friend constexpr PlainField operator-(PlainField a, PlainField b) noexcept {
    return PlainField(a.value_ + order - b.value_);
  }
  friend constexpr PlainField operator*(PlainField a, PlainField b) noexcept { return PlainField(a.value_ * b.value_); }
  constexpr PlainField operator-() const noexcept { return PlainField() - *this; }
  constexpr PlainField& operator+=(PlainField b) noexcept { return *this = *this + b; }
  constexpr PlainField& operator-=(PlainField b) noexcept { return *this = *this - b; }
  constexpr PlainField& operator*=(PlainField b) noexcept { return *this = *this * b; }
  friend constexpr bool operator==(PlainField, PlainField) noexcept = default;
  constexpr PlainField inverse() const noexcept { return parley::power(*this, order - 2); }

  constexpr void encode(std::span<std::byte, 2> out) const noexcept {
    out[0] = static_cast<std::byte>(value_ >> 8);
    out[1] = static_cast<std::byte>(value_ & 0xff);
  }
  static constexpr std::optional<PlainField> decode(std::span<const std::byte, 2> in) noexcept {
    const std::uint64_t value = std::to_integer<std::uint64_t>(in[0]) << 8 | std::to_integer<std::uint64_t>(in[1]);
    if (value >= order) return std::nullopt;
    return PlainField(value);
  }
  static constexpr std::optional<PlainField> from_sample(std::span<const std::byte, 2> sample) noexcept {
    const std::uint64_t value =
        std::to_integer<std::uint64_t>(sample[0]) << 8 | std::to_integer<std::uint64_t>(sample[1]);
    if (value >= 65536 / order * order) return std::nullopt;
    return PlainField(value);
  }
  friend std::string to_string(PlainField x) { return std::to_string(x.value_); }

 private:
  static constexpr std::uint64_t order = 1009;
  std::uint64_t value_ = 0;
};

using parley::detail::HasPacked;
using parley::detail::HasProductSum;
using parley::detail::MemoryIsEncoding;

// Which help each field gives, so that it is not lost unnoticed.
static_assert(parley::Field<PlainField> && !parley::PrimeField<PlainField> && !parley::BinaryField<PlainField>);
static_assert(!HasPacked<PlainField> && !HasProductSum<PlainField> && !MemoryIsEncoding<PlainField>);
static_assert(HasProductSum<parley::Mersenne31>);
static_assert(HasProductSum<parley::Mersenne61>);
static_assert(HasProductSum<parley::Mersenne127>);
static_assert(HasPacked<parley::GF256>);
static_assert(HasProductSum<parley::GF2To64> && HasProductSum<parley::GF2To128>);
static_assert(!parley::SmallPrime<65537>::memory_is_encoding);
static_assert(std::endian::native != std::endian::little ||
              (MemoryIsEncoding<parley::Mersenne31> && MemoryIsEncoding<parley::GF2To64> &&
               MemoryIsEncoding<parley::GF2To128> && MemoryIsEncoding<parley::Z2To64> &&
               MemoryIsEncoding<parley::Mersenne61> && MemoryIsEncoding<parley::Mersenne127> &&
               MemoryIsEncoding<parley::GF256> && MemoryIsEncoding<parley::SmallPrime<7>>));

}  // namespace

TEST_CASE("a field with no more than the concept asks for has all kernels") {
  parley::testing::check_field<PlainField>();
}
