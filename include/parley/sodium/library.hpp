// SPDX-License-Identifier: Apache-2.0
// What every use of libsodium has in common: that it is started, and how it takes bytes.
#pragma once

#include <sodium.h>

#include <cstddef>
#include <span>

#include "parley/core/error.hpp"

namespace parley::sodium {

namespace detail {

inline unsigned char* unsigned_bytes(std::span<std::byte> bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}
inline const unsigned char* unsigned_bytes(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

/// To be called before anything else of libsodium.
inline void require_sodium() {
  if (sodium_init() < 0) throw Error(ErrorCode::randomness_unavailable, "libsodium could not be started");
}

}  // namespace detail

}  // namespace parley::sodium
