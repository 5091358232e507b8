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

  [[nodiscard]] parley::UsableShares usable(const std::vector<std::size_t>& which) const {
    std::vector<std::string> paths;
    for (const std::size_t i : which) paths.push_back(path(i));
    return share_formats().at("parley").usable(paths);
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

TEST_CASE("falsified shares that cannot be corrected are left out, and the others give the secret") {
  Shares shares;
  shares.falsify(3);
  using Catch::Matchers::ContainsSubstring;
  CHECK_THROWS_WITH(shares.combine({0, 3, 4}), ContainsSubstring("shares of entry 3 are wrong"));
  CHECK_THROWS_WITH(shares.combine({3, 4}), ContainsSubstring("which one cannot be told"));
  CHECK(shares.usable({0, 4}).left_out.empty());
  CHECK(shares.usable({3, 4}).left_out.empty());  // one of them, but which
  const auto check = [&](const std::vector<std::size_t>& which, const std::vector<std::size_t>& right,
                         const std::vector<std::string>& reasons) {
    const auto found = shares.usable(which);
    std::vector<std::size_t> kept;
    for (const std::size_t i : found.kept) kept.push_back(which[i]);
    CHECK(kept == right);
    std::vector<std::string> given;
    for (const auto& share : found.left_out) given.push_back(share.reason);
    CHECK(given == reasons);
    CHECK(shares.combine(kept).empty());
  };
  const auto falsified = [&](std::size_t i) {
    return shares.path(i) + ": it is falsified: the others give the secret";
  };
  check({0, 3, 4}, {0, 4}, {falsified(3)});
  shares.falsify(0);
  check({0, 1, 2, 3}, {1, 2}, {falsified(0), falsified(3)});
  shares.shares[4].pop_back();
  shares.write(4);
  check({4, 1, 0, 2}, {1, 2},
        {shares.path(4) + ": it ends early: it was cut off after 20 bytes of its content, or later", falsified(0)});
}

TEST_CASE("all formats are described, and name their files") {
  for (const auto& [name, format] : share_formats()) {
    CHECK(help_of_formats().find("  " + name + " ") != std::string::npos);
    CHECK(format.path("key", 7) != format.path("key", 8));
    CHECK(format.path("key", 7).starts_with("key."));
  }
}

TEST_CASE("the names of shares tell their format, where they tell one") {
  const Formats formats = share_formats();
  CHECK(format_of(formats, {"a.1.hex", "dir.words/b.2.hex"}) == "hex");
  CHECK(format_of(formats, {"a.1.hex", "a.2.words"}) == "parley");
  CHECK(format_of(formats, {"a.1.words", "a"}) == "parley");
  CHECK(format_of(formats, {"-"}) == "parley");
  CHECK(format_of(formats, {"a.1.share"}) == "parley");
  CHECK(format_of(formats, {"a.001", "a.002"}) == "parley");
  CHECK(format_of(formats, {}) == "parley");
  CHECK_THROWS_WITH(find_format(formats, "morse"), "there is no format morse, see --help");
  CHECK(find_format(formats, "hex").has_check);
}

#if defined(EXAMPLES_WITH_SODIUM)
TEST_CASE("of more mnemonics than are needed, those that fit give the secret, and the others are named") {
  namespace slip39 = parley::slip39;
  parley::SystemRandom random;
  const auto encrypted = slip39::encrypt(parley::test::bytes_of_length(16), "", {0}, random);
  const auto right = slip39::split(encrypted, {1, {{2, 4}}}, random).front();
  const auto combine = [&](const std::vector<std::string>& mnemonics) {
    examples::detail::Mnemonics all;
    all.all = mnemonics;
    auto [secret, wrong] = examples::detail::combine_mnemonics(all);
    CHECK(secret.ciphertext.expose() == encrypted.ciphertext.expose());
    return wrong;
  };
  CHECK(combine(right).empty());
  CHECK(combine({right[3], right[1]}).empty());
  for (std::size_t i = 0; i < 4; ++i) {
    auto mnemonics = right;
    auto share = slip39::from_mnemonic(right[i]);
    share.value[3] ^= std::byte{1};
    mnemonics[i] = slip39::to_mnemonic(share);
    CHECK(combine(mnemonics) == std::vector<std::size_t>{i});
  }
  CHECK_THROWS_WITH(combine({right[0], right[1], right[0]}), "mnemonic 3 is of the same member as mnemonic 1");
}
#endif
