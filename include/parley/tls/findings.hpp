// SPDX-License-Identifier: Apache-2.0
// What parties have found out about their connections, two by two, and how they tell each other, so that each knows all.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"

namespace parley::tls {

/// What became of connecting in one direction.
enum class Finding : std::uint8_t {
  well,               ///< both sides have the right keys and are about to run the same
  not_possible,       ///< whoever would be dialed has no address, which does no harm where the other one has
  nobody_came,        ///< the other party has not dialed this one, or did not get so far: it knows why
  name_not_found,     ///< there is no machine of that name
  refused,            ///< the machine is there, and nobody listens on the port
  no_answer,          ///< of the machine, or of what listens there
  unreachable,        ///< no way leads to the machine, or something else that the operating system says
  wrong_key,          ///< who answers has not the key of the party
  wrong_certificate,  ///< who answers has the key of the party in a certificate that no party has
  own_key_refused,    ///< the party expects another key of this one
  no_parley,          ///< what answers speaks no TLS 1.3, or does not go on as a party does
  other_version,      ///< the party speaks another version of the protocol
  other_parameters,   ///< the party is about to run something else
};

/// In two words at most.
[[nodiscard]] constexpr std::string_view to_string(Finding finding) noexcept {
  constexpr std::array<std::string_view, 13> words = {
      "well",        "no address", "not come",    "no such name", "refused", "no answer", "no way",
      "another key", "expires",    "key refused", "no party",     "version", "parameters"};
  const auto number = static_cast<std::size_t>(finding);
  return number < words.size() ? words[number] : "unknown";
}

/// Whether it is of no use to try again before something is changed at one of the two.
[[nodiscard]] constexpr bool is_disagreement(Finding finding) noexcept {
  return finding == Finding::wrong_key || finding == Finding::wrong_certificate ||
         finding == Finding::own_key_refused || finding == Finding::other_version ||
         finding == Finding::other_parameters;
}

/// What each party has found of each other, as far as it is known: of itself, and of what the others say of themselves or
/// have heard. Nobody checks what others say; it is for people who look for a mistake.
class FindingsTable {
 public:
  /// A party's own findings.
  struct Row {
    std::uint64_t edition = 0;                ///< the highest is the latest; 0 where nothing was heard of this party
    bool is_final = false;                    ///< it looks no further
    std::vector<Finding> dialing, dialed_by;  ///< of each party, itself included, which says nothing
  };

  /// Of more parties no messages are made.
  static constexpr std::size_t most_parties = 64;

  explicit FindingsTable(std::size_t parties) : rows_(parties) {}

  [[nodiscard]] const Row& row(std::size_t party) const { return rows_.at(party); }
  void set(std::size_t party, Row row) { rows_.at(party) = std::move(row); }

  /// Whether these two will find each other: it takes one direction, and no disagreement. Nothing where neither of them
  /// has said anything.
  [[nodiscard]] std::optional<bool> will_meet(std::size_t p, std::size_t q) const {
    bool known = false, well = false, disagree = false;
    for (const auto& [self, other] : {std::array{p, q}, std::array{q, p}}) {
      if (row(self).edition == 0) continue;
      known = true;
      for (const Finding finding : {row(self).dialing[other], row(self).dialed_by[other]}) {
        well = well || finding == Finding::well;
        disagree = disagree || is_disagreement(finding);
      }
    }
    return known ? std::optional(well && !disagree) : std::nullopt;
  }

  /// What is known of p dialing q: what p says, or q where p has said nothing.
  [[nodiscard]] std::optional<Finding> dialing(std::size_t p, std::size_t q) const {
    if (row(p).edition > 0) return row(p).dialing[q];
    if (row(q).edition > 0) return row(q).dialed_by[p];
    return std::nullopt;
  }

  /// All that is known, as a message of at most longest_message() bytes.
  [[nodiscard]] Bytes encode() const {
    const auto known = static_cast<std::size_t>(std::ranges::count_if(rows_, &Row::edition));
    Bytes bytes(known * row_size());
    ByteWriter writer(bytes);
    for (std::size_t p = 0; p < rows_.size(); ++p) {
      if (rows_[p].edition == 0) continue;
      writer.u32(static_cast<std::uint32_t>(p));
      writer.u64(rows_[p].edition);
      writer.u8(rows_[p].is_final ? 1 : 0);
      for (const auto* findings : {&rows_[p].dialing, &rows_[p].dialed_by})
        for (const Finding finding : *findings) writer.u8(static_cast<std::uint8_t>(finding));
    }
    return bytes;
  }
  [[nodiscard]] std::size_t longest_message() const noexcept { return rows_.size() * row_size(); }

  /// Takes over what is newer in a message from party `sender`, but of party `self`, which knows better. Whether there was
  /// something. Error(malformed_message), which blames the sender, for what encode() does not make.
  bool merge(std::span<const std::byte> message, std::size_t sender, std::size_t self) {
    ByteReader reader(message, sender);
    const auto refuse = [&](const char* what) { throw Error(ErrorCode::malformed_message, sender, what); };
    std::vector<std::pair<std::size_t, Row>> taken;
    if (message.size() > longest_message()) refuse("findings of more parties than there are");
    while (reader.remaining() > 0) {
      const std::size_t party = reader.u32();
      Row row;
      row.edition = reader.u64();
      row.is_final = reader.u8() != 0;
      for (auto* findings : {&row.dialing, &row.dialed_by}) {
        for (const std::byte byte : reader.take(rows_.size())) {
          if (byte > static_cast<std::byte>(Finding::other_parameters)) refuse("a finding that does not exist");
          findings->push_back(static_cast<Finding>(byte));
        }
      }
      if (party >= rows_.size()) refuse("findings of a party that does not exist");
      taken.emplace_back(party, std::move(row));
    }
    bool news = false;
    for (auto& [party, row] : taken) {
      if (party == self || row.edition <= rows_[party].edition) continue;
      rows_[party] = std::move(row);
      news = true;
    }
    return news;
  }

 private:
  [[nodiscard]] std::size_t row_size() const noexcept { return 4 + 8 + 1 + 2 * rows_.size(); }

  std::vector<Row> rows_;
};

}  // namespace parley::tls
