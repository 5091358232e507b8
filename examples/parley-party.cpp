// SPDX-License-Identifier: Apache-2.0
// One party on its own machine: finds the others of a peers file over TLS, computes one of several programs with them,
// and prints what all of them learn.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command_line.hpp"
#include "number_files.hpp"
#include "numbers.hpp"
#include "parley/peers/peers_file.hpp"
#include "parley/tls/remote_network.hpp"
#include "party_options.hpp"
#include "private_process.hpp"
#include "progress.hpp"
#include "protocols.hpp"
#include "run_report.hpp"
#include "statistics_table.hpp"

namespace {

using namespace examples;

constexpr const char* description =
    "Computes a function of the parties' private numbers, with each party on its own machine, and prints what all of "
    "them\n"
    "learn. All parties start this program, in any order, with the same peers file, each with its own key and input.\n"
    "\n"
    "  parley-party --peers peers.toml --self alder --key alder.pem --program joint-statistics --input alder.csv\n"
    "\n"
    "The programs, and what they reveal to all parties:\n"
    "  sum               the sum of all entries\n"
    "  joint-statistics  how many entries there are, their sum, mean, median and deciles\n"
    "  median            the median of all entries\n"
    "  auction           who bids most, and what he pays; each party's file has one entry, its bid";

constexpr const char* notes =
    "The input is CSV in UTF-8: a line with the names of the columns, then one line for each entry, whole numbers "
    "without\n"
    "thousands separators. Each entry that cannot be used is reported with its line, and nothing is computed.\n"
    "\n"
    "Options without which a party computes something else have to be the same at all parties, which is checked "
    "before\n"
    "anything is computed: --program, --session, --maximum, --least-entries, --reserve, --price, --adversary. They, "
    "--column and "
    "--unit\n"
    "can be given once for all under [parameters] of the peers file, without the hyphens before them; --program and\n"
    "--session at its beginning.\n"
    "\n"
    "Privacy holds against any minority of parties that pool what they see, and follow the protocol; with --adversary\n"
    "active privacy and results also where they do not, but each may give what entries it likes. At least three\n"
    "parties are needed. Neither entries nor keys appear in any output, and no core dump is written. parley-doctor "
    "says\n"
    "why parties do not find each other.\n"
    "\n"
    "Exit status: 0 done, 1 refused or failed at this party, 2 wrong usage, 3 nothing was opened because there were "
    "too\n"
    "few entries, 4 the parties did not find each other or are about to compute different things, 5 another party "
    "failed\n"
    "during the computation.";

struct Settings {
  PartyOptions party;
  std::string input;
  bool json = false, report = false, progress = false;
};

/// What is printed: for people, and the same as JSON.
struct Output {
  std::string text, json;
};

/// A program: its part in the protocol, with the entries of this party. Nothing where nothing was opened.
using Program = std::function<std::optional<Output>(const Setting&, const std::vector<std::uint64_t>&, const Settings&,
                                                    const std::vector<parley::peers::Party>&)>;

std::string in_json(std::uint64_t number) { return std::to_string(number); }

std::string amount(std::uint64_t number, const Settings& settings) {
  return grouped(number) + (settings.party.unit.empty() ? "" : ' ' + settings.party.unit);
}

std::string without_commas(std::string text) {
  std::erase(text, ',');
  return text;
}

std::optional<Output> run_sum(const Setting& setting, const std::vector<std::uint64_t>& mine, const Settings& settings,
                              const std::vector<parley::peers::Party>&) {
  std::uint64_t of_mine = 0;
  for (const std::uint64_t number : mine) of_mine += number;  // read_number_file() has bounded it
  const std::uint64_t sum = add_up(setting, of_mine);
  return Output{"The sum of all entries is " + amount(sum, settings) + ".\n", "{\"sum\": " + in_json(sum) + '}'};
}

std::optional<Output> run_statistics(const Setting& setting, const std::vector<std::uint64_t>& mine,
                                     const Settings& settings, const std::vector<parley::peers::Party>&) {
  const auto found = survey(setting, mine, settings.party.maximum, settings.party.least_entries);
  if (!found) return std::nullopt;
  std::ostringstream text;
  print_statistics(text, *found, settings.party.unit);
  return Output{text.str(), "{\"entries\": " + in_json(found->entries) + ", \"sum\": " + in_json(found->sum) +
                                ", \"mean\": " + without_commas(quotient(found->sum, found->entries)) +
                                ", \"median\": " + in_json(found->deciles[4]) +
                                ", \"deciles\": " + json_array(found->deciles, in_json) + '}'};
}

std::optional<Output> run_median(const Setting& setting, const std::vector<std::uint64_t>& mine,
                                 const Settings& settings, const std::vector<parley::peers::Party>&) {
  const auto found = find_median(setting, mine, settings.party.maximum, settings.party.least_entries);
  if (!found) return std::nullopt;
  return Output{"The median of all entries is " + amount(*found, settings) + ".\n",
                "{\"median\": " + in_json(*found) + '}'};
}

std::optional<Output> run_auction(const Setting& setting, const std::vector<std::uint64_t>& mine,
                                  const Settings& settings, const std::vector<parley::peers::Party>& parties) {
  const bool first_price = settings.party.price == "first";
  const auto outcome =
      auction(setting, mine.front(), settings.party.reserve, first_price ? Price::first : Price::second);
  if (!outcome.winner) {
    return Output{"Nobody wins: no bid reaches the reserve of " + grouped(settings.party.reserve) + ".\n",
                  "{\"winner\": null}"};
  }
  const std::string& winner = parties[*outcome.winner].name;
  return Output{winner + " wins and pays " + amount(outcome.price, settings) + ".\n",
                "{\"winner\": " + json_string(winner) + ", \"price\": " + in_json(outcome.price) + '}'};
}

Program program_of(const std::string& name) {
  if (name == "sum") return run_sum;
  if (name == "joint-statistics") return run_statistics;
  if (name == "median") return run_median;
  return run_auction;
}

std::vector<std::uint64_t> read_input(const Settings& settings, std::size_t parties, Progress& progress) {
  std::size_t problems = 0;
  auto numbers =
      read_number_file(settings.input, settings.party.column, settings.party.maximum, greatest_sum / parties, progress,
                       problems, [&](double part) { progress.update("reading " + settings.input, part); });
  if (problems > 0)
    throw std::runtime_error("nothing was computed: " + std::to_string(problems) +
                             (problems == 1 ? " problem in " : " problems in ") + settings.input);
  if (settings.party.program == "auction" && numbers.size() != 1)
    throw std::runtime_error(settings.input + " has " + std::to_string(numbers.size()) +
                             " entries, and in an auction each party has one, its bid");
  return numbers;
}

int compute(Settings& settings, CLI::App& app) {
  const parley::peers::PeersFile peers = load_peers(settings.party, app);
  const std::size_t self = peers.find(settings.party.self), n = peers.parties.size();
  if (n < 3)
    throw std::runtime_error("at least three parties are needed: two would learn each other's from the result");
  Progress progress(Progress::suitable_output(settings.progress));
  const auto numbers = read_input(settings, n, progress);
  const auto key = parley::tls::PrivateKey::load(settings.party.key);
  const parley::tls::Options options = options_of(settings.party, peers, self, key);
  auto listener = peers.listener(self);

  std::cerr << peers.parties[self].name << ", party " << self << " of " << n << ", computes " << settings.party.program
            << " with the others of " << settings.party.peers << '\n';
  RunReport report;
  const auto blame = [&](const parley::Error& error, int status) {
    progress.clear();
    std::cerr << "parley-party: " << error.what() << '\n';
    if (error.party() && *error.party() < n)
      std::cerr << "parley-party: (party " << *error.party() << " is " << peers.parties[*error.party()].name << ")\n";
    return error.party() ? status : int{failed};
  };
  report.begin("find the others", {});
  std::unique_ptr<parley::tls::RemoteNetwork> network;
  try {
    network = parley::tls::RemoteNetwork::connect(options, std::move(listener));
  } catch (const parley::Error& error) {
    return blame(error, not_met);
  }
  std::cerr << "all parties have found each other\n";
  std::optional<Output> output;
  try {
    std::string phase;
    std::uint64_t expected_rounds = 0;
    ObservedNetwork observed(*network, [&](std::uint64_t round) {
      if (expected_rounds > 0)
        progress.update(phase, static_cast<double>(round) / static_cast<double>(expected_rounds));
    });
    const Setting setting{observed,
                          {},
                          [&](std::string_view name, std::uint64_t rounds) {
                            report.begin(name, observed.cost());
                            phase = name;
                            expected_rounds = rounds;
                          },
                          is_active(settings.party)};
    output = program_of(settings.party.program)(setting, numbers, settings, peers.parties);
    report.end(observed.cost());
  } catch (const parley::Error& error) {
    return blame(error, error.code() == parley::ErrorCode::configuration_mismatch ? not_met : others_failed);
  }
  network.reset();  // the others may still read what was sent to them
  progress.clear();
  if (settings.report) report.print(std::cerr);
  if (!output) {
    std::cerr << "parley-party: nothing was opened: all parties together have fewer than "
              << grouped(settings.party.least_entries) << " entries\n";
    return nothing_opened;
  }
  if (!settings.json) {
    std::cout << output->text;
    return done;
  }
  const auto name = [](const parley::peers::Party& party) { return json_string(party.name); };
  std::cout << "{\"program\": " << json_string(settings.party.program)
            << ", \"session\": " << json_string(options.session.id)
            << ", \"parties\": " << json_array(peers.parties, name) << ", \"self\": " << self
            << ",\n \"result\": " << output->json << ",\n \"report\": " << report.json() << "}\n";
  return done;
}

}  // namespace

int main(int argc, char** argv) {
  keep_secrets_in_process();
  CLI::App app(description, "parley-party");
  Settings settings;
  add_party_options(app, settings.party);
  app.add_option("--input", settings.input, "The file with the entries of this party")->required()->type_name("FILE");
  app.add_flag("--json", settings.json, "Print the result as JSON, with the report");
  app.add_flag("--report", settings.report, "Print rounds, bytes and time of each phase on the error output as well");
  app.add_flag("--progress", settings.progress, "Say how far it is, also where the error output is no terminal");
  app.footer(notes);
  return run(app, argc, argv, [&] { return compute(settings, app); });
}
