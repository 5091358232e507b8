// SPDX-License-Identifier: Apache-2.0
// Wiping, watched from memory that the test owns.
#include "parley/core/wipe.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "catch.hpp"
#include "core/watched_memory.hpp"

using parley::wipe;
using parley::test::all_zero;
using parley::test::WatchedAllocator;

namespace {

template <class T>
concept CanBeWiped = requires(T& object) {
  wipe(object);
};

static_assert(CanBeWiped<int> && CanBeWiped<std::array<int, 3>> && CanBeWiped<std::vector<int>>);
static_assert(CanBeWiped<std::span<int>> && CanBeWiped<std::span<std::byte, 4>>);
// What is constant, and what only refers to the secret or owns it in ways unknown here.
static_assert(!CanBeWiped<const int> && !CanBeWiped<std::span<const int>> && !CanBeWiped<int*>);
static_assert(!CanBeWiped<std::vector<std::vector<int>>> && !CanBeWiped<std::vector<bool>>);

/// Leaves its stack frame with nothing that reads `local` after it was wiped: stores that a compiler drops where it
/// may.
[[gnu::noinline]] void use_and_wipe(std::byte* address_of_copy) {
  std::array<std::byte, 64>& local = *::new (address_of_copy) std::array<std::byte, 64>;
  local.fill(std::byte{0x77});
  wipe(local);
  std::destroy_at(&local);
}

}  // namespace

TEST_CASE("wiping overwrites bytes, objects and elements, and nothing beside them") {
  std::array<std::byte, 12> memory;
  memory.fill(std::byte{0xee});
  wipe(std::span(memory).subspan(4, 4));
  CHECK(all_zero(std::span(memory).subspan(4, 4)));
  CHECK(std::count(memory.begin(), memory.end(), std::byte{0xee}) == 8);

  struct Padded {
    std::uint8_t small;
    std::uint64_t large;
  };
  alignas(Padded) std::array<std::byte, sizeof(Padded)> storage;
  auto& padded = *::new (storage.data()) Padded;
  storage.fill(std::byte{0xee});
  wipe(padded);
  CHECK(all_zero(storage));

  std::array<std::uint32_t, 4> numbers{1, 2, 3, 4};
  const std::span<std::uint32_t, 2> middle = std::span(numbers).subspan<1, 2>();
  wipe(middle);
  CHECK(numbers == std::array<std::uint32_t, 4>{1, 0, 0, 4});

  wipe(std::span<std::byte>{});
}

TEST_CASE("wiping is not optimised away where nothing reads the memory again") {
  alignas(64) std::array<std::byte, 64> storage;
  storage.fill(std::byte{0x77});
  use_and_wipe(storage.data());
  CHECK(all_zero(storage));
}

TEST_CASE("wiping a vector overwrites all that it has allocated, erased elements too") {
  std::size_t freed = 0, wiped = 0;
  {
    std::vector<std::uint32_t, WatchedAllocator<std::uint32_t>> numbers(
        WatchedAllocator<std::uint32_t>([&](std::span<const std::byte> memory) {
          ++freed;
          wiped += all_zero(memory);
        }));
    numbers.reserve(100);
    numbers.assign(100, 0xdeadbeef);
    numbers.resize(7);
    wipe(numbers);
    CHECK(numbers.empty());
    CHECK(numbers.capacity() >= 100);
    CHECK(freed == 0);
  }
  CHECK(freed == 1);
  CHECK(wiped == 1);
}
