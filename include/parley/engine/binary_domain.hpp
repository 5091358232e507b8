// SPDX-License-Identifier: Apache-2.0
// The binary domain of the Shamir engine: replicated sharing of packed bits among three parties, Shamir's scheme over
// GF(2^8) among more. [AFLNO16] High-throughput semi-honest secure three-party computation with an honest majority.
// [BGW88].
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/engine/bit_planes.hpp"
#include "parley/engine/pairwise_streams.hpp"
#include "parley/engine/round.hpp"
#include "parley/engine/shamir_domain.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/link.hpp"
#include "parley/net/network.hpp"

namespace parley::detail {

/// Fills with uniform bits. A stream that enumerates random choices brings its own way.
template <class Stream>
void fill_bits(Stream& stream, BitPlanes& planes) {
  if constexpr (requires { stream.fill_bits(planes); }) {
    stream.fill_bits(planes);
  } else {
    stream.fill(std::as_writable_bytes(planes.words()));
    if constexpr (std::endian::native == std::endian::big)
      for (std::uint64_t& word : planes.words()) word = __builtin_bswap64(word);
  }
  planes.clear_tails();
}

/// Three parties, one of which may be corrupt: a bit is the exclusive or of three components, component k known to
/// parties k and k + 1 (cyclically). Party i stores component i first and component i - 1 second. [AFLNO16, section
/// 2.1, in this exclusive-or form]
template <class Stream>
class ReplicatedBits {
 public:
  ReplicatedBits(Network& network, PairwiseStreams<Stream>& streams)
      : network_(network),
        streams_(streams),
        self_(network.self()),
        next_((self_ + 1) % 3),
        previous_((self_ + 2) % 3) {}

  /// The constant 1 is held in component 0.
  BitLayout layout() const { return {.lane_bits = 1, .components = 2, .one = {self_ == 0, self_ == 1}}; }

  /// Cost: one round; one bit sent per conjunction and party.
  BitPlanes conjoin(const BitPlanes& x, const BitPlanes& y) {
    BitPlanes product(layout(), x.width(), x.size());
    BitPlanes masks = zero_sharing(x.width(), x.size());
    for (std::size_t plane = 0; plane < x.width(); ++plane) {
      const auto x_own = x.component(plane, 0), x_previous = x.component(plane, 1);
      const auto y_own = y.component(plane, 0), y_previous = y.component(plane, 1);
      const auto mask = masks.component(plane, 0);
      const auto result = product.component(plane, 0);
      // of the nine products of components each party can form these three, and the three parties' sets partition the
      // nine
      for (std::size_t i = 0; i < result.size(); ++i)
        result[i] = (x_own[i] & (y_own[i] ^ y_previous[i])) ^ (x_previous[i] & y_own[i]) ^ mask[i];
    }
    const std::size_t size = product.packed_size();
    Round round(network_);
    product.pack(0, round.send(next_, size));
    round.expect(previous_, size);
    round.exchange(size == 0);
    product.unpack(1, round.receive(previous_, size));
    return product;
  }

  /// Cost: one round; one bit sent per bit and party.
  PublicBits open(const BitPlanes& x) {
    Round round(network_);
    begin_open(round, x);
    round.exchange(x.packed_size() == 0);
    return end_open(round, x);
  }
  void begin_open(Round& round, const BitPlanes& x) {
    x.pack(1, round.send(next_, x.packed_size()));  // component self - 1 = self + 2, the one that the next party lacks
    round.expect(previous_, x.packed_size());
  }
  PublicBits end_open(Round& round, const BitPlanes& x) {
    PublicBits bits(x.width(), x.size());
    bits.planes().unpack(0, round.receive(previous_, x.packed_size()));
    add_components(bits.planes(), x);
    return bits;
  }

  /// Deals this party's bits: the component shared with the next party is drawn, the one shared with the previous party
  /// is sent, the third is zero.
  /// Cost: one bit sent per bit.
  BitPlanes deal(Round& round, const PublicBits& bits) {
    PublicBits drawn(bits.width(), bits.size());
    fill_bits(streams_.dealt_to(next_), drawn.planes());
    BitPlanes masked = bits.planes();
    masked ^= drawn.planes();
    masked.pack(0, round.send(previous_, masked.packed_size()));
    BitPlanes shares(layout(), bits.width(), bits.size());
    set_component(shares, 0, drawn.planes());
    set_component(shares, 1, masked);
    return shares;
  }
  void expect(Round& round, std::size_t dealer, std::size_t width, std::size_t size) {
    if (dealer == next_) round.expect(dealer, BitPlanes(BitLayout{}, width, size).packed_size());
  }
  BitPlanes receive(Round& round, std::size_t dealer, std::size_t width, std::size_t size) {
    BitPlanes shares(layout(), width, size);
    if (dealer == next_) {  // this party is the dealer's previous one, and component dealer - 1 is its own
      shares.unpack(0, round.receive(dealer, shares.packed_size()));
    } else {
      PublicBits drawn(width, size);
      fill_bits(streams_.dealt_by(dealer), drawn.planes());
      set_component(shares, 1, drawn.planes());
    }
    return shares;
  }

  /// Uniform bits that no party knows. Local.
  BitPlanes random(std::size_t width, std::size_t size) {
    BitPlanes shares(layout(), width, size);
    PublicBits drawn(width, size);
    fill_bits(streams_.common(next_), drawn.planes());
    set_component(shares, 0, drawn.planes());
    fill_bits(streams_.common(previous_), drawn.planes());
    set_component(shares, 1, drawn.planes());
    return shares;
  }

  static void set_component(BitPlanes& shares, unsigned which, const BitPlanes& bits) {
    for (std::size_t plane = 0; plane < shares.width(); ++plane)
      std::ranges::copy(bits.component(plane, 0), shares.component(plane, which).begin());
  }
  /// Adds both of this party's components to `bits`.
  static void add_components(BitPlanes& bits, const BitPlanes& shares) {
    for (std::size_t plane = 0; plane < bits.width(); ++plane) {
      const auto target = bits.component(plane, 0);
      const auto first = shares.component(plane, 0), second = shares.component(plane, 1);
      for (std::size_t i = 0; i < target.size(); ++i) target[i] ^= first[i] ^ second[i];
    }
  }

 private:
  // One uniform bit per lane and party whose exclusive or over the three parties is zero: what each pair draws cancels.
  BitPlanes zero_sharing(std::size_t width, std::size_t size) {
    BitPlanes shares(BitLayout{}, width, size), drawn(BitLayout{}, width, size);
    fill_bits(streams_.common(next_), shares);
    fill_bits(streams_.common(previous_), drawn);
    shares ^= drawn;
    return shares;
  }

  Network& network_;
  PairwiseStreams<Stream>& streams_;
  std::size_t self_, next_, previous_;
};

/// More than three parties: each bit is a Shamir sharing over GF(2^8) of the element 0 or 1, so exclusive or is
/// addition and conjunction a product.
template <class Stream>
class ShamirBits {
 public:
  ShamirBits(Network& network, PairwiseStreams<Stream>& streams, std::size_t privacy_threshold)
      : network_(network), streams_(streams), domain_(network, streams, privacy_threshold), t_(privacy_threshold) {}

  BitLayout layout() const { return {.lane_bits = 8, .components = 1, .one = {true, false}}; }

  /// Cost: one round; n - 1 - t bytes sent per conjunction by each of parties 0 to 2t.
  BitPlanes conjoin(const BitPlanes& x, const BitPlanes& y) {
    return planes(domain_.multiply(lanes(x), lanes(y)), x.width(), x.size());
  }

  /// Cost: one round; t bytes sent per bit and party.
  PublicBits open(const BitPlanes& x) {
    const Buffer<GF256> values = domain_.open(lanes(x));
    return to_public(values, x.width(), x.size());
  }

  /// Cost: n - 1 - t bytes sent per bit.
  BitPlanes deal(Round& round, const PublicBits& bits) {
    Buffer<GF256> values(bits.width() * bits.size());
    for (std::size_t plane = 0; plane < bits.width(); ++plane)
      for (std::size_t row = 0; row < bits.size(); ++row)
        values[plane * bits.size() + row] = GF256(bits.bit(plane, row) ? 1 : 0);
    Buffer<GF256> own(values.size());
    domain_.dealing().deal(round, streams_, std::span<const GF256>(values), std::span<GF256>(own));
    return planes(own, bits.width(), bits.size());
  }
  void expect(Round& round, std::size_t dealer, std::size_t width, std::size_t size) {
    domain_.dealing().expect(round, dealer, width * size);
  }
  BitPlanes receive(Round& round, std::size_t dealer, std::size_t width, std::size_t size) {
    Buffer<GF256> shares(width * size);
    domain_.dealing().receive(round, streams_, dealer, std::span<GF256>(shares));
    return planes(shares, width, size);
  }

 private:
  Buffer<GF256> lanes(const BitPlanes& planes) const {
    Bytes bytes(planes.packed_size());
    planes.pack(0, bytes);
    Buffer<GF256> elements(bytes.size());
    static_cast<void>(vector::decode<GF256>(elements, bytes));  // every byte is an element
    return elements;
  }
  BitPlanes planes(std::span<const GF256> elements, std::size_t width, std::size_t size) const {
    BitPlanes planes(layout(), width, size);
    Bytes bytes(elements.size());
    vector::encode<GF256>(bytes, elements);
    planes.unpack(0, bytes);
    return planes;
  }
  static PublicBits to_public(std::span<const GF256> elements, std::size_t width, std::size_t size) {
    PublicBits bits(width, size);
    for (std::size_t plane = 0; plane < width; ++plane) {
      const auto words = bits.planes().component(plane, 0);
      for (std::size_t row = 0; row < size; ++row)
        words[row / 64] |= static_cast<std::uint64_t>(elements[plane * size + row].value() & 1) << (row % 64);
    }
    return bits;
  }

  Network& network_;
  PairwiseStreams<Stream>& streams_;
  ShamirDomain<GF256, Stream> domain_;
  std::size_t t_;
};

/// The binary domain for any number of parties, on the engine's own type of shared bits.
template <class Stream, class Scheme>
class BinaryDomain {
 public:
  using Bits = SharedBits<Scheme>;

  BinaryDomain(Network& network, PairwiseStreams<Stream>& streams, std::size_t privacy_threshold, const Link& link)
      : network_(network),
        t_(privacy_threshold),
        link_(link),
        representation_(make(network, streams, privacy_threshold)) {}

  Bits zero(std::size_t width, std::size_t size) const { return Bits(BitPlanes(layout(), width, size)); }
  Bits constant(const PublicBits& bits) const { return zero(bits.width(), bits.size()) ^ bits; }
  Bits and_(const Bits& x, const Bits& y) {
    if (x.width() == 0 || x.size() == 0) return x;
    return Bits(std::visit([&](auto& bits) { return bits.conjoin(x.planes(), y.planes()); }, representation_));
  }
  /// How long rounds with so many conjunctions in all take on the parties' link.
  double seconds(double rounds, double conjunctions) const {
    const double bytes = network_.parties() == 3 ? 1.0 / 8 : static_cast<double>(network_.parties() - 1 - t_);
    return link_.seconds(rounds, conjunctions * bytes);
  }
  PublicBits open(const Bits& x) {
    return std::visit([&](auto& bits) { return bits.open(x.planes()); }, representation_);
  }
  Bits deal(Round& round, const PublicBits& own) {
    return Bits(std::visit([&](auto& bits) { return bits.deal(round, own); }, representation_));
  }
  void expect(Round& round, std::size_t dealer, std::size_t width, std::size_t size) {
    std::visit([&](auto& bits) { bits.expect(round, dealer, width, size); }, representation_);
  }
  Bits receive(Round& round, std::size_t dealer, std::size_t width, std::size_t size) {
    return Bits(std::visit([&](auto& bits) { return bits.receive(round, dealer, width, size); }, representation_));
  }
  Bits input(std::size_t owner, const PublicBits& own) {
    Round round(network_);
    Bits shares;
    if (owner == network_.self())
      shares = deal(round, own);
    else
      expect(round, owner, own.width(), own.size());
    round.exchange(own.width() * own.size() == 0);
    return owner == network_.self() ? shares : receive(round, owner, own.width(), own.size());
  }
  /// Uniform bits that no t parties know: local for three parties; the sum of t + 1 parties' contributions otherwise.
  /// `random` is this party's own.
  template <class Random>
  Bits random(Random& random, std::size_t width, std::size_t size) {
    if (auto* replicated = std::get_if<ReplicatedBits<Stream>>(&representation_))
      return Bits(replicated->random(width, size));
    Round round(network_);
    Bits sum = zero(width, size);
    for (std::size_t dealer = 0; dealer <= t_; ++dealer) {
      if (dealer == network_.self()) {
        PublicBits own(width, size);
        fill_bits(random, own.planes());
        sum ^= deal(round, own);
      } else {
        expect(round, dealer, width, size);
      }
    }
    round.exchange(width * size == 0);
    for (std::size_t dealer = 0; dealer <= t_; ++dealer)
      if (dealer != network_.self()) sum ^= receive(round, dealer, width, size);
    return sum;
  }

 private:
  using Representation = std::variant<ReplicatedBits<Stream>, ShamirBits<Stream>>;
  static Representation make(Network& network, PairwiseStreams<Stream>& streams, std::size_t privacy_threshold) {
    if (network.parties() == 3) return Representation(std::in_place_type<ReplicatedBits<Stream>>, network, streams);
    return Representation(std::in_place_type<ShamirBits<Stream>>, network, streams, privacy_threshold);
  }
  BitLayout layout() const {
    return std::visit([](const auto& bits) { return bits.layout(); }, representation_);
  }

  Network& network_;
  std::size_t t_;
  Link link_;
  Representation representation_;
};

}  // namespace parley::detail
