// SPDX-License-Identifier: Apache-2.0
// Random bytes of the operating system, and what happens when it is slow, interrupted or unable.
#include "parley/core/entropy.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"

using parley::Error;
using parley::ErrorCode;
using parley::detail::fill_completely;

namespace {

/// Delivers 1, 2, 3, ... in portions of the given lengths; a length of 0 or less is returned as it is, with `error` in
/// errno.
class ScriptedSource {
 public:
  ScriptedSource(std::vector<std::ptrdiff_t> portions, int error) : portions_(std::move(portions)), error_(error) {}

  std::ptrdiff_t operator()(std::byte* out, std::size_t size) {
    REQUIRE(calls < portions_.size());
    const std::ptrdiff_t portion = portions_[calls++];
    for (std::size_t i = 0; i < size && static_cast<std::ptrdiff_t>(i) < portion; ++i)
      out[i] = static_cast<std::byte>(++last_);
    if (portion < 0) errno = error_;
    return portion;
  }

  std::size_t calls = 0;

 private:
  std::vector<std::ptrdiff_t> portions_;
  int error_;
  unsigned last_ = 0;
};

}  // namespace

TEST_CASE("short deliveries and interruptions are continued until all bytes are there") {
  ScriptedSource source({3, -1, 1, -1, -1, 4}, EINTR);
  std::array<std::byte, 8> bytes{};
  fill_completely(bytes, source);
  CHECK(source.calls == 6);
  for (unsigned i = 0; i < 8; ++i) CHECK(bytes[i] == static_cast<std::byte>(i + 1));

  ScriptedSource unused({}, 0);
  fill_completely({}, unused);
  CHECK(unused.calls == 0);
}

TEST_CASE("a source that fails, stalls or delivers more than it was asked for is an error") {
  const auto fails = [](std::vector<std::ptrdiff_t> portions, int error, const std::string& why) {
    ScriptedSource source(std::move(portions), error);
    std::array<std::byte, 8> bytes{};
    try {
      fill_completely(bytes, source);
    } catch (const Error& caught) {
      CHECK(std::string(caught.what()).find(why) != std::string::npos);
      return caught.code() == ErrorCode::randomness_unavailable && !caught.party();
    }
    return false;
  };
  CHECK(fails({3, -1}, ENOSYS, std::generic_category().message(ENOSYS)));
  CHECK(fails({-1}, EPERM, std::generic_category().message(EPERM)));
  CHECK(fails({0}, 0, "delivered none"));
  CHECK(fails({9}, 0, "delivered"));
}

TEST_CASE("the operating system gives other bytes each time") {
  std::array<std::byte, 32> first{}, second{};
  parley::fill_from_operating_system(first);
  parley::fill_from_operating_system(second);
  CHECK(first != second);  // equal with probability 2^-256

  // Longer than any one call delivers on some systems (256 bytes), and no tail stays empty: 16 zeros in a row at the
  // end have probability 2^-128.
  std::vector<std::byte> many(100'000);
  parley::fill_from_operating_system(many);
  CHECK(std::count(many.end() - 16, many.end(), std::byte{0}) < 16);
}
