// SPDX-License-Identifier: Apache-2.0
// Public commitments to the coefficients of secret polynomials, from which anybody can compute the commitment to any of
// their values. What is committed to, and how far it stays hidden, is the choice of the scheme; see verifiable.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/group/concepts.hpp"

namespace parley {

/// The commitments of a batch of sharings by polynomials of degree at most t, the privacy threshold: t + 1 elements for
/// each, of which the one at [k] commits to the coefficient of x^k. A sum of commitments commits to the sum of what they
/// commit to. All of it is public, and its time depends on it.
template <Group G>
class PolynomialCommitments {
 public:
  using F = typename G::Scalar;

  /// Of no sharing.
  explicit PolynomialCommitments(std::size_t privacy_threshold) noexcept : privacy_threshold_(privacy_threshold) {}

  /// Those of the first sharing, then of the second, ... Error(invalid_argument) unless there are privacy_threshold + 1
  /// for each.
  PolynomialCommitments(std::size_t privacy_threshold, std::vector<G> elements)
      : privacy_threshold_(privacy_threshold), elements_(std::move(elements)) {
    if (elements_.size() % (privacy_threshold_ + 1) != 0)
      throw Error(ErrorCode::invalid_argument, std::to_string(elements_.size()) +
                                                   " commitments cannot be divided into polynomials of " +
                                                   std::to_string(privacy_threshold_ + 1) + " coefficients");
  }

  /// How many sharings.
  [[nodiscard]] std::size_t size() const noexcept { return elements_.size() / (privacy_threshold_ + 1); }
  [[nodiscard]] std::size_t privacy_threshold() const noexcept { return privacy_threshold_; }

  /// The t + 1 commitments of one sharing. Error(out_of_range) where there is no such entry.
  [[nodiscard]] std::span<const G> of(std::size_t entry) const {
    if (entry >= size())
      throw Error(ErrorCode::out_of_range,
                  "commitments of sharing " + std::to_string(entry) + " where there are " + std::to_string(size()));
    return std::span<const G>(elements_).subspan(entry * (privacy_threshold_ + 1), privacy_threshold_ + 1);
  }

  /// The commitment to the secret of one sharing.
  [[nodiscard]] G constant(std::size_t entry) const { return of(entry).front(); }

  /// The commitment to the value of one sharing's polynomial at x. Cheap for the small x that are the parties' points.
  [[nodiscard]] G at(std::size_t entry, F x) const { return evaluate(of(entry), x); }

  /// The commitment to the value at x of the polynomial with these commitments to its coefficients.
  [[nodiscard]] static G evaluate(std::span<const G> coefficients, F x) {
    const F one = F::one();
    return weighted_values_vartime<G>(std::span(&one, 1), coefficients, coefficients.size(), x);
  }

  /// The commitment to the sum of all polynomials' values at x, each times its weight. Error(invalid_argument) unless
  /// there is a weight for each.
  [[nodiscard]] G combined_at(std::span<const F> weights, F x) const {
    return weighted_values_vartime<G>(weights, elements_, privacy_threshold_ + 1, x);
  }

  /// The commitments to the sum of all polynomials, each times its weight. Error(invalid_argument) unless there is a
  /// weight for each.
  [[nodiscard]] std::vector<G> combined(std::span<const F> weights) const {
    std::vector<G> result, column(size());
    for (std::size_t k = 0; k <= privacy_threshold_; ++k) {
      for (std::size_t entry = 0; entry < size(); ++entry) column[entry] = of(entry)[k];
      result.push_back(linear_combination_vartime<G>(weights, column));
    }
    return result;
  }

  /// Entry by entry. Error(invalid_argument) for batches of other shapes.
  PolynomialCommitments& operator+=(const PolynomialCommitments& other) {
    require_threshold_of(other);
    if (elements_.size() != other.elements_.size())
      throw Error(ErrorCode::invalid_argument, "the sum of commitments to " + std::to_string(size()) + " and to " +
                                                   std::to_string(other.size()) + " sharings");
    for (std::size_t i = 0; i < elements_.size(); ++i) elements_[i] = elements_[i] + other.elements_[i];
    return *this;
  }
  friend PolynomialCommitments operator+(PolynomialCommitments a, const PolynomialCommitments& b) {
    return std::move(a += b);
  }

  /// The sharings of `other` after those that are there. Error(invalid_argument) for another threshold.
  void append(const PolynomialCommitments& other) {
    require_threshold_of(other);
    elements_.insert(elements_.end(), other.elements_.begin(), other.elements_.end());
  }

  friend bool operator==(const PolynomialCommitments&, const PolynomialCommitments&) = default;

  /// In bytes, of the commitments of `size` sharings.
  [[nodiscard]] static constexpr std::size_t encoded_size(std::size_t privacy_threshold, std::size_t size) noexcept {
    return size * (privacy_threshold + 1) * G::encoded_size;
  }
  /// One element after the other. Error(out_of_range) unless there is room for encoded_size() bytes.
  void encode(std::span<std::byte> out) const {
    ByteWriter writer(out);
    for (const G& element : elements_) element.encode(writer.take(G::encoded_size).template first<G::encoded_size>());
  }
  /// Nothing where the length is not that of `size` sharings, or where something is no canonical encoding.
  [[nodiscard]] static std::optional<PolynomialCommitments> decode(std::size_t privacy_threshold, std::size_t size,
                                                                   std::span<const std::byte> in) {
    if (in.size() != encoded_size(privacy_threshold, size)) return std::nullopt;
    std::vector<G> elements;
    for (; !in.empty(); in = in.subspan(G::encoded_size)) {
      const std::optional<G> element = G::decode(in.template first<G::encoded_size>());
      if (!element) return std::nullopt;
      elements.push_back(*element);
    }
    return PolynomialCommitments(privacy_threshold, std::move(elements));
  }

 private:
  void require_threshold_of(const PolynomialCommitments& other) const {
    if (privacy_threshold_ != other.privacy_threshold_)
      throw Error(ErrorCode::invalid_argument, "commitments with the privacy thresholds " +
                                                   std::to_string(privacy_threshold_) + " and " +
                                                   std::to_string(other.privacy_threshold_));
  }

  std::size_t privacy_threshold_;
  std::vector<G> elements_;
};

namespace detail {

/// Whether one random combination can stand for many checks: a wrong one passes with probability 2^-128.
template <PrimeField F>
inline constexpr bool combinations_are_sound = F::modulus_bits > 128;

/// Weights of a random combination: the first is 1, the others are uniform and independent among 2^128. Where the sum of
/// weights[i] * e[i] is zero, all e[i] are, up to an error of probability 2^-128: for the last weight of those with
/// e[i] != 0 there is at most one value that makes it so, if it is not the first, whose weight alone does not.
template <PrimeField F, RandomSource Random>
std::vector<F> combination_weights(std::size_t count, Random& random) {
  static_assert(combinations_are_sound<F>);
  const F two_to_64 = F(std::uint64_t{1} << 32) * F(std::uint64_t{1} << 32);
  std::vector<F> weights(count, F::one());
  for (std::size_t i = 1; i < count; ++i) {
    std::array<std::byte, 16> drawn;
    random.fill(drawn);
    weights[i] = F(load_little_endian<std::uint64_t>(std::span(drawn).template first<8>())) +
                 F(load_little_endian<std::uint64_t>(std::span(drawn).template last<8>())) * two_to_64;
  }
  return weights;
}

}  // namespace detail
}  // namespace parley
