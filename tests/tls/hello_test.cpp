// SPDX-License-Identifier: Apache-2.0
// The first message on a connection: read as it was written, refused in every other form, and compared field by field.
#include "parley/tls/hello.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "catch.hpp"

using namespace parley;
using namespace parley::tls;
using tls::detail::Hello;

namespace {

Hello example() {
  Hello hello;
  hello.sender = 1;
  hello.receiver = 2;
  hello.parties = 3;
  hello.keys.fill(std::byte{4});
  hello.channel.fill(std::byte{5});
  hello.session = {"salaries 1.2", "May", {{"field", "2^61 - 1"}, {"privacy threshold", "1"}}};
  return hello;
}

/// The code of the error of reading, nothing where it succeeds.
std::optional<ErrorCode> refusal(std::span<const std::byte> bytes) {
  try {
    static_cast<void>(tls::detail::decode_hello(bytes, 1));
  } catch (const Error& error) {
    CHECK(error.party() == 1);
    return error.code();
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("A hello is read as it was written") {
  const Hello hello = example();
  const Hello back = tls::detail::decode_hello(tls::detail::encode(hello), 1);
  CHECK(back.sender == 1);
  CHECK(back.receiver == 2);
  CHECK(back.parties == 3);
  CHECK(back.keys == hello.keys);
  CHECK(back.channel == hello.channel);
  CHECK(back.session.program == "salaries 1.2");
  CHECK(back.session.id == "May");
  CHECK(back.session.parameters == hello.session.parameters);
}

TEST_CASE("The longest hello fits in its bound") {
  Hello hello = example();
  const std::string text(tls::detail::longest_text, 'x');
  hello.session = {text, text, std::vector<Parameter>(tls::detail::most_parameters, {text, text})};
  const Bytes bytes = tls::detail::encode(hello);
  CHECK(bytes.size() == tls::detail::longest_hello);
  CHECK_FALSE(refusal(bytes));
}

TEST_CASE("A hello that is cut, longer, or damaged is refused or read as another, and never as this one") {
  const Bytes bytes = tls::detail::encode(example());
  std::size_t refused = 0, read = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    if (refusal(std::span(bytes).first(size)) == ErrorCode::malformed_message) ++refused;
  }
  CHECK(refused == bytes.size());
  Bytes longer = bytes;
  longer.push_back({});
  CHECK(refusal(longer) == ErrorCode::malformed_message);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes damaged = bytes;
      damaged[at] ^= static_cast<std::byte>(1U << bit);
      try {
        const Hello other = tls::detail::decode_hello(damaged, 1);
        ++read;
        // The sender is known in another way.
        if (other.sender == 1 && !tls::detail::difference(
                                     other,
                                     [] {
                                       Hello ours = example();
                                       ours.sender = 2;
                                       return ours;
                                     }(),
                                     1)) {
          FAIL_CHECK("byte " << at << ", bit " << bit);
        }
      } catch (const Error& error) {
        if (error.code() != ErrorCode::malformed_message) FAIL_CHECK(error.what());
      }
    }
  }
  CHECK(read > 0);
}

TEST_CASE("What differs is said, the same on both sides") {
  Hello ours = example(), theirs = example();
  ours.sender = 2;
  ours.receiver = 1;
  CHECK_FALSE(tls::detail::difference(theirs, ours, 1));
  const auto said = [&](const std::function<void(Hello&)>& change) {
    Hello changed = theirs;
    change(changed);
    return tls::detail::difference(changed, ours, 1).value_or("nothing");
  };
  CHECK(said([](Hello& h) { h.version = 7; }) == "the version of the protocol is 7 at party 1, and 1 at party 2");
  CHECK(said([](Hello& h) { h.parties = 5; }) == "the number of parties is 5 at party 1, and 3 at party 2");
  CHECK(said([](Hello& h) { h.receiver = 0; }) == "party 1 believes to speak to party 0, and this is party 2");
  CHECK(said([](Hello& h) { h.keys[7] = {}; }) ==
        "the list of the parties' keys is not the same at party 1 and at party 2");
  CHECK(said([](Hello& h) { h.channel[7] = {}; }) == "the hello of party 1 belongs to another connection");
  CHECK(said([](Hello& h) { h.session.program = "ages"; }) ==
        "the program is \"ages\" at party 1, and \"salaries 1.2\" at party 2");
  CHECK(said([](Hello& h) { h.session.id = "June"; }) == "the session is \"June\" at party 1, and \"May\" at party 2");
  CHECK(said([](Hello& h) { h.session.parameters[1].value = "2"; }) ==
        "the parameter privacy threshold is \"2\" at party 1, and \"1\" at party 2");
  CHECK(said([](Hello& h) { h.session.parameters.pop_back(); }) ==
        "the parameter privacy threshold is not given at party 1, and \"1\" at party 2");
  CHECK(said([](Hello& h) {
          h.session.parameters.push_back({"engine", "active"});
        }) == "the parameter engine is \"active\" at party 1, and not given at party 2");
  CHECK(said([](Hello& h) { std::swap(h.session.parameters[0], h.session.parameters[1]); }) ==
        "the order of the parameters is not the same at party 1 and at party 2");
}

TEST_CASE("A session that cannot be sent is refused before it is") {
  const auto code = [](const Session& session) {
    try {
      tls::detail::check_session(session);
    } catch (const Error& error) {
      return to_string(error.code());
    }
    return std::string_view("fine");
  };
  CHECK(code(example().session) == "fine");
  CHECK(code({}) == "fine");
  CHECK(code({std::string(201, 'x'), "", {}}) == "invalid_argument");
  CHECK(code({"", "two\nlines", {}}) == "invalid_argument");
  CHECK(code({"", "", {{"field", "\x80"}}}) == "invalid_argument");
  CHECK(code({"", "", {{"t", "1"}, {"t", "1"}}}) == "invalid_argument");
  CHECK(code({"", "", std::vector<Parameter>(65)}) == "invalid_argument");
}
