// SPDX-License-Identifier: Apache-2.0
// The active Shamir engine: n >= 2t + 1 parties compute on Shamir's shares, and whatever any t of them do, the others
// get the right results or an Error.
// [BGW88] Completeness theorems for non-cryptographic fault-tolerant distributed computation. [GIPST14] Genkin, Ishai,
// Prabhakaran, Sahai, Tromer: Circuits resilient to additive attacks, STOC 2014. [BBCGI19] Boneh, Boyle, Corrigan-Gibbs,
// Gilboa, Ishai: Zero-knowledge proofs on secret-shared data via fully linear PCPs, CRYPTO 2019. [GS20] Goyal, Song:
// Malicious security comes free in honest-majority MPC, ePrint 2020/134.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/bit_planes.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/pairwise_streams.hpp"
#include "parley/engine/product_verification.hpp"
#include "parley/engine/shamir_domain.hpp"
#include "parley/engine/shamir_parameters.hpp"
#include "parley/engine/shamir_shuffle.hpp"
#include "parley/engine/shared.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/engine/shuffle_verification.hpp"
#include "parley/engine/verified_bits.hpp"
#include "parley/engine/verified_opening.hpp"
#include "parley/engine/verified_shamir_bits.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/link.hpp"
#include "parley/net/network.hpp"

namespace parley {

/// Shamir's shares whose products are verified before anything is opened. They do not mix with those of the passive
/// engine, where a single deviating party can have changed them.
struct VerifiedShamirSharing {};

struct ShamirActiveOptions {
  /// t: whatever any t parties do, they learn nothing and falsify nothing. At least 1 and less than half of the parties;
  /// by default the largest possible.
  std::optional<std::size_t> privacy_threshold = std::nullopt;
  /// What rounds and bytes cost; the same at all parties.
  Link link = Link::local();
  /// Something wrong passes a check with a probability of at most 2^-security_bits. From 1 to 120.
  unsigned security_bits = 40;
  /// How many elements, of factors and products, are kept at most until the next opening; with more of them their check
  /// comes earlier. The same at all parties.
  std::size_t most_recorded = std::size_t{1} << 23;
};

/// One party's state of the active Shamir engine; see shamir_active().
template <Field F, RandomSource Random>
class ShamirActiveEngine {
 public:
  using Value = F;
  using Scheme = VerifiedShamirSharing;
  using Vector = Shared<F, VerifiedShamirSharing>;
  using Bits = SharedBits<VerifiedShamirSharing>;

  ShamirActiveEngine(Network& network, ShamirActiveOptions options, Random random)
      : network_(network),
        t_(checked(network.parties(), options)),
        random_(std::move(random)),
        streams_(network, random_,
                 "shamir_active, " + std::string(F::name) + ", " + std::to_string(network.parties()) +
                     " parties, threshold " + std::to_string(t_) + ", " + std::to_string(options.security_bits) +
                     " bits, " + detail::text_of(options.link)),
        arithmetic_(network, streams_, t_, options.link),
        opening_(network, t_),
        verification_(network, arithmetic_, opening_, t_, options.security_bits, options.link),
        shuffle_(network, random_, streams_, arithmetic_, t_),
        shuffle_verification_(arithmetic_, verification_),
        bits_(make_bits(options)),
        most_recorded_(options.most_recorded) {}
  ShamirActiveEngine(const ShamirActiveEngine&) = delete;  // an engine is one party's place in one protocol run
  ShamirActiveEngine& operator=(const ShamirActiveEngine&) =
      delete;  // an engine is one party's place in one protocol run

  std::size_t self() const noexcept { return network_.self(); }
  std::size_t parties() const noexcept { return network_.parties(); }
  std::size_t privacy_threshold() const noexcept { return t_; }
  /// What this party has spent on its network so far, the agreement on seeds when the engine was made included.
  Cost cost() const { return network_.cost(); }
  /// An upper bound of the probability that in all checks so far anything wrong has passed.
  double cheating_probability() const {
    return verification_.error() + on_bits([](const auto& bits) { return bits.error(); });
  }

  std::vector<Vector> input(std::span<const std::size_t> lengths, std::span<const F> mine) {
    return detail::run_or_give_up(network_, [&] {
      std::vector<Vector> shares;
      for (auto& theirs : arithmetic_.input(lengths, mine)) {
        verification_.record_dealings(theirs);
        shares.emplace_back(std::move(theirs));
      }
      return shares;
    });
  }
  Vector constant(std::span<const F> values) const { return Vector(Buffer<F>(values.begin(), values.end())); }
  Vector mul(const Vector& x, const Vector& y) {
    return recorded(x, y, [&] { return arithmetic_.multiply(x.shares(), y.shares()); });
  }
  Vector dot(const Vector& x, const Vector& y, std::size_t length) {
    Buffer<F> sums;
    sums.reserve(x.size() / length);
    for (std::size_t first = 0; first < x.size(); first += length)
      sums.push_back(vector::inner_product<F>(x.shares().subspan(first, length), y.shares().subspan(first, length)));
    return recorded(x, y, [&] { return arithmetic_.reduce(sums); });
  }
  Vector matrix_product(const Vector& x, const Vector& y, const vector::ProductShape& shape) {
    Buffer<F> sums(shape.rows * shape.columns);
    vector::matrix_product<F>(sums, x.shares(), y.shares(), shape);
    return detail::run_or_give_up(network_, [&] {
      Buffer<F> shares = arithmetic_.reduce(sums);
      verification_.record_matrix_product(x.shares(), y.shares(), shares, shape);
      verify_if_much();
      return Vector(std::move(shares));
    });
  }
  /// Checks all that has been computed since the last check, as an opening does first.
  void verify() {
    detail::run_or_give_up(network_, [&] { verify_all(); });
  }
  Buffer<F> open(const Vector& x) {
    return opened(x.empty(), [&] { return opening_.open(x.shares(), true); });
  }
  Buffer<F> open_to(std::size_t receiver, const Vector& x) {
    return opened(x.empty(), [&] { return opening_.open_to(receiver, x.shares(), true); });
  }
  Vector random(std::size_t count) {
    return detail::run_or_give_up(network_, [&] {
      Buffer<F> shares = arithmetic_.random(count);
      verification_.record_dealings(shares);
      return Vector(std::move(shares));
    });
  }
  void shuffle(std::vector<Vector>& columns) {
    if (columns.empty() || columns.front().size() < 2) return;
    detail::run_or_give_up(network_, [&] {
      std::vector<Buffer<F>> shares;
      for (Vector& column : columns) shares.push_back(std::move(column).release());
      shuffle_.shuffle(shares, shuffle_verification_);
      for (std::size_t c = 0; c < columns.size(); ++c) columns[c] = Vector(std::move(shares[c]));
      verify_if_much();
    });
  }

  Bits input_bits(std::size_t owner, const PublicBits& mine) {
    return on_bits_or_give_up([&](auto& bits) { return bits.input(owner, mine); });
  }
  Bits constant_bits(const PublicBits& public_bits) const {
    return on_bits([&](const auto& bits) { return bits.constant(public_bits); });
  }
  Bits and_(std::span<const Conjunction> batch) {
    return on_bits_or_give_up([&](auto& bits) { return bits.and_(batch); });
  }
  double seconds(double rounds, double conjunctions) const {
    return on_bits([&](const auto& bits) { return bits.seconds(rounds, conjunctions); });
  }
  PublicBits open(const Bits& x) {
    return opened(x.width() * x.size() == 0,
                  [&] { return std::visit([&](auto& bits) { return bits.open(x); }, bits_); });
  }
  Bits random_bits(std::size_t width, std::size_t size) {
    return on_bits_or_give_up([&](auto& bits) { return bits.random(width, size); });
  }

  Vector to_field(const Bits& x) {
    return on_bits_or_give_up([&](auto& bits) { return bits.to_field(x); });
  }
  MaskedDifference<VerifiedShamirSharing> split(const Vector& x, std::size_t width) requires MersenneField<F> {
    return on_bits_or_give_up([&](auto& bits) { return bits.split(x, width); });
  }
  std::size_t mask_terms() const noexcept {
    return on_bits([](const auto& bits) { return bits.mask_terms(); });
  }
  Minuend<VerifiedShamirSharing> shifted(const Minuend<VerifiedShamirSharing>& minuend,
                                         const F& shift) const requires MersenneField<F> {
    return on_bits([&](const auto& bits) { return bits.shifted(minuend, shift); });
  }
  RandomInBothDomains<F, VerifiedShamirSharing> edabits(std::size_t count) requires MersenneField<F> {
    return on_bits_or_give_up([&](auto& bits) { return bits.edabits(count); });
  }
  RandomInBothDomains<F, VerifiedShamirSharing> dabits(std::size_t count) {
    return on_bits_or_give_up([&](auto& bits) { return bits.dabits(count); });
  }

 private:
  using Stream = typename detail::StreamOf<Random>::type;
  using OfThree = detail::VerifiedBits<F, Random, VerifiedShamirSharing>;
  using OfMore = detail::VerifiedShamirBits<F, Random, VerifiedShamirSharing>;

  std::variant<OfThree, OfMore> make_bits(const ShamirActiveOptions& options) {
    using Made = std::variant<OfThree, OfMore>;
    if (network_.parties() == 3)
      return Made(std::in_place_type<OfThree>, network_, random_, streams_, arithmetic_, verification_,
                  options.security_bits, options.link, options.most_recorded);
    return Made(std::in_place_type<OfMore>, network_, random_, streams_, arithmetic_, verification_, opening_, t_,
                options.security_bits, options.link, options.most_recorded);
  }
  template <class Call>
  auto on_bits(Call call) const {
    return std::visit(call, bits_);
  }
  template <class Call>
  auto on_bits_or_give_up(Call call) {
    return detail::run_or_give_up(network_, [&] { return std::visit(call, bits_); });
  }

  template <class Multiply>
  Vector recorded(const Vector& x, const Vector& y, Multiply multiply) {
    return detail::run_or_give_up(network_, [&] {
      Buffer<F> shares = multiply();
      verification_.record_products(x.shares(), y.shares(), shares);
      verify_if_much();
      return Vector(std::move(shares));
    });
  }
  template <class Open>
  auto opened(bool empty, Open open) -> decltype(open()) {
    if (empty) return open();
    return detail::run_or_give_up(network_, [&] {
      verify_all();
      auto values = open();
      opening_.confirm();
      return values;
    });
  }
  void verify_all() {
    std::visit([](auto& bits) { bits.verify(); }, bits_);  // what it leaves to be verified are products
    verification_.verify();
  }
  void verify_if_much() {
    if (verification_.size() > most_recorded_) verification_.verify();
  }

  static std::size_t checked(std::size_t parties, const ShamirActiveOptions& options) {
    if (options.security_bits < 1 || options.security_bits > 120)
      throw Error(ErrorCode::invalid_argument, "a statistical security of " + std::to_string(options.security_bits) +
                                                   " bits is not between 1 and 120");
    // So that a check of any size leaves an error below 2^-16, and few of them side by side what is asked for: with less
    // than 2^64 results, less than 64 folds, and parts as FoldingPlan has them, it is below 2^8 / 2^24.
    if (!F::order_exceeds((std::uint64_t{1} << 24) - 1))
      throw Error(ErrorCode::invalid_argument,
                  std::string(F::name) + " has less than 2^24 elements, too few to verify products over it");
    return detail::checked_threshold<F>(parties, options.privacy_threshold);
  }

  Network& network_;
  std::size_t t_;
  Random random_;
  detail::PairwiseStreams<Stream> streams_;
  detail::ShamirDomain<F, Stream> arithmetic_;
  detail::VerifiedOpening<F> opening_;
  detail::ProductVerification<F, Stream> verification_;
  detail::ShamirShuffle<F, Random> shuffle_;
  detail::ShuffleVerification<F, Stream> shuffle_verification_;
  std::variant<OfThree, OfMore> bits_;
  std::size_t most_recorded_;
};

/// The active Shamir engine over the field `F`, at this party of `network`; all parties make theirs at the same point of
/// the program.
///
/// Input: n >= 3 parties, 1 <= t <= (n - 1) / 2 for the privacy threshold t; F has more than n elements, and at least
/// 2^24.
/// Security: against an adversary that controls up to t parties, which do whatever they like and see the honest parties'
/// messages of a round before they send their own; with abort. The honest parties' results are right, but for the
/// probability cheating_probability(), which each check increases by at most 2^-security_bits; statistical, given the
/// pairwise seeds' streams. The adversary learns its own inputs and what is opened to it. An abort reveals nothing more:
/// whether a check fails depends on what the deviating parties did and on public coins, and not on secrets.
///
/// What is checked: products, and that shuffled rows are the rows (see ShuffleVerification), before anything is opened
/// after them (see ProductVerification); openings by all n shares (see VerifiedOpening); for n > 2t + 1 that inputs and
/// random values lie on polynomials of degree t, which for n = 2t + 1 they always do; conjunctions of bits (see
/// ConjunctionVerification, for more than three parties ByteVerification, which also finds what was dealt as a bit and is
/// none), and that bits are those of the numbers that they were made from (see VerifiedBits and BitsInBothDomains). An
/// input is what the honest parties' shares of it say. Among three parties, numbers that are split into bits, as for a
/// comparison, increase cheating_probability() by 1/p each for the field's order p: nothing to speak of with 2^61 - 1, too
/// much with 2^31 - 1.
///
/// What is not protected: deviating parties choose their own inputs freely, and can end the run whenever they like, also
/// after they have seen a result and before the honest parties have it. Honest parties return from an opening only
/// after all others have said that they are content, so that where one of them has found something wrong none goes on;
/// but a party that deviates in just that last message can let some return from the last opening of a program and others
/// not. Who deviates is named where the shares of an opening tell, which takes n >= 3t + 1, where it has dealt different bits
/// over the two domains (n > 3), and where it sends something malformed or nothing at all. An abort leaves no shares in
/// memory that has been freed (see Network).
///
/// Cost: making it: one round; in each pair 160 bytes in one direction and 128 in the other. Inputs, products and random
/// values: those of operations.hpp; shuffles: see
/// functions/shuffle.hpp. An opening: two rounds, and n - 1 elements and n - 1 bytes sent, to one party one element and
/// n - 1 bytes; of bits two bits sent per bit, and two bytes. Before it, if there were products or conjunctions, or for n
/// > 2t + 1 inputs or random values, since the last one, their check. A check of m products takes some log2(m) folds at
/// most, fewer where rounds are slow, each of two rounds and a few elements, and four to six rounds beside them; a check
/// of m conjunctions is like one of m/8 products, with a round and 26 elements more; from 2^17, 2^19 and 2^21 conjunctions
/// on of m/16, m/32 and m/64, with 80, 242 and 728 elements. Operations on bits: those of
/// operations.hpp, but that for n = 3 a bit in both domains takes two rounds and two elements from each party, a split (see
/// ComparingEngine) sends all bits of an element, and the bits of a random element are those of a split and of an addition
/// modulo p. For n > 3 a check of m conjunctions is like one of m products of elements of eight bytes; an opening of bits
/// sends n - 1 bytes a bit; for the mask of a split each of parties 0 to t deals F::modulus_bits bits, an element and a
/// byte each; and bits in both domains are checked in six rounds, with some 44 (2 + log2(bits)) elements dealt by each
/// dealer.
/// Errors: Error(invalid_argument) for thresholds and fields that do not fit; Error(configuration_mismatch) naming a
/// party that runs another engine, field, or threshold. Of operations: those of operations.hpp;
/// Error(verification_failed) where a product was wrong, Error(inconsistent_shares) where shares do not fit together.
/// In short:                 shamir_passive()            this engine
///   adversary               follows the protocol        does whatever it likes
///   parties it controls     t <= (n - 1) / 2            t <= (n - 1) / 2
///   guarantee               results, if all follow      results, or an Error at all honest parties
///   an abort reveals        (nothing is checked)        nothing that depends on secrets
///   statistical error       none                        2^-security_bits a check: cheating_probability()
///   not protected           results, if one deviates    inputs it chooses, when the run ends, the last confirmation
/// Source: [BGW88], [BBCGI19], [GS20].
template <Field F>
ShamirActiveEngine<F, SystemRandom> shamir_active(Network& network, ShamirActiveOptions options = {}) {
  return ShamirActiveEngine<F, SystemRandom>(network, options, SystemRandom());
}
/// The same with this party's randomness drawn from `random`: a TestRandom makes runs reproducible, and worthless for
/// secrets.
template <Field F, RandomSource Random>
ShamirActiveEngine<F, Random> shamir_active(Network& network, ShamirActiveOptions options, Random random) {
  return ShamirActiveEngine<F, Random>(network, options, std::move(random));
}

}  // namespace parley
