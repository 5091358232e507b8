// SPDX-License-Identifier: Apache-2.0
// The program of the consumers of parley::sodium: writes prepared randomness to files and reads it again.
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>

#include "parley/parley.hpp"
#include "parley/sodium/preparation_file.hpp"

int main() {
  using F = parley::Mersenne61;
  const std::string name = "parley-consumer-" + std::to_string(std::random_device{}()) + ".";
  const auto file = [&](std::size_t party) {
    return std::filesystem::temp_directory_path() / (name + std::to_string(party));
  };
  const parley::sodium::FileKey key({std::byte{1}});
  parley::simulate(3, [&](parley::Network& network) {
    auto engine = parley::shamir_passive<F>(network);
    prepare(engine, {.dabits = 7});
    parley::sodium::save_prepared(engine, file(engine.self()), key);
  });
  const auto left = parley::simulate(3, [&](parley::Network& network) {
    auto engine = parley::shamir_passive<F>(network);
    parley::sodium::load_prepared(engine, file(engine.self()), key);
    return engine.cost_report().left.dabits;
  });
  for (std::size_t party = 0; party < 3; ++party) std::filesystem::remove(file(party) += ".used");
  return left[0] == 7 && left[1] == 7 && left[2] == 7 ? EXIT_SUCCESS : EXIT_FAILURE;
}
