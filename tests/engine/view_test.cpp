// SPDX-License-Identifier: Apache-2.0
// The instruments of the privacy tests find a leak where there is one, and none where there is none.
#include "engine/view.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/statistics.hpp"
#include "parley/engine/pairwise_streams.hpp"
#include "parley/engine/round.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/uniform.hpp"

namespace {

using namespace parley;
using namespace parley::test;

using F = SmallPrime<7>;

/// Party 0 sends its secret, masked by what it and party 2 draw, to party 1, and forgets the mask for secrets that
/// are in `unmasked`.
auto masked_message(std::vector<std::size_t> unmasked) {
  return [unmasked](Network& network, LaneTape tape, const Lanes& lanes) {
    detail::PairwiseStreams<LaneStream> streams(network, tape, "a toy");
    detail::Round round(network);
    std::vector<F> mask(lanes.size());
    if (network.self() != 1) fill_uniform(streams.common(2 - network.self()), std::span<F>(mask));
    if (network.self() == 0) {
      const auto secrets = lanes.values([](std::size_t secret) { return secret; });
      for (std::size_t lane = 0; lane < lanes.size(); ++lane)
        mask[lane] =
            std::ranges::count(unmasked, secrets[lane]) != 0 ? F(secrets[lane]) : mask[lane] + F(secrets[lane]);
      round.send_elements<F>(1, mask);
    }
    if (network.self() == 1) round.expect_elements<F>(0, lanes.size());
    round.exchange();
  };
}

std::size_t owner_knows(std::size_t party, std::size_t secret) { return party == 0 ? secret : 0; }

}  // namespace

TEST_CASE("a masked message tells one party nothing, and two parties all") {
  const Views views = enumerate_views(3, 7, masked_message({}));
  CHECK(views.lanes == 7 * 7);
  CHECK(leak(views, 1, owner_knows) == "");
  CHECK(leak(views, 2, owner_knows) == "parties 1 2 tell secret 0 from 1");
  CHECK(leak(views, 1, [](std::size_t, std::size_t secret) { return secret; }) == "");

  const Views samples = sample_views(3, 7, 1000, 1, masked_message({}));
  CHECK(samples.lanes == 7 * 1000);
  CHECK(leak_in_samples(samples, 1, owner_knows) == "");
  CHECK(leak_in_samples(samples, 2, owner_knows) == "parties 1 2 tell secret 0 from 1 by columns 0 and 1");
}

TEST_CASE("a message that is not masked for one of the secrets is found to leak it") {
  CHECK(leak(enumerate_views(3, 7, masked_message({6})), 1, owner_knows) == "parties 1 tell secret 0 from 6");
  CHECK(leak_in_samples(sample_views(3, 7, 1000, 1, masked_message({6})), 1, owner_knows) ==
        "parties 1 tell secret 0 from 6 by columns 0 and 0");
}

TEST_CASE("a fixed mask hides nothing, and a mask that is drawn twice is two choices") {
  const auto all = [](const std::string&, std::size_t) { return true; };
  const Views views = enumerate_views(3, 7, masked_message({}), all);
  CHECK(views.lanes == 7);
  CHECK(leak(views, 1, owner_knows) == "parties 1 tell secret 0 from 1");

  const Views twice = enumerate_views(1, 2, [](Network&, LaneTape tape, const Lanes& lanes) {
    std::vector<F> drawn(2 * lanes.size());
    fill_uniform(tape, std::span<F>(drawn));
    BitPlanes bits(BitLayout{}, 1, lanes.size());
    tape.fill_bits(bits);
  });
  CHECK(twice.lanes == 2 * 7 * 7 * 2);
  REQUIRE(twice.seen[0].size() == 3);
  const auto counts = count_views(twice, {&twice.seen[0][0], &twice.seen[0][1], &twice.seen[0][2]});
  CHECK(counts == std::vector<std::vector<std::size_t>>(2, std::vector<std::size_t>(7 * 7 * 2, 1)));
}

TEST_CASE("choices that depend on the outcome of others are refused") {
  CHECK_THROWS(enumerate_views(1, 1, [](Network&, LaneTape tape, const Lanes& lanes) {
    std::vector<F> drawn(lanes.size());
    fill_uniform(tape, std::span<F>(drawn));
    if (std::ranges::count(drawn, F(3)) != 0) fill_uniform(tape, std::span<F>(drawn));
  }));
}

TEST_CASE("messages of bits fall into lanes") {
  std::vector<Column> columns;
  append_columns(columns, Bytes{std::byte{0b01101001}, std::byte{0b00000110}}, 6);
  CHECK(columns == std::vector<Column>{{1, 0, 0, 1, 0, 1}, {1, 0, 0, 1, 1, 0}});
}

TEST_CASE("uneven counts are told from even ones") {
  CHECK(looks_uniform(std::vector<std::size_t>{1000, 1030, 960, 1010}));
  CHECK_FALSE(looks_uniform(std::vector<std::size_t>{1000, 1000, 1000, 1300}));
  CHECK(look_alike(std::vector<std::size_t>{1000, 200, 3}, std::vector<std::size_t>{2040, 390, 4}));
  CHECK_FALSE(look_alike(std::vector<std::size_t>{1000, 200, 3}, std::vector<std::size_t>{1000, 400, 3}));
  CHECK_FALSE(look_alike(std::vector<std::size_t>{1000, 0}, std::vector<std::size_t>{0, 1000}));
  CHECK(chi_square_bound(1) > 34);  // the exact one is 37.3, that of 100 degrees 209.2
  CHECK(chi_square_bound(100) > 205);
  CHECK(chi_square_bound(100) < 215);
}
