// SPDX-License-Identifier: Apache-2.0
// Clients who hand in their numbers to servers: none is lost or counted twice, whatever stops meanwhile, and nobody comes
// through who should not.
#include "parley/tls/submission_server.hpp"

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "net/network_conformance.hpp"
#include "parley/net/local_network.hpp"
#include "parley/tls/submission_agreement.hpp"
#include "sanitized.hpp"
#include "tls/collecting.hpp"

using namespace parley;
using namespace collecting;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr std::size_t part_size = 8;

/// The servers of a collection, with files in a directory.
struct Servers {
  explicit Servers(std::size_t count, std::size_t items = 1) : collection(collection_of(count, part_size)) {
    collection.items_per_client = items;
    for (std::size_t j = 0; j < count; ++j)
      each.push_back(std::make_unique<Server>(j, scratch.file("server" + std::to_string(j))));
  }
  void start() {
    for (auto& server : each) server->start(collection);
  }
  void stop() {
    for (auto& server : each) server->stop();
  }
  /// What the stopped servers agree on; nothing where they find that it is too little.
  std::vector<SubmissionName> agreed() {
    const auto ends = LocalNetwork::create(each.size());
    std::vector<std::vector<SubmissionName>> at(each.size());
    std::atomic<std::size_t> refused{0};
    std::vector<std::thread> threads;
    for (std::size_t j = 0; j < each.size(); ++j) {
      threads.emplace_back([&, j] {
        SubmissionStore store(each[j]->file(), collection, j);
        try {
          at[j] = agree_on_submissions(*ends[j], store, collection);
        } catch (const Error& error) {
          refused += error.code() == ErrorCode::invalid_state ? 1U : 100U;
        }
      });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& other : at) CHECK(other == at[0]);
    CHECK(refused == (at[0].empty() ? each.size() : 0));
    return at[0];
  }

  Scratch scratch;
  Collection collection;
  std::vector<std::unique_ptr<Server>> each;
};

std::vector<Submission> some(std::size_t count, std::size_t servers, std::uint64_t first) {
  std::vector<Submission> submissions;
  for (std::uint64_t i = 0; i < count; ++i)
    submissions.push_back(make_submission(parts_of(servers, part_size, first + i), i));
  return submissions;
}

/// What submit() throws, in words with the code before.
std::string error_of(SubmissionClient& client, const Submission& submission) {
  try {
    client.submit(submission);
  } catch (const Error& error) {
    return std::string(to_string(error.code())) + ": " + error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("Submissions of 100 clients at once are neither lost nor doubled, though servers are killed meanwhile") {
  constexpr std::size_t clients = 100;
  constexpr std::size_t items = parley::test::sanitized ? 100 : 1000;
  // The keys are made before there are processes, as in each they would be others.
  for (std::size_t j = 0; j < 3; ++j) static_cast<void>(tls_mesh::key_of(j));
  Servers servers(3, items);
  std::vector<std::unique_ptr<KilledServer>> killed;
  for (std::size_t j = 0; j < 3; ++j)
    killed.push_back(std::make_unique<KilledServer>(j, servers.each[j]->file(), servers.collection));
  std::vector<PrivateKey> keys;
  for (std::size_t c = 0; c < clients; ++c) keys.push_back(PrivateKey::generate());

  std::vector<std::string> failures(clients);
  std::atomic<std::size_t> submitting = clients;
  std::vector<std::thread> threads;
  for (std::size_t c = 0; c < clients; ++c) {
    threads.emplace_back([&, c] {
      try {
        SubmissionClient client(servers.collection, keys[c]);
        const auto submissions = some(items, 3, 1000 * c);
        // In several calls, and one of them again.
        for (std::size_t first = 0; first < items; first += items / 4)
          client.submit(std::span(submissions).subspan(first, std::min(items / 4, items - first)));
        client.submit(std::span(submissions).first(items / 4));
      } catch (const std::exception& error) {
        failures[c] = error.what();
      }
      --submitting;
    });
  }
  // Each in the middle of it, at another moment, and the last time after everything was confirmed.
  constexpr std::uintmax_t record = 1 + 32 + 8 + 8 + 32 + part_size;
  for (std::size_t j = 0; j < 3; ++j) {
    while (killed[j]->stored_bytes() < record * clients * items * (j + 1) / 5 && submitting > 0)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    killed[j]->kill();
    killed[j]->start();
  }
  for (auto& thread : threads) thread.join();
  for (const std::string& failure : failures) CHECK(failure.empty());
  for (auto& server : killed) server->kill();

  const auto agreed = servers.agreed();
  REQUIRE(agreed.size() == clients * items);
  std::map<Sha256Digest, std::size_t> number;
  for (std::size_t c = 0; c < clients; ++c) number[keys[c].fingerprint().digest()] = c;
  for (std::size_t j = 0; j < 3; ++j) {
    const SubmissionStore store(servers.each[j]->file(), servers.collection, j);
    CHECK(store.size() == clients * items);
    std::size_t wrong = 0;
    for (const SubmissionName& name : agreed)
      wrong += store.part(name) != parts_of(3, part_size, 1000 * number.at(name.client) + name.item)[j] ? 1 : 0;
    CHECK(wrong == 0);
  }
}

TEST_CASE("What only some servers have is not counted, and what is handed in again is counted once") {
  Servers servers(3);
  servers.start();
  const PrivateKey &one = tls_mesh::key_of(10), &two = tls_mesh::key_of(11), &three = tls_mesh::key_of(12);
  SubmissionClient first(servers.collection, one), second(servers.collection, two);
  const Submission of_first = make_submission(parts_of(3, part_size, 1)),
                   of_second = make_submission(parts_of(3, part_size, 2));
  first.submit(of_first);
  first.submit(of_first);
  second.submit(of_second);
  CHECK_THAT(error_of(first, make_submission(parts_of(3, part_size, 3))),
             ContainsSubstring("peer_failed: item 0 in revision 1: server 0 has the same revision"));

  servers.each[2]->stop();
  SubmissionClient dies(servers.collection, three, std::chrono::milliseconds(150));
  CHECK_THAT(
      error_of(dies, make_submission(parts_of(3, part_size, 4))),
      ContainsSubstring("deadline_exceeded: server 2 has answered 0 of 1 requests in 150 ms; dialed 127.0.0.1:"));
  // A replacement that reaches some servers takes away what it replaces.
  SubmissionClient replaces(servers.collection, two, std::chrono::milliseconds(150));
  CHECK_THAT(error_of(replaces, make_submission(parts_of(3, part_size, 5), 0, 2)),
             ContainsSubstring("deadline_exceeded: server 2"));
  servers.each[2]->start(servers.collection);
  CHECK_THAT(error_of(second, of_second), ContainsSubstring("has a later revision"));
  SubmissionClient again(servers.collection, three);
  const Submission of_third = make_submission(parts_of(3, part_size, 6), 0, 2);
  again.submit(of_third);
  servers.stop();

  const auto agreed = servers.agreed();
  REQUIRE(agreed.size() == 2);
  std::map<Sha256Digest, Sha256Digest> digests;
  for (const SubmissionName& name : agreed) digests[name.client] = name.digest;
  CHECK(digests.at(one.fingerprint().digest()) == of_first.digest);
  CHECK(digests.at(three.fingerprint().digest()) == of_third.digest);

  servers.start();  // closed, and still as before
  CHECK_THAT(error_of(second, make_submission(parts_of(3, part_size, 7), 0, 3)),
             ContainsSubstring("has closed the collection"));
  first.submit(of_first);
  servers.stop();
  CHECK(servers.agreed() == agreed);
}

TEST_CASE("Who has another key, another collection in mind, or is not admitted is turned away with a word") {
  Servers servers(2);
  const Fingerprint known = tls_mesh::key_of(10).fingerprint();
  for (auto& server : servers.each) {
    server->start(servers.collection, [&](SubmissionServerOptions& options) {
      options.admits = [known](const Fingerprint& key) { return key == known; };
      options.is_well_formed = [](std::span<const std::byte> part) { return part[0] != std::byte{0xff}; };
    });
  }
  const Submission submission = make_submission(parts_of(2, part_size, 1));
  const auto error = [&](const Collection& collection, std::size_t key, const Submission& handed_in) {
    SubmissionClient client(collection, tls_mesh::key_of(key), std::chrono::milliseconds(5000));
    return error_of(client, handed_in);
  };
  CHECK_THAT(error(servers.collection, 11, submission), ContainsSubstring("does not admit the key of this client"));
  // A server is no client.
  CHECK_THAT(error(servers.collection, 1, submission), ContainsSubstring("configuration_mismatch"));
  Collection other = servers.collection;
  other.minimum_clients = 5;
  CHECK_THAT(error(other, 10, submission),
             ContainsSubstring("configuration_mismatch: the parameter minimum of clients is \"2\" at party ") &&
                 ContainsSubstring(", and \"5\" at the client"));
  other = servers.collection;
  other.servers[1].key = tls_mesh::key_of(5).fingerprint();
  CHECK_THAT(error(other, 10, submission), ContainsSubstring("configuration_mismatch: "));
  other = servers.collection;
  std::swap(other.servers[0].address, other.servers[1].address);
  CHECK_THAT(error(other, 10, submission), ContainsSubstring("and that of server"));
  CHECK_THAT(error(servers.collection, 10, make_submission(parts_of(2, part_size, 0xff))),
             ContainsSubstring("peer_failed: item 0 in revision 1: server 0 finds that its part is malformed"));
  CHECK_THAT(error(servers.collection, 10, make_submission(parts_of(3, part_size, 1))),
             ContainsSubstring("invalid_argument"));
  CHECK_THAT(error(servers.collection, 10, make_submission(parts_of(2, part_size + 1, 1))),
             ContainsSubstring("invalid_argument"));
  const Submission later = make_submission(parts_of(2, part_size, 1), 0, 2);  // server 1 has the malformed one
  CHECK(error(servers.collection, 10, later) == "none");
  CHECK_THAT(error(servers.collection, 10, make_submission(parts_of(2, part_size, 2), 1)),
             ContainsSubstring("takes no more of them"));
  servers.stop();
  CHECK(servers.agreed().empty());  // of one client nothing is computed
}

TEST_CASE("Strangers who send rubbish, or nothing, do not keep clients out") {
  Servers servers(2);
  for (auto& server : servers.each)
    server->start(servers.collection, [](SubmissionServerOptions& options) { options.most_connections = 20; });
  asio::io_context context;
  std::vector<asio::ip::tcp::socket> strangers;
  const std::string address = servers.collection.servers[0].address;
  const auto port = static_cast<std::uint16_t>(std::stoul(address.substr(address.find(':') + 1)));
  for (std::uint64_t s = 0; s < 60; ++s) {
    strangers.emplace_back(context);
    strangers.back().connect({asio::ip::make_address("127.0.0.1"), port});
    std::array<std::uint64_t, 50> rubbish;
    for (std::size_t i = 0; i < rubbish.size(); ++i) rubbish[i] = network_conformance::mix(100 * s + i);
    std::error_code ignored;
    if (s % 3 == 0) asio::write(strangers.back(), asio::buffer(rubbish), ignored);
  }
  for (const std::size_t key : {10U, 11U})
    SubmissionClient(servers.collection, tls_mesh::key_of(key)).submit(make_submission(parts_of(2, part_size, 1)));
  servers.stop();
  CHECK(servers.agreed().size() == 2);
}

TEST_CASE("A server that claims more submissions than the collection takes is refused before anything is allocated") {
  const Scratch scratch;
  Collection collection = collection_of(2, part_size);
  collection.most_submissions = 10;
  for (const std::uint64_t count : {std::uint64_t{11}, std::uint64_t{1} << 32U, ~std::uint64_t{0}}) {
    const auto ends = LocalNetwork::create(2);
    std::thread liar([&] {
      Bytes claim(8 + 32);
      store_little_endian<std::uint64_t>(std::span(claim).first<8>(), count);
      try {
        static_cast<void>(ends[1]->exchange({claim, {}}, std::vector<std::size_t>{claim.size(), 0}));
      } catch (const Error&) {  // the other one has left
      }
    });
    SubmissionStore store(scratch.file("store"), collection, 0);
    try {
      static_cast<void>(agree_on_submissions(*ends[0], store, collection));
      FAIL("the claim was believed");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::malformed_message);
      CHECK(error.party() == std::size_t{1});
      CHECK_THAT(error.what(), ContainsSubstring("and the collection takes 10"));
    }
    liar.join();
  }
}
