// SPDX-License-Identifier: Apache-2.0
// The network over MPI: what every network must do, among parties that are threads of one process. (Those that are
// processes run in examples/mpi_median.)
#include "parley/mpi/mpi_network.hpp"

#include <chrono>
#include <cstddef>

#include "catch.hpp"
#include "net/network_conformance.hpp"

using namespace parley;

namespace {

/// MPI can be begun once in a process.
mpi::Environment& environment() {
  static mpi::Environment begun;
  return begun;
}

network_conformance::Runner runner() {
  return [](std::size_t parties, std::chrono::milliseconds deadline, const auto& program) {
    environment();
    mpi::Options options;
    options.parties_per_process = parties;
    options.round_deadline = deadline;
    return network_conformance::run_in_threads(mpi::MpiNetwork::make(MPI_COMM_SELF, options), program);
  };
}

}  // namespace

TEST_CASE("A network over MPI is a network") { network_conformance::check(runner()); }

TEST_CASE("Options of a network over MPI that make no sense are refused") {
  environment();
  mpi::Options options;
  options.parties_per_process = 0;
  CHECK_THROWS_AS(mpi::MpiNetwork::make(MPI_COMM_SELF, options), Error);
  options.parties_per_process = 182;
  CHECK_THROWS_AS(mpi::MpiNetwork::make(MPI_COMM_SELF, options), Error);
  options.parties_per_process = 2;
  options.round_deadline = {};
  CHECK_THROWS_AS(mpi::MpiNetwork::make(MPI_COMM_SELF, options), Error);
  CHECK_THROWS_AS(mpi::Environment(), Error);
}
