// SPDX-License-Identifier: Apache-2.0
// parley's own format of shares, as it is and as text.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/protected_memory.hpp"
#include "parley/core/random.hpp"
#include "parley/core/secret.hpp"
#include "parley/core/wipe.hpp"
#include "parley/formats/base32.hpp"
#include "parley/formats/hex.hpp"
#include "parley/formats/words.hpp"
#include "parley/sharing/byte_sharing.hpp"
#include "share_format.hpp"

namespace examples::detail {

inline void split_parley(InputFile& secret, const Splitting& splitting, parley::SystemRandom& random) {
  parley::ByteSplitter splitter(splitting.parameters, random, splitting.shares);
  parley::ProtectedBytes room(parley::share_chunk);
  while (true) {
    const std::size_t count = secret.read(room.bytes());
    splitting.on_piece();
    if (count < room.bytes().size()) return splitter.finish(room.bytes().first(count));
    splitter.update(room.bytes());
  }
}

/// Opens a share, anew each time.
using Open = std::function<parley::ShareReader(std::size_t)>;

inline Open open_files(const std::vector<std::string>& paths) {
  return [&paths](std::size_t i) {
    const auto file = std::make_shared<InputFile>(paths[i]);
    return parley::ShareReader(paths[i], [file](std::span<std::byte> out) { return file->read(out); });
  };
}

/// The same for shares that are lines of text.
template <class Decode>
Open open_texts(const std::vector<std::string>& paths, Decode decode) {
  return [&paths, decode](std::size_t i) {
    const auto text = text_of(paths[i]);
    const auto share =
        std::make_shared<parley::Secret<parley::Bytes>>(decode(trimmed(as_text(text.expose())), paths[i]));
    return parley::ShareReader(paths[i], [share, source = parley::source_of(share->expose())](
                                             std::span<std::byte> out) mutable { return source(out); });
  };
}

inline std::vector<parley::ShareReader> open_all(std::size_t count, const Open& open) {
  std::vector<parley::ShareReader> readers;
  readers.reserve(count);
  for (std::size_t i = 0; i < count; ++i) readers.push_back(open(i));
  return readers;
}

inline std::vector<std::string> named(const std::vector<std::string>& names, const std::vector<std::size_t>& which) {
  std::vector<std::string> list;
  for (const std::size_t i : which) list.push_back(names[i]);
  return list;
}

inline Restored combine_opened(const Combination& combination, const Open& open) {
  auto readers = open_all(combination.shares.size(), open);
  const auto found = parley::combine_bytes(readers, [&](std::span<const std::byte> piece) {
    if (combination.secret) combination.secret(piece);
    combination.on_piece();
  });
  return {named(combination.shares, found.wrong)};
}

inline bool says_wrong(const parley::Error& error) {
  return error.code() == parley::ErrorCode::inconsistent_shares ||
         error.code() == parley::ErrorCode::too_many_wrong_shares;
}

/// Which shares can be used: those that are whole, without those that were falsified, as far as these can be told.
inline parley::UsableShares usable_opened(const std::vector<std::string>& names, const Open& open) {
  parley::UsableShares usable = parley::usable_shares(names.size(), open);
  const Open open_kept = [&](std::size_t i) { return open(usable.kept[i]); };
  try {
    auto readers = open_all(usable.kept.size(), open_kept);
    static_cast<void>(parley::combine_bytes(readers, nullptr));
    return usable;
  } catch (const parley::Error& error) {
    if (!says_wrong(error)) throw;
  }
  const auto wrong = parley::find_wrong_shares(usable.kept.size(), open_kept);
  if (!wrong) return usable;
  parley::UsableShares right{{}, std::move(usable.left_out)};
  for (std::size_t i = 0; i < usable.kept.size(); ++i) {
    const std::size_t position = usable.kept[i];
    if (std::ranges::binary_search(*wrong, i))
      right.left_out.push_back({position, names[position] + ": it is falsified: the others give the secret"});
    else
      right.kept.push_back(position);
  }
  return right;
}

/// The destination of the renewal of these shares, of which only the headers have been read.
inline Destination destination_of(const Renewal& renewal, std::span<const parley::ShareReader> readers) {
  parley::require_one_set(readers, parley::ShareContent::bytes);
  const auto old = readers.front().header().parameters;
  return renewal.destination(needed_of(old), old.parties);
}

inline Restored renew_parley(const Renewal& renewal, parley::SystemRandom& random) {
  auto readers = open_all(renewal.shares.size(), open_files(renewal.shares));
  Destination destination = destination_of(renewal, readers);
  parley::ByteSplitter splitter(destination.parameters, random, std::move(destination.shares));
  const auto found = parley::combine_bytes(readers, [&](std::span<const std::byte> piece) {
    splitter.update(piece);
    renewal.on_piece();
  });
  splitter.finish();
  return {named(renewal.shares, found.wrong)};
}

inline Format parley_format() {
  return {"any length, in constant memory; wrong shares are found and named",
          true,
          numbered("share"),
          split_parley,
          [](const Combination& combination) { return combine_opened(combination, open_files(combination.shares)); },
          [](const std::vector<std::string>& paths) { return usable_opened(paths, open_files(paths)); },
          renew_parley};
}

/// parley's own shares as a line of text.
template <class Encode, class Decode>
Format as_text_format(const char* description, const char* extension, std::size_t most, Encode encode, Decode decode) {
  const auto split = [encode](std::span<const std::byte> content, parley::ShamirParameters parameters,
                              const std::vector<parley::ByteSink>& sinks, parley::SystemRandom& random) {
    auto shares = parley::split_bytes(content, parameters, random);
    for (std::size_t i = 0; i < shares.size(); ++i) {
      write_line(sinks[i], encode(shares[i]));
      parley::wipe(shares[i]);
    }
  };
  return {description,
          true,
          numbered(extension),
          [most, split](InputFile& secret, const Splitting& splitting, parley::SystemRandom& random) {
            const auto content = secret.read_all(most, "use the format parley");
            split(content.expose(), splitting.parameters, splitting.shares, random);
          },
          [decode](const Combination& combination) {
            return combine_opened(combination, open_texts(combination.shares, decode));
          },
          [decode](const std::vector<std::string>& paths) { return usable_opened(paths, open_texts(paths, decode)); },
          [split, decode](const Renewal& renewal, parley::SystemRandom& random) {
            auto readers = open_all(renewal.shares.size(), open_texts(renewal.shares, decode));
            const Destination destination = destination_of(renewal, readers);
            parley::Secret<parley::Bytes> content{parley::Bytes()};
            content.expose().reserve(longest_text);  // beyond any share, and so it never grows elsewhere
            const auto found = parley::combine_bytes(readers, [&](std::span<const std::byte> piece) {
              content.expose().insert(content.expose().end(), piece.begin(), piece.end());
            });
            split(content.expose(), destination.parameters, destination.shares, random);
            return Restored{named(renewal.shares, found.wrong)};
          }};
}

inline void add_own_formats(Formats& formats) {
  formats["parley"] = parley_format();
  formats["hex"] = as_text_format(
      "shares of parley as hexadecimal digits, up to 64 KiB", "hex", std::size_t{1} << 16,
      [](std::span<const std::byte> share) { return parley::to_hex(share); },
      [](std::string_view text, const std::string& name) { return parley::from_hex(text, name); });
  formats["base32"] = as_text_format(
      "shares of parley as letters and digits with a checksum (BIP 93), up to 500 bytes", "base32", 500,
      [](std::span<const std::byte> share) { return parley::to_base32(share, "parley"); },
      [](std::string_view text, const std::string& name) { return parley::from_base32(text, "parley", name); });
  formats["words"] = as_text_format(
      "shares of parley as English words with a checksum, up to 1100 bytes", "words", 1100,
      [](std::span<const std::byte> share) { return parley::to_words(share, "parley"); },
      [](std::string_view text, const std::string& name) { return parley::from_words(text, "parley", name); });
}

}  // namespace examples::detail
