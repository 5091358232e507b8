// SPDX-License-Identifier: Apache-2.0
// Preprocessing: the correlated randomness that a program will draw, counted by a dry run and made ahead of time.
// [Beaver91] Efficient multiparty protocols using circuit randomization: all that does not depend on the inputs is done
// before there are any. [EGKRS20] Improved primitives for MPC over mixed arithmetic-binary circuits.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/engine/clear.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/prepared_randomness.hpp"
#include "parley/engine/shared.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/field/concepts.hpp"
#include "parley/net/local_network.hpp"
#include "parley/net/network.hpp"

namespace parley {

/// An engine with a store of correlated randomness. edabits(), dabits() and random() draw on it and, where it runs dry,
/// make the rest; so do split() and to_field() where conversions_draw().
template <class E>
concept PreparingEngine = Engine<E> && requires(E& engine, const E& constant_engine, const Preparation& counts) {
  engine.prepare(counts);
  { constant_engine.cost_report() } -> std::same_as<CostReport>;
  { constant_engine.conversions_draw() } -> std::same_as<bool>;
};

namespace detail {

struct LoneNetwork {
  std::unique_ptr<Network> lone = std::move(LocalNetwork::create(1).front());
};

/// A clear engine in the place of `engine`, which counts what a program would draw there. It sends nothing: all inputs
/// are zero, this party's own included, and random values are the same at all parties, so that all of them see the same
/// run.
template <PreparingEngine E>
class CountingEngine : private LoneNetwork, private ClearEngine<typename E::Value> {
  using F = typename E::Value;
  using Base = ClearEngine<F>;

 public:
  using typename Base::Bits;
  using typename Base::Scheme;
  using typename Base::Value;
  using typename Base::Vector;

  explicit CountingEngine(const E& engine) : Base(*lone), engine_(engine) {}

  const Preparation& drawn() const noexcept { return drawn_; }

  std::size_t self() const noexcept { return engine_.self(); }
  std::size_t parties() const noexcept { return engine_.parties(); }
  std::size_t privacy_threshold() const noexcept { return engine_.privacy_threshold(); }
  Cost cost() const noexcept { return {}; }
  double seconds(double rounds, double conjunctions) const { return engine_.seconds(rounds, conjunctions); }

  std::vector<Vector> input(std::span<const std::size_t> lengths, std::span<const F>) const {
    std::vector<Vector> zeros;
    for (const std::size_t length : lengths) zeros.emplace_back(Buffer<F>(length));
    return zeros;
  }
  Bits input_bits(std::size_t, const PublicBits& mine) const {
    return Bits(BitPlanes(BitLayout{}, mine.width(), mine.size()));
  }
  Buffer<F> open_to(std::size_t receiver, const Vector& x) const { return receiver == self() ? open(x) : Buffer<F>{}; }
  using Base::and_;
  using Base::constant;
  using Base::constant_bits;
  using Base::dot;
  using Base::mask_terms;
  using Base::matrix_product;
  using Base::mul;
  using Base::open;
  using Base::random_bits;
  using Base::shifted;
  using Base::shuffle;

  Vector random(std::size_t count) {
    drawn_.random_values += count;
    return Base::random(count);
  }
  RandomInBothDomains<F, Clear> edabits(std::size_t count) requires MersenneField<F> {
    drawn_.edabits += count;
    return Base::edabits(count);
  }
  RandomInBothDomains<F, Clear> dabits(std::size_t count) {
    drawn_.dabits += count;
    return Base::dabits(count);
  }
  MaskedDifference<Clear> split(const Vector& x, std::size_t width) requires MersenneField<F> {
    if (engine_.conversions_draw()) drawn_.edabits += x.size();
    return Base::split(x, width);
  }
  Vector to_field(const Bits& x) {
    if (engine_.conversions_draw()) drawn_.dabits += x.width() * x.size();
    return Base::to_field(x);
  }

 private:
  const E& engine_;
  Preparation drawn_;
};

/// program(engine) for whatever engine over E's field.
template <class Program, class E>
concept ProgramFor = PreparingEngine<E> && std::invocable<const Program&, E&> && std::invocable < const Program&,
        CountingEngine<E>
& > ;

}  // namespace detail

/// What `program` would draw from the store of `engine`, by a dry run that sends nothing and leaves the engine as it
/// is.
///
/// Input: program(engine), a function for engines of any type over this field: `[&](auto& engine) { ... }`. It is
/// called once, with an engine of another type on which all inputs are zero, those of this party included; whatever it
/// does beside its calls of the engine it does then as well.
/// Output: exactly what the program draws where all lengths follow from what is public beforehand. Where they follow
/// from opened values, as those of sort() and median() do, it is what the program draws when all inputs are zero: an
/// estimate. All parties get the same counts.
/// Security: no party's inputs are looked at.
/// Cost: no communication; the program's work on values in the clear.
/// Errors: whatever the program throws.
template <PreparingEngine E, detail::ProgramFor<E> Program>
Preparation demand(const E& engine, const Program& program) {
  detail::CountingEngine<E> counting(engine);
  program(counting);
  return counting.drawn();
}

/// Makes correlated randomness and adds it to the engine's store, on which whatever needs some draws from then on. All
/// parties call this at the same point of the program, with the same counts.
///
/// A request takes what is in the store, in the order in which it was made; where that does not suffice, it takes all
/// there is and the rest is made at once, in one batch, at the cost of making as much. So results do not depend on what
/// was prepared, and neither does privacy: nothing is handed out twice. engine.cost_report() says what was spent on
/// preparation, on such shortfalls, and on everything else, and how many were prepared, drawn, missing and left.
///
/// For n > 3, less_than(), equal(), to_bits() and what is made of them take an edaBit per value, and to_field(),
/// from_bits() and select() by bits a daBit per bit. Where values are said to be short, the lowest bits of a stored
/// edaBit do: one store serves all widths, at the price of whole edaBits ahead of time. Those that are missing are made
/// short, for less than whole ones. What is left to do online is to open one element per edaBit, or a
/// bit per daBit, and the conjunctions after it. For n = 3 these functions take nothing from the store, since they have
/// cheaper ways that need no such randomness, and random() has no cost; there prepare() serves calls of edabits() and
/// dabits() alone.
///
/// Cost: that of edabits(engine, counts.edabits), dabits(engine, counts.dabits) and random(engine,
/// counts.random_values), each where its count is not 0. Memory for n > 3: b + 8 bytes per edaBit over Mersenne61, whose
/// b is 61, and 9 per daBit.
/// Errors: Error(invalid_argument) for edaBits over a field whose order is no Mersenne prime, before anything is sent.
template <PreparingEngine E>
void prepare(E& engine, const Preparation& counts) {
  engine.prepare(counts);
}

/// Prepares what `program` will draw: prepare(engine, demand(engine, program)). Returns the counts.
template <PreparingEngine E, detail::ProgramFor<E> Program>
Preparation prepare(E& engine, const Program& program) {
  const Preparation counts = demand(engine, program);
  engine.prepare(counts);
  return counts;
}

}  // namespace parley
