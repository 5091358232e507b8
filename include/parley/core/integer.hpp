// SPDX-License-Identifier: Apache-2.0
// The 128-bit integers of the compiler, and the concept of an unsigned integer that includes them.
#pragma once

#include <concepts>

namespace parley {

// __extension__ keeps -Wpedantic quiet: g++ and clang have the type on every 64-bit target, ISO C++ does not.
__extension__ typedef unsigned __int128 uint128;
__extension__ typedef __int128 int128;

/// An unsigned integer of 8 to 128 bits. `bool` and the character types are not numbers, and std::unsigned_integral
/// holds for uint128 only under the GNU dialects.
template <class T>
concept UnsignedInteger =
    std::same_as<T, unsigned char> || std::same_as<T, unsigned short> || std::same_as<T, unsigned int> ||
    std::same_as<T, unsigned long> || std::same_as<T, unsigned long long> || std::same_as<T, uint128>;

}  // namespace parley
