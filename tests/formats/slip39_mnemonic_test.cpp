// SPDX-License-Identifier: Apache-2.0
// A share of SLIP-39 comes back from its words with every field, and a mnemonic that is not what was written down is
// refused with what is wrong with it.
#include "parley/formats/slip39_mnemonic.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include "catch.hpp"
#include "parley/core/random.hpp"
#include "refusal.hpp"
#include "some_bytes.hpp"

namespace {

using parley::slip39::Share;
using parley::test::refusal_of;
using parley::test::some_bytes;
namespace words = parley::words;

bool same(const Share& a, const Share& b) {
  return a.identifier == b.identifier && a.extendable == b.extendable && a.iteration_exponent == b.iteration_exponent &&
         a.group == b.group && a.group_threshold == b.group_threshold && a.group_count == b.group_count &&
         a.member == b.member && a.member_threshold == b.member_threshold && a.value == b.value;
}

// The published vector 1, which spells its fields.
const std::string vector_1 =
    "duckling enlarge academic academic agency result length solution fridge kidney coal piece deal husband erode duke "
    "ajar critical decision keyboard";

// A mnemonic with the right checksum of words that are changed.
template <class Change>
std::string forged(Change change) {
  std::vector<words::Index> indices = words::split(vector_1);
  indices.resize(indices.size() - 3);
  change(indices);
  const auto checksum = parley::slip39::detail::checksum((indices[1] >> 4 & 1) != 0).of(indices);
  indices.insert(indices.end(), checksum.begin(), checksum.end());
  return words::join(indices);
}

std::string refusal(const std::string& mnemonic) {
  return refusal_of([&] { return parley::slip39::from_mnemonic(mnemonic, "it"); });
}

void check_malformed(const std::string& reason, const std::string& mnemonic) {
  parley::test::check_refusal("malformed_message: " + reason,
                              [&] { return parley::slip39::from_mnemonic(mnemonic, "it"); });
}

}  // namespace

TEST_CASE("a published mnemonic has the fields that the standard gives it") {
  const Share share = parley::slip39::from_mnemonic(vector_1);
  CHECK(share.identifier == 7945);
  CHECK(!share.extendable);
  CHECK(share.iteration_exponent == 0);
  CHECK((share.group == 0 && share.group_threshold == 1 && share.group_count == 1));
  CHECK((share.member == 0 && share.member_threshold == 1));
  CHECK(share.value.size() == 16);
  CHECK(parley::slip39::to_mnemonic(share) == vector_1);
}

TEST_CASE("every field comes back, at its bounds and for every length") {
  for (const bool extendable : {false, true}) {
    const Share low{0, extendable, 0, 0, 1, 1, 0, 1, some_bytes(16)};
    const Share high{0x7fff, extendable, 15, 15, 16, 16, 15, 16, some_bytes(1248)};
    const Share mixed{0x1234, extendable, 7, 3, 2, 5, 4, 11, some_bytes(32)};
    for (const Share& share : {low, high, mixed})
      CHECK(same(parley::slip39::from_mnemonic(parley::slip39::to_mnemonic(share)), share));
  }
  for (std::size_t size = 16; size < 66; size += 2) {
    Share share;
    share.value = some_bytes(size);
    CHECK(same(parley::slip39::from_mnemonic(parley::slip39::to_mnemonic(share)), share));
  }
}

TEST_CASE("fields of a mnemonic beyond their bounds are refused before anything is written") {
  const auto refuses = [](auto change) {
    Share share;
    share.value = some_bytes(16);
    change(share);
    return refusal_of([&] { return parley::slip39::to_mnemonic(share); }).starts_with("invalid_argument: ");
  };
  CHECK(!refuses([](Share&) {}));
  CHECK(refuses([](Share& share) { share.identifier = 0x8000; }));
  CHECK(refuses([](Share& share) { share.iteration_exponent = 16; }));
  CHECK(refuses([](Share& share) { share.group = 16; }));
  CHECK(refuses([](Share& share) { share.member = 16; }));
  CHECK(refuses([](Share& share) { share.group_threshold = 0; }));
  CHECK(refuses([](Share& share) { share.group_count = 17; }));
  CHECK(refuses([](Share& share) { share.member_threshold = 17; }));
  CHECK(refuses([](Share& share) { share.group_threshold = 2; }));
  for (const std::size_t size : {0U, 14U, 17U, 1250U})
    CHECK(refuses([&](Share& share) { share.value = some_bytes(size); }));
}

TEST_CASE("a mnemonic that is none is refused with what is wrong with it") {
  check_malformed("it has 0 words", "");
  check_malformed("it has 19 words", vector_1.substr(0, vector_1.rfind(' ')));
  check_malformed("it has 21 words, as no share", vector_1 + " keyboard");
  check_malformed("word 1 of it is not", "wrong" + vector_1.substr(8));
  check_malformed("it has a wrong checksum", vector_1.substr(0, vector_1.rfind(' ')) + " academic");
  check_malformed("it has padding that is not zero", forged([](auto& indices) { indices[4] |= 512; }));
  check_malformed("it has padding that is not zero", forged([](auto& indices) { indices[4] |= 256; }));
  CHECK(refusal(forged([](auto& indices) { indices[4] ^= 128; })).empty());
  check_malformed("it says that 2 groups are needed of 1", forged([](auto& indices) { indices[2] |= 1 << 2; }));
  std::string long_one;
  for (unsigned i = 0; i < 1007; ++i) long_one += "academic ";
  check_malformed("it has 1007 words", long_one);
  // The extendable flag is under the checksum, which differs in purpose as well.
  auto indices = words::split(vector_1);
  indices[1] ^= 16;
  check_malformed("it has a wrong checksum", words::join(indices));
}

TEST_CASE("every single wrong letter of a mnemonic is noticed") {
  std::string mnemonic = vector_1;
  for (char& letter : mnemonic) {
    const char right = letter;
    for (char other = 'a'; other <= 'z'; ++other) {
      letter = other;
      if (other != right) REQUIRE_FALSE(refusal(mnemonic).empty());
    }
    letter = right == ' ' ? 'x' : ' ';
    REQUIRE_FALSE(refusal(mnemonic).empty());
    letter = right;
  }
  CHECK(refusal(mnemonic).empty());
}
