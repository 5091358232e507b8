// SPDX-License-Identifier: Apache-2.0
// Telling everybody the same over channels from party to party: each says what it got, and a difference ends the run.
// [GL05] Goldwasser, Lindell: Secure Multi-Party Computation Without Agreement, Journal of Cryptology 18, 2005.
#pragma once

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/net/network.hpp"

namespace parley {

/// Broadcasts among n parties of whom at most t deviate, with abort [GL05, section 3]. What a call of exchange()
/// delivers is *confirmed* when the next call of exchange() or confirm() returns.
///
/// Security: where the confirmation returns at two honest parties, they had the same broadcasts from everybody (as long
/// as BLAKE2b has no collisions). Where two honest parties had different ones, both get an Error. A deviating party can
/// make some honest parties get an Error and others not, since it can say what it likes in its echo; they learn it when
/// they next communicate. No more is possible without signatures or n > 3t, and no more is promised.
///
/// Errors: Error(inconsistent_broadcast). It names a party where it is clear which one deviates: one whose echo
/// contradicts what it sent itself, or what it was sent by this party; a sender whom more than t parties contradict;
/// one who contradicts more than t senders. Otherwise one of two deviates, who are named in the text.
class EchoBroadcast {
 public:
  struct Received {
    std::vector<Bytes> broadcast;   ///< by sender, this party's own among them
    std::vector<Bytes> individual;  ///< by sender
  };

  /// Error(randomness_unavailable) where libsodium cannot be started.
  EchoBroadcast(Network& network, std::size_t privacy_threshold)
      : network_(network), n_(network.parties()), self_(network.self()), t_(privacy_threshold) {
    if (sodium_init() < 0) throw Error(ErrorCode::randomness_unavailable, "libsodium could not be started");
  }

  /// One round: `broadcast` goes to all, `individual[p]` to party p alone, and with them the echo of the last call. Party
  /// p broadcasts broadcast_sizes[p] bytes (n of them, this party's own among them) and sends individual_size bytes to
  /// each. Cost: 32 n bytes to each party beyond the messages, except in the first call and after confirm().
  /// Errors: those of Network::exchange(), and Error(inconsistent_broadcast).
  Received exchange(const Bytes& broadcast, std::span<const std::size_t> broadcast_sizes,
                    std::span<const Bytes> individual = {}, std::size_t individual_size = 0) {
    const std::size_t echo_size = echo_.size();
    std::vector<Bytes> outgoing(n_);
    std::vector<std::size_t> expected(n_);
    for (std::size_t party = 0; party < n_; ++party) {
      if (party == self_) continue;
      Bytes& message = outgoing[party];
      message.insert(message.end(), echo_.begin(), echo_.end());
      message.insert(message.end(), broadcast.begin(), broadcast.end());
      if (individual_size > 0) message.insert(message.end(), individual[party].begin(), individual[party].end());
      expected[party] = echo_size + broadcast_sizes[party] + individual_size;
    }
    const std::vector<Bytes> incoming = network_.exchange(std::move(outgoing), expected);

    Received received{std::vector<Bytes>(n_), std::vector<Bytes>(n_)};
    std::vector<Bytes> echoes(n_);
    const auto copy = [](std::span<const std::byte> bytes) { return Bytes(bytes.begin(), bytes.end()); };
    for (std::size_t party = 0; party < n_; ++party) {
      if (party == self_) continue;
      ByteReader reader(incoming[party], party);
      echoes[party] = copy(reader.take(echo_size));
      received.broadcast[party] = copy(reader.take(broadcast_sizes[party]));
      received.individual[party] = copy(reader.take(individual_size));
    }
    received.broadcast[self_] = broadcast;
    if (echo_size > 0) compare(echoes);
    ++calls_;
    echo_.resize(n_ * digest_size);
    for (std::size_t sender = 0; sender < n_; ++sender)
      store_digest(sender, received.broadcast[sender], std::span(echo_).subspan(sender * digest_size, digest_size));
    return received;
  }

  /// One round that sends nothing but the echo of the last exchange(), and compares.
  void confirm() {
    if (echo_.empty()) throw Error(ErrorCode::invalid_state, "there is no broadcast to confirm");
    static_cast<void>(exchange({}, std::vector<std::size_t>(n_)));
    echo_.clear();  // everybody had the same empty messages
  }

 private:
  static constexpr std::size_t digest_size = 32;

  // Of the message with its place in the run, so that no echo can be taken for that of another.
  void store_digest(std::size_t sender, std::span<const std::byte> message, std::span<std::byte> out) const {
    std::array<std::byte, 16> place;
    store_little_endian<std::uint64_t>(std::span(place).first<8>(), calls_);
    store_little_endian<std::uint64_t>(std::span(place).last<8>(), sender);
    crypto_generichash_state state;
    crypto_generichash_init(&state, nullptr, 0, digest_size);
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(place.data()), place.size());
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(message.data()), message.size());
    crypto_generichash_final(&state, reinterpret_cast<unsigned char*>(out.data()), digest_size);
  }

  void compare(std::span<const Bytes> echoes) const {
    std::vector<std::size_t> contradicted(n_), contradicts(n_);
    std::optional<std::pair<std::size_t, std::size_t>> dispute;
    for (std::size_t party = 0; party < n_; ++party) {
      for (std::size_t sender = 0; sender < n_ && party != self_; ++sender) {
        const auto said = std::span(echoes[party]).subspan(sender * digest_size, digest_size);
        if (std::ranges::equal(said, std::span(echo_).subspan(sender * digest_size, digest_size))) continue;
        if (sender == self_) throw_named(party, "claims to have been sent something else than it was");
        if (sender == party) throw_named(party, "sent different broadcasts to different parties");
        ++contradicted[sender];
        ++contradicts[party];
        if (!dispute) dispute.emplace(sender, party);
      }
    }
    if (!dispute) return;
    // Honest parties contradict deviating ones only, of whom there are at most t; and they are contradicted by such only.
    for (std::size_t party = 0; party < n_; ++party) {
      if (contradicted[party] > t_) throw_named(party, "sent different broadcasts to different parties");
      if (contradicts[party] > t_) throw_named(party, "claims to have been sent something else than it was");
    }
    throw Error(ErrorCode::inconsistent_broadcast, "party " + std::to_string(dispute->first) +
                                                       " sent different broadcasts to different parties, or party " +
                                                       std::to_string(dispute->second) + " lies about it");
  }

  [[noreturn]] static void throw_named(std::size_t party, const std::string& what) {
    throw Error(ErrorCode::inconsistent_broadcast, party, "party " + std::to_string(party) + " " + what);
  }

  Network& network_;
  std::size_t n_, self_, t_;
  std::uint64_t calls_ = 0;
  Bytes echo_;  // the digests of what was broadcast in the last exchange(), by sender; empty where that is confirmed
};

}  // namespace parley
