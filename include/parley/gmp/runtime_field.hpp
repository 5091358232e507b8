// SPDX-License-Identifier: Apache-2.0
// The integers modulo a prime that is chosen when the program runs, of any size above 64 bits, on GMP.
// [GMP] The GNU Multiple Precision Arithmetic Library, section 8.1 (low-level functions for cryptography): mpn_sec_*
// and mpn_cnd_* do the same operations and touch the same memory for all operands of one size.
#pragma once

#include <gmp.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/gmp/limbs.hpp"
#include "parley/gmp/modulus.hpp"

namespace parley::gmp {

class Element;

/// The field of p elements. A RuntimeField is a handle to an immutable modulus, cheap to copy and safe to share among
/// threads; each element has one as well, so that any number of fields are in use at once.
///
/// It has the functions of the fields that are types (see parley/field/concepts.hpp), as members where those are static:
/// a modulus that is known only now makes values and not types, and `F::zero()` cannot know which field is meant. Where
/// the prime is known at compile time and has at most 521 bits, parley::Montgomery is the faster choice.
class RuntimeField {
 public:
  /// The field modulo a number in decimal, or in hexadecimal after "0x"; digits may be separated by apostrophes.
  /// Error(invalid_argument) for anything else, for a number that is even or composite, and for one below 2^64, so that
  /// every 64-bit number is an element of every field, and an evaluation point.
  ///
  /// Prime is what passes GMP's test (Baillie-PSW, which no composite number is known to pass, and Miller-Rabin with
  /// several bases). Cost: as some ten powers modulo p; half a second at 4096 bits.
  explicit RuntimeField(std::string_view modulus) : RuntimeField(detail::Modulus::parse(modulus)) {}
  /// The same for a GMP integer, which is copied.
  explicit RuntimeField(mpz_srcptr modulus) : RuntimeField(std::make_shared<const detail::Modulus>(modulus)) {}
  RuntimeField(const RuntimeField&) = default;             // and no move: there is no field without a modulus
  RuntimeField& operator=(const RuntimeField&) = default;  // and no move: there is no field without a modulus
  ~RuntimeField() = default;

  [[nodiscard]] std::size_t modulus_bits() const noexcept { return modulus_->bits(); }
  /// How many bytes the encoding of an element has.
  [[nodiscard]] std::size_t encoded_size() const noexcept { return (modulus_bits() + 7) / 8; }
  /// "RuntimeField<0x...>", unique among the fields.
  [[nodiscard]] const std::string& name() const noexcept { return modulus_->name(); }
  /// Sets `out` to p.
  void modulus(mpz_ptr out) const { mpz_set(out, modulus_->integer()); }

  /// Fields are the same where their moduli are, whoever made them.
  friend bool operator==(const RuntimeField& a, const RuntimeField& b) noexcept {
    return a.modulus_ == b.modulus_ || a.modulus_->equals(*b.modulus_);
  }

  [[nodiscard]] Element zero() const;
  [[nodiscard]] Element one() const;
  [[nodiscard]] Element element(std::uint64_t value) const;
  /// `value` modulo p, for any integer, negative ones included. The time depends on the length of the value, as GMP has
  /// it, and its sign.
  [[nodiscard]] Element element(mpz_srcptr value) const;

  /// Always: p > 2^64.
  [[nodiscard]] bool order_exceeds(std::uint64_t) const noexcept { return true; }
  /// The k-th evaluation point, `k` itself.
  [[nodiscard]] Element embed(std::uint64_t k) const;

  /// The element with these bytes, the least significant first. Nothing unless they are encoded_size() many, of a number
  /// below p: no element has two encodings. That decision is public.
  [[nodiscard]] std::optional<Element> decode(std::span<const std::byte> in) const;

  /// A uniform element, zero included, by rejection.
  template <RandomSource Random>
  [[nodiscard]] Element uniform(Random& random) const;

 private:
  friend class Element;
  friend class ProductSum;

  explicit RuntimeField(std::shared_ptr<const detail::Modulus> modulus) noexcept : modulus_(std::move(modulus)) {}

  std::shared_ptr<const detail::Modulus> modulus_;
};

/// An element of a RuntimeField. Its memory is overwritten when it goes.
///
/// Operators take two elements of one field and throw Error(invalid_argument) for any others. What was moved from
/// belongs to no field: assigning to it and destroying it is all that may be done, anything else is
/// Error(invalid_state).
///
/// Constant time, through [GMP]: everything but to_string, to_integer and the refusals.
class Element {
 public:
  Element(const Element&) = default;
  Element& operator=(const Element&) = default;
  Element(Element&& other) noexcept = default;
  Element& operator=(Element&& other) noexcept = default;

  /// Error(invalid_state) after a move.
  [[nodiscard]] RuntimeField field() const { return RuntimeField(shared_modulus()); }

  Element& operator+=(const Element& other) {
    modulus_with(other).add(limbs_.data(), limbs_.data(), other.limbs_.data());
    return *this;
  }
  Element& operator-=(const Element& other) {
    modulus_with(other).subtract(limbs_.data(), limbs_.data(), other.limbs_.data());
    return *this;
  }
  Element& operator*=(const Element& other) {
    modulus_with(other).multiply(limbs_.data(), limbs_.data(), other.limbs_.data());
    return *this;
  }
  friend Element operator+(Element a, const Element& b) { return std::move(a += b); }
  friend Element operator-(Element a, const Element& b) { return std::move(a -= b); }
  friend Element operator*(Element a, const Element& b) { return std::move(a *= b); }
  [[nodiscard]] Element operator-() const { return field().zero() - *this; }

  /// The inverse, and zero for zero.
  [[nodiscard]] Element inverse() const {
    Element result(*this);
    modulus().invert(result.limbs_.data());
    return result;
  }

  friend bool operator==(const Element& a, const Element& b) {
    const detail::Modulus& modulus = a.modulus_with(b);
    mp_limb_t differences = 0;
    for (std::size_t i = 0; i < modulus.size(); ++i) differences |= a.limbs_[i] ^ b.limbs_[i];
    return differences == 0;
  }

  /// The encoding, field().encoded_size() bytes; Error(invalid_argument) for room of another size.
  void encode(std::span<std::byte> out) const {
    const detail::Modulus& p = modulus();
    if (out.size() != (p.bits() + 7) / 8)
      throw Error(ErrorCode::invalid_argument, "room for " + std::to_string(out.size()) +
                                                   " bytes was given, the encoding of an element has " +
                                                   std::to_string((p.bits() + 7) / 8));
    detail::store(out, limbs_);
  }
  [[nodiscard]] std::vector<std::byte> encode() const {
    std::vector<std::byte> bytes((modulus().bits() + 7) / 8);
    encode(bytes);
    return bytes;
  }

  /// Sets `out` to the integer below p. The time, and the length of `out`, depend on how many leading limbs are zero.
  void to_integer(mpz_ptr out) const {
    static_cast<void>(modulus());
    mpz_import(out, limbs_.size(), -1, sizeof(mp_limb_t), 0, 0, limbs_.data());
  }
  /// The integer in decimal. The time depends on it: for public values.
  friend std::string to_string(const Element& x) {
    detail::Integer integer;
    x.to_integer(integer.get());
    return detail::digits(integer.get(), 10);
  }

  /// The integer below p in limbs of 64 bits, the least significant first, as many as p has.
  [[nodiscard]] std::span<const mp_limb_t> limbs() const noexcept { return limbs_; }

 private:
  friend class RuntimeField;
  friend class ProductSum;

  Element(std::shared_ptr<const detail::Modulus> modulus, detail::Limbs limbs) noexcept
      : modulus_(std::move(modulus)), limbs_(std::move(limbs)) {}

  const std::shared_ptr<const detail::Modulus>& shared_modulus() const {
    if (!modulus_) throw Error(ErrorCode::invalid_state, "this field element was moved from");
    return modulus_;
  }
  const detail::Modulus& modulus() const { return *shared_modulus(); }

  /// The common modulus.
  const detail::Modulus& modulus_with(const Element& other) const {
    const detail::Modulus& mine = modulus();
    if (const detail::Modulus& theirs = other.modulus(); &mine != &theirs && !mine.equals(theirs))
      throw Error(ErrorCode::invalid_argument, "elements of different fields, modulo primes of " +
                                                   std::to_string(mine.bits()) + " and " +
                                                   std::to_string(theirs.bits()) + " bits, were taken together");
    return mine;
  }

  std::shared_ptr<const detail::Modulus> modulus_;
  detail::Limbs limbs_;  // Invariant: the residue below the modulus, in as many limbs as it has.
};

inline Element RuntimeField::zero() const { return Element(modulus_, detail::Limbs(modulus_->size())); }
inline Element RuntimeField::one() const { return element(1); }

inline Element RuntimeField::element(std::uint64_t value) const {
  Element result = zero();
  result.limbs_[0] = value;  // below p, which has two limbs at least
  return result;
}

inline Element RuntimeField::element(mpz_srcptr value) const {
  Element result = zero();
  detail::Limbs limbs(std::max(mpz_size(value), modulus_->size()));
  std::copy_n(mpz_limbs_read(value), mpz_size(value), limbs.begin());
  modulus_->reduce(result.limbs_.data(), limbs);
  return mpz_sgn(value) < 0 ? -result : result;
}

inline Element RuntimeField::embed(std::uint64_t k) const { return element(k); }

inline std::optional<Element> RuntimeField::decode(std::span<const std::byte> in) const {
  if (in.size() != encoded_size()) return std::nullopt;
  Element result = zero();
  detail::load(result.limbs_, in);
  if (modulus_->is_reduced(result.limbs_.data()) == 0) return std::nullopt;
  return result;
}

template <RandomSource Random>
Element RuntimeField::uniform(Random& random) const {
  Element result = zero();
  std::vector<std::byte, detail::WipingAllocator<std::byte>> sample(encoded_size());
  do {
    random.fill(sample);
    // Bits beyond those of p are ignored, so that at least every second sample is an element.
    sample.back() &= static_cast<std::byte>(0xff >> (8 * encoded_size() - modulus_bits()));
    detail::load(result.limbs_, sample);
  } while (modulus_->is_reduced(result.limbs_.data()) == 0);
  return result;
}

/// A sum of products of elements of one field, reduced once at the end.
class ProductSum {
 public:
  explicit ProductSum(const RuntimeField& field)
      : sum_(2 * field.modulus_->size() + 1), product_(sum_.size()), result_(field.zero()) {
    const mp_size_t n = detail::signed_size(field.modulus_->size());
    scratch_.resize(static_cast<std::size_t>(mpn_sec_mul_itch(n, n)));
  }

  /// At most 2^64 times, for each product is below p^2 and the sum has a limb more than that.
  void add_product(const Element& a, const Element& b) {
    const mp_size_t n = detail::signed_size(a.modulus_with(b).size());
    static_cast<void>(result_.modulus_with(a));
    mpn_sec_mul(product_.data(), a.limbs_.data(), n, b.limbs_.data(), n, scratch_.data());  // the last limb stays 0
    mpn_cnd_add_n(1, sum_.data(), sum_.data(), product_.data(), detail::signed_size(sum_.size()));
  }

  /// The sum; another one begins.
  [[nodiscard]] Element reduce() {
    Element result = result_;
    result_.modulus().reduce(result.limbs_.data(), sum_);
    std::ranges::fill(sum_, 0);
    return result;
  }

 private:
  detail::Limbs sum_, product_, scratch_;
  Element result_;
};

}  // namespace parley::gmp
