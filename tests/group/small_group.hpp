// SPDX-License-Identifier: Apache-2.0
// A group so small that a test can try all of its elements and scalars: the integers modulo p whose q-th power is 1.
// Everybody knows logarithms in it, so that nothing about binding can be tested with it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/group/concepts.hpp"

namespace parley {

/// q and p = 2q + 1 are odd primes, p below 2^16: the group is that of the squares modulo p.
template <std::uint32_t q>
class SmallGroup {
  static constexpr std::uint32_t p = 2 * q + 1;
  static_assert(detail::is_prime(p) && p < 65536);

 public:
  using Scalar = SmallPrime<q>;

  static constexpr const char* name = "a small group";
  static constexpr std::size_t encoded_size = 2;

  constexpr SmallGroup() noexcept = default;
  static SmallGroup identity() { return {}; }
  static SmallGroup generator() { return SmallGroup(4); }
  static SmallGroup second_generator() { return Scalar(2) * generator(); }

  friend SmallGroup operator+(SmallGroup a, SmallGroup b) { return SmallGroup(a.value_ * b.value_ % p); }
  friend SmallGroup operator-(SmallGroup a, SmallGroup b) { return a + Scalar(q - 1) * b; }
  friend SmallGroup operator*(Scalar scalar, SmallGroup element) {
    SmallGroup product;
    for (auto k = scalar.to_integer(); k > 0; --k) product = product + element;
    return product;
  }
  static SmallGroup multiply_generator(Scalar scalar) { return scalar * generator(); }
  friend bool operator==(SmallGroup, SmallGroup) = default;

  void encode(std::span<std::byte, encoded_size> out) const {
    store_little_endian<std::uint16_t>(out, static_cast<std::uint16_t>(value_));
  }
  static std::optional<SmallGroup> decode(std::span<const std::byte, encoded_size> in) {
    const std::uint32_t value = load_little_endian<std::uint16_t>(in);
    for (const SmallGroup element : all())
      if (element.value_ == value) return element;
    return std::nullopt;
  }

  /// Every element.
  static std::vector<SmallGroup> all() {
    std::vector<SmallGroup> elements;
    for (std::uint64_t k = 0; k < q; ++k) elements.push_back(multiply_generator(Scalar(k)));
    return elements;
  }

 private:
  explicit constexpr SmallGroup(std::uint32_t value) noexcept : value_(value) {}

  std::uint32_t value_ = 1;
};

static_assert(Group<SmallGroup<5>>);

/// Hands out given elements, in order.
template <class F>
class PrescribedElements {
 public:
  explicit PrescribedElements(std::vector<F> elements) : elements_(std::move(elements)) {}

  void fill_uniform(std::span<F> out) {
    for (F& element : out) element = elements_.at(next_++);
  }
  std::size_t drawn() const { return next_; }

 private:
  std::vector<F> elements_;
  std::size_t next_ = 0;
};

/// Calls work(elements) for every one of the |F|^count vectors of that many elements.
template <class F, class Work>
void for_all_vectors(std::size_t count, Work work) {
  std::vector<F> elements(count);
  for (;;) {
    work(elements);
    std::size_t i = 0;
    while (i < count) {
      elements[i] += F::one();
      if (!(elements[i] == F::zero())) break;
      ++i;
    }
    if (i == count) return;
  }
}

}  // namespace parley
