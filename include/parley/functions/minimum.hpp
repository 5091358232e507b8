// SPDX-License-Identifier: Apache-2.0
// The least and the greatest of shared values and where they are, by a tree of tournaments in groups whose sizes suit
// the link. [Valiant75] Parallelism in comparison problems.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"
#include "parley/engine/circuits.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/operations.hpp"
#include "parley/functions/compare.hpp"

namespace parley {

/// A value and where it was, both shared, as vectors of one.
template <class Vector>
struct Extremum {
  Vector value;
  Vector position;
};

namespace detail {

/// Values in groups of neighbours, of which one each goes on: the first `full` groups have `size` members, the others one
/// less.
struct TournamentLevel {
  std::size_t groups = 0, size = 0, full = 0;

  /// Groups of at most `fan_in` members, as few and as equal as can be; there are at least two values, and fan_in >= 2.
  static TournamentLevel of(std::size_t values, std::size_t fan_in) {
    const std::size_t groups = (values + fan_in - 1) / fan_in, size = (values + groups - 1) / groups;
    return {groups, size, values - groups * (size - 1)};
  }
  std::size_t values() const { return groups * (size - 1) + full; }
  /// Groups that have more than one member.
  std::size_t contested() const { return size == 2 ? full : groups; }
  /// Pairs of members of one group.
  std::size_t pairs() const { return groups * ((size - 1) * (size - 2) / 2) + full * (size - 1); }
  /// How many groups have a member number `member`: they are the first ones.
  std::size_t with(std::size_t member) const { return member + 1 < size ? groups : full; }
  std::size_t position(std::size_t group, std::size_t member) const {
    return group * size - (group > full ? group - full : 0) + member;
  }
};

/// The levels, from the leaves up, that take the least time together, of those in which every level has groups of 2, 3,
/// 5, 9, ... members, the most that a conjunction of 0, 1, 2, 3, ... rounds finds the winner of, or is one group of all; and
/// compares at most four times as many pairs as it has values, or 2^17 where that is more, which bounds memory.
inline std::vector<TournamentLevel> fastest_tree(std::size_t values,
                                                 const std::function<double(const TournamentLevel&)>& seconds_of) {
  struct Best {
    double seconds = std::numeric_limits<double>::infinity();
    TournamentLevel first;
  };
  std::map<std::size_t, Best> known;
  const auto least_seconds = [&](const auto& self, std::size_t count) -> double {
    if (count == 1) return 0;
    if (const auto found = known.find(count); found != known.end()) return found->second.seconds;
    Best best;
    for (std::size_t fan_in = 2;; fan_in = std::min(count, fan_in == 2 ? 3 : 2 * fan_in - 1)) {
      const TournamentLevel level = TournamentLevel::of(count, fan_in);
      if (fan_in > 2 && level.pairs() > std::max(4 * count, std::size_t{1} << 17)) break;
      const double seconds = seconds_of(level) + self(self, level.groups);
      if (seconds < best.seconds) best = {seconds, level};
      if (fan_in == count) break;
    }
    known[count] = best;
    return best.seconds;
  };
  least_seconds(least_seconds, values);
  std::vector<TournamentLevel> levels;
  for (std::size_t left = values; left > 1; left = levels.back().groups) levels.push_back(known.at(left).first);
  return levels;
}

/// What a level of a tree takes on the engine's link, nearly: without the store of prepare(), and without what is saved
/// in single rounds and messages.
template <ComparingEngine E>
class TournamentSeconds {
 public:
  TournamentSeconds(E& engine, const OrderOptions& options)
      : engine_(engine),
        width_(options.bits == 0
                   ? E::Value::modulus_bits
                   : std::min<std::size_t>(E::Value::modulus_bits, options.bits + guard_bits(engine) + 1)),
        element_(8.0 * static_cast<double>(E::Value::encoded_size) /
                 engine.constant_bits(PublicBits(1, 1)).planes().layout().lane_bits) {}

  double operator()(const TournamentLevel& level) const {
    const auto bits = static_cast<double>(level.values() - level.groups), size = static_cast<double>(level.size);
    // A product sends elements to as many parties as a conjunction does lanes. A bit becomes an element by products of as
    // many elements as masks have terms; for one term by one, and one dealt.
    const std::size_t terms = engine_.mask_terms();
    return comparing(static_cast<double>(level.pairs())) +
           engine_.seconds(level.size == 2 ? 0 : static_cast<double>(ceil_log2(level.size - 1)), bits * (size - 2)) +
           engine_.seconds(2 + static_cast<double>(ceil_log2(terms)),
                           bits * element_ * static_cast<double>(std::max<std::size_t>(2, terms))) +
           engine_.seconds(1, 2 * element_ * static_cast<double>(level.contested()));
  }

 private:
  double comparing(double count) const {
    const auto width = static_cast<double>(width_), depth = static_cast<double>(ceil_log2(width_));
    const auto shorter = [&](double rounds, double conjunctions, double rippling) {
      return std::min(engine_.seconds(rounds, conjunctions * count), engine_.seconds(rippling, rippling * count));
    };
    double seconds = engine_.seconds(1, element_ * count) + shorter(1 + depth, 3 * width - 2 - depth, width);
    if (const std::size_t terms = engine_.mask_terms(); terms > 1) {
      // what the parties contribute to a mask, and the sums of these numbers
      const auto sums = static_cast<double>(terms - 1), levels = static_cast<double>(ceil_log2(terms));
      seconds += engine_.seconds(1, (element_ + width) * count);
      seconds += std::min(engine_.seconds(levels * (2 + depth), sums * (2 + depth) * width * count),
                          engine_.seconds(levels * 2 * width, sums * 2 * width * count));
    }
    return seconds;
  }

  E& engine_;
  std::size_t width_;
  double element_;  // in conjunctions
};

/// For every member but the first of each group, 1 where it is the group's winner, the first of the least values, and
/// otherwise 0: members number 1 of all groups, then members number 2, and so on.
template <ComparingEngine E>
SharedOf<E> winners(E& engine, const TournamentLevel& level, const SharedOf<E>& x, const OrderOptions& options) {
  using Bits = SharedBitsOf<E>;
  Buffer<typename SharedOf<E>::Share> differences;
  differences.reserve(level.pairs());
  for (std::size_t later = 1; later < level.size; ++later)
    for (std::size_t earlier = 0; earlier < later; ++earlier)
      for (std::size_t group = 0; group < level.with(later); ++group)
        differences.push_back(x.shares()[level.position(group, later)] - x.shares()[level.position(group, earlier)]);
  const SharedOf<E> all = x.with_shares(std::move(differences));
  Bits later_wins = negative(engine, all.size(), options,
                             [&](std::size_t first, std::size_t count) { return all.slice(first, count); });
  if (level.size == 2) return to_field(engine, later_wins);

  // A block of a bit for each group for each pair; a member that a group does not have wins nothing.
  if (level.full < level.groups) {
    const std::size_t others = later_wins.size() - (level.size - 1) * level.full;
    const Bits lost(BitPlanes(later_wins.planes().layout(), 1, level.groups - level.full));
    std::vector<Bits> parts = {later_wins.slice(0, others)};
    for (std::size_t earlier = 0; earlier + 1 < level.size; ++earlier) {
      parts.push_back(later_wins.slice(others + earlier * level.full, level.full));
      parts.push_back(lost);
    }
    later_wins = concat(parts);
  }
  const BitPlanes outcomes = concat(later_wins, ~later_wins).planes();
  const auto pair = [](std::size_t earlier, std::size_t later) { return later * (later - 1) / 2 + earlier; };
  const std::size_t pairs = pair(0, level.size);
  std::deque<Bits> beaten;  // of opponents 0, 1, ... of each member
  std::vector<Wire> all_beaten;
  for (std::size_t opponent = 0; opponent + 1 < level.size; ++opponent) {
    std::vector<std::size_t> blocks;
    for (std::size_t member = 1; member < level.size; ++member)
      blocks.push_back(opponent < member ? pair(opponent, member) : pairs + pair(member, opponent + 1));
    const Bits of_all(outcomes.blocks(blocks, level.groups));
    all_beaten.push_back(beaten.emplace_back(of_all.slice(0, level.values() - level.groups)).wire(0));
  }
  return to_field(engine, conjunction_of_all(engine, gather<typename E::Scheme>(all_beaten)));
}

/// For each group its winner's entry of each column. One round, a product for each contested group and column.
template <ComparingEngine E>
std::vector<SharedOf<E>> of_winners(E& engine, const TournamentLevel& level, const SharedOf<E>& is_winner,
                                    std::vector<SharedOf<E>> columns) {
  using Share = typename SharedOf<E>::Share;
  const std::size_t others = level.size - 1, rows = level.contested();
  Buffer<Share> marks(columns.size() * rows * others, Share{}), differences(marks.size(), Share{});
  for (std::size_t c = 0; c < columns.size(); ++c)
    for (std::size_t member = 1; member < level.size; ++member)
      for (std::size_t group = 0; group < level.with(member); ++group) {
        const std::size_t at = (c * rows + group) * others + member - 1;
        const auto column = std::as_const(columns[c]).shares();
        marks[at] = is_winner.shares()[(member - 1) * level.groups + group];
        differences[at] = column[level.position(group, member)] - column[level.position(group, 0)];
      }
  const SharedOf<E> gains =
      dot(engine, is_winner.with_shares(std::move(marks)), is_winner.with_shares(std::move(differences)), others);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    Buffer<Share> chosen(level.groups);
    for (std::size_t group = 0; group < level.groups; ++group) {
      chosen[group] = std::as_const(columns[c]).shares()[level.position(group, 0)];
      if (group < rows) chosen[group] += gains.shares()[c * rows + group];
    }
    columns[c] = is_winner.with_shares(std::move(chosen));
  }
  return columns;
}

/// The first of the least values as the outcomes of all the levels of a tree.
template <ComparingEngine E>
struct Tournament {
  std::vector<TournamentLevel> levels;
  std::vector<SharedOf<E>> is_winner;  // for each level, see winners()
  Extremum<SharedOf<E>> least;         // as far as it was asked for
};

/// By the levels given, from the leaves up, of which the last has one group; none for one value.
template <ComparingEngine E>
Tournament<E> tournament(E& engine, SharedOf<E> x, const OrderOptions& options, std::vector<TournamentLevel> levels,
                         bool with_value, bool with_position) {
  using F = typename E::Value;
  Tournament<E> result{std::move(levels), {}, {}};
  SharedOf<E> position = constant(engine, F{});
  for (const TournamentLevel& level : result.levels) {
    const SharedOf<E>& is_winner = result.is_winner.emplace_back(winners(engine, level, x, options));
    const bool is_first = &level == &result.levels.front(), is_last = level.groups == 1;
    if (is_first && with_position) {  // the positions of all are public
      Buffer<F> first(level.groups);
      for (std::size_t group = 0; group < level.groups; ++group) first[group] = F(level.position(group, 0));
      position = constant(engine, std::span<const F>(first));
      const auto positions = position.shares();
      for (std::size_t member = 1; member < level.size; ++member)
        for (std::size_t group = 0; group < level.with(member); ++group)
          positions[group] += is_winner.shares()[(member - 1) * level.groups + group] * F(member);
    }
    std::vector<SharedOf<E>> columns;
    if (with_value || !is_last) columns.push_back(std::move(x));
    if (with_position && !is_first) columns.push_back(std::move(position));
    if (columns.empty()) break;
    columns = of_winners(engine, level, is_winner, std::move(columns));
    if (with_position && !is_first) {
      position = std::move(columns.back());
      columns.pop_back();
    }
    x = columns.empty() ? SharedOf<E>() : std::move(columns.front());
  }
  result.least = {std::move(x), std::move(position)};
  return result;
}
/// By the levels that take the least time on the engine's link.
template <ComparingEngine E>
Tournament<E> tournament(E& engine, SharedOf<E> x, const OrderOptions& options, bool with_value, bool with_position) {
  require_comparable<typename E::Value>(options);
  if (x.empty()) throw Error(ErrorCode::invalid_argument, "an empty vector has no least and no greatest value");
  auto levels = fastest_tree(x.size(), TournamentSeconds<E>(engine, options));
  return tournament(engine, std::move(x), options, std::move(levels), with_value, with_position);
}

/// For each value whether it is the winner of all levels, as 0 or 1.
/// Cost: for each level but the last, of m values in g groups, a round with m - g products.
template <ComparingEngine E>
SharedOf<E> one_hot(E& engine, const Tournament<E>& found) {
  using F = typename E::Value;
  using Share = typename SharedOf<E>::Share;
  SharedOf<E> marks = constant(engine, F(1));  // of the groups of a level: whether the winner of all is there
  for (std::size_t l = found.levels.size(); l > 0; --l) {
    const TournamentLevel& level = found.levels[l - 1];
    SharedOf<E> others = found.is_winner[l - 1];
    if (level.groups > 1) {
      Buffer<Share> of_groups;
      of_groups.reserve(others.size());
      for (std::size_t i = 0; i < others.size(); ++i)
        of_groups.push_back(std::as_const(marks).shares()[i % level.groups]);
      others = mul(engine, others, others.with_shares(std::move(of_groups)));
    }
    Buffer<Share> members(level.values());
    for (std::size_t group = 0; group < level.groups; ++group)
      members[level.position(group, 0)] = std::as_const(marks).shares()[group];
    for (std::size_t member = 1; member < level.size; ++member)
      for (std::size_t group = 0; group < level.with(member); ++group) {
        const Share& mark = std::as_const(others).shares()[(member - 1) * level.groups + group];
        members[level.position(group, member)] = mark;
        members[level.position(group, 0)] -= mark;
      }
    marks = marks.with_shares(std::move(members));
  }
  return marks;
}

}  // namespace detail

/// The least value and its position, counting from 0; the first of several equal ones.
///
/// Input: a vector of at least one value, as for less_than() with these options.
/// Security: perfect; nothing is revealed, how many are equal included.
/// Cost: levels, in each of which m values in groups of k, as equal as can be, become the g winners of the groups:
/// less_than() of all pairs within groups; for k > 2 ceil(log2(k - 1)) rounds with (m - g)(k - 2) conjunctions;
/// to_field() of m - g bits; and a round with two products for each group of at least two, or one on the first level. The
/// sizes of groups are those that take the least time on the engine's link by an estimate: two where bytes alone matter;
/// all values at once where rounds do, up to some hundred values; and otherwise groups that grow from level to level. For
/// n = 3 and 32 bits that is one level for N = 8 (14 rounds); for N = 1000 groups of 5, 9 and 23 on Link::local() and
/// lan() (43 rounds), of 17 and 59 on Link::metro() and world() (32 rounds), where groups of two take 110 rounds.
/// Errors: Error(invalid_argument) for an empty vector, or bits that the field cannot compare.
/// Source: [Valiant75], by levels of all pairs of ever larger groups.
template <ComparingEngine E>
Extremum<SharedOf<E>> minimum(E& engine, const SharedOf<E>& x, OrderOptions options = {}) {
  return detail::tournament(engine, x, options, true, true).least;
}
/// The greatest value and its position, counting from 0; the first of several equal ones. Input, security, cost and
/// errors as for minimum().
template <ComparingEngine E>
Extremum<SharedOf<E>> maximum(E& engine, const SharedOf<E>& x, OrderOptions options = {}) {
  auto greatest = minimum(engine, -x, options);  // comparisons look at differences alone
  return {-std::move(greatest.value), std::move(greatest.position)};
}

/// The position of the least value, counting from 0, as a vector of one; of several equal ones the first. Input, security
/// and errors as for minimum().
/// Cost: that of minimum() without a product on the last level, and its round where that is the only level.
template <ComparingEngine E>
SharedOf<E> argmin(E& engine, const SharedOf<E>& x, OrderOptions options = {}) {
  return detail::tournament(engine, x, options, false, true).least.position;
}
/// The same for the greatest value.
template <ComparingEngine E>
SharedOf<E> argmax(E& engine, const SharedOf<E>& x, OrderOptions options = {}) {
  return argmin(engine, -x, options);
}

/// For each value whether it is the least, the first of several equal ones: a 1 and otherwise 0. So dot() with another
/// column gives the entry that belongs to the least value.
/// Input, security and errors as for minimum().
/// Cost: that of minimum() with one product for each group below the last level, none there; and for each level but the
/// last, of m values in g groups, a round with m - g products.
template <ComparingEngine E>
SharedOf<E> one_hot_argmin(E& engine, const SharedOf<E>& x, OrderOptions options = {}) {
  return detail::one_hot(engine, detail::tournament(engine, x, options, false, false));
}
/// The same for the greatest value.
template <ComparingEngine E>
SharedOf<E> one_hot_argmax(E& engine, const SharedOf<E>& x, OrderOptions options = {}) {
  return one_hot_argmin(engine, -x, options);
}

}  // namespace parley
