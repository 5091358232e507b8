// SPDX-License-Identifier: Apache-2.0
// The generators: known answers, every way to split a draw, the independence of children, unbiased numbers, and what is
// left in memory.
#include "parley/core/random.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "core/hex.hpp"
#include "core/in_a_fork.hpp"
#include "core/watched_memory.hpp"
#include "refusal.hpp"

using parley::Bytes;
using parley::Cipher;
using parley::draw_seed;
using parley::Error;
using parley::ErrorCode;
using parley::RandomSource;
using parley::RandomStream;
using parley::Seed;
using parley::SystemRandom;
using parley::TestRandom;
using parley::uniform_below;
using parley::test::array_from_hex;
using parley::test::code_of;
using parley::test::contains;
using parley::test::in_a_fork;
using parley::test::to_hex;

namespace {

static_assert(RandomSource<RandomStream> && RandomSource<SystemRandom> && RandomSource<TestRandom>);
static_assert(!RandomSource<int> && !RandomSource<const RandomStream>);
template <class R>
constexpr bool moves_only = std::is_nothrow_move_constructible_v<R>&& std::is_nothrow_move_assignable_v<R> &&
                            !std::is_copy_constructible_v<R> && !std::is_copy_assignable_v<R>;
static_assert(moves_only<RandomStream> && moves_only<SystemRandom> && moves_only<TestRandom>);
// No generator turns into another one by accident, and no number into a generator.
static_assert(!std::is_convertible_v<TestRandom, SystemRandom> && !std::is_constructible_v<SystemRandom, TestRandom>);
static_assert(!std::is_convertible_v<TestRandom, RandomStream> && !std::is_constructible_v<RandomStream, TestRandom>);
static_assert(!std::is_convertible_v<std::uint64_t, TestRandom> && !std::is_default_constructible_v<TestRandom>);
static_assert(!std::is_constructible_v<SystemRandom, std::uint64_t> && !std::is_constructible_v<SystemRandom, Seed>);

std::vector<Cipher> available_ciphers() {
  std::vector<Cipher> ciphers = {Cipher::chacha20};
  if (parley::cipher_available(Cipher::aes128_ctr)) ciphers.push_back(Cipher::aes128_ctr);
  return ciphers;
}

const Seed counting_seed = array_from_hex<32>("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");

template <RandomSource R>
Bytes draw(R& random, std::size_t size) {
  Bytes bytes(size);
  random.fill(bytes);
  return bytes;
}
template <RandomSource R>
Bytes draw(R&& random, std::size_t size) {
  return draw(random, size);
}

}  // namespace

// The answers below were computed from the definition at the head of random.hpp by an independent program (in Python,
// with the AES of OpenSSL). They hold for all time and every machine: parties of different builds expand common seeds.
TEST_CASE("streams and their children have known answers") {
  struct Answer {
    Cipher cipher;
    std::string_view first, last, child_without_name, child, child_of_one_block, child_of_long_label, grandchild;
  };
  const Answer answers[] = {
      {Cipher::aes128_ctr, "84db99f2d455d1f35f996b6ef14488259e9197096cd40862b817a0a98fc8c87d",
       "bfb7bb52c8d9b13d8f6e82ebbd409a4d", "0625755b1cfe778c38f1dde103a74c33dc29472368e2898938d5201ce1eb93d5",
       "fc1d071b9b33debf12afafb15f54c52d787234937d439d3b06f637c51b54f379",
       "3e39bd4d1544afd48c28bdca13c4b029e0949325380d76bf37966e4ae80e627b",
       "15aa381d4e2d220bbf43cd34b1d841efb9f0754545511b16795f4aff7dc47267",
       "8e71707c32e06a9ea99b10f206914c86d6068626ae7b4763038d9664488e97ad"},
      {Cipher::chacha20, "d8b78364859bc520bcf83e158c5565408ad5f8565df85659b20d1f9f0b157c1e",
       "3cc7309ead63bdeb2e402668c8434973", "fa76da1d134d650f3447158b32e350691b1a6c50878f865c8f44c8c7f1dfd411",
       "bdea09185a6a76d5defa0c6a069fc1b8b8e7adbbacba0fa798f6ca488fb8916e",
       "85d86e427b004c5609d3f3067920c0b919993de94e40b5288d1241771a6c19e0",
       "9a2cd7bb1b8d581216bb681265c4f54bc65e5e84ee49fc7595feb847b2aea68b",
       "b2360f3f34bdec4cdef2bf595cc84833f2bef14cce93f7e485cacae96df5efa3"}};
  for (const Answer& answer : answers) {
    if (!parley::cipher_available(answer.cipher)) continue;
    RandomStream stream(counting_seed, answer.cipher);
    const Bytes bytes = draw(stream, 2048);
    CHECK(to_hex(std::span(bytes).first(32)) == answer.first);
    CHECK(to_hex(std::span(bytes).last(16)) == answer.last);
    CHECK(to_hex(draw(stream.child(""), 32)) == answer.child_without_name);
    CHECK(to_hex(draw(stream.child("party 3"), 32)) == answer.child);
    CHECK(to_hex(draw(stream.child("fourteen bytes"), 32)) == answer.child_of_one_block);
    CHECK(to_hex(draw(stream.child("a label of more than fourteen bytes"), 32)) == answer.child_of_long_label);
    CHECK(to_hex(draw(stream.child("party 3").child("zeros"), 32)) == answer.grandchild);
  }
  CHECK(to_hex(draw(TestRandom(0), 32)) == "dec01e446eac6feaf615b020a6c20ea8300b64058423da7834e86f9a09edc7e0");
  CHECK(to_hex(draw(TestRandom(1), 32)) == "edac9173657286c5b8c20c797046042ec9e5dad4dbc7abc8db114bf7a46025b0");
  CHECK(to_hex(draw(TestRandom(~std::uint64_t{0}), 32)) ==
        "3074465c832846c0ef69858eb74cc152e1d49d4b911c35b8eb1603e2d4d1d132");
  CHECK(to_hex(draw(TestRandom(1).child("x"), 32)) ==
        "8fe0c39a02e63d5056969833ea91b50cef5ba45a2f42e86e0f7a4c7450eca3db");
}

TEST_CASE("the bytes of a stream do not depend on how a draw is split") {
  constexpr std::size_t size = 6000;  // some ten times the buffer
  for (const Cipher cipher : available_ciphers()) {
    const Bytes whole = draw(RandomStream(counting_seed, cipher), size);

    // Every position of a split in two, so every filling of the buffer meets every kind of request.
    std::size_t wrong = 0;
    for (std::size_t first = 0; first <= 1300; ++first) {
      RandomStream stream(counting_seed, cipher);
      Bytes bytes = draw(stream, first);
      const Bytes rest = draw(stream, 1300 - first);
      bytes.insert(bytes.end(), rest.begin(), rest.end());
      wrong += !std::equal(bytes.begin(), bytes.end(), whole.begin());
    }
    CHECK(wrong == 0);

    // Many pieces of lengths around those of words, units and the buffer, nothing among them, into unaligned memory.
    const std::size_t lengths[] = {0, 1, 7, 8, 16, 63, 64, 65, 127, 128, 511, 512, 513, 575, 576, 577, 1024, 1500};
    TestRandom choose(7);
    for (int repetition = 0; repetition < 200; ++repetition) {
      RandomStream stream(counting_seed, cipher);
      Bytes bytes(size + 1, std::byte{0xc3});
      for (std::size_t at = 0; at < size;) {
        const std::size_t length = std::min<std::size_t>(lengths[uniform_below(choose, std::size(lengths))], size - at);
        stream.fill(std::span(bytes).subspan(at, length));
        at += length;
        if (at < size && bytes[at] != std::byte{0xc3}) FAIL("a write beyond the end");
      }
      wrong += !std::equal(whole.begin(), whole.end(), bytes.begin()) || bytes.back() != std::byte{0xc3};
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("children depend on the labels on the way, on the seed and on the cipher, and on nothing else") {
  std::vector<Bytes> streams;
  for (const Cipher cipher : available_ciphers()) {
    RandomStream parent(counting_seed, cipher);
    const Bytes before = draw(parent.child("a"), 64);
    streams.push_back(draw(parent, 64));
    CHECK(draw(parent.child("a"), 64) == before);
    CHECK(draw(RandomStream(counting_seed, cipher).child("a"), 64) == before);

    // Labels that differ in a zero at the end, in length by one around a block of 14 bytes, and paths that spell one
    // word.
    const std::string long_label(40, 'x');
    for (const std::size_t length : {0u, 1u, 13u, 14u, 15u, 27u, 28u, 29u, 40u}) {
      streams.push_back(draw(parent.child(long_label.substr(0, length)), 64));
    }
    streams.push_back(draw(parent.child("a"), 64));
    streams.push_back(draw(parent.child(std::string_view("a\0", 2)), 64));
    streams.push_back(draw(parent.child("ab"), 64));
    streams.push_back(draw(parent.child("a").child("b"), 64));
    streams.push_back(draw(parent.child("").child("ab"), 64));
    streams.push_back(draw(parent.child("ab").child(""), 64));
    streams.push_back(draw(parent.child(std::string(14, 'x')).child("x"), 64));

    Seed other = counting_seed;
    other[31] ^= std::byte{0x80};
    streams.push_back(draw(RandomStream(other, cipher), 64));
    streams.push_back(draw(RandomStream(other, cipher).child("a"), 64));
  }
  std::sort(streams.begin(), streams.end());
  CHECK(std::adjacent_find(streams.begin(), streams.end()) == streams.end());
}

TEST_CASE("a stream refuses ciphers that there are not, and goes on as what it was moved to") {
  CHECK(code_of([] { RandomStream(counting_seed, static_cast<Cipher>(9)); }) == ErrorCode::invalid_argument);
  for (const Cipher cipher : available_ciphers()) {
    const Bytes expected = draw(RandomStream(counting_seed, cipher), 300);
    RandomStream first(counting_seed, cipher);
    CHECK(first.cipher() == cipher);
    Bytes bytes = draw(first, 100);
    RandomStream second(std::move(first));
    const auto append = [&](const Bytes& more) { bytes.insert(bytes.end(), more.begin(), more.end()); };
    append(draw(second, 100));
    CHECK(code_of([&] { draw(first, 1); }) == ErrorCode::invalid_state);
    CHECK(code_of([&] { static_cast<void>(first.child("a")); }) == ErrorCode::invalid_state);
    first = std::move(second);
    append(draw(first, 100));
    CHECK(bytes == expected);
    CHECK(code_of([&] { draw(second, 1000); }) == ErrorCode::invalid_state);
  }
}

TEST_CASE("a stream that ends leaves neither its seed nor its keys nor bytes to come in memory") {
  for (const Cipher cipher : available_ciphers()) {
    const Bytes all = draw(RandomStream(counting_seed, cipher), 512);
    const auto to_come = std::span(all).subspan(8, 64);
    const auto check_gone = [&](std::span<const std::byte> memory) {
      CHECK_FALSE(contains(memory, std::span(counting_seed).first(16)));
      CHECK_FALSE(contains(memory, to_come));
    };
    alignas(RandomStream) std::array<std::byte, sizeof(RandomStream)> storage{};
    auto& stream = *std::construct_at(reinterpret_cast<RandomStream*>(storage.data()), counting_seed, cipher);
    draw(stream, 8);
    CHECK(contains(storage, std::span(counting_seed).first(16)));
    CHECK(contains(storage, to_come));

    RandomStream other(std::move(stream));
    check_gone(storage);
    stream = std::move(other);
    CHECK(contains(storage, to_come));
    std::destroy_at(&stream);
    check_gone(storage);
  }
}

TEST_CASE("the generator for secrets starts anew each time, and so does each of its children") {
  SystemRandom first, second;
  std::vector<Bytes> streams = {draw(first, 32), draw(second, 32), draw(first, 32)};
  SystemRandom child = first.child("a");
  streams.push_back(draw(child, 32));
  streams.push_back(draw(first.child("a"), 32));
  streams.push_back(draw(first.child(""), 32));
  streams.push_back(draw(child.child("a"), 32));
  SystemRandom moved(std::move(child));
  streams.push_back(draw(moved, 32));
  std::sort(streams.begin(), streams.end());
  CHECK(std::adjacent_find(streams.begin(), streams.end()) == streams.end());  // any two equal with probability 2^-256
  CHECK(code_of([&] { draw(child, 1); }) == ErrorCode::invalid_state);
  CHECK(code_of([&] { static_cast<void>(child.child("a")); }) == ErrorCode::invalid_state);
}

TEST_CASE("parent and child of a fork draw different bytes, from what was buffered too") {
  struct Drawn {
    Seed own, of_a_child;
  };
  SystemRandom random;
  draw(random, 1);
  const auto draw_both = [&] {
    Drawn drawn;
    drawn.own = draw_seed(random);
    SystemRandom child = random.child("a");
    drawn.of_a_child = draw_seed(child);
    return drawn;
  };
  const Drawn in_fork = in_a_fork<Drawn>(draw_both), here = draw_both();
  CHECK(in_fork.own != here.own);
  CHECK(in_fork.of_a_child != here.of_a_child);
  const auto child_first = [&] {
    SystemRandom child = random.child("b");
    return draw_seed(child);
  };
  const Seed child_in_fork = in_a_fork<Seed>(child_first);  // the fork first: both make a child of the same number
  CHECK(child_in_fork != child_first());
}

TEST_CASE("the generator for tests is a function of its number") {
  CHECK(draw(TestRandom(42), 1000) == draw(TestRandom(42), 1000));
  CHECK(draw(TestRandom(42), 32) != draw(TestRandom(43), 32));
  const TestRandom random(42);
  CHECK(draw(random.child("a"), 32) == draw(random.child("a"), 32));
  CHECK(draw(random.child("a"), 32) != draw(random.child("b"), 32));
}

TEST_CASE("a drawn seed is the next 32 bytes") {
  TestRandom random(3);
  const Bytes bytes = draw(TestRandom(3), 64);
  const Seed first = draw_seed(random), second = draw_seed(random);
  CHECK(to_hex(first) + to_hex(second) == to_hex(bytes));
}

namespace {

/// Hands out prescribed 64-bit words.
class Words {
 public:
  explicit Words(std::vector<std::uint64_t> words) : words_(std::move(words)) {}
  void fill(std::span<std::byte> out) {
    REQUIRE(out.size() == 8);
    REQUIRE(used < words_.size());
    parley::store_little_endian<std::uint64_t>(out.first<8>(), words_[used++]);
  }
  Words child(std::string_view) const { return *this; }

  std::size_t used = 0;

 private:
  std::vector<std::uint64_t> words_;
};

/// Pearson's statistic of `draws` values of `classify(uniform_below(bound))` against the uniform distribution on
/// `classes`.
template <class Classify>
double chi_square(std::uint64_t bound, std::size_t classes, std::size_t draws, Classify&& classify) {
  TestRandom random(20240229);
  std::vector<double> count(classes);
  for (std::size_t i = 0; i < draws; ++i) ++count[classify(uniform_below(random, bound))];
  const double expected = static_cast<double>(draws) / static_cast<double>(classes);
  double sum = 0;
  for (const double c : count) sum += (c - expected) * (c - expected) / expected;
  return sum;
}

}  // namespace

TEST_CASE("uniform numbers reject exactly the draws that would favour some of them") {
  // 2^64 = 1 modulo 3: of the words x with 3x below 2^64, one is rejected, x = 0, and each number keeps (2^64 - 1) / 3
  // words.
  Words words({0, 1, ~std::uint64_t{0} / 3, ~std::uint64_t{0} / 3 + 1, ~std::uint64_t{0}});
  CHECK(uniform_below(words, 3) == 0);
  CHECK(words.used == 2);
  CHECK(uniform_below(words, 3) == 0);  // 3 ((2^64 - 1) / 3) = 2^64 - 1
  CHECK(uniform_below(words, 3) == 1);
  CHECK(uniform_below(words, 3) == 2);
  CHECK(words.used == 5);

  // A power of two rejects nothing, and takes the upper bits.
  Words powers({0, ~std::uint64_t{0}, std::uint64_t{1} << 63});
  CHECK(uniform_below(powers, 1) == 0);
  CHECK(uniform_below(powers, 8) == 7);
  CHECK(uniform_below(powers, 8) == 4);

  // 3 * 2^62: words are rejected whose product with it is below 2^62 modulo 2^64, that is those divisible by 4.
  Words quarters({0, 4, 5, 6, 7});
  CHECK(uniform_below(quarters, std::uint64_t{3} << 62) == 3);
  CHECK(uniform_below(quarters, std::uint64_t{3} << 62) == 4);
  CHECK(uniform_below(quarters, std::uint64_t{3} << 62) == 5);
  CHECK(quarters.used == 5);

  TestRandom random(5);
  CHECK(code_of([&] { static_cast<void>(uniform_below(random, 0)); }) == ErrorCode::invalid_argument);
}

// Each threshold is exceeded by a uniform source with probability 10^-9; the seed is fixed, so that a test which passed
// once passes always.
TEST_CASE("uniform numbers are uniform, and below their bound") {
  CHECK(chi_square(10, 10, 100'000, [](std::uint64_t x) { return static_cast<std::size_t>(x); }) < 60.66);
  CHECK(chi_square(100, 100, 200'000, [](std::uint64_t x) { return static_cast<std::size_t>(x); }) < 207.9);
  // Without rejection half of these would be divisible by 3.
  CHECK(chi_square(std::uint64_t{3} << 62, 3, 100'000,
                   [](std::uint64_t x) { return static_cast<std::size_t>(x % 3); }) < 41.45);
  // The low and the high byte of a number that is one short of a power of two.
  CHECK(chi_square((std::uint64_t{1} << 40) - 1, 256, 200'000,
                   [](std::uint64_t x) { return static_cast<std::size_t>(x % 256); }) < 414.6);
  CHECK(chi_square((std::uint64_t{1} << 40) - 1, 256, 200'000,
                   [](std::uint64_t x) { return static_cast<std::size_t>(x >> 32); }) < 414.6);
}
