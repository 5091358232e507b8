// SPDX-License-Identifier: Apache-2.0
// The program of the consumers of parley::net: two parties tell each other their numbers over TLS.
#include <cstddef>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/tls/key.hpp"
#include "parley/tls/options.hpp"
#include "parley/tls/remote_network.hpp"

int main() {
  constexpr std::size_t parties = 2;
  std::vector<parley::tls::PrivateKey> keys;
  std::vector<parley::tls::Listener> listeners;
  std::vector<parley::tls::Party> peers;
  for (std::size_t p = 0; p < parties; ++p) {
    keys.push_back(parley::tls::PrivateKey::generate());
    listeners.emplace_back("127.0.0.1:0");
    peers.push_back({"127.0.0.1:" + std::to_string(listeners[p].port()), keys[p].fingerprint()});
  }
  std::vector<std::thread> threads;
  std::vector<parley::Bytes> received(parties);
  for (std::size_t p = 0; p < parties; ++p) {
    threads.emplace_back([&, p] {
      parley::tls::Options options;
      options.self = p;
      options.parties = peers;
      options.key = &keys[p];
      options.session = {"consumer", "1", {}};
      const auto network = parley::tls::RemoteNetwork::connect(options, std::move(listeners[p]));
      std::vector<parley::Bytes> outgoing(parties);
      outgoing[1 - p] = parley::Bytes(1, std::byte(10 + p));
      std::vector<std::size_t> expected(parties);
      expected[1 - p] = 1;
      received[p] = network->exchange(std::move(outgoing), expected)[1 - p];
    });
  }
  for (std::thread& thread : threads) thread.join();
  return received[0][0] == std::byte{11} && received[1][0] == std::byte{10} ? EXIT_SUCCESS : EXIT_FAILURE;
}
