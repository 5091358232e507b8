// SPDX-License-Identifier: Apache-2.0
// How parties find each other in every order, and whom they refuse: others' keys, older TLS, other sessions, hellos that
// were sent before.
#include "parley/tls/rendezvous.hpp"

#include <algorithm>
#include <array>
#include <asio/io_context.hpp>
#include <asio/write.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "net/network_conformance.hpp"
#include "tls/mesh.hpp"

using namespace parley;
using namespace parley::tls;
using Catch::Matchers::ContainsSubstring;
using network_conformance::check_error;
using network_conformance::check_nothing_thrown;
using network_conformance::error_of;
using network_conformance::exchange_all;
using network_conformance::must;
using tls_mesh::key_of;
using tls_mesh::Mesh;

namespace {

constexpr std::chrono::milliseconds soon{300};

void check_says(const std::exception_ptr& thrown, ErrorCode code, std::size_t party, const std::string& text) {
  check_error(thrown, code, party);
  CHECK_THAT(error_of(thrown)->what(), ContainsSubstring(text));
}

/// Connects, and exchanges one message with all.
std::vector<std::exception_ptr> meet(Mesh& mesh, const std::function<void(std::size_t)>& before = {}) {
  return mesh.in_threads([&](std::size_t p) {
    if (before) before(p);
    exchange_all(*mesh.connect(p), 1);
  });
}

asio::ip::tcp::socket dialed(asio::io_context& context, std::uint16_t port) {
  asio::ip::tcp::socket socket(context);
  socket.connect({asio::ip::make_address("127.0.0.1"), port});
  return socket;
}

/// A TLS client that is no parley: whether it can shake hands and gets an answer to a word. The key may be nullptr.
bool is_let_in(std::uint16_t port, const PrivateKey* key, int version) {
  asio::io_context io;
  auto socket = dialed(io, port);
  const tls::detail::OwnedContext context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(context.get(), version);
  SSL_CTX_set_max_proto_version(context.get(), version);
  SSL_CTX_set_security_level(context.get(), 0);
  if (key != nullptr) {
    SSL_CTX_use_certificate(context.get(), key->certificate());
    SSL_CTX_use_PrivateKey(context.get(), key->handle());
  }
  const tls::detail::OwnedSsl ssl(SSL_new(context.get()));
  SSL_set_fd(ssl.get(), socket.native_handle());
  ERR_clear_error();
  // In TLS 1.3 a client learns what the server thinks of it when it reads.
  char answer = 0;
  const bool let_in =
      SSL_connect(ssl.get()) == 1 && SSL_write(ssl.get(), "hello", 5) == 5 && SSL_read(ssl.get(), &answer, 1) == 1;
  ERR_clear_error();
  return let_in;
}

/// A party 1 that has its key and speaks to party 0 by hand.
struct ByHand {
  ByHand(std::uint16_t port, std::size_t parties)
      : fingerprints([&] {
          std::vector<Fingerprint> made;
          for (std::size_t p = 0; p < parties; ++p) made.push_back(key_of(p).fingerprint());
          return made;
        }()),
        context(key_of(1), fingerprints, 1),
        link(std::make_unique<tls::detail::Channel>(dialed(io, port), &context, false, 0)) {
    while (link.channel().handshake() == tls::detail::Progress::blocked) pause();
    must(link.channel().identity().found == 0, "shakes hands with party 0");
  }

  void pause() {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    link.channel().try_again();
  }

  [[nodiscard]] tls::detail::Hello hello() {
    tls::detail::Hello hello;
    hello.sender = 1;
    hello.receiver = 0;
    hello.parties = static_cast<std::uint32_t>(fingerprints.size());
    Bytes keys;
    for (const Fingerprint& each : fingerprints) keys.insert(keys.end(), each.digest().begin(), each.digest().end());
    hello.keys = tls::detail::sha256(keys);
    hello.channel = link.channel().binding();
    hello.session = tls_mesh::session;
    return hello;
  }

  /// Reads until the other side closes the connection.
  void wait_for_end() {
    Bytes forgotten(1000);
    while (link.channel().receive(forgotten).progress != tls::detail::Progress::closed) pause();
  }

  /// Reads until such a frame has come.
  void await(tls::detail::FrameKind kind) {
    tls::detail::FrameHeader header;
    do {
      while (link.receive_header(header, 0) == tls::detail::Progress::blocked) pause();
      Bytes body(static_cast<std::size_t>(header.size));
      while (link.receive_body(body) == tls::detail::Progress::blocked) pause();
    } while (header.kind != kind);
  }

  void send(tls::detail::FrameKind kind, Bytes body) {
    link.send(kind, 0, std::move(body));
    for (link.flush(); link.is_sending(); link.flush()) pause();
  }

  std::vector<Fingerprint> fingerprints;
  asio::io_context io;
  tls::detail::Context context;
  tls::detail::Link link;
};

std::size_t entries_of(const char* directory) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory), {}));
}

}  // namespace

TEST_CASE("Parties find each other in every order, whoever is reachable") {
  for (const Transport transport : {Transport::tls, Transport::plain_loopback}) {
    std::array<std::size_t, 3> order{0, 1, 2};
    do {
      for (const int reachable : {3, 0, 1, 2}) {  // all, or all but one
        Mesh mesh(3, transport, order[0] != 1);
        if (reachable < 3) mesh.hide(static_cast<std::size_t>(reachable));
        // Those that cannot be reached dial.
        for (std::size_t q = 0; q < 3; ++q) {
          if (reachable < 3 && q != static_cast<std::size_t>(reachable)) {
            mesh.options[static_cast<std::size_t>(reachable)].parties[q].address =
                "127.0.0.1:" + std::to_string(mesh.listeners[q].port());
          }
        }
        check_nothing_thrown(
            meet(mesh, [&](std::size_t p) { std::this_thread::sleep_for(std::chrono::milliseconds(4 * order[p])); }));
      }
    } while (std::next_permutation(order.begin(), order.end()));
  }
}

TEST_CASE("A party may be started when the others have long been dialing it") {
  Mesh mesh(2);
  std::uint16_t port = 0;
  {
    const Listener taken("127.0.0.1:0");
    port = taken.port();
  }
  mesh.hide(0);
  mesh.hide(1);
  mesh.options[0].parties[1].address = "localhost:" + std::to_string(port);
  check_nothing_thrown(meet(mesh, [&](std::size_t p) {
    if (p == 0) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    mesh.listeners[1] = Listener("127.0.0.1:" + std::to_string(port));
  }));
}

TEST_CASE("A party that is restarted before all are there is found again") {
  Mesh mesh(3);
  mesh.options[0].parties[1].address.clear();
  const std::uint16_t port = mesh.listeners[0].port();
  check_nothing_thrown(meet(mesh, [&](std::size_t p) {
    if (p == 1) {  // comes, is taken in, and goes without a word
      ByHand first(port, 3);
      first.send(tls::detail::FrameKind::hello, tls::detail::encode(first.hello()));
      first.await(tls::detail::FrameKind::chosen);
    }
    if (p == 2) std::this_thread::sleep_for(std::chrono::milliseconds(30));
  }));
}

TEST_CASE("Two parties that dial each other keep one connection") {
  for (int i = 0; i < 40; ++i) {
    Mesh mesh(2, i % 4 == 0 ? Transport::tls : Transport::plain_loopback);
    check_nothing_thrown(meet(mesh));
  }
}

TEST_CASE("What differs is refused on both sides, and both say the same") {
  for (const Transport transport : {Transport::tls, Transport::plain_loopback}) {
    const auto refused = [&](const std::function<void(Options&)>& change, const std::string& text) {
      Mesh mesh(2, transport);
      change(mesh.options[1]);
      const auto thrown = meet(mesh);
      check_says(thrown[0], ErrorCode::configuration_mismatch, 1, text);
      check_says(thrown[1], ErrorCode::configuration_mismatch, 0, text);
    };
    refused([](Options& options) { options.session.program = "others"; }, "the program is");
    refused([](Options& options) { options.session.id = "another run"; }, "the session is");
    refused([](Options& options) { options.session.parameters[0].value = "2^127 - 1"; }, "the parameter field is");
    refused(
        [](Options& options) {
          options.parties.push_back({"127.0.0.1:9", key_of(5).fingerprint()});
        },
        "the number of parties is");
  }
  Mesh mesh(3);  // party 2 has other keys in mind than the others
  mesh.options[0].parties[1].key = key_of(7).fingerprint();
  mesh.hide(1);
  mesh.options[1].connect_deadline = std::chrono::seconds(3);  // the others may have left before it finds them
  for (std::size_t p : {0U, 2U}) {
    mesh.options[1].parties[p].address = "127.0.0.1:" + std::to_string(mesh.listeners[p].port());
  }
  const auto thrown = meet(mesh);
  CHECK(error_of(thrown[0])->code() == ErrorCode::configuration_mismatch);
  CHECK(error_of(thrown[2]));
}

TEST_CASE("A party with another key is refused, and both are told whose it is not") {
  Mesh mesh(2);
  mesh.options[0].parties[1].key = key_of(7).fingerprint();
  mesh.hide(0);
  SECTION("by the one who dials") {
    mesh.options[0].parties[1].address = "127.0.0.1:" + std::to_string(mesh.listeners[1].port());
    mesh.options[1].connect_deadline = soon;
    const auto thrown = meet(mesh);
    check_says(thrown[0], ErrorCode::configuration_mismatch, 1, "has the key " + key_of(1).fingerprint().text());
    CHECK_THAT(error_of(thrown[0])->what(), ContainsSubstring(key_of(7).fingerprint().text()));
    check_error(thrown[1], ErrorCode::deadline_exceeded, 0);
  }
  SECTION("by the one who is dialed") {
    mesh.listeners[0] = Listener("127.0.0.1:0");
    mesh.options[0].parties[1].address.clear();
    mesh.options[1].parties[0].address = "127.0.0.1:" + std::to_string(mesh.listeners[0].port());
    mesh.options[0].connect_deadline = soon;
    const auto thrown = meet(mesh);
    check_says(thrown[1], ErrorCode::configuration_mismatch, 0, "refuses the key of party 1");
    check_says(thrown[0], ErrorCode::deadline_exceeded, 1,
               key_of(1).fingerprint().text() + " is that of no other party");
  }
}

TEST_CASE("Strangers are turned away and do no harm") {
  Mesh mesh(2);
  mesh.hide(1);
  mesh.options[1].parties[0].address = "127.0.0.1:" + std::to_string(mesh.listeners[0].port());
  const std::uint16_t port = mesh.listeners[0].port();
  const auto thrown = mesh.in_threads([&](std::size_t p) {
    if (p == 1) {  // those who know the key of party 1, and only they, are let in
      must(!is_let_in(port, nullptr, TLS1_3_VERSION), "without a key");
      must(!is_let_in(port, &key_of(9), TLS1_3_VERSION), "with a stranger's key");
      must(!is_let_in(port, &key_of(0), TLS1_3_VERSION), "with the key of party 0 itself");
      must(!is_let_in(port, &key_of(1), TLS1_2_VERSION), "with TLS 1.2");
      asio::io_context io;
      auto silent = dialed(io, port), rude = dialed(io, port);
      asio::write(rude, asio::buffer(std::string_view("GET / HTTP/1.1\r\n\r\n")));
      exchange_all(*mesh.connect(p), 1);
    } else {
      exchange_all(*mesh.connect(p), 1);
    }
  });
  check_nothing_thrown(thrown);
}

TEST_CASE("Without TLS strangers do no harm by chance") {
  Mesh mesh(2, Transport::plain_loopback);
  mesh.hide(1);
  const std::uint16_t port = mesh.listeners[0].port();
  mesh.options[1].parties[0].address = "127.0.0.1:" + std::to_string(port);
  const auto thrown = mesh.in_threads([&](std::size_t p) {
    asio::io_context io;
    std::vector<asio::ip::tcp::socket> strangers;
    for (int i = 0; p == 1 && i < 100; ++i) {
      strangers.push_back(dialed(io, port));
      const std::string word(static_cast<std::size_t>(i), static_cast<char>(i));
      std::error_code ignored;
      asio::write(strangers.back(), asio::buffer(word), ignored);
    }
    exchange_all(*mesh.connect(p), 1);
  });
  check_nothing_thrown(thrown);
}

TEST_CASE("A party that has its key and says something wrong is refused") {
  Mesh mesh(2);
  mesh.hide(1);
  const auto refused = [&](const std::function<void(ByHand&)>& speak, ErrorCode code, const std::string& text) {
    const std::uint16_t port = mesh.listeners[0].port();
    const auto thrown = mesh.in_threads([&](std::size_t p) {
      if (p == 0) {
        static_cast<void>(mesh.connect(0));
        return;
      }
      ByHand hand(port, 2);
      speak(hand);
      hand.wait_for_end();
    });
    check_says(thrown[0], code, 1, text);
    mesh.listeners[0] = Listener("127.0.0.1:0");
  };
  static Sha256Digest earlier;
  refused(
      [](ByHand& hand) {
        earlier = hand.link.channel().binding();
        hand.send(tls::detail::FrameKind::ready, {});
      },
      ErrorCode::malformed_message, "sent no hello");
  refused(
      [](ByHand& hand) {
        auto hello = hand.hello();
        must(hello.channel != earlier, "another connection");
        hello.channel = earlier;  // as it was sent on the connection before
        hand.send(tls::detail::FrameKind::hello, tls::detail::encode(hello));
      },
      ErrorCode::malformed_message, "belongs to another connection");
  refused(
      [](ByHand& hand) {
        auto hello = hand.hello();
        hello.version = 0;
        hand.send(tls::detail::FrameKind::hello, tls::detail::encode(hello));
      },
      ErrorCode::configuration_mismatch, "the version of the protocol is 0 at party 1, and 1 at party 0");
  refused(
      [](ByHand& hand) {
        auto hello = hand.hello();
        hello.sender = 0;
        hand.send(tls::detail::FrameKind::hello, tls::detail::encode(hello));
      },
      ErrorCode::malformed_message, "says that it is party 0");
  refused([](ByHand& hand) { hand.send(tls::detail::FrameKind::hello, Bytes(tls::detail::longest_hello + 1)); },
          ErrorCode::malformed_message, "sent no hello");
  refused([](ByHand& hand) { hand.send(static_cast<tls::detail::FrameKind>(99), {}); }, ErrorCode::malformed_message,
          "a frame of kind 99");
  refused([](ByHand& hand) { hand.send(tls::detail::FrameKind::hello, Bytes(20)); }, ErrorCode::malformed_message,
          "a hello does not begin");
  refused(
      [](ByHand& hand) {
        hand.send(tls::detail::FrameKind::hello, tls::detail::encode(hand.hello()));
        hand.send(tls::detail::FrameKind::message, Bytes(8));
      },
      ErrorCode::malformed_message, "before it said that it is ready");
  refused(
      [](ByHand& hand) {
        hand.send(tls::detail::FrameKind::hello, tls::detail::encode(hand.hello()));
        hand.send(tls::detail::FrameKind::gave_up, tls::detail::encode_gave_up(std::nullopt, "a bad\nidea"));
      },
      ErrorCode::peer_failed, "party 1 gave up: a bad?idea");
}

TEST_CASE("Who does not find the others in time says whom, and what was tried") {
  Mesh mesh(3);
  for (auto& options : mesh.options) options.connect_deadline = std::chrono::milliseconds(120);
  const std::uint16_t port = mesh.listeners[2].port();
  mesh.listeners[2] = Listener();
  const auto thrown = mesh.in_threads([&](std::size_t p) {
    if (p < 2) static_cast<void>(mesh.connect(p));
  });
  for (const std::size_t p : {0U, 1U}) {
    const auto error = error_of(thrown[p]);
    REQUIRE(error);
    if (error->code() == ErrorCode::peer_failed) {  // the other's time was over a little earlier
      CHECK(error->party() == 1 - p);
    } else {
      check_error(thrown[p], ErrorCode::deadline_exceeded, 2);
    }
    CHECK_THAT(error->what(),
               ContainsSubstring("no connection to party 2 after 120 ms; dialed 127.0.0.1:" + std::to_string(port)));
    CHECK_THAT(error->what(), ContainsSubstring("refused"));
  }
}

TEST_CASE("Options that make no sense are refused") {
  const auto refused = [](const std::function<void(Mesh&)>& change, const std::string& text) {
    Mesh mesh(2);
    change(mesh);
    try {
      static_cast<void>(mesh.connect(0));
      FAIL("nothing was thrown");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::invalid_argument);
      CHECK_THAT(error.what(), ContainsSubstring(text));
    }
  };
  refused([](Mesh& mesh) { mesh.options[0].self = 2; }, "party 2 among 2 parties");
  refused([](Mesh& mesh) { mesh.options[0].key = nullptr; }, "needs the key");
  refused([](Mesh& mesh) { mesh.options[0].key = &key_of(1); }, "the key of this party has the fingerprint");
  refused([](Mesh& mesh) { mesh.options[0].parties[1].key.reset(); }, "needs the fingerprint of the key of party 1");
  refused([](Mesh& mesh) { mesh.options[0].parties[1].key = key_of(0).fingerprint(); }, "have the same key");
  refused([](Mesh& mesh) { mesh.options[0].connect_deadline = {}; }, "the deadline of connecting is not positive");
  refused([](Mesh& mesh) { mesh.options[0].session.id = "\n"; }, "printable");
  for (const char* address : {"host", "host:", ":7001", "host:65536", "host:70x", "::1:7001", "[]:1"}) {
    refused([&](Mesh& mesh) { mesh.options[0].parties[1].address = address; }, "is no address");
  }
  refused(
      [](Mesh& mesh) {
        mesh.hide(0);
        mesh.hide(1);
      },
      "no connection can be made");
  refused(
      [](Mesh& mesh) {
        mesh.options[0].transport = Transport::plain_loopback;
        mesh.listeners[0] = Listener("0.0.0.0:0");
      },
      "without TLS");
  refused(
      [](Mesh& mesh) {
        mesh.options[0].transport = Transport::plain_loopback;
        mesh.options[0].parties[1].address = "192.0.2.1:7001";
      },
      "without TLS");
  for (const char* address : {"localhost:0", "127.0.0.1", "192.0.2.1:0"}) {
    CHECK_THROWS_AS(Listener(address), Error);
  }
  Mesh alone(1);
  CHECK(alone.connect(0)->exchange(std::vector<Bytes>(1), std::vector<std::size_t>{0}).size() == 1);
}

TEST_CASE("Neither descriptors nor threads are left behind") {
  const auto all = [] {
    Mesh mesh(3);
    check_nothing_thrown(meet(mesh));
    Mesh different(2);
    different.options[1].session.id = "another";
    CHECK(error_of(meet(different)[0]));
    Mesh lonely(2);
    lonely.options[0].connect_deadline = std::chrono::milliseconds(30);
    lonely.options[0].parties[1].address = "localhost:" + std::to_string(lonely.listeners[1].port());
    CHECK_THROWS_AS(lonely.connect(0), Error);
  };
  all();  // what the libraries make once for themselves
  const std::size_t descriptors = entries_of("/proc/self/fd"), threads = entries_of("/proc/self/task");
  for (int i = 0; i < 3; ++i) all();
  CHECK(entries_of("/proc/self/fd") == descriptors);
  CHECK(entries_of("/proc/self/task") <= threads);
}
