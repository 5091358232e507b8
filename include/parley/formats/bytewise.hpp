// SPDX-License-Identifier: Apache-2.0
// Shamir's scheme for each byte of a secret by itself, with the points 1 to 255: what formats over GF(2^8) have in
// common.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/core/secret.hpp"
#include "parley/core/wipe.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/sharing/shamir.hpp"
#include "parley/sharing/shamir_reconstruction.hpp"

namespace parley::detail {

/// The bytes of the share at a point.
struct BytesAtPoint {
  unsigned point = 0;
  std::span<const std::byte> value;
};

/// The shares at the points 1, ..., `shares`, any `needed` of which recover the secret.
/// @throws Error(invalid_argument) unless 2 <= needed <= shares <= 255.
template <Field F, RandomSource Random>
std::vector<Bytes> split_bytewise(std::span<const std::byte> secret, std::size_t shares, std::size_t needed,
                                  Random& random) {
  if (shares > 255 || needed < 2 || needed > shares)
    throw Error(ErrorCode::invalid_argument, "a reconstruction threshold of " + std::to_string(needed) + " for " +
                                                 std::to_string(shares) +
                                                 " shares; 2 to 255 shares are possible, and 2 "
                                                 "of them at least recover");
  Secret<std::vector<F>> elements{std::vector<F>(secret.size())};
  static_cast<void>(vector::decode<F>(elements.expose(), secret));  // every byte is an element
  auto rows = Shamir<F>({shares, needed - 1}).share(elements.expose(), random);
  std::vector<Bytes> result;
  for (std::vector<F>& row : rows) {
    vector::encode<F>(result.emplace_back(row.size()), row);
    wipe(row);
  }
  return result;
}

/// The secret from at least `needed` shares, all of which are checked. Messages call shares by their places, from 1.
/// @throws Error(invalid_argument) for too few shares, and points that are not from 1 to 255 or not distinct;
/// Error(configuration_mismatch) for different lengths; Error(inconsistent_shares) where they do not lie on polynomials
/// of degree needed - 1, which names the wrong ones where there are so many more than needed that this is certain.
template <Field F>
Secret<Bytes> combine_bytewise(std::span<const BytesAtPoint> shares, std::size_t needed) {
  if (shares.size() < needed || shares.empty())
    throw Error(ErrorCode::invalid_argument,
                std::to_string(needed) + " shares are needed, " + std::to_string(shares.size()) + " were given");
  const auto name = [&](std::size_t which) {
    return "share " + std::to_string(which + 1) + " (number " + std::to_string(shares[which].point) + ")";
  };
  const std::size_t size = shares.front().value.size();
  std::vector<std::size_t> who;
  std::vector<F> points;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (shares[i].point < 1 || shares[i].point > 255)
      throw Error(ErrorCode::invalid_argument, name(i) + " has no number from 1 to 255");
    for (std::size_t j = 0; j < i; ++j)
      if (shares[j].point == shares[i].point)
        throw Error(ErrorCode::invalid_argument, name(i) + " has the number of " + name(j));
    if (shares[i].value.size() != size)
      throw Error(ErrorCode::configuration_mismatch, name(i) + " has " + std::to_string(shares[i].value.size()) +
                                                         " bytes, and " + name(0) + " has " + std::to_string(size));
    who.push_back(i);
    points.push_back(F::embed(shares[i].point));
  }
  const ShamirReconstruction<F> reconstruction(std::move(who), std::move(points), needed - 1);
  std::vector<Secret<std::vector<F>>> rows;
  std::vector<std::span<const F>> spans;
  for (const BytesAtPoint& share : shares) {
    Secret<std::vector<F>>& row = rows.emplace_back(std::vector<F>(size));
    static_cast<void>(vector::decode<F>(row.expose(), share.value));
  }
  for (const auto& row : rows) spans.emplace_back(row.expose());
  Secret<std::vector<F>> elements{std::vector<F>(size)};
  try {
    reconstruction.reconstruct_checked(spans, elements.expose());
  } catch (const Error&) {
    std::vector<std::size_t> wrong;
    try {
      wrong = reconstruction.reconstruct_correcting(spans, elements.expose());
    } catch (const Error&) {
    }
    std::string which = wrong.empty() || wrong.size() > reconstruction.correctable() ? "at least one of them" : "";
    if (which.empty())
      for (const std::size_t i : wrong) which += (which.empty() ? "" : ", ") + name(i);
    throw Error(ErrorCode::inconsistent_shares, "the shares do not fit each other, where any " +
                                                    std::to_string(needed) +
                                                    " of them should recover the same: wrong is " + which);
  }
  Secret<Bytes> secret(Bytes(size, std::byte{}));
  vector::encode<F>(secret.expose(), elements.expose());
  return secret;
}

}  // namespace parley::detail
