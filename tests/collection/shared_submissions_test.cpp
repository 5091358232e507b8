// SPDX-License-Identifier: Apache-2.0
// Numbers of clients, computed on by servers: from the clients over TLS to the results that go back to them, and clients
// whose shares are none.
#include "parley/collection/shared_submissions.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "parley/engine/operations.hpp"
#include "parley/field/mersenne31.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/net/local_network.hpp"
#include "tls/collecting.hpp"

using namespace parley;
using namespace collecting;

namespace {

using F = Mersenne61;
constexpr std::size_t three = 3, width = 2, part_size = part_size_of<F>(width);

std::filesystem::path file(const Scratch& scratch, std::size_t server) {
  return scratch.file("server" + std::to_string(server));
}

/// Runs the servers' program(server, engine, network, store) on their files, over a network in this process.
template <class G, class Program>
void compute(const Scratch& scratch, const Collection& collection, std::size_t count, Program program) {
  const auto ends = LocalNetwork::create(count);
  std::vector<std::exception_ptr> thrown(count);
  std::vector<std::thread> threads;
  for (std::size_t j = 0; j < count; ++j) {
    threads.emplace_back([&, j] {
      try {
        SubmissionStore store(file(scratch, j), collection, j);
        auto engine = shamir_passive<G>(*ends[j]);
        program(j, engine, *ends[j], store);
        store.commit();
      } catch (...) {
        thrown[j] = std::current_exception();
        ends[j]->give_up("a failed test");
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& each : thrown)
    if (each) std::rethrow_exception(each);
}

SubmissionName name_of(std::size_t client, const Submission& submission) {
  SubmissionName name{{}, submission.item, submission.revision, submission.digest};
  store_little_endian<std::uint64_t>(std::span(name.client).first<8>(), client);
  return name;
}

/// What is left of `count` submissions to `servers` servers where spoil(client, parts) has changed some.
template <class G, class Spoil>
std::vector<std::vector<std::uint64_t>> kept_of(std::size_t servers, std::size_t count, Spoil spoil) {
  const Scratch scratch;
  const Collection collection = collection_of(servers, part_size_of<G>(width));
  SystemRandom random;
  for (std::size_t j = 0; j < servers; ++j) SubmissionStore(file(scratch, j), collection, j).commit();
  std::vector<Submission> submissions;
  for (std::size_t c = 0; c < count; ++c) {
    const std::vector<G> values{G(1000 + c), G(c)};
    submissions.push_back(shamir_submission<G>(values, {servers, (servers - 1) / 2}, random));
    spoil(c, submissions.back().parts);
  }
  for (std::size_t j = 0; j < servers; ++j) {
    SubmissionStore store(file(scratch, j), collection, j);
    for (std::size_t c = 0; c < count; ++c)
      static_cast<void>(store.add(name_of(c, submissions[c]), submissions[c].parts[j]));
    store.commit();
  }
  std::vector<std::vector<std::uint64_t>> opened(2);
  compute<G>(scratch, collection, servers, [&](std::size_t j, auto& engine, Network& network, SubmissionStore& store) {
    const auto shared = shared_submissions(engine, network, store, collection);
    if (shared.names.size() + shared.refused.size() != count) throw std::logic_error("submissions got lost");
    for (std::size_t v = 0; v < width; ++v) {
      const auto values = open(engine, shared.values[v]);
      for (const G& value : values)
        if (j == 0) opened[v].push_back(value.to_integer());
    }
  });
  return opened;
}

/// Adds 1 to the first element of a part.
template <class G>
void change(Bytes& part) {
  std::vector<G> elements(width);
  REQUIRE(vector::decode<G>(std::span<G>(elements), part));
  elements[0] += G(1);
  vector::encode<G>(part, std::span<const G>(elements));
}

}  // namespace

TEST_CASE("Clients submit and leave, servers compute on all who are complete, and each client gets its result") {
  const Scratch scratch;
  Collection collection = collection_of(three, part_size);
  std::vector<std::unique_ptr<Server>> each;
  for (std::size_t j = 0; j < three; ++j) {
    each.push_back(std::make_unique<Server>(j, file(scratch, j)));
    each[j]->start(collection, [](SubmissionServerOptions& options) { options.is_well_formed = is_encoding_of<F>; });
  }
  SystemRandom random;
  constexpr std::size_t clients = 7;
  for (std::size_t c = 0; c < clients; ++c) {
    const std::vector<F> values{F(100 + 3 * c), F(c)};
    SubmissionClient(collection, tls_mesh::key_of(10 + c)).submit(shamir_submission<F>(values, {three, 1}, random));
  }
  for (auto& server : each) server->stop();

  compute<F>(scratch, collection, three, [&](std::size_t, auto& engine, Network& network, SubmissionStore& store) {
    const auto shared = shared_submissions(engine, network, store, collection);
    if (!shared.refused.empty()) throw std::logic_error("good submissions were refused");
    const auto total = open(engine, dot(engine, shared.values[0], shared.values[1])).front();
    if (total != F(100 * 21 + 3 * 91)) throw std::logic_error("another result");
    // To each how far it is from the total, and its own second number.
    const std::vector results{-(shared.values[0] - total), shared.values[1]};
    provide_results<F>(store, shared.names, results);
  });

  for (auto& server : each) server->start(collection);
  for (std::size_t c = 0; c < clients; ++c) {
    SubmissionClient client(collection, tls_mesh::key_of(10 + c));
    CHECK(reconstruct_result<F>(client.results(), 1) == std::vector<F>{F(2373 - 100 - 3 * c), F(c)});
  }
  // Nothing for those who have submitted nothing.
  SubmissionClient other(collection, tls_mesh::key_of(9), std::chrono::milliseconds(250));
  CHECK_THROWS_AS(other.results(), Error);
}

TEST_CASE("Submissions that are no sharings are found and left out, whichever they are") {
  using Lists = std::vector<std::vector<std::uint64_t>>;
  const auto keep = [](const std::vector<std::size_t>& clients) {
    Lists lists(2);
    for (const std::size_t c : clients) {
      lists[0].push_back(1000 + c);
      lists[1].push_back(c);
    }
    return lists;
  };
  CHECK(kept_of<F>(3, 5, [](auto, auto&) {}) == keep({0, 1, 2, 3, 4}));
  for (std::size_t server = 0; server < 3; ++server) {
    CHECK(kept_of<F>(3, 5, [&](std::size_t c, auto& parts) {
            if (c == server) change<F>(parts[server]);
          }) == keep([&] {
            std::vector<std::size_t> left;
            for (std::size_t c = 0; c < 5; ++c)
              if (c != server) left.push_back(c);
            return left;
          }()));
  }
  // Two at once, among five servers.
  CHECK(kept_of<F>(5, 6, [](std::size_t c, auto& parts) {
          if (c == 1) change<F>(parts[4]);
          if (c == 4)
            for (int i = 0; i < 1000; ++i) change<F>(parts[4]);
        }) == keep({0, 2, 3, 5}));
  CHECK(parley::detail::combinations<F>() == 1);
  CHECK(parley::detail::combinations<Mersenne31>() == 2);
  // With fewer left than the minimum nothing is computed.
  CHECK_THROWS_AS(kept_of<F>(3, 2,
                             [](std::size_t c, auto& parts) {
                               if (c == 1) change<F>(parts[1]);
                             }),
                  Error);
}

TEST_CASE("A part that is no encoding is known as such, and a result that is no sharing") {
  CHECK(is_encoding_of<F>(Bytes(16)));
  CHECK_FALSE(is_encoding_of<F>(Bytes(16, std::byte{0xff})));
  CHECK_FALSE(is_encoding_of<F>(Bytes(15)));
  SystemRandom random;
  const std::vector<F> values{F(3)};
  auto submission = shamir_submission<F>(values, {3, 1}, random);
  CHECK(reconstruct_result<F>(submission.parts, 1) == values);
  submission.parts[2][0] ^= std::byte{1};
  CHECK_THROWS_AS(reconstruct_result<F>(submission.parts, 1), Error);
  submission.parts[2].resize(4);
  CHECK_THROWS_AS(reconstruct_result<F>(submission.parts, 1), Error);
}
