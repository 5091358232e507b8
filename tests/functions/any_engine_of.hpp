// SPDX-License-Identifier: Apache-2.0
// The engines behind AnyEngine; what includes this compiles them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "functions/any_engine.hpp"
#include "functions/observed.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/clear.hpp"
#include "parley/engine/shamir_passive.hpp"

namespace parley::test {

template <ComparingEngine E>
class AnyEngineOf final : public AnyEngine<typename E::Value> {
  using F = typename E::Value;
  using Base = AnyEngine<F>;

 public:
  using typename Base::Bits;
  using typename Base::Vector;

  template <class... Arguments>
  explicit AnyEngineOf(Network& network, Arguments&&... arguments)
      : engine_(network, std::forward<Arguments>(arguments)...) {}

  Observations& observations() override { return engine_; }

  std::size_t self() const override { return engine_.self(); }
  std::size_t parties() const override { return engine_.parties(); }
  std::size_t privacy_threshold() const override { return engine_.privacy_threshold(); }
  Cost cost() const override { return engine_.cost(); }

  std::vector<Vector> input(std::span<const std::size_t> lengths, std::span<const F> mine) override {
    std::vector<Vector> vectors;
    for (auto& theirs : engine_.input(lengths, mine)) vectors.push_back(outside(std::move(theirs)));
    return vectors;
  }
  Vector constant(std::span<const F> values) const override { return outside(engine_.constant(values)); }
  Vector mul(const Vector& x, const Vector& y) override { return outside(engine_.mul(inside(x), inside(y))); }
  Vector dot(const Vector& x, const Vector& y, std::size_t length) override {
    return outside(engine_.dot(inside(x), inside(y), length));
  }
  Vector matrix_product(const Vector& x, const Vector& y, const vector::ProductShape& shape) override {
    return outside(engine_.matrix_product(inside(x), inside(y), shape));
  }
  Buffer<F> open(const Vector& x) override { return engine_.open(inside(x)); }
  Buffer<F> open_to(std::size_t receiver, const Vector& x) override { return engine_.open_to(receiver, inside(x)); }
  Vector random(std::size_t count) override { return outside(engine_.random(count)); }
  void shuffle(std::vector<Vector>& columns) override {
    std::vector<typename E::Vector> shuffled;
    for (Vector& column : columns) shuffled.emplace_back(std::move(column).release());
    engine_.shuffle(shuffled);
    for (std::size_t c = 0; c < columns.size(); ++c) columns[c] = outside(std::move(shuffled[c]));
  }

  Bits input_bits(std::size_t owner, const PublicBits& mine) override {
    return outside(engine_.input_bits(owner, mine));
  }
  Bits constant_bits(const PublicBits& bits) const override { return outside(engine_.constant_bits(bits)); }
  Bits and_(std::span<const Conjunction> batch) override { return outside(engine_.and_(batch)); }
  double seconds(double rounds, double conjunctions) const override { return engine_.seconds(rounds, conjunctions); }
  PublicBits open(const Bits& x) override { return engine_.open(inside(x)); }
  Bits random_bits(std::size_t width, std::size_t size) override { return outside(engine_.random_bits(width, size)); }

  Vector to_field(const Bits& x) override { return outside(engine_.to_field(inside(x))); }
  MaskedDifference<AnyScheme> split(const Vector& x, std::size_t width) override {
    auto parts = engine_.split(inside(x), width);
    return {outside(std::move(parts.minuend)), outside(std::move(parts.subtrahend))};
  }
  std::size_t mask_terms() const override { return engine_.mask_terms(); }
  Minuend<AnyScheme> shifted(const Minuend<AnyScheme>& minuend, const F& shift) const override {
    if (const auto* opened = std::get_if<PublicBits>(&minuend)) return outside(engine_.shifted(*opened, shift));
    return outside(engine_.shifted(inside(std::get<Bits>(minuend)), shift));
  }
  RandomInBothDomains<F, AnyScheme> edabits(std::size_t count) override { return outside(engine_.edabits(count)); }
  RandomInBothDomains<F, AnyScheme> dabits(std::size_t count) override { return outside(engine_.dabits(count)); }

  // The clear engine has no store and draws nothing.
  void prepare(const Preparation& counts) override {
    if constexpr (has_store) engine_.prepare(counts);
  }
  CostReport cost_report() const override {
    if constexpr (has_store)
      return engine_.cost_report();
    else
      return {};
  }
  bool conversions_draw() const override {
    if constexpr (has_store)
      return engine_.conversions_draw();
    else
      return false;
  }

 private:
  static constexpr bool has_store = requires(const E& engine) { engine.cost_report(); };

  static typename E::Vector inside(const Vector& x) { return typename E::Vector(x.shares()); }
  static typename E::Bits inside(const Bits& x) { return typename E::Bits(x.planes()); }
  static Vector outside(typename E::Vector x) { return Vector(std::move(x).release()); }
  static Bits outside(typename E::Bits x) { return Bits(std::move(x.planes())); }
  static Minuend<AnyScheme> outside(Minuend<typename E::Scheme> x) {
    if (auto* opened = std::get_if<PublicBits>(&x)) return std::move(*opened);
    return outside(std::get<typename E::Bits>(std::move(x)));
  }
  static RandomInBothDomains<F, AnyScheme> outside(RandomInBothDomains<F, typename E::Scheme> x) {
    return {outside(std::move(x.value)), outside(std::move(x.bits))};
  }

  Observed<E> engine_;
};

template <MersenneField F>
std::unique_ptr<AnyEngine<F>> any_clear(Network& network) {
  return std::make_unique<AnyEngineOf<ClearEngine<F>>>(network);
}

template <MersenneField F>
std::unique_ptr<AnyEngine<F>> any_shamir(Network& network, const Setting& setting, std::uint64_t seed) {
  return std::make_unique<AnyEngineOf<ShamirPassiveEngine<F, TestRandom>>>(
      network, ShamirOptions{.privacy_threshold = setting.privacy_threshold, .link = setting.link}, TestRandom(seed));
}

}  // namespace parley::test
