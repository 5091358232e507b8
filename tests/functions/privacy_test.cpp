// SPDX-License-Identifier: Apache-2.0
// What any t parties see of a comparison or a median does not depend on the secrets: over all random choices on a tiny
// field, and by statistics where there are too many.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/prices.hpp"
#include "engine/statistics.hpp"
#include "engine/view.hpp"
#include "functions/observed.hpp"
#include "functions/on_engines.hpp"
#include "parley/core/integer.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/shamir_passive.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/functions/bits.hpp"
#include "parley/functions/compare.hpp"
#include "parley/functions/median.hpp"
#include "parley/net/recording.hpp"

namespace {

using namespace parley;
using namespace parley::test;

using F7 = SmallPrime<7>;

/// Two numbers to compare, of parties 0 and 1.
struct Inputs {
  std::size_t x, y;

  bool less() const { return (F7(x) - F7(y)).to_integer() > 3; }
  /// What party `party` may know: its own number, and the outcome where it is opened.
  std::size_t known_to(std::size_t party, bool opened) const {
    return (party == 0 ? x : party == 1 ? y : 0) + 7 * (opened && less() ? 1 : 0);
  }
};

/// Where `masked` is given, each party puts the masked differences there that it learns.
auto comparison(const std::vector<Inputs>& inputs, std::size_t t, const Link& link, bool opened,
                std::vector<Numbers>* masked = nullptr) {
  return [&inputs, t, link, opened, masked](Network& network, LaneTape tape, const Lanes& lanes) {
    using F = F7;
    Observed<ShamirPassiveEngine<F, LaneTape>> engine(network, {.privacy_threshold = t, .link = link}, std::move(tape));
    const auto x = input(engine, 0, lanes.values([&](std::size_t i) { return F(inputs[i].x); }), lanes.size());
    const auto y = input(engine, 1, lanes.values([&](std::size_t i) { return F(inputs[i].y); }), lanes.size());
    const auto less = less_than(engine, x, y);
    if (opened) open(engine, less);
    if (masked != nullptr && !engine.masked.empty()) (*masked)[network.self()] = engine.masked.front();
  };
}

/// Whether three parties' views of a comparison tell `party` more than it may know. Every choice that the party does
/// not draw itself is enumerated, and of those that it draws the masks (draw 0 of their streams); the others have one
/// value each. So the distributions compared are those given these values, and they have to be equal for each value of
/// a mask, because the party sees it.
std::string leak_to(std::size_t party, const std::vector<Inputs>& inputs, const Link& link, bool opened) {
  const std::vector<std::string> of_pairs = {"0.0", "0.1", "1.0"};  // of parties 0 and 1, 0 and 2, 1 and 2
  const std::string unknown = of_pairs[2 - party];
  const Views views = enumerate_views(
      3, inputs.size(), comparison(inputs, 1, link, opened), [&](const std::string& stream, std::size_t draw) {
        if (stream.starts_with(unknown)) return false;
        return draw != 0 || !(stream == "0.0/common" || stream == "0.1/dealt downwards");
      });
  std::vector<const Column*> columns;
  for (const Column& column : views.seen[party]) columns.push_back(&column);
  const auto counts = count_views(views, columns);
  std::string found;
  for_each_pair_alike(
      views, {party}, [&](std::size_t, std::size_t secret) { return inputs[secret].known_to(party, opened); },
      [&](std::size_t first, std::size_t second) {
        if (counts[first] != counts[second]) found = name_of({party}, first, second);
      });
  return found;
}

/// Nothing where the joint view of no set of t parties tells secrets apart that none of them may know, by any column, by
/// any pair of columns of one party, or by some thousand pairs of columns of two parties; else who can tell which. Wrong
/// with probability 1e-9 for each of these pairs and each two secrets. Of elements of GF(2^8) the low bits are taken,
/// where the secret bits are, so that pairs fall into few bins.
template <class Knows>
std::string sampled_leak(Views views, std::size_t t, Knows knows) {
  for (auto& columns : views.seen)
    for (Column& column : columns)
      for (std::uint8_t& entry : column) entry &= 7;
  std::string found = leak_in_samples(views, 1, knows);
  TestRandom random(1);
  for_each_subset(views.seen.size(), t, [&](const std::vector<std::size_t>& set) {
    for (int pair = 0; set.size() > 1 && pair < 1000; ++pair) {
      const std::size_t first = uniform_below(random, set.size() - 1);
      const std::size_t second = first + 1 + uniform_below(random, set.size() - 1 - first);
      const auto &of_first = views.seen[set[first]], &of_second = views.seen[set[second]];
      const std::size_t i = uniform_below(random, of_first.size()), j = uniform_below(random, of_second.size());
      const auto counts = count_pairs(views, of_first[i], of_second[j], 8, 8);
      for_each_pair_alike(views, set, knows, [&](std::size_t one, std::size_t other) {
        if (!look_alike(counts[one], counts[other])) found = name_of(set, one, other);
      });
    }
  });
  return found;
}

/// What a party draws and receives in one run of a protocol, and the outcomes that are opened in it.
struct View {
  std::vector<std::uint64_t> drawn;
  std::size_t drawn_in_shuffle;
  Bytes received;
  std::vector<Numbers> masked, outcomes;
};

/// Where the streams of the party that this thread is note what they hand out.
thread_local std::vector<std::uint64_t>* draws = nullptr;

template <class Source>
void fill_and_note(Source& source, std::span<std::byte> out) {
  source.fill(out);
  if (draws == nullptr) return;
  for (std::size_t i = 0; i + 8 <= out.size(); i += 8)
    draws->push_back(load_little_endian<std::uint64_t>(std::span<const std::byte, 8>(out.data() + i, 8)));
}

class NotingStream {
 public:
  NotingStream(const Seed& seed, Cipher cipher) : stream_(seed, cipher) {}
  void fill(std::span<std::byte> out) { fill_and_note(stream_, out); }
  NotingStream child(std::string_view label) const { return NotingStream(stream_.child(label)); }

 private:
  explicit NotingStream(RandomStream stream) : stream_(std::move(stream)) {}
  RandomStream stream_;
};

class NotingRandom {
 public:
  using Stream = NotingStream;
  explicit NotingRandom(TestRandom random) : random_(std::move(random)) {}
  void fill(std::span<std::byte> out) { fill_and_note(random_, out); }
  NotingRandom child(std::string_view label) const { return NotingRandom(random_.child(label)); }

 private:
  TestRandom random_;
};

/// views[party][run] of medians of `values`, of which nobody knows any.
std::vector<std::vector<View>> views_of_medians(const Setting& setting, const Numbers& values, std::size_t runs) {
  return simulate(setting.parties, [&](Network& network) {
    const std::size_t self = network.self();
    RecordingNetwork recording(network);
    Observed<ShamirPassiveEngine<F61, NotingRandom>> engine(
        recording, ShamirOptions{.privacy_threshold = setting.privacy_threshold, .link = slow_rounds},
        NotingRandom(TestRandom(values[0] * 100 + self)));
    median(engine, shared(engine, values));  // so that what an engine does once is done
    TestRandom dealer(values[1]);
    std::vector<View> views(runs);
    for (View& view : views) {
      draws = &view.drawn;
      engine.outcomes.clear();
      engine.masked.clear();
      engine.before_comparison = [&] { view.drawn_in_shuffle = view.drawn.size(); };
      const std::size_t before = recording.transcript().size();
      Buffer<F61> shares;  // of a dealer outside, whose polynomials all parties could compute but do not know
      for (const std::uint64_t value : values) {
        F61 share(value), power(1);
        for (std::size_t k = 0; k < setting.privacy_threshold; ++k) {
          power *= F61::embed(self + 1);
          share += uniform<F61>(dealer) * power;
        }
        shares.push_back(share);
      }
      for (const F61& share : shares) view.drawn.push_back(share.to_integer() << 3);
      median(engine, SharedOf<decltype(engine)>(std::move(shares)), {.bits = 8});
      for (std::size_t round = before; round < recording.transcript().size(); ++round)
        for (const Bytes& message : recording.transcript()[round].received)
          view.received.insert(view.received.end(), message.begin(), message.end());
      view.masked = engine.masked;
      view.outcomes = engine.outcomes;
    }
    draws = nullptr;
    return views;
  });
}

/// The views of medians of `secrets`, one lane for each run. The columns of a party are those of its draws, of which the
/// first shuffle_draws[party] were made in the shuffle, then halves of the bytes that it received, and low bits of the
/// masked values that were opened.
struct MedianViews {
  Views views;
  std::vector<std::size_t> shuffle_draws;
  Column outcome;  // that was opened
};

MedianViews median_views(const Setting& setting, const std::vector<Numbers>& secrets, std::size_t runs) {
  std::vector<std::vector<std::vector<View>>> of_secrets;
  for (const Numbers& values : secrets) of_secrets.push_back(views_of_medians(setting, values, runs));
  MedianViews all{{secrets.size(), secrets.size() * runs, {}, {}}, {}, {}};
  for (std::size_t lane = 0; lane < all.views.lanes; ++lane) {
    const std::size_t secret = lane % secrets.size();
    all.views.secret_of.push_back(secret);
    all.outcome.push_back(static_cast<std::uint8_t>(of_secrets[secret][0][lane / secrets.size()].outcomes.at(0).at(0)));
  }
  for (std::size_t party = 0; party < setting.parties; ++party) {
    const View& example = of_secrets[0][party][0];
    all.shuffle_draws.push_back(example.drawn_in_shuffle);
    std::vector<Column>& columns = all.views.seen.emplace_back();
    const auto add_column = [&](const auto& entry) {
      Column& column = columns.emplace_back();
      for (std::size_t lane = 0; lane < all.views.lanes; ++lane)
        column.push_back(
            static_cast<std::uint8_t>(entry(of_secrets[lane % secrets.size()][party][lane / secrets.size()])));
    };
    // the highest bit of a number among 2^64, which decides about a permutation of two; that of one among 2^61; that of
    // packed bits
    for (std::size_t i = 0; i < example.drawn.size(); ++i)
      add_column([i](const View& view) {
        const std::uint64_t word = view.drawn.at(i);
        return 4 * (word >> 63) + 2 * (word >> 60 & 1) + (word & 1);
      });
    for (std::size_t i = 0; i < example.received.size(); ++i)
      add_column([i](const View& view) { return std::to_integer<unsigned>(view.received.at(i)) & 15U; });
    for (std::size_t i = 0; i < example.masked.size(); ++i)
      add_column([i](const View& view) { return view.masked.at(i).at(0) & 15U; });
  }
  return all;
}

/// Nothing where no set of t parties tells the secrets apart by the outcome together with any column, or with the
/// highest bits of any two draws that were made in the shuffle; else who can. Wrong with a probability of 1e-9 for each
/// of these and each two secrets.
std::string median_leak(const MedianViews& medians, std::size_t t) {
  const Views& views = medians.views;
  std::string found;
  for_each_subset(views.seen.size(), t, [&](const std::vector<std::size_t>& set) {
    const auto compare = [&](const Column& first, const Column& second, std::size_t first_size,
                             std::size_t second_size) {
      const auto counts = count_pairs(views, first, second, first_size, second_size);
      for (std::size_t secret = 1; secret < views.secrets; ++secret)
        if (!look_alike(counts[0], counts[secret])) found = name_of(set, 0, secret);
    };
    std::vector<Column> with_outcome, alone;  // highest bits of the draws in the shuffle
    for (const std::size_t party : set) {
      for (const Column& column : views.seen[party]) compare(column, medians.outcome, 16, 2);
      for (std::size_t i = 0; i < medians.shuffle_draws[party]; ++i) {
        Column &both = with_outcome.emplace_back(), &highest = alone.emplace_back();
        for (std::size_t lane = 0; lane < views.lanes; ++lane) {
          highest.push_back(views.seen[party][i][lane] >> 2);
          both.push_back(static_cast<std::uint8_t>(2 * highest.back() + medians.outcome[lane]));
        }
      }
    }
    for (std::size_t i = 0; i < alone.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) compare(with_outcome[i], alone[j], 4, 2);
  });
  return found;
}

}  // namespace

TEST_CASE("a comparison tells each of three parties nothing but its outcome, over all random choices") {
  std::vector<Inputs> all, of_first, of_second;
  for (std::size_t i = 0; i < 7; ++i) {
    of_first.push_back({i, 5});
    of_second.push_back({5, i});
    for (std::size_t j = 0; j < 7; ++j) all.push_back({i, j});
  }
  constexpr Link rippling{1, 1e5};  // and of all comparisons at a time, as their random choices are enumerated together
  for (const Link& link : {slow_rounds, rippling})
    for (const bool opened : {false, true}) {
      CAPTURE(link.seconds_per_round, opened);
      CHECK(leak_to(0, of_second, link, opened) == "");
      CHECK(leak_to(1, of_first, link, opened) == "");
      CHECK(leak_to(2, all, link, opened) == "");
    }
}

TEST_CASE("a comparison tells parties no more than its outcome, in samples") {
  const std::vector<Inputs> inputs = {{0, 0}, {0, 1}, {1, 0}, {6, 1}, {3, 0}};
  // For this many lanes the circuits of the fewest conjunctions, and yet products of one round: through kings lanes would
  // be mixed, and products are tested by themselves.
  constexpr Link few_conjunctions{4000, 1};
  for (const Setting& setting :
       {Setting{4, 1, slow_rounds}, Setting{4, 1, few_conjunctions}, Setting{5, 2, slow_rounds}}) {
    CAPTURE(setting.parties, setting.link.seconds_per_round);
    std::vector<Numbers> masked(setting.parties);
    Views views = sample_views(setting.parties, inputs.size(), 1000, 1,
                               comparison(inputs, setting.privacy_threshold, setting.link, true, &masked));
    // it takes t + 1 shares to see what is opened, so a pair of columns would not tell
    for (std::size_t party = 0; party < setting.parties; ++party)
      views.seen[party].emplace_back(masked[party].begin(), masked[party].end());
    CHECK(sampled_leak(views, setting.privacy_threshold, [&](std::size_t party, std::size_t secret) {
            return inputs[secret].known_to(party, true);
          }) == "");
  }
}

TEST_CASE("short values tell parties nothing when they are split, those that are too long either, in samples") {
  const std::vector<Inputs> inputs = {{0, 0}, {0, 1}, {1, 0}, {9, 0}, {0, 22}, {9, 22}, {1, 22}};
  using F = SmallPrime<31>;
  using E = Observed<ShamirPassiveEngine<F, LaneTape>>;
  using Values = SharedOf<E>;
  static constexpr OrderOptions one_bit{.bits = 1};
  struct Split {
    const char* name;
    std::size_t bits;  // of masked numbers, for more than three parties
    void (*run)(E& engine, const Values& x, const Values& y);
  };
  const std::array<Split, 4> splits = {{
      {"less_than", 4, [](E& engine, const Values& x, const Values& y) { less_than(engine, x, y, one_bit); }},
      {"equal", 3, [](E& engine, const Values& x, const Values& y) { equal(engine, x, y, one_bit); }},
      {"between", 4, [](E& engine, const Values& x, const Values&) { between(engine, x, F(0), F(1), one_bit); }},
      {"to_bits", 3, [](E& engine, const Values& x, const Values&) { to_bits(engine, x, one_bit); }},
  }};
  for (const Setting& setting : {Setting{3, 1, slow_rounds}, Setting{4, 1, slow_rounds}, Setting{5, 2, slow_rounds}})
    for (const auto& [name, bits, run] : splits) {
      CAPTURE(setting.parties, name);
      std::vector<Numbers> masked(setting.parties);
      Views views = sample_views(
          setting.parties, inputs.size(), 1000, 2,
          [&inputs, &setting, &masked, run = run](Network& network, LaneTape tape, const Lanes& lanes) {
            E engine(network, {.privacy_threshold = setting.privacy_threshold, .link = setting.link}, std::move(tape));
            const auto x = input(engine, 0, lanes.values([&](std::size_t i) { return F(inputs[i].x); }), lanes.size());
            const auto y = input(engine, 1, lanes.values([&](std::size_t i) { return F(inputs[i].y); }), lanes.size());
            run(engine, x, y);
            if (!engine.masked.empty()) masked[network.self()] = engine.masked.front();
          });
      const bool has_opened = setting.parties > 3;  // fewer bits than the five that a field element has
      for (std::size_t party = 0; party < setting.parties && has_opened; ++party) {
        REQUIRE(*std::ranges::max_element(masked[party]) == (std::size_t{1} << bits) - 1);
        views.seen[party].emplace_back(masked[party].begin(), masked[party].end());
      }
      CHECK(sampled_leak(views, setting.privacy_threshold, [&](std::size_t party, std::size_t secret) {
              return party == 0 ? inputs[secret].x : party == 1 ? inputs[secret].y : 0;
            }) == "");
    }
}

TEST_CASE("a median of two tells parties nothing, not by the outcome and what they know of the shuffle either") {
  // With two values one comparison is opened, and each random permutation is one choice of two: all that two of them
  // and the outcome tell is in one histogram.
  const std::vector<Numbers> secrets = {{1, 2}, {2, 1}, {7, 7}};
  CHECK(median_leak(median_views({3, 1, slow_rounds}, secrets, 500), 1) == "");
  CHECK(median_leak(median_views({5, 2, slow_rounds}, secrets, 200), 2) == "");  // through permutation networks
}
