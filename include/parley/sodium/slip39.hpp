// SPDX-License-Identifier: Apache-2.0
// SLIP-39: a master secret, encrypted under a passphrase, shared in two levels as mnemonics. Some number of groups
// recovers it, and of each group some number of its members.
// [SLIP39] SLIP-0039: Shamir's Secret-Sharing for Mnemonic Codes, 2017.  [LR88] Luby, Rackoff: How to construct
// pseudorandom permutations from pseudorandom functions, SIAM J. Comput. 17, 1988.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/constant_time.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/core/secret.hpp"
#include "parley/core/wipe.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "parley/formats/slip39_mnemonic.hpp"
#include "parley/poly/lagrange.hpp"
#include "parley/sodium/sha256.hpp"

namespace parley::slip39 {

/// A group of `members` people, any `member_threshold` of whom recover the group's share.
struct Group {
  std::size_t member_threshold = 0;
  std::size_t members = 0;
};

/// Who is to recover the secret: any `group_threshold` of the groups.
struct Policy {
  std::size_t group_threshold = 1;
  std::vector<Group> groups;
};

/// How much the encryption costs whoever guesses passphrases, and what it depends on.
struct EncryptionParameters {
  /// 10000 * 2^this iterations of PBKDF2; from 0 to 15.
  unsigned iteration_exponent = 1;
  /// Whether the same encrypted secret may be shared anew later, under other identifiers. Of sets that are not
  /// extendable, as those of before 2023 are, only one with this identifier is to be made.
  bool extendable = true;
};

/// A master secret under its passphrase, as it is shared. Whoever has it has the master secret where there is no
/// passphrase, and can try out passphrases otherwise.
struct EncryptedMasterSecret {
  std::uint16_t identifier = 0;  ///< 15 random bits
  EncryptionParameters parameters;
  Secret<Bytes> ciphertext;  ///< as long as the master secret
};

namespace detail {

using Row = std::vector<GF256>;

inline constexpr std::uint64_t digest_point = 254, secret_point = 255;
inline constexpr std::size_t digest_size = 4;

/// A row that is overwritten in the end.
inline Secret<Row> row_of(std::span<const std::byte> bytes) {
  Secret<Row> row(Row(bytes.size()));
  static_cast<void>(vector::decode<GF256>(row.expose(), bytes));  // every byte is an element
  return row;
}
inline Bytes bytes_of(std::span<const GF256> row) {
  Bytes bytes(row.size());
  vector::encode<GF256>(bytes, row);
  return bytes;
}

/// The first bytes of the HMAC of the secret under what follows them in the digest's row. [SLIP39, note 4]
inline std::array<std::byte, digest_size> digest_of(std::span<const std::byte> secret,
                                                    std::span<const std::byte> random_part) {
  sodium::Sha256Digest code = sodium::HmacSha256(random_part)({secret});
  std::array<std::byte, digest_size> digest;
  std::copy_n(code.begin(), digest_size, digest.begin());
  wipe(code);
  return digest;
}

/// The row at `at` of the polynomials through rows at points. Rows are secret, points are not.
inline Secret<Row> interpolate(const std::vector<GF256>& points, const std::vector<Secret<Row>>& rows,
                               std::uint64_t at) {
  std::vector<std::span<const GF256>> spans;
  for (const Secret<Row>& row : rows) spans.emplace_back(row.expose());
  Secret<Row> result(Row(spans.front().size()));
  vector::linear_combination<GF256>(result.expose(), LagrangeInterpolator<GF256>(points).coefficients(GF256::embed(at)),
                                    spans);
  return result;
}

/// Shares for the points 0, ..., count - 1. [SLIP39, "SplitSecret"]
template <RandomSource Random>
std::vector<Secret<Row>> split_secret(std::size_t threshold, std::size_t count, const Secret<Row>& secret,
                                      Random& random) {
  std::vector<Secret<Row>> shares;
  if (threshold == 1) {
    for (std::size_t i = 0; i < count; ++i) shares.emplace_back(Row(secret.expose()));
    return shares;
  }
  const std::size_t size = secret.expose().size();
  std::vector<GF256> points;
  std::vector<Secret<Row>> rows;
  const auto add = [&](std::uint64_t point, Secret<Row> row) {
    points.push_back(GF256::embed(point));
    rows.push_back(std::move(row));
  };
  for (std::size_t i = 0; i + 2 < threshold; ++i) {
    Secret<Row> drawn{Row(size)};
    fill_uniform(random, std::span<GF256>(drawn.expose()));
    add(i, std::move(drawn));
  }
  Secret<Bytes> digest(Bytes(size, std::byte{})), plain(bytes_of(secret.expose()));
  const auto random_part = std::span(digest.expose()).subspan(digest_size);
  random.fill(random_part);
  std::ranges::copy(digest_of(plain.expose(), random_part), digest.expose().begin());
  add(digest_point, row_of(digest.expose()));
  add(secret_point, Secret<Row>(Row(secret.expose())));
  for (std::size_t i = 0; i < count; ++i)
    shares.push_back(i + 2 < threshold ? Secret<Row>(Row(rows[i].expose())) : interpolate(points, rows, i));
  return shares;
}

/// The secret of exactly as many shares as its threshold says. Error(inconsistent_shares), whose message begins with
/// `whose`, where its digest is not its own. [SLIP39, "RecoverSecret"]
inline Secret<Row> recover_secret(const std::vector<GF256>& points, const std::vector<Secret<Row>>& rows,
                                  const std::string& whose) {
  if (rows.size() == 1) return Secret<Row>(Row(rows.front().expose()));
  Secret<Row> secret = interpolate(points, rows, secret_point);
  const Secret<Row> digest_row = interpolate(points, rows, digest_point);
  const Secret<Bytes> digest(bytes_of(digest_row.expose())), plain(bytes_of(secret.expose()));
  const auto found = std::span(digest.expose());
  if (!constant_time::equal(digest_of(plain.expose(), found.subspan(digest_size)), found.first(digest_size))
           .declassify())
    throw Error(ErrorCode::inconsistent_shares,
                whose + " do not fit each other: one of them is not what was dealt, though its checksum is right");
  return secret;
}

/// Four rounds of a Feistel network, whose round function is PBKDF2. [LR88; SLIP39, "Encryption of the master secret"]
template <bool forwards>
Secret<Bytes> feistel(std::span<const std::byte> in, std::uint16_t identifier, EncryptionParameters parameters,
                      std::string_view passphrase) {
  if (!std::ranges::all_of(passphrase, [](char c) { return c >= 32 && c <= 126; }))
    throw Error(ErrorCode::invalid_argument, "a passphrase of SLIP-39 has printable characters of ASCII only");
  const std::size_t half = in.size() / 2;
  Secret<Bytes> left(Bytes(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(half))),
      right(Bytes(in.begin() + static_cast<std::ptrdiff_t>(half), in.end()));
  Secret<Bytes> password(Bytes(1 + passphrase.size())), key(Bytes(half, std::byte{}));
  std::ranges::copy(std::as_bytes(std::span(passphrase)), password.expose().begin() + 1);
  Bytes prefix;
  if (!parameters.extendable) {
    const auto purpose = std::as_bytes(std::span(std::string_view("shamir")));
    prefix.assign(purpose.begin(), purpose.end());
    prefix.push_back(static_cast<std::byte>(identifier >> 8));
    prefix.push_back(static_cast<std::byte>(identifier & 0xff));
  }
  for (unsigned round = 0; round < 4; ++round) {
    password.expose().front() = static_cast<std::byte>(forwards ? round : 3 - round);
    Secret<Bytes> salt(Bytes(prefix.size() + half));
    std::ranges::copy(right.expose(), std::ranges::copy(prefix, salt.expose().begin()).out);
    sodium::pbkdf2_hmac_sha256(key.expose(), password.expose(), salt.expose(),
                               std::uint64_t{2500} << parameters.iteration_exponent);
    for (std::size_t i = 0; i < half; ++i) left.expose()[i] ^= key.expose()[i];
    std::swap(left, right);
  }
  Secret<Bytes> out(Bytes(in.size()));
  std::ranges::copy(left.expose(), std::ranges::copy(right.expose(), out.expose().begin()).out);
  return out;
}

inline void require_policy(const Policy& policy) {
  const auto refuse = [](const std::string& what) { throw Error(ErrorCode::invalid_argument, what); };
  const std::string limit = std::to_string(most_members);
  if (policy.groups.empty() || policy.groups.size() > most_members)
    refuse(std::to_string(policy.groups.size()) + " groups were asked for; SLIP-39 has 1 to " + limit);
  if (policy.group_threshold < 1 || policy.group_threshold > policy.groups.size())
    refuse("a group threshold of " + std::to_string(policy.group_threshold) + " for " +
           std::to_string(policy.groups.size()) + " groups");
  for (std::size_t i = 0; i < policy.groups.size(); ++i) {
    const auto [threshold, members] = policy.groups[i];
    const std::string group = "group " + std::to_string(i + 1);
    if (members < 1 || members > most_members)
      refuse(group + " has " + std::to_string(members) + " members; SLIP-39 has 1 to " + limit);
    if (threshold < 1 || threshold > members)
      refuse("a member threshold of " + std::to_string(threshold) + " for the " + std::to_string(members) +
             " members of " + group);
    if (threshold == 1 && members > 1)
      refuse("any one of several members would recover the share of " + group +
             ", so it is one share: let there be one member, and give copies of the mnemonic");
  }
}

}  // namespace detail

/// The master secret under a passphrase, which is empty where there is to be none. A fresh identifier is drawn.
///
/// Nothing tells a right passphrase from a wrong one: each recovers some secret.
/// @throws Error(invalid_argument) unless the secret has an even number of bytes from 16 to 1248, the passphrase only
/// printable ASCII, and the exponent at most 15.
template <RandomSource Random>
[[nodiscard]] EncryptedMasterSecret encrypt(std::span<const std::byte> master_secret, std::string_view passphrase,
                                            EncryptionParameters parameters, Random& random) {
  if (master_secret.size() < shortest_secret || master_secret.size() > longest_secret || master_secret.size() % 2 != 0)
    throw Error(ErrorCode::invalid_argument,
                "a master secret of SLIP-39 has an even number of bytes from " + std::to_string(shortest_secret) +
                    " to " + std::to_string(longest_secret) + ", not " + std::to_string(master_secret.size()));
  if (parameters.iteration_exponent > 15)
    throw Error(ErrorCode::invalid_argument, "an iteration exponent of SLIP-39 is at most 15");
  std::array<std::byte, 2> drawn;
  random.fill(drawn);
  const auto identifier = static_cast<std::uint16_t>(load_little_endian<std::uint16_t>(drawn) & 0x7fff);
  return {identifier, parameters, detail::feistel<true>(master_secret, identifier, parameters, passphrase)};
}

/// The master secret that was encrypted under this passphrase; with another one, another secret, and no word of it.
/// Takes 10000 * 2^iteration_exponent iterations for each 64 bytes of it: some 5 ms times 2^iteration_exponent.
[[nodiscard]] inline Secret<Bytes> decrypt(const EncryptedMasterSecret& encrypted, std::string_view passphrase) {
  return detail::feistel<false>(encrypted.ciphertext.expose(), encrypted.identifier, encrypted.parameters, passphrase);
}

/// mnemonics[group][member] of an encrypted master secret.
///
/// Security: fewer groups than it takes, or of a group fewer members than it takes, learn of its share no more than
/// lets them recognise a guess by 32 bits: shares lie on polynomials with the secret's digest at 254, and all their
/// other coefficients are uniform.
/// @throws Error(invalid_argument) for a policy that cannot be, or has several members any of whom is enough.
template <RandomSource Random>
[[nodiscard]] std::vector<std::vector<std::string>> split(const EncryptedMasterSecret& encrypted, const Policy& policy,
                                                          Random& random) {
  detail::require_policy(policy);
  std::vector<std::vector<std::string>> mnemonics;
  const auto secret = detail::row_of(encrypted.ciphertext.expose());
  const auto group_shares = detail::split_secret(policy.group_threshold, policy.groups.size(), secret, random);
  for (std::size_t group = 0; group < group_shares.size(); ++group) {
    const auto [threshold, members] = policy.groups[group];
    const auto shares = detail::split_secret(threshold, members, group_shares[group], random);
    std::vector<std::string>& of_group = mnemonics.emplace_back();
    for (std::size_t member = 0; member < members; ++member) {
      Share share{encrypted.identifier,
                  encrypted.parameters.extendable,
                  static_cast<std::uint8_t>(encrypted.parameters.iteration_exponent),
                  static_cast<std::uint8_t>(group),
                  static_cast<std::uint8_t>(policy.group_threshold),
                  static_cast<std::uint8_t>(policy.groups.size()),
                  static_cast<std::uint8_t>(member),
                  static_cast<std::uint8_t>(threshold),
                  detail::bytes_of(shares[member].expose())};
      of_group.push_back(to_mnemonic(share));
      wipe(share.value);
    }
  }
  return mnemonics;
}

/// What the mnemonics of some of the members recover, in any order: of exactly as many groups as it takes, exactly as
/// many members as each takes [SLIP39, "Combining the shares"]. Messages count mnemonics, groups and members from 1.
/// @throws Error(malformed_message) for a mnemonic that is none, as from_mnemonic() does; Error(configuration_mismatch)
/// where one is not of the set of the first one; Error(invalid_argument) for a member who appears twice, and for too
/// few or too many groups or members; Error(inconsistent_shares) where digests say that a share was forged.
[[nodiscard]] inline EncryptedMasterSecret combine(std::span<const std::string> mnemonics) {
  if (mnemonics.empty()) throw Error(ErrorCode::invalid_argument, "no mnemonics were given");
  const auto name = [](std::size_t which) { return "mnemonic " + std::to_string(which + 1); };
  struct WipedShare : Share {
    explicit WipedShare(Share share) : Share(std::move(share)) {}
    WipedShare(WipedShare&&) noexcept = default;
    ~WipedShare() { wipe(value); }
  };
  std::vector<WipedShare> shares;
  shares.reserve(mnemonics.size());
  std::map<unsigned, std::vector<std::size_t>> groups;  // which mnemonics are of a group
  for (std::size_t i = 0; i < mnemonics.size(); ++i) {
    const Share& share = shares.emplace_back(from_mnemonic(mnemonics[i], name(i)));
    const Share& first = shares.front();
    const auto require_same = [&](auto Share::*field, const std::string& what) {
      if (share.*field != first.*field)
        throw Error(ErrorCode::configuration_mismatch,
                    name(i) + " is of another set than " + name(0) + ": it has another " + what);
    };
    require_same(&Share::identifier, "identifier");
    require_same(&Share::extendable, "extendable flag");
    require_same(&Share::iteration_exponent, "iteration exponent");
    require_same(&Share::group_threshold, "group threshold");
    require_same(&Share::group_count, "number of groups");
    if (share.value.size() != first.value.size())
      throw Error(ErrorCode::configuration_mismatch,
                  name(i) + " is of another set than " + name(0) + ": it is of another length");
    std::vector<std::size_t>& same_group = groups[share.group];
    for (const std::size_t other : same_group) {
      if (share.member_threshold != shares[other].member_threshold)
        throw Error(ErrorCode::configuration_mismatch,
                    name(i) + " is of the same group as " + name(other) + ", and has another member threshold");
      if (share.member == shares[other].member)
        throw Error(ErrorCode::invalid_argument, name(i) + " is of the same member as " + name(other));
    }
    same_group.push_back(i);
  }

  const Share& first = shares.front();
  if (groups.size() != first.group_threshold)
    throw Error(ErrorCode::invalid_argument, "mnemonics of exactly " + std::to_string(first.group_threshold) +
                                                 " groups are needed; there are some of " +
                                                 std::to_string(groups.size()));
  for (const auto& [group, which] : groups) {
    const std::size_t needed = shares[which.front()].member_threshold;
    if (which.size() != needed)
      throw Error(ErrorCode::invalid_argument, "exactly " + std::to_string(needed) + " mnemonics of group " +
                                                   std::to_string(group + 1) + " are needed, such as " +
                                                   name(which.front()) + "; there are " + std::to_string(which.size()));
  }
  std::vector<GF256> group_points;
  std::vector<Secret<detail::Row>> group_rows;
  for (const auto& [group, which] : groups) {
    std::vector<GF256> points;
    std::vector<Secret<detail::Row>> rows;
    for (const std::size_t i : which) {
      points.push_back(GF256::embed(shares[i].member));
      rows.push_back(detail::row_of(shares[i].value));
    }
    group_points.push_back(GF256::embed(group));
    group_rows.push_back(detail::recover_secret(points, rows, "the mnemonics of group " + std::to_string(group + 1)));
  }
  const auto secret = detail::recover_secret(group_points, group_rows, "the shares of the groups");
  return {
      first.identifier, {first.iteration_exponent, first.extendable}, Secret<Bytes>(detail::bytes_of(secret.expose()))};
}

}  // namespace parley::slip39
