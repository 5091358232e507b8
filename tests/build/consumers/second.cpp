// SPDX-License-Identifier: Apache-2.0
// A second translation unit with the whole library in it, linked with main.cpp: a function in a header that is not
// inline is defined twice then, and the program does not link.
#include "parley/parley.hpp"
