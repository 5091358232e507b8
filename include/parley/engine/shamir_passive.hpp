// SPDX-License-Identifier: Apache-2.0
// The passive Shamir engine: n >= 2t + 1 parties compute on Shamir's shares, and any t of them that follow the protocol
// learn nothing. [BGW88] Completeness theorems for non-cryptographic fault-tolerant distributed computation. [GRR98]
// Simplified VSS and fast-track multiparty computations. [DN07] Scalable and unconditionally secure multiparty
// computation. [CDI05] Share conversion.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/core/thread_pool.hpp"
#include "parley/engine/binary_domain.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/pairwise_streams.hpp"
#include "parley/engine/prepared_randomness.hpp"
#include "parley/engine/shamir_bridges.hpp"
#include "parley/engine/shamir_domain.hpp"
#include "parley/engine/shamir_parameters.hpp"
#include "parley/engine/shamir_shuffle.hpp"
#include "parley/engine/shared.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/link.hpp"
#include "parley/net/network.hpp"

namespace parley {

/// The scheme of the Shamir engines: party i's share is the value at i + 1 of a polynomial of degree at most t whose
/// value at 0 is the secret.
struct ShamirSharing {};

struct ShamirOptions {
  /// t: any t parties together learn nothing. At least 1 and less than half of the parties; by default the largest
  /// possible.
  std::optional<std::size_t> privacy_threshold = std::nullopt;
  /// What rounds and bytes cost, by which comparisons choose between few rounds and few bytes; the same at all parties.
  Link link = Link::local();
  /// How many threads share this party's own work, that of the caller included, where batches are so long that it gains:
  /// products in one round, inputs, random values, conjunctions among more than three parties, and inner products. 0 for
  /// the cores of the machine divided by the parties that are known to share this process. Results and messages do not
  /// depend on it.
  std::size_t threads = 0;
};

/// One party's state of the passive Shamir engine; see shamir_passive().
template <Field F, RandomSource Random>
class ShamirPassiveEngine {
 public:
  using Value = F;
  using Scheme = ShamirSharing;
  using Vector = Shared<F, ShamirSharing>;
  using Bits = SharedBits<ShamirSharing>;

  ShamirPassiveEngine(Network& network, ShamirOptions options, Random random)
      : network_(network),
        t_(detail::checked_threshold<F>(network.parties(), options.privacy_threshold)),
        random_(std::move(random)),
        pool_(options.threads != 0 ? options.threads
                                   : std::thread::hardware_concurrency() / network.parties_in_process()),
        streams_(network, random_,
                 "shamir_passive, " + std::string(F::name) + ", " + std::to_string(network.parties()) +
                     " parties, privacy threshold " + std::to_string(t_) + ", " + detail::text_of(options.link),
                 &pool_),
        arithmetic_(network, streams_, t_, options.link),
        binary_(network, streams_, t_, options.link),
        prepared_(network),
        bridges_(network, random_, streams_, arithmetic_, binary_, prepared_, t_),
        shuffle_(network, random_, streams_, arithmetic_, t_) {}
  ShamirPassiveEngine(const ShamirPassiveEngine&) = delete;  // an engine is one party's place in one protocol run
  ShamirPassiveEngine& operator=(const ShamirPassiveEngine&) =
      delete;  // an engine is one party's place in one protocol run

  std::size_t self() const noexcept { return network_.self(); }
  std::size_t parties() const noexcept { return network_.parties(); }
  std::size_t privacy_threshold() const noexcept { return t_; }
  /// What this party has spent on its network so far, the agreement on seeds when the engine was made included.
  Cost cost() const { return network_.cost(); }
  /// The same by purpose, and what became of the store; see prepare().
  CostReport cost_report() const { return prepared_.report(); }

  std::vector<Vector> input(std::span<const std::size_t> lengths, std::span<const F> mine) {
    std::vector<Vector> shares;
    for (auto& theirs : arithmetic_.input(lengths, mine)) shares.emplace_back(std::move(theirs));
    return shares;
  }
  Vector constant(std::span<const F> values) const { return Vector(Buffer<F>(values.begin(), values.end())); }
  Vector mul(const Vector& x, const Vector& y) { return Vector(arithmetic_.multiply(x.shares(), y.shares())); }
  Vector dot(const Vector& x, const Vector& y, std::size_t length) {
    Buffer<F> sums(x.size() / length);
    if (length > terms_of_a_part) {  // few long segments, each in parts
      const std::size_t parts = (length - 1) / terms_of_a_part + 1;
      Buffer<F> of_parts(sums.size() * parts);
      pool_.run(of_parts.size(), [&](std::size_t k) {
        const std::size_t begin = k % parts * terms_of_a_part, first = k / parts * length + begin;
        const std::size_t terms = std::min(terms_of_a_part, length - begin);
        of_parts[k] = vector::inner_product<F>(x.shares().subspan(first, terms), y.shares().subspan(first, terms));
      });
      for (std::size_t k = 0; k < of_parts.size(); ++k) sums[k / parts] += of_parts[k];
    } else {
      for (std::size_t k = 0; k < sums.size(); ++k)
        sums[k] =
            vector::inner_product<F>(x.shares().subspan(k * length, length), y.shares().subspan(k * length, length));
    }
    return Vector(arithmetic_.reduce(sums));
  }
  Vector matrix_product(const Vector& x, const Vector& y, const vector::ProductShape& shape) {
    Buffer<F> sums(shape.rows * shape.columns);
    vector::matrix_product<F>(sums, x.shares(), y.shares(), shape);
    return Vector(arithmetic_.reduce(sums));
  }
  Buffer<F> open(const Vector& x) { return arithmetic_.open(x.shares()); }
  Buffer<F> open_to(std::size_t receiver, const Vector& x) { return arithmetic_.open_to(receiver, x.shares()); }
  Vector random(std::size_t count) {
    return prepared_.random_values(count, [this](std::size_t missing) { return Vector(arithmetic_.random(missing)); });
  }
  void shuffle(std::vector<Vector>& columns) {
    if (columns.empty() || columns.front().size() < 2) return;
    std::vector<Buffer<F>> shares;
    for (Vector& column : columns) shares.push_back(std::move(column).release());
    shuffle_.shuffle(shares);
    for (std::size_t c = 0; c < columns.size(); ++c) columns[c] = Vector(std::move(shares[c]));
  }

  Bits input_bits(std::size_t owner, const PublicBits& mine) { return binary_.input(owner, mine); }
  Bits constant_bits(const PublicBits& bits) const { return binary_.constant(bits); }
  Bits and_(std::span<const Conjunction> batch) { return binary_.and_(batch); }
  double seconds(double rounds, double conjunctions) const { return binary_.seconds(rounds, conjunctions); }
  PublicBits open(const Bits& x) { return binary_.open(x); }
  Bits random_bits(std::size_t width, std::size_t size) { return binary_.random(random_, width, size); }

  Vector to_field(const Bits& x) { return bridges_.to_field(x); }
  MaskedDifference<ShamirSharing> split(const Vector& x, std::size_t width) requires MersenneField<F> {
    return bridges_.split(x, width);
  }
  std::size_t mask_terms() const noexcept { return bridges_.mask_terms(); }
  Minuend<ShamirSharing> shifted(const Minuend<ShamirSharing>& minuend,
                                 const F& shift) const requires MersenneField<F> {
    return bridges_.shifted(minuend, shift);
  }
  RandomInBothDomains<F, ShamirSharing> edabits(std::size_t count) requires MersenneField<F> {
    return bridges_.edabits(count);
  }
  RandomInBothDomains<F, ShamirSharing> dabits(std::size_t count) { return bridges_.dabits(count); }

  void prepare(const Preparation& counts) {
    if constexpr (MersenneField<F>) {
      if (counts.edabits > 0) prepared_.prepare_edabits([&] { return bridges_.make_edabits(counts.edabits); });
    } else if (counts.edabits > 0) {
      throw Error(ErrorCode::invalid_argument,
                  "edaBits are of fields whose order is a Mersenne prime, and not of " + std::string(F::name));
    }
    if (counts.dabits > 0) prepared_.prepare_dabits([&] { return bridges_.make_dabits(counts.dabits); });
    if (counts.random_values > 0)
      prepared_.prepare_random_values([&] { return Vector(arithmetic_.random(counts.random_values)); });
  }
  bool conversions_draw() const noexcept { return bridges_.conversions_draw(); }

  // What a file of prepared randomness takes; see sodium/preparation_file.hpp.
  BitLayout layout() const { return binary_.zero(0, 0).planes().layout(); }
  detail::PreparedBatches<F, ShamirSharing> take_prepared() { return prepared_.take_all(); }
  void add_prepared(detail::PreparedBatches<F, ShamirSharing> batches) { prepared_.add(std::move(batches)); }
  /// Error(configuration_mismatch) naming a party whose `text`, of the same length, is another: it is at all parties
  /// alike, or none goes on. Cost: one round; the text sent to each party.
  void require_common(std::span<const std::byte> text, const std::string& what) {
    detail::Round round(network_);
    for (std::size_t party = 0; party < parties(); ++party) {
      if (party == self()) continue;
      std::ranges::copy(text, round.send(party, text.size()).begin());
      round.expect(party, text.size());
    }
    round.exchange();
    for (std::size_t party = 0; party < parties(); ++party)
      if (party != self() && !std::ranges::equal(round.receive(party, text.size()), text))
        throw Error(ErrorCode::configuration_mismatch, party, "party " + std::to_string(party) + " has " + what);
  }

 private:
  using Stream = typename detail::StreamOf<Random>::type;

  // Enough to make the cost of waking a thread small.
  static constexpr std::size_t terms_of_a_part = std::size_t{1} << 16;

  Network& network_;
  std::size_t t_;
  Random random_;
  ThreadPool pool_;
  detail::PairwiseStreams<Stream> streams_;
  detail::ShamirDomain<F, Stream> arithmetic_;
  detail::BinaryDomain<Stream, ShamirSharing> binary_;
  detail::PreparedRandomness<F, ShamirSharing> prepared_;
  detail::ShamirBridges<F, Random, ShamirSharing> bridges_;
  detail::ShamirShuffle<F, Random> shuffle_;
};

/// The passive Shamir engine over the field `F`, at this party of `network`; all parties make theirs at the same point
/// of the program.
///
/// Input: n >= 3 parties, 1 <= t <= (n - 1) / 2 for the privacy threshold t; F has more than n elements.
/// Security: against an adversary that reads the state of up to t parties, which follow the protocol. Perfect, given
/// the pairwise seeds' streams: it learns its own inputs and what is opened to it. There is no protection against
/// parties that deviate: they can make results wrong and learn more.
/// Cost: one round; in each pair 160 bytes in one direction and 128 in the other.
/// Errors: Error(invalid_argument) for thresholds and fields that do not fit; Error(configuration_mismatch) naming a
/// party that runs another engine, field, or threshold.
/// Source: [BGW88], [GRR98]; pairwise streams after [CDI05].
template <Field F>
ShamirPassiveEngine<F, SystemRandom> shamir_passive(Network& network, ShamirOptions options = {}) {
  return ShamirPassiveEngine<F, SystemRandom>(network, options, SystemRandom());
}
/// The same with this party's randomness drawn from `random`: a TestRandom makes runs reproducible, and worthless for
/// secrets.
template <Field F, RandomSource Random>
ShamirPassiveEngine<F, Random> shamir_passive(Network& network, ShamirOptions options, Random random) {
  return ShamirPassiveEngine<F, Random>(network, options, std::move(random));
}

}  // namespace parley
