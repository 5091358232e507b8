// SPDX-License-Identifier: Apache-2.0
// What makes a shuffle of Shamir-shared rows one that deviating parties cannot falsify, and in which they learn nothing of
// the order by trying.
// [LWZ11] Laur, Willemson, Zhang: Round-efficient oblivious database manipulation. [GIPST14] Genkin, Ishai, Prabhakaran,
// Sahai, Tromer: Circuits resilient to additive attacks with applications to secure computation, STOC 2014.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/engine/product_verification.hpp"
#include "parley/engine/shamir_domain.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"

namespace parley::detail {

/// Is shown what happens in a ShamirShuffle, and adds to what a ProductVerification records.
///
/// By groups: a pass is a permutation of the rows that all members of one group know, and a re-sharing by them. All
/// honest members permute alike, as they have compared their seeds. So with a deviating member a pass gives the rows in
/// an order that the adversary knows, plus errors that it knows: the difference between what it should have dealt and
/// what it did deal. (Where n > 2t + 1, shares that lie on no polynomial of degree t are a further error of the next
/// pass, whose members interpolate through their own t + 1 shares; and the dealings are checked before anything else.)
/// In a pass of honest members alone, of which there is one, there are no errors, and the order is uniform and unknown.
/// Each of the messages is a fresh sharing, and tells t parties nothing.
///
/// Every row carries tags: its inner products with shared random keys, which nobody learns, in columns that are shuffled
/// along. That tags and rows belong together is one product of matrices before the first and after every pass, verified
/// with all other products. The first pass in which rows have an error E and its tags an error F, not all 0, and which
/// the adversary chose without the keys K, is wrong but where K E = F: for each tag's key with probability 1/|F| at most.
/// That the tags are verified after every pass, and not just after the last one, keeps the order secret: errors that one
/// pass adds and a later one takes away would cancel where the order in between is as guessed, and so tell whether it
/// is. Thus whether a shuffle fails depends on what the deviating parties do, and neither on the rows nor on the order.
///
/// A comparison of rows before and after by their products at a random point would take as many multiplications twice;
/// and an error that makes one row equal to another's former value would pass, so that a failure would tell of rows.
///
/// Through networks: the controls are verified to be bits, as b b = b, and the exchanges' products as all products are;
/// then whatever a deviating party's controls are, they permute the rows, and one party's permutation is uniform and
/// unknown.
template <Field F, class Stream>
class ShuffleVerification {
 public:
  static constexpr bool verifies = true;

  ShuffleVerification(ShamirDomain<F, Stream>& arithmetic, ProductVerification<F, Stream>& verification)
      : arithmetic_(arithmetic), verification_(verification) {}

  /// As many columns more as it takes for an error to pass with a probability of at most 2^-security_bits.
  /// Cost: random values, as many as there are columns, and a product for each row, times the number of tags.
  void add_tags(std::vector<Buffer<F>>& columns) {
    columns_ = columns.size();
    const std::size_t tags = verification_.repetitions_for(1 / verification_.order());
    keys_ = arithmetic_.random(tags * columns_);
    verification_.record_dealings(keys_);
    const std::size_t rows = columns.front().size();
    const std::vector<std::span<const F>> factors(columns.begin(), columns.end());
    Buffer<F> products;
    products.resize(tags * rows);
    for (std::size_t k = 0; k < tags; ++k)
      vector::linear_combination<F>(std::span<F>(products).subspan(k * rows, rows),
                                    std::span<const F>(keys_).subspan(k * columns_, columns_), factors);
    products = arithmetic_.reduce(products);
    for (std::size_t k = 0; k < tags; ++k) {
      const auto first = products.begin() + static_cast<std::ptrdiff_t>(k * rows);
      columns.emplace_back(first, first + static_cast<std::ptrdiff_t>(rows));
    }
    record(columns);
  }
  void record_pass(const std::vector<Buffer<F>>& columns) {
    // The tags are results of the products, which are checked as dealings anyway.
    for (std::size_t c = 0; c < columns_; ++c) verification_.record_dealings(columns[c]);
    record(columns);
  }
  void remove_tags(std::vector<Buffer<F>>& columns) {
    columns.resize(columns_);
    keys_.clear();
  }

  void record_controls(std::span<const F> bits) {
    verification_.record_dealings(bits);
    verification_.record_products(bits, bits, bits);
  }
  void record_exchanges(std::span<const F> controls, std::span<const F> differences, std::span<const F> products) {
    verification_.record_products(controls, differences, products);
  }

 private:
  void record(const std::vector<Buffer<F>>& columns) {
    const std::size_t tags = columns.size() - columns_, rows = columns.front().size();
    Buffer<F> rows_of_matrix, results;
    rows_of_matrix.reserve(columns_ * rows);
    results.reserve(tags * rows);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      Buffer<F>& target = c < columns_ ? rows_of_matrix : results;
      target.insert(target.end(), columns[c].begin(), columns[c].end());
    }
    verification_.record_matrix_product(Buffer<F>(keys_), std::move(rows_of_matrix), std::move(results),
                                        {tags, columns_, rows});
  }

  ShamirDomain<F, Stream>& arithmetic_;
  ProductVerification<F, Stream>& verification_;
  Buffer<F> keys_;  // tag after tag, one of each column
  std::size_t columns_ = 0;
};

}  // namespace parley::detail
