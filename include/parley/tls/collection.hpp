// SPDX-License-Identifier: Apache-2.0
// A collection: what clients and servers have to agree on before numbers are handed in, and a client's submission to it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/entropy.hpp"
#include "parley/core/error.hpp"
#include "parley/tls/hello.hpp"
#include "parley/tls/key.hpp"
#include "parley/tls/library.hpp"
#include "parley/tls/options.hpp"
#include "parley/tls/submission.hpp"

namespace parley::tls {

/// What clients and servers of one collection say to each other before anything else, so that a client whose numbers would
/// be used in another way, by other servers, or together with fewer others than it was told is turned away.
struct Collection {
  /// What is collected, and how it is shared: as of parties that compute. At most 59 parameters.
  Session session;
  /// All the servers, with their keys, and for clients with the addresses on which they take submissions.
  std::vector<Party> servers;
  /// In bytes, of each server's part of a submission; 1 to 2^24.
  std::size_t part_size = 0;
  /// The fewest clients with complete submissions of whom anything is computed.
  std::size_t minimum_clients = 2;
  /// How many submissions one client may hand in, told apart by their items.
  std::size_t items_per_client = 1;
  /// How many submissions are taken in all, from whomever: bounds each server's disk, and what a server believes another
  /// one to have; 1 to 2^26.
  std::size_t most_submissions = 1'000'000;
};

namespace detail {

/// A list of the digests of so many is 2 GiB.
inline constexpr std::size_t most_of_submissions = std::size_t{1} << 26U;

/// Error(invalid_argument) unless the collection makes sense.
inline void check_collection(const Collection& collection) {
  const auto refuse = [](const std::string& what) { throw Error(ErrorCode::invalid_argument, what); };
  if (collection.servers.size() < 2) refuse("a collection has at least two servers: one would know everything");
  if (collection.part_size == 0 || collection.part_size > longest_part)
    refuse("a part of " + std::to_string(collection.part_size) + " bytes: 1 to " + std::to_string(longest_part) +
           " are possible");
  if (collection.minimum_clients < 2) refuse("the numbers of one client alone would be its result: 2 is the minimum");
  if (collection.items_per_client == 0) refuse("a collection to which no client may submit anything");
  if (collection.most_submissions == 0 || collection.most_submissions > most_of_submissions)
    refuse(std::to_string(collection.most_submissions) + " submissions in all: 1 to " +
           std::to_string(most_of_submissions) + " are possible");
  for (std::size_t j = 0; j < collection.servers.size(); ++j) {
    if (!collection.servers[j].key) refuse("the fingerprint of the key of server " + std::to_string(j) + " is missing");
    for (std::size_t k = 0; k < j; ++k) {
      if (collection.servers[k].key == collection.servers[j].key)
        refuse("servers " + std::to_string(k) + " and " + std::to_string(j) + " have the same key");
    }
  }
}

inline std::vector<Fingerprint> keys_of(std::span<const Party> parties) {
  std::vector<Fingerprint> keys;
  for (const Party& party : parties) keys.push_back(*party.key);
  return keys;
}

}  // namespace detail

/// The session of a collection, with all that it fixes as parameters: also for the network on which the servers compute.
/// Error(invalid_argument) where the collection makes no sense.
[[nodiscard]] inline Session session_of(const Collection& collection) {
  detail::check_collection(collection);
  Session session = collection.session;
  session.parameters.push_back({"bytes of a submission's part", std::to_string(collection.part_size)});
  session.parameters.push_back({"minimum of clients", std::to_string(collection.minimum_clients)});
  session.parameters.push_back({"submissions of a client", std::to_string(collection.items_per_client)});
  session.parameters.push_back({"most submissions", std::to_string(collection.most_submissions)});
  detail::check_session(session);
  return session;
}

/// A client's submission of parts that it has shared: parts[j] is for server j. Where a part tells nothing about the
/// secret, the digest, which every server gets, tells nothing about the other parts: it is of a random salt, too.
/// Of one item the highest revision counts: a client that shares anew takes a higher one, such as the time of day.
[[nodiscard]] inline Submission make_submission(std::vector<Bytes> parts, std::uint64_t item = 0,
                                                std::uint64_t revision = 1) {
  std::array<std::byte, 32> salt;
  fill_from_operating_system(salt);
  Bytes text(salt.begin(), salt.end());
  for (const Bytes& part : parts) {
    text.resize(text.size() + 8);
    store_little_endian<std::uint64_t>(std::span(text).last<8>(), part.size());
    text.insert(text.end(), part.begin(), part.end());
  }
  return {item, revision, detail::sha256(text), std::move(parts)};
}

}  // namespace parley::tls
