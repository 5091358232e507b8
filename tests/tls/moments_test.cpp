// SPDX-License-Identifier: Apache-2.0
// Each of three parties is killed, stopped, cut off or restarted at random moments, while the parties find each other and
// while they compute: the others end in time and blame it, nothing hangs, and nothing is left behind. With
// PARLEY_TEST_MOMENTS=50 in the environment at so many moments each.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/write.hpp>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <list>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "net/network_conformance.hpp"
#include "tls/mesh.hpp"

using namespace parley;
using tls_mesh::Mesh;

namespace {

using std::chrono::milliseconds;

constexpr std::size_t parties = 3;

enum class Act { kill, stop, cut, restart };

/// Passes bytes on between those who dial it and somebody behind it, until it is cut: then it swallows them.
class Relay {
 public:
  explicit Relay(std::uint16_t behind) : behind_(behind) {}
  ~Relay() {
    if (!thread_.joinable()) return;
    asio::post(context_, [this] { context_.stop(); });
    thread_.join();
  }
  void start() {
    accept();
    thread_ = std::thread([this] { context_.run(); });
  }
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  void cut() { cut_ = true; }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  using Socket = asio::ip::tcp::socket;
  struct Pair {
    Socket dialer, dialed;
    std::array<std::array<std::byte, 4096>, 2> buffers;
  };

  void accept() {
    acceptor_.async_accept([this](std::error_code error, Socket dialer) {
      if (error) return;
      auto pair = std::make_shared<Pair>(Pair{std::move(dialer), Socket(context_), {}});
      pair->dialed.async_connect({asio::ip::make_address("127.0.0.1"), behind_}, [this, pair](std::error_code failed) {
        if (failed) return;
        pass(pair, 0);
        pass(pair, 1);
      });
      accept();
    });
  }
  void pass(const std::shared_ptr<Pair>& pair, std::size_t direction) {
    Socket& from = direction == 0 ? pair->dialer : pair->dialed;
    Socket& to = direction == 0 ? pair->dialed : pair->dialer;
    auto& buffer = pair->buffers[direction];
    const auto end = [pair] {
      std::error_code ignored;
      pair->dialer.close(ignored);
      pair->dialed.close(ignored);
    };
    from.async_read_some(asio::buffer(buffer), [=, this, &to, &buffer](std::error_code error, std::size_t count) {
      if (cut_) return error ? void() : pass(pair, direction);  // nor is it told that the other side has gone
      if (error) return end();
      asio::async_write(to, asio::buffer(buffer.data(), count),
                        [=, this](std::error_code failed, std::size_t) { failed ? end() : pass(pair, direction); });
    });
  }

  std::uint16_t behind_;
  asio::io_context context_{1};
  asio::ip::tcp::acceptor acceptor_{context_, {asio::ip::make_address("127.0.0.1"), 0}};
  std::uint16_t port_ = acceptor_.local_endpoint().port();
  std::atomic<bool> cut_{false};
  std::thread thread_;
};

/// Rounds between all, until somebody throws.
void exchange_for_ever(Network& network) {
  for (std::uint64_t round = 1;; ++round)
    network_conformance::exchange_all(network, round, [](auto, auto) { return 700; });
}

/// A process that is party `victim`, as soon as something is written to `gate`. Ends with 0 after an Error.
pid_t start(Mesh& mesh, std::size_t victim, int gate) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::alarm(60);
  char byte = 0;
  if (::read(gate, &byte, 1) != 1) ::_exit(2);
  try {  // no Catch2 here, and no destructors of what the parent has
    mesh.listeners[victim] = tls::Listener();
    exchange_for_ever(*mesh.connect(victim));
  } catch (const Error&) {
    ::_exit(0);
  } catch (...) {
  }
  ::_exit(1);
}

std::size_t entries(const char* directory) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory)) ++count;
  return count;
}

void run_trial(Act act, std::size_t victim, std::uint64_t trial) {
  Mesh mesh(parties);
  mesh.hide(victim);
  // In one trial of four while they find each other, else while they compute.
  const bool early = trial % 4 == 3;
  for (auto& options : mesh.options) {
    options.connect_deadline = milliseconds(early ? 500 : 10'000);
    options.round_deadline = milliseconds(300);
    options.closing_deadline = milliseconds(300);
  }
  std::list<Relay> relays;
  for (std::size_t p = 0; act == Act::cut && p < parties; ++p) {
    if (p == victim) continue;
    relays.emplace_back(mesh.listeners[p].port());
    mesh.options[victim].parties[p].address = "127.0.0.1:" + std::to_string(relays.back().port());
  }
  // All processes are made before there are threads.
  std::array<std::array<int, 2>, 2> gates{};
  for (auto& gate : gates) REQUIRE(::pipe(gate.data()) == 0);
  std::vector<pid_t> children{start(mesh, victim, gates[0][0])};
  if (!early) mesh.options[victim].connect_deadline = milliseconds(300);  // of one who finds nobody any more
  if (act == Act::restart) children.push_back(start(mesh, victim, gates[1][0]));
  REQUIRE(std::ranges::all_of(children, [](pid_t child) { return child > 0; }));
  const auto open = [&](std::size_t gate) { REQUIRE(::write(gates[gate][1], "", 1) == 1); };

  for (Relay& relay : relays) relay.start();
  open(0);
  std::atomic<std::size_t> connected{0};
  std::atomic<bool> acted{false};
  std::thread actor([&] {
    const std::uint64_t random = network_conformance::mix(31 * trial + 7 * victim + static_cast<std::uint64_t>(act));
    while (!early && connected < parties - 1) std::this_thread::sleep_for(milliseconds(1));
    std::this_thread::sleep_for(std::chrono::microseconds(random % 12'000));
    if (act == Act::kill || act == Act::restart) ::kill(children[0], SIGKILL);
    if (act == Act::stop) ::kill(children[0], SIGSTOP);
    for (Relay& relay : relays) relay.cut();
    if (act == Act::restart) open(1);
    acted = true;
  });
  const auto thrown = mesh.in_threads([&](std::size_t p) {
    if (p == victim) return;
    const auto network = [&] {
      try {
        auto made = mesh.connect(p);
        ++connected;
        return made;
      } catch (...) {
        ++connected;
        throw;
      }
    }();
    // One that was restarted while the others were not yet complete is one of them; then it is they who end.
    for (std::uint64_t round = 1; !(act == Act::restart && early && acted && round > 200); ++round)
      network_conformance::exchange_all(*network, round, [](auto, auto) { return 700; });
  });
  actor.join();
  for (std::size_t p = 0; p < parties; ++p) {
    if (p == victim) continue;
    const auto error = network_conformance::error_of(thrown[p]);
    if (act == Act::restart && early && !error) continue;
    REQUIRE(error);
    INFO("party " << p << ": " << error->what());
    const std::string culprit = "party " + std::to_string(victim);
    CHECK((error->code() == ErrorCode::peer_failed || error->code() == ErrorCode::deadline_exceeded));
    // Who is told by another one, who has left because of it, names that one with its words.
    const bool blamed = error->party() == victim || std::string(error->what()).find(culprit) != std::string::npos;
    if (!(act == Act::restart && early)) CHECK(blamed);
  }
  if (act == Act::stop) ::kill(children[0], SIGKILL);
  for (std::size_t c = 0; c < children.size(); ++c) {
    int status = 0;
    CHECK(::waitpid(children[c], &status, 0) == children[c]);
    // Who was not killed has ended by itself, with an Error.
    const bool lives = act == Act::cut || c == 1;
    CHECK((lives ? WIFEXITED(status) && WEXITSTATUS(status) == 0 : WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
  }
  for (const auto& gate : gates) {
    ::close(gate[0]);
    ::close(gate[1]);
  }
}

}  // namespace

TEST_CASE("Each party is killed, stopped, cut off or restarted at random moments, and the others blame it and end") {
  const char* const wanted = std::getenv("PARLEY_TEST_MOMENTS");
  const std::uint64_t moments = wanted == nullptr ? 1 : std::strtoul(wanted, nullptr, 10);
  run_trial(Act::kill, 0, 0);  // what is made once is there
  const std::size_t descriptors = entries("/proc/self/fd"), threads = entries("/proc/self/task");
  std::uint64_t trial = 0;
  for (std::uint64_t moment = 0; moment < moments; ++moment) {
    for (const Act act : {Act::kill, Act::stop, Act::cut, Act::restart}) {
      for (std::size_t victim = 0; victim < parties; ++victim) {
        INFO("act " << static_cast<int>(act) << " on party " << victim << ", moment " << moment);
        run_trial(act, victim, trial += 5);
      }
    }
  }
  CHECK(entries("/proc/self/fd") == descriptors);
  CHECK(entries("/proc/self/task") == threads);
}
