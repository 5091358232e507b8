// SPDX-License-Identifier: Apache-2.0
// Prepared randomness in files: it comes back as it was, for the party, set and key it belongs to, and once.
#include "parley/sodium/preparation_file.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/parties.hpp"
#include "parley/core/error.hpp"
#include "parley/engine/operations.hpp"
#include "parley/engine/shamir_passive.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/small_prime.hpp"

namespace {

using namespace parley;
using namespace parley::test;
using F = Mersenne61;
namespace fs = std::filesystem;

/// A directory with one file for each party, which goes with the test.
struct Directory {
  fs::path path =
      fs::temp_directory_path() / ("parley-preparation-file-test-" + std::to_string(std::random_device{}()));
  Directory() { fs::create_directory(path); }
  ~Directory() { fs::remove_all(path); }
  fs::path file(std::size_t party, const std::string& set = "set") const {
    return path / (set + "." + std::to_string(party));
  }
  std::vector<char> content(std::size_t party) const {
    std::ifstream in(file(party), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(std::size_t party, const std::vector<char>& content) const {
    std::ofstream(file(party), std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
  }
  void copy(const fs::path& from, const fs::path& to) const {
    fs::copy_file(from, to, fs::copy_options::overwrite_existing);
  }
};

sodium::FileKey key_of(std::size_t party) {
  std::array<std::byte, 32> key;
  key.fill(static_cast<std::byte>(party + 1));
  return sodium::FileKey(key);
}

template <class Value = F, class Program>
auto at_parties(std::size_t n, std::size_t t, const Program& program) {
  return simulate(n, [&](Network& network) {
    auto engine = shamir_passive<Value>(network, {.privacy_threshold = t});
    return program(engine);
  });
}

constexpr Preparation some{.edabits = 70, .dabits = 9, .random_values = 3};

template <class Value = F>
void save_set(const Directory& directory, std::size_t n, std::size_t t, const Preparation& counts = some,
              const std::string& set = "set") {
  at_parties<Value>(n, t, [&](auto& engine) {
    prepare(engine, counts);
    sodium::save_prepared(engine, directory.file(engine.self(), set), key_of(engine.self()));
    return 0;
  });
}

/// How each party's load ends: the code of its Error, and the party that it names.
using Ends = std::vector<std::pair<std::optional<ErrorCode>, std::optional<std::size_t>>>;
template <class Value = F>
Ends loads(const Directory& directory, std::size_t n, std::size_t t) {
  return at_parties<Value>(n, t, [&](auto& engine) -> Ends::value_type {
    try {
      sodium::load_prepared(engine, directory.file(engine.self()), key_of(engine.self()));
    } catch (const Error& error) {
      if (engine.cost_report().left != Preparation{}) return {std::nullopt, 99};
      return {error.code(), error.party()};
    }
    return {std::nullopt, std::nullopt};
  });
}
const Ends::value_type loaded{std::nullopt, std::nullopt};

}  // namespace

TEST_CASE("what was prepared comes back in another run, and costs two rounds") {
  for (const auto& [n, t] : std::vector<std::pair<std::size_t, std::size_t>>{{3, 1}, {4, 1}, {5, 2}}) {
    const Directory directory;
    const auto saved = at_parties(n, t, [&](auto& engine) {
      prepare(engine, some);
      sodium::save_prepared(engine, directory.file(engine.self()), key_of(engine.self()));
      return engine.cost_report().left;
    });
    CHECK(saved == std::vector<Preparation>(n));
    const auto ends = at_parties(n, t, [&](auto& engine) {
      const Cost before = engine.cost();
      sodium::load_prepared(engine, directory.file(engine.self()), key_of(engine.self()));
      const Cost cost = engine.cost() - before;
      const bool priced = cost.rounds == 2 && cost.bytes_sent == 64 * (engine.parties() - 1);
      const Preparation left = engine.cost_report().left;
      const Cost loaded_at = engine.cost();
      const auto eda = edabits(engine, some.edabits);
      const auto da = dabits(engine, some.dabits);
      const auto values = random(engine, some.random_values);
      const bool free = engine.cost() == loaded_at;
      std::vector<F> eda_elements, da_elements;
      for (const auto bit : open(engine, eda.bits)) eda_elements.push_back(F(bit));
      for (const auto bit : open(engine, da.bits)) da_elements.push_back(F(bit));
      const bool fits = open(engine, eda.value) == eda_elements && open(engine, da.value) == da_elements;
      return std::tuple(priced && free && fits, left, open(engine, values));
    });
    for (const auto& [holds, left, values] : ends) {
      CHECK(holds);
      CHECK(left == some);
      CHECK(values == std::get<2>(ends[0]));
    }
  }
}

TEST_CASE("fields without edaBits and an empty store are written and read as well") {
  const Directory directory;
  save_set<SmallPrime<11>>(directory, 5, 2, {.dabits = 3, .random_values = 2});
  CHECK(loads<SmallPrime<11>>(directory, 5, 2) == Ends(5, loaded));
  const Directory empty;
  save_set(empty, 3, 1, {});
  CHECK(loads(empty, 3, 1) == Ends(3, loaded));
}

TEST_CASE("a file is used once: afterwards it is gone, and refused where it is brought back") {
  const Directory directory;
  save_set(directory, 3, 1);
  for (std::size_t party = 0; party < 3; ++party) directory.copy(directory.file(party), directory.file(party, "copy"));
  at_parties(3, 1, [&](auto& engine) {
    const fs::path path = directory.file(engine.self());
    sodium::load_prepared(engine, path, key_of(engine.self()));
    // before anything was drawn
    if (fs::exists(path) || fs::file_size(fs::path(path) += ".used") != 0) throw std::runtime_error("not used up");
    return 0;
  });
  CHECK(loads(directory, 3, 1) == Ends(3, {ErrorCode::invalid_state, std::nullopt}));
  for (std::size_t party = 0; party < 3; ++party) directory.copy(directory.file(party, "copy"), directory.file(party));
  CHECK(loads(directory, 3, 1) == Ends(3, {ErrorCode::invalid_state, std::nullopt}));

  // at one party even the mark was removed: the others have theirs
  fs::remove(fs::path(directory.file(1)) += ".used");
  const Ends ends = loads(directory, 3, 1);
  CHECK(ends[0].first == ErrorCode::invalid_state);
  CHECK(ends[1].first == ErrorCode::peer_failed);
  CHECK(ends[2].first == ErrorCode::invalid_state);
}

TEST_CASE("of runs that try to use the same files at once at most one does") {
  for (std::size_t repetition = 0; repetition < 10; ++repetition) {
    const Directory directory;
    save_set(directory, 3, 1);
    std::array<Ends, 2> ends;
    std::thread other([&] { ends[1] = loads(directory, 3, 1); });
    ends[0] = loads(directory, 3, 1);
    other.join();
    const auto any = [](const Ends& run) { return std::ranges::count(run, loaded) > 0; };
    CHECK_FALSE((any(ends[0]) && any(ends[1])));
    CHECK(loads(directory, 3, 1) == Ends(3, {ErrorCode::invalid_state, std::nullopt}));
  }
}

TEST_CASE("a file that was marked is refused, though the process ended before the file had gone") {
  const Directory directory;
  save_set(directory, 3, 1);
  const std::vector<char> content = directory.content(1);
  static_cast<void>(sodium::detail::create(sodium::detail::mark_of(directory.file(1)), ""));
  const Ends ends = loads(directory, 3, 1);
  CHECK(ends[0] == Ends::value_type(ErrorCode::peer_failed, 1));
  CHECK(ends[1] == Ends::value_type(ErrorCode::invalid_state, std::nullopt));
  CHECK(ends[2] == Ends::value_type(ErrorCode::peer_failed, 1));
  CHECK(directory.content(0).size() == content.size());  // nobody's file is used up by that
}

TEST_CASE("an altered, shortened or lengthened file is refused at every position, and left as it is") {
  const Directory directory;
  save_set(directory, 3, 1, {.edabits = 1, .random_values = 1});
  const std::vector<char> good = directory.content(2);
  const auto is_refused = [&](const std::vector<char>& content) {
    directory.write(2, content);
    try {
      sodium::detail::opened(directory.file(2), key_of(2),
                             "Shamir's scheme, Mersenne61, 3 parties, privacy threshold 1, party 2");
    } catch (const Error& error) {
      return error.code() == ErrorCode::malformed_message && !error.party() && directory.content(2) == content;
    }
    return false;
  };
  CHECK_FALSE(is_refused(good));
  std::size_t accepted = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::vector<char> bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << i % 8));
    accepted += is_refused(bad) ? 0 : 1;
    accepted += is_refused({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(i)}) ? 0 : 1;
  }
  CHECK(accepted == 0);
  std::vector<char> longer = good;
  longer.push_back(0);
  CHECK(is_refused(longer));
  directory.write(2, good);
  CHECK(loads(directory, 3, 1) == Ends(3, loaded));
}

TEST_CASE("another party's file, another key, and other parameters are refused, and the files remain") {
  const Directory directory;
  save_set(directory, 5, 2);
  const auto refused_everywhere = [](const Ends& ends, ErrorCode code) {
    return std::ranges::all_of(ends, [&](const auto& end) { return end.first == code && !end.second; });
  };
  CHECK(refused_everywhere(loads(directory, 5, 1), ErrorCode::configuration_mismatch));
  CHECK(refused_everywhere(loads(directory, 4, 1), ErrorCode::configuration_mismatch));
  CHECK(refused_everywhere(loads<SmallPrime<31>>(directory, 5, 2), ErrorCode::configuration_mismatch));
  const auto with_wrong_files = at_parties(5, 2, [&](auto& engine) -> std::optional<ErrorCode> {
    const std::size_t other = (engine.self() + 1) % 5;
    try {
      sodium::load_prepared(engine, directory.file(other), key_of(other));
    } catch (const Error& error) {
      return error.code();
    }
    return std::nullopt;
  });
  CHECK(with_wrong_files == std::vector<std::optional<ErrorCode>>(5, ErrorCode::configuration_mismatch));
  const auto with_wrong_keys = at_parties(5, 2, [&](auto& engine) -> std::optional<ErrorCode> {
    try {
      sodium::load_prepared(engine, directory.file(engine.self()), key_of(engine.self() + 1));
    } catch (const Error& error) {
      return error.code();
    }
    return std::nullopt;
  });
  CHECK(with_wrong_keys == std::vector<std::optional<ErrorCode>>(5, ErrorCode::malformed_message));
  CHECK(loads(directory, 5, 2) == Ends(5, loaded));
}

TEST_CASE("parties with files of different sets notice, name each other, and keep the files") {
  const Directory directory, other;
  save_set(directory, 3, 1);
  save_set(other, 3, 1);
  const std::vector<char> first = directory.content(1);
  directory.copy(other.file(1), directory.file(1));
  const Ends ends = loads(directory, 3, 1);
  CHECK(ends[0] == Ends::value_type(ErrorCode::configuration_mismatch, 1));
  CHECK(ends[1] == Ends::value_type(ErrorCode::configuration_mismatch, 0));
  CHECK(ends[2] == Ends::value_type(ErrorCode::configuration_mismatch, 1));
  directory.write(1, first);
  CHECK(loads(directory, 3, 1) == Ends(3, loaded));
}

TEST_CASE("no file is overwritten, and a name that was used is not used again") {
  const Directory directory;
  const auto save_again = [&] {
    return at_parties(3, 1, [&](auto& engine) -> std::optional<ErrorCode> {
      prepare(engine, some);
      try {
        sodium::save_prepared(engine, directory.file(engine.self()), key_of(engine.self()));
      } catch (const Error& error) {
        return engine.cost_report().left == some ? std::optional(error.code()) : std::nullopt;
      }
      return std::nullopt;
    });
  };
  using Codes = std::vector<std::optional<ErrorCode>>;
  save_set(directory, 3, 1);
  const auto content = directory.content(0);
  CHECK(save_again() == Codes(3, ErrorCode::invalid_argument));
  CHECK(directory.content(0) == content);
  CHECK(loads(directory, 3, 1) == Ends(3, loaded));
  CHECK(save_again() == Codes(3, ErrorCode::invalid_argument));
  const Directory none;
  CHECK(loads(none, 3, 1) == Ends(3, {ErrorCode::invalid_argument, std::nullopt}));
  for (std::size_t party = 0; party < 3; ++party) fs::create_directory(none.file(party));
  CHECK(loads(none, 3, 1) == Ends(3, {ErrorCode::invalid_argument, std::nullopt}));
  CHECK(fs::is_directory(none.file(0)));
}
