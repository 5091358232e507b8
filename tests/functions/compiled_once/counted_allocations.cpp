// SPDX-License-Identifier: Apache-2.0
// The allocation functions of this program, which count.
#include "functions/counted_allocations.hpp"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "parley/core/buffer.hpp"

namespace {

std::atomic<bool> counting = false;
std::atomic<std::size_t> bytes = 0, large = 0;

void* noted(void* memory, std::size_t size) {
  if (memory == nullptr) throw std::bad_alloc();
  if (counting.load(std::memory_order_relaxed)) {
    bytes.fetch_add(size, std::memory_order_relaxed);
    if (size >= parley::detail::BlockCache::smallest) large.fetch_add(1, std::memory_order_relaxed);
  }
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return noted(std::malloc(size), size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto step = static_cast<std::size_t>(alignment);
  return noted(std::aligned_alloc(step, (size + step - 1) / step * step), size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace parley::test {

void count_allocations() {
  bytes = 0;
  large = 0;
  counting = true;
}
Allocations counted_allocations() {
  counting = false;
  return {bytes, large};
}

}  // namespace parley::test
