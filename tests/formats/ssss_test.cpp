// SPDX-License-Identifier: Apache-2.0
// Shares as ssss writes them: those that the program wrote recover its secrets, ours are lines that it reads, and what
// is no line or no set is refused.
#include "parley/formats/ssss.hpp"

#include <algorithm>
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
using parley::ssss::CombineOptions;
using parley::ssss::Share;
using parley::ssss::SplitOptions;
using parley::test::check_refusal;
using parley::test::some_bytes;

std::vector<Share> shares_of(const std::vector<std::string>& lines) {
  std::vector<Share> shares;
  for (const std::string& line : lines) shares.push_back(parley::ssss::from_line(line));
  return shares;
}

std::string combined(const std::vector<Share>& shares, const CombineOptions& options = {}) {
  const auto secret = parley::ssss::combine(shares, options);
  return parley::to_hex(secret.expose());
}

}  // namespace

TEST_CASE("shares that ssss-split 0.5 wrote recover what it was given") {
  const auto text = shares_of({"1-39d687", "3-88bf49"});  // abc, -t 2 -n 3
  CHECK(combined(text) == "616263");
  // deadbeef01020304, -x -t 3 -n 12 -w tok, with the diffusion layer
  const std::vector<std::string> lines = {"tok-01-e38fb2e87cf9418f", "tok-06-a99827de9fea9f01",
                                          "tok-12-a9d653e34e6dec80", "tok-08-A4FE44887F9B3360\r\n"};
  CHECK(combined(shares_of({lines[0], lines[1], lines[2]})) == "deadbeef01020304");
  CHECK(combined(shares_of({lines[3], lines[2], lines[0]})) == "deadbeef01020304");
  CHECK(combined(shares_of(lines), {3, true}) == "deadbeef01020304");  // and the fourth fits
  CHECK(combined(shares_of({lines[0], lines[1], lines[2]}), {0, false}) != "deadbeef01020304");
  CHECK(shares_of(lines)[3].token == "tok");
  CHECK(shares_of(lines)[3].index == 8);
}

TEST_CASE("every set of as many shares as it takes recovers, for every level, with and without diffusion") {
  TestRandom random(1);
  for (std::size_t size = 1; size <= 128; size += size < 20 ? 1 : 27)
    for (const bool diffusion : {true, false}) {
      const Bytes secret = some_bytes(size);
      const auto shares = parley::ssss::split(secret, {5, 3, 0, diffusion}, random);
      REQUIRE(shares.size() == 5);
      const std::size_t step = size < 6 ? 1 : 3;  // of the ten sets
      for (unsigned set = 0, met = 0; set < 32; ++set) {
        std::vector<Share> chosen;
        for (unsigned i = 5; i-- > 0;)
          if ((set >> i & 1) != 0) chosen.push_back(shares[i]);
        if (chosen.size() == 3 && met++ % step == 0)
          REQUIRE(combined(chosen, {0, diffusion}) == parley::to_hex(secret));
      }
      REQUIRE(combined(shares, {3, diffusion}) == parley::to_hex(secret));
    }
}

TEST_CASE("the polynomial is monic, and all its other coefficients are drawn whole") {
  // Over GF(2^8) with a threshold of 2, the share of index 1 is secret + c + 1 for a uniform c.
  TestRandom random(2);
  std::array<unsigned, 256> counts{};
  for (unsigned i = 0; i < 25600; ++i)
    ++counts[std::to_integer<std::size_t>(parley::ssss::split(Bytes{std::byte{7}}, {2, 2}, random)[0].value[0])];
  CHECK(*std::ranges::min_element(counts) > 50);  // 100 expected; five standard deviations
  CHECK(*std::ranges::max_element(counts) < 155);
}

TEST_CASE("a secret shorter than the level comes back with zeros in front, which are no text") {
  TestRandom random(3);
  const Bytes secret = parley::test::from_hex("616200");
  for (const std::size_t level : {24U, 32U, 128U, 1024U}) {
    const auto shares = parley::ssss::split(secret, {2, 2, level}, random);
    const auto padded = parley::ssss::combine(shares);
    CHECK(padded.expose().size() == level / 8);
    CHECK(parley::to_hex(parley::ssss::without_padding(padded.expose())) == "616200");
  }
  CHECK(parley::ssss::without_padding(Bytes(3)).empty());
}

TEST_CASE("diffusion is undone, and every bit of it matters") {
  for (std::size_t size = 8; size <= 21; ++size) {
    const Bytes plain = some_bytes(size);
    Bytes diffused = plain;
    parley::ssss::detail::diffuse<true>(diffused);
    CHECK(diffused != plain);
    Bytes other = plain;
    other.back() ^= std::byte{1};
    parley::ssss::detail::diffuse<true>(other);
    std::size_t different = 0;
    for (std::size_t i = 0; i < size; ++i) different += diffused[i] != other[i];
    CHECK(different > size / 2);
    parley::ssss::detail::diffuse<false>(diffused);
    CHECK(diffused == plain);
  }
  Bytes short_one(7, std::byte{3});
  parley::ssss::detail::diffuse<true>(short_one);
  CHECK(short_one == Bytes(7, std::byte{3}));
}

TEST_CASE("lines have tokens and indices as the program writes them, and come back") {
  const Share share{"", 7, parley::test::from_hex("00ff")};
  CHECK(parley::ssss::to_line(share, 9) == "7-00ff");
  CHECK(parley::ssss::to_line(share, 10) == "07-00ff");
  CHECK(parley::ssss::to_line({"a token", 107, share.value}, 5) == "a token-107-00ff");
  const Share back = parley::ssss::from_line("a token-0107-00Ff\r\n");
  CHECK((back.token == "a token" && back.index == 107 && back.value == share.value));
  for (const char* token : {"a-b", "a\nb", "a\rb"})
    check_refusal("invalid_argument: a token of ssss", [&] {
      return parley::ssss::to_line({token, 1, share.value}, 1);
    });
  CHECK_NOTHROW(parley::ssss::to_line({std::string(128, 'a'), 1, share.value}, 1));
  check_refusal("at most 128", [&] { return parley::ssss::to_line({std::string(129, 'a'), 1, share.value}, 1); });
}

TEST_CASE("lines that are no shares are refused with what is wrong with them") {
  const auto check = [](const std::string& reason, const std::string& line) {
    check_refusal("malformed_message: " + reason, [&] { return parley::ssss::from_line(line, "line 3"); });
  };
  check("line 3 is not of the form", "");
  check("line 3 is not of the form", "00ff");
  check("line 3 is not of the form", "a-b-1-00ff");
  for (const char* line : {"-00ff", "x-00ff", "a-1x-00ff", "a--00ff", "+1-00ff", " 1-00ff", "12345678901-00ff"})
    check("line 3 has no index that is a number", line);
  check("line 3 has the index 0", "a-00-00ff");
  check("line 3 has the index 2147483648", "2147483648-00ff");
  check("line 3 has a value of 0 digits", "1-");
  check("line 3 has a value of 3 digits", "1-00f");
  check("line 3 has a value of 258 digits", "1-" + std::string(258, '0'));
  check("character 2 of the value of line 3 is no hexadecimal digit", "1-0g");
  check("line 3 has a token of more than 128", std::string(129, 't') + "-1-00");
  CHECK_NOTHROW(parley::ssss::from_line("2147483647-" + std::string(256, '0')));
}

TEST_CASE("sets that cannot be are refused") {
  TestRandom random(4);
  auto shares = parley::ssss::split(some_bytes(9), {4, 2}, random, "mine");
  const auto combining = [](std::vector<Share> set, CombineOptions options = {}) {
    return [set, options] { return parley::ssss::combine(set, options); };
  };
  check_refusal("invalid_argument: ssss recovers from at least 2 shares", combining({}));
  check_refusal("invalid_argument: ssss recovers from at least 2 shares", combining({shares[0]}));
  check_refusal("invalid_argument: ssss recovers from at least 2 shares", combining(shares, {1, true}));
  check_refusal("invalid_argument: 5 shares are needed, 4 were given", combining(shares, {5, true}));
  check_refusal("invalid_argument: share 3 has the index 1, as share 1 has",
                combining({shares[0], shares[1], shares[0]}));
  auto zero = shares;
  zero[1].index = 0;
  check_refusal("invalid_argument: share 2 has the index 0", combining(zero));
  check_refusal("invalid_argument: share 2 has the index 256, which no share has",
                combining({Share{"", 1, Bytes(1)}, Share{"", 256, Bytes(1)}}));
  check_refusal("a security level of 0 bits", combining({Share{"", 1, {}}, Share{"", 2, {}}}));
  auto shorter = shares;
  shorter[1].value.resize(8);
  check_refusal("configuration_mismatch: share 2 has a security level of 64 bits, share 1 one of 72",
                combining(shorter));
  auto foreign = shares;
  foreign[0].token.clear();  // which a user may have cut off
  foreign[2].token = "yours";
  check_refusal("configuration_mismatch: share 3 is of the set \"yours\", share 2 of \"mine\"", combining(foreign));
  foreign[2].token.clear();
  CHECK_NOTHROW(combining(foreign, {2, true})());
  for (std::size_t which = 0; which < 3; ++which) {  // one wrong share among more than it takes
    std::vector<Share> wrong(shares.begin(), shares.begin() + 3);
    wrong[which].value[4] ^= std::byte{16};
    check_refusal("inconsistent_shares: share 3 does not fit the first 2", combining(wrong, {2, true}));
  }
  check_refusal("inconsistent_shares", combining(shares, {3, true}));  // another threshold
}

TEST_CASE("splits that cannot be are refused") {
  TestRandom random(5);
  const auto splitting = [&](std::size_t size, SplitOptions options) {
    return [&random, size, options] { return parley::ssss::split(Bytes(size), options, random); };
  };
  check_refusal("invalid_argument: ssss does not share an empty secret", splitting(0, {2, 2}));
  check_refusal("ssss does not share an empty secret", splitting(0, {2, 2, 64}));
  check_refusal("a security level of 1032 bits", splitting(129, {2, 2}));
  check_refusal("a security level of 12 bits", splitting(1, {2, 2, 12}));
  check_refusal("a secret of 24 bits is longer than the security level of 16", splitting(3, {2, 2, 16}));
  check_refusal("a reconstruction threshold of 1 for 2 shares", splitting(1, {2, 1}));
  check_refusal("a reconstruction threshold of 3 for 2 shares", splitting(1, {2, 3}));
  check_refusal("a security level of 8 bits has no 256 points", splitting(1, {256, 2}));
  CHECK_NOTHROW(splitting(1, {255, 255})());
}
