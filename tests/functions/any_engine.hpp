// SPDX-License-Identifier: Apache-2.0
// An engine whose type is not known where a test is compiled: what the tests run on every engine is compiled once, and
// the engines themselves in files of their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "functions/observed.hpp"
#include "parley/core/buffer.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/prepared_randomness.hpp"
#include "parley/engine/shared.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/link.hpp"
#include "parley/net/network.hpp"

namespace parley::test {

struct Setting {
  std::size_t parties;
  std::size_t privacy_threshold;
  Link link = Link::local();
};

/// The scheme of whatever engine there is.
struct AnyScheme {};

/// Any engine over the field F, observed. Each member is that of the engine, and so is what it sends.
template <MersenneField F>
class AnyEngine {
 public:
  using Value = F;
  using Scheme = AnyScheme;
  using Vector = Shared<F, AnyScheme>;
  using Bits = SharedBits<AnyScheme>;

  AnyEngine() = default;
  AnyEngine(const AnyEngine&) = delete;
  AnyEngine& operator=(const AnyEngine&) = delete;
  virtual ~AnyEngine() = default;

  virtual Observations& observations() = 0;

  virtual std::size_t self() const = 0;
  virtual std::size_t parties() const = 0;
  virtual std::size_t privacy_threshold() const = 0;
  virtual Cost cost() const = 0;

  virtual std::vector<Vector> input(std::span<const std::size_t> lengths, std::span<const F> mine) = 0;
  virtual Vector constant(std::span<const F> values) const = 0;
  virtual Vector mul(const Vector& x, const Vector& y) = 0;
  virtual Vector dot(const Vector& x, const Vector& y, std::size_t length) = 0;
  virtual Vector matrix_product(const Vector& x, const Vector& y, const vector::ProductShape& shape) = 0;
  virtual Buffer<F> open(const Vector& x) = 0;
  virtual Buffer<F> open_to(std::size_t receiver, const Vector& x) = 0;
  virtual Vector random(std::size_t count) = 0;
  virtual void shuffle(std::vector<Vector>& columns) = 0;

  virtual Bits input_bits(std::size_t owner, const PublicBits& mine) = 0;
  virtual Bits constant_bits(const PublicBits& bits) const = 0;
  virtual Bits and_(std::span<const Conjunction> batch) = 0;
  virtual double seconds(double rounds, double conjunctions) const = 0;
  virtual PublicBits open(const Bits& x) = 0;
  virtual Bits random_bits(std::size_t width, std::size_t size) = 0;

  virtual Vector to_field(const Bits& x) = 0;
  virtual MaskedDifference<AnyScheme> split(const Vector& x, std::size_t width) = 0;
  virtual std::size_t mask_terms() const = 0;
  virtual Minuend<AnyScheme> shifted(const Minuend<AnyScheme>& minuend, const F& shift) const = 0;
  virtual RandomInBothDomains<F, AnyScheme> edabits(std::size_t count) = 0;
  virtual RandomInBothDomains<F, AnyScheme> dabits(std::size_t count) = 0;

  virtual void prepare(const Preparation& counts) = 0;
  virtual CostReport cost_report() const = 0;
  virtual bool conversions_draw() const = 0;
};

/// A clear engine.
template <MersenneField F>
std::unique_ptr<AnyEngine<F>> any_clear(Network& network);
/// A passive Shamir engine; equal seeds give equal runs.
template <MersenneField F>
std::unique_ptr<AnyEngine<F>> any_shamir(Network& network, const Setting& setting, std::uint64_t seed);

/// simulate(), compiled once.
void run_parties(std::size_t parties, const std::function<void(Network&)>& program);

}  // namespace parley::test
