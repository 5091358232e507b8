// SPDX-License-Identifier: Apache-2.0
// The shapes in which Shamir's sharing is measured, by us and by others, in secrets a second.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "parley/sharing/shamir.hpp"

namespace parley_bench {

struct SharingShape {
  parley::ShamirParameters parameters;
  const char* place;
  std::size_t secrets;

  /// Such as "GF256/share/3-of-5/in_cache".
  [[nodiscard]] std::string work(const std::string& field, const std::string& operation) const {
    return field + "/" + operation + "/" + std::to_string(parameters.privacy_threshold + 1) + "-of-" +
           std::to_string(parameters.parties) + "/" + place;
  }
};

/// (n, t) = (3, 1), (5, 2), (10, 4), (100, 33), the shares in cache and out of it.
inline std::vector<SharingShape> word_shapes() {
  std::vector<SharingShape> shapes;
  for (const bool large : {false, true})
    for (const auto& [parties, threshold] : {std::pair<std::size_t, std::size_t>{3, 1}, {5, 2}, {10, 4}, {100, 33}})
      shapes.push_back({{parties, threshold},
                        large ? "out_of_cache" : "in_cache",
                        (std::size_t{1} << (large ? 20 : 12)) / (parties == 100 ? 4 : 1)});
  return shapes;
}

/// The same in cache for fields of bytes, and 3-of-5 and 10-of-20 of 64 MiB.
inline std::vector<SharingShape> byte_shapes() {
  constexpr std::size_t small = std::size_t{1} << 14, large = std::size_t{1} << 26;
  return {{{3, 1}, "in_cache", small},        {{5, 2}, "in_cache", small},  {{10, 4}, "in_cache", small},
          {{100, 33}, "in_cache", small / 4}, {{20, 9}, "in_cache", small}, {{5, 2}, "64_MiB", large},
          {{20, 9}, "64_MiB", large}};
}

}  // namespace parley_bench
