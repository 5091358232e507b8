// SPDX-License-Identifier: Apache-2.0
// The source files of this project keep its rules: includes go down the layers only, files say their licence, headers
// stay short.
#include "source_rules.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include "catch.hpp"
#include "standard_names.hpp"

namespace {

using namespace parley::source_rules;

const std::filesystem::path root = PARLEY_SOURCE_DIRECTORY;

Headers headers_of_project() {
  Headers headers;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "include")) {
    if (!entry.is_regular_file()) continue;
    headers[entry.path().lexically_relative(root / "include").generic_string()] = read_text(entry.path());
  }
  return headers;
}

/// All that is ours and is program text, wherever it is in the tree, by its path below the root.
std::vector<std::string> sources_of_project() {
  std::vector<std::string> sources{"CMakeLists.txt", ".ci/run"};
  for (const char* directory : {"include", "tests", "examples", "bench", "cmake"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / directory)) {
      const std::string name = entry.path().filename().string();
      const std::string extension = entry.path().extension().string();
      if (extension == ".hpp" || extension == ".cpp" || extension == ".cmake" || extension == ".sh" ||
          name == "CMakeLists.txt") {
        sources.push_back(entry.path().lexically_relative(root).generic_string());
      }
    }
  }
  return sources;
}

const std::string spdx = "// SPDX-License-Identifier: Apache-2.0\n";

}  // namespace

TEST_CASE("the includes of the project's headers go down the layers only") {
  const Headers headers = headers_of_project();
  REQUIRE(headers.contains("parley/version.hpp"));
  CHECK(broken_include_rules(headers) == std::vector<std::string>{});
  CHECK(include_cycles(headers) == std::vector<std::string>{});
}

TEST_CASE("the project's files have their licence, say what they are, and are not too long") {
  for (const std::string& source : sources_of_project()) {
    CHECK(broken_form_rules(source, read_text(root / source)) == std::vector<std::string>{});
  }
}

TEST_CASE("each header includes what declares the standard names in it") {
  CHECK(missing_standard_headers(headers_of_project()) == std::vector<std::string>{});
}

TEST_CASE("a standard name whose header is included nowhere is found, and one that is not known") {
  const Headers headers{
      {"parley/core/a.hpp",
       "#include <vector>\n#include \"parley/core/b.hpp\"\nstd::vector<std::string> x; // std::map\n"},
      {"parley/core/b.hpp", "#include <string>\nstd::string_view y;\n"},
      {"parley/core/c.hpp", "#include <tuple>\nint z = std::get<0>(std::nothing), error = errno;\n"},
      {"parley/core/d.hpp", "__m256i w = _mm256_setzero_si256();\n"}};
  CHECK(missing_standard_headers(headers) ==
        std::vector<std::string>{"parley/core/b.hpp: includes nothing that declares std::string_view",
                                 "parley/core/c.hpp: std::nothing is not in the table of standard_names.hpp",
                                 "parley/core/c.hpp: includes nothing that declares errno",
                                 "parley/core/d.hpp: includes nothing that declares intrinsics"});
}

TEST_CASE("an include that goes up a layer is found, however it is spaced") {
  for (const char* line :
       {"#include \"parley/sharing/shamir.hpp\"", " #  include\t\"parley/sharing/shamir.hpp\" // why"}) {
    const Headers headers{{"parley/field/vector.hpp", std::string("\n") + line + "\n"},
                          {"parley/sharing/shamir.hpp", ""}};
    CHECK(broken_include_rules(headers) ==
          std::vector<std::string>{
              "parley/field/vector.hpp:2: includes parley/sharing/shamir.hpp, which is not below field"});
  }
}

TEST_CASE("includes within a layer and of lower layers are permitted") {
  const Headers headers{{"parley/core/error.hpp", "#include <string>\n"},
                        {"parley/core/bytes.hpp", "#include \"parley/core/error.hpp\"\n"},
                        {"parley/sharing/shamir.hpp", "#include \"parley/core/bytes.hpp\"\n"},
                        {"parley/parley.hpp", "#include \"parley/sharing/shamir.hpp\"\n"}};
  CHECK(broken_include_rules(headers) == std::vector<std::string>{});
  CHECK(include_cycles(headers) == std::vector<std::string>{});
}

TEST_CASE("the network knows no field, and nobody includes parley.hpp") {
  const Headers headers{{"parley/field/concepts.hpp", ""},
                        {"parley/net/network.hpp", "#include \"parley/field/concepts.hpp\"\n"},
                        {"parley/functions/sum.hpp", "#include \"parley/parley.hpp\"\n"},
                        {"parley/parley.hpp", ""}};
  CHECK(broken_include_rules(headers).size() == 2);
}

TEST_CASE("a header from outside the standard library, a misspelt or relative one and an unknown layer are found") {
  for (const char* line :
       {"#include <gmp.h>", "#include <iostream>", "#include \"parley/core/eror.hpp\"", "#include \"error.hpp\"",
        "#include \"../core/error.hpp\"", "#include <parley/core/error.hpp>", "#include PLATFORM_HEADER"}) {
    CHECK(broken_include_rules({{"parley/core/bytes.hpp", line}, {"parley/core/error.hpp", ""}}).size() == 1);
  }
  CHECK(broken_include_rules({{"parley/utilities/things.hpp", ""}}).size() == 1);
}

TEST_CASE("GMP and libsodium are included by the optional layers alone, and those by no other layer") {
  for (const std::string part : {"gmp", "sodium", "group"}) {
    const std::string include = part == "gmp" ? "#include <gmp.h>\n" : "#include <sodium.h>\n",
                      header_of_part = "parley/" + part + "/things.hpp";
    CHECK(broken_include_rules({{header_of_part, include}}).empty());
    for (const std::string header : {"parley/field/concepts.hpp", "parley/functions/sum.hpp", "parley/parley.hpp",
                                     part == "gmp" ? "parley/sodium/preparation_file.hpp" : "parley/gmp/shamir.hpp"}) {
      CHECK(broken_include_rules({{header, include}}).size() == 1);
      CHECK(broken_include_rules({{header, "#include \"" + header_of_part + "\"\n"}, {header_of_part, ""}}).size() ==
            1);
    }
  }
}

TEST_CASE("Asio and OpenSSL are included by the layer tls alone, and that by no other layer") {
  for (const std::string include : {"#include <asio/ip/tcp.hpp>\n", "#include <openssl/ssl.h>\n"}) {
    CHECK(broken_include_rules({{"parley/tls/channel.hpp", include}}).empty());
    CHECK(broken_include_rules({{"parley/net/network.hpp", include}}).size() == 1);
  }
  CHECK(broken_include_rules(
            {{"parley/net/network.hpp", "#include \"parley/tls/channel.hpp\"\n"}, {"parley/tls/channel.hpp", ""}})
            .size() == 1);
}

TEST_CASE("toml++ is included by the layer peers alone, and that by no other layer") {
  CHECK(broken_include_rules({{"parley/peers/peers_file.hpp", "#include <toml++/toml.h>\n"}}).empty());
  CHECK(broken_include_rules({{"parley/tls/options.hpp", "#include <toml++/toml.h>\n"}}).size() == 1);
  CHECK(broken_include_rules({{"parley/tls/options.hpp", "#include \"parley/peers/peers_file.hpp\"\n"},
                              {"parley/peers/peers_file.hpp", ""}})
            .size() == 1);
}

TEST_CASE("MPI is included by the layer mpi alone, and that by no other layer") {
  CHECK(broken_include_rules({{"parley/mpi/mpi_network.hpp", "#include <mpi.h>\n"}}).empty());
  CHECK(broken_include_rules({{"parley/net/network.hpp", "#include <mpi.h>\n"}}).size() == 1);
  CHECK(broken_include_rules({{"parley/tls/options.hpp", "#include \"parley/mpi/mpi_network.hpp\"\n"},
                              {"parley/mpi/mpi_network.hpp", ""}})
            .size() == 1);
}

TEST_CASE("a cycle of includes within a layer is found at each of its headers") {
  CHECK(include_cycles({{"parley/core/a.hpp", "#include \"parley/core/b.hpp\"\n"},
                        {"parley/core/b.hpp", "#include \"parley/core/c.hpp\"\n"},
                        {"parley/core/c.hpp", "#include \"parley/core/a.hpp\"\n"},
                        {"parley/core/d.hpp", "#include \"parley/core/a.hpp\"\n"}})
            .size() == 3);
}

TEST_CASE("a missing licence, sentence or guard, and a long header are found") {
  const std::string start = spdx + "// What it is.\n";
  CHECK(broken_form_rules("a.cpp", start).empty());
  CHECK(broken_form_rules("a.hpp", start + "#pragma once\n").empty());
  CHECK(broken_form_rules("a.sh", "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n# What it is.\n").empty());
  CHECK(broken_form_rules("a.cpp", "").size() == 1);
  CHECK(broken_form_rules("a.cpp", "\n" + start).size() == 1);
  CHECK(broken_form_rules("a.cpp", spdx + "#include <string>\n").size() == 1);
  CHECK(broken_form_rules("a.hpp", start).size() == 1);
  // Three lines stand before the blank ones.
  CHECK(broken_form_rules("include/a.hpp", start + "#pragma once\n" + std::string(longest_header - 3, '\n')).empty());
  CHECK(broken_form_rules("include/a.hpp", start + "#pragma once\n" + std::string(longest_header - 2, '\n')).size() ==
        1);
}
