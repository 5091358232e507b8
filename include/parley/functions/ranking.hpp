// SPDX-License-Identifier: Apache-2.0
// Ranking of shared rows: after an oblivious shuffle of rows that have been made distinct, comparisons are opened, and
// sorting and selection are public computations on their outcomes. [HKICT12] Hamada, Kikuchi, Ikarashi, Chida,
// Takahashi: Practically efficient multi-party sorting protocols from comparison sort algorithms. [FR75] Floyd, Rivest:
// Expected time bounds for selection.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/operations.hpp"
#include "parley/field/power.hpp"
#include "parley/functions/compare.hpp"
#include "parley/functions/shuffle.hpp"

namespace parley {

namespace detail {

/// Shuffled rows whose keys are distinct: equal values are told apart by the positions they had before the shuffle.
///
/// Security: the outcomes of comparisons are those of a uniformly random order of distinct keys, whatever the values:
/// whoever sees them learns nothing but how many rows there are. [HKICT12, section 3]
template <ComparingEngine E>
class ShuffledRows {
 public:
  /// columns[0] is what the rows are ordered by.
  /// Cost: shuffle() of one column more.
  ShuffledRows(E& engine, std::vector<SharedOf<E>> columns, const OrderOptions& options) : engine_(engine) {
    using F = typename E::Value;
    require_comparable<F>(options);
    const std::size_t widest = F::modulus_bits - 2, bits = options.bits == 0 ? widest : options.bits;
    const std::size_t rows = columns.front().size();
    const std::size_t index_bits = static_cast<std::size_t>(std::bit_width(rows == 0 ? 0 : rows - 1));
    if (index_bits > std::min<std::size_t>(widest, 32))
      throw Error(ErrorCode::invalid_argument,
                  std::to_string(rows) + " rows are too many to be numbered in " + std::string(F::name));
    SharedOf<E> key = [&] {
      Buffer<F> positions(rows);
      for (std::size_t i = 0; i < rows; ++i) positions[i] = F(i);
      return engine.constant(positions);
    }();
    // One key where value and index fit below 2^(b-1) for p = 2^b - 1, so that differences are at most (p-1)/2;
    // otherwise two, of which the second decides where the first are equal.
    const bool one_key = bits + index_bits <= F::modulus_bits - 1;
    if (one_key) {
      key += power(F(2), index_bits) * columns.front();
      key_ = {.bits = bits + index_bits};
    }
    columns.push_back(std::move(key));
    columns_ = shuffle(engine, std::move(columns));
    keys_.push_back(std::move(columns_.back()));
    columns_.pop_back();
    if (!one_key) keys_.insert(keys_.begin(), columns_.front());
  }

  std::size_t size() const { return keys_.front().size(); }
  /// Column `which` of the shuffled rows.
  const SharedOf<E>& column(std::size_t which) const { return columns_[which]; }

  struct Pair {
    std::uint32_t left, right;
  };
  /// For each of `count` pairs of rows, which next_pair() gives one after another: whether the left one comes first. The
  /// outcomes are opened.
  /// Cost: one batch of less_than() of keys of as many bits as value and index have, or without options and of two
  /// comparisons a pair and a round more where they do not fit one key; and one round to open. Large batches in parts,
  /// as in less_than(), each with these rounds.
  template <class NextPair>
  std::vector<bool> precede(std::size_t count, NextPair next_pair) {
    std::vector<bool> outcomes;
    outcomes.reserve(count);
    const std::size_t most = part_length(engine_, count, keys_.size());
    for (std::size_t first = 0; first < count; first += most) {
      const std::size_t length = std::min(most, count - first);
      const PublicBits opened = precede_in_part(length, next_pair);
      for (std::size_t i = 0; i < length; ++i) outcomes.push_back(opened.bit(0, i));
    }
    return outcomes;
  }

 private:
  template <class NextPair>
  PublicBits precede_in_part(std::size_t length, NextPair& next_pair) {
    auto differences = keys_.front().with_shares(Buffer<typename SharedOf<E>::Share>(keys_.size() * length));
    const auto to = differences.shares();
    for (std::size_t i = 0; i < length; ++i) {
      const Pair pair = next_pair();
      for (std::size_t key = 0; key < keys_.size(); ++key) {
        const auto from = std::as_const(keys_[key]).shares();
        to[key * length + i] = from[pair.left] - from[pair.right];
      }
    }
    if (keys_.size() == 1) return engine_.open(signs(engine_, differences, key_));
    const auto sign = signs(engine_, differences, true);
    return engine_.open(sign.less.slice(0, length) ^
                        and_(engine_, sign.equal.slice(0, length), sign.less.slice(length, length)));
  }

  E& engine_;
  std::vector<SharedOf<E>> columns_;
  std::vector<SharedOf<E>> keys_;
  OrderOptions key_;  // of the only one
};

/// Finds which rows have the given ranks (from 0, ascending, distinct): result[i] is the row of rank ranks[i]. All
/// ranks together sort.
///
/// In each phase the rows of every part that still contains a wanted rank are placed between pivots taken from a fully
/// ordered sample of the part; the pivots enclose where the sample expects the wanted ranks, and a row is compared first
/// with the pivot that halves the rows expected. The samples of a phase take an eighth of a comparison per row together,
/// or 2048 where that is more. For one rank that is Floyd and Rivest's
/// selection, with about two comparisons a row for a million rows, three for ten thousand, and up to nine for a thousand;
/// for all ranks a sample sort, about log2 N + 1.
template <ComparingEngine E>
class RankSearch {
 public:
  RankSearch(ShuffledRows<E>& rows, std::vector<std::size_t> ranks)
      : rows_(rows), wanted_(std::move(ranks)), found_(wanted_.size()) {
    if (wanted_.empty()) return;
    parts_.push_back({Rows(rows_.size()), 0});
    std::iota(parts_.front().rows.begin(), parts_.front().rows.end(), std::uint32_t{0});
  }

  std::vector<std::size_t> run() {
    while (!parts_.empty()) {
      const std::vector<Rows> samples = ordered_samples();
      std::vector<Placement> placements;
      for (std::size_t p = 0; p < parts_.size(); ++p)
        placements.emplace_back(samples[p], pivots(parts_[p], samples[p]));
      place(placements);
      divide(placements);
    }
    return found_;
  }

 private:
  static constexpr std::size_t smallest_sample = 8;  // all pairs of so few are cheaper than the phases they save

  using Rows = Buffer<std::uint32_t>;
  struct Part {
    Rows rows;
    std::size_t first_rank;
  };
  static constexpr std::uint32_t none = ~std::uint32_t{0};  // no pivot, or no interval of pivots
  static constexpr std::uint32_t searched = std::uint32_t{1} << 31;

  // The pivots of a part, and where the part's rows are among them.
  class Placement {
   public:
    Rows pivots;  // in ascending order
    // For each row of the part how many pivots come before it: until that is known, `searched` plus the pivot (there are
    // at most 2^15) that it is to be compared with next; none for a pivot.
    Buffer<std::uint32_t> interval;
    std::uint32_t first = none;  // the pivot that a row is compared with first
    // and with which next, where the row comes before or after a pivot
    std::vector<std::uint32_t> next_if_before, next_if_after;

    // `chosen` are positions in the ordered sample, ascending.
    Placement(const Rows& sample, const std::vector<std::uint32_t>& chosen)
        : next_if_before(chosen.size()), next_if_after(chosen.size()) {
      for (const std::uint32_t position : chosen) pivots.push_back(sample[position]);
      first = search_tree(chosen, 0, chosen.size(), 0, sample.size());
    }

   private:
    // A search tree of the pivots low, ..., high - 1, by its root: as many rows are expected between neighbours of the
    // sample anywhere, so the root is the pivot nearest to the middle of the sample's positions from, ..., to.
    std::uint32_t search_tree(const std::vector<std::uint32_t>& chosen, std::size_t low, std::size_t high,
                              std::size_t from, std::size_t to) {
      if (low == high) return none;
      const std::size_t centre = (from + to) / 2;
      std::size_t root = low;
      while (root + 1 < high && chosen[root] < centre) ++root;
      if (root > low && chosen[root] + chosen[root - 1] > 2 * centre) --root;
      next_if_before[root] = search_tree(chosen, low, root, from, chosen[root]);
      next_if_after[root] = search_tree(chosen, root + 1, high, chosen[root], to);
      return static_cast<std::uint32_t>(root);
    }
  };

  // The wanted ranks first_rank, ..., end - 1, as a range of indices into wanted_.
  std::pair<std::size_t, std::size_t> wanted_between(std::size_t first_rank, std::size_t end) const {
    const auto first = std::ranges::lower_bound(wanted_, first_rank), last = std::ranges::lower_bound(wanted_, end);
    return {static_cast<std::size_t>(first - wanted_.begin()), static_cast<std::size_t>(last - wanted_.begin())};
  }

  // A sample of every part (the whole of a small one) in order, by comparing all its pairs: one phase.
  std::vector<Rows> ordered_samples() {
    std::vector<Rows> samples;
    std::vector<typename ShuffledRows<E>::Pair> pairs;
    // s^2 / 2 pairs of each of P samples of size s = sqrt(N / 4P) are N / 8; few rows may take more, to save phases. For
    // N <= 2^32 the samples, and so the pivots, are at most 2^15.
    const double share = std::max(static_cast<double>(rows_.size()) / 4, 4096.0) / static_cast<double>(parts_.size());
    const std::size_t most = std::max(smallest_sample, static_cast<std::size_t>(std::sqrt(share)));
    for (const Part& part : parts_) {
      const std::size_t taken = std::min(part.rows.size(), most);
      // the rows are in a random order, so the first ones are a uniform sample
      samples.emplace_back(part.rows.begin(), part.rows.begin() + static_cast<std::ptrdiff_t>(taken));
      for (std::size_t i = 0; i < taken; ++i)
        for (std::size_t j = i + 1; j < taken; ++j) pairs.push_back({samples.back()[i], samples.back()[j]});
    }
    const std::vector<bool> precedes =
        rows_.precede(pairs.size(), [pair = pairs.begin()]() mutable { return *pair++; });
    std::size_t next = 0;
    for (Rows& sample : samples) {
      std::vector<std::size_t> rank(sample.size());
      Rows ordered(sample.size(), none);
      for (std::size_t i = 0; i < sample.size(); ++i)
        for (std::size_t j = i + 1; j < sample.size(); ++j) ++rank[precedes[next++] ? j : i];
      for (std::size_t i = 0; i < sample.size(); ++i) ordered[rank[i]] = sample[i];
      // no order at all: pivots would be missing among the rows, and a part might never become smaller
      if (std::ranges::find(ordered, none) != ordered.end())
        throw Error(ErrorCode::out_of_range, "the values are not as short as the options say, and have no order");
      sample = std::move(ordered);
    }
    return samples;
  }

  // For every wanted rank the positions in the sample some standard deviations below and above where it is expected.
  // [FR75, section 2]
  std::vector<std::uint32_t> pivots(const Part& part, const Rows& sample) const {
    std::vector<std::uint32_t> positions;
    if (sample.size() == part.rows.size()) {
      positions.resize(sample.size());
      std::iota(positions.begin(), positions.end(), std::uint32_t{0});
      return positions;
    }
    const double size = static_cast<double>(part.rows.size()), taken = static_cast<double>(sample.size());
    std::vector<bool> chosen(sample.size());
    const auto [first, last] = wanted_between(part.first_rank, part.first_rank + part.rows.size());
    for (std::size_t i = first; i < last; ++i) {
      const double fraction = (static_cast<double>(wanted_[i] - part.first_rank) + 0.5) / size;
      const double margin = 2 * std::sqrt(taken * fraction * (1 - fraction));
      const double below = std::floor(fraction * taken - 0.5 - margin),
                   above = std::ceil(fraction * taken - 0.5 + margin);
      if (below >= 0 && below < taken) chosen[static_cast<std::size_t>(below)] = true;
      if (above >= 0 && above < taken) chosen[static_cast<std::size_t>(above)] = true;
    }
    if (std::ranges::none_of(chosen, std::identity{})) chosen[sample.size() / 2] = true;
    for (std::uint32_t i = 0; i < sample.size(); ++i)
      if (chosen[i]) positions.push_back(i);
    return positions;
  }

  // Goes through the rows that are still searched, part by part.
  class SearchedRows {
   public:
    explicit SearchedRows(std::vector<Placement>& placements) : placements_(placements) {}

    struct Row {
      std::size_t part, position;
    };
    // There has to be one.
    Row next() {
      for (;; ++part_, position_ = 0) {
        const Buffer<std::uint32_t>& interval = placements_[part_].interval;
        for (; position_ < interval.size(); ++position_)
          if (interval[position_] != none && (interval[position_] & searched) != 0) return {part_, position_++};
      }
    }

   private:
    std::vector<Placement>& placements_;
    std::size_t part_ = 0, position_ = 0;
  };

  // Places every row among its part's pivots by their search tree, all rows of all parts side by side: one phase a step.
  void place(std::vector<Placement>& placements) {
    std::size_t unfinished = 0;
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      const Rows& rows = parts_[p].rows;
      Rows sorted_pivots = placements[p].pivots;
      std::ranges::sort(sorted_pivots);
      placements[p].interval.assign(rows.size(), searched + placements[p].first);
      for (std::size_t i = 0; i < rows.size(); ++i)
        if (std::ranges::binary_search(sorted_pivots, rows[i])) placements[p].interval[i] = none;
      unfinished += rows.size() - sorted_pivots.size();
    }
    while (unfinished > 0) {
      const std::vector<bool> after = rows_.precede(unfinished, [&, to_compare = SearchedRows(placements)]() mutable {
        const auto [part, position] = to_compare.next();
        const Placement& placement = placements[part];
        return typename ShuffledRows<E>::Pair{placement.pivots[placement.interval[position] - searched],
                                              parts_[part].rows[position]};
      });
      SearchedRows compared(placements);
      unfinished = 0;
      for (const bool is_after : after) {
        const auto [part, position] = compared.next();
        Placement& placement = placements[part];
        const std::uint32_t pivot = placement.interval[position] - searched;
        const std::uint32_t next = (is_after ? placement.next_if_after : placement.next_if_before)[pivot];
        placement.interval[position] = next == none ? pivot + (is_after ? 1 : 0) : searched + next;
        unfinished += next == none ? 0 : 1;
      }
    }
  }

  // Cuts every part at its pivots, notes the wanted ranks that are pivots, and keeps the pieces that contain another.
  void divide(const std::vector<Placement>& placements) {
    std::vector<Part> next;
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      const Rows& pivots = placements[p].pivots;
      const Buffer<std::uint32_t>& interval = placements[p].interval;
      std::vector<std::size_t> sizes(pivots.size() + 1);
      for (const std::uint32_t piece : interval)
        if (piece != none) ++sizes[piece];
      std::vector<std::size_t> kept_as(sizes.size(), next.size() + sizes.size());  // which of `next` a piece becomes
      std::size_t rank = parts_[p].first_rank;
      const std::size_t first_kept = next.size(), dropped = next.size() + sizes.size();
      for (std::size_t piece = 0; piece < sizes.size(); ++piece) {
        const auto [first, last] = wanted_between(rank, rank + sizes[piece]);
        if (first < last) {
          kept_as[piece] = next.size();
          next.push_back({{}, rank});
          next.back().rows.reserve(sizes[piece]);
        }
        rank += sizes[piece];
        if (piece == pivots.size()) break;
        const auto wanted = std::ranges::lower_bound(wanted_, rank);
        if (wanted != wanted_.end() && *wanted == rank)
          found_[static_cast<std::size_t>(wanted - wanted_.begin())] = pivots[piece];
        ++rank;
      }
      if (next.size() == first_kept) continue;
      for (std::size_t i = 0; i < interval.size(); ++i)
        if (interval[i] != none && kept_as[interval[i]] != dropped)
          next[kept_as[interval[i]]].rows.push_back(parts_[p].rows[i]);
    }
    parts_ = std::move(next);
  }

  ShuffledRows<E>& rows_;
  std::vector<std::size_t> wanted_, found_;
  std::vector<Part> parts_;
};

}  // namespace detail

}  // namespace parley
