// SPDX-License-Identifier: Apache-2.0
// The network of machines: what every network must do, over TLS and over TCP alone.
#include "parley/tls/remote_network.hpp"

#include <chrono>
#include <cstddef>

#include "catch.hpp"
#include "net/network_conformance.hpp"
#include "tls/mesh.hpp"

using namespace parley;
using tls_mesh::Mesh;

namespace {

network_conformance::Runner runner(tls::Transport transport) {
  return [transport](std::size_t parties, std::chrono::milliseconds deadline, const auto& program) {
    Mesh mesh(parties, transport, parties < 10);
    for (auto& options : mesh.options) options.round_deadline = deadline;
    return network_conformance::run_in_threads(mesh.connect_all(), program);
  };
}

// More than the buffers of both sockets hold.
constexpr std::size_t much = std::size_t{24} << 20;

}  // namespace

TEST_CASE("A network of machines over TLS is a network") {
  network_conformance::check(runner(tls::Transport::tls), much);
}

TEST_CASE("A network of machines over TCP alone is a network") {
  network_conformance::check(runner(tls::Transport::plain_loopback), much);
}
