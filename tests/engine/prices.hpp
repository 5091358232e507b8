// SPDX-License-Identifier: Apache-2.0
// The documented costs of all operations, in one table for each engine.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "engine/parties.hpp"
#include "parley/field/concepts.hpp"
#include "parley/net/link.hpp"

namespace parley::test {

/// What an operation costs one party.
struct Price {
  std::size_t rounds = 0, bytes_sent = 0;
};

/// Links on which the circuits of the fewest rounds, and of the fewest conjunctions, are chosen.
inline constexpr Link slow_rounds{1e12, 1e18}, slow_bytes{1e-9, 1};  // a local work of seconds is lost in 1e12

/// How many elements `party` sends for products through kings, of which there is one for each t + 1 products in turn:
/// it deals t + 1 masks by random values, of which n - 2 - t shares are sent, for its own products and those of the 2t
/// kings before it, to whom it sends a masked product each; its own products it sends to n - 1 - t parties.
inline std::size_t sent_through_kings(std::size_t n, std::size_t t, std::size_t party, std::size_t count) {
  const std::size_t batches = (count + t) / (t + 1), missing = batches * (t + 1) - count;
  std::size_t elements = 0;
  for (std::size_t back = 0; back <= 2 * t; ++back) {
    const std::size_t king = (party + n - back) % n, of_king = batches / n + (king < batches % n ? 1 : 0);
    const bool is_last = of_king != 0 && king == std::min(batches, n) - 1;
    const std::size_t products = (t + 1) * of_king - (is_last ? missing : 0);
    elements += (n - 2 - t) * of_king + (back == 0 ? n - 1 - t : 1) * products;
  }
  return elements;
}

/// The passive Shamir engine over F: n parties, privacy threshold t, for the party `self`. No count is zero: an
/// operation on nothing costs nothing.
template <Field F>
struct ShamirPrices {
  std::size_t n, t, self;
  bool in_tree = true;                ///< whether additions modulo p are done in few rounds or with few conjunctions
  bool bytes_alone_count = !in_tree;  ///< as on the link slow_bytes, for the form of products

  static constexpr std::size_t element = F::encoded_size;

  Price input(std::size_t owner, std::size_t count) const { return {1, self == owner ? dealt(count * element) : 0}; }
  Price input_all(std::size_t count) const { return {1, dealt(count * element)}; }
  Price mul(std::size_t count) const { return multiplied(count, element); }
  Price open(std::size_t count) const { return {1, t * count * element}; }
  Price open_to(std::size_t receiver, std::size_t count) const {
    const std::size_t distance = (self + n - receiver) % n;
    return {1, distance >= 1 && distance <= t ? count * element : 0};
  }
  Price random(std::size_t count) const {
    if (n == 3) return {};
    return {1, (n - 2 - t) * ((count + n - t - 1) / (n - t)) * element};
  }

  Price input_bits(std::size_t owner, std::size_t bits) const {
    return {1, self != owner ? 0 : n == 3 ? packed(bits) : dealt(bits)};
  }
  Price and_(std::size_t bits) const { return n == 3 ? Price{1, packed(bits)} : multiplied(bits, 1); }
  Price open_bits(std::size_t bits) const { return {1, n == 3 ? packed(bits) : t * bits}; }
  Price random_bits(std::size_t bits) const {
    if (n == 3) return {};
    return {1, self <= t ? dealt(bits) : 0};
  }

  Price dabits(std::size_t count) const {
    if (n == 3) return {2, count * element * (self == 1 ? 2 : 1)};
    Price price{1, self <= t ? dealt(count * (element + 1)) : 0};
    for (std::size_t values = t + 1; values > 1; values = (values + 1) / 2) {
      price.rounds += mul(values / 2 * count).rounds;
      price.bytes_sent += mul(values / 2 * count).bytes_sent;
    }
    return price;
  }
  Price to_field(std::size_t bits) const {
    return n == 3 ? dabits(bits) : Price{dabits(bits).rounds + 1, dabits(bits).bytes_sent + t * bits};
  }
  /// How many numbers below the field's order the mask of a split is the sum of.
  std::size_t mask_terms() const { return n == 3 ? 1 : t + 1; }
  Price edabits(std::size_t count, std::size_t width = F::modulus_bits) const requires PrimeField<F> {
    Price price{1, n == 3 ? (self == 2 ? packed(width * count) : 0) : self <= t ? dealt((element + width) * count) : 0};
    if (width < F::modulus_bits) {
      const Price sum = short_sum(n == 3 ? 2 : t + 1, width, count);
      return {price.rounds + sum.rounds, price.bytes_sent + sum.bytes_sent};
    }
    for (std::size_t values = n == 3 ? 2 : t + 1; values > 1; values = (values + 1) / 2) {
      const Price level = additions(values / 2 * count);
      price.rounds += level.rounds;
      price.bytes_sent += level.bytes_sent;
    }
    return price;
  }
  Price split(std::size_t count, std::size_t width = F::modulus_bits) const requires PrimeField<F> {
    if (n == 3) return {1, self == 2 ? packed(width * count) : element * count};
    const Price mask = edabits(count, width);
    return {mask.rounds + 1, mask.bytes_sent + open(count).bytes_sent};
  }

 protected:
  static std::size_t packed(std::size_t bits) { return (bits + 7) / 8; }
  std::size_t dealt(std::size_t bytes) const { return (n - 1 - t) * bytes; }
  /// Products of elements of `size` bytes: through kings where the party that sends most sends less then.
  Price multiplied(std::size_t count, std::size_t size) const {
    std::size_t most = 0;
    for (std::size_t party = 0; party < n; ++party) most = std::max(most, sent_through_kings(n, t, party, count));
    if (bytes_alone_count && most < dealt(count)) return {2, sent_through_kings(n, t, self, count) * size};
    return {1, self <= 2 * t ? dealt(count * size) : 0};
  }

  /// Sums modulo p in the binary domain, of shared numbers or of a public and a shared one.
  Price additions(std::size_t count, bool one_is_public = false) const {
    const std::size_t width = F::modulus_bits;
    std::vector<std::size_t> planes;  // conjoined in each round
    if (!one_is_public) planes.push_back(in_tree ? width : 1);
    if (in_tree) {
      for (std::size_t block = 1; block < width; block *= 2) {
        std::size_t upper = 0;
        for (std::size_t i = 0; i < width; ++i) upper += (i & block) != 0 ? 1 : 0;
        planes.push_back(2 * upper);
      }
      planes.push_back(width - 1);
    } else {
      planes.insert(planes.end(), 2 * width - 2, 1);
    }
    return conjunctions(planes, count);
  }
  /// A sum of so many numbers modulo 2^width, one of two of which may be public.
  Price short_sum(std::size_t terms, std::size_t width, std::size_t count, bool one_is_public = false) const {
    const std::size_t carries = width - 1;
    std::vector<std::size_t> planes;  // conjoined in each round
    for (; carries > 0 && terms > 2; terms -= terms / 3) planes.push_back(terms / 3 * carries);
    if (in_tree && carries > 0) {
      planes.push_back(carries);
      for (std::size_t block = 1; block < carries; block *= 2) {
        std::size_t joins = 0;
        for (std::size_t i = block; i < carries; ++i) joins += (i & block) == 0 ? 0 : i < 2 * block ? 1 : 2;
        planes.push_back(joins);
      }
    } else {
      planes.insert(planes.end(), carries, 1);
    }
    if (one_is_public) planes.erase(planes.begin());
    return conjunctions(planes, count);
  }
  /// Conjunctions of so many planes in each round.
  Price conjunctions(const std::vector<std::size_t>& planes, std::size_t count) const {
    Price price;
    for (const std::size_t conjoined : planes) {
      price.rounds += and_(conjoined * count).rounds;
      price.bytes_sent += and_(conjoined * count).bytes_sent;
    }
    return price;
  }
};

/// The clear engine: the owner of an input sends it to everyone, and nothing else is sent.
template <Field F>
struct ClearPrices {
  std::size_t n, self;

  static constexpr std::size_t element = F::encoded_size;

  Price input(std::size_t owner, std::size_t count) const { return {1, self == owner ? (n - 1) * count * element : 0}; }
  Price input_all(std::size_t count) const { return {1, (n - 1) * count * element}; }
  Price mul(std::size_t) const { return {}; }
  Price open(std::size_t) const { return {}; }
  Price open_to(std::size_t, std::size_t) const { return {}; }
  Price random(std::size_t) const { return {}; }
  Price input_bits(std::size_t owner, std::size_t bits) const {
    return {1, self == owner ? (n - 1) * ((bits + 7) / 8) : 0};
  }
  Price and_(std::size_t) const { return {}; }
  Price open_bits(std::size_t) const { return {}; }
  Price random_bits(std::size_t) const { return {}; }
  Price dabits(std::size_t) const { return {}; }
  Price to_field(std::size_t) const { return {}; }
  Price edabits(std::size_t) const { return {}; }
  Price split(std::size_t, std::size_t = 0) const { return {}; }
};

}  // namespace parley::test
