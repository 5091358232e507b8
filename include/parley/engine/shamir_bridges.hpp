// SPDX-License-Identifier: Apache-2.0
// The bridges of the Shamir engine between field elements and bits: edaBits, daBits, masked differences, and bits as
// field elements. [EGKRS20] Improved primitives for MPC over mixed arithmetic-binary circuits (Escudero, Ghosh, Keller,
// Rachuri, Scholl 2020). [NO07] Multiparty computation for interval, equality, and comparison without bit-decomposition
// protocol. [CDI05] Share conversion.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/engine/binary_domain.hpp"
#include "parley/engine/circuits.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/pairwise_streams.hpp"
#include "parley/engine/prepared_randomness.hpp"
#include "parley/engine/round.hpp"
#include "parley/engine/shamir_domain.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "parley/poly/lagrange.hpp"
#include "parley/sharing/batch.hpp"

namespace parley::detail {

/// The minuend of a split of values that are greater by `shift`, at party `self`: public, or among three parties the
/// component that parties 0 and 1 know.
template <class Binary, class Scheme, Field F>
Minuend<Scheme> shifted_minuend(const Binary& binary, std::size_t self, const Minuend<Scheme>& minuend,
                                const F& shift) {
  if (const auto* opened = std::get_if<PublicBits>(&minuend)) return opened->shifted(shift);
  const BitPlanes& planes = std::get<SharedBits<Scheme>>(minuend).planes();
  SharedBits<Scheme> sums = binary.zero(planes.width(), planes.size());
  if (self == 2) return sums;
  const unsigned known_component = self == 0 ? 0 : 1;
  PublicBits known(planes.width(), planes.size());
  for (std::size_t plane = 0; plane < planes.width(); ++plane)
    std::ranges::copy(planes.component(plane, known_component), known.planes().component(plane, 0).begin());
  const PublicBits result = known.shifted(shift);
  for (std::size_t plane = 0; plane < planes.width(); ++plane)
    std::ranges::copy(result.planes().component(plane, 0), sums.planes().component(plane, known_component).begin());
  return sums;
}

/// The exclusive or of vectors of shared bits, of which there is at least one: a balanced tree, the products of one level
/// being one batch for multiply(x, y).
template <Field F, class Scheme, class Multiply>
Shared<F, Scheme> exclusive_or_of(std::vector<Shared<F, Scheme>> values, Multiply multiply) {
  const std::size_t count = values.front().size();
  while (values.size() > 1) {
    const std::size_t pairs = values.size() / 2;
    std::vector<Shared<F, Scheme>> left, right, next;
    for (std::size_t i = 0; i < pairs; ++i) {
      left.push_back(std::move(values[2 * i]));
      right.push_back(std::move(values[2 * i + 1]));
    }
    const Shared<F, Scheme> x = concat(left), y = concat(right), both = multiply(x, y);
    const Shared<F, Scheme> joined = x + y - both - both;  // F(2) is not one plus one where F is binary
    for (std::size_t i = 0; i < pairs; ++i) next.push_back(joined.slice(i * count, count));
    if (values.size() % 2 != 0) next.push_back(std::move(values.back()));
    values = std::move(next);
  }
  return std::move(values.front());
}

/// Bits o xor m over the field, of masks m there and public o, plane by plane: m where o = 0, 1 - m where o = 1.
template <Field F, class Scheme>
Shared<F, Scheme> unmasked(Shared<F, Scheme> masks, const PublicBits& opened) {
  const auto shares = masks.shares();
  for (std::size_t plane = 0; plane < opened.width(); ++plane)
    for (std::size_t row = 0; row < opened.size(); ++row)
      if (opened.bit(plane, row)) {
        F& share = shares[plane * opened.size() + row];
        share = F(1) - share;
      }
  return masks;
}

template <Field F, class Random, class Scheme>
class ShamirBridges {
 public:
  using Stream = typename StreamOf<Random>::type;
  using Vector = Shared<F, Scheme>;
  using Bits = SharedBits<Scheme>;

  ShamirBridges(Network& network, Random& random, PairwiseStreams<Stream>& streams, ShamirDomain<F, Stream>& arithmetic,
                BinaryDomain<Stream, Scheme>& binary, PreparedRandomness<F, Scheme>& prepared,
                std::size_t privacy_threshold)
      : network_(network),
        random_(random),
        streams_(streams),
        arithmetic_(arithmetic),
        binary_(binary),
        prepared_(prepared),
        t_(privacy_threshold),
        self_(network.self()) {}

  /// From the store, and made as far as that does not suffice.
  RandomInBothDomains<F, Scheme> edabits(std::size_t count) {
    return prepared_.edabits(count, [this](std::size_t missing) { return make_edabits(missing); });
  }
  RandomInBothDomains<F, Scheme> dabits(std::size_t count) {
    return prepared_.dabits(count, [this](std::size_t missing) { return make_dabits(missing); });
  }
  /// Whether to_field() and split() take dabits() and edabits(); three parties have cheaper ways.
  bool conversions_draw() const noexcept { return network_.parties() != 3; }

  /// With fewer than F::modulus_bits bits, they are the lowest ones of the sum of the contributions as integers, which
  /// an addition without reduction gives: what split() needs, and a fraction of the cost.
  RandomInBothDomains<F, Scheme> make_edabits(std::size_t count, std::size_t width = F::modulus_bits) {
    Round round(network_);
    std::vector<Contribution> contributions = begin_contributions(round, count, width);
    round.exchange(count == 0);
    end_contributions(round, contributions, count, width);

    std::vector<Bits> bits;
    Vector value(Buffer<F>(count, F{}));
    for (Contribution& contribution : contributions) {
      value += Vector(std::move(contribution.shares));
      bits.push_back(std::move(contribution.bits));
    }
    if (width < F::modulus_bits) return {std::move(value), sum_modulo_power_of_two(binary_, std::move(bits))};
    return {std::move(value), sum_modulo_mersenne(binary_, std::move(bits))};
  }

  RandomInBothDomains<F, Scheme> make_dabits(std::size_t count) {
    if (network_.parties() == 3) {
      Bits bits = binary_.random(random_, 1, count);
      Vector value = replicated_to_field(bits);
      return {std::move(value), std::move(bits)};
    }
    // Each of t + 1 parties contributes a bit in both domains; their exclusive or is unknown to any t parties.
    Round round(network_);
    std::vector<Buffer<F>> shares(t_ + 1, Buffer<F>(count));
    std::vector<Bits> bits(t_ + 1);
    for (std::size_t dealer = 0; dealer <= t_; ++dealer) {
      if (dealer == self_) {
        PublicBits own(1, count);
        fill_bits(random_, own.planes());
        const Buffer<F> elements = bits_as_elements<F>(own.planes());
        arithmetic_.dealing().deal(round, streams_, std::span<const F>(elements), std::span<F>(shares[dealer]));
        bits[dealer] = binary_.deal(round, own);
      } else {
        arithmetic_.dealing().expect(round, dealer, count);
        binary_.expect(round, dealer, 1, count);
      }
    }
    round.exchange(count == 0);
    Bits sum = binary_.zero(1, count);
    for (std::size_t dealer = 0; dealer <= t_; ++dealer) {
      if (dealer != self_) {
        arithmetic_.dealing().receive(round, streams_, dealer, std::span<F>(shares[dealer]));
        bits[dealer] = binary_.receive(round, dealer, 1, count);
      }
      sum ^= bits[dealer];
    }
    std::vector<Vector> values;
    for (Buffer<F>& of_dealer : shares) values.emplace_back(std::move(of_dealer));
    return {exclusive_or_of(std::move(values), [this](const Vector& x, const Vector& y) { return multiply(x, y); }),
            std::move(sum)};
  }

  /// The planes of `x` one after another.
  Vector to_field(const Bits& x) {
    if (!conversions_draw()) return replicated_to_field(x);
    auto [value, mask] = dabits(x.width() * x.size());
    Bits aligned;  // the mask's one plane, cut into planes of x
    for (std::size_t plane = 0; plane < x.width(); ++plane)
      aligned = stack(std::move(aligned), mask.slice(plane * x.size(), x.size()));
    if (x.width() == 0) return value;
    const PublicBits opened = binary_.open(x ^ aligned);
    return unmasked(std::move(value), opened);
  }

  MaskedDifference<Scheme> split(const Vector& x, std::size_t width) {
    if (!conversions_draw()) return split_among_three(x, width);
    auto [mask, bits] =
        prepared_.edabits(x.size(), width, [&](std::size_t missing) { return make_edabits(missing, width); });
    const Buffer<F> opened = arithmetic_.open((x + mask).shares());
    return {PublicBits::from_field<F>(opened, width), std::move(bits)};
  }
  /// The mask of a split is party 2's alone for three parties, and otherwise the sum of the contributions to an edaBit.
  std::size_t mask_terms() const noexcept { return conversions_draw() ? t_ + 1 : 1; }

  Minuend<Scheme> shifted(const Minuend<Scheme>& minuend, const F& shift) const {
    return shifted_minuend(binary_, self_, minuend, shift);
  }

 private:
  // A uniform value that its contributor knows, shared in both domains.
  struct Contribution {
    Buffer<F> shares;
    Buffer<F> value;  // at those who know it
    Bits bits;
  };

  // Uniform values of which no t parties know all: for more than three parties one of each of parties 0 to t. For
  // three, the first is drawn by parties 0 and 1 from their common stream, and the second is party 2's: in the
  // arithmetic domain it is what the other two's streams determine, so that only its bits are sent, to one party.
  std::vector<Contribution> begin_contributions(Round& round, std::size_t count, std::size_t width) {
    std::vector<Contribution> contributions;
    if (network_.parties() == 3) {
      contributions.resize(2);
      Contribution &common = contributions[0], &own = contributions[1];
      common.shares.assign(count, F{});  // the line through the value at 0 and through 0 at party 2's point
      common.value.resize(count);
      if (self_ != 2) {
        fill_uniform(streams_.common(1 - self_), std::span<F>(common.value));
        const std::vector<F> nodes = {F::embed(0), F::embed(3)};
        vector::scale<F>(common.shares, common.value, lagrange_coefficients<F>(nodes, F::embed(self_ + 1))[0]);
      }
      common.bits = known_to_first_two(common.value, width);
      own.shares.resize(count);
      if (self_ == 2) {
        own.value = arithmetic_.dealing().deal_random(round, streams_, std::span<F>(own.shares));
        own.bits = binary_.deal(round, PublicBits::from_field<F>(own.value, width));
      } else {
        arithmetic_.dealing().expect_random(round, 2, count);
        binary_.expect(round, 2, width, count);
      }
      return contributions;
    }
    for (std::size_t dealer = 0; dealer <= t_; ++dealer) {
      Contribution& contribution = contributions.emplace_back();
      contribution.shares.resize(count);
      if (dealer == self_) {
        contribution.value.resize(count);
        fill_uniform(random_, std::span<F>(contribution.value));
        arithmetic_.dealing().deal(round, streams_, std::span<const F>(contribution.value),
                                   std::span<F>(contribution.shares));
        contribution.bits = binary_.deal(round, PublicBits::from_field<F>(contribution.value, width));
      } else {
        arithmetic_.dealing().expect(round, dealer, count);
        binary_.expect(round, dealer, width, count);
      }
    }
    return contributions;
  }
  void end_contributions(Round& round, std::vector<Contribution>& contributions, std::size_t count, std::size_t width) {
    if (network_.parties() == 3) {
      if (self_ == 2) return;
      arithmetic_.dealing().receive_random(round, streams_, 2, std::span<F>(contributions[1].shares));
      contributions[1].bits = binary_.receive(round, 2, width, count);
      return;
    }
    for (std::size_t dealer = 0; dealer <= t_; ++dealer) {
      if (dealer == self_) continue;
      arithmetic_.dealing().receive(round, streams_, dealer, std::span<F>(contributions[dealer].shares));
      contributions[dealer].bits = binary_.receive(round, dealer, width, count);
    }
  }

  // x = y - b, where party 2 alone knows b, and parties 0 and 1 know y = x + b: they open x + a + b to each other, with
  // the a that both of them draw, and b hides x from them. So y is a replicated sharing without a word sent. The shares
  // of a and b are local, as in begin_contributions(), so that all is sent in one round.
  MaskedDifference<Scheme> split_among_three(const Vector& x, std::size_t width) {
    const std::size_t count = x.size(), chunk = dealing_chunk<Stream, F>(count, 4);
    const F zero = F::embed(0), own = F::embed(self_ + 1);
    Round round(network_);
    Bits minuend = binary_.zero(width, count);
    if (self_ == 2) {
      const std::vector<F> weights = lagrange_coefficients<F>(std::vector<F>{F::embed(1), F::embed(2)}, zero);
      PublicBits bits(width, count);
      Buffer<F> value(chunk), second(chunk);
      for_each_chunk(count, chunk, [&](std::size_t first, std::size_t length) {
        const auto b = std::span<F>(value).first(length), other = std::span<F>(second).first(length);
        fill_uniform(streams_.dealt_to(0), b);
        fill_uniform(streams_.dealt_to(1), other);
        vector::scale<F>(b, b, weights[0]);
        vector::multiply_add<F>(b, other, weights[1]);
        bits.planes().set_numbers(0, first, length, [&](std::size_t row) { return b[row].to_integer(); });
      });
      Bits subtrahend = binary_.deal(round, bits);
      round.exchange(count == 0);
      return {std::move(minuend), std::move(subtrahend)};
    }

    const std::size_t peer = 1 - self_, size = F::encoded_size;
    const std::vector<F> of_opening = lagrange_coefficients<F>(std::vector<F>{own, F::embed(peer + 1)}, zero);
    const F of_common = lagrange_coefficients<F>(std::vector<F>{zero, F::embed(3)}, own)[0];
    binary_.expect(round, 2, width, count);
    round.template expect_elements<F>(peer, count);
    const std::span<std::byte> message = round.send(peer, count * size);
    Buffer<F> known(count), common(chunk), part(chunk);  // known: what this party has of y before the round
    for_each_chunk(count, chunk, [&](std::size_t first, std::size_t length) {
      const auto a = std::span<F>(common).first(length), masked = std::span<F>(part).first(length);
      fill_uniform(streams_.common(peer), a);
      fill_uniform(streams_.dealt_by(2), masked);
      vector::add<F>(masked, masked, x.shares().subspan(first, length));
      vector::multiply_add<F>(masked, a, of_common);
      vector::encode<F>(message.subspan(first * size, length * size), masked);
      const auto target = std::span<F>(known).subspan(first, length);
      vector::scale<F>(target, masked, of_opening[0]);
      vector::subtract<F>(target, target, a);
    });
    round.exchange(count == 0);
    const std::span<const std::byte> received = round.receive(peer, count * size);
    for_each_chunk(count, chunk, [&](std::size_t first, std::size_t length) {
      const auto y = std::span<F>(part).first(length), theirs = std::span<F>(common).first(length);
      Round::decode<F>(peer, theirs, received.subspan(first * size, length * size));
      vector::scale<F>(y, theirs, of_opening[1]);
      vector::add<F>(y, y, std::span<const F>(known).subspan(first, length));
      minuend.planes().set_numbers(known_component(), first, length,
                                   [&](std::size_t row) { return y[row].to_integer(); });
    });
    return {std::move(minuend), binary_.receive(round, 2, width, count)};
  }

  // For three parties: the bits of values that parties 0 and 1 know, as component 0; party 2 passes anything of the
  // right length.
  Bits known_to_first_two(std::span<const F> values, std::size_t width) const {
    Bits bits = binary_.zero(width, values.size());
    if (self_ != 2)
      bits.planes().set_numbers(known_component(), 0, values.size(),
                                [&](std::size_t row) { return values[row].to_integer(); });
    return bits;
  }
  // Where party 0 or 1 stores what both of them know.
  unsigned known_component() const { return self_ == 0 ? 0 : 1; }

  // For three parties: a bit is c0 xor c1 xor c2, where party 1 knows c0 and c1, and parties 2 and 0 know c2. Party 1
  // deals c0 xor c1; c2 is on the line through 0 at party 1's point, which needs no message; one product joins them.
  Vector replicated_to_field(const Bits& x) {
    const std::size_t count = x.width() * x.size();
    Buffer<F> dealt(count), common(count, F{});
    Round round(network_);
    if (self_ == 1) {
      BitPlanes sum(BitLayout{}, x.width(), x.size());
      ReplicatedBits<Stream>::add_components(sum, x.planes());
      const Buffer<F> values = bits_as_elements<F>(sum);
      arithmetic_.dealing().deal(round, streams_, std::span<const F>(values), std::span<F>(dealt));
    } else {
      arithmetic_.dealing().expect(round, 1, count);
      const std::vector<F> nodes = {F::embed(0), F::embed(2)};
      vector::scale<F>(common, bits_as_elements<F>(x.planes(), self_ == 2 ? 0 : 1),
                       lagrange_coefficients<F>(nodes, F::embed(self_ + 1))[0]);
    }
    round.exchange(count == 0);
    if (self_ != 1) arithmetic_.dealing().receive(round, streams_, 1, std::span<F>(dealt));
    return exclusive_or_of(std::vector{Vector(std::move(dealt)), Vector(std::move(common))},
                           [this](const Vector& left, const Vector& right) { return multiply(left, right); });
  }

  Vector multiply(const Vector& x, const Vector& y) { return Vector(arithmetic_.multiply(x.shares(), y.shares())); }

  Network& network_;
  Random& random_;
  PairwiseStreams<Stream>& streams_;
  ShamirDomain<F, Stream>& arithmetic_;
  BinaryDomain<Stream, Scheme>& binary_;
  PreparedRandomness<F, Scheme>& prepared_;
  std::size_t t_, self_;
};

}  // namespace parley::detail
