// SPDX-License-Identifier: Apache-2.0
// A field that counts what is done with it, to compare the work of algorithms where measuring time would make a test unreliable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "parley/field/mersenne61.hpp"

namespace parley::test {

/// Mersenne61 that counts multiplications.
class Counted {
 public:
  using F = parley::Mersenne61;
  static inline std::size_t multiplications = 0;
  static constexpr const char* name = "counted";
  static constexpr std::size_t encoded_size = F::encoded_size, sample_size = F::sample_size;

  constexpr Counted() noexcept = default;
  explicit constexpr Counted(F value) noexcept : value_(value) {}
  explicit constexpr Counted(std::uint64_t value) noexcept : value_(value) {}
  static constexpr Counted zero() noexcept { return {}; }
  static constexpr Counted one() noexcept { return Counted(1); }
  static constexpr bool order_exceeds(std::uint64_t k) noexcept { return F::order_exceeds(k); }
  static constexpr Counted embed(std::uint64_t k) { return Counted(F::embed(k)); }
  friend Counted operator+(Counted a, Counted b) noexcept { return Counted(a.value_ + b.value_); }
  friend Counted operator-(Counted a, Counted b) noexcept { return Counted(a.value_ - b.value_); }
  friend Counted operator*(Counted a, Counted b) noexcept {
    ++multiplications;
    return Counted(a.value_ * b.value_);
  }
  Counted operator-() const noexcept { return Counted(-value_); }
  Counted& operator+=(Counted other) noexcept { return *this = *this + other; }
  Counted& operator-=(Counted other) noexcept { return *this = *this - other; }
  Counted& operator*=(Counted other) noexcept { return *this = *this * other; }
  friend bool operator==(Counted, Counted) noexcept = default;
  Counted inverse() const noexcept { return Counted(value_.inverse()); }
  void encode(std::span<std::byte, encoded_size> out) const noexcept { value_.encode(out); }
  static std::optional<Counted> decode(std::span<const std::byte, encoded_size> in) noexcept {
    return from(F::decode(in));
  }
  static std::optional<Counted> from_sample(std::span<const std::byte, sample_size> sample) noexcept {
    return from(F::from_sample(sample));
  }
  friend std::string to_string(Counted x) { return to_string(x.value_); }

 private:
  static std::optional<Counted> from(std::optional<F> value) noexcept {
    return value ? std::optional(Counted(*value)) : std::nullopt;
  }
  F value_;
};

/// The multiplications that `call` takes.
template <class Call>
std::size_t work_of(Call call) {
  const std::size_t before = Counted::multiplications;
  call();
  return Counted::multiplications - before;
}

}  // namespace parley::test
