// SPDX-License-Identifier: Apache-2.0
// The key by which a party is known to the others, and the fingerprint by which they know it: no authority, no names and
// no dates are involved. [RFC 7469, section 2.4: pins of SubjectPublicKeyInfo]  [RFC 8410: Ed25519 in X.509]
#pragma once

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/wipe.hpp"
#include "parley/formats/hex.hpp"
#include "parley/tls/library.hpp"

namespace parley::tls {

/// SHA-256 of the SubjectPublicKeyInfo of a public key. Not secret, but only as good as the way on which it came.
class Fingerprint {
 public:
  explicit Fingerprint(const Sha256Digest& digest) : digest_(digest) {}

  /// Of 64 hexadecimal digits, of either case. Error(malformed_message) for anything else.
  [[nodiscard]] static Fingerprint parse(std::string_view text) {
    const Bytes bytes = from_hex(text, "the fingerprint of a key");
    Sha256Digest digest;
    if (bytes.size() != digest.size()) {
      throw Error(ErrorCode::malformed_message, "the fingerprint of a key has " + std::to_string(2 * digest.size()) +
                                                    " hexadecimal digits, not " + std::to_string(text.size()));
    }
    std::ranges::copy(bytes, digest.begin());
    return Fingerprint(digest);
  }

  /// As 64 hexadecimal digits, which are those of
  /// `openssl pkey -in key.pem -pubout -outform DER | sha256sum`.
  [[nodiscard]] std::string text() const { return to_hex(digest_); }

  [[nodiscard]] const Sha256Digest& digest() const noexcept { return digest_; }

  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;

 private:
  Sha256Digest digest_;
};

namespace detail {

/// The fingerprint of the public key in `key`, in the encoding that a certificate has it in.
inline Fingerprint fingerprint_of(const X509_PUBKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(key, &der);
  require(size > 0, "encode a public key");
  const std::unique_ptr<unsigned char, decltype([](unsigned char* p) { OPENSSL_free(p); })> owner(der);
  return Fingerprint(sha256(std::as_bytes(std::span(der, static_cast<std::size_t>(size)))));
}

/// The end of every party's certificate, which by RFC 5280, section 4.1.2.5, says that there is none.
inline constexpr std::string_view no_end = "99991231235959Z";

/// The certificate that carries a key through TLS, signed by itself. As nothing in it but the key differs from one party
/// to another, it can be made anew in each process, and the key is all there is to keep.
inline OwnedCertificate certificate_of(EVP_PKEY* key) {
  OwnedCertificate certificate(X509_new());
  require(certificate != nullptr, "make a certificate");
  X509* const x509 = certificate.get();
  X509_NAME* const name = X509_get_subject_name(x509);
  require(X509_set_version(x509, 2) == 1 && ASN1_INTEGER_set(X509_get_serialNumber(x509), 1) == 1 &&
              ASN1_TIME_set_string(X509_getm_notBefore(x509), "20000101000000Z") == 1 &&
              ASN1_TIME_set_string(X509_getm_notAfter(x509), no_end.data()) == 1 &&
              X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("parley"), -1,
                                         -1, 0) == 1 &&
              X509_set_issuer_name(x509, name) == 1 && X509_set_pubkey(x509, key) == 1,
          "make a certificate");
  // Ed25519 and Ed448 sign without a digest of their own.
  const bool bare = EVP_PKEY_is_a(key, "ED25519") == 1 || EVP_PKEY_is_a(key, "ED448") == 1;
  require(X509_sign(x509, key, bare ? nullptr : EVP_sha256()) > 0, "sign a certificate");
  return certificate;
}

/// Why a certificate is none that certificate_of() makes, in words that go on after "its certificate "; empty where it is
/// one. No clock is asked: a certificate that ends is no party's, whether the end has come or not.
inline std::string_view fault_of(X509& certificate) {
  const ASN1_TIME* const end = X509_get0_notAfter(&certificate);
  const auto size = end == nullptr ? -1 : ASN1_STRING_length(end);
  const std::string_view text(size <= 0 ? "" : reinterpret_cast<const char*>(ASN1_STRING_get0_data(end)),
                              static_cast<std::size_t>(std::max(size, 0)));
  if (text != no_end) return "expires, as no party's does";
  ERR_clear_error();
  const bool own = X509_self_signed(&certificate, 1) == 1;
  ERR_clear_error();
  return own ? "" : "is signed by somebody else, and a party's by itself";
}

}  // namespace detail

/// A party's private key, with the certificate that TLS wants. Whoever reads it can be that party.
class PrivateKey {
 public:
  /// A fresh Ed25519 key.
  [[nodiscard]] static PrivateKey generate() {
    detail::OwnedKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    detail::require(key != nullptr, "generate a key");
    return PrivateKey(std::move(key));
  }

  /// The Ed25519 key that a token of 32 uniformly random bytes stands for, the same each time. Who hands out tokens knows
  /// the fingerprints of the keys that are to be admitted; who checks these never sees a token, and can pass for nobody.
  [[nodiscard]] static PrivateKey from_token(std::span<const std::byte, 32> token) {
    constexpr std::string_view purpose = "parley, Ed25519 key of a token";
    Bytes text(purpose.size() + token.size());
    ByteWriter writer(text);
    writer.bytes(std::as_bytes(std::span(purpose)));
    writer.bytes(token);
    Sha256Digest seed = detail::sha256(text);
    detail::OwnedKey key(EVP_PKEY_new_raw_private_key(
        EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(seed.data()), seed.size()));
    wipe(seed);
    wipe(text);
    detail::require(key != nullptr, "make a key of a token");
    return PrivateKey(std::move(key));
  }

  /// Reads a PEM file such as save() and `openssl genpkey` write, of any kind of key that signs in TLS 1.3.
  /// Error(invalid_argument) where that fails; for an encrypted file it does, as there is nobody to ask.
  [[nodiscard]] static PrivateKey load(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    // Larger than any key, so that what is no key is not read to its end.
    std::vector<char> text(std::size_t{1} << 16U);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    const std::streamsize size = file.gcount();
    if (size <= 0) throw Error(ErrorCode::invalid_argument, path.string() + " cannot be read, or is empty");
    const detail::OwnedBio bio(BIO_new_mem_buf(text.data(), static_cast<int>(size)));
    const auto no_passphrase = [](char*, int, int, void*) { return -1; };
    detail::OwnedKey key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr) : nullptr);
    wipe(text);
    if (!key) {
      throw Error(ErrorCode::invalid_argument,
                  path.string() + " holds no private key that can be read: " + detail::openssl_reason());
    }
    return PrivateKey(std::move(key));
  }

  /// Writes the key to a new file that its owner alone may read, as PEM without a passphrase: aside, and under its name
  /// when it is safe on the disk. Error(invalid_argument) where the file exists or cannot be written.
  void save(const std::filesystem::path& path) const {
    const detail::OwnedBio bio(BIO_new(BIO_s_secmem()));
    detail::require(bio && PEM_write_bio_PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
                    "write a key as PEM");
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    const auto refuse = [&](const std::string& what, int cause) {
      throw Error(ErrorCode::invalid_argument,
                  path.string() + " " + what + ": " + std::generic_category().message(cause));
    };
    std::string aside = path.string() + ".XXXXXX";
    const int file = ::mkostemp(aside.data(), O_CLOEXEC);  // for its owner alone
    if (file < 0) refuse("cannot be made", errno);
    bool written = true;
    for (long at = 0; written && at < size;) {
      const auto count = ::write(file, text + at, static_cast<std::size_t>(size - at));
      if (count > 0) at += count;
      written = count > 0 || (count < 0 && errno == EINTR);
    }
    written = written && ::fsync(file) == 0;
    int cause = errno;
    const bool closed = ::close(file) == 0;
    if (written && !closed) cause = errno;
    // A second name for it, which unlike renaming never replaces what is there.
    const bool named = written && closed && ::link(aside.c_str(), path.c_str()) == 0;
    if (written && closed && !named) cause = errno;
    ::unlink(aside.c_str());
    if (!written || !closed) refuse("cannot be written", cause);
    if (!named) refuse("cannot be made", cause);
    const int directory = ::open(path.has_parent_path() ? path.parent_path().c_str() : ".", O_RDONLY | O_CLOEXEC);
    if (directory >= 0) {
      ::fsync(directory);  // the name too; the key is there in any case
      ::close(directory);
    }
  }

  /// What the other parties are to pin.
  [[nodiscard]] Fingerprint fingerprint() const {
    return detail::fingerprint_of(X509_get_X509_PUBKEY(certificate_.get()));
  }

  /// For OpenSSL's own functions; valid while this object is.
  [[nodiscard]] EVP_PKEY* handle() const noexcept { return key_.get(); }
  [[nodiscard]] X509* certificate() const noexcept { return certificate_.get(); }

 private:
  explicit PrivateKey(detail::OwnedKey key) : key_(std::move(key)), certificate_(detail::certificate_of(key_.get())) {}

  detail::OwnedKey key_;
  detail::OwnedCertificate certificate_;
};

/// Makes a key, writes it to a new file that its owner alone may read, and returns what the other parties are to pin.
/// Error(invalid_argument) where the file exists or cannot be written.
inline Fingerprint generate_key_file(const std::filesystem::path& path) {
  const PrivateKey key = PrivateKey::generate();
  key.save(path);
  return key.fingerprint();
}

}  // namespace parley::tls
