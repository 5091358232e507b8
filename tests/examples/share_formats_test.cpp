// SPDX-License-Identifier: Apache-2.0
// What parley-combine says of falsified shares, whose checksums are right. (From end to end the programs run in shares.sh.)
#include "../../examples/share_formats.hpp"

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "parley/core/random.hpp"
#include "sharing/shares_of_bytes.hpp"

using namespace examples;
namespace fs = std::filesystem;

namespace {

/// Shares 2-of-5 as files of a directory that is removed at the end.
struct Shares {
  fs::path directory =
      fs::temp_directory_path() / ("parley-share-formats-test-" + std::to_string(std::random_device{}()));
  std::vector<parley::Bytes> shares;
  std::vector<std::byte> secret = parley::test::bytes_of_length(20);

  Shares() {
    fs::create_directory(directory);
    parley::TestRandom random(1);
    shares = parley::split_bytes(secret, {5, 1}, random);
    for (std::size_t i = 0; i < shares.size(); ++i) write(i);
  }
  Shares(const Shares&) = delete;
  Shares& operator=(const Shares&) = delete;
  ~Shares() { fs::remove_all(directory); }

  [[nodiscard]] std::string path(std::size_t i) const { return (directory / std::to_string(i)).string(); }
  void write(std::size_t i) const { std::ofstream(path(i), std::ios::binary) << as_text(shares[i]); }
  void falsify(std::size_t i) {
    shares[i] = parley::test::forged(shares[i], [](auto& share) { share.content[3] ^= std::byte{1}; });
    write(i);
  }

  /// The names of the shares that were corrected; the secret is right.
  [[nodiscard]] std::vector<std::string> combine(const std::vector<std::size_t>& which) const {
    std::vector<std::byte> found;
    Combination combination{
        {}, 0, [&](std::span<const std::byte> piece) { found.insert(found.end(), piece.begin(), piece.end()); }, [] {}};
    for (const std::size_t i : which) combination.shares.push_back(path(i));
    const Restored restored = share_formats().at("parley").combine(combination);
    CHECK(found == secret);
    return restored.wrong;
  }
};

}  // namespace

TEST_CASE("wrong shares that can be corrected are named") {
  Shares shares;
  CHECK(shares.combine({4, 2}).empty());
  shares.falsify(3);
  CHECK(shares.combine({4, 3, 0, 1}) == std::vector{shares.path(3)});
  CHECK(shares.combine({0, 1, 2, 3, 4}) == std::vector{shares.path(3)});
}

TEST_CASE("wrong shares that can be left out are named, and nothing is restored") {
  Shares shares;
  shares.falsify(3);
  CHECK_THROWS_WITH(shares.combine({0, 3, 4}), "wrong: " + shares.path(3) + ". Without it the others give the secret");
  CHECK_THROWS_WITH(shares.combine({3, 4}), Catch::Matchers::ContainsSubstring("at least one of them is wrong"));
  shares.falsify(0);
  CHECK_THROWS_WITH(shares.combine({0, 1, 2, 3}),
                    "wrong: " + shares.path(0) + ", " + shares.path(3) + ". Without them the others give the secret");
}

TEST_CASE("all formats are described, and name their files") {
  for (const auto& [name, format] : share_formats()) {
    CHECK(help_of_formats().find("  " + name + " ") != std::string::npos);
    CHECK(format.path("key", 7) != format.path("key", 8));
    CHECK(format.path("key", 7).starts_with("key."));
  }
}
