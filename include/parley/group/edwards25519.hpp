// SPDX-License-Identifier: Apache-2.0
// The curve Edwards25519, whose points represent the elements of ristretto255, for public elements.
// [RFC9496] The ristretto255 and decaf448 Groups, 2023.  [HWCD08] Hisil, Wong, Carter, Dawson: Twisted Edwards Curves
// Revisited, ASIACRYPT 2008.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "parley/field/montgomery.hpp"
#include "parley/field/power.hpp"
#include "parley/field/vector.hpp"

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
  template <class Element>
  static Element power_252_3(const Element& value) {
    return square_repeatedly(power_of_all_ones<250>(value), 2) * value;
  }

  /// The root of 1 / value that is not negative, for a square; of root_of_minus_one / value for any other. 0 for 0.
  /// [RFC9496, section 4.2, with u = 1]
  static F inverse_root(const F& value, const F& root_of_minus_one) {
    return root_from_power(value, power_252_3(seventh_power(value)), root_of_minus_one);
  }

  /// Of encodings that are known to be such, encoding_of(i) for i < count. [RFC9496, section 4.3.1]
  template <class EncodingOf>
  static std::vector<Addend> decode(std::size_t count, EncodingOf encoding_of) {
    const Constants& constant = constants();
    std::vector<Addend> points;
    points.reserve(count);
    Lanes s, v, squares, powers;
    for (std::size_t first = 0; first < count; first += Lanes::most) {
      s.count = powers.count = std::min(Lanes::most, count - first);
      for (std::size_t i = 0; i < s.count; ++i) {
        s.values[i] = F::decode(encoding_of(first + i)).value();
        const F square = s.values[i] * s.values[i], u1 = F::one() - square, u2 = F::one() + square;
        v.values[i] = -(constant.d * u1 * u1) - u2 * u2;
        squares.values[i] = v.values[i] * u2 * u2;
        powers.values[i] = seventh_power(squares.values[i]);
      }
      powers = power_252_3(powers);
      for (std::size_t i = 0; i < s.count; ++i) {
        const F root = root_from_power(squares.values[i], powers.values[i], constant.root_of_minus_one);
        const F square = s.values[i] * s.values[i], u1 = F::one() - square, u2 = F::one() + square;
        const F x = absolute((s.values[i] + s.values[i]) * root * u2), y = u1 * root * root * u2 * v.values[i];
        const F d_t = constant.d * x * y;
        points.push_back({y + x, y - x, d_t + d_t});
      }
    }
    return points;
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

  /// factor * this, from the highest of the `bits` lowest bits of the factor, where all others are zero.
  template <class Integer>
  EdwardsPoint times(const Integer& factor, std::size_t bits) const {
    EdwardsPoint product;
    for (std::size_t bit = bits; bit-- > 0;) {
      product = product.doubled();
      if ((static_cast<std::uint64_t>(factor >> bit) & 1) != 0) product = product + *this;
    }
    return product;
  }

 private:
  /// Several coordinates, which the vector kernels multiply at once.
  struct Lanes {
    static constexpr std::size_t most = 16;
    std::array<F, most> values;
    std::size_t count = 0;

    Lanes& operator*=(const Lanes& other) noexcept {
      const std::span<F> mine = std::span(values).first(count);
      vector::multiply<F>(mine, mine, std::span(other.values).first(count));
      return *this;
    }
    friend Lanes operator*(Lanes a, const Lanes& b) noexcept { return a *= b; }
  };

  static F seventh_power(const F& value) {
    const F cube = value * value * value;
    return cube * cube * value;
  }
  static F root_from_power(const F& value, const F& power, const F& root_of_minus_one) {
    F root = value * value * value * power;
    const F check = value * root * root;
    if (check == -F::one() || check == -root_of_minus_one) root *= root_of_minus_one;
    return absolute(root);
  }

  static EdwardsPoint finish(const F& a, const F& b, const F& c, const F& half_d) {
    const F d = half_d + half_d, e = b - a, f = d - c, g = d + c, h = b + a;
    return {e * f, g * h, f * g, e * h};
  }
};

}  // namespace parley::detail
