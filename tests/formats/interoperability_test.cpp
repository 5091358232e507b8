// SPDX-License-Identifier: Apache-2.0
// What ssss-split and gfsplit write we read, and what we write ssss-combine and gfcombine read.
#include <cstddef>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "formats/programs.hpp"
#include "parley/core/random.hpp"
#include "parley/formats/gfshare.hpp"
#include "parley/formats/hex.hpp"
#include "parley/formats/ssss.hpp"
#include "some_bytes.hpp"

namespace {

using parley::Bytes;
using parley::test::is_installed;
using parley::test::ScratchDirectory;
using parley::test::some_bytes;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("ssss, both ways, at every security level, with diffusion and without") {
  if (!is_installed("ssss-split") || !is_installed("ssss-combine")) return;
  const ScratchDirectory directory;
  parley::TestRandom random(1);
  for (std::size_t size = 1; size <= 128; size += size < 18 ? 1 : 5) {
    const bool diffusion = size % 3 != 0;
    const std::string flags = diffusion ? "-Q -x" : "-Q -x -D";
    const Bytes secret = some_bytes(size);
    const std::string digits = parley::to_hex(secret);
    directory.write("secret", digits + "\n");
    const auto lines = lines_of(directory.run("ssss-split " + flags + " -t 3 -n 11 -w 'a token' <secret"));
    REQUIRE(lines.size() == 11);
    std::vector<parley::ssss::Share> theirs;
    for (const std::size_t which : {10U, 0U, 4U}) theirs.push_back(parley::ssss::from_line(lines[which]));
    CHECK(theirs[0].token == "a token");
    CHECK(parley::ssss::to_line(theirs[1], 11) == lines[0]);
    const auto found = parley::ssss::combine(theirs, {3, diffusion});
    CHECK(parley::to_hex(found.expose()) == digits);

    const auto ours = parley::ssss::split(secret, {11, 4, 0, diffusion}, random, size % 2 == 0 ? "" : "key");
    std::string text;
    for (const std::size_t which : {3U, 9U, 0U, 10U}) text += parley::ssss::to_line(ours[which], 11) + "\n";
    directory.write("shares", text);
    CHECK(lines_of(directory.run("ssss-combine " + flags + " -t 4 <shares")).back() == digits);
  }
}

TEST_CASE("ssss's texts, shorter than the security level too") {
  if (!is_installed("ssss-split") || !is_installed("ssss-combine")) return;
  const ScratchDirectory directory;
  parley::TestRandom random(2);
  const std::string text = "My secret, 21 letters";
  const auto secret = std::as_bytes(std::span(text));
  for (const std::size_t level : {168U, 176U, 1024U}) {
    directory.write("secret", text + "\n");
    const auto lines = lines_of(directory.run("ssss-split -Q -t 2 -n 2 -s " + std::to_string(level) + " <secret"));
    REQUIRE(lines.size() == 2);
    const auto found =
        parley::ssss::combine(std::vector{parley::ssss::from_line(lines[1]), parley::ssss::from_line(lines[0])});
    const auto shown = parley::ssss::without_padding(found.expose());
    CHECK(Bytes(shown.begin(), shown.end()) == Bytes(secret.begin(), secret.end()));

    const auto ours = parley::ssss::split(secret, {3, 2, level}, random);
    directory.write("shares", parley::ssss::to_line(ours[2], 3) + "\n" + parley::ssss::to_line(ours[0], 3) + "\n");
    CHECK(lines_of(directory.run("ssss-combine -Q -t 2 <shares")).back() == text);
  }
}

TEST_CASE("libgfshare, both ways") {
  if (!is_installed("gfsplit") || !is_installed("gfcombine")) return;
  parley::TestRandom random(3);
  for (const std::size_t size : {1U, 300U, 100'000U}) {  // beyond its buffer
    const ScratchDirectory directory;
    const Bytes content = some_bytes(size);
    directory.write("file", content);
    static_cast<void>(directory.run("gfsplit -n 3 -m 7 file theirs"));
    std::vector<parley::gfshare::Share> theirs;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
      const std::string name = entry.path().filename().string();
      if (name != "file") theirs.push_back({parley::gfshare::number_of(name), directory.read(name)});
    }
    REQUIRE(theirs.size() == 7);
    const auto all = parley::gfshare::combine(theirs, 3);
    CHECK(all.expose() == content);
    const auto three = parley::gfshare::combine(std::span(theirs).subspan(2, 3));
    CHECK(three.expose() == content);

    const auto ours = parley::gfshare::split(content, {size > 1000 ? 10U : 255U, 4}, random);
    std::string names;
    for (const std::size_t which : {ours.size() - 1, std::size_t{0}, ours.size() / 2, std::size_t{3}}) {
      const std::string name = "ours" + parley::gfshare::file_suffix(ours[which].number);
      directory.write(name, ours[which].value);
      names += " " + name;
    }
    static_cast<void>(directory.run("gfcombine -o found" + names));
    CHECK(directory.read("found") == content);
  }
}
