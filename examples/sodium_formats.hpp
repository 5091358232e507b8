// SPDX-License-Identifier: Apache-2.0
// The formats of shares for which it takes libsodium: RTSS and SLIP-39.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
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

  explicit Mnemonics(const std::vector<std::string>& paths) {
    for_each_line(paths, [&](std::string_view line, const std::string&) { all.emplace_back(line); });
  }
  Mnemonics(const Mnemonics&) = delete;
  Mnemonics& operator=(const Mnemonics&) = delete;
  ~Mnemonics() {
    for (std::string& mnemonic : all) parley::wipe(std::span<char>(mnemonic));
  }
};

inline Restored combine_slip39(const Combination& combination) {
  const Mnemonics mnemonics(combination.shares);
  const auto secret = parley::slip39::decrypt(parley::slip39::combine(mnemonics.all), combination.passphrase);
  if (combination.secret) combination.secret(secret.expose());
  return {};
}

// The encrypted secret is shared anew, so that nobody is asked for its passphrase.
inline Restored renew_slip39(const Renewal& renewal, parley::SystemRandom& random) {
  const Mnemonics mnemonics(renewal.shares);
  auto encrypted = parley::slip39::combine(mnemonics.all);
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
  return {};
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
