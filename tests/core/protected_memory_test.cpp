// SPDX-License-Identifier: Apache-2.0
// Protected memory: it is where core dumps and the swap space do not reach, and it is zero at first.
#include "parley/core/protected_memory.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <utility>

#include "catch.hpp"
#include "core/watched_memory.hpp"

using parley::ProtectedBytes;
using parley::test::all_zero;

#if defined(__linux__)
namespace {

// What the kernel says of the mapping that an address is in: "VmFlags: rd wr ... dd".
std::string flags_of(const std::byte* memory) {
  const auto address = reinterpret_cast<std::uintptr_t>(memory);
  std::ifstream maps("/proc/self/smaps");
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    unsigned long begin = 0, end = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx ", &begin, &end) == 2) inside = begin <= address && address < end;
    if (inside && line.starts_with("VmFlags:")) return line + " ";
  }
  return "";
}

}  // namespace

TEST_CASE("protected memory is left out of core dumps") {
  const ProtectedBytes memory(10000);
  const std::string flags = flags_of(memory.bytes().data());
  if (flags.empty()) {
    WARN("skipped: the kernel does not say how memory is mapped");
    SUCCEED();
  } else {
    CHECK_THAT(flags, Catch::Matchers::ContainsSubstring(" dd "));
  }
}
#endif

TEST_CASE("protected memory is zero, can be written, and moves") {
  ProtectedBytes memory(5000);
  REQUIRE(memory.bytes().size() == 5000);
  CHECK(all_zero(memory.bytes()));
  std::ranges::fill(memory.bytes(), std::byte{7});
  const std::byte* const place = memory.bytes().data();
  ProtectedBytes moved(std::move(memory));
  CHECK(moved.bytes().data() == place);
  CHECK(moved.bytes()[4999] == std::byte{7});
  ProtectedBytes other;
  CHECK(other.bytes().empty());
  other = std::move(moved);
  CHECK(other.bytes().data() == place);
  CHECK(ProtectedBytes(0).bytes().empty());
}
