// SPDX-License-Identifier: Apache-2.0
// The main function of every test program, compiled once. Used with Catch2 2 only: version 3 brings a compiled one.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
