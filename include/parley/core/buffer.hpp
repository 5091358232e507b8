// SPDX-License-Identifier: Apache-2.0
// Vectors for large batches, whose memory a thread keeps for its next ones: asking the operating system for fresh pages
// and having them cleared costs several times what a batch of field operations does.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <limits>
#include <new>
#include <vector>

namespace parley {

namespace detail {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool recycle_blocks = false;  // so that the sanitizer sees every use after the end of a block's life
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool recycle_blocks = false;
#else
inline constexpr bool recycle_blocks = true;
#endif
#else
inline constexpr bool recycle_blocks = true;
#endif

/// The large blocks that a thread has freed and not yet used again. Blocks may come from another thread and go to
/// another one: messages do.
class BlockCache {
 public:
  static constexpr std::size_t smallest = std::size_t{1} << 16;  // below, the standard allocator is fast
  static constexpr std::align_val_t alignment{64};

  BlockCache() = default;
  BlockCache(const BlockCache&) = delete;
  BlockCache& operator=(const BlockCache&) = delete;
  ~BlockCache() {
    closed() = true;
    for (std::size_t i = 0; i < used_; ++i) ::operator delete(blocks_[i].memory, alignment);
  }

  /// Rounds up to one of eight sizes for each power of 2, so that batches of almost equal lengths share blocks.
  static constexpr std::size_t rounded(std::size_t size) {
    const std::size_t step = std::bit_floor(size) / 8;
    return (size + step - 1) / step * step;
  }

  static void* take(std::size_t size) {
    if (recycle_blocks && !closed()) {
      BlockCache& cache = of_this_thread();
      for (std::size_t i = cache.used_; i-- > 0;) {
        if (cache.blocks_[i].size != size) continue;
        void* memory = cache.blocks_[i].memory;
        cache.remove(i);
        return memory;
      }
    }
    return ::operator new(size, alignment);
  }

  static void give(void* memory, std::size_t size) noexcept {
    if (!recycle_blocks || closed() || size > most_bytes) {
      ::operator delete(memory, alignment);
      return;
    }
    BlockCache& cache = of_this_thread();
    while (cache.used_ == cache.blocks_.size() || cache.bytes_ + size > most_bytes) {  // the oldest go first
      void* oldest = cache.blocks_.front().memory;
      cache.remove(0);
      ::operator delete(oldest, alignment);
    }
    cache.blocks_[cache.used_++] = {memory, size};
    cache.bytes_ += size;
  }

 private:
  static constexpr std::size_t most_bytes = std::size_t{1} << 27;

  struct Block {
    void* memory;
    std::size_t size;
  };

  static BlockCache& of_this_thread() {
    static thread_local BlockCache cache;
    return cache;
  }
  // Outlives the cache, for what is freed while a thread's other objects are destroyed.
  static bool& closed() {
    static thread_local bool value = false;
    return value;
  }

  void remove(std::size_t which) noexcept {
    bytes_ -= blocks_[which].size;
    for (std::size_t i = which + 1; i < used_; ++i) blocks_[i - 1] = blocks_[i];
    --used_;
  }

  std::array<Block, 64> blocks_;
  std::size_t used_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace detail

/// A standard allocator that recycles large blocks within a thread, up to 128 MiB of them. Like every allocator it does
/// not wipe what it is given back.
template <class T>
struct RecyclingAllocator {
  using value_type = T;

  RecyclingAllocator() = default;
  template <class U>
  RecyclingAllocator(const RecyclingAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) {
    if (count > std::numeric_limits<std::size_t>::max() / (2 * sizeof(T))) throw std::bad_array_new_length();
    const std::size_t size = count * sizeof(T);
    if (size < detail::BlockCache::smallest) return static_cast<T*>(::operator new(size, alignment_of_small));
    return static_cast<T*>(detail::BlockCache::take(detail::BlockCache::rounded(size)));
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    const std::size_t size = count * sizeof(T);
    if (size < detail::BlockCache::smallest)
      ::operator delete(memory, alignment_of_small);
    else
      detail::BlockCache::give(memory, detail::BlockCache::rounded(size));
  }

  friend bool operator==(const RecyclingAllocator&, const RecyclingAllocator&) noexcept { return true; }

 private:
  static constexpr std::align_val_t alignment_of_small{alignof(T)};
};

/// A vector for batches of any length.
template <class T>
using Buffer = std::vector<T, RecyclingAllocator<T>>;

}  // namespace parley
