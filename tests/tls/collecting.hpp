// SPDX-License-Identifier: Apache-2.0
// Servers of submissions that are threads of this process, their files, and clients for them, for tests.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "parley/tls/submission_client.hpp"
#include "parley/tls/submission_server.hpp"
#include "tls/mesh.hpp"

namespace collecting {

using namespace parley::tls;
using parley::Bytes;

/// A directory that goes with the test; in memory where the system has such a place, as tests wait for the disk often.
class Scratch {
 public:
  Scratch() {
    const std::filesystem::path memory = "/dev/shm";
    const bool fast = ::access(memory.c_str(), W_OK) == 0;
    std::string name = ((fast ? memory : std::filesystem::temp_directory_path()) / "parley-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::filesystem::filesystem_error("mkdtemp", name, std::error_code());
    path_ = name;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::filesystem::path file(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// `servers` servers with the keys of as many parties.
inline Collection collection_of(std::size_t servers, std::size_t part_size, std::size_t minimum_clients = 2) {
  Collection collection;
  collection.session = {"tests", "a collection", {{"field", "2^61 - 1"}}};
  for (std::size_t j = 0; j < servers; ++j) collection.servers.push_back({"", tls_mesh::key_of(j).fingerprint()});
  collection.part_size = part_size;
  collection.minimum_clients = minimum_clients;
  return collection;
}

/// A server with its file, in a thread of its own from start() to stop().
class Server {
 public:
  Server(std::size_t self, std::filesystem::path file) : self_(self), file_(std::move(file)) {}
  ~Server() { stop(); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// On the port that it had before, if any. The address is entered in the collection.
  void start(Collection& collection, const std::function<void(SubmissionServerOptions&)>& change = {}) {
    Listener listener("127.0.0.1:" + std::to_string(port_));
    port_ = listener.port();
    collection.servers[self_].address = "127.0.0.1:" + std::to_string(port_);
    store_.emplace(file_, collection, self_);
    SubmissionServerOptions options{collection, self_, &tls_mesh::key_of(self_)};
    if (change) change(options);
    server_.emplace(std::move(options), std::move(listener), *store_);
    stopping_ = false;
    stored_ = store_->size();
    thread_ = std::thread([this] {
      try {
        server_->run([this] {
          stored_ = store_->size();
          return !stopping_;
        });
      } catch (...) {
        thrown_ = std::current_exception();
      }
    });
  }
  /// Its file is closed, too, with all that was confirmed and no more.
  void stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
    server_.reset();
    store_.reset();
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
  }

  /// How many submissions it has.
  [[nodiscard]] std::size_t stored() const { return stored_; }
  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

 private:
  std::size_t self_;
  std::filesystem::path file_;
  std::uint16_t port_ = 0;
  std::optional<SubmissionStore> store_;
  std::optional<SubmissionServer> server_;
  std::atomic<bool> stopping_{true};
  std::atomic<std::size_t> stored_{0};
  std::exception_ptr thrown_;
  std::thread thread_;
};

/// A server that is a process of its own, so that it can be killed at any moment and started again. Processes that have
/// other threads must not make new ones, so another one, made before there are threads, does that when it is told to.
class KilledServer {
 public:
  KilledServer(std::size_t self, std::filesystem::path file, Collection& collection)
      : self_(self), file_(std::move(file)) {
    if (::pipe2(orders_.data(), O_CLOEXEC) != 0 || ::pipe2(answers_.data(), O_CLOEXEC) != 0)
      throw std::system_error(errno, std::generic_category(), "pipe2");
    maker_ = ::fork();
    if (maker_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (maker_ == 0) make_servers(collection);
    ::close(std::exchange(orders_[0], -1));
    ::close(std::exchange(answers_[1], -1));
    const std::uint16_t port = start();
    collection.servers[self_].address = "127.0.0.1:" + std::to_string(port);
  }
  KilledServer(const KilledServer&) = delete;
  KilledServer& operator=(const KilledServer&) = delete;
  ~KilledServer() {
    // The end of the pipe alone would not tell: makers that are younger have it, too.
    const char quit = 'q';
    if (::write(orders_[1], &quit, 1) != 1) ::kill(maker_, SIGTERM);
    ::close(orders_[1]);
    ::close(answers_[0]);
    ::waitpid(maker_, nullptr, 0);
  }

  /// On the port that it had before. Returns when it listens.
  std::uint16_t start() { return order('s'); }
  /// By SIGKILL. Returns when it is gone.
  void kill() { static_cast<void>(order('k')); }

  /// How many bytes it has on its disk.
  [[nodiscard]] std::uintmax_t stored_bytes() const {
    std::error_code none;
    const auto size = std::filesystem::file_size(file_, none);
    return none ? 0 : size;
  }
  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

 private:
  std::uint16_t order(char what) {
    std::uint16_t port = 0;
    if (::write(orders_[1], &what, 1) != 1 || ::read(answers_[0], &port, sizeof(port)) != sizeof(port))
      throw std::runtime_error("a server could not be started or killed");
    return port;
  }

  [[noreturn]] void make_servers(const Collection& collection) {
    ::close(orders_[1]);  // or its end would never be seen
    pid_t server = -1;
    std::uint16_t port = 0;
    const auto kill_it = [&] {
      if (server > 0) {
        ::kill(server, SIGKILL);
        ::waitpid(server, nullptr, 0);
      }
      server = -1;
    };
    for (char what = 0; ::read(orders_[0], &what, 1) == 1;) {
      kill_it();
      if (what == 'q') break;
      if (what == 's') {
        std::array<int, 2> ready;
        if (::pipe2(ready.data(), O_CLOEXEC) != 0) break;
        server = ::fork();
        if (server == 0) serve(collection, port, ready[1]);
        ::close(ready[1]);
        if (server < 0 || ::read(ready[0], &port, sizeof(port)) != sizeof(port)) break;
        ::close(ready[0]);
      }
      if (::write(answers_[1], &port, sizeof(port)) != sizeof(port)) break;
    }
    kill_it();
    ::_exit(0);
  }

  [[noreturn]] void serve(const Collection& collection, std::uint16_t port, int ready) const {
    try {
      Listener listener("127.0.0.1:" + std::to_string(port));
      port = listener.port();
      SubmissionStore store(file_, collection, self_);
      SubmissionServer server({collection, self_, &tls_mesh::key_of(self_)}, std::move(listener), store);
      if (::write(ready, &port, sizeof(port)) == sizeof(port)) server.run([] { return true; });
    } catch (const std::exception& error) {
      std::cerr << "a server that is to be killed: " << error.what() << '\n';
    }
    ::_exit(1);
  }

  std::size_t self_;
  std::filesystem::path file_;
  std::array<int, 2> orders_{}, answers_{};
  pid_t maker_ = -1;
};

/// Parts of which that of server j is `size` bytes of a pattern.
inline std::vector<Bytes> parts_of(std::size_t servers, std::size_t size, std::uint64_t pattern) {
  std::vector<Bytes> parts;
  for (std::size_t j = 0; j < servers; ++j) {
    parts.emplace_back(size);
    for (std::size_t i = 0; i < size; ++i) parts[j][i] = static_cast<std::byte>((pattern >> (8 * (i % 8))) + j);
  }
  return parts;
}

}  // namespace collecting
