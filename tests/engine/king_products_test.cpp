// SPDX-License-Identifier: Apache-2.0
// What any t parties see of a batch of products, in one round and through kings, does not depend on what they are not to
// know: exactly, for all random choices together. All that is drawn, sent and computed after the local products is
// linear, so that it is enough to see what a party makes of each choice, and of each party's value of each polynomial,
// alone: two runs look alike where some change of the choices makes up for the change of the values.
#include "parley/engine/king_products.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/lane_tape.hpp"
#include "engine/parties.hpp"
#include "engine/prices.hpp"
#include "engine/view.hpp"
#include "parley/engine/pairwise_streams.hpp"
#include "parley/engine/shamir_domain.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/link.hpp"
#include "parley/net/network.hpp"
#include "parley/net/recording.hpp"
#include "sharing/enumeration.hpp"
#include "sharing/linear_views.hpp"

namespace {

using namespace parley;
using namespace parley::test;

template <class G>
using Row = std::vector<G>;

/// What each party sees and gets of a batch of products, as linear functions: a coefficient for each random choice, and
/// after them one for each party's value of each of the products' polynomials, party by party.
template <class G>
struct LinearRun {
  std::size_t n, t, products, choices;
  std::vector<std::vector<Row<G>>> seen, results;  ///< by party

  std::size_t input(std::size_t party, std::size_t product) const { return choices + party * products + product; }
};

template <class G>
G element_of(std::uint8_t digit) {
  if constexpr (BinaryField<G>)
    return G::from_value(digit);
  else
    return G(digit);
}

/// A batch of one product for each king and mask.
template <class G>
LinearRun<G> run_linearly(std::size_t n, std::size_t t, const Link& link, std::size_t rounds) {
  LinearRun<G> run{n, t, n * (t + 1), 0, {}, std::vector<std::vector<Row<G>>>(n)};
  Tapes tapes(n, 1);
  std::vector<std::vector<G>> held(n);
  const auto program = [&](Network& network) {
    LaneTape tape(tapes, network.self());
    RecordingNetwork recording(network);
    detail::PairwiseStreams<LaneStream> streams(recording, tape, "a test");
    detail::ShamirDomain<G, LaneStream> domain(recording, streams, t, link);
    const std::size_t lanes = tapes.lanes(), self = network.self();
    held[self] = listed(domain.reduce(run.products * lanes, [&](std::size_t first, std::span<G> values) {
      for (std::size_t k = 0; k < values.size(); ++k)
        values[k] = G((first + k) % lanes == run.input(self, (first + k) / lanes) ? 1 : 0);
    }));
    if (recording.transcript().size() != 1 + rounds) throw std::logic_error("products took another form");
    std::vector<Column> columns = tapes.drawn(self);
    for (std::size_t round = 1; round <= rounds; ++round)
      for (const Bytes& message : recording.transcript()[round].received) append_columns(columns, message, lanes);
    std::vector<Row<G>> rows;
    for (const Column& column : columns) {
      auto& row = rows.emplace_back();
      for (const std::uint8_t digit : column) row.push_back(element_of<G>(digit));
    }
    return rows;
  };
  run.choices = 1;  // no lane is an input's
  simulate(n, program);
  run.choices = tapes.take_units(n * run.products);
  run.seen = simulate(n, program);
  for (std::size_t party = 0; party < n; ++party)
    for (std::size_t k = 0; k < held[party].size(); k += tapes.lanes())
      run.results[party].push_back({held[party].begin() + static_cast<std::ptrdiff_t>(k),
                                    held[party].begin() + static_cast<std::ptrdiff_t>(k + tapes.lanes())});
  return run;
}

/// Whether what `set` sees, and the shares of the results where they are all opened, is the same for all values of the
/// other parties, or for all those with the same results.
template <class G>
bool is_private(const LinearRun<G>& run, const std::vector<std::size_t>& set, bool opened,
                const std::vector<Row<G>>& values) {
  std::vector<Row<G>> rows;
  const auto add = [&](const std::vector<Row<G>>& more) { rows.insert(rows.end(), more.begin(), more.end()); };
  for (const std::size_t party : set) add(run.seen[party]);
  if (opened)
    for (const auto& results : run.results) add(results);
  // the changes: of one value, made up for by one other where the results are opened
  std::vector<Row<G>> changed(rows.size());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    changed[r].assign(rows[r].begin(), rows[r].begin() + static_cast<std::ptrdiff_t>(run.choices));
    for (std::size_t product = 0; product < run.products; ++product) {
      std::size_t other = run.n;
      for (std::size_t party = 0; party < run.n; ++party) {
        const G weight = values[product][run.input(party, product)];
        if (std::ranges::count(set, party) != 0 || weight == G{}) continue;
        G change = rows[r][run.input(party, product)] * weight.inverse();
        if (opened && other != run.n)
          change -= rows[r][run.input(other, product)] * values[product][run.input(other, product)].inverse();
        if (!opened || other != run.n) changed[r].push_back(change);
        other = party;
      }
    }
  }
  return choices_make_up(std::move(changed), run.choices);
}

template <class G>
void check_privacy(std::size_t n, std::size_t t, const Link& link, std::size_t rounds) {
  CAPTURE(n, t, rounds);
  const LinearRun<G> run = run_linearly<G>(n, t, link, rounds);
  // The results' values: of each party's value of the polynomial its weight, and nothing of any choice.
  std::vector<Row<G>> values(run.products);
  for (std::size_t product = 0; product < run.products; ++product) {
    std::vector<std::vector<G>> shares;
    for (std::size_t party = 0; party < n; ++party) shares.push_back(run.results[party][product]);
    const auto at_zero = values_of<G>(shares, t);
    REQUIRE(at_zero);
    values[product] = *at_zero;
    std::size_t holders = 0;
    for (std::size_t k = 0; k < at_zero->size(); ++k) {
      if ((*at_zero)[k] == G{}) continue;
      ++holders;
      REQUIRE(k >= run.choices);
      REQUIRE((k - run.choices) % run.products == product);
    }
    REQUIRE(holders == 2 * t + 1);
  }
  for_each_subset(n, t, [&](const std::vector<std::size_t>& set) {
    CHECK(is_private(run, set, false, values));
    CHECK(is_private(run, set, true, values));
  });
  bool all_private = true;
  for_each_subset(n, t + 1, [&](const std::vector<std::size_t>& set) {
    all_private = all_private && is_private(run, set, false, values);
  });
  CHECK_FALSE(all_private);
}

}  // namespace

TEST_CASE("products in one round tell t parties nothing, opened or not, for all random choices") {
  for (const auto& [n, t] : std::vector<std::pair<std::size_t, std::size_t>>{{3, 1}, {4, 1}, {5, 2}, {7, 3}})
    check_privacy<SmallPrime<31>>(n, t, slow_rounds, 1);
  check_privacy<GF256>(4, 1, slow_rounds, 1);
}

TEST_CASE("products through kings tell t parties nothing, opened or not, for all random choices") {
  for (const auto& [n, t] : std::vector<std::pair<std::size_t, std::size_t>>{{4, 1}, {5, 1}, {5, 2}, {6, 2}, {7, 3}})
    check_privacy<SmallPrime<31>>(n, t, slow_bytes, 2);
  check_privacy<GF256>(5, 2, slow_bytes, 2);
}
