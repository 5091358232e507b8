// SPDX-License-Identifier: Apache-2.0
// Right inner products pass whatever their length, wrong ones as often as the formula says; and the plan says what is
// spent.
#include "parley/engine/inner_product_check.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/uniform.hpp"
#include "parley/net/link.hpp"
#include "parley/net/tampering.hpp"
#include "parley/poly/lagrange.hpp"

namespace {

using namespace parley;
using namespace parley::test;

/// The parts of a check at one party.
template <class F>
struct Parts {
  Parts(Network& network, std::size_t t, std::uint64_t seed)
      : random(random_of(network.self(), seed)),
        streams(network, random, "a test"),
        domain(network, streams, t, Link::local()),
        opening(network, t),
        coins(domain, opening),
        check(domain, opening, coins) {}

  /// Claims about the inner product of random vectors, all right but for the first `wrong` ones, off by `error`.
  std::vector<detail::InnerProductClaim<F>> claims(std::size_t count, std::size_t length, std::size_t padded,
                                                   std::size_t wrong, F error) {
    std::vector<detail::InnerProductClaim<F>> result;
    for (std::size_t k = 0; k < count; ++k) {
      detail::InnerProductClaim<F> claim{domain.random(length), domain.random(length), F{}};
      const Buffer<F> local{vector::inner_product<F>(std::span<const F>(claim.a), claim.b)};
      claim.c = domain.reduce(local)[0] + (k < wrong ? error : F{});
      claim.a.resize(padded);
      claim.b.resize(padded);
      result.push_back(std::move(claim));
    }
    return result;
  }

  TestRandom random;
  detail::PairwiseStreams<RandomStream> streams;
  detail::ShamirDomain<F, RandomStream> domain;
  detail::VerifiedOpening<F> opening;
  detail::PublicCoins<F, RandomStream> coins;
  detail::InnerProductCheck<F, RandomStream> check;
};

template <class F>
bool passes(Parts<F>& parts, std::vector<detail::InnerProductClaim<F>> claims, const detail::FoldingPlan& plan) {
  try {
    parts.check.verify(std::move(claims), plan);
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::verification_failed) throw;
    return false;
  }
}

std::size_t padded(std::size_t length, const detail::FoldingPlan& plan) {
  const std::size_t parts = plan.folds.empty() ? 1 : plan.folds.front();
  return (length + parts - 1) / parts * parts;
}

/// The probability that a claim off by a constant passes, where whoever added it follows the protocol otherwise. By a
/// fold the error becomes e L(r) for the polynomial L of degree 2k - 2 that is 1 at k - 1 and 0 at the other points of 0,
/// ..., 2k - 2; in the last step the same with parts of one entry and the masks, r being none of the first `last` points.
double exact_rate(const detail::FoldingPlan& plan, double order) {
  double wrong = 1;
  for (const std::size_t parts : plan.folds) wrong *= 1 - static_cast<double>(2 * parts - 2) / order;
  const auto last = static_cast<double>(plan.last);
  return 1 - wrong * (1 - (last + 1) / (order - last));
}

}  // namespace

TEST_CASE("right claims of all lengths pass and wrong ones do not, at the price of the plan") {
  using F = Mersenne61;
  for (const auto& [n, threshold] : {std::pair<std::size_t, std::size_t>{3, 1}, {4, 1}, {5, 2}}) {
    const auto complaints = simulate(n, [n = n, t = threshold](Network& network) {
      Parts<F> parts(network, t, 1);
      std::vector<std::size_t> wrong;
      for (const std::size_t length : {1u, 2u, 3u, 5u, 8u, 31u, 32u, 33u, 64u, 100u, 1000u})
        for (const Link& link : {Link{1e-9, 1e12}, Link::world()}) {
          const detail::FoldingPlan plan = parts.check.plan(length, link);
          const auto right = parts.claims(2, length, padded(length, plan), 0, F{});
          parts.coins.deal(2 * (plan.coins() + 2));
          const Cost before = network.cost();
          bool well = passes(parts, right, plan);
          const Cost cost = network.cost() - before;
          well &= cost.rounds == plan.rounds();
          const std::size_t elements = 2 * ((n - 1 - t) * plan.products() + (n - 1) * (plan.coins() + 3));
          well &= cost.bytes_sent == 8 * (network.self() <= 2 * t ? elements : 2 * (n - 1) * (plan.coins() + 3));
          for (const std::size_t number : {1u, 2u})
            well &= !passes(parts, parts.claims(2, length, padded(length, plan), number, F(1)), plan);
          auto swapped = right;
          swapped[1].b[length - 1] += F(1);
          well &= !passes(parts, swapped, plan);
          swapped = right;
          swapped[0].a[0] -= F(1);
          well &= !passes(parts, swapped, plan);
          if (!well) wrong.push_back(length);
        }
      return wrong;
    });
    for (const auto& wrong : complaints) CHECK(wrong == std::vector<std::size_t>{});
  }
}

TEST_CASE("plans fold in two where rounds are free, and in many parts where they are not") {
  using Check = detail::InnerProductCheck<Mersenne61, RandomStream>;
  const auto few_products = Check::plan(1 << 20, Link{1e-12, 1e12});
  const auto few_rounds = Check::plan(1 << 20, Link::world());
  CHECK(few_products.rounds() > few_rounds.rounds());
  CHECK(few_rounds.rounds() <= 11);
  for (const auto& plan : {few_products, few_rounds}) {
    std::size_t length = 1 << 20;
    for (const std::size_t parts : plan.folds) length = (length + parts - 1) / parts;
    CHECK(length == plan.last);
    CHECK(plan.error(std::ldexp(1, 60)) < std::ldexp(1, -52));
  }
}

TEST_CASE("a wrong claim passes as often as the formula says") {
  using F = SmallPrime<31>;
  const std::vector<detail::FoldingPlan> plans{{{}, 1}, {{2}, 1}, {{2, 3}, 1}, {{}, 4}};
  const std::size_t lengths[] = {1, 2, 6, 4};
  constexpr std::size_t runs = 1500;
  const auto ends = simulate(3, [&](Network& network) {
    Parts<F> parts(network, 1, 5);
    std::vector<std::size_t> passed(plans.size());
    for (std::size_t k = 0; k < plans.size(); ++k)
      for (std::size_t run = 0; run < runs; ++run)
        passed[k] +=
            passes(parts, parts.claims(1, lengths[k], padded(lengths[k], plans[k]), 1, F(1 + run % 30)), plans[k]);
    return passed;
  });
  for (std::size_t k = 0; k < plans.size(); ++k) {
    CHECK(ends[1] == ends[0]);
    CHECK(ends[2] == ends[0]);
    const double rate = exact_rate(plans[k], 31), deviation = std::sqrt(runs * rate * (1 - rate));
    CAPTURE(k, rate, ends[0][k]);
    CHECK(std::abs(static_cast<double>(ends[0][k]) - runs * rate) < 5 * deviation);
    CHECK(rate <= plans[k].error(31));
  }
}

TEST_CASE("of two wrong claims side by side both pass with the product of their probabilities") {
  using F = SmallPrime<31>;
  constexpr std::size_t runs = 3000;
  const detail::FoldingPlan plan{{2}, 1};
  const auto ends = simulate(3, [&](Network& network) {
    Parts<F> parts(network, 1, 6);
    std::size_t passed = 0;
    for (std::size_t run = 0; run < runs; ++run) passed += passes(parts, parts.claims(2, 2, 2, 2, F(1)), plan);
    return passed;
  });
  const double rate = exact_rate(plan, 31) * exact_rate(plan, 31);
  CHECK(std::abs(static_cast<double>(ends[0]) - runs * rate) < 5 * std::sqrt(runs * rate));
}

TEST_CASE("what the last step opens is uniform, whatever the vectors are") {
  // Of vectors of zeros only the mask is seen: 0 once in 31 times, as every other element. Coins at which the mask is
  // left out would double that, and a mask that is not random would leave one value.
  using F = SmallPrime<31>;
  constexpr std::size_t runs = 3100;
  const auto ends = simulate(3, [&](Network& network) {
    const std::size_t other = (network.self() + 1) % 3;
    std::vector<F> own, theirs;
    const auto keep_last = [](std::vector<F>& elements, const Bytes& message) {
      elements.resize(message.size());
      if (!vector::decode<F>(std::span<F>(elements), message)) elements.clear();
    };
    TamperingNetwork watched(
        network, [&](std::uint64_t, std::vector<Bytes>& messages) { keep_last(own, messages[other]); },
        [&](std::uint64_t, std::vector<Bytes>& messages) { keep_last(theirs, messages[other]); });
    Parts<F> parts(watched, 1, 7);
    const std::vector<F> nodes{F::embed(network.self() + 1), F::embed(other + 1)};
    const std::vector<F> weights = lagrange_coefficients<F>(nodes, F{});
    std::vector<std::size_t> seen(2 * 31);
    for (std::size_t run = 0; run < runs; ++run) {
      passes(parts, {{Buffer<F>(1), Buffer<F>(1), F{}}}, {{}, 1});
      for (std::size_t factor = 0; factor < 2; ++factor)
        ++seen[factor * 31 + (weights[0] * own.at(factor) + weights[1] * theirs.at(factor)).to_integer()];
    }
    return seen;
  });
  for (const std::size_t times : ends[0]) {  // 100 on average, with a deviation of 10
    CHECK(times > 50);
    CHECK(times < 150);
  }
}
