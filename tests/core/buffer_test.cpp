// SPDX-License-Identifier: Apache-2.0
// Buffers: blocks of memory that are recycled are as good as new ones, whichever thread freed them.
#include "parley/core/buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <set>
#include <thread>
#include <vector>

#include "catch.hpp"

namespace {

using parley::Buffer;
using Cache = parley::detail::BlockCache;

TEST_CASE("block sizes are rounded up by at most an eighth, and equal sizes stay equal") {
  for (std::size_t size = Cache::smallest; size < (std::size_t{1} << 26); size += size / 7 + 1) {
    const std::size_t rounded = Cache::rounded(size);
    REQUIRE(rounded >= size);
    REQUIRE(rounded - size <= size / 8);
    REQUIRE(Cache::rounded(rounded) == rounded);
  }
}

TEST_CASE("a buffer of recycled memory begins with zeros like any vector") {
  for (const std::size_t size : {std::size_t{100}, std::size_t{100000}, std::size_t{1} << 20}) {
    for (int round = 0; round < 3; ++round) {
      Buffer<std::uint64_t> buffer(size);
      REQUIRE(std::accumulate(buffer.begin(), buffer.end(), std::uint64_t{0}) == 0);
      std::memset(buffer.data(), 0xA5, size * sizeof(std::uint64_t));
    }
  }
}

TEST_CASE("large buffers are aligned to cache lines") {
  for (const std::size_t size : {Cache::smallest, std::size_t{1} << 20, std::size_t{3} << 21}) {
    const Buffer<std::byte> buffer(size);
    REQUIRE(reinterpret_cast<std::uintptr_t>(buffer.data()) % 64 == 0);
  }
}

TEST_CASE("the rows of a large batch do not begin at the same place of a page") {
  std::vector<Buffer<std::byte>> rows;
  std::set<std::size_t> places;
  for (int row = 0; row < 16; ++row) {
    rows.emplace_back(std::size_t{1} << 23);
    places.insert(reinterpret_cast<std::uintptr_t>(rows.back().data()) % 4096);
  }
  REQUIRE(places.size() > 1);
}

TEST_CASE("blocks may be freed by another thread than the one that took them") {
  std::vector<Buffer<std::uint64_t>> sent(8);
  for (int round = 0; round < 4; ++round) {
    std::thread taker([&] {
      for (auto& buffer : sent) buffer.assign(50000, 7);
    });
    taker.join();
    std::vector<std::thread> givers;
    for (auto& buffer : sent)
      givers.emplace_back([&buffer] {
        if (buffer != Buffer<std::uint64_t>(50000, 7)) return;  // then it is not emptied, which the last check sees
        Buffer<std::uint64_t>().swap(buffer);
      });
    for (std::thread& giver : givers) giver.join();
    for (const auto& buffer : sent) REQUIRE(buffer.empty());
  }
}

TEST_CASE("what exceeds the cache is given back and can be taken again") {
  constexpr std::size_t size = std::size_t{1} << 22;
  std::vector<Buffer<std::byte>> many;
  for (std::size_t total = 0; total <= Cache::most_bytes; total += size) many.emplace_back(size);
  many.clear();
  for (std::size_t total = 0; total <= Cache::most_bytes; total += size) many.emplace_back(size);
  for (auto& buffer : many) buffer.back() = std::byte{1};
  REQUIRE(many.size() == Cache::most_bytes / size + 1);
}

TEST_CASE("as much as is in use is kept, and no more than the cache's size when nothing is") {
  if (!parley::detail::recycle_blocks) {
    SUCCEED("a sanitizer is to see the end of every block's life");
    return;
  }
  constexpr std::size_t size = std::size_t{1} << 22, count = 3 * Cache::most_bytes / 2 / size;
  constexpr std::byte mark{0xA5};
  parley::RecyclingAllocator<std::byte> allocator;
  const auto take = [&] {
    std::vector<std::byte*> blocks;
    for (std::size_t k = 0; k < count; ++k) blocks.push_back(allocator.allocate(size));
    return blocks;
  };
  const auto give = [&](const std::vector<std::byte*>& blocks) {
    for (std::byte* const block : blocks) {
      block[size - 1] = mark;
      allocator.deallocate(block, size);
    }
  };
  const auto marked = [&](const std::vector<std::byte*>& blocks) {  // what is not kept is wiped
    std::size_t kept = 0;
    for (std::byte* const block : blocks) kept += block[size - 1] == mark;
    return kept;
  };
  const auto in_use = take();
  give(take());
  auto again = take();
  REQUIRE(marked(again) == count);
  for (std::byte* const block : again) block[size - 1] = std::byte{};
  give(again);
  give(in_use);
  again = take();
  REQUIRE(marked(again) == Cache::most_bytes / size);
  give(again);
}

}  // namespace
