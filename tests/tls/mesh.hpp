// SPDX-License-Identifier: Apache-2.0
// Networks of parties that are threads of this process and speak over its loopback interface, for tests.
#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "parley/tls/remote_network.hpp"

namespace tls_mesh {

using namespace parley::tls;

inline const Session session{"tests", "one run", {{"field", "2^61 - 1"}, {"privacy threshold", "1"}}};

/// The keys of some parties; the same ones each time, as making them takes a while.
inline const PrivateKey& key_of(std::size_t party) {
  static const std::vector<PrivateKey> keys = [] {
    std::vector<PrivateKey> made;
    for (int i = 0; i < 24; ++i) made.push_back(PrivateKey::generate());
    return made;
  }();
  return keys.at(party);
}

/// Parties that all listen on ports of their own and know each other's, to be started in any way.
struct Mesh {
  /// Where not `both_ways`, the one with the higher number dials.
  explicit Mesh(std::size_t parties, Transport transport = Transport::tls, bool both_ways = true) {
    for (std::size_t p = 0; p < parties; ++p) listeners.emplace_back("127.0.0.1:0");
    for (std::size_t p = 0; p < parties; ++p) {
      Options each;
      each.self = p;
      each.key = &key_of(p);
      each.session = session;
      each.transport = transport;
      for (std::size_t q = 0; q < parties; ++q) {
        each.parties.push_back({"", key_of(q).fingerprint()});
        if (both_ways || q < p) each.parties[q].address = "127.0.0.1:" + std::to_string(listeners[q].port());
      }
      options.push_back(std::move(each));
    }
  }

  /// Party p is dialed by none of the others.
  void hide(std::size_t p) {
    for (Options& each : options) each.parties[p].address.clear();
    listeners[p] = Listener();
  }

  std::unique_ptr<RemoteNetwork> connect(std::size_t p) {
    return RemoteNetwork::connect(options[p], std::move(listeners[p]));
  }

  /// All the ends, made by threads that call before(p) first. Throws what the first party that failed has thrown.
  std::vector<std::unique_ptr<RemoteNetwork>> connect_all(const std::function<void(std::size_t)>& before = {}) {
    std::vector<std::unique_ptr<RemoteNetwork>> ends(options.size());
    const auto thrown = in_threads([&](std::size_t p) {
      if (before) before(p);
      ends[p] = connect(p);
    });
    for (const auto& each : thrown) {
      if (each) std::rethrow_exception(each);
    }
    return ends;
  }

  /// Runs act(p) in a thread for each party; what they threw, nullptr for nothing.
  std::vector<std::exception_ptr> in_threads(const std::function<void(std::size_t)>& act) const {
    std::vector<std::exception_ptr> thrown(options.size());
    std::vector<std::thread> threads;
    for (std::size_t p = 0; p < options.size(); ++p) {
      threads.emplace_back([&, p] {
        try {
          act(p);
        } catch (...) {
          thrown[p] = std::current_exception();
        }
      });
    }
    for (auto& thread : threads) thread.join();
    return thrown;
  }

  std::vector<Listener> listeners;
  std::vector<Options> options;
};

}  // namespace tls_mesh
