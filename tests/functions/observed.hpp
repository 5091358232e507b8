// SPDX-License-Identifier: Apache-2.0
// An engine that notes what is compared and what is opened, and one whose shuffle is the test's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <variant>
#include <vector>

#include "functions/on_engines.hpp"

namespace parley::test {

/// Any engine, with a log of its comparisons and of the outcomes that are opened.
template <class Base>
class Observed : public Base {
 public:
  using Base::Base;
  using typename Base::Bits;
  using typename Base::Scheme;
  using typename Base::Vector;

  /// Entries of each batch that was split into bits, which is how every comparison begins.
  std::vector<std::size_t> compared;
  /// The masked values that every party learns in each such batch, where the engine opens them to all.
  std::vector<Numbers> masked;
  /// The numbers of each batch of bits that was opened.
  std::vector<Numbers> outcomes;
  /// The bits of which each batch was split into so many.
  std::vector<std::size_t> widths;
  /// Called before a batch is compared.
  std::function<void()> before_comparison = [] {};

  MaskedDifference<Scheme> split(const Vector& x, std::size_t width) {
    before_comparison();
    compared.push_back(x.size());
    widths.push_back(width);
    auto parts = Base::split(x, width);
    if (const auto* opened = std::get_if<PublicBits>(&parts.minuend)) masked.push_back(opened->to_integers());
    return parts;
  }
  using Base::open;
  PublicBits open(const Bits& x) {
    PublicBits opened = Base::open(x);
    outcomes.push_back(opened.to_integers());
    return opened;
  }
};

/// The clear engine with a given order of the rows after a shuffle: row i is what was row order[i].
class Arranged : public Observed<ClearEngine<F61>> {
 public:
  using Observed::Observed;

  std::vector<std::size_t> order;

  void shuffle(std::vector<Vector>& columns) {
    for (Vector& column : columns) column = column.gather(order);
  }
};

}  // namespace parley::test
