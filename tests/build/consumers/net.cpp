// SPDX-License-Identifier: Apache-2.0
// The program of the consumers of parley::net: three parties add their numbers over TLS.
#include <cstddef>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "parley/parley.hpp"
#include "parley/tls/remote_network.hpp"

int main() {
  using F = parley::Mersenne61;
  constexpr std::size_t parties = 3;
  std::vector<parley::tls::PrivateKey> keys;
  std::vector<parley::tls::Listener> listeners;
  std::vector<parley::tls::Party> peers;
  for (std::size_t p = 0; p < parties; ++p) {
    keys.push_back(parley::tls::PrivateKey::generate());
    listeners.emplace_back("127.0.0.1:0");
    peers.push_back({"127.0.0.1:" + std::to_string(listeners[p].port()), keys[p].fingerprint()});
  }
  std::vector<std::thread> threads;
  std::vector<F> sums(parties);
  for (std::size_t p = 0; p < parties; ++p) {
    threads.emplace_back([&, p] {
      parley::tls::Options options;
      options.self = p;
      options.parties = peers;
      options.key = &keys[p];
      options.session = {"consumer", "1", {}};
      const auto network = parley::tls::RemoteNetwork::connect(options, std::move(listeners[p]));
      auto engine = parley::shamir_passive<F>(*network);
      sums[p] = open(engine, sum(engine, input_all(engine, F(10 + p))))[0];
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const F& sum : sums) {
    if (sum != F(33)) return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
