// SPDX-License-Identifier: Apache-2.0
// Tests of parley/version.hpp.
#include "parley/version.hpp"

#include <string>

#include "catch.hpp"

using parley::version;

TEST_CASE("the version that a program sees is the one that the build announces") {
  const std::string seen =
      std::to_string(version.major) + "." + std::to_string(version.minor) + "." + std::to_string(version.patch);
  CHECK(seen == PARLEY_PROJECT_VERSION);
  CHECK(seen == std::to_string(PARLEY_VERSION_MAJOR) + "." + std::to_string(PARLEY_VERSION_MINOR) + "." +
                    std::to_string(PARLEY_VERSION_PATCH));
}

TEST_CASE("versions are ordered by major, then minor, then patch") {
  CHECK(parley::Version{0, 9, 9} < parley::Version{1, 0, 0});
  CHECK(parley::Version{1, 2, 9} < parley::Version{1, 10, 0});
  CHECK(parley::Version{1, 2, 3} < parley::Version{1, 2, 4});
  CHECK(parley::Version{1, 2, 3} == parley::Version{1, 2, 3});
}
