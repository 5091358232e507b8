// SPDX-License-Identifier: Apache-2.0
// The schemes beside Shamir's, and what becomes of a sharing, in secrets a second, the drawing of randomness included.
#include <cstddef>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "contest.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/z2_to_64.hpp"
#include "parley/sharing/additive.hpp"
#include "parley/sharing/packed.hpp"
#include "parley/sharing/pseudorandom.hpp"
#include "parley/sharing/replicated.hpp"
#include "parley/sharing/resharing.hpp"
#include "parley/sharing/shamir.hpp"

namespace {

using namespace parley_bench;
using parley::Mersenne61;

constexpr std::size_t batch = 4096;

std::string shape_of(std::size_t parties, std::size_t privacy_threshold) {
  return std::to_string(privacy_threshold + 1) + "-of-" + std::to_string(parties);
}

/// A scheme with a batch of secrets and their shares.
template <class Scheme>
struct Setting {
  using F = typename Scheme::Value;
  Setting(Scheme made, std::size_t size)
      : scheme(std::move(made)), secrets(operand<F>(1, size)), who(scheme.parties()) {
    std::iota(who.begin(), who.end(), std::size_t{0});
    shares = scheme.share(secrets, random);
    rows.assign(shares.begin(), shares.end());
  }
  // The rows refer to the shares.
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;

  parley::SystemRandom random;
  Scheme scheme;
  parley::Buffer<F> secrets;
  std::vector<std::size_t> who;
  std::vector<std::vector<F>> shares;
  std::vector<std::span<F>> rows;
};

template <class Scheme>
void measure_scheme(const std::string& name, const Scheme& scheme, std::size_t size = batch) {
  const auto prepared = [&](auto work) {
    return
        [=]() -> Work { return [setting = std::make_shared<Setting<Scheme>>(scheme, size), work] { work(*setting); }; };
  };
  measure(name + "/share", "parley", size,
          prepared([](Setting<Scheme>& s) { s.scheme.share_into(s.secrets, s.random, s.rows); }));
  measure(name + "/reconstruct", "parley", size,
          prepared([](Setting<Scheme>& s) { benchmark::DoNotOptimize(s.scheme.reconstruct(s.who, s.shares)); }));
  if constexpr (requires(Setting<Scheme> & s) { s.scheme.reconstruct_checked(s.who, s.shares); })
    measure(name + "/reconstruct_checked", "parley", size, prepared([](Setting<Scheme>& s) {
              benchmark::DoNotOptimize(s.scheme.reconstruct_checked(s.who, s.shares));
            }));
}

void measure_conversion(std::size_t parties, std::size_t t) {
  const std::string shape = shape_of(parties, t);
  const parley::Replicated<Mersenne61> scheme({.parties = parties, .privacy_threshold = t});
  measure("Mersenne61/replicated/" + shape + "/to_shamir", "parley", batch, [=]() -> Work {
    return [setting = std::make_shared<Setting<parley::Replicated<Mersenne61>>>(scheme, batch)] {
      benchmark::DoNotOptimize(setting->scheme.to_shamir(0, setting->shares[0]));
    };
  });
}

/// One party's part.
void measure_pseudorandom(std::size_t parties, std::size_t t) {
  const auto prepared = [&](auto work) {
    return [=]() -> Work {
      parley::TestRandom random(1);
      const auto keys = deal_pseudorandom_keys({parties, t}, parley::preferred_cipher(), random);
      return [source = std::make_shared<parley::PseudorandomSharing<Mersenne61>>(keys[0]), work] { work(*source); };
    };
  };
  const std::string name = "Mersenne61/pseudorandom/" + shape_of(parties, t);
  measure(name + "/random", "parley", batch,
          prepared([](auto& source) { benchmark::DoNotOptimize(source.random(batch)); }));
  measure(name + "/zeros", "parley", batch,
          prepared([](auto& source) { benchmark::DoNotOptimize(source.zeros(batch)); }));
}

/// One party's part of each: what it deals, and what it makes of what it got.
void measure_life(std::size_t parties, std::size_t t) {
  using Scheme = parley::Shamir<Mersenne61>;
  const Scheme scheme({.parties = parties, .privacy_threshold = t});
  const std::string name = "Mersenne61/life/" + shape_of(parties, t);
  const auto prepared = [&](auto work) {
    return [=]() -> Work {
      return [setting = std::make_shared<Setting<Scheme>>(scheme, batch), work] { work(*setting); };
    };
  };
  measure(name + "/refresh", "parley", batch, prepared([](Setting<Scheme>& s) {
            benchmark::DoNotOptimize(deal_refresh(s.scheme, batch, s.random));
            benchmark::DoNotOptimize(refreshed(s.scheme, s.shares[0], s.shares));
          }));
  std::vector<std::size_t> few(t + 1);
  std::iota(few.begin(), few.end(), std::size_t{0});
  const parley::Resharing<Mersenne61> resharing(scheme, few, scheme);
  measure(name + "/reshare", "parley", batch, prepared([=](Setting<Scheme>& s) {
            benchmark::DoNotOptimize(resharing.deal(s.shares[0], s.random));
            benchmark::DoNotOptimize(resharing.combine(std::span(s.shares).first(resharing.dealers().size())));
          }));
  const parley::Enrolment<Mersenne61> enrolment(scheme, few, parties);
  measure(name + "/enrol", "parley", batch, prepared([=](Setting<Scheme>& s) {
            benchmark::DoNotOptimize(enrolment.split(0, s.shares[0], s.random));
            benchmark::DoNotOptimize(enrolment.sum(std::span(s.shares).first(enrolment.helpers().size())));
          }));
}

const bool registered = [] {
  for (const auto& [parties, t] : {std::pair<std::size_t, std::size_t>{3, 1}, {5, 2}, {7, 3}}) {
    const std::string shape = shape_of(parties, t);
    measure_scheme("Mersenne61/replicated/" + shape,
                   parley::Replicated<Mersenne61>({.parties = parties, .privacy_threshold = t}));
    measure_scheme("Z2To64/replicated/" + shape,
                   parley::Replicated<parley::Z2To64>({.parties = parties, .privacy_threshold = t}));
    measure_conversion(parties, t);
    measure_pseudorandom(parties, t);
    measure_life(parties, t);
  }
  for (const auto& [parties, t, packed] : {parley::PackedParameters{10, 3, 4}, {100, 33, 34}})
    measure_scheme("Mersenne61/packed/" + std::to_string(packed) + "_secrets/" + shape_of(parties, t + packed - 1),
                   parley::Packed<Mersenne61>({parties, t, packed}), batch / 64 * packed);
  measure_scheme("Mersenne61/additive/5", parley::Additive<Mersenne61>({.parties = 5}));
  return true;
}();

}  // namespace
