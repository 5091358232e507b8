// SPDX-License-Identifier: Apache-2.0
// What TLS connections of a party have in common: TLS 1.3 and nothing older, no resumption and no early data, this
// party's key, and the other parties' keys, by which alone they are known. [RFC 8446]
#pragma once

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/tls/key.hpp"
#include "parley/tls/library.hpp"

namespace parley::tls::detail {

/// Which party a connection is to lead to, nothing where any will do, and which it was found to lead to.
struct Identity {
  std::optional<std::size_t> expected;
  std::optional<std::size_t> found;
  /// The key of a client, where clients are admitted and it is one.
  std::optional<Fingerprint> client;
  /// The key that was shown, where it is not one that was looked for.
  std::optional<Fingerprint> stranger;
  /// What is wrong with the certificate, after "its certificate ", where the key in it is one that was looked for.
  std::string_view fault;
};

/// Which keys that are no party's are admitted, as those of clients.
using Admission = std::function<bool(const Fingerprint&)>;

class Context {
 public:
  /// For party `self`, with `key`, among those whose keys are `parties`. No two of them are the same. Others are turned
  /// away unless `clients` admits them.
  Context(const PrivateKey& key, std::vector<Fingerprint> parties, std::size_t self, Admission clients = {})
      : parties_(std::move(parties)), self_(self), clients_(std::move(clients)), context_(SSL_CTX_new(TLS_method())) {
    SSL_CTX* const context = context_.get();
    require(context != nullptr && SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 &&
                SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
                SSL_CTX_set_ciphersuites(
                    context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256") == 1 &&
                SSL_CTX_set1_groups_list(context, "X25519:P-256") == 1,
            "set up TLS 1.3");
    // No session outlives its connection: no tickets are given and none are taken.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    require(SSL_CTX_set_num_tickets(context, 0) == 1 && SSL_CTX_set_max_early_data(context, 0) == 1 &&
                SSL_CTX_set_recv_max_early_data(context, 0) == 1,
            "do without session tickets");
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // Several records are read at once.
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_read_buffer_len(context, std::size_t{1} << 17U);
    if (SSL_CTX_use_certificate(context, key.certificate()) != 1 ||
        SSL_CTX_use_PrivateKey(context, key.handle()) != 1) {
      throw Error(ErrorCode::invalid_argument, "this kind of key cannot be used in TLS 1.3: " + openssl_reason());
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_set_cert_verify_callback(context, &Context::verify, this);
  }
  Context(const Context&) = delete;  // OpenSSL has its address
  Context& operator=(const Context&) = delete;

  /// Has the other side of each connection know that this one speaks something beside what parties do; whoever does not
  /// know of it goes on without. Before the first connection(). [RFC 7301]
  void offer(std::string_view protocol) {
    offered_.assign(1, static_cast<unsigned char>(protocol.size()));
    offered_.insert(offered_.end(), protocol.begin(), protocol.end());
    require(SSL_CTX_set_alpn_protos(context_.get(), offered_.data(), static_cast<unsigned>(offered_.size())) == 0,
            "offer a protocol");
    SSL_CTX_set_alpn_select_cb(context_.get(), &Context::select, this);
  }

  /// A connection that will say in `identity`, which outlives it, whom it leads to.
  [[nodiscard]] OwnedSsl connection(Identity& identity) const {
    OwnedSsl ssl(SSL_new(context_.get()));
    require(ssl && SSL_set_app_data(ssl.get(), &identity) == 1, "make a TLS connection");
    return ssl;
  }

 private:
  /// Takes the place of all that OpenSSL does with certificates. That the other side has the private key to this one it
  /// checks by itself.
  static int verify(X509_STORE_CTX* store, void* context) noexcept {
    try {
      const auto* const ssl =
          static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
      X509* const certificate = X509_STORE_CTX_get0_cert(store);
      if (ssl != nullptr && certificate != nullptr &&
          static_cast<const Context*>(context)->is_permitted(*certificate,
                                                             *static_cast<Identity*>(SSL_get_app_data(ssl)))) {
        X509_STORE_CTX_set_error(store, X509_V_OK);
        return 1;
      }
    } catch (...) {
      // No memory, or no SHA-256: the key was not recognised.
    }
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED);  // the alert bad_certificate
    return 0;
  }

  static int select(SSL*, const unsigned char** selected, unsigned char* size, const unsigned char* theirs,
                    unsigned their_size, void* context) noexcept {
    const auto& ours = static_cast<const Context*>(context)->offered_;
    unsigned char* common = nullptr;
    const int found =
        SSL_select_next_proto(&common, size, ours.data(), static_cast<unsigned>(ours.size()), theirs, their_size);
    *selected = common;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
  }

  [[nodiscard]] bool is_permitted(X509& certificate, Identity& identity) const {
    const Fingerprint key = fingerprint_of(X509_get_X509_PUBKEY(&certificate));
    const bool is_looked_for = is_known(key, identity);
    if (is_looked_for) identity.fault = fault_of(certificate);
    return is_looked_for && identity.fault.empty();
  }

  [[nodiscard]] bool is_known(const Fingerprint& key, Identity& identity) const {
    const auto known = std::ranges::find(parties_, key);
    const auto party = static_cast<std::size_t>(known - parties_.begin());
    if (known == parties_.end() && clients_ && clients_(key)) {
      identity.client = key;
      return true;
    }
    if (known == parties_.end() || party == self_ || (identity.expected && *identity.expected != party)) {
      identity.stranger = key;
      return false;
    }
    identity.found = party;
    return true;
  }

  std::vector<Fingerprint> parties_;
  std::size_t self_;
  Admission clients_;
  std::vector<unsigned char> offered_;  // its size and its name, where there is one
  OwnedContext context_;
};

}  // namespace parley::tls::detail
