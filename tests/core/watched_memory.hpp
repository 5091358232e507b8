// SPDX-License-Identifier: Apache-2.0
// Memory whose contents a test sees at the moment when it is given back, and searches in memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>

namespace parley::test {

inline bool all_zero(std::span<const std::byte> memory) {
  return std::all_of(memory.begin(), memory.end(), [](std::byte byte) { return byte == std::byte{0}; });
}

inline bool contains(std::span<const std::byte> memory, std::span<const std::byte> part) {
  return std::search(memory.begin(), memory.end(), part.begin(), part.end()) != memory.end();
}

/// Calls `watch` with the bytes of what is deallocated.
template <class T>
class WatchedAllocator {
 public:
  using value_type = T;
  using Watch = std::function<void(std::span<const std::byte>)>;

  explicit WatchedAllocator(Watch watch) : watch_(std::make_shared<Watch>(std::move(watch))) {}

  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, std::size_t count) {
    (*watch_)(std::as_bytes(std::span(memory, count)));
    std::allocator<T>().deallocate(memory, count);
  }
  friend bool operator==(const WatchedAllocator&, const WatchedAllocator&) { return true; }

 private:
  std::shared_ptr<Watch> watch_;
};

}  // namespace parley::test
