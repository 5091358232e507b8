// SPDX-License-Identifier: Apache-2.0
// SLIP-39 recovers the published secrets and refuses the published mistakes; what it shares it recovers from every set
// of groups and members that suffices, and from no other.
#include "parley/sodium/slip39.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "core/hex.hpp"
#include "formats/vectors.hpp"
#include "parley/core/random.hpp"
#include "refusal.hpp"

namespace {

using parley::Bytes;
using parley::Secret;
using parley::TestRandom;
using parley::slip39::EncryptedMasterSecret;
using parley::slip39::Policy;
using parley::slip39::Share;
using parley::test::check_refusal;
using parley::test::to_hex;

// Encrypted already, so that nothing here waits for the derivation of keys.
EncryptedMasterSecret encrypted(std::size_t size, unsigned seed = 1) {
  TestRandom random(seed);
  Bytes ciphertext(size);
  random.fill(ciphertext);
  return {static_cast<std::uint16_t>(seed), {3, true}, Secret<Bytes>(ciphertext)};
}

std::vector<std::string> chosen(const std::vector<std::vector<std::string>>& mnemonics,
                                const std::vector<std::pair<std::size_t, std::size_t>>& who) {
  std::vector<std::string> texts;
  for (const auto& [group, member] : who) texts.push_back(mnemonics[group][member]);
  return texts;
}

std::string recovered(const std::vector<std::string>& mnemonics) {
  const EncryptedMasterSecret found = parley::slip39::combine(mnemonics);
  return to_hex(found.ciphertext.expose());
}

std::string decrypted(const EncryptedMasterSecret& encrypted, const std::string& passphrase) {
  const Secret<Bytes> secret = parley::slip39::decrypt(encrypted, passphrase);
  return to_hex(secret.expose());
}

std::string changed(const std::string& mnemonic, const std::function<void(Share&)>& change) {
  Share share = parley::slip39::from_mnemonic(mnemonic);
  change(share);
  return parley::slip39::to_mnemonic(share);
}

const Policy three_groups{2, {{1, 1}, {2, 3}, {2, 2}}};

}  // namespace

TEST_CASE("the published sets of mnemonics recover their secrets, and wrong sets are refused") {
  const auto vectors = parley::test::published_vectors("slip39/vectors.json");
  if (!vectors) return;
  std::size_t accepted = 0, refused = 0;
  for (const auto& vector : *vectors) {
    const auto mnemonics = vector[1].get<std::vector<std::string>>();
    const auto secret = vector[2].get<std::string>();
    INFO(vector[0].get<std::string>());
    std::string found;
    const std::string refusal =
        parley::test::refusal_of([&] { return found = decrypted(parley::slip39::combine(mnemonics), "TREZOR"); });
    INFO(refusal);
    CHECK(refusal.empty() == !secret.empty());
    CHECK(found == secret);
    ++(secret.empty() ? refused : accepted);
  }
  CHECK((accepted > 0 && refused > 0));
}

TEST_CASE("the secret comes back with its passphrase, and another one comes with another passphrase") {
  for (const bool extendable : {false, true}) {
    TestRandom random(7);
    Bytes secret(18);
    random.fill(secret);
    const auto sealed = parley::slip39::encrypt(secret, "a passphrase ~", {0, extendable}, random);
    CHECK(sealed.parameters.extendable == extendable);
    CHECK(sealed.identifier < 0x8000);
    const auto mnemonics = parley::slip39::split(sealed, {1, {{2, 3}}}, random);
    const auto found = parley::slip39::combine(std::vector{mnemonics[0][2], mnemonics[0][0]});
    CHECK(found.identifier == sealed.identifier);
    CHECK(found.parameters.extendable == extendable);
    CHECK(decrypted(found, "a passphrase ~") == to_hex(secret));
    CHECK(decrypted(found, "a passphrase") != to_hex(secret));
    // Whether the identifier is in the salt is what "extendable" says.
    EncryptedMasterSecret renamed{static_cast<std::uint16_t>(sealed.identifier ^ 1), sealed.parameters,
                                  Secret<Bytes>(Bytes(sealed.ciphertext.expose()))};
    CHECK((decrypted(renamed, "a passphrase ~") == to_hex(secret)) == extendable);
  }
}

TEST_CASE("every set of members that suffices recovers, and every other one is refused") {
  TestRandom random(3);
  const EncryptedMasterSecret secret = encrypted(20);
  const auto mnemonics = parley::slip39::split(secret, three_groups, random);
  std::vector<std::pair<std::size_t, std::size_t>> everyone;
  for (std::size_t group = 0; group < 3; ++group)
    for (std::size_t member = 0; member < three_groups.groups[group].members; ++member)
      everyone.emplace_back(group, member);
  const std::string expected = to_hex(secret.ciphertext.expose());
  std::size_t sufficient = 0;
  for (unsigned set = 1; set < 1U << everyone.size(); ++set) {
    std::vector<std::pair<std::size_t, std::size_t>> who;
    std::map<std::size_t, std::size_t> counts;
    for (std::size_t i = everyone.size(); i-- > 0;)
      if ((set >> i & 1) != 0) {
        who.push_back(everyone[i]);
        ++counts[everyone[i].first];
      }
    const bool suffices = counts.size() == 2 && std::ranges::all_of(counts, [](const auto& entry) {
                            return entry.second == three_groups.groups[entry.first].member_threshold;
                          });
    const auto texts = chosen(mnemonics, who);
    if (suffices) {
      ++sufficient;
      REQUIRE(recovered(texts) == expected);
    } else {
      REQUIRE(
          parley::test::refusal_of([&] { return parley::slip39::combine(texts); }).starts_with("invalid_argument: "));
    }
  }
  CHECK(sufficient == 1 * 3 + 1 * 1 + 3 * 1);
}

TEST_CASE("all thresholds, up to sixteen members of sixteen groups") {
  TestRandom random(4);
  const EncryptedMasterSecret secret = encrypted(16);
  for (std::size_t threshold = 1; threshold <= 16; threshold += threshold < 4 ? 1 : 4) {
    const std::size_t members = threshold == 1 ? 1 : 16;
    auto mnemonics = parley::slip39::split(secret, {1, {{threshold, members}}}, random)[0];
    std::ranges::reverse(mnemonics);
    mnemonics.resize(threshold);
    CHECK(recovered(mnemonics) == to_hex(secret.ciphertext.expose()));

    const auto groups =
        parley::slip39::split(secret, {threshold, std::vector<parley::slip39::Group>(16, {1, 1})}, random);
    std::vector<std::string> of_groups;
    for (std::size_t i = 0; i < threshold; ++i) of_groups.push_back(groups[15 - i][0]);
    CHECK(recovered(of_groups) == to_hex(secret.ciphertext.expose()));
  }
  const EncryptedMasterSecret longest = encrypted(parley::slip39::longest_secret);
  const auto mnemonics = parley::slip39::split(longest, {1, {{2, 2}}}, random);
  CHECK(recovered(mnemonics[0]) == to_hex(longest.ciphertext.expose()));
}

TEST_CASE("shares are fresh each time: no two sharings have a value in common, and those of one point are uniform") {
  TestRandom random(5);
  const EncryptedMasterSecret secret = encrypted(16);
  std::array<std::size_t, 256> counts{};
  for (unsigned i = 0; i < 100; ++i) {
    const auto mnemonics = parley::slip39::split(secret, {1, {{3, 3}}}, random);
    for (const std::string& text : mnemonics[0])
      for (const std::byte byte : parley::slip39::from_mnemonic(text).value)
        ++counts[std::to_integer<std::size_t>(byte)];
  }
  // 4800 bytes; chi-squared with 255 degrees of freedom is beyond 360 once in 70 000 times.
  double deviation = 0;
  for (const std::size_t count : counts) {
    const double difference = static_cast<double>(count) - 4800.0 / 256;
    deviation += difference * difference / (4800.0 / 256);
  }
  CHECK(deviation < 360);
  CHECK(deviation > 165);
}

TEST_CASE("mnemonics of several sets, members who appear twice and forged shares are named") {
  TestRandom random(6);
  const EncryptedMasterSecret secret = encrypted(16);
  const auto mnemonics = parley::slip39::split(secret, three_groups, random);
  const std::vector<std::string> right = chosen(mnemonics, {{0, 0}, {1, 0}, {1, 2}});
  const auto combining = [](std::vector<std::string> texts) {
    return [texts] { return parley::slip39::combine(texts); };
  };
  const auto with_second = [&](const std::function<void(Share&)>& change) {
    auto texts = right;
    texts[1] = changed(texts[1], change);
    return combining(texts);
  };
  REQUIRE_NOTHROW(combining(right)());
  check_refusal("invalid_argument: no mnemonics were given", combining({}));
  check_refusal("configuration_mismatch: mnemonic 2 is of another set than mnemonic 1: it has another identifier",
                with_second([](Share& share) { share.identifier ^= 1; }));
  check_refusal("another extendable flag", with_second([](Share& share) { share.extendable = false; }));
  check_refusal("another iteration exponent", with_second([](Share& share) { ++share.iteration_exponent; }));
  check_refusal("another group threshold", with_second([](Share& share) { ++share.group_threshold; }));
  check_refusal("another number of groups", with_second([](Share& share) { ++share.group_count; }));
  check_refusal("it is of another length", with_second([](Share& share) { share.value.resize(18); }));
  check_refusal(
      "configuration_mismatch: mnemonic 3 is of the same group as mnemonic 2, and has another member threshold",
      with_second([](Share& share) { ++share.member_threshold; }));
  check_refusal("invalid_argument: mnemonic 3 is of the same member as mnemonic 2",
                with_second([](Share& share) { share.member = 2; }));
  check_refusal("invalid_argument: mnemonics of exactly 2 groups are needed; there are some of 3",
                combining(chosen(mnemonics, {{0, 0}, {1, 0}, {2, 0}})));
  check_refusal("exactly 2 mnemonics of group 2 are needed, such as mnemonic 2; there are 1",
                combining(chosen(mnemonics, {{0, 0}, {1, 0}})));
  check_refusal("exactly 2 mnemonics of group 2 are needed, such as mnemonic 1; there are 3",
                combining(chosen(mnemonics, {{1, 0}, {1, 1}, {0, 0}, {1, 2}})));
  check_refusal("malformed_message: mnemonic 2 has 2 words", combining({right[0], "academic zero"}));

  for (std::size_t byte = 0; byte < 16; ++byte)
    for (const unsigned bit : {1U, 128U})
      check_refusal("inconsistent_shares: the mnemonics of group 2 do not fit each other",
                    with_second([&](Share& share) { share.value[byte] ^= static_cast<std::byte>(bit); }));
  check_refusal("inconsistent_shares: the mnemonics of group 2", with_second([](Share& share) { share.member = 1; }));
  auto forged = right;  // the only mnemonic of its group, which its own digest does not cover
  forged[0] = changed(forged[0], [](Share& share) { share.value[3] ^= std::byte{4}; });
  check_refusal("inconsistent_shares: the shares of the groups do not fit each other", combining(forged));
}

TEST_CASE("policies, secrets and passphrases that cannot be are refused") {
  TestRandom random(8);
  const EncryptedMasterSecret secret = encrypted(16);
  const auto splitting = [&](Policy policy) {
    return [&, policy] { return parley::slip39::split(secret, policy, random); };
  };
  check_refusal("invalid_argument: 0 groups were asked for", splitting({1, {}}));
  check_refusal("17 groups were asked for", splitting({1, std::vector<parley::slip39::Group>(17, {1, 1})}));
  check_refusal("a group threshold of 0 for 1 groups", splitting({0, {{1, 1}}}));
  check_refusal("a group threshold of 2 for 1 groups", splitting({2, {{1, 1}}}));
  check_refusal("a member threshold of 0 for the 1 members of group 1", splitting({1, {{0, 1}}}));
  check_refusal("a member threshold of 4 for the 3 members of group 2", splitting({1, {{1, 1}, {4, 3}}}));
  check_refusal("group 1 has 17 members", splitting({1, {{2, 17}}}));
  check_refusal("group 1 has 0 members", splitting({1, {{0, 0}}}));
  check_refusal("any one of several members", splitting({1, {{1, 2}}}));

  const auto encrypting = [&](std::size_t size, const std::string& passphrase, unsigned exponent) {
    return [&random, secret_bytes = Bytes(size), passphrase, exponent] {
      return parley::slip39::encrypt(secret_bytes, passphrase, {exponent, true}, random);
    };
  };
  for (const std::size_t size : {0U, 14U, 17U, 1250U})
    check_refusal("invalid_argument: a master secret of SLIP-39 has an even number of bytes", encrypting(size, "", 0));
  check_refusal("an iteration exponent of SLIP-39 is at most 15", encrypting(16, "", 16));
  for (const char* passphrase : {"\n", "\x7f", "\xc3\xa9"})
    check_refusal("printable characters of ASCII only", encrypting(16, passphrase, 0));
}
