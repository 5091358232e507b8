// SPDX-License-Identifier: Apache-2.0
// What is a sharing scheme, and what is not.
#include "parley/sharing/concepts.hpp"

#include <cstddef>
#include <span>
#include <vector>

#include "catch.hpp"
#include "parley/core/random.hpp"

namespace {

// Everything that the concept asks for.
struct Complete {
  using Value = int;
  using Share = char;
  std::size_t parties() const;
  std::size_t privacy_threshold() const;
  std::size_t reconstruction_threshold() const;
  std::size_t share_size(std::size_t secrets) const;
  template <class Random>
  std::vector<std::vector<char>> share(std::span<const int> secrets, Random& random) const;
  std::vector<int> reconstruct(std::span<const std::size_t> who, std::span<const std::vector<char>> shares) const;
};

struct WithoutPrivacyThreshold : Complete {
  std::size_t privacy_threshold() const = delete;
};
struct WithoutShareSize : Complete {
  std::size_t share_size(std::size_t secrets) const = delete;
};
struct WithoutRandomness : Complete {
  std::vector<std::vector<char>> share(std::span<const int> secrets) const;
};
struct WithForeignShares : Complete {
  using Share = int;
};

}  // namespace

TEST_CASE("the concept asks for both thresholds, randomness and shares of one type") {
  STATIC_REQUIRE(parley::SharingScheme<Complete>);
  STATIC_REQUIRE(!parley::SharingScheme<WithoutPrivacyThreshold>);
  STATIC_REQUIRE(!parley::SharingScheme<WithoutShareSize>);
  STATIC_REQUIRE(!parley::SharingScheme<WithoutRandomness>);
  STATIC_REQUIRE(!parley::SharingScheme<WithForeignShares>);
  STATIC_REQUIRE(!parley::SharingScheme<int>);
}
