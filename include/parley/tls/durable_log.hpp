// SPDX-License-Identifier: Apache-2.0
// A file to which is only ever appended, whose batches are there in whole or not at all, whenever the machine stops.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include "parley/core/bytes.hpp"
#include "parley/core/entropy.hpp"
#include "parley/core/error.hpp"
#include "parley/tls/library.hpp"

namespace parley::tls::detail {

/// The bytes of a file by their position. Error(invalid_state) where reading or writing fails.
class PositionedFile {
 public:
  PositionedFile() = default;
  PositionedFile(std::filesystem::path path, int flags)
      : path_(std::move(path)), file_(::open(path_.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR)) {
    if (file_ < 0) fail("cannot be opened");
  }
  PositionedFile(PositionedFile&& other) noexcept
      : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)) {}
  PositionedFile& operator=(PositionedFile&& other) noexcept {
    path_.swap(other.path_);
    std::swap(file_, other.file_);
    return *this;
  }
  ~PositionedFile() {
    if (file_ >= 0) ::close(file_);
  }

  void rename(const std::filesystem::path& path) {
    if (::rename(path_.c_str(), path.c_str()) != 0) fail("cannot be renamed");
    path_ = path;
  }

  /// Keeps all others out who ask for the same, until this file is closed.
  void lock() const {
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
#if defined(F_OFD_SETLK)
    constexpr int set = F_OFD_SETLK;  // of this open file, and not of the process
#else
    constexpr int set = F_SETLK;
#endif
    if (::fcntl(file_, set, &whole) != 0) fail("is in use");
  }

  [[nodiscard]] std::uint64_t size() const {
    const auto end = ::lseek(file_, 0, SEEK_END);
    if (end < 0) fail("cannot be measured");
    return static_cast<std::uint64_t>(end);
  }

  /// Fills `into`. Error(invalid_state) where the file ends before.
  void read(std::uint64_t at, std::span<std::byte> into) const {
    while (!into.empty()) {
      const auto count = ::pread(file_, into.data(), into.size(), static_cast<off_t>(at));
      if (count == 0) errno = 0;
      if (count == 0 || (count < 0 && errno != EINTR)) fail("cannot be read");
      if (count < 0) continue;
      at += static_cast<std::uint64_t>(count);
      into = into.subspan(static_cast<std::size_t>(count));
    }
  }
  void write(std::uint64_t at, std::span<const std::byte> from) const {
    while (!from.empty()) {
      const auto count = ::pwrite(file_, from.data(), from.size(), static_cast<off_t>(at));
      if (count < 0 && errno != EINTR) fail("cannot be written");
      if (count < 0) continue;
      at += static_cast<std::uint64_t>(count);
      from = from.subspan(static_cast<std::size_t>(count));
    }
  }
  void truncate(std::uint64_t size) const {
    if (::ftruncate(file_, static_cast<off_t>(size)) != 0) fail("cannot be shortened");
  }
  /// What was written is on the disk when this returns.
  void sync() const {
    if (::fsync(file_) != 0) fail("cannot be written to the disk");
  }

  [[noreturn]] void fail(const std::string& what) const {
    const std::string why = errno == 0 ? "" : ": " + std::generic_category().message(errno);
    throw Error(ErrorCode::invalid_state, path_.string() + ' ' + what + why);
  }

 private:
  std::filesystem::path path_;
  int file_ = -1;
};

/// Records are appended to a batch; commit() writes the batch with its hash and waits for the disk, so that a thousand
/// records cost one wait. Only the last batch can ever be torn, as each is on the disk before the next one is written. A
/// batch that is whole is never given up: where one is damaged and others follow, nobody can tell what was lost, and
/// opening fails.
class DurableLog {
 public:
  using Record = std::function<void(std::span<const std::byte> batch, std::uint64_t place)>;

  /// Opens the file, or makes it where there is none, for its owner only, and hands each batch with its place in the
  /// file to `record`. Error(invalid_state) where another process has it open, or it is damaged; Error(invalid_argument)
  /// where it is no such file or was made for another `purpose`.
  DurableLog(const std::filesystem::path& path, const Sha256Digest& purpose, const Record& record) {
    if (!std::filesystem::exists(path)) create(path, purpose);
    file_ = PositionedFile(path, O_RDWR);
    file_.lock();
    Bytes header(header_size);
    if (file_.size() < header_size) refuse(path, "is no file of submissions");
    file_.read(0, header);
    ByteReader reader(header);
    if (!std::ranges::equal(reader.take(magic.size()), std::as_bytes(std::span(magic))))
      refuse(path, "is no file of submissions");
    std::ranges::copy(reader.take(mark_.size()), mark_.begin());
    const bool same = std::ranges::equal(reader.take(purpose.size()), purpose);
    previous_ = sha256(std::span(header).first(header_size - 32));
    if (!std::ranges::equal(reader.take(32), previous_)) refuse(path, "is damaged");
    if (!same) refuse(path, "belongs to another collection, or to another of its servers");
    load(path, record);
  }

  /// Where in the file the next record will be.
  [[nodiscard]] std::uint64_t place() const noexcept { return end_ + batch_header_size + batch_.size(); }

  /// More bytes at the end of the batch, to be written at once: the span is valid until the next call.
  [[nodiscard]] std::span<std::byte> append(std::size_t size) {
    if (failed_)
      throw Error(ErrorCode::invalid_state, "this file of submissions could not be written, and is no longer used");
    batch_.resize(batch_.size() + size);
    return std::span(batch_).last(size);
  }

  [[nodiscard]] bool has_uncommitted() const noexcept { return !batch_.empty(); }

  /// What was appended is on the disk when this returns. After an Error it may be there or not, and the file is not to be
  /// used before it is opened again: a disk that has failed to write forgets what.
  void commit() {
    if (batch_.empty()) return;
    failed_ = true;
    Bytes written(batch_header_size);
    const Sha256Digest hash = write_header(written, batch_);
    written.insert(written.end(), batch_.begin(), batch_.end());
    file_.write(end_, written);
    file_.sync();
    failed_ = false;
    previous_ = hash;
    ++batches_;
    end_ += written.size();
    batch_.clear();
  }

  /// Bytes at a place that place() has named, committed or not.
  void read(std::uint64_t place, std::span<std::byte> into) const {
    const std::uint64_t uncommitted = end_ + batch_header_size;
    if (place < uncommitted) return file_.read(place, into);
    std::ranges::copy(std::span(batch_).subspan(static_cast<std::size_t>(place - uncommitted), into.size()),
                      into.begin());
  }

 private:
  static constexpr std::array<char, 16> magic = {"parley, parts 1"};
  using Mark = std::array<std::byte, 16>;
  static constexpr std::size_t header_size = magic.size() + sizeof(Mark) + 32 + 32,
                               batch_header_size = sizeof(Mark) + 8 + 8 + 32;

  [[noreturn]] static void refuse(const std::filesystem::path& path, const std::string& what) {
    throw Error(ErrorCode::invalid_argument, path.string() + ' ' + what);
  }

  /// The file has its name only when its header is on the disk.
  static void create(const std::filesystem::path& path, const Sha256Digest& purpose) {
    std::filesystem::path aside = path;
    aside += ".new";
    PositionedFile file(aside, O_RDWR | O_CREAT);
    file.lock();
    if (std::filesystem::exists(path)) return;  // made by another process meanwhile
    Bytes header(header_size);
    ByteWriter writer(header);
    writer.bytes(std::as_bytes(std::span(magic)));
    fill_from_operating_system(writer.take(sizeof(Mark)));
    writer.bytes(purpose);
    writer.bytes(sha256(std::span(header).first(header_size - 32)));
    file.truncate(0);
    file.write(0, header);
    file.sync();
    file.rename(path);
    PositionedFile(std::filesystem::absolute(path).parent_path(), O_RDONLY).sync();
  }

  /// Fills the header of the batch that follows, `body`; its hash covers all that came before, too.
  Sha256Digest write_header(std::span<std::byte> header, std::span<const std::byte> body) const {
    ByteWriter writer(header);
    writer.bytes(mark_);
    writer.u64(batches_);
    writer.u64(body.size());
    Bytes hashed(header.begin(), header.begin() + static_cast<std::ptrdiff_t>(batch_header_size - 32));
    hashed.insert(hashed.end(), previous_.begin(), previous_.end());
    const Sha256Digest of_body = sha256(body);
    hashed.insert(hashed.end(), of_body.begin(), of_body.end());
    const Sha256Digest hash = sha256(hashed);
    writer.bytes(hash);
    return hash;
  }

  void load(const std::filesystem::path& path, const Record& record) {
    const std::uint64_t size = file_.size();
    end_ = header_size;
    Bytes header(batch_header_size), expected(batch_header_size), body;
    while (size - end_ > batch_header_size) {
      file_.read(end_, header);
      ByteReader reader(header);
      static_cast<void>(reader.take(sizeof(Mark) + 8));
      const std::uint64_t length = reader.u64();
      if (length > size - end_ - batch_header_size) break;
      body.resize(static_cast<std::size_t>(length));
      file_.read(end_ + batch_header_size, body);
      const Sha256Digest hash = write_header(expected, body);
      if (header != expected) break;
      record(body, end_ + batch_header_size);
      previous_ = hash;
      ++batches_;
      end_ += batch_header_size + length;
    }
    if (end_ == size) return;
    if (another_batch_follows(size))
      throw Error(ErrorCode::invalid_state,
                  path.string() + " is damaged at byte " + std::to_string(end_) + ", and submissions follow after it");
    file_.truncate(end_);  // a batch that was not on the disk when the machine stopped: nobody was told that it was
    file_.sync();
  }

  /// Whether the mark is found behind the place of the damaged batch's own. Clients cannot know it, and so not write it.
  [[nodiscard]] bool another_batch_follows(std::uint64_t size) const {
    constexpr std::size_t piece = std::size_t{1} << 20U;
    Bytes bytes;
    for (std::uint64_t at = end_ + 1; at < size; at += piece - sizeof(Mark)) {
      bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(piece, size - at)));
      file_.read(at, bytes);
      if (std::search(bytes.begin(), bytes.end(), mark_.begin(), mark_.end()) != bytes.end()) return true;
    }
    return false;
  }

  PositionedFile file_;
  Mark mark_{};
  Sha256Digest previous_{};              // the hash of the last batch
  std::uint64_t batches_ = 0, end_ = 0;  // that are on the disk
  Bytes batch_;                          // what is not
  bool failed_ = false;
};

}  // namespace parley::tls::detail
