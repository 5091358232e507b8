// SPDX-License-Identifier: Apache-2.0
// Published test vectors, which are beside the project where it is developed and no part of it.
#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "catch.hpp"

namespace parley::test {

/// The vectors of this name; nothing, and a word about it in the test's output, where they are not there.
inline std::optional<nlohmann::json> published_vectors(const std::string& name) {
  const auto path = std::filesystem::path(PARLEY_SOURCE_DIRECTORY) / ".." / "shared" / "vectors" / name;
  std::ifstream in(path);
  if (in) return nlohmann::json::parse(in);
  WARN("skipped: there is no ../shared/vectors/" + name + " beside this project");
  SUCCEED();
  return std::nullopt;
}

}  // namespace parley::test
