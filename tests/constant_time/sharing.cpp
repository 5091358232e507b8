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
#include "parley/sharing/packed.hpp"
#include "parley/sharing/pseudorandom.hpp"
#include "parley/sharing/replicated.hpp"
#include "parley/sharing/resharing.hpp"
#include "parley/sharing/shamir.hpp"
#include "parley/sharing/tagged_sharing.hpp"

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

/// What a party computes of its own shares when they are converted, refreshed or given to others.
template <Field F>
void check_local_conversions() {
  const std::vector<F> share = some_elements<F>(90);
  check_on_secrets(
      "conversions of shares",
      [](const std::vector<F>& own) {
        const Shamir<F> scheme({.parties = 3, .privacy_threshold = 1});
        const std::vector<std::vector<F>> messages(2, own);
        TestRandom random(1);
        std::vector<F> all = Replicated<F>({.parties = 3, .privacy_threshold = 1}).to_shamir(0, own);
        const auto append = [&](const std::vector<F>& more) { all.insert(all.end(), more.begin(), more.end()); };
        append(refreshed(scheme, own, messages));
        append(Resharing<F>(scheme, {0, 1}, scheme).combine(messages));
        append(Enrolment<F>(scheme, {0, 1}, 2).split(0, own, random).back());
        append(Enrolment<F>(scheme, {0, 1}, 2).share(messages));
        return all;
      },
      share);
}

/// Keys are secret, and so is what they expand to.
template <Field F>
void check_pseudorandom() {
  TestRandom random(2);
  auto keys = std::move(deal_pseudorandom_keys({3, 1}, Cipher::chacha20, random)[1]);
  const auto expanded = [&] {
    PseudorandomSharing<F, SecretStream> source(keys);
    std::vector<F> all = source.zeros(50);
    const std::vector<F> more = source.random(50);
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  const std::vector<F> shares = expanded();
  require(is_secret(shares), "pseudorandom shares are secret");
}

/// Secrets, the key of their tag and the tag are secret, and so are the shares of all of them.
template <Field F>
void check_tagged_sharing(std::size_t count) {
  std::vector<F> hidden = some_elements<F>(count);
  mark_secret(hidden);
  SecretStream random(Seed{}, Cipher::chacha20);
  for (const TaggedShare<F>& share :
       share_tagged<F>(Shamir<F>({.parties = 5, .privacy_threshold = 2}), hidden, random)) {
    require(is_secret(share.values), "shares of tagged secrets are secret");
    require(is_secret(std::vector<GF2To128>{share.key_share, share.tag_share}), "shares of key and tag are secret");
  }
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

/// These add linear combinations to what the other checks run, so one field is enough.
template <Field F>
void check_other_schemes() {
  check_scheme(Packed<F>({.parties = 5, .privacy_threshold = 2, .secrets_per_polynomial = 3}), 300);
  check_scheme(Replicated<F>({.parties = 4, .privacy_threshold = 2}), 300);
  check_local_conversions<F>();
  check_pseudorandom<F>();
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
    check_other_schemes<Mersenne61>();
    check_tagged_sharing<Mersenne61>(9);
    check_tagged_sharing<GF256>(32);
    check_tagged_sharing<GF256>(5000);
  });
}
