// SPDX-License-Identifier: Apache-2.0
// Random bytes, in bytes a second: a large and a small draw, by the cipher of this machine and by those of lesser ones.
#include <array>
#include <cstddef>
#include <memory>
#include <string>

#include "contest.hpp"
#include "parley/core/random.hpp"

namespace {

using namespace parley_bench;

std::function<Work()> drawing(std::size_t size) {
  return [size]() -> Work {
    return [random = std::make_shared<parley::SystemRandom>(),
            out = std::make_shared<parley::Buffer<std::byte>>(size)] { random->fill(*out); };
  };
}

const bool registered = [] {
  constexpr std::array<std::pair<const char*, std::size_t>, 3> sizes{
      {{"16_bytes", 16}, {"16_KiB", 16384}, {"64_MiB", std::size_t{1} << 26}}};
  for (const auto& [name, size] : sizes) {
    const std::string work = "random/" + std::string(name);
    measure_backends(work, size, drawing(size));
    if (parley::CpuFeatures bare = parley::machine_features(); bare.vaes) {
      bare.vaes = false;
      measure_with(bare, work, "parley-aesni", size, drawing(size));
    }
  }
  return true;
}();

}  // namespace
