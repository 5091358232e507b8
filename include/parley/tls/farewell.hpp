// SPDX-License-Identifier: Apache-2.0
// The last words of a party, and closing its connections such that the others can read them.
#pragma once

#include <array>
#include <asio/buffer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <system_error>
#include <thread>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/tls/frame.hpp"
#include "parley/tls/link.hpp"

#if defined(__linux__)
#include <sys/ioctl.h>
#endif

namespace parley::tls::detail {

using Clock = std::chrono::steady_clock;

/// The end of a time that begins now; the end of all time where it lies beyond that.
inline Clock::time_point after(std::chrono::milliseconds time) {
  const auto now = Clock::now();
  const auto longest = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::time_point::max() - now);
  return time < longest ? now + time : Clock::time_point::max();
}

/// The end of a time that begins then; the end of all time where it lies beyond that.
inline Clock::time_point later(Clock::time_point begin, std::chrono::milliseconds time) {
  return begin > Clock::time_point::max() - time ? Clock::time_point::max() : begin + time;
}

/// Whether bytes are still on their way to the other side, which closing the socket might throw away.
inline bool is_unacknowledged([[maybe_unused]] Socket& socket) {
#if defined(__linux__)
  int bytes = 0;
  return ::ioctl(socket.native_handle(), TIOCOUTQ, &bytes) == 0 && bytes > 0;
#else
  return false;
#endif
}

/// Sends the last words on all the links and closes them, within `time`. What the others still send is read and
/// forgotten meanwhile: a socket that is closed with bytes unread takes its last words along.
inline void take_leave(std::vector<std::unique_ptr<Link>>& links, FrameKind kind, std::uint64_t round,
                       const Bytes& words, std::chrono::milliseconds time) noexcept {
  try {
    const auto end = after(time);
    std::vector<Link*> open;
    for (const auto& link : links) {
      if (!link) continue;
      link->send(kind, round, words);
      open.push_back(link.get());
    }
    std::array<std::byte, 65536> forgotten;
    const auto is_done = [&](Link* link) {
      link->channel().try_again();
      link->flush();
      if (link->is_sending()) return false;
      Socket& socket = link->channel().socket();
      std::error_code error;
      socket.shutdown(Socket::shutdown_send, error);
      error.clear();
      for (int reads = 0; reads < 16 && !error; ++reads) socket.receive(asio::buffer(forgotten), 0, error);
      const bool silent = error == asio::error::would_block || error == asio::error::try_again;
      return silent ? !is_unacknowledged(socket) : static_cast<bool>(error);
    };
    for (std::erase_if(open, is_done); !open.empty() && Clock::now() < end; std::erase_if(open, is_done)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  } catch (...) {
    // No memory: the others find their connections closed.
  }
  for (const auto& link : links) {
    if (link) link->channel().close();
  }
}

}  // namespace parley::tls::detail
