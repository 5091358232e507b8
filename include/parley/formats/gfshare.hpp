// SPDX-License-Identifier: Apache-2.0
// The files of gfsplit and gfcombine of libgfshare: Shamir's scheme over GF(2^8) for each byte of a file by itself,
// with the number of a share at the end of its file's name and nothing but the shares' bytes in the file.
// [gfshare] Silverstone, McVittie: libgfshare 2.0.0, gfshare(7) and its "theory", 2006.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/core/secret.hpp"
#include "parley/field/binary256.hpp"
#include "parley/formats/bytewise.hpp"

namespace parley::gfshare {

/// What `gfsplit -n reconstruction_threshold -m shares` is told.
struct SplitOptions {
  std::size_t shares = 5;                    ///< up to 255
  std::size_t reconstruction_threshold = 3;  ///< how many shares recover the file; at least 2
};

/// What a share's file says: its number by its name, its bytes by its content.
struct Share {
  unsigned number = 0;  ///< the point, 1 to 255
  Bytes value;          ///< as long as the file that was split
};

/// By which the name of a share's file ends: ".007".
/// @throws Error(invalid_argument) for a number that is not from 1 to 255.
[[nodiscard]] inline std::string file_suffix(unsigned number) {
  if (number < 1 || number > 255)
    throw Error(ErrorCode::invalid_argument,
                "a share of libgfshare has a number from 1 to 255, not " + std::to_string(number));
  const std::string digits = std::to_string(number);
  return "." + std::string(3 - digits.size(), '0') + digits;
}

/// The number of a share by its file's name, which has something before the suffix.
/// @throws Error(malformed_message) for a name without a suffix of three digits, and a number that is not from 1 to
/// 255.
[[nodiscard]] inline unsigned number_of(std::string_view file_name) {
  const auto refuse = [&](const std::string& what) {
    throw Error(
        ErrorCode::malformed_message,
        "a file of libgfshare is called NAME.NNN with a number NNN from 001 to 255; " + std::string(file_name) + what);
  };
  const std::string_view suffix = file_name.substr(file_name.size() - std::min<std::size_t>(file_name.size(), 4));
  if (file_name.size() < 5 || suffix[0] != '.' || suffix.find_first_not_of("0123456789", 1) != std::string_view::npos)
    refuse(" is not");
  unsigned number = 0;
  for (const char digit : suffix.substr(1)) number = 10 * number + static_cast<unsigned>(digit - '0');
  if (number < 1 || number > 255) refuse(" has another number");
  return number;
}

/// The shares 1, ..., n of a file, or of a part of one: each byte is shared by itself, so that a file may be split part
/// by part, and the shares of the parts one after the other are those of the file.
///
/// Security: that of Shamir's scheme. Shares have no checksum, and are as long as the file.
/// @throws Error(invalid_argument) for a threshold below 2 or above the number of shares, and more than 255 shares.
template <RandomSource Random>
[[nodiscard]] std::vector<Share> split(std::span<const std::byte> content, const SplitOptions& options,
                                       Random& random) {
  const auto values = parley::detail::split_bytewise<GF256ReedSolomon>(content, options.shares,
                                                                       options.reconstruction_threshold, random);
  std::vector<Share> shares;
  for (unsigned i = 0; i < values.size(); ++i) shares.push_back({i + 1, values[i]});
  return shares;
}

/// The file, or the same part of it, from its shares. The files do not say how many shares it takes: where
/// `reconstruction_threshold` is given and there are more shares than that, all are checked.
///
/// The format has no means to notice too few shares, or a wrong one among as many as it takes: each gives a wrong file.
/// @throws Error(invalid_argument) for fewer shares than 2 or than the threshold, and for numbers that are not from 1
/// to 255, or are given twice; Error(configuration_mismatch) for different lengths; Error(inconsistent_shares) where
/// more shares than the threshold do not lie on one polynomial.
[[nodiscard]] inline Secret<Bytes> combine(std::span<const Share> shares, std::size_t reconstruction_threshold = 0) {
  const std::size_t needed = reconstruction_threshold == 0 ? shares.size() : reconstruction_threshold;
  if (needed < 2) throw Error(ErrorCode::invalid_argument, "libgfshare recovers from at least 2 shares");
  std::vector<parley::detail::BytesAtPoint> values;
  for (const Share& share : shares) values.push_back({share.number, share.value});
  return parley::detail::combine_bytewise<GF256ReedSolomon>(values, needed);
}

}  // namespace parley::gfshare
