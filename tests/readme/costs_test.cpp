// SPDX-License-Identifier: Apache-2.0
// The README's table of costs is what the counters say: every row of it is measured here.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "parley/parley.hpp"

namespace {

using parley::Cost;
using F = parley::Mersenne61;

constexpr std::size_t batch = 1000;
constexpr std::array<std::size_t, 2> party_counts = {3, 5};

std::vector<std::uint64_t> numbers() {
  std::vector<std::uint64_t> values;
  for (std::uint64_t i = 0; i < batch; ++i) values.push_back(i * i % 1009);
  return values;
}

using Engine = parley::ShamirPassiveEngine<F, parley::TestRandom>;

/// A batch that party 0 shares.
parley::SharedOf<Engine> shared_batch(Engine& engine) {
  std::vector<F> values;
  for (const std::uint64_t value : numbers()) values.push_back(F{value});
  if (engine.self() != 0) values.clear();
  return input(engine, 0, values, batch);
}

/// What is measured, after shared values and random numbers of 32 bits have been made for it.
using Call =
    std::function<void(Engine&, const parley::SharedOf<Engine>& values, const parley::SharedBitsOf<Engine>& bits)>;

struct Measured {
  std::uint64_t rounds = 0;
  std::uint64_t bytes = 0;  // of the party that sends most
};

Measured measure(std::size_t n, std::uint64_t seed, const Call& call) {
  const auto costs = parley::simulate(n, [&](parley::Network& network) {
    Engine engine(network, {}, parley::TestRandom(seed).child(std::to_string(network.self())));
    const auto values = shared_batch(engine);
    const auto bits = random_bits(engine, 32, batch);
    const Cost before = engine.cost();
    call(engine, values, bits);
    return engine.cost() - before;
  });
  Measured measured;
  for (const Cost& cost : costs) {
    CHECK(cost.rounds == costs[0].rounds);
    measured.rounds = cost.rounds;
    measured.bytes = std::max(measured.bytes, cost.bytes_sent);
  }
  return measured;
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t place = digits.size(); place > 3; place -= 3) digits.insert(place - 3, ",");
  return digits;
}

/// Bytes for each of the batch's values, with one decimal below 100.
std::string per_value(std::uint64_t bytes) {
  const std::uint64_t tenths = (bytes * 10 + batch / 2) / batch;
  if (tenths >= 1000) return grouped((bytes + batch / 2) / batch);
  return std::to_string(tenths / 10) + (tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10));
}
/// Bytes that do not depend on the length of the batch.
std::string in_all(std::uint64_t bytes) { return grouped(bytes) + " in all"; }

struct Cells {
  std::string rounds;
  std::string bytes;
};

/// The table of the README, by its rows.
class Table {
 public:
  Table() {
    std::ifstream file(std::filesystem::path(__FILE__).parent_path() / ".." / ".." / "README.md");
    REQUIRE(file);
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
      const bool is_row = line.starts_with('|');
      inside = is_row && (inside || line.starts_with("| call |"));
      if (inside) rows_.push_back(line);
    }
    REQUIRE(rows_.size() > 2);
    rows_.erase(rows_.begin(), rows_.begin() + 2);  // the head
  }

  /// Checks that there is a row for `call` with these cells for 3 and for 5 parties, whatever it says further on.
  void check(const std::string& call, const std::array<Cells, 2>& cells) {
    std::string wanted = "| " + call + " |";
    for (const auto& [rounds, bytes] : cells) wanted += " " + rounds + " | " + bytes + " |";
    INFO("the README should have a row that begins with\n" << wanted);
    const auto row = std::ranges::find_if(rows_, [&](const std::string& one) { return one.starts_with(wanted); });
    CHECK(row != rows_.end());
    if (row != rows_.end()) rows_.erase(row);
  }

  /// The rows that have not been checked.
  [[nodiscard]] const std::vector<std::string>& rest() const { return rows_; }

 private:
  std::vector<std::string> rows_;
};

void check_exact(Table& table, const std::string& name, std::string (*text_of_bytes)(std::uint64_t), const Call& call) {
  std::array<Cells, 2> cells;
  for (std::size_t i = 0; i < party_counts.size(); ++i) {
    const Measured measured = measure(party_counts[i], 1, call);
    cells[i] = {std::to_string(measured.rounds), measured.bytes == 0 ? "0" : text_of_bytes(measured.bytes)};
  }
  table.check(name, cells);
}

struct Range {
  std::uint64_t least, most;
  [[nodiscard]] std::string text() const { return grouped(least) + " to " + grouped(most); }
};

/// For costs that depend on the order after a shuffle: least and most of many runs, of which few are repeated here. They
/// may be a quarter outside of the ranges, so that the test fails for another algorithm and not for an odd order.
void check_range(Table& table, const std::string& name, const std::array<Range, 2>& rounds,
                 const std::array<Range, 2>& bytes, const Call& call) {
  table.check(name, {Cells{rounds[0].text(), bytes[0].text()}, Cells{rounds[1].text(), bytes[1].text()}});
  const auto is_near = [](const Range& range, std::uint64_t value) {
    return value >= range.least * 3 / 4 && value <= range.most * 5 / 4;
  };
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const Measured measured = measure(3, seed, call);
    INFO(name << ": " << measured.rounds << " rounds, " << per_value(measured.bytes) << " bytes a value");
    CHECK(is_near(rounds[0], measured.rounds));
    CHECK(is_near(bytes[0], measured.bytes / batch));
  }
}

}  // namespace

TEST_CASE("each row of the README's table is measured") {
  Table table;
  const auto exact = [&](const std::string& name, std::string (*text_of_bytes)(std::uint64_t), const Call& call) {
    check_exact(table, name, text_of_bytes, call);
  };
  exact("`input`, `input_all`", per_value, [](auto& engine, auto&, auto&) { shared_batch(engine); });
  exact("`+`, `-`, `*` by a public number, `constant`, `sum`", per_value,
        [](auto& engine, auto& x, auto&) { sum(engine, 3 * x - constant(engine, std::vector<F>(batch, F{7})) + x); });
  exact("`open`", per_value, [](auto& engine, auto& x, auto&) { open(engine, x); });
  exact("`open_to`", per_value, [](auto& engine, auto& x, auto&) { open_to(engine, 0, x); });
  exact("`random`", per_value, [](auto& engine, auto&, auto&) { random(engine, batch); });
  exact("`refresh`", per_value, [](auto& engine, auto& x, auto&) { (void)refresh(engine, x); });
  exact("`enrol` of a party without shares", per_value,
        [](auto& engine, auto& x, auto&) { (void)enrol(engine, x, batch, 0); });
  exact("`mul`", per_value, [](auto& engine, auto& x, auto&) { mul(engine, x, x); });
  exact("`dot` of vectors of any length", in_all, [](auto& engine, auto& x, auto&) { dot(engine, x, x); });
  exact("`and_`, `or_` of single bits", per_value,
        [](auto& engine, auto&, auto& bits) { and_(engine, bits.bits(0, 1), bits.bits(1, 1)); });
  exact("`less_than`", per_value, [](auto& engine, auto& x, auto&) { less_than(engine, x, x); });
  const parley::OrderOptions order{.bits = 32};
  exact("`to_bits` with `{.bits = 32}`", per_value, [&](auto& engine, auto& x, auto&) { to_bits(engine, x, order); });
  exact("`less_than` with `{.bits = 32}`", per_value,
        [&](auto& engine, auto& x, auto&) { less_than(engine, x, x, order); });
  exact("`equal` with `{.bits = 32}`", per_value, [&](auto& engine, auto& x, auto&) { equal(engine, x, x, order); });
  exact("`between` with public bounds, `{.bits = 32}`", per_value,
        [&](auto& engine, auto& x, auto&) { between(engine, x, F{5}, F{9}, order); });
  exact("`equal`", per_value, [](auto& engine, auto& x, auto&) { equal(engine, x, x); });
  exact("`between` with public bounds", per_value,
        [](auto& engine, auto& x, auto&) { between(engine, x, F{5}, F{9}); });
  exact("`between` with shared bounds", per_value, [](auto& engine, auto& x, auto&) { between(engine, x, x, x); });
  exact("`to_bits`", per_value, [](auto& engine, auto& x, auto&) { to_bits(engine, x); });
  exact("`to_field` of single bits", per_value,
        [](auto& engine, auto&, auto& bits) { to_field(engine, bits.bits(0, 1)); });
  exact("`from_bits` of 32 bits", per_value, [](auto& engine, auto&, auto& bits) { from_bits(engine, bits); });
  exact("`select` by shared bits", per_value,
        [](auto& engine, auto& x, auto& bits) { select(engine, bits.bits(0, 1), x, x); });
  exact("`minimum`, `maximum` of 1000 values", per_value, [](auto& engine, auto& x, auto&) { maximum(engine, x); });
  exact("`argmin`, `argmax` of 1000 values", per_value, [](auto& engine, auto& x, auto&) { argmax(engine, x); });
  exact("`one_hot_argmin`, `one_hot_argmax` of 1000 values", per_value,
        [](auto& engine, auto& x, auto&) { one_hot_argmax(engine, x); });
  exact("`shuffle` of 1000 values", per_value, [](auto& engine, auto& x, auto&) { shuffle(engine, x); });
  exact("`apply_permutation` to 1000 values", per_value, [](auto& engine, auto& x, auto&) {
    std::vector<F> places;
    for (std::size_t i = 0; i < batch; ++i) places.push_back(F{i});
    apply_permutation(engine, constant(engine, places), {x});
  });
  exact("`radix_sort` of 1000 4-bit values", per_value, [](auto& engine, auto& x, auto&) { radix_sort(engine, x, 4); });
  exact("`aes128_encrypt` with a key for each block", per_value, [](auto& engine, auto&, auto&) {
    const auto blocks = constant_bits(engine, parley::PublicBits(128, batch));
    aes128_encrypt(engine, blocks, blocks);
  });
  const parley::JointOptions joint{.bits = 32};
  exact("`joint_median`, `joint_kth` of 32-bit values", in_all,
        [&](auto& engine, auto&, auto&) { joint_median(engine, numbers(), joint); });
  exact("`joint_quantiles` in 10 parts, 32-bit values", in_all,
        [&](auto& engine, auto&, auto&) { joint_quantiles(engine, numbers(), 10, joint); });

  check_range(table, "`median`, `kth` of 1000 32-bit values", {Range{31, 94}, {204, 292}},
              {Range{118, 242}, {4'290, 5'340}}, [&](auto& engine, auto& x, auto&) { median(engine, x, order); });
  check_range(table, "`quantiles` in 10 parts, 1000 32-bit values", {Range{121, 157}, {343, 411}},
              {Range{264, 329}, {7'183, 8'185}},
              [&](auto& engine, auto& x, auto&) { quantiles(engine, x, 10, order); });
  check_range(table, "`top_k`, `bottom_k` of 1000 32-bit values, k = 10", {Range{49, 94}, {133, 133}},
              {Range{103, 154}, {2'011, 2'826}}, [&](auto& engine, auto& x, auto&) { top_k(engine, x, 10, order); });
  check_range(table, "`sort` of 1000 32-bit values", {Range{175, 220}, {354, 408}}, {Range{300, 312}, {8'424, 9'263}},
              [&](auto& engine, auto& x, auto&) { sort(engine, x, order); });

  check_range(table, "`group_by` of 1000 rows, 32-bit keys, 16-bit values", {Range{190, 235}, {720, 745}},
              {Range{596, 613}, {25'288, 26'208}},
              [&](auto& engine, auto& x, auto&) { group_by(engine, x, x, {.key_bits = 32, .value_bits = 16}); });

  CHECK(table.rest() == std::vector<std::string>{});
}
