// SPDX-License-Identifier: Apache-2.0
// Says in words why the parties of a peers file do not find each other: started at each of them in the place of
// parley-party, with the same options.
#include <cstddef>
#include <iostream>
#include <string>

#include "command_line.hpp"
#include "numbers.hpp"
#include "parley/peers/peers_file.hpp"
#include "parley/tls/diagnosis.hpp"
#include "party_options.hpp"
#include "private_process.hpp"

namespace {

using namespace examples;

constexpr const char* description =
    "Tries the connections between this party and all the others in both directions, and says in words what is wrong.\n"
    "Start it at all parties within some seconds, with the options that parley-party is given; parties that wait in\n"
    "parley-party already can stay there.\n"
    "\n"
    "  parley-doctor --peers peers.toml --self alder --key alder.pem\n"
    "\n"
    "It tells apart: a name that is not found, a machine that refuses, no answer, no way; another key than the one in "
    "the\n"
    "peers file, on either side; something that is no party; another version of the protocol; a list of parties, a "
    "program\n"
    "or parameters that are not the same. The parties' clocks do not matter: nothing expires.";

constexpr const char* notes =
    "One direction is enough for two parties to find each other, unless they disagree. What a party that was to come "
    "has\n"
    "met with is said there. It ends when both directions are clear with everybody, after 15 seconds at most, or "
    "after\n"
    "those of --timeout.\n"
    "\n"
    "Exit status: 0 this party and each other one will find each other, 1 some will not, or refused or failed, 2 wrong "
    "usage.";

int examine(PartyOptions& options, CLI::App& app) {
  const auto peers = load_peers(options, app);
  const std::size_t self = peers.find(options.self);
  const auto key = parley::tls::PrivateKey::load(options.key);
  if (options.timeout == 0) options.timeout = 15;
  const auto network_options = options_of(options, peers, self, key);
  const parley::tls::Diagnosis found(network_options, peers.listener(self));

  const std::string& own = peers.parties[self].name;
  bool all_well = true;
  for (std::size_t p = 0; p < peers.parties.size(); ++p) {
    if (p == self) continue;
    const std::string& other = peers.parties[p].name;
    const bool well = found.will_meet(p);
    all_well = all_well && well;
    std::cout << own << " and " << other << " (party " << self << " and party " << p
              << "): " << (well ? "well" : "WRONG") << "\n  " << own << " dials " << other << ": "
              << found.dialing(p).text << "\n  " << other << " dials " << own << ": " << found.dialed_by(p).text
              << '\n';
  }
  for (const std::string& stranger : found.strangers()) std::cout << "a stranger: " << stranger << '\n';
  std::cout << (all_well ? "All is well.\n" : "Not all is well.\n");
  return all_well ? done : failed;
}

}  // namespace

int main(int argc, char** argv) {
  keep_secrets_in_process();
  CLI::App app(description, "parley-doctor");
  PartyOptions options;
  add_party_options(app, options);
  app.footer(notes);
  return run(app, argc, argv, [&] { return examine(options, app); });
}
