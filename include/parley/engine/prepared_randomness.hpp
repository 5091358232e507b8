// SPDX-License-Identifier: Apache-2.0
// The store of correlated randomness that an engine makes ahead of time and draws on, and the account of what was made
// when.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>

#include "parley/engine/concepts.hpp"
#include "parley/engine/shared.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/field/concepts.hpp"
#include "parley/net/network.hpp"

namespace parley {

/// How much correlated randomness: edaBits, daBits, and random values of the arithmetic domain.
struct Preparation {
  std::size_t edabits = 0, dabits = 0, random_values = 0;

  friend constexpr bool operator==(const Preparation&, const Preparation&) = default;
  friend constexpr Preparation operator+(const Preparation& x, const Preparation& y) noexcept {
    return {x.edabits + y.edabits, x.dabits + y.dabits, x.random_values + y.random_values};
  }
};

/// What a party has spent, by purpose. The three costs together are engine.cost().
struct CostReport {
  Cost preparation;  ///< making correlated randomness ahead of time, in prepare()
  Cost shortfall;    ///< making it when it was asked for and the store did not have it
  Cost online;       ///< everything else

  Preparation prepared;  ///< was put into the store
  Preparation drawn;     ///< was taken from it
  Preparation missing;   ///< was asked for and not there, so that it was made online; 0 means that the store sufficed
  Preparation left;      ///< is in the store
};

namespace detail {

template <Field F, class Scheme>
std::size_t size(const Shared<F, Scheme>& batch) {
  return batch.size();
}
template <Field F, class Scheme>
std::size_t size(const RandomInBothDomains<F, Scheme>& batch) {
  return batch.value.size();
}
template <Field F, class Scheme>
Shared<F, Scheme> slice(const Shared<F, Scheme>& batch, std::size_t first, std::size_t count) {
  return batch.slice(first, count);
}
template <Field F, class Scheme>
RandomInBothDomains<F, Scheme> slice(const RandomInBothDomains<F, Scheme>& batch, std::size_t first,
                                     std::size_t count) {
  return {batch.value.slice(first, count), batch.bits.slice(first, count)};
}
template <Field F, class Scheme>
Shared<F, Scheme> joined(const Shared<F, Scheme>& first, const Shared<F, Scheme>& second) {
  return concat(first, second);
}
template <Field F, class Scheme>
RandomInBothDomains<F, Scheme> joined(const RandomInBothDomains<F, Scheme>& first,
                                      const RandomInBothDomains<F, Scheme>& second) {
  return {concat(first.value, second.value), concat(first.bits, second.bits)};
}

/// Entries of one kind, each of which is handed out once, in the order in which they were added.
template <class Batch>
class RandomnessPool {
 public:
  std::size_t left() const { return size(entries_) - used_; }
  void add(Batch batch) {
    entries_ = left() == 0 ? std::move(batch) : joined(slice(entries_, used_, left()), batch);
    used_ = 0;
  }
  /// The next `count` entries, of which there are as many and at least one.
  Batch draw(std::size_t count) {
    if (count == size(entries_)) return std::exchange(entries_, Batch{});  // used_ is 0
    Batch drawn = slice(entries_, used_, count);
    used_ += count;
    if (left() == 0) {
      entries_ = Batch{};
      used_ = 0;
    }
    return drawn;
  }

 private:
  Batch entries_;
  std::size_t used_ = 0;
};

/// What a store holds, of each kind.
template <Field F, class Scheme>
struct PreparedBatches {
  RandomInBothDomains<F, Scheme> edabits, dabits;
  Shared<F, Scheme> random_values;
};
template <Field F, class Scheme>
Preparation counts_of(const PreparedBatches<F, Scheme>& batches) {
  return {size(batches.edabits), size(batches.dabits), size(batches.random_values)};
}

/// An engine's store. Lengths are public and all parties make the same calls, so that what one party draws belongs
/// together with what the others do.
template <Field F, class Scheme>
class PreparedRandomness {
 public:
  using Both = RandomInBothDomains<F, Scheme>;
  using Vector = Shared<F, Scheme>;

  explicit PreparedRandomness(const Network& network) : network_(network) {}

  // Each of these gives `count` entries: those that are in the store, as far as they go, then as many as are missing,
  // of make(missing), in one batch.
  template <class Make>
  Both edabits(std::size_t count, Make make) {
    return drawn(edabits_, &Preparation::edabits, count, make);
  }
  /// With their lowest `width` bits only, which is what make(missing) gives too. Stored ones are whole, so that they
  /// serve any width.
  template <class Make>
  Both edabits(std::size_t count, std::size_t width, Make make) {
    return drawn(edabits_, &Preparation::edabits, count, make, [width](Both whole) {
      return whole.bits.width() == width ? std::move(whole) : Both{std::move(whole.value), whole.bits.bits(0, width)};
    });
  }
  template <class Make>
  Both dabits(std::size_t count, Make make) {
    return drawn(dabits_, &Preparation::dabits, count, make);
  }
  template <class Make>
  Vector random_values(std::size_t count, Make make) {
    return drawn(random_values_, &Preparation::random_values, count, make);
  }

  // Each of these adds what make() gives, and counts its cost as preparation.
  template <class Make>
  void prepare_edabits(Make make) {
    add(edabits_, &Preparation::edabits, make);
  }
  template <class Make>
  void prepare_dabits(Make make) {
    add(dabits_, &Preparation::dabits, make);
  }
  template <class Make>
  void prepare_random_values(Make make) {
    add(random_values_, &Preparation::random_values, make);
  }

  Preparation left() const { return {edabits_.left(), dabits_.left(), random_values_.left()}; }
  /// Takes all that is left out of the store, which counts as drawn.
  PreparedBatches<F, Scheme> take_all() {
    const Preparation counts = left();
    report_.drawn = report_.drawn + counts;
    const auto all = [](auto& pool) { return pool.left() == 0 ? decltype(pool.draw(1)){} : pool.draw(pool.left()); };
    return {all(edabits_), all(dabits_), all(random_values_)};
  }
  /// Adds what was made in another run.
  void add(PreparedBatches<F, Scheme> batches) {
    report_.prepared = report_.prepared + counts_of(batches);
    if (size(batches.edabits) > 0) edabits_.add(std::move(batches.edabits));
    if (size(batches.dabits) > 0) dabits_.add(std::move(batches.dabits));
    if (size(batches.random_values) > 0) random_values_.add(std::move(batches.random_values));
  }

  CostReport report() const {
    CostReport report = report_;
    report.online = network_.cost() - report.preparation - report.shortfall;
    report.left = left();
    return report;
  }

 private:
  template <class Batch, class Make, class Cut = std::identity>
  Batch drawn(RandomnessPool<Batch>& pool, std::size_t Preparation::*kind, std::size_t count, Make& make,
              Cut cut = {}) {
    const std::size_t stored = std::min(count, pool.left());
    report_.drawn.*kind += stored;
    if (count > 0 && stored == count) return cut(pool.draw(count));
    const Cost before = network_.cost();
    Batch made = make(count - stored);
    report_.shortfall = report_.shortfall + (network_.cost() - before);
    report_.missing.*kind += count - stored;
    return stored == 0 ? made : joined(cut(pool.draw(stored)), made);
  }
  template <class Batch, class Make>
  void add(RandomnessPool<Batch>& pool, std::size_t Preparation::*kind, Make& make) {
    const Cost before = network_.cost();
    Batch made = make();
    report_.preparation = report_.preparation + (network_.cost() - before);
    report_.prepared.*kind += size(made);
    pool.add(std::move(made));
  }

  const Network& network_;
  RandomnessPool<Both> edabits_, dabits_;
  RandomnessPool<Vector> random_values_;
  CostReport report_;
};

}  // namespace detail
}  // namespace parley
