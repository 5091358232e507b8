// SPDX-License-Identifier: Apache-2.0
// What breaks between machines: processes that are killed or stopped, connections that are cut, bytes that are changed on
// their way, and keys that are used up. The others end with an error that names who is to blame, and nothing hangs.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "net/network_conformance.hpp"
#include "tls/mesh.hpp"

using namespace parley;
using Catch::Matchers::ContainsSubstring;
using network_conformance::error_of;
using network_conformance::exchange_all;
using tls::Transport;
using tls_mesh::Mesh;

namespace {

/// Rounds between all without end.
void exchange_for_ever(Network& network) {
  for (std::uint64_t round = 1;; ++round) exchange_all(network, round, [](auto, auto) { return 1000; });
}

/// Stands between two parties and passes their bytes on; of those to the party that is dialed it changes one, or none and
/// cuts the connection there.
class Meddler {
 public:
  Meddler(std::uint16_t port, std::size_t place, bool cut) : place_(place), cut_(cut) {
    thread_ = std::thread([this, port] {
      try {
        auto dialer = acceptor_.accept();
        acceptor_.close();
        asio::ip::tcp::socket dialed(context_);
        dialed.connect({asio::ip::make_address("127.0.0.1"), port});
        std::thread back([&] { pass(dialed, dialer, false); });
        pass(dialer, dialed, true);
        back.join();
      } catch (const std::system_error&) {  // nobody has come
      }
    });
  }
  ~Meddler() {
    std::error_code ignored;
    asio::ip::tcp::socket knock(context_);
    knock.connect({asio::ip::make_address("127.0.0.1"), port()},
                  ignored);  // wakes it where it still waits for somebody
    knock.close(ignored);
    thread_.join();
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  void pass(asio::ip::tcp::socket& from, asio::ip::tcp::socket& to, bool meddling) {
    std::array<std::byte, 4096> bytes;
    std::error_code error;
    for (std::size_t passed = 0; !error;) {
      const std::size_t count = from.read_some(asio::buffer(bytes), error);
      if (error) break;
      if (meddling && place_ >= passed && place_ < passed + count) {
        if (cut_) {
          asio::write(to, asio::buffer(bytes.data(), place_ - passed), error);
          break;
        }
        bytes[place_ - passed] ^= std::byte{0x10};
      }
      passed += count;
      asio::write(to, asio::buffer(bytes.data(), count), error);
    }
    from.shutdown(asio::ip::tcp::socket::shutdown_both, error);
    to.shutdown(asio::ip::tcp::socket::shutdown_both, error);
  }

  std::size_t place_;
  bool cut_;
  asio::io_context context_;
  asio::ip::tcp::acceptor acceptor_{context_, {asio::ip::make_address("127.0.0.1"), 0}};
  std::uint16_t port_ = acceptor_.local_endpoint().port();
  std::thread thread_;
};

}  // namespace

TEST_CASE("A process that is killed is named at once, one that is stopped when its time is over") {
  for (const auto& [signal, delay] :
       {std::pair(SIGKILL, 1), std::pair(SIGKILL, 7), std::pair(SIGKILL, 20), std::pair(SIGSTOP, 10)}) {
    Mesh mesh(2, signal == SIGSTOP ? Transport::plain_loopback : Transport::tls, false);
    mesh.hide(1);
    if (signal == SIGSTOP) mesh.options[0].round_deadline = std::chrono::milliseconds(200);
    const pid_t child = ::fork();
    if (child == 0) {  // no Catch2 here, and no destructors of what the parent has
      try {
        mesh.listeners[1] = tls::Listener();  // made here, as what Asio has is not to be shared between processes
        exchange_for_ever(*mesh.connect(1));
      } catch (...) {
      }
      ::_exit(0);
    }
    REQUIRE(child > 0);
    std::exception_ptr thrown;
    std::thread killer;
    try {
      const auto network = mesh.connect(0);
      killer = std::thread([child, number = signal, pause = std::chrono::milliseconds(delay)] {
        std::this_thread::sleep_for(pause);
        ::kill(child, number);
      });
      exchange_for_ever(*network);
    } catch (...) {
      thrown = std::current_exception();
    }
    if (killer.joinable()) killer.join();
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    network_conformance::check_error(thrown, signal == SIGSTOP ? ErrorCode::deadline_exceeded : ErrorCode::peer_failed,
                                     1);
    CHECK_THAT(error_of(thrown)->what(), ContainsSubstring("round "));
  }
}

TEST_CASE("Bytes that are changed or cut off on their way are noticed wherever they are, and nothing hangs") {
  std::size_t tampered = 0, gone = 0;
  for (std::size_t trial = 0; trial < 40; ++trial) {
    Mesh mesh(2, Transport::tls, false);
    const bool cut = trial % 2 == 1;
    // The handshake and the hello take less than 1500 bytes, and the rounds more than 5000.
    const bool early = trial < 6;
    const std::uint64_t random = network_conformance::mix(trial);
    const Meddler meddler(mesh.listeners[0].port(), early ? random % 1200 : 1500 + random % 3500, cut);
    mesh.options[1].parties[0].address = "127.0.0.1:" + std::to_string(meddler.port());
    // Where the first connection comes to nothing there is no other; where the size of a record is changed, nothing comes
    // that would fill it.
    for (auto& options : mesh.options) {
      options.connect_deadline = std::chrono::milliseconds(early ? 150 : 2000);
      options.round_deadline = std::chrono::milliseconds(2000);
    }
    const auto thrown = mesh.in_threads([&](std::size_t p) {
      const auto network = mesh.connect(p);
      for (std::uint64_t round = 1; round <= 5; ++round) exchange_all(*network, round, [](auto, auto) { return 1000; });
    });
    for (const std::size_t p : {0U, 1U}) {
      const auto error = error_of(thrown[p]);  // fails for what is no Error, such as a message that was changed
      if (!error) continue;  // what is changed in the last round has come too late for the one who has all
      INFO(error->what());
      CHECK(error->party() == 1 - p);
      tampered += error->code() == ErrorCode::malformed_message ? 1 : 0;
      gone += error->code() == ErrorCode::peer_failed ? 1 : 0;
    }
  }
  CHECK(tampered > 0);
  CHECK(gone > 0);
}

TEST_CASE("Where nothing protects bytes on their way, those that are changed or cut off do no more than end a run") {
  std::size_t failed = 0;
  for (std::size_t trial = 0; trial < 60; ++trial) {
    Mesh mesh(2, Transport::plain_loopback, false);
    // The hello takes less than 300 bytes, and the rounds some 3000.
    const Meddler meddler(mesh.listeners[0].port(), network_conformance::mix(trial) % (trial % 2 == 0 ? 300 : 3000),
                          trial % 6 == 5);
    mesh.options[1].parties[0].address = "127.0.0.1:" + std::to_string(meddler.port());
    for (auto& options : mesh.options)
      options.connect_deadline = options.round_deadline = options.closing_deadline = std::chrono::milliseconds(60);
    const auto thrown = mesh.in_threads([&](std::size_t p) {
      const auto network = mesh.connect(p);
      const std::vector<std::size_t> expected{p == 0 ? 0U : 100U, p == 0 ? 100U : 0U};
      for (int round = 0; round < 25; ++round) {
        std::vector<Bytes> outgoing(2);
        outgoing[1 - p].resize(100);
        const auto incoming = network->exchange(std::move(outgoing), expected);
        if (incoming[1 - p].size() != 100) throw std::logic_error("a message of another size");
      }
    });
    for (const auto& each : thrown) failed += error_of(each) ? 1 : 0;
  }
  CHECK(failed > 30);
}
