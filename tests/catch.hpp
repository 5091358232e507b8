// SPDX-License-Identifier: Apache-2.0
// The one way in which tests include Catch2: version 3 where it is installed, else version 2, with the names of version
// 3 in both.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)

#include <catch2/catch_all.hpp>

#else

#include <catch2/catch.hpp>
#include <string>

namespace Catch {

using Detail::Approx;

namespace Matchers {

inline auto ContainsSubstring(const std::string& part, CaseSensitive::Choice sensitivity = CaseSensitive::Yes) {
  return Contains(part, sensitivity);
}

}  // namespace Matchers

}  // namespace Catch

#endif
