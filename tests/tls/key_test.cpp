// SPDX-License-Identifier: Apache-2.0
// Keys of parties: made, written for their owner alone, read again, and known by the fingerprint that others compute too.
#include "parley/tls/key.hpp"

#include <sys/stat.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "catch.hpp"
#include "refusal.hpp"

using namespace parley;
using Catch::Matchers::ContainsSubstring;
using parley::test::error_of;

namespace {

/// A directory of its own, which goes with everything in it.
struct Directory {
  Directory() { std::filesystem::create_directory(path); }
  ~Directory() { std::filesystem::remove_all(path); }

  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("parley-key-test-" + std::to_string(std::random_device{}()));
};

/// What a command prints, without the end of its last line.
std::string output_of(const std::string& command) {
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string text;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
  ::pclose(pipe);
  return text.substr(0, text.find('\n'));
}

bool have_openssl() { return std::system("openssl version >/dev/null 2>&1") == 0; }

}  // namespace

TEST_CASE("A key is written for its owner alone, never over another, and read again") {
  const Directory directory;
  const auto file = directory.path / "key.pem";
  const tls::Fingerprint made = tls::generate_key_file(file);
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
  CHECK(tls::PrivateKey::load(file).fingerprint() == made);
  const Error again = error_of([&] { tls::generate_key_file(file); });
  CHECK(again.code() == ErrorCode::invalid_argument);
  CHECK_THAT(again.what(), ContainsSubstring("key.pem cannot be made: File exists"));
  CHECK(tls::PrivateKey::load(file).fingerprint() == made);
  // Nothing that was written aside stays behind.
  CHECK(std::distance(std::filesystem::directory_iterator(directory.path), {}) == 1);
  CHECK_FALSE(tls::generate_key_file(directory.path / "another.pem") == made);
  CHECK(error_of([&] { tls::generate_key_file(directory.path / "nowhere" / "key.pem"); }).code() ==
        ErrorCode::invalid_argument);
}

TEST_CASE("The fingerprint is what openssl computes, of every kind of key that openssl makes") {
  if (!have_openssl()) {
    WARN("skipped: there is no openssl");
    SUCCEED();
    return;
  }
  const Directory directory;
  const auto file = (directory.path / "key.pem").string();
  const auto check = [&] {
    CHECK(tls::PrivateKey::load(file).fingerprint().text() ==
          output_of("openssl pkey -in " + file + " -pubout -outform DER | openssl dgst -sha256 -r | cut -c 1-64"));
  };
  tls::generate_key_file(file);
  check();
  for (const std::string kind : {"ED448", "EC -pkeyopt ec_paramgen_curve:P-256", "RSA -pkeyopt rsa_keygen_bits:2048"}) {
    REQUIRE(std::system(("openssl genpkey -quiet -algorithm " + kind + " -out " + file +
                         " 2>/dev/null || "
                         "openssl genpkey -algorithm " +
                         kind + " -out " + file + " 2>/dev/null")
                            .c_str()) == 0);
    check();
  }
}

TEST_CASE("Files without a key that can be read are refused, and nobody is asked for a passphrase") {
  const Directory directory;
  const auto file = directory.path / "key.pem";
  const auto refused = [&] { return error_of([&] { static_cast<void>(tls::PrivateKey::load(file)); }); };
  CHECK_THAT(refused().what(), ContainsSubstring("key.pem cannot be read"));
  std::ofstream(file) << "no key\n";
  CHECK(refused().code() == ErrorCode::invalid_argument);
  CHECK_THAT(refused().what(), ContainsSubstring("holds no private key"));
  if (have_openssl()) {
    REQUIRE(std::system(
                ("openssl genpkey -algorithm ED25519 -aes256 -pass pass:secret -out " + file.string() + " 2>/dev/null")
                    .c_str()) == 0);
    CHECK(refused().code() == ErrorCode::invalid_argument);
  }
}

TEST_CASE("A fingerprint is read as it is written") {
  const std::string text = "00112233445566778899aabbccddeeff0123456789abcdef0123456789ABCDEF";
  const tls::Fingerprint fingerprint = tls::Fingerprint::parse(text);
  CHECK(fingerprint.text() == "00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef");
  CHECK(fingerprint.digest()[1] == std::byte{0x11});
  for (const std::string& wrong : {std::string(), text.substr(2), text + "00", text.substr(1) + "g"}) {
    CHECK(error_of([&] { static_cast<void>(tls::Fingerprint::parse(wrong)); }).code() == ErrorCode::malformed_message);
  }
}

TEST_CASE("A token stands for one key, and every other for another one") {
  std::array<std::byte, 32> token{};
  const tls::Fingerprint first = tls::PrivateKey::from_token(token).fingerprint();
  CHECK(tls::PrivateKey::from_token(token).fingerprint() == first);
  for (std::byte& byte : token) {
    byte ^= std::byte{1};
    CHECK(tls::PrivateKey::from_token(token).fingerprint() != first);
    byte ^= std::byte{1};
  }
  // By `openssl pkey` of the seed that sha256sum has for the purpose and 32 zeros.
  CHECK(first.text() == "6cb5bbeaa056f757d7d29fd6794d471fccd5d70c5518851a053057fb00c07d68");
}
