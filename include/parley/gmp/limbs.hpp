// SPDX-License-Identifier: Apache-2.0
// Numbers as GMP's low-level functions have them: limbs of 64 bits, the least significant first, in memory that is
// overwritten when it is given back.
#pragma once

#include <gmp.h>

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "parley/core/wipe.hpp"

namespace parley::gmp {

static_assert(GMP_NUMB_BITS == 64 && sizeof(mp_limb_t) == 8, "parley::gmp needs limbs of 64 bits, without nails");
static_assert(__GNU_MP_RELEASE >= 60200, "parley::gmp needs GMP 6.2, whose test of primality nobody is known to fool");

namespace detail {

template <class T>
struct WipingAllocator {
  using value_type = T;

  WipingAllocator() = default;
  template <class U>
  WipingAllocator(const WipingAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, std::size_t count) noexcept {
    wipe(std::span(memory, count));
    std::allocator<T>().deallocate(memory, count);
  }

  friend bool operator==(const WipingAllocator&, const WipingAllocator&) noexcept { return true; }
};

using Limbs = std::vector<mp_limb_t, WipingAllocator<mp_limb_t>>;

/// For GMP, which counts limbs and bits in signed numbers.
inline mp_size_t signed_size(std::size_t size) noexcept { return static_cast<mp_size_t>(size); }

/// GMP's own integer, for what is public.
class Integer {
 public:
  Integer() { mpz_init(value_); }
  Integer(const Integer& other) = delete;
  Integer& operator=(const Integer&) = delete;
  ~Integer() { mpz_clear(value_); }

  mpz_ptr get() noexcept { return value_; }
  mpz_srcptr get() const noexcept { return value_; }

 private:
  mpz_t value_;
};

}  // namespace detail
}  // namespace parley::gmp
