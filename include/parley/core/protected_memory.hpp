// SPDX-License-Identifier: Apache-2.0
// Memory for secrets that pass through a process: kept out of core dumps and of the swap space where the operating
// system can, and overwritten at its end.
#pragma once

#include <cstddef>
#include <new>
#include <span>
#include <utility>

#include "parley/core/wipe.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace parley {

/// `size` bytes, at first zero, beginning on a page. On Linux they are left out of core dumps and locked into memory as
/// far as the process may lock so much (RLIMIT_MEMLOCK); elsewhere this is memory like any other, and wiped all the same.
class ProtectedBytes {
 public:
  ProtectedBytes() noexcept = default;
  /// @throws std::bad_alloc
  explicit ProtectedBytes(std::size_t size) : size_(size) {
    if (size == 0) return;
#if defined(__linux__)
    void* const memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    memory_ = static_cast<std::byte*>(memory);
    // Neither is needed for what this computes, and a limit on locked memory is ordinary.
    static_cast<void>(madvise(memory, size, MADV_DONTDUMP));
    static_cast<void>(mlock(memory, size));
#else
    memory_ = new (page) std::byte[size]();
#endif
  }
  ProtectedBytes(const ProtectedBytes&) = delete;
  ProtectedBytes& operator=(const ProtectedBytes&) = delete;
  ProtectedBytes(ProtectedBytes&& other) noexcept
      : memory_(std::exchange(other.memory_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  ProtectedBytes& operator=(ProtectedBytes&& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~ProtectedBytes() {
    if (memory_ == nullptr) return;
    wipe(bytes());
#if defined(__linux__)
    munmap(memory_, size_);
#else
    operator delete[](memory_, page);
#endif
  }

  [[nodiscard]] std::span<std::byte> bytes() noexcept { return {memory_, size_}; }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {memory_, size_}; }

 private:
#if !defined(__linux__)
  static constexpr std::align_val_t page{4096};
#endif

  std::byte* memory_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace parley
