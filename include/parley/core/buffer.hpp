// SPDX-License-Identifier: Apache-2.0
// Vectors for batches, whose memory a process keeps for its next ones: asking the operating system for fresh pages
// and having them cleared costs several times what a batch of field operations does.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <new>
#include <span>
#include <vector>

#include "parley/core/wipe.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#endif

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

/// The blocks that this process has freed and not yet used again. They go from thread to thread, as messages do: a cache
/// for each thread would run dry where a party sends more than it receives, and overflow at the other end.
///
/// Of them are kept as many bytes as are in use, and most_bytes in any case: what a computation frees is about what it
/// takes again, of however many parties' and vectors' the process consists, and goes when the computation does.
///
/// What goes back to the operating system is wiped. What is kept is so only where begin_wiping() asks for it.
class BlockCache {
 public:
  static constexpr std::size_t smallest = std::size_t{1} << 11;  // below, the standard allocator is fast
  static constexpr std::size_t most_bytes = std::size_t{1} << 26;
  static constexpr std::align_val_t alignment{64};

  /// Rounds up to one of eight sizes for each power of 2, so that batches of almost equal lengths share blocks.
  static constexpr std::size_t rounded(std::size_t size) {
    const std::size_t step = std::bit_floor(size) / 8;
    return (size + step - 1) / step * step;
  }

  /// Of a rounded size.
  static void* take(std::size_t size) {
    if (recycle_blocks && size <= most_bytes) {
      BlockCache& cache = of_this_process();
      const std::lock_guard lock(cache.mutex_);
      if (Block* const block = cache.latest_[number_of(size)]) {
        cache.remove(*block);
        cache.in_use_ += size;
        return block;
      }
      // A program that now wants other sizes gives back as much of the old ones as it takes anew, down to what is kept
      // for one that goes through the same sizes again and again.
      cache.owed_ += size;
      const std::size_t always_kept = cache.most_kept() / 4;
      while (cache.bytes_ > always_kept && cache.owed_ >= cache.oldest_->size) {
        cache.owed_ -= cache.oldest_->size;
        cache.release_oldest();
      }
      if (cache.bytes_ <= always_kept) cache.owed_ = 0;
    }
    void* const fresh = allocate(size);
    if (recycle_blocks && size <= most_bytes) {
      BlockCache& cache = of_this_process();
      const std::lock_guard lock(cache.mutex_);
      cache.in_use_ += size;
    }
    return fresh;
  }

  static void give(void* memory, std::size_t size) noexcept {
    if (!recycle_blocks || size > most_bytes) {
      deallocate(memory, size);
      return;
    }
    BlockCache& cache = of_this_process();
    std::unique_lock lock(cache.mutex_);
    if (cache.wiping_ > 0) {  // which is not over before this thread's next call
      lock.unlock();
      wipe(std::span(static_cast<std::byte*>(memory), size));
      lock.lock();
    }
    cache.in_use_ -= size;
    cache.add(*new (memory) Block{.size = size});
    while (cache.bytes_ > cache.most_kept()) cache.release_oldest();
  }

  /// Wipes all free blocks, and until as many calls of end_wiping() all that are freed.
  static void begin_wiping() noexcept {
    BlockCache& cache = of_this_process();
    const std::lock_guard lock(cache.mutex_);
    ++cache.wiping_;
    for (Block* block = cache.newest_; block != nullptr; block = block->older)
      wipe(std::span(reinterpret_cast<std::byte*>(block), block->size).subspan(sizeof(Block)));
  }
  static void end_wiping() noexcept {
    BlockCache& cache = of_this_process();
    const std::lock_guard lock(cache.mutex_);
    --cache.wiping_;
  }

 private:
  static constexpr std::align_val_t huge_page{std::size_t{1} << 21};

  // A free block, in its own memory: between those of all sizes that were freed before and after it, and between those of
  // its size.
  struct Block {
    std::size_t size;
    Block *older = nullptr, *newer = nullptr, *earlier = nullptr, *later = nullptr;
  };
  static_assert(sizeof(Block) <= smallest);

  // The number of a rounded size among them all, from 8 on.
  static constexpr std::size_t number_of(std::size_t size) {
    const auto power = static_cast<std::size_t>(std::bit_width(size)) - 1;
    return 8 * power + (size >> (power - 3)) % 8;
  }
  static constexpr std::size_t numbers = 8 * static_cast<std::size_t>(std::bit_width(most_bytes));

  static constexpr bool on_huge_pages(std::size_t size) { return size >= 2 * static_cast<std::size_t>(huge_page); }

  // Blocks on huge pages begin at different distances from a page. At equal ones the same entries of all rows of a batch
  // would compete for the few places that a cache has for addresses that are equal in their lower bits. The number of
  // distances is prime, so that blocks at regular intervals meet all of them.
  static constexpr std::size_t stagger = 4096 + static_cast<std::size_t>(alignment), distances = 61;

  static void* allocate(std::size_t size) {
    if (!on_huge_pages(size)) return ::operator new(size, alignment);
    const std::size_t whole = size + (distances - 1) * stagger;
    auto* const memory = static_cast<std::byte*>(::operator new(whole, huge_page));
#if defined(__linux__)
    // A hint without which nothing goes wrong: a fault for every 2 MiB instead of one for every 4 KiB. Not for the rest,
    // of which a huge page would be mostly empty.
    static_cast<void>(madvise(memory, whole / static_cast<std::size_t>(huge_page) * static_cast<std::size_t>(huge_page),
                              MADV_HUGEPAGE));
#endif
    const std::size_t number = reinterpret_cast<std::uintptr_t>(memory) / static_cast<std::size_t>(huge_page);
    return memory + number % distances * stagger;
  }

  static void deallocate(void* memory, std::size_t size) noexcept {
    wipe(std::span(static_cast<std::byte*>(memory), size));
    if (!on_huge_pages(size)) return ::operator delete(memory, alignment);
    static_assert(distances * stagger < static_cast<std::size_t>(huge_page));
    const std::size_t distance = reinterpret_cast<std::uintptr_t>(memory) % static_cast<std::size_t>(huge_page);
    ::operator delete(static_cast<std::byte*>(memory) - distance, huge_page);
  }

  // Never destroyed, because static objects and threads may free blocks to the very end of the process.
  static BlockCache& of_this_process() {
    static BlockCache& cache = *new BlockCache;
    return cache;
  }

  std::size_t most_kept() const noexcept { return std::max(most_bytes, in_use_); }

  void add(Block& block) noexcept {
    block.older = newest_;
    (newest_ != nullptr ? newest_->newer : oldest_) = &block;
    newest_ = &block;
    Block*& latest = latest_[number_of(block.size)];
    block.earlier = latest;
    if (latest != nullptr) latest->later = &block;
    latest = &block;
    bytes_ += block.size;
  }
  void remove(Block& block) noexcept {
    (block.older != nullptr ? block.older->newer : oldest_) = block.newer;
    (block.newer != nullptr ? block.newer->older : newest_) = block.older;
    if (block.earlier != nullptr) block.earlier->later = block.later;
    (block.later != nullptr ? block.later->earlier : latest_[number_of(block.size)]) = block.earlier;
    bytes_ -= block.size;
  }
  void release_oldest() noexcept {
    Block& oldest = *oldest_;
    remove(oldest);
    deallocate(&oldest, oldest.size);
  }

  std::mutex mutex_;
  Block *oldest_ = nullptr, *newest_ = nullptr;
  std::array<Block*, numbers> latest_{};  // of each size
  std::size_t bytes_ = 0;
  std::size_t in_use_ = 0;
  std::size_t owed_ = 0;  // taken anew and not yet given back
  std::size_t wiping_ = 0;
};

/// As long as there is one: the memory of buffers that were freed, or are, holds nothing of what was in it.
class WipedFreeMemory {
 public:
  WipedFreeMemory() noexcept { BlockCache::begin_wiping(); }
  ~WipedFreeMemory() { BlockCache::end_wiping(); }
  WipedFreeMemory(const WipedFreeMemory&) = delete;
  WipedFreeMemory& operator=(const WipedFreeMemory&) = delete;
};

}  // namespace detail

/// A standard allocator that recycles blocks of 2 KiB and more: of a process, 64 MiB of free ones, or as much as is in
/// use. What it recycles is not wiped in general, as that would take as long as many an operation on it; see Network for
/// when it is. All else is.
template <class T>
struct RecyclingAllocator {
  using value_type = T;

  RecyclingAllocator() = default;
  template <class U>
  RecyclingAllocator(const RecyclingAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) {
    if (count > std::numeric_limits<std::size_t>::max() / (2 * sizeof(T))) throw std::bad_array_new_length();
    const std::size_t size = count * sizeof(T);
    if (size < detail::BlockCache::smallest) {
      if constexpr (aligned_by_default)
        return static_cast<T*>(::operator new(size));
      else
        return static_cast<T*>(::operator new (size, std::align_val_t{alignof(T)}));
    }
    return static_cast<T*>(detail::BlockCache::take(detail::BlockCache::rounded(size)));
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    const std::size_t size = count * sizeof(T);
    if (size >= detail::BlockCache::smallest) {
      detail::BlockCache::give(memory, detail::BlockCache::rounded(size));
      return;
    }
    wipe(std::span(reinterpret_cast<std::byte*>(memory), size));
    if constexpr (aligned_by_default)
      ::operator delete(memory);
    else
      ::operator delete (memory, std::align_val_t{alignof(T)});
  }

  friend bool operator==(const RecyclingAllocator&, const RecyclingAllocator&) noexcept { return true; }

 private:
  // The allocation function that takes an alignment is several times slower, even for one that the other gives.
  static constexpr bool aligned_by_default = alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__;
};

/// A vector for batches of any length.
template <class T>
using Buffer = std::vector<T, RecyclingAllocator<T>>;

}  // namespace parley
