// SPDX-License-Identifier: Apache-2.0
// RTSS recovers the shares of its draft and of Botan, Botan recovers ours, and what is no share or no set is refused.
#include "parley/sodium/rtss.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "core/hex.hpp"
#include "formats/programs.hpp"
#include "parley/core/random.hpp"
#include "refusal.hpp"
#include "some_bytes.hpp"

namespace {

using parley::Bytes;
using parley::TestRandom;
using parley::rtss::Hash;
using parley::rtss::Share;
using parley::rtss::SplitOptions;
using parley::test::check_refusal;
using parley::test::from_hex;
using parley::test::some_bytes;

Bytes combined(const std::vector<Share>& shares) {
  const auto secret = parley::rtss::combine(shares);
  return secret.expose();
}

// Header and index of a share of 5 bytes, without a hash and with the threshold 2, and its bytes.
Bytes with_header(const std::string& index_and_value) {
  return from_hex(
      "00112233445566778899aabbccddeeff"
      "00"
      "02"
      "0006" +
      index_and_value);
}

}  // namespace

TEST_CASE("the draft's test case") {
  const std::vector<Share> shares{parley::rtss::from_bytes(with_header("01b9fa07e185")),
                                  parley::rtss::from_bytes(with_header("02f5409b4511"))};
  CHECK((shares[0].threshold == 2 && shares[0].index == 1 && shares[0].hash == Hash::none));
  CHECK(combined(shares) == from_hex("7465737400"));
  CHECK(parley::rtss::to_bytes(shares[1]) == with_header("02f5409b4511"));
}

TEST_CASE("shares that Botan 2.19.3 wrote recover its secret") {
  const Bytes secret = from_hex("74657374207365637265740078");
  const auto share = [](const char* digits) { return parley::rtss::from_bytes(from_hex(digits)); };
  const Share first = share(
                  "abcd00000000000000000000000000000202002e01324dca278128c00b493435fbb37e00ea66e61966efd9afa173849c30e5"
                  "231820b47a7f0316faf6d768be86c34a"),
              third = share(
                  "abcd00000000000000000000000000000202002e03be1da381d89e91db3f96b7163e05708190fe00389455fcba26c102c522"
                  "dfb18ba546b85c083dbf5a7ea851b7ec");
  CHECK((first.hash == Hash::sha256 && first.threshold == 2 && first.index == 1));
  CHECK(first.identifier[1] == std::byte{0xcd});
  CHECK(combined({third, first}) == secret);
  CHECK(combined({share("70ca689ca8f6d74ce3ef1a0c31f056b40002000e019307c285b96f91eecf58a28274"),
                  share("70ca689ca8f6d74ce3ef1a0c31f056b40002000e0346c3bb7c905762efae22159d6c")}) == secret);
  // As versions before 2.9 wrote it: the length of the secret, 13, instead of that of the share.
  Bytes old = parley::rtss::to_bytes(first);
  REQUIRE(old[19] == std::byte{46});
  old[19] = std::byte{13};
  CHECK(combined({parley::rtss::from_bytes(old), third}) == secret);
}

TEST_CASE("Botan and we, both ways") {
  if (!parley::test::is_installed("botan")) return;
  const parley::test::ScratchDirectory directory;
  TestRandom random(1);
  for (const std::size_t size : {1U, 40U, 3000U}) {
    for (const Hash hash : {Hash::sha256, Hash::none}) {
      const Bytes secret = some_bytes(size);
      directory.write("secret", secret);
      static_cast<void>(
          directory.run("botan tss_split 3 5 secret --id=00ff --share-prefix=share --share-suffix=tss --hash=" +
                        std::string(hash == Hash::none ? "None" : "SHA-256")));
      std::vector<Share> theirs;
      for (const char* name : {"share5.tss", "share1.tss", "share2.tss", "share3.tss"})
        theirs.push_back(parley::rtss::from_bytes(directory.read(name)));
      CHECK(theirs[0].hash == hash);
      CHECK(combined(theirs) == secret);
      theirs.pop_back();
      CHECK(combined(theirs) == secret);
      CHECK(parley::rtss::to_bytes(theirs[1]) == directory.read("share1.tss"));

      const auto ours = parley::rtss::split(secret, {254, 4, hash, {}}, random);
      std::string names;
      for (const std::size_t which : {253U, 0U, 99U, 7U}) {
        const std::string name = "ours" + std::to_string(which);
        directory.write(name, parley::rtss::to_bytes(ours[which]));
        names += " " + name;
      }
      static_cast<void>(directory.run("botan tss_recover" + names + " >found"));
      CHECK(directory.read("found") == secret);
    }
  }
}

TEST_CASE("every set of as many shares as it takes recovers, and every smaller one is refused") {
  TestRandom random(2);
  for (const std::size_t size : {0U, 1U, 100U}) {
    const Bytes secret = some_bytes(size);
    const auto shares = parley::rtss::split(secret, {5, 3}, random);
    CHECK(shares[4].identifier == shares[0].identifier);
    for (unsigned set = 1; set < 32; ++set) {
      std::vector<Share> chosen;
      for (unsigned i = 5; i-- > 0;)
        if ((set >> i & 1) != 0) chosen.push_back(shares[i]);
      if (chosen.size() >= 3)
        REQUIRE(combined(chosen) == secret);
      else
        check_refusal("invalid_argument: 3 shares are needed, " + std::to_string(chosen.size()) + " were given",
                      [&] { return parley::rtss::combine(chosen); });
    }
  }
  const auto one = parley::rtss::split(some_bytes(4), {2, 2}, random),
             two = parley::rtss::split(some_bytes(4), {2, 2}, random);
  CHECK(one[0].identifier != two[0].identifier);
  const parley::rtss::Identifier identifier{std::byte{7}};
  CHECK(parley::rtss::split(some_bytes(4), {2, 2, Hash::sha256, identifier}, random)[1].identifier == identifier);
}

TEST_CASE("every wrong bit of a share is noticed with as many shares as it takes, and named with more") {
  TestRandom random(3);
  const auto shares = parley::rtss::split(some_bytes(5), {4, 2}, random);
  for (std::size_t which = 0; which < 2; ++which)
    for (std::size_t bit = 0; bit < 8 * shares[0].value.size(); ++bit) {
      std::vector<Share> wrong{shares[0], shares[3]};
      wrong[which].value[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
      REQUIRE(parley::test::refusal_of([&] {
                return parley::rtss::combine(wrong);
              }).starts_with("inconsistent_shares: what the shares recover has not the hash"));
      wrong.push_back(shares[1]);
      wrong.push_back(shares[2]);
      REQUIRE(parley::test::refusal_of([&] {
                return parley::rtss::combine(wrong);
              }).ends_with("wrong is share " + std::to_string(which + 1) + " (number " + (which == 0 ? "1)" : "4)")));
    }
  std::vector<Share> renumbered{shares[0], shares[1]};
  renumbered[1].index = 3;
  check_refusal("has not the hash", [&] { return parley::rtss::combine(renumbered); });
}

TEST_CASE("shares of several sets, twice the same and without a number are refused") {
  TestRandom random(4);
  const auto shares = parley::rtss::split(some_bytes(5), {3, 2}, random);
  const auto with_second = [&](auto change) {
    auto set = shares;
    change(set[1]);
    return [set] { return parley::rtss::combine(set); };
  };
  check_refusal("invalid_argument: no shares were given", [] { return parley::rtss::combine({}); });
  const std::string other = "configuration_mismatch: share 2 is of another set than share 1: it has another ";
  check_refusal(other + "identifier", with_second([](Share& share) { share.identifier[15] ^= std::byte{1}; }));
  check_refusal(other + "hash", with_second([](Share& share) { share.hash = Hash::none; }));
  check_refusal(other + "threshold", with_second([](Share& share) { share.threshold = 3; }));
  check_refusal("configuration_mismatch: share 2 (number 2) has 36 bytes, and share 1 (number 1) has 37",
                with_second([](Share& share) { share.value.pop_back(); }));
  check_refusal("invalid_argument: share 2 (number 1) has the number of share 1",
                with_second([](Share& share) { share.index = 1; }));
  check_refusal("invalid_argument: share 2 (number 0) has no number",
                with_second([](Share& share) { share.index = 0; }));
  check_refusal("invalid_argument: share 1 is shorter than the hash in it", [&] {
    Share share = shares[0];
    share.value.resize(31);
    return parley::rtss::combine(std::vector{share, share});
  });
  check_refusal("invalid_argument: share 1 has the threshold 0", [&] {
    Share share = shares[0];
    share.threshold = 0;
    return parley::rtss::combine(std::vector{share});
  });
}

TEST_CASE("splits that cannot be are refused") {
  TestRandom random(5);
  const auto splitting = [&](std::size_t size, SplitOptions options) {
    return [&random, size, options] { return parley::rtss::split(Bytes(size), options, random); };
  };
  for (const SplitOptions options : {SplitOptions{2, 1}, SplitOptions{2, 3}, SplitOptions{256, 2}})
    check_refusal("invalid_argument: a reconstruction threshold", splitting(1, options));
  check_refusal("invalid_argument: a secret of 65502 bytes; RTSS has at most 65501", splitting(65502, {2, 2}));
  check_refusal("a secret of 65534 bytes", splitting(65534, {2, 2, Hash::none, {}}));
  CHECK(parley::rtss::to_bytes(splitting(65533, {2, 2, Hash::none, {}})()[0]).size() == 65554);
}
