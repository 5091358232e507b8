// SPDX-License-Identifier: Apache-2.0
// Sharing and reconstruction of secrets from secret randomness, and interpolation of secret values.
//
// Random elements are drawn first and become secret then: what the sampling rejects is public. Not here:
// reconstruct_checked and reconstruct_correcting, whose verdict on the shares is public, and the errors that they find.
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "constant_time/fields.hpp"
#include "constant_time/secrecy.hpp"
#include "constant_time/secret_random.hpp"
#include "parley/core/random.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/poly/lagrange.hpp"
#include "parley/poly/polynomial.hpp"
#include "parley/sharing/additive.hpp"
#include "parley/sharing/shamir.hpp"

namespace {

using namespace parley;
using namespace parley::testing;

template <Field F>
std::vector<F> some_elements(std::size_t count) {
  TestRandom random(5);
  std::vector<F> elements(count);
  fill_uniform(random, std::span<F>(elements));
  return elements;
}

/// Shares are secret, and so are the secrets that they reconstruct to, which are the right ones.
template <class Scheme>
void check_scheme(const Scheme& scheme, std::size_t count) {
  using F = typename Scheme::Value;
  const std::vector<F> secrets = some_elements<F>(count);
  std::vector<F> hidden = secrets;
  mark_secret(hidden);
  SecretStream random(Seed{}, Cipher::chacha20);
  const auto shares = scheme.share(hidden, random);
  for (const std::vector<F>& row : shares) require(is_secret(row), "shares are secret");

  std::vector<std::size_t> who(scheme.reconstruction_threshold());
  std::iota(who.begin(), who.end(), scheme.parties() - who.size());
  std::vector<F> result = scheme.reconstruct(who, std::span(shares).last(who.size()));
  require_secret_result(result, secrets, "reconstruct");
}

template <Field F>
void check_prescribed_coefficients() {
  const Shamir<F> scheme({.parties = 5, .privacy_threshold = 2});
  const std::vector<F> secrets = some_elements<F>(9);
  const std::vector<std::vector<F>> coefficients(2, secrets);
  const auto expected = scheme.share_with_coefficients(secrets, coefficients);
  auto hidden_coefficients = coefficients;
  for (std::vector<F>& row : hidden_coefficients) mark_secret(row);
  auto shares = scheme.share_with_coefficients(secrets, hidden_coefficients);
  for (std::size_t i = 0; i < shares.size(); ++i)
    require_secret_result(shares[i], expected[i], "share_with_coefficients");
}

template <Field F>
void check_polynomials() {
  std::vector<F> points;
  for (std::uint64_t k = 1; k <= 5; ++k) points.push_back(F::embed(k));
  const std::vector<F> values = some_elements<F>(5);
  const auto results = [&](const std::vector<F>& at_points) {
    const Polynomial<F> interpolated = Polynomial<F>::interpolate(points, at_points);
    const Polynomial<F> square = interpolated * interpolated + interpolated;
    return std::vector<F>{LagrangeInterpolator<F>(points).evaluate(at_points, F::embed(6)), interpolated(F::embed(6)),
                          square(at_points[0])};
  };
  const std::vector<F> expected = results(values);
  std::vector<F> hidden = values;
  mark_secret(hidden);
  std::vector<F> found = results(hidden);
  require_secret_result(found, expected, "interpolation");
}

}  // namespace

int main() {
  require_valgrind();
  under_each_backend([] {
    FieldsOfSharing::for_each([]<class F>() {
      for (const std::size_t count : {1U, 300U}) {
        check_scheme(Shamir<F>({.parties = 3, .privacy_threshold = 1}), count);
        check_scheme(Shamir<F>({.parties = 5, .privacy_threshold = 3}), count);
        check_scheme(Additive<F>({.parties = 3}), count);
      }
      check_prescribed_coefficients<F>();
      check_polynomials<F>();
    });
  });
}
