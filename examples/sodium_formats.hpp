// SPDX-License-Identifier: Apache-2.0
// The formats of shares for which it takes libsodium: RTSS and SLIP-39.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/core/wipe.hpp"
#include "parley/sodium/rtss.hpp"
#include "parley/sodium/slip39.hpp"
#include "share_format.hpp"

namespace examples::detail {

inline void split_rtss_bytes(std::span<const std::byte> secret, parley::ShamirParameters parameters,
                             const std::vector<parley::ByteSink>& sinks, parley::SystemRandom& random) {
  auto shares = parley::rtss::split(
      secret, {.shares = parameters.parties, .reconstruction_threshold = needed_of(parameters)}, random);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    sinks[i](parley::rtss::to_bytes(shares[i]));
    parley::wipe(shares[i].value);
  }
}

inline void split_rtss(InputFile& secret, const Splitting& splitting, parley::SystemRandom& random) {
  const auto content = secret.read_all(65501, "RTSS has no longer secrets");
  split_rtss_bytes(content.expose(), splitting.parameters, splitting.shares, random);
}

/// Shares that are wiped at their end.
struct RtssShares {
  std::vector<parley::rtss::Share> all;

  explicit RtssShares(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      const auto content = text_of(path);
      all.push_back(parley::rtss::from_bytes(content.expose(), path));
    }
  }
  RtssShares(const RtssShares&) = delete;
  RtssShares& operator=(const RtssShares&) = delete;
  ~RtssShares() {
    for (auto& share : all) parley::wipe(share.value);
  }
};

inline Restored combine_rtss(const Combination& combination) {
  const RtssShares shares(combination.shares);
  const auto secret = parley::rtss::combine(shares.all);
  if (combination.secret) combination.secret(secret.expose());
  return {};
}

inline Restored renew_rtss(const Renewal& renewal, parley::SystemRandom& random) {
  const RtssShares shares(renewal.shares);
  for (const auto& share : shares.all)
    if (share.hash == parley::rtss::Hash::none)
      throw std::runtime_error(
          "these shares carry no hash: a wrong one would be made into new shares of another secret unnoticed. Combine "
          "and split them instead");
  const auto secret = parley::rtss::combine(shares.all);
  const Destination destination = renewal.destination(shares.all.front().threshold, 0);
  split_rtss_bytes(secret.expose(), destination.parameters, destination.shares, random);
  return {};
}

inline void split_slip39_encrypted(const parley::slip39::EncryptedMasterSecret& encrypted,
                                   parley::ShamirParameters parameters, const std::vector<parley::ByteSink>& sinks,
                                   parley::SystemRandom& random) {
  auto mnemonics = parley::slip39::split(encrypted, {1, {{needed_of(parameters), parameters.parties}}}, random);
  for (std::size_t i = 0; i < sinks.size(); ++i) write_line(sinks[i], std::move(mnemonics[0][i]));
}

inline void split_slip39(InputFile& secret, const Splitting& splitting, parley::SystemRandom& random) {
  const auto content = secret.read_all(1248, "SLIP-39 has no longer secrets");
  const auto encrypted = parley::slip39::encrypt(content.expose(), splitting.passphrase, {}, random);
  split_slip39_encrypted(encrypted, splitting.parameters, splitting.shares, random);
}

/// Lines that are wiped at their end.
struct Mnemonics {
  std::vector<std::string> all;

  Mnemonics() = default;
  explicit Mnemonics(const std::vector<std::string>& paths) {
    for_each_line(paths, [&](std::string_view line, const std::string&) { all.emplace_back(line); });
  }
  Mnemonics(const Mnemonics&) = delete;
  Mnemonics& operator=(const Mnemonics&) = delete;
  ~Mnemonics() {
    for (std::string& mnemonic : all) parley::wipe(std::span<char>(mnemonic));
  }
};

/// What mnemonics recover, and the positions of those that are wrong.
struct CombinedMnemonics {
  parley::slip39::EncryptedMasterSecret encrypted;
  std::vector<std::size_t> wrong;
};

/// SLIP-39 takes exactly as many as are needed: of the mnemonics of one group, where there are more, some that fit each
/// other are taken, and each other one has to fit them.
inline CombinedMnemonics combine_mnemonics(const Mnemonics& mnemonics) {
  const std::size_t count = mnemonics.all.size();
  std::vector<parley::slip39::Share> shares;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = "mnemonic " + std::to_string(i + 1);
    auto& share = shares.emplace_back(parley::slip39::from_mnemonic(mnemonics.all[i], name));
    parley::wipe(share.value);
    if (share.identifier != shares[0].identifier) throw std::runtime_error(name + " is of another set than mnemonic 1");
    for (std::size_t j = 0; j < i; ++j)
      if (share.group == shares[j].group && share.member == shares[j].member)
        throw std::runtime_error(name + " is of the same member as mnemonic " + std::to_string(j + 1));
  }
  const std::size_t needed = count > 0 ? shares[0].member_threshold : 0;
  if (count <= needed || shares[0].group_count > 1) return {parley::slip39::combine(mnemonics.all), {}};

  const auto combine = [&](const std::vector<std::size_t>& which) {
    Mnemonics some;
    for (const std::size_t i : which) some.all.push_back(mnemonics.all[i]);
    return parley::slip39::combine(some.all);
  };
  const auto is_wrong = [](const parley::Error& error) {
    return error.code() == parley::ErrorCode::inconsistent_shares;
  };
  std::vector<bool> is_chosen(count);  // of at most 16 members, and so there are few choices
  std::fill_n(is_chosen.begin(), needed, true);
  while (true) {
    std::vector<std::size_t> chosen, wrong;
    for (std::size_t i = 0; i < count; ++i)
      if (is_chosen[i]) chosen.push_back(i);
    try {
      auto secret = combine(chosen);
      for (std::size_t i = 0; i < count; ++i) {
        if (is_chosen[i]) continue;
        chosen.back() = i;
        try {
          const auto same = combine(chosen);
          if (!std::ranges::equal(same.ciphertext.expose(), secret.ciphertext.expose())) wrong.push_back(i);
        } catch (const parley::Error& error) {
          if (!is_wrong(error)) throw;
          wrong.push_back(i);
        }
      }
      return {std::move(secret), std::move(wrong)};
    } catch (const parley::Error& error) {
      if (!is_wrong(error) || !std::prev_permutation(is_chosen.begin(), is_chosen.end())) throw;
    }
  }
}

inline std::vector<std::string> names_of_mnemonics(const std::vector<std::size_t>& which) {
  std::vector<std::string> names;
  for (const std::size_t i : which) names.push_back("mnemonic " + std::to_string(i + 1));
  return names;
}

inline Restored combine_slip39(const Combination& combination) {
  const Mnemonics mnemonics(combination.shares);
  const auto [encrypted, wrong] = combine_mnemonics(mnemonics);
  const auto secret = parley::slip39::decrypt(encrypted, combination.passphrase);
  if (combination.secret) combination.secret(secret.expose());
  return {names_of_mnemonics(wrong)};
}

// The encrypted secret is shared anew, so that nobody is asked for its passphrase.
inline Restored renew_slip39(const Renewal& renewal, parley::SystemRandom& random) {
  const Mnemonics mnemonics(renewal.shares);
  auto [encrypted, wrong] = combine_mnemonics(mnemonics);
  auto first = parley::slip39::from_mnemonic(mnemonics.all.front());
  parley::wipe(first.value);
  if (first.group_count > 1)
    throw std::runtime_error("these mnemonics are of several groups, of which --refresh makes none");
  if (!encrypted.parameters.extendable)
    throw std::runtime_error(
        "these mnemonics are not of the extendable kind: their encryption belongs to their identifier, and two sets "
        "with one identifier would be mixed up. Combine and split them instead");
  const std::uint16_t old_identifier = encrypted.identifier;
  while (encrypted.identifier == old_identifier)
    encrypted.identifier = static_cast<std::uint16_t>(parley::uniform_below(random, std::uint64_t{1} << 15));
  const Destination destination = renewal.destination(first.member_threshold, 0);
  split_slip39_encrypted(encrypted, destination.parameters, destination.shares, random);
  return {names_of_mnemonics(wrong)};
}

inline void add_sodium_formats(Formats& formats) {
  formats["rtss"] = {"files of RTSS (draft-mcgrew-tss, Botan), up to 65501 bytes, with a hash",
                     true,
                     numbered("rtss"),
                     split_rtss,
                     combine_rtss,
                     {},
                     renew_rtss};
  formats["slip39"] = {"words of SLIP-39 wallets, an even number of bytes from 16, up to 16 shares",
                       true,
                       numbered("slip39"),
                       split_slip39,
                       combine_slip39,
                       {},
                       renew_slip39,
                       true};
}

}  // namespace examples::detail
