// SPDX-License-Identifier: Apache-2.0
// The bridges: one number in both domains, uniform where it is random, for few and many parties, at the documented
// costs.
#include "parley/engine/shamir_bridges.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "engine/prices.hpp"
#include "engine/statistics.hpp"
#include "parley/core/buffer.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/binary_domain.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/pairwise_streams.hpp"
#include "parley/engine/prepared_randomness.hpp"
#include "parley/engine/shamir_domain.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/field/uniform.hpp"
#include "parley/net/link.hpp"

namespace {

using namespace parley;
using namespace parley::test;
struct Scheme {};

struct Setting {
  std::size_t n, t;
};

template <class F>
struct Parts {
  detail::ShamirDomain<F, RandomStream> arithmetic;
  detail::BinaryDomain<RandomStream, Scheme> binary;
  detail::PreparedRandomness<F, Scheme> prepared;
  detail::ShamirBridges<F, TestRandom, Scheme> bridges;
  Parts(Network& network, TestRandom& random, detail::PairwiseStreams<RandomStream>& streams, std::size_t t,
        const Link& link)
      : arithmetic(network, streams, t, link),
        binary(network, streams, t, link),
        prepared(network),
        bridges(network, random, streams, arithmetic, binary, prepared, t) {}
};

/// program(parts, paid) at each party, where paid(call) is what call() costs.
template <class F, class Program>
auto with_bridges(const Setting& setting, const Link& link, const Program& program) {
  return with_streams(setting.n, 1, [&](Network& network, TestRandom& random, auto& streams) {
    Parts<F> parts(network, random, streams, setting.t, link);
    return program(parts, [&](const auto& call) {
      const Cost before = network.cost();
      call();
      return network.cost() - before;
    });
  });
}

template <class F, class Ends, class Part>
std::vector<F> values_at(const Ends& ends, Part part, std::size_t t) {
  std::vector<std::vector<F>> shares;
  for (const auto& end : ends) shares.push_back(listed((end.*part).shares()));
  const auto values = values_of<F>(shares, t);
  REQUIRE(values);
  return *values;
}

template <class Ends, class Part>
std::vector<std::uint64_t> numbers_at(const Ends& ends, Part part, std::size_t t) {
  std::vector<BitPlanes> planes;
  for (const auto& end : ends) planes.push_back((end.*part).planes());
  const auto bits = bits_of(planes, t);
  REQUIRE(bits);
  return bits->to_integers();
}

void check(const Cost& cost, const Price& price) {
  CHECK(cost.rounds == price.rounds);
  CHECK(cost.bytes_sent == price.bytes_sent);
}

template <class F>
void check_bridges(const Setting& setting, const Link& link, std::size_t count) {
  const auto [n, t] = setting;
  const std::size_t width = F::modulus_bits / 2 + 2;
  TestRandom common(count);
  std::vector<F> values(count);
  fill_uniform(common, std::span<F>(values));
  if (count > 1) {
    values[0] = F{};
    values[1] = -F{1};
  }
  std::vector<std::uint64_t> numbers;
  for (std::size_t k = 0; k < count; ++k) numbers.push_back(uniform_below(common, 8));

  struct End {
    Shared<F, Scheme> eda_value, short_value, da_value, from_bits;
    SharedBits<Scheme> eda_bits, short_bits, da_bits, minuend, subtrahend;
    bool minuend_is_public = false;
    Cost eda, short_eda, da, to_field, split;
  };
  const auto ends = with_bridges<F>(setting, link, [&](Parts<F>& parts, const auto& paid) {
    End end;
    end.eda = paid([&] {
      auto random = parts.bridges.edabits(count);
      end.eda_value = std::move(random.value);
      end.eda_bits = std::move(random.bits);
    });
    end.short_eda = paid([&] {
      auto random = parts.bridges.make_edabits(count, width);
      end.short_value = std::move(random.value);
      end.short_bits = std::move(random.bits);
    });
    end.da = paid([&] {
      auto random = parts.bridges.dabits(count);
      end.da_value = std::move(random.value);
      end.da_bits = std::move(random.bits);
    });
    const auto bits = parts.binary.input(1, PublicBits::from_integers(numbers, 3));
    end.to_field = paid([&] { end.from_bits = parts.bridges.to_field(bits); });
    Shared<F, Scheme> x(parts.arithmetic.random(count));  // of degree t, and made to be what is to be split
    const auto opened = parts.arithmetic.open(x.shares());
    for (std::size_t k = 0; k < count; ++k) x.shares()[k] += values[k] - opened[k];
    end.split = paid([&] {
      auto difference = parts.bridges.split(x, F::modulus_bits);
      end.subtrahend = std::move(difference.subtrahend);
      end.minuend_is_public = std::holds_alternative<PublicBits>(difference.minuend);
      end.minuend = end.minuend_is_public ? parts.binary.constant(std::get<PublicBits>(difference.minuend))
                                          : std::get<SharedBits<Scheme>>(difference.minuend);
    });
    return end;
  });

  const auto eda_values = values_at<F>(ends, &End::eda_value, t),
             short_values = values_at<F>(ends, &End::short_value, t), da_values = values_at<F>(ends, &End::da_value, t),
             from_bits = values_at<F>(ends, &End::from_bits, t);
  const auto eda_bits = numbers_at(ends, &End::eda_bits, t), short_bits = numbers_at(ends, &End::short_bits, t),
             da_bits = numbers_at(ends, &End::da_bits, t), minuends = numbers_at(ends, &End::minuend, t),
             subtrahends = numbers_at(ends, &End::subtrahend, t);
  REQUIRE(from_bits.size() == 3 * count);
  for (std::size_t k = 0; k < count; ++k) {
    REQUIRE(eda_bits[k] == eda_values[k].to_integer());
    // a sum of as many terms is the value and at most one time p less than there are, and p = -1 modulo 2^width
    REQUIRE((short_values[k].to_integer() - short_bits[k]) % (std::uint64_t{1} << width) < (n == 3 ? 2 : t + 1));
    REQUIRE(da_bits[k] <= 1);
    REQUIRE(da_values[k] == F(da_bits[k]));
    for (std::size_t plane = 0; plane < 3; ++plane) REQUIRE(from_bits[plane * count + k] == F(numbers[k] >> plane & 1));
    REQUIRE(minuends[k] < F::modulus);
    REQUIRE(subtrahends[k] < F::modulus);
    REQUIRE(F(minuends[k]) - F(subtrahends[k]) == values[k]);
  }
  for (std::size_t self = 0; self < n; ++self) {
    const End& end = ends[self];
    CHECK(end.eda_bits.width() == F::modulus_bits);
    CHECK(end.minuend_is_public == (n != 3));
    const ShamirPrices<F> prices{n, t, self, link.seconds_per_round == slow_rounds.seconds_per_round};
    if (count == 0) {
      for (const Cost& cost : {end.eda, end.short_eda, end.da, end.to_field, end.split}) CHECK(cost == Cost{});
      continue;
    }
    check(end.eda, prices.edabits(count));
    check(end.short_eda, prices.edabits(count, width));
    check(end.da, prices.dabits(count));
    check(end.to_field, prices.to_field(3 * count));
    check(end.split, prices.split(count));
  }
}

}  // namespace

TEST_CASE("both domains hold the same numbers, in 2^61 - 1") {
  for (const std::size_t count : {0U, 1U, 65U}) check_bridges<Mersenne61>({3, 1}, slow_rounds, count);
  check_bridges<Mersenne61>({3, 1}, slow_bytes, 10);
  check_bridges<Mersenne61>({3, 1}, slow_rounds, 2500);  // worked on in several pieces
  for (const Setting& setting : std::vector<Setting>{{4, 1}, {5, 2}, {7, 3}}) {
    check_bridges<Mersenne61>(setting, slow_rounds, 9);
    check_bridges<Mersenne61>(setting, slow_bytes, 2);
  }
  check_bridges<Mersenne61>({5, 1}, slow_rounds, 0);
  check_bridges<Mersenne61>({16, 7}, slow_rounds, 2);
}

TEST_CASE("both domains hold the same numbers, in a small field") {
  for (const Setting& setting : std::vector<Setting>{{3, 1}, {4, 1}, {5, 1}, {5, 2}, {6, 2}, {7, 1}, {7, 2}, {7, 3}})
    for (const Link& link : {slow_rounds, slow_bytes}) check_bridges<SmallPrime<31>>(setting, link, 70);
  check_bridges<SmallPrime<31>>({16, 7}, slow_rounds, 20);
}

TEST_CASE("edaBits, daBits and the masks of a difference are uniform") {
  // Each test of uniformity is wrong about uniform numbers with probability 1e-9.
  using F = SmallPrime<7>;
  constexpr std::size_t count = 2000, order = 7;
  for (const Setting& setting : std::vector<Setting>{{3, 1}, {4, 1}, {5, 2}}) {
    const std::size_t t = setting.t;
    struct End {
      Shared<F, Scheme> eda;
      SharedBits<Scheme> da, subtrahend;
    };
    const auto ends = with_bridges<F>(setting, slow_rounds, [&](Parts<F>& parts, const auto&) {
      End end;
      end.eda = parts.bridges.edabits(count).value;
      end.da = parts.bridges.dabits(count).bits;
      end.subtrahend = parts.bridges.split(Shared<F, Scheme>(Buffer<F>(count, F(3))), F::modulus_bits).subtrahend;
      return end;
    });
    const auto eda = values_at<F>(ends, &End::eda, t);
    const auto da = numbers_at(ends, &End::da, t), subtrahend = numbers_at(ends, &End::subtrahend, t);
    std::vector<std::size_t> of_eda(order), of_pairs(order * order), of_da(2), of_subtrahend(order);
    for (std::size_t k = 0; k < count; ++k) {
      ++of_eda[eda[k].to_integer()];
      ++of_pairs[eda[k].to_integer() * order + eda[(k + 1) % count].to_integer()];
      ++of_da[da[k]];
      ++of_subtrahend.at(subtrahend[k]);
    }
    CHECK(looks_uniform(of_eda));
    CHECK(looks_uniform(of_pairs));
    CHECK(looks_uniform(of_da));
    CHECK(looks_uniform(of_subtrahend));
  }
}
