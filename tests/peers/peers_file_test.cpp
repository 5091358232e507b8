// SPDX-License-Identifier: Apache-2.0
// Peers files: what is read of them, and every mistake, each with its line and a sentence.
#include "parley/peers/peers_file.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"

using namespace parley;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;

namespace {

const std::string key_a(64, 'a'), key_b(64, 'B'), key_c(64, '3');

std::string party(const std::string& name, const std::string& key, const std::string& rest) {
  return "[[party]]\nname = \"" + name + "\"\nkey = \"" + key + "\"\n" + rest + "\n";
}

/// Lines 1 to 4, 5 to 8 and 9 to 12.
std::string three(const std::string& third = "dial = \"cedar.example:7003\"") {
  return party("alder", key_a, "dial = \"alder.example:7001\"") + party("birch", key_b, "dial = \"192.0.2.7:7002\"") +
         party("cedar", key_c, third);
}

std::string problem(const std::string& text) {
  try {
    static_cast<void>(peers::parse(text, "peers.toml"));
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::invalid_argument);
    CHECK_FALSE(error.party());
    return error.what();
  }
  return "no problem";
}

void check_refused(const std::string& text, std::size_t line, const std::string& sentence) {
  INFO(text);
  const std::string found = problem(text);
  CHECK_THAT(found, Catch::Matchers::StartsWith("peers.toml:" + std::to_string(line) + ": "));
  CHECK_THAT(found, ContainsSubstring(sentence));
}

}  // namespace

TEST_CASE("A peers file says who the parties are and what they run") {
  const auto file = peers::parse(
      "# for May\nsession = \"May 2026\"\nprogram = \"sum\"\n[timeouts]\nconnect = 7\nround = 0.25\nclosing = 1\n"
      "[parameters]\ncolumn = \"salary\"\nmaximum = 1000\nsafe = true\n" +
          three(""),
      "peers.toml");
  CHECK(file.session == "May 2026");
  CHECK(file.program == "sum");
  CHECK(file.connect_deadline == std::chrono::milliseconds(7000));
  CHECK(file.round_deadline == std::chrono::milliseconds(250));
  CHECK(file.closing_deadline == std::chrono::milliseconds(1000));
  REQUIRE(file.parameters.size() == 3);
  std::string parameters;
  for (const auto& each : file.parameters) {
    parameters += each.name + '=' + each.value + '@' + std::to_string(each.line) + ' ';
  }
  CHECK(parameters == "column=salary@9 maximum=1000@10 safe=true@11 ");
  REQUIRE(file.parties.size() == 3);
  CHECK(file.parties[0].name == "alder");
  CHECK(file.parties[0].dial == "alder.example:7001");
  CHECK(file.parties[0].listen == "0.0.0.0:7001");
  CHECK(file.parties[1].key == tls::Fingerprint::parse(std::string(64, 'b')));
  CHECK(file.parties[2].dial.empty());
  CHECK(file.parties[2].listen.empty());
  CHECK(file.parties[2].line == 20);
  CHECK(file.find("cedar") == 2);
  CHECK(file.find("1") == 1);
  for (const char* nobody : {"3", "", "dogwood", "1x", "-1"}) {
    CHECK_THROWS_WITH(file.find(nobody), EndsWith("there are alder, birch, cedar, with the numbers from 0 to 2"));
  }
}

TEST_CASE("Where a party listens follows from where it is dialed, unless it is said") {
  const auto listen = [](const std::string& lines) {
    return peers::parse(three(lines), "peers.toml").parties[2].listen;
  };
  CHECK(listen("dial = \"cedar.example:7003\"") == "0.0.0.0:7003");
  CHECK(listen("dial = \"192.0.2.7:7003\"") == "0.0.0.0:7003");
  CHECK(listen("dial = \"127.0.0.1:7003\"") == "127.0.0.1:7003");
  CHECK(listen("dial = \"[2001:db8::7]:7003\"") == "[::]:7003");
  CHECK(listen("dial = \"[::1]:7003\"") == "[::1]:7003");
  CHECK(listen("dial = \"cedar.example:7003\"\nlisten = \"10.0.0.3:443\"") == "10.0.0.3:443");
  const auto clients = [](const std::string& lines) {
    const auto party = peers::parse(three(lines), "peers.toml").parties[2];
    return party.clients + " on " + party.clients_listen;
  };
  CHECK(clients("") == " on ");
  CHECK(clients("clients = \"cedar.example:7103\"") == "cedar.example:7103 on 0.0.0.0:7103");
  CHECK(clients("clients = \"cedar.example:7103\"\nclients_listen = \"10.0.0.3:443\"") ==
        "cedar.example:7103 on 10.0.0.3:443");
}

TEST_CASE("What a network is told is what the file says") {
  const tls::PrivateKey key = tls::PrivateKey::generate();
  const std::string text = "session = \"May\"\nprogram = \"sum\"\n[timeouts]\nround = 3\n" +
                           party("alder", key.fingerprint().text(), "dial = \"127.0.0.1:1\"") +
                           party("birch", key_b, "");
  const auto file = peers::parse(text, "peers.toml");
  const tls::Options options = file.options(0, key);
  CHECK(options.self == 0);
  REQUIRE(options.parties.size() == 2);
  CHECK(options.parties[0].address == "127.0.0.1:1");
  CHECK(options.parties[1].address.empty());
  CHECK(options.parties[1].key == file.parties[1].key);
  CHECK(options.key == &key);
  CHECK(options.session.program == "sum");
  CHECK(options.session.id == "May");
  CHECK(options.round_deadline == std::chrono::seconds(3));
  CHECK(options.connect_deadline == tls::Options().connect_deadline);
  CHECK(options.closing_deadline == tls::Options().closing_deadline);
  CHECK_THROWS_WITH(file.options(1, key), Catch::Matchers::StartsWith("peers.toml:9: the key of birch is to be bbbb"));
  CHECK_THROWS_AS(file.options(2, key), Error);
  CHECK_THROWS_AS(file.listener(2), Error);
  CHECK(file.listener(1).port() == 0);
}

TEST_CASE("A port that is taken is said with the line of its party") {
  const tls::Listener taken("127.0.0.1:0");
  const std::string address = "dial = \"127.0.0.1:" + std::to_string(taken.port()) + '"';
  CHECK_THROWS_WITH(peers::parse(three(address), "peers.toml").listener(2),
                    Catch::Matchers::StartsWith("peers.toml:9: cannot listen on 127.0.0.1:"));
}

TEST_CASE("Every mistake in a peers file has its line and a sentence") {
  REQUIRE(problem(three()) == "no problem");
  check_refused("", 1, "there is no party");
  check_refused("party = 3", 1, "begins with [[party]]");
  for (const char* bad :
       {"party = [3]", "x = {}", "x = May", "x =", "x = # y", "x = nan", "x = 1_0", "x = 0x7", "x = +", "x = 1.",
        "x = 1e", "x = .5", "x = 1979-05-27", "x = 1 2", "x = + \"y\"", "x = = 1", "x = truely"}) {
    check_refused(bad, 1, "a value is a text in quotation marks, a number, true or false");
  }
  for (const char* bad : {"}", "a = \"[\" [", "[a]{", "a", "a. = 1", "= 1", "a.b", "[a.]", "[a", "[[a]", "x = 01"}) {
    check_refused(bad, 1, "");
  }
  check_refused("[party]\nname = \"a\"", 1, "in two brackets");
  check_refused(party("alder", key_a, "dial = \"a:1\""), 1, "one party only");
  check_refused("a = 1\na = 2\n" + three(), 2, "");
  check_refused("session = \"a\xff\"\n" + three(), 1, "");
  check_refused("\n\nsesion = \"May\"\n" + three(), 3,
                "\"sesion\" has no meaning at this place, only these have: session");
  check_refused("\"\\u001b[2J\" = 1\n" + three(), 1, "\"?[2J\" has no meaning");
  check_refused("session = 5\n" + three(), 1, "session is a text in quotation marks");
  check_refused("session = \"\"\n" + three(), 1, "session is empty");
  check_refused("program = \"\xc3\xa4\"\n" + three(), 1, "printable ASCII");
  check_refused("session = \"" + std::string(201, 'x') + "\"\n" + three(), 1, "more than 200 characters");
  check_refused("timeouts = 7\n" + three(), 1, "timeouts is a section");
  check_refused("[timeouts]\nclose = 7\n" + three(), 2, "\"close\" has no meaning among the timeouts");
  for (const char* value : {"0", "-1", "1e7", "\"7\"", "true", "0.0001"}) {
    check_refused("[timeouts]\nround = " + std::string(value) + "\n" + three(), 2, "the timeout round is a number");
  }
  check_refused("[parameters]\n\nx = 1.5\n" + three(), 3, "the parameter \"x\" is no text");
  check_refused("[parameters]\nx = \"\\n\"\n" + three(), 2, "the parameter \"x\" has more than");
  check_refused("[parameters]\n\"\\n\" = 1\n" + three(), 2, "the name of a parameter");
  check_refused(
      three("port = 1"), 12,
      "\"port\" has no meaning for a party, only these have: name, dial, listen, clients, clients_listen, key");
  check_refused(three("dial = 7003"), 12, "dial is a text");
  for (const char* bad : {"host", "host:", "host:seven", ":7003", "::1:7003", "[]:1"}) {
    check_refused(three("dial = \"" + std::string(bad) + '"'), 12, "dial is a host and a port, such as");
  }
  for (const char* bad : {"host:0", "host:00", "host:65536", "[::1]:99999999999999999999"}) {
    check_refused(three("dial = \"" + std::string(bad) + '"'), 12, ": ports are from 1 to 65535");
  }
  check_refused(three("dial = \"c:7\"\nlisten = \"localhost:7\""), 13, "no numeric address to listen on");
  check_refused(three("dial = \"c:7\"\nlisten = \"0.0.0.0:0\""), 13, "ports are from 1");
  check_refused(three("listen = \"0.0.0.0:7003\""), 12, "nobody could come where cedar listens");
  check_refused(three("clients = \"c:7\"\nclients_listen = \"localhost:7\""), 13, "no numeric address to listen on");
  check_refused(three("clients_listen = \"0.0.0.0:7003\""), 12, "clients take its address from clients, which is not");
  check_refused(three("clients = \"c\""), 12, "clients is a host and a port");
  check_refused(three("dial = \"alder.example:7001\""), 12,
                "the address \"alder.example:7001\" is also that of alder (line 1)");
  check_refused("[[party]]\nname = \"x\"\ndial = \"a:1\"", 1,
                "this party has no key, which is the line that parley-keygen");
  check_refused("[[party]]\nkey = \"" + key_a + "\"\ndial = \"a:1\"", 1, "this party has no name");
  check_refused(three() + party("alder", std::string(64, '4'), "dial = \"e:1\""), 14,
                "the name \"alder\" is also that of alder (line 1)");
  check_refused(three() + party("elm", key_c, "dial = \"e:1\""), 15, "the key of elm is also that of cedar (line 9)");
  for (const char* name : {"7", "a\\nb", "\\u007f"}) {
    check_refused(three() + party(name, std::string(64, '4'), "dial = \"e:1\""), 14, "is no name");
  }
  check_refused(three() + party(std::string(101, 'x'), key_b, ""), 14, "is no name");
  check_refused(three() + party("elm", std::string(63, '4'), ""), 15, "an odd number of hexadecimal digits");
  check_refused(three() + party("elm", std::string(62, '4'), ""), 15, "has 64 hexadecimal digits, not 62");
  check_refused(three() + party("elm", std::string(63, '4') + "g", ""), 15, "");
  check_refused(three("") + party("elm", std::string(64, '4'), ""), 13,
                "neither elm nor cedar (line 9) has an address to dial");
  for (const char* bad : {"[%]", "[[[party]]]", " [ [party]]", "[", "[]"}) {
    check_refused(three() + bad, 13, "a section begins with its name in brackets");
  }
  for (const char* bad : {"\"\"\"a\"\"\"", "'''a'''"}) {
    check_refused("session = " + std::string(bad) + "\n" + three(), 1, "a text fits in its line");
  }
  for (const char* bad : {"\"May", "'May", "\"\\\"", "\"\\"}) {
    check_refused("\nsession = " + std::string(bad) + "\n" + three(), 2, "a quotation mark is opened and not closed");
  }
  for (const char* bad : {"\xd0\x97 = 1", "\x01x = 1", "x\r = 1"}) {
    check_refused(bad + ("\n" + three()), 1, "outside of them is plain ASCII");
  }
  std::string deep = "x";
  for (int i = 0; i < 9; ++i) deep += ".x";
  check_refused(three() + "\n\n" + deep + " = 1", 15, "no line like this");
  CHECK(problem("session = \"[May]\" # {x}\r\n[ \"timeouts\" ]\n" + three()) == "no problem");
  CHECK(problem("\xef\xbb\xbf" + three()) == "no problem");
  check_refused("\xef\xbb\xbf[%]\n" + three(), 1, "a section begins with its name in brackets");
  CHECK(problem("# \xd0\x97\n" + three("dial = \"z\xc3\xbcrich.example:1\"  # \xc3\xa4\"")) == "no problem");
  CHECK(problem("session = '\\'\nprogram = \"a \\\" # . b\"\n" + three()) == "no problem");
  CHECK(problem("# " + std::string(100, '.') + '\n' + three()) == "no problem");
}

TEST_CASE("A peers file is read from where it is") {
  const auto path = std::filesystem::temp_directory_path() /
                    ("parley-peers-test-" + std::to_string(std::random_device{}()) + ".toml");
  std::ofstream(path) << three();
  const auto file = peers::load(path);
  CHECK(file.parties.size() == 3);
  CHECK(file.place(4) == path.string() + ":4: ");
  std::ofstream(path) << three("key = 3");
  CHECK_THROWS_WITH(peers::load(path), Catch::Matchers::StartsWith(path.string() + ":12: "));
  std::ofstream(path) << std::string(1'000'001, '#');
  CHECK_THROWS_WITH(peers::load(path), EndsWith("is larger than a peers file is"));
  std::filesystem::remove(path);
  CHECK_THROWS_WITH(peers::load(path), EndsWith("cannot be read"));
  CHECK_THROWS_WITH(peers::load(path.parent_path()), EndsWith("cannot be read"));
}
