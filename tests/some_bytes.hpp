// SPDX-License-Identifier: Apache-2.0
// Contents whose value does not matter.
#pragma once

#include <cstddef>

#include "parley/core/bytes.hpp"
#include "parley/core/random.hpp"

namespace parley::test {

/// `size` pseudorandom bytes, the same in each run.
inline Bytes some_bytes(std::size_t size) {
  TestRandom random(size);
  Bytes bytes(size);
  random.fill(bytes);
  return bytes;
}

}  // namespace parley::test
