// SPDX-License-Identifier: Apache-2.0
// What the rest of the library asks of a ring and of a field. The laws, which no concept can express, are listed here
// and checked for every field by tests/field/field_conformance.hpp.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

namespace parley {

/// A finite commutative ring with one, as a trivially copyable value type.
///
/// Laws:
/// - `R{} == R::zero()`, `R{0} == R::zero()`, `R{1} == R::one()`; addition and multiplication are associative and
/// commutative,
///   multiplication distributes over addition, `x - y == x + -y`.
/// - `R(k)` accepts every 64-bit `k` and reduces it: modulo the characteristic in a prime field, and modulo the
/// reduction
///   polynomial, with the bits of `k` as coefficients, in a binary field.
/// - `encode` writes exactly one byte string for each element, however the element was computed; `decode` gives nothing
/// for
///   any other byte string, so that no element has two encodings on the wire.
/// - `from_sample` masks superfluous bits and then rejects: each element is the result for equally many of the
///   256^`sample_size` byte strings, so that uniform bytes give a uniform element wherever they give one.
/// - `name` is unique among the fields and the same on every machine.
///
/// Arithmetic, `==`, `encode` and `from_sample` (apart from the rejection, which is independent of the element drawn at
/// last) take a time that does not depend on the values. `to_string` does not keep that promise: it is for public
/// values.
template <class R>
concept Ring =
    std::regular<R> && std::is_trivially_copyable_v<R> && std::constructible_from<R, std::uint64_t> &&
    !std::convertible_to<std::uint64_t, R> &&
    requires(R x, const R y, std::span<std::byte, R::encoded_size> out, std::span<const std::byte, R::encoded_size> in,
             std::span<const std::byte, R::sample_size> sample) {
  { R::zero() }
  noexcept->std::same_as<R>;
  { R::one() }
  noexcept->std::same_as<R>;
  { y + y }
  noexcept->std::same_as<R>;
  { y - y }
  noexcept->std::same_as<R>;
  { y* y }
  noexcept->std::same_as<R>;
  { -y }
  noexcept->std::same_as<R>;
  { x += y }
  noexcept->std::same_as<R&>;
  { x -= y }
  noexcept->std::same_as<R&>;
  { x *= y }
  noexcept->std::same_as<R&>;
  { R::encoded_size } -> std::convertible_to<std::size_t>;
  { R::sample_size } -> std::convertible_to<std::size_t>;
  { y.encode(out) }
  noexcept;
  { R::decode(in) }
  noexcept->std::same_as<std::optional<R>>;
  { R::from_sample(sample) }
  noexcept->std::same_as<std::optional<R>>;
  { R::name } -> std::convertible_to<const char*>;
  { to_string(y) } -> std::same_as<std::string>;
};

/// A finite field.
///
/// Laws, beyond those of a ring:
/// - `x * x.inverse() == one` for every `x` but zero, and `zero.inverse() == zero`; constant time.
/// - `order_exceeds(k)` holds if and only if the field has more than `k` elements.
/// - `embed(k)` is the k-th evaluation point: defined where `order_exceeds(k)`, distinct for distinct `k`, and
///   `embed(0) == zero`. For any other `k` it throws Error(out_of_range), lest two parties get one point.
template <class F>
concept Field = Ring<F> && requires(const F x, std::uint64_t k) {
  { x.inverse() }  // a ring without inverses is no field: share over it with Additive, or take a field
  noexcept->std::same_as<F>;
  { F::embed(k) } -> std::same_as<F>;
  { F::order_exceeds(k) }
  noexcept->std::same_as<bool>;
};

/// The integers modulo a prime: `Integer` is an unsigned type that holds every value below `modulus`, and
/// `modulus_bits` is the length of the modulus, 2^(modulus_bits - 1) <= modulus < 2^modulus_bits.
///
/// Laws: `to_integer()` is below `modulus`; `from_integer` reduces any `Integer`, and undoes `to_integer`;
/// `to_string` writes the integer in decimal.
template <class F>
concept PrimeField = Field<F> && requires(const F x, typename F::Integer k) {
  { F::modulus } -> std::convertible_to<typename F::Integer>;
  { F::modulus_bits } -> std::convertible_to<unsigned>;
  { x.to_integer() }
  noexcept->std::same_as<typename F::Integer>;
  { F::from_integer(k) }
  noexcept->std::same_as<F>;
};

/// A prime field with modulus 2^modulus_bits - 1, where doubling rotates bits and a carry is fed back at the low end.
template <class F>
concept MersenneField = PrimeField<F> &&
    std::bool_constant<(F::modulus & (F::modulus + 1)) == 0 && (F::modulus >> (F::modulus_bits - 1)) == 1>::value;

/// A field of characteristic two: polynomials over GF(2) modulo an irreducible polynomial of degree `degree`. `value()`
/// has the coefficient of x^i in bit i, and `from_value` undoes it (and reduces what is longer).
///
/// Laws: addition is exclusive or of the values; `to_string` writes the value in decimal.
template <class F>
concept BinaryField = Field<F> && requires(const F x, typename F::Value value) {
  { F::degree } -> std::convertible_to<unsigned>;
  { x.value() }
  noexcept->std::same_as<typename F::Value>;
  { F::from_value(value) }
  noexcept->std::same_as<F>;
};

}  // namespace parley
