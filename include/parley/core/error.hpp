// SPDX-License-Identifier: Apache-2.0
// The one exception of the library: what went wrong, which party is to blame where there is one, a sentence for a
// person.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace parley {

/// What went wrong, for a program to act on. Only the codes marked (peer) can be caused by another party.
enum class ErrorCode : std::uint8_t {
  invalid_argument,        ///< the caller passed something that no call of this function accepts
  out_of_range,            ///< a number or a position beyond the bounds that the arguments fix
  inconsistent_shares,     ///< (peer) shares that do not lie on one polynomial of the promised degree
  verification_failed,     ///< (peer) a check failed that fails only where some party deviates from the protocol
  too_many_wrong_shares,   ///< (peer) more wrong shares than the redundancy can correct
  inconsistent_broadcast,  ///< (peer) a party that told different parties different things, where all must hear the same
  malformed_message,       ///< (peer) a message of the wrong length, or bytes that are no canonical encoding
  peer_failed,             ///< (peer) a party gave up, or its connection is gone
  deadline_exceeded,       ///< (peer) a party did not answer in time
  configuration_mismatch,  ///< (peer) parties that disagree on what they are about to run
  randomness_unavailable,  ///< the operating system gives no random bytes
  invalid_state,           ///< a call on an object that was moved from, finished or has failed before
};

/// The code as its own name, e.g. "malformed_message".
[[nodiscard]] constexpr std::string_view to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_argument:
      return "invalid_argument";
    case ErrorCode::out_of_range:
      return "out_of_range";
    case ErrorCode::inconsistent_shares:
      return "inconsistent_shares";
    case ErrorCode::verification_failed:
      return "verification_failed";
    case ErrorCode::too_many_wrong_shares:
      return "too_many_wrong_shares";
    case ErrorCode::inconsistent_broadcast:
      return "inconsistent_broadcast";
    case ErrorCode::malformed_message:
      return "malformed_message";
    case ErrorCode::peer_failed:
      return "peer_failed";
    case ErrorCode::deadline_exceeded:
      return "deadline_exceeded";
    case ErrorCode::configuration_mismatch:
      return "configuration_mismatch";
    case ErrorCode::randomness_unavailable:
      return "randomness_unavailable";
    case ErrorCode::invalid_state:
      return "invalid_state";
  }
  return "unknown error code";  // a number cast to the enumeration
}

/// Everything that the library throws. `what()` is a sentence for a person; it never contains a secret.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}

  /// `party` (0-based) is to blame for it.
  Error(ErrorCode code, std::size_t party, const std::string& message)
      : std::runtime_error(message), party_(party), code_(code) {}

  [[nodiscard]] ErrorCode code() const noexcept { return code_; }

  /// The party to blame, nothing where no single one is.
  [[nodiscard]] std::optional<std::size_t> party() const noexcept { return party_; }

 private:
  std::optional<std::size_t> party_;
  ErrorCode code_;
};

}  // namespace parley
