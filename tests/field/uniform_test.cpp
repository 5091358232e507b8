// SPDX-License-Identifier: Apache-2.0
// Uniform drawing against its definition, on tapes of given bytes.
#include "parley/field/uniform.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "core/backends.hpp"
#include "field/law.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/random.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/named_primes.hpp"
#include "parley/field/small_prime.hpp"

namespace {

using parley::GF16;
using parley::GF256;
using parley::Mersenne127;
using parley::Mersenne61;
using parley::SmallPrime;

/// Hands out given bytes, and throws when they are used up.
class Tape {
 public:
  explicit Tape(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}
  void fill(std::span<std::byte> out) {
    const std::size_t count = std::min(out.size(), bytes_.size() - used_);
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(used_), count, out.begin());
    used_ += count;
    if (count < out.size()) throw std::runtime_error("the tape ends");
  }
  Tape child(std::string_view) const { return *this; }
  std::size_t used() const { return used_; }

 private:
  std::vector<std::byte> bytes_;
  std::size_t used_ = 0;
};

/// Hands out elements instead of bytes: always the next number.
class Counter {
 public:
  template <class F>
  void fill_uniform(std::span<F> out) {
    for (F& x : out) x = F(next_++);
  }

 private:
  std::uint64_t next_ = 0;
};

static_assert(parley::RandomSource<Tape> && parley::UniformSource<Tape, Mersenne61>);
static_assert(!parley::RandomSource<Counter> && parley::UniformSource<Counter, Mersenne61>);
static_assert(!parley::UniformSource<int, Mersenne61>);

std::vector<std::byte> random_bytes(std::size_t count) {
  parley::TestRandom random(5);
  std::vector<std::byte> bytes(count);
  random.fill(bytes);
  return bytes;
}

/// The definition: from_sample of one sample after the other, without the rejected ones.
template <class F>
std::vector<F> one_by_one(const std::vector<std::byte>& bytes, std::size_t count, std::size_t& used) {
  std::vector<F> result;
  for (used = 0; result.size() < count; used += F::sample_size) {
    const std::optional<F> x =
        F::from_sample(std::span<const std::byte, F::sample_size>(bytes.data() + used, F::sample_size));
    if (x) result.push_back(*x);
  }
  return result;
}

template <class F>
void check_definition() {
  INFO(F::name);
  parley::testing::Law law("fill_uniform is from_sample in order, and draws not a byte more");
  // Beyond the chunks of 16 KiB and of 4 KiB in which bytes are drawn.
  for (const std::size_t count : {0U, 1U, 2U, 7U, 1023U, 1024U, 1025U, 2048U, 2049U, 5000U, 17000U}) {
    std::vector<std::byte> bytes = random_bytes((3 * count + 100) * F::sample_size);
    // Of all ones in some places, so that large fields reject, too: alone, in runs, first and last of a chunk.
    for (const std::size_t place : {0U, 5U, 6U, 7U, 1023U, 1024U, 2047U, 2048U, 4095U}) {
      if (place < 3 * count)
        std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(place * F::sample_size), F::sample_size,
                    std::byte{0xff});
    }
    std::size_t used = 0;
    const std::vector<F> expected = one_by_one<F>(bytes, count, used);
    Tape tape(bytes);
    std::vector<F> filled(count, F(3));
    parley::fill_uniform<F>(tape, filled);
    law.check(filled == expected && tape.used() == used, count);

    Tape again(bytes);
    bool same = true;
    for (const F x : expected) same &= parley::uniform<F>(again) == x;
    law.check(same && again.used() == used, count, "one by one");
  }
  law.conclude();
}

}  // namespace

TEST_CASE("fill_uniform does what it says, on fields of every layout") {
  parley::test::under_each_backend([] {
    check_definition<Mersenne61>();
    check_definition<GF256>();
    check_definition<parley::Ristretto255Scalar>();  // rejects almost half
  });
  check_definition<Mersenne127>();
  check_definition<GF16>();
  check_definition<SmallPrime<7>>();
  check_definition<SmallPrime<17>>();     // rejects almost half
  check_definition<SmallPrime<257>>();    // two bytes
  check_definition<SmallPrime<65537>>();  // three bytes in a word of four
}

TEST_CASE("the value that a mask would make of the modulus does not come up") {
  // p itself and 2^64 - 1 have 61 ones at the low end; taken for zero they would make zero twice as likely.
  const std::vector<std::uint64_t> words = {Mersenne61::modulus, ~std::uint64_t{0}, std::uint64_t{1} << 61 | 5,
                                            Mersenne61::modulus, 6};
  std::vector<std::byte> bytes(8 * words.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    parley::store_little_endian<std::uint64_t>(std::span<std::byte, 8>(bytes.data() + 8 * i, 8), words[i]);
  }
  Tape tape(bytes);
  std::array<Mersenne61, 2> drawn;
  parley::fill_uniform<Mersenne61>(tape, drawn);
  REQUIRE(drawn[0] == Mersenne61{5});
  REQUIRE(drawn[1] == Mersenne61{6});
  REQUIRE(tape.used() == bytes.size());
}

TEST_CASE("a source that hands out elements is asked for elements") {
  Counter counter;
  std::array<SmallPrime<7>, 3> drawn;
  parley::fill_uniform<SmallPrime<7>>(counter, drawn);
  REQUIRE(drawn == std::array<SmallPrime<7>, 3>{SmallPrime<7>{0}, SmallPrime<7>{1}, SmallPrime<7>{2}});
  REQUIRE(parley::uniform<Mersenne61>(counter) == Mersenne61{3});
}

TEST_CASE("a source that fails leaves elements behind, not bytes") {
  Tape tape(std::vector<std::byte>(12, std::byte{0xff}));
  std::array<Mersenne61, 4> drawn = {Mersenne61{1}, Mersenne61{1}, Mersenne61{1}, Mersenne61{1}};
  REQUIRE_THROWS_AS(parley::fill_uniform<Mersenne61>(tape, drawn), std::runtime_error);
  for (const Mersenne61 x : drawn) REQUIRE(x.to_integer() < Mersenne61::modulus);
}

TEST_CASE("every element comes about equally often") {
  // For 7 elements and 70000 draws, chi squared has 6 degrees of freedom and exceeds 35.6 with probability 3.3e-6; the
  // seed is fixed.
  parley::TestRandom random(6);
  std::vector<SmallPrime<7>> drawn(70000);
  parley::fill_uniform<SmallPrime<7>>(random, drawn);
  std::array<double, 7> times{};
  for (const auto x : drawn) ++times[x.to_integer()];
  double chi_squared = 0;
  for (const double count : times) chi_squared += (count - 10000) * (count - 10000) / 10000;
  REQUIRE(chi_squared < 35.6);
}
