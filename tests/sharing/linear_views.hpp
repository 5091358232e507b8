// SPDX-License-Identifier: Apache-2.0
// Exact privacy of linear protocols, where there are too many random choices to try them all: what is seen is a matrix
// times secrets and choices, and linear algebra tells whether it depends on the secrets.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "parley/field/concepts.hpp"
#include "sharing/enumeration.hpp"

namespace parley::test {

/// How many of the columns, each of as many entries, are independent.
template <Field F>
std::size_t rank_of(std::vector<std::vector<F>> columns) {
  std::size_t rank = 0;
  const std::size_t rows = columns.empty() ? 0 : columns.front().size();
  for (std::size_t row = 0; row < rows; ++row) {
    std::size_t pivot = rank;
    while (pivot < columns.size() && columns[pivot][row] == F{}) ++pivot;
    if (pivot == columns.size()) continue;
    std::swap(columns[rank], columns[pivot]);
    const F inverse = columns[rank][row].inverse();
    for (std::size_t other = rank + 1; other < columns.size(); ++other) {
      const F factor = columns[other][row] * inverse;
      for (std::size_t i = row; i < rows; ++i) columns[other][i] -= factor * columns[rank][i];
    }
    ++rank;
  }
  return rank;
}

/// What each role sees of a linear protocol. run(secrets, tape) gives a vector of elements for each role, and draws
/// whatever it draws from the tape; all of them are linear in secrets and draws.
template <Field F>
class LinearViews {
 public:
  template <class Run>
  LinearViews(std::size_t secrets, Run run) : secrets_(secrets) {
    Tape<F> zeros;
    run(std::vector<F>(secrets), zeros);
    for (std::size_t one = 0; one < secrets + zeros.drawn(); ++one) {
      std::vector<F> word(secrets), draws(zeros.drawn());
      (one < secrets ? word[one] : draws[one - secrets]) = F::one();
      Tape<F> tape(draws);
      columns_.push_back(run(word, tape));
    }
  }

  /// Whether what these roles see together has the same distribution for all secrets: adding a secret to the random
  /// choices makes nothing possible that they alone do not.
  [[nodiscard]] bool is_private(const std::vector<std::size_t>& roles) const {
    std::vector<std::vector<F>> choices, all;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      std::vector<F> seen;
      for (const std::size_t role : roles)
        seen.insert(seen.end(), columns_[column].at(role).begin(), columns_[column].at(role).end());
      if (column >= secrets_) choices.push_back(seen);
      all.push_back(std::move(seen));
    }
    return rank_of(choices) == rank_of(all);
  }

 private:
  std::size_t secrets_;
  std::vector<std::vector<std::vector<F>>> columns_;
};

}  // namespace parley::test
