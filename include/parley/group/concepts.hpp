// SPDX-License-Identifier: Apache-2.0
// What verifiable sharing asks of a group: prime order, hard discrete logarithms, and a second generator that nobody
// knows the logarithm of.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

#include "parley/core/error.hpp"
#include "parley/field/concepts.hpp"

namespace parley {

/// A cyclic group of prime order, written additively, as a trivially copyable value type; `G::Scalar` are the integers
/// modulo its order.
///
/// Laws:
/// - `G{} == G::identity()`; addition is associative and commutative, `a - b + b == a`.
/// - `(r + s) * a == r * a + s * a`, `(r * s) * a == r * (s * a)`, and `G::multiply_generator(s) == s * G::generator()`.
/// - Neither generator is the identity. Nobody knows the s with `s * G::generator() == G::second_generator()`.
/// - `encode` writes exactly one byte string for each element; `decode` gives nothing for any other.
/// - `name` is unique among the groups.
///
/// The time of the products does not depend on the scalar, and that of sums not on the elements. `==`, `encode` and
/// `decode` are for public elements.
template <class G>
concept Group = std::regular<G> && std::is_trivially_copyable_v<G> && PrimeField<typename G::Scalar> &&
    requires(const G a, const typename G::Scalar s, std::span<std::byte, G::encoded_size> out,
             std::span<const std::byte, G::encoded_size> in) {
  { G::identity() } -> std::same_as<G>;
  { G::generator() } -> std::same_as<G>;
  { G::second_generator() } -> std::same_as<G>;
  { G::multiply_generator(s) } -> std::same_as<G>;
  { a + a } -> std::same_as<G>;
  { a - a } -> std::same_as<G>;
  { s* a } -> std::same_as<G>;
  { G::encoded_size } -> std::convertible_to<std::size_t>;
  {a.encode(out)};
  { G::decode(in) } -> std::same_as<std::optional<G>>;
  { G::name } -> std::convertible_to<const char*>;
};

/// The sum of scalars[i] * elements[i], of public scalars and elements: the time depends on both.
/// Error(invalid_argument) unless they are equally many. A group that has a better way than one product for each
/// element provides it as a static member function of the same name.
template <Group G>
[[nodiscard]] G linear_combination_vartime(std::span<const typename G::Scalar> scalars,
                                           std::type_identity_t<std::span<const G>> elements) {
  if (scalars.size() != elements.size())
    throw Error(ErrorCode::invalid_argument, std::to_string(scalars.size()) + " scalars were given for " +
                                                 std::to_string(elements.size()) + " elements of a group");
  if constexpr (requires { G::linear_combination_vartime(scalars, elements); }) {
    return G::linear_combination_vartime(scalars, elements);
  } else {
    G sum = G::identity();
    for (std::size_t i = 0; i < scalars.size(); ++i) sum = sum + scalars[i] * elements[i];
    return sum;
  }
}

/// The sum of weights[i] * f_i(x) for public polynomials f_i whose coefficients are elements, equally many for each: the
/// one at [i * size + k] belongs to x^k. The time depends on all of it, and is least for small x. Error(invalid_argument)
/// unless there are weights.size() * size of them. Groups may provide it as well.
template <Group G>
[[nodiscard]] G weighted_values_vartime(std::span<const typename G::Scalar> weights,
                                        std::type_identity_t<std::span<const G>> coefficients, std::size_t size,
                                        const typename G::Scalar& x) {
  if (coefficients.size() != weights.size() * size)
    throw Error(ErrorCode::invalid_argument, std::to_string(coefficients.size()) + " coefficients were given for " +
                                                 std::to_string(weights.size()) + " polynomials of " +
                                                 std::to_string(size));
  if constexpr (requires { G::weighted_values_vartime(weights, coefficients, size, x); }) {
    return G::weighted_values_vartime(weights, coefficients, size, x);
  } else {
    G sum = G::identity();
    for (std::size_t i = 0; i < weights.size(); ++i) {
      G value = G::identity();
      for (std::size_t k = size; k-- > 0;) value = x * value + coefficients[i * size + k];
      sum = sum + weights[i] * value;
    }
    return sum;
  }
}

}  // namespace parley
