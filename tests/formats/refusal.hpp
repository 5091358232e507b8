// SPDX-License-Identifier: Apache-2.0
// Why a call was refused, as one text to compare with.
#pragma once

#include <string>

#include "catch.hpp"
#include "parley/core/error.hpp"

namespace parley::test {

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
