// SPDX-License-Identifier: Apache-2.0
// The binary domain of the active Shamir engine and its bridges to the arithmetic one, for three parties.
// [AFLNO16] High-throughput semi-honest secure three-party computation with an honest majority. [BGIN19] Boyle, Gilboa,
// Ishai, Nof: Practical fully secure three-party computation via sublinear distributed zero-knowledge proofs, CCS 2019.
// [CDI05] Share conversion. [GL05] Goldwasser, Lindell: Secure multi-party computation without agreement.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"
#include "parley/engine/binary_domain.hpp"
#include "parley/engine/circuits.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/conjunction_verification.hpp"
#include "parley/engine/pairwise_streams.hpp"
#include "parley/engine/product_verification.hpp"
#include "parley/engine/round.hpp"
#include "parley/engine/shamir_bridges.hpp"
#include "parley/engine/shamir_domain.hpp"
#include "parley/engine/shared.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/engine/split_verification.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/link.hpp"
#include "parley/net/network.hpp"
#include "parley/poly/lagrange.hpp"

namespace parley::detail {

/// Three parties of which one may deviate, on ReplicatedBits: component k of a bit is known to parties k and k + 1.
///
/// What cannot be wrong. A sharing of bits is two honest parties' components, and is inconsistent only where both of
/// them know a component and have different ones. No message leads to that: for any component that both honest parties
/// know, they have computed it from what both knew before, drawn it from their common stream, or one of them has sent it
/// to the other. So an input is what the honest parties' components say, random bits and constants are local, and
/// conjunctions are off by an error at most (see ConjunctionVerification). A bit's component, as the element 0 or 1 of
/// F, is a line through it at 0 and through 0 at the point of the party that lacks it: a right sharing by construction,
/// so that to_field() computes exclusive ors by products, which are verified like all others.
///
/// split(): party 2 knows b, whose sharing over F the other two's streams determine, and deals its bits u_j xor v_j: v_j
/// is drawn by party 0, u_j sent to party 1. Parties 0 and 1 open y = x + b to each other. The messages are 16 bytes and
/// 61 bits for a value, and one of each can be wrong: then the u or y that the honest receiver has is not b's or x + b.
/// What matters is that x = y - sum 2^j (u_j xor v_j), that is
///     sum over j of 2^(j+1) u_j v_j = sum 2^j u_j + sum 2^j v_j - y + x,
/// where all of u_j, v_j (known to two parties each), y (known to parties 0 and 1) and x have sharings over F that are
/// right by construction. It is verified before anything is opened (see SplitVerification).
/// Whatever the bits and y are, if it holds then they are a difference that is x. It holds for b given as p instead of
/// 0, too: then subtrahend <= p instead of < p, which makes no difference for F::modulus_bits bits in an addition of the
/// negated bits modulo p, but may in other uses. As party 2 chooses none of the streams that b is drawn from, b is 0 with
/// a probability of 1/p, which is counted in error() for every value.
///
/// Openings: both parties that know the component that a third one lacks send it; one of them is honest.
template <Field F, class Random, class Scheme>
class VerifiedBits {
 public:
  using Stream = typename StreamOf<Random>::type;
  using Vector = Shared<F, Scheme>;
  using Bits = SharedBits<Scheme>;

  /// With more than `most_recorded` elements of a record, their check comes at once.
  VerifiedBits(Network& network, Random& random, PairwiseStreams<Stream>& streams, ShamirDomain<F, Stream>& arithmetic,
               ProductVerification<F, Stream>& products, unsigned security_bits, const Link& link,
               std::size_t most_recorded)
      : network_(network),
        random_(random),
        streams_(streams),
        arithmetic_(arithmetic),
        products_(products),
        binary_(network, streams, 1, link),
        conjunctions_(network, streams, security_bits, link),
        link_(link),
        most_recorded_(most_recorded),
        self_(network.self()) {
    for (unsigned which = 0; which < 2; ++which) {  // component self, which the party before this one lacks, first
      const std::vector<F> nodes{F::embed(0), F::embed((self_ + 2 - which) % 3 + 1)};
      weights_[which] = lagrange_coefficients<F>(nodes, F::embed(self_ + 1))[0];
    }
  }

  void verify() {
    conjunctions_.verify();
    if constexpr (MersenneField<F>)
      if (splits_) splits_->verify();
  }
  double error() const { return conjunctions_.error() + encoding_error_; }

  Bits constant(const PublicBits& bits) const { return binary_.constant(bits); }
  Bits input(std::size_t owner, const PublicBits& mine) { return binary_.input(owner, mine); }
  Bits random(std::size_t width, std::size_t size) { return binary_.random(random_, width, size); }
  Bits and_(std::span<const Conjunction> batch) {
    Bits results = binary_.and_(batch);
    conjunctions_.record(batch, results.planes());
    if (conjunctions_.size() > most_recorded_) conjunctions_.verify();
    return results;
  }
  /// With what verifying a conjunction takes later.
  double seconds(double rounds, double conjunctions) const {
    return binary_.seconds(rounds, conjunctions) + conjunctions * 0.5e-9;
  }

  /// Of bits that are verified.
  /// Cost: one round; two bits sent per bit and party.
  PublicBits open(const Bits& x) {
    const BitPlanes& planes = x.planes();
    const std::size_t next = (self_ + 1) % 3, previous = (self_ + 2) % 3, size = planes.packed_size();
    Round round(network_);
    planes.pack(1, round.send(next, size));  // component self - 1 = next + 1, which the next party lacks
    planes.pack(0, round.send(previous, size));
    round.expect(next, size);
    round.expect(previous, size);
    round.exchange(size == 0);
    PublicBits bits(x.width(), x.size()), again(x.width(), x.size());
    bits.planes().unpack(0, round.receive(previous, size));
    again.planes().unpack(0, round.receive(next, size));
    for (std::size_t plane = 0; plane < x.width(); ++plane)
      if (!std::ranges::equal(bits.planes().component(plane, 0), again.planes().component(plane, 0)))
        throw Error(
            ErrorCode::inconsistent_shares,
            "parties " + std::to_string(previous) + " and " + std::to_string(next) +
                " showed different components of a bit that was opened: one of them deviates from the protocol");
    ReplicatedBits<Stream>::add_components(bits.planes(), planes);
    return bits;
  }

  /// Cost: two rounds, two products per bit.
  Vector to_field(const Bits& x) {
    Vector sum;
    for (std::size_t component = 0; component < 3; ++component) {
      Buffer<F> shares(x.width() * x.size());
      for (unsigned which = 0; which < 2; ++which)
        if ((self_ + 3 - which) % 3 == component)
          vector::scale<F>(shares, bits_as_elements<F>(x.planes(), which), weights_[which]);
      const Vector next(std::move(shares));
      if (component == 0) {
        sum = next;
        continue;
      }
      Buffer<F> both = arithmetic_.multiply(sum.shares(), next.shares());
      products_.record_products(sum.shares(), next.shares(), both);
      const Vector product(std::move(both));
      sum = sum + next - product - product;  // F(2) is not one plus one where F is binary
    }
    if (products_.size() > most_recorded_) products_.verify();
    return sum;
  }
  RandomInBothDomains<F, Scheme> dabits(std::size_t count) {
    Bits bits = random(1, count);
    Vector value = to_field(bits);
    return {std::move(value), std::move(bits)};
  }

  std::size_t mask_terms() const noexcept { return 1; }
  /// Cost: one round; an element sent per value by parties 0 and 1, F::modulus_bits bits by party 2, for any width.
  MaskedDifference<Scheme> split(const Vector& x, std::size_t width) {
    constexpr std::size_t whole = F::modulus_bits;
    const std::size_t count = x.size();
    Round round(network_);
    Buffer<F> known(count), shares(count);
    Bits subtrahend, minuend = binary_.constant(PublicBits(whole, count));
    if (self_ == 2) {
      const Buffer<F> mask = arithmetic_.dealing().deal_random(round, streams_, std::span<F>(shares));
      subtrahend = binary_.deal(round, PublicBits::from_field<F>(std::span<const F>(mask), whole));
      round.exchange(count == 0);
    } else {
      const std::size_t peer = 1 - self_;
      arithmetic_.dealing().expect_random(round, 2, count);
      arithmetic_.dealing().receive_random(round, streams_, 2, std::span<F>(shares));  // drawn, no bytes
      vector::add<F>(shares, shares, x.shares());
      binary_.expect(round, 2, whole, count);
      round.template send_elements<F>(peer, shares);
      round.template expect_elements<F>(peer, count);
      round.exchange(count == 0);
      round.template receive_elements<F>(peer, std::span<F>(known));
      const std::vector<F> nodes{F::embed(self_ + 1), F::embed(peer + 1)};
      const std::vector<F> weights = lagrange_coefficients<F>(nodes, F::embed(0));
      vector::scale<F>(known, known, weights[1]);
      vector::multiply_add<F>(known, shares, weights[0]);
      minuend.planes().set_numbers(self_ == 0 ? 0 : 1, 0, count,
                                   [&](std::size_t row) { return known[row].to_integer(); });
      subtrahend = binary_.receive(round, 2, whole, count);
    }
    record_split(x, known, subtrahend.planes());
    encoding_error_ += static_cast<double>(count) / (std::ldexp(1.0, static_cast<int>(whole)) - 1);
    if (width == whole) return {std::move(minuend), std::move(subtrahend)};
    return {minuend.bits(0, width), subtrahend.bits(0, width)};
  }
  Minuend<Scheme> shifted(const Minuend<Scheme>& minuend, const F& shift) const {
    return shifted_minuend(binary_, self_, minuend, shift);
  }
  /// The difference of a split of random values, added up.
  /// Cost: that of split() and of an addition modulo p in the binary domain.
  RandomInBothDomains<F, Scheme> edabits(std::size_t count) {
    Vector value(arithmetic_.random(count));
    const MaskedDifference<Scheme> difference = split(value, F::modulus_bits);
    Bits bits = add_modulo_mersenne(*this, std::get<Bits>(difference.minuend), ~difference.subtrahend);
    return {std::move(value), std::move(bits)};
  }

 private:
  using Splits = std::conditional_t<MersenneField<F>, SplitVerification<F, Stream>, std::monostate>;

  // The relation of the parts of a split. Of the components u = 1 and v = 2 of the subtrahend, and of y = 0, this party
  // knows two.
  void record_split(const Vector& x, std::span<const F> y, const BitPlanes& subtrahend) {
    if (!splits_) splits_.emplace(network_, arithmetic_, products_, link_, weight_of(1), weight_of(2));
    splits_->record(
        x.size(),
        [&](std::size_t k, std::size_t first, auto numbers) {
          subtrahend.get_numbers(self_ == k + 1 ? 0 : 1, first, numbers);
        },
        [&](std::size_t first, std::span<F> sums) {
          vector::scale<F>(sums, y.subspan(first, sums.size()), -weight_of(0));
          vector::add<F>(sums, sums, x.shares().subspan(first, sums.size()));
        });
    if (splits_->size() > most_recorded_) splits_->verify();
  }
  // Of a component in this party's shares over F.
  F weight_of(std::size_t component) const {
    return component == self_ ? weights_[0] : component == (self_ + 2) % 3 ? weights_[1] : F{};
  }

  Network& network_;
  Random& random_;
  PairwiseStreams<Stream>& streams_;
  ShamirDomain<F, Stream>& arithmetic_;
  ProductVerification<F, Stream>& products_;
  BinaryDomain<Stream, Scheme> binary_;
  ConjunctionVerification<Stream> conjunctions_;
  std::optional<Splits> splits_;  // from the first split on
  Link link_;
  std::size_t most_recorded_, self_;
  std::array<F, 2> weights_;  // of this party's components in its shares over F
  double encoding_error_ = 0;
};

}  // namespace parley::detail
