// SPDX-License-Identifier: Apache-2.0
// What is said of parties that do not find each other, each cause provoked on the loopback interface.
#include "parley/tls/diagnosis.hpp"

#include <algorithm>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "net/network_conformance.hpp"
#include "parley/tls/remote_network.hpp"
#include "tls/mesh.hpp"

using namespace parley;
using namespace parley::tls;
using Catch::Matchers::ContainsSubstring;
using network_conformance::check_nothing_thrown;
using tls_mesh::key_of;
using tls_mesh::Mesh;

namespace {

constexpr std::chrono::milliseconds soon{250};

/// What each party finds.
std::vector<std::unique_ptr<Diagnosis>> diagnose(Mesh& mesh) {
  std::vector<std::unique_ptr<Diagnosis>> found(mesh.options.size());
  check_nothing_thrown(mesh.in_threads(
      [&](std::size_t p) { found[p] = std::make_unique<Diagnosis>(mesh.options[p], std::move(mesh.listeners[p])); }));
  return found;
}

/// What party 0 finds when it dials the address in the place of party 1.
DirectionFinding dialing(const std::string& address) {
  Mesh mesh(2);
  mesh.options[0].parties[1].address = address;
  mesh.options[0].connect_deadline = soon;
  const Diagnosis found(mesh.options[0], std::move(mesh.listeners[0]));
  CHECK_FALSE(found.will_meet(1));
  CHECK(found.dialed_by(1).finding == Finding::nobody_came);
  return found.dialing(1);
}

void check(const DirectionFinding& found, Finding finding, const std::string& text) {
  INFO(found.text);
  CHECK(static_cast<int>(found.finding) == static_cast<int>(finding));
  CHECK_THAT(found.text, ContainsSubstring(text));
}

struct Machine {
  asio::io_context io;
  asio::ip::tcp::acceptor acceptor{io, {asio::ip::make_address("127.0.0.1"), 0}};
  std::string address = "127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
};

}  // namespace

TEST_CASE("Parties with whom all is well find so in both directions") {
  Mesh mesh(3);
  const auto found = diagnose(mesh);
  for (std::size_t p = 0; p < 3; ++p) {
    for (std::size_t q = 0; q < 3; ++q) {
      if (p == q) continue;
      check(found[p]->dialing(q), Finding::well, "well");
      check(found[p]->dialed_by(q), Finding::well, "well");
      CHECK(found[p]->will_meet(q));
    }
    CHECK(found[p]->strangers().empty());
  }
}

TEST_CASE("Parties that look at the same time know of each pair, also of those that cannot meet") {
  // How long they look: those who cannot meet look to the end, and a machine that is busy takes more.
  for (auto time = soon; time < 64 * soon; time *= 2) {
    Mesh mesh(3);
    {
      const Machine nobody;
      mesh.options[1].parties[2].address = mesh.options[2].parties[1].address = nobody.address;
    }
    for (auto& options : mesh.options) options.connect_deadline = time;
    const auto found = diagnose(mesh);
    const bool enough = std::ranges::all_of(found, [](const auto& each) {
      for (std::size_t p = 0; p < 3; ++p)
        if (!each->table().row(p).is_final) return false;
      return true;
    });
    if (!enough) continue;
    for (const auto& each : found) {
      const FindingsTable& table = each->table();
      CHECK(table.will_meet(0, 1) == true);
      CHECK(table.will_meet(2, 0) == true);
      CHECK(table.will_meet(1, 2) == false);
      CHECK(table.dialing(1, 2) == Finding::refused);
      CHECK(table.dialing(2, 1) == Finding::refused);
      CHECK(table.dialing(2, 0) == Finding::well);
      CHECK(table.row(2).dialed_by[1] == Finding::nobody_came);
    }
    return;
  }
  FAIL("the parties did not hear of each other");
}

TEST_CASE("Findings that no party writes are refused, and older ones do not replace newer ones") {
  FindingsTable table(3), other(3);
  const auto row = [](std::uint64_t edition, Finding finding) {
    return FindingsTable::Row{edition, true, std::vector<Finding>(3, finding), std::vector<Finding>(3, Finding::well)};
  };
  CHECK(table.encode().empty());
  CHECK_FALSE(table.will_meet(0, 1).has_value());
  CHECK_FALSE(table.dialing(0, 1).has_value());
  other.set(1, row(5, Finding::refused));
  other.set(2, row(7, Finding::wrong_key));
  const Bytes message = other.encode();
  CHECK(message.size() <= table.longest_message());
  CHECK(table.merge(message, 1, 0));
  CHECK_FALSE(table.merge(message, 1, 0));
  CHECK(table.dialing(1, 0) == Finding::refused);
  CHECK(table.dialing(0, 1) == Finding::well);
  CHECK(table.will_meet(0, 1) == true);
  CHECK(table.will_meet(0, 2) == false);
  other.set(1, row(4, Finding::no_answer));
  CHECK_FALSE(table.merge(other.encode(), 1, 0));
  other.set(1, row(6, Finding::no_answer));
  CHECK_FALSE(FindingsTable(table).merge(other.encode(), 1, 1));
  CHECK(table.merge(other.encode(), 1, 0));
  CHECK(table.dialing(1, 0) == Finding::no_answer);
  const auto refused = [&](Bytes wrong) {
    FindingsTable copy(table);
    try {
      static_cast<void>(copy.merge(wrong, 2, 0));
    } catch (const Error& error) {
      return error.code() == ErrorCode::malformed_message && error.party() == std::size_t{2} &&
             copy.encode() == table.encode();
    }
    return false;
  };
  for (std::size_t size = 1; size < message.size(); ++size)
    CHECK((size == message.size() / 2 || refused(Bytes(message.begin(), message.begin() + static_cast<long>(size)))));
  Bytes wrong = message;
  wrong[0] = std::byte{3};  // a party that does not exist
  CHECK(refused(wrong));
  wrong = message;
  wrong.back() = static_cast<std::byte>(static_cast<unsigned>(Finding::other_parameters) + 1);
  CHECK(refused(wrong));
  wrong.resize(table.longest_message() + 19);
  CHECK(refused(wrong));
  CHECK(to_string(Finding::well) == "well");
  CHECK(to_string(Finding::other_parameters) == "parameters");
}

TEST_CASE("One direction is enough, and the other one is not waited for where nobody can dial") {
  Mesh mesh(2);
  mesh.hide(1);
  mesh.options[1].parties[0].address = "127.0.0.1:" + std::to_string(mesh.listeners[0].port());
  const auto found = diagnose(mesh);
  check(found[0]->dialing(1), Finding::not_possible, "party 1 has no address to dial");
  check(found[0]->dialed_by(1), Finding::well, "well");
  check(found[1]->dialing(0), Finding::well, "well");
  check(found[1]->dialed_by(0), Finding::not_possible, "this party listens nowhere");
  CHECK((found[0]->will_meet(1) && found[1]->will_meet(0)));
}

TEST_CASE("A name that is not found, a port that refuses and silence are told apart") {
  check(dialing("no such name:7001"), Finding::name_not_found, "the name in no such name:7001 is not found");
  std::optional<Machine> machine(std::in_place);
  const std::string address = machine->address;
  check(dialing(address), Finding::no_answer, address + " is connected and says nothing");
  machine.reset();
  check(dialing(address), Finding::refused, address + " refuses: nobody listens on this port");

#if defined(__linux__)
  // A queue that is full: what is sent there is dropped, as by a firewall.
  asio::io_context io;
  asio::ip::tcp::acceptor acceptor(io);
  acceptor.open(asio::ip::tcp::v4());
  acceptor.bind({asio::ip::make_address("127.0.0.1"), 0});
  acceptor.listen(0);
  std::vector<asio::ip::tcp::socket> queue;
  for (int i = 0; i < 4; ++i) {
    queue.emplace_back(io).open(asio::ip::tcp::v4());
    queue.back().async_connect(acceptor.local_endpoint(), [](const std::error_code&) {});
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const DirectionFinding found = dialing("127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()));
  CHECK(found.finding == Finding::no_answer);
#endif
}

TEST_CASE("What is no party is not taken for one") {
  const auto answered_by = [](const std::function<void(asio::ip::tcp::socket&)>& answer) {
    Machine machine;
    machine.acceptor.non_blocking(true);
    std::atomic<bool> done = false;
    std::thread server([&] {
      while (!done) {
        std::error_code error;
        asio::ip::tcp::socket socket = machine.acceptor.accept(error);
        if (!error) answer(socket);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    });
    const DirectionFinding found = dialing(machine.address);
    done = true;
    server.join();
    return found;
  };
  check(answered_by([](asio::ip::tcp::socket& socket) {
          std::error_code ignored;
          asio::write(socket, asio::buffer(std::string_view("HTTP/1.1 400 Bad Request\r\n\r\n")), ignored);
        }),
        Finding::no_parley, "does not answer as a party does: TLS: wrong version number");
  check(answered_by([](asio::ip::tcp::socket& socket) {
          const tls::detail::OwnedContext context(SSL_CTX_new(TLS_server_method()));
          SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
          SSL_CTX_use_certificate(context.get(), key_of(1).certificate());
          SSL_CTX_use_PrivateKey(context.get(), key_of(1).handle());
          const tls::detail::OwnedSsl ssl(SSL_new(context.get()));
          socket.non_blocking(false);
          SSL_set_fd(ssl.get(), socket.native_handle());
          SSL_accept(ssl.get());
          ERR_clear_error();
        }),
        Finding::no_parley, "does not answer as a party does: TLS: tlsv1 alert protocol version");
  check(answered_by([](asio::ip::tcp::socket&) {}), Finding::no_parley, "does not answer as a party does");
}

TEST_CASE("A key that another is expected for is shown, by both sides") {
  Mesh mesh(2);
  mesh.options[0].parties[1].key = key_of(7).fingerprint();
  for (auto& options : mesh.options) options.connect_deadline = soon;
  const auto found = diagnose(mesh);
  check(found[0]->dialing(1), Finding::wrong_key, "has the key " + key_of(1).fingerprint().text());
  check(found[0]->dialing(1), Finding::wrong_key, key_of(7).fingerprint().text());
  check(found[0]->dialed_by(1), Finding::nobody_came, "party 1 has not come");
  check(found[1]->dialing(0), Finding::own_key_refused, "refuses this party's key, " + key_of(1).fingerprint().text());
  const auto strangers = [](const Diagnosis& diagnosis) {
    std::string all;
    for (const std::string& each : diagnosis.strangers()) all += each + '\n';
    return all;
  };
  CHECK_THAT(strangers(*found[0]), ContainsSubstring("came with the key " + key_of(1).fingerprint().text()));
  CHECK_THAT(strangers(*found[1]), ContainsSubstring("came and refused this party's key"));
  CHECK_FALSE(found[0]->will_meet(1));
  CHECK_FALSE(found[1]->will_meet(0));
}

TEST_CASE("Parties that are about to run different things say what differs") {
  const auto differing = [](const std::function<void(Options&)>& change, const std::string& text) {
    Mesh mesh(2);
    change(mesh.options[1]);
    const auto found = diagnose(mesh);
    for (const std::size_t p : {0U, 1U}) {
      check(found[p]->dialing(1 - p), Finding::other_parameters, text);
      check(found[p]->dialed_by(1 - p), Finding::other_parameters, text);
      CHECK_FALSE(found[p]->will_meet(1 - p));
    }
  };
  differing([](Options& options) { options.session.program = "others"; }, "\"others\" at party 1");
  differing([](Options& options) { options.session.id = "June"; }, "the session is");
  differing([](Options& options) { options.session.parameters[0].value = "2^127 - 1"; }, "the parameter field is");
}

TEST_CASE("Another version of the protocol is named") {
  Mesh mesh(2);
  mesh.options[0].parties[1].address.clear();
  mesh.options[0].connect_deadline = std::chrono::seconds(2);
  const std::uint16_t port = mesh.listeners[0].port();
  std::thread other([&] {
    asio::io_context io;
    asio::ip::tcp::socket socket(io);
    socket.connect({asio::ip::make_address("127.0.0.1"), port});
    const tls::detail::Context context(key_of(1), {key_of(0).fingerprint(), key_of(1).fingerprint()}, 1);
    tls::detail::Link link(std::make_unique<tls::detail::Channel>(std::move(socket), &context, false, 0));
    const auto pause = [&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      link.channel().try_again();
    };
    while (link.channel().handshake() == tls::detail::Progress::blocked) pause();
    tls::detail::Hello hello;
    hello.version = 99;
    link.send(tls::detail::FrameKind::hello, 0, tls::detail::encode(hello));
    for (link.flush(); link.is_sending(); link.flush()) pause();
    Bytes forgotten(1000);
    while (link.channel().receive(forgotten).progress != tls::detail::Progress::closed) pause();
  });
  const Diagnosis found(mesh.options[0], std::move(mesh.listeners[0]));
  other.join();
  check(found.dialed_by(1), Finding::other_version, "the version of the protocol is 99 at party 1, and 1 at party 0");
}

TEST_CASE("A party that waits for the others already is no worse for being looked at") {
  Mesh mesh(2);
  check_nothing_thrown(mesh.in_threads([&](std::size_t p) {
    if (p == 0) {
      network_conformance::exchange_all(*mesh.connect(0), 1);
      return;
    }
    const std::string address = "127.0.0.1:" + std::to_string(mesh.listeners[1].port());
    const Diagnosis found(mesh.options[1], std::move(mesh.listeners[1]));
    network_conformance::must(found.will_meet(0), "all is well");
    mesh.listeners[1] = Listener(address);
    network_conformance::exchange_all(*mesh.connect(1), 1);
  }));
}
