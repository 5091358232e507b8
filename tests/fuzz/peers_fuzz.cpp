// SPDX-License-Identifier: Apache-2.0
// Peers files: whatever the text is, it is refused with a line that it has and a sentence that fits on a terminal, or
// every two of its parties can meet.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fuzz/fuzz.hpp"
#include "parley/peers/peers_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using parley::fuzz::require;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto lines = static_cast<unsigned long>(std::count(text.begin(), text.end(), '\n')) + 1;
  try {
    const auto file = parley::peers::parse(text, "f");
    require(file.parties.size() >= 2, "a session has two parties");
    require(std::ranges::count(file.parties, std::string(), &parley::peers::Party::dial) <= 1, "every two can meet");
    for (const auto& party : file.parties) {
      require(party.line >= 1 && party.line <= lines, "a party is on a line of the text");
      require(party.dial.empty() == party.listen.empty(), "who is dialed listens");
      require(&file.parties[file.find(party.name)] == &party, "a party is found by its name");
    }
    parley::tls::Session session{file.program, file.session, {}};
    parley::tls::detail::check_session(session);
  } catch (const parley::Error& error) {
    const std::string what = error.what();
    require(error.code() == parley::ErrorCode::invalid_argument, "what is wrong is the argument");
    require(what.starts_with("f:"), "the message begins with the name of the file");
    char* end = nullptr;
    const unsigned long line = std::strtoul(what.c_str() + 2, &end, 10);
    require(*end == ':' && line >= 1 && line <= lines, "the line is one of the text");
    require(std::ranges::none_of(what, [](char c) { return c >= 0 && c < ' '; }),
            "messages have no control characters");
  }
  return 0;
}
