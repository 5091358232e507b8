// SPDX-License-Identifier: Apache-2.0
// The examples' test for noise: it finds fair coins fair, and every kind of bias that the messages of a broken protocol
// would show.
#include "../../examples/noise.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "catch.hpp"
#include "parley/core/random.hpp"

using namespace examples;

namespace {

constexpr std::uint32_t runs = 100;
constexpr std::size_t length = 50;

/// Two series of messages of random bytes, each of which passes through `change(series, message)` first.
template <class Change>
NoiseReport report_of(const Change& change) {
  parley::TestRandom random(1);
  BitCounts counts[2];
  for (std::uint32_t run = 0; run < runs; ++run)
    for (int series = 0; series < 2; ++series) {
      parley::Bytes message(length);
      random.fill(message);
      change(series, message);
      counts[series].add(message);
    }
  return look_for_noise(counts[0], counts[1]);
}

}  // namespace

TEST_CASE("random messages are noise, and constant bits are told apart from them") {
  const NoiseReport report = report_of([](int, parley::Bytes& message) {
    message[0] = std::byte{0xA5};
    message[1] &= std::byte{0x1F};
  });
  CHECK(report.is_noise());
  CHECK(report.bits == 8 * length);
  CHECK(report.free.size() == 8 * length - 8 - 3);
  CHECK(report.free.front() == 8);
  CHECK(report.free[5] == 16);
  for (const SeriesReport& series : report.series) {
    CHECK(series.share_of_ones > 0.48);
    CHECK(series.share_of_ones < 0.52);
    CHECK(series.all > 0.001);
    CHECK(series.worst > 0.001);
  }
}

TEST_CASE("a bit that differs between the two series is no noise") {
  CHECK_FALSE(report_of([](int series, parley::Bytes& message) {
                message[7] &= std::byte{0xFE};
                if (series == 1) message[7] |= std::byte{1};
              }).is_noise());
}

TEST_CASE("one bit of one series that is constant is no noise") {
  const NoiseReport report = report_of([](int series, parley::Bytes& message) {
    if (series == 1) message[7] &= std::byte{0xFE};
  });
  CHECK(report.series[0].worst > 0.001);
  CHECK(report.series[1].worst < 1e-20);
  CHECK_FALSE(report.is_noise());
}

TEST_CASE("a slight bias of all bits is no noise, though none of them stands out") {
  parley::TestRandom random(2);
  const NoiseReport report = report_of([&](int, parley::Bytes& message) {
    parley::Bytes a(length), b(length), c(length);  // an eighth of the bits becomes 1: 9 in 16 are
    for (parley::Bytes* mask : {&a, &b, &c}) random.fill(*mask);
    for (std::size_t i = 0; i < length; ++i) message[i] |= a[i] & b[i] & c[i];
  });
  CHECK(report.series[0].worst > 1e-6);
  CHECK(report.series[0].all < NoiseReport::least_probability);
  CHECK_FALSE(report.is_noise());
}

TEST_CASE("messages without a free bit are no noise") {
  CHECK_FALSE(report_of([](int, parley::Bytes& message) { message.assign(length, std::byte{1}); }).is_noise());
}

TEST_CASE("messages of different lengths are not compared") {
  BitCounts counts, others;
  counts.add(parley::Bytes(3));
  others.add(parley::Bytes(4));
  CHECK_THROWS_WITH(counts.add(parley::Bytes(4)), "messages of different lengths");
  CHECK_THROWS_WITH(look_for_noise(counts, others), "messages of different lengths");
}

TEST_CASE("tails of the chi-square distribution agree with published quantiles") {
  // NIST/SEMATECH e-Handbook of Statistical Methods, section 1.3.6.7.4, 100 degrees of freedom
  CHECK(std::abs(chi_square_tail(118.498, 100) - 0.10) < 0.001);
  CHECK(std::abs(chi_square_tail(124.342, 100) - 0.05) < 0.001);
  CHECK(std::abs(chi_square_tail(135.807, 100) - 0.01) < 0.001);
  CHECK(std::abs(chi_square_tail(149.449, 100) - 0.001) < 0.0001);
}

TEST_CASE("the numbers of heads have the binomial distribution") {
  CHECK(std::abs(probability_of_heads(4, 2, 2) - 6.0 / 16) < 1e-12);
  CHECK(std::abs(probability_of_heads(4, 0, 4) - 1) < 1e-12);
  CHECK(std::abs(probability_of_heads(10, 0, 1) - 11.0 / 1024) < 1e-12);
}
