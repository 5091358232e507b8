// SPDX-License-Identifier: Apache-2.0
// An engine that notes what is compared and what is opened, and whose shuffle may be the test's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <variant>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/shared_bits.hpp"

namespace parley::test {

using Numbers = std::vector<std::uint64_t>;

/// An engine's comparisons so far, and the outcomes that were opened.
struct Observations {
  /// Entries of each batch that was split into bits, which is how every comparison begins.
  std::vector<std::size_t> compared;
  /// The masked values that every party learns in each such batch, where the engine opens them to all.
  std::vector<Numbers> masked;
  /// Each batch of elements that was opened to all.
  std::vector<Numbers> elements;
  /// The numbers of each batch of bits that was opened.
  std::vector<Numbers> outcomes;
  /// The bits of which each batch was split into so many.
  std::vector<std::size_t> widths;
  /// Called before a batch is compared.
  std::function<void()> before_comparison = [] {};
  /// Where it is given, row i after a shuffle is what was row order[i].
  std::vector<std::size_t> order;
};

/// An engine that notes all this.
template <ComparingEngine Base>
class Observed : public Base, public Observations {
 public:
  using Base::Base;
  using typename Base::Bits;
  using typename Base::Scheme;
  using typename Base::Value;
  using typename Base::Vector;

  MaskedDifference<Scheme> split(const Vector& x, std::size_t width) {
    before_comparison();
    compared.push_back(x.size());
    widths.push_back(width);
    auto parts = Base::split(x, width);
    if (const auto* opened = std::get_if<PublicBits>(&parts.minuend))
      if (opened->width() <= 64) masked.push_back(opened->to_integers());
    return parts;
  }
  Buffer<Value> open(const Vector& x) {
    Buffer<Value> opened = Base::open(x);
    Numbers& noted = elements.emplace_back();
    for (const Value& value : opened) noted.push_back(static_cast<std::uint64_t>(value.to_integer()));
    return opened;
  }
  PublicBits open(const Bits& x) {
    PublicBits opened = Base::open(x);
    if (opened.width() <= 64) outcomes.push_back(opened.to_integers());
    return opened;
  }
  void shuffle(std::vector<Vector>& columns) {
    if (order.empty()) return Base::shuffle(columns);
    for (Vector& column : columns) column = column.gather(order);
  }
};

}  // namespace parley::test
