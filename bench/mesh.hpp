// SPDX-License-Identifier: Apache-2.0
// Parties of the network of machines that are all on this one.
#pragma once

#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "parley/tls/remote_network.hpp"

namespace parley_bench {

/// The keys and the listening ports of parties that are about to connect, each from a thread of its own.
class Mesh {
 public:
  Mesh(std::size_t parties, parley::tls::Transport transport) : transport_(transport) {
    for (std::size_t p = 0; p < parties; ++p) {
      keys_.push_back(parley::tls::PrivateKey::generate());
      listeners_.emplace_back("127.0.0.1:0");
      peers_.push_back({"127.0.0.1:" + std::to_string(listeners_[p].port()), keys_[p].fingerprint()});
    }
  }

  /// Connects party `self` to all the others; once for each.
  std::unique_ptr<parley::tls::RemoteNetwork> connect(std::size_t self) {
    parley::tls::Options options;
    options.self = self;
    options.parties = peers_;
    options.key = &keys_[self];
    options.transport = transport_;
    return parley::tls::RemoteNetwork::connect(options, std::move(listeners_[self]));
  }

 private:
  parley::tls::Transport transport_;
  std::vector<parley::tls::PrivateKey> keys_;
  std::vector<parley::tls::Listener> listeners_;
  std::vector<parley::tls::Party> peers_;
};

/// Runs program(network) at each of the parties, party 0 in this thread, and throws what the first of them has thrown.
template <class Program>
void on_loopback(std::size_t parties, parley::tls::Transport transport, const Program& program) {
  Mesh mesh(parties, transport);
  std::vector<std::exception_ptr> thrown(parties);
  const auto run = [&](std::size_t p) {
    try {
      const auto network = mesh.connect(p);
      program(*network);
    } catch (...) {
      thrown[p] = std::current_exception();
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t p = 1; p < parties; ++p) threads.emplace_back(run, p);
  run(0);
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& each : thrown)
    if (each) std::rethrow_exception(each);
}

}  // namespace parley_bench
