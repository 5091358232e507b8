// SPDX-License-Identifier: Apache-2.0
// Reed-Solomon codes over any field, at any points: unique decoding up to half the minimum distance, which names the
// wrong positions.
// [RS60] Reed, Solomon: Polynomial Codes over Certain Finite Fields, 1960. [For65] Forney: On Decoding BCH Codes, 1965.
// [Mas69] Massey: Shift-Register Synthesis and BCH Decoding, 1969. [Rot06] Roth: Introduction to Coding Theory, 2006,
// chapters 5 and 6 (generalised Reed-Solomon codes: their weights, syndromes and error values).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/poly/lagrange.hpp"

namespace parley {

/// The words (f(x_0), ..., f(x_{m-1})) of all polynomials f with `dimension` coefficients, that is of degree below
/// `dimension`.
///
/// Two of these words differ in at least m - dimension + 1 positions, so a word with at most capacity() = floor((m -
/// dimension) / 2) errors has one nearest codeword. A position that is missing altogether (an erasure) is simply left
/// out of the points; each costs half as much as an error.
template <Field F>
class ReedSolomonCode {
 public:
  /// The code at these points, which must be distinct; 1 <= dimension <= points.size(), else Error(invalid_argument).
  /// O(m^2) multiplications.
  ReedSolomonCode(std::vector<F> points, std::size_t dimension)
      : interpolator_(std::move(points)), dimension_(dimension) {
    if (dimension < 1 || dimension > length())
      throw Error(ErrorCode::invalid_argument, "a Reed-Solomon code of length " + std::to_string(length()) +
                                                   " has a dimension from 1 to its length, not " +
                                                   std::to_string(dimension));
  }

  [[nodiscard]] std::size_t length() const noexcept { return points().size(); }
  [[nodiscard]] std::size_t dimension() const noexcept { return dimension_; }
  /// How many wrong positions are corrected for certain.
  [[nodiscard]] std::size_t capacity() const noexcept { return (length() - dimension_) / 2; }

  /// A codeword, and where the received word differs from it (ascending).
  struct Decoded {
    std::vector<F> codeword;
    std::vector<std::size_t> wrong;
  };

  /// The only codeword within capacity() errors of `word` (of length() entries, else Error(invalid_argument)); nothing
  /// where there is none.
  ///
  /// With more than capacity() errors the word usually has no codeword so near, and nothing is returned; but errors
  /// chosen on purpose can lead to within capacity() of another codeword, which is then returned: no decoder can tell.
  ///
  /// Time depends on the errors alone, never on the codeword. O(m (m - dimension)) multiplications.
  [[nodiscard]] std::optional<Decoded> decode(std::span<const F> word) const {
    if (word.size() != length())
      throw Error(ErrorCode::invalid_argument, "a word of " + std::to_string(word.size()) +
                                                   " entries for a Reed-Solomon code of length " +
                                                   std::to_string(length()));
    Decoded decoded{std::vector<F>(word.begin(), word.end()), {}};
    const std::vector<F> syndrome = syndromes(word);
    const std::optional<std::vector<F>> locator = error_locator(syndrome);
    if (!locator) return std::nullopt;
    const std::size_t errors = locator->size() - 1;
    if (errors == 0) return decoded;

    decoded.wrong = roots(*locator);
    // The syndromes obey the locator's recurrence. Where it has as many distinct roots among the points as its degree,
    // they are therefore a combination of the roots' geometric sequences, so errors at these positions explain them;
    // and at no fewer, the recurrence being shortest.
    if (decoded.wrong.size() != errors) return std::nullopt;
    subtract_errors(decoded, *locator, syndrome);
    return decoded;
  }

 private:
  // S_i = sum over j of w_j word_j x_j^i for i < m - dimension. For a codeword all are zero: the sum is the coefficient
  // of x^(m-1) of the polynomial of degree below m with the values f(x_j) x_j^i, which is f(x) x^i and has a smaller
  // degree. So only the errors e_j contribute, each a geometric sequence: S_i = sum over wrong j of (w_j e_j) x_j^i.
  std::vector<F> syndromes(std::span<const F> word) const {
    std::vector<F> term(length());
    vector::multiply<F>(term, weights(), word);
    std::vector<F> syndrome(length() - dimension_);
    for (std::size_t i = 0; i < syndrome.size(); ++i) {
      if (i > 0) vector::multiply<F>(term, term, points());
      syndrome[i] = vector::sum<F>(term);
    }
    return syndrome;
  }

  // The characteristic polynomial of the shortest recurrence of the syndromes, from the highest coefficient (a one)
  // down: with e <= capacity() errors it is the product of (x - x_j) over the wrong j, since 2e terms determine a
  // recurrence of length e. Nothing where it is longer. Berlekamp-Massey [Mas69].
  std::optional<std::vector<F>> error_locator(std::span<const F> syndrome) const {
    // connection[0] S_n + ... + connection[order] S_(n - order) = 0 for the terms so far; the last coefficients may be
    // zero. `previous` is the one before the last change of order, which was `shift` terms ago.
    std::vector<F> connection{F::one()}, previous{F::one()};
    F previous_discrepancy_inverse = F::one();
    std::size_t shift = 0;
    for (std::size_t n = 0; n < syndrome.size(); ++n) {
      ++shift;
      const std::size_t order = connection.size() - 1;
      F discrepancy = syndrome[n];
      for (std::size_t i = 1; i <= order; ++i) discrepancy += connection[i] * syndrome[n - i];
      if (discrepancy == F{}) continue;
      const F factor = discrepancy * previous_discrepancy_inverse;
      const auto correct = [&](std::vector<F>& coefficients) {
        for (std::size_t i = 0; i < previous.size(); ++i) coefficients[i + shift] -= factor * previous[i];
      };
      if (2 * order > n) {
        correct(connection);
        continue;
      }
      // Massey: no recurrence shorter than n + 1 - order does it for n + 1 terms.
      if (n + 1 - order > capacity()) return std::nullopt;
      std::vector<F> longer = connection;
      longer.resize(n + 2 - order);
      correct(longer);
      previous = std::exchange(connection, std::move(longer));
      previous_discrepancy_inverse = discrepancy.inverse();
      shift = 0;
    }
    return connection;
  }

  std::vector<std::size_t> roots(std::span<const F> polynomial) const {
    std::vector<F> value(length(), polynomial[0]);
    for (std::size_t i = 1; i < polynomial.size(); ++i)
      for (std::size_t j = 0; j < length(); ++j) value[j] = value[j] * points()[j] + polynomial[i];
    std::vector<std::size_t> positions;
    for (std::size_t j = 0; j < length(); ++j)
      if (value[j] == F{}) positions.push_back(j);
    return positions;
  }

  // sum of a_j / (x - x_j) over the wrong j equals sum of S_i / x^(i+1), so their product with the locator, of degree
  // below `errors`, is the polynomial part of locator(x) * sum of S_i / x^(i+1); at x_j it is a_j prod_{l != j} (x_j -
  // x_l), over the wrong l. [For65]
  void subtract_errors(Decoded& decoded, std::span<const F> locator, std::span<const F> syndrome) const {
    const std::size_t errors = decoded.wrong.size();
    std::vector<F> evaluator(errors);  // from the highest coefficient down, like the locator
    for (std::size_t i = 0; i < errors; ++i)
      for (std::size_t l = 0; l <= i; ++l) evaluator[i] += locator[l] * syndrome[i - l];
    std::vector<F> numerator(errors), denominator(errors);
    for (std::size_t j = 0; j < errors; ++j) {
      const F x = points()[decoded.wrong[j]];
      denominator[j] = weights()[decoded.wrong[j]];
      for (std::size_t i = 0; i < errors; ++i) {
        numerator[j] = numerator[j] * x + evaluator[i];
        if (i != j) denominator[j] *= x - points()[decoded.wrong[i]];
      }
    }
    vector::invert<F>(denominator);
    for (std::size_t j = 0; j < errors; ++j) decoded.codeword[decoded.wrong[j]] -= numerator[j] * denominator[j];
  }

  std::span<const F> points() const noexcept { return interpolator_.points(); }
  // w_j = 1 / prod_{l != j} (x_j - x_l)
  std::span<const F> weights() const noexcept { return interpolator_.weights(); }

  LagrangeInterpolator<F> interpolator_;
  std::size_t dimension_;
};

}  // namespace parley
