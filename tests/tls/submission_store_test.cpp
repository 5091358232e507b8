// SPDX-License-Identifier: Apache-2.0
// What a server keeps on its disk: there again after every restart, whole or not at all, wherever writing was cut off.
#include "parley/tls/submission_store.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "tls/collecting.hpp"

using namespace parley;
using namespace collecting;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr std::size_t part_size = 5;

Collection example(std::size_t most = 1000) {
  Collection collection = collection_of(3, part_size);
  collection.items_per_client = 2;
  collection.most_submissions = most;
  return collection;
}

SubmissionName name_of(unsigned client, std::uint64_t item = 0, std::uint64_t revision = 1, unsigned digest = 0) {
  SubmissionName name;
  name.client.fill(static_cast<std::byte>(client + 1));
  name.item = item;
  name.revision = revision;
  name.digest.fill(static_cast<std::byte>(digest));
  return name;
}

Bytes part_of(unsigned pattern) { return parts_of(1, part_size, 0x0101010101 * pattern)[0]; }

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// What opening the file throws, with the code before, or how many submissions are found.
std::string opened(const std::filesystem::path& path, const Collection& collection = example(), std::size_t self = 1) {
  try {
    return std::to_string(SubmissionStore(path, collection, self).size());
  } catch (const Error& error) {
    return std::string(to_string(error.code())) + ": " + error.what();
  }
}

}  // namespace

TEST_CASE("Submissions are taken once, replaced by later revisions, and there after a restart") {
  const Scratch scratch;
  const auto path = scratch.file("store");
  const Collection of_four = example(4);
  {
    SubmissionStore store(path, of_four, 1);
    const auto status = std::filesystem::status(path).permissions();
    CHECK((status & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) ==
          std::filesystem::perms::none);
    CHECK(store.add(name_of(7), part_of(1)) == Verdict::stored);
    CHECK(store.add(name_of(7), part_of(1)) == Verdict::stored);  // before it is on the disk
    store.commit();
    CHECK_FALSE(store.has_uncommitted());
    CHECK(store.add(name_of(7), part_of(1)) == Verdict::stored);
    CHECK_FALSE(store.has_uncommitted());
    CHECK(store.add(name_of(7), part_of(2)) == Verdict::different);
    CHECK(store.add(name_of(7, 0, 1, 9), part_of(1)) == Verdict::different);
    CHECK(store.add(name_of(7, 0, 3), part_of(3)) == Verdict::stored);
    CHECK(store.add(name_of(7, 0, 2), part_of(3)) == Verdict::superseded);
    CHECK(store.add(name_of(7, 5), part_of(4)) == Verdict::stored);
    CHECK(store.add(name_of(7, 6), part_of(4)) == Verdict::too_many);  // of one client
    CHECK(store.add(name_of(1), Bytes(part_size + 1)) == Verdict::malformed);
    CHECK(store.add(name_of(1), part_of(1)) == Verdict::stored);
    CHECK(store.add(name_of(2), part_of(1)) == Verdict::stored);
    CHECK(store.add(name_of(3), part_of(1)) == Verdict::too_many);  // in all
    CHECK(store.size() == 4);
    CHECK(store.clients() == 3);
    CHECK_FALSE(store.result(name_of(7).client, 0));
    store.set_result_for_everybody(part_of(7));
    store.set_result(name_of(7).client, 5, part_of(8));
    store.commit();
    CHECK(store.add(name_of(2, 1), part_of(1)) == Verdict::too_many);  // never committed
    CHECK_THAT(opened(path), ContainsSubstring("invalid_state: ") && ContainsSubstring("is in use"));
  }
  std::optional<SubmissionStore> again(std::in_place, path, of_four, 1);
  SubmissionStore& store = *again;
  const std::vector<SubmissionName> names{name_of(1), name_of(2), name_of(7, 0, 3), name_of(7, 5)};
  CHECK(store.names() == names);
  CHECK(store.part(name_of(7, 0, 3)) == part_of(3));
  CHECK_THROWS_AS(store.part(name_of(7)), Error);
  CHECK(store.result(name_of(7).client, 0) == part_of(7));
  CHECK(store.result(name_of(7).client, 5) == part_of(8));
  CHECK_FALSE(store.result(name_of(3).client, 0));  // has submitted nothing
  store.close();
  CHECK(store.add(name_of(1), part_of(1)) == Verdict::stored);
  CHECK(store.add(name_of(1, 1), part_of(1)) == Verdict::closed);
  CHECK(store.add(name_of(1, 0, 2), part_of(1)) == Verdict::closed);
  store.commit();
  again.reset();
  CHECK(SubmissionStore(path, of_four, 1).is_closed());
}

TEST_CASE("A client that replaces its submission again and again does not fill the disk") {
  const Scratch scratch;
  SubmissionStore store(scratch.file("store"), example(), 1);
  std::size_t stored = 0;
  for (std::uint64_t revision = 1; revision <= 300; ++revision)
    stored += store.add(name_of(1, 0, revision), part_of(1)) == Verdict::stored ? 1 : 0;
  CHECK(stored == 101);
}

TEST_CASE("A file that was cut off anywhere has all batches that were whole, and takes more") {
  const Scratch scratch;
  const auto path = scratch.file("store"), damaged = scratch.file("damaged");
  std::vector<std::size_t> sizes;  // after each batch
  {
    SubmissionStore store(path, example(), 1);
    for (unsigned client = 0; client < 4; ++client) {
      static_cast<void>(store.add(name_of(client), part_of(client)));
      store.commit();
      sizes.push_back(std::filesystem::file_size(path));
    }
  }
  const std::string text = text_of(path);
  REQUIRE(text.size() == sizes.back());
  // Each that is shortened waits for the disk: so not all of them, but those around the end of a batch and of its header.
  const auto is_tried = [&](std::size_t size) {
    return size < 96 || size % 29 == 0 || std::ranges::any_of(sizes, [size](std::size_t end) {
             return (size + 1 >= end && size <= end + 1) || (size >= end + 63 && size <= end + 65);
           });
  };
  for (std::size_t size = 0; size < text.size(); ++size) {
    if (!is_tried(size)) continue;
    write(damaged, text.substr(0, size));
    if (size < 96) {
      CHECK_THAT(opened(damaged), ContainsSubstring("invalid_argument: "));
      continue;
    }
    const auto whole = static_cast<std::size_t>(std::ranges::upper_bound(sizes, size) - sizes.begin());
    {
      SubmissionStore store(damaged, example(), 1);
      REQUIRE(store.size() == whole);
      static_cast<void>(store.add(name_of(9), part_of(9)));
      store.commit();
    }
    REQUIRE(opened(damaged) == std::to_string(whole + 1));
  }
  // The length is there, and the bytes are not.
  for (std::size_t size = sizes[2] + 1; size <= text.size(); size += 13) {
    write(damaged, text.substr(0, sizes[2]) + std::string(size - sizes[2], '\0'));
    REQUIRE(opened(damaged) == "3");
  }
  for (std::size_t at = 0; at < text.size(); at += at < sizes[2] ? 1 : 7) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 4);
    write(damaged, changed);
    const std::string found = opened(damaged);
    INFO("byte " << at << ": " << found);
    if (at >= sizes[2])
      REQUIRE(found == "3");  // as a batch that was cut off
    else
      REQUIRE_THAT(found, ContainsSubstring("invalid_") && ContainsSubstring(at < 16 ? "is no file" : "damaged"));
  }
}

TEST_CASE("A file of another collection, or of another server, is left alone") {
  const Scratch scratch;
  const auto path = scratch.file("store");
  CHECK(opened(path) == "0");
  CHECK(opened(path) == "0");
  const std::string text = text_of(path);
  Collection other = example();
  other.minimum_clients = 3;
  CHECK_THAT(opened(path, other), ContainsSubstring("belongs to another collection"));
  CHECK_THAT(opened(path, example(), 2), ContainsSubstring("belongs to another collection"));
  CHECK_THAT(opened(path, example(), 3), ContainsSubstring("invalid_argument"));
  for (const auto& change : std::vector<std::function<void(Collection&)>>{
           [](Collection& c) { c.part_size = 0; }, [](Collection& c) { c.servers.resize(1); },
           [](Collection& c) { c.minimum_clients = 1; }, [](Collection& c) { c.servers[0].key.reset(); },
           [](Collection& c) { c.servers[0].key = c.servers[1].key; }, [](Collection& c) { c.items_per_client = 0; },
           [](Collection& c) { c.most_submissions = 0; },
           [](Collection& c) { c.most_submissions = (std::size_t{1} << 26U) + 1; }}) {
    Collection changed = example();
    change(changed);
    CHECK_THAT(opened(path, changed), ContainsSubstring("invalid_argument"));
  }
  write(scratch.file("letter"), "Dear sir,\n");
  CHECK_THAT(opened(scratch.file("letter")), ContainsSubstring("is no file of submissions"));
  CHECK(text_of(scratch.file("letter")) == "Dear sir,\n");
  CHECK(text_of(path) == text);
  CHECK_THAT(opened(scratch.file("no/such")), ContainsSubstring("invalid_state"));
}
