// SPDX-License-Identifier: Apache-2.0
// The program of the consumers of parley::peers: a file is read, and one that is wrong is refused with the line.
#include <cstdlib>
#include <string>
#include <string_view>

#include "parley/peers/peers_file.hpp"

int main() {
  const std::string first =
      "[[party]]\nname = \"a\"\ndial = \"a.example:7001\"\nkey = \"" + std::string(64, '0') + "\"\n";
  const std::string second = "[[party]]\nname = \"b\"\nkey = \"" + std::string(64, '1') + "\"\n";
  if (parley::peers::parse(first + second, "peers.toml").find("b") != 1) return EXIT_FAILURE;
  try {
    static_cast<void>(parley::peers::parse(first + second + "\nport = 7\n", "peers.toml"));
  } catch (const parley::Error& error) {
    return std::string_view(error.what()).starts_with("peers.toml:9: ") ? EXIT_SUCCESS : EXIT_FAILURE;
  }
  return EXIT_FAILURE;
}
