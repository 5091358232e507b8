// SPDX-License-Identifier: Apache-2.0
// What the Network class does for every implementation, with one that does as it is told.
#include "parley/net/network.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <new>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"

using namespace parley;
using Catch::Matchers::ContainsSubstring;

namespace {

class ScriptedNetwork final : public Network {
 public:
  ScriptedNetwork(std::size_t self, std::size_t parties) : Network(self, parties) {}

  std::function<std::vector<Bytes>(std::vector<Bytes>)> deliver = [](std::vector<Bytes> outgoing) { return outgoing; };
  std::vector<std::uint64_t> rounds_seen;
  std::vector<std::string> reasons;

 private:
  std::vector<Bytes> do_exchange(std::uint64_t round, std::vector<Bytes> outgoing,
                                 std::span<const std::size_t> /*expected_sizes*/) override {
    rounds_seen.push_back(round);
    return deliver(std::move(outgoing));
  }
  void do_give_up(std::string_view reason) noexcept override { reasons.emplace_back(reason); }
};

std::vector<Bytes> messages(std::vector<std::size_t> sizes) {
  std::vector<Bytes> result;
  for (const std::size_t size : sizes) result.emplace_back(size);
  return result;
}

using Sizes = std::vector<std::size_t>;

Error error_of(Network& net, std::vector<std::size_t> outgoing, std::vector<std::size_t> expected) {
  try {
    (void)net.exchange(messages(std::move(outgoing)), expected);
  } catch (const Error& error) {
    return error;
  }
  return {ErrorCode::invalid_state, "nothing was thrown"};
}

}  // namespace

TEST_CASE("A network knows its party, which is one of its parties") {
  const ScriptedNetwork net(2, 3);
  CHECK(net.self() == 2);
  CHECK(net.parties() == 3);
  CHECK((net.cost() == Cost{}));
  CHECK_THROWS_AS(ScriptedNetwork(3, 3), Error);
  CHECK_THROWS_AS(ScriptedNetwork(0, 0), Error);
}

TEST_CASE("Costs are counted, subtracted and added field by field") {
  ScriptedNetwork net(1, 3);
  net.deliver = [](const auto&) { return messages({5, 0, 0}); };
  (void)net.exchange(messages({0, 0, 7}), Sizes{5, 0, 0});
  const Cost before = net.cost();
  CHECK((before == Cost{.rounds = 1, .messages = 1, .bytes_sent = 7, .bytes_received = 5}));
  net.deliver = [](const auto&) { return messages({1, 0, 2}); };
  (void)net.exchange(messages({3, 0, 4}), Sizes{1, 0, 2});
  net.deliver = [](const auto&) { return messages({0, 0, 0}); };
  (void)net.exchange(messages({0, 0, 0}), Sizes{0, 0, 0});
  CHECK((net.cost() == Cost{.rounds = 3, .messages = 3, .bytes_sent = 14, .bytes_received = 8}));
  CHECK((net.cost() - before == Cost{.rounds = 2, .messages = 2, .bytes_sent = 7, .bytes_received = 3}));
  CHECK(((net.cost() - before) + before == net.cost()));
  CHECK(net.rounds_seen == std::vector<std::uint64_t>{1, 2, 3});
}

TEST_CASE("Arguments that make no sense never reach the implementation") {
  ScriptedNetwork net(0, 2);
  for (const auto& [outgoing, expected] : {std::pair<Sizes, Sizes>{{0}, {0, 0}},
                                           {{0, 0, 0}, {0, 0}},
                                           {{0, 0}, {0}},
                                           {{0, 0}, {0, 0, 0}},
                                           {{1, 0}, {0, 0}},
                                           {{0, 0}, {1, 0}}}) {
    const Error error = error_of(net, outgoing, expected);
    INFO(error.what());
    CHECK(error.code() == ErrorCode::invalid_argument);
    CHECK_FALSE(error.party());
  }
  CHECK(net.rounds_seen.empty());
  CHECK(net.reasons.empty());
  CHECK(net.failure() == nullptr);
  CHECK((net.cost() == Cost{}));
}

TEST_CASE("Whatever an implementation delivers has the expected sizes or is refused") {
  ScriptedNetwork net(0, 3);
  SECTION("too short") {
    net.deliver = [](const auto&) { return messages({0, 4, 3}); };
    const Error error = error_of(net, {0, 4, 4}, {0, 4, 4});
    CHECK(error.code() == ErrorCode::malformed_message);
    CHECK(error.party() == 2);
    CHECK(error.what() == std::string("round 1: party 2 sent 3 bytes to party 0, who expected 4"));
  }
  SECTION("not expected") {
    net.deliver = [](const auto&) { return messages({0, 1, 4}); };
    const Error error = error_of(net, {0, 4, 4}, {0, 0, 4});
    CHECK(error.code() == ErrorCode::malformed_message);
    CHECK(error.party() == 1);
  }
  SECTION("missing parties") {
    net.deliver = [](const auto&) { return messages({0, 4}); };
    CHECK(error_of(net, {0, 4, 4}, {0, 4, 4}).code() == ErrorCode::invalid_state);
  }
  CHECK(net.cost().bytes_received == 0);
  CHECK(net.reasons.size() == 1);
}

TEST_CASE("A network that failed throws the same again, and has told the others once") {
  ScriptedNetwork net(0, 2);
  SECTION("an Error") {
    net.deliver = [](const auto&) -> std::vector<Bytes> { throw Error(ErrorCode::deadline_exceeded, 1, "too late"); };
    CHECK(error_of(net, {0, 1}, {0, 1}).code() == ErrorCode::deadline_exceeded);
    REQUIRE(net.failure());
    net.give_up("not said");
    const Error again = error_of(net, {0, 1}, {0, 1});
    CHECK(again.code() == ErrorCode::deadline_exceeded);
    CHECK(again.party() == 1);
    CHECK(again.what() == std::string("too late"));
    CHECK(net.reasons == std::vector<std::string>{"too late"});
  }
  SECTION("another exception") {
    net.deliver = [](const auto&) -> std::vector<Bytes> { throw std::bad_alloc(); };
    CHECK_THROWS_AS(net.exchange(messages({0, 1}), Sizes{0, 1}), std::bad_alloc);
    CHECK(error_of(net, {0, 1}, {0, 1}).code() == ErrorCode::invalid_state);
    CHECK(net.reasons == std::vector<std::string>{std::bad_alloc().what()});
  }
  SECTION("something that is no exception") {
    net.deliver = [](const auto&) -> std::vector<Bytes> { throw 7; };
    CHECK_THROWS_AS(net.exchange(messages({0, 1}), Sizes{0, 1}), int);
    CHECK(error_of(net, {0, 1}, {0, 1}).code() == ErrorCode::invalid_state);
    CHECK(net.reasons.size() == 1);
  }
  SECTION("it gave up") {
    net.give_up("enough");
    const Error error = error_of(net, {0, 1}, {0, 1});
    CHECK(error.code() == ErrorCode::invalid_state);
    CHECK_THAT(error.what(), ContainsSubstring("enough"));
    CHECK(net.reasons == std::vector<std::string>{"enough"});
    CHECK(net.rounds_seen.empty());
  }
  CHECK(net.rounds_seen.size() <= 1);
}

TEST_CASE("A reason is cut to 500 bytes, between two characters") {
  for (const std::size_t before : {497U, 498U, 499U, 500U}) {
    ScriptedNetwork net(0, 2);
    net.give_up(std::string(before, 'a') + "\u20ac" + "tail");  // the euro sign takes three bytes
    REQUIRE(net.reasons.size() == 1);
    CHECK(net.reasons[0] == (before == 497 ? std::string(497, 'a') + "\u20ac" : std::string(before, 'a')));
  }
  ScriptedNetwork net(0, 2);
  net.give_up(std::string(500, 'a'));
  CHECK(net.reasons[0].size() == 500);
}
