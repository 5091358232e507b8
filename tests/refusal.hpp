// SPDX-License-Identifier: Apache-2.0
// Why a call was refused: its Error, the Error's code, or both as one text to compare with.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>

#include "catch.hpp"
#include "parley/core/error.hpp"

namespace parley::test {

/// The code of the Error that `call` throws, nothing where it throws none.
template <class Call>
std::optional<ErrorCode> code_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  return std::nullopt;
}

/// The Error that `call` throws; a failure of the test where it throws none.
template <class Call>
Error error_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  FAIL("no Error was thrown");
  throw std::logic_error("unreachable");
}

/// Requires that `call` is refused as an invalid argument, for a reason that contains `reason`.
template <class Call>
void require_refusal(const std::string& reason, Call&& call) {
  const Error error = error_of(call);
  REQUIRE(error.code() == ErrorCode::invalid_argument);
  REQUIRE_THAT(error.what(), Catch::Matchers::ContainsSubstring(reason));
}

/// "malformed_message: ..." with the sentence of the Error that `call` throws; empty where it throws none.
template <class Call>
std::string refusal_of(Call call) {
  try {
    static_cast<void>(call());
  } catch (const Error& error) {
    return std::string(to_string(error.code())) + ": " + error.what();
  }
  return "";
}

/// Requires that `call` is refused for a reason that contains `reason`, which may begin with the code.
template <class Call>
void check_refusal(const std::string& reason, Call call) {
  const std::string refusal = refusal_of(call);
  REQUIRE_FALSE(refusal.empty());
  CHECK_THAT(refusal, Catch::Matchers::ContainsSubstring(reason));
}

}  // namespace parley::test
