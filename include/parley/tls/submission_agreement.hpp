// SPDX-License-Identifier: Apache-2.0
// What the servers compute on: the submissions of which every one of them has its part.
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
#include "parley/net/network.hpp"
#include "parley/tls/collection.hpp"
#include "parley/tls/submission.hpp"
#include "parley/tls/submission_store.hpp"

namespace parley::tls {

/// Error(invalid_state) unless the submissions are of the collection's minimum of clients. In ascending order.
inline void require_minimum(const Collection& collection, std::span<const SubmissionName> submissions) {
  std::size_t clients = 0;
  for (std::size_t i = 0; i < submissions.size(); ++i)
    clients += i == 0 || submissions[i].client != submissions[i - 1].client ? 1 : 0;
  if (clients < collection.minimum_clients)
    throw Error(ErrorCode::invalid_state, "there are complete submissions of " + std::to_string(clients) +
                                              " clients, and the collection has a minimum of " +
                                              std::to_string(collection.minimum_clients) +
                                              ": nothing is computed, so that nothing is revealed");
}

/// Closes the store for good, and returns the submissions that all the servers have, with the same digest: in ascending
/// order, the same at all servers. As all are closed it is the same when they are asked again, after any restart, so that
/// nobody's numbers are ever in one result and missing in the next.
///
/// Error(invalid_state) below the collection's minimum of clients, at all servers alike. Caused by a peer:
/// Error(malformed_message) for a list that is none, and what exchange() throws.
/// Cost: one round of 40 bytes where all have the same; else a second one of 32 bytes for each submission that is there.
/// Reveals to each server what the others have been handed, of which it learns the names of what it has itself.
[[nodiscard]] inline std::vector<SubmissionName> agree_on_submissions(Network& network, SubmissionStore& store,
                                                                      const Collection& collection) {
  store.close();
  store.commit();
  const std::size_t n = network.parties(), self = network.self();
  if (n != collection.servers.size())
    throw Error(ErrorCode::invalid_argument, "a network of " + std::to_string(n) + " parties for " +
                                                 std::to_string(collection.servers.size()) + " servers");
  std::vector<std::pair<Sha256Digest, SubmissionName>> mine;
  for (const SubmissionName& name : store.names()) {
    Bytes text(32 + 8 + 8 + 32);
    ByteWriter writer(text);
    writer.bytes(name.client);
    writer.u64(name.item);
    writer.u64(name.revision);
    writer.bytes(name.digest);
    mine.emplace_back(detail::sha256(text), name);
  }
  std::ranges::sort(mine);
  Bytes list(32 * mine.size());
  ByteWriter writer(list);
  for (const auto& [digest, name] : mine) writer.bytes(digest);

  const auto exchange = [&](const Bytes& message, std::vector<std::size_t> expected) {
    std::vector<Bytes> outgoing(n);
    for (std::size_t p = 0; p < n; ++p)
      if (p != self) outgoing[p] = message;
    expected[self] = 0;
    return network.exchange(std::move(outgoing), expected);
  };
  Bytes summary(8 + 32);
  ByteWriter summary_writer(summary);
  summary_writer.u64(mine.size());
  summary_writer.bytes(detail::sha256(list));
  const std::vector<Bytes> summaries = exchange(summary, std::vector<std::size_t>(n, summary.size()));
  const bool same =
      std::ranges::all_of(summaries, [&](const Bytes& other) { return other.empty() || other == summary; });

  std::vector<SubmissionName> agreed;
  if (same) {
    for (const auto& [digest, name] : mine) agreed.push_back(name);
  } else {
    std::vector<std::size_t> expected(n);
    for (std::size_t p = 0; p < n; ++p) {
      if (p == self) continue;
      const auto count = load_little_endian<std::uint64_t>(std::span(summaries[p]).first<8>());
      if (count > collection.most_submissions)
        throw Error(ErrorCode::malformed_message, p,
                    "server " + std::to_string(p) + " says that it has " + std::to_string(count) +
                        " submissions, and the collection takes " + std::to_string(collection.most_submissions));
      expected[p] = static_cast<std::size_t>(32 * count);
    }
    const std::vector<Bytes> lists = exchange(list, expected);
    std::vector<std::size_t> position(n);
    const auto digest_at = [&](std::size_t p, std::size_t i) {
      return std::span<const std::byte>(lists[p]).subspan(32 * i, 32);
    };
    for (std::size_t p = 0; p < n; ++p)
      for (std::size_t i = 1; i < expected[p] / 32; ++i)
        if (p != self && !std::ranges::lexicographical_compare(digest_at(p, i - 1), digest_at(p, i)))
          throw Error(ErrorCode::malformed_message, p,
                      "server " + std::to_string(p) + " sent a list of submissions that is not in order");
    for (const auto& [digest, name] : mine) {
      bool everywhere = true;
      for (std::size_t p = 0; p < n; ++p) {
        if (p == self) continue;
        std::size_t& at = position[p];
        while (at < expected[p] / 32 && std::ranges::lexicographical_compare(digest_at(p, at), digest)) ++at;
        everywhere = everywhere && at < expected[p] / 32 && std::ranges::equal(digest_at(p, at), digest);
      }
      if (everywhere) agreed.push_back(name);
    }
  }
  std::ranges::sort(agreed);
  require_minimum(collection, agreed);
  return agreed;
}

}  // namespace parley::tls
