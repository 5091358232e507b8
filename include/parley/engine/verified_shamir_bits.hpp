// SPDX-License-Identifier: Apache-2.0
// The binary domain of the active Shamir engine and its bridges to the arithmetic one, for more than three parties.
// [EGKRS20] Escudero, Ghosh, Keller, Rachuri, Scholl: Improved primitives for MPC over mixed arithmetic-binary circuits.
// [NO07] Nishide, Ohta: Multiparty computation for interval, equality, and comparison without bit-decomposition protocol.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"
#include "parley/engine/binary_domain.hpp"
#include "parley/engine/bits_in_both_domains.hpp"
#include "parley/engine/byte_verification.hpp"
#include "parley/engine/circuits.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/pairwise_streams.hpp"
#include "parley/engine/product_verification.hpp"
#include "parley/engine/shamir_bridges.hpp"
#include "parley/engine/shamir_domain.hpp"
#include "parley/engine/shared.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/engine/verified_opening.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/link.hpp"
#include "parley/net/network.hpp"

namespace parley::detail {

/// n > 3 parties of which t < n/2 may deviate, on ShamirBits.
///
/// A deviating party can deal what is no bit, add errors to conjunctions, and, if n > 2t + 1, deal what lies on no
/// polynomial of degree t. ByteVerification finds all three; it has to before anything is opened, as a product of a secret
/// bit and what is no bit would show the bit. A sum of bits that t + 1 parties have dealt is a bit only if those of the
/// deviating parties add up to one, whatever those of the others are: so that random bits are verified as sums.
///
/// Between the domains there are only bits that parties 0 to t deal in both (see BitsInBothDomains). A number that is the
/// sum of its bits over F has these bits by construction, so that nothing has to be cut and chosen as in [EGKRS20]. A
/// dealer may give the modulus p, all bits 1, instead of 0. As an integer the sum R of t + 1 numbers is less than (t + 1)
/// p all the same, because that of an honest dealer is less than p: so R + z - wp for an integer z with |z| < p/2 leaves
/// the w that MaskedDifference promises. Modulo p it makes no difference for an addition, and R is uniform.
///
/// split() opens x + R over F, and to_field() bits plus bytes of which one of each dealer is uniform, before anything is
/// verified. The sum is uniform and on a polynomial that is, too, whatever is hidden (which may be no bit) and whatever
/// deviating dealers have dealt, so that it shows nothing; and all honest parties get the same or stop, as all shares are
/// checked.
template <Field F, class Random, class Scheme>
class VerifiedShamirBits {
 public:
  using Stream = typename StreamOf<Random>::type;
  using Vector = Shared<F, Scheme>;
  using Bits = SharedBits<Scheme>;

  /// With more than `most_recorded` elements of a record, their check comes at once, or earlier where rounds are fast.
  VerifiedShamirBits(Network& network, Random& random, PairwiseStreams<Stream>& streams,
                     ShamirDomain<F, Stream>& arithmetic, ProductVerification<F, Stream>& products,
                     VerifiedOpening<F>& opening, std::size_t privacy_threshold, unsigned security_bits,
                     const Link& link, std::size_t most_recorded)
      : random_(random),
        arithmetic_(arithmetic),
        products_(products),
        opening_(opening),
        binary_(network, streams, privacy_threshold, link),
        opening_of_bits_(network, privacy_threshold),
        conjunctions_(network, streams, privacy_threshold, security_bits, link),
        in_both_(network, streams, arithmetic, products, random, privacy_threshold, security_bits, link),
        most_recorded_(std::min(most_recorded, worth_a_check(link))),
        t_(privacy_threshold),
        self_(network.self()) {}

  /// What is left to be verified after it are products.
  void verify() {
    conjunctions_.verify();
    in_both_.verify();
  }
  double error() const { return conjunctions_.error() + in_both_.error(); }

  Bits constant(const PublicBits& bits) const { return binary_.constant(bits); }
  Bits input(std::size_t owner, const PublicBits& mine) { return recorded(binary_.input(owner, mine)); }
  Bits random(std::size_t width, std::size_t size) { return recorded(binary_.random(random_, width, size)); }
  Bits and_(std::span<const Conjunction> batch) {
    Bits results = binary_.and_(batch);
    const std::size_t size = results.size();
    Buffer<GF256> more(size);
    const auto [x, y, z] = conjunctions_.record_products(batch.size() * size);
    for (std::size_t plane = 0; plane < batch.size(); ++plane) {
      const Conjunction& conjunction = batch[plane];
      const auto part = [&](std::span<GF256> lanes) { return lanes.subspan(plane * size, size); };
      const auto add = [&](const Wire& wire, std::span<GF256> lanes) {
        if (!wire) return;
        ShamirBits<Stream>::copy_lanes(wire, 0, more);
        vector::add<GF256>(lanes, lanes, more);
      };
      ShamirBits<Stream>::copy_lanes(conjunction.x, 0, part(x));
      ShamirBits<Stream>::copy_lanes(conjunction.y, 0, part(y));
      add(conjunction.z, part(y));
      ShamirBits<Stream>::copy_lanes(results.wire(plane), 0, part(z));
      add(conjunction.plus, part(z));
    }
    if (conjunctions_.size() > most_recorded_) conjunctions_.verify();
    return results;
  }
  /// With what verifying a conjunction takes later.
  double seconds(double rounds, double conjunctions) const {
    return binary_.seconds(rounds, conjunctions) + conjunctions * 10e-9;
  }

  /// Of bits that are verified.
  /// Cost: one round; n - 1 bytes sent per bit and party.
  PublicBits open(const Bits& x) {
    const Buffer<GF256> values = opening_of_bits_.open(ShamirBits<Stream>::lanes(x.planes()), true);
    for (const GF256& value : values)
      if (!(value == GF256::zero()) && !(value == GF256::one()))
        throw Error(ErrorCode::verification_failed, "what was opened is no bit: somebody deviates from the protocol");
    return ShamirBits<Stream>::to_public(values, x.width(), x.size());
  }

  /// Opens the bits under masks that hide whole bytes.
  /// Cost: that of dabits(), but of a round more, in which n - 1 bytes are sent per bit and party.
  Vector to_field(const Bits& x) {
    auto [value, masked] = random_in_both(DealtByte::mask, x.width() * x.size());
    if (value.size() == 0) return value;
    vector::add<GF256>(masked, masked, ShamirBits<Stream>::lanes(x.planes()));
    Buffer<GF256> opened = opening_of_bits_.open(masked, false);
    for (GF256& byte : opened) byte = GF256(byte.value() & 1U);
    return unmasked(std::move(value), ShamirBits<Stream>::to_public(opened, x.width(), x.size()));
  }
  /// The exclusive or of a bit of each of parties 0 to t.
  /// Cost: one round, and one for each level of a tree of t products; n - 1 - t elements and as many bytes sent per bit by
  /// each of t + 1 parties.
  RandomInBothDomains<F, Scheme> dabits(std::size_t count) {
    auto [value, bytes] = random_in_both(DealtByte::bit, count);
    return {std::move(value), Bits(ShamirBits<Stream>::planes(bytes, 1, count))};
  }

  std::size_t mask_terms() const noexcept { return t_ + 1; }
  /// Cost: that of as many edabits() of `width` bits, and an opening: one round, n - 1 elements sent per value.
  MaskedDifference<Scheme> split(const Vector& x, std::size_t width) {
    auto [mask, bits] = edabits(x.size(), width);
    const Buffer<F> opened = opening_.open((x + mask).shares(), false);
    return {PublicBits::from_field<F>(opened, width), std::move(bits)};
  }
  Minuend<Scheme> shifted(const Minuend<Scheme>& minuend, const F& shift) const {
    return shifted_minuend(binary_, self_, minuend, shift);
  }
  /// The sum of a number of each of parties 0 to t, modulo p; with fewer than F::modulus_bits bits, as an integer.
  /// Cost: one round, and additions in the binary domain; F::modulus_bits (n - 1 - t) elements and as many bytes sent per
  /// value by each of t + 1 parties.
  RandomInBothDomains<F, Scheme> edabits(std::size_t count, std::size_t width = F::modulus_bits) {
    constexpr std::size_t whole = F::modulus_bits;
    PublicBits own(whole, count);
    if (in_both_.deals()) {
      Buffer<F> numbers(count);
      fill_uniform(random_, std::span<F>(numbers));
      own = PublicBits::from_field<F>(std::span<const F>(numbers), whole);
    }
    const Buffer<GF256> bits = bits_as_elements<GF256>(own.planes());
    const auto dealt = deal(DealtByte::bit, whole * count, {bits, bits});
    Buffer<F> value(count);
    std::vector<Bits> terms;
    for (const auto& of_dealer : dealt) {
      F power = F::one();
      for (std::size_t bit = 0; bit < whole; ++bit, power += power)
        vector::multiply_add<F>(value, std::span<const F>(of_dealer.values).subspan(bit * count, count), power);
      terms.emplace_back(
          ShamirBits<Stream>::planes(std::span<const GF256>(of_dealer.bytes).first(width * count), width, count));
    }
    Bits sum =
        width < whole ? sum_modulo_power_of_two(*this, std::move(terms)) : sum_modulo_mersenne(*this, std::move(terms));
    return {Vector(std::move(value)), std::move(sum)};
  }

 private:
  // Checks of smaller records, which stay in a cache, are faster, as long as their rounds, some 60, take a fifth of the
  // time at most; an element takes 10 ns.
  static std::size_t worth_a_check(const Link& link) {
    const double elements = link.seconds(60, 0) / (0.2 * 10e-9);
    return static_cast<std::size_t>(std::clamp(elements, 0x1p18, 0x1p40));
  }

  using Own = typename BitsInBothDomains<F, Random>::Own;

  Bits recorded(Bits bits) {
    conjunctions_.record_bits(ShamirBits<Stream>::lanes(bits.planes()));
    if (conjunctions_.size() > most_recorded_) conjunctions_.verify();
    return bits;
  }
  // `own` is what this party deals, if it is a dealer.
  auto deal(DealtByte kind, std::size_t count, const Own& own) {
    auto dealt = in_both_.deal(kind, count, own);
    if (kind == DealtByte::bit)  // of masks only sums are opened, which are seen to lie on polynomials then
      for (const auto& of_dealer : dealt) conjunctions_.record_dealings(of_dealer.bytes);
    if (in_both_.size() > most_recorded_) in_both_.verify();
    if (products_.size() > most_recorded_) products_.verify();
    return dealt;
  }
  // Over F the exclusive or of a bit of each of parties 0 to t, over GF256 the sum of what they deal.
  std::pair<Vector, Buffer<GF256>> random_in_both(DealtByte kind, std::size_t count) {
    auto dealt = deal(kind, count, in_both_.deals() ? in_both_.drawn(kind, count) : Own{});
    std::vector<Vector> values;
    Buffer<GF256> sum(count);
    for (auto& of_dealer : dealt) {
      values.emplace_back(std::move(of_dealer.values));
      vector::add<GF256>(sum, sum, of_dealer.bytes);
    }
    const auto multiply = [this](const Vector& x, const Vector& y) {
      Buffer<F> products = arithmetic_.multiply(x.shares(), y.shares());
      products_.record_products(x.shares(), y.shares(), products);
      return Vector(std::move(products));
    };
    return {exclusive_or_of(std::move(values), multiply), std::move(sum)};
  }

  Random& random_;
  ShamirDomain<F, Stream>& arithmetic_;
  ProductVerification<F, Stream>& products_;
  VerifiedOpening<F>& opening_;
  BinaryDomain<Stream, Scheme> binary_;
  VerifiedOpening<GF256> opening_of_bits_;
  ByteVerification<Stream> conjunctions_;
  BitsInBothDomains<F, Random> in_both_;
  std::size_t most_recorded_, t_, self_;
};

}  // namespace parley::detail
