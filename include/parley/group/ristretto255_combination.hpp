// SPDX-License-Identifier: Apache-2.0
// Sums of public multiples of public elements of ristretto255, on the curve itself: libsodium offers no way to add
// without decoding two elements and encoding one, which takes most of the time of a sum.
// [RFC9496] The ristretto255 and decaf448 Groups, 2023.  [HWCD08] Hisil, Wong, Carter, Dawson: Twisted Edwards Curves
// Revisited, ASIACRYPT 2008.  [Pip76] Pippenger: On the Evaluation of Powers and Related Problems, FOCS 1976.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "parley/field/montgomery.hpp"
#include "parley/field/named_primes.hpp"
#include "parley/field/power.hpp"

namespace parley::detail {

/// The coordinates of Curve25519 and Edwards25519, modulo 2^255 - 19.
using Coordinate25519 = Montgomery<"0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed">;

/// A point (x / z, y / z) of -x^2 + y^2 = 1 + d x^2 y^2 with t = x y / z [HWCD08, section 3], of which several represent
/// one element of ristretto255. The time of everything here depends on the values.
struct EdwardsPoint {
  using F = Coordinate25519;

  F x{}, y = F::one(), z = F::one(), t{};

  /// A point with z = 1, as its sums with others use it.
  struct Addend {
    F y_plus_x = F::one(), y_minus_x = F::one(), double_d_t{};
  };

  struct Constants {
    F d, root_of_minus_one, inverse_root_of_minus_one_minus_d;
  };
  static const Constants& constants() {
    static const Constants found = [] {
      Constants made{-F(121665) * F(121666).inverse(), F(), F()};
      // 2 is no square, so its power (p - 1) / 4 = 2 (2^252 - 3) + 1 is a root of -1.
      const F root = power_252_3(F(2));
      made.root_of_minus_one = absolute(root * root * F(2));
      made.inverse_root_of_minus_one_minus_d = inverse_root(-F::one() - made.d, made.root_of_minus_one);
      return made;
    }();
    return found;
  }

  static bool is_negative(const F& value) { return (value.to_integer().words[0] & 1) != 0; }
  static F absolute(const F& value) { return is_negative(value) ? -value : value; }

  /// value^((p - 5) / 8), where (p - 5) / 8 = 2^252 - 3 = (2^250 - 1) 2^2 + 1.
  static F power_252_3(const F& value) { return square_repeatedly(power_of_all_ones<250>(value), 2) * value; }

  /// The root of 1 / value that is not negative, for a square; of root_of_minus_one / value for any other. 0 for 0.
  /// [RFC9496, section 4.2, with u = 1]
  static F inverse_root(const F& value, const F& root_of_minus_one) {
    const F cube = value * value * value;
    F root = cube * power_252_3(cube * cube * value);
    const F check = value * root * root;
    if (check == -F::one() || check == -root_of_minus_one) root *= root_of_minus_one;
    return absolute(root);
  }

  /// Of an encoding that is known to be one. [RFC9496, section 4.3.1]
  static Addend decode(std::span<const std::byte, 32> encoding) {
    const Constants& constant = constants();
    const F s = F::decode(encoding).value();
    const F u1 = F::one() - s * s, u2 = F::one() + s * s;
    const F v = -(constant.d * u1 * u1) - u2 * u2;
    const F root = inverse_root(v * u2 * u2, constant.root_of_minus_one);
    const F x = absolute((s + s) * root * u2), y = u1 * root * root * u2 * v, d_t = constant.d * x * y;
    return {y + x, y - x, d_t + d_t};
  }

  /// [RFC9496, section 4.3.2]
  void encode(std::span<std::byte, 32> out) const {
    const Constants& constant = constants();
    const F u1 = (z + y) * (z - y), u2 = x * y;
    const F root = inverse_root(u1 * u2 * u2, constant.root_of_minus_one);
    const F denominator1 = root * u1, denominator2 = root * u2, z_inverse = denominator1 * denominator2 * t;
    const bool rotate = is_negative(t * z_inverse);
    const F rotated_x = rotate ? y * constant.root_of_minus_one : x;
    const F rotated_y = rotate ? x * constant.root_of_minus_one : y;
    const F denominator = rotate ? denominator1 * constant.inverse_root_of_minus_one_minus_d : denominator2;
    absolute(denominator * (z - (is_negative(rotated_x * z_inverse) ? -rotated_y : rotated_y))).encode(out);
  }

  /// [HWCD08, section 3.1]: complete, because d is no square, so that no case is special.
  friend EdwardsPoint operator+(const EdwardsPoint& p, const EdwardsPoint& q) {
    const F d_t = constants().d * q.t;
    return finish((p.y - p.x) * (q.y - q.x), (p.y + p.x) * (q.y + q.x), p.t * (d_t + d_t), p.z * q.z);
  }
  friend EdwardsPoint operator+(const EdwardsPoint& p, const Addend& q) {
    return finish((p.y - p.x) * q.y_minus_x, (p.y + p.x) * q.y_plus_x, p.t * q.double_d_t, p.z);
  }

  /// [HWCD08, section 3.3], with the signs of all coordinates changed.
  EdwardsPoint doubled() const {
    const F xx = x * x, yy = y * y, zz = z * z;
    const F h = xx + yy, e = h - (x + y) * (x + y), g = xx - yy, f = zz + zz + g;
    return {e * f, g * h, f * g, e * h};
  }

 private:
  static EdwardsPoint finish(const F& a, const F& b, const F& c, const F& half_d) {
    const F d = half_d + half_d, e = b - a, f = d - c, g = d + c, h = b + a;
    return {e * f, g * h, f * g, e * h};
  }
};

/// Writes the encoding of the sum of scalars[i] times the element that encoding_of(i) encodes. [Pip76]: for each digit
/// of the scalars, the elements are added up by digit, and the sums weighted with the digits by adding up their sums.
template <class EncodingOf>
void ristretto255_linear_combination_vartime(std::span<const Ristretto255Scalar> scalars, EncodingOf encoding_of,
                                             std::span<std::byte, 32> out) {
  using Integer = Ristretto255Scalar::Integer;
  std::vector<Integer> integers;
  std::vector<EdwardsPoint::Addend> points;
  std::size_t bits = 0;
  for (std::size_t i = 0; i < scalars.size(); ++i) {
    integers.push_back(scalars[i].to_integer());
    points.push_back(EdwardsPoint::decode(encoding_of(i)));
    for (std::size_t word = integers[i].words.size(); word-- > 0;) {
      if (integers[i].words[word] == 0) continue;
      bits = std::max(bits, 64 * word + static_cast<std::size_t>(std::bit_width(integers[i].words[word])));
      break;
    }
  }

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
  sum.encode(out);
}

}  // namespace parley::detail
