// SPDX-License-Identifier: Apache-2.0
// Makes the key of a party, and prints what the other parties need to know of it.
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "command_line.hpp"
#include "numbers.hpp"
#include "parley/tls/key.hpp"
#include "private_process.hpp"

namespace {

using namespace examples;

constexpr const char* description =
    "Makes the private key by which a party is known to the others, writes it to a new file that you alone can read,\n"
    "and prints the line of it that belongs into the peers file. The line is no secret, but has to reach the others on "
    "a\n"
    "way on which nobody changes it: whoever replaces it can be you.\n"
    "\n"
    "  parley-keygen alder.pem                           prints the line with the key\n"
    "  parley-keygen --name alder --dial alder.example:7001 alder.pem > alder.toml\n"
    "                                                    prints all that a peers file says of this party, so that the\n"
    "                                                    parties' pieces one after the other are a peers file\n"
    "  parley-keygen --show alder.pem                    prints the line of a key that is there";

constexpr const char* notes =
    "The file is complete or not there at all, and is never written over another. There is no passphrase on it, "
    "because\n"
    "a program that runs by night has nobody to ask. Whoever has to be somebody else makes a new key; a key that "
    "others\n"
    "may have seen is taken off everybody's peers file. Keys of `openssl genpkey` (Ed25519, Ed448, P-256, RSA) do as "
    "well.";

/// As it stands in TOML. Throws std::runtime_error for what would have to be written in another way.
std::string quoted(const std::string& option, const std::string& text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '"' || c == '\\')
      throw std::runtime_error(option + " " + in_quotes(text) +
                               " has a quotation mark, a backslash or a character that does not print");
  }
  return '"' + text + '"';
}

}  // namespace

int main(int argc, char** argv) {
  keep_secrets_in_process();
  CLI::App app(description, "parley-keygen");
  std::string path, name, dial, clients;
  bool show = false;
  app.add_option("key", path, "The file of the key")->required()->type_name("FILE");
  auto* const named = app.add_option("--name", name, "Print a whole section of a peers file, of a party of this name")
                          ->type_name("NAME");
  app.add_option("--dial", dial, "With it: where the others reach the party; without it, the party dials them")
      ->type_name("HOST:PORT")
      ->needs(named);
  app.add_option("--clients", clients, "With --name, for parley-collect: where clients hand in their numbers")
      ->type_name("HOST:PORT")
      ->needs(named);
  app.add_flag("--show", show, "Print the line of a key that is there, and make none");
  app.footer(std::string(notes) + "\n\n" + exit_status_help);

  return run(app, argc, argv, [&] {
    std::string section;
    if (!name.empty()) section = "[[party]]\nname = " + quoted("--name", name) + '\n';
    if (!dial.empty()) section += "dial = " + quoted("--dial", dial) + '\n';
    if (!clients.empty()) section += "clients = " + quoted("--clients", clients) + '\n';
    const auto fingerprint =
        show ? parley::tls::PrivateKey::load(path).fingerprint() : parley::tls::generate_key_file(path);
    std::cout << section << "key = \"" << fingerprint.text() << "\"\n";
    if (!name.empty()) std::cout << '\n';
  });
}
