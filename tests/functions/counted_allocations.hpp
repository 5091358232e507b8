// SPDX-License-Identifier: Apache-2.0
// How much memory this program asks its allocator for.
#pragma once

#include <cstddef>

namespace parley::test {

struct Allocations {
  std::size_t bytes = 0;  ///< of all of them
  std::size_t large = 0;  ///< how many of BlockCache::smallest bytes or more
};

/// Begins to count those of all threads, from zero.
void count_allocations();
/// Those since; nothing is counted any more.
Allocations counted_allocations();

}  // namespace parley::test
