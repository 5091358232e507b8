// SPDX-License-Identifier: Apache-2.0
// What clients hand to servers and how it is written: submissions, of which each server gets a part, requests and answers.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/tls/frame.hpp"

namespace parley::tls {

/// Which submission: whose, which of that client's, and which of its versions.
struct SubmissionName {
  Sha256Digest client{};       ///< the fingerprint of its key
  std::uint64_t item = 0;      ///< a client may hand in several, as far as the collection permits
  std::uint64_t revision = 0;  ///< of one item the highest counts
  Sha256Digest digest{};       ///< stands for the parts at all servers together

  friend auto operator<=>(const SubmissionName&, const SubmissionName&) = default;
};

/// A client's numbers, shared for the servers. To be kept until all servers have confirmed it: it can be handed in again
/// as often as it takes, whereas the same numbers shared anew are another submission and need a higher revision.
struct Submission {
  std::uint64_t item = 0;
  std::uint64_t revision = 0;
  Sha256Digest digest{};
  std::vector<Bytes> parts;  ///< parts[j] is for server j alone; all have the collection's part_size
};

/// What a server says to a submission.
enum class Verdict : std::uint8_t {
  stored = 0,      ///< it is on the server's disk, from now or from before
  superseded = 1,  ///< the server has a higher revision of the item
  different = 2,   ///< the server has this revision with another content
  too_many = 3,    ///< more items, revisions or submissions than the collection permits
  malformed = 4,   ///< the part is none of this collection
  closed = 5,      ///< the collection has ended
};

/// The verdict as words that go on after "the server ".
[[nodiscard]] constexpr std::string_view to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::stored:
      return "has stored it";
    case Verdict::superseded:
      return "has a later revision of it";
    case Verdict::different:
      return "has the same revision of it with another content";
    case Verdict::too_many:
      return "takes no more of them";
    case Verdict::malformed:
      return "finds that its part is malformed";
    case Verdict::closed:
      return "has closed the collection";
  }
  return "says something unknown";
}

namespace detail {

enum class RequestKind : std::uint8_t { store = 1, result = 2 };

/// Of a result for a client.
inline constexpr std::size_t longest_result = std::size_t{1} << 20U;
/// Of a submission's part, and of all parts that are sent in one request if there are several.
inline constexpr std::size_t longest_part = std::size_t{1} << 24U, longest_batch = std::size_t{1} << 16U;

/// A submission without its part, as it is sent to a server.
inline constexpr std::size_t submission_header_size = 8 + 8 + 32;

/// How many submissions are sent in one request.
constexpr std::size_t submissions_per_request(std::size_t part_size) {
  return std::max<std::size_t>(1, longest_batch / (submission_header_size + part_size));
}

/// The bound of what a client sends at once.
constexpr std::size_t longest_request(std::size_t part_size) {
  return 1 + std::max<std::size_t>(8, submissions_per_request(part_size) * (submission_header_size + part_size));
}

/// One submission as a server reads it: `part` lies in the request.
struct ReceivedSubmission {
  std::uint64_t item = 0, revision = 0;
  Sha256Digest digest{};
  std::span<const std::byte> part;
};

struct Request {
  RequestKind kind = RequestKind::store;
  std::vector<ReceivedSubmission> submissions;  // to be stored
  std::uint64_t item = 0;                       // whose result is asked for
};

/// The request to store the parts for `server`, each of `part_size` bytes; there are 1 to submissions_per_request().
inline Bytes encode_store(std::span<const Submission> submissions, std::size_t server, std::size_t part_size) {
  Bytes bytes(1 + submissions.size() * (submission_header_size + part_size));
  ByteWriter writer(bytes);
  writer.u8(static_cast<std::uint8_t>(RequestKind::store));
  for (const Submission& submission : submissions) {
    writer.u64(submission.item);
    writer.u64(submission.revision);
    writer.bytes(submission.digest);
    writer.bytes(submission.parts[server]);
  }
  return bytes;
}

inline Bytes encode_result_request(std::uint64_t item) {
  Bytes bytes(1 + 8);
  ByteWriter writer(bytes);
  writer.u8(static_cast<std::uint8_t>(RequestKind::result));
  writer.u64(item);
  return bytes;
}

/// A request of at most longest_request() bytes. Error(malformed_message) for everything that a client does not write.
inline Request decode_request(std::span<const std::byte> bytes, std::size_t part_size) {
  ByteReader reader(bytes);
  Request request;
  const std::uint8_t kind = reader.u8();
  if (kind == static_cast<std::uint8_t>(RequestKind::result)) {
    request.kind = RequestKind::result;
    request.item = reader.u64();
  } else if (kind == static_cast<std::uint8_t>(RequestKind::store)) {
    if (reader.remaining() == 0 || reader.remaining() > longest_request(part_size) - 1)
      throw Error(ErrorCode::malformed_message, "a request to store no submission, or too many at once");
    while (reader.remaining() > 0) {
      ReceivedSubmission& submission = request.submissions.emplace_back();
      submission.item = reader.u64();
      submission.revision = reader.u64();
      std::ranges::copy(reader.take(submission.digest.size()), submission.digest.begin());
      submission.part = reader.take(part_size);
    }
  } else {
    throw Error(ErrorCode::malformed_message, "a request of kind " + std::to_string(kind) + ", which does not exist");
  }
  reader.expect_end();
  return request;
}

inline Bytes encode_verdicts(std::span<const Verdict> verdicts) {
  Bytes bytes(verdicts.size());
  std::ranges::transform(verdicts, bytes.begin(), [](Verdict verdict) { return static_cast<std::byte>(verdict); });
  return bytes;
}

/// The verdicts on `count` submissions. Error(malformed_message), which blames the server, where they are none.
inline std::vector<Verdict> decode_verdicts(std::span<const std::byte> bytes, std::size_t count, std::size_t server) {
  std::vector<Verdict> verdicts;
  for (const std::byte byte : bytes) verdicts.push_back(static_cast<Verdict>(byte));
  const auto exists = [](Verdict verdict) { return verdict <= Verdict::closed; };
  if (verdicts.size() != count || !std::ranges::all_of(verdicts, exists)) {
    throw Error(ErrorCode::malformed_message, server,
                "server " + std::to_string(server) + " sent something else than verdicts on submissions");
  }
  return verdicts;
}

/// A first byte tells whether there is a result yet.
inline Bytes encode_result(const std::optional<Bytes>& result) {
  Bytes bytes(1, std::byte{result.has_value()});
  if (result) bytes.insert(bytes.end(), result->begin(), result->end());
  return bytes;
}

inline std::optional<Bytes> decode_result(std::span<const std::byte> bytes, std::size_t server) {
  const bool present = bytes.size() >= 1 && bytes[0] == std::byte{1};
  if (!present && !(bytes.size() == 1 && bytes[0] == std::byte{0})) {
    throw Error(ErrorCode::malformed_message, server,
                "server " + std::to_string(server) + " sent something else than a result");
  }
  if (!present) return std::nullopt;
  return Bytes(bytes.begin() + 1, bytes.end());
}

}  // namespace detail

}  // namespace parley::tls
