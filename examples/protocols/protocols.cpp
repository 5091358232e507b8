// SPDX-License-Identifier: Apache-2.0
// The protocols of the examples, over the passive or the active Shamir engine.
#include "../protocols.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/shamir_active.hpp"
#include "parley/engine/shamir_passive.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/functions/compare.hpp"
#include "parley/functions/joint.hpp"
#include "parley/functions/median.hpp"
#include "parley/functions/minimum.hpp"
#include "parley/functions/sum.hpp"

namespace examples {

namespace {

using F = parley::Mersenne61;

/// Either of two sources, so that there is one engine of each kind to be compiled.
class EitherRandom {
 public:
  explicit EitherRandom(const Randomness& randomness) : source_(source_of(randomness)) {}

  void fill(std::span<std::byte> out) {
    std::visit([&](auto& source) { source.fill(out); }, source_);
  }
  [[nodiscard]] EitherRandom child(std::string_view label) {
    return std::visit([&](auto& source) { return EitherRandom(Source(source.child(label))); }, source_);
  }

 private:
  using Source = std::variant<parley::SystemRandom, parley::TestRandom>;

  explicit EitherRandom(Source source) : source_(std::move(source)) {}
  static Source source_of(const Randomness& randomness) {
    if (!randomness.seed) return parley::SystemRandom();
    return parley::TestRandom(*randomness.seed).child(randomness.label);
  }

  Source source_;
};

void begin(const Setting& setting, std::string_view phase, std::uint64_t expected_rounds = 0) {
  if (setting.on_phase) setting.on_phase(phase, expected_rounds);
}

/// What protocol(engine) gives on the engine that is asked for.
template <class Protocol>
auto run_on_engine(const Setting& setting, Protocol protocol) {
  begin(setting, "agree on keys");
  if (setting.active) {
    auto engine = parley::shamir_active<F>(setting.network, {}, EitherRandom(setting.randomness));
    return protocol(engine);
  }
  auto engine = parley::shamir_passive<F>(setting.network, {}, EitherRandom(setting.randomness));
  return protocol(engine);
}

/// The sums over all parties of the numbers of each.
template <parley::ArithmeticEngine E>
parley::SharedOf<E> totals_of(E& engine, const std::vector<F>& mine) {
  const auto all = input_all(engine, mine);
  auto totals = all.slice(0, mine.size());
  for (std::size_t party = 1; party < engine.parties(); ++party) totals += all.slice(mine.size() * party, mine.size());
  return totals;
}

/// That each party's number is one that can be compared, whatever a deviating one has given; who has not is named.
/// The signs say it of every field element: where x is not negative, greatest_number - x does not wrap around.
template <parley::ComparingEngine E>
void require_numbers(E& engine, const parley::SharedOf<E>& numbers) {
  const auto negative = less_than(engine, numbers, F{0}), too_great = less_than(engine, F{greatest_number}, numbers);
  const auto wrong = open(engine, or_(engine, negative, too_great));
  for (std::size_t party = 0; party < wrong.size(); ++party)
    if (wrong[party] != 0)
      throw parley::Error(parley::ErrorCode::verification_failed, party,
                          "party " + std::to_string(party) + " gave a number above the greatest that is taken");
}

}  // namespace

std::uint64_t add_up(const Setting& setting, std::uint64_t mine) {
  return run_on_engine(setting, [&](auto& engine) {
    begin(setting, "add up", engine.cost().rounds + 2);
    return open(engine, totals_of(engine, {F{mine}})).front().to_integer();
  });
}

std::optional<Statistics> survey(const Setting& setting, std::span<const std::uint64_t> mine, std::uint64_t maximum,
                                 std::uint64_t least_entries) {
  return run_on_engine(setting, [&](auto& engine) -> std::optional<Statistics> {
    begin(setting, "count and add up");
    const auto start = engine.cost();
    const auto totals =
        totals_of(engine, {F{mine.size()}, F{std::accumulate(mine.begin(), mine.end(), std::uint64_t{0})}});
    const auto too_few = open(engine, less_than(engine, totals[0], F{least_entries}));
    if (too_few.front() != 0) return std::nullopt;
    const auto opened = open(engine, totals);

    // joint_quantiles() takes one step more than there are bits, each of an input, a comparison and an opening: what
    // has just been done, but for the last opening.
    const auto bits = static_cast<std::size_t>(std::bit_width(maximum));
    const std::uint64_t so_far = engine.cost().rounds, step = so_far - start.rounds - 1;
    begin(setting, "find the deciles", so_far + (bits + 1) * step);
    return Statistics{opened[0].to_integer(), opened[1].to_integer(),
                      joint_quantiles(engine, mine, 10, {.bits = bits, .verify_lists = setting.active})};
  });
}

std::optional<std::uint64_t> find_median(const Setting& setting, std::span<const std::uint64_t> mine,
                                         std::uint64_t maximum, std::uint64_t least_entries) {
  return run_on_engine(setting, [&](auto& engine) -> std::optional<std::uint64_t> {
    begin(setting, "count");
    const auto start = engine.cost();
    const auto too_few = open(engine, less_than(engine, totals_of(engine, {F{mine.size()}}), F{least_entries}));
    if (too_few.front() != 0) return std::nullopt;
    const auto bits = static_cast<std::size_t>(std::bit_width(maximum));
    const std::uint64_t so_far = engine.cost().rounds, step = so_far - start.rounds;
    begin(setting, "find the median", so_far + (bits + 1) * step);
    return joint_quantiles(engine, mine, 2, {.bits = bits, .verify_lists = setting.active}).front();
  });
}

AuctionOutcome auction(const Setting& setting, std::uint64_t bid, std::uint64_t reserve, Price price) {
  return run_on_engine(setting, [&](auto& engine) {
    begin(setting, "find the winner");
    const auto all = input_all(engine, F{bid});
    if (setting.active) require_numbers(engine, all);
    const auto bids = concat(all, constant(engine, F{reserve}));
    const auto [highest, position] = maximum(engine, bids);

    AuctionOutcome outcome;
    const std::uint64_t winner = open(engine, position).front().to_integer();
    if (winner == engine.parties()) return outcome;  // the seller, in which case the bids' order stays secret
    begin(setting, "find the price");
    outcome.winner = winner;
    if (price == Price::first) {
      outcome.price = open(engine, highest).front().to_integer();
      return outcome;
    }
    // The winner is public, so leaving out his bid tells nothing.
    std::vector<std::size_t> others;
    for (std::size_t i = 0; i < bids.size(); ++i)
      if (i != winner) others.push_back(i);
    outcome.price = open(engine, maximum(engine, bids.gather(others)).value).front().to_integer();
    return outcome;
  });
}

}  // namespace examples
