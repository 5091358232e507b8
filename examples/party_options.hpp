// SPDX-License-Identifier: Apache-2.0
// What parley-party and parley-doctor are told alike: who the parties are, and what they are to agree on.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "numbers.hpp"
#include "parley/peers/peers_file.hpp"
#include "parley/tls/library.hpp"
#include "protocols.hpp"

namespace examples {

/// The exit statuses of parties, beside those of all examples.
enum PartyStatus : int { nothing_opened = 3, not_met = 4, others_failed = 5 };

struct PartyOptions {
  std::string peers, self, key;
  std::string program, session;
  double timeout = 0;  ///< in seconds, 0 where that of the peers file counts
  // What is to be computed; these can stand in the peers file.
  std::string column = "value", unit, price = "second", adversary = "passive";
  std::uint64_t maximum = 10'000'000, least_entries = 10, reserve = 0;
};

/// The parameters of a peers file that are options as well.
inline constexpr std::array<std::string_view, 7> file_parameters = {"column", "unit",    "maximum",  "least-entries",
                                                                    "price",  "reserve", "adversary"};

inline void add_party_options(CLI::App& app, PartyOptions& options) {
  app.add_option("--peers", options.peers, "The peers file")->required()->type_name("FILE");
  app.add_option("--self", options.self, "Which of its parties this is: name, or number from 0")
      ->required()
      ->type_name("PARTY");
  app.add_option("--key", options.key, "The file of this party's key, from parley-keygen")
      ->required()
      ->type_name("FILE");
  app.add_option("--program", options.program, "What to compute, unless the peers file says so")
      ->check(CLI::IsMember({"sum", "joint-statistics", "median", "auction"}).description(""))
      ->type_name("PROGRAM");
  app.add_option("--session", options.session, "Which run it is, such as \"May 2026\", unless the peers file says so")
      ->type_name("TEXT");
  app.add_option("--timeout", options.timeout,
                 "How long to wait for the others, in the beginning and in each round, in seconds, instead of as the\n"
                 "peers file says")
      ->check(CLI::Range(0.001, 1e6).description(""))
      ->type_name("SECONDS");
  app.add_option("--column", options.column, "The name of the column with the entries")
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("--unit", options.unit, "What the entries are, for the output")->type_name("TEXT");
  const auto at_least_one = CLI::Range(std::uint64_t{1}, greatest_number).description("");
  app.add_option("--maximum", options.maximum,
                 "The greatest entry that is no mistake. The rounds grow with its number of bits")
      ->check(at_least_one)
      ->type_name("NUMBER")
      ->capture_default_str();
  app.add_option("--least-entries", options.least_entries,
                 "joint-statistics, median: open nothing where all parties together have fewer entries")
      ->check(at_least_one)
      ->type_name("NUMBER")
      ->capture_default_str();
  app.add_option("--reserve", options.reserve, "auction: the least price; where no bid reaches it, nothing is revealed")
      ->check(CLI::Range(std::uint64_t{0}, greatest_number).description(""))
      ->type_name("PRICE")
      ->capture_default_str();
  app.add_option("--price", options.price,
                 "auction: what the winner pays, his bid (first), or the highest of the other bids (second)")
      ->check(CLI::IsMember({"first", "second"}).description(""))
      ->type_name("first|second")
      ->capture_default_str();
  app.add_option(
         "--adversary", options.adversary,
         "What a minority of the parties may do: pool what they see (passive), or also deviate from the protocol\n"
         "in whatever way, and be noticed (active), which takes longer")
      ->check(CLI::IsMember({"passive", "active"}).description(""))
      ->type_name("passive|active")
      ->capture_default_str();
}

inline bool is_active(const PartyOptions& options) { return options.adversary == "active"; }

/// Has the options take from the peers file what the command line does not say. Throws for parameters of the file that
/// are not among the `known` ones, or cannot be used.
inline void take_parameters(const parley::peers::PeersFile& peers, CLI::App& app,
                            std::span<const std::string_view> known) {
  for (const parley::peers::Parameter& parameter : peers.parameters) {
    const std::string where = peers.place(parameter.line) + "the parameter " + in_quotes(parameter.name) + ' ';
    if (std::ranges::find(known, parameter.name) == known.end()) {
      std::string names;
      for (const std::string_view name : known) names += (names.empty() ? "" : ", ") + std::string(name);
      throw std::runtime_error(where + "is not known; these are: " + names);
    }
    CLI::Option* const option = app.get_option("--" + parameter.name);
    if (!option->empty()) continue;
    try {
      option->add_result(parameter.value);
      option->run_callback();
    } catch (const CLI::Error& error) {
      throw std::runtime_error(where + "cannot be used: " + error.what());
    }
  }
}

/// The peers file, from which the options take what the command line does not say. Throws for what is wrong with it.
inline parley::peers::PeersFile load_peers(PartyOptions& options, CLI::App& app) {
  parley::peers::PeersFile peers = parley::peers::load(options.peers);
  take_parameters(peers, app, file_parameters);
  if (options.program.empty()) options.program = peers.program;
  if (options.session.empty()) options.session = peers.session;
  constexpr std::array<std::string_view, 4> programs = {"sum", "joint-statistics", "median", "auction"};
  if (std::ranges::find(programs, options.program) == programs.end())
    throw std::runtime_error(options.program.empty()
                                 ? "neither --program nor " + options.peers + " says what to compute"
                                 : options.peers + " says that the program is " + in_quotes(options.program) +
                                       "; there are sum, joint-statistics, median and auction");
  return peers;
}

/// What the network is told, and the other parties in the hello: all on which the result depends.
inline parley::tls::Options options_of(const PartyOptions& options, const parley::peers::PeersFile& peers,
                                       std::size_t self, const parley::tls::PrivateKey& key) {
  parley::tls::Options made = peers.options(self, key);
  if (options.timeout > 0)
    made.connect_deadline = made.round_deadline = std::chrono::milliseconds(std::llround(options.timeout * 1000));
  constexpr const char* version =
      " 1";  // to be raised when a program exchanges other messages, or reveals other things
  made.session.program = options.program + version;
  made.session.id = options.session;
  std::vector<parley::tls::Parameter>& parameters = made.session.parameters;
  parameters = {{"field", name_of_field},
                {"engine", is_active(options) ? name_of_active_engine : name_of_engine},
                {"privacy threshold", std::to_string((peers.parties.size() - 1) / 2)},
                {"maximum", std::to_string(options.maximum)}};
  if (options.program == "auction") {
    parameters.push_back({"reserve", std::to_string(options.reserve)});
    parameters.push_back({"price", options.price});
  } else if (options.program != "sum") {
    parameters.push_back({"least entries", std::to_string(options.least_entries)});
  }
  // All of it, and the names of the parties in their order, which results are said by.
  std::string configuration = made.session.program + '\n';
  for (const auto& parameter : parameters) configuration += parameter.name + '=' + parameter.value + '\n';
  for (const auto& party : peers.parties) configuration += "party " + party.name + '\n';
  const parley::tls::Fingerprint digest(parley::tls::detail::sha256(std::as_bytes(std::span(configuration))));
  parameters.push_back({"SHA-256 of the configuration, with the parties' names", digest.text()});
  return made;
}

}  // namespace examples
