// SPDX-License-Identifier: Apache-2.0
// The words of SLIP-39, found whatever the case of their letters, and the checksum that notices up to three wrong ones.
#include "parley/formats/words.hpp"

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "refusal.hpp"

namespace {

using parley::test::check_refusal;
using parley::words::Checksum;
using parley::words::Index;

// As the standard writes it, with its constants. [SLIP39, section "Checksum"]
std::uint32_t published_remainder(const std::string& purpose, const std::vector<Index>& data) {
  constexpr std::array<std::uint32_t, 10> generator{0xe0e040,   0x1c1c080,  0x3838100,  0x7070200,  0xe0e0009,
                                                    0x1c0c2412, 0x38086c24, 0x3090fc48, 0x21b1f890, 0x3f3f120};
  std::vector<std::uint32_t> values(purpose.begin(), purpose.end());
  values.insert(values.end(), data.begin(), data.end());
  std::uint32_t remainder = 1;
  for (const std::uint32_t value : values) {
    const std::uint32_t top = remainder >> 20;
    remainder = (remainder & 0xfffff) << 10 ^ value;
    for (unsigned i = 0; i < 10; ++i)
      if ((top >> i & 1) != 0) remainder ^= generator[i];
  }
  return remainder;
}

std::vector<Index> with_checksum(const std::string& purpose, std::vector<Index> words) {
  const auto checksum = Checksum(purpose).of(words);
  words.insert(words.end(), checksum.begin(), checksum.end());
  return words;
}

}  // namespace

TEST_CASE("the list has 1024 words, each told from the others by its first four letters") {
  std::set<std::string> prefixes;
  for (unsigned i = 0; i < 1024; ++i) {
    const std::string word = parley::words::word(static_cast<Index>(i));
    REQUIRE(word.size() >= 4);
    REQUIRE(word.size() <= 8);
    prefixes.insert(word.substr(0, 4));
    REQUIRE(parley::words::index_of(word) == static_cast<Index>(i));
  }
  CHECK(prefixes.size() == 1024);
  CHECK(parley::words::word(0) == "academic");
  CHECK(parley::words::word(1) == "acid");
  CHECK(parley::words::word(1023) == "zero");
  CHECK(parley::words::index_of("ZeRo") == Index{1023});
}

TEST_CASE("what is no word of the list is none, however near it is") {
  for (const char* wrong :
       {"", "a", "acad", "academics", "academi", "zero ", " zero", "z\x65ro\x01", "{ero", "@cid", "[cid",
        "\xe1"
        "cid",
        "abandon"})
    CHECK(!parley::words::index_of(wrong));
  CHECK(!parley::words::index_of(std::string("acid\0", 5)));
  std::string word = "acid";
  for (unsigned character = 0; character < 256; ++character) {  // one wrong character
    word[2] = static_cast<char>(character);
    CHECK(parley::words::index_of(word).has_value() == (character == 'i' || character == 'I'));
  }
}

TEST_CASE("a text is split at blanks of any number, and a word that is not in the list is named by its place") {
  const std::vector<Index> indices{0, 1023, 5};
  CHECK(parley::words::split(parley::words::join(indices)) == indices);
  CHECK(parley::words::split(" \t academic\nzero\r\n " + parley::words::word(5) + " ") == indices);
  CHECK(parley::words::split(" ").empty());
  CHECK(parley::words::join({}).empty());
  try {
    static_cast<void>(parley::words::split("academic zero nought", "mnemonic 7"));
    FAIL("accepted");
  } catch (const parley::Error& error) {
    CHECK(error.code() == parley::ErrorCode::malformed_message);
    CHECK(error.what() == std::string("word 3 of mnemonic 7 is not in the list of words"));
  }
}

TEST_CASE("the checksum is the published one") {
  parley::TestRandom random(1);
  for (std::size_t length = 0; length < 40; ++length) {
    std::vector<Index> words(length);
    for (Index& word : words) {
      std::array<std::byte, 1> drawn;
      random.fill(drawn);
      word = static_cast<Index>(4 * std::to_integer<unsigned>(drawn[0]) + length % 4);
    }
    for (const std::string purpose : {"", "shamir", "shamir_extendable"}) {
      const std::vector<Index> all = with_checksum(purpose, words);
      CHECK(published_remainder(purpose, all) == 1);
      CHECK(Checksum(purpose).holds(all));
      CHECK(!Checksum(purpose + "x").holds(all));
    }
  }
}

TEST_CASE("every wrong word, every two words exchanged and every lost word is noticed") {
  const std::vector<Index> words = with_checksum("shamir", {1, 2, 3, 1000, 1023, 0, 512, 77, 5, 5});
  for (std::size_t at = 0; at < words.size(); ++at) {
    std::vector<Index> wrong = words;
    for (unsigned other = 0; other < 1024; ++other) {
      wrong[at] = static_cast<Index>(other);
      REQUIRE(Checksum("shamir").holds(wrong) == (other == words[at]));
    }
    std::vector<Index> shorter = words;
    shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(at));
    CHECK(!Checksum("shamir").holds(shorter));
    for (std::size_t other = 0; other < at; ++other) {
      std::vector<Index> exchanged = words;
      std::swap(exchanged[at], exchanged[other]);
      CHECK(Checksum("shamir").holds(exchanged) == (words[at] == words[other]));
    }
  }
}

TEST_CASE("bytes of every length come back as words, whose kind is in their checksum") {
  for (std::size_t size = 0; size <= 1267; size += size < 40 ? 1 : 409) {
    parley::TestRandom random(size);
    parley::Bytes bytes(size);
    random.fill(bytes);
    const std::string text = parley::to_words(bytes, "parley");
    CHECK(parley::words::split(text).size() == (8 * size + 10) / 10 + 3);
    CHECK(parley::from_words(text, "parley") == bytes);
    check_refusal("malformed_message: it has a wrong checksum",
                  [&] { return parley::from_words(text, "PARLEY", "it"); });
  }
  CHECK_NOTHROW(parley::to_words(parley::Bytes(1267), "parley"));
  CHECK_NOTHROW(parley::to_words(parley::Bytes(1274), ""));
  check_refusal("invalid_argument: 1268 bytes are too many",
                [] { return parley::to_words(parley::Bytes(1268), "parley"); });
  check_refusal("are too many", [] { return parley::to_words(parley::Bytes(1275), "parley"); });
}

TEST_CASE("words that are no bytes are refused") {
  const auto text_of = [](const std::vector<Index>& data) { return parley::words::join(with_checksum("it", data)); };
  const auto check = [](const std::string& reason, const std::string& text) {
    check_refusal("malformed_message: share 1 " + reason, [&] { return parley::from_words(text, "it", "share 1"); });
  };
  CHECK(parley::from_words(text_of({512}), "it").empty());
  CHECK(parley::from_words(text_of({2}), "it").size() == 1);
  for (const unsigned last : {0U, 1U, 4U, 256U, 1023U}) check("has no padding", text_of({static_cast<Index>(last)}));
  check("has 3 words", text_of({}));
  check("has 1022 words", text_of(std::vector<Index>(1019, 2)));
  check_refusal("malformed_message: word 2 of share 1 is not",
                [] { return parley::from_words("zero x", "it", "share 1"); });
}
