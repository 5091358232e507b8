// SPDX-License-Identifier: Apache-2.0
// A vector of secrets of the arithmetic domain, as one party holds it: one share per secret.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"

namespace parley {

/// Two vectors of shares may be combined only where both their fields and their schemes agree; the compiler names both
/// when they do not.
template <class Left, class Right>
concept SameSharing = std::same_as<typename Left::Value, typename Right::Value> &&
    std::same_as<typename Left::Scheme, typename Right::Scheme>;

/// What one party holds of one secret in `F` that is shared by `Scheme`: an element, where the public number c is
/// represented by c at every party, as in Shamir's scheme and in the clear. A scheme that holds more specialises this.
template <Field F, class Scheme>
struct Representation {
  using Share = F;
  /// What a party holds of the public number 1, as far as that is not the same everywhere.
  struct One {
    friend const F& operator*(const One&, const F& constant) { return constant; }
  };
  /// The elements that shares consist of. They are added, and multiplied by public numbers, one by one.
  static std::span<F> elements(std::span<F> shares) { return shares; }
  static std::span<const F> elements(std::span<const F> shares) { return shares; }
  static F sum(std::span<const F> shares) { return vector::sum<F>(shares); }
};

/// One party's shares of a vector of secrets in `F`, shared by `SchemeOf` (a tag that the engine defines).
///
/// Addition, subtraction, and anything with public numbers are operators: linear maps that each party applies to its
/// own shares, without communication. Everything that communicates is a named function on the engine.
///
/// Errors: vectors of different lengths in one operation -> Error(invalid_argument); never caused by a peer.
template <Field F, class SchemeOf>
class Shared {
 public:
  using Value = F;
  using Scheme = SchemeOf;
  using Share = typename Representation<F, Scheme>::Share;
  using One = typename Representation<F, Scheme>::One;

  Shared() = default;
  /// The vector whose shares at this party are `shares`; all parties must construct theirs from shares of the same
  /// secrets.
  explicit Shared(Buffer<Share> shares) requires std::is_empty_v<One> : shares_(std::move(shares)) {}
  explicit Shared(std::span<const Share> shares) requires std::is_empty_v<One> : shares_(shares.begin(), shares.end()) {
  }
  Shared(Buffer<Share> shares, One one) : shares_(std::move(shares)), one_(std::move(one)) {}
  /// The vector with other shares, at the same party of the same engine.
  Shared with_shares(Buffer<Share> shares) const { return Shared(std::move(shares), one_); }

  std::size_t size() const noexcept { return shares_.size(); }
  bool empty() const noexcept { return shares_.empty(); }
  /// What this party holds, moved out.
  Buffer<Share> release() && noexcept { return std::move(shares_); }
  std::span<const Share> shares() const noexcept { return shares_; }
  std::span<Share> shares() noexcept { return shares_; }

  /// Entries first, ..., first + count - 1. Error(out_of_range) where there are fewer.
  Shared slice(std::size_t first, std::size_t count) const {
    if (first > size() || count > size() - first)
      throw Error(ErrorCode::out_of_range, "a slice of " + std::to_string(count) + " entries from entry " +
                                               std::to_string(first) + " does not fit in " + std::to_string(size()) +
                                               " shared values");
    const auto begin = shares_.begin() + static_cast<std::ptrdiff_t>(first);
    return with_shares(Buffer<Share>(begin, begin + static_cast<std::ptrdiff_t>(count)));
  }
  /// Entry i as a vector of one. Error(out_of_range) where there is none.
  Shared operator[](std::size_t i) const { return slice(i, 1); }
  /// The entries at `positions` (public, repetitions allowed), in that order. Error(out_of_range) before anything is
  /// copied.
  Shared gather(std::span<const std::size_t> positions) const {
    for (const std::size_t position : positions)
      if (position >= size())
        throw Error(ErrorCode::out_of_range,
                    "position " + std::to_string(position) + " of " + std::to_string(size()) + " shared values");
    Buffer<Share> chosen;
    chosen.reserve(positions.size());
    for (const std::size_t position : positions) chosen.push_back(shares_[position]);
    return with_shares(std::move(chosen));
  }

  /// The share of the sum of all entries.
  Share sum() const { return Representation<F, Scheme>::sum(shares_); }

  Shared& operator+=(const Shared& other) {
    require_same_size(other);
    vector::add<F>(elements(), elements(), other.elements());
    return *this;
  }
  Shared& operator-=(const Shared& other) {
    require_same_size(other);
    vector::subtract<F>(elements(), elements(), other.elements());
    return *this;
  }
  Shared& operator+=(const F& constant) {
    const Share summand = one_ * constant;
    for (Share& share : shares_) share += summand;
    return *this;
  }
  Shared& operator-=(const F& constant) { return *this += -constant; }
  Shared& operator*=(const F& constant) {
    vector::scale<F>(elements(), elements(), constant);
    return *this;
  }

  friend Shared operator-(Shared x) {
    vector::negate<F>(x.elements(), x.elements());
    return x;
  }
  friend Shared operator+(Shared x, const F& constant) { return x += constant; }
  friend Shared operator+(const F& constant, Shared x) { return x += constant; }
  friend Shared operator-(Shared x, const F& constant) { return x -= constant; }
  friend Shared operator-(const F& constant, Shared x) { return -std::move(x) += constant; }
  friend Shared operator*(Shared x, const F& constant) { return x *= constant; }
  friend Shared operator*(const F& constant, Shared x) { return x *= constant; }
  template <std::integral Integer>
  friend Shared operator+(Shared x, Integer constant) {
    return x += from_signed(constant);
  }
  template <std::integral Integer>
  friend Shared operator-(Shared x, Integer constant) {
    return x -= from_signed(constant);
  }
  template <std::integral Integer>
  friend Shared operator*(Integer constant, Shared x) {
    return x *= from_signed(constant);
  }
  template <std::integral Integer>
  friend Shared operator*(Shared x, Integer constant) {
    return x *= from_signed(constant);
  }

  // clang-format off
  explicit operator bool() const = delete;  // open it first: a branch would reveal it
  friend bool operator==(const Shared&, const Shared&) = delete;  // compare with equal(engine, x, y) / less_than(engine, x, y)
  friend bool operator!=(const Shared&, const Shared&) = delete;  // compare with equal(engine, x, y) / less_than(engine, x, y)
  friend bool operator<(const Shared&, const Shared&) = delete;   // compare with equal(engine, x, y) / less_than(engine, x, y)
  friend bool operator>(const Shared&, const Shared&) = delete;   // compare with equal(engine, x, y) / less_than(engine, x, y)
  friend bool operator<=(const Shared&, const Shared&) = delete;  // compare with equal(engine, x, y) / less_than(engine, x, y)
  friend bool operator>=(const Shared&, const Shared&) = delete;  // compare with equal(engine, x, y) / less_than(engine, x, y)
  friend Shared operator*(const Shared&, const Shared&) = delete; // multiply with mul(engine, x, y): it costs a round
  friend std::ostream& operator<<(std::ostream&, const Shared&) = delete;  // open it first
  // clang-format on

 private:
  void require_same_size(const Shared& other) const {
    if (size() != other.size())
      throw Error(ErrorCode::invalid_argument, "vectors of " + std::to_string(size()) + " and " +
                                                   std::to_string(other.size()) +
                                                   " shared values do not have the same length");
  }
  template <std::integral Integer>
  static F from_signed(Integer constant) {
    if constexpr (std::is_signed_v<Integer>) {
      // 0 - (2^64 - |c|) is |c| modulo 2^64, so the smallest integer has no overflow either
      const auto wide = static_cast<std::uint64_t>(static_cast<std::int64_t>(constant));
      return constant < 0 ? -F(std::uint64_t{0} - wide) : F(wide);
    } else {
      return F(static_cast<std::uint64_t>(constant));
    }
  }

  std::span<F> elements() noexcept { return Representation<F, Scheme>::elements(std::span<Share>(shares_)); }
  std::span<const F> elements() const noexcept {
    return Representation<F, Scheme>::elements(std::span<const Share>(shares_));
  }

  Buffer<Share> shares_;
  [[no_unique_address]] One one_{};
};

template <Field F, class S, Field G, class T>
  requires SameSharing<Shared<F, S>, Shared<G, T>> Shared<F, S>
operator+(Shared<F, S> x, const Shared<G, T>& y) { return x += y; }
template <Field F, class S, Field G, class T>
  requires SameSharing<Shared<F, S>, Shared<G, T>> Shared<F, S>
operator-(Shared<F, S> x, const Shared<G, T>& y) { return x -= y; }

/// The entries of the first vector, then those of the others; local.
template <Field F, class S, std::same_as<Shared<F, S>>... More>
Shared<F, S> concat(const Shared<F, S>& first, const More&... more) {
  Buffer<typename Shared<F, S>::Share> all;
  all.reserve((first.size() + ... + more.size()));
  const Shared<F, S>* alike = &first;
  for (const Shared<F, S>* part : {&first, &more...}) {
    all.insert(all.end(), part->shares().begin(), part->shares().end());
    if (alike->empty()) alike = part;
  }
  return alike->with_shares(std::move(all));
}

/// The entries of all the vectors, in order; local.
template <Field F, class S>
Shared<F, S> concat(const std::vector<Shared<F, S>>& parts) {
  std::size_t length = 0;
  for (const auto& part : parts) length += part.size();
  Buffer<typename Shared<F, S>::Share> all;
  all.reserve(length);
  Shared<F, S> alike;
  for (const auto& part : parts) {
    all.insert(all.end(), part.shares().begin(), part.shares().end());
    if (alike.empty() && !part.empty()) alike = part[0];
  }
  return alike.with_shares(std::move(all));
}

}  // namespace parley
