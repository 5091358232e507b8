// SPDX-License-Identifier: Apache-2.0
// Sums of public multiples of public elements of ristretto255, on the curve itself: libsodium offers no way to add
// without decoding two elements and encoding one, which takes most of the time of a sum.
// [Pip76] Pippenger: On the Evaluation of Powers and Related Problems, FOCS 1976.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "parley/field/named_primes.hpp"
#include "parley/group/edwards25519.hpp"

namespace parley::detail {

/// The length in bits of the longest of these.
inline std::size_t longest(std::span<const Ristretto255Scalar::Integer> integers) {
  std::size_t bits = 0;
  for (const auto& integer : integers)
    for (std::size_t word = 0; word < integer.words.size(); ++word)
      if (integer.words[word] != 0)
        bits = std::max(bits, 64 * word + static_cast<std::size_t>(std::bit_width(integer.words[word])));
  return bits;
}

/// The sum of scalars[i] * points[i], for points of a type that can be added to an EdwardsPoint. [Pip76]: for each digit
/// of the scalars, the points are added up by digit, and the sums weighted with the digits by adding up their sums.
template <class Point>
EdwardsPoint edwards_combination_vartime(std::span<const Ristretto255Scalar> scalars, std::span<const Point> points) {
  std::vector<Ristretto255Scalar::Integer> integers;
  for (const Ristretto255Scalar& scalar : scalars) integers.push_back(scalar.to_integer());
  const std::size_t bits = longest(integers);

  // Additions for digits of each width: of the points, and two for each value of a digit.
  std::size_t width = 1, fewest = 0;
  for (std::size_t w = 1; w <= 16; ++w) {
    const std::size_t additions = (bits + w - 1) / w * (scalars.size() + (std::size_t{2} << w));
    if (w == 1 || additions < fewest) fewest = additions, width = w;
  }

  EdwardsPoint sum;
  std::vector<EdwardsPoint> buckets(std::size_t{1} << width);
  for (std::size_t digit = (bits + width - 1) / width; digit-- > 0;) {
    for (std::size_t i = 0; i < width; ++i) sum = sum.doubled();
    std::fill(buckets.begin(), buckets.end(), EdwardsPoint{});
    for (std::size_t i = 0; i < points.size(); ++i) {
      const auto value = static_cast<std::uint64_t>(integers[i] >> (digit * width)) & (buckets.size() - 1);
      if (value != 0) buckets[value] = buckets[value] + points[i];
    }
    EdwardsPoint from_above, weighted;
    for (std::size_t value = buckets.size() - 1; value > 0; --value) {
      from_above = from_above + buckets[value];
      weighted = weighted + from_above;
    }
    sum = sum + weighted;
  }
  return sum;
}

/// The sum of weights[i] * f_i(x), where f_i has the coefficients coefficients[i * size], ..., for all i < weights.size().
inline EdwardsPoint edwards_weighted_values_vartime(std::span<const Ristretto255Scalar> weights,
                                                    std::span<const EdwardsPoint::Addend> coefficients,
                                                    std::size_t size, const Ristretto255Scalar& x) {
  const Ristretto255Scalar::Integer at = x.to_integer();
  const std::size_t bits = longest(std::span(&at, 1));
  std::vector<EdwardsPoint> values;
  for (; !coefficients.empty(); coefficients = coefficients.subspan(size)) {
    EdwardsPoint value;
    for (std::size_t k = size; k-- > 0;) value = value.times(at, bits) + coefficients[k];
    values.push_back(value);
  }
  return edwards_combination_vartime<EdwardsPoint>(weights, values);
}

}  // namespace parley::detail
