// SPDX-License-Identifier: Apache-2.0
// The examples' output files: whole or not there.
#include "../../examples/output_file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "catch.hpp"

using namespace examples;
namespace fs = std::filesystem;

namespace {

/// A directory of its own, removed at the end.
struct Scratch {
  fs::path path = fs::temp_directory_path() / ("parley-output-file-test-" + std::to_string(std::random_device{}()));
  Scratch() { fs::create_directory(path); }
  ~Scratch() { fs::remove_all(path); }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), fs::directory_iterator()));
  }
};

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("a file appears when it is complete, and replaces what was there") {
  const Scratch scratch;
  const fs::path path = scratch.path / "picture.svg";
  {
    OutputFile file(path);
    CHECK_FALSE(fs::exists(path));
    file.write("first");
    CHECK(content_of(path) == "first");
  }
  {
    OutputFile file(path);
    CHECK(content_of(path) == "first");
    file.write("second");
  }
  CHECK(content_of(path) == "second");
  CHECK(scratch.files() == 1);
}

TEST_CASE("a file that is not written leaves no trace, and what was there") {
  const Scratch scratch;
  const fs::path path = scratch.path / "picture.svg";
  OutputFile(path).write("first");
  { const OutputFile file(path); }
  CHECK(content_of(path) == "first");
  CHECK(scratch.files() == 1);
}

TEST_CASE("a place that cannot be written to is found out at once") {
  const Scratch scratch;
  CHECK_THROWS_WITH(OutputFile(scratch.path), scratch.path.string() + " could not be written: it is no regular file");
  const fs::path nowhere = scratch.path / "nowhere" / "picture.svg";
  CHECK_THROWS_WITH(OutputFile(nowhere), nowhere.string() + " could not be written: No such file or directory");
  CHECK(scratch.files() == 0);
}

TEST_CASE("where the file cannot be put in its place it is removed, with the reason") {
  const Scratch scratch;
  const fs::path path = scratch.path / "picture.svg";
  OutputFile file(path);
  fs::create_directory(path);  // in the meantime
  CHECK_THROWS_WITH(file.write("first"), Catch::Matchers::ContainsSubstring("could not be written: "));
  CHECK(scratch.files() == 1);
}

TEST_CASE("that a file or a directory could not be stored is said") {
  const Scratch scratch;
  const fs::path path = scratch.path / "picture.svg";
  OutputFile(path).write("first");
  CHECK_FALSE(store_lastingly(path));
  CHECK_FALSE(store_lastingly(scratch.path));
  CHECK(store_lastingly(scratch.path / "nothing") == std::errc::no_such_file_or_directory);

  OutputFile gone(path);
  gone.append("second");
  fs::remove(scratch.path / "picture.svg.part");  // another program's doing
  CHECK_THROWS_WITH(gone.close(), path.string() + " could not be written: No such file or directory");
  CHECK(content_of(path) == "first");

  const fs::path inner = scratch.path / "inner";
  fs::create_directory(inner);
  OutputFile moved(inner / "picture.svg");
  moved.append("third");
  moved.close();
  moved.put_in_place();
  fs::remove_all(inner);
  CHECK_THROWS_WITH(moved.keep_in_place(), Catch::Matchers::ContainsSubstring("would perhaps not outlast"));
}
