// SPDX-License-Identifier: Apache-2.0
// Shares as gfsplit writes them: those that it wrote recover, so do ours, and names and sets that cannot be are
// refused.
#include "parley/formats/gfshare.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "core/hex.hpp"
#include "parley/core/random.hpp"
#include "refusal.hpp"
#include "some_bytes.hpp"

namespace {

using parley::Bytes;
using parley::TestRandom;
using parley::gfshare::Share;
using parley::gfshare::SplitOptions;
using parley::test::check_refusal;
using parley::test::from_hex;
using parley::test::some_bytes;

Bytes combined(const std::vector<Share>& shares, std::size_t threshold = 0) {
  const auto content = parley::gfshare::combine(shares, threshold);
  return content.expose();
}

}  // namespace

TEST_CASE("shares that gfsplit 2.0.0 wrote recover the file") {
  // "test secret" 00 "x", -n 2 -m 3
  const Share share_8{8, from_hex("15914a7c54da368b064dc00854")};
  const Share share_65{65, from_hex("fa060c3527ea276d753d25418e")};
  const Share share_210{210, from_hex("98a52aa64132e5a113d86ad2ac")};
  const Bytes content = from_hex("74657374207365637265740078");
  CHECK(combined({share_8, share_65}) == content);
  CHECK(combined({share_210, share_8}) == content);
  CHECK(combined({share_65, share_210, share_8}) == content);
  CHECK(combined({share_65, share_210, share_8}, 2) == content);
}

TEST_CASE("every set of as many shares as it takes recovers, and more do as well") {
  TestRandom random(1);
  for (const std::size_t size : {0U, 1U, 33U, 5000U}) {
    const Bytes content = some_bytes(size);
    const auto shares = parley::gfshare::split(content, {5, 3}, random);
    REQUIRE(shares.size() == 5);
    for (unsigned set = 0; set < 32; ++set) {
      std::vector<Share> chosen;
      for (unsigned i = 5; i-- > 0;)
        if ((set >> i & 1) != 0) chosen.push_back(shares[i]);
      if (chosen.size() < 3) continue;
      REQUIRE(combined(chosen) == content);
      REQUIRE(combined(chosen, 3) == content);
    }
    if (size > 30) CHECK(combined({shares[0], shares[1]}) != content);
  }
  const Bytes content = some_bytes(3);
  const auto shares = parley::gfshare::split(content, {255, 255}, random);
  CHECK(shares.back().number == 255);
  CHECK(combined(shares) == content);
}

TEST_CASE("the shares of the parts of a file are those of the file") {
  const Bytes content = some_bytes(100);
  TestRandom random(2);
  const auto first = parley::gfshare::split(std::span(content).first(37), {3, 2}, random);
  const auto second = parley::gfshare::split(std::span(content).subspan(37), {3, 2}, random);
  std::vector<Share> whole{first[0], first[2]};
  whole[0].value.insert(whole[0].value.end(), second[0].value.begin(), second[0].value.end());
  whole[1].value.insert(whole[1].value.end(), second[2].value.begin(), second[2].value.end());
  CHECK(combined(whole) == content);
}

TEST_CASE("the number of a share is in the name of its file") {
  for (unsigned number = 1; number <= 255; ++number)
    REQUIRE(parley::gfshare::number_of("x" + parley::gfshare::file_suffix(number)) == number);
  CHECK(parley::gfshare::file_suffix(7) == ".007");
  CHECK(parley::gfshare::number_of("/a.b/key.gpg.065") == 65);
  for (const unsigned number : {0U, 256U, 1000U})
    check_refusal("invalid_argument: a share of libgfshare", [&] { return parley::gfshare::file_suffix(number); });
  for (const char* name :
       {"", "1", "001", ".001", "a.01", "a.1", "a001", "a.0001", "a.00x", "a. 01", "a.-01", "a.000", "a.256", "a.999"})
    check_refusal("malformed_message: a file of libgfshare is called NAME.NNN",
                  [&] { return parley::gfshare::number_of(name); });
}

TEST_CASE("sets and splits that cannot be are refused") {
  TestRandom random(3);
  const auto shares = parley::gfshare::split(some_bytes(9), {4, 2}, random);
  const auto combining = [](std::vector<Share> set, std::size_t threshold = 0) {
    return [set, threshold] { return parley::gfshare::combine(set, threshold); };
  };
  check_refusal("invalid_argument: libgfshare recovers from at least 2", combining({}));
  check_refusal("invalid_argument: libgfshare recovers from at least 2", combining({shares[0]}));
  check_refusal("invalid_argument: libgfshare recovers from at least 2", combining(shares, 1));
  check_refusal("invalid_argument: 5 shares are needed, 4 were given", combining(shares, 5));
  check_refusal("invalid_argument: share 3 (number 1) has the number of share 1 (number 1)",
                combining({shares[0], shares[1], shares[0]}));
  auto wrong = shares;
  wrong[2].number = 0;
  check_refusal("invalid_argument: share 3 (number 0) has no number", combining(wrong));
  wrong[2].number = 256;
  check_refusal("invalid_argument: share 3 (number 256) has no number", combining(wrong));
  wrong = shares;
  wrong[1].value.pop_back();
  check_refusal("configuration_mismatch: share 2 (number 2) has 8 bytes, and share 1 (number 1) has 9",
                combining(wrong));
  for (std::size_t which = 0; which < 4; ++which) {
    wrong = shares;
    wrong[which].value[5] ^= std::byte{1};
    const std::string name = "share " + std::to_string(which + 1) + " (number " + std::to_string(which + 1) + ")";
    check_refusal("wrong is " + name, combining(wrong, 2));  // one of four, where two are needed
    check_refusal("inconsistent_shares", combining(wrong, 3));
    check_refusal("wrong is at least one of them", combining(wrong, 3));
    wrong[(which + 1) % 4].value[6] ^= std::byte{1};  // no two at one place, and yet beyond what can be named
    check_refusal("wrong is at least one of them", combining(wrong, 2));
  }
  wrong = shares;
  wrong[0].number = 200;
  check_refusal("wrong is share 1 (number 200)", combining(wrong, 2));
  for (const SplitOptions options : {SplitOptions{2, 1}, SplitOptions{2, 3}, SplitOptions{256, 2}, SplitOptions{0, 0}})
    check_refusal("invalid_argument: a reconstruction threshold",
                  [&] { return parley::gfshare::split({}, options, random); });
}
