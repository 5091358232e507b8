// SPDX-License-Identifier: Apache-2.0
// What code for large batches needs to know of the processor's caches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace parley::detail {

inline constexpr std::size_t cache_line = 64;

/// Output of so many bytes stays in no cache that a core has to itself. What computes it writes it past the caches:
/// its lines are not read before they are written, and nothing else has to leave for them.
inline constexpr std::size_t past_caches_from = std::size_t{1} << 23;

/// Orders what was written past the caches before what this thread writes next: the processor does not by itself, and
/// another thread that is told of it would read what was there before.
inline void finish_past_caches() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_sfence();
#endif
}

/// How many elements there are before the first that begins on a cache line; where none does, none.
template <class T>
std::size_t elements_to_cache_line(const T* memory) noexcept {
  const std::size_t bytes = (0 - reinterpret_cast<std::uintptr_t>(memory)) % cache_line;
  return bytes % sizeof(T) == 0 ? bytes / sizeof(T) : 0;
}

/// How many elements more `size` of them need so that these can begin on a cache line: vectors of that length are
/// stored and loaded there in half the time.
template <class T>
constexpr std::size_t room_to_align(std::size_t size) noexcept {
  return size == 0 ? 0 : cache_line / sizeof(T);
}

/// The `size` elements of `memory` from the first cache line on, where there are as many.
template <class T>
std::span<T> aligned(std::span<T> memory, std::size_t size) noexcept {
  const std::size_t skipped = elements_to_cache_line(memory.data());
  return memory.subspan(skipped + size <= memory.size() ? skipped : 0, size);
}

/// Asks for the memory of `elements` to be read into the second-level cache.
template <class T>
void prefetch(std::span<const T> elements) noexcept {
  const std::span<const std::byte> bytes = std::as_bytes(elements);
  for (std::size_t i = 0; i < bytes.size(); i += cache_line) __builtin_prefetch(bytes.data() + i, 0, 2);
}

}  // namespace parley::detail
