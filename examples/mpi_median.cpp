// SPDX-License-Identifier: Apache-2.0
// The median among parties that MPI spreads over the machines of a cluster, each with a number of its own: the same
// protocol as elsewhere, over another network.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "command_line.hpp"
#include "numbers.hpp"
#include "parley/mpi/mpi_network.hpp"
#include "protocols.hpp"

namespace {

using namespace examples;

constexpr const char* description =
    "Computes the median of one number of each party, with the parties as processes of MPI, or as threads of these:\n"
    "\n"
    "  mpirun -n 16 mpi_median                   sixteen processes, on whatever machines mpirun is told of\n"
    "  mpirun -n 4 mpi_median --per-process 4    four processes of four parties each\n"
    "\n"
    "This is for one owner who wants to see how a protocol does among many parties. It is simulation and no privacy:\n"
    "nothing is encrypted, and who starts the processes sees what all of them see. parley-party is for parties who do\n"
    "not trust each other.";

/// A party's number, as different ones as the modulus allows; below 1000.
std::uint64_t number_of(std::size_t party) { return (party * 377 + 42) % 1000; }

struct Result {
  std::uint64_t median = 0;
  parley::Cost cost;
  std::exception_ptr thrown;
};

void compute(std::size_t per_process) {
  auto ends = parley::mpi::MpiNetwork::make(MPI_COMM_WORLD, {.parties_per_process = per_process});
  const std::size_t n = ends.front()->parties(), first = ends.front()->self();
  if (n < 3) throw std::runtime_error("at least three parties are needed: see --help for how to start them");
  std::vector<Result> results(ends.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    threads.emplace_back([&, i] {
      try {
        const auto network = std::move(ends[i]);
        const std::vector<std::uint64_t> mine = {number_of(network->self())};
        results[i].median = find_median({*network}, mine, 999, 1).value();
        results[i].cost = network->cost();
      } catch (...) {
        results[i].thrown = std::current_exception();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Result& result : results) {
    if (result.thrown) std::rethrow_exception(result.thrown);
    if (result.median != results.front().median) throw std::runtime_error("the parties have learnt different medians");
  }
  if (first != 0) return;
  std::cout << "The median of the numbers of " << n << " parties is " << results.front().median << ", found in "
            << grouped(results.front().cost.rounds) << " rounds.\n";
}

}  // namespace

int main(int argc, char** argv) {
  const parley::mpi::Environment environment;
  CLI::App app(description, "mpi_median");
  std::size_t per_process = 1;
  app.add_option("--per-process", per_process, "How many of the parties are threads of each process")
      ->check(CLI::Range(std::size_t{1}, std::size_t{181}).description(""))
      ->type_name("NUMBER")
      ->capture_default_str();
  app.footer(exit_status_help);
  return run(app, argc, argv, [&] { compute(per_process); });
}
