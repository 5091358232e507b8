// SPDX-License-Identifier: Apache-2.0
// What any error in any product, or in any dealing, makes of their verification: a failure, as often as the formula says,
// and independently of what the products are.
#include "parley/engine/product_verification.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "parley/core/buffer.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/mersenne31.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/link.hpp"
#include "parley/net/tampering.hpp"
#include "parley/poly/lagrange.hpp"

namespace {

using namespace parley;
using namespace parley::test;

template <class F>
struct Parts {
  Parts(Network& network, std::size_t t, std::uint64_t seed, unsigned security_bits)
      : self(network.self()),
        random(random_of(network.self(), seed)),
        streams(network, random, "a test"),
        domain(network, streams, t, Link::local()),
        opening(network, t),
        verification(network, domain, opening, t, security_bits, Link::local()) {}

  Buffer<F> multiply(std::span<const F> x, std::span<const F> y, const vector::ProductShape& shape) {
    Buffer<F> sums(shape.rows * shape.columns);
    vector::matrix_product<F>(sums, x, y, shape);
    return domain.reduce(sums);
  }
  /// Nothing where all is right, else the kind of failure.
  std::optional<ErrorCode> failure() {
    try {
      verification.verify();
      return std::nullopt;
    } catch (const Error& error) {
      return error.code();
    }
  }

  std::size_t self;
  TestRandom random;
  detail::PairwiseStreams<RandomStream> streams;
  detail::ShamirDomain<F, RandomStream> domain;
  detail::VerifiedOpening<F> opening;
  detail::ProductVerification<F, RandomStream> verification;
};

/// Records products of all kinds, 7 + 3 + 4 * 2 results in all, with errors[k] added to the k-th: a sharing of the
/// product plus an error, as deviating parties leave it [GIPST14].
template <class F>
void record_all_kinds(Parts<F>& parts, const std::vector<F>& errors) {
  const auto with_errors = [&](Buffer<F> shares, std::size_t first) {
    for (std::size_t k = 0; k < shares.size(); ++k) shares[k] += errors[first + k];
    return shares;
  };
  const Buffer<F> x = parts.domain.random(12), y = parts.domain.random(12), left = parts.domain.random(20),
                  right = parts.domain.random(10);
  const auto xs = std::span<const F>(x), ys = std::span<const F>(y);
  parts.verification.record_products(xs.first(7), ys.first(7),
                                     with_errors(parts.domain.multiply(xs.first(7), ys.first(7)), 0));
  Buffer<F> sums;
  for (std::size_t s = 0; s < 3; ++s)
    sums.push_back(vector::inner_product<F>(xs.subspan(4 * s, 4), ys.subspan(4 * s, 4)));
  parts.verification.record_products(xs, ys, with_errors(parts.domain.reduce(sums), 7));
  const vector::ProductShape shape{4, 5, 2};
  parts.verification.record_matrix_product(left, right, with_errors(parts.multiply(left, right, shape), 10), shape);
}
constexpr std::size_t results = 18;

}  // namespace

TEST_CASE("right products of all kinds pass, and an error in any of them does not") {
  using F = Mersenne31;  // a check leaves more than 2^-40, so that there are two of them side by side
  for (const auto& [n, threshold] : {std::pair<std::size_t, std::size_t>{3, 1}, {4, 1}, {5, 2}}) {
    const std::size_t t = threshold;
    const auto ends = simulate(n, [t](Network& network) {
      Parts<F> parts(network, t, 3, 40);
      std::vector<std::optional<ErrorCode>> failures;
      for (std::size_t wrong = 0; wrong <= results; ++wrong) {
        std::vector<F> errors(results);
        if (wrong < results) errors[wrong] = F(wrong + 1);
        record_all_kinds(parts, errors);
        failures.push_back(parts.failure());
      }
      std::vector<F> cancelling(results);
      cancelling[2] = F(5);
      cancelling[12] = -F(5);
      record_all_kinds(parts, cancelling);
      failures.push_back(parts.failure());
      parts.verification.verify();  // of nothing
      return std::pair(failures, parts.verification.error());
    });
    for (const auto& [failures, error] : ends) {
      for (std::size_t wrong = 0; wrong < failures.size(); ++wrong)
        CHECK(failures[wrong] == (wrong == results ? std::nullopt : std::optional(ErrorCode::verification_failed)));
      CHECK(error > 0);
      CHECK(error <= 20 * std::ldexp(1, -40));
    }
  }
}

TEST_CASE("many products in many records") {
  using F = Mersenne31;
  const auto ends = simulate(3, [](Network& network) {
    Parts<F> parts(network, 1, 4, 40);
    std::vector<bool> passed;
    for (const std::size_t wrong : {std::size_t{0}, std::size_t{2999}, std::size_t{3000}}) {
      Buffer<F> x = parts.domain.random(3000);
      Buffer<F> z = parts.domain.multiply(x, x);
      if (wrong < z.size()) z[wrong] += F(1);
      for (std::size_t k = 0; k < 20; ++k) {
        const auto part = [&](const Buffer<F>& all) { return std::span<const F>(all).subspan(k * 75, 75); };
        parts.verification.record_products(part(x), part(x), part(z));
      }
      const auto rest = [](const Buffer<F>& all) { return std::span<const F>(all).subspan(1500); };
      parts.verification.record_products(rest(x), rest(x), rest(z));
      passed.push_back(!parts.failure());
    }
    return passed;
  });
  for (const auto& passed : ends) CHECK(passed == std::vector{false, false, true});
}

TEST_CASE("an error passes as often as the formula says, and the secrets have no part in it") {
  using F = SmallPrime<31>;
  constexpr std::size_t runs = 5000;
  // One product has the weight of one coin, which is 0 once in 31 times; then two of the 30 coins of the last step are
  // zeros of the error's polynomial.
  const auto outcomes = [&](std::uint64_t secret) {
    return simulate(3, [&](Network& network) {
      Parts<F> parts(network, 1, 7, 1);
      std::vector<bool> passed;
      for (std::size_t run = 0; run < runs; ++run) {
        const Buffer<F> r = parts.domain.random(2);
        const Buffer<F> x{r[0] + F(secret)}, y{r[1] - F(secret * run)};
        Buffer<F> z = parts.domain.multiply(x, y);
        z[0] += F(1 + run % 30);
        parts.verification.record_products(x, y, z);
        passed.push_back(!parts.failure());
      }
      return passed;
    })[0];
  };
  const auto passed = outcomes(0);
  CHECK(passed == outcomes(1));
  CHECK(passed == outcomes(17));
  const double rate = 1 - (1 - 1.0 / 31) * (1 - 2.0 / 30);
  const auto times = static_cast<double>(std::ranges::count(passed, true));
  CHECK(std::abs(times - runs * rate) < 5 * std::sqrt(runs * rate));
}

TEST_CASE("where n > 2t + 1 a dealing on no polynomial of degree t is found before the products are opened") {
  using F = Mersenne31;
  for (const bool of_product : {false, true})
    for (std::size_t victim = 0; victim < 4; ++victim) {
      const auto ends = simulate(4, [&](Network& network) {
        Parts<F> parts(network, 1, 8, 40);
        const auto run = [&](bool honest) {
          Buffer<F> x = parts.domain.random(5), y = parts.domain.random(5);
          if (!honest && !of_product && parts.self == victim) x[3] += F(1);
          Buffer<F> z = parts.domain.multiply(x, y);
          if (!honest && of_product && parts.self == victim) z[3] += F(1);
          parts.verification.record_dealings(x);
          parts.verification.record_dealings(y);
          parts.verification.record_products(x, y, z);
          const Cost before = network.cost();
          const auto failure = parts.failure();
          return std::pair(failure, (network.cost() - before).rounds);
        };
        return std::pair(run(true), run(false));
      });
      for (const auto& [right, wrong] : ends) {
        CHECK(!right.first);
        CHECK(wrong.first == ErrorCode::inconsistent_shares);
        CHECK(wrong.second == 3);  // coins dealt, tossed, the sums opened: nothing of the products
      }
    }
}

TEST_CASE("the sums that tell whether dealings lie on polynomials are masked") {
  using F = Mersenne31;
  // Dealings of 0, of which the sum without a mask is 0.
  const auto ends = simulate(4, [](Network& network) {
    const std::size_t other = (network.self() + 1) % 4;
    std::vector<F> own, theirs;
    const auto keep_last = [](std::vector<F>& elements, const Bytes& message) {
      elements.resize(message.size() / F::encoded_size);
      if (!vector::decode<F>(std::span<F>(elements), message)) elements.clear();
    };
    TamperingNetwork watched(
        network, [&](std::uint64_t, std::vector<Bytes>& messages) { keep_last(own, messages[other]); },
        [&](std::uint64_t, std::vector<Bytes>& messages) { keep_last(theirs, messages[other]); });
    Parts<F> parts(watched, 1, 10, 20);
    const std::vector<F> nodes{F::embed(network.self() + 1), F::embed(other + 1)};
    const std::vector<F> weights = lagrange_coefficients<F>(nodes, F{});
    std::vector<F> opened;
    for (std::size_t run = 0; run < 2; ++run) {
      parts.verification.record_dealings(Buffer<F>(5));
      parts.verification.verify();
      opened.push_back(weights[0] * own.at(0) + weights[1] * theirs.at(0));
    }
    return opened;
  });
  for (const auto& opened : ends) {
    CHECK(opened == ends[0]);
    CHECK(!(opened[0] == F{}));
    CHECK(!(opened[0] == opened[1]));
  }
}

TEST_CASE("fields that are too small are refused") {
  using F = SmallPrime<31>;
  const auto ends = simulate(3, [](Network& network) {
    Parts<F> parts(network, 1, 9, 40);
    const Buffer<F> x = parts.domain.random(1000);
    parts.verification.record_products(x, x, parts.domain.multiply(x, x));
    return parts.failure();
  });
  for (const auto& failure : ends) CHECK(failure == ErrorCode::invalid_argument);
}
