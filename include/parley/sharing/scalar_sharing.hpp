// SPDX-License-Identifier: Apache-2.0
// Secrets that are integers modulo a prime, such as the keys of signatures: split into shares in the form of
// share_file.hpp, and combined again.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
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
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "parley/sharing/share_file.hpp"
#include "parley/sharing/tagged_sharing.hpp"

namespace parley {

namespace detail {

/// What the content of a share of scalars begins with: the bytes of an element, and the greatest one, p - 1.
template <PrimeField F>
Bytes description_of_field() {
  static_assert(F::encoded_size < 65536);
  Bytes bytes(2 + F::encoded_size);
  ByteWriter out(bytes);
  out.u16(static_cast<std::uint16_t>(F::encoded_size));
  (-F::one()).encode(out.take(F::encoded_size).template first<F::encoded_size>());
  return bytes;
}

/// The whole content of a share.
inline Secret<std::vector<std::byte>> read_content(ShareReader& share, std::size_t most) {
  Secret<std::vector<std::byte>> content{std::vector<std::byte>(most)};
  std::span<std::byte> rest(content.expose());
  for (std::size_t length = share_chunk; length == share_chunk; rest = rest.subspan(length))
    length = share.read_chunk(rest);
  content.expose().resize(static_cast<std::size_t>(share.length()));
  return content;
}

}  // namespace detail

/// The shares of secrets modulo a prime, as files in memory: shares[i] is the share number i + 1, for party i alone, and as
/// secret as the channel to it. Any `privacy_threshold` of them tell nothing but how many secrets of which field there
/// are, any one more restore them.
///
/// Security: as TaggedSplitter, with a `random` for secrets.
/// Error(invalid_argument) unless there are 2 to 255 parties, no more than the field has points, and 1 <= privacy_threshold
/// < parties.
template <PrimeField F, RandomSource Random>
[[nodiscard]] std::vector<Bytes> split_scalars(std::span<const F> secrets, ShamirParameters parameters,
                                               Random& random) {
  detail::require_share_count(parameters);  // before anything is allocated for so many
  const Shamir<F> scheme(parameters);
  const Bytes description = detail::description_of_field<F>();
  ShareHeader header{parameters, 0, {}, {}, ShareContent::scalars};
  random.fill(header.set);
  std::vector<TaggedShare<F>> tagged = share_tagged<F>(scheme, secrets, random);
  const std::size_t length = description.size() + secrets.size() * F::encoded_size;
  Secret<std::vector<std::byte>> content{std::vector<std::byte>(length)};
  std::vector<Bytes> shares(parameters.parties);
  for (; header.party < shares.size(); ++header.party) {
    TaggedShare<F>& own = tagged[header.party];
    Bytes& share = shares[header.party];
    share.reserve(static_cast<std::size_t>(detail::share_file_size(length)));
    header.key_share = own.key_share;
    std::ranges::copy(description, content.expose().begin());
    vector::encode<F>(std::span(content.expose()).subspan(description.size()), std::span<const F>(own.values));
    ShareWriter writer(
        header, [&share](std::span<const std::byte> bytes) { share.insert(share.end(), bytes.begin(), bytes.end()); });
    std::span<const std::byte> rest(content.expose());
    for (std::size_t size = share_chunk; size == share_chunk; rest = rest.subspan(size)) {
      size = std::min(rest.size(), share_chunk);
      std::ranges::copy(rest.first(size), writer.room(size).begin());
      writer.write(size);
    }
    writer.finish(length, own.tag_share);
    wipe(own.values);
    wipe(own.key_share);
    wipe(own.tag_share);
  }
  wipe(header.key_share);
  return shares;
}

/// Secrets and the positions of the shares that were wrong, ascending; they were corrected.
template <PrimeField F>
struct CombinedScalars {
  Secret<std::vector<F>> secrets;
  std::vector<std::size_t> wrong;
};

/// The secrets of shares in memory, in any order: all shares are used, and those beyond the privacy_threshold + 1 that are
/// needed serve to find and correct wrong ones. Messages name them "the share at position 0" and so on.
///
/// Never other secrets than were split as long as at most privacy_threshold parties have falsified theirs together, but
/// for the probability that ManipulationTag names, with 16 bytes of encoded secrets a block, whatever the field.
/// Error(configuration_mismatch) where a share is of another set, of bytes, or of another field; Error(invalid_argument)
/// where one is given twice, or too few are; Error(malformed_message) where one is not exactly what split_scalars()
/// writes; Error(inconsistent_shares) or Error(too_many_wrong_shares) where shares are wrong that are well-formed.
template <PrimeField F>
[[nodiscard]] CombinedScalars<F> combine_scalars(std::span<const Bytes> shares) {
  std::vector<ShareReader> readers;
  readers.reserve(shares.size());
  for (const Bytes& share : shares) readers.emplace_back(readers.size(), source_of(share));
  require_one_set(readers, ShareContent::scalars);

  const Bytes description = detail::description_of_field<F>();
  std::vector<TaggedShare<F>> tagged;
  std::vector<std::size_t> who;
  const auto forget = [&tagged] {
    for (TaggedShare<F>& share : tagged) {
      wipe(share.values);
      wipe(share.key_share);
      wipe(share.tag_share);
    }
  };
  try {
    for (std::size_t i = 0; i < readers.size(); ++i) {
      ShareReader& reader = readers[i];
      const auto memory = detail::read_content(reader, shares[i].size());
      const std::span<const std::byte> content(memory.expose());
      if (content.size() < description.size() || !std::ranges::equal(content.first(description.size()), description))
        throw Error(ErrorCode::configuration_mismatch,
                    reader.name() + ": it is of another field than " + std::string(F::name));
      const auto elements = content.subspan(description.size());
      if (elements.size() % F::encoded_size != 0) reader.fail("its last element is cut off");
      TaggedShare<F>& share = tagged.emplace_back();
      who.push_back(reader.header().party);
      share.values.resize(elements.size() / F::encoded_size);
      if (!vector::decode<F>(std::span<F>(share.values), elements)) reader.fail("an element is not below the modulus");
      share.key_share = reader.header().key_share;
      share.tag_share = reader.finish();
      if (share.values.size() != tagged[0].values.size())
        throw Error(ErrorCode::inconsistent_shares, "there are different numbers of secrets in " + readers[0].name() +
                                                        " and " + reader.name() + ", so one of these shares is wrong");
    }
    Corrected<F> corrected = reconstruct_tagged<F>(Shamir<F>(readers[0].header().parameters), who, tagged);
    CombinedScalars<F> result{Secret<std::vector<F>>(std::move(corrected.secrets)), {}};
    for (std::size_t i = 0; i < who.size(); ++i)
      if (std::ranges::binary_search(corrected.wrong, who[i])) result.wrong.push_back(i);
    forget();
    return result;
  } catch (...) {
    forget();
    throw;
  }
}

}  // namespace parley
