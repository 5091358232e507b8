// SPDX-License-Identifier: Apache-2.0
// The first message on every connection: who speaks, to whom, and what both believe they are about to run together.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/tls/frame.hpp"

namespace parley::tls {

/// Something that all parties must agree on, such as {"field", "2^61 - 1"} or {"privacy threshold", "1"}.
struct Parameter {
  std::string name;
  std::string value;

  friend bool operator==(const Parameter&, const Parameter&) = default;
};

/// What the parties are about to run. Connections are made only where it is the same on both sides. All texts are of
/// printable ASCII characters; at most 200 each, and at most 64 parameters. They are shown to the other parties.
struct Session {
  /// Which program, in which version: "salary-survey 1.2".
  std::string program;
  /// Which run of it, so that one party's Monday does not meet another's Tuesday: "May 2026".
  std::string id;
  /// What else has to be equal: the field, the threshold, the engine, a digest of the program's configuration. With
  /// different names, in the same order at all parties.
  std::vector<Parameter> parameters;
};

namespace detail {

/// Of the bytes that are exchanged: to be raised when they change in any way.
inline constexpr std::uint16_t protocol_version = 1;

inline constexpr std::string_view hello_magic = "parley";
inline constexpr std::size_t longest_text = 200, most_parameters = 64;
/// Of an encoded hello: its fixed fields, and the texts with the byte of their lengths.
inline constexpr std::size_t longest_hello =
    hello_magic.size() + 2 + 3 * 4 + 2 * 32 + 1 + (2 + 2 * most_parameters) * (1 + longest_text);

struct Hello {
  std::uint16_t version = protocol_version;
  std::uint32_t sender = 0, receiver = 0, parties = 0;
  /// SHA-256 of all parties' fingerprints, in their order; zeros without TLS.
  Sha256Digest keys{};
  /// Exported from the TLS connection that carries the hello; zeros without TLS. No other connection has the same, so
  /// no hello can be sent again on another. [RFC 8446, section 7.5]
  Sha256Digest channel{};
  Session session;
};

/// In the place of a party's number: a client, who takes no part in what the servers compute.
inline constexpr std::uint32_t client_number = 0xffffffff;

inline std::string name_of(std::size_t number) {
  return number == client_number ? "the client" : "party " + std::to_string(number);
}

inline bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

/// Error(invalid_argument) unless the session can be sent.
inline void check_session(const Session& session) {
  const auto check = [](std::string_view what, std::string_view text) {
    if (text.size() > longest_text || !is_printable(text)) {
      throw Error(ErrorCode::invalid_argument, std::string(what) + " has more than " + std::to_string(longest_text) +
                                                   " characters, or others than printable ASCII");
    }
  };
  check("the name of a session's program", session.program);
  check("the name of a session", session.id);
  if (session.parameters.size() > most_parameters) {
    throw Error(ErrorCode::invalid_argument,
                "a session has at most " + std::to_string(most_parameters) + " parameters");
  }
  for (auto each = session.parameters.begin(); each != session.parameters.end(); ++each) {
    check("the name of a parameter", each->name);
    check("the value of the parameter " + each->name, each->value);
    if (std::any_of(session.parameters.begin(), each, [&](const auto& other) { return other.name == each->name; })) {
      throw Error(ErrorCode::invalid_argument, "the parameter " + each->name + " is there twice");
    }
  }
}

/// The hello as it is sent. The session was checked.
inline Bytes encode(const Hello& hello) {
  Bytes bytes(longest_hello);
  ByteWriter writer(bytes);
  writer.bytes(std::as_bytes(std::span(hello_magic)));
  writer.u16(hello.version);
  for (const std::uint32_t number : {hello.sender, hello.receiver, hello.parties}) writer.u32(number);
  writer.bytes(hello.keys);
  writer.bytes(hello.channel);
  const auto text = [&](std::string_view characters) {
    writer.u8(static_cast<std::uint8_t>(characters.size()));
    writer.bytes(std::as_bytes(std::span(characters)));
  };
  text(hello.session.program);
  text(hello.session.id);
  writer.u8(static_cast<std::uint8_t>(hello.session.parameters.size()));
  for (const Parameter& parameter : hello.session.parameters) {
    text(parameter.name);
    text(parameter.value);
  }
  bytes.resize(bytes.size() - writer.remaining());
  return bytes;
}

/// The hello in `bytes`, with the version alone filled in where that is another one, as nobody knows what follows then.
/// Error(malformed_message), which blames `sender`, for everything that encode() does not make.
inline Hello decode_hello(std::span<const std::byte> bytes, std::optional<std::size_t> sender) {
  const auto refuse = [&](const std::string& what) {
    if (sender) throw Error(ErrorCode::malformed_message, *sender, "a hello " + what);
    throw Error(ErrorCode::malformed_message, "a hello " + what);
  };
  ByteReader reader(bytes, sender);
  if (!std::ranges::equal(reader.take(hello_magic.size()), std::as_bytes(std::span(hello_magic)))) {
    refuse("does not begin as one of parley does");
  }
  Hello hello;
  hello.version = reader.u16();
  if (hello.version != protocol_version) return hello;
  hello.sender = reader.u32();
  hello.receiver = reader.u32();
  hello.parties = reader.u32();
  std::ranges::copy(reader.take(hello.keys.size()), hello.keys.begin());
  std::ranges::copy(reader.take(hello.channel.size()), hello.channel.begin());
  const auto text = [&] {
    const std::size_t size = reader.u8();
    const auto taken = reader.take(size);
    const std::string characters(reinterpret_cast<const char*>(taken.data()), taken.size());
    if (size > longest_text || !is_printable(characters)) refuse("has a text that is too long, or not printable");
    return characters;
  };
  hello.session.program = text();
  hello.session.id = text();
  const std::size_t parameters = reader.u8();
  if (parameters > most_parameters) refuse("has too many parameters");
  for (std::size_t i = 0; i < parameters; ++i) {
    std::string name = text(), value = text();
    hello.session.parameters.push_back({std::move(name), std::move(value)});
  }
  reader.expect_end();
  return hello;
}

/// A sentence on the first thing that `theirs`, from party `peer`, and `ours` do not agree on; nothing where all is
/// well. The sender was identified before, and is not looked at.
inline std::optional<std::string> difference(const Hello& theirs, const Hello& ours, std::size_t peer) {
  const std::string they = name_of(peer), we = name_of(ours.sender);
  const auto quoted = [](const std::string& text) { return '"' + text + '"'; };
  const auto differ = [&](const std::string& what, const std::string& at_them, const std::string& at_us) {
    return what + " is " + at_them + " at " + they + ", and " + at_us + " at " + we;
  };
  if (theirs.version != ours.version) {
    return differ("the version of the protocol", std::to_string(theirs.version), std::to_string(ours.version));
  }
  if (theirs.parties != ours.parties) {
    return differ("the number of parties", std::to_string(theirs.parties), std::to_string(ours.parties));
  }
  if (theirs.receiver != ours.sender) {
    return they + " believes to speak to " + name_of(theirs.receiver) + ", and this is " + we;
  }
  if (theirs.keys != ours.keys) return "the list of the parties' keys is not the same at " + they + " and at " + we;
  if (theirs.channel != ours.channel) return "the hello of " + they + " belongs to another connection";
  const Session &a = theirs.session, &b = ours.session;
  if (a.program != b.program) return differ("the program", quoted(a.program), quoted(b.program));
  if (a.id != b.id) return differ("the session", quoted(a.id), quoted(b.id));
  const auto value = [&](const Session& session, const std::string& name) {
    const auto found = std::ranges::find(session.parameters, name, &Parameter::name);
    return found == session.parameters.end() ? "not given" : quoted(found->value);
  };
  for (const Session* session : {&a, &b}) {
    for (const Parameter& parameter : session->parameters) {
      const std::string at_them = value(a, parameter.name), at_us = value(b, parameter.name);
      if (at_them != at_us) return differ("the parameter " + parameter.name, at_them, at_us);
    }
  }
  if (a.parameters != b.parameters) return "the order of the parameters is not the same at " + they + " and at " + we;
  return std::nullopt;
}

}  // namespace detail

}  // namespace parley::tls
