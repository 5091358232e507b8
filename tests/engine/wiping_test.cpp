// SPDX-License-Identifier: Apache-2.0
// What an aborted run leaves in this process's memory: nothing of the shares.
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "parley/core/error.hpp"
#include "parley/engine/cheating_party.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/shamir_active.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/functions/compare.hpp"
#include "parley/net/local_network.hpp"
#include "parley/net/tampering.hpp"
#include "sanitized.hpp"

namespace {

using namespace parley;
using namespace parley::test;
using F = Mersenne61;

/// Four neighbouring shares, inverted, so that they are not what is looked for.
using Inverted = std::array<std::uint64_t, 4>;

/// How often one of these is in the memory that this process may write to.
std::size_t found(const std::vector<Inverted>& all) {
  std::ifstream maps("/proc/self/maps");
  std::size_t count = 0;
  for (std::string line; std::getline(maps, line);) {
    unsigned long long begin = 0, end = 0;
    char rights[5] = {};
    if (std::sscanf(line.c_str(), "%llx-%llx %4s", &begin, &end, rights) != 3 || std::strncmp(rights, "rw", 2) != 0)
      continue;
    if (line.find("[vv") != std::string::npos) continue;
    const auto* const words = reinterpret_cast<const volatile std::uint64_t*>(begin);
    for (std::size_t i = 0; i + 4 <= (end - begin) / 8; ++i)
      for (const Inverted& inverted : all)
        if (words[i] == ~inverted[0] && words[i + 1] == ~inverted[1] && words[i + 2] == ~inverted[2] &&
            words[i + 3] == ~inverted[3])
          ++count;
  }
  return count;
}

/// Shares that party 0 has had in a run with so many values that party 1 brings to an end by a wrong product.
std::vector<Inverted> shares_of_aborted(std::size_t size, std::vector<std::unique_ptr<LocalNetwork>>& networks) {
  std::vector<Inverted> all;
  std::atomic<std::size_t> aborted = 0;
  std::vector<std::thread> threads;
  for (std::size_t party = 0; party < 3; ++party)
    threads.emplace_back([&, party] {
      std::vector<CheatingAct<F>> acts;
      if (party == 1) acts.push_back({.what = Cheat::wrong_product, .round = 3, .position = 1});
      TamperingNetwork network(*networks[party], cheating_party<F>(*networks[party], 1, acts));
      try {
        auto engine = shamir_active<F>(network, {}, random_of(party, 11));
        const std::vector<F> zeros(size);
        const auto x = input(engine, 0, zeros, size), y = input(engine, 1, zeros, size);
        const auto z = mul(engine, x, y + x);
        const auto less = less_than(engine, x, z, {.bits = 20});
        if (party == 0)
          for (const auto* vector : {&x, &y, &z})
            for (const std::size_t i : {std::size_t{0}, std::size_t{40}}) {
              Inverted inverted;
              for (std::size_t k = 0; k < 4; ++k) inverted[k] = ~vector->shares()[i + k].to_integer();
              all.push_back(inverted);
            }
        static_cast<void>(open(engine, less));
      } catch (const Error&) {
        ++aborted;
      }
    });
  for (std::thread& thread : threads) thread.join();
  REQUIRE(aborted == 3);
  return all;
}

}  // namespace

TEST_CASE("an aborted run leaves no shares in memory") {
  if (sanitized) return;  // their allocators keep what is freed where nothing may look
  for (const std::size_t size : {std::size_t{60}, std::size_t{5000}}) {
    auto networks = LocalNetwork::create(3, {});
    const auto shares = shares_of_aborted(size, networks);
    REQUIRE(shares.size() == 6);
    CHECK(found(shares) == 0);
  }
}
