// SPDX-License-Identifier: Apache-2.0
// Alice, Bob and Charlie learn the median of their private numbers. Shows what each of them received on the way, what it
// cost, and that it is noise: the same, bit for bit, as if the others had held other numbers.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command_line.hpp"
#include "noise.hpp"
#include "numbers.hpp"
#include "parley/parley.hpp"
#include "progress.hpp"

namespace {

using namespace examples;
using F = parley::Mersenne61;

/// Comparisons in Mersenne61 are of numbers below 2^59.
constexpr std::uint64_t greatest_number = (std::uint64_t{1} << 59) - 1;

constexpr std::array<std::string_view, 4> phases = {"agree on keys", "share the numbers", "find the median",
                                                    "open the median"};

/// What one party has of one run.
struct Run {
  std::uint64_t median = 0;
  std::vector<std::uint64_t> last_rounds;  // of each phase
  parley::Cost cost;
  std::vector<parley::RecordedRound> rounds;
};

/// The protocol among all parties, each of which draws its randomness from random_of(party).
template <class RandomOf>
std::vector<Run> run_protocol(const std::vector<NamedNumber>& parties, const RandomOf& random_of) {
  return parley::simulate(parties.size(), [&](parley::Network& network) {
    parley::RecordingNetwork recording(network);
    Run run;
    const auto end_phase = [&] { run.last_rounds.push_back(recording.cost().rounds); };

    auto engine = parley::shamir_passive<F>(recording, {}, random_of(recording.self()));
    end_phase();
    const auto numbers = input_all(engine, F{parties[engine.self()].number});
    end_phase();
    const auto median = parley::median(engine, numbers);
    end_phase();
    run.median = open(engine, median).front().to_integer();
    end_phase();

    run.cost = engine.cost();
    run.rounds = recording.transcript();
    return run;
  });
}

/// Numbers that are as different as can be and have the same median: its owner keeps it, whoever had more than the
/// others has 0, and whoever had less has the greatest number there is.
std::vector<NamedNumber> with_other_numbers(std::vector<NamedNumber> parties, std::uint64_t median) {
  const auto owner =
      static_cast<std::size_t>(std::ranges::find(parties, median, &NamedNumber::number) - parties.begin());
  std::vector<std::size_t> others;
  for (std::size_t p = 0; p < parties.size(); ++p)
    if (p != owner) others.push_back(p);
  std::ranges::stable_sort(others, std::ranges::greater{}, [&](std::size_t p) { return parties[p].number; });
  const std::size_t before_median = (parties.size() + 1) / 2 - 1;  // the median is the ceil(n / 2)-th smallest
  for (std::size_t i = 0; i < others.size(); ++i) parties[others[i]].number = i < before_median ? 0 : greatest_number;
  return parties;
}

parley::Bytes received_in(const parley::RecordedRound& round) {
  parley::Bytes all;
  for (const parley::Bytes& message : round.received) all.insert(all.end(), message.begin(), message.end());
  return all;
}

// ---- what everybody received ----

constexpr std::size_t count_width = 6, bytes_shown = 6, bytes_width = 1 + 3 * bytes_shown;

/// "    24  9f 3c 11 0a 8e 77": how many bytes, and the first of them.
std::string cell(const parley::Bytes& bytes, bool with_bytes) {
  std::string text = right_aligned(bytes.empty() ? "-" : std::to_string(bytes.size()), count_width);
  if (!with_bytes) return text;
  std::string shown;
  for (std::size_t i = 0; i < std::min(bytes_shown, bytes.size()); ++i) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto byte = std::to_integer<unsigned>(bytes[i]);
    shown += {' ', digits[byte >> 4], digits[byte & 15]};
  }
  return text + ' ' + left_aligned(shown, bytes_width - 1);
}

void print_line(const std::string& line) { std::cout << line.substr(0, line.find_last_not_of(' ') + 1) << '\n'; }

void print_received(const std::vector<NamedNumber>& parties, const std::vector<Run>& runs, bool with_bytes) {
  constexpr std::size_t side_by_side = 3;
  const std::size_t width = std::max(count_width + (with_bytes ? bytes_width : 0), longest_name(parties, 0));
  std::cout << "What each received in every round: how many bytes" << (with_bytes ? ", and the first of them" : "")
            << ".\n";
  for (std::size_t first = 0; first < parties.size(); first += side_by_side) {
    const std::size_t last = std::min(parties.size(), first + side_by_side);
    std::string titles = "\n  round";
    for (std::size_t p = first; p < last; ++p)
      titles += "  " + (with_bytes ? left_aligned(std::string(count_width - 1, ' ') + parties[p].name, width)
                                   : right_aligned(parties[p].name, width));
    print_line(titles);
    std::size_t round = 0;
    for (std::size_t phase = 0; phase < phases.size(); ++phase) {
      std::cout << "  " << phases[phase] << '\n';
      for (; round < runs[first].last_rounds[phase]; ++round) {
        std::string line = right_aligned(std::to_string(round + 1), 7);
        for (std::size_t p = first; p < last; ++p) {
          const std::string received = cell(received_in(runs[p].rounds[round]), with_bytes);
          line += "  " + (with_bytes ? left_aligned(received, width) : right_aligned(received, width));
        }
        print_line(line);
      }
    }
  }
  if (with_bytes) std::cout << "\n(The messages of round 1 begin with the protocol's name, in clear.)\n";
}

void print_cost(const std::vector<NamedNumber>& parties, const std::vector<Run>& runs) {
  const std::size_t names = longest_name(parties, 8);
  const auto print = [&](const std::string& name, const std::array<std::string, 4>& cells) {
    std::cout << "  " << left_aligned(name, names);
    for (const std::string& text : cells) std::cout << right_aligned(text, 16);
    std::cout << '\n';
  };
  std::cout << "\nWhat it cost:\n\n";
  print("", {"rounds", "messages sent", "bytes sent", "bytes received"});
  for (std::size_t p = 0; p < parties.size(); ++p) {
    const parley::Cost& cost = runs[p].cost;
    print(parties[p].name,
          {grouped(cost.rounds), grouped(cost.messages), grouped(cost.bytes_sent), grouped(cost.bytes_received)});
  }
}

// ---- that it is noise ----

/// What each party received in many runs on the same numbers, up to the first round of which the sizes vary (they do
/// where more than eight numbers are compared: then they depend on the order after a random shuffle).
class Series {
 public:
  explicit Series(std::size_t parties) : messages_(parties) {}

  void add(const std::vector<Run>& runs) {
    for (std::size_t p = 0; p < runs.size(); ++p) {
      std::vector<parley::Bytes> rounds;
      for (const parley::RecordedRound& round : runs[p].rounds) rounds.push_back(received_in(round));
      messages_[p].push_back(std::move(rounds));
    }
  }
  /// In how many rounds, from the first, all parties received as much in every run of both series.
  [[nodiscard]] std::size_t common_rounds(const Series& other) const {
    std::size_t common = messages_.front().front().size();
    for (const Series* series : {this, &other})
      for (std::size_t p = 0; p < messages_.size(); ++p)
        for (const auto& run : series->messages_[p]) {
          std::size_t round = 0;
          while (round < std::min(common, run.size()) && run[round].size() == messages_[p].front()[round].size())
            ++round;
          common = round;
        }
    return common;
  }
  [[nodiscard]] BitCounts count(std::size_t party, std::size_t rounds) const {
    BitCounts counts;
    for (const auto& run : messages_[party]) {
      parley::Bytes all;
      for (std::size_t round = 0; round < rounds; ++round) all.insert(all.end(), run[round].begin(), run[round].end());
      counts.add(all);
    }
    return counts;
  }

 private:
  std::vector<std::vector<std::vector<parley::Bytes>>> messages_;  // [party][run][round]
};

/// A histogram of how often each free bit was 1, beside the expectation for fair coins.
void print_histogram(const std::vector<NoiseReport>& reports, const std::vector<BitCounts>& first,
                     const std::vector<BitCounts>& second) {
  const std::uint32_t runs = first.front().runs();
  const double deviation = std::sqrt(runs / 4.0);
  const auto bin_of = [&](std::uint32_t ones) {
    return static_cast<int>(std::lround(std::clamp((ones - runs / 2.0) / deviation, -3.0, 3.0)));
  };
  struct Bin {
    std::uint32_t least, most;
    std::size_t bits[2] = {0, 0};
  };
  std::map<int, Bin> bins;
  for (std::uint32_t ones = 0; ones <= runs; ++ones)
    bins.try_emplace(bin_of(ones), Bin{ones, ones}).first->second.most = ones;
  std::size_t free = 0;
  for (std::size_t p = 0; p < reports.size(); ++p) {
    free += reports[p].free.size();
    for (const std::size_t bit : reports[p].free) {
      ++bins[bin_of(first[p].ones()[bit])].bits[0];
      ++bins[bin_of(second[p].ones()[bit])].bits[1];
    }
  }
  std::cout << "\n  a bit was 1 in       bits: these numbers   others   fair coins\n";
  for (const auto& [ignored, bin] : bins) {
    const double coins = static_cast<double>(free) * probability_of_heads(runs, bin.least, bin.most);
    const auto bar = 50 * bin.bits[0] / std::max<std::size_t>(1, free);
    std::cout << std::setw(6) << bin.least << " to" << std::setw(4) << bin.most << " runs" << std::setw(23)
              << bin.bits[0] << std::setw(9) << bin.bits[1] << std::setw(13) << std::lround(coins) << "  "
              << std::string(bar, '#') << '\n';
  }
}

/// A line for each party.
void print_statistics(const std::vector<NamedNumber>& parties, const std::vector<NoiseReport>& reports) {
  const auto fixed = [](double value, int decimals) {
    std::ostringstream out;
    out << std::fixed << std::setprecision(decimals) << value;
    return out.str();
  };
  const std::size_t names = longest_name(parties, 8);
  std::cout
      << "\n  The probability that fair coins deviate from one half as much, all of them together (chi-square) and\n"
         "  the most biased one; in each column first with these numbers, then with the others. Bits that were\n"
         "  the same in all runs (padding, the protocol's name) are left out.\n\n  "
      << left_aligned("", names) << "      bits  left out            ones   all together    most biased\n";
  for (std::size_t p = 0; p < parties.size(); ++p) {
    const NoiseReport& report = reports[p];
    const auto& [a, b] = report.series;
    std::cout << "  " << left_aligned(parties[p].name, names) << right_aligned(std::to_string(report.bits), 10)
              << right_aligned(std::to_string(report.bits - report.free.size()), 10)
              << right_aligned(fixed(100 * a.share_of_ones, 1) + " % " + fixed(100 * b.share_of_ones, 1) + " %", 16)
              << right_aligned(fixed(a.all, 3) + "  " + fixed(b.all, 3), 15)
              << right_aligned(fixed(a.worst, 3) + "  " + fixed(b.worst, 3), 15) << '\n';
  }
}

/// Repeats the protocol and prints what came of it; std::runtime_error where it is not noise.
template <class RandomOf>
void print_noise(const std::vector<NamedNumber>& parties, std::uint64_t median, std::size_t repetitions, bool brief,
                 Progress& progress, const RandomOf& random_of) {
  const std::vector<NamedNumber> others = with_other_numbers(parties, median);
  Series these(parties.size()), other(parties.size());
  for (std::size_t i = 0; i < 2 * repetitions; ++i) {
    const bool is_other = i % 2 != 0;
    const std::vector<Run> runs =
        run_protocol(is_other ? others : parties, [&](std::size_t party) { return random_of(i + 1, party); });
    for (const Run& run : runs)
      if (run.median != median) throw std::runtime_error("a repetition found another median");
    (is_other ? other : these).add(runs);
    progress.update("repeating the protocol", static_cast<double>(i + 1) / static_cast<double>(2 * repetitions));
  }
  progress.clear();

  const std::size_t rounds = these.common_rounds(other);
  std::cout << "\nIs it noise? The same " << repetitions << " times more with these numbers, and " << repetitions
            << " times with others that have the same median:\n\n";
  for (const NamedNumber& party : others)
    std::cout << "  " << left_aligned(party.name, longest_name(parties, 8)) << right_aligned(grouped(party.number), 24)
              << '\n';
  std::cout << "\nHow often was each bit that was received in rounds 1 to " << rounds << " a 1?\n";

  std::vector<BitCounts> first, second;
  std::vector<NoiseReport> reports;
  for (std::size_t p = 0; p < parties.size(); ++p) {
    first.push_back(these.count(p, rounds));
    second.push_back(other.count(p, rounds));
    reports.push_back(look_for_noise(first.back(), second.back()));
  }
  if (!brief) {
    print_histogram(reports, first, second);
    print_statistics(parties, reports);
  }
  for (std::size_t p = 0; p < parties.size(); ++p)
    if (!reports[p].is_noise())
      throw std::runtime_error("what " + parties[p].name + " received is not noise: its bits are not fair coins");
  std::cout << "\nIt is noise: nobody's messages tell one set of numbers from the other, or either from fair coins.\n";
}

std::size_t default_repetitions(std::size_t parties) { return parties <= 4 ? 100 : parties <= 8 ? 20 : 0; }

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Several parties, by default Alice, Bob and Charlie, learn the median of their private numbers and nothing "
      "else.\n"
      "All parties are simulated in this process, so that it can show what each of them received on the way.",
      "median");
  std::vector<std::string> arguments = {"Alice=92", "Bob=67", "Charlie=103"};
  std::uint64_t seed = 0;
  bool brief = false, with_progress = false;
  std::size_t repetitions = 0;
  app.add_option("numbers", arguments,
                 "At least three parties and their numbers, from 0 to 2^59 - 1. The median of an even number of\n"
                 "numbers is the lower one of the two in the middle")
      ->type_name("NAME=NUMBER");
  const auto* repetitions_given =
      app.add_option("--repetitions", repetitions,
                     "How many runs on these and on other numbers to compare, to see that what is received is noise;\n"
                     "0 for none. Default: 100 for up to 4 parties, 20 for up to 8, else 0 (it takes long)")
          ->type_name("RUNS");
  app.get_option("--repetitions")->check(CLI::Range(0, 100'000));
  app.add_flag("--brief", brief, "Leave out everything random: received bytes and statistics");
  app.add_flag("--progress", with_progress, "Say how far it is, also where the error output is no terminal");
  const auto* reproducible = add_reproducible(app, seed);
  app.footer(std::string("Example: median Ann=3 Ben=14 Cleo=15 Dora=9 Emil=26\n\n") + exit_status_help);

  return run(app, argc, argv, [&] {
    const std::vector<NamedNumber> parties = parse_named_numbers(arguments, greatest_number);
    if (parties.size() < 3)
      throw std::runtime_error("at least three parties are needed, most of whom keep to the protocol");
    if (repetitions_given->empty()) repetitions = default_repetitions(parties.size());
    if (repetitions > 0 && repetitions < 10) throw std::runtime_error("fewer than 10 repetitions show nothing");
    if (!reproducible->empty()) std::cout << reproducible_warning;

    std::cout << enumerated(parties) << " learn the median of their numbers, and nothing else about them.\n\n";
    for (const NamedNumber& party : parties)
      std::cout << "  " << left_aligned(party.name, longest_name(parties, 8))
                << right_aligned(grouped(party.number), 24) << '\n';
    Progress progress(Progress::suitable_output(with_progress));
    const auto show = [&](const auto& random_of) {
      const auto runs = run_protocol(parties, [&](std::size_t party) { return random_of(0, party); });
      std::cout << "\nThe median is: " << grouped(runs.front().median) << "\n\n";
      print_received(parties, runs, !brief);
      print_cost(parties, runs);
      if (repetitions > 0) print_noise(parties, runs.front().median, repetitions, brief, progress, random_of);
    };
    if (reproducible->empty())
      show([](std::size_t, std::size_t) { return parley::SystemRandom(); });
    else
      show([&](std::size_t repetition, std::size_t party) {
        return parley::TestRandom(seed)
            .child("repetition " + std::to_string(repetition))
            .child("party " + std::to_string(party));
      });
  });
}
