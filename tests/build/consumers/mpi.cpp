// SPDX-License-Identifier: Apache-2.0
// The program of the consumers of parley::mpi: three parties of one process send each other a byte over MPI.
#include <cstddef>
#include <cstdlib>
#include <thread>
#include <utility>
#include <vector>

#include "parley/mpi/mpi_network.hpp"

int main() {
  constexpr std::size_t parties = 3;
  const parley::mpi::Environment environment;
  parley::mpi::Options options;
  options.parties_per_process = parties;
  const auto networks = parley::mpi::MpiNetwork::make(MPI_COMM_SELF, options);
  std::vector<char> right(parties);
  std::vector<std::thread> threads;
  for (std::size_t p = 0; p < parties; ++p) {
    threads.emplace_back([&, p] {
      std::vector<parley::Bytes> messages(parties, parley::Bytes(1, static_cast<std::byte>(p)));
      messages[p].clear();
      std::vector<std::size_t> sizes(parties, 1);
      sizes[p] = 0;
      const auto received = networks[p]->exchange(std::move(messages), sizes);
      const std::size_t other = (p + 1) % parties;
      right[p] = received[other] == parley::Bytes(1, static_cast<std::byte>(other)) ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const char each : right) {
    if (each == 0) return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
