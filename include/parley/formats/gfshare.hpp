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
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/core/secret.hpp"
#include "parley/core/wipe.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/vector.hpp"
#include "parley/sharing/shamir.hpp"

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
  using F = GF256ReedSolomon;
  if (options.shares > 255 || options.reconstruction_threshold < 2 || options.reconstruction_threshold > options.shares)
    throw Error(ErrorCode::invalid_argument,
                "a reconstruction threshold of " + std::to_string(options.reconstruction_threshold) + " for " +
                    std::to_string(options.shares) + " shares; libgfshare has up to 255 shares, and 2 at least");
  Secret<std::vector<F>> secrets{std::vector<F>(content.size())};
  static_cast<void>(vector::decode<F>(secrets.expose(), content));  // every byte is an element
  const Shamir<F> scheme({options.shares, options.reconstruction_threshold - 1});
  auto rows = scheme.share(secrets.expose(), random);
  std::vector<Share> shares;
  for (unsigned i = 0; i < rows.size(); ++i) {
    Share& share = shares.emplace_back(Share{i + 1, Bytes(content.size())});
    vector::encode<F>(share.value, rows[i]);
    wipe(rows[i]);
  }
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
  using F = GF256ReedSolomon;
  const std::size_t needed = reconstruction_threshold == 0 ? shares.size() : reconstruction_threshold;
  if (needed < 2) throw Error(ErrorCode::invalid_argument, "libgfshare recovers from at least 2 shares");
  if (shares.size() < needed)
    throw Error(ErrorCode::invalid_argument,
                std::to_string(needed) + " shares are needed, " + std::to_string(shares.size()) + " were given");
  const auto name = [&](std::size_t which) {
    return "share " + std::to_string(which + 1) + " (number " + std::to_string(shares[which].number) + ")";
  };
  std::vector<std::size_t> who;
  std::vector<F> points;
  std::vector<std::vector<F>> rows;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const Share& share = shares[i];
    if (share.number < 1 || share.number > 255)
      throw Error(ErrorCode::invalid_argument, name(i) + " has no number from 1 to 255");
    for (std::size_t j = 0; j < i; ++j)
      if (shares[j].number == share.number)
        throw Error(ErrorCode::invalid_argument, name(i) + " has the number of " + name(j));
    if (share.value.size() != shares[0].value.size())
      throw Error(ErrorCode::configuration_mismatch, name(i) + " has " + std::to_string(share.value.size()) +
                                                         " bytes, and " + name(0) + " " +
                                                         std::to_string(shares[0].value.size()));
    who.push_back(i);
    points.push_back(F::embed(share.number));
  }
  for (const Share& share : shares) {
    rows.emplace_back(share.value.size());
    static_cast<void>(vector::decode<F>(rows.back(), share.value));
  }
  Secret<std::vector<F>> secrets{std::vector<F>(shares[0].value.size())};
  ShamirReconstruction<F>(std::move(who), std::move(points), needed - 1)
      .reconstruct_checked(parley::detail::readable_rows<F>(rows), secrets.expose());
  for (std::vector<F>& row : rows) wipe(row);
  Secret<Bytes> content(Bytes(shares[0].value.size()));
  vector::encode<F>(content.expose(), secrets.expose());
  return content;
}

}  // namespace parley::gfshare
