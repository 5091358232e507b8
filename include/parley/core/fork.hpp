// SPDX-License-Identifier: Apache-2.0
// Noticing that the process is a fork of the one that seeded a generator: parent and child would otherwise draw the
// same "random" numbers, and two messages masked by one number reveal their difference. [Linux man-pages, madvise(2)
// MADV_WIPEONFORK; the same construction guards the generator of BoringSSL]
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

namespace parley::detail {

/// A number that differs between a process and its forks. It lives in memory that the kernel clears in a fork, so that
/// asking costs a load and no system call; where the kernel cannot do that (before Linux 4.14, other systems), it is
/// the process number, at the price of a system call.
class ForkDetector {
 public:
  enum class Means : std::uint8_t { best, process_number };

  explicit ForkDetector(Means means) noexcept {
    if (means == Means::process_number) return;
#if defined(MADV_WIPEONFORK)
    const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    void* const page = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return;
    if (::madvise(page, size, MADV_WIPEONFORK) != 0) {
      ::munmap(page, size);
      return;
    }
    same_process_ = ::new (page) std::atomic<std::uint32_t>(1);
#endif
  }

  [[nodiscard]] std::uint64_t generation() noexcept {
    if (same_process_ == nullptr) return static_cast<std::uint64_t>(::getpid());
    if (same_process_->load(std::memory_order_acquire) == 0) {
      // Threads that arrive here together each count: one of them may reseed twice, none misses the fork, because the
      // count rises before the flag that hides this branch from the others.
      generation_.fetch_add(1, std::memory_order_relaxed);
      same_process_->store(1, std::memory_order_release);
    }
    return generation_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<std::uint32_t>* same_process_ = nullptr;  // 1, or 0 in a fork that has not asked yet
  std::atomic<std::uint64_t> generation_ = 0;
};

/// ForkDetector::generation() of the one detector of the process, which has a process to know and nothing else. Its
/// page is never given back: a generator in a static object may draw after any other object is gone.
[[nodiscard]] inline std::uint64_t fork_generation() noexcept {
  static ForkDetector detector(ForkDetector::Means::best);
  return detector.generation();
}

}  // namespace parley::detail
