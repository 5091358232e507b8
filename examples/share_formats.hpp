// SPDX-License-Identifier: Apache-2.0
// The formats of shares that parley-split writes and parley-combine reads: parley's own, as it is or as text, and those
// of other programs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/random.hpp"
#include "parley/core/secret.hpp"
#include "parley/core/wipe.hpp"
#include "parley/formats/base32.hpp"
#include "parley/formats/gfshare.hpp"
#include "parley/formats/hex.hpp"
#include "parley/formats/ssss.hpp"
#include "parley/sharing/byte_sharing.hpp"
#include "secret_files.hpp"

#if defined(EXAMPLES_WITH_SODIUM)
#include "parley/sodium/rtss.hpp"
#include "parley/sodium/slip39.hpp"
#endif

namespace examples {

/// What is called for pieces of the work, to show progress by.
using OnPiece = std::function<void()>;

/// The shares of a secret that is read from `secret`, each into a sink.
using Split = std::function<void(InputFile& secret, parley::ShamirParameters parameters, parley::SystemRandom& random,
                                 std::vector<parley::ByteSink> shares, const OnPiece& on_piece)>;

struct Restored {
  std::vector<std::string> wrong;  ///< the shares that were found wrong and corrected
  /// Why shares were not used, each a sentence that names one.
  std::vector<std::string> left_out = {};
};

/// What combining is told.
struct Combination {
  std::vector<std::string> shares;  ///< paths
  std::size_t needed = 0;           ///< how many it takes, for formats that do not say; 0 for all that are given
  parley::ByteSink secret;          ///< empty to find out only whether the shares are right
  OnPiece on_piece;
};

struct Format {
  const char* description;
  bool has_check;  ///< that finds wrong shares even of as many as are needed
  std::function<std::string(const std::string& prefix, std::size_t number)> path;
  Split split;
  std::function<Restored(const Combination&)> combine;
  /// Which of the shares at these paths can be used; empty for formats that cannot tell.
  std::function<parley::UsableShares(const std::vector<std::string>& paths)> usable = {};
};

namespace detail {

inline std::size_t needed_of(parley::ShamirParameters parameters) { return parameters.privacy_threshold + 1; }

inline std::function<std::string(const std::string&, std::size_t)> numbered(const char* extension) {
  return [extension](const std::string& prefix, std::size_t number) {
    return prefix + "." + std::to_string(number) + "." + extension;
  };
}

/// A text of one line, without the blanks and line ends about it.
inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

inline void write_line(const parley::ByteSink& sink, std::string line) {
  line += '\n';
  sink(std::as_bytes(std::span(line)));
  parley::wipe(std::span<char>(line));
}

inline void split_parley(InputFile& secret, parley::ShamirParameters parameters, parley::SystemRandom& random,
                         std::vector<parley::ByteSink> shares, const OnPiece& on_piece) {
  parley::ByteSplitter splitter(parameters, random, std::move(shares));
  parley::ProtectedBytes room(parley::share_chunk);
  while (true) {
    const std::size_t count = secret.read(room.bytes());
    on_piece();
    if (count < room.bytes().size()) return splitter.finish(room.bytes().first(count));
    splitter.update(room.bytes());
  }
}

/// Opens a share, anew each time.
using Open = std::function<parley::ShareReader(std::size_t)>;

inline Restored combine_opened(const Combination& combination, const Open& open) {
  const std::vector<std::string>& names = combination.shares;
  const auto named = [&](const std::vector<std::size_t>& which) {
    std::vector<std::string> list;
    for (const std::size_t i : which) list.push_back(names[i]);
    return list;
  };
  std::vector<parley::ShareReader> readers;
  for (std::size_t i = 0; i < names.size(); ++i) readers.push_back(open(i));
  try {
    const auto sink = [&](std::span<const std::byte> piece) {
      if (combination.secret) combination.secret(piece);
      combination.on_piece();
    };
    return {named(parley::combine_bytes(readers, sink).wrong)};
  } catch (const parley::Error& error) {
    using parley::ErrorCode;
    const bool wrong =
        error.code() == ErrorCode::inconsistent_shares || error.code() == ErrorCode::too_many_wrong_shares;
    const std::size_t needed = detail::needed_of(readers.front().header().parameters);
    if (!wrong || names.size() == needed || std::ranges::count(names, standard_stream) > 0) throw;
    const auto found = parley::find_wrong_shares(names.size(), open);
    if (!found) throw;
    std::string list;
    for (const std::string& name : named(*found)) list += (list.empty() ? "" : ", ") + name;
    throw std::runtime_error("wrong: " + list + ". Without " + (found->size() == 1 ? "it" : "them") +
                             " the others give the secret");
  }
}

inline Open open_parley(const std::vector<std::string>& paths) {
  return [&paths](std::size_t i) {
    const auto file = std::make_shared<InputFile>(paths[i]);
    return parley::ShareReader(paths[i], [file](std::span<std::byte> out) { return file->read(out); });
  };
}

inline Restored combine_parley(const Combination& combination) {
  return combine_opened(combination, open_parley(combination.shares));
}

inline parley::UsableShares usable_parley(const std::vector<std::string>& paths) {
  return parley::usable_shares(paths.size(), open_parley(paths));
}

/// Shares that are read as a whole.
inline constexpr std::size_t longest_text = std::size_t{1} << 20;

inline parley::Secret<parley::Bytes> text_of(const std::string& path) {
  return InputFile(path).read_all(longest_text, "no share as text is so long");
}

/// parley's own shares as a line of text.
template <class Encode, class Decode>
Format as_text_format(const char* description, const char* extension, std::size_t most, Encode encode, Decode decode) {
  return {description,
          true,
          numbered(extension),
          [most, encode](InputFile& secret, parley::ShamirParameters parameters, parley::SystemRandom& random,
                         std::vector<parley::ByteSink> sinks, const OnPiece&) {
            const auto content = secret.read_all(most, "use the format parley");
            auto shares = parley::split_bytes(content.expose(), parameters, random);
            for (std::size_t i = 0; i < shares.size(); ++i) {
              write_line(sinks[i], encode(shares[i]));
              parley::wipe(shares[i]);
            }
          },
          [decode](const Combination& combination) {
            std::vector<parley::Secret<parley::Bytes>> shares;
            for (const std::string& path : combination.shares) {
              const auto text = text_of(path);
              shares.emplace_back(decode(trimmed(as_text(text.expose())), path));
            }
            return combine_opened(combination, [&](std::size_t i) {
              return parley::ShareReader(combination.shares[i], parley::source_of(shares[i].expose()));
            });
          },
          [decode](const std::vector<std::string>& paths) {
            return parley::usable_shares(paths.size(), [&](std::size_t i) {
              const auto text = text_of(paths[i]);
              const auto share =
                  std::make_shared<parley::Secret<parley::Bytes>>(decode(trimmed(as_text(text.expose())), paths[i]));
              return parley::ShareReader(paths[i], [share, source = parley::source_of(share->expose())](
                                                       std::span<std::byte> out) mutable { return source(out); });
            });
          }};
}

inline void split_gfshare(InputFile& secret, parley::ShamirParameters parameters, parley::SystemRandom& random,
                          const std::vector<parley::ByteSink>& sinks, const OnPiece& on_piece) {
  parley::ProtectedBytes room(parley::share_chunk);
  for (std::size_t count = room.bytes().size(); count == room.bytes().size(); on_piece()) {
    count = secret.read(room.bytes());
    auto shares =
        parley::gfshare::split(room.bytes().first(count), {parameters.parties, needed_of(parameters)}, random);
    for (std::size_t i = 0; i < shares.size(); ++i) {
      sinks[i](shares[i].value);
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

inline void split_ssss(InputFile& secret, parley::ShamirParameters parameters, parley::SystemRandom& random,
                       const std::vector<parley::ByteSink>& sinks, const OnPiece&) {
  const auto content = secret.read_all(128, "ssss has at most 1024 bits");
  auto shares = parley::ssss::split(content.expose(), {parameters.parties, needed_of(parameters)}, random);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    write_line(sinks[i], parley::ssss::to_line(shares[i], parameters.parties));
    parley::wipe(shares[i].value);
  }
}

/// Calls visit(line, path) for each line of the files that is not blank.
template <class Visit>
void for_each_line(const std::vector<std::string>& paths, const Visit& visit) {
  for (const std::string& path : paths) {
    const auto content = text_of(path);
    std::string_view text = as_text(content.expose());
    while (!(text = trimmed(text)).empty()) {
      const std::string_view line = trimmed(text.substr(0, text.find('\n')));
      visit(line, path);
      text.remove_prefix(line.size());
    }
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

#if defined(EXAMPLES_WITH_SODIUM)
inline void split_rtss(InputFile& secret, parley::ShamirParameters parameters, parley::SystemRandom& random,
                       const std::vector<parley::ByteSink>& sinks, const OnPiece&) {
  const auto content = secret.read_all(65501, "RTSS has no longer secrets");
  auto shares = parley::rtss::split(
      content.expose(), {.shares = parameters.parties, .reconstruction_threshold = needed_of(parameters)}, random);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    sinks[i](parley::rtss::to_bytes(shares[i]));
    parley::wipe(shares[i].value);
  }
}

inline Restored combine_rtss(const Combination& combination) {
  std::vector<parley::rtss::Share> shares;
  for (const std::string& path : combination.shares) {
    const auto content = text_of(path);
    shares.push_back(parley::rtss::from_bytes(content.expose(), path));
  }
  const auto secret = parley::rtss::combine(shares);
  if (combination.secret) combination.secret(secret.expose());
  for (auto& share : shares) parley::wipe(share.value);
  return {};
}

inline void split_slip39(InputFile& secret, parley::ShamirParameters parameters, parley::SystemRandom& random,
                         const std::vector<parley::ByteSink>& sinks, const OnPiece&) {
  const auto content = secret.read_all(1248, "SLIP-39 has no longer secrets");
  const auto encrypted = parley::slip39::encrypt(content.expose(), "", {}, random);
  auto mnemonics = parley::slip39::split(encrypted, {1, {{needed_of(parameters), parameters.parties}}}, random);
  for (std::size_t i = 0; i < sinks.size(); ++i) write_line(sinks[i], std::move(mnemonics[0][i]));
}

inline Restored combine_slip39(const Combination& combination) {
  std::vector<std::string> mnemonics;
  for_each_line(combination.shares, [&](std::string_view line, const std::string&) { mnemonics.emplace_back(line); });
  const auto secret = parley::slip39::decrypt(parley::slip39::combine(mnemonics), "");
  for (std::string& mnemonic : mnemonics) parley::wipe(std::span<char>(mnemonic));
  if (combination.secret) combination.secret(secret.expose());
  return {};
}
#endif

}  // namespace detail

/// By name. Those of others are taken from what their programs write, and given what these read.
inline std::map<std::string, Format> share_formats() {
  using namespace detail;
  std::map<std::string, Format> formats;
  formats["parley"] = {"any length, in constant memory; wrong shares are found and named",
                       true,
                       numbered("share"),
                       split_parley,
                       combine_parley,
                       usable_parley};
  formats["hex"] = as_text_format(
      "the same as hexadecimal digits, up to 64 KiB", "hex", std::size_t{1} << 16,
      [](std::span<const std::byte> share) { return parley::to_hex(share); },
      [](std::string_view text, const std::string& name) { return parley::from_hex(text, name); });
  formats["base32"] = as_text_format(
      "the same as letters and digits with a checksum (BIP 93), up to 500 bytes", "base32", 500,
      [](std::span<const std::byte> share) { return parley::to_base32(share, "parley"); },
      [](std::string_view text, const std::string& name) { return parley::from_base32(text, "parley", name); });
  formats["gfshare"] = {"files of libgfshare's gfsplit and gfcombine; no check at all", false,
                        [](const std::string& prefix, std::size_t number) {
                          return prefix + parley::gfshare::file_suffix(static_cast<unsigned>(number));
                        },
                        split_gfshare, combine_gfshare};
  formats["ssss"] = {"lines of ssss-split and ssss-combine, text up to 128 bytes; no check at all", false,
                     numbered("ssss"), split_ssss, combine_ssss};
#if defined(EXAMPLES_WITH_SODIUM)
  formats["rtss"] = {"files of RTSS (draft-mcgrew-tss, Botan), up to 65501 bytes, with a hash", true, numbered("rtss"),
                     split_rtss, combine_rtss};
  formats["slip39"] = {"words (SLIP-39), an even number of bytes from 16, without a passphrase, up to 16 shares", true,
                       numbered("slip39"), split_slip39, combine_slip39};
#endif
  return formats;
}

inline std::string help_of_formats() {
  std::string text = "Formats:\n";
  for (const auto& [name, format] : share_formats())
    text += "  " + name + std::string(9 - name.size(), ' ') + format.description + "\n";
  return text;
}

}  // namespace examples
