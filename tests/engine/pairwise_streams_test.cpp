// SPDX-License-Identifier: Apache-2.0
// Two parties draw the same from the streams that they share, and nobody else does; parties that do not fit are refused.
#include "parley/engine/pairwise_streams.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/simulate.hpp"

namespace {

using namespace parley;
using namespace parley::test;
using Streams = detail::PairwiseStreams<RandomStream>;
using Drawn = std::array<std::byte, 32>;

Drawn draw(RandomStream& stream) {
  Drawn bytes;
  stream.fill(bytes);
  return bytes;
}

/// The Error at each party, where party p runs parameters[p].
std::vector<std::optional<Error>> agree(const std::vector<std::string>& parameters) {
  return simulate(parameters.size(), [&](Network& network) -> std::optional<Error> {
    TestRandom random = random_of(network.self(), 1);
    try {
      const Streams streams(network, random, parameters[network.self()]);
    } catch (const Error& error) {
      return error;
    }
    return std::nullopt;
  });
}

}  // namespace

TEST_CASE("both ends of a pair draw the same, in each direction and in common, and no two of these streams are alike") {
  for (const std::size_t n : {2U, 3U, 4U, 7U}) {
    struct End {
      std::vector<Drawn> to, by, common;
    };
    const auto ends = with_streams(n, 1, [&](Network& network, TestRandom&, Streams& streams) {
      End end{std::vector<Drawn>(n), std::vector<Drawn>(n), std::vector<Drawn>(n)};
      for (std::size_t k = 0; k < n; ++k) {
        const std::size_t party = network.self() % 2 == 0 ? k : n - 1 - k;  // in any order
        if (party == network.self()) continue;
        end.by[party] = draw(streams.dealt_by(party));
        end.common[party] = draw(streams.common(party));
        end.to[party] = draw(streams.dealt_to(party));
      }
      return end;
    });
    std::map<Drawn, int> uses;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) {
        if (i == j) continue;
        CHECK(ends[i].to[j] == ends[j].by[i]);
        CHECK(ends[i].common[j] == ends[j].common[i]);
        ++uses[ends[i].to[j]];
        if (i < j) ++uses[ends[i].common[j]];
      }
    CHECK(uses.size() == n * (n - 1) + n * (n - 1) / 2);
  }
}

TEST_CASE("the streams stay together however long they are drawn from") {
  const auto ends = with_streams(2, 1, [](Network& network, TestRandom&, Streams& streams) {
    std::vector<std::byte> all(5000);
    auto& stream = network.self() == 0 ? streams.dealt_to(1) : streams.dealt_by(0);
    for (std::size_t first = 0, length = 1; first < all.size(); first += length, length = 2 * length + 3)
      stream.fill(std::span(all).subspan(first, std::min(length, all.size() - first)));
    return all;
  });
  CHECK(ends[0] == ends[1]);
}

TEST_CASE("agreement costs one round, 160 bytes upwards and 128 downwards in each pair") {
  const std::size_t n = 5;
  const auto costs = with_streams(n, 1, [](Network& network, TestRandom&, Streams&) { return network.cost(); });
  for (std::size_t party = 0; party < n; ++party) {
    const std::size_t below = party, above = n - 1 - party;
    CHECK(costs[party] == Cost{1, n - 1, 128 * below + 160 * above, 160 * below + 128 * above});
  }
}

TEST_CASE("every party names one that runs something else") {
  for (const auto& error : agree({"the same", "the same", "the same"})) CHECK_FALSE(error);
  for (std::size_t odd = 0; odd < 4; ++odd) {
    std::vector<std::string> parameters(4, "shamir, threshold 1");
    parameters[odd] = "shamir, threshold 2";
    const auto errors = agree(parameters);
    for (std::size_t party = 0; party < 4; ++party) {
      REQUIRE(errors[party]);
      CHECK(errors[party]->code() == ErrorCode::configuration_mismatch);
      const std::size_t named = party != odd ? odd : odd == 0 ? 1 : 0;
      CHECK(errors[party]->party() == named);
      CHECK(std::string(errors[party]->what()) == "party " + std::to_string(named) + " runs \"" + parameters[named] +
                                                      "\", this party runs \"" + parameters[party] + "\"");
    }
  }
}

TEST_CASE("a peer's text is shown without its unprintable characters, and a machine without AES is followed") {
  const auto party_1_sends = [](const std::string& text, Cipher cipher) {
    return simulate(2, [&](Network& network) -> std::pair<std::string, std::vector<Drawn>> {
      if (network.self() == 1) {
        Bytes message(128, std::byte{' '});
        message[0] = static_cast<std::byte>(cipher);
        std::ranges::copy(std::as_bytes(std::span(text)), message.begin() + 1);
        const auto incoming = network.exchange({message, {}}, std::array<std::size_t, 2>{160, 0});
        Seed seed;
        std::copy_n(incoming[0].begin() + 128, 32, seed.begin());
        RandomStream common = RandomStream(seed, Cipher::chacha20).child("common");
        return {"", {draw(common)}};
      }
      TestRandom random(1);
      try {
        Streams streams(network, random, "mine");
        return {streams.cipher() == Cipher::chacha20 ? "ChaCha20" : "AES", {draw(streams.common(1))}};
      } catch (const Error& error) {
        return {error.what(), {}};
      }
    });
  };
  CHECK(party_1_sends("\x1b[2J\n\xff"
                      "x",
                      preferred_cipher())[0]
            .first == "party 1 runs \"?[2J??x\", this party runs \"mine\"");
  const auto ends = party_1_sends("mine", Cipher::chacha20);
  CHECK(ends[0].first == "ChaCha20");
  CHECK(ends[0].second == ends[1].second);
}
