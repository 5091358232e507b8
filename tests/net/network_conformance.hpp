// SPDX-License-Identifier: Apache-2.0
// What every network must do. An implementation hands in how it runs a program at the parties of a fresh network; its
// test case calls network_conformance() and nothing of this is written again.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <functional>
#include <future>
#include <latch>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/net/network.hpp"

namespace network_conformance {

using Catch::Matchers::ContainsSubstring;
using parley::Bytes;
using parley::Cost;
using parley::Error;
using parley::ErrorCode;
using parley::Network;

using Program = std::function<void(Network&)>;
using Thrown = std::vector<std::exception_ptr>;

/// Runs a program at `parties` parties of a new network, at the same time, each round bounded by `deadline`; destroys
/// each party's network when (and how) its program ends; returns what the programs threw, nullptr for nothing.
using Runner = std::function<Thrown(std::size_t parties, std::chrono::milliseconds deadline, const Program& program)>;

/// For networks whose ends can live in one process.
template <class End>
Thrown run_in_threads(std::vector<std::unique_ptr<End>> ends, const Program& program) {
  Thrown thrown(ends.size());
  std::vector<std::thread> threads;
  for (std::size_t p = 0; p < ends.size(); ++p) {
    threads.emplace_back([&, p] {
      try {
        const auto end = std::move(ends[p]);
        program(*end);
      } catch (...) {
        thrown[p] = std::current_exception();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  return thrown;
}

/// The Error among the exceptions, nothing for no exception; a failed check for any other.
inline std::optional<Error> error_of(const std::exception_ptr& thrown) {
  if (!thrown) return std::nullopt;
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) {
    return error;
  } catch (const std::exception& error) {
    FAIL_CHECK("not an Error: " << error.what());
  }
  return std::nullopt;
}

inline void check_error(const std::exception_ptr& thrown, ErrorCode code, std::size_t party) {
  const auto error = error_of(thrown);
  REQUIRE(error);
  INFO(error->what());
  CHECK(to_string(error->code()) == to_string(code));
  CHECK(error->party() == party);
}

inline void check_nothing_thrown(const Thrown& thrown) {
  for (const auto& each : thrown) {
    const auto error = error_of(each);
    INFO((error ? error->what() : ""));
    CHECK_FALSE(error);
  }
}

/// Catch2 knows one thread only: a program states what must hold by throwing where it does not.
inline void must(bool condition, const std::string& what) {
  if (!condition) throw std::logic_error(what);
}

inline std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

/// The message of `size` bytes from one party to another in some round: no two are alike.
inline Bytes message(std::uint64_t round, std::size_t from, std::size_t to, std::size_t size) {
  Bytes bytes(size);
  // A kibibyte of changing words, repeated with another beginning each time: cheap to make.
  std::uint64_t word = mix(round * 1'000'003 + from * 1009 + to + 1);
  constexpr std::size_t block = 1024;
  for (std::size_t at = 0; at < size;) {
    const std::size_t step = at < block ? sizeof(word) : block;
    if (at >= block) std::memcpy(bytes.data() + at, bytes.data(), std::min(block, size - at));
    std::memcpy(bytes.data() + at, &word, std::min(sizeof(word), size - at));
    word += 0x9e3779b97f4a7c15U;
    at += step;
  }
  return bytes;
}

/// Equality by one library call: a loop over megabytes takes seconds under the thread sanitizer.
inline bool same(const Bytes& a, const Bytes& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

/// A round in which party `from` sends `size(from, to)` bytes to party `to`, for all pairs; throws unless every message
/// arrives as it was sent.
inline void exchange_all(Network& net, std::uint64_t round,
                         const std::function<std::size_t(std::size_t from, std::size_t to)>& size) {
  std::vector<Bytes> outgoing(net.parties());
  std::vector<std::size_t> expected(net.parties());
  for (std::size_t p = 0; p < net.parties(); ++p) {
    if (p == net.self()) continue;
    outgoing[p] = message(round, net.self(), p, size(net.self(), p));
    expected[p] = size(p, net.self());
  }
  const auto incoming = net.exchange(std::move(outgoing), expected);
  must(incoming.size() == net.parties(), "one message for each party");
  for (std::size_t p = 0; p < net.parties(); ++p) {
    must(same(incoming[p], message(round, p, net.self(), expected[p])), "the message of party " + std::to_string(p));
  }
}

inline void exchange_all(Network& net, std::uint64_t round) {
  exchange_all(net, round, [](std::size_t, std::size_t) { return std::size_t{8}; });
}

constexpr std::chrono::milliseconds ample{60'000};

inline void contents_and_cost(const Runner& run) {
  constexpr std::uint64_t rounds = 20;
  for (const std::size_t n : {1U, 2U, 3U, 5U, 8U}) {
    const auto size_in = [](std::uint64_t round, std::size_t from, std::size_t to) -> std::size_t {
      const std::uint64_t draw = mix(round * 77'777 + from * 101 + to);
      switch (from == to ? 0 : draw % 5) {
        case 0:
          return 0;
        case 1:
          return 1;
        case 2:
          return draw / 5 % 20'000;
        default:
          return draw / 5 % 300;
      }
    };
    std::vector<Cost> cost(n);
    std::vector<std::pair<std::size_t, std::size_t>> identity(n);
    const auto thrown = run(n, ample, [&](Network& net) {
      identity[net.self()] = {net.self(), net.parties()};
      for (std::uint64_t round = 1; round <= rounds; ++round) {
        exchange_all(net, round, [&](std::size_t from, std::size_t to) { return size_in(round, from, to); });
      }
      must(net.failure() == nullptr, "nothing has failed");
      cost[net.self()] = net.cost();
    });
    INFO(n << " parties");
    check_nothing_thrown(thrown);
    for (std::size_t p = 0; p < n; ++p) {
      CHECK(identity[p] == std::pair(p, n));
      Cost expected{.rounds = rounds};
      for (std::uint64_t round = 1; round <= rounds; ++round) {
        for (std::size_t q = 0; q < n; ++q) {
          expected.messages += size_in(round, p, q) > 0 ? 1 : 0;
          expected.bytes_sent += size_in(round, p, q);
          expected.bytes_received += size_in(round, q, p);
        }
      }
      CHECK((cost[p] == expected));
    }
  }
}

inline void much_both_ways_at_once(const Runner& run, std::size_t much) {
  const auto thrown = run(2, ample, [&](Network& net) {
    exchange_all(net, 1, [&](std::size_t from, std::size_t to) { return much + 10 * from + to; });
    exchange_all(net, 2);
  });
  check_nothing_thrown(thrown);
}

inline void running_ahead(const Runner& run) {
  constexpr std::uint64_t ahead = 200;
  std::promise<void> sent;
  auto has_sent = sent.get_future();
  const auto thrown = run(2, ample, [&](Network& net) {
    const auto one_way = [](std::size_t from, std::size_t) { return from == 0 ? std::size_t{10} : 0; };
    if (net.self() == 1) must(has_sent.wait_for(ample) == std::future_status::ready, "a sender does not wait");
    for (std::uint64_t round = 1; round <= ahead; ++round) exchange_all(net, round, one_way);
    if (net.self() == 0) sent.set_value();
    exchange_all(net, ahead + 1);
  });
  check_nothing_thrown(thrown);
}

inline void many_rounds_and_parties(const Runner& run) {
  check_nothing_thrown(run(3, ample, [](Network& net) {
    for (std::uint64_t round = 1; round <= 2000; ++round) exchange_all(net, round);
  }));
  check_nothing_thrown(run(24, ample, [](Network& net) {
    for (std::uint64_t round = 1; round <= 10; ++round) exchange_all(net, round);
  }));
}

inline void refused_arguments(const Runner& run) {
  const auto thrown = run(3, ample, [](Network& net) {
    const auto refused = [&](std::size_t messages, std::size_t sizes, std::size_t to_self, std::size_t from_self) {
      std::vector<Bytes> outgoing(messages);
      std::vector<std::size_t> expected(sizes);
      if (to_self > 0) outgoing[net.self()].resize(to_self);
      if (from_self > 0) expected[net.self()] = from_self;
      try {
        (void)net.exchange(std::move(outgoing), expected);
      } catch (const Error& error) {
        return error.code() == ErrorCode::invalid_argument && !error.party();
      }
      return false;
    };
    exchange_all(net, 1);
    must(refused(2, 3, 0, 0) && refused(4, 3, 0, 0), "wrong number of messages");
    must(refused(3, 2, 0, 0) && refused(3, 4, 0, 0), "wrong number of sizes");
    must(refused(3, 3, 1, 0), "a message to itself");
    must(refused(3, 3, 0, 1), "a message from itself");
    must(net.failure() == nullptr && net.cost().rounds == 1, "nothing has happened");
    exchange_all(net, 2);
  });
  check_nothing_thrown(thrown);
}

/// One party sends a message of a wrong size to all the others, who must blame it, and not each other.
inline void wrong_sizes(const Runner& run, std::size_t added) {
  for (std::size_t culprit = 0; culprit < 3; ++culprit) {
    for (const std::size_t wrong : {1U, 7U, 9U, 100'000U}) {
      std::vector<std::exception_ptr> again(3);
      const auto thrown = run(3, ample, [&](Network& net) {
        exchange_all(net, 1);
        std::vector<Bytes> outgoing(3, Bytes(net.self() == culprit ? wrong : 8));
        outgoing[net.self()].clear();
        std::vector<std::size_t> expected(3, 8);
        expected[net.self()] = 0;
        try {
          (void)net.exchange(std::move(outgoing), expected);
        } catch (...) {
          try {
            exchange_all(net, 3);
          } catch (...) {
            again[net.self()] = std::current_exception();
          }
          throw;
        }
        exchange_all(net, 3);  // for the culprit, whom the others have left
      });
      for (std::size_t p = 0; p < 3; ++p) {
        INFO("party " << p << ", culprit " << culprit << ", wrong size " << wrong);
        if (p == culprit) {
          const auto error = error_of(thrown[p]);
          REQUIRE(error);
          CHECK(error->code() == ErrorCode::peer_failed);
        } else {
          check_error(thrown[p], ErrorCode::malformed_message, culprit);
          check_error(again[p], ErrorCode::malformed_message, culprit);
          const std::string text = error_of(thrown[p])->what();
          CHECK_THAT(text, ContainsSubstring("round 2"));
          CHECK_THAT(text, ContainsSubstring("party " + std::to_string(culprit)));
          CHECK_THAT(text, ContainsSubstring(std::to_string(wrong + added) + " bytes"));
          CHECK_THAT(text, ContainsSubstring("expected " + std::to_string(8 + added)));
        }
      }
    }
  }
}

/// A message that nobody expected, and one that was expected and left out, are not taken for that of the next round.
inline void wrong_rounds(const Runner& run) {
  for (std::size_t culprit = 0; culprit < 2; ++culprit) {
    for (const bool surplus : {true, false}) {
      const auto thrown = run(2, ample, [&](Network& net) {
        exchange_all(net, 1);
        const bool liar = net.self() == culprit;
        std::vector<Bytes> outgoing(2);
        std::vector<std::size_t> expected(2);
        if (surplus && liar) outgoing[1 - net.self()] = message(2, culprit, 1 - culprit, 8);
        if (!surplus && !liar) expected[1 - net.self()] = 8;
        (void)net.exchange(std::move(outgoing), expected);
        exchange_all(net, 3);
        exchange_all(net, 4);  // for the culprit, to whom the message of round 3 may have come
      });
      INFO("culprit " << culprit << (surplus ? ", surplus" : ", left out"));
      check_error(thrown[1 - culprit], ErrorCode::malformed_message, culprit);
      CHECK_THAT(error_of(thrown[1 - culprit])->what(), ContainsSubstring("round 2"));
      check_error(thrown[culprit], ErrorCode::peer_failed, 1 - culprit);
    }
  }
}

/// What is wrong is refused at once, also while another party is still waited for.
inline void wrong_at_once(const Runner& run) {
  for (const bool size : {true, false}) {
    for (const bool early : {true, false}) {
      std::latch sent(early ? 1 : 0);
      std::latch refused(1);
      const auto thrown = run(3, std::chrono::hours(1), [&](Network& net) {
        std::vector<Bytes> outgoing(3);
        if (net.self() == 1) {
          const std::vector<std::size_t> nothing(3);
          if (!size) (void)net.exchange(std::vector<Bytes>(3), nothing);  // its message is one of round 2, then
          outgoing[0].resize(size ? 9 : 8);
          if (!early) std::this_thread::sleep_for(std::chrono::milliseconds(10));  // most likely party 0 waits by now
          (void)net.exchange(std::move(outgoing), nothing);
          if (early) sent.count_down();
        }
        if (net.self() == 0) {
          sent.wait();
          try {
            (void)net.exchange(std::move(outgoing), std::vector<std::size_t>{0, 8, 8});
          } catch (...) {
            refused.count_down();
            throw;
          }
        }
        refused.wait();  // party 2 stays, and sends nothing
      });
      INFO((size ? "a wrong size" : "a wrong round") << (early ? ", before it is waited for" : ""));
      check_error(thrown[0], ErrorCode::malformed_message, 1);
    }
  }
}

inline void deadline(const Runner& run) {
  for (std::size_t sleeper = 0; sleeper < 3; ++sleeper) {
    std::latch others(2);
    const auto thrown = run(3, std::chrono::milliseconds(40), [&](Network& net) {
      // Nothing is expected but from the sleeper, so that a machine that is slow for other reasons is not blamed.
      const auto from_sleeper = [&](std::size_t from, std::size_t) { return from == sleeper ? std::size_t{4} : 0; };
      try {
        if (net.self() == sleeper) {
          others.wait();
          (void)net.exchange(std::vector<Bytes>(3), std::vector<std::size_t>(3));
          exchange_all(net, 2);
        } else {
          exchange_all(net, 1, from_sleeper);
        }
      } catch (...) {
        if (net.self() != sleeper) others.count_down();
        throw;
      }
    });
    for (std::size_t p = 0; p < 3; ++p) {
      if (p == sleeper) {
        REQUIRE(error_of(thrown[p]));
        CHECK(error_of(thrown[p])->code() == ErrorCode::peer_failed);
      } else {
        check_error(thrown[p], ErrorCode::deadline_exceeded, sleeper);
        CHECK_THAT(error_of(thrown[p])->what(), ContainsSubstring("round 1"));
      }
    }
  }
}

inline void giving_up(const Runner& run) {
  for (std::size_t quitter = 0; quitter < 3; ++quitter) {
    std::vector<std::exception_ptr> again(3);
    std::latch has_left(1);
    const auto thrown = run(3, ample, [&](Network& net) {
      exchange_all(net, 1);
      if (net.self() == quitter) {
        std::vector<Bytes> outgoing(3);
        for (std::size_t p = 0; p < 3; ++p) outgoing[p] = p == quitter ? Bytes() : message(2, quitter, p, 8);
        (void)net.exchange(std::move(outgoing), std::vector<std::size_t>(3));
        net.give_up("out of paper");
        net.give_up("for another reason");  // has no effect: the others know
        has_left.count_down();
        exchange_all(net, 3);
      } else {
        has_left.wait();
        exchange_all(net, 2);  // what was sent before still arrives
        try {
          exchange_all(net, 3);
        } catch (...) {
          try {
            exchange_all(net, 4);
          } catch (...) {
            again[net.self()] = std::current_exception();
          }
          throw;
        }
      }
    });
    for (std::size_t p = 0; p < 3; ++p) {
      INFO("party " << p << " after party " << quitter << " gave up");
      const auto error = error_of(thrown[p]);
      REQUIRE(error);
      if (p == quitter) {
        CHECK(error->code() == ErrorCode::invalid_state);
        CHECK_FALSE(error->party());
        CHECK_THAT(error->what(), ContainsSubstring("out of paper"));
      } else {
        check_error(thrown[p], ErrorCode::peer_failed, quitter);
        CHECK(error->what() == "party " + std::to_string(quitter) + " gave up: out of paper");
        check_error(again[p], ErrorCode::peer_failed, quitter);
      }
    }
  }
}

/// Wakes those who wait already, and at once: nobody lets an hour pass.
inline void giving_up_on_those_who_wait(const Runner& run) {
  std::latch waiting(2);
  const auto thrown = run(3, std::chrono::hours(1), [&](Network& net) {
    if (net.self() == 1) {
      waiting.wait();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));  // most likely they sleep by now; right if not
      net.give_up("enough");
    } else {
      waiting.count_down();
      exchange_all(net, 1);
    }
  });
  CHECK_FALSE(thrown[1]);
  check_error(thrown[0], ErrorCode::peer_failed, 1);
  check_error(thrown[2], ErrorCode::peer_failed, 1);
}

/// Ending a program in good order, and throwing out of it, are leaving as well.
inline void leaving(const Runner& run) {
  for (const bool throwing : {false, true}) {
    const auto thrown = run(3, ample, [&](Network& net) {
      exchange_all(net, 1);
      exchange_all(net, 2);
      if (net.self() == 0) {
        if (throwing) throw Error(ErrorCode::out_of_range, "of party 0");
        return;
      }
      exchange_all(net, 3);
    });
    if (throwing) {
      REQUIRE(error_of(thrown[0]));
      CHECK(error_of(thrown[0])->code() == ErrorCode::out_of_range);
    } else {
      CHECK_FALSE(thrown[0]);
    }
    for (const std::size_t p : {1U, 2U}) {
      check_error(thrown[p], ErrorCode::peer_failed, 0);
      if (!throwing)
        CHECK_THAT(error_of(thrown[p])->what(), ContainsSubstring("party 0 ended its program after round 2"));
    }
  }
}

/// Who expects nothing of a party that has left is not disturbed by that, not even when sending to it.
inline void leaving_unmissed(const Runner& run) {
  check_nothing_thrown(run(3, ample, [](Network& net) {
    exchange_all(net, 1);
    for (std::uint64_t round = 2; round <= 6 && net.self() != 2; ++round) {
      exchange_all(net, round, [](std::size_t from, std::size_t) { return from == 2 ? std::size_t{0} : 8; });
    }
  }));
}

/// Whenever and however some parties leave, all programs end, with nothing but messages, or the news that one has left.
inline void leaving_at_any_moment(const Runner& run) {
  for (std::uint64_t trial = 0; trial < 40; ++trial) {
    constexpr std::size_t n = 4;
    const auto draw = [&](std::size_t party, std::uint64_t bound) { return mix(trial * 31 + party + 1) / 7 % bound; };
    const auto leaves_before = [&](std::size_t party) { return draw(party, 3) == 0 ? 1 + draw(party, 12) : 100; };
    const auto thrown = run(n, ample, [&](Network& net) {
      for (std::uint64_t round = 1; round <= 12; ++round) {
        if (round == leaves_before(net.self())) {
          if (draw(net.self(), 2) == 0) return;
          net.give_up("of its own accord");
        }
        exchange_all(net, round);
      }
    });
    bool somebody_leaves = false;
    for (std::size_t p = 0; p < n; ++p) somebody_leaves = somebody_leaves || leaves_before(p) <= 12;
    for (std::size_t p = 0; p < n; ++p) {
      INFO("trial " << trial << ", party " << p);
      const auto error = error_of(thrown[p]);
      if (!somebody_leaves) CHECK_FALSE(error);
      if (!error) {
        CHECK((!somebody_leaves || leaves_before(p) <= 12));
      } else if (error->code() == ErrorCode::invalid_state) {
        CHECK(leaves_before(p) <= 12);
      } else {
        CHECK(error->code() == ErrorCode::peer_failed);
        CHECK((error->party() && *error->party() != p));
      }
    }
  }
}

/// `much` is a number of bytes beyond what may be on the way from one party to another without being received: a network
/// that keeps messages in buffers of an operating system states more than those hold. `added` is how many bytes it adds
/// to each message for a network that it wraps.
inline void check(const Runner& run, std::size_t much = std::size_t{4} << 20, std::size_t added = 0) {
  SECTION("every message arrives as it was sent, and is counted") { contents_and_cost(run); }
  SECTION("megabytes go both ways at once") { much_both_ways_at_once(run, much); }
  SECTION("a party may run ahead of one that it does not wait for") { running_ahead(run); }
  SECTION("many rounds, many parties") { many_rounds_and_parties(run); }
  SECTION("arguments that make no sense are refused and change nothing") { refused_arguments(run); }
  SECTION("a message of a wrong size is refused, its sender named") { wrong_sizes(run, added); }
  SECTION("a message of another round is refused, its sender named") { wrong_rounds(run); }
  SECTION("a wrong message is refused while others are waited for") { wrong_at_once(run); }
  SECTION("who does not send in time is named") { deadline(run); }
  SECTION("giving up reaches the others with its reason") { giving_up(run); }
  SECTION("giving up wakes those who wait") { giving_up_on_those_who_wait(run); }
  SECTION("ending and throwing are leaving") { leaving(run); }
  SECTION("a party that nobody waits for may leave") { leaving_unmissed(run); }
  SECTION("leaving at any moment hangs nobody") { leaving_at_any_moment(run); }
}

}  // namespace network_conformance
