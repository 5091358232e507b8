// SPDX-License-Identifier: Apache-2.0
// Random bytes of the operating system, from which every secret generator is seeded. [Linux man-pages, getrandom(2)]
#pragma once

#include <cerrno>
#include <cstddef>
#include <span>
#include <string>
#include <system_error>

#include "parley/core/error.hpp"

#if defined(__linux__)
#include <sys/random.h>
#else
#include <unistd.h>
#if defined(__APPLE__)
#include <sys/random.h>
#endif
#endif

namespace parley {

namespace detail {

/// Calls `source(pointer, length)`, which answers like read(2), until `out` is full: it may deliver less than it was
/// asked for and may be interrupted by a signal. Any other failure, or no progress, is Error(randomness_unavailable).
template <class Source>
void fill_completely(std::span<std::byte> out, Source&& source) {
  while (!out.empty()) {
    const auto count = source(out.data(), out.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0 || static_cast<std::size_t>(count) > out.size()) {
      throw Error(ErrorCode::randomness_unavailable,
                  "the operating system gives no random bytes: " +
                      (count < 0 ? std::generic_category().message(errno) : std::string("it delivered none")));
    }
    out = out.subspan(static_cast<std::size_t>(count));
  }
}

}  // namespace detail

/// Fills `out` with random bytes of the operating system, waiting until its generator has been seeded after boot. About
/// 0.4 microseconds a call and 0.4 GB/s: seed a generator with it (SystemRandom) rather than asking it for every
/// number.
/// @throws Error(randomness_unavailable) where the system call does not exist or is forbidden (by a seccomp filter,
/// say); `out` is then not to be used.
inline void fill_from_operating_system(std::span<std::byte> out) {
  detail::fill_completely(out, [](std::byte* data, std::size_t size) -> std::ptrdiff_t {
#if defined(__linux__)
    return ::getrandom(data, size, 0);
#else
    const std::size_t chunk = size < 256 ? size : 256;  // the most that getentropy accepts
    return ::getentropy(data, chunk) == 0 ? static_cast<std::ptrdiff_t>(chunk) : -1;
#endif
  });
}

}  // namespace parley
