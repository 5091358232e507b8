// SPDX-License-Identifier: Apache-2.0
// The shares of ssss-split and ssss-combine: Shamir's scheme over GF(2^k), one element for a whole secret of up to 128
// bytes, as lines of text.
// [ssss] Poettering: ssss, Shamir's Secret Sharing Scheme, version 0.5, 2006.
// [NW97] Needham, Wheeler: Tea extensions, 1997 (the block cipher XTEA).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
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
#include "parley/formats/hex.hpp"
#include "parley/formats/ssss_field.hpp"

namespace parley::ssss {

/// What `ssss-split -t reconstruction_threshold -n shares -s security_level` is told.
struct SplitOptions {
  std::size_t shares = 0;
  std::size_t reconstruction_threshold = 0;  ///< how many shares recover the secret; at least 2
  std::size_t security_level = 0;            ///< in bits, a multiple of 8 up to 1024; 0 for that of the secret's length
  bool diffusion = true;                     ///< false for its option -D
};

/// What `ssss-combine -t reconstruction_threshold` is told. Shares do not say it.
struct CombineOptions {
  std::size_t reconstruction_threshold = 0;  ///< exactly that of the split; 0 for the number of shares given
  bool diffusion = true;                     ///< as at the split
};

/// One line of the program's: `token-index-value`, or `index-value` where there is no token.
struct Share {
  std::string token;        ///< names the set, and is in no computation; may be empty
  std::uint64_t index = 0;  ///< the point, from 1
  Bytes value;              ///< of the security level's length
};

namespace detail {

inline constexpr std::size_t longest_token = 128;
inline constexpr std::uint64_t largest_index = 0x7fffffff;  // the program's integers

/// Thirty-two rounds of XTEA under the key zero. [NW97]
inline void encipher(std::uint32_t& left, std::uint32_t& right) noexcept {
  for (std::uint32_t sum = 0, i = 0; i < 32; ++i) {
    left += ((right << 4 ^ right >> 5) + right) ^ sum;
    sum += 0x9e3779b9;
    right += ((left << 4 ^ left >> 5) + left) ^ sum;
  }
}
inline void decipher(std::uint32_t& left, std::uint32_t& right) noexcept {
  for (std::uint32_t sum = 32 * 0x9e3779b9U, i = 0; i < 32; ++i) {
    right -= ((left << 4 ^ left >> 5) + left) ^ sum;
    sum -= 0x9e3779b9;
    left -= ((right << 4 ^ right >> 5) + right) ^ sum;
  }
}

/// The diffusion layer: XTEA on eight bytes at a time, two bytes further each time, around the value as a ring and so
/// 20 times around. `value` has the most significant byte first, and at least 8 bytes, else there is no such layer.
template <bool forwards>
void diffuse(std::span<std::byte> value) {
  const std::size_t size = value.size();
  if (size < 8) return;
  // The program numbers bytes from the least significant one on and exchanges the two of each pair; one that is left
  // over at the end stays.
  const auto at = [&](std::size_t place) -> std::byte& {
    place %= size;
    const std::size_t from_least = place == size - 1 && size % 2 == 1 ? place : place ^ 1;
    return value[size - 1 - from_least];
  };
  const std::size_t steps = 20 * size;
  for (std::size_t i = 0; i < steps; ++i) {
    const std::size_t first = 2 * (forwards ? i : steps - 1 - i);
    std::array<std::uint32_t, 2> words{};
    for (std::size_t j = 0; j < 8; ++j)
      words[j / 4] = words[j / 4] << 8 | std::to_integer<std::uint32_t>(at(first + j));
    forwards ? encipher(words[0], words[1]) : decipher(words[0], words[1]);
    for (std::size_t j = 0; j < 8; ++j)
      at(first + j) = static_cast<std::byte>(words[j / 4] >> (24 - 8 * (j % 4)) & 0xff);
  }
}

[[noreturn]] inline void refuse(ErrorCode code, const std::string& what) { throw Error(code, what); }

}  // namespace detail

/// The shares 1, ..., n of a secret, which is read with the most significant byte first and padded with zeros at that
/// end up to the security level.
///
/// Security: as Shamir's scheme, any fewer than the threshold learn nothing. f(x) = secret + c_1 x + ... + c_(t-1)
/// x^(t-1) + x^t: the last term, which is public, is the program's.
/// The diffusion layer is public too: it has no key, and makes a secret of which a part is known one of which no part
/// is. As the program does, it is left out where the security level is below 64.
/// @throws Error(invalid_argument) for a secret that is empty or longer than the security level, a level that does not
/// exist, a threshold below 2 or above the number of shares, and more shares than the field has points.
template <RandomSource Random>
[[nodiscard]] std::vector<Share> split(std::span<const std::byte> secret, const SplitOptions& options, Random& random,
                                       const std::string& token = "") {
  const std::size_t level = options.security_level == 0 ? 8 * secret.size() : options.security_level;
  if (secret.empty()) detail::refuse(ErrorCode::invalid_argument, "ssss does not share an empty secret");
  const Field field(level);
  if (8 * secret.size() > level)
    detail::refuse(ErrorCode::invalid_argument, "a secret of " + std::to_string(8 * secret.size()) +
                                                    " bits is longer than the security level of " +
                                                    std::to_string(level));
  const std::size_t threshold = options.reconstruction_threshold;
  if (threshold < 2 || threshold > options.shares)
    detail::refuse(ErrorCode::invalid_argument, "a reconstruction threshold of " + std::to_string(threshold) + " for " +
                                                    std::to_string(options.shares) + " shares; it is at least 2");
  if (!field.order_exceeds(options.shares) || options.shares > detail::largest_index)
    detail::refuse(ErrorCode::invalid_argument, "a security level of " + std::to_string(level) + " bits has no " +
                                                    std::to_string(options.shares) + " points");

  Secret<Bytes> padded(Bytes(level / 8, std::byte{}));
  std::ranges::copy(secret, padded.expose().end() - static_cast<std::ptrdiff_t>(secret.size()));
  if (options.diffusion) detail::diffuse<true>(padded.expose());
  Secret<std::vector<Field::Element>> coefficients{std::vector<Field::Element>(threshold)};
  coefficients.expose()[0] = field.from_bytes(padded.expose());
  for (std::size_t i = 1; i < threshold; ++i) {
    random.fill(padded.expose());
    coefficients.expose()[i] = field.from_bytes(padded.expose());
  }
  std::vector<Share> shares;
  for (std::uint64_t index = 1; index <= options.shares; ++index) {
    const Field::Element x = Field::embed(index);
    Field::Element y = Field::one();
    for (std::size_t i = threshold; i-- > 0;) y = Field::add(field.multiply(y, x), coefficients.expose()[i]);
    Share& share = shares.emplace_back(Share{token, index, Bytes(level / 8)});
    field.to_bytes(share.value, y);
  }
  return shares;
}

/// The secret, with the zeros that padded it, if any. Where more shares than the threshold are given, all are checked.
///
/// The format has no means to notice too few shares, another threshold, another choice of diffusion or a wrong share
/// among exactly as many as it takes: each of these gives a wrong secret.
/// @throws Error(invalid_argument) for fewer shares than the threshold or than 2, and for an index that is 0, beyond
/// the field or given twice; Error(configuration_mismatch) where tokens or security levels differ;
/// Error(inconsistent_shares) where more shares than the threshold do not lie on one polynomial.
[[nodiscard]] inline Secret<Bytes> combine(std::span<const Share> shares, const CombineOptions& options = {}) {
  const std::size_t threshold =
      options.reconstruction_threshold == 0 ? shares.size() : options.reconstruction_threshold;
  if (threshold < 2) detail::refuse(ErrorCode::invalid_argument, "ssss recovers from at least 2 shares");
  if (shares.size() < threshold)
    detail::refuse(ErrorCode::invalid_argument,
                   std::to_string(threshold) + " shares are needed, " + std::to_string(shares.size()) + " were given");
  const std::size_t size = shares.front().value.size();
  const Field field(8 * size);
  const auto name = [](std::size_t which) { return "share " + std::to_string(which + 1); };
  std::vector<Field::Element> points;
  std::size_t named = 0;  // a share with a token, where there is one
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const Share& share = shares[i];
    if (share.value.size() != size)
      detail::refuse(ErrorCode::configuration_mismatch, name(i) + " has a security level of " +
                                                            std::to_string(8 * share.value.size()) + " bits, " +
                                                            name(0) + " one of " + std::to_string(8 * size));
    if (shares[named].token.empty()) named = i;
    if (!share.token.empty() && share.token != shares[named].token)
      detail::refuse(ErrorCode::configuration_mismatch, name(i) + " is of the set \"" + share.token + "\", " +
                                                            name(named) + " of \"" + shares[named].token + "\"");
    if (share.index == 0 || !field.order_exceeds(share.index))
      detail::refuse(ErrorCode::invalid_argument,
                     name(i) + " has the index " + std::to_string(share.index) + ", which no share has");
    for (std::size_t j = 0; j < i; ++j)
      if (shares[j].index == share.index)
        detail::refuse(ErrorCode::invalid_argument,
                       name(i) + " has the index " + std::to_string(share.index) + ", as " + name(j) + " has");
    points.push_back(Field::embed(share.index));
  }

  Secret<std::vector<Field::Element>> values{std::vector<Field::Element>(shares.size())};
  for (std::size_t i = 0; i < shares.size(); ++i) {
    Field::Element last_term = Field::one();
    for (std::size_t j = 0; j < threshold; ++j) last_term = field.multiply(last_term, points[i]);
    values.expose()[i] = Field::add(field.from_bytes(shares[i].value), last_term);
  }
  const std::span<const Field::Element> basis = std::span(points).first(threshold);
  const auto value_at = [&](const Field::Element& x) {
    const auto coefficients = field.lagrange_coefficients(basis, x);
    Secret<Field::Element> sum(Field::zero());
    for (std::size_t i = 0; i < threshold; ++i)
      sum.expose() = Field::add(sum.expose(), field.multiply(coefficients[i], values.expose()[i]));
    return sum;
  };
  for (std::size_t i = threshold; i < shares.size(); ++i) {
    const auto expected = value_at(points[i]);
    std::uint64_t differences = 0;
    for (const std::uint64_t word : Field::add(expected.expose(), values.expose()[i])) differences |= word;
    if (!constant_time::is_zero(differences).declassify())
      detail::refuse(ErrorCode::inconsistent_shares,
                     name(i) + " does not fit the first " + std::to_string(threshold) +
                         ": one of them is wrong, or the reconstruction threshold is not " + std::to_string(threshold));
  }
  Secret<Bytes> secret(Bytes(size, std::byte{}));
  const auto element = value_at(Field::zero());
  field.to_bytes(secret.expose(), element.expose());
  if (options.diffusion) detail::diffuse<false>(secret.expose());
  return secret;
}

/// What of a secret is text: the program, unless told to print hexadecimal digits, prints no zero bytes in front.
[[nodiscard]] inline std::span<const std::byte> without_padding(std::span<const std::byte> secret) noexcept {
  const auto first = std::ranges::find_if(secret, [](std::byte byte) { return byte != std::byte{}; });
  return secret.subspan(static_cast<std::size_t>(first - secret.begin()));
}

/// A line, without its end. All indices of a set have as many digits as the largest one, `shares`.
/// @throws Error(invalid_argument) for a token that is longer than 128 characters, or that the program could not read:
/// with a dash or a line end in it.
[[nodiscard]] inline std::string to_line(const Share& share, std::size_t shares) {
  if (share.token.size() > detail::longest_token ||
      share.token.find_first_of(std::string_view("-\r\n\0", 4)) != std::string::npos)
    detail::refuse(ErrorCode::invalid_argument,
                   "a token of ssss has at most 128 characters, and among them neither a dash nor a line end");
  const std::string digits = std::to_string(share.index);
  const std::size_t width = std::max(std::to_string(shares).size(), digits.size());
  return share.token + (share.token.empty() ? "" : "-") + std::string(width - digits.size(), '0') + digits + "-" +
         to_hex(share.value);
}

/// The share of a line, which may end in line ends. Messages call it by `name` and do not repeat it.
/// @throws Error(malformed_message)
[[nodiscard]] inline Share from_line(std::string_view line, const std::string& name = "the share") {
  const auto refuse = [&](const std::string& what) { detail::refuse(ErrorCode::malformed_message, name + " " + what); };
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  const auto dashes = std::ranges::count(line, '-');
  if (dashes != 1 && dashes != 2) refuse("is not of the form token-index-value or index-value");
  Share share;
  if (dashes == 2) {
    share.token = line.substr(0, line.find('-'));
    line.remove_prefix(share.token.size() + 1);
    if (share.token.size() > detail::longest_token) refuse("has a token of more than 128 characters");
  }
  const std::string_view index = line.substr(0, line.find('-')), value = line.substr(index.size() + 1);
  if (index.empty() || index.size() > 10 || index.find_first_not_of("0123456789") != std::string_view::npos)
    refuse("has no index that is a number");
  for (const char digit : index) share.index = 10 * share.index + static_cast<std::uint64_t>(digit - '0');
  if (share.index == 0 || share.index > detail::largest_index)
    refuse("has the index " + std::to_string(share.index) + ", which no share has");
  if (value.empty() || value.size() > Field::max_degree / 4 || value.size() % 2 != 0)
    refuse("has a value of " + std::to_string(value.size()) + " digits; an even number from 2 to " +
           std::to_string(Field::max_degree / 4) + " is possible");
  share.value = from_hex(value, "the value of " + name);
  return share;
}

}  // namespace parley::ssss
