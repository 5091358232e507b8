// SPDX-License-Identifier: Apache-2.0
// The peers file: who the parties are, where they are reached and by which keys they are known, in TOML, the same file at
// every party. Everything that is wrong in it is said with its line. It is a layer of its own because toml++ takes
// seconds to compile: nothing else includes it.
#pragma once

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/peers/lines.hpp"
#include "parley/tls/key.hpp"
#include "parley/tls/options.hpp"

namespace parley::peers {

/// One of the parties.
struct Party {
  std::string name;  ///< for people; no two have the same
  std::string dial;  ///< where the others reach it, empty where they cannot
  /// On which numeric address and port it waits for them; empty where `dial` is.
  std::string listen;
  /// Where clients reach it who hand in numbers for the parties to compute on, and on which numeric address and port it
  /// waits for them; both empty where it takes none.
  std::string clients, clients_listen;
  tls::Fingerprint key;
  std::size_t line = 0;  ///< where it is in the file
};

/// What a program is told by the file.
struct Parameter {
  std::string name, value;
  std::size_t line = 0;
};

/// What a peers file says:
///
///     session = "May 2026"            # which run: printable ASCII. Optional, as everything before the parties
///     program = "joint-statistics"    # what is to be run
///
///     [timeouts]                      # in seconds
///     connect = 60                    # until all parties have found each other
///     round = 60                      # of one round, with what a party computes before it
///     closing = 2                     # of leaving
///
///     [parameters]                    # of the program: texts, whole numbers, true and false
///     column = "salary"
///
///     [[party]]                       # party 0, and so on in their order
///     name = "alder"
///     dial = "alder.example:7001"     # where the others reach it; left out where they cannot, and it dials them
///     listen = "0.0.0.0:7001"         # where it waits for them. Optional: else the port of `dial` on all addresses,
///                                     # or on the one in `dial` where that is of this machine alone
///     clients = "alder.example:7101"  # where it takes what clients hand in. Optional
///     clients_listen = "0.0.0.0:7101" # where it waits for these. Optional, as listen is
///     key = "5e0f..."                 # the SHA-256 of its public key, 64 hexadecimal digits
struct PeersFile {
  std::string name;  ///< of the file, for messages
  std::vector<Party> parties;
  std::string session, program;
  std::vector<Parameter> parameters;
  std::chrono::milliseconds connect_deadline{60'000}, round_deadline{60'000}, closing_deadline{2'000};

  /// "peers.toml:7: "
  [[nodiscard]] std::string place(std::size_t line) const { return name + ':' + std::to_string(line) + ": "; }

  /// The party that is called so, or has this number. Error(invalid_argument) where there is none.
  [[nodiscard]] std::size_t find(std::string_view name_or_number) const {
    for (std::size_t p = 0; p < parties.size(); ++p) {
      if (parties[p].name == name_or_number) return p;
    }
    std::size_t number = 0;
    const char* const end = name_or_number.data() + name_or_number.size();
    const auto [rest, error] = std::from_chars(name_or_number.data(), end, number);
    if (error == std::errc{} && rest == end && number < parties.size()) return number;
    std::string names;
    for (const Party& party : parties) names += (names.empty() ? "" : ", ") + party.name;
    throw Error(ErrorCode::invalid_argument, name + " has no party \"" + std::string(name_or_number) +
                                                 "\"; there are " + names + ", with the numbers from 0 to " +
                                                 std::to_string(parties.size() - 1));
  }

  /// What tls::RemoteNetwork::connect() takes at party `self`, without the session's parameters. `key`, which outlives
  /// the connecting, is that of the party. Error(invalid_argument) where it is not the one of the file.
  [[nodiscard]] tls::Options options(std::size_t self, const tls::PrivateKey& key) const {
    if (self >= parties.size()) throw Error(ErrorCode::invalid_argument, name + " has no so many parties");
    if (key.fingerprint() != parties[self].key) {
      throw Error(ErrorCode::invalid_argument, place(parties[self].line) + "the key of " + parties[self].name +
                                                   " is to be " + parties[self].key.text() +
                                                   ", and the key given has " + key.fingerprint().text());
    }
    tls::Options made;
    made.self = self;
    for (const Party& party : parties) made.parties.push_back({party.dial, party.key});
    made.key = &key;
    made.session = {program, session, {}};
    made.connect_deadline = connect_deadline;
    made.round_deadline = round_deadline;
    made.closing_deadline = closing_deadline;
    return made;
  }

  /// Where party `self` waits for the others; on nothing where it dials them all. Error(invalid_argument) where that is
  /// in use, or no address of this machine.
  [[nodiscard]] tls::Listener listener(std::size_t self) const {
    if (self >= parties.size()) throw Error(ErrorCode::invalid_argument, name + " has no so many parties");
    if (parties[self].listen.empty()) return {};
    try {
      return tls::Listener(parties[self].listen);
    } catch (const Error& error) {
      throw Error(error.code(), place(parties[self].line) + error.what());
    }
  }
};

namespace detail {

/// Reads a text once.
class Reader {
 public:
  Reader(std::string_view text, std::string name) : text_(text) {
    file_.name = std::move(name);
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);  // the mark of UTF-8
  }

  [[nodiscard]] PeersFile read() {
    if (const LineProblem problem = problem_of_lines(text_); problem.line > 0) {
      refuse(problem.line, std::string(problem.sentence));
    }
    toml::table root;
    try {
      root = toml::parse(text_, std::string_view(file_.name));
    } catch (const toml::parse_error& error) {
      refuse(error.source().begin.line, std::string(error.description()));
    }
    check_keys(root, "at this place", {"session", "program", "timeouts", "parameters", "party"});
    file_.session = session_text(root, "session");
    file_.program = session_text(root, "program");
    read_timeouts(root);
    read_parameters(root);
    read_parties(root);
    return std::move(file_);
  }

 private:
  /// With nothing in the message that could move the cursor of a terminal.
  [[noreturn]] void refuse(std::size_t line, std::string what) const {
    for (char& c : what) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    }
    throw Error(ErrorCode::invalid_argument, file_.place(std::max<std::size_t>(line, 1)) + what);
  }
  template <class Node>
  [[nodiscard]] static std::size_t line_of(const Node& node) {
    return node.source().begin.line;
  }

  [[nodiscard]] static std::string quoted(std::string_view text) { return '"' + std::string(text.substr(0, 80)) + '"'; }

  void check_keys(const toml::table& table, const char* where, std::initializer_list<std::string_view> known) const {
    for (const auto& [key, value] : table) {
      if (std::ranges::find(known, key.str()) != known.end()) continue;
      std::string names;
      for (const std::string_view each : known) names += (names.empty() ? "" : ", ") + std::string(each);
      refuse(key.source().begin.line, quoted(key.str()) + " has no meaning " + where + ", only these have: " + names);
    }
  }

  /// The text of a key, empty where it is not there.
  [[nodiscard]] std::string text(const toml::table& table, std::string_view key) const {
    const toml::node* const node = table.get(key);
    if (node == nullptr) return {};
    const auto* const value = node->as_string();
    if (value == nullptr) refuse(line_of(*node), std::string(key) + " is a text in quotation marks");
    if (value->get().empty()) refuse(line_of(*node), std::string(key) + " is empty");
    return value->get();
  }

  [[nodiscard]] std::string session_text(const toml::table& table, std::string_view key) const {
    std::string value = text(table, key);
    check_session_text(value, std::string(key), table.get(key));
    return value;
  }
  void check_session_text(std::string_view value, const std::string& what, const toml::node* node) const {
    if (value.size() > tls::detail::longest_text || !tls::detail::is_printable(value)) {
      refuse(line_of(*node), what + " has more than " + std::to_string(tls::detail::longest_text) +
                                 " characters, or others than printable ASCII");
    }
  }

  [[nodiscard]] const toml::table* section(const toml::table& root, const char* key) const {
    const toml::node* const node = root.get(key);
    if (node == nullptr) return nullptr;
    if (!node->is_table())
      refuse(line_of(*node), std::string(key) + " is a section, [" + key + "] in a line of its own");
    return node->as_table();
  }

  void read_timeouts(const toml::table& root) {
    const toml::table* const table = section(root, "timeouts");
    if (table == nullptr) return;
    check_keys(*table, "among the timeouts", {"connect", "round", "closing"});
    for (const auto& [key, deadline] :
         {std::pair("connect", &file_.connect_deadline), std::pair("round", &file_.round_deadline),
          std::pair("closing", &file_.closing_deadline)}) {
      const toml::node* const node = table->get(key);
      if (node == nullptr) continue;
      const auto seconds = node->is_number() ? node->value<double>() : std::nullopt;
      constexpr double most = 1e6;  // 11 days
      // Not a number is in no range.
      if (!seconds || !(*seconds >= 0.001 && *seconds <= most)) {
        refuse(line_of(*node), std::string("the timeout ") + key + " is a number of seconds from 0.001 to 1000000");
      }
      *deadline = std::chrono::milliseconds(std::llround(*seconds * 1000));
    }
  }

  void read_parameters(const toml::table& root) {
    const toml::table* const table = section(root, "parameters");
    if (table == nullptr) return;
    for (const auto& [key, node] : *table) {
      Parameter parameter{std::string(key.str()), {}, line_of(node)};
      if (const auto* const string = node.as_string()) {
        parameter.value = string->get();
      } else if (const auto* const integer = node.as_integer()) {
        parameter.value = std::to_string(integer->get());
      } else if (const auto* const boolean = node.as_boolean()) {
        parameter.value = boolean->get() ? "true" : "false";
      } else {
        refuse(line_of(node), "the parameter " + quoted(key.str()) + " is no text, whole number, true or false");
      }
      check_session_text(parameter.name, "the name of a parameter", &node);
      check_session_text(parameter.value, "the parameter " + quoted(parameter.name), &node);
      file_.parameters.push_back(std::move(parameter));
    }
  }

  void read_parties(const toml::table& root) {
    const toml::node* const node = root.get("party");
    if (node == nullptr) refuse(1, "there is no party: each has a section that begins with [[party]]");
    const toml::array* const parties = node->as_array();
    if (parties == nullptr) refuse(line_of(*node), "the section of a party begins with [[party]], in two brackets");
    for (const toml::node& each : *parties) {
      const toml::table* const table = each.as_table();
      if (table == nullptr) refuse(line_of(each), "the section of a party begins with [[party]]");
      file_.parties.push_back(read_party(*table));
    }
    if (file_.parties.size() < 2) refuse(line_of(*node), "there is one party only: a session takes at least two");
    const Party* unreachable = nullptr;
    for (const Party& party : file_.parties) {
      if (!party.dial.empty()) continue;
      if (unreachable != nullptr) {
        refuse(party.line, "neither " + party.name + " nor " + unreachable->name + " (line " +
                               std::to_string(unreachable->line) +
                               ") has an address to dial, so these two cannot meet: one of them needs one");
      }
      unreachable = &party;
    }
  }

  [[nodiscard]] Party read_party(const toml::table& table) const {
    check_keys(table, "for a party", {"name", "dial", "listen", "clients", "clients_listen", "key"});
    const std::size_t line = line_of(table);
    const std::string name = needed(table, "name", "what people call it");
    const bool shown =
        std::ranges::none_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    const bool is_number = name.find_first_not_of("0123456789") == std::string::npos;
    if (!shown || is_number || name.size() > 100) {
      refuse(line_of(*table.get("name")),
             quoted(name) + " is no name: it has at most 100 characters, is no number, and fits in a line");
    }
    Party party{name, "", "", "", "", fingerprint(table), line};
    std::tie(party.dial, party.listen) = place_of(table, name, "dial", "listen", "the others take");
    std::tie(party.clients, party.clients_listen) = place_of(table, name, "clients", "clients_listen", "clients take");
    for (const Party& other : file_.parties) {
      const auto same = [&](const char* key, const std::string& what) {
        refuse(line_of(*table.get(key)), what + " is also that of " + other.name + " (line " +
                                             std::to_string(other.line) + "), and no two parties have the same");
      };
      if (other.name == party.name) same("name", "the name " + quoted(name));
      if (other.key == party.key) same("key", "the key of " + name);
      if (!party.dial.empty() && other.dial == party.dial) same("dial", "the address " + quoted(party.dial));
      if (!party.clients.empty() && other.clients == party.clients)
        same("clients", "the address for clients " + quoted(party.clients));
    }
    return party;
  }

  /// Where somebody is reached, by the key `reached`, and where it listens for that, by `listens` or else as the former
  /// says; both empty where the former is.
  [[nodiscard]] std::pair<std::string, std::string> place_of(const toml::table& table, const std::string& name,
                                                             std::string_view reached, std::string_view listens,
                                                             const char* who_take) const {
    const std::string there = text(table, reached);
    const std::string listen = text(table, listens);
    if (there.empty() && !listen.empty()) {
      refuse(line_of(*table.get(listens)), "nobody could come where " + name + " listens: " + who_take +
                                               " its address from " + std::string(reached) + ", which is not there");
    }
    if (there.empty()) return {};
    const auto [host, port] = address(table, reached);
    if (listen.empty()) return {there, default_listen(host, port)};
    std::error_code error;
    const std::string numeric = address(table, listens).first;
    static_cast<void>(asio::ip::make_address(numeric, error));
    if (error) {
      refuse(line_of(*table.get(listens)), quoted(numeric) +
                                               " is no numeric address to listen on, such as 0.0.0.0 for "
                                               "all of this machine's");
    }
    return {there, listen};
  }

  [[nodiscard]] std::string needed(const toml::table& table, std::string_view key, const char* what) const {
    if (!table.contains(key)) refuse(line_of(table), "this party has no " + std::string(key) + ", which is " + what);
    return text(table, key);
  }

  [[nodiscard]] tls::Fingerprint fingerprint(const toml::table& table) const {
    const std::string digits = needed(table, "key", "the line that parley-keygen prints");
    try {
      return tls::Fingerprint::parse(digits);
    } catch (const Error& error) {
      refuse(line_of(*table.get("key")), error.what());
    }
  }

  /// Host and port of an address that was found to be text.
  [[nodiscard]] std::pair<std::string, std::string> address(const toml::table& table, std::string_view key) const {
    const toml::node& node = *table.get(key);
    const std::string& value = node.as_string()->get();
    const std::size_t colon = value.rfind(':');
    const std::string port = colon == std::string::npos ? "" : value.substr(colon + 1);
    const bool is_number = !port.empty() && port.find_first_not_of("0123456789") == std::string::npos;
    if (is_number &&
        (port.find_first_not_of('0') == std::string::npos || port.size() > 5 || std::stoul(port) > 65535)) {
      refuse(line_of(node), quoted(value) + " has the port " + port.substr(0, 20) + ": ports are from 1 to 65535");
    }
    try {
      return tls::detail::split_address(value);
    } catch (const Error&) {
      refuse(line_of(node), std::string(key) +
                                " is a host and a port, such as host.example:7001, 192.0.2.7:7001 or "
                                "[2001:db8::7]:7001, and not " +
                                quoted(value));
    }
  }

  [[nodiscard]] static std::string default_listen(const std::string& host, const std::string& port) {
    std::error_code is_name;
    const auto ip = asio::ip::make_address(host, is_name);
    if (!is_name && ip.is_v6()) return (ip.is_loopback() ? "[::1]:" : "[::]:") + port;
    return (!is_name && ip.is_loopback() ? host : "0.0.0.0") + ':' + port;
  }

  std::string_view text_;
  PeersFile file_;
};

}  // namespace detail

/// Reads the text of a peers file, which messages call `name`. Error(invalid_argument), with `name`, the line and a
/// sentence, for the first thing that is wrong.
[[nodiscard]] inline PeersFile parse(std::string_view text, std::string name) {
  return detail::Reader(text, std::move(name)).read();
}

/// Reads a peers file. Error(invalid_argument) where it cannot be read, or is larger than a megabyte, or is wrong.
[[nodiscard]] inline PeersFile load(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  constexpr std::size_t most = 1'000'000;
  std::string text(most + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad() || !(file.eof() || file)) throw Error(ErrorCode::invalid_argument, path.string() + " cannot be read");
  if (text.size() > most) throw Error(ErrorCode::invalid_argument, path.string() + " is larger than a peers file is");
  return parse(text, path.string());
}

}  // namespace parley::peers
