// SPDX-License-Identifier: Apache-2.0
// Secrets of bytes: whatever subset, whatever length, whatever pieces; and of falsified shares never another secret.
#include "parley/sharing/byte_sharing.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "catch.hpp"
#include "core/backends.hpp"
#include "parley/core/random.hpp"
#include "sharing/scheme_conformance.hpp"
#include "sharing/shares_of_bytes.hpp"

using namespace parley;
using parley::test::bytes_of_length;
using parley::test::chosen;
using parley::test::error_of;
using parley::test::forged;
using parley::test::OpenedShare;
using parley::test::Shares;

namespace {

Shares split_for_test(std::size_t length, ShamirParameters parameters, std::uint64_t seed = 1) {
  TestRandom random(seed);
  return split_bytes(bytes_of_length(length), parameters, random);
}

// The secret; nothing where the shares are refused as wrong.
std::optional<std::vector<std::byte>> combined(const Shares& shares) {
  try {
    const CombinedSecret found = combine_bytes(shares);
    return found.secret.expose();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::inconsistent_shares && error.code() != ErrorCode::too_many_wrong_shares) throw;
    return std::nullopt;
  }
}

std::string refusal(const Shares& shares, ErrorCode code) {
  const Error error = error_of([&] { static_cast<void>(combine_bytes(shares)); });
  CHECK(error.code() == code);
  return error.what();
}

void change_byte(Bytes& share, std::size_t at, unsigned difference) {
  share = forged(share, [&](OpenedShare& open) { open.content[at] ^= static_cast<std::byte>(difference); });
}

}  // namespace

TEST_CASE("every subset of at least t + 1 shares gives the secret, and no smaller one") {
  for (std::size_t parties = 2; parties <= 5; ++parties)
    for (std::size_t t = 1; t < parties; ++t) {
      const Shares all = split_for_test(19, {parties, t});
      for (unsigned subset = 1; subset < 1U << parties; ++subset) {
        std::vector<std::size_t> which;
        for (std::size_t i = 0; i < parties; ++i)
          if ((subset >> i & 1) != 0) which.push_back(i);
        if (subset % 2 == 0) std::ranges::reverse(which);
        if (which.size() > t) {
          const CombinedSecret found = combine_bytes(chosen(all, which));
          REQUIRE(found.secret.expose() == bytes_of_length(19));
          REQUIRE(found.wrong.empty());
        } else {
          CHECK(refusal(chosen(all, which), ErrorCode::invalid_argument) ==
                std::to_string(which.size()) + (which.size() == 1 ? " share was" : " shares were") + " given, " +
                    std::to_string(t + 1) + " of this set are needed");
        }
      }
    }
}

TEST_CASE("secrets of all lengths about a block's and a chunk's, on every kind of machine") {
  parley::test::under_each_kind_of_machine([] {
    for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{15}, std::size_t{16}, std::size_t{17},
                                     share_chunk - 1, share_chunk, share_chunk + 1, 2 * share_chunk + 5}) {
      const Shares all = split_for_test(length, {4, 2});
      for (const Bytes& share : all) CHECK(share.size() == detail::share_file_size(length));
      CHECK(combined(chosen(all, {3, 0, 2})) == bytes_of_length(length));
      CHECK(combined(all) == bytes_of_length(length));
    }
  });
}

TEST_CASE("all 255 shares of a threshold of 254 are needed, and suffice") {
  const Shares all = split_for_test(40, {255, 254});
  CHECK(combined(all) == bytes_of_length(40));
  CHECK_FALSE(refusal(Shares(all.begin() + 1, all.end()), ErrorCode::invalid_argument).empty());
}

TEST_CASE("the pieces in which a secret comes make no difference") {
  const std::vector<std::byte> secret = bytes_of_length(3 * share_chunk + 1000);
  const Shares whole = split_for_test(secret.size(), {3, 1});
  for (const std::size_t piece : {std::size_t{777}, std::size_t{4096}, share_chunk - 1, share_chunk, share_chunk + 1,
                                  2 * share_chunk + 3, secret.size()}) {
    Shares shares(3);
    std::vector<ByteSink> sinks;
    for (Bytes& share : shares)
      sinks.emplace_back(
          [&](std::span<const std::byte> bytes) { share.insert(share.end(), bytes.begin(), bytes.end()); });
    TestRandom random(1);
    ByteSplitter splitter({3, 1}, random, std::move(sinks));
    for (std::size_t first = 0; first < secret.size(); first += piece)
      splitter.update(std::span(secret).subspan(first, std::min(piece, secret.size() - first)));
    splitter.finish();
    CHECK(shares == whole);
  }
}

TEST_CASE("two sharings of one secret have nothing in common") {
  SystemRandom random;
  const std::vector<std::byte> secret = bytes_of_length(100);
  const Shares first = split_bytes(secret, {2, 1}, random), second = split_bytes(secret, {2, 1}, random);
  const OpenedShare a = parley::test::opened(first[0]), b = parley::test::opened(second[0]);
  CHECK(a.header.set != b.header.set);
  CHECK_FALSE(a.header.key_share == b.header.key_share);
  CHECK_FALSE(a.tag_share == b.tag_share);
  CHECK(a.content != b.content);
}

TEST_CASE("with exactly t + 1 shares, every change of one of them is refused") {
  const std::vector<std::byte> secret = bytes_of_length(1);
  const Shares all = split_for_test(1, {4, 1});
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = i % 2; j < 4; j += 2) {
      if (i == j) continue;
      const Shares two = chosen(all, {i, j});
      for (unsigned difference = 1; difference < 256; ++difference) {
        Shares wrong = two;
        change_byte(wrong[0], 0, difference);
        REQUIRE_FALSE(combined(wrong));
      }
      for (unsigned bit = 0; bit < 128; ++bit) {
        const GF2To128 difference = GF2To128::from_value(uint128{1} << bit);
        Shares wrong_key = two, wrong_tag = two;
        wrong_key[0] = forged(two[0], [&](OpenedShare& open) { open.header.key_share += difference; });
        wrong_tag[0] = forged(two[0], [&](OpenedShare& open) { open.tag_share += difference; });
        REQUIRE_FALSE(combined(wrong_key));
        REQUIRE_FALSE(combined(wrong_tag));
      }
    }
}

TEST_CASE("with exactly t + 1 shares, every change of two of them gives the secret or nothing") {
  const std::vector<std::byte> secret = bytes_of_length(1);
  const Shares two = chosen(split_for_test(1, {3, 1}), {0, 2});
  std::size_t right = 0;
  for (unsigned first = 1; first < 256; first += 2)
    for (unsigned second = 1; second < 256; second += 16) {
      Shares wrong = two;
      change_byte(wrong[0], 0, first);
      change_byte(wrong[1], 0, second);
      const auto result = combined(wrong);
      if (result) ++right;
      REQUIRE((!result || *result == secret));
    }
  CHECK(right < 10);  // differences that cancel
}

TEST_CASE("of more shares, one wrong is corrected and named, and two are never taken for right") {
  const std::vector<std::byte> secret = bytes_of_length(3);
  const Shares all = split_for_test(3, {4, 1});  // 4 shares, 2 are needed: one error is corrected, two are noticed
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t at = 0; at < 3; ++at) {
      Shares wrong = all;
      change_byte(wrong[i], at, 0x41);
      const CombinedSecret found = combine_bytes(wrong);
      CHECK(found.secret.expose() == secret);
      CHECK(found.wrong == std::vector<std::size_t>{i});
      for (std::size_t j = 0; j < 4; ++j) {
        if (i == j) continue;
        Shares twice = wrong;
        change_byte(twice[j], at, 0x13);
        const auto result = combined(twice);
        CHECK((!result || *result == secret));
      }
    }
  for (std::size_t i = 0; i < 4; ++i) {
    Shares wrong = all;
    wrong[i] = forged(all[i], [](OpenedShare& open) { open.header.key_share += GF2To128::one(); });
    CHECK(combine_bytes(wrong).wrong == std::vector<std::size_t>{i});
    wrong[i] = forged(all[i], [](OpenedShare& open) { open.tag_share += GF2To128::one(); });
    CHECK(combine_bytes(wrong).wrong == std::vector<std::size_t>{i});
  }
}

TEST_CASE("a million random corruptions of bytes never give a wrong secret") {
  const std::size_t rounds = detail::recycle_blocks ? 100 : 2, size = 20000;  // fewer under a sanitizer
  const std::vector<std::byte> secret = bytes_of_length(size);
  const Shares all = split_for_test(size, {5, 2});
  TestRandom random(6);
  std::vector<std::byte> lies(size);
  std::size_t corruptions = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto liar = static_cast<std::size_t>(uniform_below(random, 5));
    random.fill(lies);
    Shares shares = all;
    shares[liar] = forged(all[liar], [&](OpenedShare& share) {
      for (std::size_t i = 0; i < size; ++i) {
        if (std::to_integer<unsigned>(lies[i]) % 2 == 0) continue;
        share.content[i] ^= lies[i];
        ++corruptions;
      }
    });
    const CombinedSecret found = combine_bytes(shares);
    REQUIRE((found.secret.expose() == secret));
    REQUIRE(found.wrong == std::vector<std::size_t>{liar});
    REQUIRE_FALSE(combined(chosen(shares, {liar, (liar + 1) % 5, (liar + 3) % 5})));
  }
  CHECK(corruptions > rounds * size / 2 - size);
}

TEST_CASE("where there is one share more than are needed, or two, wrong ones are found by leaving them out") {
  const Shares all = split_for_test(30, {5, 2});
  const auto found = [&](const Shares& shares) {
    return find_wrong_shares(shares.size(),
                             [&](std::size_t i) { return ShareReader("a share", source_of(shares[i])); });
  };
  for (std::size_t i = 0; i < 4; ++i) {
    Shares wrong = chosen(all, {0, 1, 3, 4});
    change_byte(wrong[i], 29, 1);
    CHECK_FALSE(combined(wrong));
    CHECK(found(wrong) == std::vector<std::size_t>{i});
  }
  Shares two_wrong = all;
  change_byte(two_wrong[1], 3, 1);
  change_byte(two_wrong[4], 3, 9);
  CHECK_FALSE(combined(two_wrong));
  CHECK(found(two_wrong) == std::vector<std::size_t>{1, 4});
  change_byte(two_wrong[2], 3, 7);
  CHECK_FALSE(found(two_wrong));
  CHECK_FALSE(found(chosen(two_wrong, {0, 1, 3})));  // none can be left out
}

TEST_CASE("of more shares than are needed, those that cannot be used are left out, with the reason") {
  const Shares all = split_for_test(share_chunk + 30, {5, 2});
  const auto usable = [&](const Shares& shares) {
    return usable_shares(
        shares.size(), [&](std::size_t i) { return ShareReader("share " + std::to_string(i), source_of(shares[i])); });
  };
  CHECK(usable(all).kept == std::vector<std::size_t>{0, 1, 2, 3, 4});
  CHECK(usable(all).left_out.empty());

  Shares shares = all;
  shares[0][share_chunk + 90] ^= std::byte{1};  // in the second chunk
  shares[2].resize(shares[2].size() - 1);
  UsableShares found = usable(shares);
  REQUIRE(found.kept == std::vector<std::size_t>{1, 3, 4});
  REQUIRE(found.left_out.size() == 2);
  CHECK(found.left_out[0].position == 0);
  CHECK(found.left_out[0].reason == "share 0: the checksum of its content from byte 65536 on is wrong: it is altered");
  CHECK(found.left_out[1].position == 2);
  CHECK_THAT(found.left_out[1].reason, Catch::Matchers::ContainsSubstring("share 2: it ends early"));
  CHECK(combined(chosen(shares, found.kept)) == bytes_of_length(share_chunk + 30));

  found = usable({all[0], all[3], all[0], all[4]});
  CHECK(found.kept == std::vector<std::size_t>{0, 1, 3});
  REQUIRE(found.left_out.size() == 1);
  CHECK(found.left_out[0].reason == "share 2: it is the share number 1, as share 0 is");

  shares[4][10] ^= std::byte{1};
  CHECK_THROWS_WITH(usable(shares), "2 shares were given, 3 of this set are needed");
  const Shares other = split_for_test(share_chunk + 30, {5, 2}, 2);
  CHECK_THROWS_WITH(usable({all[0], all[1], other[0], all[2]}), "share 2: it is of another set of shares than share 0");
}

TEST_CASE("a share that claims another number is refused, or corrected where that is possible") {
  // Whoever does so weights all other shares wrongly: the tag has to see to it.
  const Shares all = split_for_test(64, {6, 2});
  for (std::size_t number = 0; number < 6; ++number) {
    Shares three = chosen(all, {0, 2, 4});
    three[1] = forged(three[1], [&](OpenedShare& open) { open.header.party = number; });
    if (number == 0 || number == 4) {
      CHECK(refusal(three, ErrorCode::invalid_argument) ==
            (number == 0 ? "the share at position 1: it is the share number 1, as the share at position 0 is"
                         : "the share at position 2: it is the share number 5, as the share at position 1 is"));
    } else {
      CHECK(combined(three).has_value() == (number == 2));
    }
  }
  Shares five = chosen(all, {0, 1, 2, 3, 4});
  five[1] = forged(five[1], [](OpenedShare& open) { open.header.party = 5; });
  CHECK(combine_bytes(five).wrong == std::vector<std::size_t>{1});
}

TEST_CASE("a secret of zeros is as well protected as another") {
  TestRandom random(4);
  const std::vector<std::byte> zeros(32);
  const Shares all = split_bytes(std::span<const std::byte>(zeros), {3, 1}, random);
  Shares two = chosen(all, {1, 2});
  two[0] = forged(two[0], [](OpenedShare& open) { open.header.party = 0; });
  CHECK_FALSE(combined(two));
}

TEST_CASE("shares of different sets, lengths and kinds are told apart, with their names") {
  const Shares first = split_for_test(10, {5, 2}, 1), second = split_for_test(10, {5, 2}, 2);
  CHECK(refusal({first[0], first[1], second[2]}, ErrorCode::configuration_mismatch) ==
        "the share at position 2: it is of another set of shares than the share at position 0");
  CHECK(refusal({second[0], first[1], first[2]}, ErrorCode::configuration_mismatch) ==
        "the share at position 0: it is of another set of shares than the share at position 1");
  const auto with_parameters = [&](ShamirParameters parameters) {
    return forged(first[2], [&](OpenedShare& open) { open.header.parameters = parameters; });
  };
  for (const ShamirParameters parameters : {ShamirParameters{5, 1}, ShamirParameters{6, 2}})
    CHECK(refusal({first[0], first[1], with_parameters(parameters)}, ErrorCode::configuration_mismatch) ==
          "the share at position 2: it is of another set of shares than the share at position 0");
  CHECK(refusal({first[0], first[1], first[1]}, ErrorCode::invalid_argument) ==
        "the share at position 2: it is the share number 2, as the share at position 1 is");
  const Bytes longer = forged(first[2], [](OpenedShare& open) {
    open.content.emplace_back();
    ++open.length;
  });
  CHECK(refusal({first[0], first[1], longer}, ErrorCode::inconsistent_shares) ==
        "the secrets of the share at position 0 and the share at position 2 have different lengths, so one of these "
        "shares is wrong");
  CHECK(refusal({}, ErrorCode::invalid_argument) == "no share was given");
}

TEST_CASE("damage in one of the shares is refused with its name") {
  Shares shares = chosen(split_for_test(100, {3, 1}), {0, 2});
  shares[1][90] ^= std::byte{1};
  CHECK(refusal(shares, ErrorCode::malformed_message) ==
        "the share at position 1: the checksum of its content from byte 0 on is wrong: it is altered");
  shares[1].resize(120);
  CHECK_THAT(refusal(shares, ErrorCode::malformed_message),
             Catch::Matchers::ContainsSubstring("the share at position 1: it ends early"));
}

TEST_CASE("what cannot be split so is refused before anything is written") {
  TestRandom random(1);
  const auto refused = [&](ShamirParameters parameters) {
    return error_of([&] { static_cast<void>(split_bytes(bytes_of_length(5), parameters, random)); }).code() ==
           ErrorCode::invalid_argument;
  };
  for (const ShamirParameters parameters : {ShamirParameters{0, 0}, ShamirParameters{1, 1}, ShamirParameters{3, 0},
                                            ShamirParameters{3, 3}, ShamirParameters{256, 2}})
    CHECK(refused(parameters));
  const std::vector<ByteSink> two(2, [](std::span<const std::byte>) { FAIL("something was written"); });
  CHECK_THROWS_WITH(ByteSplitter({3, 1}, random, two), "2 places were given for 3 shares");
}

TEST_CASE("what a sink throws reaches the caller") {
  const Shares all = split_for_test(10, {2, 1});
  std::vector<ShareReader> readers;
  for (const Bytes& share : all) readers.emplace_back("a share", source_of(share));
  CHECK_THROWS_WITH(
      combine_bytes(readers, [](std::span<const std::byte>) { throw std::runtime_error("the disk is full"); }),
      "the disk is full");
}

TEST_CASE("new shares of one secret: those of both sets do not mix") {
  const Shares old = split_for_test(share_chunk + 10, {3, 1});
  Shares fresh(5);
  std::vector<ByteSink> sinks;
  for (Bytes& share : fresh)
    sinks.emplace_back(
        [&](std::span<const std::byte> bytes) { share.insert(share.end(), bytes.begin(), bytes.end()); });
  TestRandom random(9);
  ByteSplitter splitter({5, 2}, random, std::move(sinks));
  const Shares kept = chosen(old, {0, 2});
  std::vector<ShareReader> readers;
  for (const Bytes& share : kept) readers.emplace_back("a share", source_of(share));
  combine_bytes(readers, [&](std::span<const std::byte> piece) { splitter.update(piece); });
  splitter.finish();
  CHECK(combined(chosen(fresh, {4, 1, 2})) == bytes_of_length(share_chunk + 10));
  CHECK_FALSE(refusal({fresh[0], fresh[1], old[2]}, ErrorCode::configuration_mismatch).empty());
}
