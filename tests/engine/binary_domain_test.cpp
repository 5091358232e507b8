// SPDX-License-Identifier: Apache-2.0
// The binary domain, replicated among three parties and Shamir's among more: shares fit together, bits are what they
// should be, and costs what is documented.
#include "parley/engine/binary_domain.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "engine/statistics.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/clear.hpp"
#include "parley/engine/pairwise_streams.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/net/link.hpp"

namespace {

using namespace parley;
using namespace parley::test;
struct Scheme {};
using Domain = detail::BinaryDomain<RandomStream, Scheme>;
using Bits = SharedBits<Scheme>;

struct Setting {
  std::size_t n, t;
};
const std::vector<Setting> settings = {{3, 1}, {4, 1}, {5, 1}, {5, 2}, {7, 1}, {7, 3}, {16, 1}, {16, 7}};

/// What a party has of some bits, and what it paid for them.
struct Shares {
  BitPlanes planes;
  Cost cost;
};

/// The conjunctions of all bits of x with those of y, of which there may be none.
Bits conjoin(Domain& domain, const Bits& x, const Bits& y) {
  return x.width() == 0 ? x : domain.and_(conjunctions(x.planes(), y.planes()));
}

/// program(domain, random, paid) at each party, where paid(call) gives the Shares of the bits that call() gives.
template <class Program>
auto in_domain(const Setting& setting, const Program& program) {
  return with_streams(setting.n, 1, [&](Network& network, TestRandom& random, auto& streams) {
    Domain domain(network, streams, setting.t, Link::local());
    return program(domain, random, [&](const auto& call) {
      const Cost before = network.cost();
      Bits bits = call();
      return Shares{std::move(bits.planes()), network.cost() - before};
    });
  });
}

/// The numbers of one of the Shares at all parties.
template <class End>
std::vector<std::uint64_t> numbers_of(const std::vector<End>& ends, Shares End::*part, std::size_t t) {
  std::vector<BitPlanes> planes;
  for (const End& end : ends) planes.push_back((end.*part).planes);
  const auto bits = bits_of(planes, t);
  REQUIRE(bits);
  return bits->to_integers();
}

std::vector<std::uint64_t> random_numbers(std::size_t size, std::size_t width, std::uint64_t seed) {
  TestRandom random(seed);
  std::vector<std::uint64_t> numbers;
  for (std::size_t k = 0; k < size; ++k) numbers.push_back(uniform_below(random, std::uint64_t{1} << width));
  return numbers;
}

const std::vector<std::pair<std::size_t, std::size_t>> shapes = {{0, 3}, {3, 0},  {1, 1},  {1, 64},
                                                                 {3, 5}, {7, 63}, {5, 65}, {2, 300}};

}  // namespace

TEST_CASE("bits are shared, conjoined and opened, at the documented cost") {
  for (const Setting& setting : settings)
    for (const auto& [width, size] : shapes) {
      const auto [n, t] = setting;
      const std::size_t owner = n - 1, bits = width * size, packed = (bits + 7) / 8;
      const auto a = random_numbers(size, width, 1), b = random_numbers(size, width, 2);
      const PublicBits x = PublicBits::from_integers(a, width), y = PublicBits::from_integers(b, width);
      struct End {
        Shares constant, input, product;
        std::vector<std::uint64_t> opened;
        Cost opening;
      };
      const auto ends = in_domain(setting, [&](Domain& domain, auto&, const auto& paid) {
        End end;
        Bits shared, product;
        end.constant = paid([&] { return domain.constant(x); });
        end.input = paid([&] { return shared = domain.input(owner, y); });
        end.product = paid([&] { return product = conjoin(domain, Bits(end.constant.planes) ^ ~shared, shared); });
        end.opening = paid([&] {
                        end.opened = domain.open(product).to_integers();
                        return Bits();
                      }).cost;
        return end;
      });
      CHECK(numbers_of(ends, &End::constant, t) == a);
      CHECK(numbers_of(ends, &End::input, t) == b);
      std::vector<std::uint64_t> products;
      for (std::size_t k = 0; k < size; ++k) products.push_back((a[k] ^ ~b[k]) & b[k]);
      CHECK(numbers_of(ends, &End::product, t) == products);
      const std::size_t rounds = bits == 0 ? 0 : 1;
      for (std::size_t party = 0; party < n; ++party) {
        const End& end = ends[party];
        CHECK(end.opened == products);
        CHECK(end.constant.cost == Cost{});
        CHECK(end.input.cost.rounds == rounds);
        CHECK(end.input.cost.bytes_sent == (party != owner ? 0 : n == 3 ? packed : (n - 1 - t) * bits));
        CHECK(end.product.cost.rounds == rounds);
        CHECK(end.product.cost.bytes_sent == (n == 3 ? packed : party <= 2 * t ? (n - 1 - t) * bits : 0));
        CHECK(end.opening.rounds == rounds);
        CHECK(end.opening.bytes_sent == (n == 3 ? packed : t * bits));
      }
    }
}

TEST_CASE(
    "conjunctions with and without more summands, of batches longer than a block of masks, are what the clear says") {
  const Setting small{4, 1};
  for (const auto& [setting, size] : {std::pair{Setting{3, 1}, std::size_t{1}},
                                      {Setting{3, 1}, std::size_t{64 * 20 + 7}},
                                      {Setting{3, 1}, std::size_t{64 * 1500 + 1}},
                                      {small, std::size_t{1}},
                                      {small, std::size_t{20001}}}) {
    constexpr std::size_t width = 5;
    struct End {
      Shares values, results;
    };
    const auto batch_of = [](const BitPlanes& planes) {
      const auto wire = [&](std::size_t plane) { return Wire{&planes, plane}; };
      return std::vector<Conjunction>{{.x = wire(0), .y = wire(1)},
                                      {.x = wire(1), .y = wire(2), .z = wire(3)},
                                      {.x = wire(2), .y = wire(3), .plus = wire(4)},
                                      {.x = wire(4), .y = wire(0), .z = wire(1), .plus = wire(1)},
                                      {.x = wire(3), .y = wire(3), .z = wire(0), .plus = wire(2)}};
    };
    const auto ends = in_domain(setting, [&, count = size](Domain& domain, TestRandom& random, const auto& paid) {
      End end;
      end.values = paid([&] { return domain.random(random, width, count); });
      end.results = paid([&] { return domain.and_(batch_of(end.values.planes)); });
      return end;
    });
    const auto values = numbers_of(ends, &End::values, setting.t);
    const BitPlanes clear = PublicBits::from_integers(values, width).planes();
    CHECK(numbers_of(ends, &End::results, setting.t) ==
          PublicBits(detail::conjoin_in_clear(batch_of(clear))).to_integers());
    for (const End& end : ends) CHECK(end.results.cost.rounds == 1);
  }
}

TEST_CASE("random bits are shared, uniform, and cost what is documented") {
  // Each test of uniformity is wrong about uniform bits with probability 1e-9.
  for (const Setting& setting : settings) {
    const auto [n, t] = setting;
    constexpr std::size_t width = 3, size = 1001;
    struct End {
      Shares first, second, none;
    };
    const auto ends = in_domain(setting, [&](Domain& domain, TestRandom& random, const auto& paid) {
      End end;
      end.first = paid([&] { return domain.random(random, width, size); });
      end.second = paid([&] { return domain.random(random, width, size); });
      end.none = paid([&] { return domain.random(random, width, 0); });
      return end;
    });
    const auto first = numbers_of(ends, &End::first, t), second = numbers_of(ends, &End::second, t);
    std::vector<std::size_t> counts(8), pairs(64);
    for (std::size_t k = 0; k < size; ++k) {
      ++counts[first[k]];
      ++pairs[first[k] * 8 + second[k]];
    }
    CHECK(looks_uniform(counts));
    CHECK(looks_uniform(pairs));
    for (std::size_t party = 0; party < n; ++party) {
      CHECK(ends[party].first.cost.rounds == (n == 3 ? 0 : 1));
      CHECK(ends[party].first.cost.bytes_sent == (n == 3 || party > t ? 0 : (n - 1 - t) * width * size));
      CHECK(ends[party].none.cost == Cost{});
    }
  }
}

TEST_CASE("the components of a replicated product are uniform among those that give it") {
  struct End {
    Shares x, y, product;
  };
  constexpr std::size_t size = 4096;
  const auto ends = in_domain({3, 1}, [&](Domain& domain, TestRandom& random, const auto& paid) {
    End end;
    end.x = paid([&] { return domain.random(random, 1, size); });
    end.y = paid([&] { return domain.random(random, 1, size); });
    end.product = paid([&] { return conjoin(domain, Bits(end.x.planes), Bits(end.y.planes)); });
    return end;
  });
  const auto x = numbers_of(ends, &End::x, 1), y = numbers_of(ends, &End::y, 1);
  const auto product = numbers_of(ends, &End::product, 1);
  std::vector<std::size_t> masked(8);
  for (std::size_t k = 0; k < size; ++k) {
    REQUIRE(product[k] == (x[k] & y[k]));
    std::size_t components = 0;
    for (const End& end : ends) components = 2 * components + (end.product.planes.bit(0, k, 0) ? 1 : 0);
    if (product[k] == 0) ++masked[components];
  }
  // wrong about uniform components with probability 1e-9
  std::vector<std::size_t> even = {masked[0], masked[3], masked[5], masked[6]};
  CHECK(looks_uniform(even));
  CHECK(masked[1] + masked[2] + masked[4] + masked[7] == 0);
}

TEST_CASE("the time on a link counts what a party sends for a conjunction") {
  const auto seconds = [](std::size_t n, std::size_t t, double conjunctions) {
    return with_streams(n, 1, [&](Network& network, TestRandom&, auto& streams) {
      return Domain(network, streams, t, Link{2, 16}).seconds(3, conjunctions);
    })[0];
  };
  // and a few billionths of a second for its own work
  for (const auto& [n, t, bytes] : {std::tuple{std::size_t{3}, std::size_t{1}, 1.0 / 8}, {5, 1, 3.0}, {5, 2, 2.0}}) {
    CHECK(seconds(n, t, 0) == 3 * 2);
    const double without_work = 3 * 2 + 64 * bytes / 16;
    CHECK(seconds(n, t, 64) > without_work);
    CHECK(seconds(n, t, 64) < without_work + 64 * 1e-8);
  }
}
