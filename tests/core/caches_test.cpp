// SPDX-License-Identifier: Apache-2.0
// Memory that begins on cache lines.
#include "parley/core/caches.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "catch.hpp"

TEST_CASE("memory with room to spare is aligned to a cache line, and memory without stays as it is") {
  alignas(64) std::array<std::uint64_t, 64> memory{};
  for (std::size_t offset = 0; offset < 16; ++offset) {
    const auto rest = std::span(memory).subspan(offset);
    const std::size_t needed = 20 + parley::detail::room_to_align<std::uint64_t>(20);
    const auto aligned = parley::detail::aligned(rest.first(needed), 20);
    CHECK(aligned.size() == 20);
    CHECK(aligned.data() == memory.data() + (offset + 7) / 8 * 8);
    CHECK(parley::detail::aligned(rest.first(20), 20).data() == memory.data() + offset);
  }
  CHECK(parley::detail::room_to_align<std::uint64_t>(0) == 0);
}

TEST_CASE("elements that begin on no cache line are told from those that do") {
  struct Three {
    std::array<std::byte, 3> bytes;
  };
  alignas(64) std::array<Three, 64> memory{};
  CHECK(parley::detail::elements_to_cache_line(memory.data()) == 0);
  CHECK(parley::detail::elements_to_cache_line(memory.data() + 1) == 0);    // 61 bytes are no multiple of 3
  CHECK(parley::detail::elements_to_cache_line(memory.data() + 43) == 21);  // 129 + 63 = 192
}
