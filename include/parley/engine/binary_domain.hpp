// SPDX-License-Identifier: Apache-2.0
// The binary domain of the Shamir engine: replicated sharing of packed bits among three parties, Shamir's scheme over
// GF(2^8) among more. [AFLNO16] High-throughput semi-honest secure three-party computation with an honest majority.
// [BGW88].
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/random.hpp"
#include "parley/core/words.hpp"
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

/// Fills with uniform words, the same from equal streams on all machines.
template <class Stream>
void fill_words(Stream& stream, std::span<std::uint64_t> words) {
  stream.fill(std::as_writable_bytes(words));
  if constexpr (std::endian::native == std::endian::big)
    for (std::uint64_t& word : words) word = __builtin_bswap64(word);
}

/// Fills with uniform bits. A stream that enumerates random choices brings its own way.
template <class Stream>
void fill_bits(Stream& stream, BitPlanes& planes) {
  if constexpr (requires { stream.fill_bits(planes); }) {
    stream.fill_bits(planes);
  } else {
    fill_words(stream, planes.words());
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
  BitPlanes conjoin(std::span<const Conjunction> batch) {
    BitPlanes results = BitPlanes::uninitialized(layout(), batch.size(), batch.front().x.planes->size());
    add_zero_sharing(results, [&](std::size_t plane, std::size_t first, std::size_t count, const std::uint64_t* masks,
                                  const std::uint64_t* more_masks) {
      conjoin_words(batch[plane], first, count, results.component(plane, 0).data(), masks, more_masks);
    });
    const std::size_t size = results.packed_size();
    Round round(network_);
    results.pack(0, round.send(next_, size));
    round.expect(previous_, size);
    round.exchange(size == 0);
    results.unpack(1, round.receive(previous_, size));
    return results;
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
  // Of the nine products of components each party can form three, and the three parties' sets partition the nine.
  // A party's component of the result is the sum of its products, of its component of plus, and of its masks, which the
  // three parties' sum cancels.
  template <bool has_z, bool has_plus>
  struct OwnProducts {
    std::uint64_t* result;
    const std::uint64_t *x_own, *x_previous, *y_own, *y_previous, *z_own, *z_previous, *plus, *masks, *more_masks;
    template <class Word>
    [[gnu::always_inline]] void at(std::size_t i) const {
      auto own = words_at<Word>(y_own, i).value, previous = words_at<Word>(y_previous, i).value;
      if constexpr (has_z) {
        own ^= words_at<Word>(z_own, i).value;
        previous ^= words_at<Word>(z_previous, i).value;
      }
      auto sum = (words_at<Word>(x_own, i).value & (own ^ previous)) ^ (words_at<Word>(x_previous, i).value & own) ^
                 words_at<Word>(masks, i).value ^ words_at<Word>(more_masks, i).value;
      if constexpr (has_plus) sum ^= words_at<Word>(plus, i).value;
      words_at<Word>(result, i).value = sum;
    }
  };
  // Words first, ..., first + count - 1 of one conjunction's result.
  static void conjoin_words(const Conjunction& conjunction, std::size_t first, std::size_t count, std::uint64_t* result,
                            const std::uint64_t* masks, const std::uint64_t* more_masks) {
    const auto words = [&](const Wire& wire, unsigned which) {
      return wire ? wire.component(which).data() + first : nullptr;
    };
    const Wire &x = conjunction.x, &y = conjunction.y, &z = conjunction.z, &plus = conjunction.plus;
    const auto run = [&]<bool has_z, bool has_plus>() {
      for_all_words(count,
                    OwnProducts<has_z, has_plus>{result + first, words(x, 0), words(x, 1), words(y, 0), words(y, 1),
                                                 words(z, 0), words(z, 1), words(plus, 0), masks, more_masks});
    };
    if (z)
      plus ? run.template operator()<true, true>() : run.template operator()<true, false>();
    else
      plus ? run.template operator()<false, true>() : run.template operator()<false, false>();
  }

  // Calls add(plane, first word, words, masks, more masks) for all words of the planes of `shares`, piece by piece, with
  // uniform masks whose exclusive or over the three parties is zero: what each pair draws cancels.
  template <class Add>
  void add_zero_sharing(BitPlanes& shares, Add add) {
    const std::size_t stride = shares.words_per_component();
    if constexpr (!std::same_as<Stream, RandomStream>) {  // a stream that enumerates random choices: all at once
      BitPlanes masks(BitLayout{}, shares.width(), shares.size()), more(masks);
      fill_bits(streams_.common(next_), masks);
      fill_bits(streams_.common(previous_), more);
      for (std::size_t plane = 0; plane < shares.width(); ++plane)
        add(plane, 0, stride, masks.component(plane, 0).data(), more.component(plane, 0).data());
    } else {
      constexpr std::size_t most = 1024;  // two times 8 KiB stay in the innermost cache
      alignas(64) std::array<std::uint64_t, most> masks, more;
      const std::size_t total = shares.width() * stride;
      for (std::size_t done = 0; done < total;) {
        const std::size_t part = std::min(most, total - done);
        fill_words(streams_.common(next_), std::span(masks).first(part));
        fill_words(streams_.common(previous_), std::span(more).first(part));
        for (std::size_t used = 0; used < part;) {
          const std::size_t plane = (done + used) / stride, first = (done + used) % stride;
          const std::size_t count = std::min(stride - first, part - used);
          add(plane, first, count, masks.data() + used, more.data() + used);
          used += count;
        }
        done += part;
      }
    }
    shares.clear_tails();
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
  ShamirBits(Network& network, PairwiseStreams<Stream>& streams, std::size_t privacy_threshold, const Link& link)
      : network_(network), streams_(streams), domain_(network, streams, privacy_threshold, link) {}

  static BitLayout layout() { return {.lane_bits = 8, .components = 1, .one = {true, false}}; }

  /// Cost: that of as many products, see ShamirDomain::reduce(); an element is a byte.
  BitPlanes conjoin(std::span<const Conjunction> batch) {
    const std::size_t size = batch.front().x.planes->size();
    const Buffer<GF256> products = domain_.reduce(batch.size() * size, [&](std::size_t first, std::span<GF256> values) {
      Buffer<GF256> x(values.size()), y(values.size());
      for (std::size_t used = 0; used < values.size();) {
        const std::size_t plane = (first + used) / size, row = (first + used) % size;
        const std::size_t count = std::min(size - row, values.size() - used);
        const auto part = [&](std::span<GF256> lanes) { return lanes.subspan(used, count); };
        const Conjunction& conjunction = batch[plane];
        copy_lanes(conjunction.x, row, part(x));
        copy_lanes(conjunction.y, row, part(y));
        if (conjunction.z) {
          copy_lanes(conjunction.z, row, part(values));
          vector::add<GF256>(part(y), part(y), part(values));
        }
        used += count;
      }
      vector::multiply<GF256>(values, x, y);
    });
    BitPlanes results = planes(products, batch.size(), size);
    for (std::size_t plane = 0; plane < batch.size(); ++plane)
      if (batch[plane].plus) results.add_plane(plane, batch[plane].plus);
    return results;
  }

  double seconds(double rounds, double conjunctions) const { return domain_.seconds(rounds, conjunctions); }

  /// Cost: one round; t bytes sent per bit and party.
  PublicBits open(const BitPlanes& x) {
    const Buffer<GF256> values = domain_.open(lanes(x));
    return to_public(values, x.width(), x.size());
  }

  /// Cost: n - 1 - t bytes sent per bit.
  BitPlanes deal(Round& round, const PublicBits& bits) {
    BitPlanes ones(layout(), bits.width(), bits.size());
    apply_public(ones, bits, false, [](std::uint64_t& word, std::uint64_t mask) { word = mask; });
    const Buffer<GF256> values = lanes(ones);
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

  /// Lanes row, row + 1, ... of one plane.
  static void copy_lanes(const Wire& wire, std::size_t row, std::span<GF256> lanes) {
    if (lanes.empty()) return;
    const auto words = wire.component(0);
    if constexpr (std::endian::native == std::endian::little) {
      static_assert(sizeof(GF256) == 1 && std::is_trivially_copyable_v<GF256>);
      std::memcpy(lanes.data(), reinterpret_cast<const std::byte*>(words.data()) + row, lanes.size());
    } else {
      for (std::size_t i = 0; i < lanes.size(); ++i)
        lanes[i] = GF256(words[(row + i) / 8] >> (8 * ((row + i) % 8)) & 0xFF);
    }
  }
  /// Those of all planes, plane by plane.
  static Buffer<GF256> lanes(const BitPlanes& planes) {
    Buffer<GF256> elements(planes.width() * planes.size());
    for (std::size_t plane = 0; plane < planes.width(); ++plane)
      copy_lanes({&planes, plane}, 0, std::span(elements).subspan(plane * planes.size(), planes.size()));
    return elements;
  }
  static BitPlanes planes(std::span<const GF256> elements, std::size_t width, std::size_t size) {
    BitPlanes planes(layout(), width, size);
    for (std::size_t plane = 0; plane < width; ++plane)
      bytes_to_words(planes.component(plane, 0), std::as_bytes(elements.subspan(plane * size, size)));
    return planes;
  }
  /// Opened values, each 0 or 1, plane by plane.
  static PublicBits to_public(std::span<const GF256> elements, std::size_t width, std::size_t size) {
    PublicBits bits(width, size);
    std::array<std::byte, 8> eight;
    for (std::size_t plane = 0; plane < width; ++plane) {
      const auto words = bits.planes().component(plane, 0);
      const auto bytes = std::as_bytes(elements.subspan(plane * size, size));
      for (std::size_t row = 0; row < size; row += 8) {
        const std::size_t count = std::min<std::size_t>(8, size - row);
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(row), count, eight.begin());
        std::uint64_t lanes = 0;
        bytes_to_words(std::span(&lanes, 1), std::span(eight).first(count));
        words[row / 64] |= bits_of_lanes(lanes) << (row % 64);
      }
    }
    return bits;
  }

 private:
  Network& network_;
  PairwiseStreams<Stream>& streams_;
  ShamirDomain<GF256, Stream> domain_;
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
        representation_(make(network, streams, privacy_threshold, link)) {}

  Bits zero(std::size_t width, std::size_t size) const { return Bits(BitPlanes(layout(), width, size)); }
  Bits constant(const PublicBits& bits) const { return zero(bits.width(), bits.size()) ^ bits; }
  /// Bit i of the result is that of conjunction i; there is at least one.
  Bits and_(std::span<const Conjunction> batch) {
    if (batch.front().x.planes->size() == 0) return zero(batch.size(), 0);
    return Bits(std::visit([&](auto& bits) { return bits.conjoin(batch); }, representation_));
  }
  /// How long rounds with so many conjunctions in all take on the parties' link, a party's own work included (as
  /// measured on one core at 3 GHz).
  double seconds(double rounds, double conjunctions) const {
    if (const auto* shamir = std::get_if<ShamirBits<Stream>>(&representation_))
      return shamir->seconds(rounds, conjunctions);
    return link_.seconds(rounds, conjunctions / 8) + conjunctions * 0.2e-9;
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
  static Representation make(Network& network, PairwiseStreams<Stream>& streams, std::size_t privacy_threshold,
                             const Link& link) {
    if (network.parties() == 3) return Representation(std::in_place_type<ReplicatedBits<Stream>>, network, streams);
    return Representation(std::in_place_type<ShamirBits<Stream>>, network, streams, privacy_threshold, link);
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
