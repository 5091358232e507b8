// SPDX-License-Identifier: Apache-2.0
// Files of secrets and of their shares: read without a copy that stays behind, written all or none.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "output_file.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/protected_memory.hpp"
#include "parley/core/secret.hpp"
#include "parley/sharing/byte_sharing.hpp"
#include "progress.hpp"

namespace examples {

inline constexpr std::string_view standard_stream = "-";

/// A file, or the standard input ("-"), read from the beginning and without a buffer in between.
class InputFile {
 public:
  /// Throws std::runtime_error where it cannot be opened.
  explicit InputFile(std::string path) : path_(std::move(path)) {
    errno = 0;
    file_ = path_ == standard_stream ? File(stdin, [](std::FILE*) { return 0; })
                                     : File(std::fopen(path_.c_str(), "rb"), &std::fclose);
    if (!file_) fail();
    std::setvbuf(file_.get(), nullptr, _IONBF, 0);
    std::error_code unknown;
    if (path_ != standard_stream && std::filesystem::is_regular_file(path_, unknown))
      if (const auto size = std::filesystem::file_size(path_, unknown); !unknown) size_ = size;
  }

  /// As a ByteSource.
  std::size_t read(std::span<std::byte> out) {
    errno = 0;
    const std::size_t count = out.empty() ? 0 : std::fread(out.data(), 1, out.size(), file_.get());
    if (std::ferror(file_.get()) != 0) fail();
    read_ += count;
    return count;
  }

  /// In bytes, where it is known.
  [[nodiscard]] std::optional<std::uint64_t> size() const noexcept { return size_; }

  /// How far the reading has come.
  void show(Progress& progress, std::string_view what) const {
    if (size_ && *size_ > 0)
      progress.update(what, static_cast<double>(read_) / static_cast<double>(*size_));
    else
      progress.update_bytes(what, read_);
  }

  /// All that is left of it, which is at most `most` bytes, else std::runtime_error.
  [[nodiscard]] parley::Secret<parley::Bytes> read_all(std::size_t most, const std::string& why) {
    parley::ProtectedBytes room(most + 1);
    const std::size_t count = read(room.bytes());
    if (count > most) throw std::runtime_error(path_ + " has more than " + std::to_string(most) + " bytes: " + why);
    return parley::Secret<parley::Bytes>(
        parley::Bytes(room.bytes().begin(), room.bytes().begin() + static_cast<std::ptrdiff_t>(count)));
  }

 private:
  using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

  [[noreturn]] void fail() const {
    throw std::runtime_error((path_ == standard_stream ? "the standard input" : path_) +
                             " could not be read: " + std::error_code(errno, std::generic_category()).message());
  }

  std::string path_;
  File file_{nullptr, nullptr};
  std::optional<std::uint64_t> size_;
  std::uint64_t read_ = 0;
};

/// The progress of work on pieces of parley::share_chunk bytes, as many as the first of the files has.
class Pieces {
 public:
  /// `progress` outlives it.
  Pieces(Progress& progress, std::string what, const std::string& first_file)
      : progress_(progress), what_(std::move(what)) {
    std::error_code unknown;
    if (const auto size = std::filesystem::file_size(first_file, unknown); !unknown)
      all_ = size / parley::share_chunk + 1;
  }

  /// One more is done.
  void count() {
    ++done_;
    if (all_)
      progress_.update(what_, static_cast<double>(done_) / static_cast<double>(*all_));
    else
      progress_.update_bytes(what_, done_ * parley::share_chunk);
  }

  void restart(std::string what) {
    what_ = std::move(what);
    done_ = 0;
  }

 private:
  Progress& progress_;
  std::string what_;
  std::uint64_t done_ = 0;
  std::optional<std::uint64_t> all_;
};

inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Several files that appear together or not at all, for their owner to read.
class OutputFiles {
 public:
  /// Throws std::runtime_error for a place that cannot be written to, and, unless it may be replaced, a file that is
  /// there.
  OutputFiles(const std::vector<std::string>& paths, bool replace) {
    for (const std::string& path : paths) {
      if (!replace && std::filesystem::exists(path))
        throw std::runtime_error(path + " is there already (--force replaces it)");
      files_.push_back(std::make_unique<OutputFile>(path, OutputFile::Readers::owner));
    }
  }

  [[nodiscard]] std::vector<parley::ByteSink> sinks() {
    std::vector<parley::ByteSink> sinks;
    for (const auto& file : files_)
      sinks.emplace_back([&file = *file](std::span<const std::byte> bytes) { file.append(as_text(bytes)); });
    return sinks;
  }

  /// When everything is in them.
  void finish() {
    for (const auto& file : files_) file->close();
    std::size_t placed = 0;
    try {
      for (; placed < files_.size(); ++placed) files_[placed]->put_in_place();
    } catch (...) {
      for (std::size_t i = 0; i < placed; ++i) {
        std::error_code ignored;
        std::filesystem::remove(files_[i]->path(), ignored);
      }
      throw;
    }
    for (const auto& file : files_) file->keep_in_place();
  }

 private:
  std::vector<std::unique_ptr<OutputFile>> files_;
};

/// Writes to the standard output, past its buffer. Throws std::runtime_error.
inline void write_to_standard_output(std::span<const std::byte> bytes) {
  errno = 0;
  std::setvbuf(stdout, nullptr, _IONBF, 0);
  if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) != bytes.size())
    throw std::runtime_error("the standard output could not be written: " +
                             std::error_code(errno, std::generic_category()).message());
}

}  // namespace examples
