// SPDX-License-Identifier: Apache-2.0
// Statistics of numbers that clients have handed in to servers: how a client shares them, and what the servers compute.
// Compiled once (protocols/collected.cpp), as engines take long to compile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/tls/collection.hpp"
#include "parley/tls/submission.hpp"
#include "parley/tls/submission_store.hpp"
#include "protocols.hpp"

namespace examples {

/// In bytes, of a server's part of an entry.
inline constexpr std::size_t size_of_part = 8;

/// Whether a server can compute with it.
bool is_part(std::span<const std::byte> part);

/// The entries, shared for so many servers of which a minority may pool what it has; the k-th as item k, from 0.
std::vector<parley::tls::Submission> share_entries(std::span<const std::uint64_t> entries, std::size_t servers,
                                                   std::uint64_t revision);

/// What all the servers learn.
struct Collected {
  std::uint64_t clients = 0;     ///< of whom there are entries in the statistics
  Statistics statistics;         ///< without deciles where these were not asked for
  std::uint64_t no_sharing = 0;  ///< entries that are left out, as what the servers have is no sharing of anything
  std::uint64_t too_large = 0;   ///< entries that are left out, as they are above the greatest permitted
};

/// Closes the collection and computes on what all the servers have of it. Nothing, and nothing more revealed, where that
/// is of fewer clients than its minimum. Entries above `maximum`, which a client can submit that runs another program than
/// ours, are found and left out; which ones they are the servers learn.
std::optional<Collected> compute_collected(const Setting& setting, parley::tls::SubmissionStore& store,
                                           const parley::tls::Collection& collection, std::uint64_t maximum,
                                           bool with_deciles);

/// As a result for clients, of a fixed size.
parley::Bytes encode(const Collected& collected);
/// Error(malformed_message) for everything that encode() does not make.
Collected decode_collected(std::span<const std::byte> bytes);

}  // namespace examples
