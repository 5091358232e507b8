// SPDX-License-Identifier: Apache-2.0
// Sorting of shared rows by keys of few bits, without comparisons, and permuting rows by a shared permutation.
// [HICT14] Hamada, Ikarashi, Chida, Takahashi: Oblivious radix sort. [CHIKP19] Chida, Hamada, Ikarashi, Kikuchi,
// Pinkas: An efficient secure three-party sorting protocol with an honest majority. [AHIKNPTT22] Asharov, Hamada,
// Ikarashi, Kikuchi, Nof, Pinkas, Takahashi, Tomida: Efficient secure three-party sorting with applications to data
// analysis and heavy hitters.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/operations.hpp"
#include "parley/functions/bits.hpp"
#include "parley/functions/shuffle.hpp"

namespace parley {

/// Moves row i of several columns of one length to place destinations[i], for every i.
///
/// Input: `destinations` are the numbers 0, ..., N - 1 in some order.
/// Security: perfect; nothing is revealed. What is opened is the permutation after a shuffle, which is uniformly random
/// whatever it was before. (Destinations that are not a permutation are revealed as far as to which numbers they are.)
/// Cost: shuffle() of one column more, and one round to open one element a row.
/// Errors: Error(invalid_argument) for columns of different lengths, before anything is sent; for destinations that are
/// not a permutation, at all parties after they have been opened: a peer that does not follow the protocol can cause
/// that, too.
/// Source: [CHIKP19, section 4].
template <Engine E>
  requires PrimeField<typename E::Value> std::vector<SharedOf<E>> apply_permutation(E& engine,
                                                                                    const SharedOf<E>& destinations,
                                                                                    std::vector<SharedOf<E>> columns) {
    using F = typename E::Value;
    const std::size_t rows = destinations.size();
    for (const auto& column : columns) detail::require_same_length(column.size(), rows);
    if (rows == 0) return columns;
    columns.push_back(destinations);
    columns = shuffle(engine, std::move(columns));
    const Buffer<F> places = engine.open(columns.back());
    columns.pop_back();
    std::vector<std::size_t> source(rows, rows);  // where the row for each place is
    for (std::size_t i = 0; i < rows; ++i) {
      const auto place = places[i].to_integer();
      if (place >= rows || source[static_cast<std::size_t>(place)] != rows)
        throw Error(ErrorCode::invalid_argument, "the destinations of rows are not a permutation of them");
      source[static_cast<std::size_t>(place)] = i;
    }
    for (auto& column : columns) column = column.gather(source);
    return columns;
  }

namespace detail {

/// For each value v of a digit of `bits.size()` bits (from the lowest), whether a row's digit is v, as 0 or 1.
/// Cost for w bits: w - 1 rounds, 2^w - 1 - w products a row.
template <Engine E>
std::vector<SharedOf<E>> indicators(E& engine, const std::vector<SharedOf<E>>& bits) {
  using F = typename E::Value;
  const std::size_t rows = bits.front().size(), values = std::size_t{1} << bits.size();
  // the product of each set of bits; those of one size are products of smaller ones, in one batch
  std::vector<SharedOf<E>> of(values);
  of[0] = constant(engine, std::vector<F>(rows, F(1)));
  for (std::size_t i = 0; i < bits.size(); ++i) of[std::size_t{1} << i] = bits[i];
  for (std::size_t size = 2; size <= bits.size(); ++size) {
    std::vector<std::size_t> sets;
    std::vector<SharedOf<E>> left, right;
    for (std::size_t set = 1; set < values; ++set) {
      if (static_cast<std::size_t>(std::popcount(set)) != size) continue;
      const std::size_t lowest = set & (~set + 1);
      sets.push_back(set);
      left.push_back(of[lowest]);
      right.push_back(of[set - lowest]);
    }
    const SharedOf<E> products = mul(engine, concat(left), concat(right));
    for (std::size_t k = 0; k < sets.size(); ++k) of[sets[k]] = products.slice(k * rows, rows);
  }
  // from "at least these bits are ones" to "these and no others", bit by bit
  for (std::size_t bit = 1; bit < values; bit *= 2)
    for (std::size_t set = 0; set < values; ++set)
      if ((set & bit) == 0) of[set] -= of[set | bit];
  return of;
}

/// Where each row goes when rows are sorted by a digit, given by its bits, and keep their order where it is equal.
/// Cost for w bits: w rounds, 2^w - w products a row.
template <Engine E>
SharedOf<E> destinations_by_digit(E& engine, const std::vector<SharedOf<E>>& bits) {
  using Share = typename SharedOf<E>::Share;
  const std::vector<SharedOf<E>> is = indicators(engine, bits);
  const std::size_t rows = bits.front().size(), others = is.size() - 1;
  // A row of digit v goes behind all rows of lower digits and those of digit v before it; every row has one digit, so
  // its place is that of digit 0 and, for one v, the difference to that of v.
  Buffer<Share> first(rows), digits(others * rows), differences(others * rows);
  Share place{};
  for (std::size_t v = 0; v <= others; ++v) {
    const auto shares = is[v].shares();
    for (std::size_t i = 0; i < rows; ++i) {
      if (v == 0) {
        first[i] = place;
      } else {
        digits[i * others + v - 1] = shares[i];
        differences[i * others + v - 1] = place - first[i];
      }
      place += shares[i];
    }
  }
  const SharedOf<E>& any = bits.front();
  return any.with_shares(std::move(first)) +
         dot(engine, any.with_shares(std::move(digits)), any.with_shares(std::move(differences)), others);
}

/// The rows sorted by the numbers whose bits (from the lowest, as 0 and 1) are given for each row, which keep their order
/// where these are equal.
/// Cost: as radix_sort() from the bits on.
template <Engine E>
std::vector<SharedOf<E>> sort_by_bits(E& engine, std::vector<SharedOf<E>> bits, std::vector<SharedOf<E>> columns) {
  constexpr std::size_t longest_digit = 3;  // takes the fewest bytes a bit, and fewer rounds than shorter ones
  const std::size_t digits = (bits.size() + longest_digit - 1) / longest_digit, width = columns.size();
  for (std::size_t left = digits; left > 0; --left) {
    const auto end = bits.begin() + static_cast<std::ptrdiff_t>(bits.size() / left);
    const SharedOf<E> destinations = destinations_by_digit(engine, std::vector<SharedOf<E>>(bits.begin(), end));
    std::move(end, bits.end(), std::back_inserter(columns));
    columns = apply_permutation(engine, destinations, std::move(columns));
    bits.assign(columns.begin() + static_cast<std::ptrdiff_t>(width), columns.end());
    columns.resize(width);
  }
  return columns;
}

}  // namespace detail

/// The rows of several columns of one length, sorted ascending by the first column; rows for which it is equal keep the
/// order they had.
///
/// Input: values of the first column below 2^bits, or any for as many bits as the field's elements have; the other columns
/// hold any field elements. Where values of the first column are longer the order is wrong, and still nothing is revealed.
/// Security: perfect; nothing is revealed. What is opened are permutations after a shuffle, uniformly random whatever
/// the values.
/// Cost: to_bits() of `bits` bits of the first column, or of all its bits where these are more than can be compared, and
/// to_field() of `bits` bits a row; then for each of ceil(bits / 3) digits of w <= 3 bits w rounds with 2^w - w products a
/// row, shuffle() of all columns, of the bits of the digits that are left, and of one column more, and one round to open
/// one element a row. Nothing for fewer than two rows. The rounds depend on `bits` and the number of rows alone, and are
/// fewer than those of sort() for keys of up to 32 bits. Measured for n = 3 and one column against sort() of 32 bits, with
/// all parties in one process: less time for keys of up to about 15 bits for N = 1000, and 12 for N = 10000 and 100000;
/// fewer bytes for keys of up to about 6 bits.
/// Errors: Error(invalid_argument) for no columns, columns of different lengths, and bits that are 0 or more than the
/// field's elements have.
/// Source: [HICT14] with the permutations of [CHIKP19], and digits of several bits as in [AHIKNPTT22].
template <ComparingEngine E>
std::vector<SharedOf<E>> radix_sort(E& engine, std::vector<SharedOf<E>> columns, std::size_t bits) {
  using F = typename E::Value;
  if (columns.empty()) throw Error(ErrorCode::invalid_argument, "rows without columns cannot be sorted");
  const std::size_t rows = columns.front().size();
  for (const auto& column : columns) detail::require_same_length(column.size(), rows);
  if (bits == 0 || bits > F::modulus_bits)
    throw Error(ErrorCode::invalid_argument, "keys of " + std::to_string(bits) + " bits cannot be sorted in " +
                                                 std::string(F::name) + ", only of 1 to " +
                                                 std::to_string(F::modulus_bits));
  if (rows < 2) return columns;
  const OrderOptions comparable{.bits = bits <= F::modulus_bits - 2 ? bits : 0};
  const SharedOf<E> all = to_field(engine, to_bits(engine, columns.front(), comparable).bits(0, bits));
  std::vector<SharedOf<E>> planes;
  for (std::size_t i = 0; i < bits; ++i) planes.push_back(all.slice(i * rows, rows));
  return detail::sort_by_bits(engine, std::move(planes), std::move(columns));
}
/// The entries of one vector of values below 2^bits, sorted ascending. Input, security, cost and errors as for columns.
template <ComparingEngine E>
SharedOf<E> radix_sort(E& engine, const SharedOf<E>& x, std::size_t bits) {
  return std::move(radix_sort(engine, std::vector<SharedOf<E>>{x}, bits).front());
}

}  // namespace parley
