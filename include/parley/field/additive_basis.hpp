// SPDX-License-Identifier: Apache-2.0
// The basis of the polynomials over a small binary field in which they are evaluated fastest, by the additive fast
// Fourier transform.
// [LCH14] Lin, Chung, Han: Novel Polynomial Basis and Its Application to Reed-Solomon Erasure Codes, FOCS 2014.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "parley/field/concepts.hpp"

namespace parley::detail {

/// The fields whose polynomials are evaluated in the additive basis: in larger ones no batch has enough parties.
template <class F>
concept HasAdditiveBasis = BinaryField<F> && F::degree <= 8;

/// Let point k be F::embed(k), s_b the product of x - (point v) over v < 2^b, and w_b = s_b / s_b(point 2^b). As points
/// 0, ..., 2^b - 1 are a subspace, s_b is linear over GF(2), and w_b(x + point 2^b) = w_b(x) + 1. The basis is
///   X_k = the product of w_b over the bits b that are set in k,
/// of degree k, with X_0 = 1 and X_k(0) = 0 for all others. [LCH14, sections II and III]
template <HasAdditiveBasis F>
class AdditiveBasis {
 public:
  /// As many points are evaluated together as stay in registers.
  static constexpr std::size_t block = 8;
  /// Of each block: w_2 at its first point, w_1 at its points 0 and 4, w_0 at its points 0, 2, 4 and 6.
  static constexpr std::size_t block_factors = 7;

  /// w_b at point k.
  static constexpr F subspace_value(unsigned b, std::size_t k) noexcept {
    F value = F::zero();
    for (unsigned bit = 0; bit < F::degree; ++bit)
      if (((k >> bit) & 1) != 0) value += at_powers[b][bit];
    return value;
  }

  /// How many coefficients a block has for each coefficient of its first eight.
  static constexpr std::size_t groups(std::size_t degree) noexcept { return degree / block + 1; }
  static constexpr std::size_t factors_of_block(std::size_t degree) noexcept {
    return block_factors + groups(degree) - 1;
  }
  static constexpr std::size_t most_factors = factors_of_block(std::size_t{1} << F::degree);

  /// What a kernel needs to evaluate polynomials of this degree at points 1, ..., parties. For each block of points,
  /// block_factors of them and then X_8, X_16, ... up to the degree at its first point, which are the same at all its
  /// points.
  static std::vector<F> factors(std::size_t parties, std::size_t degree) {
    std::vector<F> result;
    result.reserve((parties / block + 1) * factors_of_block(degree));
    for (std::size_t first = 0; first <= parties; first += block) {
      for (unsigned b = 3; b-- > 0;)
        for (std::size_t offset = 0; offset < block; offset += std::size_t{2} << b)
          result.push_back(b < F::degree ? subspace_value(b, first + offset) : F::zero());
      for (std::size_t group = 1; group < groups(degree); ++group) {
        F value = F::one();
        for (unsigned bit = 0; bit + 3 < F::degree; ++bit)
          if (((group >> bit) & 1) != 0) value *= subspace_value(bit + 3, first);
        result.push_back(value);
      }
    }
    return result;
  }

 private:
  // w_b at point 2^bit, by w_(b+1) = u / u(point 2^(b+1)) with u = w_b^2 + w_b, which is 0 where w_b is 0 or 1.
  static constexpr auto at_powers = [] {
    std::array<std::array<F, F::degree>, F::degree> values{};
    for (unsigned bit = 0; bit < F::degree; ++bit) values[0][bit] = F::embed(std::uint64_t{1} << bit);
    for (unsigned b = 1; b < F::degree; ++b) {
      for (unsigned bit = 0; bit < F::degree; ++bit)
        values[b][bit] = values[b - 1][bit] * values[b - 1][bit] + values[b - 1][bit];
      const F scale = values[b][b].inverse();
      for (F& value : values[b]) value *= scale;
    }
    return values;
  }();
};

/// What to evaluate: polynomial i of `count` has the coefficient constants[i] at X_0 and coefficients[(k - 1) * count +
/// i] at X_k for k = 1, ..., degree, which is at least 1. rows[j][first + i] becomes its value at point j + 1.
template <class F>
struct AdditiveEvaluation {
  const std::span<F>* rows;
  std::size_t parties;
  std::size_t first;
  const F* constants;
  const F* coefficients;
  std::size_t degree;
  std::size_t count;
  const F* factors;  ///< AdditiveBasis<F>::factors(parties, degree)
  bool past_caches;  ///< the rows from `first` on begin on a multiple of 64 bytes, and are not read soon

  /// Blocks of points, point 0 included, which is no party's.
  std::size_t blocks() const noexcept { return parties / AdditiveBasis<F>::block + 1; }
  /// The coefficients at X_k from entry i on, for k <= degree.
  const F* term(std::size_t k, std::size_t i) const noexcept {
    return (k == 0 ? constants : coefficients + (k - 1) * count) + i;
  }
};

/// A block of points of an evaluation.
template <class F>
struct AdditiveBlock {
  AdditiveBlock(const AdditiveEvaluation<F>& task, std::size_t number) noexcept
      : has_zero(number == 0), factors(task.factors + number * AdditiveBasis<F>::factors_of_block(task.degree)) {
    for (std::size_t place = 0; place < AdditiveBasis<F>::block; ++place) {
      const std::size_t point = number * AdditiveBasis<F>::block + place;
      rows[place] = point == 0 || point > task.parties ? nullptr : task.rows[point - 1].data() + task.first;
    }
  }

  bool has_zero;                     ///< its first point is 0, at which all w_b are 0
  const F* factors;                  ///< AdditiveBasis<F>::factors_of_block(degree) of them
  F* rows[AdditiveBasis<F>::block];  ///< where the values go, nullptr where no party has the point
};

}  // namespace parley::detail
