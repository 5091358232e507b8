// SPDX-License-Identifier: Apache-2.0
// One round of an engine's protocol: several protocol parts write into the messages of one exchange, and read from it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/network.hpp"

namespace parley::detail {

/// The messages of one round. Every part of a protocol that takes part first reserves what it sends and states what it
/// expects, in an order that all parties share; then exchange() runs the round; then the parts take what they received
/// in that same order.
class Round {
 public:
  explicit Round(Network& network)
      : network_(network), outgoing_(network.parties()), expected_(network.parties()), taken_(network.parties()) {}

  /// Room for `size` more bytes of the message to `party`, which several calls of send() fill.
  void reserve(std::size_t party, std::size_t size) { outgoing_[party].reserve(outgoing_[party].size() + size); }
  /// `size` more bytes of the message to `party`, to be written at once: the span is valid until the next call.
  std::span<std::byte> send(std::size_t party, std::size_t size) {
    Bytes& message = outgoing_[party];
    message.resize(message.size() + size);
    return std::span(message).last(size);
  }
  /// `size` more bytes will come from `party`.
  void expect(std::size_t party, std::size_t size) { expected_[party] += size; }

  /// Runs the round; nothing is exchanged, and no round counted, where `silent` (known to all parties alike) says that
  /// no party sends anything.
  void exchange(bool silent = false) {
    if (silent)
      incoming_.resize(network_.parties());
    else
      incoming_ = network_.exchange(std::move(outgoing_), expected_);
  }

  /// The next `size` bytes that `party` sent.
  std::span<const std::byte> receive(std::size_t party, std::size_t size) {
    const auto bytes = std::span<const std::byte>(incoming_[party]).subspan(taken_[party], size);
    taken_[party] += size;
    return bytes;
  }

  template <Ring G>
  void send_elements(std::size_t party, std::span<const G> elements) {
    vector::encode<G>(send(party, elements.size() * G::encoded_size), elements);
  }
  template <Ring G>
  void expect_elements(std::size_t party, std::size_t count) {
    expect(party, count * G::encoded_size);
  }
  /// Error(malformed_message) that names `party` where an element is not canonically encoded.
  template <Ring G>
  void receive_elements(std::size_t party, std::span<G> elements) {
    decode<G>(party, elements, receive(party, elements.size() * G::encoded_size));
  }
  /// The same for a part of what was received.
  template <Ring G>
  static void decode(std::size_t party, std::span<G> elements, std::span<const std::byte> bytes) {
    if (!vector::decode<G>(elements, bytes))
      throw Error(
          ErrorCode::malformed_message, party,
          "party " + std::to_string(party) + " sent something that is not an element of " + std::string(G::name));
  }

 private:
  Network& network_;
  std::vector<Bytes> outgoing_;
  std::vector<std::size_t> expected_;
  std::vector<Bytes> incoming_;
  std::vector<std::size_t> taken_;
};

}  // namespace parley::detail
