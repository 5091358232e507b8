// SPDX-License-Identifier: Apache-2.0
// Random sources whose output is secret. What sampling rejects is public, so the elements become secret once they are
// drawn; that the key stream itself is made without branches on its key, core.cpp tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "constant_time/secrecy.hpp"
#include "parley/core/random.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"

namespace parley::testing {

/// A RandomStream with secret output.
class SecretStream {
 public:
  SecretStream(Seed seed, Cipher cipher) : SecretStream((declassify(seed), RandomStream(seed, cipher))) {}

  void fill(std::span<std::byte> out) {
    stream_.fill(out);
    mark_secret(out);
  }
  template <Ring F>
  void fill_uniform(std::span<F> out) {
    parley::fill_uniform(stream_, out);
    mark_secret(out);
  }
  SecretStream child(std::string_view label) const { return SecretStream(stream_.child(label)); }

 private:
  explicit SecretStream(RandomStream stream) : stream_(std::move(stream)) {}

  RandomStream stream_;
};

/// A reproducible source of secrets, for engines: the streams that they expand its seeds to give secrets as well.
class SecretRandom {
 public:
  using Stream = SecretStream;

  explicit SecretRandom(std::uint64_t number) : SecretRandom(TestRandom(number)) {}

  void fill(std::span<std::byte> out) {
    random_.fill(out);
    mark_secret(out);
  }
  template <Ring F>
  void fill_uniform(std::span<F> out) {
    parley::fill_uniform(random_, out);
    mark_secret(out);
  }
  SecretRandom child(std::string_view label) const { return SecretRandom(random_.child(label)); }

 private:
  explicit SecretRandom(TestRandom random) : random_(std::move(random)) {}

  TestRandom random_;
};

}  // namespace parley::testing
