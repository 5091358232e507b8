// SPDX-License-Identifier: Apache-2.0
// What a server has been handed by clients, on its disk: nothing is confirmed before it is there, and nothing that was
// confirmed is lost or counted twice, whenever the server stops.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/tls/collection.hpp"
#include "parley/tls/durable_log.hpp"
#include "parley/tls/submission.hpp"

namespace parley::tls {

/// The submissions to one server of a collection, and the results for their clients, in one file. What is added takes
/// effect with commit(), which many submissions share. Belongs to one thread at a time.
///
/// The file only grows, which is what makes a stop at any moment harmless, and is bounded all the same: what is handed in
/// again adds nothing to it, and of each of the collection's most_submissions there are at most 100 replacements, by
/// clients who are admitted. In the rule, that of a submission each, there is nothing to be gained by writing it anew.
///
/// Security: the file has the server's parts as they are, readable by its owner only. Whoever has the files of more
/// servers than the sharing's privacy threshold has the clients' numbers; so each server's disk, and what is copied from
/// it, is that server's to protect.
class SubmissionStore {
 public:
  /// Opens the file of server `self`, or makes it where there is none. Error(invalid_argument) for a collection that makes
  /// no sense, or a file of another one; Error(invalid_state) where another process has it open, where it is damaged, or
  /// cannot be read or written.
  SubmissionStore(const std::filesystem::path& path, const Collection& collection, std::size_t self)
      : part_size_(collection.part_size),
        items_per_client_(collection.items_per_client),
        most_(collection.most_submissions),
        log_(path, purpose(collection, self), [this](auto batch, auto place) { load(batch, place); }) {}

  /// Takes a submission in from the client who was found to have that key. `stored` for one that is there already.
  [[nodiscard]] Verdict add(const SubmissionName& name, std::span<const std::byte> part) {
    if (part.size() != part_size_) return Verdict::malformed;
    const auto found = entries_.find({name.client, name.item});
    if (found != entries_.end()) {
      const Entry& entry = found->second;
      if (name.revision < entry.revision) return Verdict::superseded;
      if (name.revision == entry.revision) {
        const bool same = name.digest == entry.digest && std::ranges::equal(read_part(entry), part);
        return same ? Verdict::stored : Verdict::different;
      }
      if (closed_) return Verdict::closed;
      if (entry.replacements == most_replacements) return Verdict::too_many;
    } else if (closed_) {
      return Verdict::closed;
    } else if (entries_.size() >= most_ || items_of(name.client) >= items_per_client_) {
      return Verdict::too_many;
    }
    const std::uint64_t place = log_.place();
    ByteWriter writer(log_.append(submission_record_size()));
    writer.u8(submission_record);
    writer.bytes(name.client);
    writer.u64(name.item);
    writer.u64(name.revision);
    writer.bytes(name.digest);
    writer.bytes(part);
    enter(name, place);
    return Verdict::stored;
  }

  /// Takes no more submissions, also after a restart.
  void close() {
    if (std::exchange(closed_, true)) return;
    log_.append(1)[0] = std::byte{close_record};
  }
  [[nodiscard]] bool is_closed() const noexcept { return closed_; }

  /// The result for one submission, by its client and item, or (for_everybody) for all who have none of their own. A later
  /// one takes the place of an earlier one. Error(invalid_argument) for more than 2^20 bytes.
  void set_result(const Sha256Digest& client, std::uint64_t item, std::span<const std::byte> result) {
    if (result.size() > detail::longest_result)
      throw Error(ErrorCode::invalid_argument, "a result of " + std::to_string(result.size()) + " bytes is too long");
    const std::uint64_t place = log_.place();
    ByteWriter writer(log_.append(result_header_size + result.size()));
    writer.u8(result_record);
    writer.bytes(client);
    writer.u64(item);
    writer.u32(static_cast<std::uint32_t>(result.size()));
    writer.bytes(result);
    results_[{client, item}] = {place + result_header_size, result.size()};
  }
  void set_result_for_everybody(std::span<const std::byte> result) { set_result(for_everybody, 0, result); }

  /// What set_result() was given last, nothing where there is nothing yet, or where the client has not submitted the item.
  [[nodiscard]] std::optional<Bytes> result(const Sha256Digest& client, std::uint64_t item) const {
    if (!entries_.contains({client, item})) return std::nullopt;
    const auto found = results_.find({client, item});
    return found == results_.end() ? result_for_everybody() : read_result(found);
  }

  /// What set_result_for_everybody() was given last.
  [[nodiscard]] std::optional<Bytes> result_for_everybody() const {
    return read_result(results_.find({for_everybody, 0}));
  }

  /// All that was done is on the disk when this returns. Error(invalid_state) where that fails; then this object is of no
  /// further use, and the file is to be opened again.
  void commit() { log_.commit(); }
  [[nodiscard]] bool has_uncommitted() const noexcept { return log_.has_uncommitted(); }

  /// How many submissions are there, complete or not.
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  /// How many clients have handed in some.
  [[nodiscard]] std::size_t clients() const noexcept { return items_.size(); }

  /// All of them, in ascending order.
  [[nodiscard]] std::vector<SubmissionName> names() const {
    std::vector<SubmissionName> names;
    names.reserve(entries_.size());
    for (const auto& [key, entry] : entries_) names.push_back({key.first, key.second, entry.revision, entry.digest});
    return names;
  }

  /// This server's part of a submission. Error(out_of_range) where it is not there.
  [[nodiscard]] Bytes part(const SubmissionName& name) const {
    const auto found = entries_.find({name.client, name.item});
    if (found == entries_.end() || found->second.revision != name.revision || found->second.digest != name.digest)
      throw Error(ErrorCode::out_of_range, "this server has no such submission");
    return read_part(found->second);
  }

 private:
  using Key = std::pair<Sha256Digest, std::uint64_t>;  // client and item
  struct Entry {
    std::uint64_t revision = 0;
    Sha256Digest digest{};
    std::uint64_t place = 0;  // of the part
    std::uint32_t replacements = 0;
  };

  using Results = std::map<Key, std::pair<std::uint64_t, std::size_t>>;  // place and size

  static constexpr std::uint8_t submission_record = 1, close_record = 2, result_record = 3;
  static constexpr std::size_t submission_header_size = 1 + 32 + 8 + 8 + 32, result_header_size = 1 + 32 + 8 + 4;
  /// So that no client fills the disk with revisions.
  static constexpr std::uint32_t most_replacements = 100;
  static constexpr Sha256Digest for_everybody{};

  [[nodiscard]] std::size_t submission_record_size() const { return submission_header_size + part_size_; }

  static Sha256Digest purpose(const Collection& collection, std::size_t self) {
    if (self >= collection.servers.size())
      throw Error(ErrorCode::invalid_argument, "server " + std::to_string(self) + " among " +
                                                   std::to_string(collection.servers.size()) +
                                                   " servers: they count from 0");
    detail::Hello everything;
    everything.session = session_of(collection);
    everything.sender = static_cast<std::uint32_t>(self);
    everything.parties = static_cast<std::uint32_t>(collection.servers.size());
    everything.keys = detail::digest_of_keys(collection.servers);
    return detail::sha256(detail::encode(everything));
  }

  [[nodiscard]] std::size_t items_of(const Sha256Digest& client) const {
    const auto found = items_.find(client);
    return found == items_.end() ? 0 : found->second;
  }

  void enter(const SubmissionName& name, std::uint64_t place) {
    const auto [at, is_new] = entries_.try_emplace({name.client, name.item});
    at->second = {name.revision, name.digest, place + submission_header_size, is_new ? 0 : at->second.replacements + 1};
    if (is_new) ++items_[name.client];
  }

  Bytes read_part(const Entry& entry) const {
    Bytes bytes(part_size_);
    log_.read(entry.place, bytes);
    return bytes;
  }

  std::optional<Bytes> read_result(Results::const_iterator found) const {
    if (found == results_.end()) return std::nullopt;
    Bytes bytes(found->second.second);
    log_.read(found->second.first, bytes);
    return bytes;
  }

  void load(std::span<const std::byte> batch, std::uint64_t place) {
    ByteReader reader(batch);
    const auto digest = [&reader] {
      Sha256Digest taken;
      std::ranges::copy(reader.take(taken.size()), taken.begin());
      return taken;
    };
    while (reader.remaining() > 0) {
      const std::uint64_t at = place + batch.size() - reader.remaining();
      const std::uint8_t kind = reader.u8();
      if (kind == submission_record) {
        SubmissionName name;
        name.client = digest();
        name.item = reader.u64();
        name.revision = reader.u64();
        name.digest = digest();
        static_cast<void>(reader.take(part_size_));
        enter(name, at);
      } else if (kind == close_record) {
        closed_ = true;
      } else if (kind == result_record) {
        const Sha256Digest client = digest();
        const std::uint64_t item = reader.u64();
        const std::size_t size = reader.u32();
        static_cast<void>(reader.take(size));
        results_[{client, item}] = {at + result_header_size, size};
      } else {
        throw Error(ErrorCode::invalid_state, "a file of submissions has a record of a later version of this program");
      }
    }
  }

  std::size_t part_size_, items_per_client_, most_;
  std::map<Key, Entry> entries_;
  std::map<Sha256Digest, std::size_t> items_;  // how many of each client
  Results results_;
  bool closed_ = false;
  detail::DurableLog log_;  // the last, as opening it fills the others
};

}  // namespace parley::tls
