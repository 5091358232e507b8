// SPDX-License-Identifier: Apache-2.0
// Arrays of words, and bitwise operations on them in the widest registers that the CPU has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "parley/core/buffer.hpp"
#include "parley/core/cpu.hpp"

namespace parley::detail {

/// An array of words for one who writes all of them: nothing sets them to 0 before.
class Words {
 public:
  Words() = default;
  explicit Words(std::size_t size) : words_(RecyclingAllocator<std::uint64_t>{}.allocate(size)), size_(size) {}
  Words(const Words& other) : Words(other.size_) {
    if (size_ != 0) std::memcpy(words_, other.words_, size_ * sizeof(std::uint64_t));
  }
  Words(Words&& other) noexcept : words_(std::exchange(other.words_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Words& operator=(Words other) noexcept {
    std::swap(words_, other.words_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Words() {
    if (words_ != nullptr) RecyclingAllocator<std::uint64_t>{}.deallocate(words_, size_);
  }

  std::size_t size() const noexcept { return size_; }
  std::uint64_t* data() noexcept { return words_; }
  const std::uint64_t* data() const noexcept { return words_; }

 private:
  std::uint64_t* words_ = nullptr;
  std::size_t size_ = 0;
};

/// Eight words in however many registers they need.
typedef std::uint64_t EightWords __attribute__((vector_size(64)));

// What an operation is called with: words at any address that a word may have. A vector type with attributes would do
// but for clang++ 14, which forgets its alignment behind the name of a template's type.
struct [[gnu::packed, gnu::may_alias]] OneWord {
  std::uint64_t value;
};
struct [[gnu::packed, gnu::may_alias]] ManyWords {
  EightWords value;
};

template <class Word>
[[gnu::always_inline]] inline Word& words_at(std::uint64_t* words, std::size_t i) {
  return *reinterpret_cast<Word*>(words + i);
}
template <class Word>
[[gnu::always_inline]] inline const Word& words_at(const std::uint64_t* words, std::size_t i) {
  return *reinterpret_cast<const Word*>(words + i);
}

template <class Operation>
[[gnu::always_inline]] inline void repeat_on_words(std::size_t count, const Operation& operation) {
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) operation.template at<ManyWords>(i);
  for (; i < count; ++i) operation.template at<OneWord>(i);
}
template <class Operation>
void repeat_on_words_portable(std::size_t count, const Operation& operation) {
  repeat_on_words(count, operation);
}
#if defined(__x86_64__)
template <class Operation>
[[gnu::target("avx2")]] void repeat_on_words_avx2(std::size_t count, const Operation& operation) {
  repeat_on_words(count, operation);
}
template <class Operation>
[[gnu::target("avx512f")]] void repeat_on_words_avx512(std::size_t count, const Operation& operation) {
  repeat_on_words(count, operation);
}
#endif

/// Calls operation.template at<Word>(i) for words i of `count`, one (OneWord) or eight (ManyWords) at a time, where
/// at() is to be always inlined, and to use words_at().
template <class Operation>
void for_all_words(std::size_t count, const Operation& operation) {
#if defined(__x86_64__)
  const CpuFeatures& cpu = cpu_features();
  if (cpu.avx512) return repeat_on_words_avx512(count, operation);
  if (cpu.avx2) return repeat_on_words_avx2(count, operation);
#endif
  repeat_on_words_portable(count, operation);
}

struct ExclusiveOr {
  std::uint64_t* out;
  const std::uint64_t* x;
  const std::uint64_t* y;
  template <class Word>
  [[gnu::always_inline]] void at(std::size_t i) const {
    words_at<Word>(out, i).value = words_at<Word>(x, i).value ^ words_at<Word>(y, i).value;
  }
};
/// out[i] = x[i] xor y[i]; they may be the same arrays.
inline void exclusive_or(std::size_t count, std::uint64_t* out, const std::uint64_t* x, const std::uint64_t* y) {
  for_all_words(count, ExclusiveOr{out, x, y});
}

}  // namespace parley::detail
