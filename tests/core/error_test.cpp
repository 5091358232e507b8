// SPDX-License-Identifier: Apache-2.0
// The exception of the library.
#include "parley/core/error.hpp"

#include <set>
#include <string>
#include <string_view>
#include <type_traits>

#include "catch.hpp"

using parley::Error;
using parley::ErrorCode;

namespace {

static_assert(std::is_base_of_v<std::runtime_error, Error>);
static_assert(std::is_nothrow_copy_constructible_v<Error>);  // or the copy of an exception in flight would terminate

}  // namespace

TEST_CASE("an error carries its code, its party and its sentence") {
  const Error blamed(ErrorCode::malformed_message, 2, "party 2 sent 7 bytes instead of 8");
  CHECK(blamed.code() == ErrorCode::malformed_message);
  CHECK(blamed.party() == 2);
  CHECK(std::string(blamed.what()) == "party 2 sent 7 bytes instead of 8");

  const Error first(ErrorCode::peer_failed, 0, "party 0 is gone");
  CHECK(first.party() == 0);

  const Error nobody(ErrorCode::out_of_range, "rank 5 of 4 values");
  CHECK(nobody.code() == ErrorCode::out_of_range);
  CHECK_FALSE(nobody.party().has_value());
}

TEST_CASE("every error code has a name of its own") {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::invalid_state); ++code) {
    names.insert(to_string(static_cast<ErrorCode>(code)));
  }
  CHECK(names.size() == 12);
  CHECK_FALSE(names.contains("unknown error code"));
  CHECK(to_string(ErrorCode::inconsistent_shares) == "inconsistent_shares");
  CHECK(to_string(static_cast<ErrorCode>(200)) == "unknown error code");
}
