// SPDX-License-Identifier: Apache-2.0
// Whether a sanitizer watches over the tests, under which they run twenty times as long.
#pragma once

#include <cstddef>

namespace parley::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#elif defined(__has_feature)
inline constexpr bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool sanitized = false;
#endif

/// How many of the samples that a test draws are enough: under a sanitizer, which looks for other faults than the test,
/// a twentieth.
constexpr std::size_t samples(std::size_t count) { return sanitized ? count / 20 : count; }

}  // namespace parley::test
