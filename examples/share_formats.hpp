// SPDX-License-Identifier: Apache-2.0
// The formats of shares that parley-split writes and parley-combine reads: parley's own, as it is or as text, and those
// of other programs.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "own_formats.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/protected_memory.hpp"
#include "parley/core/random.hpp"
#include "parley/core/wipe.hpp"
#include "parley/formats/gfshare.hpp"
#include "parley/formats/ssss.hpp"
#include "share_format.hpp"

#if defined(EXAMPLES_WITH_SODIUM)
#include "sodium_formats.hpp"
#endif

namespace examples {

namespace detail {

inline void split_gfshare(InputFile& secret, const Splitting& splitting, parley::SystemRandom& random) {
  parley::ProtectedBytes room(parley::share_chunk);
  for (std::size_t count = room.bytes().size(); count == room.bytes().size(); splitting.on_piece()) {
    count = secret.read(room.bytes());
    auto shares = parley::gfshare::split(room.bytes().first(count),
                                         {splitting.parameters.parties, needed_of(splitting.parameters)}, random);
    for (std::size_t i = 0; i < shares.size(); ++i) {
      splitting.shares[i](shares[i].value);
      parley::wipe(shares[i].value);
    }
  }
}

inline Restored combine_gfshare(const Combination& combination) {
  std::vector<std::unique_ptr<InputFile>> files;
  std::vector<parley::gfshare::Share> parts;
  for (const std::string& path : combination.shares) {
    files.push_back(std::make_unique<InputFile>(path));
    parts.push_back({parley::gfshare::number_of(path), {}});
  }
  for (std::size_t count = parley::share_chunk; count == parley::share_chunk; combination.on_piece()) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      parts[i].value.resize(parley::share_chunk);
      parts[i].value.resize(files[i]->read(parts[i].value));
    }
    const auto secret = parley::gfshare::combine(parts, combination.needed);
    count = secret.expose().size();
    if (combination.secret && count > 0) combination.secret(secret.expose());
  }
  for (auto& part : parts) parley::wipe(part.value);
  return {};
}

inline void split_ssss(InputFile& secret, const Splitting& splitting, parley::SystemRandom& random) {
  const auto content = secret.read_all(128, "ssss has at most 1024 bits");
  const std::size_t parties = splitting.parameters.parties;
  auto shares = parley::ssss::split(content.expose(), {parties, needed_of(splitting.parameters)}, random);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    write_line(splitting.shares[i], parley::ssss::to_line(shares[i], parties));
    parley::wipe(shares[i].value);
  }
}

inline Restored combine_ssss(const Combination& combination) {
  std::vector<parley::ssss::Share> shares;
  for_each_line(combination.shares, [&](std::string_view line, const std::string& path) {
    shares.push_back(parley::ssss::from_line(line, path));
  });
  const auto secret = parley::ssss::combine(shares, {.reconstruction_threshold = combination.needed});
  if (combination.secret) combination.secret(parley::ssss::without_padding(secret.expose()));
  for (auto& share : shares) parley::wipe(share.value);
  return {};
}

}  // namespace detail

/// By name. Those of others are taken from what their programs write, and given what these read.
inline Formats share_formats() {
  using namespace detail;
  Formats formats;
  add_own_formats(formats);
  formats["gfshare"] = {"files of libgfshare's gfsplit and gfcombine; no check at all", false,
                        [](const std::string& prefix, std::size_t number) {
                          return prefix + parley::gfshare::file_suffix(static_cast<unsigned>(number));
                        },
                        split_gfshare, combine_gfshare};
  formats["ssss"] = {"lines of ssss-split and ssss-combine, text up to 128 bytes; no check at all", false,
                     numbered("ssss"), split_ssss, combine_ssss};
#if defined(EXAMPLES_WITH_SODIUM)
  add_sodium_formats(formats);
#endif
  return formats;
}

/// The name of the format of these shares where none is given: what the names of all of them end with, as parley-split
/// makes them, else parley's own.
inline std::string format_of(const Formats& formats, const std::vector<std::string>& paths) {
  std::string common;
  for (const std::string& path : paths) {
    const std::string extension = std::filesystem::path(path).extension().string();
    const std::string name = extension.empty() ? "" : extension.substr(1);
    if (!formats.contains(name) || (!common.empty() && name != common)) return "parley";
    common = name;
  }
  return common.empty() ? "parley" : common;
}

/// The format of this name. Throws std::runtime_error where there is none.
inline const Format& find_format(const Formats& formats, const std::string& name) {
  const auto found = formats.find(name);
  if (found == formats.end()) throw std::runtime_error("there is no format " + name + ", see --help");
  return found->second;
}

inline std::string help_of_formats() {
  std::string text = "Formats:\n";
  for (const auto& [name, format] : share_formats())
    text += "  " + name + std::string(9 - name.size(), ' ') + format.description + "\n";
  return text;
}

}  // namespace examples
