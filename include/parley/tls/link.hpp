// SPDX-License-Identifier: Apache-2.0
// A connection to another party as frames that go both ways without ever blocking.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/tls/channel.hpp"
#include "parley/tls/frame.hpp"

namespace parley::tls::detail {

class Link {
 public:
  explicit Link(std::unique_ptr<Channel> channel) : channel_(std::move(channel)) {}

  [[nodiscard]] Channel& channel() noexcept { return *channel_; }

  /// A frame to be sent after those that still are.
  void send(FrameKind kind, std::uint64_t round, Bytes body) {
    if (write_failed_) return;
    const FrameHeader header{kind, round, body.size()};
    queue_.push_back({header, std::move(body)});
    if (queue_.size() == 1) begin_first();
  }

  /// Whether there is something left to send.
  [[nodiscard]] bool is_sending() const noexcept {
    return !write_failed_ && (!queue_.empty() || channel_->is_sending());
  }

  /// Sends what goes now. Where the connection can no longer be written to, all is dropped: the words of a party that
  /// has left may still be there to be read.
  void flush() {
    while (!queue_.empty()) {
      const Bytes& body = queue_.front().body;
      const auto rest = sent_ < beginning_.size() ? std::span<const std::byte>(beginning_).subspan(sent_)
                                                  : std::span<const std::byte>(body).subspan(sent_ - header_size);
      const auto [progress, bytes] = channel_->send(rest);
      if (progress == Progress::blocked) return;
      if (progress == Progress::closed) return fail();
      sent_ += bytes;
      if (sent_ < header_size + body.size()) continue;
      queue_.pop_front();
      if (!queue_.empty()) begin_first();
    }
    if (!write_failed_ && channel_->flush() == Progress::closed) fail();
  }

  /// The header of the next frame, the same until its body was received. Error(malformed_message), which blames `sender`
  /// where one is known, where it is none.
  [[nodiscard]] Progress receive_header(FrameHeader& header, std::optional<std::size_t> sender) {
    if (!header_) {
      const Progress progress = fill(header_bytes_, header_received_);
      if (progress != Progress::moved) return progress;
      header_ = decode_header(header_bytes_, sender);
      header_received_ = body_received_ = 0;
    }
    header = *header_;
    return Progress::moved;
  }

  /// Receives the body that belongs to the header, into memory of its size; `moved` when it is whole. To be called again
  /// with the same memory until then.
  [[nodiscard]] Progress receive_body(std::span<std::byte> body) {
    const Progress progress = fill(body, body_received_);
    if (progress == Progress::moved) header_.reset();
    return progress;
  }

  /// Whether some bytes of a frame have come, and others have not.
  [[nodiscard]] bool is_inside_frame() const noexcept { return header_.has_value() || header_received_ > 0; }

 private:
  struct Frame {
    FrameHeader header;
    Bytes body;
  };

  // A TLS record holds at most 2^14 bytes: with the first bytes of its body the header needs no record of its own, nor a
  // call of the operating system.
  static constexpr std::size_t record_size = std::size_t{1} << 14U;

  void fail() {
    write_failed_ = true;
    queue_.clear();
  }

  void begin_first() {
    const Frame& frame = queue_.front();
    const auto header = encode(frame.header);
    const std::size_t from_body = std::min(frame.body.size(), record_size - header_size);
    beginning_.resize(header_size + from_body);
    std::memcpy(beginning_.data(), header.data(), header_size);
    if (from_body > 0) std::memcpy(beginning_.data() + header_size, frame.body.data(), from_body);
    sent_ = 0;
  }

  /// Receives into `into` beyond its first `received` bytes; `moved` when it is full. What is small goes through a
  /// buffer, so that a frame takes one call of the operating system and not two.
  [[nodiscard]] Progress fill(std::span<std::byte> into, std::size_t& received) {
    while (received < into.size()) {
      const auto rest = into.subspan(received);
      if (ahead_from_ < ahead_to_) {
        const std::size_t bytes = std::min(rest.size(), ahead_to_ - ahead_from_);
        std::memcpy(rest.data(), ahead_.data() + ahead_from_, bytes);
        ahead_from_ += bytes;
        received += bytes;
        continue;
      }
      const bool direct = rest.size() >= ahead_.size();
      const auto [progress, bytes] = channel_->receive(direct ? rest : std::span<std::byte>(ahead_));
      if (progress != Progress::moved) return progress;
      if (direct) {
        received += bytes;
      } else {
        ahead_from_ = 0;
        ahead_to_ = bytes;
      }
    }
    return Progress::moved;
  }

  std::unique_ptr<Channel> channel_;
  // Sending: the first frame's header with the first bytes of its body, and how many of the frame's bytes are sent.
  std::deque<Frame> queue_;
  std::vector<std::byte> beginning_;
  std::size_t sent_ = 0;
  bool write_failed_ = false;
  // Receiving: bytes that came ahead of what they were received for, and the frame that is on its way.
  std::vector<std::byte> ahead_ = std::vector<std::byte>(record_size);
  std::size_t ahead_from_ = 0, ahead_to_ = 0;
  std::array<std::byte, header_size> header_bytes_{};
  std::size_t header_received_ = 0, body_received_ = 0;
  std::optional<FrameHeader> header_;
};

}  // namespace parley::tls::detail
