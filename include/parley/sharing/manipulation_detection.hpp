// SPDX-License-Identifier: Apache-2.0
// An algebraic manipulation detection code for shared bytes: whoever changes what a linear scheme reconstructs, by
// differences of its choice, is found out, without a hash function and whatever its computing power.
// [CDFPW08] Cramer, Dodis, Fehr, Padro, Wichs: Detection of Algebraic Manipulation with Applications to Robust Secret
// Sharing and Fuzzy Extractors, EUROCRYPT 2008.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/caches.hpp"
#include "parley/core/wipe.hpp"
#include "parley/field/vector.hpp"
#include "parley/field/wide_binary.hpp"

namespace parley {

namespace detail {

inline constexpr std::size_t hash_block = GF2To128::encoded_size;
/// So many blocks are worked on together: their coefficients and the powers of the point stay in the first cache.
inline constexpr std::size_t hash_blocks_at_once = 256;

/// The highest power first, so that the last m entries are what m blocks are multiplied by.
using HashPowers = std::array<GF2To128, hash_blocks_at_once>;

constexpr HashPowers powers_of_public_point(GF2To128 point) noexcept {
  HashPowers powers{};
  GF2To128 power = GF2To128::one();
  for (std::size_t i = powers.size(); i-- > 0;) powers[i] = power = GF2To128::multiply_portably(power, point);
  return powers;
}

}  // namespace detail

/// c_1 x^m + c_2 x^(m-1) + ... + c_m x at a point x of GF(2^128), where c_1, ..., c_m are consecutive blocks of 16
/// bytes, in pieces of any length. Constant time in the point and in the bytes.
class PolynomialHash {
 public:
  explicit PolynomialHash(GF2To128 point) : point_(point) {}
  /// With all powers of a public point, which outlive it.
  explicit PolynomialHash(const detail::HashPowers& lasting) : point_(lasting.back()), lasting_(&lasting) {}
  PolynomialHash(const PolynomialHash&) = delete;
  PolynomialHash& operator=(const PolynomialHash&) = delete;
  PolynomialHash(PolynomialHash&& other) noexcept
      : point_(other.point_),
        sum_(other.sum_),
        pending_(other.pending_),
        pending_size_(other.pending_size_),
        lasting_(other.lasting_),
        powers_(std::move(other.powers_)),
        known_powers_(other.known_powers_) {
    other.forget();
  }
  PolynomialHash& operator=(PolynomialHash&&) = delete;
  ~PolynomialHash() { forget(); }

  void update(std::span<const std::byte> bytes) {
    if (pending_size_ > 0) {
      const std::size_t taken = std::min(bytes.size(), pending_.size() - pending_size_);
      std::copy_n(bytes.begin(), taken, pending_.begin() + static_cast<std::ptrdiff_t>(pending_size_));
      pending_size_ += taken;
      bytes = bytes.subspan(taken);
      if (pending_size_ < pending_.size()) return;
      absorb(*GF2To128::decode(pending_));
      pending_size_ = 0;
    }
    const std::size_t whole = bytes.size() / detail::hash_block;
    absorb_blocks(bytes.first(whole * detail::hash_block));
    bytes = bytes.subspan(whole * detail::hash_block);
    std::copy(bytes.begin(), bytes.end(), pending_.begin());
    pending_size_ = bytes.size();
  }

  /// Fills the block that has begun, if any, with zeros.
  void pad() {
    if (pending_size_ == 0) return;
    std::fill(pending_.begin() + static_cast<std::ptrdiff_t>(pending_size_), pending_.end(), std::byte{0});
    absorb(*GF2To128::decode(pending_));
    pending_size_ = 0;
  }

  /// pad(), and a block more.
  void update(GF2To128 block) {
    pad();
    absorb(block);
  }

  /// Of all whole blocks so far.
  [[nodiscard]] GF2To128 value() const noexcept { return sum_; }

 private:
  void absorb(GF2To128 block) noexcept { sum_ = (sum_ + block) * point_; }

  void absorb_blocks(std::span<const std::byte> bytes) {
    using detail::hash_block, detail::hash_blocks_at_once;
    constexpr std::size_t few = 8;
    if (bytes.size() < few * hash_block) return absorb_few_blocks(bytes);
    // Elements of which no more are made than are used.
    alignas(detail::cache_line) std::array<std::byte, hash_blocks_at_once * sizeof(GF2To128)> memory;
    auto* const blocks = reinterpret_cast<GF2To128*>(memory.data());
    std::size_t used = 0;
    while (!bytes.empty()) {
      const std::size_t count = std::min(bytes.size() / hash_block, hash_blocks_at_once);
      const std::span<GF2To128> coefficients(blocks, count);
      static_cast<void>(vector::decode(coefficients, bytes.first(count * hash_block)));  // all bytes are elements
      coefficients.front() += sum_;
      sum_ = vector::inner_product<GF2To128>(coefficients, last_powers(count));
      bytes = bytes.subspan(count * hash_block);
      used = std::max(used, count);
    }
    wipe(std::span(blocks, used));
  }

  // Without a kernel: one after the other, unless all powers are there.
  void absorb_few_blocks(std::span<const std::byte> bytes) {
    using detail::hash_block;
    if (lasting_ == nullptr) {
      for (; !bytes.empty(); bytes = bytes.subspan(hash_block)) absorb(*GF2To128::decode(bytes.first<hash_block>()));
      return;
    }
    const std::size_t count = bytes.size() / hash_block;
    if (count == 0) return;
    const std::span<const GF2To128> powers = last_powers(count);
    sum_ = GF2To128::sum_of_few_products(
        count,
        [&](std::size_t i) {
          const GF2To128 block = *GF2To128::decode(bytes.subspan(i * hash_block).first<hash_block>());
          return i == 0 ? block + sum_ : block;
        },
        [&](std::size_t i) { return powers[i]; });
  }

  // x^count, ..., x
  std::span<const GF2To128> last_powers(std::size_t count) {
    if (lasting_ != nullptr) return std::span(*lasting_).last(count);
    if (powers_.empty()) {
      powers_.resize(detail::hash_blocks_at_once);
      powers_.back() = point_;
      known_powers_ = 1;
    }
    const std::span<GF2To128> all(powers_);
    for (; known_powers_ < count; known_powers_ *= 2) {  // a power of 2, up to all of them
      const std::span<GF2To128> known = all.last(known_powers_);
      vector::scale(all.last(2 * known_powers_).first(known_powers_), known, known.front());
    }
    return all.last(count);
  }

  void forget() noexcept {
    wipe(point_);
    wipe(sum_);
    wipe(pending_);
    wipe(powers_);
  }

  GF2To128 point_, sum_;
  std::array<std::byte, detail::hash_block> pending_{};
  std::size_t pending_size_ = 0;
  const detail::HashPowers* lasting_ = nullptr;
  std::vector<GF2To128> powers_;
  std::size_t known_powers_ = 0;
};

/// The tag of bytes under a key x, uniform in GF(2^128): with the bytes, filled up with zeros, as c_1, ..., c_(d-1) and
/// their number as c_d,
///     tag = x^(2^k + 1) + c_1 x^d + ... + c_d x,   where k >= 1 is the least with 2^k > d.
///
/// Key, bytes and tag are shared by linear schemes, key and tag by Shamir's over GF(2^128) itself. Those who hold too
/// few shares to know anything of the key may know the bytes, and choose false shares. Other bytes than the shared ones
/// then have the right tag with probability at most (2^k + 1) / 2^128 <= (2 d + 1) / 2^128, for the longer of the two:
/// less than 2^-125 for 32 bytes, 2^-97 for 10 GB. What follows shows it, with x', b', tag' for what is reconstructed (b are the bytes).
///
/// - False shares: x' = x + u and tag' = tag + v with u, v known to the adversary, and b' independent of x. The tag of b'
///   under x' is tag' where a polynomial in x is zero. If the exponents 2^k + 1 differ, so does its degree from zero. If
///   u = 0 it has b - b', numbers of bytes included, for coefficients, and is not zero. If not, the terms of degree
///   2^k + 1 cancel, and that of degree 2^k > d has the coefficient u, because 2^k + 1 is odd [CDFPW08].
/// - False points: one who gives the point of another party has all other shares weighted wrongly. With one honest share,
///   x' = c x + u, tag' = c tag + v with a known c, and the term of degree 2^k + 1 has the coefficient c^(2^k + 1) - c
///   (of equal exponents), which is not 0 unless c is 0 or 1, since raising to the power 2^k is injective. c is a
///   quotient of weights, hence not 0. With more honest shares x' and tag' are of that kind, or tag' is uniform and
///   independent of all else.
class ManipulationTag {
 public:
  explicit ManipulationTag(GF2To128 key) : key_(key), hash_(key) {}
  ManipulationTag(const ManipulationTag&) = delete;
  ManipulationTag& operator=(const ManipulationTag&) = delete;
  ~ManipulationTag() { wipe(key_); }

  void update(std::span<const std::byte> bytes) {
    length_ += bytes.size();
    hash_.update(bytes);
  }

  /// How many bytes there were so far.
  [[nodiscard]] std::uint64_t length() const noexcept { return length_; }

  /// The tag of all bytes. Called once, as the last.
  [[nodiscard]] GF2To128 finish() {
    hash_.update(GF2To128(length_));
    std::uint64_t coefficients = length_ / detail::hash_block + (length_ % detail::hash_block != 0 ? 1 : 0) + 1;
    GF2To128 power = key_;
    for (; coefficients > 0; coefficients /= 2) power *= power;  // k times
    return power * key_ + hash_.value();
  }

 private:
  GF2To128 key_;
  PolynomialHash hash_;
  std::uint64_t length_ = 0;
};

}  // namespace parley
