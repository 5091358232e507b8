// SPDX-License-Identifier: Apache-2.0
// The clear engine: the reference for every function. Every party holds every value as it is; there is no privacy at
// all.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/permutation.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/binary_domain.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/round.hpp"
#include "parley/engine/shared.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/network.hpp"

namespace parley {

namespace detail {

/// Conjunctions of bits that are shared with nobody.
inline BitPlanes conjoin_in_clear(std::span<const Conjunction> batch) {
  BitPlanes results(batch.front().x.planes->layout(), batch.size(), batch.front().x.planes->size());
  for (std::size_t plane = 0; plane < batch.size(); ++plane) {
    const auto& [x, y, z, plus] = batch[plane];
    const auto result = results.component(plane, 0);
    for (std::size_t i = 0; i < result.size(); ++i)
      result[i] =
          (x.component(0)[i] & (y.component(0)[i] ^ (z ? z.component(0)[i] : 0))) ^ (plus ? plus.component(0)[i] : 0);
  }
  return results;
}

}  // namespace detail

/// The scheme of the clear engine: every party's share of a value is the value.
struct Clear {};

/// An engine without privacy, for tests and for trying programs out: inputs are sent to everyone, everything else is
/// computed by each party alone. Its random values are the same in every run.
template <Field F>
class ClearEngine {
 public:
  using Value = F;
  using Scheme = Clear;
  using Vector = Shared<F, Clear>;
  using Bits = SharedBits<Clear>;

  explicit ClearEngine(Network& network) : network_(network), random_(0) {}
  ClearEngine(const ClearEngine&) = delete;
  ClearEngine& operator=(const ClearEngine&) = delete;

  std::size_t self() const noexcept { return network_.self(); }
  std::size_t parties() const noexcept { return network_.parties(); }
  std::size_t privacy_threshold() const noexcept { return 0; }
  Cost cost() const { return network_.cost(); }

  std::vector<Vector> input(std::span<const std::size_t> lengths, std::span<const F> mine) {
    detail::Round round(network_);
    std::size_t total = 0;
    for (std::size_t party = 0; party < parties(); ++party) {
      total += lengths[party];
      if (party == self()) continue;
      round.template send_elements<F>(party, mine);
      round.template expect_elements<F>(party, lengths[party]);
    }
    round.exchange(total == 0);
    std::vector<Vector> values;
    for (std::size_t party = 0; party < parties(); ++party) {
      Buffer<F> theirs(lengths[party]);
      if (party == self())
        std::ranges::copy(mine, theirs.begin());
      else
        round.template receive_elements<F>(party, std::span<F>(theirs));
      values.emplace_back(std::move(theirs));
    }
    return values;
  }
  Vector constant(std::span<const F> values) const { return Vector(Buffer<F>(values.begin(), values.end())); }
  Vector mul(const Vector& x, const Vector& y) const {
    Buffer<F> products(x.size());
    vector::multiply<F>(products, x.shares(), y.shares());
    return Vector(std::move(products));
  }
  Vector dot(const Vector& x, const Vector& y, std::size_t length) const {
    Buffer<F> sums;
    for (std::size_t first = 0; first < x.size(); first += length)
      sums.push_back(vector::inner_product<F>(x.shares().subspan(first, length), y.shares().subspan(first, length)));
    return Vector(std::move(sums));
  }
  Vector matrix_product(const Vector& x, const Vector& y, const vector::ProductShape& shape) const {
    Buffer<F> sums(shape.rows * shape.columns);
    vector::matrix_product<F>(sums, x.shares(), y.shares(), shape);
    return Vector(std::move(sums));
  }
  Buffer<F> open(const Vector& x) const { return Buffer<F>(x.shares().begin(), x.shares().end()); }
  Buffer<F> open_to(std::size_t receiver, const Vector& x) const { return receiver == self() ? open(x) : Buffer<F>{}; }
  Vector random(std::size_t count) {
    Buffer<F> values(count);
    fill_uniform(random_, std::span<F>(values));
    return Vector(std::move(values));
  }
  void shuffle(std::vector<Vector>& columns) {
    if (columns.empty()) return;
    const Buffer<std::uint32_t> order = random_permutation_vartime(random_, columns.front().size());
    const std::vector<std::size_t> positions(order.begin(), order.end());
    for (Vector& column : columns) column = column.gather(positions);
  }

  Bits input_bits(std::size_t owner, const PublicBits& mine) {
    detail::Round round(network_);
    const std::size_t size = mine.planes().packed_size();
    if (owner == self()) {
      for (std::size_t party = 0; party < parties(); ++party)
        if (party != owner) mine.planes().pack(0, round.send(party, size));
    } else {
      round.expect(owner, size);
    }
    round.exchange(size == 0);
    if (owner == self()) return Bits(mine.planes());
    BitPlanes theirs(BitLayout{}, mine.width(), mine.size());
    theirs.unpack(0, round.receive(owner, size));
    return Bits(std::move(theirs));
  }
  Bits constant_bits(const PublicBits& bits) const { return Bits(bits.planes()); }
  Bits and_(std::span<const Conjunction> batch) const { return Bits(detail::conjoin_in_clear(batch)); }
  /// Conjunctions cost nothing here, so that circuits of the fewest rounds are chosen.
  double seconds(double rounds, double) const noexcept { return rounds; }
  PublicBits open(const Bits& x) const { return PublicBits(x.planes()); }
  Bits random_bits(std::size_t width, std::size_t size) {
    BitPlanes planes(BitLayout{}, width, size);
    detail::fill_bits(random_, planes);
    return Bits(std::move(planes));
  }

  Vector to_field(const Bits& x) const { return Vector(detail::bits_as_elements<F>(x.planes())); }
  MaskedDifference<Clear> split(const Vector& x, std::size_t width) const requires PrimeField<F> {
    return {Bits(PublicBits::from_field<F>(x.shares(), width).planes()), Bits(BitPlanes(BitLayout{}, width, x.size()))};
  }
  /// The one mask is 0.
  std::size_t mask_terms() const noexcept { return 1; }
  Minuend<Clear> shifted(const Minuend<Clear>& minuend, const F& shift) const requires PrimeField<F> {
    return std::visit(
        [&](const auto& numbers) { return Minuend<Clear>(Bits(PublicBits(numbers.planes()).shifted(shift).planes())); },
        minuend);
  }
  RandomInBothDomains<F, Clear> edabits(std::size_t count) requires PrimeField<F> {
    Vector values = random(count);
    Bits bits(PublicBits::from_field<F>(values.shares()).planes());
    return {std::move(values), std::move(bits)};
  }
  RandomInBothDomains<F, Clear> dabits(std::size_t count) {
    Bits bits = random_bits(1, count);
    Vector values = to_field(bits);
    return {std::move(values), std::move(bits)};
  }

 private:
  Network& network_;
  TestRandom random_;
};

/// A clear engine for this party: no privacy, see ClearEngine.
template <Field F>
ClearEngine<F> clear(Network& network) {
  return ClearEngine<F>(network);
}

}  // namespace parley
