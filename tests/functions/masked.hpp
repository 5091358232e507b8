// SPDX-License-Identifier: Apache-2.0
// An engine whose splits into minuend and subtrahend have the masks of the test, to try all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "functions/on_engines.hpp"
#include "parley/engine/clear.hpp"

namespace parley::test {

/// A clear engine that splits with the masks of the test: entry k of a batch is masked by masks[k % masks.size()], sums of
/// `terms` numbers below the field's order.
template <Field F>
class Masked : public ClearEngine<F> {
 public:
  using Base = ClearEngine<F>;
  using Base::Base;
  using typename Base::Bits;
  using typename Base::Vector;

  std::size_t terms = 1;
  Numbers masks;
  std::vector<std::size_t> widths;  // of the splits so far

  std::size_t mask_terms() const { return terms; }
  MaskedDifference<Clear> split(const Vector& x, std::size_t width) {
    widths.push_back(width);
    std::vector<F> sums;
    Numbers low;
    for (std::size_t k = 0; k < x.size(); ++k) {
      const std::uint64_t mask = masks[k % masks.size()];
      sums.push_back(x.shares()[k] + F(mask));
      low.push_back(mask & ((std::uint64_t{1} << width) - 1));
    }
    return {Bits(PublicBits::from_field<F>(sums, width).planes()),
            Bits(PublicBits::from_integers(low, width).planes())};
  }
};

}  // namespace parley::test
