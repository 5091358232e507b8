// SPDX-License-Identifier: Apache-2.0
// The statistics of a survey as lines of text.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>

#include "numbers.hpp"
#include "protocols.hpp"

namespace examples {

inline void print_statistics(std::ostream& out, const Statistics& statistics, const std::string& unit) {
  const auto row = [&](const std::string& label, const std::string& value, const std::string& note) {
    out << "  " << left_aligned(label, 10) << right_aligned(value, 24) << (note.empty() ? "" : "  " + note) << '\n';
  };
  row("entries", grouped(statistics.entries), "");
  row("sum", grouped(statistics.sum), unit);
  row("mean", quotient(statistics.sum, statistics.entries), unit);
  row("median", grouped(statistics.deciles[4]), unit);
  out << '\n';
  row("of all", "are at most", "");
  for (std::size_t i = 0; i < statistics.deciles.size(); ++i)
    row("   " + std::to_string(10 * (i + 1)) + " %", grouped(statistics.deciles[i]), i == 4 ? "median" : "");
}

}  // namespace examples
