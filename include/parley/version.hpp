// SPDX-License-Identifier: Apache-2.0
// The version of parley: the one place where it is written. CMake and pkg-config read it from here.
#pragma once

#include <compare>

// clang-format off
#define PARLEY_VERSION_MAJOR 0
#define PARLEY_VERSION_MINOR 1
#define PARLEY_VERSION_PATCH 0
// clang-format on

namespace parley {

/// The version of these headers. While `major` is 0, a new `minor` may change the interface (semantic versioning).
struct Version {
  int major;
  int minor;
  int patch;

  friend constexpr auto operator<=>(const Version&, const Version&) = default;
};

/// The version that this translation unit was compiled against. The macros `PARLEY_VERSION_*` are for `#if` only.
inline constexpr Version version{PARLEY_VERSION_MAJOR, PARLEY_VERSION_MINOR, PARLEY_VERSION_PATCH};

}  // namespace parley
