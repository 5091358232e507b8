// SPDX-License-Identifier: Apache-2.0
// The engine for a dishonest majority: two or more parties, of which one has to be honest, compute on additive shares
// with MACs, and use up preprocessing. [Beaver91] Efficient multiparty protocols using circuit randomization. [DPSZ12]
// Damgard, Pastro, Smart, Zakarias: Multiparty computation from somewhat homomorphic encryption, CRYPTO 2012.
// [DKLPSS13] Practical covertly secure MPC for dishonest majority - or: breaking the SPDZ limits. [NNOB12] A new
// approach to practical active-secure two-party computation. [EGKRS20] Improved primitives for MPC over mixed
// arithmetic-binary circuits. [Waksman68] A permutation network.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"
#include "parley/engine/authenticated_bits.hpp"
#include "parley/engine/authenticated_opening.hpp"
#include "parley/engine/authenticated_shares.hpp"
#include "parley/engine/beaver_products.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/permutation_network.hpp"
#include "parley/engine/preprocessing.hpp"
#include "parley/engine/round.hpp"
#include "parley/engine/shared.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/link.hpp"
#include "parley/net/network.hpp"

namespace parley {

struct SpdzOptions {
  /// What rounds and bytes cost; the same at all parties.
  Link link = Link::local();
  /// How many elements that wait for a check of their MACs are kept at most; with more of them it comes before the next
  /// opening. The same at all parties.
  std::size_t most_unchecked = std::size_t{1} << 20;
};

/// One party's state of the engine for a dishonest majority; see spdz().
template <Field F, Preprocessing<F> Source>
class SpdzEngine {
 public:
  using Value = F;
  using Scheme = AuthenticatedSharing;
  using Share = AuthenticatedShare<F>;
  using Vector = Shared<F, AuthenticatedSharing>;
  using Bits = SharedBits<AuthenticatedSharing>;

  SpdzEngine(Network& network, Source source, SpdzOptions options)
      : network_(network),
        source_(std::move(source)),
        options_(options),
        one_{F(network.self() == 0 ? 1 : 0), source_.keys().field},
        layout_(detail::authenticated_layout(network.self(), source_.keys().bits)),
        opening_(network, source_, options.most_unchecked),
        products_(source_, opening_, options.link) {
    if (source_.parties() != network.parties() || source_.self() != network.self())
      throw Error(ErrorCode::invalid_argument, "preprocessing of party " + std::to_string(source_.self()) + " of " +
                                                   std::to_string(source_.parties()) + " is of no use to party " +
                                                   std::to_string(network.self()) + " of " +
                                                   std::to_string(network.parties()));
  }
  SpdzEngine(const SpdzEngine&) = delete;             // an engine is one party's place in one protocol run
  SpdzEngine& operator=(const SpdzEngine&) = delete;  // an engine is one party's place in one protocol run

  std::size_t self() const noexcept { return network_.self(); }
  std::size_t parties() const noexcept { return network_.parties(); }
  std::size_t privacy_threshold() const noexcept { return network_.parties() - 1; }
  /// What this party has spent on its network so far.
  Cost cost() const { return network_.cost(); }
  const Source& preprocessing() const noexcept { return source_; }

  // The arithmetic domain.

  std::vector<Vector> input(std::span<const std::size_t> lengths, std::span<const F> mine) {
    return detail::run_or_give_up(network_, [&] {
      std::vector<Vector> vectors;
      detail::Round round(network_);
      std::size_t total = 0;
      Buffer<F> masked(mine.begin(), mine.end());
      for (std::size_t owner = 0; owner < parties(); ++owner) {
        Buffer<Share> shares(lengths[owner]);
        Buffer<F> masks(owner == self() ? lengths[owner] : 0);
        source_.input_masks(owner, std::span<Share>(shares), std::span<F>(masks));
        if (owner == self()) vector::subtract<F>(std::span<F>(masked), masked, masks);
        vectors.emplace_back(std::move(shares), one_);
        total += lengths[owner];
      }
      for (std::size_t party = 0; party < parties(); ++party) {
        if (party == self()) continue;
        round.template send_elements<F>(party, masked);
        round.template expect_elements<F>(party, lengths[party]);
      }
      round.exchange(total == 0);
      for (std::size_t owner = 0; owner < parties(); ++owner) {
        Buffer<F> theirs(owner == self() ? 0 : lengths[owner]);
        if (owner != self()) round.template receive_elements<F>(owner, std::span<F>(theirs));
        vectors[owner] += constant(owner == self() ? masked : theirs);
      }
      return vectors;
    });
  }
  Vector constant(std::span<const F> values) const {
    Buffer<Share> shares(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) shares[i] = one_ * values[i];
    return Vector(std::move(shares), one_);
  }
  Vector mul(const Vector& x, const Vector& y) {
    return detail::run_or_give_up(network_, [&] { return Vector(products_.multiply(x.shares(), y.shares()), one_); });
  }
  /// A product for each term.
  Vector dot(const Vector& x, const Vector& y, std::size_t length) {
    const Vector products = mul(x, y);
    Buffer<Share> sums;
    sums.reserve(x.size() / length);
    for (std::size_t first = 0; first < x.size(); first += length)
      sums.push_back(Representation<F, Scheme>::sum(products.shares().subspan(first, length)));
    return Vector(std::move(sums), one_);
  }
  /// A product for each term.
  Vector matrix_product(const Vector& x, const Vector& y, const vector::ProductShape& shape) {
    Buffer<Share> left, right;
    left.reserve(shape.rows * shape.columns * shape.inner);
    right.reserve(shape.rows * shape.columns * shape.inner);
    for (std::size_t row = 0; row < shape.rows; ++row)
      for (std::size_t column = 0; column < shape.columns; ++column)
        for (std::size_t k = 0; k < shape.inner; ++k) {
          left.push_back(x.shares()[row * shape.inner + k]);
          right.push_back(y.shares()[k * shape.columns + column]);
        }
    return dot(Vector(std::move(left), one_), Vector(std::move(right), one_), shape.inner);
  }
  Vector random(std::size_t count) {
    return detail::run_or_give_up(network_, [&] {
      Buffer<Share> shares(count);
      source_.random_values(std::span<Share>(shares));
      return Vector(std::move(shares), one_);
    });
  }
  /// Checks everything opened so far, as an opening does before and after.
  void verify() {
    detail::run_or_give_up(network_, [&] { opening_.check(); });
  }
  Buffer<F> open(const Vector& x) {
    if (x.empty()) return {};
    return detail::run_or_give_up(network_, [&] {
      opening_.check();  // before a result is out that something wrong has had an influence on
      Buffer<F> values = opening_.reveal(x.shares());
      opening_.check();
      return values;
    });
  }
  /// Opens the values less random ones that the receiver knows.
  Buffer<F> open_to(std::size_t receiver, const Vector& x) {
    if (x.empty()) return {};
    return detail::run_or_give_up(network_, [&] {
      Buffer<Share> masks(x.size());
      Buffer<F> known(receiver == self() ? x.size() : 0);
      source_.input_masks(receiver, std::span<Share>(masks), std::span<F>(known));
      Buffer<F> values = open(x - Vector(std::move(masks), one_));
      if (receiver != self()) return Buffer<F>{};
      vector::add<F>(std::span<F>(values), values, known);
      return values;
    });
  }
  /// Conditional exchanges by products, with controls that the preprocessing has shared. [Waksman68]
  void shuffle(std::vector<Vector>& columns) {
    if (columns.empty() || columns.front().size() < 2) return;
    detail::run_or_give_up(network_, [&] {
      const std::size_t rows = columns.front().size();
      const detail::PermutationNetwork network(rows);
      std::size_t exchanges = 0, done = 0;
      for (std::size_t l = 0; l < network.depth(); ++l) exchanges += network.layer(l).size();
      Buffer<Share> controls(exchanges);
      source_.shuffle(rows, std::span<Share>(controls));
      for (std::size_t l = 0; l < network.depth(); ++l) {
        const auto layer = network.layer(l);
        Buffer<Share> differences, factors;
        for (const Vector& column : columns)
          for (std::size_t k = 0; k < layer.size(); ++k) {
            differences.push_back(column.shares()[layer[k].second] - column.shares()[layer[k].first]);
            factors.push_back(controls[done + k]);
          }
        const Vector changes = mul(Vector(std::move(factors), one_), Vector(std::move(differences), one_));
        for (std::size_t c = 0; c < columns.size(); ++c)
          for (std::size_t k = 0; k < layer.size(); ++k) {
            const Share& change = changes.shares()[c * layer.size() + k];
            columns[c].shares()[layer[k].first] += change;
            columns[c].shares()[layer[k].second] -= change;
          }
        done += layer.size();
      }
    });
  }

  // The binary domain.

  Bits constant_bits(const PublicBits& bits) const {
    Bits shares(BitPlanes(layout_, bits.width(), bits.size()));
    shares ^= bits;
    return shares;
  }
  Bits input_bits(std::size_t owner, const PublicBits& mine) {
    return detail::run_or_give_up(network_, [&] {
      Bits shares(BitPlanes(layout_, mine.width(), mine.size()));
      PublicBits masked(mine.width(), mine.size());
      source_.input_bit_masks(owner, shares.planes(), owner == self() ? &masked : nullptr);
      const std::size_t size = masked.planes().packed_size();
      detail::Round round(network_);
      if (owner == self()) {
        masked = masked ^ mine;
        for (std::size_t party = 0; party < parties(); ++party)
          if (party != owner) masked.planes().pack(0, round.send(party, size));
      } else {
        round.expect(owner, size);
      }
      round.exchange(size == 0);
      if (owner != self()) masked.planes().unpack(0, round.receive(owner, size));
      shares ^= masked;
      return shares;
    });
  }
  Bits random_bits(std::size_t width, std::size_t size) {
    return detail::run_or_give_up(network_, [&] {
      Bits shares(BitPlanes(layout_, width, size));
      source_.random_bits(shares.planes());
      return shares;
    });
  }
  /// Each conjunction by a triple, as products are. [NNOB12, section 3]
  Bits and_(std::span<const Conjunction> batch) {
    return detail::run_or_give_up(network_, [&] {
      BitPlanes a(layout_, batch.size(), batch.front().x.planes->size()), b = a, products = a;
      source_.bit_triples(a, b, products);
      const PublicBits opened = opening_.reveal(detail::conjunction_differences(batch, a, b));
      detail::finish_conjunctions(batch, opened.planes(), b, products);
      return Bits(std::move(products));
    });
  }
  /// How long rounds with so many conjunctions in all take on the parties' link.
  double seconds(double rounds, double conjunctions) const {
    return options_.link.seconds(rounds, conjunctions * static_cast<double>(parties() - 1) / 4);
  }
  PublicBits open(const Bits& x) {
    if (x.width() == 0 || x.size() == 0) return PublicBits(x.width(), x.size());
    return detail::run_or_give_up(network_, [&] {
      opening_.check();
      PublicBits bits = opening_.reveal(x.planes());
      opening_.check();
      return bits;
    });
  }

  // The bridges.

  Vector to_field(const Bits& x) {
    return detail::run_or_give_up(network_, [&] {
      const auto [values, bits] = dabits_for(x.width(), x.size());
      const Buffer<F> flipped = detail::bits_as_elements<F>(opening_.reveal((x ^ bits).planes()).planes());
      // r or 1 - r
      Buffer<Share> shares(values.size());
      for (std::size_t i = 0; i < shares.size(); ++i)
        shares[i] = values.shares()[i] * (F(1) - flipped[i] - flipped[i]) + one_ * flipped[i];
      return Vector(std::move(shares), one_);
    });
  }
  RandomInBothDomains<F, Scheme> dabits(std::size_t count) {
    return detail::run_or_give_up(network_, [&] { return dabits_for(1, count); });
  }
  RandomInBothDomains<F, Scheme> edabits(std::size_t count) requires PrimeField<F> {
    return detail::run_or_give_up(network_, [&] {
      Buffer<Share> values(count);
      Bits bits(BitPlanes(layout_, F::modulus_bits, count));
      source_.edabits(std::span<Share>(values), bits.planes());
      return RandomInBothDomains<F, Scheme>{Vector(std::move(values), one_), std::move(bits)};
    });
  }
  /// The mask is one number.
  std::size_t mask_terms() const noexcept { return 1; }
  MaskedDifference<Scheme> split(const Vector& x, std::size_t width) requires PrimeField<F> {
    return detail::run_or_give_up(network_, [&] {
      const auto mask = edabits(x.size());
      const Buffer<F> masked = opening_.reveal((x + mask.value).shares());
      return MaskedDifference<Scheme>{PublicBits::from_field<F>(masked, width), mask.bits.bits(0, width)};
    });
  }
  Minuend<Scheme> shifted(const Minuend<Scheme>& minuend, const F& shift) const requires PrimeField<F> {
    return std::get<PublicBits>(minuend).shifted(shift);
  }

 private:
  RandomInBothDomains<F, Scheme> dabits_for(std::size_t width, std::size_t size) {
    Buffer<Share> values(width * size);
    Bits bits(BitPlanes(layout_, width, size));
    source_.dabits(std::span<Share>(values), bits.planes());
    return {Vector(std::move(values), one_), std::move(bits)};
  }

  Network& network_;
  Source source_;
  SpdzOptions options_;
  Share one_;
  BitLayout layout_;
  detail::AuthenticatedOpening<F, Source> opening_;
  detail::BeaverProducts<F, Source> products_;
};

/// The engine over the field `F` for a dishonest majority, at this party of `network`. It runs all functions.
///
/// Input: n >= 2 parties; preprocessing for this party, such as a trusted dealer has dealt, see TrustedDealer and
/// demand(); a field of at least 2^40 elements.
/// Security: against an adversary that controls up to n - 1 parties, which do whatever they like and see the honest
/// parties' messages of a round before they send their own; with abort, given that the preprocessing is right and
/// secret. The honest parties' results are right but for a probability of at most 2/|F| + 4 n^2 2^-64 for each check:
/// 2^-59 for two parties over Mersenne61; statistical, given the streams that preprocessing and factors come from. The
/// adversary learns its own inputs and what is opened to it. What is opened between parties on the way is uniform
/// whatever the secrets are, and whether a check fails depends on what the deviating parties did and on what the
/// preprocessing drew, so that an abort reveals nothing more.
///
/// What is checked: every value that parties open to one another, by its MAC, before a result is opened; and every
/// result, before the call returns it. What is not protected: parties choose their own inputs freely, and can end the
/// run whenever they like, also after they have seen a result and before the honest parties have it, and for some
/// honest parties and not for others (who hear of it when they next communicate). Who deviates is not identified, but
/// where it sends something malformed, opens a commitment wrongly, or sends nothing at all. An abort leaves no shares in
/// memory that has been freed (see Network).
///
/// Cost: making it: none. "Sent" is to each other party. Inputs: one round, an element per value, sent by the owner.
/// Products: one round, two elements and a triple each; dot() and matrix_product() as many as there are terms. Batches
/// of more than BeaverProducts::most_at_a_time() products (25,000 for two parties in process) go in parts, one after
/// another, whose rounds take a twentieth of the time at most. Openings: one round, an element per value, and after it
/// a check, and before it one where anything was opened on the way since the last; open_to() takes a mask for each
/// value besides. A check takes three rounds and 112 bytes (Mersenne61); while more than options.most_unchecked
/// elements wait for one, it comes before the next is added. Random values: none. Conjunctions: one round, two bits
/// each; bits of inputs and openings: one bit. split(): an edaBit and one element opened, in one round; to_field(): a
/// daBit and one bit opened, in one round. shuffle() of N rows: 2 ceil(log2 N) - 1 rounds, and in all N ceil(log2 N) -
/// 2^ceil(log2 N) + 1 products a column.
/// Errors: Error(invalid_argument) for preprocessing of another party or number of parties, and for too small a field.
/// Of operations: those of operations.hpp; Error(verification_failed) where a MAC or a commitment was wrong;
/// Error(invalid_state) where the preprocessing has run out, which says of what.
/// Source: [DPSZ12, section 3] with the check of [DKLPSS13, section 3.2]; bits as [NNOB12] with one MAC for all.
template <Field F, Preprocessing<F> Source>
SpdzEngine<F, Source> spdz(Network& network, Source preprocessing, SpdzOptions options = {}) {
  if (!F::order_exceeds((std::uint64_t{1} << 40) - 1))
    throw Error(ErrorCode::invalid_argument,
                std::string(F::name) + " has less than 2^40 elements, too few for MACs over it");
  return SpdzEngine<F, Source>(network, std::move(preprocessing), options);
}

}  // namespace parley
