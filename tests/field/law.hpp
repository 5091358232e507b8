// SPDX-License-Identifier: Apache-2.0
// A law that is tried on many values: one assertion for all of them, which names the first that break it.
#pragma once

#include <cstddef>
#include <string>

#include "catch.hpp"

namespace parley::testing {

class Law {
 public:
  explicit Law(std::string statement) : statement_(std::move(statement)) {}

  template <class... Values>
  void check(bool holds, const Values&... values) {
    ++tried_;
    if (!holds && broken_++ == 0) ((first_ += ' ', first_ += describe(values)), ...);
  }

  /// Fails if the law was broken, and if it was never tried.
  void conclude() const {
    INFO(statement_ << ": broken in " << broken_ << " cases of " << tried_ << ", first by" << first_);
    REQUIRE(tried_ > 0);
    REQUIRE(broken_ == 0);
  }

 private:
  static std::string describe(const char* value) { return value; }
  static std::string describe(const std::string& value) { return value; }
  template <class Value>
  static std::string describe(const Value& value) {
    using std::to_string;
    return to_string(value);
  }

  std::string statement_;
  std::string first_;
  std::size_t tried_ = 0;
  std::size_t broken_ = 0;
};

}  // namespace parley::testing
