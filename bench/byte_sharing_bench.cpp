// SPDX-License-Identifier: Apache-2.0
// Secrets of bytes, split and combined with tag and checksums, in bytes of the secret a second, beside copying it once for
// each share; and a key of 32 bytes, in splits and combinations a second.
#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "contest.hpp"
#include "parley/core/random.hpp"
#include "parley/field/binary256.hpp"
#include "parley/sharing/byte_sharing.hpp"
#include "parley/sharing/tagged_sharing.hpp"

namespace {

using namespace parley_bench;
using parley::ShamirParameters;

constexpr ShamirParameters three_of_five{.parties = 5, .privacy_threshold = 2};
// What passes in a run: larger than the caches, so that the secret is read from memory. The shares are not kept.
constexpr std::size_t streamed = std::size_t{1} << 26;

parley::Buffer<std::byte> secret_of(std::size_t size) {
  parley::Buffer<std::byte> secret(size);
  parley::TestRandom(1).fill(secret);
  return secret;
}

Work splitting() {
  return [secret = std::make_shared<parley::Buffer<std::byte>>(secret_of(streamed)),
          random = std::make_shared<parley::SystemRandom>()] {
    const std::vector<parley::ByteSink> sinks(
        three_of_five.parties, [](std::span<const std::byte> bytes) { benchmark::DoNotOptimize(bytes.data()); });
    parley::ByteSplitter splitter(three_of_five, *random, sinks);
    splitter.update(*secret);
    splitter.finish();
  };
}

// The first shares of so many.
Work combining(std::size_t count) {
  parley::SystemRandom random;
  auto shares =
      std::make_shared<std::vector<parley::Bytes>>(parley::split_bytes(secret_of(streamed), three_of_five, random));
  return [shares, count] {
    std::vector<parley::ShareReader> readers;
    for (std::size_t i = 0; i < count; ++i) readers.emplace_back("a share", parley::source_of((*shares)[i]));
    benchmark::DoNotOptimize(parley::combine_bytes(readers, nullptr));
  };
}

// What there is to beat: the secret, a chunk at a time, copied to one place for each share that stays in the cache.
Work copying() {
  return [secret = std::make_shared<parley::Buffer<std::byte>>(secret_of(streamed)),
          copies = std::make_shared<std::vector<parley::Buffer<std::byte>>>(
              three_of_five.parties, parley::Buffer<std::byte>(parley::share_chunk))] {
    for (std::size_t first = 0; first < secret->size(); first += parley::share_chunk)
      for (auto& copy : *copies) {
        std::memcpy(copy.data(), secret->data() + first, copy.size());
        benchmark::ClobberMemory();
      }
  };
}

Work splitting_a_key(bool as_file) {
  return [as_file, random = std::make_shared<parley::SystemRandom>(),
          scheme = std::make_shared<parley::Shamir<parley::GF256>>(three_of_five)] {
    const std::array<std::byte, 32> key{};
    if (as_file)
      benchmark::DoNotOptimize(parley::split_bytes(key, three_of_five, *random));
    else
      benchmark::DoNotOptimize(parley::share_tagged<parley::GF256>(*scheme, parley::detail::as_elements(key), *random));
  };
}

// By the first `count` shares, of which three are needed.
Work combining_a_key(bool as_file, std::size_t count) {
  parley::SystemRandom random;
  auto scheme = std::make_shared<parley::Shamir<parley::GF256>>(three_of_five);
  const std::array<std::byte, 32> key{};
  if (as_file) {
    auto shares = std::make_shared<std::vector<parley::Bytes>>(parley::split_bytes(key, three_of_five, random));
    shares->resize(count);
    return [shares] { benchmark::DoNotOptimize(parley::combine_bytes(*shares)); };
  }
  auto shares = std::make_shared<std::vector<parley::TaggedShare<parley::GF256>>>(
      parley::share_tagged<parley::GF256>(*scheme, parley::detail::as_elements(key), random));
  shares->resize(count);
  return [scheme, shares] {
    const std::array<std::size_t, 5> everyone = {0, 1, 2, 3, 4};
    const auto who = std::span(everyone).first(shares->size());
    benchmark::DoNotOptimize(parley::reconstruct_tagged<parley::GF256>(*scheme, who, *shares));
  };
}

const bool registered = [] {
  measure("bytes/split/3-of-5/64_MiB", "parley", streamed, splitting);
  measure("bytes/split/3-of-5/64_MiB", "memcpy", streamed, copying);
  measure("bytes/combine/3-of-5/64_MiB", "parley", streamed, [] { return combining(3); });
  measure("bytes/combine/3-of-5/64_MiB", "parley-all-five", streamed, [] { return combining(5); });
  measure("bytes/split/3-of-5/32_bytes", "parley", 1, [] { return splitting_a_key(false); });
  measure("bytes/split/3-of-5/32_bytes", "parley-as-files", 1, [] { return splitting_a_key(true); });
  measure("bytes/combine/3-of-5/32_bytes", "parley", 1, [] { return combining_a_key(false, 3); });
  measure("bytes/combine/3-of-5/32_bytes", "parley-as-files", 1, [] { return combining_a_key(true, 3); });
  measure("bytes/combine/3-of-5/32_bytes", "parley-all-five-as-files", 1, [] { return combining_a_key(true, 5); });
  return true;
}();

}  // namespace
