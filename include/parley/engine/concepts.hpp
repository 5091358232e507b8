// SPDX-License-Identifier: Apache-2.0
// The Engine concept: a party's protocol state, with an arithmetic domain, a binary domain, and the bridges between
// them. All functions are written over it once.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/engine/bit_planes.hpp"
#include "parley/engine/shared.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/network.hpp"

namespace parley {

/// What values are the difference from: public numbers, or shared ones of which t parties may know all.
template <class Scheme>
using Minuend = std::variant<PublicBits, SharedBits<Scheme>>;

/// Shared field elements x as a difference of two numbers given by their bits. Every conversion from the arithmetic to
/// the binary domain starts here. The minuend is y = x + R modulo p = 2^b - 1 for a mask R, the sum of mask_terms()
/// numbers below p of which one is uniform and unknown to any t parties: so y, which they may know, is uniform whatever x
/// is.
///
/// With b bits, x = minuend - subtrahend modulo p, both below p. With fewer, they are the lowest `width` bits of y and R:
/// for x as an integer z between -(p-1)/2 and (p-1)/2, y = z + R - wp, and as p = -1 modulo 2^width, minuend -
/// subtrahend = z + w modulo 2^width. For C = mask_terms(), 0 <= R <= C(p - 1) and 0 <= y < p leave -1 <= w <= C, w >= 0
/// where z >= 0, and w <= C - 1 where z <= 0.
template <class Scheme>
struct MaskedDifference {
  Minuend<Scheme> minuend;
  SharedBits<Scheme> subtrahend;
};

/// Uniformly random field elements, not known to any t parties, together with the bits of their canonical integers
/// (edaBits), or random bits in both domains (daBits).
template <Field F, class Scheme>
struct RandomInBothDomains {
  Shared<F, Scheme> value;
  SharedBits<Scheme> bits;
};

/// What programs of the arithmetic domain need of a party's protocol state: sums, products, openings. Programs call the
/// free functions of operations.hpp, which check their arguments, instead of these members. All parties make the same
/// calls in the same order, with the same lengths.
template <class E>
concept ArithmeticEngine = Field<typename E::Value> &&
    requires(E& engine, const E& constant_engine, std::size_t index,
             const Shared<typename E::Value, typename E::Scheme>& x, std::span<const typename E::Value> values,
             const vector::ProductShape& shape, std::span<const std::size_t> lengths) {
  { constant_engine.self() } -> std::same_as<std::size_t>;
  { constant_engine.parties() } -> std::same_as<std::size_t>;
  { constant_engine.privacy_threshold() } -> std::same_as<std::size_t>;
  { constant_engine.cost() } -> std::convertible_to<Cost>;
  { engine.input(lengths, values) } -> std::same_as<std::vector<Shared<typename E::Value, typename E::Scheme>>>;
  { engine.constant(values) } -> std::same_as<Shared<typename E::Value, typename E::Scheme>>;
  { engine.mul(x, x) } -> std::same_as<Shared<typename E::Value, typename E::Scheme>>;
  { engine.dot(x, x, index) } -> std::same_as<Shared<typename E::Value, typename E::Scheme>>;
  { engine.matrix_product(x, x, shape) } -> std::same_as<Shared<typename E::Value, typename E::Scheme>>;
  { engine.open(x) } -> std::same_as<Buffer<typename E::Value>>;
  { engine.open_to(index, x) } -> std::same_as<Buffer<typename E::Value>>;
  { engine.random(index) } -> std::same_as<Shared<typename E::Value, typename E::Scheme>>;
};

/// An engine of the arithmetic domain that also shuffles.
template <class E>
concept ShufflingEngine = ArithmeticEngine<E> &&
    requires(E& engine, std::vector<Shared<typename E::Value, typename E::Scheme>>& columns) {
  {engine.shuffle(columns)};
};

/// What all functions need of a party's protocol state: the arithmetic domain, and the binary one with the bridges.
template <class E>
concept Engine = ShufflingEngine<E> &&
    requires(E& engine, const E& constant_engine, std::size_t index, const SharedBits<typename E::Scheme>& bits,
             const PublicBits& public_bits, std::span<const Conjunction> conjunctions) {
  // the binary domain
  { engine.and_(conjunctions) } -> std::same_as<SharedBits<typename E::Scheme>>;
  { engine.input_bits(index, public_bits) } -> std::same_as<SharedBits<typename E::Scheme>>;
  { engine.constant_bits(public_bits) } -> std::same_as<SharedBits<typename E::Scheme>>;
  { constant_engine.seconds(1.0, 1.0) } -> std::same_as<double>;  // for rounds and conjunctions together
  { engine.open(bits) } -> std::same_as<PublicBits>;
  { engine.random_bits(index, index) } -> std::same_as<SharedBits<typename E::Scheme>>;
  // the bridges
  { engine.to_field(bits) } -> std::same_as<Shared<typename E::Value, typename E::Scheme>>;
};

/// An engine whose field has a Mersenne prime as its order, so that field elements can be split into bits and compared.
template <class E>
concept ComparingEngine = Engine<E> && MersenneField<typename E::Value> &&
    requires(E& engine, const Shared<typename E::Value, typename E::Scheme>& x) {
  { engine.split(x, x.size()) } -> std::same_as<MaskedDifference<typename E::Scheme>>;  // into so many bits
  // for the minuend of a split, that of the values increased by a public number, with the same subtrahend; local
  {
    engine.shifted(engine.split(x, x.size()).minuend, typename E::Value{})
    } -> std::same_as<Minuend<typename E::Scheme>>;
  { std::as_const(engine).mask_terms() } -> std::same_as<std::size_t>;
  { engine.edabits(x.size()) } -> std::same_as<RandomInBothDomains<typename E::Value, typename E::Scheme>>;
  { engine.dabits(x.size()) } -> std::same_as<RandomInBothDomains<typename E::Value, typename E::Scheme>>;
};

/// The shared values of an engine.
template <class E>
using SharedOf = Shared<typename E::Value, typename E::Scheme>;
/// The shared bits of an engine.
template <class E>
using SharedBitsOf = SharedBits<typename E::Scheme>;

}  // namespace parley
