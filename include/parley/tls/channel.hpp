// SPDX-License-Identifier: Apache-2.0
// A connection to another party as bytes that go both ways without ever blocking: TLS over TCP, or TCP alone.
#pragma once

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/sslerr.h>

#include <array>
#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/tls/context.hpp"
#include "parley/tls/library.hpp"

#if defined(__unix__) || defined(__APPLE__)
#include <fcntl.h>
#endif

namespace parley::tls::detail {

using Socket = asio::ip::tcp::socket;

/// What is known of a socket or acceptor without asking the operating system: whether it would block. Shared with the
/// handlers that wait for it, which may outlive the socket.
struct Readiness {
  bool readable = true, writable = true;
  bool waits_to_read = false, waits_to_write = false;
};

/// Has the context call a handler when the socket can be read from, unless one waits for that already.
template <class Waiting>
void wait_to_read(Waiting& socket, const std::shared_ptr<Readiness>& readiness) {
  if (std::exchange(readiness->waits_to_read, true)) return;
  socket.async_wait(Waiting::wait_read, [readiness](const std::error_code&) {
    readiness->waits_to_read = false;
    readiness->readable = true;
  });
}

/// The sockets of this process are not those of the programs that it starts: a connection would seem to live on with
/// them.
template <class Handle>
void keep_from_children([[maybe_unused]] Handle& handle) {
#if defined(__unix__) || defined(__APPLE__)
  static_cast<void>(::fcntl(handle.native_handle(), F_SETFD, FD_CLOEXEC));
#endif
}

/// What became of an attempt to move bytes.
enum class Progress : std::uint8_t { moved, blocked, closed };

class Channel {
 public:
  /// Over a connected socket; TLS under a context (which outlives this), as its server or client.
  Channel(Socket socket, const Context* context, bool is_server, std::optional<std::size_t> expected)
      : socket_(std::move(socket)) {
    identity_.expected = expected;
    std::error_code ignored;  // a connection that is gone already says so when it is used
    socket_.non_blocking(true, ignored);
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket_.set_option(asio::socket_base::keep_alive(true), ignored);
    keep_from_children(socket_);
    if (context == nullptr) return;
    bio_method_.reset(BIO_meth_new(BIO_TYPE_SOURCE_SINK, "socket"));
    require(bio_method_ && BIO_meth_set_read_ex(bio_method_.get(), &Channel::bio_read) == 1 &&
                BIO_meth_set_write_ex(bio_method_.get(), &Channel::bio_write) == 1 &&
                BIO_meth_set_ctrl(bio_method_.get(), &Channel::bio_control) == 1,
            "make a BIO");
    ssl_ = context->connection(identity_);
    BIO* const bio = BIO_new(bio_method_.get());
    require(bio != nullptr, "make a BIO");
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    is_server ? SSL_set_accept_state(ssl_.get()) : SSL_set_connect_state(ssl_.get());
  }
  Channel(const Channel&) = delete;  // OpenSSL has its address
  Channel& operator=(const Channel&) = delete;
  ~Channel() { close(); }

  /// `moved` once the keys are agreed on and identity() is known; without TLS there is nothing to do.
  [[nodiscard]] Progress handshake() {
    if (!ssl_) return Progress::moved;
    if (!readiness_->readable) return Progress::blocked;
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    established_ = result == 1;
    return established_ ? Progress::moved : progress_of(result);
  }

  [[nodiscard]] const Identity& identity() const noexcept { return identity_; }

  /// Whether both sides have offered what Context::offer() was told. To be asked after handshake().
  [[nodiscard]] bool both_offered() const {
    if (!ssl_) return false;
    const unsigned char* protocol = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &protocol, &size);
    return size > 0;
  }

  /// 32 bytes that only the two ends of this connection know; zeros without TLS. [RFC 8446, section 7.5]
  [[nodiscard]] Sha256Digest binding() const {
    Sha256Digest exported{};
    if (!ssl_) return exported;
    constexpr std::string_view label = "EXPORTER-parley-channel";
    require(SSL_export_keying_material(ssl_.get(), reinterpret_cast<unsigned char*>(exported.data()), exported.size(),
                                       label.data(), label.size(), nullptr, 0, 0) == 1,
            "export keying material");
    return exported;
  }

  struct Transfer {
    Progress progress;
    std::size_t bytes = 0;  // at least one where bytes moved
  };

  /// Reads what is there, at most `into`, which is not empty.
  [[nodiscard]] Transfer receive(std::span<std::byte> into) {
    if (!readiness_->readable) return {Progress::blocked};
    std::size_t bytes = 0;
    if (ssl_) {
      ERR_clear_error();
      const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes);
      return result == 1 ? Transfer{Progress::moved, bytes} : Transfer{progress_of(result)};
    }
    const Progress progress = read_socket(into.data(), into.size(), bytes);
    return {progress, bytes};
  }

  /// Takes as much of `from`, which is not empty, as goes; some of it may be on its way only after flush(). After
  /// `blocked` the next call is to have the same bytes, or more that begin with them.
  [[nodiscard]] Transfer send(std::span<const std::byte> from) {
    if (!readiness_->writable) return {Progress::blocked};
    std::size_t bytes = 0;
    if (ssl_) {
      ERR_clear_error();
      const int result = SSL_write_ex(ssl_.get(), from.data(), from.size(), &bytes);
      if (result != 1) return {progress_of(result)};
      if (++records_ % records_per_key == 0) SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_NOT_REQUESTED);
      return {Progress::moved, bytes};
    }
    const Progress progress = write_socket(from.data(), from.size(), bytes);
    return {progress, bytes};
  }

  /// Sends what send() has taken and kept: `moved` when there is nothing left of it.
  [[nodiscard]] Progress flush() {
    while (sent_ < outgoing_.size()) {
      if (!readiness_->writable) return Progress::blocked;
      std::size_t bytes = 0;
      const Progress progress = write_socket(outgoing_.data() + sent_, outgoing_.size() - sent_, bytes);
      if (progress != Progress::moved) return progress;
      sent_ += bytes;
    }
    outgoing_.clear();
    sent_ = 0;
    return Progress::moved;
  }

  /// Whether flush() has something left to do.
  [[nodiscard]] bool is_sending() const noexcept { return sent_ < outgoing_.size(); }

  /// Has the context of the socket, when it runs, note that it can be read from, or written to, where it cannot now.
  void wait(bool reading, bool writing) {
    if (reading && !readiness_->readable) wait_to_read(socket_, readiness_);
    if (!writing || readiness_->writable || std::exchange(readiness_->waits_to_write, true)) return;
    socket_.async_wait(Socket::wait_write, [readiness = readiness_](const std::error_code&) {
      readiness->waits_to_write = false;
      readiness->writable = true;
    });
  }

  /// Forgets that it would block: the next attempt asks the operating system.
  void try_again() noexcept { readiness_->readable = readiness_->writable = true; }

  /// Why the connection is closed, in words.
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

  /// Whether it was closed by bytes that nobody who has the keys has sent.
  [[nodiscard]] bool was_tampered_with() const noexcept { return tampered_; }

  /// Whether it was closed because the other side does not know our key.
  [[nodiscard]] bool was_refused() const noexcept { return refused_; }

  [[nodiscard]] Socket& socket() noexcept { return socket_; }

  void close() noexcept {
    std::error_code ignored;
    socket_.close(ignored);
  }

  /// AES-GCM under one key is good for 2^24.5 full records [RFC 8446, section 5.5].
  static constexpr std::uint64_t records_per_key = std::uint64_t{1} << 23U;

 private:
  Progress read_socket(void* data, std::size_t size, std::size_t& bytes) {
    std::error_code error;
    bytes = socket_.receive(asio::buffer(data, size), 0, error);
    if (!error) {
      // OpenSSL may have read more than it gives out now, of which no handler will tell.
      readiness_->readable = true;
      return Progress::moved;
    }
    bytes = 0;
    if (error == asio::error::would_block || error == asio::error::try_again || error == asio::error::interrupted) {
      readiness_->readable = false;
      return Progress::blocked;
    }
    fail(error == asio::error::eof ? "the connection was closed" : error.message());
    return Progress::closed;
  }

  Progress write_socket(const void* data, std::size_t size, std::size_t& bytes) {
    std::error_code error;
    bytes = socket_.send(asio::buffer(data, size), 0, error);
    if (!error) return Progress::moved;
    bytes = 0;
    if (error == asio::error::would_block || error == asio::error::try_again || error == asio::error::interrupted) {
      readiness_->writable = false;
      return Progress::blocked;
    }
    fail(error.message());
    return Progress::closed;
  }

  void fail(const std::string& text) {
    if (failure_.empty()) failure_ = text;
  }

  /// What a call of OpenSSL that did not succeed means.
  Progress progress_of(int result) {
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return Progress::blocked;
    const unsigned long code = ERR_peek_error();
    const std::string reason = openssl_reason();
    if (error == SSL_ERROR_ZERO_RETURN) {
      fail("the connection was closed");
    } else if (error == SSL_ERROR_SSL && ERR_GET_REASON(code) != SSL_R_UNEXPECTED_EOF_WHILE_READING) {
      switch (ERR_GET_REASON(code)) {
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
        case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
          refused_ = true;
          break;
        default:
          tampered_ = established_ && ERR_GET_REASON(code) < SSL_AD_REASON_OFFSET;
      }
      if (failure_.empty() || tampered_ || refused_) failure_ = "TLS: " + reason;
    }
    fail("the connection was closed");
    return Progress::closed;
  }

  static int bio_read(BIO* bio, char* data, std::size_t size, std::size_t* bytes) noexcept {
    return move(bio, BIO_FLAGS_READ, [&](Channel& channel) { return channel.read_socket(data, size, *bytes); });
  }
  /// Records are gathered, as the operating system takes many at once for little more than one.
  static int bio_write(BIO* bio, const char* data, std::size_t size, std::size_t* bytes) noexcept {
    return move(bio, BIO_FLAGS_WRITE, [&](Channel& channel) {
      if (channel.outgoing_.size() >= most_gathered) {
        if (const Progress progress = channel.flush(); progress != Progress::moved) return progress;
      }
      const auto* const from = reinterpret_cast<const std::byte*>(data);
      channel.outgoing_.insert(channel.outgoing_.end(), from, from + size);
      *bytes = size;
      return Progress::moved;
    });
  }
  template <class Move>
  static int move(BIO* bio, int direction, const Move& do_move) noexcept {
    BIO_clear_retry_flags(bio);
    try {
      const Progress progress = do_move(*static_cast<Channel*>(BIO_get_data(bio)));
      if (progress == Progress::blocked) BIO_set_flags(bio, direction | BIO_FLAGS_SHOULD_RETRY);
      return progress == Progress::moved ? 1 : 0;
    } catch (...) {
      return 0;  // no memory for the text of an error
    }
  }
  static long bio_control(BIO* bio, int command, long, void*) noexcept {
    if (command != BIO_CTRL_FLUSH) return 0;
    return move(bio, BIO_FLAGS_WRITE, [](Channel& channel) { return channel.flush(); }) == 1 ? 1 : -1;
  }

  static constexpr std::size_t most_gathered = std::size_t{1} << 17U;

  Socket socket_;
  std::shared_ptr<Readiness> readiness_ = std::make_shared<Readiness>();
  std::vector<std::byte> outgoing_;  // records, of which the first sent_ bytes are on their way
  std::size_t sent_ = 0;
  std::string failure_;
  bool established_ = false, tampered_ = false, refused_ = false;
  std::uint64_t records_ = 0;
  Identity identity_;
  OwnedBioMethod bio_method_;
  OwnedSsl ssl_;  // the first to be destroyed, as it refers to all the others
};

}  // namespace parley::tls::detail
