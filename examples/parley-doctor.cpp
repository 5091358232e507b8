// SPDX-License-Identifier: Apache-2.0
// Says in words why the parties of a peers file do not find each other: started at each of them in the place of
// parley-party, with the same options.
#include <algorithm>
#include <cstddef>
#include <iostream>
#include <string>
#include <string_view>

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
    "It tells apart: a name that is not found, a machine that refuses, no answer, no way; another key than the one in\n"
    "the peers file, on either side; a certificate that expires, as no party's does; something that is no party;\n"
    "another version of the protocol; a list of parties, a program or parameters that are not the same. The parties'\n"
    "clocks do not matter.";

constexpr const char* notes =
    "One direction is enough for two parties to find each other, unless they disagree. What a party that was to come\n"
    "has met with is said there. Parties that run this at the same time tell each other what they have found, so that\n"
    "each prints who reaches whom among all of them; \"?\" is of two of whom neither could be asked. It ends when "
    "both\n"
    "directions are clear with everybody, after 15 seconds and one more at most, or after those of --timeout.\n"
    "\n"
    "Exit status: 0 all will find each other, as far as is known here, 1 some will not, or refused or failed, 2 wrong\n"
    "usage.";

/// Who reaches whom, as all say who could be asked: a line for each who dials. Whether no two of them will miss each other.
bool print_table(const parley::tls::FindingsTable& table, const parley::peers::PeersFile& peers) {
  const std::size_t n = peers.parties.size();
  if (n > parley::tls::FindingsTable::most_parties) return true;
  bool all_well = true;
  std::size_t width = 12;
  for (const auto& party : peers.parties) width = std::max(width, party.name.size());
  std::cout << "Who reaches whom, as far as the parties have told:\n  " << left_aligned("dials", width);
  for (const auto& party : peers.parties) std::cout << "  " << left_aligned(party.name, width);
  std::cout << '\n';
  for (std::size_t p = 0; p < n; ++p) {
    std::cout << "  " << left_aligned(peers.parties[p].name, width);
    for (std::size_t q = 0; q < n; ++q) {
      const auto finding = table.dialing(p, q);
      const std::string_view words = p == q ? "-" : finding ? to_string(*finding) : "?";
      std::cout << "  " << left_aligned(std::string(words), width);
      all_well = all_well && (p == q || table.will_meet(p, q).value_or(true));
    }
    std::cout << '\n';
  }
  return all_well;
}

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
  const bool all_of_all = print_table(found.table(), peers);
  all_well = all_well && all_of_all;
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
