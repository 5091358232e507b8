// SPDX-License-Identifier: Apache-2.0
// The network of machines with all parties on this one: a round of short messages among three, and 64 MiB both ways at
// once between two, over TLS and over TCP alone, beside what Asio's blocking calls do with the same bytes.
#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "contest.hpp"
#include "mesh.hpp"
#include "parley/tls/remote_network.hpp"

namespace {

using parley::Bytes;
using parley::tls::RemoteNetwork;
using parley_bench::Work;

/// A round in which each party sends all the others as many bytes; `messages` are those of the last round, sent back as
/// they are, lest filling new ones counts.
void exchange(RemoteNetwork& network, std::size_t size, std::vector<Bytes>& messages) {
  std::vector<std::size_t> expected(network.parties(), size);
  expected[network.self()] = 0;
  messages.resize(network.parties());
  for (std::size_t p = 0; p < network.parties(); ++p) messages[p].resize(expected[p]);
  messages = network.exchange(std::move(messages), expected);
}

/// Party 0 belongs to the caller, the others have threads that go on until it leaves.
class Parties {
 public:
  Parties(std::size_t parties, std::size_t size, parley::tls::Transport transport)
      : size_(size), mesh_(parties, transport) {
    for (std::size_t p = 1; p < parties; ++p) {
      threads_.emplace_back([this, p] {
        const auto network = mesh_.connect(p);
        std::vector<Bytes> messages;
        try {
          while (true) exchange(*network, size_, messages);
        } catch (const parley::Error&) {  // party 0 has left
        }
      });
    }
    network_ = mesh_.connect(0);
  }
  ~Parties() {
    network_.reset();
    for (std::thread& thread : threads_) thread.join();
  }

  void round() { exchange(*network_, size_, messages_); }

 private:
  std::size_t size_;
  parley_bench::Mesh mesh_;
  std::vector<Bytes> messages_;
  std::unique_ptr<RemoteNetwork> network_;
  std::vector<std::thread> threads_;
};

/// The same bytes between sockets of Asio's and nothing else: of three, each writes to both others and reads from both;
/// of two, each writes in a thread of its own.
class Bare {
 public:
  Bare(std::size_t parties, std::size_t size) : ends_(parties) {
    asio::ip::tcp::acceptor acceptor(context_, {asio::ip::make_address("127.0.0.1"), 0});
    for (std::size_t p = 0; p < parties; ++p) {
      for (std::size_t q = 0; q < p; ++q) {
        asio::ip::tcp::socket dialed(context_);
        dialed.connect(acceptor.local_endpoint());
        ends_[p].push_back(std::move(dialed));
        ends_[q].push_back(acceptor.accept());
        ends_[p].back().set_option(asio::ip::tcp::no_delay(true));
        ends_[q].back().set_option(asio::ip::tcp::no_delay(true));
      }
      out_.emplace_back(size);
      in_.emplace_back(size);
    }
    for (std::size_t p = 1; p < parties; ++p) {
      threads_.emplace_back([this, p] {
        try {
          while (true) round(p);
        } catch (const std::system_error&) {  // party 0 has left
        }
      });
    }
  }
  ~Bare() {
    ends_[0].clear();
    for (std::thread& thread : threads_) thread.join();
  }

  void round(std::size_t p = 0) {
    const auto send = [&] {
      for (auto& socket : ends_[p]) asio::write(socket, asio::buffer(out_[p]));
    };
    // What both buffers hold can be written before it is read.
    std::thread writer;
    const bool much = out_[p].size() > 1024;
    if (much) {
      writer = std::thread([&] {
        try {
          send();
        } catch (const std::system_error&) {  // the reader finds out as well
        }
      });
    } else {
      send();
    }
    try {
      for (auto& socket : ends_[p]) asio::read(socket, asio::buffer(in_[p]));
    } catch (...) {
      if (much) writer.join();
      throw;
    }
    if (much) writer.join();
  }

 private:
  asio::io_context context_;
  std::vector<std::vector<asio::ip::tcp::socket>> ends_;
  std::vector<std::vector<std::byte>> out_, in_;
  std::vector<std::thread> threads_;
};

const bool registered = [] {
  struct Case {
    std::string work;
    std::size_t parties, size, items;
  };
  constexpr std::size_t bulk = std::size_t{64} << 20;
  for (const Case& each :
       {Case{"network/round_of_three/", 3, 8, 1}, Case{"network/64_MiB_both_ways/", 2, bulk, bulk}}) {
    for (const bool tls : {false, true}) {
      const std::string work = each.work + (tls ? "tls" : "plain");
      const auto transport = tls ? parley::tls::Transport::tls : parley::tls::Transport::plain_loopback;
      parley_bench::measure(work, "parley", each.items, [each, transport]() -> Work {
        const auto parties = std::make_shared<Parties>(each.parties, each.size, transport);
        return [parties] { parties->round(); };
      })->UseRealTime();
      parley_bench::measure(work, "Asio-without-TLS", each.items, [each]() -> Work {
        const auto bare = std::make_shared<Bare>(each.parties, each.size);
        return [bare] { bare->round(); };
      })->UseRealTime();
    }
  }
  return true;
}();

}  // namespace
