// SPDX-License-Identifier: Apache-2.0
// Exact privacy of linear protocols, where there are too many random choices to try them all: what is seen is a matrix
// times secrets and choices, and linear algebra tells whether it depends on the secrets.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "sharing/enumeration.hpp"

namespace parley::test {

/// Each row is linear in choices, its first entries, and in something else, the others. Whether for each of the latter some
/// combination of the choices' entries is the same in all rows: then no combination of rows is without choices and with
/// anything else.
template <Field F>
bool choices_make_up(std::vector<std::vector<F>> rows, std::size_t choices) {
  std::size_t done = 0;
  for (std::size_t column = 0; column < choices && done < rows.size(); ++column) {
    std::size_t pivot = done;
    while (pivot < rows.size() && rows[pivot][column] == F{}) ++pivot;
    if (pivot == rows.size()) continue;
    std::swap(rows[done], rows[pivot]);
    const F inverse = rows[done][column].inverse();
    for (std::size_t other = done + 1; other < rows.size(); ++other) {
      const F factor = -(rows[other][column] * inverse);
      if (factor == F{}) continue;
      vector::multiply_add<F>(std::span(rows[other]).subspan(column), std::span(rows[done]).subspan(column), factor);
    }
    ++done;
  }
  for (; done < rows.size(); ++done)
    for (std::size_t column = choices; column < rows[done].size(); ++column)
      if (rows[done][column] != F{}) return false;
  return true;
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
    std::vector<std::vector<F>> rows;
    for (const std::size_t role : roles) {
      for (std::size_t entry = 0; entry < columns_.front().at(role).size(); ++entry) {
        std::vector<F>& row = rows.emplace_back();
        for (std::size_t column = secrets_; column < columns_.size(); ++column)
          row.push_back(columns_[column][role].at(entry));
        for (std::size_t column = 0; column < secrets_; ++column) row.push_back(columns_[column][role].at(entry));
      }
    }
    return choices_make_up(std::move(rows), columns_.size() - secrets_);
  }

 private:
  std::size_t secrets_;
  std::vector<std::vector<std::vector<F>>> columns_;
};

}  // namespace parley::test
