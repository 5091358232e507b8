// SPDX-License-Identifier: Apache-2.0
// An odd prime chosen at run time, and the arithmetic modulo it on limbs in the caller's memory.
// [GMP] The GNU Multiple Precision Arithmetic Library, section 8.1 (low-level functions for cryptography): mpn_sec_*
// and mpn_cnd_* do the same operations and touch the same memory for all operands of one size.
#pragma once

#include <gmp.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "parley/core/error.hpp"
#include "parley/gmp/limbs.hpp"

namespace parley::gmp::detail {

/// `base` is 10 or 16. The time depends on the number.
inline std::string digits(mpz_srcptr number, int base) {
  std::string text(mpz_sizeinbase(number, base) + 2, '\0');
  mpz_get_str(text.data(), base, number);
  text.resize(text.find('\0'));
  return text;
}

/// The lowest bytes of a number, the least significant first; out.size() <= 8 * limbs.size().
inline void store(std::span<std::byte> out, std::span<const mp_limb_t> limbs) noexcept {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::byte>((limbs[i / 8] >> (8 * (i % 8))) & 0xff);
}

/// The number of these bytes; in.size() <= 8 * limbs.size().
inline void load(std::span<mp_limb_t> limbs, std::span<const std::byte> in) noexcept {
  std::ranges::fill(limbs, 0);
  for (std::size_t i = 0; i < in.size(); ++i) limbs[i / 8] |= std::to_integer<mp_limb_t>(in[i]) << (8 * (i % 8));
}

/// p and what belongs to it. Immutable. Where nothing else is said, operands are residues below p in size() limbs, and
/// a result may be one of them. Constant time [GMP].
class Modulus {
 public:
  /// Error(invalid_argument) for what is below 2^64, even, or found composite.
  explicit Modulus(mpz_srcptr p) {
    mpz_set(integer_.get(), p);
    if (mpz_sgn(p) <= 0 || mpz_sizeinbase(p, 2) <= 64)
      throw Error(ErrorCode::invalid_argument, "the modulus " + digits(p, 10) + " is too small: it must exceed 2^64");
    if (mpz_even_p(p) != 0) throw Error(ErrorCode::invalid_argument, "the modulus is even: it must be an odd prime");
    // 24 repetitions are the Baillie-PSW test, the others are Miller and Rabin's.
    if (mpz_probab_prime_p(p, 24 + 8) == 0)
      throw Error(ErrorCode::invalid_argument, "the modulus is composite: it must be an odd prime");
    bits_ = mpz_sizeinbase(p, 2);
    name_ = "RuntimeField<0x" + digits(p, 16) + ">";
  }

  /// Error(invalid_argument) for what is no number.
  static std::shared_ptr<const Modulus> parse(std::string_view text) {
    const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    std::string plain;
    for (const char c : text.substr(hexadecimal ? 2 : 0)) {
      const bool is_digit =
          (c >= '0' && c <= '9') || (hexadecimal && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')));
      if (!is_digit && c != '\'')
        throw Error(ErrorCode::invalid_argument, "the modulus is not a number in decimal, nor in hexadecimal after 0x");
      if (is_digit) plain += c;
    }
    Integer number;
    if (mpz_set_str(number.get(), plain.c_str(), hexadecimal ? 16 : 10) != 0)
      throw Error(ErrorCode::invalid_argument, "the modulus has no digits");
    return std::make_shared<const Modulus>(number.get());
  }

  [[nodiscard]] std::size_t size() const noexcept { return mpz_size(integer_.get()); }
  [[nodiscard]] std::size_t bits() const noexcept { return bits_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] mpz_srcptr integer() const noexcept { return integer_.get(); }
  [[nodiscard]] std::span<const mp_limb_t> limbs() const noexcept { return {data(), size()}; }
  [[nodiscard]] bool equals(const Modulus& other) const noexcept {
    return mpz_cmp(integer_.get(), other.integer_.get()) == 0;
  }

  /// out = a + b
  void add(mp_limb_t* out, const mp_limb_t* a, const mp_limb_t* b) const noexcept {
    const mp_limb_t carry = mpn_cnd_add_n(1, out, a, b, count());
    const mp_limb_t borrow = mpn_cnd_sub_n(1, out, out, data(), count());
    // The sum is below 2p, and below p exactly where p cannot be taken from it: there is a borrow and no carry to pay.
    mpn_cnd_add_n(borrow & ~carry, out, out, data(), count());
  }

  /// out = a - b
  void subtract(mp_limb_t* out, const mp_limb_t* a, const mp_limb_t* b) const noexcept {
    const mp_limb_t borrow = mpn_cnd_sub_n(1, out, a, b, count());
    mpn_cnd_add_n(borrow, out, out, data(), count());
  }

  /// out = a b
  void multiply(mp_limb_t* out, const mp_limb_t* a, const mp_limb_t* b) const {
    Limbs memory(2 * size() + static_cast<std::size_t>(mpn_sec_mul_itch(count(), count())));
    mpn_sec_mul(memory.data(), a, count(), b, count(), memory.data() + 2 * size());
    reduce(out, std::span(memory).first(2 * size()));
  }

  /// out = `value` modulo p, for a number of at least size() limbs, which is used up.
  void reduce(mp_limb_t* out, std::span<mp_limb_t> value) const {
    const mp_size_t length = signed_size(value.size());
    Limbs scratch(static_cast<std::size_t>(mpn_sec_div_r_itch(length, count())));
    mpn_sec_div_r(value.data(), length, data(), count(), scratch.data());
    std::copy_n(value.begin(), size(), out);
  }

  /// x = x^-1, and 0 for 0
  void invert(mp_limb_t* x) const {
    Limbs operand(x, x + size()), inverse(size());
    Limbs scratch(static_cast<std::size_t>(mpn_sec_invert_itch(count())));
    // The last number bounds the bits of both operands together.
    const int exists = mpn_sec_invert(inverse.data(), operand.data(), data(), count(), 2 * bits_, scratch.data());
    std::fill_n(x, size(), 0);
    mpn_cnd_add_n(static_cast<mp_limb_t>(exists), x, x, inverse.data(), count());
  }

  /// 1 where the size() limbs are a number below p, else 0.
  [[nodiscard]] mp_limb_t is_reduced(const mp_limb_t* value) const {
    Limbs difference(size());
    return mpn_cnd_sub_n(1, difference.data(), value, data(), count());
  }

 private:
  const mp_limb_t* data() const noexcept { return mpz_limbs_read(integer_.get()); }
  mp_size_t count() const noexcept { return signed_size(size()); }

  Integer integer_;
  std::size_t bits_ = 0;
  std::string name_;
};

}  // namespace parley::gmp::detail
