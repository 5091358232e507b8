// SPDX-License-Identifier: Apache-2.0
// One share of SLIP-39 as a mnemonic: its fields, ten bits to the word, and their checksum. What shares are made of,
// and how they are put together, is sodium/slip39.hpp.
// [SLIP39] SLIP-0039: Shamir's Secret-Sharing for Mnemonic Codes, 2017, section "Format of the share mnemonic".
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/wipe.hpp"
#include "parley/formats/words.hpp"

namespace parley::slip39 {

/// Of groups, and of members of a group.
inline constexpr std::size_t most_members = 16;

/// Of a master secret and of a share's value, in bytes; both are even. With the longest, purpose and words of the
/// checksum are 1023, up to which it promises what it does.
inline constexpr std::size_t shortest_secret = 16, longest_secret = 1248;

/// A share of a member of a group, with whom it shares the group's share of the encrypted master secret.
struct Share {
  std::uint16_t identifier = 0;         ///< of the set, 15 bits
  bool extendable = true;               ///< the encryption does not depend on the identifier
  std::uint8_t iteration_exponent = 0;  ///< the encryption took 10000 * 2^this iterations; up to 15
  std::uint8_t group = 0;               ///< below 16
  std::uint8_t group_threshold = 1;     ///< how many groups it takes: 1 to group_count
  std::uint8_t group_count = 1;         ///< up to 16
  std::uint8_t member = 0;              ///< in its group, below 16
  std::uint8_t member_threshold = 1;    ///< how many members of this group it takes: 1 to 16
  Bytes value;                          ///< shortest_secret to longest_secret bytes, an even number
};

namespace detail {

using words::Checksum;

inline constexpr std::size_t words_before_value = 4, words_beside_value = words_before_value + Checksum::length;

inline Checksum checksum(bool extendable) { return Checksum(extendable ? "shamir_extendable" : "shamir"); }

inline void require_fields(const Share& share) {
  const auto refuse = [](const std::string& what) { throw Error(ErrorCode::invalid_argument, what); };
  if (share.identifier >= 1U << 15) refuse("an identifier of SLIP-39 has 15 bits");
  if (share.iteration_exponent > 15) refuse("an iteration exponent of SLIP-39 is at most 15");
  for (const std::uint8_t index : {share.group, share.member})
    if (index >= most_members) refuse("groups and members of SLIP-39 are numbered from 0 to 15");
  for (const std::uint8_t count : {share.group_threshold, share.group_count, share.member_threshold})
    if (count < 1 || count > most_members) refuse("thresholds and numbers of groups of SLIP-39 are from 1 to 16");
  if (share.group_threshold > share.group_count) refuse("more groups are needed than there are");
  if (share.value.size() < shortest_secret || share.value.size() > longest_secret || share.value.size() % 2 != 0)
    refuse("a share of SLIP-39 has an even number of bytes from " + std::to_string(shortest_secret) + " to " +
           std::to_string(longest_secret) + ", not " + std::to_string(share.value.size()));
}

}  // namespace detail

/// The words of a share. They are as secret as the share, and the caller's to protect.
/// @throws Error(invalid_argument) for fields beyond their bounds.
[[nodiscard]] inline std::string to_mnemonic(const Share& share) {
  detail::require_fields(share);
  words::BitWriter writer(40 + 8 * share.value.size() + 10);
  writer.put(share.identifier, 15);
  writer.put(share.extendable ? 1 : 0, 1);
  writer.put(share.iteration_exponent, 4);
  for (const unsigned field : {share.group + 0U, share.group_threshold - 1U, share.group_count - 1U, share.member + 0U,
                               share.member_threshold - 1U})
    writer.put(field, 4);
  const std::size_t padding = (10 - 8 * share.value.size() % 10) % 10;
  writer.put(0, static_cast<unsigned>(padding));
  for (const std::byte byte : share.value) writer.put(std::to_integer<std::uint32_t>(byte), 8);
  std::vector<words::Index>& words = writer.words();
  const auto checksum = detail::checksum(share.extendable).of(words);
  words.insert(words.end(), checksum.begin(), checksum.end());
  std::string mnemonic = words::join(words);
  wipe(words);
  return mnemonic;
}

/// The share that a mnemonic stands for; small and capital letters are the same.
///
/// Messages call the mnemonic by `name`, and repeat nothing of it but its words' positions and its public fields.
/// Nothing is corrected: a mnemonic that is not the one that was written down is refused.
/// @throws Error(malformed_message) for a wrong number of words, words that are not in the list, a wrong checksum (up
/// to three wrong words have one for certain), padding that is not zero, and more groups needed than there are.
[[nodiscard]] inline Share from_mnemonic(std::string_view mnemonic, const std::string& name = "the mnemonic") {
  std::vector<words::Index> words = words::split(mnemonic, name);
  const auto refuse = [&](const std::string& what) {
    wipe(words);
    throw Error(ErrorCode::malformed_message, name + " " + what);
  };
  constexpr std::size_t shortest = detail::words_beside_value + (8 * shortest_secret + 9) / 10,
                        longest = detail::words_beside_value + (8 * longest_secret + 9) / 10;
  if (words.size() < shortest || words.size() > longest)
    refuse("has " + std::to_string(words.size()) + " words; there are " + std::to_string(shortest) + " to " +
           std::to_string(longest));
  const std::size_t value_bits = 10 * (words.size() - detail::words_beside_value), padding = value_bits % 16;
  if (padding > 8)
    refuse("has " + std::to_string(words.size()) + " words, as no share of a whole number of 16 bits has");

  words::BitReader reader(words);
  Share share;
  share.identifier = static_cast<std::uint16_t>(reader.take(15));
  share.extendable = reader.take(1) == 1;
  if (!detail::checksum(share.extendable).holds(words))
    refuse("has a wrong checksum: a word is wrong, missing or in another place");
  const auto take = [&reader](unsigned more) { return static_cast<std::uint8_t>(reader.take(4) + more); };
  share.iteration_exponent = take(0);
  share.group = take(0);
  share.group_threshold = take(1);
  share.group_count = take(1);
  share.member = take(0);
  share.member_threshold = take(1);
  if (share.group_threshold > share.group_count)
    refuse("says that " + std::to_string(share.group_threshold) + " groups are needed of " +
           std::to_string(share.group_count));
  if (reader.take(static_cast<unsigned>(padding)) != 0) refuse("has padding that is not zero");
  share.value.resize((value_bits - padding) / 8);
  for (std::byte& byte : share.value) byte = static_cast<std::byte>(reader.take(8));
  wipe(words);
  return share;
}

}  // namespace parley::slip39
