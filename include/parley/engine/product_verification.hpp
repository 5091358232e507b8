// SPDX-License-Identifier: Apache-2.0
// All products since the last check, verified together before anything is opened; and where there are more parties than
// 2t + 1, all sharings that were dealt.
// [GIPST14] Genkin, Ishai, Prabhakaran, Sahai, Tromer: Circuits resilient to additive attacks with applications to secure
// computation, STOC 2014. [GS20] Goyal, Song: Malicious security comes free in honest-majority MPC, ePrint 2020/134.
// [Freivalds77] Freivalds: Probabilistic machines can use less running time, 1977.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"
#include "parley/engine/cheating_probability.hpp"
#include "parley/engine/inner_product_check.hpp"
#include "parley/engine/public_coins.hpp"
#include "parley/engine/shamir_domain.hpp"
#include "parley/engine/verified_opening.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/link.hpp"
#include "parley/net/network.hpp"

namespace parley::detail {

/// Records what is to be verified, and verifies it.
///
/// A deviating party can add to each product of ShamirDomain an error of its choice, and nothing else [GIPST14]. Whatever
/// a party deals, n - t >= t + 1 honest shares are a sharing of something if n = 2t + 1, so that a wrong dealing is a
/// right dealing of something else. If n > 2t + 1 the honest shares may lie on no polynomial of degree t, of which the
/// shares of products are then no use: so everything that was dealt is checked for that before the products are. In
/// both cases no message of a product depends on a secret before something is opened: an honest party deals what it has
/// with fresh randomness, or (see KingProducts) adds a mask that is uniform for each of the 2t + 1 holders, who are no
/// more than needed. With more holders, of masks on a polynomial of degree 2t, wrong shares of a factor would show
/// through to the king: the "double dipping" of protocols that use them.
///
/// The check: results z are numbered by (record, position), and weighted by the products of the coins that stand for the
/// ones in the two numbers' binary notation. Records count from 1, so that every weight has a coin in it. A sum of
/// errors with these weights is a polynomial in the coins of degree record bits + position bits at most, and so 0 for at
/// most that part of 1/|G| of the coins, unless all errors are 0. The weighted sum of the products is one inner product,
/// which InnerProductCheck verifies. A product of matrices becomes one of vectors, as the weights of its entries are
/// those of its row times those of its column [Freivalds77].
template <Field G, class Stream>
class ProductVerification {
 public:
  /// A wrong result passes with a probability of at most 2^-`security_bits`.
  ProductVerification(Network& network, ShamirDomain<G, Stream>& domain, VerifiedOpening<G>& opening,
                      std::size_t privacy_threshold, unsigned security_bits, const Link& link)
      : opening_(opening),
        coins_(domain, opening),
        check_(domain, opening, coins_),
        checks_dealings_(network.parties() > 2 * privacy_threshold + 1),
        error_(security_bits),
        link_(link) {}

  /// z[s] is the inner product of the s-th of z.size() segments of x and y.
  void record_products(std::span<const G> x, std::span<const G> y, std::span<const G> z) {
    if (!z.empty()) add({Kind::segments, {z.size(), x.size() / z.size(), 1}, copy(x), copy(y), copy(z)});
  }
  void record_matrix_product(std::span<const G> x, std::span<const G> y, std::span<const G> z,
                             const vector::ProductShape& shape) {
    record_matrix_product(copy(x), copy(y), copy(z), shape);
  }
  void record_matrix_product(Buffer<G>&& x, Buffer<G>&& y, Buffer<G>&& z, const vector::ProductShape& shape) {
    if (!z.empty()) add({Kind::matrices, shape, std::move(x), std::move(y), std::move(z)});
  }
  /// Bits that somebody dealt: no other element is its own square.
  void record_bits(std::span<const G> x) {
    if (!x.empty()) add({Kind::bits, {x.size(), 1, 1}, copy(x), {}, {}});
  }
  /// Shares that somebody dealt, or sums of such.
  void record_dealings(std::span<const G> z) {
    if (checks_dealings_ && !z.empty()) add({Kind::dealings, {}, {}, {}, copy(z)});
  }

  /// How many independent checks, each of which lets something wrong pass with a probability of at most `error`, leave
  /// less than 2^-security_bits; what they leave is counted in error().
  std::size_t repetitions_for(double error) {
    if (error > 0.5)
      throw Error(ErrorCode::invalid_argument,
                  std::string(G::name) + " has too few elements to verify so many products");
    return error_.repetitions_for(error);
  }
  /// The greatest power of 2, up to 2^62, that G has as many elements as.
  static double order() {
    int bits = 1;
    while (bits < 62 && G::order_exceeds((std::uint64_t{2} << bits) - 1)) ++bits;
    return std::ldexp(1.0, bits);
  }

  bool empty() const { return records_.empty(); }
  /// Elements of the record.
  std::size_t size() const { return size_; }
  /// An upper bound of the probability that any of the checks so far has let something wrong pass.
  double error() const { return error_.value(); }

  /// Returns if all that is recorded is right, and forgets it.
  /// Cost: rounds() of the plan for all the factors, one for the coins of the weights, one for the dealings if n > 2t +
  /// 1, one for dealing coins and masks if n > 3.
  void verify() {
    if (records_.empty()) return;
    std::vector<Record> records = std::exchange(records_, {});
    size_ = 0;
    std::size_t length = 0, position_bits = 0;
    for (const Record& record : records) {
      length += record.length();
      position_bits = std::max(position_bits, record.position_bits());
    }
    const FoldingPlan plan = check_.plan(std::max<std::size_t>(length, 1), link_);
    const auto record_bits = static_cast<std::size_t>(std::bit_width(records.size()));
    const std::size_t weight_coins = record_bits + position_bits;
    const std::size_t repetitions = repetitions_for(static_cast<double>(weight_coins) / order() + plan.error(order()));
    coins_.deal(repetitions * (weight_coins + plan.coins() + 2 + (checks_dealings_ ? 1 : 0)));

    const Buffer<G> masks = checks_dealings_ ? coins_.take(repetitions) : Buffer<G>();
    const Buffer<G> tossed = coins_.toss(repetitions * weight_coins);
    const std::size_t padded = check_.padded(length, plan.folds.empty() ? 1 : plan.folds.front());
    std::vector<InnerProductClaim<G>> claims;
    Buffer<G> sums(masks);
    for (std::size_t k = 0; k < repetitions; ++k) {
      const auto coins = std::span<const G>(tossed).subspan(k * weight_coins, weight_coins);
      InnerProductClaim<G> claim{{}, {}, G::zero()};
      const bool in_place = records.size() == 1 && repetitions == 1 && records[0].kind == Kind::segments;
      if (in_place) {  // a single large batch need not be copied once more
        claim.a = std::move(records[0].x);
        claim.b = std::move(records[0].y);
      }
      claim.a.resize(padded);
      claim.b.resize(padded);
      std::size_t first = 0;
      for (std::size_t number = 0; number < records.size(); ++number) {
        const Record& record = records[number];
        const G weight = monomial(coins.first(record_bits), number + 1);
        const auto a = std::span<G>(claim.a).subspan(first, record.length());
        const auto b = std::span<G>(claim.b).subspan(first, record.length());
        if (record.kind == Kind::bits || (record.kind == Kind::segments && !in_place)) {
          std::ranges::copy(record.x, a.begin());
          std::ranges::copy(record.kind == Kind::bits ? record.x : record.y, b.begin());
        }
        const G sum = record.kind == Kind::matrices ? record.weigh_matrices(weight, coins.subspan(record_bits), a, b)
                                                    : record.weigh_segments(weight, coins.subspan(record_bits), a);
        if (record.kind != Kind::dealings) claim.c += sum;
        if (checks_dealings_) sums[k] += sum;
        first += record.length();
      }
      claims.push_back(std::move(claim));
    }
    records.clear();  // their memory is of use for the folds
    if (checks_dealings_) static_cast<void>(opening_.open(sums, false));
    if (length > 0) check_.verify(std::move(claims), plan);
  }

 private:
  enum class Kind { segments, bits, matrices, dealings };

  // With room for what the first fold fills up with.
  static Buffer<G> copy(std::span<const G> elements) {
    Buffer<G> result;
    result.reserve(elements.size() + InnerProductCheck<G, Stream>::most_parts);
    result.insert(result.end(), elements.begin(), elements.end());
    return result;
  }

  static std::size_t bits_below(std::size_t count) {
    return count < 2 ? 0 : static_cast<std::size_t>(std::bit_width(count - 1));
  }
  // The product of the coins that stand for the ones of `number`.
  static G monomial(std::span<const G> coins, std::size_t number) {
    G product = G::one();
    for (std::size_t bit = 0; bit < coins.size(); ++bit)
      if ((number >> bit & 1) != 0) product *= coins[bit];
    return product;
  }
  // The monomials of 0, ..., 2^bits - 1.
  static Buffer<G> monomials(std::span<const G> coins, std::size_t bits) {
    Buffer<G> all{G::one()};
    for (std::size_t bit = 0; bit < bits; ++bit) {
      const std::size_t half = all.size();
      all.resize(2 * half);
      vector::scale<G>(std::span<G>(all).subspan(half), std::span<const G>(all).first(half), coins[bit]);
    }
    return all;
  }

  struct Record {
    Kind kind;
    vector::ProductShape shape;
    Buffer<G> x, y, z;  // of bits x alone, which is all three

    std::span<const G> results() const { return kind == Kind::bits ? x : z; }
    // How many entries it has in the inner product.
    std::size_t length() const {
      return kind == Kind::dealings ? 0 : kind == Kind::matrices ? shape.inner : results().size() * shape.inner;
    }
    std::size_t position_bits() const {
      return kind == Kind::matrices ? bits_below(shape.rows) + bits_below(shape.columns) : bits_below(results().size());
    }

    // Both give the weighted sum of z. The factors of segments, which are in a already, are weighted; from the factors
    // of matrices a and b are made.
    G weigh_segments(const G& weight, std::span<const G> coins, std::span<G> a) const {
      const std::size_t segment = shape.inner;
      const std::span<const G> sums = results();
      const std::size_t low_bits = std::min<std::size_t>(bits_below(sums.size()), 10);
      const std::size_t block = std::size_t{1} << low_bits;
      const Buffer<G> low = monomials(coins, low_bits);
      Buffer<G> weights(block);
      G sum = G::zero();
      for (std::size_t first = 0; first < sums.size(); first += block) {
        const std::size_t size = std::min(block, sums.size() - first);
        const auto of_block = std::span<G>(weights).first(size);
        vector::scale<G>(of_block, std::span<const G>(low).first(size),
                         weight * monomial(coins.subspan(low_bits), first >> low_bits));
        sum += vector::inner_product<G>(std::span<const G>(of_block), sums.subspan(first, size));
        if (segment == 1) {
          vector::multiply<G>(a.subspan(first, size), a.subspan(first, size), of_block);
        } else if (kind == Kind::segments) {
          for (std::size_t s = 0; s < size; ++s) {
            const auto scaled = a.subspan((first + s) * segment, segment);
            vector::scale<G>(scaled, scaled, of_block[s]);
          }
        }
      }
      return sum;
    }
    G weigh_matrices(const G& weight, std::span<const G> coins, std::span<G> a, std::span<G> b) const {
      const std::size_t column_bits = bits_below(shape.columns);
      Buffer<G> of_columns = monomials(coins, column_bits);
      Buffer<G> of_rows = monomials(coins.subspan(column_bits), bits_below(shape.rows));
      of_columns.resize(shape.columns);
      of_rows.resize(shape.rows);
      vector::scale<G>(std::span<G>(of_rows), of_rows, weight);
      std::vector<std::span<const G>> rows;
      G sum = G::zero();
      for (std::size_t r = 0; r < shape.rows; ++r) {
        rows.push_back(std::span<const G>(x).subspan(r * shape.inner, shape.inner));
        sum += of_rows[r] *
               vector::inner_product<G>(std::span<const G>(z).subspan(r * shape.columns, shape.columns), of_columns);
      }
      vector::linear_combination<G>(a.first(shape.inner), of_rows, rows);
      for (std::size_t k = 0; k < shape.inner; ++k)
        b[k] = vector::inner_product<G>(std::span<const G>(y).subspan(k * shape.columns, shape.columns), of_columns);
      return sum;
    }
  };

  void add(Record record) {
    size_ += record.x.size() + record.y.size() + record.z.size();
    records_.push_back(std::move(record));
  }

  VerifiedOpening<G>& opening_;
  PublicCoins<G, Stream> coins_;
  InnerProductCheck<G, Stream> check_;
  bool checks_dealings_;
  CheatingProbability error_;
  Link link_;
  std::vector<Record> records_;
  std::size_t size_ = 0;
};

}  // namespace parley::detail
