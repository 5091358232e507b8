// SPDX-License-Identifier: Apache-2.0
// What namespaces.sh runs: makes the parties' keys; is one of them, over TLS, in whatever order they are started; makes the
// way to one longer; and says what a modelled link would take.
#include <algorithm>
#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <exception>
#include <fstream>
#include <iostream>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "parley/net/local_network.hpp"
#include "parley/net/modelled_network.hpp"
#include "parley/tls/remote_network.hpp"
#include "protocols.hpp"

namespace {

constexpr std::uint64_t maximum = 7;

std::vector<std::uint64_t> list_of(std::size_t party) {
  std::vector<std::uint64_t> list;
  for (std::uint64_t i = 0; i <= 3 * party; ++i) list.push_back((7 * i * i + 5 * party + i) % (maximum + 1));
  return list;
}

/// Throws unless the parties' joint statistics are those of all their lists in the clear.
void compute(parley::Network& network) {
  const auto statistics = examples::survey({network}, list_of(network.self()), maximum, 3);
  std::vector<std::uint64_t> all;
  std::uint64_t sum = 0;
  for (std::size_t p = 0; p < network.parties(); ++p)
    for (const std::uint64_t value : list_of(p)) {
      all.push_back(value);
      sum += value;
    }
  std::ranges::sort(all);
  bool right =
      statistics && statistics->entries == all.size() && statistics->sum == sum && statistics->deciles.size() == 9;
  for (std::size_t j = 1; right && j < 10; ++j)
    right = statistics->deciles[j - 1] == all[(j * all.size() + 9) / 10 - 1];
  if (!right) throw std::logic_error("the statistics are not those of the lists");
}

std::string key_file(const std::string& directory, std::size_t party) {
  return directory + '/' + std::to_string(party) + ".pem";
}

void make_keys(const std::string& directory, std::size_t parties) {
  std::ofstream fingerprints(directory + "/fingerprints");
  for (std::size_t p = 0; p < parties; ++p)
    fingerprints << parley::tls::generate_key_file(key_file(directory, p)).text() << '\n';
}

/// Prints how many seconds it took from the moment that all are connected.
void take_part(std::size_t self, const std::string& directory, const std::vector<std::string>& addresses) {
  const auto key = parley::tls::PrivateKey::load(key_file(directory, self));
  parley::tls::Options options;
  options.self = self;
  options.key = &key;
  options.session = {"namespaces", "one", {}};
  std::ifstream fingerprints(directory + "/fingerprints");
  for (const std::string& address : addresses) {
    std::string fingerprint;
    std::getline(fingerprints, fingerprint);
    options.parties.push_back({address, parley::tls::Fingerprint::parse(fingerprint)});
  }
  const auto network = parley::tls::RemoteNetwork::connect(options, parley::tls::Listener("0.0.0.0:7001"));
  const auto start = std::chrono::steady_clock::now();
  compute(*network);
  std::cout << std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() << ' '
            << network->cost().rounds << '\n';
}

/// What one side of a connection sends, each byte passed on `latency` after it has come.
void pass_on(asio::ip::tcp::socket& from, asio::ip::tcp::socket& to, std::chrono::duration<double> latency) {
  using Clock = std::chrono::steady_clock;
  struct Piece {
    Clock::time_point due;
    std::vector<std::byte> bytes;  // none at the end
  };
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Piece> pieces;
  std::thread writer([&] {
    std::error_code error;
    while (true) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return !pieces.empty(); });
      const Piece piece = std::move(pieces.front());
      pieces.pop_front();
      lock.unlock();
      std::this_thread::sleep_until(piece.due);
      if (piece.bytes.empty()) break;
      asio::write(to, asio::buffer(piece.bytes), error);
    }
    to.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  });
  std::array<std::byte, 65536> buffer;
  for (std::size_t count = 1; count > 0;) {
    std::error_code error;
    count = from.read_some(asio::buffer(buffer), error);
    const auto due = Clock::now() + std::chrono::duration_cast<Clock::duration>(latency);
    const std::lock_guard lock(mutex);
    pieces.push_back({due, {buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(count)}});
    changed.notify_one();
  }
  writer.join();
}

/// A longer way to a party on this machine, until it is killed.
void relay(double latency, std::uint16_t port, std::uint16_t behind) {
  asio::io_context context;
  asio::ip::tcp::acceptor acceptor(context, {asio::ip::tcp::v4(), port});
  while (true) {
    asio::ip::tcp::socket dialer = acceptor.accept();
    std::thread([&context, latency, behind, dialer = std::move(dialer)]() mutable {
      try {
        asio::ip::tcp::socket dialed(context);
        dialed.connect({asio::ip::make_address("127.0.0.1"), behind});
        for (auto* socket : {&dialer, &dialed}) socket->set_option(asio::ip::tcp::no_delay(true));
        std::thread back([&] { pass_on(dialed, dialer, std::chrono::duration<double>(latency)); });
        pass_on(dialer, dialed, std::chrono::duration<double>(latency));
        back.join();
      } catch (const std::system_error&) {  // the party is not there yet: the other one dials again
      }
    }).detach();
  }
}

/// Prints how many seconds the same takes by the model.
void model(double latency, std::size_t parties) {
  const auto ends = parley::LocalNetwork::create(parties);
  std::vector<double> seconds(parties);
  std::vector<std::thread> threads;
  for (std::size_t p = 0; p < parties; ++p) {
    threads.emplace_back([&, p] {
      try {
        parley::ModelledNetwork network(*ends[p], {{latency, 1e9}});
        compute(network);
        seconds[p] = network.seconds();
      } catch (const std::exception& error) {
        ends[p]->give_up(error.what());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::cout << *std::ranges::max_element(seconds) << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  try {
    const std::string& act = arguments.at(0);
    if (act == "keys") {
      make_keys(arguments.at(1), std::stoul(arguments.at(2)));
    } else if (act == "party") {
      take_part(std::stoul(arguments.at(1)), arguments.at(2), {arguments.begin() + 3, arguments.end()});
    } else if (act == "model") {
      model(std::stod(arguments.at(1)), std::stoul(arguments.at(2)));
    } else if (act == "relay") {
      relay(std::stod(arguments.at(1)), static_cast<std::uint16_t>(std::stoul(arguments.at(2))), 7001);
    } else {
      throw std::invalid_argument("keys, party, model or relay, and not " + act);
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
