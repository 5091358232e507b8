// SPDX-License-Identifier: Apache-2.0
// What sets of parties see of a protocol, counted over all its random choices, or over many.
//
// How to test that a protocol is private. Write it as a program on a batch of lanes.size() entries, and let
// enumerate_views() run it: each lane has one of the secrets and one of all the tapes of random choices, so that one
// run of the batch is the protocol on every secret with every tape. The view of a set of parties in a lane is all they
// draw and all they receive, in that lane. It must be as frequent with one secret as with any other that the set cannot
// tell from it by its own inputs and outputs:
//
//   using F = SmallPrime<7>;
//   const auto views = enumerate_views(3, 49, [](Network& network, LaneTape tape, const Lanes& lanes) {
//     auto engine = shamir_passive<F>(network, {}, std::move(tape));  // the first round is the engine's own: no lanes
//     const auto x = input(engine, 0, lanes.values([](std::size_t secret) { return F(secret % 7); }), lanes.size());
//     const auto y = input(engine, 1, lanes.values([](std::size_t secret) { return F(secret / 7); }), lanes.size());
//     mul(engine, x, y);
//   });
//   // party 0 knows x, party 1 knows y, party 2 nothing, and no party anything more:
//   CHECK(leak(views, 1, [](std::size_t party, std::size_t secret) {
//     return party == 0 ? secret % 7 : party == 1 ? secret / 7 : 0;
//   }) == "");
//
// What an output reveals is told by the same function: have it return the output, together with the inputs. A random
// result is made the secret by with_secrets(): it is uniform and unknown where no result has more of any view. Where
// there are too many tapes, sample_views() runs the protocol on many random ones, and leak_in_samples() compares what any t
// parties see column by column and in pairs of columns; or enumerate_views() is told which choices to fix.
//
// What a program has to keep: fields of at most 256 elements (SmallPrime, GF256); vectors of lanes.size() entries, or
// of a multiple of it where the position modulo lanes.size() is the lane (concatenations of batches); no control flow
// that depends on what is opened. Messages are read as lanes of whole bytes, or of bits where they are shorter than
// that: replicated bits of less than eight planes at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "engine/lane_tape.hpp"
#include "engine/statistics.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/net/network.hpp"
#include "parley/net/recording.hpp"
#include "sharing/enumeration.hpp"

namespace parley::test {

/// The lanes of a batch as a program sees them.
class Lanes {
 public:
  explicit Lanes(const Tapes& tapes) : size_(tapes.lanes()), secrets_(tapes.secrets()) {}

  std::size_t size() const { return size_; }
  /// value(secret) of the secret of each lane.
  template <class Value>
  auto values(Value value) const {
    std::vector<decltype(value(std::size_t{}))> all;
    all.reserve(size_);
    for (std::size_t lane = 0; lane < size_; ++lane) all.push_back(value(lane % secrets_));
    return all;
  }

 private:
  std::size_t size_, secrets_;
};

/// seen[p] has a column for every random choice that party p draws and every byte or bit that it receives in a lane;
/// lane l has the secret secret_of[l], one of 0, ..., secrets - 1.
struct Views {
  std::size_t secrets, lanes;
  std::vector<std::vector<Column>> seen;
  std::vector<std::size_t> secret_of;
};

/// The columns of a message.
inline void append_columns(std::vector<Column>& columns, const Bytes& message, std::size_t lanes) {
  if (message.size() >= lanes) {
    if (message.size() % lanes != 0) throw std::logic_error("a message does not fall into lanes of bytes");
    for (std::size_t first = 0; first < message.size(); first += lanes) {
      Column& column = columns.emplace_back(lanes);
      for (std::size_t lane = 0; lane < lanes; ++lane)
        column[lane] = std::to_integer<std::uint8_t>(message[first + lane]);
    }
    return;
  }
  // bits of whole planes, and less than a byte of filling
  for (std::size_t first = 0; first + lanes <= message.size() * 8; first += lanes) {
    Column& column = columns.emplace_back(lanes);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const std::size_t position = first + lane;
      column[lane] = std::to_integer<std::uint8_t>(message[position / 8]) >> (position % 8) & 1;
    }
  }
}

/// Runs the program once on all lanes.
template <class Program>
Views run_in_lanes(std::size_t parties, Tapes& tapes, const Program& program) {
  const Lanes lanes(tapes);
  auto seen = simulate(parties, [&](Network& network) {
    RecordingNetwork recording(network);
    program(recording, LaneTape(tapes, network.self()), lanes);
    std::vector<Column> columns = tapes.drawn(network.self());
    for (std::size_t round = 1; round < recording.transcript().size(); ++round)
      for (const Bytes& message : recording.transcript()[round].received)
        append_columns(columns, message, lanes.size());
    return columns;
  });
  return {tapes.secrets(), tapes.lanes(), std::move(seen), lanes.values([](std::size_t secret) { return secret; })};
}

/// The views of all parties for each of `secrets` secrets (numbered from 0) with each combination of random choices but
/// those that are fixed. program(network, tape, lanes) runs at every party.
template <class Program>
Views enumerate_views(std::size_t parties, std::size_t secrets, const Program& program, Tapes::Fixed fixed = {}) {
  Tapes tapes(parties, secrets, std::move(fixed));
  simulate(parties, [&](Network& network) {  // once on one tape, to see which choices there are
    program(network, LaneTape(tapes, network.self()), Lanes(tapes));
  });
  tapes.enumerate();
  return run_in_lanes(parties, tapes, program);
}

/// The views for each of `secrets` secrets with each of `samples` tapes of independent random choices.
template <class Program>
Views sample_views(std::size_t parties, std::size_t secrets, std::size_t samples, std::uint64_t seed,
                   const Program& program) {
  Tapes tapes(parties, secrets);
  tapes.sample(samples, seed);
  return run_in_lanes(parties, tapes, program);
}

/// The same views with another secret in each lane: what came out at random and is to be uniform, and unknown.
inline Views with_secrets(Views views, std::size_t secrets, std::vector<std::size_t> secret_of) {
  views.secrets = secrets;
  views.secret_of = std::move(secret_of);
  return views;
}

/// The low bits of all that is seen, for samples of bytes too few for all pairs of bytes to occur.
inline Views low_bits(Views views, unsigned bits) {
  for (auto& columns : views.seen)
    for (Column& column : columns)
      for (std::uint8_t& entry : column) entry &= static_cast<std::uint8_t>((1U << bits) - 1);
  return views;
}

/// Numbers the joint entries of columns: result[lane] is equal for two lanes exactly where all their entries are, and
/// below the number of different ones, which is returned as well.
inline std::pair<std::vector<std::uint32_t>, std::size_t> joint_entries(const std::vector<const Column*>& columns,
                                                                        std::size_t lanes) {
  std::vector<std::uint32_t> number(lanes);
  std::size_t count = 1;
  std::vector<std::uint32_t> renumbered;
  for (const Column* column : columns) {
    constexpr auto none = std::numeric_limits<std::uint32_t>::max();
    const std::size_t size = std::size_t{*std::ranges::max_element(*column)} + 1;
    renumbered.assign(count * size, none);
    count = 0;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      std::uint32_t& renumber = renumbered[number[lane] * size + (*column)[lane]];
      if (renumber == none) renumber = static_cast<std::uint32_t>(count++);
      number[lane] = renumber;
    }
  }
  return {std::move(number), count};
}

/// counts[secret][joint entry] of some columns.
inline std::vector<std::vector<std::size_t>> count_views(const Views& views,
                                                         const std::vector<const Column*>& columns) {
  const auto [number, different] = joint_entries(columns, views.lanes);
  std::vector<std::vector<std::size_t>> counts(views.secrets, std::vector<std::size_t>(different));
  for (std::size_t lane = 0; lane < views.lanes; ++lane) ++counts[views.secret_of[lane]][number[lane]];
  return counts;
}

/// Calls compare(first, second) for pairs of secrets that a set of parties cannot tell apart by what they know; these
/// pairs connect all of the secrets that they cannot tell apart.
template <class Knows, class Compare>
void for_each_pair_alike(const Views& views, const std::vector<std::size_t>& set, Knows knows, Compare compare) {
  std::map<std::vector<std::size_t>, std::size_t> first_with;
  for (std::size_t secret = 0; secret < views.secrets; ++secret) {
    std::vector<std::size_t> known;
    for (const std::size_t party : set) known.push_back(static_cast<std::size_t>(knows(party, secret)));
    const auto [entry, is_new] = first_with.try_emplace(known, secret);
    if (!is_new) compare(entry->second, secret);
  }
}

inline std::string name_of(const std::vector<std::size_t>& set, std::size_t first, std::size_t second) {
  std::string name = "parties";
  for (const std::size_t party : set) name += " " + std::to_string(party);
  return name + " tell secret " + std::to_string(first) + " from " + std::to_string(second);
}

/// Nothing where the joint view of every set of t parties has exactly the same distribution for all secrets that are
/// the same to each party of the set by knows(party, secret), a number; else who can tell which.
template <class Knows>
std::string leak(const Views& views, std::size_t t, Knows knows) {
  std::string found;
  for_each_subset(views.seen.size(), t, [&](const std::vector<std::size_t>& set) {
    std::vector<const Column*> columns;
    for (const std::size_t party : set)
      for (const Column& column : views.seen[party]) columns.push_back(&column);
    const auto counts = count_views(views, columns);
    for_each_pair_alike(views, set, knows, [&](std::size_t first, std::size_t second) {
      if (found.empty() && counts[first] != counts[second]) found = name_of(set, first, second);
    });
  });
  return found;
}

/// counts[secret][joint entry] of two columns whose entries are below their sizes.
inline std::vector<std::vector<std::size_t>> count_pairs(const Views& views, const Column& first, const Column& second,
                                                         std::size_t first_size, std::size_t second_size) {
  std::vector<std::vector<std::size_t>> counts(views.secrets, std::vector<std::size_t>(first_size * second_size));
  for (std::size_t lane = 0; lane < views.lanes; ++lane)
    ++counts[views.secret_of[lane]][first[lane] * second_size + second[lane]];
  return counts;
}

/// The same for samples, and for single columns and pairs of columns of the joint view. A protocol that is private is
/// found to leak with a probability of 1e-9 for each pair and each two secrets that are compared.
template <class Knows>
std::string leak_in_samples(const Views& views, std::size_t t, Knows knows) {
  std::string found;
  for_each_subset(views.seen.size(), t, [&](const std::vector<std::size_t>& set) {
    std::vector<const Column*> columns;
    std::vector<std::size_t> sizes;
    for (const std::size_t party : set)
      for (const Column& column : views.seen[party]) {
        columns.push_back(&column);
        sizes.push_back(std::size_t{*std::ranges::max_element(column)} + 1);
      }
    for (std::size_t i = 0; i < columns.size(); ++i)
      for (std::size_t j = i; j < columns.size(); ++j) {
        const auto counts = count_pairs(views, *columns[i], *columns[j], sizes[i], sizes[j]);
        for_each_pair_alike(views, set, knows, [&](std::size_t first, std::size_t second) {
          if (found.empty() && !look_alike(counts[first], counts[second]))
            found = name_of(set, first, second) + " by columns " + std::to_string(i) + " and " + std::to_string(j);
        });
      }
  });
  return found;
}

}  // namespace parley::test
