// SPDX-License-Identifier: Apache-2.0
// What every use of OpenSSL has in common: owners of its objects, SHA-256, and the text of what went wrong.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "parley/core/error.hpp"
#include "parley/tls/frame.hpp"

namespace parley::tls {

namespace detail {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* object) const noexcept {
    release(object);
  }
};

using OwnedBio = std::unique_ptr<BIO, Release<BIO_free_all>>;
using OwnedBioMethod = std::unique_ptr<BIO_METHOD, Release<BIO_meth_free>>;
using OwnedCertificate = std::unique_ptr<X509, Release<X509_free>>;
using OwnedContext = std::unique_ptr<SSL_CTX, Release<SSL_CTX_free>>;
using OwnedKey = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using OwnedSsl = std::unique_ptr<SSL, Release<SSL_free>>;

/// The reason of this thread's oldest OpenSSL error, in OpenSSL's words; forgets them all.
inline std::string openssl_reason() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "OpenSSL says no more" : reason;
}

/// For calls that fail only where memory does, or where OpenSSL was built without what is needed.
inline void require(bool success, const char* what) {
  if (!success) throw Error(ErrorCode::invalid_state, std::string("OpenSSL cannot ") + what + ": " + openssl_reason());
}

/// [FIPS 180-4]
inline Sha256Digest sha256(std::span<const std::byte> message) {
  Sha256Digest digest;
  unsigned size = 0;
  require(EVP_Digest(message.data(), message.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                     EVP_sha256(), nullptr) == 1 &&
              size == digest.size(),
          "compute SHA-256");
  return digest;
}

}  // namespace detail

}  // namespace parley::tls
