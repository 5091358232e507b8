// SPDX-License-Identifier: Apache-2.0
// The operations of an engine as free functions: inputs, products, openings, random values, and the bridges between the
// two domains.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/shared.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/field/vector.hpp"

// In the costs below n is the number of parties and t the privacy threshold; "sent" is what one party sends, an element
// has F::encoded_size bytes, and bits are those of the passive Shamir engine's binary domain: a bit for n = 3, a byte
// for n > 3. A message of bits is filled up to whole bytes.
//
// A batch of products, or of conjunctions for n > 3, takes one round, in which each of parties 0 to 2t sends n - 1 - t
// elements per product; or two rounds with (n - 1 + t + (2t + 1)(n - 2 - t)/(t + 1))/n elements per product and party,
// that is 1.5 for n = 5, 2.0 for n = 10 and 2.2 for n = 16 with the largest t, up to the rounding of the batch to t + 1
// products for each of n kings. The engine takes the form that takes less time on its link, a party's own work included:
// the second one never for n = 3, and with the largest t and elements of 8 bytes, for n = 5, 7, 10, 16, from batches of
// 5,000, 1,800, 850, 700 on with Link::lan(), of 110,000, 44,000, 18,000, 9,000 on with Link::world(), and with the
// default link never, never, 25,000, 6,400. (Measured with all parties in one process, both forms take the same time at
// 10^6 products for n = 7, where the second one takes half as long again for 10^4; between 3 * 10^4 and 10^5 for n = 10;
// and at some 7,000 for n = 16. For n = 4 and 5 the first one always takes less.)
//
// An addition modulo p = 2^b - 1 in the binary domain takes 2 + ceil(log2 b) rounds with 2b - 1 + 2u conjunctions for
// the u ones in the binary notation of 0, ..., b - 1 (8 rounds, 473 conjunctions for b = 61), or 2b - 1 rounds with as
// many conjunctions, whichever takes less time on the engine's link. Where one of the numbers is public, the first
// round is saved, and its conjunctions: b of them in the first form, one in the second.
//
// Errors of all of them: what a peer can cause is Error(peer_failed), Error(deadline_exceeded) and
// Error(malformed_message), each with the peer's number. Anything else follows from this party's own arguments and is
// thrown before anything is sent.

namespace parley {

namespace detail {

template <ArithmeticEngine E>
void require_party(const E& engine, std::size_t party) {
  if (party >= engine.parties())
    throw Error(ErrorCode::out_of_range, "party " + std::to_string(party) + " of " + std::to_string(engine.parties()) +
                                             " (they are numbered from 0)");
}

inline void require_same_length(std::size_t left, std::size_t right) {
  if (left != right)
    throw Error(ErrorCode::invalid_argument, "vectors of " + std::to_string(left) + " and " + std::to_string(right) +
                                                 " shared values do not have the same length");
}

inline void require_matrix(const char* factor, std::size_t size, std::size_t rows, std::size_t columns) {
  if (size != product_of_lengths(rows, columns))
    throw Error(ErrorCode::invalid_argument, "the " + std::string(factor) + " factor, of " + std::to_string(size) +
                                                 " shared values, is not a matrix of " + std::to_string(rows) + " by " +
                                                 std::to_string(columns));
}

}  // namespace detail

/// Shares the vector that party `owner` holds. The other parties' `values` are not looked at; `length` is public, and
/// the same at all parties.
/// Security: any t parties without the owner learn nothing about the values.
/// Cost: one round; the owner sends n - 1 - t elements per value.
/// Errors: Error(out_of_range) for an owner that is not a party, Error(invalid_argument) at the owner where `values`
/// does not have `length` entries.
template <ArithmeticEngine E>
SharedOf<E> input(E& engine, std::size_t owner, std::span<const typename E::Value> values, std::size_t length) {
  detail::require_party(engine, owner);
  if (engine.self() == owner && values.size() != length)
    throw Error(ErrorCode::invalid_argument,
                "an input of " + std::to_string(values.size()) + " values was announced as " + std::to_string(length));
  std::vector<std::size_t> lengths(engine.parties());
  lengths[owner] = length;
  if (engine.self() != owner) values = {};
  return std::move(engine.input(lengths, values)[owner]);
}

/// Every party shares as many values as every other: result[i * values.size() + k] is the k-th value of party i.
/// Security: any t parties learn nothing about the others' values.
/// Cost: one round; n - 1 - t elements sent per value.
template <ArithmeticEngine E>
SharedOf<E> input_all(E& engine, std::span<const typename E::Value> values) {
  return concat(engine.input(std::vector<std::size_t>(engine.parties(), values.size()), values));
}
/// Every party shares one value: result[i] is that of party i. Security and cost as for a vector of one.
template <ArithmeticEngine E>
SharedOf<E> input_all(E& engine, const typename E::Value& value) {
  return input_all(engine, std::span<const typename E::Value>(&value, 1));
}

/// Every party shares a vector of its own length; lengths[i] is that of party i, public and the same at all parties.
/// result[i] is party i's vector.
/// Security: any t parties learn nothing about the others' values.
/// Cost: one round; n - 1 - t elements sent per value.
/// Errors: Error(invalid_argument) where `lengths` does not have an entry for each party, or `values` not the announced
/// length.
template <ArithmeticEngine E>
std::vector<SharedOf<E>> input_each(E& engine, std::span<const std::size_t> lengths,
                                    std::span<const typename E::Value> values) {
  if (lengths.size() != engine.parties())
    throw Error(ErrorCode::invalid_argument, std::to_string(lengths.size()) + " lengths were given for " +
                                                 std::to_string(engine.parties()) + " parties");
  if (lengths[engine.self()] != values.size())
    throw Error(ErrorCode::invalid_argument, "an input of " + std::to_string(values.size()) +
                                                 " values was announced as " + std::to_string(lengths[engine.self()]));
  return engine.input(lengths, values);
}

/// Public values as shared ones; local.
template <ArithmeticEngine E>
SharedOf<E> constant(E& engine, std::span<const typename E::Value> values) {
  return engine.constant(values);
}
template <ArithmeticEngine E>
SharedOf<E> constant(E& engine, const typename E::Value& value) {
  return engine.constant(std::span<const typename E::Value>(&value, 1));
}

/// The products of the entries of two vectors of the same length.
/// Security: perfect, against a passive adversary.
/// Cost: that of products, see above: at n = 3 one round and one element sent per product and party.
/// Source: [GRR98, section 2], where the next t parties' shares are drawn from pairwise streams; or [DN07, section 4].
template <ArithmeticEngine E>
SharedOf<E> mul(E& engine, const SharedOf<E>& x, const SharedOf<E>& y) {
  detail::require_same_length(x.size(), y.size());
  return engine.mul(x, y);
}

/// The inner product of two vectors of the same length, as a vector of one (0 for empty vectors).
/// Security: perfect, against a passive adversary.
/// Cost: that of one product, whatever the length.
template <ArithmeticEngine E>
SharedOf<E> dot(E& engine, const SharedOf<E>& x, const SharedOf<E>& y) {
  detail::require_same_length(x.size(), y.size());
  if (x.empty()) return constant(engine, typename E::Value{});
  return engine.dot(x, y, x.size());
}
/// The inner products of consecutive segments of `length` entries: result[k] is that of entries k * length to (k + 1) *
/// length - 1.
/// Cost: that of as many products as there are segments.
/// Errors: Error(invalid_argument) where `length` is 0 or does not divide the vectors' length.
template <ArithmeticEngine E>
SharedOf<E> dot(E& engine, const SharedOf<E>& x, const SharedOf<E>& y, std::size_t length) {
  detail::require_same_length(x.size(), y.size());
  if (length == 0 || x.size() % length != 0)
    throw Error(ErrorCode::invalid_argument, "a vector of " + std::to_string(x.size()) +
                                                 " cannot be cut into segments of " + std::to_string(length));
  return engine.dot(x, y, length);
}

/// The product of two matrices, each row by row: x has shape.rows by shape.inner entries, y shape.inner by
/// shape.columns, and result[r * shape.columns + c] is the sum of x[r * shape.inner + k] * y[k * shape.columns + c].
/// Security: perfect, against a passive adversary.
/// Cost: that of shape.rows * shape.columns products, whatever shape.inner; none where that is 0.
/// Errors: Error(invalid_argument) where x or y is not of that shape.
template <ArithmeticEngine E>
SharedOf<E> matrix_product(E& engine, const SharedOf<E>& x, const SharedOf<E>& y, const vector::ProductShape& shape) {
  detail::require_matrix("left", x.size(), shape.rows, shape.inner);
  detail::require_matrix("right", y.size(), shape.inner, shape.columns);
  const std::size_t size = detail::product_of_lengths(shape.rows, shape.columns);
  if (shape.inner == 0) return constant(engine, std::span<const typename E::Value>(Buffer<typename E::Value>(size)));
  return engine.matrix_product(x, y, shape);
}

/// Makes the values public.
/// Security: reveals the values and nothing else.
/// Cost: one round; t elements sent per value.
template <ArithmeticEngine E>
std::vector<typename E::Value> open(E& engine, const SharedOf<E>& x) {
  const auto values = engine.open(x);
  return {values.begin(), values.end()};
}
/// Makes the values known to `receiver`, who gets them; the others get an empty vector.
/// Security: reveals the values to the receiver only.
/// Cost: one round; one element sent per value by each of t parties.
/// Errors: Error(out_of_range) for a receiver that is not a party.
template <ArithmeticEngine E>
std::vector<typename E::Value> open_to(E& engine, std::size_t receiver, const SharedOf<E>& x) {
  detail::require_party(engine, receiver);
  const auto values = engine.open_to(receiver, x);
  return {values.begin(), values.end()};
}

/// Uniformly random values that no t parties know.
/// Cost: none for n = 3; otherwise one round and n - 2 - t elements sent for every n - t values.
/// Source: [DN07, section 3], [CDI05].
template <ArithmeticEngine E>
SharedOf<E> random(E& engine, std::size_t count) {
  return engine.random(count);
}

/// Shares the bits that party `owner` holds, in the binary domain. The others pass bits of the same shape, of which
/// only the shape is looked at.
/// Cost: one round; the owner sends one bit per bit for n = 3, n - 1 - t bytes for n > 3.
template <Engine E>
SharedBitsOf<E> input_bits(E& engine, std::size_t owner, const PublicBits& bits) {
  detail::require_party(engine, owner);
  return engine.input_bits(owner, bits);
}
/// Public bits as shared ones; local.
template <Engine E>
SharedBitsOf<E> constant_bits(E& engine, const PublicBits& bits) {
  return engine.constant_bits(bits);
}
/// Bitwise conjunction of two vectors of the same shape.
/// Cost: for n = 3 one round, a bit sent per conjunction; for n > 3 that of products, with elements of a byte.
/// Source: [AFLNO16, section 2.1]; [GRR98]; [DN07].
template <Engine E>
SharedBitsOf<E> and_(E& engine, const SharedBitsOf<E>& x, const SharedBitsOf<E>& y) {
  x.planes().require_same_shape(y.planes());
  return x.width() == 0 ? x : engine.and_(conjunctions(x.planes(), y.planes()));
}
/// Bitwise disjunction; cost as for and_().
template <Engine E>
SharedBitsOf<E> or_(E& engine, const SharedBitsOf<E>& x, const SharedBitsOf<E>& y) {
  return ~and_(engine, ~x, ~y);
}
/// Makes the numbers public.
/// Cost: one round; a bit sent per bit for n = 3, t bytes for n > 3.
/// Errors: Error(invalid_argument) for numbers of more than 64 bits; open those in parts.
template <Engine E>
std::vector<std::uint64_t> open(E& engine, const SharedBitsOf<E>& x) {
  if (x.width() > 64)
    throw Error(ErrorCode::invalid_argument, "numbers of " + std::to_string(x.width()) + " bits do not fit in 64");
  return engine.open(x).to_integers();
}
/// `count` uniformly random numbers of `width` bits that no t parties know.
/// Cost: none for n = 3; otherwise one round and n - 1 - t bytes sent per bit by each of t + 1 parties.
template <Engine E>
SharedBitsOf<E> random_bits(E& engine, std::size_t width, std::size_t count) {
  return engine.random_bits(width, count);
}

/// The bits as the numbers 0 and 1 of the arithmetic domain: result[i * x.size() + k] is bit i of number k.
/// Security: perfect, against a passive adversary.
/// Cost for n = 3: two rounds, one element sent per bit, and one more by party 1; for n > 3: that of daBits, one round
/// and t bytes.
template <Engine E>
SharedOf<E> to_field(E& engine, const SharedBitsOf<E>& x) {
  return engine.to_field(x);
}

/// Uniformly random field elements with their bits in the binary domain, `count` of each, known to nobody.
/// Cost for n = 3: one round in which party 2 sends b bits each, and one addition modulo p = 2^b - 1 each; for n > 3:
/// one round in which each of t + 1 parties sends n - 1 - t elements and b(n - 1 - t) bytes each, and t additions modulo
/// p each, ceil(log2(t + 1)) batches of them one after another.
/// Source: [Escudero, Ghosh, Keller, Rachuri, Scholl 2020], with the bits of a uniform element instead of those of a
/// bounded one.
template <ComparingEngine E>
auto edabits(E& engine, std::size_t count) {
  return engine.edabits(count);
}
/// Uniformly random bits in both domains, known to nobody.
/// Cost for n = 3: two rounds, one element sent per bit, and one more by party 1; for n > 3: one round, n - 1 - t
/// elements and as many bytes for the contributions of t + 1 parties, and t products, ceil(log2(t + 1)) batches of them
/// one after another.
template <Engine E>
auto dabits(E& engine, std::size_t count) {
  return engine.dabits(count);
}

}  // namespace parley
