// SPDX-License-Identifier: Apache-2.0
// The group ristretto255, of prime order 2^252 + 27742317777372353535851937790883648493, by libsodium.
// [RFC9496] The ristretto255 and decaf448 Groups, 2023.  [Ham15] Hamburg: Decaf: Eliminating cofactors through point
// compression, CRYPTO 2015.
#pragma once

#include <sodium.h>

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/wipe.hpp"
#include "parley/field/named_primes.hpp"
#include "parley/group/concepts.hpp"
#include "parley/group/ristretto255_combination.hpp"

namespace parley {

/// An element of ristretto255, as its canonical encoding of 32 bytes [RFC9496, section 4]. Discrete logarithms are
/// believed to take 2^126 operations. What this calls of libsodium has no state and works before sodium_init().
///
/// Time: products do not depend on the scalar, nor sums on the elements (libsodium branches in them on whether it is given
/// encodings of elements, which it always is).
class Ristretto255 {
 public:
  using Scalar = Ristretto255Scalar;

  static constexpr const char* name = "ristretto255";
  static constexpr std::size_t encoded_size = crypto_core_ristretto255_BYTES;

  /// The identity, whose encoding is all zeros.
  constexpr Ristretto255() noexcept = default;
  static constexpr Ristretto255 identity() noexcept { return {}; }

  /// The base point that RFC 9496 fixes in section 4.
  static Ristretto255 generator() { return multiply_generator(Scalar::one()); }

  /// hash("parley second generator", nothing): its logarithm is known to nobody, for whoever knew it could compute that
  /// of the image of a random oracle.
  static Ristretto255 second_generator() {
    static const Ristretto255 element = hash("parley second generator", {});
    return element;
  }

  /// The element derived from a message as by a random oracle: by SHA-512 and the map of [RFC9496, section 4.3.4]. The
  /// label, of at most 255 bytes (else Error(invalid_argument)), keeps uses apart. The time depends on the lengths only.
  static Ristretto255 hash(std::string_view label, std::span<const std::byte> message) {
    if (label.size() > 255) throw Error(ErrorCode::invalid_argument, "a label of more than 255 bytes");
    Bytes input(1 + label.size() + message.size());
    ByteWriter writer(input);
    writer.u8(static_cast<std::uint8_t>(label.size()));
    writer.bytes(std::as_bytes(std::span(label)));
    writer.bytes(message);
    std::array<unsigned char, crypto_hash_sha512_BYTES> digest;
    static_assert(crypto_hash_sha512_BYTES == crypto_core_ristretto255_HASHBYTES);
    crypto_hash_sha512(digest.data(), reinterpret_cast<const unsigned char*>(input.data()), input.size());
    Ristretto255 element;
    static_cast<void>(crypto_core_ristretto255_from_hash(element.bytes_.data(), digest.data()));  // always 0
    wipe(std::span<std::byte>(input));
    wipe(digest);
    return element;
  }

  friend Ristretto255 operator+(const Ristretto255& a, const Ristretto255& b) {
    Ristretto255 sum;
    // It fails for what is no element, which bytes_ never is.
    static_cast<void>(crypto_core_ristretto255_add(sum.bytes_.data(), a.bytes_.data(), b.bytes_.data()));
    return sum;
  }
  friend Ristretto255 operator-(const Ristretto255& a, const Ristretto255& b) {
    Ristretto255 difference;
    static_cast<void>(crypto_core_ristretto255_sub(difference.bytes_.data(), a.bytes_.data(), b.bytes_.data()));
    return difference;
  }
  friend Ristretto255 operator*(const Scalar& scalar, const Ristretto255& element) {
    return multiply(scalar, [&element](unsigned char* out, const unsigned char* factor) {
      return crypto_scalarmult_ristretto255(out, factor, element.bytes_.data());
    });
  }
  /// scalar * generator(), faster than that.
  static Ristretto255 multiply_generator(const Scalar& scalar) {
    return multiply(scalar, [](unsigned char* out, const unsigned char* factor) {
      return crypto_scalarmult_ristretto255_base(out, factor);
    });
  }

  friend bool operator==(const Ristretto255&, const Ristretto255&) = default;

  /// See parley::linear_combination_vartime; the spans are equally long.
  static Ristretto255 linear_combination_vartime(std::span<const Scalar> scalars,
                                                 std::span<const Ristretto255> elements) {
    return from_point(detail::edwards_combination_vartime<detail::EdwardsPoint::Addend>(scalars, points_of(elements)));
  }
  /// See parley::weighted_values_vartime; there are `size` coefficients for each weight.
  static Ristretto255 weighted_values_vartime(std::span<const Scalar> weights,
                                              std::span<const Ristretto255> coefficients, std::size_t size,
                                              const Scalar& x) {
    return from_point(detail::edwards_weighted_values_vartime(weights, points_of(coefficients), size, x));
  }

  void encode(std::span<std::byte, encoded_size> out) const {
    for (std::size_t i = 0; i < encoded_size; ++i) out[i] = static_cast<std::byte>(bytes_[i]);
  }

  /// Nothing for what is no canonical encoding of an element.
  static std::optional<Ristretto255> decode(std::span<const std::byte, encoded_size> in) {
    Ristretto255 element;
    for (std::size_t i = 0; i < encoded_size; ++i) element.bytes_[i] = static_cast<unsigned char>(in[i]);
    // The highest bit, which libsodium 1.0.18 does not look at, is above every integer modulo 2^255 - 19.
    if (element.bytes_[encoded_size - 1] >= 0x80) return std::nullopt;
    if (crypto_core_ristretto255_is_valid_point(element.bytes_.data()) != 1) return std::nullopt;
    return element;
  }

  /// The encoding in hexadecimal digits.
  friend std::string to_string(const Ristretto255& element) {
    std::string text;
    for (const unsigned char byte : element.bytes_) {
      text += "0123456789abcdef"[byte >> 4];
      text += "0123456789abcdef"[byte & 15];
    }
    return text;
  }

 private:
  static std::vector<detail::EdwardsPoint::Addend> points_of(std::span<const Ristretto255> elements) {
    return detail::EdwardsPoint::decode(elements.size(),
                                        [&](std::size_t i) { return std::as_bytes(std::span(elements[i].bytes_)); });
  }
  static Ristretto255 from_point(const detail::EdwardsPoint& point) {
    Ristretto255 element;
    point.encode(std::as_writable_bytes(std::span(element.bytes_)));
    return element;
  }

  // libsodium wants scalars as 32 bytes, the least significant first, which is how a Scalar is encoded; being below the
  // order they have the highest bit, which it ignores, clear. It returns -1 where the product is the identity, which it
  // writes all the same.
  template <class Product>
  static Ristretto255 multiply(const Scalar& scalar, Product product) {
    static_assert(Scalar::encoded_size == crypto_core_ristretto255_SCALARBYTES && Scalar::modulus_bits == 253);
    std::array<std::byte, Scalar::encoded_size> factor;
    scalar.encode(factor);
    Ristretto255 result;
    static_cast<void>(product(result.bytes_.data(), reinterpret_cast<const unsigned char*>(factor.data())));
    wipe(factor);
    return result;
  }

  // Invariant: the canonical encoding of an element.
  std::array<unsigned char, encoded_size> bytes_{};
};

static_assert(Group<Ristretto255>);

}  // namespace parley
