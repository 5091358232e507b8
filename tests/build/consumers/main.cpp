// SPDX-License-Identifier: Apache-2.0
// The program that every consumer project builds.
#include <cstdlib>

#include "parley/version.hpp"

int main() {
  return parley::version == parley::Version{PARLEY_VERSION_MAJOR, PARLEY_VERSION_MINOR, PARLEY_VERSION_PATCH}
             ? EXIT_SUCCESS
             : EXIT_FAILURE;
}
